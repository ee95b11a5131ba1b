"""Deliveries on their way into the warehouse: which are read now, what became of them, and what dbt is told.

How a file is read is `sources/intake.py`; which deliveries there are, and in which order they count, is the state's.
Here the two meet: what is new is read once, its result is remembered, and the scope of a run is written down as the
intake tables. Nothing is decided about publication.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.due_dates import DueDate, due_dates
from orchestration.state import Correction, Delivery, State, Waiver
from orchestration.stops import Stop
from orchestration.warehouse_glance import PREVIEW_ROWS, markdown_table
from sources.contract import Contract
from sources.intake import read_delivery
from sources.landing import SHANGHAI, Arrival
from sources.person_numbers import without_person_numbers
from sources.raw_file import raw_path, write_schema

# What dbt is told; architecture.md has the meaning of each column.
DELIVERIES_SCHEMA = pa.schema(
    [
        ("delivery_id", pa.string()),
        ("feed", pa.string()),
        ("period", pa.string()),
        ("file_name", pa.string()),
        ("sha256", pa.string()),
        ("sender", pa.string()),
        ("sent_at", pa.timestamp("us")),
        ("received_at", pa.timestamp("us")),
        ("arrival_no", pa.int32()),
        ("status", pa.string()),
        ("refusal_rule", pa.string()),
        ("refusal_reason_zh", pa.string()),
        ("is_refusal_pending", pa.bool_()),
        ("rows_read", pa.int64()),
        ("rows_data", pa.int64()),
        ("rows_not_data", pa.int64()),
        ("receipt_rows", pa.int64()),
    ]
)
FEEDS_SCHEMA = pa.schema(
    [
        ("feed", pa.string()),
        ("label_zh", pa.string()),
        ("is_required", pa.bool_()),
        ("not_due_months", pa.string()),
        ("is_full_replacement", pa.bool_()),
        ("has_reporting_units", pa.bool_()),
        ("due_day", pa.int32()),
        ("key_columns", pa.string()),
    ]
)
CORRECTIONS_SCHEMA = pa.schema(
    [
        ("correction_id", pa.string()),
        ("feed", pa.string()),
        ("period", pa.string()),
        ("row_key", pa.string()),
        ("column_name", pa.string()),
        ("wrong", pa.string()),
        ("right_cell", pa.string()),
    ]
)
WAIVERS_SCHEMA = pa.schema(
    [
        ("waiver_id", pa.int64()),
        ("rule_id", pa.string()),
        ("feed", pa.string()),
        ("period", pa.string()),
        ("until", pa.string()),
    ]
)
DUE_DATES_SCHEMA = pa.schema(
    [
        ("feed", pa.string()),
        ("period", pa.string()),
        ("due_on", pa.date32()),
        ("is_calendar_known", pa.bool_()),
    ]
)


class RawFileLost(Stop):
    """The raw file of an accepted delivery is gone, and the delivery is no longer in landing either."""


@dataclass(frozen=True)
class FeedIntake:
    """The deliveries of one feed that this run read, with what became of each."""

    deliveries: tuple[Delivery, ...]

    @property
    def accepted(self) -> tuple[Delivery, ...]:
        """Those whose rows count."""
        return tuple(one for one in self.deliveries if one.status == "accepted")

    @property
    def refused(self) -> tuple[Delivery, ...]:
        """Those that were turned away, each with its reason."""
        return tuple(one for one in self.deliveries if one.status == "refused")


def read_new(
    contract: Contract,
    *,
    contracts: Mapping[str, Contract],
    arrivals: Mapping[str, Arrival],
    state: State,
    through: str,
    raw_dir: Path,
    now: Callable[[], datetime],
    advance: Callable[[str, int, int], None] = lambda detail, done, total: None,
) -> FeedIntake:
    """Read the deliveries of a feed that are to be read, of periods up to `through`, and remember each as it is done.

    `arrivals` (delivery id -> arrival) is what lies in landing now. Killed in between, a run leaves whole raw files
    and the standing of those that were done; the next one goes on with the rest. An accepted delivery whose raw file
    is gone is read again, so that raw can be made anew from landing. Raises RawFileLost if it cannot, and OSError if
    raw cannot be written.
    """
    write_schema(contract, raw_dir)
    wanted = []
    for delivery in state.deliveries(through):
        if delivery.feed == contract.feed:
            is_lost = _has_lost_its_raw_file(delivery, raw_dir)
            if is_lost and delivery.delivery_id not in arrivals:
                raise RawFileLost(
                    f"{delivery.feed}/{delivery.period} 的来文《{delivery.file_name}》已读入，但其原始数据文件不见了，"
                    "landing 中也没有该来文。请从备份恢复 raw 目录，或把来文放回 landing。",
                    f"The raw file of {delivery.file_name} ({delivery.feed}/{delivery.period}) is gone, and landing no "
                    "longer has the delivery. Restore raw from a backup, or put the delivery back into landing.",
                )
            if is_lost or delivery.is_to_read(contract.sha256):
                wanted.append(delivery)
    for number, delivery in enumerate(wanted, start=1):
        result = read_delivery(arrivals[delivery.delivery_id], contract, raw_dir, contracts=contracts)
        state.record_intake(result, contract.sha256, now())
        advance(f"{delivery.period}/{delivery.file_name}", number, len(wanted))
    read_now = {delivery.delivery_id for delivery in wanted}
    return FeedIntake(tuple(one for one in state.deliveries(through) if one.delivery_id in read_now))


def _has_lost_its_raw_file(delivery: Delivery, raw_dir: Path) -> bool:
    return (
        delivery.status == "accepted"
        and not raw_path(raw_dir, delivery.feed, delivery.period, delivery.delivery_id).exists()
    )


def preview(contract: Contract, intake: FeedIntake, raw_dir: Path) -> str | None:
    """The first data rows of the last delivery accepted, as a markdown table; None if none was accepted.

    Columns of personal data are left out, and whatever stood under headers that the contract does not know; a number
    of a person in another column is starred out.
    """
    if not intake.accepted:
        return None
    last = intake.accepted[-1]
    columns = [column.name for column in contract.columns if not column.is_personal]
    file = pq.ParquetFile(raw_path(raw_dir, last.feed, last.period, last.delivery_id))
    rows: list[list[str | None]] = []
    for batch in file.iter_batches(batch_size=1024, columns=["_row_kind", *columns]):
        for row in batch.to_pylist():
            if row["_row_kind"] == "data":
                rows.append([row[name] and without_person_numbers(row[name]) for name in columns])
            if len(rows) == PREVIEW_ROWS:
                return markdown_table([contract.column(name).label_zh for name in columns], rows)
    return markdown_table([contract.column(name).label_zh for name in columns], rows)


def write_intake_tables(
    contracts: Mapping[str, Contract],
    deliveries: Iterable[Delivery],
    intake_dir: Path,
    *,
    waivers: Iterable[Waiver] = (),
    corrections: Iterable[Correction] = (),
) -> dict[str, int]:
    """Write `deliveries`, `feeds`, `due_dates`, `waivers` and `corrections` (`.parquet`) anew; the rows of each.

    `deliveries` are those in scope, waivers and corrections those in force: who gave a waiver, and why, is no matter of
    a figure. Due dates reach from the first month with a delivery to the last.
    """
    known = [one for one in deliveries if one.status != "seen"]
    due = due_dates(contracts, {one.period for one in known})
    tables = {
        "deliveries": (DELIVERIES_SCHEMA, [_delivery_row(one) for one in known]),
        "due_dates": (DUE_DATES_SCHEMA, [_due_date_row(one) for one in due]),
        "feeds": (FEEDS_SCHEMA, [_feed_row(contract) for contract in contracts.values()]),
        "waivers": (WAIVERS_SCHEMA, [_waiver_row(one) for one in waivers]),
        "corrections": (CORRECTIONS_SCHEMA, [_correction_row(one) for one in corrections]),
    }
    intake_dir.mkdir(parents=True, exist_ok=True)
    for name, (schema, rows) in tables.items():
        _write(intake_dir / f"{name}.parquet", schema, rows)
    return {name: len(rows) for name, (_, rows) in tables.items()}


def _write(path: Path, schema: pa.Schema, rows: Sequence[Mapping[str, object]]) -> None:
    part = path.with_suffix(".part")
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), part)
    part.replace(path)


def _wall_clock(instant: datetime | None) -> datetime | None:
    return instant.astimezone(SHANGHAI).replace(tzinfo=None) if instant else None


def _delivery_row(delivery: Delivery) -> dict[str, object]:
    row: dict[str, object] = {
        name: getattr(delivery, name)
        for name in DELIVERIES_SCHEMA.names
        if name not in ("sent_at", "received_at", "refusal_reason_zh")
    }
    return row | {
        "sent_at": _wall_clock(delivery.sent_at),
        "received_at": _wall_clock(delivery.received_at),
        "refusal_reason_zh": delivery.reason_zh,
    }


def _due_date_row(due: DueDate) -> dict[str, object]:
    return {name: getattr(due, name) for name in DUE_DATES_SCHEMA.names}


def _correction_row(correction: Correction) -> dict[str, object]:
    return {name: getattr(correction, "right" if name == "right_cell" else name) for name in CORRECTIONS_SCHEMA.names}


def _waiver_row(waiver: Waiver) -> dict[str, object]:
    return {name: getattr(waiver, name) for name in WAIVERS_SCHEMA.names}


def _feed_row(contract: Contract) -> dict[str, object]:
    return {
        "feed": contract.feed,
        "label_zh": contract.label_zh,
        "is_required": contract.is_required,
        "not_due_months": "|".join(map(str, contract.not_due_months)),
        "is_full_replacement": contract.is_full_replacement,
        "has_reporting_units": contract.has_reporting_units,
        "due_day": contract.due_day,
        "key_columns": "|".join(contract.key),
    }
