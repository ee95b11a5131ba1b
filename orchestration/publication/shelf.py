"""What stands in `published/`: places, the list of releases, and whether each is still what was published.

Reading only. Publishing, and mending what an interrupted run left, belong to `release.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.publication.ledger import Ledger
from orchestration.publication.manifest import (
    MANIFEST_FILE,
    Manifest,
    ManifestUnreadable,
    ReleaseFile,
    read_manifest,
)
from orchestration.publication.marts import identifier, open_offline
from orchestration.report import Sentence
from orchestration.state import Release, State
from orchestration.stops import Stop
from sources.landing import hash_of

RELEASES_FOLDER = "releases"
CURRENT_LINK = "current"
_RELEASE_FOLDER = re.compile(r"r([1-9]\d*)")


class UnknownRelease(Stop):
    """There is no such release. The message says which there are."""


@dataclass(frozen=True)
class Shelf:
    """The folder `published/` of a data directory."""

    folder: Path

    @property
    def current(self) -> Path:
        """The link to the newest valid release."""
        return self.folder / CURRENT_LINK

    def place(self, period: str, release_no: int) -> Path:
        """The folder of a release."""
        return self.folder / self.link_target(period, release_no)

    def link_target(self, period: str, release_no: int) -> Path:
        """The same, as `current` names it: relative, so that the data directory can be moved."""
        return Path(RELEASES_FOLDER) / period / f"r{release_no}"

    def place_in_making(self, period: str, release_no: int) -> Path:
        """The folder of a release that this process is making."""
        return self.place(period, release_no).with_name(f".r{release_no}.part-{os.getpid()}")

    def leftovers(self) -> Iterator[Path]:
        """What an interrupted run left: folders in the making, a link without its name."""
        yield from self.folder.glob(f"{RELEASES_FOLDER}/*/.r*.part-*")
        yield from self.folder.glob(f".{CURRENT_LINK}.part-*")

    def folders(self) -> Iterator[tuple[str, int, Path]]:
        """Period, number and folder of every release that is there, by name."""
        for path in sorted(self.folder.glob(f"{RELEASES_FOLDER}/*/r*")):
            named = _RELEASE_FOLDER.fullmatch(path.name)
            if named:
                yield path.parent.name, int(named[1]), path

    def current_release(self, ledger: Ledger) -> Release | None:
        """The release to which `current` should point: the newest valid one that is there."""
        return next((one for one in ledger.valid() if (self.place_of(one) / MANIFEST_FILE).is_file()), None)

    def place_of(self, release: Release) -> Path:
        """The folder of a release of the ledger."""
        return self.place(release.period, release.release_no)


@dataclass(frozen=True)
class ShelvedRelease:
    """A release for lists: what the ledger says, where it is, and whether `current` is it."""

    release: Release
    path: Path
    is_current: bool


@dataclass(frozen=True)
class Verification:
    """What was found when a release, or `current`, was verified; without problems it is as published."""

    subject: str
    path: Path
    files: int
    problems: tuple[Sentence, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def list_releases(published_dir: Path, state: State) -> tuple[ShelvedRelease, ...]:
    """Every release that readers have seen, withdrawn ones too; by period, then number."""
    shelf = Shelf(published_dir)
    ledger = Ledger(state)
    pointed = os.path.realpath(shelf.current)
    seen = [one for one in ledger.releases if one.status in ("published", "withdrawn")]
    return tuple(
        ShelvedRelease(one, shelf.place_of(one), os.path.realpath(shelf.place_of(one)) == pointed)
        for one in sorted(seen, key=lambda one: (one.period, one.release_no))
    )


def find_release(published_dir: Path, state: State, release_id: str | None = None) -> ShelvedRelease:
    """A release by its id; None: the current one. Raises UnknownRelease."""
    releases = list_releases(published_dir, state)
    for one in releases:
        if one.release.release_id == release_id or (release_id is None and one.is_current):
            return one
    known = [one.release.release_id for one in releases]
    if release_id is None:
        raise UnknownRelease("还没有任何发布。请先运行 stm run。", "Nothing has been published yet. Run stm run first.")
    raise UnknownRelease(
        f"没有发布 {release_id}。已有的发布：{'、'.join(known) or '无'}。",
        f"There is no release {release_id}. There are: {', '.join(known) or 'none'}.",
    )


def show_release(published_dir: Path, state: State, release_id: str | None = None) -> Manifest:
    """The manifest of a release; None: of the current one. Raises UnknownRelease, ManifestUnreadable."""
    return read_manifest(find_release(published_dir, state, release_id).path)


def verify(published_dir: Path, state: State, release_id: str | None = None) -> tuple[Verification, ...]:
    """One release (None: the current one) and the link `current`. Raises UnknownRelease."""
    found = find_release(published_dir, state, release_id)
    return verify_release(found.path, found.release), _verify_current(Shelf(published_dir), state)


def verify_all(published_dir: Path, state: State) -> tuple[Verification, ...]:
    """Every release, whatever else lies among them, and the link `current`."""
    shelf = Shelf(published_dir)
    releases = list_releases(published_dir, state)
    known = {one.path for one in releases}
    strangers = tuple(
        Verification(
            f"{period}-r{number}",
            path,
            0,
            (
                Sentence(
                    f"{path} 不在发布台账中，不是本系统发布的，或发布未完成。请勿使用。",
                    f"{path} is not in the ledger: it was not published from here, or not completed. Do not use it.",
                ),
            ),
        )
        for period, number, path in shelf.folders()
        if path not in known
    )
    return (
        *(verify_release(one.path, one.release) for one in releases),
        *strangers,
        _verify_current(shelf, state),
    )


def verify_release(folder: Path, release: Release) -> Verification:
    """Whether a folder is the release that the ledger has: manifest, every file, every row count, nothing more."""
    try:
        manifest = read_manifest(folder)
    except ManifestUnreadable as stop:
        return Verification(release.release_id, folder, 0, (Sentence(stop.message_zh, stop.message_en),))
    problems = []
    if hash_of(folder / MANIFEST_FILE) != release.manifest_sha256:
        problems.append(
            Sentence(
                f"{MANIFEST_FILE} 已被改动（与台账中的 sha256 不符）。",
                f"{MANIFEST_FILE} is not the one of the ledger: its sha256 differs.",
            )
        )
    listed = {MANIFEST_FILE, *(file.path for file in manifest.files)}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    problems += [
        Sentence(f"多出文件 {path}，清单中没有。", f"{path} is there, but not in the manifest.")
        for path in sorted(there - listed)
    ]
    problems += [Sentence(f"缺少文件 {path}。", f"{path} is missing.") for path in sorted(listed - there)]
    for file in manifest.files:
        if file.path in there:
            problems += _problems_of(folder / file.path, file)
    return Verification(release.release_id, folder, len(there), tuple(problems))


def _problems_of(path: Path, file: ReleaseFile) -> Iterator[Sentence]:
    if hash_of(path) != file.sha256:
        yield Sentence(f"{file.path} 已被改动（sha256 与清单不符）。", f"{file.path} was altered: its sha256 differs.")
        return
    try:
        counted = _count_rows(path, file)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        yield Sentence(
            f"{file.path} 无法打开（{type(error).__name__}）。",
            f"{file.path} cannot be opened ({type(error).__name__}).",
        )
        return
    for table, rows in file.rows.items():
        if counted[table] != rows:
            yield Sentence(
                f"{file.path} 中的 {table} 有 {counted[table]} 行，清单为 {rows} 行。",
                f"{table} in {file.path} has {counted[table]} rows, by the manifest {rows}.",
            )


def _count_rows(path: Path, file: ReleaseFile) -> dict[str, int]:
    if not file.rows:
        return {}
    if path.suffix == ".parquet":
        return dict.fromkeys(file.rows, pq.read_metadata(path).num_rows)
    if path.suffix != ".duckdb":
        # A form for people: its bytes are those of the manifest, and nobody counts in it.
        return dict(file.rows)
    with open_offline(path, is_read_only=True) as connection:
        return {table: _count(connection, f"main.{identifier(table)}") for table in file.rows}


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    (rows,) = connection.execute(f"select count(*) from {relation}").fetchone() or (0,)
    return int(rows)


def _verify_current(shelf: Shelf, state: State) -> Verification:
    wanted = shelf.current_release(Ledger(state))
    link = shelf.current
    problem = None
    if wanted is None:
        if os.path.lexists(link):
            problem = Sentence(f"{link} 存在，但没有任何有效的发布。", f"{link} is there, but no release is valid.")
    elif not link.is_symlink() or os.path.realpath(link) != os.path.realpath(shelf.place_of(wanted)):
        problem = Sentence(
            f"{link} 应指向最新的有效发布 {wanted.release_id}。再次运行 stm run 会改正。",
            f"{link} should point to the newest valid release, {wanted.release_id}. stm run mends it.",
        )
    return Verification(CURRENT_LINK, link, 0, (problem,) if problem else ())
