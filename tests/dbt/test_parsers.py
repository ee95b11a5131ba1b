"""Property tests of the parsers in `macros/parsing`: what a formatter writes, the parser reads back, and no text
makes one raise. The macros are compiled by dbt once; hypothesis then sends whole columns of cells through DuckDB.

What a staging model does with the values belongs in that model's dbt unit tests.
"""

from __future__ import annotations

import calendar
import csv
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from sources.units import UNIT_DIMENSIONS
from tests.city import REPOSITORY
from tests.dbt_command import dbt

DIMENSIONS = ("money", "mass", "energy", "person")
PARSERS = {
    "missing": "is_missing_mark('cells.cell')",
    "number": "parse_number('cells.cell', 'cells.unit')",
    "price": "parse_price('cells.cell', 'cells.unit')",
    **{dimension: f"parse_quantity('cells.cell', 'cells.unit', '{dimension}')" for dimension in DIMENSIONS},
    "date": "parse_date('cells.cell')",
    "last_day": "parse_last_day('cells.cell')",
    "impossible": "is_impossible_date('cells.cell', parse_date('cells.cell'))",
    "code": "parse_code('cells.cell')",
    "credit_code": "is_credit_code(parse_code('cells.cell'))",
    "flag": "parse_flag('cells.cell')",
    "text": "parse_text('cells.cell')",
    "capacity": "capacity_number('cells.cell')",
    "capacity_unit": "capacity_unit('cells.cell')",
    "clause": "clause_key('cells.cell')",
    "same_again": "says_the_same('cells.cell', 'cells.cell')",
}
MISSING = ("-", "－", "—", "——", "–", "…", "……", "/", "／", "无", "空")
CITY_DAYS = st.dates(date(1954, 10, 4), date(2100, 12, 31))  # Excel serials of five digits from 20000

Cell = TypeVar("Cell")

one_run = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def columns_of(cells: st.SearchStrategy[Cell], most: int = 100) -> st.SearchStrategy[list[Cell]]:
    return st.lists(cells, min_size=1, max_size=most)


@dataclass(frozen=True)
class Parsers:
    """The compiled parsers over one table of cells."""

    warehouse: duckdb.DuckDBPyConnection
    compiled: Mapping[str, str] = field(repr=False)

    def read(self, cells: Sequence[str], *names: str, units: Sequence[str | None] | None = None) -> list[tuple]:
        """What the named parsers make of each cell, in the order of the cells. `units`: the unit of each row."""
        delivered = pa.table(
            {
                "cell_id": pa.array(range(len(cells)), pa.int64()),
                "cell": pa.array(cells, pa.string()),
                "unit": pa.array(units or [None] * len(cells), pa.string()),
            }
        )
        self.warehouse.register("cells", delivered)
        values = ", ".join(self.compiled[name] for name in names)
        return self.warehouse.sql(f"select {values} from cells order by cells.cell_id").fetchall()

    def one(self, cells: Sequence[str], name: str, units: Sequence[str | None] | None = None) -> list:
        return [value for (value,) in self.read(cells, name, units=units)]


@pytest.fixture(scope="module")
def parsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parsers]:
    folder = tmp_path_factory.mktemp("parsers")
    dbt(folder, "seed", "--select", "unit_list")
    calls = "\n;\n".join(f"{{{{ {macro} }}}}" for macro in PARSERS.values())
    compiled = dbt(folder, "--quiet", "compile", "--inline", calls).split("\n;\n")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as warehouse:
        yield Parsers(warehouse, dict(zip(PARSERS, compiled, strict=True)))


@pytest.fixture(scope="module")
def factors() -> dict[str, dict[str, Decimal]]:
    """Dimension -> unit -> factor to the base unit, of the seed."""
    found: dict[str, dict[str, Decimal]] = {}
    with (REPOSITORY / "dbt_project" / "seeds" / "unit_list.csv").open(encoding="utf-8", newline="") as seed:
        for row in csv.DictReader(seed):
            found.setdefault(row["dimension"], {})[row["unit"]] = Decimal(row["factor"])
    return found


# ---- writing as offices write ----------------------------------------------------------------------------------


_FULL_WIDTH = str.maketrans(
    "0123456789.,-+()%/:" + string.ascii_letters,
    "０１２３４５６７８９．，－＋（）％／：" + "".join(chr(ord(letter) + 0xFEE0) for letter in string.ascii_letters),
)


