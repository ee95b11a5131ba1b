"""Workbooks of the .xlsx kind, by calamine: all sheets, cells as a person would type them.

Hidden rows, error values and formulas without a result are read from the sheets' XML, since calamine gives none of
them (an error value would look like an empty cell, and missing is not the same). The same pass bounds what calamine
will hold in memory, whatever the container declares. Does not know .xls (`excel_97.py`), headers or kinds of rows.
"""

from __future__ import annotations

import datetime as dt
import math
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any, BinaryIO
from xml.parsers import expat

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from sources.readers.archive import MIB, ArchiveLimits, check_bounds, opened_zip
from sources.readers.cells import Merge, Row, Table, UnreadableFile, UnsafeFile

_LIMITS = ArchiveLimits(members=5000, total_bytes=512 * MIB)
_LARGEST_FILE = 128 * MIB
# calamine lays a sheet out as a full rectangle, and gives each cell a text of its own: one stray cell in the last
# corner makes 17 thousand million cells, one long text shown in many cells as many copies.
_MOST_CELLS = 5_000_000
_MOST_TEXT_BYTES = 128 * MIB
_MOST_PLAIN_FACTS = 200_000
_BLOCK = 256 * 1024
_LARGEST_EXACT_NUMBER = 10**15
NO_RESULT = "#公式无结果"


@dataclass
class _SheetFacts:
    """What calamine does not tell of a sheet: 1-based hidden rows; (1-based row, 0-based column) -> text."""

    hidden_rows: set[int] = field(default_factory=set)
    cells: dict[tuple[int, int], str] = field(default_factory=dict)


def read_workbook(source: BinaryIO, file: str) -> Iterator[Table]:
    """The worksheets in the workbook's order, hidden ones too. `source` must be seekable.

    Raises UnreadableFile (damaged, other format) and UnsafeFile (bomb, a sheet beyond all bounds).
    """
    if source.seek(0, 2) > _LARGEST_FILE:
        raise UnsafeFile(
            f"工作簿超过 {_LARGEST_FILE // MIB} MB。请删除图片等附加内容，或另存为 CSV 后报送。",
            f"the workbook is larger than {_LARGEST_FILE // MIB} MB; drop its pictures, or save it as CSV",
        )
    source.seek(0)
    with opened_zip(source) as container:
        check_bounds(container, _LIMITS)
        _check_members(container)
        facts = _facts_of_sheets(container)
    source.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(source)
        for sheet in workbook.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            is_hidden = sheet.visible != SheetVisibleEnum.Visible
            yield _table(workbook.get_sheet_by_name(sheet.name), file, is_hidden, facts.get(sheet.name))
    except BaseException as error:
        # A panic of the Rust reader is no Exception; what is not its own must pass.
        if isinstance(error, (UnreadableFile, UnsafeFile, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit)):
            raise
        raise damaged_workbook() from error


def damaged_workbook() -> UnreadableFile:
    """What is told of a workbook that no reader can make sense of."""
    return UnreadableFile(
        "工作簿已损坏或格式不符，无法打开。请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。",
        "the workbook is damaged or of another format; open it in Excel or WPS and save it as .xlsx",
    )


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
    if math.isnan(value):
        # What Excel shows for it.
        return "#NUM!"
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


def _check_members(container: zipfile.ZipFile) -> None:
    """Read every part once: zipfile stops at the declared size and compares the check sum, calamine does neither."""
    names = container.namelist()
    if len(set(names)) < len(names):
        raise damaged_workbook()
    for info in container.infolist():
        with container.open(info) as stream:
            while stream.read(_BLOCK):
                pass


def _facts_of_sheets(container: zipfile.ZipFile) -> dict[str, _SheetFacts]:
    paths = _sheet_paths(container)
    shared = _SharedTexts()
    if "xl/sharedStrings.xml" in container.namelist():
        _parse(container, "xl/sharedStrings.xml", shared)
    facts = {}
    for name, path in paths.items():
        scan = _SheetScan(name, shared.sizes)
        _parse(container, path, scan)
        facts[name] = scan.facts
    return facts


