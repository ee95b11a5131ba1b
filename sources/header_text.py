"""A header cell as offices write it, reduced to what it names: a comparable key and a unit.

Knows how headers are spelt (brackets, dashes, line breaks, years, `1—3月`). Does not know any feed's columns:
that is `contract.py`; nor where a header stands in a sheet: that is `layout.py`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from sources.units import dimension_of, normal_unit

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_FOOTNOTE = re.compile(r"[①-⑳⑴-⒇]")
_DASH = re.compile(r"[—–―‐‑−~〜至到]+")
_OUTLINE_NUMBER = re.compile(r"^(?:\d+[.、)](?!\d)|\(?[一二三四五六七八九十]+[、)]|其中:?|\*)+")
_BRACKETED = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
_UNIT_LABEL = re.compile(r"^(?:计量|金额|数量|货币)?单位:?")
_TRAILING_UNIT = re.compile(r"^(?P<name>.+)[/,、](?P<unit>[^/,、]+)$")
# Words in brackets that say how to fill in the cell, not what it is.
_REMARK = re.compile(r"^(?:必填|选填|必填项|选填项|全称|下拉选择|下拉)$")
# Words in brackets that make another figure of it: such a header is not taken for the plain one.
_OTHER_FIGURE = re.compile(r"其中|同比|环比|增|减|率|上年|去年|同期|计划|累计|预计|实际|含|比|%|\d")
_LONGEST_UNIT = 6
_RANGE_FROM_JANUARY = re.compile(r"0?1月?份?-(?:(?P<month>\d{1,2})|本)月份?")
_SINGLE_MONTH = re.compile(r"(?<![\d-])\d{1,2}月份?(?!度)")
_THIS_YEAR_TO_DATE = re.compile(r"(?:本年)+累计(?:累计|本年累计)*")
_LAST_YEAR_TO_DATE = re.compile(r"(上年(?:同期)?)本年(?=累计)")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class HeaderText:
    """`key` names the item; `unit` is a known unit that stands in the header, or None.

    `loose_key` and `loose_unit` read a last short bracket as a unit that nobody knows (`总投资(两)`); both
    are None when there is no such bracket. They count only where a column has a unit.
    """

    key: str
    unit: str | None = None
    loose_key: str | None = None
    loose_unit: str | None = None


def folded(text: str) -> str:
    """Half-width, no white space or invisible signs, every dash a `-`. For comparing, never for keeping."""
    return _DASH.sub("-", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


@lru_cache(maxsize=8192)
def read_header(text: str, period: str | None = None) -> HeaderText:
    """Reduce a header to key and unit; the year of a period (YYYY-MM) is `本年`, the one before `上年`."""
    name = _OUTLINE_NUMBER.sub("", folded(_FOOTNOTE.sub("", text)))
    name = name.replace("去年", "上年")
    if period:
        year = int(period[:4])
        name = name.replace(f"{year}年", "本年").replace(f"{year - 1}年", "上年")
    name, unit = _without_units(name)
    if unit is None and (trailing := _TRAILING_UNIT.match(name)) and dimension_of(trailing["unit"]):
        name, unit = trailing["name"], trailing["unit"]
    loose_key = loose_unit = None
    brackets = list(_BRACKETED.finditer(name))
    if unit is None and brackets and _could_be_unit(brackets[-1][1]):
        last = brackets[-1]
        loose_key, loose_unit = _key(name[: last.start()] + name[last.end() :]), last[1]
    return HeaderText(key=_key(name), unit=unit, loose_key=loose_key, loose_unit=loose_unit)


def month_said(text: str) -> int | None:
    """The month to which a header's `1—3月` runs; None for `1—本月` and all else."""
    match = _RANGE_FROM_JANUARY.search(folded(text))
    return int(match["month"]) if match and match["month"] else None


def _without_units(name: str) -> tuple[str, str | None]:
    unit: str | None = None

    def drop(match: re.Match[str]) -> str:
        nonlocal unit
        content = _UNIT_LABEL.sub("", match[1])
        if dimension_of(content):
            unit = unit or normal_unit(content)
            return ""
        return "" if _REMARK.match(content) else match[0]

    return _BRACKETED.sub(drop, name), unit


def _could_be_unit(content: str) -> bool:
    return 0 < len(content) <= _LONGEST_UNIT and not _OTHER_FIGURE.search(content)


def _key(name: str) -> str:
    name = _RANGE_FROM_JANUARY.sub("本年累计", name)
    name = _SINGLE_MONTH.sub("本月", name)
    name = _NOT_WORD.sub("", name).casefold()
    return _LAST_YEAR_TO_DATE.sub(r"\1", _THIS_YEAR_TO_DATE.sub("本年累计", name))
