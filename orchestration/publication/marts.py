"""The published tables as data: which, with which columns, labels and grain; and the hash of a month's rows.

Which tables are published stands beside the models: those of the folder `marts` whose `meta.published` is
not false. dbt itself is not needed: its manifest is read as data. Writing a table belongs to `writers/`.
The only names of tables and columns known in Python are those of the stamps, which a model leaves empty for
publication to fill, and of what a history adds. A history (`meta.history` of a mart) is a table of what all
releases said of that mart's cells: no model stands behind it, publication writes it (`history.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import duckdb

from orchestration.stops import Stop

LAYER = "marts"
PERIOD_COLUMN = "period"
WAREHOUSE = "warehouse"
RELEASE_STAMP = "release_id"
# The dimension of months also says which months this release holds.
PERIODS_MART = "periods"
STATUS_STAMP = "status"
REASON_STAMP = "status_reason"
# What a history adds to the columns of its mart.
RELEASED_AT = "released_at"
RELEASE_NO = "release_no"
IS_CURRENT = "is_current"

#: The months of a table that its sheet in the workbook holds; a table without months stands there whole, or not.
SheetMonths = Literal["none", "period", "all"]

# Nothing is fetched that is not there, and no table is looked for among Python's variables.
_OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


class MartsUnusable(Stop):
    """The marts cannot be published as they are: a table, a label or a grain is missing. The message names it."""


@dataclass(frozen=True)
class MartColumn:
    """A column with its description (English) and its label and description for the people of the city.

    `unit` is that of all its figures, if they have one in common; `labels_zh` gives codes their Chinese words;
    `names_in` is the column (`table.column`) that names the codes of another table.
    """

    name: str
    description: str
    label_zh: str
    description_zh: str
    unit: str | None = None
    labels_zh: Mapping[str, str] = field(default_factory=dict)
    names_in: str | None = None


@dataclass(frozen=True)
class SheetSeries:
    """Sheets that show a year's months side by side: one for each of `figures`, with the columns `beside` in front."""

    figures: tuple[str, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True)
class Mart:
    """A published table; `grain` are the columns that name a row."""

    name: str
    description: str
    label_zh: str
    description_zh: str
    grain: tuple[str, ...]
    columns: tuple[MartColumn, ...]
    sheet_months: SheetMonths = "period"
    series: SheetSeries | None = None

    @property
    def is_monthly(self) -> bool:
        """Whether its rows belong to months; else it is published whole."""
        return any(column.name == PERIOD_COLUMN for column in self.columns)

    @property
    def stamps(self) -> frozenset[str]:
        """Columns that publication fills, and that are no part of what was judged."""
        own = {STATUS_STAMP, REASON_STAMP} if self.name == PERIODS_MART else set()
        return frozenset(own | {RELEASE_STAMP})


@dataclass(frozen=True)
class History:
    """A table of what all releases said of the cells of a mart: a row where a `compared` column changes.

    `mart` is the table, `of` the mart whose grain names the cells. A cell that a later release leaves out has the
    `carried` columns of before, the values `when_left_out`, and else nothing.
    """

    mart: Mart
    of: Mart
    compared: tuple[str, ...]
    carried: tuple[str, ...]
    when_left_out: Mapping[str, str]


def read_marts(dbt_manifest: Mapping[str, Any]) -> tuple[Mart, ...]:
    """The published tables that the warehouse holds, by name.

    Raises MartsUnusable if one lacks its grain or a label, labels clash, or the dimension of months is not there.
    """
    marts = tuple(_mart(node) for node in _published(dbt_manifest))
    if PERIODS_MART not in {mart.name for mart in marts}:
        raise MartsUnusable(
            f"dbt 清单的 {LAYER} 层中没有报告期维表 {PERIODS_MART}，不能发布。请重新运行 stm run。",
            f"The dbt manifest has no mart {PERIODS_MART} in its layer {LAYER}. Run stm run again.",
        )
    _refuse_repeated("表 (tables)", [mart.label_zh for mart in marts])
    named = {f"{mart.name}.{column.name}" for mart in marts for column in mart.columns}
    for mart in marts:
        for column in mart.columns:
            if column.names_in and column.names_in not in named:
                raise MartsUnusable(
                    f"{mart.name}.{column.name} 的 meta.names_in 为 {column.names_in}，没有这一列。请改正 yml。",
                    f"meta.names_in of {mart.name}.{column.name} is {column.names_in}: there is no such column.",
                )
    return marts


