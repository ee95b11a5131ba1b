"""The workbook of a release, read back: what stands in it, as what, and how it looks."""

import datetime as dt
import zipfile
from decimal import Decimal

import duckdb
import openpyxl
import pytest

from orchestration.publication.marts import Mart, MartColumn, MartsUnusable, SheetSeries
from orchestration.publication.writers import workbook
from orchestration.publication.writers.content import MonthOfRelease, ReleaseContent
from sources.landing import SHANGHAI

MADE_AT = dt.datetime(2024, 4, 9, 12, 0, 5, tzinfo=SHANGHAI)
LIGHTS = {"green": "绿", "yellow": "黄", "red": "红", "grey": "灰"}


def mart(name, label, grain, columns, **told):
    """A table; columns as (name, label) or (name, label, what else is told of it)."""
    stamp = ("release_id", "发布编号")
    described = [
        MartColumn(one[0], "", one[1], f"{one[1]}的说明", **(one[2] if len(one) > 2 else {}))
        for one in (*columns, stamp)
    ]
    return Mart(name, "", label, f"{label}的说明", grain, tuple(described), **told)


BOARD = mart(
    "board",
    "进展表",
    ("period", "code"),
    [
        ("period", "报告期"),
        ("code", "编号"),
        ("town_code", "专业镇代码", {"names_in": "towns.town_name"}),
        ("note", "说明文字"),
        ("light", "亮灯", {"labels_zh": LIGHTS}),
        ("value", "数值"),
        ("growth", "增速", {"unit": "%"}),
        ("money", "投资", {"unit": "万元"}),
        ("households", "户数", {"unit": "户"}),
        ("year", "年份"),
        ("due_on", "期限"),
        ("seen_at", "时间"),
        ("is_done", "是否完成"),
    ],
    series=SheetSeries(("value",), ("code", "town_code")),
)
TOWNS = mart("towns", "专业镇维表", ("town_code",), [("town_code", "代码"), ("town_name", "专业镇名称")])
PERIODS = mart("periods", "报告期维表", ("period",), [("period", "报告期")], sheet_months="all")
DETAIL = mart("detail", "明细表", ("period",), [("period", "报告期")], sheet_months="none")
MONTHS = {
    "2023-12": MonthOfRelease("published"),
    "2024-01": MonthOfRelease("published"),
    "2024-02": MonthOfRelease("blocked", "缺必报数据"),
    "2024-03": MonthOfRelease("published"),
}
ROWS = """
    ('2023-12', '007', 'a', null, 'green', 9, null, null, 1, 2023, null, null, null),
    ('2024-01', '007', 'a', null, 'grey', 1.5, null, null, 1, 2024, null, null, null),
    ('2024-02', '007', 'a', null, 'red', 66, null, null, 1, 2024, null, null, null),
    ('2024-03', '007', 'a', '=1+1', 'yellow', 1234567, -3.456, 12.5, 12345, 2024, '2024-03-31', '2024-04-01 08:30:00',
     true),
    ('2024-03', '008', 'nowhere', '@SUM(A1)', null, null, null, null, null, null, null, null, false),
    ('2024-03', '009', null, '-5 度', 'green', 0.1234, 0, 0, 0, null, null, null, null)
"""


@pytest.fixture
def content():
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse")
        connection.execute(
            "create table warehouse.board (period varchar, code varchar, town_code varchar, note varchar, "
            "light varchar, value decimal(18, 4), growth decimal(18, 4), money decimal(18, 4), households integer, "
            f"year integer, due_on date, seen_at timestamp, is_done boolean, release_id varchar); "
            f"insert into warehouse.board select *, null from (values {ROWS});"
            "create table warehouse.towns as select 'a' as town_code, '年馍镇' as town_name, null as release_id;"
            "create table warehouse.periods as select unnest(['2023-12', '2024-01', '2024-02', '2024-03']) as period, "
            "null as release_id; create table warehouse.detail as from warehouse.periods"
        )
        yield ReleaseContent(connection, [BOARD, DETAIL, PERIODS, TOWNS], "2024-03-r2", MONTHS, MADE_AT, {})


def read(content, folder):
    folder.mkdir(exist_ok=True)
    (written,) = workbook.write(content, folder)
    return written, openpyxl.load_workbook(folder / "specialty_town.xlsx")


@pytest.fixture
def book(content, tmp_path):
    return read(content, tmp_path / "release")[1]


def cells(sheet):
    """The rows of a sheet; a day or an instant as text."""
    return [
        [str(cell.value) if cell.is_date and cell.value else cell.value for cell in row] for row in sheet.iter_rows()
    ]


def test_every_table_but_details_has_its_sheet_and_the_rows_are_told(content, tmp_path):
    written, book = read(content, tmp_path / "release")
    assert book.sheetnames == ["说明", "进展表", "数值逐月", "报告期维表", "专业镇维表"]
    assert dict(written.rows) == {"board": 3, "periods": 4, "towns": 1}
    assert [path.name for path in (tmp_path / "release").iterdir()] == ["specialty_town.xlsx"]
    assert cells(book["专业镇维表"]) == [["代码", "专业镇名称"], ["a", "年馍镇"]]


