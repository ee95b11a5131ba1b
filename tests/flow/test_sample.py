"""The sample city, run as a person runs it: the right answers, the faults of its last month, conservation."""

import csv
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.settings import Settings
from orchestration.state import State
from orchestration.stops import Stop
from orchestration.trace import Question, Tracer
from sources.contract import load_contracts
from tests.city import FEEDS, REPOSITORY, SAMPLE, City, needs_sample
from tests.flow import back_test, fourth_town
from tests.identities import IDENTITIES, Copies, Identity
from tests.second_computation import headline_figures, headline_figures_of

pytestmark = needs_sample

MEASURES = ("value", "value_ytd", "value_ytd_prior", "yoy_pct")
ALL_MONTHS = [f"2023-{month:02d}" for month in range(2, 13)] + [f"2024-{month:02d}" for month in range(1, 6)]


@pytest.fixture(scope="module")
def sample_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """All months of the sample, run once; published."""
    city = City(tmp_path_factory.mktemp("sample"))
    city.take_from_sample(*ALL_MONTHS)
    ran = city.stm("run", "--json")
    assert ran.code == 0, ran.out + ran.err
    assert ran.published() == [f"{period}-r1" for period in ALL_MONTHS]
    return city


def indicators_of_these_feeds() -> set[str]:
    with (REPOSITORY / "dbt_project" / "seeds" / "indicator_list.csv").open(encoding="utf-8") as file:
        return {row["indicator_code"] for row in csv.DictReader(file) if row["source_feed"] in FEEDS}


def test_every_expected_cell_is_exactly_right(
    sample_city: City, record_property: Callable[[str, object], None]
) -> None:
    """Cell by cell against the answers that were computed apart; prints right / wrong / missing."""
    release = sample_city.data / "published" / "releases" / "2024-03" / "r1"
    found = {
        key: figures
        for *key_parts, figures in (
            (town, indicator, breakdown, figures)
            for town, indicator, breakdown, *figures in sample_city.query(
                f"select town_code, indicator_code, breakdown, {', '.join(MEASURES)} "
                "from indicator_monthly where period = '2024-03'",
                release,
            )
        )
        if (key := tuple(key_parts))
    }
    covered = indicators_of_these_feeds()
    tally: Counter[str] = Counter()
    problems = []
    with (SAMPLE / "expected_2024-03.csv").open(encoding="utf-8") as file:
        expected_rows = [row for row in csv.DictReader(file) if row["indicator_code"] in covered]
    for row in expected_rows:
        key = (row["town_code"], row["indicator_code"], row["breakdown"])
        for position, measure in enumerate(MEASURES):
            expected = Decimal(row[measure]) if row[measure] else None
            if key not in found:
                tally["missing"] += 1
                problems.append(f"missing {key} {measure}: expected {expected}")
            elif found[key][position] != expected:
                tally["wrong"] += 1
                problems.append(f"wrong {key} {measure}: expected {expected}, found {found[key][position]}")
            else:
                tally["right"] += 1
    told = f"right {tally['right']}, wrong {tally['wrong']}, missing {tally['missing']}"
    record_property("expected_2024-03.csv, cells", told)
    assert len(expected_rows) > 100
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param(
            # 728.48 + 2,726.02 − 664.86, above 2,000: not yet said to be above scale
            "select trailing_12m_revenue, above_scale_gap, ladder_stage, honours from enterprise_ladder "
            "where period = '2024-03' and credit_code = '91141082MARLW9K282'",
            [(Decimal("2789.64"), Decimal(0), "candidate", "企业技术中心")],
            id="ladder: twelve months",
        ),
        pytest.param(
            "select count(*), sum(trailing_12m_revenue) from enterprise_ladder where period = '2024-01' "
            "intersect select count(*), sum(operating_revenue_ytd) from int_statistics_enterprise "
            "where period = '2023-12'",
            [(48, Decimal("38574.07"))],
            id="ladder: January stands on December",
        ),
        pytest.param(
            # 6,380.11 + 17,902.53 − 5,736.56 of 20,000; 169 of 100; 1 of 1; 4 of 5
            "select value, score, recognition_score from town_recognition "
            "inner join town_scorecard using (period, town_code) where period = '2024-03' "
            "and town_code = 'hz-nianmo' and criterion = 'output' and town_recognition.level = next_level",
            [(Decimal("18546.08"), Decimal("92.73"), Decimal("93.18"))],
            id="recognition: near the next level",
        ),
        pytest.param(
            "select days_open, days_overdue, is_overdue, times_rolled_over from issue_board "
            "where period = '2024-03' and issue_id = 'WT-0059'",
            [(390, 360, True, 12)],
            id="issue: open for a year",
        ),
        pytest.param(
            "select linked_indicator_code, linked_value, is_overdue from task_board "
            "where period = '2024-05' and task_id = '三-17'",
            [("funds_allocated", Decimal(1876), True)],
            id="task: overdue, beside its money",
        ),
        pytest.param(
            "select state, target_lights, tasks_done, tasks_total, figures from plan_coverage "
            "where period = '2024-03' and clause = '三-3'",
            [("at_risk", "T10 yellow", 0, 1, "有效品牌资质数29个")],
            id="plan: a yellow light",
        ),
        pytest.param(
            "select period, count(*) from plan_coverage group by period order by period",
            [(f"2024-{month:02d}", 30) for month in range(1, 6)],
            id="plan: every clause in every month of its year",
        ),
    ],
)
def test_boards_answer_what_the_group_asks(sample_city: City, sql: str, expected: list[tuple[object, ...]]) -> None:
    assert sample_city.warehouse(sql) == expected


