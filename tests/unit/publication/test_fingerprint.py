"""Fingerprints: what changes one, and what must not."""

import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from orchestration.publication.fingerprint import PROJECT_DIR, code_version, fingerprint, fingerprints
from orchestration.state import CORRECTIONS, FINALISED, WAIVERS, State

from .conftest import NOON, City

MONTH = "2024-03"


@pytest.fixture
def delivered(city):
    city.deliver("2024-02", "february")
    city.deliver(MONTH, "march")
    return city


def decide(city, table, **values):
    with city.state.engine.begin() as connection:
        connection.execute(table.insert().values(**values))


CHANGES = {
    "a delivery of the month": lambda city: city.deliver(MONTH, "another"),
    "a delivery of an earlier month": lambda city: city.deliver("2023-12", "late"),
    "a refusal that is not replaced": lambda city: city.deliver(MONTH, "broken", is_accepted=False),
    "a waiver": lambda city: decide(
        city, WAIVERS, rule_id="R-BATCH-001", period=MONTH, until=MONTH, by="局长", why="已核实", at="t"
    ),
    "a correction": lambda city: decide(
        city, CORRECTIONS, feed="statistics_product", period="2024-02", row_key="k",
        column_name="output", wrong="1", right="2", reason="笔误", reported_by="统计局", reported_on="2024-03-01",
        status="open", recorded_at="t",
    ),
    "a month made final": lambda city: decide(city, FINALISED, period="2024-02", by="局长", why="年报", at="t"),
    "other seeds": lambda city: setattr(city, "code", replace(city.code, seeds="x")),
    "other rules": lambda city: setattr(city, "code", replace(city.code, rules="x")),
    "other code": lambda city: setattr(city, "code", replace(city.code, code="x")),
    "another engine": lambda city: setattr(city, "code", replace(city.code, packages={"duckdb": "2.0"})),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_figures_depend_on_changes_the_fingerprint(delivered, change):
    before = delivered.fingerprint(MONTH)
    CHANGES[change](delivered)
    assert delivered.fingerprint(MONTH) != before


NO_CHANGES = {
    "a delivery of a later month": lambda city: city.deliver("2024-04", "april"),
    "a waiver for a later month": lambda city: decide(
        city, WAIVERS, rule_id="R-BATCH-001", period="2024-04", until="2024-05", by="局长", why="已核实", at="t"
    ),
    "a later month made final": lambda city: decide(city, FINALISED, period="2024-04", by="局长", why="年报", at="t"),
    "the clock": lambda city: city.clock(),
    "a delivery that left landing after it was read": lambda city: city.state.register([], city.clock()),
    "verdicts and runs": lambda city: city.state.start_run(
        "run", city.clock(), first=None, last=None, is_publishing=True
    ),
}


@pytest.mark.parametrize("change", NO_CHANGES)
def test_history_the_clock_and_later_months_do_not_change_it(delivered, change):
    before = delivered.fingerprint(MONTH)
    NO_CHANGES[change](delivered)
    assert delivered.fingerprint(MONTH) == before


def test_a_refusal_that_was_replaced_is_history(delivered, tmp_path):
    delivered.deliver(MONTH, "broken", is_accepted=False)
    delivered.deliver(MONTH, "mended")
    with State(tmp_path / "other") as state:
        other = City(tmp_path, state)
        other.deliver("2024-02", "february")
        other.deliver(MONTH, "march")
        other.deliver(MONTH, "mended")
        assert other.fingerprint(MONTH) == delivered.fingerprint(MONTH)


def test_the_order_of_supersession_counts_but_not_the_times(tmp_path):
    def of(name, *contents, later=False):
        with State(tmp_path / name) as state:
            city = City(tmp_path, state)
            if later:
                city.now = NOON.replace(year=2025)
            for content in contents:
                city.deliver(MONTH, content)
            return city.fingerprint(MONTH)

    assert of("one", "x", "y") == of("the same a year later", "x", "y", later=True)
    assert of("one again", "x", "y") != of("the other way round", "y", "x")


def test_months_have_their_own(delivered):
    prints = fingerprints(["2024-02", MONTH], delivered.state, delivered.code)
    assert prints == {
        "2024-02": fingerprint("2024-02", delivered.state, delivered.code),
        MONTH: fingerprint(MONTH, delivered.state, delivered.code),
    }
    assert len(set(prints.values())) == 2
    assert all(len(one) == 64 for one in prints.values())


@pytest.fixture
def project(tmp_path):
    for folder in ("sources", "expectations", "orchestration", "dbt_project/models", "dbt_project/seeds"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("validation_rules", "thresholds", "town_list"):
        (tmp_path / "dbt_project" / "seeds" / f"{name}.csv").write_text(name)
    (tmp_path / "dbt_project" / "models" / "m.sql").write_text("select 1")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("sources/contract.py", {"code"}),
        ("sources/contracts/feed.yaml", {"code"}),
        ("dbt_project/models/m.sql", {"code"}),
        ("dbt_project/seeds/town_list.csv", {"code", "seeds"}),
        ("dbt_project/seeds/thresholds.csv", {"code", "seeds", "rules"}),
        ("dbt_project/target/m.sql", set()),
        ("dbt_project/logs/m.sql", set()),
        ("dbt_project/.user.yml", set()),
        ("sources/__pycache__/contract.py", set()),
        ("sources/README.md", set()),
        ("tests/unit/test_state.py", set()),
    ],
)
def test_code_seeds_and_rules_have_hashes_of_their_own(project, path, changed):
    before = vars(code_version(project))
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text("changed")
    after = vars(code_version(project))
    assert {part for part in before if before[part] != after[part]} == changed


def test_a_file_that_moves_changes_the_code(project):
    before = code_version(project)
    shutil.move(project / "dbt_project/models/m.sql", project / "dbt_project/models/n.sql")
    assert code_version(project).code != before.code


def test_a_missing_rule_list_is_no_smaller_version(project):
    (project / "dbt_project" / "seeds" / "validation_rules.csv").unlink()
    with pytest.raises(FileNotFoundError):
        code_version(project)


def test_the_project_itself_has_a_version():
    version = code_version()
    assert set(version.packages) == {"duckdb", "dbt-core", "great-expectations", "chinesecalendar"}
    assert (PROJECT_DIR / "dbt_project").is_dir()


def test_looking_for_news_imports_nothing_heavy():
    heavy = ("dagster", "dbt", "great_expectations", "duckdb", "pandas", "pyarrow")
    code = (
        "import sys, orchestration.plan, orchestration.publication.fingerprint;"
        f"print(sorted(set({heavy!r}) & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
