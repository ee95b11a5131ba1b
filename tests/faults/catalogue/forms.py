"""A delivery of the demo city as an editable form: its lines, and how it is written down as a file.

Knows the layout that the demo gives its files. Belongs here: reading and writing of forms. Does not belong here: which
fault changes what.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from tests.faults.catalogue.fault import Fault

Cell = Any
# The key's cells where it is not the first column alone.
_KEY_HEADERS = {
    "registration_changes": ("统一社会信用代码", "变动类型", "变动日期"),
    "ledger_honours": ("证书编号", "荣誉类型"),
    "ledger_funds": ("项目编号", "资金类型", "下达日期"),
}


class Line:
    """A data row of a form; cells by header. `clean_row_no`: where it stands in the clean file (0: it does not)."""

    def __init__(self, form: Form, cells: list[Cell], clean_row_no: int = 0) -> None:
        self.form = form
        self.cells = cells
        self.clean_row_no = clean_row_no
        self.owner: Fault | None = None
        #: The line as text, instead of its cells.
        self.raw: str | None = None
        #: A row that is no data, though it stands among them.
        self.is_data = True

    def __getitem__(self, header: str) -> Cell:
        return self.cells[self.form.place(header)]

    def __setitem__(self, header: str, cell: Cell) -> None:
        self.cells[self.form.place(header)] = cell
        self.form.is_touched = True

    @property
    def row_no(self) -> int:
        """Where it stands in the form as it is now, as a person counts."""
        return len(self.form.top) + next(index for index, line in enumerate(self.form.rows, 1) if line is self)


@dataclass
class Form:
    """A delivery. `top`: all rows above the data, `bottom`: 合计, note and signature. Of a text `top` is the header."""

    feed: str
    period: str
    file_name: str
    top: list[list[Cell]]
    headers: list[str]
    rows: list[Line]
    bottom: list[list[Cell]]
    merges: list[str]
    receipt: dict[str, Any]
    is_touched: bool = False
    #: The fault of the whole form; a line may be another's.
    owner: Fault | None = None
    #: A damaged form is sent without 合计, whose sum would be another fault, unless this says so.
    keeps_total: bool = False
    hidden_rows: set[int] = field(default_factory=set)

    @property
    def is_text(self) -> bool:
        """Whether it is sent as text."""
        return self.feed.startswith("registration_")

    def place(self, header: str) -> int:
        """The column of a header, 0-based."""
        return self.headers.index(header)

    def key_of(self, line: Line) -> tuple[Cell, ...]:
        """The cells of the feed's key."""
        return tuple(line[header] for header in _KEY_HEADERS.get(self.feed, self.headers[:1]))

    def insert_after(self, line: Line, cells: Sequence[Cell], *, is_data: bool = True) -> Line:
        """A further line below one."""
        new = Line(self, list(cells))
        new.owner, new.is_data = line.owner, is_data
        self.rows.insert(next(index for index, one in enumerate(self.rows) if one is line) + 1, new)
        self.is_touched = True
        return new

    def remove(self, line: Line) -> None:
        """Take a line away."""
        self.rows = [one for one in self.rows if one is not line]
        self.is_touched = True

    @property
    def total(self) -> list[Cell] | None:
        """The 合计 row."""
        return next((row for row in self.bottom if row[0] == "合计"), None)

    def drop_total(self) -> None:
        """Send the form without its 合计 row."""
        self.bottom = [row for row in self.bottom if row[0] != "合计"]

    def falsify_total(self, header: str, factor: float) -> None:
        """Send 合计 of a column so many times too large."""
        assert self.total
        place = self.place(header)
        self.total[place] = round(self.total[place] * factor, 2)
        self.keeps_total = self.is_touched = True

    def rename(self, header: str, new: str, *, level: int | None = None) -> None:
        """Write another text into the header's cell (of a two-level header: into that of `level`, 0 or 1)."""
        column = self.place(header)
        rows = self.top if self.is_text else self.top[2:]
        row = rows[0 if level is None else level]
        row[column] = new
        self.is_touched = True

    def scale(self, header: str, factor: float) -> None:
        """Multiply a column's numbers, as when it is given in another unit."""
        place = self.place(header)
        for cells in [*(line.cells for line in self.rows), *([self.total] if self.total else [])]:
            if isinstance(cells[place], int | float):
                cells[place] = round(cells[place] * factor, 6)

    def copy(self) -> Form:
        """A form of its own, to be damaged alone."""
        return deepcopy(self)

    def grid(self) -> list[list[Cell]]:
        """All rows as they are written."""
        return [*self.top, *(line.cells for line in self.rows), *self.bottom]

    def content(self) -> bytes:
        """The file, as the demo's offices write it: a workbook, text, or (the register) text in a zip."""
        if not self.is_text:
            return workbook_bytes(self.grid(), self.merges, self.hidden_rows)
        text = self.text().encode("gb18030")
        return zip_bytes({f"{Path(self.file_name).stem}.csv": text}) if self.file_name.endswith(".zip") else text

    def text(self, separator: str = ",", line_end: str = "\r\n") -> str:
        """The form as delimited text."""
        lines = [
            line.raw if line.raw is not None else delimited(line.cells, separator)
            for line in [Line(self, row) for row in self.top] + self.rows
        ]
        return line_end.join([*lines, ""])

    def write(self, landing: Path) -> Path:
        """Write file and receipt below `landing`; the receipt is true."""
        return put(landing / self.feed / self.period / self.file_name, self.content(), self.receipt)


