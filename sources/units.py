"""Unit words, so that a header's bracket can be told from part of its name, and a 计量单位 line from a title.

The words and what they measure are data: the seed `unit_list`, which also gives dbt the factors between them. Here
only the words are looked at; a new one is a new line of that list.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

UNIT_LIST = Path(__file__).parents[1] / "dbt_project" / "seeds" / "unit_list.csv"

_SPACE = re.compile(r"\s+")


def _dimensions() -> dict[str, str]:
    with UNIT_LIST.open(encoding="utf-8", newline="") as stream:
        return {line["unit"]: line["dimension"] for line in csv.DictReader(stream)}


#: Unit word -> dimension. A line that names units speaks for a column only in the column's own dimension.
UNIT_DIMENSIONS: dict[str, str] = _dimensions()


def normal_unit(text: str) -> str:
    """The unit word without white space and full-width forms: ` 万 元 ` -> `万元`."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def dimension_of(unit: str) -> str | None:
    """What a unit measures; None for a word that is no known unit."""
    return UNIT_DIMENSIONS.get(normal_unit(unit))
