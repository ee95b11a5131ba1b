"""The ledger of fairs, matchmaking, training and publicity: what was held, who came, and what was sold.

An event stands in the ledger from the month in which it is held. Belongs here: events and their columns. Does not
belong here: how a ledger is written (`ledger_book.py`).
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sources.demo.city import Town
from sources.demo.ledger_book import Ledger, Slip
from sources.demo.months import day_of, year_of
from sources.demo.scenario import Scenario
from sources.demo.sheets import Cell

_HEADERS = (
    "活动编号",
    "活动名称",
    "活动类型",
    "所属专业镇",
    "举办日期",
    "参加企业数",
    "参加人次",
    "意向金额(万元)",
    "成交金额(万元)",
)
_MONTHS_BEFORE = 2


class _Kind(NamedTuple):
    """A kind of event: its name's ending, enterprises (at most), people each, 万元 intended (at most; 0: no trade)."""

    name: str
    ending: str
    enterprises: int
    people_each: int
    intended: int


_KINDS = (
    _Kind("培训", "经营管理培训班", 30, 3, 0),
    _Kind("产销对接", "产销对接会", 45, 4, 460),
    _Kind("直播", "直播带货专场", 12, 60, 90),
    _Kind("宣传", "媒体采风活动", 8, 5, 0),
    _Kind("展会", "产品展销会", 60, 40, 820),
    _Kind("文化节", "民俗文化节", 25, 200, 150),
)


@dataclass(frozen=True)
class _Event:
    """An event that was held; without trade its amounts are missing, not zero."""

    number: str
    name: str
    kind: str
    town: Town
    month: int
    held_on: dt.date
    enterprises: int
    people: int
    intended: Decimal | None
    agreed: Decimal | None

    def row(self, month: int) -> Sequence[Cell] | None:
        if self.month > month:
            return None
        return [
            self.number,
            self.name,
            self.kind,
            self.town.name,
            self.held_on,
            self.enterprises,
            self.people,
            "—" if self.intended is None else self.intended,
            "—" if self.agreed is None else self.agreed,
        ]

    def slip(self, month: int) -> Slip | None:
        return None


def _entries(scenario: Scenario) -> list[_Event]:
    events: list[_Event] = []
    in_year = 0
    for month in range(scenario.first - _MONTHS_BEFORE, scenario.last + 1):
        chance = scenario.rng("events", month)
        in_year = in_year if month % 12 else 0
        for _ in range(1 + month % 3):
            in_year += 1
            number = f"HD-{year_of(month)}-{in_year:03d}"
            events.append(_event(scenario, number, month, len(events), chance))
    return events


def _event(scenario: Scenario, number: str, month: int, place: int, chance: random.Random) -> _Event:
    kind = _KINDS[place % len(_KINDS)]
    town = scenario.city.towns[(place + place // len(_KINDS)) % len(scenario.city.towns)]
    held_on = day_of(month, chance.randint(3, 26))
    enterprises = chance.randint(kind.enterprises // 2, kind.enterprises)
    intended = Decimal(chance.randint(kind.intended // 2, kind.intended)) if kind.intended else None
    return _Event(
        number=number,
        name=f"{year_of(month)}年{scenario.city.name}{town.short_name}{kind.ending}（{held_on.month}月）",
        kind=kind.name,
        town=town,
        month=month,
        held_on=held_on,
        enterprises=enterprises,
        people=enterprises * kind.people_each + chance.randint(0, 30),
        intended=intended,
        agreed=None if intended is None else intended * chance.randint(30, 80) / 100,
    )


LEDGER = Ledger(
    feed="ledger_events",
    name_zh="展会培训宣传台账",
    unit="万元",
    headers=_HEADERS,
    entries=_entries,
    summed=_HEADERS[5:],
)
