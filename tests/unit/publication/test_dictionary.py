"""The data dictionary of a project in miniature: what it says, where its links lead, and that it loads nothing."""

import json
from urllib.parse import unquote

import duckdb
import pytest

from orchestration.publication.dictionary import read_dictionary
from orchestration.publication.dictionary_page import render
from orchestration.publication.marts import MartsUnusable, read_marts
from orchestration.publication.writers.data_dictionary import FILE_NAME, write_alone
from tests.html_page import Page


def node(unique_id, layer, columns=None, reads=(), description="What it is.", **meta):
    kind, name = unique_id.split(".")[0], unique_id.rpartition(".")[2]
    return {
        "resource_type": kind,
        "name": name,
        **({"source_name": "raw"} if kind == "source" else {}),
        "fqn": ["specialty_town", layer, name],
        "description": description,
        "config": {"meta": meta},
        "depends_on": {"nodes": list(reads)},
        "columns": {
            column: {
                "name": column,
                "description": f"English of {column}.",
                "data_type": "decimal(18,4)" if "unit" in said else "string",
                "constraints": [{"type": "not_null"}] if column == "period" else [],
                "config": {"meta": said},
            }
            for column, said in (columns or {}).items()
        },
    }


def mart(name, grain, columns, reads, **more):
    labelled = {
        column: {"label_zh": f"{column}的名称", "description_zh": f"{column}的说明", **said}
        for column, said in {**columns, "release_id": {}}.items()
    }
    words = {"label_zh": f"{name}表", "description_zh": f"{name}的中文说明", "grain": grain, "tier": "public"}
    return node(f"model.specialty_town.{name}", "marts", labelled, reads, **words, **more)


@pytest.fixture
def manifest():
    nodes = {
        "seed.specialty_town.clauses": node(
            "seed.specialty_town.clauses", "seeds",
            {
                "clause": {"label_zh": "条款"},
                "asks": {"label_zh": "要求"},
                "watched_by": {"label_zh": "监测指标", "refers_to": "catalogue"},
                "boards": {"label_zh": "看板", "refers_to": "tables"},
                "note": {},
            },
            label_zh="条款清单", description_zh="方案的条款", dictionary={"key": "clause", "order": 2},
        ),
        "model.specialty_town.stg_sales": node(
            "model.specialty_town.stg_sales", "staging", reads=["source.specialty_town.raw.sales"],
            description="One row per <sale> & `_row_id`.",
        ),
        "model.specialty_town.int_sales": node(
            "model.specialty_town.int_sales", "intermediate", reads=["model.specialty_town.stg_sales"]
        ),
        "model.specialty_town.int_unused": node("model.specialty_town.int_unused", "intermediate"),
        "model.specialty_town.periods": mart(
            "periods", ["period"],
            {"period": {}, "status": {}, "status_reason": {}}, ["model.specialty_town.int_sales"],
        ),
        "model.specialty_town.figures": mart(
            "figures", ["period"], {"period": {}, "value": {"unit": "万元"}, "light": {}},
            ["model.specialty_town.int_sales", "model.specialty_town.periods", "seed.specialty_town.clauses"],
        ),
        "model.specialty_town.catalogue": mart(
            "catalogue", ["code"], {"code": {}, "definition": {}}, [], dictionary={"key": "code", "order": 1}
        ),
        "test.specialty_town.lights": {
            "resource_type": "test", "name": "lights", "attached_node": "model.specialty_town.figures",
            "test_metadata": {
                "name": "accepted_values", "kwargs": {"column_name": "light", "values": ["green", "red"]}
            },
            "config": {"meta": {}},
        },
    }  # fmt: skip
    return {
        "nodes": nodes,
        "sources": {"source.specialty_town.raw.sales": node("source.specialty_town.raw.sales", "staging")},
        "exposures": {
            "exposure.specialty_town.boards": {
                "label": "Boards", "config": {"meta": {"label_zh": "看板"}},
                "depends_on": {"nodes": ["model.specialty_town.figures"]},
            }
        },
    }  # fmt: skip


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table clauses (clause varchar, asks varchar, watched_by varchar, boards varchar)")
        connection.executemany(
            "insert into clauses values (?, ?, ?, ?)",
            [
                ("二(一)", "升<b>规</b>破零 & “更多”", "sales|stock", "figures|to_come"),
                ("一", "产值", None, "figures"),
            ],
        )
        connection.execute("create table catalogue (code varchar, definition decimal(18, 4))")
        connection.execute("insert into catalogue values ('stock', 10), ('sales', null)")
    return path


@pytest.fixture
def read(manifest, warehouse):
    def read():
        with duckdb.connect() as connection:
            connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
            return read_dictionary(read_marts(manifest), manifest, connection)

    return read


