"""Verdicts as data: round trip, what a month must have been asked, what stops it."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from expectations.suites import SUITES
from expectations.suites.suite import Check, Suite, every_month, in_target_year, never_null, with_any_rows, with_rows_of
from expectations.verdict import ExpectedCheck, Verdict, blocking_reasons, expected_checks

RULES = [
    {"rule_id": "R-FILE-001", "feed": "*", "severity": "refuse", "claim": "file_is_readable"},
    {"rule_id": "R-STAT-004", "feed": "statistics", "severity": "quarantine", "claim": "output_is_not_negative"},
    {"rule_id": "R-BATCH-001", "feed": "*", "severity": "block", "claim": "few_rows_are_set_aside"},
    {"rule_id": "R-BATCH-002", "feed": "register", "severity": "block", "claim": "register_does_not_shrink"},
    {"rule_id": "R-BATCH-005", "feed": "*", "severity": "block", "claim": "required_feed_is_there"},
    {"rule_id": "R-BATCH-006", "feed": "*", "severity": "block", "claim": "no_refused_file_is_pending"},
]
FEEDS = [
    {"feed": "statistics", "is_required": True, "not_due_months": "1|7"},
    {"feed": "register", "is_required": True, "not_due_months": ""},
    {"feed": "events", "is_required": False, "not_due_months": None},
]
TARGETS = [{"year": "2024"}]


def _suite(*applies):
    checks = tuple(
        Check(f"R-GX-{number}", "holds", severity, "成立", "holds", applies_to, never_null("x"))
        for number, (severity, applies_to) in enumerate(applies)
    )
    return [Suite("table", checks)]


def _expected(period, deliveries=(), suites=()):
    rows = [{"feed": feed, "period": of, "status": status, "rows_data": rows} for feed, of, status, rows in deliveries]
    found = expected_checks(RULES, FEEDS, rows, period, targets=TARGETS, suites=suites)
    return {(check.check_id, check.subject) for check in found}


def _verdict(**changes) -> Verdict:
    return Verdict(
        **{
            "check_id": "R-GX-1",
            "kind": "gx",
            "subject": "table",
            "period": "2024-03",
            "severity": "block",
            "outcome": "passed",
            "rows_looked_at": 3,
            "rows_failing": 0,
            "message_zh": "成立",
            "message_en": "it holds",
            **changes,
        }
    )


def test_a_verdict_comes_back_from_json_as_it_was():
    verdict = _verdict(details={"examples": [{"town_code": "t1", "value": "2.5000", "of": None}]})
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


@pytest.mark.parametrize(
    "change",
    [{"outcome": "unknown"}, {"period": "2024-3"}, {"severity": "refuse"}, {"rows_looked_at": -1}, {"more": 1}],
)
def test_what_is_no_verdict_is_refused(change):
    with pytest.raises(ValidationError):
        _verdict(**change)


def test_a_required_feed_must_be_asked_for_when_it_is_due():
    assert _expected("2024-03") == {("R-BATCH-005", "statistics"), ("R-BATCH-005", "register")}


@pytest.mark.parametrize("period", ["2024-01", "2024-07"])
def test_a_feed_is_not_asked_for_in_a_month_without_return(period):
    assert _expected(period) == {("R-BATCH-005", "register")}


def test_not_due_in_january_is_due_in_november():
    assert ("R-BATCH-005", "statistics") in _expected("2024-11")


def test_rules_of_rows_are_asked_once_there_are_rows():
    found = _expected("2024-03", [("register", "2024-03", "accepted", 5), ("statistics", "2024-02", "accepted", 5)])
    assert found == {
        ("R-BATCH-001", "register"),
        ("R-BATCH-002", "register"),
        ("R-BATCH-006", "register"),
        ("R-BATCH-005", "register"),
        ("R-BATCH-005", "statistics"),
    }


@pytest.mark.parametrize(("status", "rows"), [("refused", 5), ("refused", None), ("accepted", 0)])
def test_a_delivery_without_rows_is_asked_only_whether_it_was_refused(status, rows):
    found = _expected("2024-03", [("events", "2024-03", status, rows)])
    assert {check for check in found if check[1] == "events"} == {("R-BATCH-006", "events")}


def test_expectations_are_asked_where_they_apply():
    suites = _suite(
        ("block", every_month),
        ("warn", every_month),
        ("block", with_rows_of("register")),
        ("block", with_rows_of("statistics")),
        ("block", in_target_year),
        ("block", with_any_rows),
    )
    delivered = [("register", "2024-03", "accepted", 5)]
    of_2024 = {check for check in _expected("2024-03", delivered, suites) if check[1] == "table"}
    of_2023 = {check for check in _expected("2023-03", delivered, suites) if check[1] == "table"}
    assert of_2024 == {("R-GX-0", "table"), ("R-GX-2", "table"), ("R-GX-4", "table"), ("R-GX-5", "table")}
    assert of_2023 == {("R-GX-0", "table")}


def test_statistics_are_not_judged_in_january():
    delivered = [("registration_entities", "2024-01", "accepted", 5)]
    found = {check for _, check in _expected("2024-01", delivered, SUITES)}
    assert "stg_registration_entities" in found
    assert "stg_statistics_enterprise" not in found


EXPECTED = [ExpectedCheck("gx", "R-GX-1", "table")]


@pytest.mark.parametrize(
    ("verdicts", "outcomes"),
    [
        ([_verdict()], []),
        ([_verdict(outcome="failed")], ["failed"]),
        ([_verdict(outcome="not_evaluated")], ["not_evaluated"]),
        ([], ["absent"]),
        # One that says "warn" where "block" is expected, of another month, subject or kind, beside a pass.
        ([_verdict(outcome="failed", severity="warn")], ["failed"]),
        ([_verdict(period="2024-04")], ["absent"]),
        ([_verdict(subject="another")], ["absent"]),
        ([_verdict(kind="rule")], ["absent"]),
        ([_verdict(), _verdict(outcome="failed")], ["failed"]),
        # What is not expected and blocks; what only warns; what is wrong with another month.
        ([_verdict(), _verdict(check_id="R-GX-2", outcome="failed")], ["failed"]),
        ([_verdict(), _verdict(check_id="R-GX-2", outcome="failed", severity="warn")], []),
        ([_verdict(), _verdict(period="2024-04", outcome="failed")], []),
    ],
)
def test_what_stops_a_month(verdicts, outcomes):
    assert [reason.outcome for reason in blocking_reasons(verdicts, EXPECTED, "2024-03")] == outcomes


def test_an_absent_verdict_is_named_with_what_to_do():
    (reason,) = blocking_reasons([], EXPECTED, "2024-03")
    assert all(part in reason.message_zh for part in ("2024-03", "R-GX-1", "table", "stm run"))
    assert all(part in reason.message_en for part in ("2024-03", "R-GX-1", "table", "stm run"))


def test_verdicts_cost_no_import_of_an_engine():
    seen = "import sys, expectations.verdict; print({'great_expectations', 'duckdb', 'sqlalchemy'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"
