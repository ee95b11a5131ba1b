"""Intake: raw files as in architecture.md; every refusal proven by a file that passes and one that fails."""

from __future__ import annotations

import datetime as dt
import logging
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sources import intake as intake_module
from sources.contract import Contract
from sources.intake import IntakeResult, read_delivery, write_schema
from sources.landing import Arrival, scan
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
    sha256,
    sheet_of,
)

SAMPLE = Path(__file__).parents[4] / "shared" / "sample" / "landing"
REGISTER = register_text(register_line(CODES[0]), register_line(CODES[1])).encode()


def assert_refused(result: IntakeResult, rule: str, *told: str) -> None:
    """Refused by that rule, with a sentence in both languages that names what was seen."""
    assert (result.status, result.refusal_rule) == ("refused", rule), result.reason_en
    assert result.raw_path is None
    assert (result.rows_read, result.rows_data, result.rows_not_data) == (0, 0, 0)
    assert result.reason_zh
    assert result.reason_zh.endswith("。")
    assert result.reason_en
    for words in told:
        assert words in result.reason_zh


def test_raw_rows_carry_place_and_lineage(intake: Intake) -> None:
    result = intake.read("月报.xlsx", enterprise_sheet())
    assert result.status == "accepted"
    assert (result.rows_read, result.rows_data, result.rows_not_data) == (6, 2, 4)
    assert result.rows_by_kind == {"data": 2, "title": 1, "header": 2, "unit": 1}
    row = raw_rows(result)[-1]
    lineage = {name: value for name, value in row.items() if name.startswith("_")}
    assert lineage == {
        "_delivery_id": result.delivery_id,
        "_feed": "statistics_enterprise",
        "_period": "2024-03",
        "_file": "月报.xlsx",
        "_sheet": "Sheet1",
        "_row": 6,
        "_row_kind": "data",
        "_is_hidden": False,
    }
    assert row["enterprise_name"] == "霍州市甲有限公司"
    assert result.raw_path == intake.raw / "statistics_enterprise" / "2024-03" / f"{result.delivery_id}.parquet"


def test_the_raw_file_has_the_schema_of_the_empty_one(intake: Intake, contracts: Mapping[str, Contract]) -> None:
    for feed, contract in contracts.items():
        empty = write_schema(contract, intake.raw)
        assert empty == intake.raw / feed / "schema" / "empty.parquet"
        table = pq.read_table(empty)
        assert table.num_rows == 0
        assert tuple(table.column_names) == contract.raw_columns()
    result = intake.read("a.xlsx", enterprise_sheet())
    assert pq.read_schema(result.raw_path) == pq.read_schema(intake.raw / "statistics_enterprise/schema/empty.parquet")


def test_the_same_delivery_gives_the_same_bytes_and_nothing_half_written(intake: Intake) -> None:
    first = intake.read("a.xlsx", enterprise_sheet())
    assert first.raw_path
    content = first.raw_path.read_bytes()
    arrival = scan(intake.landing, intake.contracts).arrivals[0]
    again = read_delivery(arrival, intake.contracts[arrival.feed], intake.raw, contracts=intake.contracts)
    assert again == first
    assert first.raw_path.read_bytes() == content
    assert [path.name for path in intake.raw.rglob("*") if path.is_file()] == [first.raw_path.name]


def test_a_zip_is_one_delivery_of_all_its_members(intake: Intake) -> None:
    path = intake.put("登记.zip", b"", feed="registration_entities")
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("a.csv", register_text(register_line(CODES[0])).encode("gb18030"))
        container.writestr("b.txt", register_text(register_line(CODES[1])).replace(",", "|").encode("utf-16"))
        container.writestr("说明.pdf", b"%PDF")
    result = intake.read("登记.zip", path.read_bytes(), feed="registration_entities")
    rows = raw_rows(result)
    assert [(row["_file"], row["_row"], row.get("credit_code")) for row in rows if row["_row_kind"] == "data"] == [
        ("登记.zip/a.csv", 2, CODES[0]),
        ("登记.zip/b.txt", 2, CODES[1]),
    ]
    assert {row["_sheet"] for row in rows} == {""}
    assert result.ignored_members == ("说明.pdf",)


