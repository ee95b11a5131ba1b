"""Every rule of the rule list that SQL judges, held against rows that pass and rows that fail for exactly that reason.

One scenario holds all cases, one build judges it; the tests then only read. Rules of rows stand in `rule_proofs.py`,
rules of batches and indicators here, for they need months of their own. Rules of files are judged by `sources`.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from orchestration.dbt_runner import Dbt
from orchestration.settings import DBT_PROJECT_DIR, Settings
from tests.flow.raw_rows import (
    EVENTS,
    FEEDS,
    FUNDS,
    PLATFORMS,
    PRODUCT,
    PROJECTS,
    REGISTER,
    REQUIRED_FEEDS,
    STATISTICS,
    Cells,
    Place,
    Row,
    Scenario,
    credit_code,
    delivery_id_of,
    usual_cells,
)
from tests.flow.rule_proofs import PROOFS, READINGS, REGISTER_MONTH, Proof, Reading, entity

with (DBT_PROJECT_DIR / "seeds" / "validation_rules.csv").open(encoding="utf-8", newline="") as _seed:
    RULES: Mapping[str, Mapping[str, str]] = {rule["rule_id"]: rule for rule in csv.DictReader(_seed)}

# The enterprises (and projects) of which batches are made: sound, and in every register from 2024 on.
POOL = tuple(credit_code(number) for number in range(1, 31))
GAP_POOL = tuple(credit_code(number) for number in range(31, 35))
FIRST_OF_CASES, FIRST_OF_REGISTERS = 100, 5000

BATCH_LEDGERS = (PROJECTS, EVENTS, FUNDS, PLATFORMS)
BATCH_FEEDS = (STATISTICS, PRODUCT, *BATCH_LEDGERS)
TOTAL_RULE = {
    STATISTICS: "R-STAT-012", PRODUCT: "R-PROD-012", PROJECTS: "R-PROJ-014", EVENTS: "R-EVT-010", FUNDS: "R-FUND-010",
    PLATFORMS: "R-PLAT-010",
}  # fmt: skip
TOWN_RULE = {
    STATISTICS: "R-STAT-002", PRODUCT: "R-PROD-002", PROJECTS: "R-PROJ-002", EVENTS: "R-EVT-001", FUNDS: "R-FUND-001",
    PLATFORMS: "R-PLAT-001",
}  # fmt: skip
REPEAT_RULE = {
    STATISTICS: "R-STAT-010", PRODUCT: "R-PROD-010", PROJECTS: "R-PROJ-012", EVENTS: "R-EVT-007", FUNDS: "R-FUND-007",
    PLATFORMS: "R-PLAT-007",
}  # fmt: skip
SUMMED = {
    STATISTICS: "gross_output_value_ytd", PRODUCT: "output_ytd", PROJECTS: "total_investment", EVENTS: "deal_value",
    FUNDS: "amount", PLATFORMS: "enterprises_served",
}  # fmt: skip
# Stands in `Batch.breaks` for the feed's own rule.
TOTAL_WARNS = "total_row_equals_rows"


@dataclass(frozen=True)
class Batch:
    """A month of its own, for each of `feeds`. `rows` of the pool are delivered, the last `set_aside` of them without a
    town, the first one `repeats` times more. Each of `totals` gives a 合计 row: so many times the sum of the rows as
    read, plus `beyond`; it stands between data rows, behind a 小计 that is far off. `cells` change every row, `odd` the
    first. `receipt_off`: the receipt's count less the true one. `is_pending`: of a second, refused delivery.
    `breaks` are the batch rules that the month must break, and no other."""

    period: str
    claim: str
    breaks: frozenset[str] = frozenset()
    rows: int = len(POOL)
    set_aside: int = 0
    repeats: int = 0
    totals: tuple[str, ...] = ()
    beyond: str = "0"
    cells: Cells = field(default_factory=dict)
    odd: Cells = field(default_factory=dict)
    receipt_off: int | None = None
    is_pending: bool | None = None
    feeds: tuple[str, ...] = BATCH_FEEDS


def _breaks(*rules: str) -> frozenset[str]:
    return frozenset(rules)


# What is left out of a ledger vanishes: it always holds the whole pool.
_RETURNS = (STATISTICS, PRODUCT)
_MAY_IN_TONNES = {"quantity_unit": "吨", "output_month": "0.1", "output_ytd": "0.5"}
_JUNE_IN_TONNES = {**_MAY_IN_TONNES, "output_ytd": "0.6"}
_IN_SETS = {"product_name": "花馍", "quantity_unit": "套"}
_WARNS, _STOPS = _breaks(TOTAL_WARNS), _breaks(TOTAL_WARNS, "R-BATCH-003")
BATCHES = (
    Batch("2024-02", "10 % set aside is not too many", set_aside=3),
    Batch("2024-03", "3 of 29 is too many", _breaks("R-BATCH-001"), rows=29, set_aside=3, feeds=_RETURNS),
    Batch("2024-03", "4 of 30 is too many", _breaks("R-BATCH-001"), set_aside=4, feeds=BATCH_LEDGERS),
    Batch("2024-04", "2 rows never are, of however few", rows=5, set_aside=2, feeds=_RETURNS),
    Batch("2024-04", "nothing is wrong", feeds=BATCH_LEDGERS),
    Batch("2024-05", "合计 0.5 % off is rounding", totals=("1.005",)),
    Batch("2024-06", "合计 more than 0.5 % off warns", _WARNS, totals=("1.005",), beyond="1"),
    Batch("2024-07", "合计 5 % off only warns", _WARNS, totals=("0.95",)),
    Batch("2024-08", "合计 more than 5 % off stops", _STOPS, totals=("0.95",), beyond="-1"),
    Batch("2024-09", "合计 is of the rows as read, a repeat once", set_aside=3, repeats=1, totals=("1",)),
    Batch("2024-10", "合计 without the rows set aside", _STOPS, set_aside=3, totals=("0.9",)),
    Batch("2024-11", "of several 合计 the nearest is the sheet's; the receipt is right", totals=("0.4", "1", "0.6"),
          receipt_off=0),
    Batch("2024-12", "a receipt that counts otherwise warns", _breaks("R-BATCH-007"), receipt_off=1),
    Batch("2025-03", "a refused file without a successor stops", _breaks("R-BATCH-006"), is_pending=True),
    Batch("2025-04", "a refused file that was replaced does not", is_pending=False),
    Batch("2025-05", "合计 is in the unit of its rows", totals=("1",), cells=_MAY_IN_TONNES, feeds=(PRODUCT,)),
    Batch("2025-06", "also when it is wrong", _WARNS, totals=("0.95",), cells=_JUNE_IN_TONNES, feeds=(PRODUCT,)),
    Batch("2025-07", "套 and 公斤 have no sum", totals=("0.4",), odd=_IN_SETS, feeds=(PRODUCT,)),
)  # fmt: skip


@dataclass(frozen=True)
class RegisterBatch:
    """A register of `rows` rows, the last `set_aside` of them without a date of establishment."""

    period: str
    claim: str
    rows: int
    set_aside: int = 0
    breaks: frozenset[str] = frozenset()


REGISTERS = (
    RegisterBatch("2024-01", "3 of 149 is more than 2 %", 149, 3, _breaks("R-BATCH-001")),
    RegisterBatch("2024-02", "3 of 150 is 2 %, not too many", 150, 3),
    RegisterBatch("2024-03", "a register may shrink by a fifth", 120),
    RegisterBatch("2024-04", "but not by more", 95, 0, _breaks("R-BATCH-002")),
)
LEDGER_ALONE_MISSING, ALL_THERE, NOTHING_THERE = "2024-01", "2024-02", "2023-05"
GAP_MONTH = "2025-02"


class Built:
    """The scenario that holds all cases, written and built once; what became of its rows is asked by place."""

    def __init__(self, settings: Settings) -> None:
        self.scenario = scenario = Scenario()
        codes = map(credit_code, range(FIRST_OF_CASES, FIRST_OF_REGISTERS))
        self.places: dict[Proof | Reading, list[Place]] = {}
        for proof in PROOFS:
            passing = _stand(scenario, proof.passes, next(codes), "存续")
            self.places[proof] = passing + _stand(scenario, proof.fails, next(codes), proof.standing)
        for reading in READINGS:
            self.places[reading] = _stand(scenario, (reading.row,), next(codes), "存续")
        for batch in BATCHES:
            for feed in batch.feeds:
                _add_batch(scenario, feed, batch)
        _add_registers(scenario)
        _add_prior_gap(scenario)
        scenario.write(settings)

        self.outcome = Dbt(settings).build()
        self._connection = duckdb.connect(str(settings.warehouse_path), read_only=True)
        self.broken: dict[Place, set[tuple[str, str]]] = defaultdict(set)
        for delivery_id, row_no, period, rule in self.query(
            "select delivery_id, row_no, period, rule_id from val_broken_rules"
        ):
            self.broken[Place.of(delivery_id, row_no)].add((period, rule))
        self.read = {feed: self._cells_of_readings(feed) for feed in FEEDS}
        self.status = {
            place: status for feed in FEEDS for place, status in self.at(f"val_{feed}_rows", "_status").items()
        }

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        return self._connection.execute(sql).fetchall()

    def _cells_of_readings(self, feed: str) -> dict[tuple[Place, str], Any]:
        """What staging, a view, made of the columns that the feed's readings ask for: looked at once."""
        columns = sorted({reading.column for reading in READINGS if reading.row.feed == feed})
        rows = self.query(f"select _row_id, {', '.join(columns)} from stg_{feed}")
        return {
            (_place_of(row_id), column): cell
            for row_id, *cells in rows
            for column, cell in zip(columns, cells, strict=True)
        }

    def at(self, relation: str, column: str) -> dict[Place, Any]:
        """A column of a relation that has one row per delivered row, by place."""
        rows = self.query(f"select _row_id, {column} from {relation}")
        return {_place_of(row_id): value for row_id, value in rows}

    def failing_batch_rules(self, feed: str, period: str) -> set[str]:
        """The batch rules that a month of a feed breaks."""
        rows = self.query(
            f"select rule_id from rule_evaluations where feed = '{feed}' and period = '{period}' and rows_failing > 0"
        )
        return {rule for (rule,) in rows if RULES[rule]["level"] == "batch"}


