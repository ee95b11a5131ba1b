"""Workbooks, .xlsx and .xls, by calamine: all sheets, cells as a person would type them.

Of .xlsx, hidden rows, error values and formulas without a result are read from the sheets' XML, since
calamine gives none of them (an error value would look like an empty cell, and missing is not the same). Of
.xls, hidden sheets are known, hidden rows are not: there a row is hidden only if its sheet is.
Does not know headers or kinds of rows.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO
from xml.etree import ElementTree

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from sources.readers.archive import MIB, ArchiveLimits, check_bounds, opened_zip, read_whole
from sources.readers.cells import Merge, Row, Table, UnreadableFile, UnsafeFile

_LIMITS = ArchiveLimits(members=5000, total_bytes=1024 * MIB)
_LARGEST_PART = 512 * MIB
# calamine lays a sheet out as a full rectangle: one stray cell in the last corner makes 17 thousand million.
_MOST_CELLS = 20_000_000
_LARGEST_EXACT_NUMBER = 10**15
NO_RESULT = "#公式无结果"

_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_CELL_TAG = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>]|)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_ROW_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)<")
_HIDDEN = re.compile(rb'\b(?:hidden|zeroHeight)="(?:1|true)"')
_IS_ERROR = re.compile(rb'\bt="e"')
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")


@dataclass
class _SheetFacts:
    """What calamine does not tell of a sheet: 1-based hidden rows; (1-based row, 0-based column) -> text."""

    hidden_rows: set[int] = field(default_factory=set)
    cells: dict[tuple[int, int], str] = field(default_factory=dict)


def read_workbook(source: BinaryIO, file: str) -> Iterator[Table]:
    """The worksheets in the workbook's order, hidden ones too. `source` must be seekable.

    Raises UnreadableFile (damaged, password, other format) and UnsafeFile (bomb, a sheet beyond all bounds).
    """
    facts: dict[str, _SheetFacts] = {}
    if zipfile.is_zipfile(source):
        source.seek(0)
        with opened_zip(source) as container:
            check_bounds(container, _LIMITS)
            facts = _facts_of_sheets(container)
    source.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(source)
        for sheet in workbook.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            is_hidden = sheet.visible != SheetVisibleEnum.Visible
            yield _table(workbook.get_sheet_by_name(sheet.name), file, is_hidden, facts.get(sheet.name))
    except PasswordError as error:
        raise UnreadableFile(
            "工作簿加了打开密码，无法读取。请取消密码后重新报送。",
            "the workbook is protected by a password; remove it and send the file again",
        ) from error
    except BaseException as error:
        # A panic of the Rust reader is no Exception; what is not its own must pass.
        if isinstance(error, (UnreadableFile, UnsafeFile, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit)):
            raise
        raise UnreadableFile(
            "工作簿已损坏或格式不符，无法打开。请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。",
            "the workbook is damaged or of another format; open it in Excel or WPS and save it as .xlsx",
        ) from error


def cell_text(value: Any) -> str:
    """A cell as a person would type it: `100` (never `100.0`), `47.01`, `2024-03-05`, `是`/`否`; '' if empty.

    Numbers have 15 significant digits, as Excel keeps them; from 10**15 on digits are lost, so those are
    shown in scientific notation: a code that was typed as a number must not look whole.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        return _number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return "" if value is None else str(value)


def _number_text(value: float) -> str:
    if abs(value) >= _LARGEST_EXACT_NUMBER:
        return f"{value:.14E}"
    if value == int(value):
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):f}"


def _table(sheet: CalamineSheet, file: str, is_hidden: bool, facts: _SheetFacts | None) -> Table:
    merges = [Merge(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in sheet.merged_cell_ranges or []]
    rows = _sheet_rows(sheet, is_hidden, facts or _SheetFacts())
    return Table(file=file, sheet=sheet.name, rows=rows, is_hidden=is_hidden, merges=merges)


def _sheet_rows(sheet: CalamineSheet, is_hidden: bool, facts: _SheetFacts) -> Iterator[Row]:
    # iter_rows begins with sheet row 1, but with the first used column.
    margin = [""] * (sheet.start[1] if sheet.start else 0)
    told = _by_row(facts.cells)
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [*margin, *map(cell_text, values)]
        for column, text in told.get(number, ()):
            if column < len(cells) and not cells[column]:
                cells[column] = text
        yield Row(number, cells, is_hidden=is_hidden or number in facts.hidden_rows)


def _by_row(cells: dict[tuple[int, int], str]) -> dict[int, list[tuple[int, str]]]:
    rows: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in cells.items():
        rows.setdefault(row, []).append((column, text))
    return rows


def _facts_of_sheets(container: zipfile.ZipFile) -> dict[str, _SheetFacts]:
    return {name: _facts_of_sheet(_part(container, path), name) for name, path in _sheet_paths(container).items()}


def _part(container: zipfile.ZipFile, path: str) -> bytes:
    try:
        with container.open(path) as stream:
            return read_whole(stream, _LARGEST_PART)
    except KeyError as error:
        raise UnreadableFile(
            "这不是完整的 .xlsx 工作簿（缺少工作表内容）。请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。",
            "this is no whole .xlsx workbook (a part is missing); open it in Excel or WPS, save it as .xlsx",
        ) from error


def _sheet_paths(container: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> path of its XML, worksheets only."""
    targets = {
        element.attrib["Id"]: element.attrib["Target"]
        for element in _xml(_part(container, "xl/_rels/workbook.xml.rels"))
        if element.attrib.get("Type", "").endswith("/worksheet")
    }
    paths = {}
    for element in _xml(_part(container, "xl/workbook.xml")).iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        if relation in targets:
            paths[element.attrib["name"]] = posixpath.normpath(posixpath.join("/xl", targets[relation])).lstrip("/")
    return paths


def _xml(content: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnsafeFile(
            "工作簿内含有不应有的声明（DOCTYPE），不予读取。请用 Excel 或 WPS 另存为 .xlsx 后报送。",
            "the workbook declares XML entities; save it as .xlsx with Excel or WPS",
        )
    return ElementTree.fromstring(content)


def _facts_of_sheet(content: bytes, name: str) -> _SheetFacts:
    facts = _SheetFacts()
    for match in _ROW_TAG.finditer(content):
        if _HIDDEN.search(match[1]) and (number := _ROW_NUMBER.search(match[1])):
            facts.hidden_rows.add(int(number[1]))
    first_row = first_column = 1 << 30
    last_row = last_column = 0
    for match in _CELL_TAG.finditer(content):
        reference = _REFERENCE.search(match[1])
        if not reference:
            continue
        row, column = int(reference[2]), _column_index(reference[1])
        first_row, last_row = min(first_row, row), max(last_row, row)
        first_column, last_column = min(first_column, column), max(last_column, column)
        value = _VALUE.search(match[2])
        if _IS_ERROR.search(match[1]) and value:
            facts.cells[row, column] = value[1].decode("utf-8", "replace")
        elif _FORMULA.search(match[2]) and not value and b"<is>" not in match[2]:
            facts.cells[row, column] = NO_RESULT
    area = (last_row - first_row + 1) * (last_column - first_column + 1) if last_row else 0
    if area > _MOST_CELLS:
        raise UnsafeFile(
            f"工作表“{name}”用到了第 {last_row} 行、第 {last_column + 1} 列，范围过大。"
            "请删除表外多余的单元格后重新报送。",
            f"sheet “{name}” reaches to row {last_row}, column {last_column + 1}, beyond all bounds; "
            "delete the stray cells outside the table and send it again",
        )
    return facts


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - ord("A") + 1
    return index - 1
