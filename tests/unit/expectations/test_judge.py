"""The judge: rules and suites as verdicts, each month for itself; a check that raises; a process that is gone."""

import dataclasses
import json
import subprocess
import sys
from collections import Counter

import duckdb
import pytest

from expectations.judge import JudgeProcess, judge
from expectations.suites import SUITES
from expectations.suites import file_conservation as conservation
from expectations.suites.suite import Check, Expects, Suite, every_month, no_rows, threshold
from expectations.verdict import blocking_reasons, expected_checks

MONTHS = ["2024-01", "2024-02", "2024-03"]
SPOIL_FEBRUARY = "update file_conservation set rows_used = 1 where period = '2024-02' and feed = 'ledger_projects'"
CONSERVATION = [conservation.SUITE]


@pytest.fixture(scope="module")
def sound(make_warehouse):
    """Three months in which every check holds."""
    return make_warehouse(MONTHS)


@pytest.fixture(scope="module")
def bad_february(make_warehouse):
    """Three months of which the second loses a row."""
    return make_warehouse(MONTHS, sql=[SPOIL_FEBRUARY])


def _check(check_id: str, expects: Expects, looks_at: str = "count(*)") -> Check:
    return Check(check_id, "something_holds", "block", "应当成立", "it must hold", every_month, expects, looks_at)


def _gx(verdicts):
    return {(verdict.check_id, verdict.period): verdict for verdict in verdicts if verdict.kind == "gx"}