def _sheet_paths(container: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> path of its XML, worksheets only."""
    relations, book = _Elements("Relationship"), _Elements("sheet")
    _parse(container, "xl/_rels/workbook.xml.rels", relations)
    _parse(container, "xl/workbook.xml", book)
    targets = {
        one["Id"]: one["Target"]
        for one in relations.found
        if one.get("Type", "").endswith("/worksheet") and "Id" in one and "Target" in one
    }
    paths = {}
    for one in book.found:
        relation = next((value for key, value in one.items() if key.endswith(":id")), "")
        if relation in targets:
            paths[one.get("name", "")] = posixpath.normpath(posixpath.join("/xl", targets[relation])).lstrip("/")
    return paths


class _Scan:
    """Takes the events of one XML part as they come; nothing of the part is kept but what a subclass keeps."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; `name` is without its prefix."""

    def text(self, text: str) -> None:
        """Text between two tags, in one or more pieces."""

    def end(self, name: str) -> None:
        """An element ends."""


class _Elements(_Scan):
    """The attributes of all elements of one name."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._wanted:
            self.found.append(attributes)


class _SharedTexts(_Scan):
    """How many bytes each shared text has."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.sizes.append(0)

    def text(self, text: str) -> None:
        if self.sizes:
            self.sizes[-1] += len(text.encode("utf-8", "replace"))


class _SheetScan(_Scan):
    """A sheet's hidden rows, error values and formulas without a result; and how much calamine will make of it."""

    def __init__(self, sheet: str, shared_sizes: list[int]) -> None:
        self.facts = _SheetFacts()
        self._sheet = sheet
        self._shared_sizes = shared_sizes
        self._first_row = self._first_column = 1 << 30
        self._last_row = self._last_column = 0
        self._text_bytes = 0
        # A row, and a cell, may leave out where it stands: it then follows the one before.
        self._row = 0
        self._column = -1
        self._type = ""
        self._is_formula = self._has_value = self._is_in_value = False
        self._value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._is_in_value = True
        elif name == "f":
            self._is_formula = True
        elif name == "is":
            self._has_value = True
        elif name == "row":
            self._row = _whole(attributes.get("r")) or self._row + 1
            self._column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.facts.hidden_rows.add(self._row)

    def text(self, text: str) -> None:
        if self._is_in_value:
            self._value += text
        elif self._has_value:
            self._text_bytes += len(text.encode("utf-8", "replace"))

    def end(self, name: str) -> None:
        if name == "v":
            self._is_in_value = False
            self._has_value = self._has_value or bool(self._value)
        elif name == "c":
            self._end_cell()

    def _start_cell(self, attributes: dict[str, str]) -> None:
        letters, number = _split_reference(attributes.get("r", ""))
        self._row = number or self._row
        self._column = _column_index(letters) if letters else self._column + 1
        self._first_row, self._last_row = min(self._first_row, self._row), max(self._last_row, self._row)
        self._first_column = min(self._first_column, self._column)
        self._last_column = max(self._last_column, self._column)
        area = (self._last_row - self._first_row + 1) * (self._last_column - self._first_column + 1)
        if area > _MOST_CELLS:
            raise UnsafeFile(
                f"工作表“{self._sheet}”用到了第 {self._last_row} 行、第 {self._last_column + 1} 列，范围过大。"
                "请删除表外多余的单元格后重新报送；数据确有这么多时请另存为 CSV 报送。",
                f"sheet “{self._sheet}” reaches to row {self._last_row}, column {self._last_column + 1}, beyond all "
                "bounds; delete the stray cells outside the table, or send so much data as CSV",
            )
        self._type = attributes.get("t", "")
        self._is_formula = self._has_value = self._is_in_value = False
        self._value = ""

    def _end_cell(self) -> None:
        index = _whole(self._value) if self._type == "s" else None
        if index is not None and index < len(self._shared_sizes):
            self._text_bytes += self._shared_sizes[index]
        elif self._type == "str":
            self._text_bytes += len(self._value.encode("utf-8", "replace"))
        if self._type == "e" and self._value:
            self.facts.cells[self._row, self._column] = self._value
        elif self._is_formula and not self._has_value:
            self.facts.cells[self._row, self._column] = NO_RESULT
        self._has_value = False
        if self._text_bytes > _MOST_TEXT_BYTES or len(self.facts.cells) > _MOST_PLAIN_FACTS:
            raise UnsafeFile(
                f"工作表“{self._sheet}”的文字超过 {_MOST_TEXT_BYTES // MIB} MB，或有 {_MOST_PLAIN_FACTS} 个以上的"
                "错误值。请检查该表，或另存为 CSV 后报送。",
                f"sheet “{self._sheet}” holds more than {_MOST_TEXT_BYTES // MIB} MB of text, or over "
                f"{_MOST_PLAIN_FACTS} error values; look at it, or save it as CSV",
            )


def _parse(container: zipfile.ZipFile, path: str, scan: _Scan) -> None:
    """Feed one XML part to `scan`, block by block; declared entities are refused before any is used."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_declarations
    parser.StartElementHandler = lambda name, attributes: scan.start(name.rpartition(":")[2], attributes)
    parser.CharacterDataHandler = scan.text
    parser.EndElementHandler = lambda name: scan.end(name.rpartition(":")[2])
    try:
        with _opened(container, path) as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged_workbook() from error


def _opened(container: zipfile.ZipFile, path: str) -> IO[bytes]:
    try:
        return container.open(path)
    except KeyError as error:
        raise UnreadableFile(
            "这不是完整的 .xlsx 工作簿（缺少工作表内容）。请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。",
            "this is no whole .xlsx workbook (a part is missing); open it in Excel or WPS, save it as .xlsx",
        ) from error


def _refuse_declarations(*_: object) -> None:
    raise UnsafeFile(
        "工作簿内含有不应有的声明（DOCTYPE），不予读取。请用 Excel 或 WPS 另存为 .xlsx 后报送。",
        "the workbook declares XML entities; save it as .xlsx with Excel or WPS",
    )


def _whole(text: str | None) -> int | None:
    """A number of up to 7 ASCII digits; None for anything else."""
    return int(text) if text and len(text) <= 7 and text.isascii() and text.isdigit() else None


def _split_reference(reference: str) -> tuple[str, int | None]:
    """`C7` -> (`C`, 7); ('', None) for what is no reference to a cell."""
    letters = reference.rstrip("0123456789")
    if 0 < len(letters) <= 3 and letters.isascii() and letters.isalpha():
        return letters.upper(), _whole(reference[len(letters) :])
    return "", None


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