def _place_of(row_id: str) -> Place:
    delivery_id, *_, row_no = row_id.split(":")
    return Place.of(delivery_id, int(row_no))


def _stand(scenario: Scenario, rows: tuple[Row, ...], code: str, standing: str | None) -> list[Place]:
    """Rows of one key; an enterprise that makes a return stands in the register as `standing`, unless that is None."""
    if rows and rows[0].feed in (STATISTICS, PRODUCT) and standing is not None:
        scenario.add(entity(REGISTER_MONTH, registration_status=standing), code)
    return [scenario.add(row, code) for row in rows]


def _add_batch(scenario: Scenario, feed: str, batch: Batch) -> None:
    summed = Decimal(0)
    rows: list[tuple[Row, str]] = []
    for index, code in enumerate(POOL[: batch.rows]):
        is_set_aside = index >= batch.rows - batch.set_aside
        cells = {**batch.cells, **(batch.odd if index == 0 else {}), **({"town": "面包"} if is_set_aside else {})}
        is_repeated = index == 0 and batch.repeats > 0
        rule = TOWN_RULE[feed] if is_set_aside else REPEAT_RULE[feed] if is_repeated else None
        row = Row(feed, batch.period, cells, _breaks(rule) if rule else frozenset())
        rows.append((row, code))
        rows += [(Row(feed, batch.period, cells, status="repeat"), code)] * (batch.repeats if index == 0 else 0)
        summed += Decimal(str({**usual_cells(row, code), **cells}[SUMMED[feed]]))
    for row, code in rows[:-1]:
        scenario.add(row, code)
    for factor in batch.totals:
        for kind, value in (("subtotal", Decimal(7)), ("total", summed * Decimal(factor) + Decimal(batch.beyond))):
            scenario.add(Row(feed, batch.period, {SUMMED[feed]: str(value)}, kind=kind), "")
    scenario.add(*rows[-1])
    if batch.receipt_off is not None:
        scenario.receipt(feed, batch.period, len(rows) + batch.receipt_off)
    if batch.is_pending is not None:
        scenario.refuse(feed, batch.period, 2, is_pending=batch.is_pending)


