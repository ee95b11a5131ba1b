"""Contract files: what they say, and that a wrong one is told with file and field."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from sources.contract import ContractError, load_contract, load_contracts
from sources.header_text import read_header
from sources.units import UNIT_LIST, dimension_of

SMALL = {
    "feed": "small",
    "label_zh": "小表",
    "family": "ledgers",
    "sender": "办公室",
    "is_required": False,
    "due_day": 8,
    "is_full_replacement": False,
    "has_reporting_units": False,
    "key": ["small_id"],
    "columns": [
        {"name": "small_id", "label_zh": "编号", "headers": ["编号"], "type": "code", "is_required": True},
        {"name": "amount", "label_zh": "金额", "headers": ["金额"], "type": "number", "unit": "万元"},
    ],
}


def written(tmp_path: Path, content: dict[str, object]) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_the_feeds_are_there_sorted_and_four_are_required() -> None:
    contracts = load_contracts()
    assert list(contracts) == [
        "ledger_events",
        "ledger_funds",
        "ledger_honours",
        "ledger_issues",
        "ledger_platforms",
        "ledger_projects",
        "ledger_tasks",
        "registration_changes",
        "registration_entities",
        "statistics_enterprise",
        "statistics_product",
    ]
    assert [feed for feed, contract in contracts.items() if contract.is_required] == [
        "ledger_projects",
        "registration_entities",
        "statistics_enterprise",
        "statistics_product",
    ]
    assert {feed: contract.due_day for feed, contract in contracts.items()} == {
        "ledger_issues": 8,
        "ledger_events": 8,
        "ledger_funds": 8,
        "ledger_honours": 8,
        "ledger_platforms": 8,
        "ledger_projects": 8,
        "ledger_tasks": 8,
        "registration_changes": 5,
        "registration_entities": 5,
        "statistics_enterprise": 8,
        "statistics_product": 8,
    }
    assert contracts["statistics_enterprise"].not_due_months == (1,)
    assert contracts["ledger_projects"].not_due_months == ()
    assert [feed for feed, contract in contracts.items() if contract.is_full_replacement] == ["registration_entities"]


def test_a_measure_stands_for_one_column_per_part() -> None:
    contract = load_contracts()["statistics_enterprise"]
    output = [column for column in contract.columns if column.name.startswith("gross_output_value")]
    assert [(column.name, column.unit, column.is_required) for column in output] == [
        ("gross_output_value_month", "万元", True),
        ("gross_output_value_ytd", "万元", True),
        ("gross_output_value_ytd_prior", "万元", False),
    ]
    assert contract.column("electricity_use_ytd").unit == "万千瓦时"
    assert not contract.column("total_profit_month").is_required


def test_raw_columns_begin_with_lineage_and_have_units_only_where_the_contract_has() -> None:
    contract = load_contracts()["statistics_product"]
    columns = contract.raw_columns()
    assert columns[:10] == (
        "_delivery_id", "_feed", "_period", "_file", "_sheet", "_row", "_row_kind", "_is_hidden", "_cells", "_defaults",
    )  # fmt: skip
    assert [name for name in columns if name.endswith("__unit")] == ["average_price__unit"]
    assert columns[-8:-1] == (
        "quantity_unit", "output_month", "output_ytd", "output_ytd_prior", "sales_month", "sales_ytd",
        "average_price",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("feed", "personal"),
    [
        ("registration_entities", ["entity_name", "legal_representative", "address", "phone"]),
        ("registration_changes", ["change_item", "value_before", "value_after"]),
        ("ledger_honours", ["holder"]),
        ("ledger_funds", ["beneficiary"]),
    ],
)
def test_columns_that_can_name_a_person_are_marked(feed: str, personal: list[str]) -> None:
    assert [column.name for column in load_contracts()[feed].columns if column.is_personal] == personal


@pytest.mark.parametrize(
    ("header", "column", "unit"),
    [
        ("统一社会\n信用代码", "credit_code", None),
        ("*企业名称（必填）", "enterprise_name", None),
        ("期末从业\n人员数（人）", "employees", "人"),
        ("工业总产值本月", "gross_output_value_month", None),
        ("工业总产值_本年累计", "gross_output_value_ytd", None),
        ("本年累计工业总产值（亿元）", "gross_output_value_ytd", "亿元"),
        ("工业总产值(1—3月)", "gross_output_value_ytd", None),
        ("2024年1-3月工业总产值", "gross_output_value_ytd", None),
        ("2023年1-3月工业总产值", "gross_output_value_ytd_prior", None),
        ("去年同期累计 营业收入", "operating_revenue_ytd_prior", None),
        ("3月 用电量（度）", "electricity_use_month", "度"),
        ("工业总产值(万元) 本月", "gross_output_value_month", "万元"),
        ("工业总产值同比增长(%)", None, "%"),
        ("序号", None, None),
    ],
)
def test_a_header_is_known_by_its_words_not_its_spelling(header: str, column: str | None, unit: str | None) -> None:
    text = read_header(header, "2024-03")
    found = load_contracts()["statistics_enterprise"].columns_by_header.get(text.key)
    assert (found.name if found else None, text.unit) == (column, unit)


@pytest.mark.parametrize(
    ("feed", "header", "column"),
    [
        ("ledger_issues", "问题\n编号", "issue_id"),
        ("ledger_issues", "涉及企业（项目）", "subject"),
        ("ledger_issues", "办理期限", "due_on"),
        ("ledger_issues", "办理状态（待办/办理中/已办结/暂缓）", "status"),
        ("ledger_issues", "销号时间", "closed_on"),
        ("ledger_issues", "编号", None),
        ("ledger_tasks", "*任务编号（必填）", "task_id"),
        ("ledger_tasks", "重点任务", "task_name"),
        ("ledger_tasks", "计划完成时间", "due_on"),
        ("ledger_tasks", "实际完成时间", "completed_on"),
        ("ledger_tasks", "量化值（项）", "quantified_value"),
        ("ledger_tasks", "完成时间", None),
    ],
)
def test_issues_and_tasks_are_known_by_the_names_that_offices_use(feed: str, header: str, column: str | None) -> None:
    """完成时间 may be a limit or the day it was done: it is neither."""
    found = load_contracts()[feed].columns_by_header.get(read_header(header, "2024-03").key)
    assert (found.name if found else None) == column


@pytest.mark.parametrize(
    ("feed", "header", "column"),
    [
        ("ledger_honours", "证书\n编号", "certificate_no"),
        ("ledger_honours", "荣誉（资质）类型", "honour_type"),
        ("ledger_honours", "级别（国家级/省级/市级/县级）", "honour_level"),
        ("ledger_honours", "持证企业", "holder"),
        ("ledger_honours", "授予（认定）日期", "granted_on"),
        ("ledger_honours", "有效期 至", "expires_on"),
        ("ledger_honours", "荣誉名称", None),
        ("ledger_platforms", "*平台编号（必填）", "platform_id"),
        ("ledger_platforms", "投入使用时间", "opened_on"),
        ("ledger_platforms", "运营状态", "operating_status"),
        ("ledger_platforms", "服务企业数量（家）", "enterprises_served"),
        ("ledger_platforms", "服务企业产值", None),
    ],
)
def test_honours_and_platforms_are_known_by_the_names_that_offices_use(
    feed: str, header: str, column: str | None
) -> None:
    """荣誉名称 may stand beside 荣誉类型, and is not taken for it."""
    found = load_contracts()[feed].columns_by_header.get(read_header(header, "2024-03").key)
    assert (found.name if found else None) == column


@pytest.mark.parametrize(
    ("feed", "header", "column", "unit"),
    [
        ("ledger_events", "活动\n编号", "event_id", None),
        ("ledger_events", "活动时间", "held_on", None),
        ("ledger_events", "参展企业数（家）", "enterprises", "家"),
        ("ledger_events", "参与人数（人）", "attendance", "人"),
        ("ledger_events", "参加人次(万人次)", "attendance", "万人次"),
        ("ledger_events", "意向成交额(亿元)", "intended_value", "亿元"),
        ("ledger_events", "现场成交金额/元", "deal_value", "元"),
        ("ledger_events", "金额(万元)", None, "万元"),
        ("ledger_events", "计划举办日期", None, None),
        ("ledger_funds", "资金类别", "fund_type", None),
        ("ledger_funds", "支持对象（全称）", "beneficiary", None),
        ("ledger_funds", "下达资金（元）", "amount", "元"),
        ("ledger_funds", "到位资金(万元)", "received_amount", "万元"),
        ("ledger_funds", "累计支出金额", "paid_amount", None),
        ("ledger_funds", "计划下达日期", None, None),
    ],
)
def test_events_and_funds_are_known_by_the_names_that_offices_use(
    feed: str, header: str, column: str | None, unit: str | None
) -> None:
    """A plan is no fact, and an event's 金额 may be either of two."""
    text = read_header(header, "2024-03")
    found = load_contracts()[feed].columns_by_header.get(text.key)
    assert (found.name if found else None, text.unit) == (column, unit)