def delimited(cells: Sequence[Cell], separator: str = ",") -> str:
    """Cells as one line of text."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="").writerow(cells)
    return buffer.getvalue()


def workbook_of(
    grid: Sequence[Sequence[Cell]], merges: Sequence[str] = (), hidden_rows: Collection[int] = ()
) -> Workbook:
    """A workbook of one sheet."""
    book = Workbook()
    fill(book.active, grid, merges)
    for row in hidden_rows:
        book.active.row_dimensions[row].hidden = True
    return book


def fill(sheet: Any, grid: Sequence[Sequence[Cell]], merges: Sequence[str] = ()) -> None:
    """Write rows into a sheet; a text that looks like a number stays a text."""
    for number, row in enumerate(grid, 1):
        for column, cell in enumerate(row, 1):
            if cell is not None and cell != "":
                sheet.cell(number, column).value = cell
    for merged in merges:
        sheet.merge_cells(merged)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook_bytes(
    grid: Sequence[Sequence[Cell]], merges: Sequence[str] = (), hidden_rows: Collection[int] = ()
) -> bytes:
    """The bytes of a workbook of one sheet."""
    return saved(workbook_of(grid, merges, hidden_rows))


def zip_bytes(members: dict[str, bytes]) -> bytes:
    """An archive of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def put(path: Path, content: bytes, receipt: dict[str, Any] | None) -> Path:
    """Write a file and, unless it is None, a receipt beside it; `sha256` is filled in if it is not given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if receipt is not None:
        said = {**receipt, "sha256": receipt.get("sha256", hashlib.sha256(content).hexdigest())}
        path.with_name(path.name + ".json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        sent_at = dt.datetime.fromisoformat(said["sent_at"]).timestamp()
        os.utime(path, (sent_at, sent_at))
    return path


def read_form(path: Path) -> Form:
    """A delivery of the demo as a form."""
    feed, period = path.parts[-3:-1]
    said = json.loads(path.with_name(path.name + ".json").read_text(encoding="utf-8"))
    receipt = {"sender": said["sender"], "sent_at": said["sent_at"]}
    top, headers, data, bottom, merges = _text_parts(path) if feed.startswith("registration_") else _sheet_parts(path)
    form = Form(feed, period, path.name, top, headers, [], bottom, merges, receipt)
    form.rows = [Line(form, cells, row_no) for row_no, cells in enumerate(data, len(top) + 1)]
    return form


_Parts = tuple[list[list[Cell]], list[str], list[list[Cell]], list[list[Cell]], list[str]]


def _text_parts(path: Path) -> _Parts:
    content = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            content = archive.read(archive.namelist()[0])
    header, *data = csv.reader(io.StringIO(content.decode("gb18030")))
    return [header], list(header), data, [], []


def _sheet_parts(path: Path) -> _Parts:
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    grid = [[_plain(cell) for cell in row] for row in sheet.to_python()]
    is_two_level = "本月" in grid[3]
    first = 4 if is_two_level else 3
    headers, measure = [], ""
    for upper, lower in zip(grid[2], grid[3], strict=True):
        measure = upper or measure
        headers.append(f"{measure}/{lower}" if is_two_level and lower else measure)
    data = [row for row in grid[first:] if not str(row[0]).startswith(("合计", "注", "单位负责人"))]
    merges = [
        f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
    ]
    return grid[:first], headers, data, grid[first + len(data) :], merges


def _plain(cell: Cell) -> Cell:
    if cell == "":
        return None
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _letters(column: int) -> str:
    head, tail = divmod(column, 26)
    return (chr(64 + head) if head else "") + chr(65 + tail)
