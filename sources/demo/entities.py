"""The register's entities: who is founded, who closes and how, and in which part of which town's chain they
stand.

The population is drawn so that the last month holds the asked number of rows and each town its number of
active makers, whatever the number of months. One entity is worked out at a time. Belongs here: an entity's
life and its particulars. Does not belong here: lines, files and faults (`registration.py`).
"""

import datetime as dt
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from sources.demo import names
from sources.demo.city import Segment, Town
from sources.demo.enterprises import Enterprise, reporting_enterprises
from sources.demo.months import day_of, last_day
from sources.demo.scenario import COUNTY_ENTITIES, Scenario
from sources.demo.stop import DemoError

T = TypeVar("T", bound=str)

Kind = Literal["企业", "个体工商户", "农民专业合作社"]

#: The register's word for each kind.
TYPE_WORDS: dict[Kind, tuple[str, ...]] = {
    "企业": (
        "有限责任公司(自然人投资或控股)",
        "有限责任公司(自然人独资)",
        "有限责任公司分公司",
        "个人独资企业",
    ),
    "个体工商户": ("个体工商户",),
    "农民专业合作社": ("农民专业合作社",),
}
_CODE_KINDS: dict[Kind, str] = {"企业": "91", "个体工商户": "92", "农民专业合作社": "93"}

_OLDEST = dt.date(2008, 1, 1)
# Serials of the register begin behind those of the enterprises that report.
_SERIALS_AFTER = 1_000_000_000
_CLOSED_BEFORE_PCT = 6
# Of the rows of a chain segment beside the makers, so many per 100 of these.
_SEGMENT_PCT = {"upstream": 18, "downstream": 45, "service": 6}
_OTHERS_FOUNDED_PER_YEAR_PCT = 8
_OTHERS_CLOSED_PER_YEAR_PCT = 4
_CLOSING_PHASE = 7

# Of the closings: how they end, in per cent of all.
_ENDINGS = (("注销", 78), ("吊销", 8), ("吊销，未注销", 4), ("迁出", 10))
_ACTIVE_WORDS = (("存续", 70), ("在业", 20), ("开业", 10))
_KINDS: tuple[tuple[Kind, int], ...] = (("个体工商户", 56), ("企业", 34), ("农民专业合作社", 10))

#: Trades of entities outside every chain: industry code, word in the name, scope.
_OTHER_TRADES = (
    ("6210", "面馆", "餐饮服务"),
    ("5211", "便利店", "日用百货零售；预包装食品零售"),
    ("8040", "美发店", "理发及美容服务"),
    ("8111", "汽车服务部", "汽车修理与维护"),
    ("5430", "货运部", "普通货物道路运输"),
    ("4710", "建筑队", "住宅房屋建筑工程施工"),
    ("5232", "服装店", "服装零售"),
    ("8211", "家政部", "家庭服务"),
    ("5251", "药房", "药品零售（凭许可证经营）"),
    ("6140", "客栈", "住宿服务"),
)
_FARMING_TRADES = (
    ("0111", "种植", "谷物种植；初级农产品销售"),
    ("0313", "养殖", "羊的饲养"),
    ("0152", "果业", "水果种植"),
)
# Words by which a trader is told from a maker: every town's rules know them.
_TRADER_WORDS = ("商行", "经营部")
_MAKER_FORMS: dict[Kind, str] = {
    "企业": "有限公司",
    "个体工商户": "加工坊",
    "农民专业合作社": "农民专业合作社",
}
_SERVICE_CODE = "7590"


@dataclass(frozen=True)
class Entity:
    """A row of the register. `ended_on` and `ending` are None while it is active through the last month."""

    code: str
    name: str
    kind: Kind
    is_in_chain: bool
    type_word: str
    serial: int
    established_on: dt.date
    approved_on: dt.date
    active_word: str
    ended_on: dt.date | None
    ending: str | None
    division_code: str
    township: str
    industry_code: str
    scope: str
    capital: str


@dataclass(frozen=True)
class _Fate:
    """What becomes of an entity, and where it stands; `month` is that in which it is founded or closes."""

    town: Town | None
    segment: Segment | None
    what: Literal["active", "closed_before", "founded", "closing"]
    month: int | None = None


@dataclass(frozen=True)
class _Group:
    """Entities of one segment (or of none): so many active at the end, so many founded and closed a year."""

    town: Town | None
    segment: Segment | None
    active_at_end: int
    closed_before: int  # rows of entities that had ended before the first month
    founded_per_year: int
    closed_per_year: int

    def fates(self, months: tuple[int, ...]) -> Iterator[tuple[_Fate, int]]:
        """How often each fate occurs."""
        founded_in_all = 0
        for month in months:
            founded = _share(month, self.founded_per_year)
            founded_in_all += founded
            yield _Fate(self.town, self.segment, "founded", month), founded
            closing = _share(month + _CLOSING_PHASE, self.closed_per_year)
            yield _Fate(self.town, self.segment, "closing", month), closing
        yield _Fate(self.town, self.segment, "active"), self.active_at_end - founded_in_all
        yield _Fate(self.town, self.segment, "closed_before"), self.closed_before

    def rows(self, months: tuple[int, ...]) -> int:
        """Rows in the register of the last month."""
        return sum(count for _, count in self.fates(months))


