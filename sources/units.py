"""Unit words, so that a header's bracket can be told from part of its name, and a 计量单位 line from a title.

Only the words and what they measure belong here. Factors between units are meaning and stand in dbt's seed
`unit_list`; a test keeps the two in step.
"""

from __future__ import annotations

import re
import unicodedata

#: Unit word -> dimension. A line that names units speaks for a column only in the column's own dimension.
UNIT_DIMENSIONS: dict[str, str] = {
    **dict.fromkeys(("元", "千元", "万元", "百万元", "亿元", "万元人民币", "人民币万元", "万人民币"), "money"),
    **dict.fromkeys(("万美元", "万欧元", "万港元", "万日元"), "foreign_money"),
    **dict.fromkeys(("千瓦时", "度", "万千瓦时", "万度", "亿千瓦时"), "energy"),
    **dict.fromkeys(("克", "斤", "公斤", "千克", "kg", "吨", "万公斤", "万吨"), "mass"),
    **dict.fromkeys(("台", "万台"), "machine"),
    **dict.fromkeys(("套", "万套"), "set"),
    **dict.fromkeys(("件", "万件"), "piece"),
    **dict.fromkeys(("人", "名", "人次", "万人次"), "person"),
    "家": "enterprise",
    "户": "entity",
    "个": "item",
    "项": "task",
    "场": "event",
    "%": "percent",
}

_SPACE = re.compile(r"\s+")


def normal_unit(text: str) -> str:
    """The unit word without white space and full-width forms: ` 万 元 ` -> `万元`."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def dimension_of(unit: str) -> str | None:
    """What a unit measures; None for a word that is no known unit."""
    return UNIT_DIMENSIONS.get(normal_unit(unit))
