"""Senders' databases asked, and what they say kept like a file: written once, with a receipt, under `state/fetched`.

Every month that is over is asked for anew by every run, since a database gives no sign of a change: the result that is
already there is thrown away, another one is a correction. A result without rows is no delivery, for nobody can tell
"nothing happened" from "not yet". What is kept goes the way of every delivery (`sources/landing.py` on). Nothing is
written at the sender's, and what fails there is a notice, not the end of the run. Does not belong here: `senders.yaml`
(`senders.py`), what a column or a value means.
"""

import csv
import datetime as dt
import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TextIO
from urllib.parse import quote
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, ProgrammingError

from orchestration.due_dates import due_dates
from orchestration.publication.durable import make_folder, sync_tree
from orchestration.senders import DatabaseSender
from sources.contract import Contract
from sources.landing import RECEIPT_ENDING, SHANGHAI, hash_of
from sources.readers.excel import cell_text

log = logging.getLogger(__name__)

Outcome = Literal["delivered", "unchanged", "empty"]
NoticeKind = Literal["sender_unreachable", "query_failed", "no_rows_yet", "no_rows_any_more"]

ROWS_AT_A_TIME = 1000
_LONGEST_REASON = 300
_OWNER_ALONE = 0o600
# By driver: seconds until a server that does not answer, or a query that does not end, is given up.
_CONNECT_S, _QUERY_S = 10, 600
_CONNECTING: Mapping[str, Mapping[str, int]] = {
    "psycopg": {"connect_timeout": _CONNECT_S, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3},
    "pymysql": {"connect_timeout": _CONNECT_S, "read_timeout": _QUERY_S},
}
# By engine: said at the beginning of each transaction. SQLite files are opened for reading alone.
_READ_ONLY: Mapping[str, tuple[str, ...]] = {
    "postgresql": ("set transaction read only", f"set local statement_timeout = '{_QUERY_S}s'"),
    "mysql": ("set session transaction read only",),
    "mariadb": ("set session transaction read only",),
}
_TEXTUAL = (str, bool, int, float, Decimal, dt.date, dt.time, UUID, type(None))


@dataclass(frozen=True)
class Asked:
    """What a sender's database said for one month: `delivered` anew, `unchanged` since, or `empty` (no rows).

    `url` and `query` are as configured, without credentials; `asked_at` is aware.
    """

    feed: str
    sender: str
    period: str
    asked_at: dt.datetime
    rows: int
    outcome: Outcome
    url: str
    query: str


@dataclass(frozen=True)
class SenderNotice:
    """What a person should know of a sender's database; `path` is that of `senders.yaml`."""

    kind: NoticeKind
    path: Path
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class Fetched:
    """All that was asked in a run, by sender and month, and what is to be told of it."""

    asked: tuple[Asked, ...] = ()
    notices: tuple[SenderNotice, ...] = ()


class SenderFailed(Exception):
    """A database did not give what was asked. The sentences quote no credential and no cell.

    `is_reached`: it was the query that failed; `is_of_month`: what another month holds may do all the same.
    """

    def __init__(self, reason_zh: str, reason_en: str, *, is_reached: bool, is_of_month: bool = False) -> None:
        super().__init__(reason_en)
        self.reason_zh = reason_zh
        self.reason_en = reason_en
        self.is_reached = is_reached
        self.is_of_month = is_of_month


class _Receipt(BaseModel):
    """What stands beside a result. `sha256` is that of the file; `result_id` that of its rows, in whatever order."""

    sender: str
    sent_at: dt.datetime
    sha256: str
    rows: int
    result_id: str
    url: str
    query: str


def fetch(
    senders: Iterable[DatabaseSender],
    contracts: Mapping[str, Contract],
    *,
    first: str,
    last: str | None,
    senders_path: Path,
    fetched_dir: Path,
    now: Callable[[], dt.datetime],
    advance: Callable[[str, int, int], None] = lambda detail, done, total: None,
) -> Fetched:
    """Ask every sender for its months, and keep what is new.

    Its months are those from `first` (the warehouse's first period), or the sender's own first one, to `last` (None: no
    end) that are over by the clock and in which the feed has a return. Raises OSError if the results cannot be kept.
    """
    make_folder(fetched_dir)
    today = now()
    over = f"{today.replace(day=1) - dt.timedelta(days=1):%Y-%m}"
    until = min(over, last or over)
    asked: list[Asked] = []
    notices: list[SenderNotice] = []
    for sender in senders:
        since = max(first, sender.first_period or first)
        due = due_dates({sender.feed: contracts[sender.feed]}, (since, until)) if since <= until else []
        asking = _Asking(sender, [one.period for one in due], senders_path, fetched_dir, now)
        asking.ask(advance)
        asked += asking.asked
        notices += asking.notices()
    return Fetched(tuple(asked), tuple(notices))


