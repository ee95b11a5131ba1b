"""A row as it was sent: read from the raw files, cell by cell under the headers of its contract.

Knows how raw rows become cells for people, and which of those no screen may show (`masked`). Does not know why
somebody asks: what is held up (`quarantine.py`), what a figure came from (`trace.py`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import duckdb

from orchestration.stops import Stop
from sources.contract import UNIT_SUFFIX, Contract
from sources.person_numbers import without_person_numbers
from sources.raw_file import raw_path

MASK = "＊＊＊"
WHOLE_LINE = "整行内容"
BY_CONTRACT = "（来文无此列，按契约）"


class RowLost(Stop):
    """The raw file of a delivery is gone, so that a row cannot be shown as it was sent."""


class SentFile(Protocol):
    """What is asked of a delivery; `orchestration.state.Delivery` is one."""

    @property
    def delivery_id(self) -> str:
        """Its id."""
        ...

    @property
    def feed(self) -> str:
        """Its feed."""
        ...

    @property
    def period(self) -> str:
        """Its month."""
        ...

    @property
    def file_name(self) -> str:
        """What it was called."""
        ...


@dataclass(frozen=True)
class SentCell:
    """A cell as delivered under its header: the contract's own for a known `column`, else the one in the file."""

    header: str
    column: str | None
    text: str | None
    unit: str | None
    is_offending: bool
    is_personal: bool


def read_sent_rows(
    raw_dir: Path, delivery: SentFile, numbers: Collection[int], connection: duckdb.DuckDBPyConnection
) -> dict[tuple[str, str, int], dict[str, Any]]:
    """The raw rows of a delivery with these numbers, by file, sheet and number. Raises RowLost.

    `connection` is one to any database, which is not asked.
    """
    path = raw_path(raw_dir, delivery.feed, delivery.period, delivery.delivery_id)
    if not path.exists():
        raise RowLost(
            f"{delivery.feed}/{delivery.period} 的来文《{delivery.file_name}》的原始数据文件不见了，"
            "无法显示原行。请再次运行 stm run，或从备份恢复 raw 目录。",
            f"The raw file of {delivery.file_name} ({delivery.feed}/{delivery.period}) is gone: its rows cannot be "
            "shown. Run stm run again, or restore raw from a backup.",
        )
    cursor = connection.execute(
        "select * from read_parquet(?) where _row in (select unnest(?))", [str(path), list(numbers)]
    )
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    return {(row["_file"], row["_sheet"] or "", row["_row"]): row for row in rows}


def masked(cells: Iterable[SentCell]) -> tuple[SentCell, ...]:
    """Cells for a screen: what is personal, or may be, is not shown."""
    return tuple(
        replace(cell, text=MASK if cell.is_personal else without_person_numbers(cell.text)) if cell.text else cell
        for cell in cells
    )


def sent_cells(row: Mapping[str, Any], contract: Contract, at_fault: Collection[str]) -> tuple[SentCell, ...]:
    """All cells of a raw row: the contract's columns in their order, then those that it does not know."""
    others = json.loads(row["_cells"]) if row["_cells"] else {}
    if isinstance(others, list):
        # A damaged line: nobody knows which cell is which, so all of it may be personal.
        return (
            SentCell(
                WHOLE_LINE, None, " | ".join(cell or "" for cell in others), None, is_offending=True, is_personal=True
            ),
        )
    # A raw file of before has no such column.
    by_contract = (row.get("_defaults") or "").split("|")
    known = [
        SentCell(
            header=column.label_zh + (BY_CONTRACT if column.name in by_contract else ""),
            column=column.name,
            text=row.get(column.name),
            unit=row.get(column.name + UNIT_SUFFIX) if column.unit else None,
            is_offending=column.name in at_fault,
            is_personal=column.is_personal,
        )
        for column in contract.columns
    ]
    unknown = [
        SentCell(header, None, text, None, is_offending=False, is_personal=True) for header, text in others.items()
    ]
    return (*known, *unknown)
