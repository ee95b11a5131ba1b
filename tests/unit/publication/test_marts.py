"""The published tables as data: which they are, what they must have, and the hash of a month's rows."""

import copy
from decimal import Decimal

import duckdb
import pytest

from orchestration.publication.marts import MartsUnusable, open_warehouse, read_marts


def node(manifest, name):
    return next(one for one in manifest["nodes"].values() if one["name"] == name)


def test_marts_are_those_of_the_folder_that_are_not_kept_back(city):
    marts = read_marts(city.dbt_manifest)
    assert [(mart.name, mart.is_monthly) for mart in marts] == [
        ("figures", True),
        ("periods", True),
        ("towns", False),
    ]
    assert marts[0].grain == ("period", "town_code")
    assert marts[0].stamps == {"release_id"}
    assert marts[1].stamps == {"release_id", "status", "status_reason"}


def without_grain(figures):
    figures["config"]["meta"]["grain"] = None


def without_label(figures):
    del figures["columns"]["value"]["config"]["meta"]["label_zh"]


def without_stamp(figures):
    del figures["columns"]["release_id"]


def with_one_label_twice(figures):
    figures["columns"]["value"]["config"]["meta"]["label_zh"] = "报告期"


def with_the_label_of_another_table(figures):
    figures["config"]["meta"]["label_zh"] = "报告期维表"


def with_names_from_nowhere(figures):
    figures["columns"]["town_code"]["config"]["meta"]["names_in"] = "towns.name"


def with_a_sheet_of_other_months(figures):
    figures["config"]["meta"]["sheet_months"] = "quarter"


def with_a_series_of_no_column(figures):
    figures["config"]["meta"]["sheet_series"] = {"figures": ["worth"], "beside": ["town_code"]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_names_from_nowhere, "meta.names_in of figures.town_code is towns.name: there is no such column"),
        (with_a_sheet_of_other_months, "meta.sheet_months of figures is quarter; it is one of none, period, all"),
        (with_a_series_of_no_column, "meta.sheet_series of figures names columns that it has not: worth"),
        (without_grain, "The mart figures cannot be published: meta.grain is missing"),
        (without_label, r"figures\.value has no meta\.label_zh"),
        (without_stamp, "The mart figures cannot be published: release_id is missing"),
        (with_one_label_twice, "figures has Chinese labels that stand twice: 报告期"),
        (with_the_label_of_another_table, "labels that stand twice: 报告期维表"),
    ],
)
def test_what_a_mart_lacks_is_named(city, change, said):
    manifest = copy.deepcopy(city.dbt_manifest)
    change(node(manifest, "figures"))
    with pytest.raises(MartsUnusable, match=said):
        read_marts(manifest)


def test_without_the_dimension_of_months_nothing_can_be_published(city):
    node(city.dbt_manifest, "periods")["config"]["meta"]["published"] = False
    with pytest.raises(MartsUnusable, match="has no mart periods"):
        read_marts(city.dbt_manifest)


def change_rows(city, statement):
    with duckdb.connect(str(city.warehouse_path)) as warehouse:
        warehouse.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update figures set value = value + 0.0001 where period = '2024-03' and town_code = 'a'",
        "update figures set value = 0 where period = '2024-03' and value is null",
        "update figures set town_code = 'c' where period = '2024-03' and town_code = 'a'",
        "delete from figures where period = '2024-03' and town_code = 'a'",
        "insert into figures from figures where period = '2024-03' and town_code = 'a'",
        "update periods set month = 4 where period = '2024-03'",
    ],
    ids=["a figure", "missing made zero", "a town", "a row less", "a row twice", "another table"],
)
def test_any_change_of_a_months_rows_changes_its_hash_alone(city, values, statement):
    city.build({**values, "2024-03": (Decimal("3"), None)})
    before = city.hashes()
    change_rows(city, statement)
    after = city.hashes()
    assert [period for period in before if before[period] != after[period]] == ["2024-03"]


def test_neither_the_order_of_rows_nor_the_stamps_count(city, values):
    city.build(values)
    before = city.hashes()
    change_rows(
        city,
        "create table turned as from figures order by value desc; drop table figures;"
        "alter table turned rename to figures; update figures set release_id = '2024-03-r1';"
        "update periods set status = 'published', release_id = '2024-03-r1'",
    )
    assert city.hashes() == before


def test_a_month_without_rows_has_no_hash(city, values):
    city.build(values)
    assert list(city.hashes()) == list(values)


def test_a_warehouse_of_another_manifest_is_refused(city, values):
    city.build(values)
    change_rows(city, "alter table figures add column flags varchar")
    with pytest.raises(MartsUnusable, match="figures of the warehouse is not that of the dbt manifest: flags"):
        city.hashes()


def test_a_table_that_was_not_built_is_refused(city, values):
    city.build(values)
    change_rows(city, "drop table towns")
    with pytest.raises(MartsUnusable, match="towns of the warehouse"):
        city.hashes()


def test_the_warehouse_is_opened_for_reading_only(city, values):
    city.build(values)
    with open_warehouse(city.warehouse_path) as connection, pytest.raises(duckdb.InvalidInputException):
        connection.execute("delete from warehouse.main.figures")


@pytest.mark.parametrize("content", [None, b"this is no database"])
def test_a_warehouse_that_is_not_there_or_none_is_told_in_a_sentence(city, content):
    if content:
        city.warehouse_path.write_bytes(content)
    with (
        pytest.raises(MartsUnusable, match="cannot be opened"),
        open_warehouse(city.warehouse_path),
    ):
        pass
