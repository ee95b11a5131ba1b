"""Publishing: the months that pass the gate, each written beside the others and then given its name.

The only code that makes a release. In this order, so that a kill at any moment leaves `current` valid: what
it says is kept for the histories (`history.py`); folder in the making, everything in it synced; entry
`prepared` in the ledger; the folder gets its name; entry `published`; `current` is switched. `recover`
finishes or abandons what a killed run left, and is called before anything else of a run. The caller holds the
build lock. Whether a month may be published is decided in `gate.py`, what a file looks like in `writers/`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb

from orchestration.corrections import outcomes
from orchestration.publication import durable
from orchestration.publication.fingerprint import CodeVersion
from orchestration.publication.gate import ExpectedOf, GateDecision, confirm
from orchestration.publication.history import Chronicle, Speaker, forget, leftovers
from orchestration.publication.ledger import Ledger
from orchestration.publication.manifest import (
    DeclaredCorrection,
    InputFile,
    MadeBy,
    Manifest,
    Month,
    Reason,
    ReleaseFile,
    WaivedCheck,
    WaiverUsed,
    write_manifest,
)
from orchestration.publication.marts import (
    PERIOD_COLUMN,
    PERIODS_MART,
    WAREHOUSE,
    History,
    Mart,
    data_hashes,
    identifier,
    literal,
    open_warehouse,
    read_histories,
    read_marts,
)
from orchestration.publication.shelf import CURRENT_LINK, Shelf, verify_release
from orchestration.publication.writers import WRITERS, Writer
from orchestration.publication.writers.content import MonthOfRelease, ReleaseContent, WrittenFile
from orchestration.publication.writers.duckdb_file import FILE_NAME
from orchestration.report import Sentence
from orchestration.state import NewCorrection, NewRelease, State
from orchestration.stops import Stop
from orchestration.waivers import LiftedBlock
from sources.landing import hash_of

Clock = Callable[[], datetime]

# Nobody writes into a release, not even by accident.
_READ_ONLY = 0o444
_COPY = "copied"


class CopyDiffers(Stop):
    """The rows in the new release are not those that were judged; it was not published."""


class Places(Protocol):
    """Where publication reads and writes; `orchestration.settings.Settings` is one."""

    @property
    def warehouse_path(self) -> Path:
        """dbt's DuckDB file."""
        ...

    @property
    def published_dir(self) -> Path:
        """The releases, and `current`."""
        ...


@dataclass(frozen=True)
class PublishedRelease:
    """A release that was made. `replaces` is the month's newest one before it, `is_changed` whether the rows of its
    own month differ from that one's: the latest month is also made anew to show an earlier one."""

    period: str
    release_id: str
    path: Path
    fingerprint: str
    replaces: str | None
    is_changed: bool


@dataclass(frozen=True)
class ConfirmedRelease:
    """A release that stands under the month's new fingerprint too, since the month's own rows are as released."""

    period: str
    release_id: str


@dataclass(frozen=True)
class StoppedRelease:
    """A month that the gate stopped, with every reason."""

    period: str
    reasons: tuple[Sentence, ...]


@dataclass(frozen=True)
class Publication:
    """What came of publishing, by month. `lifted` are the blocks of months asked for that pass under a waiver;
    `current` is the folder to which the link points, None if there is none."""

    published: tuple[PublishedRelease, ...]
    confirmed: tuple[ConfirmedRelease, ...]
    stopped: tuple[StoppedRelease, ...]
    lifted: tuple[LiftedBlock, ...]
    current: Path | None