def _add_registers(scenario: Scenario) -> None:
    known = (*POOL, *GAP_POOL)
    for register in REGISTERS:
        others = map(credit_code, range(FIRST_OF_REGISTERS, FIRST_OF_REGISTERS + register.rows - len(known)))
        codes = (*known, *others)
        for index, code in enumerate(codes):
            is_set_aside = index >= len(codes) - register.set_aside
            scenario.add(
                entity(register.period, "R-REG-002", established_on=None) if is_set_aside else entity(register.period),
                code,
            )


def _add_prior_gap(scenario: Scenario) -> None:
    """Two towns of two enterprises each: one gives 上年同期, the other does not."""
    for (town, output), code in zip(
        (("年馍", "950"), ("年馍", "50"), ("厨卫", "949"), ("厨卫", "51")), GAP_POOL, strict=True
    ):
        prior = "900" if len(output) == 3 else "—"
        cells = {
            "town": town, "gross_output_value_month": output, "gross_output_value_ytd": output,
            "gross_output_value_ytd_prior": prior, "operating_revenue_ytd_prior": "100",
        }  # fmt: skip
        scenario.add(Row(STATISTICS, GAP_MONTH, cells), code)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Built(Settings(data_dir=tmp_path_factory.mktemp("rules")))


def test_every_rule_of_the_list_is_proven_twice():
    passed, failed = set(), set()
    for proof in PROOFS:
        feeds = {row.feed for row in (*proof.passes, *proof.fails)}
        passed |= {(proof.rule, feed) for feed in feeds if proof.passes}
        failed |= {(proof.rule, feed) for feed in feeds if proof.fails}
    expected = {
        (rule_id, feed)
        for rule_id, rule in RULES.items()
        if rule["level"] == "row"
        for feed in (FEEDS if rule["feed"] == "*" else (rule["feed"],))
    }
    assert expected - passed == set()
    assert expected - failed == set()


