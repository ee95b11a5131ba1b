"""What was written and what is wrong with it, for the person who asked for a demo. Decides nothing."""

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class DemoFault:
    """A fault put in on purpose, where it stands, and what the warehouse must make of it.

    `row_no` counts as a person counts: sheet row, or line of the text, from 1.
    """

    feed: str
    period: str
    file_name: str
    row_no: int
    row_key: str
    column_zh: str
    seen: str
    rule_id: str
    severity: str  # `quarantine` or `warn`
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class DemoDelivery:
    """A file of the landing area; `rows` are its data rows."""

    feed: str
    period: str
    file_name: str
    sent_at: dt.datetime
    rows: int


@dataclass(frozen=True)
class DemoReport:
    """The demo as it stands in the landing area."""

    landing_dir: Path
    periods: tuple[str, ...]
    towns: tuple[str, ...]
    enterprises: int
    entities: int
    projects: int
    deliveries: tuple[DemoDelivery, ...]
    faults: tuple[DemoFault, ...]
    late: DemoDelivery | None
    correction: DemoDelivery | None
    files_written: int  # receipts included
    files_kept: int  # were there already, byte for byte

    def as_json(self) -> dict[str, Any]:
        """Plain values for programs: paths and instants as text."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value
