"""The dbt project by itself: its unit tests, and its conventions (the strict preset of dbt-bouncer, and our own).

No delivery is needed: all tables are built empty, which is enough to test formulas on literal rows.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.corrections import is_correctable
from orchestration.intake import write_intake_tables
from sources.contract import load_contracts
from sources.intake import write_schema
from tests.city import REPOSITORY
from tests.dbt_command import BIN, dbt


@pytest.fixture(scope="module")
def dbt_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with an empty warehouse, and dbt's manifest and catalogue in `target/`."""
    folder = tmp_path_factory.mktemp("dbt")
    contracts = load_contracts()
    for contract in contracts.values():
        write_schema(contract, folder / "raw")
    write_intake_tables(contracts, [], folder / "intake")
    dbt(folder, "seed")
    dbt(folder, "run")
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
