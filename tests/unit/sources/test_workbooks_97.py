"""Workbooks of the old kind, as xlwt writes them: what a person sees in Excel is what stands in the raw file."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
import xlwt

from tests.unit.sources.builders import CODES, PROJECT_HEADER, Intake, enterprise_row, kinds, project_row, raw_rows

DAY = xlwt.easyxf(num_format_str="yyyy-mm-dd")


def ledger(change: Callable[[xlwt.Workbook, xlwt.Worksheet], None], *, first_empty: bool = False) -> bytes:
    """A project ledger: header and rows 2 to 4, then changed."""
    workbook = xlwt.Workbook(encoding="utf-8")
    if first_empty:
        workbook.add_sheet("空表")
    sheet = workbook.add_sheet("台账", cell_overwrite_ok=True)
    for number, row in enumerate([[*PROJECT_HEADER, "计划开工日期"], *map(project_row, (1, 2, 3))]):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    change(workbook, sheet)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def read(intake: Intake, content: bytes) -> list[dict[str, object]]:
    return [
        row for row in raw_rows(intake.read("台账.xls", content, feed="ledger_projects")) if row["_row_kind"] == "data"
    ]


def test_hidden_rows_count_and_are_marked(intake: Intake) -> None:
    def hide(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        sheet.row(2).hidden = True

    assert [(row["_row"], row["_is_hidden"]) for row in read(intake, ledger(hide))] == [
        (2, False),
        (3, True),
        (4, False),
    ]


def test_error_values_are_told_and_not_missing(intake: Intake) -> None:
    def spoil(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        # xlwt spells #N/A otherwise; these are the codes of the format.
        for row, code in enumerate((0x2A, 0x17, 0x07), start=1):
            sheet.row(row).set_cell_error(3, code)

    assert [row["total_investment"] for row in read(intake, ledger(spoil))] == ["#N/A", "#REF!", "#DIV/0!"]


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_day_is_the_same_in_both_date_systems_and_a_bare_serial_stays_a_number(intake: Intake, is_1904: bool) -> None:
    def date(workbook: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        workbook.dates_1904 = is_1904
        sheet.write(1, 6, dt.date(2024, 3, 5), DAY)
        sheet.write(2, 6, 45356)
        sheet.write(3, 6, "2024年3月5日")

    days = [row["planned_start"] for row in read(intake, ledger(date))]
    assert days == ["2024-03-05", "45356", "2024年3月5日"]


def test_merged_cells_a_hidden_sheet_and_an_empty_first_one(intake: Intake) -> None:
    def change(workbook: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        sheet.write_merge(1, 3, 2, 2, "厨卫")
        hidden = workbook.add_sheet("旧")
        hidden.visibility = 1
        for column, text in enumerate(enterprise_row(CODES[0])):
            hidden.write(0, column, text)

    content = ledger(change, first_empty=True)
    assert [row["town"] for row in read(intake, content)] == ["厨卫"] * 3
    result = intake.read("再.xls", content + bytes(512), feed="ledger_projects")
    assert [(table.sheet, table.is_hidden, table.rows_data) for table in result.tables] == [
        ("空表", False, 0),
        ("台账", False, 3),
        ("旧", True, 0),
    ]


def test_numbers_that_are_text_and_full_width_text_stay_as_delivered(intake: Intake) -> None:
    def write(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        for row, text in enumerate(("１２３．５", "1,234.5", " 47 "), start=1):
            sheet.write(row, 3, text)
        sheet.write(0, 3, "总投资（万元）")

    assert [row["total_investment"] for row in read(intake, ledger(write))] == ["１２３．５", "1,234.5", " 47 "]


def test_a_repeated_header_is_no_row_of_data(intake: Intake) -> None:
    def repeat(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        for column, text in enumerate([*PROJECT_HEADER, "计划开工日期"]):
            sheet.write(4, column, text)
        for column, value in enumerate(project_row(4)):
            sheet.write(5, column, value)

    result = intake.read("台账.xls", ledger(repeat), feed="ledger_projects")
    assert kinds(result) == ["header", "data", "data", "data", "header", "data"]
