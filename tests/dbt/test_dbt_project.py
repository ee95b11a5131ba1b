"""The dbt project by itself: its unit tests, and its conventions (the strict preset of dbt-bouncer, and our own).

No delivery is needed: all tables are built empty, which is enough to test formulas on literal rows.
"""

import csv
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pytest

from orchestration.corrections import is_correctable
from orchestration.intake import write_intake_tables
from orchestration.publication.marts import read_marts
from orchestration.publication.writers.data_dictionary import write_alone
from sources.contract import load_contracts
from sources.intake import write_schema
from tests.city import REPOSITORY
from tests.dbt_command import BIN, PROJECT, dbt
from tests.html_page import Page


@pytest.fixture(scope="module")
def dbt_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with an empty warehouse, and dbt's manifest and catalogue in `target/`."""
    folder = tmp_path_factory.mktemp("dbt")
    contracts = load_contracts()
    for contract in contracts.values():
        write_schema(contract, folder / "raw")
    write_intake_tables(contracts, [], folder / "intake")
    dbt(folder, "build", *(f"--exclude-resource-type={kind}" for kind in ("test", "unit_test", "exposure")))
    dbt(folder, "docs", "generate", "--no-compile")
    yield folder
    shutil.rmtree(folder)


def test_every_formula_does_what_its_rows_say(dbt_folder: Path) -> None:
    out = dbt(dbt_folder, "test", "--select", "test_type:unit")
    last = next(line for line in reversed(out.splitlines()) if "PASS=" in line)
    passed = int(last.split("PASS=")[1].split()[0])
    assert passed >= 60, last


