"""The state store, `state/state.sqlite`: what cannot be rebuilt.

Belongs here: arrivals as first seen, what became of each delivery, verdicts, runs, the ledger of releases,
and the decisions of people (waivers, corrections, finalised months); reading and writing them, one
transaction a call. Does not belong here: deciding anything from them (`plan.py`, `publication/`). Rows are
added, not overwritten, but for the standing of a delivery, and the end of a run or of a correction. The
clock is passed in; instants are kept as ISO 8601 text with +08:00, in one width, so that their order as text
is their order in time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.exc import DatabaseError, OperationalError

from expectations.verdict import Verdict
from orchestration.stops import Stop
from sources.landing import SHANGHAI
from sources.person_numbers import without_person_numbers

STATE_FILE = "state.sqlite"
SCHEMA_VERSION = 1
BUSY_TIMEOUT_MS = 10_000

DeliveryStatus = Literal["seen", "accepted", "refused"]
ReleaseStatus = Literal["prepared", "published", "abandoned", "withdrawn"]

_METADATA = sa.MetaData()

SCHEMA = sa.Table("state_schema", _METADATA, sa.Column("version", sa.Integer, nullable=False))

DELIVERIES = sa.Table(
    "deliveries",
    _METADATA,
    sa.Column("delivery_id", sa.Text, primary_key=True),
    sa.Column("feed", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.Integer, nullable=False),
    sa.Column("sender", sa.Text),
    sa.Column("sent_at", sa.Text),
    sa.Column("receipt_sha256", sa.Text),
    sa.Column("receipt_rows", sa.Integer),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("first_seen_at", sa.Text, nullable=False),
    sa.Column("is_in_landing", sa.Boolean, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("refusal_rule", sa.Text),
    sa.Column("reason_zh", sa.Text),
    sa.Column("reason_en", sa.Text),
    sa.Column("rows_read", sa.Integer, nullable=False),
    sa.Column("rows_data", sa.Integer, nullable=False),
    sa.Column("rows_not_data", sa.Integer, nullable=False),
    sa.Column("contract_sha256", sa.Text),
    sa.Column("read_at", sa.Text),
    sa.CheckConstraint("status in ('seen', 'accepted', 'refused')"),
    sa.UniqueConstraint("feed", "period", "sha256"),
)

# What a delivery's rows owe to the contract, in words; most deliveries have none.
DELIVERY_NOTES = sa.Table(
    "delivery_notes",
    _METADATA,
    sa.Column("delivery_id", sa.Text, sa.ForeignKey(DELIVERIES.c.delivery_id), primary_key=True),
    sa.Column("note_zh", sa.Text, nullable=False),
    sa.Column("note_en", sa.Text, nullable=False),
)

NOTICES = sa.Table(
    "notices",
    _METADATA,
    sa.Column("notice_id", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("message_zh", sa.Text, nullable=False),
    sa.Column("message_en", sa.Text, nullable=False),
)

RUNS = sa.Table(
    "runs",
    _METADATA,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    sa.Column("asked_first", sa.Text),
    sa.Column("asked_last", sa.Text),
    sa.Column("is_publishing", sa.Boolean, nullable=False),
    sa.Column("outcome", sa.Text),
)

VERDICTS = sa.Table(
    "verdicts",
    _METADATA,
    sa.Column("verdict_id", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("data_hash", sa.Text, nullable=False),
    sa.Column("check_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("rows_looked_at", sa.Integer, nullable=False),
    sa.Column("rows_failing", sa.Integer, nullable=False),
    sa.Column("message_zh", sa.Text, nullable=False),
    sa.Column("message_en", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Index("verdicts_by_data", "period", "fingerprint", "data_hash"),
)

RELEASES = sa.Table(
    "releases",
    _METADATA,
    sa.Column("release_seq", sa.Integer, primary_key=True),
    sa.Column("release_id", sa.Text, nullable=False, unique=True),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("release_no", sa.Integer, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("own_rows_hash", sa.Text, nullable=False),
    sa.Column("manifest_sha256", sa.Text, nullable=False),
    sa.Column("blocked_periods", sa.Text, nullable=False),
    sa.UniqueConstraint("period", "release_no"),
)

# What happened to a release; the last event is its status.
RELEASE_EVENTS = sa.Table(
    "release_events",
    _METADATA,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("release_id", sa.Text, sa.ForeignKey(RELEASES.c.release_id), nullable=False, index=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text),
    sa.Column("why", sa.Text),
    sa.CheckConstraint("status in ('prepared', 'published', 'abandoned', 'withdrawn')"),
)

CONFIRMATIONS = sa.Table(
    "confirmations",
    _METADATA,
    sa.Column("period", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("release_id", sa.Text, sa.ForeignKey(RELEASES.c.release_id), primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
)

WAIVERS = sa.Table(
    "waivers",
    _METADATA,
    sa.Column("waiver_id", sa.Integer, primary_key=True),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("feed", sa.Text),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.CheckConstraint("until >= period"),
)

# A waiver that was a mistake: from then on it covers nothing, while releases made under it keep naming it.
WAIVER_ENDS = sa.Table(
    "waiver_ends",
    _METADATA,
    sa.Column("waiver_id", sa.Integer, sa.ForeignKey(WAIVERS.c.waiver_id), primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

# A line of data each; `wrong` and `right` as a cell of the sender's file says it. Withdrawn ones stay.
CORRECTIONS = sa.Table(
    "declared_corrections",
    _METADATA,
    sa.Column("correction_no", sa.Integer, primary_key=True),
    sa.Column("feed", sa.Text, nullable=False),
    sa.Column("row_key", sa.Text, nullable=False),
    sa.Column("column_name", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("wrong", sa.Text, nullable=False),
    sa.Column("right", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("reported_by", sa.Text, nullable=False),
    sa.Column("reported_on", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("withdrawn_at", sa.Text),
    sa.Column("withdrawn_by", sa.Text),
    sa.Column("withdrawn_why", sa.Text),
    sa.CheckConstraint("status in ('open', 'withdrawn')"),
)

FINALISED = sa.Table(
    "finalised",
    _METADATA,
    sa.Column("period", sa.Text, primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

_VERDICT_FIELDS = tuple(Verdict.model_fields)


class StateUnusable(Stop):
    """The state store cannot be opened, is damaged, or is of another version of this program."""


class ArrivalLike(Protocol):
    """What is remembered of an arrival; see `sources.landing.Arrival`. Instants are aware."""

    feed: str
    period: str
    file_name: str
    sha256: str
    size_bytes: int
    sender: str | None
    sent_at: datetime | None
    receipt_sha256: str | None
    receipt_rows: int | None
    received_at: datetime

    @property
    def delivery_id(self) -> str:
        """16 hex digits."""
        ...


class IntakeLike(Protocol):
    """What is remembered of a reading; see `sources.intake.IntakeResult`."""

    delivery_id: str
    status: Literal["accepted", "refused"]
    refusal_rule: str | None
    reason_zh: str | None
    reason_en: str | None
    rows_read: int
    rows_data: int
    rows_not_data: int
    note_zh: str | None
    note_en: str | None


class NoticeLike(Protocol):
    """What is remembered of a notice; see `sources.landing.Notice`."""

    kind: str
    path: Path
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class Delivery:
    """A delivery as first seen, and what became of it.

    `arrival_no` counts from 1 within feed and period in the order of supersession: by `received_at`, then
    by when it was first seen, then by file name; higher wins. `is_refusal_pending`: refused, and no later
    one accepted. Rows are 0 until it is accepted. Notes: what its rows owe to the contract, not to the file.
    """

    delivery_id: str
    feed: str
    period: str
    file_name: str
    sha256: str
    size_bytes: int
    sender: str | None
    sent_at: datetime | None
    receipt_sha256: str | None
    receipt_rows: int | None
    received_at: datetime
    first_seen_at: datetime
    is_in_landing: bool
    status: DeliveryStatus
    refusal_rule: str | None
    reason_zh: str | None
    reason_en: str | None
    rows_read: int
    rows_data: int
    rows_not_data: int
    contract_sha256: str | None
    read_at: datetime | None
    note_zh: str | None
    note_en: str | None
    arrival_no: int
    is_refusal_pending: bool

    @property
    def is_there(self) -> bool:
        """Whether it counts: one that vanished from landing before it was ever read does not."""
        return self.status != "seen" or self.is_in_landing

    def is_to_read(self, contract_sha256: str) -> bool:
        """Whether to read it now: never read yet, or refused by another contract than today's."""
        if not self.is_in_landing:
            return False
        return self.status == "seen" or (self.status == "refused" and self.contract_sha256 != contract_sha256)