def publish(
    periods: Iterable[str],
    *,
    through: str,
    places: Places,
    state: State,
    code: CodeVersion,
    expected: ExpectedOf,
    dbt_manifest: Mapping[str, Any],
    run_id: str,
    clock: Clock,
    writers: Sequence[Writer] = WRITERS,
) -> Publication:
    """Publish `periods`, as far as the gate lets them, from a warehouse that was read up to `through`.

    A month whose own rows are as released is confirmed instead, unless it is the latest; the latest month
    (the last that passes the gate) is released anew whenever any other is. `expected` says what must have
    been checked (`gate.expected_from`). Raises MartsUnusable, StatementLost or CopyDiffers; then nothing more
    is published.
    """
    marts, histories = read_marts(dbt_manifest), read_histories(dbt_manifest)
    asked = sorted(set(periods))
    shelf = Shelf(places.published_dir)
    with open_warehouse(places.warehouse_path) as connection:
        hashes = data_hashes(connection, marts)
        months = [period for period in _months_held(connection) if period <= through]
        decisions = {
            period: confirm(period, state=state, code=code, expected=expected, data_hashes=hashes)
            for period in sorted({*months, *asked})
        }
        plan = _choose(asked, months, decisions, Ledger(state))
        for period, release_id in plan.to_confirm.items():
            state.record_confirmation(period, decisions[period].fingerprint, release_id, clock())
        making = _Making(
            connection,
            marts,
            histories,
            {month: decisions[month] for month in months},
            shelf,
            state,
            code,
            run_id,
            clock,
            writers,
            dbt_manifest,
        )
        published = tuple(making.make(period) for period in plan.to_release)
    return Publication(
        published=published,
        confirmed=tuple(ConfirmedRelease(*one) for one in plan.to_confirm.items()),
        stopped=tuple(
            StoppedRelease(period, decisions[period].reasons) for period in asked if not decisions[period].is_passed
        ),
        lifted=tuple(block for period in asked if decisions[period].is_passed for block in decisions[period].lifted),
        current=_pointed(shelf),
    )


def recover(published_dir: Path, state: State, clock: Clock) -> tuple[Sentence, ...]:
    """Finish or abandon what an interrupted run left, and let `current` point where it should. What was mended."""
    shelf = Shelf(published_dir)
    mended = []
    for release in Ledger(state).releases:
        if release.status != "prepared":
            continue
        place = shelf.place_of(release)
        # It has its name: readers may have seen it, and it was judged and complete before.
        if place.is_dir() and verify_release(place, release).is_sound:
            state.record_release(release.release_id, "published", clock())
            mended.append(
                Sentence(
                    f"上次中断的发布 {release.release_id} 已补完。",
                    f"The interrupted release {release.release_id} was completed.",
                )
            )
        else:
            state.record_release(release.release_id, "abandoned", clock(), why="interrupted before it was complete")
            forget(state.statements_dir, release.release_id)
            mended.append(
                Sentence(
                    f"上次中断的发布 {release.release_id} 已作废，编号不再使用。",
                    f"The interrupted release {release.release_id} was abandoned; its number is not used again.",
                )
            )
    for leftover in [*shelf.leftovers(), *leftovers(state.statements_dir)]:
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
    if _switch_current(shelf, state):
        mended.append(
            Sentence(
                "published/current 已改为指向最新的有效发布。",
                "published/current was made to point to the newest valid release.",
            )
        )
    return tuple(mended)


@dataclass(frozen=True)
class _Choice:
    to_release: tuple[str, ...]
    to_confirm: Mapping[str, str]


def _choose(
    asked: Sequence[str], months: Sequence[str], decisions: Mapping[str, GateDecision], ledger: Ledger
) -> _Choice:
    """Which months get a release, and which a confirmation of the one they have (month -> release id)."""
    latest = max((period for period in months if decisions[period].is_passed), default=None)
    if latest is not None and (ledger.latest_period() or "") > latest:
        # The latest month lies outside of what was asked for: a later run finds it changed.
        latest = None
    to_release, to_confirm = set(), {}
    for period in asked:
        decision = decisions[period]
        if not decision.is_passed or ledger.is_standing(period, decision.fingerprint):
            continue
        newest = ledger.newest(period)
        is_as_released = (
            newest is not None and newest.status == "published" and newest.own_rows_hash == decision.data_hash
        )
        if newest is not None and is_as_released and period != latest:
            to_confirm[period] = newest.release_id
        else:
            to_release.add(period)
    if to_release and latest is not None:
        to_release.add(latest)
    return _Choice(tuple(sorted(to_release)), to_confirm)


