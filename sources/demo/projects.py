"""The projects of the demo and their course: planned, signed, started, under way, finished, at capacity.

Every course is laid out relative to the last month, so that a demo of any months ends in the same situation:
one project late in starting, one stalled, one behind its plan, one above its total, the rest as planned.
Money is Decimal with 2 places, 万元. Belongs here: what stands of a project at a month's end. Does not belong
here: the ledger's columns (`project_ledger.py`).
"""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from sources.demo import names
from sources.demo.city import Flagship, Town
from sources.demo.enterprises import leading_enterprises
from sources.demo.months import day_of, january_of, year_of
from sources.demo.scenario import Scenario

_CENT = Decimal("0.01")
_ZERO = Decimal(0)
#: Ordinary projects: one begins in each month from so long before the last one.
_FIRST_START = -30
_ORDINARY = 34
_MONTHS_AS_STARTED = 2
_MONTHS_TO_PRODUCTION = 2
_MONTHS_TO_CAPACITY = 6
_MONTHS_SIGNED_BEFORE_START = 3
_LISTED_BEFORE_START = 6

_KINDS = ("新建", "改扩建", "技改")
_PURPOSES = ("标准化车间项目", "智能化生产线项目", "冷链仓储项目", "研发检测中心项目", "清洁能源改造项目")
_TOTALS = (600, 900, 1200, 1500, 2600, 3200, 4200, 6000, 8000)
# What a target's project is known to be, by the keyword that the target names.
_KNOWN_FLAGSHIPS = {
    "厨具产业链": ("年产30万套智能厨具产业链项目", Decimal(14000), "30万套"),
    "测土配肥": ("5万吨测土配肥及技术服务改建项目", Decimal(3200), "5万吨"),
}


@dataclass(frozen=True)
class Project:
    """A project; months and days are those of its story, whether they have come yet or not."""

    project_id: str
    name: str
    town: Town
    owner: str
    owner_code: str | None
    kind: str
    total: Decimal
    listed_from: int
    planned_start: int
    planned_finish: int
    start_day: int
    finish_day: int
    responsible_unit: str
    township: str
    capacity: str
    problems: str = ""
    has_started: bool = True
    pace: Decimal = Decimal(1)
    stalled_from: int | None = None
    overrun_from: int | None = None
    overrun: Decimal = Decimal(1)

    @property
    def planned_start_on(self) -> dt.date:
        """The planned day."""
        return day_of(self.planned_start, self.start_day)

    @property
    def planned_finish_on(self) -> dt.date:
        """The planned day."""
        return day_of(self.planned_finish, self.finish_day)

    def started_on(self, month: int) -> dt.date | None:
        """The actual day, a few days behind the plan; None while it lies ahead."""
        if not self.has_started or month < self.planned_start:
            return None
        return day_of(self.planned_start, self.start_day + 4)

    def finished_on(self, month: int) -> dt.date | None:
        """The actual day, within the planned month; None while it lies ahead."""
        if not self._finishes or month < self.planned_finish:
            return None
        return day_of(self.planned_finish, self.finish_day + 3)

    def stage(self, month: int) -> str:
        """The ledger's word at month end."""
        if self.started_on(month) is None:
            is_signed = month >= self.planned_start - _MONTHS_SIGNED_BEFORE_START
            return "签约" if is_signed else "谋划"
        if self.finished_on(month) is None:
            return "开工" if month < self.planned_start + _MONTHS_AS_STARTED else "在建"
        since = month - self.planned_finish
        if since >= _MONTHS_TO_CAPACITY:
            return "达效"
        return "投产" if since >= _MONTHS_TO_PRODUCTION else "竣工"

    def completed(self, month: int) -> Decimal:
        """Investment from the start to this month's end."""
        if self.started_on(month) is None:
            return _ZERO
        if self.overrun_from is not None and month >= self.overrun_from:
            return _money(self.total * self.overrun)
        until = month if self.stalled_from is None else min(month, self.stalled_from - 1)
        return _money(self._planned_share(until) * self.total * self.pace)

    def completed_month(self, month: int) -> Decimal:
        """Investment of this month."""
        return self.completed(month) - self.completed(month - 1)

    def completed_ytd(self, month: int) -> Decimal:
        """Investment from January to this month."""
        return self.completed(month) - self.completed(january_of(month) - 1)

    def planned_year(self, month: int) -> Decimal:
        """The plan of the month's year: what should stand in December beyond what stood last December."""
        december = january_of(month) + 11
        planned = _money(self._planned_share(december) * self.total) - self.completed(january_of(month) - 1)
        return max(planned, _ZERO)

    @property
    def _finishes(self) -> bool:
        return self.has_started and self.pace == 1 and self.stalled_from is None

    def _planned_share(self, month: int) -> Decimal:
        months = self.planned_finish - self.planned_start + 1
        return Decimal(min(max(month - self.planned_start + 1, 0), months)) / months


