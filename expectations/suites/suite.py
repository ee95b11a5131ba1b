"""What a suite is made of: checks as data, without Great Expectations.

Belongs here: the form of a check, in which months it applies, and shorthands for what it expects. Does not
belong here: any check (they stand in the module of their table) and anything that runs one
(`expectations.engine`). So a suite can be listed, shown and counted at no cost; Great Expectations is imported
by the judge alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["block", "warn"]


@dataclass(frozen=True)
class Month:
    """What is known of a month before it is judged: what came in, and what the plan asks of it."""

    period: str
    feeds_with_rows: frozenset[str]
    """Feeds of which an accepted delivery holds at least one data row."""
    required_feeds_with_rows: frozenset[str]
    """Those of them without which no month is published."""
    has_targets: bool
    """Whether the plan has a target of the month's year."""


Applies = Callable[[Month], bool]
"""Whether a check applies to a month; where it does, it must have a verdict."""


def every_month(month: Month) -> bool:
    """The check applies whatever came in."""
    return True


def with_any_rows(month: Month) -> bool:
    """The check applies once any feed has rows."""
    return bool(month.feeds_with_rows)


def with_required_rows(month: Month) -> bool:
    """The check applies once a required feed has rows."""
    return bool(month.required_feeds_with_rows)


def in_target_year(month: Month) -> bool:
    """The check applies in the years for which the plan has targets."""
    return month.has_targets


def with_rows_of(feed: str) -> Applies:
    """The check applies where `feed` has rows: not in a month in which none is due, as statistics in January.

    That a feed which is due is there at all is a rule of the rule list, with a waiver of its own.
    """

    def applies(month: Month) -> bool:
        return feed in month.feeds_with_rows

    return applies


@dataclass(frozen=True)
class Expects:
    """An expectation of Great Expectations: its class in `great_expectations.expectations`, and its arguments."""

    name: str
    arguments: Mapping[str, Any]


def no_rows(sql: str) -> Expects:
    """The query finds nothing; it reads the judged rows as the table `judged`, and other tables by their names.

    Only columns that may be shown are selected: the first rows found stand in the verdict. A month is compared
    with others only through tables that hold them all: `judged` may hold a single month.
    """
    query = f"with judged as (select * from {{batch}}), unexpected as ({sql}) select * from unexpected"
    return Expects("UnexpectedRowsExpectation", {"unexpected_rows_query": query})


def never_null(column: str) -> Expects:
    """Every row has a value in `column`."""
    return Expects("ExpectColumnValuesToNotBeNull", {"column": column})


def one_of(column: str, values: Sequence[str]) -> Expects:
    """Where `column` has a value, it is one of `values`."""
    return Expects("ExpectColumnValuesToBeInSet", {"column": column, "value_set": list(values)})


def within(column: str, low: int | None, high: int | None) -> Expects:
    """Where `column` has a value, it is `low` or more and `high` or less; None is no bound."""
    arguments = {"column": column, "min_value": low, "max_value": high}
    return Expects("ExpectColumnValuesToBeBetween", arguments)


def threshold(threshold_id: str) -> str:
    """SQL of a value in the list `thresholds`; without it the check raises, and so is not evaluated."""
    missing = f"cast(error('threshold {threshold_id} is not in the list') as decimal(18, 4))"
    return (
        f"(select case when count(*) = 1 then max(value) else {missing} end"
        f" from thresholds where threshold_id = '{threshold_id}')"
    )


@dataclass(frozen=True)
class Check:
    """One thing that must hold of one table, each month for itself.

    All months together satisfy it only if every month does: they need to be told apart only once it fails.
    """

    check_id: str
    """Stable, never reused: `R-GX-<table>-<nnn>`."""
    claim: str
    """What must hold, in snake_case: `totals_reconcile`."""
    severity: Severity
    must_hold_zh: str
    must_hold_en: str
    applies_to: Applies
    expects: Expects
    looks_at: str = "count(*)"
    """SQL, an aggregate over a month's rows: how many the check looks at. None: it is not evaluated."""


@dataclass(frozen=True)
class Suite:
    """The checks of one table of the warehouse."""

    table: str
    checks: tuple[Check, ...]
    profile: str | None = None
    """A query over the table that sums it up, with a column `period`; it is judged in the table's place.

    For tables that are too large, or too dear to compute, to be read once for every check.
    """

    @property
    def rows(self) -> str:
        """The query whose rows are judged."""
        return self.profile or f'select * from "{self.table}"'
