"""A month without a register of its own, end to end: the latest register with the changes since gives its figures.

The sample's March of 2024 without its register. What must come of it is computed here from the offices' own files, by
the pages alone: nothing of the warehouse's tables is used. The sample's changes of that month happen to touch no entity
that counts, so a second file of the same month adds some that do. The register that the sample has for March then says
what changes cannot know.
"""

from __future__ import annotations

import csv
import functools
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.city import REPOSITORY, SAMPLE, City, Ran, needs_sample

# Several whole runs: the suite has no time for them all (docs/architecture.md, Tests).
pytestmark = [needs_sample, pytest.mark.faults]

BEFORE, MONTH = "2024-02", "2024-03"
ACTIVE = ("存续", "在业", "开业", "在营")
STATUS_AFTER = {"设立": "存续", "迁入": "存续", "注销": "注销", "吊销": "吊销", "迁出": "迁出"}
INDICATORS = ("active_entities", "new_entities", "cancelled_entities", "net_new_entities")

Figures = dict[tuple[str, str, str], tuple[int, int]]


@dataclass(frozen=True)
class Entity:
    """A line of the register, as far as counting asks for it."""

    code: str
    name: str
    kind: str
    established_on: str
    status: str
    cancelled_on: str
    division: str
    industry: str
    scope: str


@functools.cache
def added_changes() -> tuple[dict[str, str], ...]:
    """A second file of March: an active core entity for each kind of change, one gone that comes back; two on one day,
    two that follow each other."""
    core = [entity for entity in register_of(BEFORE).values() if "hz-nianmo" in towns_of(entity)]
    firm = iter(entity for entity in core if entity.status in ACTIVE and entity.kind == "企业")
    [gone, *_] = (entity for entity in core if entity.status == "迁出")
    shop = next(entity for entity in core if entity.status in ACTIVE and entity.kind == "个体工商户")
    cancelled, revoked, moved, back, trader = (next(firm) for _ in range(5))
    lines = [
        (cancelled, "注销", "2024-03-11", "状态", "注销"),
        (revoked, "吊销", "2024-03-12", "状态", "吊销"),
        (moved, "迁出", "2024年3月13日", "", ""),
        (gone, "迁入", "2024-03-14", "", ""),
        (back, "迁入", "2024-03-15", "", ""),
        (back, "迁出", "2024-03-15", "", ""),
        (shop, "注销", "2024-03-20", "", ""),
        (shop, "变更", "2024-03-18", "经营范围", "年馍加工"),
        # With this code and name it is a maker no longer, whatever its scope says.
        (trader, "变更", "2024-03-16", "行业代码", "7210"),
        (trader, "变更", "2024-03-17", "名称", "霍州市某某咨询有限公司"),
        (trader, "变更", "2024-03-19", "经营范围变更", "企业管理咨询"),
    ]
    headers = ("统一社会信用代码", "变动类型", "变动日期", "变动事项", "变动前", "变动后")
    return tuple(
        dict(zip(headers, (entity.code, kind, day, item, "", after), strict=True))
        for entity, kind, day, item, after in lines
    )


def day_of(text: str) -> str:
    """The one way besides YYYY-MM-DD in which the added changes write a day."""
    return "2024-03-13" if text == "2024年3月13日" else text


def lines_of(feed: str, period: str) -> Iterator[dict[str, str]]:
    """The lines of the sample's delivery, a text in GB18030, zipped or not."""
    [path] = [path for path in (SAMPLE / "landing" / feed / period).iterdir() if path.suffix in (".zip", ".csv")]
    content = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            content = archive.read(archive.namelist()[0])
    yield from csv.DictReader(io.StringIO(content.decode("gb18030")))


def register_of(period: str) -> dict[str, Entity]:
    return {
        line["统一社会信用代码"]: Entity(
            line["统一社会信用代码"], line["主体名称"], kind_of(line["主体类型"]), line["成立日期"], line["登记状态"],
            line["注销日期"], line["行政区划代码"], line["行业代码"], line["经营范围"],
        )
        for line in lines_of("registration_entities", period)
    }  # fmt: skip


def kind_of(word: str) -> str:
    if "合作社" in word:
        return "农民专业合作社"
    return "个体工商户" if "个体" in word else "企业"


