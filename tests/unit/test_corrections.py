"""Declared corrections: which lines are kept, and what is said of those that are not."""

from dataclasses import replace
from datetime import datetime

import pytest
from openpyxl import Workbook

from orchestration.corrections import declare, is_correctable, read_lines
from orchestration.state import NewCorrection, State
from orchestration.stops import Misuse
from sources.contract import load_contracts
from sources.landing import SHANGHAI

NOON = datetime(2024, 6, 10, 12, tzinfo=SHANGHAI)
CONTRACTS = load_contracts()
LINE = NewCorrection(
    feed="ledger_projects", row_key=" hz-zyz-2024-００2 ", column_name="总投资", period="2024-05", wrong="12,000",
    right="1200", reason="多写一个零", reported_by="领导小组办公室", reported_on="2024-06-08",
)  # fmt: skip


@pytest.fixture
def state(tmp_path):
    with State(tmp_path / "state") as opened:
        yield opened


def test_a_line_is_kept_with_the_contracts_names_and_a_number_of_its_own(state):
    (kept,) = declare([LINE], CONTRACTS, state, NOON)
    assert (kept.correction_id, kept.status) == ("C-1", "open")
    assert (kept.row_key, kept.column_name, kept.wrong, kept.right) == (
        "HZ-ZYZ-2024-002", "total_investment", "12,000", "1200",
    )  # fmt: skip
    assert state.decisions("2024-05").corrections == (kept,)
    assert state.decisions("2024-04").corrections == ()


def test_the_key_of_two_columns_keeps_its_second_part_as_written(state):
    line = replace(
        LINE, feed="statistics_product", row_key="93141082max92e3m3c 年馍", column_name="output_ytd", wrong="1"
    )
    (kept,) = declare([line], CONTRACTS, state, NOON)
    assert kept.row_key == "93141082MAX92E3M3C 年馍"


WRONG = {
    "feed": ({"feed": "ledger_project"}, "no feed 'ledger_project'"),
    "column": ({"column_name": "总投入"}, "column '总投入'"),
    "key column": ({"column_name": "project_id"}, "cannot be corrected"),
    "period": ({"period": "2024-13"}, "must be written as 2024-03"),
    "key": ({"row_key": " "}, "key must not be empty"),
    "reason": ({"reason": ""}, "reason must not be empty"),
    "who": ({"reported_by": ""}, "reported by must not be empty"),
    "day": ({"reported_on": "6月8日"}, "must be like 2024-04-02"),
    "day to come": ({"reported_on": "2024-06-11"}, "has not come yet"),
    "right number": ({"right": "一千二百"}, "is no number"),
    "right date": ({"column_name": "actual_start", "right": "2024-02-30"}, "is no date"),
    "nothing changes": ({"right": "12，000"}, "are the same"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_line_that_cannot_be_is_refused_by_its_number_and_nothing_is_kept(state, case):
    change, message = WRONG[case]
    with pytest.raises(Misuse, match="Line 2: ") as caught:
        declare([LINE, replace(LINE, **{"period": "2024-04", **change})], CONTRACTS, state, NOON)
    assert message in caught.value.message_en
    assert caught.value.message_zh.startswith("第 2 行：")
    assert state.corrections() == ()


@pytest.mark.parametrize("right", ["1,200", "1200.50", "１２００", "0.12亿元", "—", "-5"])
def test_a_right_number_may_be_written_as_offices_do(state, right):
    assert declare([replace(LINE, right=right)], CONTRACTS, state, NOON)


def test_personal_columns_and_keys_are_never_corrected():
    for contract in CONTRACTS.values():
        for column in contract.columns:
            if column.is_personal or column.name in contract.key:
                assert not is_correctable(column, contract)


def test_a_cell_has_one_correction_until_it_is_withdrawn(state):
    declare([LINE], CONTRACTS, state, NOON)
    with pytest.raises(Misuse, match="C-1 already corrects this cell"):
        declare([replace(LINE, right="1300")], CONTRACTS, state, NOON)
    ended = state.withdraw_correction(1, NOON, by="张工", why="来文已更正")
    assert (ended.status, ended.withdrawn_by) == ("withdrawn", "张工")
    assert state.withdraw_correction(1, NOON, by="张工", why="again") is None
    (second,) = declare([replace(LINE, right="1300")], CONTRACTS, state, NOON)
    assert [one.correction_id for one in state.corrections()] == ["C-1", "C-2"]
    assert state.decisions("2024-05").corrections == (second,)


HEADER = ["数据", "主键", "列", "报告期", "错误值", "更正值", "原因", "报告人", "报告日期", "状态"]
ROW = ["ledger_projects", "HZ-1", "总投资", "2024-05", "12000", "1200", "多写一个零", "办公室", "2024-06-08", "open"]


def test_lines_come_from_a_text_or_a_workbook(tmp_path, state):
    text = tmp_path / "更正.csv"
    text.write_bytes(("\n".join([",".join(HEADER), ",".join(ROW)])).encode("gb18030"))
    book = Workbook()
    book.active.append(HEADER[::-1])
    book.active.append(ROW[::-1])
    book.save(tmp_path / "更正.xlsx")
    assert read_lines(text) == read_lines(tmp_path / "更正.xlsx")
    (kept,) = declare(read_lines(text), CONTRACTS, state, NOON)
    assert kept.reason == "多写一个零"


def test_a_file_without_a_column_without_lines_or_with_an_ended_one_is_refused(tmp_path):
    path = tmp_path / "c.csv"
    for lines, message in (
        ([HEADER[1:], ROW[1:]], "no \\(or two\\) column\\(s\\) feed"),
        ([HEADER], "no correction"),
        ([HEADER, [*ROW[:-1], "已撤销"]], "row 2: status"),
    ):
        path.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
        with pytest.raises(Misuse, match=message):
            read_lines(path)
    with pytest.raises(Misuse, match="no file"):
        read_lines(tmp_path / "none.csv")
