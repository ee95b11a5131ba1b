"""The ledger of the action plan's tasks: what the plan asks for, who leads it, by when, and how far it is.

The plan is that of the last month's year; before that year its tasks stand in the ledger, not done. A clause with
several tasks numbers them behind a stroke. Belongs here: tasks and their columns. Does not belong here: how a ledger
is written (`ledger_book.py`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sources.demo.ledger_book import Ledger, Slip
from sources.demo.months import day_of, last_day, number_of, year_of
from sources.demo.scenario import Scenario
from sources.demo.sheets import Cell

_HEADERS = (
    "任务编号",
    "任务内容",
    "牵头单位",
    "责任单位",
    "完成时限",
    "进展情况",
    "完成状态",
    "完成日期",
    "量化值",
)
_GROUP_OFFICE = "市专业镇发展领导小组办公室"
_YEAR_END = (12, 31)
# Tasks that are not done count as begun in the year before but for these, which begin in that month of the plan's year.
_BEGUN_BEFORE = 0
# A date typed in the following year: it lies ahead of every ledger of the plan's year.
_YEARS_AHEAD = 1


@dataclass(frozen=True)
class _Measure:
    """A task as the plan sets it: month and day of its deadline and of its end (None: not within the year)."""

    number: str
    text: str
    lead_unit: str
    due: tuple[int, int] = _YEAR_END
    done: tuple[int, int] | None = None
    begun: int = _BEGUN_BEFORE
    amount: str | None = None


_MEASURES = (
    _Measure("三-1", "将专业镇列入各部门年度计划并落实要素倾斜", "市发改局", done=(10, 18)),
    _Measure("三-2", "编制年馍专业镇规划", "市发改局", done=(5, 24), amount="1"),
    _Measure("三-3", "争创省级或市级重点专业镇", _GROUP_OFFICE, done=(3, 20), amount="1"),
    _Measure("三-4", "制定县级专业镇认定标准和流程", _GROUP_OFFICE, done=(9, 12), begun=4),
    _Measure("三-5", "扶强龙头企业，引进关联度大的项目", "市工信局", done=(12, 15)),
    _Measure("三-6", "培育专精特新中小企业，申报单项冠军", "市工信局", done=(11, 28), amount="3"),
    _Measure("三-7", "围绕主导产业制定招商引资计划", "市商务局", due=(3, 31), done=(8, 9)),
    _Measure("三-8", "建立重点项目库并动态管理", "市发改局", due=(6, 30), done=(2, 27)),
    _Measure("三-9", "建立项目台账，按月调度", "市发改局", due=(3, 31), done=(1, 19)),
    _Measure("三-10", "建设企业技术中心，开展产学研合作", "市工信局", begun=3),
    _Measure("三-11", "开展数字化改造与两化融合贯标", "市工信局", done=(12, 20), amount="2"),
    _Measure("三-12", "申报地理标志、非遗、山西精品", "市市场监管局", done=(11, 6)),
    _Measure("三-13", "开展标准化试点与管理体系认证", "市市场监管局", done=(10, 30)),
    _Measure("三-14/1", "做好省博览会参展工作", "市商务局", due=(6, 30), done=(5, 30), amount="12"),
    _Measure("三-14/2", "举办年馍文化节与产销对接会", "市文旅局", done=(12, 28), begun=9),
    _Measure("三-15", "完善电商公共服务，孵化直播主体", "市商务局", done=(9, 25)),
    _Measure("三-16", "打造专业镇公共服务平台", "市工信局", done=(4, 16), amount="1"),
    _Measure("三-17/1", "申请市级资金并配套县级专项资金", "市财政局", due=(9, 30), done=(6, 14)),
    _Measure("三-17/2", "组织银企对接", "市财政局", done=(7, 11), amount="4"),
    _Measure("三-18", "落实审批、用地、用能等专项支持", "市自然资源局", done=(12, 10)),
    _Measure("三-19", "推动主导产业上下游融合", "市工信局", begun=2),
    _Measure("三-20", "完善功能区基础设施与公共服务", "市住建局", done=(12, 18)),
    _Measure("三-21", "与乡村e镇、文旅康养集聚区融合", "市文旅局", begun=6),
    _Measure("四-1", "主要领导定期调度", _GROUP_OFFICE, done=(12, 26)),
    _Measure("四-2", "建立问题台账，逐项销号", _GROUP_OFFICE, done=(1, 25)),
    _Measure("四-3", "建立统计监测体系", "市统计局", done=(6, 20)),
    _Measure("四-4", "总结经验做法，多渠道宣传报道", "市委宣传部", done=(12, 24)),
)


@dataclass(frozen=True)
class _Task:
    """A task in the plan's year; in `mistyped_month` one that is not done is said to be, at a date to come."""

    measure: _Measure
    january: int
    mistyped_month: int | None

    def row(self, month: int) -> Sequence[Cell] | None:
        measure, done_on, wrong = self.measure, self._done_on(month), self._mistyped_on(month)
        return [
            measure.number,
            measure.text,
            measure.lead_unit,
            "各成员单位",
            self._on(measure.due),
            self._progress(month),
            "已完成" if done_on or wrong else "推进中" if self._has_begun(month) else "未启动",
            wrong or done_on,
            measure.amount if done_on else None,
        ]

    def slip(self, month: int) -> Slip | None:
        wrong = self._mistyped_on(month)
        if wrong is None:
            return None
        return Slip(
            column_zh="完成日期",
            seen=wrong.isoformat(),
            rule_id="R-TASK-003",
            severity="quarantine",
            message_zh="一项任务的完成日期晚于报告月末：该行应被搁置，其余照常",
            message_en="one task's date of completion lies after the month's end: the row is set aside",
        )

    def _on(self, month_and_day: tuple[int, int]) -> dt.date:
        number, day = month_and_day
        return day_of(self.january + number - 1, day)

    def _done_on(self, month: int) -> dt.date | None:
        if self.measure.done is None:
            return None
        done_on = self._on(self.measure.done)
        return done_on if done_on <= last_day(month) else None

    def _has_begun(self, month: int) -> bool:
        return month >= self.january + self.measure.begun - 1

    def _progress(self, month: int) -> str:
        if self._done_on(month):
            return "已完成"
        return f"截至{number_of(month)}月末按计划推进" if self._has_begun(month) else "正在准备"

    def _mistyped_on(self, month: int) -> dt.date | None:
        if month != self.mistyped_month:
            return None
        return dt.date(year_of(month) + _YEARS_AHEAD, 1, 10)


def _entries(scenario: Scenario) -> list[_Task]:
    january = scenario.last - scenario.last % 12
    # The last measure that is never done: its row carries no target.
    mistyped = [measure for measure in _MEASURES if measure.done is None][-1]
    return [_Task(measure, january, scenario.last if measure is mistyped else None) for measure in _MEASURES]


LEDGER = Ledger(feed="ledger_tasks", name_zh="行动计划任务台账", unit="—", headers=_HEADERS, entries=_entries)
