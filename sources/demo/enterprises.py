"""The reporting enterprises and their books: what each of them makes, sells and earns, month by month.

Money is Decimal with 2 places, 万元; quantities are whole in the product's unit. Cumulative figures are the
sum of their months, exactly. Belongs here: the economy of one enterprise. Does not belong here: which of it
stands in which column (`statistics.py`), the rest of the register (`entities.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from operator import add

from sources.demo import names
from sources.demo.city import Town
from sources.demo.months import number_of, year_of
from sources.demo.scenario import Scenario

#: Items of the return with 本月, 累计 and 上年同期, in the order of its columns.
ITEMS = (
    "gross_output_value",
    "operating_revenue",
    "total_profit",
    "tax_paid",
    "export_value",
    "rd_expense",
    "electricity_use",
    "online_retail_sales",
)
#: 万元 of revenue a year from which an industrial enterprise is above scale.
ABOVE_SCALE = 2000

_CENT = Decimal("0.01")
_ONE = Decimal(1)
_WAN = 10_000
# The largest enterprise makes 1.8 times, the smallest 0.2 times the town's mean.
_LARGEST = Decimal("1.8")
_SPREAD = Decimal("1.6")
# One of so many sends its quantities in a larger unit, said in 计量单位.
_EVERY_LARGE_UNIT = 24
_LARGER_UNITS = {"公斤": ("吨", 1000), "千克": ("吨", 1000), "台": ("万台", _WAN), "套": ("万套", _WAN)}
_SMALLEST_PROFIT = Decimal("0.05")
_FIRST_SERIAL = 1
_LEADING = 8


@dataclass(frozen=True)
class Month:
    """One enterprise's figures of one calendar month."""

    items: tuple[Decimal, ...]
    output: int
    sales: int
    price: Decimal  # 元 per product unit


@dataclass(frozen=True)
class Enterprise:
    """An enterprise that reports; `rank` 0 is the largest of its town."""

    scenario: Scenario
    town: Town
    rank: int
    serial: int

    @cached_property
    def is_cooperative(self) -> bool:
        """Every eighth, of the smaller ones."""
        return self.rank % 8 == 7

    @cached_property
    def code(self) -> str:
        """The credit code."""
        kind = "93" if self.is_cooperative else "91"
        return names.credit_code(kind, self.town.region_code, self.serial)

    @cached_property
    def name(self) -> str:
        """City, brand, what it makes, and its legal form."""
        made = self.town.core.keywords_name or (self.town.product,)
        form = "农民专业合作社" if self.is_cooperative else "有限公司"
        return f"{self.scenario.city.name}{names.brand(self.serial)}{made[self.rank % len(made)]}{form}"

    @cached_property
    def industry_code(self) -> str:
        """Four digits of the town's leading industry."""
        return self.town.core.industry_codes[0] if self.town.core.industry_codes else ""

    @cached_property
    def annual_output(self) -> Decimal:
        """万元 of the last month's year."""
        count = self.scenario.enterprises_of(self.town)
        profile = self.town.profile
        mean = profile.annual_output / profile.enterprise_share
        return mean * (_LARGEST - _SPREAD * self.rank / max(count - 1, 1))

    @property
    def is_above_scale(self) -> bool:
        """By its size: those near the threshold stay below it."""
        return self.annual_output >= ABOVE_SCALE

    @property
    def quantity_unit(self) -> tuple[str, int]:
        """The unit in which it sends quantities, and how many product units that is."""
        unit = self.town.product_unit
        if self.rank % _EVERY_LARGE_UNIT == 5 and unit in _LARGER_UNITS:
            return _LARGER_UNITS[unit]
        return unit, 1

    def employees(self, month: int) -> int:
        """Persons at month end."""
        return int(self.annual_output / 20) + 6 + (self.serial + year_of(month)) % 5


