"""Headline indicators computed a second time, in pandas, straight from the delivered files.

Independent of the project on purpose: files are opened with pandas and openpyxl, and typing, matching of towns, the
check of credit codes, corrections, what is set aside and all sums are written anew from `../shared/feeds.md` and
`../shared/reference/README.md`. Of the project only seeds are read: which towns there are and how they are told.
It copes with the forms that sample and demo have, and says so where it does not: a row it cannot read stops it.
"""

import csv
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

#: Money and quantities that are summed over returns: indicator and its title in the header.
ITEMS = {"gross_output_value": "工业总产值", "operating_revenue": "营业收入", "total_profit": "利润总额"}
INDICATORS = (
    *ITEMS, "employees", "reporting_enterprises", "output_quantity", "active_entities", "new_entities", "projects",
    "investment_completed", "issues_open",
)  # fmt: skip
#: Period, town, indicator, breakdown.
Cell = tuple[str, str, str, str]
#: value, value_ytd, value_ytd_prior.
Figures = tuple[Decimal | None, Decimal | None, Decimal | None]

# Folded as text: an ellipsis is three dots then.
_MISSING = {"", "-", "—", "...", "/", "无", "空"}
_PLACES = Decimal("0.0001")
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# How many product units one of a return is.
_TIMES = {("吨", "公斤"): 1000, ("万台", "台"): 10_000, ("万套", "套"): 10_000}
_ACTIVE = ("存续", "在业", "开业", "在营")
_SERIALS_FROM = pd.Timestamp("1899-12-30")


def headline_figures(landing: Path, seeds: Path) -> dict[Cell, Figures]:
    """Every figure of `INDICATORS` in every month of a landing area, for each town and `all`.

    A figure that no return or ledger gives is not there; one of a joint return has no value.
    """
    second = _Second(landing, seeds)
    figures = {**second.of_returns(), **second.of_products(), **second.of_register(), **second.of_ledgers()}
    given = {*ITEMS, "output_quantity"}
    return {
        (period, town, indicator, part): (
            value,
            value_ytd,
            prior if indicator in given else figures.get((_year_before(period), town, indicator, part), (None,) * 3)[1],
        )
        for (period, town, indicator, part), (value, value_ytd, prior) in figures.items()
    }


def headline_figures_of(database: Path) -> dict[Cell, Figures]:
    """The same figures as a release, or a warehouse, gives them: those that are given at all."""
    indicators = ", ".join(f"'{indicator}'" for indicator in INDICATORS)
    with duckdb.connect(str(database.resolve()), read_only=True) as connection:
        rows = connection.execute(
            f"""
            select period, town_code, indicator_code, breakdown, value, value_ytd, value_ytd_prior
            from indicator_monthly
            where indicator_code in ({indicators}) and value_ytd is not null
                and (breakdown = 'all' or indicator_code = 'output_quantity')
            """
        ).fetchall()
    return {tuple(cell): tuple(figures) for *cell, value, ytd, prior in rows for figures in [(value, ytd, prior)]}