def test_bad_data_breaks_no_test_of_the_code(built):
    failure = built.outcome.failure()
    assert failure is None, failure


def _told(scenario: Scenario, place: Place) -> set[tuple[str, str]]:
    """The rules that the row at a place must break, each with the month in which it does."""
    row = scenario.rows[place]
    year, month = int(row.period[:4]), int(row.period[5:])
    following = f"{year + month // 12}-{month % 12 + 1:02d}"
    return {(row.period, rule) for rule in row.breaks} | {(following, rule) for rule in row.breaks_next_month}


@pytest.mark.parametrize("proof", PROOFS, ids=str)
def test_a_row_breaks_its_rule_and_no_other(built, proof):
    places = built.places[proof]
    seen = [(built.status.get(place), built.broken[place]) for place in places]
    expected = [(built.scenario.rows[place].status, _told(built.scenario, place)) for place in places]
    assert seen == expected
    in_force = [row for row in proof.passes if row.status == "in_force"]
    assert all(proof.rule not in row.breaks | row.breaks_next_month for row in in_force)
    if proof.fails:
        assert any(proof.rule in row.breaks | row.breaks_next_month for row in proof.fails)


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_a_cell_is_read_as_what_it_says(built, reading):
    (place,) = built.places[reading]
    assert built.read[reading.row.feed][place, reading.column] == reading.value
    assert built.broken[place] == set()


def test_no_row_of_the_scenario_breaks_another_rule(built):
    wrong = {
        place: (built.broken[place], _told(built.scenario, place))
        for place in built.scenario.rows
        if built.broken[place] != _told(built.scenario, place)
    }
    assert wrong == {}
    assert {place: row.status for place, row in built.scenario.rows.items()} == built.status


def _is_used(row: Row) -> bool:
    return row.status == "in_force" and all(RULES[rule]["severity"] != "quarantine" for rule in row.breaks)


@pytest.mark.parametrize("feed", FEEDS)
def test_used_rows_are_those_in_force_and_not_set_aside_and_carry_the_warnings_of_their_month(built, feed):
    expected = {
        place: "|".join(sorted(row.breaks)) or None
        for place, row in built.scenario.rows.items()
        if place.feed == feed and _is_used(row)
    }
    assert built.at(f"int_{feed}", "_warnings") == expected


def test_quarantine_holds_every_reason_of_every_row_in_force_that_is_set_aside(built):
    expected = {
        (place, rule)
        for place, row in built.scenario.rows.items()
        for rule in row.breaks
        if row.status == "in_force" and RULES[rule]["severity"] == "quarantine"
    }
    rows = built.query("select row_id, rule_id from quarantine")
    assert Counter((_place_of(row_id), rule) for row_id, rule in rows) == Counter(expected)