def test_faults_of_the_last_month_get_their_disposition_and_no_other_row_is_touched(sample_city: City) -> None:
    broken = {
        (rule, key or seen)
        for rule, key, seen in sample_city.warehouse(
            "select rule_id, row_key, seen from val_broken_rules where period = '2024-05'"
        )
    }
    assert broken == {
        ("R-STAT-001", "91141082MA4XHJ4UX0"),  # wrong check character: quarantined
        ("R-STAT-010", "91141082MA63MY302J"),  # the same row twice: used once, marked
        ("R-PROJ-007", "HZ-ZYZ-2024-002"),  # completed above total: used, marked
        ("R-ISS-004", "WT-0001"),  # closed before it was raised: quarantined
    }
    assert sample_city.warehouse("select count(*) from val_broken_rules where period < '2024-05'") == [(0,)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param(
            "select gross_output_value_month, gross_output_value_ytd from int_statistics_enterprise "
            "where period = '2024-05' and credit_code = '91141082MA0GLWE102'",
            (Decimal("43.28"), Decimal("230.48")),
            id="full-width digits",
        ),
        pytest.param(
            "select gross_output_value_month, gross_output_value_ytd, gross_output_value_ytd_prior "
            "from int_statistics_enterprise where period = '2024-05' and credit_code = '91141082MA2HAUN335'",
            (Decimal("93.23"), Decimal("631.84"), Decimal("589.81")),
            id="text with a trailing unit",
        ),
        pytest.param(
            "select employees from int_statistics_enterprise "
            "where period = '2024-05' and credit_code = '91141082MA3N82P52Q'",
            (Decimal(37),),
            id="code in lower case with spaces; header with a line break and full-width brackets",
        ),
        pytest.param(
            "select output_month, output_ytd, average_price from int_statistics_product "
            "where period = '2024-05' and credit_code = '93141082MAX92E3M3C'",
            (Decimal(123273), Decimal(891939), Decimal("6.46")),
            id="a producer that reports in 吨",
        ),
        pytest.param(
            "select raised_on, due_on, status, closed_on from int_ledger_issues "
            "where period = '2024-05' and issue_id = 'WT-0002'",
            (date(2023, 11, 9), date(2024, 1, 8), "已办结", date(2024, 2, 24)),
            id="dates as Excel serial numbers",
        ),
        pytest.param(
            "select count(*), count(raised_on), count(due_on), count(closed_on) from int_ledger_issues "
            "where period = '2024-05'",
            (59, 59, 59, 41),
            id="all of them; of 60 issues one is set aside",
        ),
        pytest.param(
            "select count(*) from int_statistics_enterprise where period = '2024-05'",
            (47,),
            id="48 enterprises, one set aside; 小计, 合计, notes and the repeat are no rows",
        ),
    ],
)
def test_faults_that_can_be_normalised_come_out_right(
    sample_city: City, sql: str, expected: tuple[object, ...]
) -> None:
    assert sample_city.warehouse(sql) == [expected]


def test_a_half_written_file_is_left_alone(sample_city: City) -> None:
    delivered = sample_city.warehouse(
        "select file_name from stg_deliveries where period = '2024-05' and feed = 'statistics_enterprise'"
    )
    assert delivered == [("专业镇重点企业月报_2024-05.xlsx",)]


def test_rows_are_conserved_in_every_file(sample_city: City) -> None:
    rows = sample_city.warehouse(
        "select file_name, rows_read, rows_used, rows_quarantined, rows_superseded, rows_not_data "
        "from file_conservation"
    )
    of_issues_and_tasks, of_events_and_funds, of_honours_and_platforms, of_changes = 16 + 4, 16 + 16, 16 + 16, 16
    of_later_ledgers = of_issues_and_tasks + of_events_and_funds + of_honours_and_platforms
    assert len(rows) == 15 + 1 + 15 + 16 + 16 + of_later_ledgers + of_changes
    for file_name, read, *parts in rows:
        assert read == sum(parts), file_name