def register(scenario: Scenario) -> Iterator[Entity]:
    """Every entity that stands in the register of the last month, in the order of the register.

    Of each row a place of two bytes is kept, nothing else.
    """
    fates: list[_Fate] = []
    order = array("H")
    chains = _chains(scenario)
    for group in [*chains, _others(scenario, chains)]:
        for fate, count in group.fates(scenario.months):
            order.extend(array("H", [len(fates)]) * count)
            fates.append(fate)
    chance = scenario.rng("register")
    chance.shuffle(order)
    reporting: dict[str, list[Enterprise]] = {town.code: [] for town in scenario.city.towns}
    for enterprise in reporting_enterprises(scenario):
        reporting[enterprise.town.code].append(enterprise)
    for queue in reporting.values():
        queue.reverse()
    for serial, place in enumerate(order, _SERIALS_AFTER):
        fate = fates[place]
        is_maker = fate.town is not None and fate.segment is fate.town.core and fate.what == "active"
        if is_maker and reporting[fate.town.code]:
            yield _reporting_entity(scenario, reporting[fate.town.code].pop(), chance)
        else:
            yield _entity(scenario, fate, serial, chance)


def refuse_too_few(scenario: Scenario) -> None:
    """DemoError when the asked number of rows cannot hold the towns' chains and as much beside them."""
    in_chains = sum(group.rows(scenario.months) for group in _chains(scenario))
    if scenario.entities < 2 * in_chains:
        raise DemoError(
            f"登记库至少要有 {2 * in_chains} 户才容得下各专业镇的产业链，要求的只有 {scenario.entities} 户",
            f"{scenario.entities} entities cannot hold the towns' chains: ask for {2 * in_chains} or more",
        )