def projects(scenario: Scenario) -> list[Project]:
    """All projects that stand in the ledger of the last month, in the order in which they were listed."""
    last = scenario.last
    towns = scenario.city.towns
    drafts = _Drafts(scenario)
    told = [_flagship(drafts, flagship, town) for town in towns for flagship in town.flagships]
    first_town, second_town, third_town = (towns[place % len(towns)] for place in range(3))
    told += [
        replace(
            drafts.next(first_town, last - 2, 12), has_started=False, problems="用地手续仍在办理"
        ),
        replace(
            drafts.next(second_town, last - 7, 14), stalled_from=last - 3, problems="资金未到位，已停工"
        ),
        replace(drafts.next(third_town, last - 9, 18), pace=Decimal("0.4"), problems="设备到货迟缓"),
        replace(
            drafts.next(first_town, last - 10, 12), overrun_from=last, overrun=Decimal("1.06"),
            problems="材料涨价，正在申请调整概算",
        ),
    ]  # fmt: skip
    told += [
        drafts.next(towns[number % len(towns)], last + _FIRST_START + number, 8 + number * 5 % 8)
        for number in range(_ORDINARY)
    ]
    told.sort(key=lambda project: project.listed_from)
    return [
        replace(project, project_id=f"XM-{year_of(project.listed_from)}-{number:03d}")
        for number, project in enumerate(told, 1)
    ]


class _Drafts:
    """Projects that go as planned, one after another; what is peculiar to one is replaced afterwards."""

    def __init__(self, scenario: Scenario) -> None:
        self.last = scenario.last
        self._scenario = scenario
        self._chance = scenario.rng("projects")
        self._owners = leading_enterprises(scenario)
        self._number = 0

    def next(self, town: Town, start: int, months: int) -> Project:
        """The next project of the town: begins in `start`, takes so many months."""
        self._number += 1
        number, chance = self._number, self._chance
        firms = self._owners[town.code]
        firm = firms[number % len(firms)] if number % 3 else None
        return Project(
            project_id="",
            name=f"{names.brand(number * 7)}{town.short_name}{_PURPOSES[number % len(_PURPOSES)]}",
            town=town,
            owner=firm.name if firm else f"{self._scenario.city.name}{names.brand(number * 11)}实业有限公司",
            owner_code=firm.code if firm else None,
            kind=_KINDS[number % len(_KINDS)],
            total=Decimal(chance.choice(_TOTALS)),
            listed_from=min(start - _LISTED_BEFORE_START, self._scenario.last),
            planned_start=start,
            planned_finish=start + months - 1,
            start_day=chance.randint(3, 20),
            finish_day=chance.randint(8, 20),
            responsible_unit=names.OFFICES[number % len(names.OFFICES)],
            township=names.TOWNSHIPS[number % len(names.TOWNSHIPS)],
            capacity=f"{chance.choice((1, 2, 3, 5, 8))}万{town.product_unit}",
        )


def _flagship(drafts: _Drafts, flagship: Flagship, town: Town) -> Project:
    """A project that the plan's targets ask for: producing, or three months from its finish."""
    last = drafts.last
    if flagship.is_asked_to_reach_capacity:
        project = drafts.next(town, last - 16, 14)
    else:
        project = drafts.next(town, last - 9, 13)
    name, total, capacity = _KNOWN_FLAGSHIPS.get(
        flagship.keyword, (f"{flagship.keyword}项目", project.total, project.capacity)
    )
    return replace(project, name=name, total=total, capacity=capacity)


def _money(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