def test_every_month_of_the_register_can_be_rebuilt_from_its_history(sample_city: City) -> None:
    """What the board counted of a month is what the spells that hold in it give, for all 16 months."""
    counted = "period, town_code, entity_type, chain_segment, active, new_month, cancelled_month"
    month_of = "strftime({}, '%Y-%m') = cells.period"
    differing = sample_city.warehouse(f"""
        with rebuilt as (
            select
                cells.period, cells.town_code, cells.entity_type, cells.chain_segment,
                count(distinct credit_code) filter (where status_group = 'active') as active,
                count(distinct credit_code) filter (where {month_of.format("established_on")}) as new_month,
                count(distinct credit_code) filter (
                    where status_group = 'cancelled' and {month_of.format("cancelled_on")}
                ) as cancelled_month
            from entity_dynamics as cells
            left join entity_history as history
                on valid_from <= cells.period and coalesce(valid_to, cells.period) >= cells.period
                and cells.town_code in ('all', history.town_code)
                and cells.entity_type = history.entity_type and cells.chain_segment = history.chain_segment
            group by all
        )
        (select {counted} from entity_dynamics except from rebuilt)
        union all (from rebuilt except select {counted} from entity_dynamics)
    """)
    assert differing == []
    assert sample_city.warehouse("select count(distinct period) from entity_dynamics") == [(len(ALL_MONTHS),)]
    [(ended, begun)] = sample_city.warehouse(
        "select count(valid_to), count(*) filter (where valid_from > '2023-02') from entity_history"
    )
    assert ended > 0
    assert begun > ended, "more came than changed"


def test_every_release_verifies(sample_city: City) -> None:
    ran = sample_city.stm("release", "verify", "--all")
    assert ran.code == 0, ran.out + ran.err


def test_a_release_holds_every_month_up_to_its_own_and_none_after(sample_city: City) -> None:
    release = sample_city.data / "published" / "releases" / "2023-06" / "r1"
    assert sample_city.query("select min(period), max(period) from indicator_monthly", release) == [
        ("2023-02", "2023-06")
    ]
    assert sample_city.query("select distinct release_id from indicator_monthly", release) == [("2023-06-r1",)]


def test_january_is_not_due_and_february_has_no_month(sample_city: City) -> None:
    rows = sample_city.query(
        "select period, value, value_ytd is not null, value_status from indicator_monthly "
        "where indicator_code = 'gross_output_value' and town_code = 'all' and period in ('2024-01', '2024-02') "
        "order by period"
    )
    assert rows == [("2024-01", None, False, "not_due"), ("2024-02", None, True, "preliminary")]


def test_a_corrected_cell_is_marked_revised_and_no_other(sample_city: City) -> None:
    rows = sample_city.query(
        "select distinct town_code, indicator_code from indicator_monthly where value_status = 'revised'"
    )
    assert {town for town, _ in rows} == {"hz-nianmo", "all"}
    assert ("hz-nianmo", "gross_output_value") in rows or ("hz-nianmo", "operating_revenue") in rows


def sample_file(feed: str, period: str, ending: str) -> Path:
    (found,) = (path for path in (SAMPLE / "landing" / feed / period).glob("*.xlsx") if path.stem.endswith(ending))
    return found


def arrived_on(path: Path) -> date:
    return datetime.fromisoformat(json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))["sent_at"]).date()


def sheet_rows_by_code(path: Path) -> dict[str, tuple[object, ...]]:
    sheet = openpyxl.load_workbook(path, data_only=True).active
    return {str(row[0]): row for row in sheet.iter_rows(values_only=True) if len(str(row[0] or "")) == 18}


def test_a_corrected_return_costs_its_month_what_its_cells_changed(sample_city: City) -> None:
    """2023-09: all in time, one enterprise corrected three days later; numbers read from the two workbooks."""
    first, correction = (sample_file("statistics_enterprise", "2023-09", ending) for ending in ("2023-09", "更正"))
    said, mended = sheet_rows_by_code(first), sheet_rows_by_code(correction)
    assert (len(mended), (arrived_on(correction) - arrived_on(first)).days) == (1, 3)
    changes = [
        100 * abs(Fraction(str(now)) - Fraction(str(then))) / abs(Fraction(str(then)))
        for code, row in mended.items()
        for then, now in zip(said[code], row, strict=True)
        if isinstance(then, int | float) and then != now
    ]
    mean = sum(changes) / len(changes)
    score = 100 - min(10, mean)
    rows = sample_city.query(
        "select expected_units, received_units, coverage_pct, due_on, received_on, on_time_pct, rows_superseded, "
        "first_pass_pct, revised_cells, mean_abs_revision_pct, score, grade from data_reliability "
        "where feed = 'statistics_enterprise' and period = '2023-09'"
    )
    # The 8th of October is a Sunday on which National Day is made up for.
    assert rows == [
        (
            len(said), len(said), 100, date(2023, 10, 8), arrived_on(first), 100, len(mended),
            100, len(changes), Decimal(f"{float(mean):.2f}"), Decimal(f"{float(score):.2f}"), "B",
        )
    ]  # fmt: skip