def widths(text: str) -> st.SearchStrategy[str]:
    """The text as it is, or full-width; white space around it."""
    around = st.sampled_from(["", " ", "  ", "\u3000", "\xa0", "\n"])
    return st.builds(
        lambda before, written, after: before + written + after,
        around, st.sampled_from([text, text.translate(_FULL_WIDTH)]), around,
    )  # fmt: skip


@st.composite
def written_numbers(draw: st.DrawFn, places: int = 8, whole: int = 12, unit: str = "") -> tuple[str, Decimal]:
    """A number and one of the ways to write it."""
    value = draw(st.decimals(-(10**whole) + 1, 10**whole - 1, places=draw(st.integers(0, places)), allow_nan=False))
    positive = f"{abs(value):f}"
    if draw(st.booleans()):
        positive = f"{abs(value):,f}"
    if "." in positive and draw(st.booleans()):
        positive = positive.rstrip("0").rstrip(".") or "0"
    currency = draw(st.sampled_from(["", "¥", "￥"]))
    signs = ["-", "−", "("] if value < 0 else ["", "+"]
    sign = draw(st.sampled_from(signs))
    text = f"({currency}{positive})" if sign == "(" else f"{sign}{currency}{positive}"
    if draw(st.booleans()):
        text = f"{text}({unit})" if unit and draw(st.booleans()) else text + draw(st.sampled_from(["", " "])) + unit
    else:
        text += unit
    return draw(widths(text)), value


@st.composite
def written_dates(draw: st.DrawFn) -> tuple[str, date]:
    day = draw(CITY_DAYS)
    forms = [
        day.isoformat(), f"{day:%Y/%m/%d}", f"{day.year}/{day.month}/{day.day}", f"{day:%Y.%m.%d}",
        f"{day.year}.{day.month}.{day.day}", f"{day.year}-{day.month}-{day.day}", f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日", f"{day.year} 年 {day.month:02} 月 {day.day:02} 日",
        f"{day.isoformat()} 08:30", f"{day.isoformat()} 08:30:15", f"{day.isoformat()}T08:30:15.250",
        f"{day:%Y/%m/%d} 0:00:00", str((day - date(1899, 12, 30)).days), f"{(day - date(1899, 12, 30)).days}.0",
    ]  # fmt: skip
    return draw(widths(draw(st.sampled_from(forms)))), day


@st.composite
def written_months(draw: st.DrawFn) -> tuple[str, date]:
    day = draw(CITY_DAYS).replace(day=1)
    forms = [
        f"{day:%Y-%m}", f"{day.year}-{day.month}", f"{day:%Y/%m}", f"{day.year}.{day.month}",
        f"{day.year}年{day.month}月", f"{day.year}年{day.month:02}月", f"{day.year} 年 {day.month} 月",
    ]  # fmt: skip
    return draw(widths(draw(st.sampled_from(forms)))), day


@st.composite
def impossible_dates(draw: st.DrawFn) -> str:
    year = draw(st.integers(1954, 2100))
    month, day = draw(
        st.one_of(
            st.tuples(st.integers(13, 99), st.integers(1, 28)),
            st.integers(1, 12).flatmap(
                lambda m: st.tuples(st.just(m), st.integers(calendar.monthrange(year, m)[1] + 1, 99))
            ),
            st.tuples(st.integers(1, 12), st.just(0)),
            st.tuples(st.just(0), st.integers(1, 28)),
        )
    )
    forms = [
        f"{year}-{month:02}-{day:02}",
        f"{year}年{month}月{day}日",
        f"{year}{month:02}{day:02}",
        f"{year}/{month}/{day}",
    ]
    return draw(widths(draw(st.sampled_from(forms))))


anything = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789.,-+eE()（）％%/年月日：: 　０９万亿元吨人家T长期无—…¥|'\"\\{}", max_size=24),
    written_numbers().map(lambda written: written[0] + "?"),
    written_dates().map(lambda written: "约" + written[0]),
)  # fmt: skip


def within(bound: int, value: Decimal) -> Decimal | None:
    """The value, or None where it is beyond what a county can have."""
    return value if abs(value) < bound else None


# ---- what is written is read back ------------------------------------------------------------------------------


@one_run
@given(column=columns_of(written_numbers()))
def test_numbers_are_read_back(parsers: Parsers, column: list[tuple[str, Decimal]]) -> None:
    assert parsers.one([text for text, _ in column], "number") == [value for _, value in column]


@one_run
@given(column=columns_of(written_numbers(unit="吨")))
def test_a_number_may_repeat_the_unit_of_its_row_and_no_other(
    parsers: Parsers, column: list[tuple[str, Decimal]]
) -> None:
    texts = [text for text, _ in column]
    assert parsers.one(texts, "number", units=["吨"] * len(texts)) == [value for _, value in column]
    assert parsers.one(texts, "number", units=["公斤"] * len(texts)) == [None] * len(texts)


