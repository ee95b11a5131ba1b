"""Property tests of header cells, unit lines and periods: however an office spells them, they name the same.

Where a header stands in a sheet is test_layout's; what becomes of a whole file is test_intake's.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.contract import load_contracts
from sources.header_text import folded, month_said, read_header
from sources.layout import find_header, periods_said, units_said
from sources.readers.cells import Row
from sources.units import UNIT_DIMENSIONS, dimension_of, normal_unit

CONTRACTS = load_contracts()
COLUMNS = [
    (contract.feed, column, header)
    for contract in CONTRACTS.values()
    for column in contract.columns
    for header in column.headers
]
UNITS = sorted(UNIT_DIMENSIONS)
SPACES = st.sampled_from(["", "", " ", "\n", "\r\n", "\u3000", "\xa0", "\u200b", "\ufeff"])
BRACKETS = st.sampled_from(["()", "（）", "[]", "【】", "〔〕", "{}"])
WORDS = "本月年累计上同期去产值单位金额数企业万元亿吨公斤123—-～~至到()（）【】:：、，,./%①⑴ \n\u3000\ufeff其中"

written_anyhow = settings(deadline=None, max_examples=150)
anything = st.one_of(st.text(max_size=40), st.text(alphabet=WORDS, max_size=24))


@st.composite
def spaced(draw: st.DrawFn, text: str) -> str:
    """The text with white space and invisible signs between its characters."""
    return "".join(character + draw(SPACES) for character in text)


@written_anyhow
@given(data=st.data())
def test_a_header_names_its_column_however_it_is_spelt(data: st.DataObject) -> None:
    _, column, header = data.draw(st.sampled_from(COLUMNS))
    numbered = data.draw(st.sampled_from(["", "其中：", "*", "①"]))
    remark = data.draw(st.sampled_from(["", "（必填）", "【选填】"]))
    assert read_header(data.draw(spaced(numbered + header + remark))).key in column.header_keys


@written_anyhow
@given(data=st.data(), unit=st.sampled_from(UNITS), brackets=BRACKETS)
def test_a_unit_in_brackets_is_read_off_the_header(data: st.DataObject, unit: str, brackets: str) -> None:
    _, column, header = data.draw(st.sampled_from([entry for entry in COLUMNS if read_header(entry[2]).unit is None]))
    label = data.draw(st.sampled_from(["", "单位：", "计量单位:", "金额单位："]))
    read = read_header(data.draw(spaced(f"{header}{brackets[0]}{label}{unit}{brackets[1]}")))
    assert (read.key in column.header_keys, read.unit) == (True, normal_unit(unit))


@written_anyhow
@given(year=st.integers(2020, 2099), month=st.integers(2, 12))
def test_months_to_date_are_the_part_that_they_are(year: int, month: int) -> None:
    period = f"{year}-{month:02}"
    to_date = ["产值本年累计", f"{year}年1—{month}月产值", f"1-{month}月产值", f"产值{year}年1～{month}月累计"]
    last_year = ["产值上年同期累计", f"产值{year - 1}年同期累计", "产值去年同期累计"]
    columns = {column.name: column for column in CONTRACTS["statistics_enterprise"].columns}
    for part, forms in {"ytd": to_date, "ytd_prior": last_year}.items():
        keys = columns[f"gross_output_value_{part}"].header_keys
        assert {form: read_header(form, period).key in keys for form in forms} == dict.fromkeys(forms, True)
    assert [month_said(form) for form in to_date] == [None, month, month, month]


@written_anyhow
@given(text=anything, period=st.sampled_from([None, "2024-03", "2025-01"]))
def test_any_text_is_a_header_and_says_nothing_that_it_does_not_hold(text: str, period: str | None) -> None:
    read = read_header(text, period)
    assert "".join(folded(text).split()) == folded(text)
    assert read.unit is None or dimension_of(read.unit) is not None
    assert (read.loose_key is None) == (read.loose_unit is None)
    assert read.loose_unit is None or read.loose_unit in folded(text).replace("去年", "上年") or period is not None


@written_anyhow
@given(data=st.data(), unit=st.sampled_from(UNITS))
def test_a_unit_line_speaks_for_its_dimension(data: st.DataObject, unit: str) -> None:
    label = data.draw(st.sampled_from(["计量单位：", "计量单位:", "金额单位："]))
    line = data.draw(
        st.sampled_from([[label + unit], [label, "", unit], ["单位：" + unit], [f"2024年3月（单位：{unit}）"]])
    )
    assert units_said([Row(1, ["产品产量月报表"]), Row(2, line)]).by_dimension == {
        UNIT_DIMENSIONS[unit]: normal_unit(unit)
    }


@written_anyhow
@given(year=st.integers(2000, 2099), month=st.integers(1, 12))
def test_a_month_in_a_title_is_a_period(year: int, month: int) -> None:
    numerals = "〇一二三四五六七八九"
    months = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
    chinese = "".join(numerals[int(digit)] for digit in str(year)) + f"年{months[month - 1]}月"
    in_figures = [f"{year}年{month}月", f"{year}年{month:02}月", f"{year} 年 {month} 月", f"{year}-{month:02}"]
    for written in (*in_figures, chinese):
        assert periods_said([Row(1, [f"霍州市专业镇月报（{written}）"])]) == {f"{year}-{month:02}"}, written


@written_anyhow
@given(rows=st.lists(st.lists(anything, max_size=12), max_size=12), feed=st.sampled_from(sorted(CONTRACTS)))
def test_no_sheet_makes_the_search_for_a_header_raise(rows: list[list[str]], feed: str) -> None:
    head = [Row(number, cells) for number, cells in enumerate(rows, start=1)]
    header = find_header(head, [], CONTRACTS[feed], "2024-03")
    names = {column.name for column in CONTRACTS[feed].columns}
    assert header is None or (set(header.found) <= names and 1 <= header.first_row <= header.last_row <= len(rows))
    units_said(head)
    assert all(len(period) == 7 for period in periods_said(head))


@written_anyhow
@given(data=st.data(), feed=st.sampled_from(sorted(CONTRACTS)))
def test_a_header_is_found_wherever_its_columns_stand(data: st.DataObject, feed: str) -> None:
    contract = CONTRACTS[feed]
    columns = data.draw(st.permutations(contract.columns))
    cells = [data.draw(st.sampled_from(column.headers)) + data.draw(SPACES) for column in columns]
    above = data.draw(st.lists(st.sampled_from([[], ["霍州市"], ["填报单位：", "统计局"]]), max_size=5))
    head = [Row(number, row) for number, row in enumerate([*above, cells, ["1"] * len(cells)], start=1)]
    header = find_header(head, [], contract, "2024-03")
    assert header is not None
    assert header.first_row == header.last_row == len(above) + 1
    assert header.found == {column.name for column in contract.columns}