def with_changes(register: Mapping[str, Entity], period: str) -> dict[str, Entity]:
    """The register after a month's changes; an entity that it does not describe counts for no town, and is left out."""
    entities = dict(register)
    changes = [*lines_of("registration_changes", period), *added_changes()]
    # On one day who moves out may move in again.
    for line in sorted(changes, key=lambda line: (day_of(line["变动日期"]), line["变动类型"] == "迁入")):
        entity = entities.get(line["统一社会信用代码"])
        if entity is None:
            continue
        if line["变动类型"] == "变更":
            field = {"行业代码": "industry", "名称": "name"}.get(line["变动事项"], "scope")
            entities[entity.code] = replace(entity, **{field: line["变动后"]})
        else:
            status = STATUS_AFTER[line["变动类型"]]
            gone_on = "" if status in ACTIVE else day_of(line["变动日期"])
            entities[entity.code] = replace(entity, status=status, cancelled_on=gone_on)
    return entities


@functools.cache
def reference(name: str) -> list[dict[str, str]]:
    path = REPOSITORY / "dbt_project" / "seeds" / f"{name}.csv"
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def towns_of(entity: Entity) -> set[str]:
    """The towns of whose core the entity is."""
    regions = {town["town_code"]: town["region_code"] for town in reference("town_list")}
    decided: dict[str, str] = {}
    rules = sorted(reference("membership_rules"), key=lambda rule: (rule["town_code"], int(rule["rule_order"])))
    for rule in rules:

        def any_of(column: str, found: Callable[[str], bool], rule: Mapping[str, str] = rule) -> bool:
            return any(found(term) for term in rule[column].split("|") if term)

        fits = (entity.division or entity.code[2:8]).startswith(regions[rule["town_code"]]) and (
            any_of("industry_prefixes", entity.industry.startswith)
            or any_of("keywords_name", entity.name.__contains__)
            or any_of("keywords_scope", entity.scope.__contains__)
        )
        is_excluded = any_of("industry_none", entity.industry.startswith) or any_of(
            "keywords_none", entity.name.__contains__
        )
        if fits and not is_excluded:
            decided.setdefault(rule["town_code"], rule["chain_segment"])
    return {town for town, segment in decided.items() if segment == "core"}


def figures_of(register: Mapping[str, Entity], period: str) -> Figures:
    """Per town (and `all`), indicator and breakdown: the month and January to the month."""
    belonging = [(entity, towns_of(entity)) for entity in register.values()]
    places = [*(town["town_code"] for town in reference("town_list")), "all"]
    kinds = ("企业", "个体工商户", "农民专业合作社")
    figures: Figures = {}
    for place in places:
        core = [entity for entity, towns in belonging if place in towns or (place == "all" and towns)]
        active = [entity for entity in core if entity.status in ACTIVE]
        for kind in ("all", *kinds):
            count = sum(kind in ("all", entity.kind) for entity in active)
            figures[place, "active_entities", kind] = (count, count)
        new = [entity.established_on for entity in core]
        gone = [entity.cancelled_on for entity in core if entity.status == "注销"]
        for indicator, days in (("new_entities", new), ("cancelled_entities", gone)):
            in_month = sum(day[:7] == period for day in days)
            in_year = sum(day[:4] == period[:4] and day[:7] <= period for day in days)
            figures[place, indicator, "all"] = (in_month, in_year)
        came, went = (figures[place, indicator, "all"] for indicator in ("new_entities", "cancelled_entities"))
        figures[place, "net_new_entities", "all"] = (came[0] - went[0], came[1] - went[1])
    return figures


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """February and March of the sample, March without its register and with a second file of changes."""
    city = City(tmp_path_factory.mktemp("carried"))
    city.take_from_sample(BEFORE, MONTH)
    shutil.rmtree(city.landing / "registration_entities" / MONTH)
    added = city.landing / "registration_changes" / MONTH / "变动补报.csv"
    with added.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(added_changes()[0]))
        writer.writeheader()
        writer.writerows(added_changes())
    return city


@pytest.fixture(scope="module")
def ran(city: City) -> Ran:
    return city.stm("run", "--period", MONTH, "--json")


def test_the_month_is_still_stopped_for_the_register_that_it_lacks(ran: Ran) -> None:
    assert ran.code == 1, ran.out + ran.err
    [stopped] = ran.report["stopped"]
    assert any("R-BATCH-005" in reason["zh"] for reason in stopped["reasons"])
    assert len(stopped["reasons"]) == 1, stopped["reasons"]


def found_figures(city: City) -> Figures:
    rows = city.warehouse(
        f"select town_code, indicator_code, breakdown, value, value_ytd from indicator_monthly "
        f"where period = '{MONTH}' and indicator_code in {INDICATORS}"
    )
    return {(town, indicator, part): (int(value), int(ytd)) for town, indicator, part, value, ytd in rows}