def test_every_row_rule_is_evaluated_in_every_month_of_its_feed(built):
    in_force: Counter[tuple[str, str]] = Counter()
    failing: Counter[tuple[str, str, str]] = Counter()
    for place, row in built.scenario.rows.items():
        in_force[place.feed, place.period] += row.status == "in_force"
        if row.status == "in_force":
            failing.update((place.feed, period, rule) for period, rule in _told(built.scenario, place))
    expected = {
        (feed, period, rule_id): (rule["severity"], looked_at, failing[feed, period, rule_id])
        for (feed, period), looked_at in in_force.items()
        for rule_id, rule in RULES.items()
        if rule["level"] == "row" and rule["feed"] in ("*", feed)
    }
    seen = {
        (feed, period, rule): (severity, looked_at, count)
        for feed, period, rule, severity, looked_at, count in built.query(
            "select feed, period, rule_id, severity, rows_looked_at, rows_failing from rule_evaluations"
        )
        if RULES[rule]["level"] == "row"
    }
    assert seen == expected


def test_conservation_holds_in_every_file_and_each_count_is_right(built):
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for place, row in built.scenario.rows.items():
        fate = "superseded" if row.status != "in_force" else "used" if _is_used(row) else "quarantined"
        expected[delivery_id_of(place.feed, place.period, place.arrival_no)][fate] += 1
    rows = built.query(
        "select delivery_id, rows_used, rows_quarantined, rows_superseded, rows_read, rows_not_data "
        "from file_conservation"
    )
    assert {delivery_id for delivery_id, *_ in rows} == set(expected)
    for delivery_id, used, quarantined, superseded, read, not_data in rows:
        counted = Counter(used=used, quarantined=quarantined, superseded=superseded)
        assert counted == expected[delivery_id], delivery_id
        assert read == used + quarantined + superseded + not_data, delivery_id


@pytest.mark.parametrize(
    ("feed", "batch"),
    [pytest.param(feed, batch, id=f"{feed} {batch.period} {batch.claim}") for batch in BATCHES for feed in batch.feeds],
)
def test_a_batch_breaks_its_rule_and_no_other(built, feed, batch):
    expected = {TOTAL_RULE[feed] if rule == TOTAL_WARNS else rule for rule in batch.breaks}
    assert built.failing_batch_rules(feed, batch.period) == expected


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: f"{register.period} {register.claim}")
def test_a_register_breaks_its_rule_and_no_other(built, register):
    assert built.failing_batch_rules(REGISTER, register.period) == register.breaks


def test_a_feed_is_missed_in_every_month_in_which_it_is_due(built):
    def missing(period: str, rule: str) -> dict[str, int]:
        return dict(
            built.query(
                f"select feed, rows_failing from rule_evaluations where rule_id = '{rule}' and period = '{period}'"
            )
        )

    assert missing(NOTHING_THERE, "R-BATCH-005") == dict.fromkeys(REQUIRED_FEEDS, 1)
    assert missing(ALL_THERE, "R-BATCH-005") == dict.fromkeys(REQUIRED_FEEDS, 0)
    # January has no return: nobody is asked for one.
    assert missing(LEDGER_ALONE_MISSING, "R-BATCH-005") == {REGISTER: 0, PROJECTS: 1}
    # Without the others a month can go out; that they did not come is said.
    others = set(FEEDS) - set(REQUIRED_FEEDS)
    assert missing(NOTHING_THERE, "R-BATCH-008") == dict.fromkeys(others, 1)
    assert built.query("select distinct severity from rule_evaluations where rule_id = 'R-BATCH-008'") == [("warn",)]


def test_growth_is_not_told_where_units_without_a_prior_year_are_more_than_5_percent(built):
    rows = built.query(
        "select town_code, value_ytd_prior, yoy_pct, contains(coalesce(flags, ''), 'R-IND-001') "
        f"from indicator_monthly where period = '{GAP_MONTH}' and indicator_code = 'gross_output_value' "
        "and town_code in ('hz-nianmo', 'hz-chuwei') order by town_code"
    )
    assert rows == [
        ("hz-chuwei", Decimal(900), None, True),
        ("hz-nianmo", Decimal(900), Decimal("11.11"), False),
    ]