@dataclass(frozen=True)
class Release:
    """A release as the ledger has it. `own_rows_hash` is that of the rows of its own month.

    `blocked_periods` are the months up to its own that it leaves out. `by` and `why` are those of a
    withdrawal.
    """

    release_seq: int
    release_id: str
    period: str
    release_no: int
    run_id: str
    fingerprint: str
    own_rows_hash: str
    manifest_sha256: str
    blocked_periods: tuple[str, ...]
    status: ReleaseStatus
    prepared_at: datetime
    published_at: datetime | None
    by: str | None
    why: str | None


@dataclass(frozen=True)
class NewRelease:
    """What is known of a release before it stands; see `Release`."""

    release_id: str
    period: str
    release_no: int
    run_id: str
    fingerprint: str
    own_rows_hash: str
    manifest_sha256: str
    blocked_periods: tuple[str, ...]


@dataclass(frozen=True)
class Confirmation:
    """A new fingerprint of `period` under which its own rows are those of the release."""

    period: str
    fingerprint: str
    release_id: str


@dataclass(frozen=True)
class NewWaiver:
    """What a person decides: a rule's block lifted for the months `period` to `until`; `feed` None: of every feed."""

    rule_id: str
    period: str
    until: str
    feed: str | None
    by: str
    why: str