class Books:
    """The figures of one enterprise from January of the year before the demo to its last month.

    A figure depends on the enterprise and its year alone, not on the months that are written.
    """

    def __init__(self, enterprise: Enterprise) -> None:
        self.enterprise = enterprise
        scenario = enterprise.scenario
        self._chance = scenario.rng("enterprise", enterprise.serial)
        draw = self._draw
        self._growth = draw(50, 170)
        self._margin = draw(-40, -10) if enterprise.rank % 16 == 11 else draw(25, 70)
        self._tax = draw(27, 35)
        self._export = draw(80, 250) if enterprise.town.profile.is_exporting else Decimal(0)
        self._rd = draw(9, 16)
        self._electricity = draw(18, 24)
        self._online = enterprise.town.profile.online_share * draw(200, 1000)
        self._price = enterprise.town.profile.unit_price * draw(950, 1050)
        # The comparable figure of last year is not what was said then: one in twelve is revised in its scope.
        self._revision = _ONE + (draw(-8, 8) if enterprise.rank % 12 == 4 else 0)
        self._months: dict[int, Month] = {}
        self._cumulative: dict[int, Month] = {}
        for year in range(year_of(scenario.first) - 1, year_of(scenario.last) + 1):
            for month, figures in self._year(year):
                self._months[month] = figures
                is_first = number_of(month) == 1
                self._cumulative[month] = figures if is_first else _sum(self._cumulative[month - 1], figures)

    def reported(self, month: int) -> Month:
        """The 本月 of a return: of February's, January and February together."""
        return self._cumulative[month] if number_of(month) == 2 else self._months[month]

    def cumulative(self, month: int) -> Month:
        """January to this month."""
        return self._cumulative[month]

    def prior(self, month: int) -> Month:
        """The same months of last year, on this year's scope."""
        before = self.cumulative(month - 12)
        return Month(
            items=tuple(_money(item * self._revision) for item in before.items),
            output=_whole(before.output * self._revision),
            sales=before.sales,
            price=before.price,
        )

    def _draw(self, low: int, high: int) -> Decimal:
        """Thousandths between two bounds."""
        return Decimal(self._chance.randint(low, high)) / 1000

    def _year(self, year: int) -> Iterator[tuple[int, Month]]:
        enterprise = self.enterprise
        scenario = enterprise.scenario
        chance = scenario.rng("year", enterprise.serial, year)
        annual = enterprise.annual_output * (_ONE + self._growth) ** (year - year_of(scenario.last))
        seasons = enterprise.town.profile.seasons
        for number, season in enumerate(seasons, 1):
            noise = Decimal(chance.randint(940, 1060)) / 1000
            gross = _money(annual * season / 1000 * noise)
            revenue = _money(gross * chance.randint(955, 995) / 1000)
            price = _money(self._price * chance.randint(990, 1010) / 1000)
            output = _whole(gross * _WAN / self._price)
            # Now and then a quiet month of the second half makes a loss.
            margin = self._margin if number < 7 or chance.random() > 0.08 else -abs(self._margin) / 2
            profit = revenue * margin
            smallest = _SMALLEST_PROFIT.copy_sign(profit)
            yield (
                12 * year + number - 1,
                Month(
                    items=(
                        gross,
                        revenue,
                        _money(profit if abs(profit) > _SMALLEST_PROFIT else smallest),
                        _money(gross * self._tax),
                        _money(gross * self._export),
                        _money(gross * self._rd),
                        _money(gross * self._electricity),
                        _money(revenue * self._online),
                    ),
                    output=output,
                    sales=_whole(Decimal(output) * chance.randint(945, 995) / 1000),
                    price=price,
                ),
            )


def reporting_enterprises(scenario: Scenario) -> Iterator[Enterprise]:
    """All of them, town by town, the largest first; their serials count from 1."""
    serial = _FIRST_SERIAL
    for town in scenario.city.towns:
        for rank in range(scenario.enterprises_of(town)):
            yield Enterprise(scenario, town, rank, serial)
            serial += 1


def leading_enterprises(scenario: Scenario) -> dict[str, list[Enterprise]]:
    """Of each town (by its code) the largest: those that build, are honoured and are spoken of."""
    leading: dict[str, list[Enterprise]] = {town.code: [] for town in scenario.city.towns}
    for enterprise in reporting_enterprises(scenario):
        if enterprise.rank < _LEADING:
            leading[enterprise.town.code].append(enterprise)
    return leading


def _money(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))


def _sum(so_far: Month, month: Month) -> Month:
    return Month(
        items=tuple(map(add, so_far.items, month.items)),
        output=so_far.output + month.output,
        sales=so_far.sales + month.sales,
        price=month.price,
    )
