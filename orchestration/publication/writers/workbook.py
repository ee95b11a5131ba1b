"""`specialty_town.xlsx`: the tables for people, a sheet each with Chinese headings, and a first one that explains.

What a sheet holds stands with the table (`meta.sheet_months`): the month of the release, all months, or no sheet; of
some tables figures of the year so far stand side by side besides (`meta.sheet_series`). Codes get the Chinese words of
their column (`labels_zh`), a code of another table the name that this table gives it (`names_in`). Numbers are numbers,
text is text whatever it looks like, missing is an empty cell; there is no formula. The same rows make the same bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from orchestration.publication.marts import (
    PERIOD_COLUMN,
    RELEASE_STAMP,
    Mart,
    MartColumn,
    MartsUnusable,
    identifier,
    literal,
)
from orchestration.publication.writers.content import ReleaseContent, WrittenFile
from sources.landing import SHANGHAI

FILE_NAME = "specialty_town.xlsx"
GUIDE = "说明"
_SERIES = "逐月"
# Excel takes no more in a cell, and no more rows in a sheet.
CELL_LENGTH = 32_767
SHEET_ROWS = 1_048_575
_CUT = "…（过长，未全部列出）"
_FETCHED_AT_ONCE = 1_000
_MEASURED_ROWS = 100
_WIDTHS = (6, 40)
_FONT = {"font_name": "等线", "font_size": 10}
# What a spreadsheet would take for a formula, were the cell typed in anew.
_LIKE_A_FORMULA = ("=", "+", "-", "@")
_FILLS = {
    "green": "#C6E0B4", "on_course": "#C6E0B4",
    "yellow": "#FFE699", "at_risk": "#FFE699",
    "red": "#F4A6A0", "off_course": "#F4A6A0",
    "grey": "#D9D9D9",
}  # fmt: skip

Put = Callable[[Worksheet, int, int, Any], object]


@dataclass(frozen=True)
class _SheetColumn:
    """A column of a sheet: its heading, the place of its cells in a row, and how one that is not empty is written."""

    heading: str
    source: int
    put: Put


def write(content: ReleaseContent, folder: Path) -> list[WrittenFile]:
    """Write the workbook; the rows of each table in it."""
    path = folder / FILE_NAME
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(folder)})
    made_at = content.made_at.astimezone(SHANGHAI).replace(tzinfo=None)
    book.set_properties({"title": f"专业镇监测 {content.release_id}", "created": made_at})
    style = _Style(book)
    guide = book.add_worksheet(GUIDE)
    rows = {}
    tables = {mart.name: mart for mart in content.marts}
    for mart in sorted(content.marts, key=_place):
        if mart.sheet_months != "none":
            sheet = book.add_worksheet(mart.label_zh)
            rows[mart.name] = _write_table(content, mart, tables, sheet, style)
        for figure in mart.series.figures if mart.series else ():
            _write_series(content, mart, figure, book, style)
    _write_guide(content, [tables[name] for name in rows], rows, guide, style)
    book.close()
    return [WrittenFile(FILE_NAME, rows)]


def _place(mart: Mart) -> tuple[bool, bool]:
    """Where a sheet stands: a table with a series first, then the boards of the month, then the dimensions."""
    return mart.series is None, not mart.is_monthly or mart.sheet_months == "all"


class _Style:
    """The formats of the workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.text = self.of()
        self.quoted = self.of(quote_prefix=True)
        self.heading = self.of(bold=True, bg_color="#DDEBF7", border=1, text_wrap=True, valign="vcenter")
        self.title = self.of(bold=True, font_size=14)
        self.bold = self.of(bold=True)
        self.wrapped = self.of(text_wrap=True, valign="top")
        self.whole = self.of(num_format="#,##0")
        self.plain = self.of(num_format="0")
        self.decimal = self.of(num_format="#,##0.00##")
        self.percent = self.of(num_format="0.00")
        self.money = self.of(num_format="#,##0.00")
        self.day = self.of(num_format="yyyy-mm-dd", align="left")
        self.instant = self.of(num_format="yyyy-mm-dd hh:mm:ss", align="left")
        self.fills = {code: self.of(bg_color=colour) for code, colour in _FILLS.items()}

    def of(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({**_FONT, **properties})
        return self._made[key]


def _write_table(
    content: ReleaseContent, mart: Mart, tables: Mapping[str, Mart], sheet: Worksheet, style: _Style
) -> int:
    relation = content.connection.sql(content.select(mart, content.period if mart.sheet_months == "period" else None))
    columns = _columns(content, mart, tables, [str(one) for one in relation.types], style)
    return _write_rows(relation, columns, mart, sheet, style, frozen=1)


def _write_series(content: ReleaseContent, mart: Mart, figure: str, book: xlsxwriter.Workbook, style: _Style) -> None:
    """A sheet of one figure, the months of the year so far side by side; a blocked month is an empty column."""
    assert mart.series is not None
    year = [month for month in sorted(content.months) if month[:4] == content.period[:4]]
    of_name = {column.name: column for column in mart.columns}
    beside, shown = [of_name[name] for name in mart.series.beside], of_name[figure]
    cell = ", ".join(identifier(name) for name in mart.grain if name != PERIOD_COLUMN)
    names = ", ".join(f"last({identifier(column.name)} order by {PERIOD_COLUMN})" for column in beside)
    months = ", ".join(f"max({identifier(figure)}) filter (where {PERIOD_COLUMN} = {literal(one)})" for one in year)
    relation = content.connection.sql(
        f"select {names}, {months} from ({content.select(mart, year[0])}) group by {cell} order by {cell}"
    )
    columns = [
        *(_SheetColumn(_heading(one), place, _put(one, "VARCHAR", style)) for place, one in enumerate(beside)),
        *(
            _SheetColumn(month, place, _put(shown, "DECIMAL", style))
            for place, month in enumerate(year, start=len(beside))
        ),
    ]
    sheet = book.add_worksheet(f"{shown.label_zh}{_SERIES}")
    _write_rows(relation, columns, mart, sheet, style, frozen=len(beside))


def _write_rows(
    relation: duckdb.DuckDBPyRelation,
    columns: Sequence[_SheetColumn],
    mart: Mart,
    sheet: Worksheet,
    style: _Style,
    *,
    frozen: int,
) -> int:
    """Headings and rows of a sheet, the first `frozen` columns always in sight; how many rows."""
    widths = [_width(column.heading) for column in columns]
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.heading, style.heading)
    count = 0
    while rows := relation.fetchmany(_FETCHED_AT_ONCE):
        for row in rows:
            count += 1
            for place, column in enumerate(columns):
                cell = row[column.source]
                if cell is not None:
                    column.put(sheet, count, place, cell)
                    if count <= _MEASURED_ROWS:
                        widths[place] = max(widths[place], _width(str(cell)))
    if count > SHEET_ROWS:
        raise MartsUnusable(
            f"{mart.label_zh}（{mart.name}）有 {count} 行，工作表放不下。请在 yml 中将 meta.sheet_months 设为 none。",
            f"{mart.name} has {count} rows, too many for a sheet; set its meta.sheet_months to none.",
        )
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(max(width + 2, _WIDTHS[0]), _WIDTHS[1]))
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    return count