def columns_of(sender: DatabaseSender, period: str) -> list[str]:
    """The columns of a sender's query for a month; no row is kept. Raises SenderFailed."""
    with _connected(sender) as connection, _result(connection, sender, period) as result:
        return list(result.keys())


class _Asking:
    """One sender being asked for its months; what failed is gathered, so that it is told once."""

    def __init__(
        self,
        sender: DatabaseSender,
        periods: list[str],
        senders_path: Path,
        fetched_dir: Path,
        now: Callable[[], dt.datetime],
    ) -> None:
        self._sender = sender
        self._senders_path = senders_path
        self._periods = periods
        self._dir = fetched_dir
        self._now = now
        self._failures: dict[tuple[str, str], tuple[SenderFailed, list[str]]] = {}
        self._emptied: list[str] = []
        self.asked: list[Asked] = []

    def ask(self, advance: Callable[[str, int, int], None]) -> None:
        """Ask for the months one after the other; a failure that is not one month's own is the end of it."""
        if not self._periods:
            return
        try:
            with _connected(self._sender) as connection:
                for number, period in enumerate(self._periods, start=1):
                    try:
                        self._ask_for(period, connection)
                    except SenderFailed as failure:
                        if not failure.is_of_month:
                            self._failed(failure, self._periods[number - 1 :])
                            return
                        self._failed(failure, [period])
                    advance(f"{self._sender.name} {period}", number, len(self._periods))
        except SenderFailed as failure:
            self._failed(failure, self._periods)

    def notices(self) -> Iterator[SenderNotice]:
        """What is to be told: failures, then months without rows."""
        for failure, periods in self._failures.values():
            yield self._notice(
                "query_failed" if failure.is_reached else "sender_unreachable",
                f"{failure.reason_zh}；{'、'.join(periods)} 没有取到，以已有的来文为准",
                f"{failure.reason_en}; not fetched: {', '.join(periods)}; what is there stands",
            )
        empty = [one.period for one in self.asked if one.outcome == "empty"]
        if never := [period for period in empty if period not in self._emptied]:
            yield self._notice(
                "no_rows_yet",
                f"{'、'.join(never)} 没有行，视为尚未备好，不算报送",
                f"no rows for {', '.join(never)}: not ready yet, no delivery",
            )
        if self._emptied:
            yield self._notice(
                "no_rows_any_more",
                f"{'、'.join(self._emptied)} 以前有行，现在没有了；沿用以前取到的，请与报送单位核对",
                f"the rows for {', '.join(self._emptied)} are gone; those fetched before stand; ask the sender",
            )

    def _notice(self, kind: NoticeKind, zh: str, en: str) -> SenderNotice:
        name = self._sender.name
        return SenderNotice(kind, self._senders_path, f"数据库报送 {name}：{zh}", f"Database of {name}: {en}")

    def _failed(self, failure: SenderFailed, periods: list[str]) -> None:
        log.warning("%s: %s", self._sender.name, failure.reason_en)
        self._failures.setdefault((failure.reason_zh, failure.reason_en), (failure, []))[1].extend(periods)

    def _ask_for(self, period: str, connection: sa.Connection) -> None:
        sender = self._sender
        folder = self._dir / sender.feed / period
        # Outside the area that is scanned, under one name: what a killed run left is written over.
        part = self._dir.with_name(f"{self._dir.name}.part")
        asked_at = self._now()
        try:
            with _result(connection, sender, period) as result:
                rows, result_id = _write(part, result)
            outcome = self._keep(part, folder, rows, result_id, asked_at) if rows else "empty"
        finally:
            part.unlink(missing_ok=True)
        if not rows and _receipts(folder, sender.sender):
            self._emptied.append(period)
        self.asked.append(Asked(sender.feed, sender.sender, period, asked_at, rows, outcome, sender.url, sender.query))

    def _keep(self, part: Path, folder: Path, rows: int, result_id: str, asked_at: dt.datetime) -> Outcome:
        sender = self._sender
        earlier = _receipts(folder, sender.sender)
        if earlier and earlier[-1].result_id == result_id:
            return "unchanged"
        # A result that comes back after another one would be the same bytes again, which are no delivery.
        if times := sum(one.result_id == result_id for one in earlier):
            with part.open("ab") as stream:
                stream.write(b"\r\n" * times)
                os.fsync(stream.fileno())
        sha256 = hash_of(part)
        receipt = _Receipt(
            sender=sender.sender,
            sent_at=asked_at,
            sha256=sha256,
            rows=rows,
            result_id=result_id,
            url=sender.url,
            query=sender.query,
        )
        make_folder(folder)
        path = folder / f"{sender.sender}-{sha256[:12]}.csv"
        # First the receipt: a result without one would have arrived at another instant, from nobody.
        unnamed = part.with_suffix(RECEIPT_ENDING)
        unnamed.write_text(receipt.model_dump_json(indent=2), encoding="utf-8")
        unnamed.replace(path.with_name(path.name + RECEIPT_ENDING))
        part.replace(path)
        sync_tree(folder)
        return "delivered"