@dataclass(frozen=True)
class WaiverEnd:
    """Who took a waiver back, why and when."""

    by: str
    why: str
    at: str


@dataclass(frozen=True)
class Waiver(NewWaiver):
    """A waiver as recorded. One with an `end` covers nothing any more; without, it ends by itself after `until`."""

    waiver_id: int
    at: str
    end: WaiverEnd | None = None

    @property
    def decided_at(self) -> datetime:
        """When it was last decided about: taken back, or else given."""
        return datetime.fromisoformat(self.end.at if self.end else self.at)

    def covers(self, check_id: str, subject: str, period: str) -> bool:
        """Whether it speaks of that check of that feed in that month."""
        return (
            self.end is None
            and self.rule_id == check_id
            and self.feed in (None, subject)
            and self.period <= period <= self.until
        )


@dataclass(frozen=True)
class NewCorrection:
    """A known error of a source: what a cell of a row says (`wrong`), and what it should say (`right`).

    `row_key` is the key as quarantine shows it; `reported_on` a day, YYYY-MM-DD.
    """

    feed: str
    row_key: str
    column_name: str
    period: str
    wrong: str
    right: str
    reason: str
    reported_by: str
    reported_on: str


@dataclass(frozen=True)
class Correction(NewCorrection):
    """A declared correction as it is kept; a withdrawn one has who and why."""

    correction_no: int
    status: Literal["open", "withdrawn"]
    recorded_at: str
    withdrawn_at: str | None
    withdrawn_by: str | None
    withdrawn_why: str | None

    @property
    def correction_id(self) -> str:
        """Its number as people write it, `C-12`."""
        return f"C-{self.correction_no}"


@dataclass(frozen=True)
class Decisions:
    """What people decided, as far as it changes a figure or a judgement. Withdrawn corrections are not among them."""

    waivers: tuple[Waiver, ...]
    corrections: tuple[Correction, ...]
    finalised: tuple[str, ...]