@pytest.mark.usefixtures("ran")
def test_figures_are_those_of_the_register_before_with_the_changes_since(
    city: City, record_property: Callable[[str, object], None]
) -> None:
    computed = figures_of(with_changes(register_of(BEFORE), MONTH), MONTH)
    assert found_figures(city) == computed
    unchanged = figures_of(register_of(BEFORE), MONTH)
    differing = sum(computed[key] != figure for key, figure in unchanged.items())
    assert differing > 5, "hardly a change counts: the test would show nothing"
    record_property("register carried on by changes, figures right", f"{len(computed)}, changed by them {differing}")


@pytest.mark.usefixtures("ran")
def test_they_say_that_they_are_preliminary_of_the_lowest_grade_and_lack_new_entities(city: City) -> None:
    rows = city.warehouse(
        "select distinct value_status, quality_grade, flags from indicator_monthly "
        f"where period = '{MONTH}' and indicator_code in {INDICATORS}"
    )
    assert rows == [("preliminary", "D", "R-CHG-007")]


@pytest.mark.usefixtures("ran")
def test_entities_by_segment_agree_with_the_indicators(city: City) -> None:
    rows = city.warehouse(
        "select town_code, sum(active), sum(new_ytd), sum(cancelled_ytd) from entity_dynamics "
        f"where period = '{MONTH}' and chain_segment = 'core' group by town_code"
    )
    figures = found_figures(city)
    assert len(rows) == len({town for town, *_ in figures})
    for town, active, new, cancelled in rows:
        assert (active, new, cancelled) == (
            figures[town, "active_entities", "all"][1],
            figures[town, "new_entities", "all"][1],
            figures[town, "cancelled_entities", "all"][1],
        )


def set_up() -> list[str]:
    """Codes of the entities that the sample's March sets up."""
    return [line["统一社会信用代码"] for line in lines_of("registration_changes", MONTH) if line["变动类型"] == "设立"]


@pytest.mark.usefixtures("ran")
def test_no_enterprise_is_reported_as_unregistered_and_each_new_entity_is_named(city: City) -> None:
    broken = city.warehouse(
        f"select rule_id, split_part(row_key, ' ', 1) from val_broken_rules where period = '{MONTH}'"
    )
    assert sorted(broken) == [("R-CHG-007", code) for code in sorted(set_up())]
    # They are known to be active all the same: a return of theirs would not be doubted.
    codes = ", ".join(f"'{code}'" for code in set_up())
    active = city.warehouse(
        f"select is_active from val_register_status where period = '{MONTH}' and credit_code in ({codes})"
    )
    assert active == [(True,)] * len(set_up())


def test_the_register_of_that_month_differs_by_the_entities_set_up_in_it_alone(
    record_property: Callable[[str, object], None],
) -> None:
    """The sample's own changes, without those added here, against the register that the sample has for March."""
    added = {line["统一社会信用代码"] for line in added_changes()}
    true, carried = register_of(MONTH), with_changes(register_of(BEFORE), MONTH)
    lacking = set(true) - set(carried)
    assert lacking == set(set_up())
    assert all(true[code].established_on[:7] == MONTH for code in lacking)
    for code in set(carried) - added:
        assert (carried[code].status, carried[code].cancelled_on) == (true[code].status, true[code].cancelled_on), code
    alike = {**{code: entity for code, entity in carried.items() if code not in added}, **{c: true[c] for c in added}}
    shown, right = figures_of(alike, MONTH), figures_of(true, MONTH)
    differing = {"/".join(key): f"{shown[key]}, true {right[key]}" for key in right if shown[key] != right[key]}
    record_property("register carried on by changes, (month, year to date) against the true one", differing)


def test_once_the_register_comes_it_is_used_and_changes_that_disagree_warn(city: City, ran: Ran) -> None:
    assert ran.code == 1
    source = SAMPLE / "landing" / "registration_entities" / MONTH
    shutil.copytree(source, Path(city.landing, "registration_entities", MONTH))
    again = city.stm("run", "--period", MONTH, "--json")
    assert again.code == 0, again.out + again.err
    assert found_figures(city) == figures_of(register_of(MONTH), MONTH)
    broken = city.warehouse(f"select rule_id, row_key from val_broken_rules where period = '{MONTH}'")
    # March's register knows nothing of what was added; of the two changes of one day only the last is asked, and that
    # entity is there, as before.
    back = next(line["统一社会信用代码"] for line in added_changes() if line["变动日期"] == "2024-03-15")
    keys = {f"{line['统一社会信用代码']} {line['变动类型']} {day_of(line['变动日期'])}" for line in added_changes()}
    disagreeing = sorted(("R-CHG-008", key) for key in keys if not key.startswith(back))
    assert sorted(broken) == disagreeing
