"""A glance into the warehouse for people: row counts, the first rows of a table, how many rows are set aside.

For showing alone: no figure, no verdict and no release is made of what is read here. Opens the DuckDB file read-only
and closes it again at once, since an open connection would keep the next build out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.stops import Stop

PREVIEW_ROWS = 5


class WarehouseUnreadable(Stop):
    """There is no warehouse yet, or a build has it open. Both messages say what to do."""


@dataclass(frozen=True)
class Glance:
    """Rows of a table (None for a view) and its first rows as a markdown table (None unless asked for)."""

    rows: int | None
    preview: str | None


@dataclass(frozen=True)
class SetAsideCount:
    """How many rows of a feed and month one rule set aside, with what the rule list says of it."""

    period: str
    feed: str
    rule_id: str
    rows: int
    message_zh: str
    message_en: str


def glance(warehouse_path: Path, previewed: Iterable[str]) -> dict[str, Glance]:
    """Every table of schema main; those in `previewed` with their first rows. Empty if there is no warehouse."""
    if not warehouse_path.exists():
        return {}
    wanted = set(previewed)
    with duckdb.connect(str(warehouse_path), read_only=True) as connection:
        counted = connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'main'"
        ).fetchall()
        tables = {}
        for name, rows in counted:
            preview = None
            if name in wanted and rows:
                cursor = connection.execute(f'select * from main."{name}" limit {PREVIEW_ROWS}')
                columns = [column[0] for column in cursor.description]
                preview = markdown_table(columns, cursor.fetchall())
            tables[name] = Glance(rows, preview)
    return tables


def read_rows(warehouse_path: Path, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query. Raises WarehouseUnreadable if nothing has been built yet or a build is going on."""
    if not warehouse_path.exists():
        raise WarehouseUnreadable(
            "还没有建过仓库。请先运行 stm run。", "Nothing has been built yet. Run stm run first."
        )
    try:
        with duckdb.connect(str(warehouse_path), read_only=True) as connection:
            return connection.execute(query, list(parameters)).fetchall()
    except duckdb.IOException:
        raise WarehouseUnreadable(
            "仓库文件正被一次构建占用。请等它结束后再看。",
            "The warehouse is in use by a build. Look again when it has ended.",
        ) from None
    except duckdb.CatalogException:
        raise WarehouseUnreadable(
            "仓库没有建完。请再次运行 stm run。", "The warehouse is incomplete. Run stm run again."
        ) from None


def count_set_aside(warehouse_path: Path, periods: Sequence[str]) -> list[SetAsideCount]:
    """Rows set aside in the months given, counted by month, feed and rule."""
    with duckdb.connect(str(warehouse_path), read_only=True) as connection:
        rows = connection.execute(
            """
            select
                quarantine.period, quarantine.feed, quarantine.rule_id, count(distinct quarantine.row_id),
                any_value(validation_rules.message_zh), any_value(validation_rules.message_en)
            from quarantine
            inner join validation_rules on quarantine.rule_id = validation_rules.rule_id
            where quarantine.period in (select unnest(?))
            group by quarantine.period, quarantine.feed, quarantine.rule_id
            order by quarantine.period, quarantine.feed, quarantine.rule_id
            """,
            [list(periods)],
        ).fetchall()
    return [SetAsideCount(*row) for row in rows]


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A markdown table; missing values are empty cells, bars and line ends inside a cell are escaped."""

    def line(cells: Iterable[Any]) -> str:
        texts = ["" if cell is None else " ".join(str(cell).split()).replace("|", "\\|") for cell in cells]
        return "| " + " | ".join(texts) + " |"

    return "\n".join([line(columns), line("---" for _ in columns), *(line(row) for row in rows)])