def test_a_sheet_holds_the_month_of_the_release_with_chinese_headings_and_words(book):
    headings, first, second, third = cells(book["进展表"])
    assert headings == [
        "报告期", "编号", "专业镇代码", "专业镇名称", "说明文字", "亮灯", "数值",
        "增速（%）", "投资（万元）", "户数（户）", "年份", "期限", "时间", "是否完成",
    ]  # fmt: skip
    assert first == [
        "2024-03", "007", "a", "年馍镇", "=1+1", "黄", 1234567, -3.456, 12.5, 12345, 2024,
        "2024-03-31 00:00:00", "2024-04-01 08:30:00", "是",
    ]  # fmt: skip
    assert second == ["2024-03", "008", "nowhere", None, "@SUM(A1)", *[None] * 8, "否"], "missing is empty"
    assert third[6:10] == [0.1234, 0, 0, 0], "and zero is zero"


def test_text_is_never_a_formula(book, tmp_path):
    for sheet in book:
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}
    for cell in book["进展表"]["E"][1:]:
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
    with zipfile.ZipFile(tmp_path / "release" / "specialty_town.xlsx") as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert len(sheets) == 5
    assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)


def test_numbers_days_and_lights_look_as_what_they_are(book):
    sheet = book["进展表"]
    formats = {sheet.cell(1, place).value: sheet.cell(2, place).number_format for place in range(7, 14)}
    assert formats == {
        "数值": "#,##0",
        "增速（%）": "0.00",
        "投资（万元）": "#,##0.00",
        "户数（户）": "#,##0",
        "年份": "0",
        "期限": "yyyy-mm-dd",
        "时间": "yyyy-mm-dd hh:mm:ss",
    }
    assert sheet["G4"].number_format == "#,##0.00##"
    assert [sheet.cell(row, 6).fill.start_color.rgb for row in (2, 4)] == ["FFFFE699", "FFC6E0B4"]
    assert sheet["E2"].fill.fill_type is None
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:N4")
    assert sheet.column_dimensions["D"].width > sheet.column_dimensions["C"].width - 3 > 6


def test_the_year_so_far_stands_side_by_side_without_what_was_not_published(book):
    assert cells(book["数值逐月"]) == [
        ["编号", "专业镇代码", "2024-01", "2024-02", "2024-03"],
        ["007", "a", 1.5, None, 1234567],
        ["008", "nowhere", None, None, None],
        ["009", None, None, None, 0.1234],
    ]


def test_the_first_sheet_says_how_to_read_the_others(book):
    lines = [[cell for cell in row if cell is not None] for row in cells(book["说明"])]
    assert lines[0] == ["专业镇监测 2024-03"]
    assert ["发布编号", "2024-03-r2"] in lines
    assert ["生成时间", "2024-04-09 12:00:05"] in lines
    assert ["未发布的月份", "2024-02：缺必报数据"] in lines
    assert ["进展表", "进展表的说明（2024-03 当月）", "3"] in lines
    assert ["报告期维表", "报告期维表的说明（截至 2024-03）", "4"] in lines
    assert ["数值逐月", "进展表的数值，2024 年至 2024-03 各月并列"] in lines
    assert ["进展表", "亮灯", "亮灯的说明", "绿（green）、黄（yellow）、红（red）、灰（grey）"] in lines
    assert ["进展表", "增速", "%", "增速的说明"] in lines
    assert not any("发布编号的说明" in line for line in lines)


def test_the_same_rows_make_the_same_bytes(content, tmp_path):
    for name in ("one", "other"):
        read(content, tmp_path / name)
    one, other = ((tmp_path / name / "specialty_town.xlsx").read_bytes() for name in ("one", "other"))
    assert one == other


def test_what_no_cell_or_sheet_can_hold(content, tmp_path, monkeypatch):
    content.connection.execute("update warehouse.board set note = repeat('长', 40000) || chr(1) where code = '007'")
    content.connection.execute("update warehouse.board set note = 'a' || chr(1) || 'b' where code = '008'")
    _, book = read(content, tmp_path / "long")
    text = book["进展表"]["E2"].value
    assert (len(text), text[-10:]) == (32_767, "长（过长，未全部列出）"[-10:])
    assert book["进展表"]["E3"].value == "a_x0001_b"
    monkeypatch.setattr(workbook, "SHEET_ROWS", 2)
    with pytest.raises(MartsUnusable, match="board has 3 rows, too many for a sheet"):
        read(content, tmp_path / "too many")


def test_a_figure_keeps_its_digits(content, tmp_path):
    content.connection.execute("update warehouse.board set value = 12345678901.2345 where code = '007'")
    _, book = read(content, tmp_path / "digits")
    assert Decimal(str(book["进展表"]["G2"].value)) == Decimal("12345678901.2345")
