"""The sample city, run as a person runs it: the right answers, the faults of its last month, conservation."""

import csv
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.city import FEEDS, REPOSITORY, SAMPLE, City

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason="../shared/sample is not beside the project")

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
    of_events_and_funds = 16 + 16
    assert len(rows) == 15 + 1 + 15 + 16 + 16 + of_events_and_funds
    for file_name, read, *parts in rows:
        assert read == sum(parts), file_name


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