def test_a_cover_and_a_code_list_beside_a_good_sheet_are_not_data(intake: Intake) -> None:
    workbook = enterprise_sheet()
    workbook.create_sheet("封面", 0).append(["霍州市专业镇统计报表"])
    workbook.create_sheet("空表")
    workbook.create_sheet("代码", 3)
    for row in (["行业代码表", "行业代码", "甲", "乙", "丙", "丁"], ["1431", "米面", "a", "b", "c", "d"]):
        workbook["代码"].append(row)
    workbook["代码"].sheet_state = "hidden"
    result = intake.read("a.xlsx", workbook)
    assert Counter(kinds(result)) == {"title": 4, "unit": 1, "header": 2, "data": 2}
    assert [(table.sheet, table.rows_data) for table in result.tables] == [
        ("封面", 0),
        ("Sheet1", 2),
        ("空表", 0),
        ("代码", 0),
    ]


def test_r_file_001_a_file_that_cannot_be_read(intake: Intake) -> None:
    assert intake.read("good.csv", REGISTER, feed="registration_entities").status == "accepted"
    assert_refused(intake.read("empty.csv", b"", feed="registration_entities"), "R-FILE-001", "《empty.csv》", "空")
    assert_refused(intake.read("cut.xlsx", b"PK\x03\x04cut"), "R-FILE-001", "《cut.xlsx》", "损坏")
    assert_refused(intake.read("void.xlsx", sheet_of([])), "R-FILE-001", "没有任何内容")
    assert not list(intake.raw.rglob("*.part"))


def test_r_file_001_a_file_that_changed_since_it_was_seen(intake: Intake) -> None:
    path = intake.put("a.csv", REGISTER, feed="registration_entities")
    (arrival,) = scan(intake.landing, intake.contracts).arrivals
    path.write_bytes(REGISTER + b"x")
    result = read_delivery(arrival, intake.contracts[arrival.feed], intake.raw, contracts=intake.contracts)
    assert_refused(result, "R-FILE-001", "改动")