def test_revision_rate_is_what_the_correction_changed_in_the_towns_output(sample_city: City) -> None:
    """The mean over the twelve months up to the period; of them one return (September) was corrected."""
    first, correction = (sample_file("statistics_enterprise", "2023-09", ending) for ending in ("2023-09", "更正"))
    said, mended = sheet_rows_by_code(first), sheet_rows_by_code(correction)
    ytd, town = 7, 2
    (code,) = mended
    for place, counts in (("hz-nianmo", lambda row: row[town] == said[code][town]), ("all", lambda row: True)):
        before = sum(Fraction(str(row[ytd])) for row in said.values() if counts(row))
        change = 100 * abs(Fraction(str(mended[code][ytd])) - Fraction(str(said[code][ytd]))) / before
        # Eight returns up to September; eleven in the twelve months up to March, since January has none.
        for period, returns in (("2023-08", None), ("2023-09", 8), ("2024-03", 11)):
            expected = Decimal(f"{float(change / returns):.2f}") if returns else Decimal(0)
            found = sample_city.query(
                "select value, value_ytd from indicator_monthly where indicator_code = 'revision_rate' "
                f"and town_code = '{place}' and period = '{period}'"
            )
            assert found == [(expected, expected)], (place, period)


def test_a_report_that_comes_a_week_late_is_there_and_not_in_time(sample_city: City) -> None:
    report = sample_file("statistics_product", "2023-11", "")
    assert arrived_on(report) == date(2023, 12, 15)
    rows = sample_city.query(
        "select coverage_pct, due_on, received_on, on_time_pct, first_pass_pct, revised_cells, score, grade "
        "from data_reliability where feed = 'statistics_product' and period = '2023-11'"
    )
    assert rows == [(100, date(2023, 12, 8), arrived_on(report), 0, 100, 0, 70, "C")]
    # The rates of the catalogue are of the other return, which was in time.
    assert sample_city.query(
        "select distinct value from indicator_monthly where indicator_code = 'on_time_rate' and period = '2023-11'"
    ) == [(100,)]


def test_what_the_last_month_lacks_shows_in_its_rates(sample_city: City) -> None:
    """48 enterprises, one set aside; 49 data rows, of which that one and the two that are the same did not pass."""
    assert sample_city.query(
        "select expected_units, received_units, coverage_pct, on_time_pct, first_pass_pct from data_reliability "
        "where feed = 'statistics_enterprise' and period = '2024-05'"
    ) == [(48, 47, Decimal("97.92"), Decimal("97.92"), Decimal("93.88"))]


def test_every_feed_has_a_row_of_reliability_in_every_month_and_january_s_returns_are_empty(sample_city: City) -> None:
    rows = sample_city.query("select feed, count(*), count(due_on), count(grade) from data_reliability group by feed")
    statistics = {"statistics_enterprise", "statistics_product"}
    assert {feed: counts for feed, *counts in rows} == {
        feed: [16, 15, 15] if feed in statistics else [16, 16, 16] for feed in FEEDS
    }
    assert sample_city.query(
        "select distinct expected_units, received_units, coverage_pct, received_on, on_time_pct, rows_read, "
        "first_pass_pct, revised_cells, score from data_reliability "
        "where feed in ('statistics_enterprise', 'statistics_product') and period = '2024-01'"
    ) == [(None,) * 9]


def test_targets_that_read_tasks_are_alive_and_wait_for_the_time_limit_of_their_task(sample_city: City) -> None:
    """The ledger of tasks begins in February; 三-4 was done in May, 三-2 has until October."""
    rows = sample_city.query(
        "select target_id, period, actual_value, light from target_progress "
        "where target_id in ('T11', 'T12') order by target_id, period"
    )
    months = [f"2024-0{month}" for month in range(1, 6)]
    to_do, done = (Decimal(0), "yellow"), (Decimal(1), "green")
    assert rows == [
        *(("T11", month, *stands) for month, stands in zip(months, [(None, "grey"), *[to_do] * 4], strict=True)),
        *(("T12", month, *stands) for month, stands in zip(months, [(None, "grey"), *[to_do] * 3, done], strict=True)),
    ]


def test_tasks_stand_under_the_whole_city_alone(sample_city: City) -> None:
    rows = sample_city.query("select distinct town_code from indicator_monthly where indicator_code like 'tasks_%'")
    assert rows == [("all",)]


def test_targets_of_platforms_and_honours_are_alive(sample_city: City) -> None:
    """A platform ran before the year began; the town is recognised in April, by the city and not by the province."""
    rows = sample_city.query(
        "select target_id, period, actual_value, light, outlook from target_progress "
        "where target_id in ('T09', 'T10') order by target_id, period"
    )
    months = [f"2024-0{month}" for month in range(1, 6)]
    to_do, done = (Decimal(0), "yellow", None), (Decimal(1), "green", "on_course")
    platforms = dict(
        sample_city.query(
            "select period, value from indicator_monthly where indicator_code = 'platforms_operating' "
            "and town_code = 'all' and breakdown = 'all' and period >= '2024-01'"
        )
    )
    assert rows == [
        *(("T09", month, platforms[month], "green", "on_course") for month in months),
        *(("T10", month, *stands) for month, stands in zip(months, [*[to_do] * 3, *[done] * 2], strict=True)),
    ]
    assert all(value >= 1 for value in platforms.values())


