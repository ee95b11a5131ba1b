"""Layout: headers found, units and periods read, and every row told from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from sources.contract import Contract
from sources.layout import UnitsSaid, find_header, looks_like_data, periods_said, units_said
from sources.readers.cells import Row
from tests.unit.sources.builders import (
    CODES,
    ENTERPRISE_HEADER,
    PROJECT_HEADER,
    Intake,
    enterprise_row,
    enterprise_sheet,
    kinds,
    project_row,
    raw_rows,
    register_line,
    register_text,
    sheet_of,
)


def rows_of(*lines: Sequence[str]) -> list[Row]:
    return [Row(number, list(cells)) for number, cells in enumerate(lines, start=1)]


@pytest.mark.parametrize(
    ("title", "periods"),
    [
        ("专业镇重点企业生产经营月报表（2024年1—5月）", {"2024-05"}),
        ("月报（2024 年 1 月－5 月）", {"2024-05"}),
        ("２０２４年５月", {"2024-05"}),
        ("主导产品产销月报（2024-05）", {"2024-05"}),
        ("台账2024.5", {"2024-05"}),
        ("台账202405", {"2024-05"}),
        ("二〇二四年十二月项目台账", {"2024-12"}),
        ("截至2024年3月31日经营主体登记", {"2024-03"}),
        ("2024年5月（上年同期2023年5月）", {"2024-05", "2023-05"}),
        ("2024年度专业镇项目台账", set()),
        ("填报单位：统计局　填报日期：2024年6月8日", set()),
        ("报出日期：2024年6月", set()),
        ("2024-06-08", set()),
        ("执行标准 GB/T 4754-2017", set()),
        ("规划 2024-2025", set()),
    ],
)
def test_periods_are_read_from_titles_and_dates_are_none(title: str, periods: set[str]) -> None:
    assert periods_said(rows_of([title])) == periods


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["制表机关：领导小组办公室", "计量单位：万元"], {"money": "万元"}),
        (["（单位：亿元）"], {"money": "亿元"}),
        (["计量单位", "千元"], {"money": "千元"}),
        (["金额单位：万元、万度"], {"money": "万元", "energy": "万度"}),
        (["计量单位：百亿圆"], {"money": "百亿圆"}),
        (["计量单位：见表内"], {}),
        (["计量单位：—"], {}),
        (["单位：元通公司"], {}),
        (["填报单位：万元村"], {}),
    ],
)
def test_units_are_read_from_the_unit_line(cells: list[str], said: dict[str, str]) -> None:
    assert units_said(rows_of(cells)) == UnitsSaid(said)


def unit_of(intake: Intake, column: str, **sheet: Any) -> str | None:
    result = intake.read("a.xlsx", enterprise_sheet(**sheet))
    return next(row.get(f"{column}__unit") for row in raw_rows(result) if row["_row_kind"] == "data")


def with_output_header(text: str) -> list[list[str | None]]:
    upper, lower = ENTERPRISE_HEADER
    return [[text if cell == "工业总产值" else cell for cell in upper], list(lower)]


@pytest.mark.parametrize(
    ("unit_line", "header", "unit"),
    [
        ("计量单位：万元", "工业总产值（亿元）", "亿元"),
        ("计量单位：千元", "工业总产值", "千元"),
        ("计量单位：公斤", "工业总产值", "万元"),
        ("计量单位：见表内", "工业总产值", "万元"),
        ("计量单位：万元", "工业总产值(两)", "两"),
    ],
)
def test_the_unit_is_that_of_the_header_else_of_the_line_else_of_the_contract(
    intake: Intake, unit_line: str, header: str, unit: str
) -> None:
    assert unit_of(intake, "gross_output_value_month", unit=unit_line, header=with_output_header(header)) == unit


def test_a_money_line_says_nothing_about_a_price(intake: Intake) -> None:
    header = ["统一社会信用代码", "所属专业镇", "产品名称", "计量单位", "累计产量", "平均出厂价"]
    workbook = sheet_of([["产销月报"], ["计量单位：万元"], header, [CODES[0], "年馍", "年馍", "公斤", 5, 6.5]])
    result = intake.read("a.xlsx", workbook, feed="statistics_product")
    (row,) = [row for row in raw_rows(result) if row["_row_kind"] == "data"]
    assert (row["average_price"], row["average_price__unit"], row["quantity_unit"]) == ("6.5", "元", "公斤")


@pytest.mark.parametrize("merges", [(), ("D3:F3", "G3:I3", "A3:A4", "B3:B4", "C3:C4")])
def test_two_levels_are_read_merged_or_not(intake: Intake, merges: Sequence[str]) -> None:
    result = intake.read("a.xlsx", enterprise_sheet(merges=merges))
    assert kinds(result) == ["title", "unit", "header", "header", "data", "data"]
    row = raw_rows(result)[-1]
    assert row["_row"] == 6
    numbers = [row[f"{item}_{part}"] for item in ("gross_output_value", "operating_revenue") for part in (
        "month", "ytd", "ytd_prior"
    )]  # fmt: skip
    assert numbers == list("123456")


def test_a_group_heading_above_the_header_belongs_to_it(intake: Intake) -> None:
    group = ["统一社会信用代码", "企业名称", "所属专业镇", "主要经济指标", None, None, None, None, None]
    lower = [[None, None, None, *ENTERPRISE_HEADER[0][3:]], ENTERPRISE_HEADER[1]]
    merges = ("A3:A5", "B3:B5", "C3:C5", "D3:I3", "D4:F4", "G4:I4")
    result = intake.read("a.xlsx", enterprise_sheet(header=[group, *lower], merges=merges))
    assert kinds(result) == ["title", "unit", "header", "header", "header", "data", "data"]


def test_columns_come_in_any_order_and_unknown_ones_are_kept(intake: Intake) -> None:
    header = ["备注", *reversed(PROJECT_HEADER), "备注"]
    row = ["甲", *reversed(project_row(1)), "乙"]
    result = intake.read("a.xlsx", sheet_of([header, row]), feed="ledger_projects")
    data = raw_rows(result)[-1]
    assert (data["project_id"], data["total_investment"], data["total_investment__unit"]) == (
        "HZ-000001",
        "100",
        "万元",
    )
    assert data["_cells"] == '{"备注":"甲","备注（第8列）":"乙"}'
    assert [(seen.header, seen.column) for seen in result.tables[0].columns][:2] == [
        ("备注", None),
        ("责任单位", "responsible_unit"),
    ]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["合计", None, None, 1, 2], "total"),
        ([None, " 合 计 ", None, 1, 2], "total"),
        ([None, "小计", None, 1, 2], "subtotal"),
        (["霍州年馍特色专业镇合计", None, None, 1, 2], "subtotal"),
        ([CODES[2], "合计", "年馍", 1, 2], "data"),
        ([None, "合计商贸有限公司", "年馍", 1, 2], "data"),
        ([None, "霍州市甲有限公司", "年馍", 1, 2], "data"),
        ([None, None, None, 1, 2], "data"),
        (["注：1. 本表由重点企业填报。", None, None], "note"),
        (["说明", None, None], "note"),
        ([None, "说明书印刷有限公司", "年馍", 1, 2], "data"),
        (["单位负责人：王某  填表人：李某", None, None], "signature"),
        (["填表人", None, "报出日期"], "signature"),
        (["一、霍州年馍特色专业镇", None, None], "title"),
        (["计量单位：万元", None, None], "unit"),
        ([None, None, None], "blank"),
        (["  ", None, "　"], "blank"),
        (list(ENTERPRISE_HEADER[0]), "header"),
        (list(ENTERPRISE_HEADER[1]), "header"),
    ],
)
def test_a_row_between_data_rows_is_what_it_is(intake: Intake, row: list[Any], kind: str) -> None:
    body = [enterprise_row(CODES[0]), row, enterprise_row(CODES[1])]
    result = intake.read("a.xlsx", enterprise_sheet(body=body))
    assert kinds(result)[4:] == ["data", kind, "data"]
    assert result.rows_read == result.rows_data + result.rows_not_data == 7


def test_a_number_before_the_word_does_not_hide_a_total(intake: Intake) -> None:
    body = [["序号", *PROJECT_HEADER], [1, *project_row(1)], [2, None, "全市合计：", None, 100]]
    result = intake.read("a.xlsx", sheet_of(body), feed="ledger_projects")
    assert kinds(result) == ["header", "data", "total"]


def test_the_row_of_column_numbers_is_header_only_right_under_it(intake: Intake) -> None:
    numbers = ["甲", "乙", "丙", *range(1, 7)]
    body = [numbers, enterprise_row(CODES[0]), numbers]
    assert kinds(intake.read("a.xlsx", enterprise_sheet(body=body)))[4:] == ["header", "data", "data"]


def test_a_merged_cell_counts_for_all_its_rows_of_data(intake: Intake) -> None:
    body = [
        enterprise_row(CODES[0]),
        enterprise_row(CODES[1]),
        ["合计", None, None, 2, 4],
        enterprise_row(CODES[2]),
    ]
    result = intake.read("a.xlsx", enterprise_sheet(body=body, merges=("C5:C8",)))
    rows = raw_rows(result)[4:]
    assert [(row["_row_kind"], row.get("town")) for row in rows] == [
        ("data", "年馍"),
        ("data", "年馍"),
        ("total", None),
        ("data", "年馍"),
    ]


def test_total_rows_have_their_columns_and_all_cells(intake: Intake) -> None:
    result = intake.read("a.xlsx", enterprise_sheet(body=[enterprise_row(CODES[0]), ["合计", None, None, 9.5]]))
    total = raw_rows(result)[-1]
    assert (total["gross_output_value_month"], total["gross_output_value_month__unit"]) == ("9.5", "万元")
    assert total["_cells"] == '["合计","","","9.5","","","","",""]'


def test_a_hidden_row_is_data_and_marked(intake: Intake) -> None:
    workbook = enterprise_sheet()
    workbook.active.row_dimensions[5].hidden = True
    assert [row["_is_hidden"] for row in raw_rows(intake.read("a.xlsx", workbook))] == [
        *[False] * 4,
        True,
        False,
    ]


def read_register(intake: Intake, *lines: str) -> list[dict[str, Any]]:
    result = intake.read("a.csv", register_text(*lines).encode("gb18030"), feed="registration_entities")
    return raw_rows(result)


def test_a_line_torn_apart_is_repaired_if_then_its_width_is_right(intake: Intake) -> None:
    rows = read_register(
        intake,
        register_line(CODES[0], "年馍加工\n花馍销售"),
        register_line(CODES[1]),
        register_line(CODES[2]),
    )
    assert [(row["_row"], row["_row_kind"]) for row in rows[1:]] == [(2, "data"), (4, "data"), (5, "data")]
    assert rows[1]["business_scope"] == "年馍加工\n花馍销售"
    assert rows[1]["phone"] == "10000000000"


@pytest.mark.parametrize("damaged", [f"{CODES[1]},霍州市乙", register_line(CODES[1], "年馍,花馍")])
def test_a_damaged_line_is_set_aside_alone(intake: Intake, damaged: str) -> None:
    rows = read_register(intake, register_line(CODES[0]), damaged, register_line(CODES[2]))
    assert [row["_row_kind"] for row in rows] == ["header", "data", "damaged", "data"]
    assert "credit_code" not in rows[2]
    assert rows[2]["_cells"].startswith(f'["{CODES[1]}","霍州市')


def test_two_lines_cut_short_are_not_taken_for_one(intake: Intake) -> None:
    half = f"{CODES[0]},霍州市甲,20,2020-01-02"
    other = f"{CODES[1]},霍州市乙,20,2020-01-02"
    rows = read_register(intake, half, other, register_line(CODES[2]))
    assert [row["_row_kind"] for row in rows] == ["header", "damaged", "damaged", "data"]


def test_separators_at_the_end_of_a_line_are_no_damage(intake: Intake) -> None:
    rows = read_register(intake, register_line(CODES[0]) + ",,", register_line(CODES[1]))
    assert [row["_row_kind"] for row in rows] == ["header", "data", "data"]


def test_the_header_search_prefers_the_row_that_names_most(contracts: Mapping[str, Contract]) -> None:
    head = rows_of(["项目名称一览", "", "", "", "", ""], ["项目名称", "", "", "", "", ""], PROJECT_HEADER)
    header = find_header(head, (), contracts["ledger_projects"], "2024-03")
    assert header is not None
    assert (header.first_row, header.last_row) == (3, 3)
    assert not header.missing(contracts["ledger_projects"])
    assert find_header(rows_of(["a", "b"]), (), contracts["ledger_projects"], "2024-03") is None


def test_a_row_without_header_looks_like_data_by_a_code_or_by_many_cells(
    contracts: Mapping[str, Contract],
) -> None:
    contract = contracts["statistics_enterprise"]
    assert looks_like_data(Row(1, ["", f" {CODES[0].lower()} "]), contract)
    assert looks_like_data(Row(1, list("abcdefg")), contract)
    assert not looks_like_data(Row(1, ["填表说明", "请按月填报", ""]), contract)
