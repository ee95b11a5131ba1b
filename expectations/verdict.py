"""Verdicts as data: what was found for a month, what must have been looked at, and what stops the month.

Belongs here: the form of a verdict, which checks a month must have a verdict of, and what keeps it from being
published. Does not belong here: finding a verdict (`expectations.judge`), keeping one (the state), publishing or
refusing (the gate). Neither Great Expectations nor a database is needed to read this.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from expectations.suites import SUITES
from expectations.suites.suite import Month, Severity, Suite

Kind = Literal["rule", "gx", "dbt"]
Outcome = Literal["passed", "failed", "not_evaluated"]

# Two rules of the rule list are not about rows that came in: the first is about what did not come, the second
# about what was refused. Every other rule has something to look at once a delivery with rows was accepted.
ABSENCE_CLAIM = "required_feed_is_there"
REFUSAL_CLAIM = "no_refused_file_is_pending"


class Verdict(BaseModel):
    """What was found by one check for one month.

    `not_evaluated` is said of a check that crashed, never ran or looked at no rows; it is no pass. JSON both ways
    by `model_dump_json` and `model_validate_json`, which raises pydantic's `ValidationError` on anything else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    check_id: str = Field(min_length=1)
    kind: Kind
    subject: str = Field(min_length=1)
    """The feed of a rule, the table of an expectation."""
    period: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    severity: Severity
    outcome: Outcome
    rows_looked_at: int = Field(ge=0)
    rows_failing: int = Field(ge=0)
    message_zh: str
    message_en: str
    details: dict[str, JsonValue] = Field(default_factory=dict)
    """What helps to find the cause, without personal data: the claim, the first rows found."""


@dataclass(frozen=True)
class ExpectedCheck:
    """A check that a month must have a verdict of; without one the month is not published."""

    kind: Kind
    check_id: str
    subject: str


@dataclass(frozen=True)
class BlockingReason:
    """Why a month is not published: one check that did not pass, or is not there."""

    check_id: str
    kind: Kind
    subject: str
    outcome: Literal["failed", "not_evaluated", "absent"]
    message_zh: str
    message_en: str


def month_of(
    feeds: Iterable[Mapping[str, Any]],
    deliveries: Iterable[Mapping[str, Any]],
    targets: Iterable[Mapping[str, Any]],
    period: str,
) -> Month:
    """What is known of `period` before it is judged.

    Takes rows of `feeds` (feed, is_required), `deliveries` (feed, period, status, rows_data) and of the target
    list (year), as the warehouse holds them.
    """
    with_rows = frozenset(
        row["feed"]
        for row in deliveries
        if row["period"] == period and row["status"] == "accepted" and row["rows_data"]
    )
    return Month(
        period=period,
        feeds_with_rows=with_rows,
        required_feeds_with_rows=frozenset(row["feed"] for row in feeds if row["is_required"]) & with_rows,
        has_targets=any(str(row["year"]) == period[:4] for row in targets),
    )


def expected_checks(
    rules: Iterable[Mapping[str, Any]],
    feeds: Iterable[Mapping[str, Any]],
    deliveries: Iterable[Mapping[str, Any]],
    period: str,
    *,
    targets: Iterable[Mapping[str, Any]],
    suites: Sequence[Suite] = SUITES,
) -> frozenset[ExpectedCheck]:
    """The checks of severity `block` that must have a verdict for `period`.

    Takes rows of the rule list (rule_id, feed, severity, claim), of `feeds` (feed, is_required, not_due_months),
    of `deliveries` (feed, period, status, rows_data) and of the target list (year). Whether dbt's build and tests
    passed is not among them: that is no question of this package.
    """
    feeds, deliveries = list(feeds), list(deliveries)
    month = month_of(feeds, deliveries, targets, period)
    arrived = {row["feed"] for row in deliveries if row["period"] == period}

    def is_due(feed: Mapping[str, Any]) -> bool:
        return str(int(period[5:])) not in str(feed["not_due_months"] or "").split("|")

    def has_something_to_look_at(claim: str, feed: Mapping[str, Any]) -> bool:
        if claim == ABSENCE_CLAIM:
            return bool(feed["is_required"]) and is_due(feed)
        if claim == REFUSAL_CLAIM:
            return feed["feed"] in arrived
        return feed["feed"] in month.feeds_with_rows

    of_rules = {
        ExpectedCheck("rule", rule["rule_id"], feed["feed"])
        for rule in rules
        if rule["severity"] == "block"
        for feed in feeds
        if rule["feed"] in (feed["feed"], "*") and has_something_to_look_at(rule["claim"], feed)
    }
    of_suites = {
        ExpectedCheck("gx", check.check_id, suite.table)
        for suite in suites
        for check in suite.checks
        if check.severity == "block" and check.applies_to(month)
    }
    return frozenset(of_rules | of_suites)


def blocking_reasons(
    verdicts: Iterable[Verdict], expected: Iterable[ExpectedCheck], period: str
) -> list[BlockingReason]:
    """Everything that keeps `period` from being published, in the order of subject and check.

    A verdict stops the month if its severity is `block` or the check is expected, and it is not a pass. An
    expected check without any verdict stops it too. Verdicts of other months are passed over.
    """
    of_month = [verdict for verdict in verdicts if verdict.period == period]
    expected = frozenset(expected)
    seen = {ExpectedCheck(v.kind, v.check_id, v.subject) for v in of_month}
    reasons = [
        BlockingReason(v.check_id, v.kind, v.subject, v.outcome, v.message_zh, v.message_en)
        for v in of_month
        if v.outcome != "passed" and (v.severity == "block" or ExpectedCheck(v.kind, v.check_id, v.subject) in expected)
    ]
    reasons += [
        BlockingReason(
            check.check_id,
            check.kind,
            check.subject,
            "absent",
            f"{period} 的 {check.subject} 没有 {check.check_id} 的检验结论，请重新运行 stm run",
            f"{check.subject} of {period} has no verdict of {check.check_id}: run stm run again",
        )
        for check in expected - seen
    ]
    return sorted(reasons, key=lambda reason: (reason.subject, reason.check_id, reason.outcome))