def test_the_parts_of_a_target_stand_at_zero_and_other_parts_only_where_they_count(sample_city: City) -> None:
    rows = sample_city.query(
        "select distinct town_code, indicator_code, breakdown from indicator_monthly "
        "where indicator_code in ('honours_held', 'platforms_operating') and breakdown <> 'all' and value_ytd = 0"
    )
    assert sorted(rows) == [
        ("all", "honours_held", "专业镇认定（市级）"),
        ("all", "honours_held", "专业镇认定（省级）"),
    ]


def test_nothing_of_a_person_is_in_a_release(sample_city: City) -> None:
    """Names and telephones of the register stay in raw: no published text holds one of the month's telephones."""
    import pyarrow.parquet as pq

    raw = next((sample_city.data / "raw" / "registration_entities" / "2024-05").glob("*.parquet"))
    phones = {
        phone for phone in pq.read_table(raw, columns=["phone"])["phone"].to_pylist() if phone and len(phone) == 11
    }
    assert len(phones) > 1000
    searched = 0
    for path in [*Path(sample_city.data, "published").rglob("*.json"), *Path(sample_city.data, "state").rglob("*.log")]:
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert not any(phone in text for phone in list(phones)[:200]), path
        searched += 1
    assert searched >= len(ALL_MONTHS)


# Tracing: the sums are done here anew, from the JSON alone.

TRACED_CELLS = 200


def fractions(rows: list[dict[str, Any]], name: str, counts: str) -> list[Fraction | None]:
    return [Fraction(row[name]) if row[name] is not None else None for row in rows if row[counts]]


def added(amounts: list[Fraction | None]) -> Fraction | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Fraction(0)) if known else None


def halves_away_from_zero(number: Fraction, places: int) -> Fraction:
    sign = -1 if number < 0 else 1
    return Fraction(sign * int(abs(number) * 10**places + Fraction(1, 2)), 10**places)


def figure(how: str, rows: list[dict[str, Any]], name: str, counts: str, *, is_empty: bool) -> Fraction | None:
    """A figure from the rows that a trace shows, as the reference says that it is computed."""
    if is_empty:
        return None
    amounts = fractions(rows, name, counts)
    if how in ("count", "sum"):
        return added(amounts) if amounts else Fraction(0)
    values, bases = fractions(rows, "value", "is_in_month"), fractions(rows, "base", "is_in_month")
    pairs = [(v, b) for v, b in zip(values, bases, strict=True) if v is not None and b is not None]
    match how:
        case "ratio" | "quotient":
            numerator, denominator, places = added(values), added(bases), 2
            scale = 100
        case "weighted_mean":
            numerator, denominator, places = added([v * b for v, b in pairs]), added([b for _, b in pairs]), 4
            scale = 1
        case "square_share":
            whole = added(values)
            numerator, denominator, places = added([v * v for v in values if v is not None]), whole and whole**2, 2
            scale = 10_000
        case "mean_change":
            changes = [abs(v - b) / abs(b) for v, b in pairs if b]
            numerator, denominator, places = added(changes), Fraction(len(changes)), 2
            scale = 100
        case _:
            raise AssertionError(f"nobody knows how {how} is computed")
    if numerator is None or not denominator:
        return None
    return halves_away_from_zero(scale * numerator / denominator, places)


def figures_of(told: dict[str, Any]) -> dict[str, Fraction | None]:
    how, rows, prior = told["indicator"]["computation"], told["contributions"], told["prior"]
    is_empty = told["why_empty"] is not None
    found = {
        "value": figure(how, rows, "value", "is_in_month", is_empty=is_empty),
        "value_ytd": figure(how, rows, "value_ytd", "is_in_year", is_empty=is_empty),
        "value_ytd_prior": None,
    }
    if found["value_ytd"] is not None:
        if prior["source"] == "return":
            found["value_ytd_prior"] = added(fractions(rows, "value_ytd_prior", "is_in_year"))
        elif prior["source"] == "history":
            is_without = prior["value_status"] in (None, "not_due", "missing")
            found["value_ytd_prior"] = figure(
                how, told["prior_contributions"], "value_ytd", "is_in_year", is_empty=is_without
            )
    return found