def test_a_small_contract_is_enough_for_a_new_feed(tmp_path: Path) -> None:
    contract = load_contract(written(tmp_path, SMALL))
    assert contract.raw_columns()[-3:] == ("small_id", "amount", "amount__unit")
    assert len(contract.sha256) == 64


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"due_day": 40}, "due_day: Input should be less than or equal to 28"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"feed": "other"}, "feed: 'other' must be the file's own name"),
        ({"key": ["nothing"]}, "key: no such column"),
        ({"key": ["amount"]}, "key: a key column must be required"),
        ({"columns": [{**SMALL["columns"][0], "type": "money"}]}, "columns.0.column.type"),  # type: ignore[index]
        ({"columns": [SMALL["columns"][0], SMALL["columns"][0]]}, "columns: these names stand twice"),  # type: ignore[index]
        (
            {"columns": [SMALL["columns"][0], {**SMALL["columns"][1], "headers": ["编 号"]}]},  # type: ignore[index]
            "is also a header of small_id",
        ),
        (
            {"columns": [SMALL["columns"][0], {**SMALL["columns"][1], "unit": "两"}]},  # type: ignore[index]
            "columns.amount.unit: '两' is no known unit",
        ),
        (
            {
                "columns": [
                    SMALL["columns"][0],  # type: ignore[index]
                    {"name": "m", "label_zh": "量", "headers": ["量"], "parts": ["month"]},
                ]
            },
            "columns.m.parts: not among the parts of the file: ['month']",
        ),
    ],
)
def test_a_wrong_contract_is_told_with_file_and_field(tmp_path: Path, change: dict[str, object], told: str) -> None:
    path = written(tmp_path, {**SMALL, **change})
    with pytest.raises(ContractError) as error:
        load_contract(path)
    assert str(path) in str(error.value)
    assert told in str(error.value)


