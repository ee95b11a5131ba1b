"""Faults of sheets and headers: several sheets, hidden rows, merged cells; renamed, doubled and lost columns."""

from __future__ import annotations

from openpyxl.utils import get_column_letter

from tests.faults.catalogue.fault import (
    IGNORE,
    NORMALISE,
    PRODUCT,
    PROJECTS,
    REGISTER,
    STATISTICS,
    on_the_desk,
    refuse,
)
from tests.faults.catalogue.forms import fill, saved, workbook_of
from tests.faults.catalogue.outcomes import Desk

MISSING_COLUMN, AMBIGUOUS = refuse("R-FILE-002"), refuse("R-FILE-008")


@on_the_desk(PROJECTS, "sheet", NORMALISE)
def a_sheet_for_each_half(desk: Desk) -> None:
    """The ledger goes on in a second sheet with the same header."""
    form = desk.form
    half = len(form.rows) // 2
    grids = [[*form.top, *(line.cells for line in lines)] for lines in (form.rows[:half], form.rows[half:])]
    book = workbook_of(grids[0])
    fill(book.create_sheet("续表"), grids[1])
    desk.put(saved(book))


@on_the_desk(STATISTICS, "sheet", NORMALISE)
def an_empty_sheet_before_the_form(desk: Desk) -> None:
    """The first sheet is empty, the form stands in the second."""
    book = workbook_of([])
    fill(book.create_sheet("报表"), desk.form.grid(), desk.form.merges)
    desk.put(saved(book))


@on_the_desk(STATISTICS, "sheet", NORMALISE)
def a_cover_and_instructions_beside_the_form(desk: Desk) -> None:
    """A cover before the form, instructions behind it."""
    book = workbook_of([["专业镇统计报表"], ["2024年3月"], ["霍州市统计局"]])
    fill(book.create_sheet("报表"), desk.form.grid(), desk.form.merges)
    fill(book.create_sheet("填报说明"), [["填报说明"], ["1. 金额以万元为单位。"], ["2. 每月8日前报送。"]])
    desk.put(saved(book))


@on_the_desk(STATISTICS, "sheet", NORMALISE)
def hidden_rows(desk: Desk) -> None:
    """Rows hidden by a filter count all the same."""
    first = desk.form.rows[0].row_no
    desk.form.hidden_rows = {first + 1, first + 4, first + 5}
    desk.put_form()


@on_the_desk(PROJECTS, "sheet", NORMALISE)
def town_merged_over_its_rows(desk: Desk) -> None:
    """The town is written once, in a cell merged over the rows that it belongs to."""
    form = desk.form
    place = form.place("所属专业镇")
    letter = get_column_letter(place + 1)
    start = 0
    for index in range(1, len(form.rows) + 1):
        town = form.rows[start].cells[place]
        if index == len(form.rows) or form.rows[index].cells[place] != town:
            if index - start > 1:
                form.merges.append(f"{letter}{form.rows[start].row_no}:{letter}{form.rows[index - 1].row_no}")
            start = index
    desk.put_form()


@on_the_desk(STATISTICS, "sheet", NORMALISE)
def form_moved_down_and_right(desk: Desk) -> None:
    """Four empty rows above the form and two empty columns left of it."""
    width = len(desk.form.headers) + 2
    grid = [[None] * width] * 4 + [[None, None, *row] for row in desk.form.grid()]
    desk.put(saved(workbook_of(grid)))


@on_the_desk(PROJECTS, "sheet", IGNORE)
def header_repeated_on_each_page(desk: Desk) -> None:
    """The header stands again before every tenth row, for printing."""
    form = desk.form
    for line in form.rows[9:-1:10]:
        form.insert_after(line, form.top[2])
    desk.put_form()


@on_the_desk(STATISTICS, "sheet", IGNORE)
def total_between_the_rows(desk: Desk) -> None:
    """合计 stands between the enterprises."""
    form = desk.form
    total = form.total
    form.drop_total()
    form.insert_after(form.rows[10], total)
    desk.put_form()


@on_the_desk(STATISTICS, "sheet", IGNORE)
def subtotals_of_the_towns(desk: Desk) -> None:
    """小计 behind the enterprises of each town."""
    form = desk.form
    for index in (23, 36):
        row = list(form.total)
        row[0], row[1] = None, "小计"
        form.insert_after(form.rows[index], row)
    desk.put_form()


@on_the_desk(PROJECTS, "sheet", IGNORE)
def notes_and_signatures_below(desk: Desk) -> None:
    """More notes, signatures and a stamp below the ledger."""
    desk.form.bottom += [
        ["备注：投资额为不含税数。"],
        ["说明：本表一式两份"],
        [None, None, "（盖章）"],
        ["审核人：示例人丙", None, None, "联系电话：10000000000"],
    ]
    desk.put_form()