def test_the_rows_of_200_cells_drawn_over_all_indicators_recompute_to_them(
    sample_city: City, record_property: Callable[[str, object], None]
) -> None:
    """Of each indicator at least one cell, all others by chance; every delivered row with its cells."""
    cells = sample_city.query(
        "select period, town_code, indicator_code, breakdown, value, value_ytd, value_ytd_prior "
        "from indicator_monthly order by all"
    )
    chance = random.Random(20240531)
    chance.shuffle(cells)
    first_of_each = list({indicator: cell for cell in reversed(cells) if (indicator := cell[2])}.values())
    drawn = [*first_of_each, *(cell for cell in cells if cell not in first_of_each)][:TRACED_CELLS]
    with (REPOSITORY / "dbt_project" / "seeds" / "indicator_list.csv").open(encoding="utf-8") as file:
        assert {cell[2] for cell in drawn} == {row["indicator_code"] for row in csv.DictReader(file)}
    problems, rows = [], 0
    settings = Settings(data_dir=sample_city.data)
    with (
        State(settings.state_dir) as state,
        Tracer(
            None,
            published_dir=settings.published_dir,
            raw_dir=settings.raw_dir,
            state=state,
            contracts=load_contracts(),
        ) as tracer,
    ):
        for *key, value, value_ytd, value_ytd_prior in drawn:
            told = json.loads(json.dumps(tracer.trace(Question(*key)).as_json()))
            published = {"value": value, "value_ytd": value_ytd, "value_ytd_prior": value_ytd_prior}
            found = figures_of(told)
            problems += [
                f"{key} {measure}: published {amount}, its rows give {found[measure]}"
                for measure, amount in published.items()
                if found[measure] != (None if amount is None else Fraction(amount))
            ]
            problems += [f"{key}: said to disagree"] if not told["agrees"] else []
            for one in told["contributions"]:
                if one["row"]:
                    rows += 1
                    sources = [cell for cell in one["row"]["cells"] if cell["is_source"]]
                    is_whole = one["row"]["lost"] is None and (sources or not one["columns"])
                    problems += [] if is_whole else [f"{key}: no cell of {one['row']['row_id']}: {one['columns']}"]
    record_property("stm trace, cells whose rows recompute to them", f"{len(drawn)}, rows shown {rows}")
    assert len(drawn) == TRACED_CELLS
    assert not problems, "\n".join(problems)


def test_a_trace_names_file_row_cell_rules_and_what_was_left_out(sample_city: City, tmp_path: Path) -> None:
    asked = ("--period", "2024-05", "--town", "all", "--indicator", "工业总产值")
    told = sample_city.stm("trace", *asked, "--json")
    assert told.code == 0, told.err
    trace = json.loads(told.out)
    [one] = [one for one in trace["contributions"] if one["contributor"] == "91141082MA2HAUN335"]
    cells = {cell["column"]: cell["text"] for cell in one["row"]["cells"]}
    assert cells["gross_output_value_ytd"] == "631.84万元", "as it was delivered, not as it was read"
    assert one["value_ytd"] == "631.8400"
    assert (one["row"]["delivery"]["feed"], one["row"]["row_no"] > 0) == ("statistics_enterprise", True)
    assert "R-STAT-001" in one["row"]["passed"]
    assert {(row["status"], rule["rule_id"]) for row in trace["left_out"] for rule in row["marked"]} == {
        ("set_aside", "R-STAT-001")
    }
    assert {row["status"] for row in trace["left_out"]} >= {"set_aside", "repeat"}
    [repeat] = [row for row in trace["left_out"] if row["status"] == "repeat"]
    assert repeat["replaced_by"]["row_no"] != repeat["row_no"]

    path = tmp_path / "溯源.xlsx"
    shown = sample_city.stm("trace", *asked, "--xlsx", str(path))
    assert shown.code == 0, shown.err
    assert "一致" in shown.out
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book["计入的行"]
    headings = [cell.value for cell in sheet[2]]
    lines = [dict(zip(headings, line, strict=True)) for line in sheet.iter_rows(min_row=3, values_only=True)]
    assert len(lines) == len(trace["contributions"]) + 1
    assert round(lines[-1]["累计"], 4) == float(trace["published"]["value_ytd"])
    assert book["未计入的行"].max_row == 2 + len(trace["left_out"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"--period": "2020-01"}, "2024-05", id="a month that is not there"),
        pytest.param({"--town": "不知道"}, "hz-nianmo", id="a town"),
        pytest.param({"--indicator": "工业总产量"}, "gross_output_value", id="an indicator, with those close to it"),
        pytest.param({"--breakdown": "蓝色"}, "all", id="a part"),
        pytest.param({"--release": "2024-05-r9"}, "2024-05-r1", id="a release"),
    ],
)
def test_what_cannot_be_traced_is_said_with_what_there_is(
    sample_city: City, changed: dict[str, str], said: str
) -> None:
    asked = {"--period": "2024-05", "--town": "all", "--indicator": "gross_output_value", **changed}
    ran = CliRunner().invoke(
        app, ["trace", *(word for pair in asked.items() for word in pair)], env={"STM_DATA_DIR": str(sample_city.data)}
    )
    assert isinstance(ran.exception, Stop)
    assert said in ran.exception.message_zh
    assert said in ran.exception.message_en


@pytest.fixture(scope="module")
def dbt_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt runs beside the sample city; `project/` is ours with the fourth town's rows of seeds, parsed once."""
    folder = tmp_path_factory.mktemp("dbt")
    fourth_town.project_with_more_rows(folder)
    return folder


