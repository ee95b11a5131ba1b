"""A trace as a workbook: the figure, the rows that give it with their sums as formulas, and what is not in it.

Amounts are numbers, so that who doubts the figure can add them up; all else is text, whatever it looks like: what an
office sent is never a formula here. Personal cells are masked before (`trace.py`).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from orchestration.quarantine_workbook import CELL_LENGTH
from orchestration.trace import Trace
from orchestration.trace_tables import Entry, Table, contribution_table, facts, left_out_table

# Excel takes about a million rows; the rows of a register's figure fit, whatever town.
_SHEET_ROWS = 1_000_000


def write_trace(trace: Trace, path: Path) -> None:
    """Write the workbook in the place of one of the same name; whole or not at all. Raises OSError."""
    own = contribution_table("计入的行", "计入这个数的行：金额相加即得", trace.contributions)
    tables = [
        Table("说明", "这个数从哪里来", (("项目", 16), ("内容", 110)), facts(trace)),
        own,
        left_out_table(trace),
        rule_table(trace),
    ]
    if trace.prior_contributions:
        tables.insert(
            2,
            contribution_table(
                "上年同期的行", f"{trace.prior.period} 计入上年同期的行：看“累计”", trace.prior_contributions
            ),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(part), options) as workbook:
        cell = trace.cell
        workbook.set_properties(
            {"title": f"溯源：{cell['period']} {cell['town_name']} {trace.indicator['indicator_name']}"}
        )
        plain = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF", "font_size": 10}
        title = workbook.add_format({"bold": True, "font_size": 14})
        heading = workbook.add_format({**plain, "bold": True, "bg_color": "#D9E2F3", "valign": "vcenter"})
        usual = workbook.add_format({**plain, "num_format": "#,##0.####"})
        total = workbook.add_format({**plain, "num_format": "#,##0.####", "bold": True})
        for table in tables:
            page = workbook.add_worksheet(table.name)
            _lay_out(page, table)
            page.write_string(0, 0, table.title, title)
            for column, (text, _) in enumerate(table.headings):
                page.write_string(1, column, text, heading)
            rows = table.rows[:_SHEET_ROWS]
            for number, row in enumerate(rows, start=2):
                for column, entry in enumerate(row):
                    _put(page, number, column, entry, usual)
            if table.amounts and rows:
                page.write_string(len(rows) + 2, 0, "合计", total)
                for column in table.amounts:
                    _put_sum(page, len(rows) + 2, column, [row[column] for row in rows], total)
    part.replace(path)


def rule_table(trace: Trace) -> Table:
    """Which rules each row passed, and which marked it: a line a row."""
    rows = [one.row for one in trace.contributions if one.row]
    return Table(
        "规则",
        "每行通过的规则和被标记的规则",
        (("来文", 30), ("工作表", 14), ("行号", 8), ("被标记", 30), ("通过", 100)),
        tuple(
            (row.file, row.sheet, row.row_no, "、".join(rule.rule_id for rule in row.marked), "、".join(row.passed))
            for row in dict.fromkeys(rows)
        ),
    )


def _lay_out(page: Worksheet, table: Table) -> None:
    for column, (_, width) in enumerate(table.headings):
        page.set_column(column, column, width)
    page.freeze_panes(2, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)


def _put(page: Worksheet, row: int, column: int, entry: Entry, form: Format) -> None:
    if entry is None or entry == "":
        page.write_blank(row, column, None, form)
    elif isinstance(entry, str):
        page.write_string(row, column, entry[:CELL_LENGTH], form)
    else:
        page.write_number(row, column, float(entry), form)


def _put_sum(page: Worksheet, row: int, column: int, entries: list[Entry], form: Format) -> None:
    known = [entry for entry in entries if isinstance(entry, Decimal)]
    if known:
        name = xl_col_to_name(column)
        page.write_formula(row, column, f"=SUM({name}3:{name}{row})", form, float(sum(known, Decimal(0))))