def _rows(warehouse, table):
    with duckdb.connect(str(warehouse), read_only=True) as tables:
        cursor = tables.execute(f"select * from {table}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _expected(warehouse, period, suites=SUITES):
    lists = [_rows(warehouse, table) for table in ("validation_rules", "stg_feeds", "stg_deliveries", "target_list")]
    rules, feeds, deliveries, targets = lists
    return expected_checks(rules, feeds, deliveries, period, targets=targets, suites=suites)


def test_every_expected_check_of_a_sound_warehouse_passes(sound):
    verdicts = judge(sound, MONTHS)
    assert {verdict.outcome for verdict in verdicts} == {"passed"}
    for month in MONTHS:
        expected = _expected(sound, month)
        assert len(expected) > 40
        assert blocking_reasons(verdicts, expected, month) == []


def test_of_three_months_only_the_bad_one_is_stopped(bad_february):
    verdicts = judge(bad_february, MONTHS, CONSERVATION)
    stopped = {
        month: [
            reason.check_id
            for reason in blocking_reasons(verdicts, _expected(bad_february, month, CONSERVATION), month)
        ]
        for month in MONTHS
    }
    assert stopped == {"2024-01": [], "2024-02": ["R-GX-CONS-001"], "2024-03": []}
    found = _gx(verdicts)["R-GX-CONS-001", "2024-02"]
    assert (found.rows_looked_at, found.rows_failing) == (len(_rows(bad_february, "stg_feeds")), 1)
    assert found.details["examples"][0]["delivery_id"] == "ledger_projects:2024-02"
    assert "不符 1 处" in found.message_zh


def test_months_that_are_not_asked_for_are_not_judged(bad_february):
    verdicts = judge(bad_february, ["2024-03"], CONSERVATION)
    assert {verdict.period for verdict in verdicts} == {"2024-03"}
    assert {verdict.outcome for verdict in verdicts} == {"passed"}


def test_more_failing_months_than_great_expectations_shows_are_all_found(make_warehouse):
    months = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
    warehouse = make_warehouse(months, sql=["update file_conservation set rows_used = 1 where period <> '2023-12'"])
    verdicts = _gx(judge(warehouse, months, CONSERVATION))
    failed = [month for month in months if verdicts["R-GX-CONS-001", month].outcome == "failed"]
    assert failed == months[:-1]


@pytest.mark.parametrize(
    ("expects", "looks_at", "seen"),
    [
        (no_rows("select period from no_such_table"), "count(*)", "no_such_table"),
        (no_rows(f"select period from judged where rows_read > {threshold('unheard_of')}"), "count(*)", "unheard_of"),
        (no_rows("select period from judged"), "sum(no_such_column)", "no_such_column"),
        (Expects("ExpectColumnValuesToNotBeNull", {"column": "no_such_column"}), "count(*)", "no_such_column"),
        (Expects("NoSuchExpectation", {}), "count(*)", "NoSuchExpectation"),
        (Expects("ExpectColumnValuesToNotBeNull", {"no_such_argument": 1}), "count(*)", "cannot be made"),
    ],
)
def test_a_check_that_raises_is_not_evaluated_and_takes_no_other_with_it(sound, expects, looks_at, seen):
    checks = (_check("R-GX-TEST-001", expects, looks_at), *conservation.SUITE.checks)
    verdicts = judge(sound, MONTHS, [Suite("file_conservation", checks)])
    outcomes = Counter((verdict.check_id, verdict.outcome) for verdict in verdicts if verdict.kind == "gx")
    assert outcomes == Counter(
        {("R-GX-TEST-001", "not_evaluated"): 3, **{(check.check_id, "passed"): 3 for check in checks[1:]}}
    )
    raised = _gx(verdicts)["R-GX-TEST-001", "2024-02"]
    assert seen in raised.message_en
    assert [reason.outcome for reason in blocking_reasons(verdicts, [], "2024-02")] == ["not_evaluated"]


def test_a_check_that_raises_in_one_month_is_judged_in_the_others(bad_february):
    raises = no_rows("select case when rows_used = 1 then error('no') end as seen from judged where rows_used < 2")
    suite = Suite("file_conservation", (_check("R-GX-TEST-001", raises),))
    verdicts = _gx(judge(bad_february, MONTHS, [suite]))
    outcomes = [verdicts["R-GX-TEST-001", month].outcome for month in MONTHS]
    assert outcomes == ["passed", "not_evaluated", "passed"]


def test_a_table_that_is_not_there_leaves_its_checks_not_evaluated(sound):
    suite = dataclasses.replace(conservation.SUITE, table="no_such_table")
    verdicts = judge(sound, ["2024-01"], [suite])
    assert {v.outcome for v in verdicts if v.kind == "gx"} == {"not_evaluated"}
    assert blocking_reasons(verdicts, _expected(sound, "2024-01", [suite]), "2024-01")


def test_what_a_cell_holds_stands_in_no_message(sound):
    raises = no_rows("select cast('王某某' as integer) as seen from judged")
    suite = Suite("file_conservation", (_check("R-GX-TEST-001", raises),))
    raised = _gx(judge(sound, ["2024-01"], [suite]))["R-GX-TEST-001", "2024-01"]
    assert raised.outcome == "not_evaluated"
    assert "王某某" not in raised.model_dump_json()


def test_rules_become_verdicts(make_warehouse):
    change = "update rule_evaluations set {} where feed = 'statistics_enterprise' and rule_id = '{}'"
    warehouse = make_warehouse(
        ["2024-01"],
        sql=[
            change.format("rows_failing = 1", "R-STAT-004"),
            change.format("rows_looked_at = 0", "R-STAT-008"),
            change.format("rows_failing = 2", "R-BATCH-001"),
            change.format("rows_failing = null", "R-BATCH-005"),
            change.format("severity = 'unheard_of'", "R-BATCH-006"),
        ],
    )
    verdicts = {v.check_id: v for v in judge(warehouse, ["2024-01"], []) if v.subject == "statistics_enterprise"}
    assert {rule: (verdict.severity, verdict.outcome) for rule, verdict in verdicts.items()} == {
        "R-STAT-004": ("warn", "failed"),
        "R-STAT-008": ("warn", "not_evaluated"),
        "R-BATCH-001": ("block", "failed"),
        "R-BATCH-005": ("block", "not_evaluated"),
        "R-BATCH-006": ("block", "passed"),
    }
    assert "有问题（1／2 行）；请更正" in verdicts["R-STAT-004"].message_zh


def test_judging_writes_nothing_and_gives_the_file_back(make_warehouse):
    warehouse = make_warehouse(["2024-01"])
    before = warehouse.read_bytes()
    judge(warehouse, ["2024-01"], CONSERVATION)
    assert [path.name for path in warehouse.parent.iterdir()] == [warehouse.name]
    assert warehouse.read_bytes() == before
    with duckdb.connect(str(warehouse)) as tables:  # for writing: nobody holds it
        tables.execute("create table free as select 1 as one")


def test_a_period_that_is_none_is_refused(sound):
    with pytest.raises(ValueError, match="YYYY-MM"):
        judge(sound, ["2024-13"])


# The process.


def test_the_process_finds_what_the_judge_finds(bad_february):
    with JudgeProcess.start() as process:
        verdicts = process.judge(bad_february, MONTHS, timeout=120)
        assert verdicts == judge(bad_february, MONTHS)
        # It outlives a warehouse that cannot be read: that is no fault of its own.
        unreadable = process.judge(bad_february.with_name("none.duckdb"), ["2024-01"], timeout=120)
        assert {verdict.outcome for verdict in unreadable} == {"not_evaluated"}
        assert process.judge(bad_february, MONTHS, timeout=120) == verdicts


REPLY = "import sys, json; sys.stdin.readline(); print(json.dumps({}), flush=True); sys.stdin.readline()"
OF_ANOTHER_MONTH = {
    "check_id": "R-GX-CONS-001",
    "kind": "gx",
    "subject": "file_conservation",
    "period": "2031-01",
    "severity": "block",
    "outcome": "passed",
    "rows_looked_at": 1,
    "rows_failing": 0,
    "message_zh": "",
    "message_en": "",
}


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        (["/no/such/program"], "cannot be started"),
        ([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], "killed by signal 9"),
        ([sys.executable, "-c", "raise SystemExit('the reason is plain')"], "exit status 1: the reason is plain"),
        ([sys.executable, "-c", "raise ValueError(\"'王某某'\")"], "ValueError: '…'"),
        ([sys.executable, "-c", "import time; time.sleep(600)"], "no answer within 1 s"),
        ([sys.executable, "-c", "print('all is well', flush=True); input()"], "its answer cannot be read"),
        ([sys.executable, "-c", REPLY.format({"number": 7, "verdicts": []})], "not to what was asked"),
        ([sys.executable, "-c", REPLY.format({"number": 1, "verdicts": [OF_ANOTHER_MONTH]})], "not to what was asked"),
        ([sys.executable, "-c", REPLY.format({"number": 1, "error": "it is too large"})], "it is too large"),
    ],
    ids=["not started", "killed", "exited", "crashed", "hangs", "nonsense", "other", "other month", "error"],
)
def test_a_process_that_does_not_answer_passes_nothing(sound, command, seen):
    with JudgeProcess.start(command) as process:
        verdicts = process.judge(sound, MONTHS, timeout=1 if "sleep" in command[-1] else 30)
    # The rules are read without it; of Great Expectations nothing is evaluated, and that stops every month.
    assert {verdict.outcome for verdict in verdicts if verdict.kind == "rule"} == {"passed"}
    assert {verdict.outcome for verdict in verdicts if verdict.kind == "gx"} == {"not_evaluated"}
    for month in MONTHS:
        expected = _expected(sound, month)
        stopped = {reason.check_id for reason in blocking_reasons(verdicts, expected, month)}
        assert stopped == {check.check_id for check in expected if check.kind == "gx"}
    messages = json.dumps([verdict.message_en for verdict in verdicts if verdict.kind == "gx"], ensure_ascii=False)
    assert seen in messages
    assert "王某某" not in messages


