"""What every release said of a table's cells: each release keeps what it says otherwise than the one before it.

That statement is one Parquet file in `state/statements/<table>/`, written before the release is entered as prepared,
and counts if the ledger has the release as published or withdrawn: what a killed run left says nothing. A withdrawn
release has spoken, so what is kept never changes; what a withdrawal does to a history is found when it is told. So
histories need no earlier release to be there, and grow by what changes. No row passes through Python.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.publication import durable
from orchestration.publication.marts import (
    IS_CURRENT,
    PERIOD_COLUMN,
    RELEASE_NO,
    RELEASE_STAMP,
    RELEASED_AT,
    History,
    identifier,
    literal,
)
from orchestration.publication.shelf import Shelf
from orchestration.publication.writers import parquet
from orchestration.state import Release
from orchestration.stops import Stop
from sources.landing import SHANGHAI

# In memory, beside the attached warehouse: the releases that spoke, in order.
_SPEAKERS = "speakers"
_IS_SAID = "is_said"


class StatementLost(Stop):
    """What an earlier release said is neither in the state nor on the shelf, so its history cannot be told."""


@dataclass(frozen=True)
class Speaker:
    """A release that says something of the months up to its own but the blocked ones: when it was made (aware), and
    whether it was taken back since."""

    release_id: str
    period: str
    release_no: int
    released_at: datetime
    blocked_periods: tuple[str, ...] = ()
    is_withdrawn: bool = False

    @classmethod
    def of(cls, release: Release) -> Speaker:
        """One that the ledger has."""
        return cls(
            release.release_id,
            release.period,
            release.release_no,
            release.prepared_at,
            release.blocked_periods,
            release.status == "withdrawn",
        )


class Chronicle:
    """The history of a table, on a connection: recalled from what is kept, continued by releases, and told."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, history: History, folder: Path, like: str) -> None:
        """`folder` is that of all statements, `like` a relation of the connection with the table's columns."""
        self._connection = connection
        self._history = history
        self._folder = folder / history.of.name
        self._said = identifier(f"{history.mart.name}_said")
        self._known: set[str] = set()
        connection.execute(f"create or replace table {self._said} as select *, true as {_IS_SAID} from {like} limit 0")

    def recall(self, speakers: Sequence[Speaker], shelf: Shelf) -> None:
        """Hear what releases have said, in their order; of those made before it was kept, from the releases themselves.

        Raises StatementLost if one is in neither place.
        """
        unheard = [one for one in speakers if one.release_id not in self._known]
        kept = [self._path(one) for one in unheard]
        if kept and all(path.is_file() for path in kept):
            self._hear(kept)
            self._known |= {one.release_id for one in unheard}
            return
        for speaker, path in zip(unheard, kept, strict=True):
            if path.is_file():
                self._hear([path])
                self._known.add(speaker.release_id)
            else:
                self.say(speaker, speakers, self._on_the_shelf(speaker, shelf))

    def say(self, speaker: Speaker, speakers: Sequence[Speaker], rows: str) -> None:
        """Keep what a release says, of which `rows` is the query, otherwise than those before it among `speakers`."""
        self._set_speakers(speakers)
        path = self._path(speaker)
        durable.make_folder(path.parent)
        part = path.with_name(f".{path.name}.part-{os.getpid()}")
        self._connection.execute(
            f"copy ({self._statement(speaker, rows)}) to {literal(str(part))} (format parquet, compression zstd)"
        )
        durable.place_file(part, path)
        self._hear([path])
        self._known.add(speaker.release_id)

    def tell(self, speakers: Sequence[Speaker]) -> str:
        """The query for the history by these releases, in the order in which they were made; by cell, then time.

        A row is a cell of which a release says otherwise than the one before it, or than the one before it that was
        not withdrawn; `is_current` is the last of those not withdrawn.
        """
        self._set_speakers(speakers)
        table = identifier(self._history.mart.name)
        self._connection.execute(f"create or replace table {table} as {self._told()}")
        columns = ", ".join(identifier(column.name) for column in self._history.mart.columns)
        return f"select {columns} from {table} order by {self._cell()}, place"

    def _path(self, speaker: Speaker) -> Path:
        return self._folder / f"{speaker.release_id}.parquet"

    def _hear(self, files: Sequence[Path]) -> None:
        # By name: a column may have been added since.
        listed = ", ".join(literal(str(path)) for path in files)
        self._connection.execute(
            f"insert into {self._said} by name select * from read_parquet([{listed}], union_by_name = true)"
        )

    def _on_the_shelf(self, speaker: Speaker, shelf: Shelf) -> str:
        """The query for the rows that a release holds itself."""
        name = self._history.of.name
        path = shelf.place(speaker.period, speaker.release_no) / parquet.FOLDER / f"{name}.parquet"
        if not path.is_file():
            raise StatementLost(
                f"state 中没有发布 {speaker.release_id} 的 {name}，发布目录中也没有，无法续写历次发布表。"
                f"请从备份恢复 {self._path(speaker)} 或该发布的目录，再运行 stm run。",
                f"What {speaker.release_id} said of {name} is neither in state nor among the releases, so the "
                f"history cannot go on. Restore {self._path(speaker)} or the folder of the release, then run stm "
                "run again.",
            )
        return f"from read_parquet({literal(str(path))})"

    def _set_speakers(self, speakers: Sequence[Speaker]) -> None:
        rows = ", ".join(
            f"({place}, {literal(one.release_id)}, {literal(one.period)}, {one.release_no}, "
            f"timestamp {literal(_wall_clock(one.released_at))}, "
            f"[{', '.join(literal(month) for month in one.blocked_periods)}]::varchar[], {one.is_withdrawn})"
            for place, one in enumerate(speakers)
        )
        self._connection.execute(
            f"create or replace table {_SPEAKERS} as from (values {rows}) as speakers "
            f"(place, {RELEASE_STAMP}, last_period, {RELEASE_NO}, {RELEASED_AT}, blocked_periods, is_withdrawn)"
        )

    def _cell(self, of: str = "") -> str:
        return ", ".join(f"{of}{identifier(name)}" for name in self._history.of.grain)

    def _same_cell(self, one: str, other: str) -> str:
        names = [identifier(name) for name in self._history.of.grain]
        return " and ".join(f"{one}.{name} = {other}.{name}" for name in names)

    def _figures(self, of: str) -> str:
        return f"row({', '.join(f'{of}.{identifier(name)}' for name in self._history.compared)})"

    def _left_out(self, name: str) -> str:
        """What stands in a column of a cell that a release leaves out."""
        if name in (*self._history.of.grain, *self._history.carried):
            return f"before.{identifier(name)}"
        value = self._history.when_left_out.get(name)
        return f"{'null' if value is None else literal(value)} as {identifier(name)}"

    def _statement(self, speaker: Speaker, rows: str) -> str:
        """The rows that a release says otherwise, and those that it leaves out of the months of which it speaks."""
        stamped = [column.name for column in self._history.of.columns]
        own = ", ".join(f"own.{identifier(name)}" for name in stamped if name != RELEASE_STAMP)
        gone = ", ".join(self._left_out(name) for name in stamped if name != RELEASE_STAMP)
        release_id = f"{literal(speaker.release_id)} as {RELEASE_STAMP}"
        return f"""
            with own as ({rows}),
            before as (
                select said.*
                from {self._said} as said
                join {_SPEAKERS} using ({RELEASE_STAMP})
                qualify row_number() over (partition by {self._cell("said.")} order by place desc) = 1
            )
            select {own}, {release_id}, true as {_IS_SAID}
            from own
            left join before on {self._same_cell("own", "before")} and before.{_IS_SAID}
            where before.{_IS_SAID} is null or {self._figures("own")} is distinct from {self._figures("before")}
            union all by name
            select {gone}, {release_id}, false as {_IS_SAID}
            from before
            anti join own on {self._same_cell("own", "before")}
            where before.{_IS_SAID} and before.{PERIOD_COLUMN} in (select {PERIOD_COLUMN} from own)
        """

    def _told(self) -> str:
        columns = ", ".join(
            f"said.{identifier(column.name)}" for column in self._history.of.columns if column.name != RELEASE_STAMP
        )
        return f"""
            with said as (
                select said.*, speakers.place, speakers.is_withdrawn, {self._figures("said")} as figures
                from {self._said} as said
                join {_SPEAKERS} as speakers using ({RELEASE_STAMP})
            ),
            -- What a withdrawn release said, a valid one may have repeated: then that is its own word from now on.
            doubted as (select distinct {self._cell()} from said where is_withdrawn),
            heard as (
                select {self._cell("doubted.")}, speakers.place
                from doubted
                join {_SPEAKERS} as speakers
                    on doubted.{PERIOD_COLUMN} <= speakers.last_period
                    and not list_contains(speakers.blocked_periods, doubted.{PERIOD_COLUMN})
                where not speakers.is_withdrawn
            ),
            repeated as (
                select
                    heard.place,
                    said.place as said_at,
                    {self._cell("said.")},
                    said.{_IS_SAID},
                    lag(case when said.{_IS_SAID} then said.figures end) over (
                        partition by {self._cell("said.")} order by heard.place
                    ) is distinct from case when said.{_IS_SAID} then said.figures end as is_change
                from heard
                asof join said on {self._same_cell("heard", "said")} and heard.place >= said.place
            ),
            statements as (
                select place, said_at, {self._cell()} from repeated where is_change and place > said_at
                union all
                select place, place as said_at, {self._cell()} from said
            ),
            told as (
                select {columns}, speakers.{RELEASE_STAMP}, speakers.{RELEASED_AT}, speakers.{RELEASE_NO},
                    speakers.place, speakers.is_withdrawn
                from statements
                join said on {self._same_cell("statements", "said")} and statements.said_at = said.place
                join {_SPEAKERS} as speakers on statements.place = speakers.place
            )
            select
                *,
                not is_withdrawn and row_number() over (
                    partition by {self._cell()}, is_withdrawn order by place desc
                ) = 1 as {IS_CURRENT}
            from told
        """


def forget(folder: Path, release_id: str) -> None:
    """Delete what an abandoned release would have said; `folder` is that of all statements."""
    for path in folder.glob(f"*/{release_id}.parquet"):
        path.unlink()


def leftovers(folder: Path) -> list[Path]:
    """Statements without their name that an interrupted run left."""
    return list(folder.glob("*/.*.part-*"))


def _wall_clock(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(" ")