class State:
    """The open state store. Close it, or use it as a context manager."""

    def __init__(self, state_dir: Path) -> None:
        """Open, or make, the store in `state_dir`. Raises StateUnusable, saying what to do."""
        state_dir.mkdir(parents=True, exist_ok=True)
        self.path = state_dir / STATE_FILE
        # What releases have said, a file each: see `publication/history.py`.
        self.statements_dir = state_dir / "statements"
        self.engine = sa.create_engine(sa.URL.create("sqlite", database=str(self.path)))
        sa.event.listen(self.engine, "connect", _set_pragmas)
        try:
            self._make_schema()
        except OperationalError as error:
            self.engine.dispose()
            raise StateUnusable(
                f"无法打开状态库 {self.path}：{error.orig}。请检查磁盘空间和权限，确认没有别的程序占用它。",
                f"The state store {self.path} cannot be opened: {error.orig}. Look at disk space and "
                "permissions, and "
                "whether another program holds it.",
            ) from error
        except DatabaseError as error:
            self.engine.dispose()
            raise StateUnusable(
                f"状态库 {self.path} 已损坏：{error.orig}。请从备份恢复该文件；不要删除它，其中有发布台账。",
                f"The state store {self.path} is damaged: {error.orig}. Restore it from a backup; do "
                "not delete it, "
                "it holds the ledger of releases.",
            ) from error

    def _make_schema(self) -> None:
        with self.engine.begin() as connection:
            _METADATA.create_all(connection)
            version = connection.scalar(sa.select(SCHEMA.c.version))
            if version is None:
                connection.execute(SCHEMA.insert().values(version=SCHEMA_VERSION))
        if version not in (None, SCHEMA_VERSION):
            self.engine.dispose()
            raise StateUnusable(
                f"状态库 {self.path} 的版本是 {version}，本程序需要 {SCHEMA_VERSION}。请使用与之相配的程序版本。",
                f"The state store {self.path} is of version {version}, this program needs "
                f"{SCHEMA_VERSION}. Use the "
                "version of the program that fits it.",
            )

    def close(self) -> None:
        """Give the file back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Deliveries

    def register(self, arrivals: Iterable[ArrivalLike], now: datetime) -> tuple[str, ...]:
        """Remember what lies in landing; what was seen before stays as first seen. The ids of new deliveries.

        `arrivals` is all of landing: a delivery that is not among them is marked as no longer there.
        """
        arrivals = list(arrivals)
        with self.engine.begin() as connection:
            known = set(connection.scalars(sa.select(DELIVERIES.c.delivery_id)))
            new = [arrival for arrival in arrivals if arrival.delivery_id not in known]
            connection.execute(sa.update(DELIVERIES).values(is_in_landing=False))
            if arrivals:
                connection.execute(
                    sa.update(DELIVERIES)
                    .where(DELIVERIES.c.delivery_id == sa.bindparam("present"))
                    .values(is_in_landing=True),
                    [{"present": arrival.delivery_id} for arrival in arrivals],
                )
            if new:
                connection.execute(
                    insert_or(DELIVERIES).on_conflict_do_nothing(),
                    [
                        {
                            "delivery_id": arrival.delivery_id,
                            "feed": arrival.feed,
                            "period": arrival.period,
                            "file_name": arrival.file_name,
                            "sha256": arrival.sha256,
                            "size_bytes": arrival.size_bytes,
                            "sender": arrival.sender,
                            "sent_at": _text(arrival.sent_at) if arrival.sent_at else None,
                            "receipt_sha256": arrival.receipt_sha256,
                            "receipt_rows": arrival.receipt_rows,
                            "received_at": _text(arrival.received_at),
                            "first_seen_at": _text(now),
                            "is_in_landing": True,
                            "status": "seen",
                            "rows_read": 0,
                            "rows_data": 0,
                            "rows_not_data": 0,
                        }
                        for arrival in new
                    ],
                )
        return tuple(arrival.delivery_id for arrival in new)

    def record_intake(self, result: IntakeLike, contract_sha256: str, now: datetime) -> None:
        """Remember what became of a delivery that was read by the contract of that sha256."""
        with self.engine.begin() as connection:
            changed = connection.execute(
                sa.update(DELIVERIES)
                .where(DELIVERIES.c.delivery_id == result.delivery_id)
                .values(
                    status=result.status,
                    refusal_rule=result.refusal_rule,
                    reason_zh=result.reason_zh,
                    reason_en=result.reason_en,
                    rows_read=result.rows_read,
                    rows_data=result.rows_data,
                    rows_not_data=result.rows_not_data,
                    contract_sha256=contract_sha256,
                    read_at=_text(now),
                )
            )
            connection.execute(sa.delete(DELIVERY_NOTES).where(DELIVERY_NOTES.c.delivery_id == result.delivery_id))
            if changed.rowcount and result.note_zh:
                connection.execute(
                    DELIVERY_NOTES.insert().values(
                        delivery_id=result.delivery_id, note_zh=result.note_zh, note_en=result.note_en
                    )
                )
        if changed.rowcount != 1:
            raise LookupError(f"delivery {result.delivery_id} was never registered")

    def deliveries(self, through: str | None = None) -> tuple[Delivery, ...]:
        """All deliveries of periods up to `through` (None: all), by feed, period and arrival_no."""
        arrival_no = sa.func.row_number().over(
            partition_by=(DELIVERIES.c.feed, DELIVERIES.c.period),
            order_by=(
                DELIVERIES.c.received_at,
                DELIVERIES.c.first_seen_at,
                DELIVERIES.c.file_name,
                DELIVERIES.c.delivery_id,
            ),
        )
        query = (
            sa.select(DELIVERIES, DELIVERY_NOTES.c.note_zh, DELIVERY_NOTES.c.note_en, arrival_no.label("arrival_no"))
            .outerjoin(DELIVERY_NOTES, DELIVERIES.c.delivery_id == DELIVERY_NOTES.c.delivery_id)
            .order_by(DELIVERIES.c.feed, DELIVERIES.c.period, sa.text("arrival_no"))
        )
        if through is not None:
            query = query.where(DELIVERIES.c.period <= through)
        with self.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        last_accepted = {(row["feed"], row["period"]): row["arrival_no"] for row in rows if row["status"] == "accepted"}
        return tuple(
            Delivery(
                **{
                    **row,
                    "sent_at": _instant(row["sent_at"]),
                    "received_at": datetime.fromisoformat(row["received_at"]),
                    "first_seen_at": datetime.fromisoformat(row["first_seen_at"]),
                    "read_at": _instant(row["read_at"]),
                },
                is_refusal_pending=row["status"] == "refused"
                and last_accepted.get((row["feed"], row["period"]), 0) < row["arrival_no"],
            )
            for row in rows
        )

    # Runs

    def start_run(
        self, run_id: str, now: datetime, *, first: str | None, last: str | None, is_publishing: bool
    ) -> None:
        """Remember that a run began, and which months were asked for (None: whatever is ready)."""
        with self.engine.begin() as connection:
            connection.execute(
                RUNS.insert().values(
                    run_id=run_id,
                    started_at=_text(now),
                    asked_first=first,
                    asked_last=last,
                    is_publishing=is_publishing,
                )
            )

    def end_run(self, run_id: str, now: datetime, outcome: str) -> None:
        """Remember how a run ended, in a word or a sentence. A run without an end was killed."""
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(RUNS).where(RUNS.c.run_id == run_id).values(ended_at=_text(now), outcome=outcome)
            )

    def record_notices(self, run_id: str, notices: Iterable[NoticeLike]) -> None:
        """Remember what a run found in landing that is no delivery, or not yet."""
        rows = [
            {
                "run_id": run_id,
                "kind": notice.kind,
                "path": without_person_numbers(str(notice.path)),
                "message_zh": notice.message_zh,
                "message_en": notice.message_en,
            }
            for notice in notices
        ]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(NOTICES.insert(), rows)

    # Verdicts

    def record_verdicts(
        self,
        run_id: str,
        verdicts: Iterable[Verdict],
        now: datetime,
        *,
        fingerprints: Mapping[str, str],
        data_hashes: Mapping[str, str],
    ) -> None:
        """Remember verdicts with the fingerprint and the data hash of their months.

        A month without rows in any mart has no data hash; its verdicts are kept with an empty one, which no
        gate accepts. Raises KeyError for a month without a fingerprint.
        """
        rows = [
            {
                **verdict.model_dump(),
                "details": json.dumps(verdict.details, ensure_ascii=False, sort_keys=True),
                "run_id": run_id,
                "recorded_at": _text(now),
                "fingerprint": fingerprints[verdict.period],
                "data_hash": data_hashes.get(verdict.period, ""),
            }
            for verdict in verdicts
        ]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(VERDICTS.insert(), rows)

    def verdicts(self, period: str, fingerprint: str, data_hash: str | None = None) -> tuple[Verdict, ...]:
        """The newest verdict of each check of a month under exactly that fingerprint.

        With a data hash only those of exactly these rows; without one, of whatever rows were judged last.
        """
        newest = (
            sa.select(sa.func.max(VERDICTS.c.verdict_id))
            .where(VERDICTS.c.period == period, VERDICTS.c.fingerprint == fingerprint)
            .group_by(VERDICTS.c.kind, VERDICTS.c.check_id, VERDICTS.c.subject)
        )
        if data_hash is not None:
            newest = newest.where(VERDICTS.c.data_hash == data_hash)
        columns = [VERDICTS.c[field] for field in _VERDICT_FIELDS]
        query = sa.select(*columns).where(VERDICTS.c.verdict_id.in_(newest)).order_by(VERDICTS.c.verdict_id)
        with self.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(Verdict(**{**row, "details": json.loads(row["details"])}) for row in rows)

    def latest_verdicts(self, period: str) -> tuple[Verdict, ...]:
        """Every verdict of the run that judged a month last, of whatever data; empty if none has."""
        last_run = (
            sa.select(VERDICTS.c.run_id)
            .where(VERDICTS.c.period == period)
            .order_by(VERDICTS.c.verdict_id.desc())
            .limit(1)
            .scalar_subquery()
        )
        columns = [VERDICTS.c[field] for field in _VERDICT_FIELDS]
        query = (
            sa.select(*columns)
            .where(VERDICTS.c.period == period, VERDICTS.c.run_id == last_run)
            .order_by(VERDICTS.c.verdict_id)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(Verdict(**{**row, "details": json.loads(row["details"])}) for row in rows)

    def judged_periods(self) -> tuple[str, ...]:
        """The months of which verdicts are kept, in order."""
        query = sa.select(VERDICTS.c.period).distinct().order_by(VERDICTS.c.period)
        with self.engine.connect() as connection:
            return tuple(connection.scalars(query))

    def is_judged(self, period: str) -> bool:
        """Whether any verdict of that month is kept, of whatever data."""
        query = sa.select(sa.exists().where(VERDICTS.c.period == period))
        with self.engine.connect() as connection:
            return bool(connection.scalar(query))

    # The ledger

    def prepare_release(self, release: NewRelease, now: datetime) -> None:
        """Enter a release whose folder is complete but has not its name yet. Its number is taken from now on."""
        with self.engine.begin() as connection:
            connection.execute(
                RELEASES.insert().values(**{**asdict(release), "blocked_periods": json.dumps(release.blocked_periods)})
            )
            connection.execute(
                RELEASE_EVENTS.insert().values(release_id=release.release_id, status="prepared", at=_text(now))
            )

    def record_release(
        self,
        release_id: str,
        status: ReleaseStatus,
        now: datetime,
        *,
        by: str | None = None,
        why: str | None = None,
    ) -> None:
        """Enter what happened to a release."""
        with self.engine.begin() as connection:
            connection.execute(
                RELEASE_EVENTS.insert().values(release_id=release_id, status=status, at=_text(now), by=by, why=why)
            )

    def releases(self) -> tuple[Release, ...]:
        """The ledger, in the order in which the releases were made."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(RELEASES).order_by(RELEASES.c.release_seq)).mappings().all()
            happened = connection.execute(sa.select(RELEASE_EVENTS).order_by(RELEASE_EVENTS.c.event_id)).mappings()
            events: dict[str, dict[str, sa.RowMapping]] = {}
            for event in happened:
                # Re-inserted, so that the last key is the last event.
                of_release = events.setdefault(event["release_id"], {})
                of_release.pop(event["status"], None)
                of_release[event["status"]] = event
        releases = []
        for row in rows:
            of_release = events[row["release_id"]]
            last = list(of_release.values())[-1]
            releases.append(
                Release(
                    **{**row, "blocked_periods": tuple(json.loads(row["blocked_periods"]))},
                    status=last["status"],
                    prepared_at=datetime.fromisoformat(of_release["prepared"]["at"]),
                    published_at=(
                        datetime.fromisoformat(of_release["published"]["at"]) if "published" in of_release else None
                    ),
                    by=last["by"],
                    why=last["why"],
                )
            )
        return tuple(releases)

    def record_confirmation(self, period: str, fingerprint: str, release_id: str, now: datetime) -> None:
        """Enter that a release stands under another fingerprint too; again is no error."""
        with self.engine.begin() as connection:
            connection.execute(
                insert_or(CONFIRMATIONS)
                .values(period=period, fingerprint=fingerprint, release_id=release_id, at=_text(now))
                .on_conflict_do_nothing()
            )

    def confirmations(self) -> frozenset[Confirmation]:
        """All confirmations."""
        query = sa.select(CONFIRMATIONS.c.period, CONFIRMATIONS.c.fingerprint, CONFIRMATIONS.c.release_id)
        with self.engine.connect() as connection:
            return frozenset(Confirmation(*row) for row in connection.execute(query))

    def confirmed_at(self) -> dict[str, datetime]:
        """When each release that was ever confirmed was confirmed last, by release id."""
        query = sa.select(CONFIRMATIONS.c.release_id, sa.func.max(CONFIRMATIONS.c.at)).group_by(
            CONFIRMATIONS.c.release_id
        )
        with self.engine.connect() as connection:
            return {release_id: datetime.fromisoformat(at) for release_id, at in connection.execute(query)}

    # Decisions of people

    def record_waiver(self, waiver: NewWaiver, now: datetime) -> Waiver:
        """Enter a waiver, and give it its number. Whether it may be given is decided in `waivers.py`."""
        with self.engine.begin() as connection:
            entered = connection.execute(WAIVERS.insert().values(**asdict(waiver), at=_text(now)))
        return Waiver(**asdict(waiver), waiver_id=entered.inserted_primary_key[0], at=_text(now))

    def end_waiver(self, waiver_id: int, now: datetime, *, by: str, why: str) -> None:
        """Enter that a waiver was taken back. Raises IntegrityError for an unknown one and for one that was before."""
        with self.engine.begin() as connection:
            connection.execute(WAIVER_ENDS.insert().values(waiver_id=waiver_id, by=by, why=why, at=_text(now)))

    def waivers(self) -> tuple[Waiver, ...]:
        """All waivers in the order of their numbers, those that were taken back too."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(WAIVERS).order_by(WAIVERS.c.waiver_id)).mappings().all()
            ends = {
                row["waiver_id"]: WaiverEnd(row["by"], row["why"], row["at"])
                for row in connection.execute(sa.select(WAIVER_ENDS)).mappings()
            }
        return tuple(Waiver(**row, end=ends.get(row["waiver_id"])) for row in rows)

    def decisions(self, through: str) -> Decisions:
        """Waivers and corrections in force and finalised months of periods up to `through`, in a fixed order."""
        waivers = tuple(one for one in self.waivers() if one.end is None and one.period <= through)
        with self.engine.connect() as connection:
            return Decisions(
                waivers=waivers,
                corrections=tuple(
                    Correction(**row)
                    for row in connection.execute(
                        sa.select(CORRECTIONS)
                        .where(CORRECTIONS.c.period <= through, CORRECTIONS.c.status == "open")
                        .order_by(CORRECTIONS.c.correction_no)
                    ).mappings()
                ),
                finalised=tuple(
                    connection.scalars(
                        sa.select(FINALISED.c.period).where(FINALISED.c.period <= through).order_by(FINALISED.c.period)
                    )
                ),
            )

    def declare_corrections(self, corrections: Iterable[NewCorrection], now: datetime) -> tuple[Correction, ...]:
        """Remember corrections, all or none; as they are kept."""
        with self.engine.begin() as connection:
            numbers = [
                connection.execute(
                    CORRECTIONS.insert().values(**asdict(one), status="open", recorded_at=_text(now))
                ).inserted_primary_key[0]
                for one in corrections
            ]
        return tuple(one for one in self.corrections() if one.correction_no in numbers)

    def withdraw_correction(self, correction_no: int, now: datetime, *, by: str, why: str) -> Correction | None:
        """A correction no longer holds; as it is kept then. None if there is no such one in force."""
        with self.engine.begin() as connection:
            ended = connection.execute(
                sa.update(CORRECTIONS)
                .where(CORRECTIONS.c.correction_no == correction_no, CORRECTIONS.c.status == "open")
                .values(status="withdrawn", withdrawn_at=_text(now), withdrawn_by=by, withdrawn_why=why)
            )
            if ended.rowcount == 0:
                return None
        return next(one for one in self.corrections() if one.correction_no == correction_no)

    def corrections(self) -> tuple[Correction, ...]:
        """All corrections ever declared, in their order."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(CORRECTIONS).order_by(CORRECTIONS.c.correction_no)).mappings()
            return tuple(Correction(**row) for row in rows)


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = wal",
        "synchronous = full",
        "foreign_keys = on",
    ):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _text(instant: datetime) -> str:
    """An aware instant as text, in Shanghai time and one width. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(SHANGHAI).isoformat(timespec="microseconds")


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