class _Making:
    """Makes releases of one warehouse, one after the other."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        marts: Sequence[Mart],
        histories: Sequence[History],
        decisions: Mapping[str, GateDecision],
        shelf: Shelf,
        state: State,
        code: CodeVersion,
        run_id: str,
        clock: Clock,
        writers: Sequence[Writer],
        dbt_manifest: Mapping[str, Any],
    ) -> None:
        self._connection = connection
        self._marts = marts
        self._chronicles = [
            (
                history,
                Chronicle(connection, history, state.statements_dir, f"{WAREHOUSE}.main.{identifier(history.of.name)}"),
            )
            for history in histories
        ]
        self._decisions = decisions
        self._shelf = shelf
        self._state = state
        self._code = code
        self._run_id = run_id
        self._clock = clock
        self._writers = writers
        self._dbt_manifest = dbt_manifest

    def make(self, period: str) -> PublishedRelease:
        """One release, up to the switch of `current`."""
        number = self._free_number(period)
        release_id = f"{period}-r{number}"
        before = Ledger(self._state).newest(period)
        decisions = {month: one for month, one in self._decisions.items() if month <= period}
        made_at = self._clock()
        content = self._content(Speaker(release_id, period, number, made_at), decisions)
        making = self._shelf.place_in_making(period, number)
        durable.make_folder(making)
        written = [file for writer in self._writers for file in writer.write(content, making)]
        self._check_copy(decisions, making)
        manifest = self._manifest(period, number, decisions, written, making, made_at)
        manifest_sha256 = write_manifest(manifest, making)
        for path in making.rglob("*"):
            if path.is_file():
                path.chmod(_READ_ONLY)
        durable.sync_tree(making)
        self._state.prepare_release(
            NewRelease(
                release_id=release_id,
                period=period,
                release_no=number,
                run_id=self._run_id,
                fingerprint=manifest.fingerprint,
                own_rows_hash=manifest.data_hash,
                manifest_sha256=manifest_sha256,
                blocked_periods=tuple(month.period for month in manifest.blocked_months),
            ),
            made_at,
        )
        place = self._shelf.place(period, number)
        durable.move_folder(making, place)
        self._state.record_release(release_id, "published", self._clock())
        _switch_current(self._shelf, self._state)
        return PublishedRelease(
            period,
            release_id,
            place,
            manifest.fingerprint,
            replaces=before.release_id if before else None,
            is_changed=before is None or before.own_rows_hash != manifest.data_hash,
        )

    def _free_number(self, period: str) -> int:
        """A number that neither the ledger nor a folder has: a lost ledger must not overwrite a release."""
        on_shelf = max((no for of, no, _ in self._shelf.folders() if of == period), default=0)
        return max(Ledger(self._state).next_no(period), on_shelf + 1)

    def _content(self, speaker: Speaker, decisions: Mapping[str, GateDecision]) -> ReleaseContent:
        """What the release holds; what it says is kept, and stands in its own histories."""
        months = {
            month: MonthOfRelease("published")
            if decision.is_passed
            else MonthOfRelease("blocked", "；".join(reason.zh for reason in decision.reasons))
            for month, decision in decisions.items()
        }
        content = ReleaseContent(
            self._connection, self._marts, speaker.release_id, months, speaker.released_at, self._dbt_manifest
        )
        seen = [Speaker.of(one) for one in Ledger(self._state).seen()]
        for history, chronicle in self._chronicles:
            chronicle.recall(seen, self._shelf)
            chronicle.say(speaker, [*seen, speaker], content.select(history.of))
            content.add(history.mart, chronicle.tell([*seen, speaker]))
        return content

    def _check_copy(self, decisions: Mapping[str, GateDecision], folder: Path) -> None:
        """Ask the release itself whether it holds what was judged, for every month that it holds."""
        self._connection.execute(f"attach {literal(str(folder / FILE_NAME))} as {_COPY} (read_only)")
        try:
            copied = data_hashes(self._connection, self._marts, _COPY)
        finally:
            self._connection.execute(f"detach {_COPY}")
        for month, decision in decisions.items():
            if decision.is_passed and copied.get(month) != decision.data_hash:
                raise CopyDiffers(
                    f"发布中 {month} 的数据与检验过的数据不一致，已停止发布；current 未变。请重新运行 stm run。",
                    f"The rows of {month} in the new release are not those that were judged; it was "
                    "not published and "
                    "current is as it was. Run stm run again.",
                )

    def _manifest(
        self,
        period: str,
        number: int,
        decisions: Mapping[str, GateDecision],
        written: Sequence[WrittenFile],
        folder: Path,
        made_at: datetime,
    ) -> Manifest:
        own = decisions[period]
        blocked = {month for month, decision in decisions.items() if not decision.is_passed}
        waivers = {waiver: None for decision in decisions.values() for waiver in decision.waivers}
        return Manifest(
            release_id=f"{period}-r{number}",
            period=period,
            release_no=number,
            made_at=made_at,
            run_id=self._run_id,
            made_by=MadeBy(
                code_version=self._code.code,
                seeds_version=self._code.seeds,
                rules_version=self._code.rules,
                packages=dict(self._code.packages),
            ),
            fingerprint=own.fingerprint,
            data_hash=own.data_hash or "",
            months=tuple(_month(decision, blocked) for decision in decisions.values()),
            waivers=tuple(
                WaiverUsed(**{field: getattr(one, field) for field in WaiverUsed.model_fields}) for one in waivers
            ),
            corrections=self._corrections(period),
            inputs=tuple(
                InputFile(**{field: getattr(delivery, field) for field in InputFile.model_fields})
                for delivery in self._state.deliveries(through=period)
                if delivery.status == "accepted" or delivery.is_refusal_pending
            ),
            checks=own.verdicts,
            files=tuple(
                ReleaseFile(
                    path=file.path,
                    sha256=hash_of(folder / file.path),
                    bytes=(folder / file.path).stat().st_size,
                    rows=dict(file.rows),
                )
                for file in sorted(written, key=lambda file: file.path)
            ),
        )

    def _corrections(self, period: str) -> tuple[DeclaredCorrection, ...]:
        """The corrections in force up to a month, each with what became of it."""
        declared = self._state.decisions(through=period).corrections
        if not declared:
            return ()
        found = outcomes(self._connection, f"{WAREHOUSE}.main")
        said = DeclaredCorrection.model_fields.keys() & NewCorrection.__dataclass_fields__.keys()
        return tuple(
            DeclaredCorrection(**{field: getattr(one, field) for field in said}, **asdict(found[one.correction_id]))
            for one in declared
        )


def _month(decision: GateDecision, blocked: set[str]) -> Month:
    passed = sum(verdict.outcome == "passed" for verdict in decision.verdicts)
    return Month(
        period=decision.period,
        status="published" if decision.is_passed else "blocked",
        fingerprint=decision.fingerprint,
        data_hash=decision.data_hash,
        checks_passed=passed,
        checks_not_passed=len(decision.verdicts) - passed,
        reasons=tuple(Reason(zh=reason.zh, en=reason.en) for reason in decision.reasons),
        blocked_look_backs=tuple(
            month for month in _look_backs(decision.period) if month in blocked and decision.is_passed
        ),
        waived=tuple(
            WaivedCheck(
                check_id=one.check_id,
                feed=one.subject,
                reason=Reason(zh=one.reason.zh, en=one.reason.en),
                waiver_ids=tuple(waiver.waiver_id for waiver in one.waivers),
            )
            for one in decision.lifted
            if decision.is_passed
        ),
    )


def _look_backs(period: str) -> list[str]:
    """Months at which the figures of a month look back, in order of time: see `Month.blocked_look_backs`."""
    year, month = int(period[:4]), int(period[5:])
    before = f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"
    return sorted({before, f"{year - 1}-{month:02d}", f"{year - 1}-12"})


def _months_held(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The months in the dimension of months; after `data_hashes`, which sees that the mart is there."""
    rows = connection.execute(
        f"select {PERIOD_COLUMN} from {WAREHOUSE}.main.{identifier(PERIODS_MART)} order by {PERIOD_COLUMN}"
    ).fetchall()
    return [period for (period,) in rows]


def _switch_current(shelf: Shelf, state: State) -> bool:
    """Let `current` point to the newest valid release; whether it was another before."""
    ledger = Ledger(state)
    wanted = shelf.current_release(ledger)
    link = shelf.current
    if wanted is None:
        # Withdrawn, all of them; a link to a release that the ledger does not know is not ours to cut.
        withdrawn = {os.path.realpath(shelf.place_of(one)) for one in ledger.releases}
        if link.is_symlink() and os.path.realpath(link) in withdrawn:
            link.unlink()
            return True
        return False
    target = shelf.link_target(wanted.period, wanted.release_no)
    if link.is_symlink() and link.readlink() == target:
        return False
    durable.point_link(link, target, link.with_name(f".{CURRENT_LINK}.part-{os.getpid()}"))
    return True


def _pointed(shelf: Shelf) -> Path | None:
    return shelf.current.resolve() if shelf.current.is_symlink() else None
