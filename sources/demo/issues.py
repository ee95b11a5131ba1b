"""The ledger of issues: what enterprises and projects of the city are short of, who sees to it, and until when.

An issue stands in the ledger from the month in which it is raised, closed or not. Most are closed in time, some late,
some are put off; in the last month one is said to have been closed before it was raised. Belongs here: issues and
their columns. Does not belong here: how a ledger is written (`ledger_book.py`).
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sources.demo.city import Town
from sources.demo.enterprises import leading_enterprises
from sources.demo.ledger_book import Ledger, Slip
from sources.demo.months import day_of, last_day, year_of
from sources.demo.projects import Project, projects
from sources.demo.scenario import Scenario
from sources.demo.sheets import Cell

_HEADERS = (
    "问题编号",
    "所属专业镇",
    "企业或项目",
    "问题类别",
    "问题描述",
    "提出日期",
    "牵头单位",
    "配合单位",
    "解决措施",
    "办结时限",
    "办理状态",
    "办结日期",
)
_MONTHS_BEFORE = 3
_DAYS_GIVEN = (20, 30, 45, 60)
# One in so many is put off, one in so many takes months; the others are closed within these days.
_EVERY_PUT_OFF = 11
_EVERY_LONG = 7
_DAYS_OF_LONG_ONES = (95, 170)
_USUAL_DAYS = (9, 55)

#: What is wrong, who leads and who helps: with many, with one enterprise, with one project.
_COMMON = (
    ("旺季用工紧缺，熟练工难招", "市人社局", "市工信局"),
    ("流动资金贷款门槛高、周期长", "市财政局", "各商业银行"),
    ("冷链运输车辆不足", "市交通运输局", "市商务局"),
    ("缺少公共检测设备，送检须往外地", "市市场监管局", "市工信局"),
)
_OF_AN_ENTERPRISE = (
    ("用电增容申请待批", "市供电公司", "市工信局"),
    ("厂房扩建用地手续未办结", "市自然资源局", "市住建局"),
    ("注册商标被仿冒", "市市场监管局", "市公安局"),
    ("环评验收进度慢", "市生态环境分局", "市工信局"),
    ("出口报检程序不熟悉", "市商务局", "市市场监管局"),
)
_OF_A_PROJECT = (
    ("施工许可证尚未办理", "市住建局", "市行政审批局"),
    ("进场道路与管网未通", "市住建局", "市交通运输局"),
    ("设备采购资金有缺口", "市财政局", "市发改局"),
)
_MEASURES = ("由牵头单位现场调研，限期办结", "列入周调度，逐项销号", "召开专题会议协调解决")


@dataclass(frozen=True)
class _Issue:
    """An issue and its course; `closed_on` may lie ahead, None: it is put off."""

    number: str
    town: Town | None
    subject: str | None
    kind: str
    text: str
    lead_unit: str
    helper: str
    measure: str
    month: int
    raised_on: dt.date
    due_on: dt.date
    closed_on: dt.date | None
    mistyped_month: int | None = None

    def row(self, month: int) -> Sequence[Cell] | None:
        if self.month > month:
            return None
        return [
            self.number,
            self.town.short_name if self.town else None,
            self.subject,
            self.kind,
            self.text,
            self.raised_on,
            self.lead_unit,
            self.helper,
            self.measure,
            self.due_on,
            self._status(month),
            self._mistyped_on(month) or (self.closed_on if self._is_closed(month) else None),
        ]

    def slip(self, month: int) -> Slip | None:
        wrong = self._mistyped_on(month)
        if wrong is None:
            return None
        return Slip(
            column_zh="办结日期",
            seen=f"{wrong} < {self.raised_on}",
            rule_id="R-ISS-004",
            severity="quarantine",
            message_zh="一个问题的办结日期早于提出日期：该行应被搁置，其余照常",
            message_en="one issue was closed before it was raised: the row is set aside",
        )

    def _is_closed(self, month: int) -> bool:
        return self.closed_on is not None and self.closed_on <= last_day(month)

    def _status(self, month: int) -> str:
        if self._is_closed(month):
            return "已办结"
        if self.month == month:
            return "待办"
        return "办理中" if self.closed_on else "暂缓"

    def _mistyped_on(self, month: int) -> dt.date | None:
        """The date as typed in the one ledger in which it is wrong: a month before the issue was raised."""
        return day_of(self.month - 1, 8) if month == self.mistyped_month else None


def _entries(scenario: Scenario) -> list[_Issue]:
    subjects = _Subjects(scenario)
    issues: list[_Issue] = []
    in_year = 0
    for month in range(scenario.first - _MONTHS_BEFORE, scenario.last + 1):
        chance = scenario.rng("issues", month)
        in_year = in_year if month % 12 else 0
        for _ in range(2 + month % 2):
            in_year += 1
            issues.append(_issue(subjects, month, len(issues), in_year, chance))
        if month == scenario.last - 1:
            in_year += 1
            issues.append(_mistyped(subjects, month, len(issues), in_year, chance))
    return issues


def _issue(subjects: "_Subjects", month: int, number: int, in_year: int, chance: random.Random) -> _Issue:
    town, subject, kind, (text, lead_unit, helper) = subjects.of(number, month)
    raised_on = day_of(month, chance.randint(2, 26))
    is_long = number % _EVERY_LONG == 3
    days = chance.randint(*(_DAYS_OF_LONG_ONES if is_long else _USUAL_DAYS))
    is_put_off = number % _EVERY_PUT_OFF == 5
    return _Issue(
        number=f"WT-{year_of(month)}-{in_year:03d}",
        town=town,
        subject=subject,
        kind=kind,
        text=text,
        lead_unit=lead_unit,
        helper=helper,
        measure=_MEASURES[number % len(_MEASURES)],
        month=month,
        raised_on=raised_on,
        due_on=raised_on + dt.timedelta(days=chance.choice(_DAYS_GIVEN)),
        closed_on=None if is_put_off else raised_on + dt.timedelta(days=days),
    )


def _mistyped(subjects: "_Subjects", month: int, number: int, in_year: int, chance: random.Random) -> _Issue:
    """The issue that is closed in the last month, with a date that cannot be."""
    issue = _issue(subjects, month, number, in_year, chance)
    return replace(issue, closed_on=day_of(month + 1, 8), mistyped_month=month + 1)


class _Subjects:
    """Whom an issue is about, in turn: everybody, an enterprise, a project, an enterprise."""

    def __init__(self, scenario: Scenario) -> None:
        self._towns = scenario.city.towns
        self._leading = leading_enterprises(scenario)
        self._projects = projects(scenario)

    def of(self, number: int, month: int) -> tuple[Town | None, str | None, str, tuple[str, str, str]]:
        """Town, subject, category, and what is wrong."""
        town = self._towns[number % len(self._towns)]
        place, turn = divmod(number, 4)
        if turn == 0:
            # What all towns are short of belongs to none of them.
            return (town if place % 2 else None), None, "共性", _COMMON[place % len(_COMMON)]
        project = next(self._listed(place, month), None) if turn == 2 else None
        if project is not None:
            return project.town, project.name, "个性", _OF_A_PROJECT[place % len(_OF_A_PROJECT)]
        firms = self._leading[town.code]
        return town, firms[place % len(firms)].name, "个性", _OF_AN_ENTERPRISE[number % len(_OF_AN_ENTERPRISE)]

    def _listed(self, place: int, month: int) -> Iterator[Project]:
        """Projects that stand in the month's ledger and are not finished, from one on."""
        for step in range(len(self._projects)):
            project = self._projects[(place * 5 + step) % len(self._projects)]
            if project.listed_from <= month and project.finished_on(month) is None:
                yield project


LEDGER = Ledger(feed="ledger_issues", name_zh="专业镇问题台账", unit="—", headers=_HEADERS, entries=_entries)
