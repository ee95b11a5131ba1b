"""The workbooks of the demo, laid out as offices lay them out: title, 制表机关 and 计量单位 line, header of
one or two levels, data, 合计, note, signatures.

Rows are written as they come and are not kept, so that a province's return needs no more memory than a
county's. The same rows give the same bytes: the created date is fixed. Belongs here: where a thing stands in
a sheet. Does not belong here: what it says.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

#: What a cell can hold; None leaves it empty.
Cell = str | int | Decimal | dt.date | None

SHEET_NAME = "Sheet1"

_CREATED = dt.datetime(2020, 1, 1)  # noqa: DTZ001 (a workbook's properties have no time zone)
_COLUMN_WIDTH = 14
_TITLE_ROW = 0
_UNIT_ROW = 1
_HEADER_ROW = 2


class OfficeSheet:
    """One sheet in one workbook, written from top to bottom.

    `headers`: column names, or (measure, parts) where a measure has several columns under it; a sheet with
    such a measure gets a two-level header with merged cells.
    """

    def __init__(
        self,
        path: Path,
        *,
        title: str,
        made_by: str,
        unit_line: str,
        headers: Sequence[str | tuple[str, Sequence[str]]],
    ) -> None:
        self._book = Workbook(str(path), {"constant_memory": True})
        self._book.set_properties({"created": _CREATED})
        self._sheet = self._book.add_worksheet(SHEET_NAME)
        self._bold = self._book.add_format({"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._row = _HEADER_ROW
        width = sum(1 if isinstance(header, str) else len(header[1]) for header in headers)
        self._sheet.set_column(0, width - 1, _COLUMN_WIDTH)
        self._merge(_TITLE_ROW, 0, _TITLE_ROW, width - 1, title)
        self._sheet.write_string(_UNIT_ROW, 0, f"制表机关：{made_by}")
        self._sheet.write_string(_UNIT_ROW, width - 1, unit_line)
        self._write_headers(headers)

    def add(self, cells: Iterable[Cell]) -> int:
        """Writes a row; its number as a person counts it, from 1."""
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self._sheet.write_string(self._row, column, cell)
            elif isinstance(cell, dt.date):
                self._sheet.write_datetime(self._row, column, cell, self._date)
            elif cell is not None:
                self._sheet.write_number(self._row, column, cell)
        self._row += 1
        return self._row

    def close(self, footer: Sequence[str]) -> None:
        """Writes the lines below the data and finishes the file; OSError when it cannot be written."""
        for line in footer:
            self.add([line])
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error

    def _write_headers(self, headers: Sequence[str | tuple[str, Sequence[str]]]) -> None:
        lower: list[str | None] = []
        is_two_level = any(not isinstance(header, str) for header in headers)
        for header in headers:
            column = len(lower)
            if isinstance(header, str):
                if is_two_level:
                    self._merge(self._row, column, self._row + 1, column, header)
                else:
                    self._format_row(self._row)
                    self._sheet.write_string(self._row, column, header)
                lower.append(None)
            else:
                measure, parts = header
                self._merge(self._row, column, self._row, column + len(parts) - 1, measure)
                lower.extend(parts)
        self._row += 1
        if is_two_level:
            self._format_row(self._row)
            self.add(lower)

    def _merge(self, first_row: int, first_column: int, last_row: int, last_column: int, text: str) -> None:
        # The format is the row's: a merge with its own format fills its lower row with blanks at once, and
        # what is written row by row cannot go back.
        self._format_row(first_row)
        self._sheet.merge_range(first_row, first_column, last_row, last_column, text)

    def _format_row(self, row: int) -> None:
        self._sheet.set_row(row, None, self._bold)


def signatures(reported_on: dt.date) -> list[str]:
    """The note and the signature line below a sheet."""
    return [
        "注：1. 本表为演示数据，单位与人员均属虚构。2. 产值按现行价格计算。",
        f"单位负责人：示例人甲        填表人：示例人乙        报出日期：{reported_on.isoformat()}",
    ]
