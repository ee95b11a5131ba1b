"""The ledger of public service platforms: being built, in operation, out of use.

Months are laid out relative to the last one, so that a demo of any months ends with the same platforms in operation.
Belongs here: platforms and their columns. Does not belong here: how a ledger is written (`ledger_book.py`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sources.demo.city import Town
from sources.demo.ledger_book import Ledger, Slip
from sources.demo.months import day_of
from sources.demo.scenario import Scenario
from sources.demo.sheets import Cell

_HEADERS = (
    "平台编号",
    "平台名称",
    "所属专业镇",
    "平台类型",
    "投用日期",
    "运行状态",
    "服务企业数",
    "运营单位",
)
_OPENING_DAY = 18
_SERVED_AT_FIRST = 9
_SERVED_MORE_A_MONTH = 2


class _Course(NamedTuple):
    """A platform: months from the last one to its opening (None: still being built) and to its end (None: none)."""

    kind: str
    opened: int | None
    closed: int | None = None
    operator: str = "市中小企业服务中心"


_COURSES = (
    _Course("现代物流", -26),
    _Course("研发设计", None),
    _Course("质量检测", -14),
    _Course("电子商务", -9),
    _Course("人才培训", -20, closed=-2),
    _Course("展览场馆", -5),
    _Course("交易市场", None),
    _Course("质量检测", -31, operator="市质量技术检验测试所"),
    _Course("研发设计", -22, operator="市生产力促进中心"),
    _Course("人才培训", -12, operator="市职业技术学校"),
    _Course("电子商务", -19, operator="市电子商务公共服务中心"),
    _Course("现代物流", None, operator="市供销合作社"),
)


@dataclass(frozen=True)
class _Platform:
    """A platform of a town, with the months of its opening and its end."""

    number: str
    name: str
    town: Town
    kind: str
    opened: int | None
    closed: int | None
    operator: str

    def row(self, month: int) -> Sequence[Cell] | None:
        opened_on = self._opened_on(month)
        return [
            self.number,
            self.name,
            self.town.name,
            self.kind,
            opened_on,
            self._status(month),
            self._served(month) if opened_on else None,
            self.operator,
        ]

    def slip(self, month: int) -> Slip | None:
        return None

    def _opened_on(self, month: int) -> dt.date | None:
        return day_of(self.opened, _OPENING_DAY) if self.opened is not None and self.opened <= month else None

    def _status(self, month: int) -> str:
        if self._opened_on(month) is None:
            return "在建"
        return "停用" if self.closed is not None and self.closed <= month else "运行"

    def _served(self, month: int) -> int:
        """Enterprises served so far; none more once it is out of use."""
        until = month if self.closed is None else min(month, self.closed)
        return _SERVED_AT_FIRST + _SERVED_MORE_A_MONTH * max(until - (self.opened or until), 0)


def _entries(scenario: Scenario) -> list[_Platform]:
    towns, last = scenario.city.towns, scenario.last
    return [
        _Platform(
            number=f"PT-{number:02d}",
            name=f"{scenario.city.name}{towns[number % len(towns)].short_name}{course.kind}公共服务平台",
            town=towns[number % len(towns)],
            kind=course.kind,
            opened=None if course.opened is None else last + course.opened,
            closed=None if course.closed is None else last + course.closed,
            operator=course.operator,
        )
        for number, course in enumerate(_COURSES, 1)
    ]


LEDGER = Ledger(feed="ledger_platforms", name_zh="公共服务平台台账", unit="—", headers=_HEADERS, entries=_entries)