@pytest.fixture(scope="module")
def with_fourth_town(sample_city: City, dbt_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sample's warehouse with the fourth town; what it was `before` is attached."""
    settings = Settings(data_dir=sample_city.data)
    with duckdb.connect(str(fourth_town.build(settings, dbt_folder, dbt_folder / "project")), read_only=True) as built:
        built.execute(f"attach '{settings.warehouse_path}' as before (read_only)")
        yield built


def test_a_fourth_town_is_seed_rows_alone(with_fourth_town: duckdb.DuckDBPyConnection) -> None:
    """Its figures come of its own rules, returns and ledger; its share of the region against its benchmark's."""
    town, month, left_out = fourth_town.TOWN, fourth_town.MONTH, fourth_town.LEFT_OUT
    [(builders, left, active)] = with_fourth_town.sql(
        f"select count(*) filter (where industry_code like '4700%' and entity_name not like '%{left_out}%'), "
        f"count(*) filter (where industry_code like '4700%' and entity_name like '%{left_out}%'), count(*) "
        f"from int_register_in_effect where period = '{month}' and status_group = 'active' "
        "and region_code like '141082%'"
    ).fetchall()
    assert left > 0
    quotient = Fraction(builders, active) / (Fraction(fourth_town.BENCHMARK_PCT) / 100)
    found = with_fourth_town.sql(
        "select indicator_code, value, value_ytd, value_ytd_prior, yoy_pct from indicator_monthly "
        f"where town_code = '{town}' and period = '{month}' and breakdown = 'all' and indicator_code in "
        "('active_entities', 'gross_output_value', 'location_quotient', 'projects_at_capacity')"
    ).fetchall()
    figures = {indicator: figure for indicator, *figure in found}
    assert figures["active_entities"][:2] == [builders, builders]
    assert figures["gross_output_value"] == [200, 900, 800, Decimal("12.5")]
    assert figures["location_quotient"][0] == Decimal(f"{float(quotient):.2f}")
    assert figures["projects_at_capacity"][0] == 1


def test_its_targets_have_their_light_and_outlook(with_fourth_town: duckdb.DuckDBPyConnection) -> None:
    """900 of 2,100 in five months is in time and ends at 2,160; of 251 entities too few are there; one is done."""
    rows = with_fourth_town.sql(
        "select target_id, actual_value, projected_year_end, projection_low, projection_high, light, outlook "
        f"from target_progress where town_code = '{fourth_town.TOWN}' and period = '{fourth_town.MONTH}' "
        "order by target_id"
    ).fetchall()
    output, entities, project = rows
    assert output == ("T90", 900, 2160, 2034, 2286, "green", "at_risk")
    assert (entities[0], entities[-2:]) == ("T91", ("red", "off_course"))
    assert project == ("T92", 1, None, None, None, "green", "on_course")


def test_the_other_towns_stay_as_they_are_and_the_city_grows_by_the_new_one(
    with_fourth_town: duckdb.DuckDBPyConnection,
) -> None:
    for table in (
        "indicator_monthly", "target_progress", "project_progress", "issue_board", "enterprise_ladder",
        "industry_structure", "entity_dynamics", "town_scorecard", "town_recognition",
    ):  # fmt: skip
        is_old = f"town_code not in ('{fourth_town.TOWN}', 'all')"
        if table == "indicator_monthly":
            is_old += " and indicator_code in (select indicator_code from before.indicator_list)"
        now, then = (f"(select * from {place}{table} where {is_old})" for place in ("", "before."))
        [(rows,)] = with_fourth_town.sql(f"select count(*) from {then}").fetchall()
        differing = with_fourth_town.sql(f"({now} except {then}) union all ({then} except {now})").fetchall()
        assert rows > 0, table
        assert not differing, table
        [(of_new,)] = with_fourth_town.sql(
            f"select count(*) from {table} where town_code = '{fourth_town.TOWN}'"
        ).fetchall()
        # It has raised no issue.
        assert (of_new > 0) is (table != "issue_board"), table
    assert with_fourth_town.sql(
        "select indicator_code, count(*) > 0, bool_and(now.value_ytd = city.value_ytd + town.value_ytd) "
        "from indicator_monthly as now "
        "inner join before.indicator_monthly as city using (period, town_code, indicator_code, breakdown) "
        "inner join indicator_monthly as town using (period, indicator_code, breakdown) "
        f"where now.town_code = 'all' and town.town_code = '{fourth_town.TOWN}' and period = '{fourth_town.MONTH}' "
        "and breakdown = 'all' and indicator_code in ('active_entities', 'gross_output_value', 'projects') "
        "group by indicator_code order by indicator_code"
    ).fetchall() == [
        (indicator, True, True) for indicator in ("active_entities", "gross_output_value", "projects")
    ]  # fmt: skip


def test_an_indicator_of_an_existing_kind_is_one_line_of_the_catalogue(
    with_fourth_town: duckdb.DuckDBPyConnection,
) -> None:
    """What is invested in projects that produce, in every month and place, against the ledger itself."""
    found = with_fourth_town.sql(
        "select period, town_code, value, unit, indicator_name from indicator_monthly "
        "where indicator_code = 'investment_in_production' and town_code <> 'all'"
    ).fetchall()
    ledger = with_fourth_town.sql(
        "select period, town_code, coalesce(sum(total_investment) filter (where stage in ('投产', '达效')), 0) "
        "from int_ledger_projects group by period, town_code"
    ).fetchall()
    invested = {(period, town): value for period, town, value in ledger}
    assert {(period, town): value for period, town, value, _, _ in found} == {
        (period, town): invested.get((period, town), 0)
        for period in ALL_MONTHS
        for town in ("hz-chuwei", "hz-nianmo", "hz-youjifei", fourth_town.TOWN)
    }
    assert {(unit, name) for *_, unit, name in found} == {("万元", "已投产项目总投资")}
    assert sum(value > 0 for value in invested.values()) > 20


@pytest.fixture(scope="module")
def back_tested(sample_city: City, dbt_folder: Path) -> list[back_test.Projection]:
    return back_test.projections(Settings(data_dir=sample_city.data), dbt_folder, dbt_folder / "project")


@pytest.mark.parametrize(
    ("page", "name", "total"),
    [("projection.md", "indicator_code", "all"), ("projection.zh-CN.md", "indicator_name", "全部")],
)
def test_errors_of_the_projection_are_those_that_the_page_tells(
    back_tested: list[back_test.Projection], page: str, name: Literal["indicator_code", "indicator_name"], total: str
) -> None:
    table = back_test.table(back_tested, name, total)
    assert table in (REPOSITORY / "docs" / page).read_text(encoding="utf-8"), f"docs/{page} must say:\n{table}"


def test_the_back_test_is_of_every_series_month_and_reading(back_tested: list[back_test.Projection]) -> None:
    """Three towns and the city, eight items of the enterprise return and the quantity; February to December."""
    places = {one.town_code for one in back_tested}
    assert places == {"hz-chuwei", "hz-nianmo", "hz-youjifei", "all"}
    assert len({one.indicator_code for one in back_tested}) == 9
    by_reading = Counter((one.is_first_year, one.month) for one in back_tested)
    assert len(by_reading) == 2 * 11
    assert len(set(by_reading.values())) == 1
    # December is the end itself; what is not known of last year must make a difference before.
    assert all(one.point == one.low == one.high == one.end for one in back_tested if one.month == 12)
    assert all(one.low < one.point < one.high for one in back_tested if one.month < 12)


def test_a_projection_of_the_back_test_is_what_a_person_reckons(
    sample_city: City, back_tested: list[back_test.Projection]
) -> None:
    """年馍 in May: what had come, by the share of 2022 that stood in the 上年同期 of May against that of December."""
    figures = {
        period: (Fraction(now), Fraction(prior))
        for period, now, prior in sample_city.query(
            "select period, value_ytd, value_ytd_prior from indicator_monthly where town_code = 'hz-nianmo' "
            "and indicator_code = 'gross_output_value' and period in ('2023-05', '2023-12')"
        )
    }
    (now, prior), (end, whole) = figures["2023-05"], figures["2023-12"]
    for is_first_year, point in ((False, now * whole / prior), (True, now * 12 / 5)):
        (found,) = (
            one
            for one in back_tested
            if (one.town_code, one.indicator_code, one.month, one.is_first_year)
            == ("hz-nianmo", "gross_output_value", 5, is_first_year)
        )
        low, high = (now + Fraction(factor, 10) * (point - now) for factor in (9, 11))
        assert (found.point, found.low, found.high, found.end) == tuple(
            Decimal(f"{float(value):.4f}") for value in (point, low, high, end)
        )


def test_a_second_computation_finds_the_same_figures_in_every_month(
    sample_city: City, record_property: Callable[[str, object], None]
) -> None:
    expected = headline_figures(sample_city.landing, REPOSITORY / "dbt_project" / "seeds")
    assert len({period for period, *_ in expected}) == len(ALL_MONTHS)
    assert headline_figures_of(sample_city.current / "specialty_town.duckdb") == expected
    record_property("cells that a second computation finds the same", len(expected))


@pytest.fixture(scope="module")
def copies(sample_city: City) -> Copies:
    """The current release, and behind it the warehouse."""
    return Copies([sample_city.current / "specialty_town.duckdb", sample_city.data / "warehouse" / "warehouse.duckdb"])


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda identity: identity.name)
def test_what_must_hold_between_figures_holds_in_every_month(copies: Copies, identity: Identity) -> None:
    places = copies.places(identity)
    assert places
    assert [place for place, holds in places if not holds] == []


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda identity: identity.name)
def test_one_wrong_figure_breaks_what_must_hold(copies: Copies, identity: Identity) -> None:
    assert not all(holds for _, holds in copies.places_when_broken(identity))


def test_the_page_of_identities_lists_each_once() -> None:
    page = (REPOSITORY / "docs" / "identities.md").read_text(encoding="utf-8")
    listed = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert listed == [identity.name for identity in IDENTITIES]