def test_whatever_fails_while_reading_is_a_refusal_and_logs_no_cell(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("张三 10000000000")

    monkeypatch.setattr(intake_module, "find_header", fail)
    with caplog.at_level(logging.DEBUG, logger="sources"):
        result = intake.read("a.csv", REGISTER, feed="registration_entities")
    assert_refused(result, "R-FILE-001", "《a.csv》")
    assert "KeyError" in caplog.text
    assert "张三" not in caplog.text + str(result)


def test_a_failure_to_write_is_not_the_files_fault(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("sources.raw_file.pq.ParquetWriter.write_batch", full)
    with pytest.raises(OSError, match="no space"):
        intake.read("a.csv", REGISTER, feed="registration_entities")
    assert not [path for path in intake.raw.rglob("*") if path.is_file()]


def test_r_file_002_a_required_column_is_missing(intake: Intake) -> None:
    assert intake.read("good.xlsx", sheet_of([PROJECT_HEADER, project_row(1)]), feed="ledger_projects").raw_path
    header = ["投资额" if name.startswith("总投资") else name for name in PROJECT_HEADER]
    result = intake.read("bad.xlsx", sheet_of([header, project_row(2)]), feed="ledger_projects")
    assert_refused(result, "R-FILE-002", "《bad.xlsx》工作表“Sheet1”", "总投资", "看到的表头（第 1 行起）", "投资额")


def test_r_file_002_what_may_be_a_person_in_place_of_a_header_is_not_quoted(intake: Intake) -> None:
    header = ["项目编号", "项目名称", "投资总额", "张三", "王建设", "13900019999"]
    result = intake.read("报表13900019999.xlsx", sheet_of([header, project_row(2)]), feed="ledger_projects")
    assert_refused(
        result, "R-FILE-002", "《报表139****9999.xlsx》", "看到的表头（第 1 行起）：项目编号、项目名称、投资总额；",
        "另有第 4、5、6 列的表头不认识",
    )  # fmt: skip
    assert not [secret for secret in ("张三", "王建设", "13900019999") if secret in str(result)]


def test_r_file_002_an_optional_column_may_be_missing(intake: Intake) -> None:
    header = [
        [*ENTERPRISE_HEADER[0][:5], "营业收入", None],
        [None, None, None, "本月", "1—本月", "本月", "1—本月"],
    ]
    body = [enterprise_row(CODES[0], 1, 2, 3, 4)]
    assert intake.read("a.xlsx", enterprise_sheet(header=header, body=body)).status == "accepted"


def test_r_file_002_a_register_without_header_is_refused_and_not_quoted(intake: Intake) -> None:
    line = f"{CODES[0]},霍州市张三馍坊,20,2020-01-02,存续,年馍,10000000000\n"
    result = intake.read("a.csv", line.encode() * 3, feed="registration_entities")
    assert_refused(result, "R-FILE-002", "找不到表头")
    assert "张三" not in str(result)
    assert "10000000000" not in str(result)


def test_r_file_002_a_second_sheet_with_codes_and_no_header_is_not_lost_in_silence(intake: Intake) -> None:
    workbook = enterprise_sheet()
    workbook.create_sheet("续").append([CODES[2], "霍州市丙有限公司"])
    assert_refused(intake.read("a.xlsx", workbook), "R-FILE-002", "工作表“续”", "找不到表头")


def test_r_file_003_a_file_in_the_folder_of_another_feed(intake: Intake) -> None:
    workbook = sheet_of([PROJECT_HEADER, project_row(1)])
    assert intake.read("a.xlsx", workbook, feed="ledger_projects").status == "accepted"
    result = intake.read("a.xlsx", workbook, feed="statistics_enterprise")
    assert_refused(result, "R-FILE-003", "从表头看是“专业镇项目台账”", "ledger_projects")


def test_r_file_003_a_title_of_another_feed(intake: Intake) -> None:
    assert intake.read("a.xlsx", enterprise_sheet(title="月报（2024年3月）")).status == "accepted"
    result = intake.read("b.xlsx", enterprise_sheet(title="专业镇项目台账（2024年3月）"))
    assert_refused(result, "R-FILE-003", "从标题看是“专业镇项目台账”")


@pytest.mark.parametrize("title", ["月报（2024年1—2月）", "月报（2023-03）"])
def test_r_file_004_a_period_that_contradicts_the_folder(intake: Intake, title: str) -> None:
    assert intake.read("2023-01.xlsx", enterprise_sheet(title="月报（2024年3月）")).status == "accepted"
    assert_refused(intake.read("b.xlsx", enterprise_sheet(title=title)), "R-FILE-004", "2024-03", "报告期")


def test_r_file_004_a_month_in_the_header_counts_where_no_title_says_it(intake: Intake) -> None:
    def header(month: int) -> list[list[str | None]]:
        return [
            ENTERPRISE_HEADER[0],
            [cell and cell.replace("1—本月", f"1—{month}月") for cell in ENTERPRISE_HEADER[1]],
        ]

    assert intake.read("a.xlsx", enterprise_sheet(title="月报", header=header(3))).status == "accepted"
    assert_refused(intake.read("b.xlsx", enterprise_sheet(title="月报", header=header(2))), "R-FILE-004", "2024-02")
    assert intake.read("c.xlsx", enterprise_sheet(title="月报2024年3月", header=header(2))).status == "accepted"


def test_r_file_005_a_receipt_of_another_file(intake: Intake) -> None:
    where = {"feed": "registration_entities"}
    good = intake.read("good.csv", REGISTER, receipt={"sha256": sha256(REGISTER)}, **where)
    assert good.status == "accepted"
    bad = intake.read("bad.csv", REGISTER + b"\n", receipt={"sha256": sha256(REGISTER)}, **where)
    assert_refused(bad, "R-FILE-005", "回执", sha256(REGISTER)[:12])


def test_r_file_006_no_rows_in_a_required_feed(intake: Intake, contracts: Mapping[str, Contract]) -> None:
    feed = "registration_entities"
    empty = register_text().encode()
    assert_refused(intake.read("a.csv", empty, feed=feed), "R-FILE-006", "没有可用的数据行")
    optional = contracts[feed].model_copy(update={"is_required": False})
    (arrival,) = scan(intake.landing, contracts).arrivals
    result = read_delivery(arrival, optional, intake.raw, contracts=contracts)
    assert (result.status, result.rows_read, result.rows_data) == ("accepted", 1, 0)


def test_r_file_007_an_unsafe_archive(intake: Intake, tmp_path: Path) -> None:
    def zipped(name: str) -> bytes:
        path = tmp_path / "made.zip"
        with zipfile.ZipFile(path, "w") as container:
            container.writestr(name, REGISTER)
        return path.read_bytes()

    feed = "registration_entities"
    assert intake.read("good.zip", zipped("a.csv"), feed=feed).status == "accepted"
    assert_refused(intake.read("bad.zip", zipped("../a.csv"), feed=feed), "R-FILE-007", "《bad.zip》", "包外")


@pytest.mark.parametrize(("second", "status"), [(100, "accepted"), (None, "accepted"), (200, "refused")])
def test_r_file_008_two_columns_of_one_item(intake: Intake, second: int | None, status: str) -> None:
    rows = [[*PROJECT_HEADER, "项目总投资"], [*project_row(1), second]]
    result = intake.read("a.xlsx", sheet_of(rows), feed="ledger_projects")
    assert result.status == status
    if status == "accepted":
        assert raw_rows(result)[-1]["total_investment"] == "100"
    else:
        assert_refused(result, "R-FILE-008", "第 4 列“总投资(万元)”和第 7 列“项目总投资”", "第 2 行")


def test_many_rows_come_in_batches_and_in_order(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "_BATCH_ROWS", 7)
    lines = [register_line(CODES[number % 3], f"馍{number}") for number in range(50)]
    result = intake.read("a.csv", register_text(*lines).encode(), feed="registration_entities")
    rows = raw_rows(result)
    assert [row["_row"] for row in rows] == list(range(1, 52))
    assert rows[-1]["business_scope"] == "馍49"


# What the sample holds beyond its data rows, per kind of feed.
SAMPLE_KINDS = {
    "registration_entities": {"header"},
    "registration_changes": {"header"},
    "statistics_enterprise": {"title", "unit", "header", "note", "signature", "total", "subtotal"},
    "statistics_product": {"title", "unit", "header", "note", "signature"},
    "ledger_projects": {"title", "unit", "header"},
    "ledger_issues": {"title", "unit", "header"},
    "ledger_tasks": {"title", "unit", "header"},
    "ledger_events": {"title", "unit", "header"},
    "ledger_funds": {"title", "unit", "header"},
    "ledger_honours": {"title", "unit", "header"},
    "ledger_platforms": {"title", "unit", "header"},
}


@pytest.mark.skipif(not SAMPLE.is_dir(), reason=f"the sample deliveries are not there: {SAMPLE}")
def test_every_sample_delivery_is_accepted_whole(contracts: Mapping[str, Contract], tmp_path: Path) -> None:
    found = scan(SAMPLE, contracts)
    assert Counter(arrival.feed for arrival in found.arrivals) == {
        "registration_entities": 16,
        "registration_changes": 16,
        "statistics_enterprise": 16,
        "statistics_product": 15,
        "ledger_projects": 16,
        "ledger_issues": 16,
        "ledger_tasks": 4,
        "ledger_events": 16,
        "ledger_funds": 16,
        "ledger_honours": 16,
        "ledger_platforms": 16,
    }
    for arrival in found.arrivals:
        result = read_delivery(arrival, contracts[arrival.feed], tmp_path, contracts=contracts)
        assert result.status == "accepted", (arrival.file_name, result.reason_en)
        _assert_conserved(result, arrival)
    (first, correction) = [
        item for item in found.arrivals if (item.feed, item.period) == ("statistics_enterprise", "2023-09")
    ]
    assert "更正" in correction.file_name
    assert correction.received_at - first.received_at == dt.timedelta(days=3)


def _assert_conserved(result: IntakeResult, arrival: Arrival) -> None:
    assert result.raw_path
    table = pq.read_table(result.raw_path, columns=["_row_kind", "_row", "_sheet", "_file"])
    counted = Counter(table["_row_kind"].to_pylist())
    assert result.rows_read == table.num_rows == result.rows_data + result.rows_not_data
    assert counted == result.rows_by_kind
    assert counted["data"] == result.rows_data > 0
    assert set(counted) - {"data"} <= SAMPLE_KINDS[arrival.feed], arrival.file_name
    assert (
        len(set(zip(*(table[name].to_pylist() for name in ("_file", "_sheet", "_row")), strict=True))) == table.num_rows
    )
    assert all(column.column for column in result.tables[0].columns), "a header of the sample is not known"
