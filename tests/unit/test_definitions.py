"""The Dagster definitions as they are loaded: partitions, owners, arrows, checks; and how Dagster's log is kept."""

import os
import sqlite3
from datetime import datetime

import dagster as dg
import pytest

from expectations.suites import SUITES
from expectations.verdict import Verdict
from orchestration import checks, partitions
from orchestration.definitions import build_defs
from orchestration.instance import open_instance, prepare_home
from orchestration.jobs import MONTHLY_CLOSE
from orchestration.resources import RANGE_END_TAG, RANGE_START_TAG, range_tags, request_of
from orchestration.settings import DBT_PROJECT_DIR, Settings
from orchestration.state import RUNS, NewWaiver, State
from sources.contract import load_contracts
from sources.landing import SHANGHAI
from tests.city import City, needs_sample

FEEDS = list(load_contracts())


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(data_dir=tmp_path_factory.mktemp("definitions"))


@pytest.fixture(scope="module")
def defs(settings):
    return build_defs(settings)


@pytest.fixture(scope="module")
def graph(defs):
    return defs.resolve_asset_graph()


def keys(graph, **wanted):
    return {
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if all(getattr(graph.get(key), name) == value for name, value in wanted.items())
    }


def test_everything_is_there_once_from_landing_to_release(graph):
    assert keys(graph, is_executable=False) == {f"landing/{feed}" for feed in FEEDS}
    assert keys(graph, group_name="raw") == {f"raw/{feed}" for feed in FEEDS}
    assert keys(graph, group_name="intake") == {
        f"intake/{table}" for table in ("deliveries", "feeds", "waivers", "corrections", "due_dates")
    }
    assert keys(graph, group_name="release") == {"release"}
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {
        "landing", "raw", "intake", "seeds", "staging", "validation", "intermediate", "marts", "verdicts", "release",
    }  # fmt: skip


def test_every_asset_is_of_months_in_one_run_and_has_owner_kind_and_description(graph, settings):
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.partitions_def == partitions.months(settings.first_period), key
        assert node.owners, key
        assert node.kinds, key
        assert node.description, key
        if node.is_executable:
            assert node.backfill_policy == partitions.SINGLE_RUN, key


def test_nothing_is_judged_before_all_is_built_nor_published_before_it_is_judged(graph):
    release, verdicts = dg.AssetKey(["release"]), dg.AssetKey(["verdicts"])
    assert graph.get(release).parent_keys == {verdicts}
    before = graph.get_ancestor_asset_keys(verdicts)
    for key in graph.get_all_asset_keys() - {release, verdicts}:
        # A seed that no model reads is nothing to wait for; there is none.
        assert key in before, key


def test_each_feed_goes_from_its_folder_through_raw_to_its_own_staging_model(graph):
    for feed in FEEDS:
        assert graph.get(dg.AssetKey(["raw", feed])).parent_keys == {dg.AssetKey(["landing", feed])}
        assert dg.AssetKey(["raw", feed]) in graph.get(dg.AssetKey([f"stg_{feed}"])).parent_keys


def test_verdicts_are_shown_as_checks_and_no_check_stops_a_run(graph):
    assert not [key for key in graph.asset_check_keys if graph.get(key).blocking]
    shown = checks.shown_checks(FEEDS, checks.read_rules(DBT_PROJECT_DIR))
    assert {(check.asset_key, check.name) for check in shown} <= {
        (key.asset_key, key.name) for key in graph.asset_check_keys
    }
    assert {check.check_id for check in shown} == {
        *(check.check_id for suite in SUITES for check in suite.checks),
        *(rule["rule_id"] for rule in checks.read_rules(DBT_PROJECT_DIR) if rule["level"] != "file"),
    }
    of_dbt = {key.name for key in graph.asset_check_keys} - {check.name for check in shown}
    assert "indicator_monthly_grain_is_unique" in of_dbt


