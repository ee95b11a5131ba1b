"""A declared correction on the sample city: applied, overtaken by the sender, ended; and what is said of it."""

import json
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tests.city import City

PERIOD = "2024-05"
PROJECT = "HZ-ZYZ-2024-002"
INDICATORS = (
    "select sum(value) filter (where indicator_code = 'investment_total'), "
    "max(flags) filter (where indicator_code = 'investment_total') from indicator_monthly "
    f"where period = '{PERIOD}' and town_code = 'all' and breakdown = 'all'"
)
COMMON = (
    "--feed", "ledger_projects", "--period", PERIOD, "--key", PROJECT, "--by", "领导小组办公室",
    "--on", "2024-06-08", "--reason", "总投资漏记追加部分",
)  # fmt: skip


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    city = City(tmp_path_factory.mktemp("corrections"))
    city.take_from_sample(PERIOD)
    return city


def total_cells(city):
    """The office's workbook, where it lies, and the cells of 总投资 by project."""
    (path,) = (city.landing / "ledger_projects" / PERIOD).glob("*.xlsx")
    book = load_workbook(path)
    sheet = book.active
    (column,) = {
        cell.column for line in sheet.iter_rows(max_row=6) for cell in line if str(cell.value).startswith("总投资")
    }
    projects = [cell for line in sheet.iter_rows() for cell in line if str(cell.value).startswith("HZ-")]
    return path, book, {cell.value: sheet.cell(cell.row, column) for cell in projects}


def test_a_correction_lives_until_the_sender_has_mended_the_file(city):
    path, book, totals = total_cells(city)
    cell = totals[PROJECT]
    delivered = sum(Decimal(str(one.value)) for one in totals.values())
    wrong, right = Decimal(str(cell.value)), Decimal(str(cell.value)) * 2

    declared = city.stm(
        "correction", "add", *COMMON, "--column", "总投资", "--wrong", f"{wrong:,}", "--right", str(right), "--json"
    )
    assert declared.code == 0, declared.err
    ran = city.stm("run", "--json")
    assert ran.published() == [f"{PERIOD}-r1"]
    (told,) = ran.report["corrections"]
    assert (told["correction_id"], told["outcome"]) == ("C-1", "applied")
    ((corrected, flags),) = city.query(INDICATORS)
    # As delivered more is completed than the total, which warns; as corrected it is not.
    assert (corrected - delivered, flags) == (right - wrong, None)
    (said,) = city.manifest()["corrections"]
    assert (said["outcome"], said["row_key"], said["column_name"], said["row_no"]) == (
        "applied", PROJECT, "total_investment", cell.row,
    )  # fmt: skip
    assert (said["wrong"], said["right"], said["reason"]) == (f"{wrong:,}", str(right), COMMON[-1])
    # What was delivered is kept, in raw and in staging.
    assert city.warehouse(
        f"select total_investment, _corrections from stg_ledger_projects where project_id = '{PROJECT}' "
        "order by _corrections nulls first"
    ) == [(wrong, None), (right, "C-1")]
    exported = city.stm("quarantine", "export", "--out", str(city.data / "letters"))
    assert exported.code == 0, exported.err
    (letter,) = (city.data / "letters").glob("*领导小组办公室*.xlsx")
    headings, line = load_workbook(letter)["声明的更正"].iter_rows(min_row=2, max_row=3, values_only=True)
    sent_back = dict(zip(headings, line, strict=True))
    assert (sent_back["编号"], sent_back["主键"], sent_back["行号"]) == ("C-1", PROJECT, cell.row)

    # The sender mends it in another way: what is declared is obsolete, and left out.
    cell.value = float(right + 1)
    book.save(path.with_name("更正后" + path.name))
    ran = city.stm("run", "--json")
    assert ran.published() == [f"{PERIOD}-r2"]
    (told,) = ran.report["corrections"]
    assert (told["outcome"], Decimal(told["cell"])) == ("obsolete", right + 1)
    assert city.query(INDICATORS)[0][0] - corrected == 1
    (listed,) = json.loads(city.stm("correction", "list", "--json").out)
    assert listed["outcome"] == "obsolete"
    assert "已过时" in city.stm("correction", "list").out

    # The release that used it still says so.
    traced = city.stm(
        "trace", "--period", PERIOD, "--town", "all", "--indicator", "总投资", "--release", f"{PERIOD}-r1", "--json"
    )
    assert traced.code == 0, traced.err
    (one,) = [one for one in json.loads(traced.out)["contributions"] if one["contributor"] == PROJECT]
    (applied,) = one["row"]["corrections"]
    assert (applied["correction_id"], applied["wrong"], applied["right"]) == ("C-1", f"{wrong:,}", str(right))
    (as_sent,) = [cell["text"] for cell in one["row"]["cells"] if cell["column"] == "total_investment"]
    assert (Decimal(as_sent), Decimal(one["value"])) == (wrong, right)

    ended = city.stm("correction", "withdraw", "C-1", "--by", "张工", "--why", "来文已更正")
    assert ended.code == 0, ended.err
    assert "已撤销" in city.stm("correction", "list").out


def test_what_cannot_be_corrected_is_said_in_one_sentence(city):
    for arguments, message in (
        (("--column", "项目编号", "--wrong", "1", "--right", "2"), "主键列"),
        (("--column", "没有这列", "--wrong", "1", "--right", "2"), "没有这一列"),
    ):
        ran = city.stm("correction", "add", *COMMON, *arguments)
        assert ran.code == 2
        assert message in ran.err
        assert "Traceback" not in ran.err
    assert city.stm("correction", "withdraw", "C-99", "--by", "张工", "--why", "无").code == 2