def read_histories(dbt_manifest: Mapping[str, Any]) -> tuple[History, ...]:
    """The published tables that say what all releases said, by name of their mart.

    Raises MartsUnusable if one names a column that its mart has not, or has a label that another table has.
    """
    marts = read_marts(dbt_manifest)
    of_name = {mart.name: mart for mart in marts}
    histories = tuple(
        _history(of_name[node["name"]], node["config"]["meta"]["history"])
        for node in _published(dbt_manifest)
        if "history" in node["config"]["meta"]
    )
    tables = [*marts, *(history.mart for history in histories)]
    _refuse_repeated("表 (tables)", [mart.label_zh for mart in tables])
    return histories


def _published(dbt_manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        node
        for node in sorted(dbt_manifest["nodes"].values(), key=lambda node: node["name"])
        if node["resource_type"] == "model"
        and LAYER in node["fqn"][1:-1]
        and node["config"]["meta"].get("published", True)
    ]


def _history(of: Mart, meta: Mapping[str, Any]) -> History:
    name = str(meta.get("name") or f"{of.name}.meta.history")
    own = {
        column["name"]: _column(f"{name}.{column['name']}", column["name"], column.get("description", ""), column)
        for column in meta.get("columns", ())
    }
    columns = {**{column.name: column for column in of.columns}, **own}
    compared, carried = tuple(meta.get("compared") or ()), tuple(meta.get("carried") or ())
    when_left_out = dict(meta.get("when_left_out") or {})
    missing = {RELEASED_AT, RELEASE_NO, IS_CURRENT} - own.keys()
    missing |= {*compared, *carried, *when_left_out} - {column.name for column in of.columns}
    missing |= set() if of.is_monthly else {PERIOD_COLUMN}
    missing |= set() if compared else {"compared"}
    if missing:
        wanted = "、".join(sorted(missing))
        raise MartsUnusable(
            f"历次发布表 {name} 不能发布：缺少 {wanted}。请补在 {of.name} 的 yml 的 meta.history 中。",
            f"The history {name} cannot be published: {wanted} is missing. Add it to meta.history in the yml "
            f"of {of.name}.",
        )
    mart = Mart(
        name,
        _one_line(meta.get("description", "")),
        _label(meta, "label_zh", name),
        _label(meta, "description_zh", name),
        (*of.grain, RELEASE_STAMP),
        tuple(columns.values()),
        sheet_months="none",
    )
    _refuse_repeated(name, [column.label_zh for column in mart.columns])
    return History(mart, of, compared, carried, when_left_out)


def _mart(node: Mapping[str, Any]) -> Mart:
    name = node["name"]
    meta = node["config"]["meta"]
    columns = tuple(
        _column(f"{name}.{column['name']}", column["name"], column["description"], column["config"]["meta"])
        for column in node["columns"].values()
    )
    names = {column.name for column in columns}
    grain = tuple(meta.get("grain") or ())
    mart = Mart(
        name,
        _one_line(node["description"]),
        _label(meta, "label_zh", name),
        _label(meta, "description_zh", name),
        grain,
        columns,
        _sheet_months(name, meta),
        _sheet_series(name, meta, names),
    )
    if not grain or not {*grain, *mart.stamps} <= names:
        wanted = "、".join(sorted({*grain, *mart.stamps} - names)) or "meta.grain"
        raise MartsUnusable(
            f"表 {name} 不能发布：缺少 {wanted}。请补在该模型的 yml 中。",
            f"The mart {name} cannot be published: {wanted} is missing. Add it to the yml of the model.",
        )
    _refuse_repeated(name, [column.label_zh for column in columns])
    return mart


def _column(place: str, name: str, description: str, meta: Mapping[str, Any]) -> MartColumn:
    return MartColumn(
        name,
        _one_line(description),
        _label(meta, "label_zh", place),
        _label(meta, "description_zh", place),
        meta.get("unit"),
        # YAML reads a bare `none` as text, but a bare `no` as false: codes are text whatever it makes of them.
        {str(code): str(label) for code, label in (meta.get("labels_zh") or {}).items()},
        meta.get("names_in"),
    )


def _sheet_months(name: str, meta: Mapping[str, Any]) -> SheetMonths:
    months: SheetMonths = meta.get("sheet_months", "period")
    if months not in get_args(SheetMonths):
        raise MartsUnusable(
            f"表 {name} 的 meta.sheet_months 为 {months}，应为 {'、'.join(get_args(SheetMonths))} 之一。请改正 yml。",
            f"meta.sheet_months of {name} is {months}; it is one of {', '.join(get_args(SheetMonths))}.",
        )
    return months


