"""The lineage that a release carries: of the months that it holds, and of rows of other months that these rest on."""

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.publication.marts import open_warehouse
from orchestration.publication.writers import lineage
from orchestration.publication.writers.content import MonthOfRelease, ReleaseContent


@pytest.fixture
def written(city, values, tmp_path):
    """January is blocked, February published; March lies beyond the release."""
    city.build(values)
    with duckdb.connect(str(city.warehouse_path)) as warehouse:
        for period in values:
            warehouse.execute(
                "insert into int_contributions (period, indicator_code, row_id) values (?, 'i', ?), (?, 'h', null)",
                [period, f"row of {period}", period],
            )
            warehouse.execute(
                "insert into int_lineage_rows (period, row_id, status) values (?, ?, 'used'), (?, ?, 'set_aside')",
                [period, f"row of {period}", period, f"bad row of {period}"],
            )
        # February's register is that of January, with a change on top that came in January too.
        warehouse.execute("insert into int_contributions (period, row_id) values ('2024-02', 'register of 2024-01')")
        warehouse.execute(
            "insert into int_lineage_changes (period, row_id) values ('2024-02', 'change'), ('2024-03', 'c')"
        )
        warehouse.execute(
            "insert into int_lineage_rows (period, row_id, status) values ('2024-01', 'register of 2024-01', 'used'), "
            "('2024-01', 'change', 'used'), ('2024-02', 'row of 2024-01', 'vanished')"
        )
        warehouse.execute("insert into validation_rules (rule_id) values ('R-2'), ('R-1')")
    months = {"2024-01": MonthOfRelease("blocked"), "2024-02": MonthOfRelease("published")}
    with open_warehouse(city.warehouse_path) as connection:
        files = lineage.write(ReleaseContent(connection, [], "2024-02-r1", months), tmp_path)
    rows = {name: pq.read_table(tmp_path / "lineage" / f"{name}.parquet") for name in lineage.TABLES}
    assert {(one.path, count) for one in files for count in one.rows.values()} == {
        (f"lineage/{name}.parquet", table.num_rows) for name, table in rows.items()
    }
    return {name: table.to_pylist() for name, table in rows.items()}


def test_a_release_holds_the_lineage_of_its_own_months_alone(written):
    assert [(one["period"], one["indicator_code"], one["row_id"]) for one in written["contributions"]] == [
        ("2024-02", "h", None),
        ("2024-02", "i", "row of 2024-02"),
        ("2024-02", None, "register of 2024-01"),
    ]
    assert [one["row_id"] for one in written["changes"]] == ["change"]
    assert [one["rule_id"] for one in written["rules"]] == ["R-1", "R-2"]


def test_rows_of_a_blocked_month_are_there_if_a_figure_rests_on_them(written):
    assert {(one["period"], one["row_id"], one["status"]) for one in written["rows"]} == {
        ("2024-01", "register of 2024-01", "used"),
        ("2024-01", "change", "used"),
        ("2024-02", "row of 2024-02", "used"),
        ("2024-02", "bad row of 2024-02", "set_aside"),
        ("2024-02", "row of 2024-01", "vanished"),
    }