def _columns(
    content: ReleaseContent, mart: Mart, tables: Mapping[str, Mart], types: list[str], style: _Style
) -> list[_SheetColumn]:
    """The columns of a sheet: those of the table but the stamp, and beside a code the name that it has elsewhere."""
    columns = []
    for source, (column, kind) in enumerate(zip(mart.columns, types, strict=True)):
        if column.name == RELEASE_STAMP:
            continue
        columns.append(_SheetColumn(_heading(column), source, _put(column, kind, style)))
        if column.names_in:
            table, _, name = column.names_in.partition(".")
            named = tables[table]
            (label,) = (one.label_zh for one in named.columns if one.name == name)
            pairs = content.connection.sql(
                f"select {identifier(column.name)}, {identifier(name)} from ({content.select(named)})"
            ).fetchall()
            columns.append(_SheetColumn(label, source, partial(_put_name, style, dict(pairs))))
    return columns


def _heading(column: MartColumn) -> str:
    return f"{column.label_zh}（{column.unit}）" if column.unit else column.label_zh


def _put(column: MartColumn, kind: str, style: _Style) -> Put:
    """How the cells of a column are written, by its type and unit."""
    if kind == "VARCHAR":
        return partial(_put_text, style, column.labels_zh)
    if kind == "BOOLEAN":
        return partial(_put_text, style, {True: "是", False: "否"})
    if kind in ("DATE", "TIMESTAMP"):
        return partial(_put_instant, style.day if kind == "DATE" else style.instant)
    if kind.startswith("DECIMAL"):
        fixed = {"%": style.percent, "万元": style.money}.get(column.unit or "")
        return partial(_put_number, fixed or style.whole, fixed or style.decimal)
    # A whole number without a unit is a year, a month, a number of something: no thousands to set apart.
    counted = style.whole if column.unit else style.plain
    return partial(_put_number, counted, counted)