def _sheet_series(name: str, meta: Mapping[str, Any], columns: set[str]) -> SheetSeries | None:
    if "sheet_series" not in meta:
        return None
    series = SheetSeries(**{part: tuple(listed) for part, listed in meta["sheet_series"].items()})
    if unknown := {*series.figures, *series.beside} - columns:
        raise MartsUnusable(
            f"表 {name} 的 meta.sheet_series 中没有这些列：{'、'.join(sorted(unknown))}。请改正 yml。",
            f"meta.sheet_series of {name} names columns that it has not: {', '.join(sorted(unknown))}.",
        )
    return series


def _label(meta: Mapping[str, Any], field: str, place: str) -> str:
    text = str(meta.get(field) or "").strip()
    if not text:
        raise MartsUnusable(
            f"{place} 没有 meta.{field}，不能发布。请补在该模型的 yml 中。",
            f"{place} has no meta.{field} and cannot be published. Add it to the yml of the model.",
        )
    return text


def _refuse_repeated(place: str, labels: Iterable[str]) -> None:
    repeated = [label for label, times in Counter(labels).items() if times > 1]
    if repeated:
        raise MartsUnusable(
            f"{place} 中有重复的中文名称：{'、'.join(repeated)}。中文视图要求名称各不相同，请改正 yml。",
            f"{place} has Chinese labels that stand twice: {', '.join(repeated)}. The zh views need different ones.",
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())


@contextmanager
def open_warehouse(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to nothing, with the warehouse attached read-only as `warehouse`.

    Raises MartsUnusable if there is no warehouse, or another process holds it.
    """
    # ATTACH from a read-only connection is read-only for good, so releases need one to memory.
    with duckdb.connect(":memory:", config=_OFFLINE) as connection:
        try:
            connection.execute(f"attach {literal(str(path))} as {WAREHOUSE} (read_only)")
        except duckdb.Error as error:
            raise MartsUnusable(
                f"无法打开仓库文件 {path}。请确认没有别的程序占用它，然后重新运行 stm run。",
                f"The warehouse {path} cannot be opened ({type(error).__name__}). See that no other "
                "program holds it, "
                "then run stm run again.",
            ) from error
        yield connection


def open_offline(path: Path, *, is_read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection to a DuckDB file that never fetches an extension."""
    return duckdb.connect(str(path), read_only=is_read_only, config=_OFFLINE)


def data_hashes(
    connection: duckdb.DuckDBPyConnection, marts: Sequence[Mart], catalogue: str = WAREHOUSE
) -> dict[str, str]:
    """Month -> hash of its own rows in every monthly mart, stamps left out; months without rows are absent.

    Neither the order of rows nor tables without rows of that month count. Raises MartsUnusable if a table
    is not there or its columns are not those of the manifest.
    """
    found: dict[str, list[list[Any]]] = {}
    for mart in marts:
        _check_columns(connection, mart, catalogue)
        if not mart.is_monthly:
            continue
        columns = [column.name for column in mart.columns if column.name not in mart.stamps]
        # As text, since JSON would make a decimal a binary floating point number.
        cells = ", ".join(f"cast({identifier(column)} as varchar)" for column in columns)
        rows = connection.execute(f"""
            with hashed as (
                select
                    {PERIOD_COLUMN},
                    sha256(cast(to_json([{cells}]) as varchar)) as row_hash
                from {identifier(catalogue)}.main.{identifier(mart.name)}
            )
            select
                {PERIOD_COLUMN},
                sha256(string_agg(row_hash, '' order by row_hash)) as rows_hash
            from hashed
            group by {PERIOD_COLUMN}
        """).fetchall()
        for period, rows_hash in rows:
            found.setdefault(period, []).append([mart.name, columns, rows_hash])
    return {period: hashlib.sha256(json.dumps(tables).encode()).hexdigest() for period, tables in sorted(found.items())}


def warehouse_hashes(warehouse_path: Path, marts: Sequence[Mart]) -> dict[str, str]:
    """`data_hashes` of the warehouse file."""
    with open_warehouse(warehouse_path) as connection:
        return data_hashes(connection, marts)


def _check_columns(connection: duckdb.DuckDBPyConnection, mart: Mart, catalogue: str) -> None:
    there = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() "
            "where database_name = ? and schema_name = 'main' and table_name = ?",
            [catalogue, mart.name],
        ).fetchall()
    }
    described = {column.name for column in mart.columns}
    if there != described:
        differing = "、".join(sorted(there ^ described))
        raise MartsUnusable(
            f"仓库中的表 {mart.name} 与 dbt 清单不一致：{differing}。请重新运行 stm run。",
            f"The table {mart.name} of the warehouse is not that of the dbt manifest: {differing}. Run stm run again.",
        )


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text quoted for SQL, for statements that take no parameters (attach, comment, copy)."""
    return "'" + text.replace("'", "''") + "'"