@one_run
@given(data=st.data(), dimension=st.sampled_from(DIMENSIONS))
def test_quantities_become_their_base_unit(
    parsers: Parsers, factors: dict[str, dict[str, Decimal]], data: st.DataObject, dimension: str
) -> None:
    units = st.sampled_from(sorted(factors[dimension]))
    own_unit = units.flatmap(lambda unit: st.tuples(written_numbers(whole=6, unit=unit), st.just(unit), units))
    row_unit = units.flatmap(lambda unit: st.tuples(written_numbers(whole=6), st.just(unit), st.just(unit)))
    column = data.draw(columns_of(st.one_of(own_unit, row_unit), most=60))
    read = parsers.one([text for (text, _), _, _ in column], dimension, units=[unit for _, _, unit in column])
    assert read == [
        within(10**10, (value * factors[dimension][unit]).quantize(Decimal("0.0001"), ROUND_HALF_UP))
        for (_, value), unit, _ in column
    ]


@one_run
@given(data=st.data(), dimension=st.sampled_from(DIMENSIONS))
def test_a_unit_of_another_dimension_gives_no_value(parsers: Parsers, data: st.DataObject, dimension: str) -> None:
    others = sorted(unit for unit, measures in UNIT_DIMENSIONS.items() if measures != dimension)
    column = data.draw(columns_of(st.sampled_from(others).flatmap(lambda unit: written_numbers(whole=6, unit=unit))))
    own = {"money": "万元", "mass": "公斤", "energy": "度", "person": "人"}[dimension]
    texts = [text for text, _ in column]
    assert parsers.one(texts, dimension, units=[own] * len(texts)) == [None] * len(texts)
    assert parsers.one(["1"] * len(others), dimension, units=others) == [None] * len(others)


@one_run
@given(column=columns_of(written_numbers(places=6, whole=6)))
def test_a_price_keeps_what_money_would_round(parsers: Parsers, column: list[tuple[str, Decimal]]) -> None:
    texts = [text for text, _ in column]
    assert parsers.one(texts, "price", units=["元"] * len(texts)) == [value for _, value in column]
    assert parsers.one(texts, "price", units=["万元"] * len(texts)) == [
        within(10**8, value * 10000) for _, value in column
    ]


@one_run
@given(column=columns_of(written_dates()))
def test_dates_are_read_back(parsers: Parsers, column: list[tuple[str, date]]) -> None:
    expected = [(day, day, False) for _, day in column]
    assert parsers.read([text for text, _ in column], "date", "last_day", "impossible") == expected


@one_run
@given(column=columns_of(written_months()))
def test_a_month_is_its_first_day_or_as_a_limit_its_last(parsers: Parsers, column: list[tuple[str, date]]) -> None:
    expected = [(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1), False) for _, first in column]
    assert parsers.read([text for text, _ in column], "date", "last_day", "impossible") == expected


@one_run
@given(column=columns_of(impossible_dates()))
def test_a_day_that_no_calendar_has_is_impossible_not_missing(parsers: Parsers, column: list[str]) -> None:
    assert parsers.read(column, "date", "last_day", "impossible", "missing") == [(None, None, True, False)] * len(
        column
    )


@given(text=widths("长期"))
@settings(one_run, max_examples=20)
def test_open_ended_is_the_last_day_of_all(parsers: Parsers, text: str) -> None:
    assert parsers.read([text], "date", "last_day", "impossible") == [(date(9999, 12, 31), date(9999, 12, 31), False)]


_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@one_run
@given(column=columns_of(st.tuples(st.text(_CODE_LETTERS, min_size=17, max_size=17), st.sampled_from(_CODE_LETTERS))))
def test_credit_codes_are_checked_as_python_stdnum_checks_them(parsers: Parsers, column: list[tuple[str, str]]) -> None:
    right = [body + uscc.calc_check_digit(body) for body, _ in column]
    other = [body + check for body, check in column]
    assert parsers.one(right, "credit_code") == [True] * len(column)
    assert parsers.one(other, "credit_code") == [uscc.calc_check_digit(code[:17]) == code[17] for code in other]


@one_run
@given(data=st.data())
def test_codes_are_read_in_any_width_and_case(parsers: Parsers, data: st.DataObject) -> None:
    codes = data.draw(columns_of(st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=20)))
    written = [data.draw(st.sampled_from([code, code.lower()]).flatmap(widths)) for code in codes]
    assert parsers.one(written, "code") == codes