def test_tables_stand_with_their_columns_and_who_uses_them(read):
    tables = {table.name: table for table in read().tables}
    figures = tables["figures"]
    assert [column.name for column in figures.columns] == ["period", "value", "light", "release_id"]
    period, value, light, _ = figures.columns
    assert (period.is_key, period.is_required, value.is_key) == (True, True, False)
    assert (value.data_type, value.unit, light.values) == ("decimal(18,4)", "万元", ("green", "red"))
    assert figures.reads == ("clauses", "int_sales", "periods")
    assert figures.feeds == ("sales",)
    assert figures.readers == (("看板", "Boards"),)
    assert tables["catalogue"].feeds == ()


def test_listings_stand_in_their_order_with_who_names_each_row(read):
    dictionary = read()
    catalogue, clauses = dictionary.listings
    assert [(row.key, row.cells) for row in catalogue.rows] == [("sales", ("sales", "")), ("stock", ("stock", "10"))]
    assert {row.cited_by for row in catalogue.rows} == {(("clauses", "二(一)"),)}
    # A column without a label is none of the dictionary's; a seed keeps the order of its file.
    assert [column.name for column in clauses.columns] == ["clause", "asks", "watched_by", "boards"]
    assert [row.key for row in clauses.rows] == ["二(一)", "一"]
    assert dictionary.cited_tables["figures"] == (("clauses", "二(一)"), ("clauses", "一"))


def test_layers_follow_the_data_and_only_what_is_published_is_followed_back(read):
    dictionary = read()
    assert dictionary.layers == ("sources", "seeds", "staging", "intermediate", "marts")
    assert [one.name for one in dictionary.nodes] == [
        "catalogue", "clauses", "figures", "int_sales", "periods", "raw.sales", "stg_sales",
    ]  # fmt: skip


def test_layers_that_read_each_other_are_refused(read, manifest):
    manifest["nodes"]["model.specialty_town.stg_sales"]["depends_on"]["nodes"].append("model.specialty_town.periods")
    with pytest.raises(MartsUnusable, match="read each other: intermediate, marts, staging"):
        read()


def test_the_page_is_whole_escaped_and_needs_no_network(read):
    html = render(read())
    page = Page(html)
    assert page.faults == []
    assert page.loads == []
    assert "script" not in page.tags
    assert "b" not in page.tags, "text of a row is no markup"
    assert "升<b>规</b>破零 & “更多”" in page.text["clauses.二(一)"]
    assert len(page.ids) == len(set(page.ids))
    assert "http" not in html
    assert html.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert '<meta name="viewport" content="width=device-width' in html


def test_every_link_leads_to_a_place_on_the_page(read):
    page = Page(render(read()))
    targets = {unquote(link.removeprefix("#")) for link in page.links}
    assert all(link.startswith("#") for link in page.links)
    assert targets <= set(page.ids)
    # Rows that a cell names, and back; every node of the picture.
    assert {"catalogue.sales", "clauses.二(一)", "tables.figures", "nodes.raw.sales", "nodes.int_sales"} <= targets
    assert "to_come" in page.text["clauses.二(一)"], "what is not on the page is text"


def test_the_same_project_gives_the_same_page(read):
    assert render(read()) == render(read())


def test_a_table_that_dbt_does_not_make_stands_too(read, manifest):
    figures = next(mart for mart in read_marts(manifest) if mart.name == "figures")
    del manifest["nodes"]["model.specialty_town.figures"]
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse")
        del manifest["nodes"]["seed.specialty_town.clauses"], manifest["nodes"]["model.specialty_town.catalogue"]
        page = Page(render(read_dictionary([*read_marts(manifest), figures], manifest, connection)))
    assert "value的说明" in page.text["tables.figures.value"]


@pytest.mark.parametrize("fault", ["no label of the key", "no table", "no column"])
def test_what_cannot_be_listed_stops_with_what_to_do(read, manifest, warehouse, fault):
    if fault == "no label of the key":
        del manifest["nodes"]["seed.specialty_town.clauses"]["columns"]["clause"]["config"]["meta"]["label_zh"]
    else:
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("drop table clauses" if fault == "no table" else "alter table clauses drop column asks")
    with pytest.raises(MartsUnusable) as stopped:
        read()
    assert "clauses" in stopped.value.message_zh
    assert "clauses" in stopped.value.message_en


def test_it_is_written_alone_too(manifest, warehouse, tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    path = tmp_path / "new" / FILE_NAME
    write_alone(warehouse, tmp_path / "manifest.json", path)
    assert Page(path.read_text(encoding="utf-8")).faults == []
    with pytest.raises(MartsUnusable, match="cannot be opened"):
        write_alone(tmp_path / "none.duckdb", tmp_path / "manifest.json", path)
