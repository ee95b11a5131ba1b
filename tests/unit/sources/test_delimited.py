"""Delimited text: what csv writes in any encoding is read back; damage stays on its own line."""

from __future__ import annotations

import csv
import io
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sources.readers.cells import Row, UnreadableFile
from sources.readers.delimited import SEPARATORS, find_encoding, read_delimited

HEADER = ["统一社会信用代码", "主体名称", "登记状态"]
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
# Control characters and unassigned code points are no text; \r is left to the line ends.
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n"), max_size=12)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(any), max_size=6)


def read(content: bytes) -> list[Row]:
    return list(read_delimited(partial(io.BytesIO, content), "a.csv").rows)


def cells_of(content: bytes) -> list[list[str]]:
    return [row.cells for row in read(content)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example([['"', 'a"b', "\n"]], "gb18030", "|", "\r\n")
@given(TABLES, st.sampled_from(ENCODINGS), st.sampled_from(SEPARATORS), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_csv_writes_is_read_back(table: list[list[str]], encoding: str, separator: str, line_end: str) -> None:
    stream = io.StringIO(newline="")
    # csv leaves a bare \n unquoted when lines end in \r: no reader could tell it from a line end.
    quoting = csv.QUOTE_ALL if line_end == "\r" else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows([HEADER, *table])
    rows = read(stream.getvalue().encode(encoding))
    assert [row.cells for row in rows] == [HEADER, *table]
    assert not any(row.is_damaged for row in rows)


def test_a_row_is_numbered_by_the_physical_line_at_which_it_begins() -> None:
    rows = read(b'a,b\n1,"x\ny"\n\n2,z\n')
    assert [(row.number, row.cells) for row in rows] == [
        (1, ["a", "b"]),
        (2, ["1", "x\ny"]),
        (4, []),
        (5, ["2", "z"]),
    ]


def test_a_quote_that_never_closes_spoils_its_own_line_alone() -> None:
    lines = ["代码,名称,状态", *(f"{number},名{number},存续" for number in range(1, 300))]
    lines[5] = '5,"名5,存续'
    rows = read("\n".join(lines).encode())
    assert len(rows) == 300
    assert [row.number for row in rows] == list(range(1, 301))
    assert [row.number for row in rows if row.is_damaged] == []
    assert rows[5].cells == ["5", '"名5', "存续"]  # read literally it has its columns: repaired
    lines[5] = '5,"名5'
    rows = read("\n".join(lines).encode())
    assert [(row.number, row.cells) for row in rows if row.is_damaged] == [(6, ["5", '"名5'])]
    assert rows[6].cells == ["6", "名6", "存续"]


def test_bytes_that_are_no_character_damage_their_line_alone() -> None:
    lines = ["代码,名称", "1,年馍", "2,厨卫", "3,有机肥"]
    content = "\n".join(lines).encode().replace("厨".encode(), b"\xff\xff")
    rows = read(content)
    assert [row.is_damaged for row in rows] == [False, False, True, False]
    assert "\ufffd" in rows[2].cells[1]
    assert rows[3].cells == ["3", "有机肥"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("padding", [0, 10, 500, 40_000])
def test_zero_bytes_behind_the_text_change_nothing(encoding: str, padding: int) -> None:
    content = "\r\n".join(["代码,名称", *(f"{number},一馍" for number in range(200)), ""]).encode(encoding)
    rows = read(content + bytes(padding))
    assert [row.cells for row in rows] == [["代码", "名称"], *([str(number), "一馍"] for number in range(200))]
    assert not any(row.is_damaged for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_zero_bytes_within_the_text_damage_their_line_alone(encoding: str) -> None:
    lines = [f"{number},年馍".encode(encoding) for number in range(100)]
    lines[30] = b"30," + bytes(40)
    rows = read(b"\n".join(lines))
    assert [row.number for row in rows if row.is_damaged] == [31]
    assert rows[30].cells == ["30", "\ufffd" * 40]
    assert rows[31].cells == ["31", "年馍"]


def test_the_separator_is_that_of_most_lines_not_of_one_cell() -> None:
    content = "代码|名称|经营范围\n1|甲|面,馍,糕\n2|乙|肥;料\n".encode()
    assert cells_of(content)[1] == ["1", "甲", "面,馍,糕"]


def test_an_ascii_beginning_does_not_decide_on_the_encoding() -> None:
    content = b"a,b\n" + b"1,x\n" * 100_000 + "2,年馍\n".encode("gb18030")
    assert find_encoding(partial(io.BytesIO, content)) == "gb18030"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 40, "no text"),
        (b"a" * (1024 * 1024 + 5), "line 1 has more than"),
    ],
)
def test_what_is_no_table_is_told(content: bytes, told: str) -> None:
    with pytest.raises(UnreadableFile, match=told) as error:
        read(content)
    assert error.value.message_zh.endswith("。")