@pytest.mark.parametrize(
    "rules", [("--preset", "strict"), ("--config-file", "dbt-bouncer.yml")], ids=["strict", "house"]
)
def test_conventions_hold_without_exception(dbt_folder: Path, rules: tuple[str, str]) -> None:
    shutil.copy(REPOSITORY / "dbt-bouncer.yml", dbt_folder)
    done = subprocess.run(
        [str(BIN / "dbt-bouncer"), "run", *rules], cwd=dbt_folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def scored(manifest: Path) -> subprocess.CompletedProcess[str]:
    """dbt-score on a manifest."""
    # In the repository: the exceptions, with their reasons, stand in its pyproject.toml.
    command = [str(BIN / "dbt-score"), "lint", "--manifest", str(manifest), "--show", "failing-items"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    done.stdout = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    return done


def models_that_do_not_test_their_grain(manifest: dict[str, Any]) -> set[str]:
    """Models without a test `<model>_grain_is_unique` of their own."""
    tested = {(node["attached_node"], node["name"]) for node in manifest["nodes"].values() if "attached_node" in node}
    return {
        node["name"]
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and (unique_id, f"{node['name']}_grain_is_unique") not in tested
    }


def test_every_model_tests_its_grain(dbt_folder: Path) -> None:
    manifest = json.loads((dbt_folder / "target/manifest.json").read_text(encoding="utf-8"))
    assert models_that_do_not_test_their_grain(manifest) == set()


def test_metadata_scores_ten(dbt_folder: Path) -> None:
    score = scored(dbt_folder / "target/manifest.json")
    assert score.returncode == 0, score.stdout[-8000:]
    assert "Project score: 10.0" in score.stdout


def test_each_convention_is_refused_when_it_is_broken(dbt_folder: Path, tmp_path: Path) -> None:
    """Every fault stands in a model of its own, so that a check that finds nothing is seen."""
    manifest = json.loads((dbt_folder / "target/manifest.json").read_text(encoding="utf-8"))
    nodes, exposures = manifest["nodes"], manifest["exposures"]

    def model(name: str) -> dict[str, Any]:
        return nodes[f"model.specialty_town.{name}"]

    def without_test(name: str, kind: str, column: str | None = None) -> None:
        (unique_id,) = (
            key
            for key, node in nodes.items()
            if node.get("attached_node") == f"model.specialty_town.{name}"
            and node["test_metadata"]["name"] == kind
            and (column is None or node["column_name"] == column)
        )
        del nodes[unique_id]

    def without_meta(node: dict[str, Any], key: str) -> None:
        # It stands twice in a manifest.
        for meta in (node["meta"], node["config"]["meta"]):
            meta.pop(key, None)

    def reads(name: str, other: str) -> None:
        model(name)["depends_on"]["nodes"].append(other)

    reads("stg_feeds", "model.specialty_town.val_totals")
    reads("val_totals", "model.specialty_town.int_places")
    reads("int_arrivals", "model.specialty_town.stg_ledger_funds")
    reads("periods", "model.specialty_town.stg_feeds")
    reads("units", "source.specialty_town.intake.feeds")
    model("int_places")["description"] = ""
    model("stg_waivers")["columns"]["rule_id"]["description"] = ""
    model("val_row_counts")["columns"]["feed"]["description"] = ""
    model("int_first_pass")["columns"]["feed"]["description"] = ""
    model("towns")["columns"]["level"]["description"] = ""
    model("data_reliability")["contract"]["enforced"] = False
    model("data_reliability")["config"]["contract"]["enforced"] = False
    without_meta(model("targets")["columns"]["unit"], "label_zh")
    without_meta(model("project_progress")["columns"]["stage"], "description_zh")
    model("int_feed_flags")["raw_code"] = "-- one row per feed\nselect 1"
    model("stg_periods")["raw_code"] += f"\n-- {'long ' * 30}\n"
    without_test("int_feed_months", "unique")
    without_test("entity_dynamics", "relationships", "town_code")
    without_test("target_progress", "relationships", "indicator_code")
    for exposure in exposures.values():
        exposure["depends_on"]["nodes"] = [
            name for name in exposure["depends_on"]["nodes"] if name != "model.specialty_town.indicator_catalogue"
        ]
    without_meta(exposures["exposure.specialty_town.stm_trace"], "label_zh")
    without_meta(model("val_totals"), "owner")

    target = tmp_path / "target"
    target.mkdir()
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copy(REPOSITORY / "dbt-bouncer.yml", tmp_path)
    command = [
        str(BIN / "dbt-bouncer"), "run", "--only", "manifest_checks",
        "--output-file", "found.json", "--output-only-failures",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout[-4000:] + done.stderr[-2000:]
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    # check_run_id: the check, its number in the configuration, the node.
    refused = {(fault["check_run_id"].split(":")[0], fault["unique_id"].split(".")[2]) for fault in found}
    assert {(check.removeprefix("check_"), name) for check, name in refused} == {
        ("lineage_permitted_upstream_models", "stg_feeds"),
        ("lineage_permitted_upstream_models", "val_totals"),
        ("lineage_permitted_upstream_models", "int_arrivals"),
        ("lineage_permitted_upstream_models", "periods"),
        ("lineage_source_cannot_be_used", "units"),
        ("model_description_populated", "int_places"),
        ("model_column_description_populated", "stg_waivers"),
        ("model_column_description_populated", "val_row_counts"),
        ("model_column_description_populated", "int_first_pass"),
        ("model_column_description_populated", "towns"),
        ("model_has_contracts_enforced", "data_reliability"),
        ("model_columns_have_meta_keys", "targets"),
        ("model_columns_have_meta_keys", "project_progress"),
        ("model_code_does_not_contain_regexp_pattern", "int_feed_flags"),
        ("model_code_does_not_contain_regexp_pattern", "stg_periods"),
        ("model_has_unique_test", "int_feed_months"),
        ("model_columns_have_relationship_tests", "entity_dynamics"),
        ("model_columns_have_relationship_tests", "target_progress"),
        ("model_has_exposure", "indicator_catalogue"),
        ("exposure_has_meta_keys", "stm_trace"),
    }

    assert models_that_do_not_test_their_grain(manifest) == {"int_feed_months"}
    score = scored(target / "manifest.json")
    assert score.returncode == 1, score.stdout[-4000:]
    assert "Model lacks an owner" in score.stdout


def test_the_data_dictionary_has_every_published_table_column_indicator_clause_and_rule(dbt_folder: Path) -> None:
    path = dbt_folder / "data_dictionary.html"
    write_alone(dbt_folder / "warehouse.duckdb", dbt_folder / "target/manifest.json", path)
    page = Page(path.read_text(encoding="utf-8"))
    assert (page.faults, page.loads) == ([], [])
    ids = set(page.ids)
    assert {unquote(link) for link in page.links} <= {f"#{one}" for one in ids}
    manifest = json.loads((dbt_folder / "target/manifest.json").read_text(encoding="utf-8"))
    marts = read_marts(manifest)
    assert {f"tables.{mart.name}" for mart in marts} <= ids
    for column in (f"tables.{mart.name}.{column.name}" for mart in marts for column in mart.columns):
        assert page.text[column].strip()
    for seed, key, listing in (
        ("indicator_list", "indicator_code", "indicator_catalogue"),
        ("target_list", "target_id", "targets"),
        ("plan_clauses", "clause", "plan_clauses"),
        ("validation_rules", "rule_id", "validation_rules"),
        ("thresholds", "threshold_id", "thresholds"),
    ):
        with (PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
            keys = {row[key] for row in csv.DictReader(file)}
        assert {f"{listing}.{one}" for one in keys} <= ids
    # A clause leads to the indicators that watch it, and they lead back.
    assert {"#indicator_catalogue.rd_expense", "#plan_clauses.三-10"} <= {unquote(link) for link in page.links}


def read_by_staging(dbt_folder: Path, feed: str) -> set[str]:
    """The columns of raw that a feed's staging types."""
    (compiled,) = (path for path in dbt_folder.rglob(f"stg_{feed}.sql") if "run" in path.parts)
    # What stands before is the macro raw_rows, which names every column that can be corrected.
    typed = compiled.read_text(encoding="utf-8").rsplit("corrected.row_id", 1)[-1]
    return set(re.findall(r"raw_rows\.([a-z]\w*)", typed))


def test_a_correction_can_change_every_column_but_keys_and_personal_ones(dbt_folder: Path) -> None:
    (compiled,) = (folder for folder in dbt_folder.rglob("stg_corrected_cells.sql") if "run" in folder.parts)
    by_feed = compiled.read_text(encoding="utf-8").split("_cells as (")[1:]
    contracts = load_contracts()
    seen, keys = {}, {}
    for text in by_feed:
        if found := re.search(r"corrections\.feed = '(\w+)'", text):
            seen[found[1]] = set(re.findall(r"when '(\w+)' then raw_rows\.", text))
            key = text[text.index("and raw_rows._period = corrections.period") : text.index("= corrections.row_key")]
            keys[found[1]] = set(re.findall(r"raw_rows\.([a-z]\w*)", key))
    # A column that a contract has and staging does not read is in raw alone: there is nothing to correct.
    correctable = {
        feed: {column.name for column in contracts[feed].columns if is_correctable(column, contracts[feed])}
        for feed in seen
    }
    assert [(feed, seen[feed] - correctable[feed]) for feed in seen if seen[feed] - correctable[feed]] == []
    read = {feed: correctable[feed] & read_by_staging(dbt_folder, feed) for feed in seen}
    assert [(feed, read[feed] - seen[feed]) for feed in seen if read[feed] - seen[feed]] == []
    assert keys == {feed: set(contracts[feed].key) for feed in seen}
    assert len(seen) >= 4


def test_revisions_are_counted_of_every_numeric_column_of_every_contract(dbt_folder: Path) -> None:
    (compiled,) = (folder for folder in dbt_folder.rglob("int_revised_cells.sql") if "run" in folder.parts)
    text = compiled.read_text(encoding="utf-8")
    counted = set(re.findall(r"'(\w+)' as feed,\s+row_key,\s+'(\w+)' as column_name", text))
    numeric = {
        (feed, column.name)
        for feed, contract in load_contracts().items()
        for column in contract.columns
        if column.type == "number" and column.name in read_by_staging(dbt_folder, feed)
    }
    # Written as text with a unit, and read as numbers by staging.
    read_from_text = {
        ("registration_entities", "registered_capital"),
        ("ledger_projects", "capacity_quantity"),
        ("ledger_tasks", "quantified_value"),
    }
    assert counted == numeric | read_from_text
    assert len(numeric) > 40


def test_units_are_expected_of_the_feeds_whose_contract_says_so(dbt_folder: Path) -> None:
    (compiled,) = (folder for folder in dbt_folder.rglob("int_expected_units.sql") if "run" in folder.parts)
    listed = set(re.findall(r"'(\w+)' as feed", compiled.read_text(encoding="utf-8")))
    assert listed == {feed for feed, contract in load_contracts().items() if contract.has_reporting_units}


def test_a_clause_that_names_what_does_not_exist_fails_the_build(dbt_folder: Path) -> None:
    kinds = ("target", "indicator", "board")
    with duckdb.connect(str(dbt_folder / "warehouse.duckdb")) as warehouse:
        for kind in kinds:
            warehouse.execute("insert into int_clause_links values ('三-1', ?, 'no_such', 9)", [kind])
    with pytest.raises(AssertionError) as failed:
        dbt(dbt_folder, "test", "--select", "int_clause_links,test_type:data")
    with duckdb.connect(str(dbt_folder / "warehouse.duckdb")) as warehouse:
        warehouse.execute("delete from int_clause_links where linked_code = 'no_such'")
    found = re.findall(r"FAIL 1 (int_clause_links_\w+)", str(failed.value))
    # The links of the plan itself exist: one row of each kind fails, and nothing else.
    assert sorted(found) == sorted(f"int_clause_links_{kind}s_exist" for kind in kinds)