def _put_text(style: _Style, labels: Mapping[Any, str], sheet: Worksheet, row: int, place: int, cell: Any) -> None:
    text = str(labels.get(cell, cell))
    if len(text) > CELL_LENGTH:
        text = text[: CELL_LENGTH - len(_CUT)] + _CUT
    form = style.fills.get(cell) if cell in labels else None
    sheet.write_string(row, place, text, form or (style.quoted if text.startswith(_LIKE_A_FORMULA) else style.text))


def _put_name(style: _Style, names: Mapping[str, str], sheet: Worksheet, row: int, place: int, cell: str) -> None:
    """The name of a code; empty for one that the other table has not."""
    if name := names.get(cell):
        _put_text(style, {}, sheet, row, place, name)


def _put_number(whole: Format, broken: Format, sheet: Worksheet, row: int, place: int, cell: Any) -> None:
    sheet.write_number(row, place, float(cell), whole if cell == int(cell) else broken)


def _put_instant(form: Format, sheet: Worksheet, row: int, place: int, cell: Any) -> None:
    sheet.write_datetime(row, place, cell, form)


def _write_guide(
    content: ReleaseContent, marts: Sequence[Mart], rows: Mapping[str, int], sheet: Worksheet, style: _Style
) -> None:
    """What the workbook is, what its sheets are, and how each column is read."""
    made_at = content.made_at.astimezone(SHANGHAI)
    year = f"{content.period[:4]} 年至 {content.period} 各月并列"
    lines: list[tuple[Format, tuple[str, ...]]] = [
        (style.title, (f"专业镇监测 {content.period}",)),
        (style.wrapped, ("发布编号", content.release_id)),
        (style.wrapped, ("报告期", content.period)),
        (style.wrapped, ("生成时间", f"{made_at:%Y-%m-%d %H:%M:%S}")),
        (style.wrapped, ("数据库", "全部月份、全部表见同一目录的 specialty_town.duckdb；空格表示没有数据，不是零")),
        *(
            (style.wrapped, ("未发布的月份", f"{period}：{month.reason_zh}"))
            for period, month in content.months.items()
            if month.status == "blocked"
        ),
        (style.text, ()),
        (style.heading, ("工作表", "内容", "行数")),
        *((style.wrapped, (mart.label_zh, _contents(mart, content.period), str(rows[mart.name]))) for mart in marts),
        *(
            (style.wrapped, (f"{column.label_zh}{_SERIES}", f"{mart.label_zh}的{column.label_zh}，{year}"))
            for mart in marts
            if mart.series
            for column in mart.columns
            if column.name in mart.series.figures
        ),
        (style.text, ()),
        (style.heading, ("工作表", "列", "计量单位", "说明", "取值")),
        *(
            (style.wrapped, (mart.label_zh, column.label_zh, column.unit or "", column.description_zh, _codes(column)))
            for mart in marts
            for column in mart.columns
            if column.name != RELEASE_STAMP
        ),
    ]
    for place, width in enumerate((18, 44, 10, 60, 60)):
        sheet.set_column(place, place, width)
    for row, (form, cells) in enumerate(lines):
        for place, cell in enumerate(cells):
            if cell:
                sheet.write_string(row, place, cell, form)


def _contents(mart: Mart, period: str) -> str:
    held = {"period": f"{period} 当月", "all": f"截至 {period}"}
    return f"{mart.description_zh}（{held[mart.sheet_months]}）" if mart.is_monthly else mart.description_zh


def _codes(column: MartColumn) -> str:
    return "、".join(f"{label}（{code}）" for code, label in column.labels_zh.items())


def _width(text: str) -> int:
    """How wide a text is, in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
