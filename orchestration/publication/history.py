"""What every release said of a table's cells: kept as said, and compared when the next release is made.

A release's statement is its rows of the table, one Parquet file in `state/statements/<table>/`, written before the
release is entered as prepared. It counts if the ledger has the release as published or withdrawn: what a killed run
left says nothing. So histories need no earlier release to be there, and a withdrawal is true of all of them from the
next release on. No row passes through Python.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
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

# In memory, beside the attached warehouse.
_SPEAKERS = "speakers"


class StatementLost(Stop):
    """What an earlier release said is neither in the state nor on the shelf, so its history cannot be told."""


class Statements:
    """The folder of statements: what each release said of the tables that have a history."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, history: History, release_id: str) -> Path:
        """The file of a release's statement."""
        return self._folder / history.of.name / f"{release_id}.parquet"

    def keep(self, connection: duckdb.DuckDBPyConnection, history: History, release_id: str, query: str) -> None:
        """Keep the rows of the query as what the release said; they are on the disk."""
        with _Part(self.path(history, release_id)) as part:
            connection.execute(f"copy ({query}) to {literal(str(part))} (format parquet, compression zstd)")

    def complete(self, histories: Sequence[History], releases: Iterable[Release], shelf: Shelf) -> None:
        """Take from the releases themselves what those made before statements were kept have said.

        Raises StatementLost if a release is not there either.
        """
        for release in releases:
            for history in histories:
                kept = self.path(history, release.release_id)
                if kept.is_file():
                    continue
                said = shelf.place_of(release) / parquet.FOLDER / f"{history.of.name}.parquet"
                if not said.is_file():
                    raise StatementLost(
                        f"state 中没有发布 {release.release_id} 的 {history.of.name}，发布目录中也没有，无法续写历次"
                        f"发布表。请从备份恢复 {kept} 或该发布的目录，再运行 stm run。",
                        f"What {release.release_id} said of {history.of.name} is neither in state nor among the "
                        f"releases, so the history cannot go on. Restore {kept} or the folder of the release, "
                        "then run stm run again.",
                    )
                with _Part(kept) as part:
                    shutil.copyfile(said, part)

    def forget(self, release_id: str) -> None:
        """Delete what an abandoned release would have said."""
        for path in self._folder.glob(f"*/{release_id}.parquet"):
            path.unlink()

    def leftovers(self) -> list[Path]:
        """Files without their name that an interrupted run left."""
        return list(self._folder.glob("*/.*.part-*"))


class _Part:
    """A file in the making beside its place; it gets its name when the block ends well."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = target.with_name(f".{target.name}.part-{os.getpid()}")

    def __enter__(self) -> Path:
        durable.make_folder(self._target.parent)
        self._part.unlink(missing_ok=True)
        return self._part

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            durable.place_file(self._part, self._target)


@dataclass(frozen=True)
class Speaker:
    """A release that says something: when it was made (aware), and whether it was taken back since."""

    release_id: str
    release_no: int
    released_at: datetime
    is_withdrawn: bool = False

    @classmethod
    def of(cls, release: Release) -> Speaker:
        """One that the ledger has."""
        return cls(release.release_id, release.release_no, release.prepared_at, release.status == "withdrawn")


def tell(
    connection: duckdb.DuckDBPyConnection, history: History, statements: Statements, speakers: Sequence[Speaker]
) -> str:
    """Put the history into a table of the connection; the query for its rows, in the order of cells and of time.

    `speakers` are in the order in which they were made. A row is a cell that a release says otherwise than the one
    before it, or than the one before it that was not withdrawn; `is_current` is the last of those not withdrawn. A
    release speaks of the months of which it has rows: of others it says nothing, not that they are empty.
    """
    mart = history.mart
    rows = ", ".join(
        f"({place}, {literal(one.release_id)}, {one.release_no}, timestamp {literal(_wall_clock(one.released_at))}, "
        f"{one.is_withdrawn})"
        for place, one in enumerate(speakers)
    )
    connection.execute(
        f"create or replace table {_SPEAKERS} as select * from (values {rows}) "
        f"as speakers (place, {RELEASE_STAMP}, {RELEASE_NO}, {RELEASED_AT}, is_withdrawn)"
    )
    files = ", ".join(literal(str(statements.path(history, one.release_id))) for one in speakers)
    told = identifier(mart.name)
    connection.execute(f"create or replace table {told} as {_query(history, files)}")
    columns = ", ".join(identifier(column.name) for column in mart.columns)
    order = ", ".join(identifier(name) for name in history.of.grain)
    return f"select {columns} from {told} order by {order}, place"


def _query(history: History, files: str) -> str:
    grain = [identifier(name) for name in history.of.grain]
    cell = ", ".join(grain)
    names = [column.name for column in history.of.columns if column.name not in (*history.of.grain, RELEASE_STAMP)]
    figures = ", ".join(f"said.{identifier(name)}" for name in history.compared)
    rest = ", ".join(f"said.{identifier(name)}" for name in names)
    stamps = f"{RELEASE_STAMP}, {RELEASED_AT}, {RELEASE_NO}"
    shown = ", ".join(_shown(history, name) for name in names)
    return f"""
        with said as (
            select said.*, speakers.place
            from read_parquet([{files}], union_by_name = true) as said
            join {_SPEAKERS} as speakers using ({RELEASE_STAMP})
        ),
        cells as (select distinct {cell} from said),
        spoken_of as (select distinct {PERIOD_COLUMN}, place from said),
        -- A cell by every release that speaks of its month; without figures where the release leaves it out.
        heard as (
            select
                {", ".join(f"cells.{name}" for name in grain)},
                speakers.*,
                said.place is not null as is_said,
                case when said.place is not null then row({figures}) end as figures,
                {rest}
            from spoken_of
            join cells using ({PERIOD_COLUMN})
            join {_SPEAKERS} as speakers using (place)
            left join said on {" and ".join(f"cells.{name} = said.{name}" for name in grain)}
                and spoken_of.place = said.place
        ),
        compared as (
            select
                *,
                lag(figures) over (partition by {cell} order by place) as before,
                lag(figures) over (partition by {cell}, is_withdrawn order by place) as before_standing
            from heard
        ),
        changed as (
            select * from compared
            where figures is distinct from before
                or (not is_withdrawn and figures is distinct from before_standing)
        )
        select
            {cell}, {shown}, {stamps}, place,
            not is_withdrawn
                and row_number() over (partition by {cell}, is_withdrawn order by place desc) = 1 as {IS_CURRENT}
        from changed
    """


def _shown(history: History, name: str) -> str:
    """A column of a row; of a cell that is left out what the history says of such ones."""
    column = identifier(name)
    if name in history.when_left_out:
        return f"case when is_said then {column} else {literal(history.when_left_out[name])} end as {column}"
    if name in history.carried:
        before = ", ".join(identifier(key) for key in history.of.grain)
        last = f"last_value({column} ignore nulls) over (partition by {before} order by place)"
        return f"case when is_said then {column} else {last} end as {column}"
    return column


def _wall_clock(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(" ")
