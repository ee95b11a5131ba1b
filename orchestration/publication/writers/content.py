"""What a release holds, as the writers are given it: judged marts and their months, histories, and the stamps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import duckdb

from orchestration.publication.marts import (
    PERIOD_COLUMN,
    PERIODS_MART,
    REASON_STAMP,
    RELEASE_STAMP,
    STATUS_STAMP,
    WAREHOUSE,
    Mart,
    identifier,
    literal,
)

# In memory, beside the attached warehouse.
_MONTHS = "months_of_release"


@dataclass(frozen=True)
class MonthOfRelease:
    """How a month stands in a release: `published` with its rows, or `blocked`, left out whole, for a reason."""

    status: Literal["published", "blocked"]
    reason_zh: str | None = None


@dataclass(frozen=True)
class WrittenFile:
    """A file of a release, its path within the release, and the rows of each table in it."""

    path: str
    rows: Mapping[str, int] = field(default_factory=dict)


class ReleaseContent:
    """The rows of one release. `connection` has the warehouse attached read-only; `months` are all up to its own.

    `made_at` is aware; `dbt_manifest` is that of the project that made the marts.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        marts: Sequence[Mart],
        release_id: str,
        months: Mapping[str, MonthOfRelease],
        made_at: datetime,
        dbt_manifest: Mapping[str, Any],
    ) -> None:
        self.connection = connection
        self.marts = tuple(marts)
        self.release_id = release_id
        self.months = months
        self.made_at = made_at
        self.dbt_manifest = dbt_manifest
        self._queries: dict[str, str] = {}
        connection.execute(
            f"create or replace table {_MONTHS} ({PERIOD_COLUMN} varchar, status varchar, reason_zh varchar)"
        )
        connection.executemany(
            f"insert into {_MONTHS} values (?, ?, ?)",
            [(period, month.status, month.reason_zh) for period, month in months.items()],
        )

    @property
    def period(self) -> str:
        """The month of the release: the last that it holds."""
        return max(self.months)

    @property
    def published_months(self) -> str:
        """The query for the months whose rows are in this release."""
        return f"select {PERIOD_COLUMN} from {_MONTHS} where status = 'published'"

    def add(self, mart: Mart, query: str) -> None:
        """One more table, with the query for its rows: one that no model stands behind."""
        self.marts += (mart,)
        self._queries[mart.name] = query

    def select(self, mart: Mart, since: str | None = None) -> str:
        """The query for the table's rows in this release, stamped, in the order of its grain.

        Months that are blocked have no row, but in the dimension of months, where they stand as blocked.
        `since`: a month ('YYYY-MM') before which rows are left out.
        """
        if mart.name in self._queries:
            return self._queries[mart.name]
        columns = ", ".join(self._column(mart, column.name) for column in mart.columns)
        rows = f"from {WAREHOUSE}.main.{identifier(mart.name)} as mart"
        if mart.is_monthly:
            rows += f" join {_MONTHS} as month on mart.{PERIOD_COLUMN} = month.{PERIOD_COLUMN}"
            if mart.name != PERIODS_MART:
                rows += " and month.status = 'published'"
            if since is not None:
                rows += f" and month.{PERIOD_COLUMN} >= {literal(since)}"
        order = ", ".join(f"mart.{identifier(name)}" for name in mart.grain)
        return f"select {columns} {rows} order by {order}"

    def _column(self, mart: Mart, name: str) -> str:
        if name not in mart.stamps:
            return f"mart.{identifier(name)}"
        stamp = {
            RELEASE_STAMP: literal(self.release_id),
            STATUS_STAMP: "month.status",
            REASON_STAMP: "month.reason_zh",
        }[name]
        return f"{stamp} as {identifier(name)}"
