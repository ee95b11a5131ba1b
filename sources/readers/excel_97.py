"""Workbooks of the .xls kind (BIFF), by xlrd: all sheets, hidden rows, merges, error values, dates of both systems.

calamine reads this format too, but tells neither hidden rows nor error values. Cells become text by the same rules
as in .xlsx. Does not know headers or kinds of rows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import xlrd
from xlrd import xldate
from xlrd.sheet import Sheet

from sources.readers.archive import MIB
from sources.readers.cells import Merge, Row, Table, UnreadableFile, UnsafeFile
from sources.readers.excel import cell_text, damaged_workbook

# Five million numbers, if it were full of them.
_LARGEST_FILE = 32 * MIB
# Each sheet is read for itself: a thousand that stand at one place in the file would be read a thousand times.
_MOST_SHEETS = 256
_MOST_CELLS = 20_000_000
_ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
_UNKNOWN_ERROR = "#错误值"


def read_workbook_97(source: BinaryIO, file: str) -> Iterator[Table]:
    """The worksheets in the workbook's order, hidden ones too.

    Raises UnreadableFile (damaged, password, other format) and UnsafeFile (larger than any real one).
    """
    content = source.read(_LARGEST_FILE + 1)
    if len(content) > _LARGEST_FILE:
        raise UnsafeFile(
            f"旧版工作簿（.xls）超过 {_LARGEST_FILE // MIB} MB。请另存为 .xlsx 或 CSV 后报送。",
            f"the .xls workbook is larger than {_LARGEST_FILE // MIB} MB; save it as .xlsx or CSV",
        )
    try:
        # What xlrd remarks on by the way is not for the log: it may quote a cell.
        book = xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), formatting_info=True, on_demand=True, ragged_rows=True
        )
        if book.nsheets > _MOST_SHEETS:
            raise _too_many(f"{book.nsheets} 个工作表", f"{book.nsheets} sheets")
        cells = 0
        for index in range(book.nsheets):
            sheet = book.sheet_by_index(index)
            cells += sum(map(sheet.row_len, range(sheet.nrows)))
            if cells > _MOST_CELLS:
                raise _too_many(f"超过 {_MOST_CELLS} 个单元格", f"over {_MOST_CELLS} cells")
            yield _table(sheet, file, book.datemode)
            book.unload_sheet(index)
    except (UnreadableFile, UnsafeFile, MemoryError):
        raise
    except Exception as error:
        if "encrypted" in str(error) or _ENCRYPTED_XLSX in content:
            raise UnreadableFile(
                "工作簿加了打开密码，无法读取。请取消密码后重新报送。",
                "the workbook is protected by a password; remove it and send the file again",
            ) from error
        raise damaged_workbook() from error


def _too_many(seen_zh: str, seen_en: str) -> UnsafeFile:
    return UnsafeFile(
        f"旧版工作簿（.xls）有{seen_zh}，超出范围。请只保留报送的工作表，或另存为 CSV 后报送。",
        f"the .xls workbook has {seen_en}, beyond all bounds; keep the sheets of the report alone, or save them as CSV",
    )


def _table(sheet: Sheet, file: str, date_system: int) -> Table:
    # xlrd's ends are not included.
    merges = [
        Merge(first_row + 1, last_row, first_column, last_column - 1)
        for first_row, last_row, first_column, last_column in sheet.merged_cells
    ]
    is_hidden = sheet.visibility != 0
    rows = _rows(sheet, is_hidden, date_system)
    return Table(file=file, sheet=sheet.name, rows=rows, is_hidden=is_hidden, merges=merges)


def _rows(sheet: Sheet, is_hidden: bool, date_system: int) -> Iterator[Row]:
    for index in range(sheet.nrows):
        cells = [
            _text(kind, value, date_system)
            for kind, value in zip(sheet.row_types(index), sheet.row_values(index), strict=True)
        ]
        told = sheet.rowinfo_map.get(index)
        yield Row(index + 1, cells, is_hidden=is_hidden or bool(told and told.hidden))


def _text(kind: int, value: Any, date_system: int) -> str:
    if kind == xlrd.XL_CELL_DATE:
        try:
            moment = xldate.xldate_as_datetime(value, date_system)
        except (ValueError, OverflowError):
            # A number under a date's format that is no day: shown as the number it is.
            return cell_text(value)
        return cell_text(moment if value >= 1 else moment.time())
    if kind == xlrd.XL_CELL_BOOLEAN:
        return cell_text(bool(value))
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, _UNKNOWN_ERROR)
    return cell_text(value)