@on_the_desk(PROJECTS, "sheet", IGNORE)
def blank_rows_between_and_below(desk: Desk) -> None:
    """Blank rows between the projects, and a hundred formatted ones below."""
    form = desk.form
    for line in form.rows[4:-1:8]:
        form.insert_after(line, [None] * len(form.headers))
    book = workbook_of(form.grid())
    for number in range(100):
        book.active.cell(len(form.grid()) + 1 + number, 3).number_format = "0.00"
    desk.put(saved(book))


@on_the_desk(STATISTICS, "sheet", IGNORE)
def numbers_of_the_columns_below_the_header(desk: Desk) -> None:
    """A row 甲 乙 1 2 3 under the header."""
    form = desk.form
    numbers = ["甲", "乙", "丙", *range(1, len(form.headers) - 2)]
    form.top.append(numbers)
    desk.put_form()


@on_the_desk(STATISTICS, "header", NORMALISE)
def code_column_under_another_name(desk: Desk) -> None:
    """The code is called 社会信用代码."""
    desk.form.rename("统一社会信用代码", "社会信用代码")
    desk.put_form()


@on_the_desk(STATISTICS, "header", NORMALISE)
def header_with_line_breaks_and_brackets(desk: Desk) -> None:
    """A header with a line break, spaces and full-width brackets."""
    desk.form.rename("企业名称", "企业\n名 称")
    desk.form.rename("期末从业人员数（人）", "期末从业\n人员数 （人）")
    desk.put_form()


@on_the_desk(STATISTICS, "header", NORMALISE)
def parts_named_otherwise(desk: Desk) -> None:
    """1—3月 in place of 1—本月."""
    form = desk.form
    form.top[3] = [cell.replace("1—本月", "1—3月") if cell else cell for cell in form.top[3]]
    desk.put_form()


@on_the_desk(PROJECTS, "header", NORMALISE)
def columns_in_another_order(desk: Desk) -> None:
    """The columns stand in the opposite order, but for the number."""
    form = desk.form
    for row in [form.top[2], *(line.cells for line in form.rows), *form.bottom[:1]]:
        row[1:] = row[:0:-1]
    desk.put_form()


@on_the_desk(PROJECTS, "header", NORMALISE)
def columns_that_nobody_asked_for(desk: Desk) -> None:
    """A running number before and a remark behind the ledger's columns."""
    form = desk.form
    form.top[2] = ["序号", *form.top[2], "备注"]
    for number, line in enumerate(form.rows, 1):
        line.cells = [number, *line.cells, "无"]
    form.bottom[0] = [None, *form.bottom[0]]
    desk.put_form()


@on_the_desk(STATISTICS, "header", NORMALISE)
def column_twice_with_the_same_values(desk: Desk) -> None:
    """The town's column stands there twice, with the same values."""
    form = desk.form
    place = form.place("所属专业镇")
    form.top[2].append("专业镇")
    form.top[3].append(None)
    for line in form.rows:
        line.cells.append(line.cells[place])
    desk.put_form()


@on_the_desk(PROJECTS, "header", AMBIGUOUS)
def column_twice_with_other_values(desk: Desk) -> None:
    """总投资 stands there twice, with different values."""
    form = desk.form
    form.top[2].append("项目总投资")
    for line in form.rows:
        line.cells.append(line["总投资(万元)"] + 1)
    desk.put_form()


@on_the_desk(STATISTICS, "header", MISSING_COLUMN)
def required_column_missing(desk: Desk) -> None:
    """The town's column was deleted."""
    form = desk.form
    place = form.place("所属专业镇")
    for row in [*form.top[2:], *(line.cells for line in form.rows)]:
        del row[place]
    form.merges = []
    form.bottom = form.bottom[1:]
    desk.put_form()


@on_the_desk(PROJECTS, "header", MISSING_COLUMN)
def required_header_renamed_beyond_recognition(desk: Desk) -> None:
    """项目阶段 is called 状况三."""
    desk.form.rename("项目阶段", "状况三")
    desk.put_form()


@on_the_desk(REGISTER, "header", MISSING_COLUMN)
def text_without_a_header(desk: Desk) -> None:
    """The register's rows without their header."""
    desk.form.top = []
    desk.put_form()


@on_the_desk(PRODUCT, "header", MISSING_COLUMN)
def header_garbled_by_another_encoding(desk: Desk) -> None:
    """The header was read in a wrong encoding before it was sent."""
    form = desk.form
    form.top[2] = [cell.encode("utf-8").decode("latin-1") if cell else cell for cell in form.top[2]]
    desk.put_form()


@on_the_desk(STATISTICS, "header", MISSING_COLUMN)
def part_of_a_required_item_missing(desk: Desk) -> None:
    """工业总产值 has no column 本月."""
    form = desk.form
    place = form.place("工业总产值/本月")
    measure = form.top[2][place]
    for row in [*form.top[2:], *(line.cells for line in form.rows), form.bottom[0]]:
        del row[place]
    form.top[2][place] = measure
    form.merges = []
    desk.put_form()
