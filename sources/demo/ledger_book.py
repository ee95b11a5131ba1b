"""What a ledger is to the demo: a workbook a month, with a title, the entries that stand in it at that month's end and,
where sums make sense, a 合计 row.

A ledger names its columns and gives its entries; an entry knows its own row in any month. Belongs here: how a ledger
is written. Does not belong here: what stands in one ledger (the module of its entries), when it is sent
(`ledgers.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from sources.demo.families import Written
from sources.demo.months import month_of, number_of, year_of
from sources.demo.report import DemoFault
from sources.demo.scenario import Delivery, Scenario
from sources.demo.sheets import Cell, OfficeSheet, signatures


@dataclass(frozen=True)
class Slip:
    """What the office got wrong in an entry of one month; `is_repeated`: the row stands there twice."""

    column_zh: str
    seen: str
    rule_id: str
    severity: str
    message_zh: str
    message_en: str
    is_repeated: bool = False


class Entry(Protocol):
    """An entry of a ledger, from its first month on."""

    def row(self, month: int) -> Sequence[Cell] | None:
        """Its cells at the month's end, the key first; None while it is not listed."""

    def slip(self, month: int) -> Slip | None:
        """What is wrong with that row, if anything is."""


@dataclass(frozen=True)
class Ledger:
    """A ledger of the office: `entries` of a scenario in the order of their listing; `summed` are the headers of the
    columns that 合计 adds up (none: no such row)."""

    feed: str
    name_zh: str
    unit: str
    headers: tuple[str, ...]
    entries: Callable[[Scenario], Sequence[Entry]]
    summed: tuple[str, ...] = ()


def write_ledger(
    scenario: Scenario, ledger: Ledger, entries: Sequence[Entry], delivery: Delivery, path: Path, written: Written
) -> None:
    """Writes a month's ledger at `path`, and adds its rows and faults to `written`."""
    month = month_of(delivery.period)
    sheet = OfficeSheet(
        path,
        title=f"{scenario.city.name}{ledger.name_zh}（{year_of(month)}年{number_of(month)}月）",
        made_by=f"{scenario.city.name}专业镇发展领导小组办公室",
        unit_line=f"计量单位：{ledger.unit}",
        headers=ledger.headers,
    )
    places = [ledger.headers.index(header) for header in ledger.summed]
    totals: list[int | Decimal] = [0] * len(places)
    rows = 0
    for entry in entries:
        row = entry.row(month)
        if row is None:
            continue
        row_no = sheet.add(row)
        rows += 1
        totals = [so_far + _figure(row[place]) for so_far, place in zip(totals, places, strict=True)]
        slip = entry.slip(month)
        if slip is None:
            continue
        written.faults.append(_fault(delivery, row_no, str(row[0]), slip))
        if slip.is_repeated:
            sheet.add(row)
            rows += 1
    if places:
        total: list[Cell] = ["合计", *[None] * (len(ledger.headers) - 1)]
        for place, figure in zip(places, totals, strict=True):
            total[place] = figure
        sheet.add(total)
    sheet.close(signatures(delivery.sent_at.date()))
    written.rows[delivery] = rows


def _figure(cell: Cell) -> int | Decimal:
    """What a cell adds to its column's sum: a missing one nothing."""
    return cell if isinstance(cell, int | Decimal) else 0


def _fault(delivery: Delivery, row_no: int, row_key: str, slip: Slip) -> DemoFault:
    return DemoFault(
        feed=delivery.feed,
        period=delivery.period,
        file_name=delivery.file_name,
        row_no=row_no,
        row_key=row_key,
        column_zh=slip.column_zh,
        seen=slip.seen,
        rule_id=slip.rule_id,
        severity=slip.severity,
        message_zh=slip.message_zh,
        message_en=slip.message_en,
    )
