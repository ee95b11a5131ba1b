"""The fictitious city: its towns as the seeds name them, and how large and how seasonal each of them is.

Names, products, codes and keywords are read from the warehouse's own seeds, so that the demo of another city
speaks of its towns. Belongs here: the size and the rhythm of a town's economy. Does not belong here: names of
firms and people (`names.py`), what is delivered and when (`scenario.py`).
"""

import csv
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from pathlib import Path

from sources.demo.stop import DemoError

SEEDS_DIR = Path(__file__).parents[2] / "dbt_project" / "seeds"

#: Stands for the city's name where the towns' names have no beginning in common.
_NAMELESS_CITY = "示例"


@dataclass(frozen=True)
class Profile:
    """How a town does business. Money in 万元; the year is that of the last month written."""

    enterprise_share: int  # of each 48 reporting enterprises
    core_active: int  # active makers in the register of the last month, of 3,000 rows
    founded_per_year: int
    closed_per_year: int
    annual_output: Decimal  # of its share of 48 enterprises
    seasons: tuple[int, ...]  # thousandths of the year's output, January first
    unit_price: Decimal  # 元 per product unit
    is_exporting: bool
    online_share: Decimal  # of revenue, at most


_EVEN_YEAR = (75, 60, 80, 85, 88, 90, 86, 86, 90, 88, 87, 85)
_DEFAULT_PROFILE = Profile(12, 50, 4, 2, Decimal(9000), _EVEN_YEAR, Decimal(500), False, Decimal("0.1"))
_PROFILES = {
    # Festival food: a third of the year is sold before the Spring Festival.
    "hz-nianmo": Profile(
        24, 172, 10, 5, Decimal(25400), (220, 130, 50, 45, 40, 40, 40, 45, 60, 70, 100, 160), Decimal("6.68"),
        False, Decimal("0.25"),
    ),
    "hz-chuwei": Profile(12, 65, 5, 3, Decimal(18200), _EVEN_YEAR, Decimal(420), True, Decimal("0.18")),
    # Fertiliser is bought before sowing, in spring and in autumn.
    "hz-youjifei": Profile(
        12, 43, 3, 1, Decimal(9600), (50, 80, 140, 130, 90, 60, 60, 90, 110, 90, 60, 40), Decimal(690),
        False, Decimal("0.05"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Segment:
    """A part of a town's chain, as its membership rule recognises it."""

    name: str
    industry_codes: tuple[str, ...]
    keywords_name: tuple[str, ...]
    keywords_scope: tuple[str, ...]


@dataclass(frozen=True)
class Flagship:
    """A project that a target of the plan asks for: the keyword that its name must hold."""

    keyword: str
    is_asked_to_reach_capacity: bool


@dataclass(frozen=True)
class Town:
    """A specialty town, with its rules, its targets' projects and its economy."""

    code: str
    name: str
    short_name: str
    product: str
    product_unit: str
    region_code: str
    segments: tuple[Segment, ...]
    core: Segment
    flagships: tuple[Flagship, ...]
    profile: Profile


@dataclass(frozen=True)
class City:
    """The city and its towns, in the order of the seed."""

    name: str
    region_code: str
    towns: tuple[Town, ...]


def read_city(seeds_dir: Path = SEEDS_DIR) -> City:
    """The city of the seeds; DemoError when a seed is missing or names no town."""
    towns = _seed(seeds_dir, "town_list")
    rules = _seed(seeds_dir, "membership_rules")
    targets = _seed(seeds_dir, "target_list")
    if not towns:
        raise DemoError(
            "种子表 town_list.csv 中没有专业镇，无法生成演示来文；请先填写专业镇",
            "the seed town_list.csv names no town: fill it in before writing a demo",
        )
    return City(
        name=f"{_common_beginning([row['town_name'] for row in towns]) or _NAMELESS_CITY}市",
        region_code=towns[0]["region_code"],
        towns=tuple(_town(row, rules, targets) for row in towns),
    )


def _town(row: dict[str, str], rules: list[dict[str, str]], targets: list[dict[str, str]]) -> Town:
    code = row["town_code"]
    segments = tuple(
        Segment(
            name=rule["chain_segment"],
            industry_codes=tuple(prefix.ljust(4, "0") for prefix in _parts(rule["industry_prefixes"])),
            keywords_name=_parts(rule["keywords_name"]),
            keywords_scope=_parts(rule["keywords_scope"]),
        )
        for rule in rules
        if rule["town_code"] == code
    )
    core = next((segment for segment in segments if segment.name == "core"), None)
    if core is None:
        raise DemoError(
            f"种子表 membership_rules.csv 没有 {row['town_name']}的 core 规则，无法生成主体；请补上",
            f"the seed membership_rules.csv has no core rule for {code}: add it, or no makers can be written",
        )
    return Town(
        code=code,
        name=row["town_name"],
        short_name=row["short_name"],
        product=row["leading_product"],
        product_unit=row["product_unit"],
        region_code=row["region_code"],
        segments=segments,
        core=core,
        flagships=tuple(
            Flagship(target["breakdown"], target["indicator_code"] == "projects_at_capacity")
            for target in targets
            if target["town_code"] == code
            and target["indicator_code"].startswith("projects_")
            and target["breakdown"] != "all"
        ),
        profile=_PROFILES.get(code, _DEFAULT_PROFILE),
    )


def _common_beginning(names: list[str]) -> str:
    """What all names begin with: the city's own name; empty for a single town, whose name does not say."""
    if len(names) < 2:
        return ""
    return "".join(characters[0] for characters in takewhile(lambda one: len(set(one)) == 1, zip(*names, strict=False)))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _seed(seeds_dir: Path, name: str) -> list[dict[str, str]]:
    path = seeds_dir / f"{name}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as error:
        raise DemoError(
            f"无法读取种子表 {path}（{error.strerror}）；演示来文中的专业镇名称取自该表",
            f"the seed {path} cannot be read ({error.strerror}); the demo takes the towns' names from it",
        ) from error