def _chains(scenario: Scenario) -> list[_Group]:
    groups = []
    for town in scenario.city.towns:
        profile = town.profile
        for segment in town.segments:
            pct = 100 if segment.name == "core" else _SEGMENT_PCT.get(segment.name, _SEGMENT_PCT["service"])
            active = scenario.scaled(profile.core_active * pct // 100)
            groups.append(
                _Group(
                    town=town,
                    segment=segment,
                    active_at_end=active,
                    closed_before=active * _CLOSED_BEFORE_PCT // 100,
                    founded_per_year=scenario.scaled(profile.founded_per_year * pct // 100),
                    closed_per_year=scenario.scaled(profile.closed_per_year * pct // 100),
                )
            )
    return groups


def _others(scenario: Scenario, chains: list[_Group]) -> _Group:
    """The rest of the register, such that its last month has exactly the asked number of rows."""
    months = scenario.months
    rows = scenario.entities - sum(group.rows(months) for group in chains)
    closed_per_year = rows * _OTHERS_CLOSED_PER_YEAR_PCT // 100
    left = rows - sum(_share(month + _CLOSING_PHASE, closed_per_year) for month in months)
    closed_before = left * _CLOSED_BEFORE_PCT // 100
    founded_per_year = rows * _OTHERS_FOUNDED_PER_YEAR_PCT // 100
    return _Group(None, None, left - closed_before, closed_before, founded_per_year, closed_per_year)


def _share(month: int, per_year: int) -> int:
    """This month's part of a year's number: whole, and exact over any twelve months."""
    return (month + 1) * per_year // 12 - month * per_year // 12


def _reporting_entity(scenario: Scenario, enterprise: Enterprise, chance: random.Random) -> Entity:
    """An enterprise that reports is there and active in every month."""
    kind: Kind = "农民专业合作社" if enterprise.is_cooperative else "企业"
    established_on = _day_between(_OLDEST, _day_before(scenario), chance)
    return Entity(
        code=enterprise.code,
        name=enterprise.name,
        kind=kind,
        is_in_chain=True,
        type_word=TYPE_WORDS[kind][0],
        serial=enterprise.serial,
        established_on=established_on,
        approved_on=_day_between(established_on, _day_before(scenario), chance),
        active_word="存续",
        ended_on=None,
        ending=None,
        division_code=enterprise.town.region_code,
        township=names.TOWNSHIPS[enterprise.serial % len(names.TOWNSHIPS)],
        industry_code=enterprise.industry_code,
        scope=_maker_scope(enterprise.town.core),
        capital=str(chance.choice((100, 200, 500, 800))),
    )


def _entity(scenario: Scenario, fate: _Fate, serial: int, chance: random.Random) -> Entity:
    established_on, ended_on = _life(scenario, fate, chance)
    # While active, it was approved last before the first month or when founded: no extract looks ahead.
    before = _day_before(scenario)
    approved_until = max(established_on, min(ended_on or before, before))
    kind = _drawn(_KINDS, chance)
    word, industry_code, scope = _business(fate, kind, chance)
    region = fate.town.region_code if fate.town else _region(scenario, serial)
    # Offices write the division with 6 digits, with 9 for the township, or not at all: the code has it.
    written = chance.random()
    division = "" if written < 0.02 else region if written < 0.7 else f"{region}{serial % 8 + 1:03d}"
    return Entity(
        code=names.credit_code(_CODE_KINDS[kind], region, serial),
        name=f"{scenario.city.name}{names.brand(serial)}{word}",
        kind=kind,
        is_in_chain=fate.segment is not None,
        type_word=chance.choice(TYPE_WORDS[kind]),
        serial=serial,
        established_on=established_on,
        approved_on=_day_between(established_on, approved_until, chance),
        active_word=_drawn(_ACTIVE_WORDS, chance),
        ended_on=ended_on,
        ending=_drawn(_ENDINGS, chance) if ended_on else None,
        division_code=division,
        township=names.TOWNSHIPS[serial % len(names.TOWNSHIPS)],
        industry_code=industry_code,
        scope=scope,
        capital=_capital(kind, chance),
    )


def _life(scenario: Scenario, fate: _Fate, chance: random.Random) -> tuple[dt.date, dt.date | None]:
    """When it was established and when it ended."""
    if fate.what == "founded":
        return day_of(_month(fate), chance.randint(1, 28)), None
    established_on = _day_between(_OLDEST, _day_before(scenario), chance)
    if fate.what == "closing":
        return established_on, day_of(_month(fate), chance.randint(1, 28))
    if fate.what == "closed_before":
        return established_on, _day_between(established_on, _day_before(scenario), chance)
    return established_on, None


def _business(fate: _Fate, kind: Kind, chance: random.Random) -> tuple[str, str, str]:
    """Words at the end of the name, industry code and scope, such that the membership rules find the segment.

    Of the makers some have no industry code, and of these some no telling name: name or scope alone decides.
    """
    if fate.segment is None:
        code, word, scope = chance.choice(_FARMING_TRADES if kind == "农民专业合作社" else _OTHER_TRADES)
        return word + ("" if kind == "个体工商户" else _MAKER_FORMS[kind]), code, scope
    segment = fate.segment
    code = chance.choice(segment.industry_codes) if segment.industry_codes else _SERVICE_CODE
    keyword = chance.choice(segment.keywords_name) if segment.keywords_name else ""
    if segment.name == "downstream":
        return keyword + chance.choice(_TRADER_WORDS), code, f"{keyword}销售"
    scope = _maker_scope(segment)
    if segment.name == "core" and keyword:
        told_by = chance.random()
        if told_by < 0.04 and segment.keywords_scope:
            return _MAKER_FORMS[kind], "", scope
        if told_by < 0.12:
            return keyword + _MAKER_FORMS[kind], "", scope
    return keyword + _MAKER_FORMS[kind], code, scope


def _maker_scope(segment: Segment) -> str:
    made = segment.keywords_scope[:2] or segment.keywords_name[:1]
    return "；".join(made) or "一般项目：技术服务"


def _region(scenario: Scenario, serial: int) -> str:
    """The city's own division; in a register larger than a county's, any division of its province."""
    own = scenario.city.region_code
    if scenario.entities <= COUNTY_ENTITIES:
        return own
    return f"{own[:2]}{serial % 11 + 1:02d}{serial // 11 % 20 + 21:02d}"


def _capital(kind: Kind, chance: random.Random) -> str:
    if kind == "个体工商户" and chance.random() < 0.3:
        return "-"
    amount = chance.choice((1, 5, 10, 20, 50, 100, 200, 500))
    return f"{amount}(万元人民币)" if chance.random() < 0.1 else str(amount)


def _drawn(weighted: tuple[tuple[T, int], ...], chance: random.Random) -> T:
    """One of the words, by weights that make 100."""
    place = chance.random() * 100
    for word, weight in weighted:
        place -= weight
        if place < 0:
            return word
    return weighted[-1][0]


def _day_between(first: dt.date, last: dt.date, chance: random.Random) -> dt.date:
    return first + dt.timedelta(days=int(chance.random() * ((last - first).days + 1)))


def _day_before(scenario: Scenario) -> dt.date:
    """The day before the demo's first month."""
    return last_day(scenario.first - 1)


def _month(fate: _Fate) -> int:
    if fate.month is None:
        raise AssertionError(f"a fate {fate.what!r} has no month")
    return fate.month
