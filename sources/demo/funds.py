"""The ledger of special funds and financial support: granted, received, spent.

A grant stands in the ledger from the month in which it is made; what is spent of it grows month by month. In the last
month one row stands there twice. Belongs here: grants and their columns. Does not belong here: how a ledger is
written (`ledger_book.py`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from sources.demo.city import Town
from sources.demo.enterprises import leading_enterprises
from sources.demo.ledger_book import Ledger, Slip
from sources.demo.months import day_of, year_of
from sources.demo.scenario import Scenario
from sources.demo.sheets import Cell

_HEADERS = (
    "项目编号",
    "资金类型",
    "所属专业镇",
    "受益企业",
    "金额(万元)",
    "下达日期",
    "到位金额",
    "支出金额",
)
_MONTHS_BEFORE = 2
_SECOND_PART_AFTER = 6
_EVERY_IN_PARTS = 5
_MONTHS_TO_SPEND = 5


class _Kind(NamedTuple):
    """A kind of money and the amounts (万元) in which it comes."""

    name: str
    amounts: tuple[int, ...]


_KINDS = (
    _Kind("县级专项", (20, 30, 50, 80)),
    _Kind("贷款", (200, 300, 500, 800)),
    _Kind("市级专项", (60, 100, 150)),
    _Kind("担保", (100, 200, 300)),
    _Kind("省级专项", (120, 200, 300)),
    _Kind("股权", (150, 400)),
    _Kind("债券", (1000,)),
)


@dataclass(frozen=True)
class _Grant:
    """A grant and how it is spent: in equal parts from the month after it was made."""

    number: str
    kind: str
    town: Town
    beneficiary: str
    month: int
    granted_on: dt.date
    amount: Decimal
    repeated_month: int | None = None

    def row(self, month: int) -> Sequence[Cell] | None:
        if self.month > month:
            return None
        # Received a month after it was granted; a loan is paid out with the contract.
        has_come = month > self.month or self.kind == "贷款"
        spent_months = min(month - self.month, _MONTHS_TO_SPEND)
        return [
            self.number,
            self.kind,
            self.town.name,
            self.beneficiary,
            self.amount,
            self.granted_on,
            self.amount if has_come else Decimal(0),
            self.amount * spent_months / _MONTHS_TO_SPEND,
        ]

    def slip(self, month: int) -> Slip | None:
        if month != self.repeated_month:
            return None
        return Slip(
            column_zh="项目编号",
            seen=self.number,
            rule_id="R-FUND-007",
            severity="warn",
            message_zh="一笔资金的同一行重复填报：使用一次，并加标记",
            message_en="one grant's row stands twice: used once, and marked",
            is_repeated=True,
        )


def _entries(scenario: Scenario) -> list[_Grant]:
    leading = leading_enterprises(scenario)
    towns = scenario.city.towns
    grants: list[_Grant] = []
    for place, month in enumerate(range(scenario.first - _MONTHS_BEFORE, scenario.last + 1)):
        chance = scenario.rng("funds", month)
        kind, town = _KINDS[place % len(_KINDS)], towns[place % len(towns)]
        grant = _Grant(
            number=f"ZJ-{year_of(month)}-{place + 1:03d}",
            kind=kind.name,
            town=town,
            beneficiary=chance.choice(leading[town.code]).name,
            month=month,
            granted_on=day_of(month, chance.randint(5, 25)),
            amount=Decimal(chance.choice(kind.amounts)),
        )
        grants.append(grant)
        second = month + _SECOND_PART_AFTER
        if place % _EVERY_IN_PARTS == 0 and second <= scenario.last:
            grants.append(replace(grant, month=second, granted_on=day_of(second, 12)))
    grants.sort(key=lambda grant: grant.granted_on)
    grants[0] = replace(grants[0], repeated_month=scenario.last)
    return grants


LEDGER = Ledger(
    feed="ledger_funds",
    name_zh="专项资金与金融支持台账",
    unit="万元",
    headers=_HEADERS,
    entries=_entries,
    summed=(_HEADERS[4], *_HEADERS[6:]),
)
