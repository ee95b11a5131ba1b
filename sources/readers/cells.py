"""What all readers give: tables of rows of text cells, and the two ways in which a file can fail.

Knows no format and no meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Row:
    """One row: `number` as a person counts it (1-based sheet row, or the physical line at which it begins).

    `cells` are as delivered, an absent cell is ''. `is_damaged`: the reader itself could not make out the
    line (undecodable bytes, quotes that do not close). `size`: characters of a text's record; 0 from a sheet,
    whose reader bounds the whole of it.
    """

    number: int
    cells: list[str]
    is_hidden: bool = False
    is_damaged: bool = False
    size: int = 0


@dataclass(frozen=True)
class Merge:
    """A merged range, 1-based rows and 0-based columns, ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass
class Table:
    """One sheet or one text. `rows` can be read once, and before the next table is asked for.

    `sheet` is '' for text. `is_text`: rows are lines, so that their width can go wrong; a sheet's cannot.
    """

    file: str
    sheet: str
    rows: Iterator[Row]
    is_hidden: bool = False
    is_text: bool = False
    merges: list[Merge] = field(default_factory=list)


class ReadingProblem(Exception):
    """A file cannot be read; both sentences say what was seen and what to do."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_zh = message_zh
        self.message_en = message_en


class UnreadableFile(ReadingProblem):
    """Damaged, encrypted, empty, or of a format that is no delivery."""


class UnsafeFile(ReadingProblem):
    """A container that would swamp memory or disk, or whose names lead out of it."""
