"""Great Expectations on DuckDB: the connection, and how a suite is put to it.

Belongs here: everything that imports Great Expectations. Does not belong here: what is expected (`suites`), and
what follows from a finding (`judge`). Importing this module takes seconds; only the judge's own process does it.

Great Expectations runs a query, gives the connection back and fetches then; in DuckDB the rows are gone by that
time. So one connection is held open for as long as the warehouse is judged. It commits by itself: in a
transaction the first query that raises would take all later ones with it.
https://docs.greatexpectations.io/docs/core/customize_expectations/use_sql_to_define_a_custom_expectation
"""

import os

# Read when Great Expectations is imported: it reports its use unless it is told not to.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Literal, Self

import great_expectations as gx
import sqlalchemy
from great_expectations.core.batch import Batch
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.exceptions import GreatExpectationsError
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from pydantic import JsonValue
from sqlalchemy.pool import StaticPool

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
    """What was raised."""


class HeldConnectionEngine(SqlAlchemyExecutionEngine):
    """An execution engine whose one connection stays open until `close`."""

    @contextmanager
    def get_connection(self) -> Iterator[sqlalchemy.Connection]:
        """The held connection, opened on first use."""
        if not self._connection:
            self._connection = self.engine.connect()
        yield self._connection

    def close(self) -> None:
        """Close the held connection, which no pool knows of, and the engine."""
        if self._connection:
            self._connection.close()
        self.engine.dispose()


class WarehouseDatasource(SQLDatasource):
    """A DuckDB file, read through a held connection.

    The override is a class variable and would hold for every datasource of the process: hence a class of its own.
    """

    execution_engine_override: ClassVar[type[SqlAlchemyExecutionEngine]] = HeldConnectionEngine
    # After the line above: from here on `type` is this name.
    type: Literal["specialty_town_warehouse"] = "specialty_town_warehouse"


class JudgedWarehouse:
    """A warehouse, open read-only for judging. A context manager; the file is free again after `close`.

    Nothing is written, neither to the file nor beside it: the context of Great Expectations and the rows taken
    for judging are in memory.
    """

    def __init__(self, warehouse: Path) -> None:
        """Open `warehouse`, a DuckDB file. One that cannot be opened raises when it is first read."""
        # Without Data Docs: what was found leaves as verdicts.
        configuration = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        )
        context = gx.get_context(mode="ephemeral", project_config=configuration)
        url = sqlalchemy.URL.create("duckdb", database=str(warehouse))
        self._datasource: WarehouseDatasource = context.data_sources.add_specialty_town_warehouse(
            name="warehouse",
            connection_string=url.render_as_string(hide_password=False),
            create_temp_table=False,
            kwargs={
                "poolclass": StaticPool,
                "isolation_level": "AUTOCOMMIT",
                "connect_args": {"read_only": True},
            },
        )
        self._engine: HeldConnectionEngine = self._datasource.get_execution_engine()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._engine.close()
        # Great Expectations makes a second engine, on which it tries the connection out.
        self._datasource.get_engine().dispose()

    def take(self, suite: Suite, periods: Sequence[str]) -> None:
        """Take the rows of `periods` that `suite` judges, once for all that is asked of them afterwards.

        Raises `SQLAlchemyError` where the table is not there, or cannot be read.
        """
        months = ", ".join(f"'{period}'" for period in periods)
        self._execute(
            f'create or replace temporary table "{_taken(suite)}" as'
            f" select * from ({suite.rows}) as taken where period in ({months})"
        )

    def rows_looked_at(self, suite: Suite, check: Check) -> dict[str, int]:
        """How many of the rows taken `check` looks at, by period; raises `SQLAlchemyError`."""
        counted = self._execute(f'select period, {check.looks_at} from "{_taken(suite)}" group by period').fetchall()
        return {period: int(rows or 0) for period, rows in counted}

    def validate(self, suite: Suite, checks: Sequence[Check], periods: Sequence[str]) -> dict[str, Finding]:
        """Put `checks` to the rows taken for `suite`, those of `periods` as one batch; by check id.

        A check that cannot be put to them, or raises, is a finding too; it takes no other check with it.
        """
        findings: dict[str, Finding] = {}
        expectations = gx.ExpectationSuite(name=suite.table)
        for check in checks:
            try:
                expectation = getattr(gx.expectations, check.expects.name)
                expectations.add_expectation(expectation(**check.expects.arguments, meta={"check_id": check.check_id}))
            except (AttributeError, TypeError, ValueError, GreatExpectationsError) as error:
                findings[check.check_id] = _raised(f"{check.expects.name} cannot be made: {error}")
        batch = self._batch(suite, periods)
        results = batch.validate(expectations, result_format={"result_format": "COMPLETE"}).results
        # Results come in an order of their own: those that raised first.
        findings |= {result.expectation_config.meta["check_id"]: _finding(result) for result in results}
        missing = _raised("Great Expectations gave no result")
        return {check.check_id: findings.get(check.check_id, missing) for check in checks}

    def _batch(self, suite: Suite, periods: Sequence[str]) -> Batch:
        months = ", ".join(f"'{period}'" for period in periods)
        # A name of its own each time: an asset is known by its name, and its rows may have been taken anew.
        name = f"{suite.table} {len(self._datasource.assets)}"
        asset = self._datasource.add_query_asset(
            name=name, query=f'select * from "{_taken(suite)}" where period in ({months})'
        )
        return asset.add_batch_definition_whole_table(name).get_batch()

    def _execute(self, sql: str) -> sqlalchemy.CursorResult[Any]:
        with self._engine.get_connection() as connection:
            return connection.exec_driver_sql(sql)


def _taken(suite: Suite) -> str:
    return f"judged_{suite.table}"


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
    return Finding("raised", reason=message)


def _plain(value: Any) -> JsonValue:
    """A cell as JSON has it; a decimal as text, since it must not become a binary fraction."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
