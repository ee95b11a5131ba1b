"""Workbooks of the .xlsx kind, by calamine: all sheets, cells as a person would type them.

Hidden rows, error values and formulas without a result are read from the sheets' XML, since calamine gives none of
them (an error value would look like an empty cell, and missing is not the same). The same pass bounds what calamine
will hold in memory, whatever the container declares, and refuses what it would misplace: it believes every reference
to a cell, and a failed allocation there ends the process. Does not know .xls (`excel_97.py`), headers or kinds of rows.
"""

from __future__ import annotations

import datetime as dt
import math
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO
from xml.parsers import expat

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from sources.readers.archive import MIB, ArchiveLimits, check_bounds, opened_zip
from sources.readers.cells import Merge, Row, Table, UnreadableFile, UnsafeFile

_LIMITS = ArchiveLimits(members=5000, total_bytes=512 * MIB)
_LARGEST_FILE = 64 * MIB
# Parts that describe the book, read whole by calamine.
_LARGEST_DESCRIPTION = 16 * MIB
_BOOK, _RELATIONS, _STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
_TEXTS = "xl/sharedStrings.xml"
# calamine lays a sheet out as a full rectangle, and gives each cell a text of its own: one stray cell in the last
# corner makes 17 thousand million cells, one long text shown in many cells as many copies.
_MOST_CELLS = 1_200_000
_MOST_TEXT_BYTES = 64 * MIB
_MOST_PLAIN_FACTS = 200_000
_MOST_MERGES = 100_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_BLOCK = 256 * 1024
# No tag of a sheet has a kilobyte; a parser holds an unfinished one in memory.
_LONGEST_TAG = MIB
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
        parts = _checked_parts(container)
        paths = _sheet_paths(parts)
        shared = _SharedTexts()
        if _TEXTS in parts:
            parts.parse(_TEXTS, shared)
        source.seek(0)
        try:
            workbook = CalamineWorkbook.from_filelike(source)
            for sheet in workbook.sheets_metadata:
                if sheet.typ != SheetTypeEnum.WorkSheet:
                    continue
                if sheet.name not in paths:
                    raise damaged_workbook()
                scan = _SheetScan(sheet.name, shared.sizes)
                parts.parse(paths[sheet.name], scan)
                is_hidden = sheet.visible != SheetVisibleEnum.Visible
                yield _table(workbook.get_sheet_by_name(sheet.name), file, is_hidden, scan.facts)
        except BaseException as error:
            # A panic of the Rust reader is no Exception; what is not its own must pass.
            if isinstance(
                error, (UnreadableFile, UnsafeFile, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit)
            ):
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