@one_run
@given(data=st.data())
def test_flags_are_read_back(parsers: Parsers, data: st.DataObject) -> None:
    words = {"是": True, "1": True, "Y": True, "yes": True, "√": True, "否": False, "0": False, "n": False, "×": False}
    column = data.draw(columns_of(st.sampled_from(sorted(words)).flatmap(lambda w: st.tuples(widths(w), st.just(w)))))
    assert parsers.one([text for text, _ in column], "flag") == [words[word] for _, word in column]


@one_run
@given(
    column=columns_of(
        st.tuples(
            st.decimals(0, 99_999, places=2), st.sampled_from(["", "万", "亿"]),
            st.sampled_from(["吨", "公斤", "套", "袋"]), st.sampled_from(["", "/年", "每年"]),
        )
    )
)  # fmt: skip
def test_capacities_are_read_back(parsers: Parsers, column: list[tuple[Decimal, str, str, str]]) -> None:
    times = {"": 1, "万": 10_000, "亿": 100_000_000}
    texts = [f"{number:f}{magnitude}{unit}{every}" for number, magnitude, unit, every in column]
    assert parsers.read(texts, "capacity", "capacity_unit") == [
        (number * times[magnitude], unit) for number, magnitude, unit, _ in column
    ]


@one_run
@given(data=st.data())
def test_clauses_are_recognised_however_they_are_numbered(parsers: Parsers, data: st.DataObject) -> None:
    numerals = "一二三四五六七八九十"
    part, place = data.draw(st.sampled_from("二三四")), data.draw(st.integers(1, 10))
    forms = [f"{part}({numerals[place - 1]})", f"{part}-{place}", f"{part}—{place}", f"{part}－{place}"]
    written = [data.draw(widths(form)) for form in forms]
    assert parsers.one(written, "clause") == [f"{part}-{place}"] * len(forms)


# ---- missing, and any text at all ------------------------------------------------------------------------------


@one_run
@given(data=st.data())
def test_a_sign_for_missing_is_missing_everywhere(parsers: Parsers, data: st.DataObject) -> None:
    space = st.text(" \u3000\xa0\t\n", max_size=3)
    cells = data.draw(columns_of(st.tuples(space, st.sampled_from(("", *MISSING)), space).map("".join)))
    values = [name for name in PARSERS if name not in ("missing", "impossible", "credit_code", "clause", "same_again")]
    assert set(parsers.one(cells, "missing", units=["万元"] * len(cells))) == {True}
    for row in parsers.read(cells, *values, units=["万元"] * len(cells)):
        assert dict(zip(values, row, strict=True)) == dict.fromkeys(values)
    assert set(parsers.one(cells, "impossible")) <= {False, None}


@settings(one_run, max_examples=60)
@given(column=columns_of(anything, most=60))
@example(column=["infinity", "-infinity", "epoch", "today", "2024-01-05 BC", "0x1F", "1_000", "nan", "1e400", "1e-400"])
@example(column=["9" * 400, "-" + "9" * 400, "1e37", "1e38", "." * 300, "(" * 300, "0." + "9" * 400, "1e99999999999"])
@example(column=["99999", "20000", "79999", "2024-00", "0000-00-00", "00000000", "99999999", "2024.", "2024年"])
def test_no_text_makes_a_parser_raise_or_invent_a_value(parsers: Parsers, column: list[str]) -> None:
    names = list(PARSERS)
    for cell, row in zip(column, parsers.read(column, *names, units=["万元"] * len(column)), strict=True):
        values = dict(zip(names, row, strict=True))
        digits = [character for character in cell if character.isnumeric()]
        for name in ("number", "price", "capacity", *DIMENSIONS):
            assert values[name] is None or digits, (name, cell)
        for name in ("date", "last_day"):
            assert values[name] is None or len(digits) >= 5 or "长期" in "".join(cell.split()), (name, cell)
        assert (values["date"] is None) == (values["last_day"] is None), cell
        assert not (values["impossible"] and values["date"]), cell
        assert values["text"] is None or values["text"] in cell
        assert (values["text"] is None) == values["missing"], cell
        assert values["same_again"] is True, cell


def test_every_parser_is_tested_here() -> None:
    parsing = REPOSITORY / "dbt_project" / "macros" / "parsing"
    public = {path.stem for path in Path(parsing).glob("*.sql") if path.stem.startswith(("parse_", "capacity_"))}
    compiled = " ".join(PARSERS.values())
    assert {name for name in public if f"{name}(" not in compiled} == {"parse_money"}  # a quantity in money