@dataclass(frozen=True)
class _Second:
    landing: Path
    seeds: Path

    @cached_property
    def towns(self) -> pd.DataFrame:
        return pd.read_csv(self.seeds / "town_list.csv", dtype=str, keep_default_na=False)

    @cached_property
    def town_of_name(self) -> dict[str, str]:
        return {
            _text(name): town.town_code
            for town in self.towns.itertuples()
            for name in (town.town_name, town.short_name, *town.aliases.split("|"))
        }

    def of_returns(self) -> dict[Cell, Figures]:
        figures = {}
        for period in self._periods("statistics_enterprise"):
            rows = self._in_force("statistics_enterprise", period, ["统一社会信用代码"])
            rows = self._with_towns(rows[rows["统一社会信用代码"].map(_is_code)])
            for town, part in self._places(rows):
                for indicator, title in ITEMS.items():
                    month, ytd, prior = (_sum(part[f"{title}/{kind}"]) for kind in ("本月", "1—本月", "上年同期累计"))
                    figures[period, town, indicator, "all"] = (None if _month(period) == 2 else month, ytd, prior)
                persons = _sum(part["期末从业人员数"])
                figures[period, town, "employees", "all"] = (persons, persons, None)
                count = Decimal(part["统一社会信用代码"].nunique())
                figures[period, town, "reporting_enterprises", "all"] = (count, count, None)
        return figures

    def of_products(self) -> dict[Cell, Figures]:
        units = dict(zip(self.towns.leading_product, self.towns.product_unit, strict=True))
        figures = {}
        for period in self._periods("statistics_product"):
            rows = self._in_force("statistics_product", period, ["统一社会信用代码", "产品名称"])
            rows = self._with_towns(rows[rows["统一社会信用代码"].map(_is_code)])
            times = [
                1 if unit == units[product] else _TIMES[unit, units[product]]
                for unit, product in zip(rows["计量单位"], rows["产品名称"], strict=True)
            ]
            for product, of_product in rows.assign(times=times).groupby("产品名称"):
                for town, part in self._places(of_product):
                    if part.empty:
                        continue
                    month, ytd, prior = (
                        _sum(part[column], part["times"]) for column in ("本月产量", "累计产量", "上年同期累计产量")
                    )
                    figures[period, town, "output_quantity", product] = (
                        None if _month(period) == 2 else month, ytd, prior,
                    )  # fmt: skip
        return figures

    def of_register(self) -> dict[Cell, Figures]:
        figures = {}
        for period in self._periods("registration_entities"):
            *_, path = self._deliveries("registration_entities", period)
            with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as stream:
                rows = pd.read_csv(stream, encoding="gb18030", dtype=str, keep_default_na=False)
            rows = rows[rows["统一社会信用代码"].map(_is_code)].drop_duplicates()
            founded = pd.to_datetime(rows["成立日期"], errors="raise")
            first, last = _days(period)
            rows, founded = rows[founded <= last], founded[founded <= last]
            is_active = rows["登记状态"].str.startswith(_ACTIVE)
            is_new = founded >= first
            is_new_this_year = founded.dt.year == last.year
            core = self._core(rows)
            core["all"] = pd.concat(core.values(), axis=1).any(axis=1)
            for town, is_core in core.items():
                active, new, new_ytd = (
                    Decimal(int((is_core & one).sum())) for one in (is_active, is_new, is_new_this_year)
                )
                figures[period, town, "active_entities", "all"] = (active, active, None)
                figures[period, town, "new_entities", "all"] = (new, new_ytd, None)
        return figures

    def of_ledgers(self) -> dict[Cell, Figures]:
        figures = {}
        for period in self._periods("ledger_projects"):
            rows = self._with_towns(self._in_force("ledger_projects", period, ["项目编号"]))
            for town, part in self._places(rows):
                count = Decimal(len(part))
                figures[period, town, "projects", "all"] = (count, count, None)
                figures[period, town, "investment_completed", "all"] = (
                    _sum(part["本月完成投资"]), _sum(part["本年完成投资"]), None,
                )  # fmt: skip
        for period in self._periods("ledger_issues"):
            # An issue may name no town: then it counts for the city alone.
            rows = self._with_towns(self._in_force("ledger_issues", period, ["问题编号"]), no_town="")
            raised, closed = rows["提出日期"].map(_date), rows["办结日期"].map(_date)
            _, last = _days(period)
            is_sound = ~(closed < raised) & ~(raised > last) & ~(closed > last)
            for town, part in self._places(rows[is_sound & closed.isna()]):
                count = Decimal(len(part))
                figures[period, town, "issues_open", "all"] = (count, count, None)
        return figures

    def _core(self, rows: pd.DataFrame) -> dict[str, pd.Series]:
        """Of each town: is an entity in its core segment, by the first rule that fits?"""
        with (self.seeds / "membership_rules.csv").open(encoding="utf-8", newline="") as stream:
            rules = sorted(csv.DictReader(stream), key=lambda rule: int(rule["rule_order"]))
        regions = dict(zip(self.towns.town_code, self.towns.region_code, strict=True))
        division = rows["行政区划代码"].where(rows["行政区划代码"] != "", rows["统一社会信用代码"].str[2:8])
        core = {}
        for town in self.towns.town_code:
            is_free = division.str.startswith(regions[town])
            for rule in (rule for rule in rules if rule["town_code"] == town):
                fits = (
                    _begins(rows["行业代码"], rule["industry_prefixes"])
                    | _holds(rows["主体名称"], rule["keywords_name"])
                    | _holds(rows["经营范围"], rule["keywords_scope"])
                )
                fits &= ~_begins(rows["行业代码"], rule["industry_none"])
                fits &= ~_holds(rows["主体名称"], rule["keywords_none"])
                if rule["chain_segment"] == "core":
                    core[town] = is_free & fits
                is_free &= ~fits
        return core

    def _with_towns(self, rows: pd.DataFrame, no_town: str | None = None) -> pd.DataFrame:
        """With the code of the town that each row names; `no_town` is how it names none, if it may."""
        names = self.town_of_name if no_town is None else {**self.town_of_name, no_town: ""}
        return rows.assign(town=[names[name] for name in rows["所属专业镇"]])

    def _places(self, rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
        """The rows of each town, and all of them."""
        yield "all", rows
        for town in self.towns.town_code:
            yield town, rows[rows["town"] == town]

    def _periods(self, feed: str) -> list[str]:
        return sorted(path.name for path in (self.landing / feed).iterdir())

    def _deliveries(self, feed: str, period: str) -> list[Path]:
        """The files of a month, in the order of their arrival."""
        paths = [path for path in (self.landing / feed / period).iterdir() if path.suffix in {".xlsx", ".zip"}]
        return sorted(paths, key=lambda path: json.loads(path.with_name(f"{path.name}.json").read_text())["sent_at"])

    def _in_force(self, feed: str, period: str, key: list[str]) -> pd.DataFrame:
        """The rows of a month's workbooks: a repeat once, of two deliveries of a key the later."""
        sheets = [_sheet(path, key[0]).drop_duplicates() for path in self._deliveries(feed, period)]
        assert not any(sheet.duplicated(key).any() for sheet in sheets), (feed, period)
        return pd.concat(sheets).drop_duplicates(key, keep="last")


def _sheet(path: Path, first_column: str) -> pd.DataFrame:
    """The data rows of a workbook's sheet as cleaned text, under `title` or `title/subtitle`."""
    cells = pd.read_excel(path, header=None, dtype=object, engine="openpyxl")
    cells = cells.apply(lambda column: column.map(_text))
    other_names = {"社会信用代码": "统一社会信用代码"}
    for top in range(len(cells)):
        titles = [re.sub(r"\(.*\)", "", other_names.get(title, title)) for title in cells.iloc[top]]
        if first_column in titles:
            break
    else:
        raise AssertionError(f"{path} has no column {first_column}")
    below = cells.iloc[top + 1]
    has_two_levels = "本月" in set(below)
    if has_two_levels:
        titles = pd.Series(titles).replace("", None).ffill().tolist()
        titles = [f"{title}/{kind}" if kind else title for title, kind in zip(titles, below, strict=True)]
    body = cells.iloc[top + 1 + has_two_levels :].set_axis(titles, axis=1)
    keys = body[first_column].str.upper() if first_column == "统一社会信用代码" else body[first_column]
    # Totals, notes and signatures say what they are in the first column.
    is_data = (keys != "") & ~keys.str.contains("合计|小计|^注|负责人")
    return body.assign(**{first_column: keys})[is_data]


def _text(cell: Any) -> str:
    """A cell as text without spaces: digits and brackets half-width."""
    if cell is None or (isinstance(cell, float) and pd.isna(cell)) or cell is pd.NaT:
        return ""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(cell)))


