"""Great Expectations on DuckDB: the connection, and how a suite is put to it.

Belongs here: everything that imports Great Expectations. Does not belong here: what is expected (`suites`), and what
follows from a finding (`judge`). Importing this module takes seconds; only the judge's own process does it.

Great Expectations runs a query, gives the connection back and fetches then; in DuckDB the rows are gone by that time. So
one connection is held open for as long as the warehouse is judged. It commits by itself: in a transaction the first
query that raises would take all later ones with it.
https://docs.greatexpectations.io/docs/core/customize_expectations/use_sql_to_define_a_custom_expectation
"""

import os

# Read when Great Expectations is imported: it reports its use unless it is told not to.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Literal, Self

import great_expectations as gx
import sqlalchemy
from great_expectations.core.batch import Batch
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.exceptions import GreatExpectationsError
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from pydantic import JsonValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from expectations.suites.suite import Check, Suite

EXAMPLES = 3
"""Rows shown of those found: enough to begin looking, never the list of what fails (it is cut off)."""


@dataclass(frozen=True)
class Finding:
    """What Great Expectations found for one check in the months that it was put to."""

    outcome: Literal["passed", "failed", "raised"]
    rows_failing: int = 0
    """Exact: of a query its rows, of a column its values."""
    examples: tuple[dict[str, JsonValue], ...] = ()
    reason: str = ""
    """What was raised, first line."""


class HeldConnectionEngine(SqlAlchemyExecutionEngine):
    """An execution engine whose one connection stays open until `close`."""

    @contextmanager
    def get_connection(self) -> Iterator[sqlalchemy.Connection]:
        """The held connection, opened on first use."""
        if not self._connection:
            self._connection = self.engine.connect()
        yield self._connection


class WarehouseDatasource(SQLDatasource):
    """A DuckDB file, read through a held connection. The override is a class variable: hence a class of its own."""

    execution_engine_override: ClassVar[type[SqlAlchemyExecutionEngine]] = HeldConnectionEngine
    # After it: from here on `type` is this name.
    type: Literal["specialty_town_warehouse"] = "specialty_town_warehouse"


@dataclass
class JudgedWarehouse:
    """The warehouse, open read-only for judging. A context manager; the file is free again after `close`.

    Nothing is written, neither to the warehouse nor beside it: the context of Great Expectations lives in memory.
    """

    warehouse: Path
    _datasource: WarehouseDatasource = field(init=False, repr=False)

    def __post_init__(self) -> None:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._datasource = context.data_sources.add_specialty_town_warehouse(
            name="warehouse",
            connection_string=sqlalchemy.URL.create("duckdb", database=str(self.warehouse)).render_as_string(),
            create_temp_table=False,
            kwargs={
                "poolclass": NullPool,
                "isolation_level": "AUTOCOMMIT",
                "connect_args": {"read_only": True},
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._datasource.get_execution_engine().close()

    def validate(self, suite: Suite, checks: Sequence[Check], periods: Sequence[str]) -> dict[str, Finding]:
        """Put `checks` of `suite` to the rows of `periods` as one batch; a finding for each check id, always.

        What cannot be put to the table, or raises, is a finding too; it takes no other check with it.
        """
        try:
            batch = self._batch(suite, periods)
        except (GreatExpectationsError, SQLAlchemyError, ValueError, LookupError) as error:
            return {check.check_id: _raised(str(error)) for check in checks}
        findings: dict[str, Finding] = {}
        expectations = gx.ExpectationSuite(name=suite.table)
        for check in checks:
            try:
                expectations.add_expectation(
                    getattr(gx.expectations, check.expects.name)(
                        **check.expects.arguments, meta={"check_id": check.check_id}
                    )
                )
            except (AttributeError, TypeError, ValueError, GreatExpectationsError) as error:
                findings[check.check_id] = _raised(str(error))
        results = batch.validate(expectations, result_format={"result_format": "COMPLETE"}).results
        # Results come in an order of their own: those that raised first.
        findings |= {result.expectation_config.meta["check_id"]: _finding(result) for result in results}
        missing = _raised("Great Expectations returned no result")
        return {check.check_id: findings.get(check.check_id, missing) for check in checks}

    def _batch(self, suite: Suite, periods: Sequence[str]) -> Batch:
        months = ", ".join(f"'{period}'" for period in periods)
        query = f'select * from "{suite.table}" where "{suite.period_column}" in ({months})'
        name = f"{suite.table}: {', '.join(periods)}"
        known = {asset.name: asset for asset in self._datasource.assets}
        asset = known.get(name) or self._datasource.add_query_asset(name=name, query=query)
        return asset.add_batch_definition_whole_table(f"{name} ({len(asset.batch_definitions)})").get_batch()


def _finding(result: ExpectationValidationResult) -> Finding:
    """A result of Great Expectations as a finding; one that raised says `success: False` too."""
    raised = _exceptions(result.exception_info or {})
    if raised:
        return _raised(raised[0])
    if result.success:
        return Finding("passed")
    found = result.result
    if "unexpected_count" in found:
        values = found.get("partial_unexpected_counts") or []
        examples = [{"value": _plain(each["value"]), "times": each["count"]} for each in values]
        return Finding("failed", found["unexpected_count"], tuple(examples[:EXAMPLES]))
    rows = found.get("details", {}).get("unexpected_rows") or []
    examples = [{name: _plain(value) for name, value in row.items()} for row in rows[:EXAMPLES]]
    return Finding("failed", int(found["observed_value"]), tuple(examples))


def _exceptions(information: Mapping[str, Any]) -> list[str]:
    """Messages of what was raised: of the expectation itself, or by each metric that it asked for."""
    entries = [information] if "raised_exception" in information else list(information.values())
    return [str(entry["exception_message"]) for entry in entries if entry["raised_exception"]]


def _raised(message: str) -> Finding:
    lines = [line for line in message.splitlines() if line.strip()]
    return Finding("raised", reason=lines[0].strip() if lines else "no message")


def _plain(value: Any) -> JsonValue:
    """A cell as JSON has it; a decimal as text, since it must not become a binary fraction."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
