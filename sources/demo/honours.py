"""The ledger of brands and qualifications: what the city's larger enterprises and its trade associations were granted.

Certificates stand in the ledger from the month in which they are granted, also when they have run out. In the March
of the last month's year the first town enters the city's list of specialty towns. In the last month one holder's
code is mistyped. Belongs here: certificates and their columns. Does not belong here: how a ledger is written
(`ledger_book.py`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sources.demo import names
from sources.demo.city import Town
from sources.demo.enterprises import Enterprise, leading_enterprises
from sources.demo.ledger_book import Ledger, Slip
from sources.demo.months import day_of, january_of, year_of
from sources.demo.scenario import Scenario
from sources.demo.sheets import Cell

_HEADERS = (
    "证书编号",
    "荣誉类型",
    "级别",
    "统一社会信用代码",
    "持有单位",
    "所属专业镇",
    "授予日期",
    "有效期至",
)
# The ledger was begun so many months before the last one at the latest.
_MONTHS_HELD = 40
_MONTHS_BEFORE = 24
_NEVER_ENDS = "长期"
_MARCH = 2


class _Kind(NamedTuple):
    """A honour: its level, for how many years (0: for good), and whether an association holds it for the trade."""

    name: str
    level: str
    years: int
    is_of_trade: bool = False


_KINDS = (
    _Kind("创新型中小企业", "省级", 3),
    _Kind("管理体系认证", "市级", 3),
    _Kind("山西精品", "省级", 3),
    _Kind("专精特新中小企业", "省级", 3),
    _Kind("地理标志证明商标", "国家级", 10, is_of_trade=True),
    _Kind("企业技术中心", "市级", 0),
    _Kind("高新技术企业", "国家级", 3),
    _Kind("标准制修订", "国家级", 0),
    _Kind("非物质文化遗产", "市级", 0, is_of_trade=True),
    _Kind("专精特新小巨人", "国家级", 3),
    _Kind("国家绿色工厂", "国家级", 0),
)
_LISTED_TOWN = _Kind("专业镇认定", "市级", 0, is_of_trade=True)


@dataclass(frozen=True)
class _Certificate:
    """A certificate; `holder` is None where an association of the trade holds it, which has no row in the register."""

    number: str
    kind: _Kind
    town: Town
    holder: Enterprise | None
    association: str
    month: int
    granted_on: dt.date
    mistyped_month: int | None = None

    def row(self, month: int) -> Sequence[Cell] | None:
        if self.month > month:
            return None
        return [
            self.number,
            self.kind.name,
            self.kind.level,
            self._mistyped_code(month) or (self.holder.code if self.holder else None),
            self.holder.name if self.holder else self.association,
            self.town.name,
            self.granted_on,
            self._valid_until(),
        ]

    def slip(self, month: int) -> Slip | None:
        wrong = self._mistyped_code(month)
        if wrong is None:
            return None
        return Slip(
            column_zh="统一社会信用代码",
            seen=wrong,
            rule_id="R-HON-001",
            severity="quarantine",
            message_zh="一个持有单位的统一社会信用代码校验位有误：该行应被搁置，其余照常",
            message_en="one holder's credit code has a wrong check character: the row is set aside",
        )

    def _valid_until(self) -> dt.date | str:
        """The day before the anniversary, which is the last valid one."""
        if not self.kind.years:
            return _NEVER_ENDS
        return day_of(self.month + 12 * self.kind.years, self.granted_on.day) - dt.timedelta(days=1)

    def _mistyped_code(self, month: int) -> str | None:
        return names.with_wrong_check(self.holder.code) if self.holder and month == self.mistyped_month else None


def _entries(scenario: Scenario) -> list[_Certificate]:
    start = min(scenario.first - _MONTHS_BEFORE, scenario.last - _MONTHS_HELD)
    certificates: list[_Certificate] = []
    for month in range(start, scenario.last + 1):
        # The province's yearly batch comes in June.
        for _ in range((month + 1) % 2 + 2 * (month % 12 == 5)):
            certificates.append(_certificate(scenario, month, len(certificates)))
        if month == january_of(scenario.last) + _MARCH:
            certificates.append(_listed_town(scenario, month, len(certificates)))
    # The first certificate of an enterprise: long run out, no figure hangs on it.
    wrong = next(place for place, one in enumerate(certificates) if one.holder)
    certificates[wrong] = replace(certificates[wrong], mistyped_month=scenario.last)
    return certificates


def _certificate(scenario: Scenario, month: int, number: int) -> _Certificate:
    towns = scenario.city.towns
    kind, town = _KINDS[number % len(_KINDS)], towns[number % len(towns)]
    firms = leading_enterprises(scenario)[town.code]
    return _Certificate(
        number=_number(month, number),
        kind=kind,
        town=town,
        holder=None if kind.is_of_trade else firms[number // len(towns) % len(firms)],
        association=_association(scenario, town),
        month=month,
        granted_on=day_of(month, scenario.rng("honours", month).randint(3, 24)),
    )


def _listed_town(scenario: Scenario, month: int, number: int) -> _Certificate:
    town = scenario.city.towns[0]
    return _Certificate(
        number=_number(month, number),
        kind=_LISTED_TOWN,
        town=town,
        holder=None,
        association=_association(scenario, town),
        month=month,
        granted_on=day_of(month, 20),
    )


def _number(month: int, number: int) -> str:
    return f"RY-{year_of(month)}-{number + 1:03d}"


def _association(scenario: Scenario, town: Town) -> str:
    return f"{scenario.city.name}{town.short_name}产业协会"


LEDGER = Ledger(feed="ledger_honours", name_zh="品牌与资质台账", unit="—", headers=_HEADERS, entries=_entries)