def test_the_job_is_monthly_and_takes_everything(defs, graph):
    job = defs.resolve_job_def(MONTHLY_CLOSE)
    assert isinstance(job.partitions_def, dg.MonthlyPartitionsDefinition)
    assert job.executor_def.name == "in_process"
    executable = {key for key in graph.get_all_asset_keys() if graph.get(key).is_executable}
    assert job.asset_layer.selected_asset_keys == executable


# Checks show, and decide nothing


def verdict(period, outcome, severity="block"):
    return Verdict(
        check_id="R-X-001", kind="rule", subject="f", period=period, severity=severity, outcome=outcome,
        rows_looked_at=10, rows_failing=int(outcome == "failed"), message_zh=f"{period} 有误", message_en="wrong",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcomes", "is_passed"),
    [
        (["passed", "passed"], True),
        (["passed", "failed"], False),
        (["passed", "not_evaluated"], False),
        ([], False),
    ],
)
def test_a_check_passes_only_if_every_month_did_and_there_was_one(outcomes, is_passed):
    rules = [
        {"rule_id": "R-X-001", "feed": "*", "level": "batch", "severity": "block", "claim": "it_holds",
         "message_zh": "有误", "message_en": "wrong"},
        {"rule_id": "R-X-002", "feed": "*", "level": "file", "severity": "refuse", "claim": "it_is_readable",
         "message_zh": "读不了", "message_en": "unreadable"},
    ]  # fmt: skip
    [check] = checks.shown_checks(["f"], rules, suites=[])
    assert check.name == "R_X_001_it_holds_f"
    result = check.result([verdict(f"2024-0{month}", outcome) for month, outcome in enumerate(outcomes, start=1)])
    assert result.passed is is_passed
    if outcomes and not is_passed:
        assert "2024-02" in result.metadata["months_not_passed"].value
        assert "2024-01" not in result.metadata["months_not_passed"].value


# A run that Dagster starts by itself


def test_the_months_of_a_run_are_what_it_asks_for():
    assert range_tags("2024-01", "2024-03") == {RANGE_START_TAG: "2024-01", RANGE_END_TAG: "2024-03"}
    asked = request_of(range_tags("2024-01", "2024-03"))
    assert (asked.first, asked.last, asked.is_publishing) == ("2024-01", "2024-03", True)
    alone = request_of({"dagster/partition": "2024-02"})
    assert (alone.first, alone.last) == ("2024-02", "2024-02")
    assert (request_of({}).first, request_of({}).last) == (None, None)


@needs_sample
def test_a_run_from_dagsters_pages_opens_a_build_of_its_own(settings, defs):
    City(settings.data_dir).take_from_sample("2024-03", feeds=("ledger_projects",))
    with open_instance(settings) as instance:
        result = defs.resolve_job_def(MONTHLY_CLOSE).execute_in_process(
            instance=instance,
            tags=range_tags("2024-02", "2024-03"),
            asset_selection=[dg.AssetKey(["raw", "ledger_projects"])],
        )
        assert result.success
        [event] = [
            event for event in result.all_events if event.is_step_materialization and event.partition == "2024-03"
        ]
        metadata = event.materialization.metadata
        assert metadata["accepted"].value == 1
        assert metadata["rows"].value > 0
        assert "项目名称" in metadata["preview"].value
        seen = instance.fetch_observations(dg.AssetKey(["landing", "ledger_projects"]), limit=5).records
        assert [record.partition_key for record in seen] == ["2024-03"]
    with State(settings.state_dir) as state, state.engine.connect() as connection:
        [run] = connection.execute(RUNS.select()).mappings()
    assert (run["run_id"], run["asked_first"], run["outcome"]) == (result.run_id, "2024-02", "ended")