def test_a_folder_without_contracts_and_broken_yaml_are_told(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no contract"):
        load_contracts(tmp_path)
    (tmp_path / "bad.yaml").write_text("feed: [", encoding="utf-8")
    with pytest.raises(ContractError, match="not valid YAML"):
        load_contracts(tmp_path)


def test_every_unit_of_the_list_is_known_as_it_is_written_and_has_a_factor() -> None:
    with UNIT_LIST.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert {line["unit"]: line["dimension"] for line in lines} == {
        line["unit"]: dimension_of(line["unit"]) for line in lines
    }
    assert all(Decimal(line["factor"]) > 0 for line in lines)
    assert dimension_of("两") is None


@pytest.mark.parametrize(
    "column",
    [
        {**SMALL["columns"][0], "default": "1"},  # type: ignore[index]
        {**SMALL["columns"][1], "default": "1"},  # type: ignore[index]
        {"name": "who", "label_zh": "谁", "headers": ["谁"], "type": "text", "is_personal": True, "default": "某人"},
    ],
)
def test_a_key_a_figure_and_a_person_have_no_default(tmp_path: Path, column: dict[str, object]) -> None:
    columns = [column if one["name"] == column["name"] else one for one in SMALL["columns"]]  # type: ignore[index]
    columns += [column] if column not in columns else []
    path = written(tmp_path, {**SMALL, "columns": columns})
    with pytest.raises(ContractError, match=f"columns.{column['name']}.default: a figure, a key and a person"):
        load_contract(path)