def _number(text: str) -> Decimal | None:
    return None if text in _MISSING else Decimal(text.replace(",", "").removesuffix("万元"))


def _sum(column: pd.Series, times: pd.Series | None = None) -> Decimal | None:
    """To four places; None of a column that gives no number."""
    numbers = [_number(text) for text in column]
    weights = [1] * len(numbers) if times is None else [int(one) for one in times]
    products = [number * weight for number, weight in zip(numbers, weights, strict=True) if number is not None]
    return sum(products, Decimal(0)).quantize(_PLACES, ROUND_HALF_UP) if products else None


def _date(text: str) -> pd.Timestamp | None:
    if text in _MISSING:
        return pd.NaT
    if text.isdigit() and len(text) == 5:
        return _SERIALS_FROM + pd.Timedelta(days=int(text))
    return pd.Timestamp(text[:10])


def _is_code(code: str) -> bool:
    """Eighteen characters of GB 32100, the last of them by the others."""
    if not _CODE.fullmatch(code):
        return False
    places = [_CHARACTERS.index(character) for character in code]
    return (sum(place * pow(3, turn, 31) for turn, place in enumerate(places[:17])) + places[17]) % 31 == 0


def _begins(column: pd.Series, prefixes: str) -> pd.Series:
    return column.str.startswith(tuple(prefixes.split("|"))) if prefixes else pd.Series(False, column.index)


def _holds(column: pd.Series, words: str) -> pd.Series:
    return column.str.contains(words, regex=True) if words else pd.Series(False, column.index)


def _days(period: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    first = pd.Timestamp(f"{period}-01")
    return first, first + pd.offsets.MonthEnd(0)


def _month(period: str) -> int:
    return int(period[5:])


def _year_before(period: str) -> str:
    return f"{int(period[:4]) - 1}{period[4:]}"