def test_personal_columns_are_in_no_preview(settings, defs):
    contract = load_contracts()["registration_entities"]
    personal = [column.label_zh for column in contract.columns if column.is_personal]
    assert personal
    City(settings.data_dir).take_from_sample("2024-03", feeds=("registration_entities",))
    with open_instance(settings) as instance:
        result = defs.resolve_job_def(MONTHLY_CLOSE).execute_in_process(
            instance=instance,
            tags=range_tags("2024-03", "2024-03"),
            asset_selection=[dg.AssetKey(["raw", "registration_entities"])],
        )
    [event] = [event for event in result.all_events if event.is_step_materialization]
    heading = event.materialization.metadata["preview"].value.splitlines()[0]
    assert contract.column("credit_code").label_zh in heading
    assert not [label for label in personal if label in heading]


def test_the_page_of_a_feed_tells_what_waits_for_a_better_file_and_what_is_waived(tmp_path):
    """Refused in an earlier run, and still not replaced: the newest materialization says so too."""
    own = Settings(data_dir=tmp_path / "data")
    path = own.landing_dir / "ledger_projects" / "2024-03" / "坏.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK no workbook")
    now = datetime(2024, 4, 9, tzinfo=SHANGHAI)
    with State(own.state_dir) as state:
        state.record_waiver(NewWaiver("R-FILE-001", "2024-03", "2024-03", None, "王主任", "已核实"), now)
        state.record_waiver(NewWaiver("R-BATCH-001", "2024-03", "2024-03", "statistics_product", "王", "无关"), now)
    job = build_defs(own).resolve_job_def(MONTHLY_CLOSE)
    with open_instance(own) as instance:
        for _ in range(2):
            result = job.execute_in_process(
                instance=instance,
                tags=range_tags("2024-03", "2024-03"),
                asset_selection=[dg.AssetKey(["raw", "ledger_projects"])],
            )
    [event] = [event for event in result.all_events if event.is_step_materialization]
    metadata = event.materialization.metadata
    assert metadata["refused"].value == 0
    assert metadata["refused_and_not_replaced"].value == 1
    assert "坏.xlsx | R-FILE-002" in metadata["refusals_pending"].value
    assert "R-FILE-001" in metadata["waivers"].value
    assert "无关" not in metadata["waivers"].value
    assert "王主任" not in metadata["waivers"].value


# Dagster's own storage


def test_dagster_phones_nobody_and_keeps_its_files_below_state(settings):
    home = prepare_home(settings)
    assert home == settings.dagster_dir
    assert "telemetry:\n  enabled: false" in (home / "dagster.yaml").read_text(encoding="utf-8")
    with open_instance(settings) as instance:
        assert not instance.telemetry_enabled


def test_events_of_a_range_are_kept_for_the_next_process(tmp_path):
    """Stored in batches on connections that stay open, they read back as Dagster's own storage reads them."""
    own = Settings(data_dir=tmp_path)

    @dg.asset(partitions_def=partitions.months("2023-01"), backfill_policy=partitions.SINGLE_RUN)
    def table() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows": 3})

    @dg.asset_check(asset=table)
    def holds() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    own_defs = dg.Definitions(assets=[table], asset_checks=[holds])
    with open_instance(own) as instance:
        assert os.environ["DAGSTER_EVENT_BATCH_SIZE"]
        result = own_defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance, tags=range_tags("2023-01", "2023-06")
        )
        assert result.success
    months = {f"2023-{month:02d}" for month in range(1, 7)}
    with open_instance(own) as instance:
        assert set(instance.get_materialized_partitions(dg.AssetKey(["table"]))) == months
        logged = instance.all_logs(result.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        assert {entry.dagster_event.partition for entry in logged} == months
        record = instance.get_latest_materialization_event(dg.AssetKey(["table"]))
        assert record.asset_materialization.metadata["rows"].value == 3
        assert instance.get_run_by_id(result.run_id).is_success
    index = tmp_path / "state" / "dagster" / "history" / "runs" / "index.db"
    with sqlite3.connect(index) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