def test_a_process_that_ends_after_its_first_answer_passes_nothing_more(sound):
    with JudgeProcess.start([sys.executable, "-c", REPLY.format({"number": 1, "verdicts": []})]) as process:
        assert process.judge(sound, MONTHS, timeout=30) == []
        verdicts = process.judge(sound, MONTHS, timeout=30)
    assert {verdict.outcome for verdict in verdicts if verdict.kind == "gx"} == {"not_evaluated"}


def test_without_a_warehouse_no_check_passes(tmp_path):
    with JudgeProcess.start(["/no/such/program"]) as process:
        verdicts = process.judge(tmp_path / "none.duckdb", ["2024-01"])
    checks = sum(len(suite.checks) for suite in SUITES)
    assert Counter(verdict.outcome for verdict in verdicts) == Counter({"not_evaluated": checks})


def test_a_closed_process_is_asked_nothing(sound):
    process = JudgeProcess.start([sys.executable, "-c", "input()"])
    process.close()
    assert all(v.outcome == "not_evaluated" for v in process.judge(sound, MONTHS) if v.kind == "gx")


def test_the_process_ends_when_nobody_is_there_to_ask():
    ended = subprocess.run(
        [sys.executable, "-m", "expectations.judge"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120
    )
    assert (ended.returncode, ended.stdout) == (0, b"")
