"""dbt in this process, on a project of two models: what comes back when it works, and when it does not."""

import duckdb
import pytest

from orchestration.dbt_runner import Dbt, DbtFailed, project_stamp
from orchestration.settings import DBT_PROJECT_DIR, Settings

PROJECT = """
name: specialty_town
version: "1.0"
config-version: 2
profile: specialty_town
flags: {send_anonymous_usage_stats: false}
models: {+materialized: table}
"""
YML = """
models:
  - name: mart_a
    columns: [{name: id, data_tests: [{accepted_values: {arguments: {values: [VALUES]}}}]}]
unit_tests:
  - name: never_run_in_production
    model: mart_a
    given: [{input: ref('stg_a'), rows: [{id: 1}]}]
    expect: {rows: [{id: 2}]}
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "models" / "staging").mkdir(parents=True)
    (folder / "models" / "marts").mkdir()
    (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "profiles.yml").write_text((DBT_PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))
    (folder / "models" / "staging" / "stg_a.sql").write_text("select 1 as id")
    (folder / "models" / "marts" / "mart_a.sql").write_text("select id from {{ ref('stg_a') }}")
    (folder / "models" / "marts" / "mart_a.yml").write_text(YML.replace("VALUES", "1"))
    return folder


@pytest.fixture
def dbt(tmp_path, project):
    return Dbt(Settings(data_dir=tmp_path / "data"), project)


def test_a_build_tells_every_node_in_the_order_of_finishing_and_frees_the_file(tmp_path, project, dbt):
    heard = []
    outcome = dbt.build(lambda name, done, total: heard.append((name, done, total)))
    names = ["stg_a", "mart_a", "accepted_values_mart_a_id__1"]
    assert [node.name for node in outcome.nodes] == names
    assert heard == [(name, number, 3) for number, name in enumerate(names, start=1)]
    assert outcome.failure() is None
    assert [node.name for node in outcome.tests] == names[2:]
    # Nothing holds the file any more: another configuration may open it.
    with duckdb.connect(str(tmp_path / "data" / "warehouse" / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select id from mart_a").fetchall() == [(1,)]
    assert {path.name for path in project.iterdir()} == {"dbt_project.yml", "profiles.yml", "models"}


def test_a_failing_test_is_named_and_said_to_be_the_fault_of_the_code(project, dbt):
    (project / "models" / "marts" / "mart_a.yml").write_text(YML.replace("VALUES", "2"))
    failure = dbt.build().failure()
    assert "accepted_values_mart_a_id__2" in failure.message_zh
    assert "accepted_values_mart_a_id__2 failed (1 rows)" in failure.message_en


def test_a_model_that_cannot_be_built_is_named_without_the_value(project, dbt):
    sql = "select cast('张三' || id as integer) as id from {{ ref('stg_a') }}"
    (project / "models" / "marts" / "mart_a.sql").write_text(sql)
    outcome = dbt.build()
    failure = outcome.failure()
    assert "mart_a" in failure.message_en
    assert "张三" not in failure.message_en + failure.message_zh
    assert [node.name for node in outcome.nodes if node.is_skipped] == ["accepted_values_mart_a_id__1"]


def test_a_project_that_cannot_be_parsed_is_a_sentence(project, dbt):
    (project / "models" / "marts" / "mart_a.sql").write_text("select * from {{ ref('not_there') }}")
    with pytest.raises(DbtFailed, match="not_there"):
        dbt.fresh_manifest()


def test_the_manifest_is_made_anew_only_when_the_project_has_changed(project, dbt):
    path = dbt.fresh_manifest()
    made = path.stat().st_mtime_ns
    assert dbt.fresh_manifest().stat().st_mtime_ns == made
    before = project_stamp(project)
    (project / "models" / "marts" / "mart_b.sql").write_text("select 2 as id")
    assert project_stamp(project) != before
    assert "mart_b" in dbt.fresh_manifest().read_text(encoding="utf-8")


def test_a_build_leaves_the_manifest_as_it_was_parsed(dbt):
    path = dbt.fresh_manifest()
    before = path.stat().st_mtime_ns
    assert dbt.build().models
    assert path.stat().st_mtime_ns == before
    assert "mart_a" in dbt.fresh_manifest().read_text(encoding="utf-8")