def _table(sheet: CalamineSheet, file: str, is_hidden: bool, facts: _SheetFacts) -> Table:
    merges = [Merge(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in sheet.merged_cell_ranges or []]
    rows = _sheet_rows(sheet, is_hidden, facts)
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


class _Parts:
    """The parts of the container by name; case and slashes do not tell two of them apart, as in calamine."""

    def __init__(self, container: zipfile.ZipFile) -> None:
        self._container = container
        self._infos = {_folded_name(info.filename): info for info in container.infolist()}

    def __contains__(self, path: str) -> bool:
        return _folded_name(path) in self._infos

    def info(self, path: str) -> zipfile.ZipInfo:
        """What the container says of a part; UnreadableFile without it."""
        info = self._infos.get(_folded_name(path))
        if info is None:
            raise UnreadableFile(
                "这不是完整的 .xlsx 工作簿（缺少工作表内容）。请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。",
                "this is no whole .xlsx workbook (a part is missing); open it in Excel or WPS, save it as .xlsx",
            )
        return info

    def parse(self, path: str, scan: _Scan) -> None:
        """Feed one XML part to `scan`, block by block; declared entities are refused before any is used."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_declarations
        parser.StartElementHandler = lambda name, attributes: scan.start(name.rpartition(":")[2], attributes)
        parser.CharacterDataHandler = scan.text
        parser.EndElementHandler = lambda name: scan.end(name.rpartition(":")[2])
        fed = 0
        try:
            with self._container.open(self.info(path)) as stream:
                while block := stream.read(_BLOCK):
                    parser.Parse(block, False)
                    fed += len(block)
                    if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                        raise damaged_workbook()
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise damaged_workbook() from error


def _folded_name(name: str) -> str:
    return name.replace("\\", "/").lower()


def _checked_parts(container: zipfile.ZipFile) -> _Parts:
    """Read every part once: zipfile stops at the declared size and compares the check sum, calamine does neither."""
    infos = container.infolist()
    if len({_folded_name(info.filename) for info in infos}) < len(infos):
        raise damaged_workbook()
    for info in infos:
        with container.open(info) as stream:
            while stream.read(_BLOCK):
                pass
    parts = _Parts(container)
    if any(parts.info(path).file_size > _LARGEST_DESCRIPTION for path in (_BOOK, _RELATIONS, _STYLES) if path in parts):
        raise damaged_workbook()
    return parts


def _sheet_paths(parts: _Parts) -> dict[str, str]:
    """Sheet name -> path of its XML, worksheets only; each name, relation and path once."""
    relations, book = _Elements("Relationship"), _Elements("sheet")
    parts.parse(_RELATIONS, relations)
    parts.parse(_BOOK, book)
    targets = {one.get("Id", ""): one for one in relations.found}
    ids = [[value for key, value in one.items() if key.endswith(":id")] for one in book.found]
    names = [one.get("name", "") for one in book.found]
    if len(targets) < len(relations.found) or any(len(each) != 1 for each in ids) or len(set(names)) < len(names):
        raise damaged_workbook()
    paths = {}
    for name, (relation,) in zip(names, ids, strict=True):
        target = targets.get(relation, {})
        if target.get("Type", "").endswith("/worksheet"):
            paths[name] = posixpath.normpath(posixpath.join("/xl", target.get("Target", ""))).lstrip("/")
    if len({_folded_name(path) for path in paths.values()}) < len(paths):
        raise damaged_workbook()
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
        self._text_bytes = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.sizes.append(0)
            if len(self.sizes) > _MOST_CELLS:
                raise _too_much_text()

    def text(self, text: str) -> None:
        if self.sizes:
            size = len(text.encode("utf-8", "replace"))
            self.sizes[-1] += size
            self._text_bytes += size
            if self._text_bytes > _MOST_TEXT_BYTES:
                raise _too_much_text()


class _SheetScan(_Scan):
    """A sheet's hidden rows, error values and formulas without a result; and how much calamine will make of it.

    Rows and cells must stand in order, each where its row is, as Excel demands: calamine would misplace or drop others.
    """

    def __init__(self, sheet: str, shared_sizes: list[int]) -> None:
        self.facts = _SheetFacts()
        self._sheet = sheet
        self._shared_sizes = shared_sizes
        self._first_row = self._first_column = 1 << 30
        self._last_row = self._last_column = 0
        self._text_bytes = 0
        self._merges = 0
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
            self._start_row(attributes)
        elif name == "mergeCell":
            self._merges += 1
            if self._merges > _MOST_MERGES:
                raise _beyond_bounds(self._sheet, f"有 {_MOST_MERGES} 个以上的合并区域", f"over {_MOST_MERGES} merges")

    def text(self, text: str) -> None:
        if self._is_in_value:
            self._value += text
        if self._is_in_value or self._has_value:
            self._text_bytes += len(text.encode("utf-8", "replace"))
            if self._text_bytes > _MOST_TEXT_BYTES:
                raise _too_much_text()

    def end(self, name: str) -> None:
        if name == "v":
            self._is_in_value = False
            self._has_value = self._has_value or bool(self._value)
        elif name == "c":
            self._end_cell()

    def _start_row(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r")
        number = self._row + 1 if said is None else _whole(said)
        if number is None or not self._row < number <= _LAST_ROW:
            raise damaged_workbook()
        self._row = number
        self._column = -1
        if attributes.get("hidden") in ("1", "true"):
            self.facts.hidden_rows.add(number)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r")
        column = self._column + 1
        if said is not None:
            reference = _REFERENCE.fullmatch(said)
            column = _column_index(reference[1]) if reference and int(reference[2]) == self._row else -1
        if not self._column < column < _LAST_COLUMN:
            raise damaged_workbook()
        self._column = column
        self._first_row, self._last_row = min(self._first_row, self._row), max(self._last_row, self._row)
        self._first_column = min(self._first_column, self._column)
        self._last_column = max(self._last_column, self._column)
        area = (self._last_row - self._first_row + 1) * (self._last_column - self._first_column + 1)
        if area > _MOST_CELLS:
            raise _beyond_bounds(
                self._sheet,
                f"用到了第 {self._last_row} 行、第 {self._last_column + 1} 列",
                f"reaches to row {self._last_row}, column {self._last_column + 1}",
            )
        self._type = attributes.get("t", "")
        self._is_formula = self._has_value = self._is_in_value = False
        self._value = ""

    def _end_cell(self) -> None:
        index = _whole(self._value) if self._type == "s" else None
        if index is not None and index < len(self._shared_sizes):
            self._text_bytes += self._shared_sizes[index]
        if self._type == "e" and self._value:
            self.facts.cells[self._row, self._column] = self._value
        elif self._is_formula and not self._has_value:
            self.facts.cells[self._row, self._column] = NO_RESULT
        self._has_value = False
        if len(self.facts.cells) > _MOST_PLAIN_FACTS:
            raise _beyond_bounds(
                self._sheet, f"有 {_MOST_PLAIN_FACTS} 个以上的错误值", f"over {_MOST_PLAIN_FACTS} error values"
            )


def _beyond_bounds(sheet: str, seen_zh: str, seen_en: str) -> UnsafeFile:
    return UnsafeFile(
        f"工作表“{sheet}”{seen_zh}，超出范围。请删除表外多余的单元格和格式后重新报送；"
        "数据确有这么多时请另存为 CSV 报送。",
        f"sheet “{sheet}”: {seen_en}, beyond all bounds; delete the stray cells and formats outside the table, or "
        "send so much data as CSV",
    )


def _too_much_text() -> UnsafeFile:
    return UnsafeFile(
        f"工作簿的文字超过 {_MOST_TEXT_BYTES // MIB} MB（或 {_MOST_CELLS} 条）。请检查各工作表，或另存为 CSV 后报送。",
        f"the workbook holds more than {_MOST_TEXT_BYTES // MIB} MB of text, or {_MOST_CELLS} texts; look at its "
        "sheets, or save it as CSV",
    )


def _refuse_declarations(*_: object) -> None:
    raise UnsafeFile(
        "工作簿内含有不应有的声明（DOCTYPE），不予读取。请用 Excel 或 WPS 另存为 .xlsx 后报送。",
        "the workbook declares XML entities; save it as .xlsx with Excel or WPS",
    )


def _whole(text: str | None) -> int | None:
    """A number of up to 7 ASCII digits; None for anything else."""
    return int(text) if text and len(text) <= 7 and text.isascii() and text.isdigit() else None


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