def _receipts(folder: Path, sender: str) -> list[_Receipt]:
    """The receipts of a sender's results, in order of time. One whose result a killed run did not write is removed."""
    found = []
    for path in folder.glob(f"*{RECEIPT_ENDING}"):
        if not path.with_suffix("").exists():
            path.unlink()
            continue
        try:
            receipt = _Receipt.model_validate_json(path.read_bytes())
        except ValidationError:
            # Told by the scan; the result is fetched again, and its receipt written anew.
            continue
        if receipt.sender == sender:
            found.append(receipt)
    return sorted(found, key=lambda one: one.sent_at)


def _write(path: Path, result: sa.CursorResult[Any]) -> tuple[int, str]:
    """Write a result as CSV for the owner's eyes alone; its rows, and their id, the same in whatever order they come.

    A database may give the same rows in another order at any time. Never more than `ROWS_AT_A_TIME` are in memory.
    """
    path.unlink(missing_ok=True)
    path.touch(mode=_OWNER_ALONE)
    columns = list(result.keys())
    rows = 0
    # The byte order mark leaves no doubt of the encoding; this line end has both its characters quoted in cells.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        lines = _Lines(stream)
        writer = csv.writer(lines, lineterminator="\r\n")
        writer.writerow(columns)
        for row in result:
            writer.writerow([_text(value, column) for value, column in zip(row, columns, strict=True)])
            rows += 1
        stream.flush()
        os.fsync(stream.fileno())
    return rows, lines.id


class _Lines:
    """Lines on their way into a file, summed up: the sum of their hashes does not depend on their order."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._sum = 0

    def write(self, line: str) -> None:
        self._stream.write(line)
        self._sum += int.from_bytes(hashlib.sha256(line.encode()).digest())

    @property
    def id(self) -> str:
        return f"{self._sum % 2**256:064x}"


def _text(value: Any, column: str) -> str:
    """A value as the readers print the cell of a workbook, but exact: no digit of an integer or a decimal is lost."""
    if not isinstance(value, _TEXTUAL):
        kind = type(value).__name__
        raise SenderFailed(
            f"列 {column} 的类型（{kind}）不能作为单元格，请在查询中转换为文本",
            f"column {column} is of a type ({kind}) that no cell can hold: let the query cast it to text",
            is_reached=True,
        )
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dt.datetime) and value.tzinfo:
        value = value.astimezone(SHANGHAI).replace(tzinfo=None)
    return cell_text(value)


@contextmanager
def _connected(sender: DatabaseSender) -> Iterator[sa.Connection]:
    """One connection, nothing kept of it afterwards. Raises SenderFailed if there is none to be had."""
    url = sender.connection_url
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
        # Else a file that is not there would be made.
        url = url.set(database=f"file:{quote(url.database)}").update_query_dict({"mode": "ro", "uri": "true"})
    options = _CONNECTING.get(url.get_dialect().driver, {})
    engine = sa.create_engine(
        url,
        poolclass=sa.NullPool,
        connect_args={name: value for name, value in options.items() if name not in url.query},
        hide_parameters=True,
    )
    try:
        with _told(sender, is_reached=False):
            connection = engine.connect()
        with connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _result(connection: sa.Connection, sender: DatabaseSender, period: str) -> Iterator[sa.CursorResult[Any]]:
    """The result of the query for a month, to be read in one go. Raises SenderFailed, also while it is read."""
    with _told(sender, is_reached=True), connection.begin() as transaction:
        for statement in _READ_ONLY.get(connection.dialect.name, ()):
            connection.exec_driver_sql(statement)
        with connection.execute(
            sender.statement, sender.parameters(period), execution_options={"yield_per": ROWS_AT_A_TIME}
        ) as result:
            yield result
        transaction.rollback()


@contextmanager
def _told(sender: DatabaseSender, *, is_reached: bool) -> Iterator[None]:
    """Whatever a driver raises, as a SenderFailed. An OSError is the own disk's, and stays one."""
    try:
        yield
    except (OSError, SenderFailed):
        raise
    except Exception as error:
        zh, en = ("查询失败", "the query failed") if is_reached else ("连接不上", "it cannot be reached")
        said = _said(error, sender)
        raise SenderFailed(
            f"{zh}（{said}）", f"{en} ({said})", is_reached=is_reached, is_of_month=isinstance(error, DataError)
        ) from error


def _said(error: Exception, sender: DatabaseSender) -> str:
    """What the driver says of server or query; where it speaks of values it may quote cells, and its class must do."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    kind = type(cause).__name__
    if not isinstance(error, OperationalError | ProgrammingError | InterfaceError):
        return kind
    first = next(iter(str(cause).strip().splitlines()), "")
    return f"{kind}: {sender.masked(first)[:_LONGEST_REASON]}"
