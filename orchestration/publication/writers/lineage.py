"""`lineage/`: the way back from each figure of the release to its rows, for `stm trace`. Of the internal tier only.

What contributed to each figure, where each such row was delivered and what befell it, and the rule list of that day:
whatever the warehouse holds later, a release can be traced by itself. No cell as delivered stands here: those stay in
raw. The columns are kept stable like those of the marts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.publication.marts import PERIOD_COLUMN, WAREHOUSE, identifier, literal
from orchestration.publication.writers.content import ReleaseContent, WrittenFile

FOLDER = "lineage"
CONTRIBUTIONS, CHANGES, ROWS, RULES = "contributions", "changes", "rows", "rules"
_REGISTER = "registration_entities"


@dataclass(frozen=True)
class LineageTable:
    """A table of the warehouse that is written; its rows in order are the same bytes in every run."""

    source: str
    columns: tuple[str, ...]
    order: tuple[str, ...]


TABLES: Mapping[str, LineageTable] = {
    CONTRIBUTIONS: LineageTable(
        "int_contributions",
        (
            "period", "town_code", "indicator_code", "breakdown", "unit", "contributor", "row_id", "note",
            "cell_columns", "is_in_month", "is_in_year", "is_counted", "value", "value_ytd", "value_ytd_prior", "base",
            "warnings", "is_revised",
        ),
        ("period", "town_code", "indicator_code", "breakdown", "contributor", "row_id", "note"),
    ),
    CHANGES: LineageTable(
        "int_lineage_changes",
        ("period", "contributor", "row_id", "changed_on"),
        ("period", "contributor", "changed_on", "row_id"),
    ),
    ROWS: LineageTable(
        "int_lineage_rows",
        (
            "period", "feed", "row_id", "delivery_id", "file", "sheet", "row_no", "row_key", "town_code", "status",
            "rules", "replaced_by", "corrections",
        ),
        ("period", "feed", "file", "sheet", "row_no", "row_id", "status"),
    ),
    RULES: LineageTable(
        "validation_rules",
        ("rule_id", "feed", "level", "severity", "message_zh", "message_en", "remedy_zh", "remedy_en"),
        ("rule_id",),
    ),
}  # fmt: skip


def write(content: ReleaseContent, folder: Path) -> list[WrittenFile]:
    """Write one file a table; the rows of each."""
    (folder / FOLDER).mkdir()
    written = []
    for name, table in TABLES.items():
        path = f"{FOLDER}/{name}.parquet"
        columns = ", ".join(f"lines.{identifier(column)}" for column in table.columns)
        order = ", ".join(f"lines.{identifier(column)}" for column in table.order)
        count = content.connection.execute(
            f"copy (select {columns} from {WAREHOUSE}.main.{identifier(table.source)} as lines "
            f"where {_condition(name, content)} order by {order}) "
            f"to {literal(str(folder / path))} (format parquet, compression zstd)"
        ).fetchone()
        written.append(WrittenFile(path, {name: count[0] if count else 0}))
    return written


def _condition(name: str, content: ReleaseContent) -> str:
    """Which rows: those of the months that the release holds."""
    months = f"lines.{PERIOD_COLUMN} in ({content.published_months})"
    if name == RULES:
        return "true"
    if name == CONTRIBUTIONS:
        # Of a register nearly every entity is neither new nor cancelled: what counts nowhere is told of ledgers alone.
        return (
            f"{months} and (lines.is_in_month or lines.is_in_year or lines.indicator_code not in "
            f"(select indicator_code from {WAREHOUSE}.main.indicator_list where source_feed = '{_REGISTER}'))"
        )
    if name == ROWS:
        # A month without a register of its own counts rows of an earlier one, which may itself be left out.
        behind = " union all ".join(
            f"select row_id from {WAREHOUSE}.main.{TABLES[of].source} "
            f"where row_id is not null and {PERIOD_COLUMN} in ({content.published_months})"
            for of in (CONTRIBUTIONS, CHANGES)
        )
        return f"{months} or (lines.status = 'used' and lines.row_id in ({behind}))"
    return months
