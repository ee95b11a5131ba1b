"""The open build: what the steps of a run share, and what the run has found so far.

Opening it takes the lock, tidies what a killed run left, asks senders' databases, looks at landing and makes the plan.
The steps (`assets/`) then call its methods, each one step's work put together from its parts, which stand elsewhere.
Neither Dagster nor dbt nor Great Expectations is imported here: a run that has nothing to do ends with this.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from expectations.judge import JudgeProcess
from expectations.verdict import ExpectedCheck, Verdict
from orchestration.dbt_runner import BuildOutcome, DbtFailed
from orchestration.fetching import Fetched, fetch
from orchestration.intake import FeedIntake, read_new, write_intake_tables
from orchestration.lock import build_lock
from orchestration.plan import Plan, make_plan
from orchestration.progress import Progress, Silent, Stage, timed
from orchestration.publication.fingerprint import CodeVersion, code_version, fingerprints
from orchestration.publication.gate import (
    DBT_BUILD,
    DBT_TESTS,
    ExpectedOf,
    GateDecision,
    confirm,
    expected_from,
)
from orchestration.publication.marts import read_marts, warehouse_hashes
from orchestration.publication.release import Publication, publish, recover
from orchestration.report import Sentence
from orchestration.senders import DatabaseSender, load_senders
from orchestration.settings import DBT_PROJECT_DIR, Settings, credentials
from orchestration.state import Delivery, NoticeLike, State, Waiver
from orchestration.stops import Stop
from orchestration.waivers import LiftedBlock, in_force_in
from sources.contract import Contract, load_contracts
from sources.landing import SHANGHAI, Arrival, Scan, scan

Clock = Callable[[], datetime]


def shanghai_now() -> datetime:
    """The instant now: the only place where a run asks for it."""
    return datetime.now(SHANGHAI)


@dataclass(frozen=True)
class Request:
    """What is asked for: the months `first` to `last` ('YYYY-MM'), or every month that is ready; publishing or not."""

    first: str | None = None
    last: str | None = None
    is_publishing: bool = True


class NothingDelivered(Stop):
    """There is no delivery at all, so there is nothing to build."""


@dataclass
class Build:
    """An open build. Made by `open_build`; the lock is held as long as it is open.

    What steps have found stands in `intakes`, `verdicts`, `decisions` and `publication`; `failure` is what stopped
    the first step that was stopped.
    """

    settings: Settings
    request: Request
    run_id: str
    clock: Clock
    progress: Progress
    state: State
    contracts: Mapping[str, Contract]
    code: CodeVersion
    arrivals: Mapping[str, Arrival]
    notices: tuple[NoticeLike, ...]
    mended: tuple[Sentence, ...]
    fetched: Fetched
    plan: Plan
    stages: list[Stage] = field(default_factory=list)
    intakes: dict[str, FeedIntake] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    decisions: list[GateDecision] = field(default_factory=list)
    publication: Publication | None = None
    failure: Exception | None = None
    _judge: JudgeProcess | None = None
    _hashes_as_built: dict[str, str] = field(default_factory=dict)

    @property
    def through(self) -> str:
        """The last month that is read. Raises NothingDelivered if there is none.

        Where the plan takes nothing (somebody started the job from Dagster's pages all the same) everything that
        was delivered is built again, and nothing published.
        """
        if self.plan.through:
            return self.plan.through
        periods = [delivery.period for delivery in self.state.deliveries() if delivery.is_there]
        if not periods:
            raise NothingDelivered(
                f"{self.settings.landing_dir} 中还没有来文。请放入来文，或运行 stm demo 写入演示来文。",
                f"There is no delivery in {self.settings.landing_dir} yet. Put some there, or let stm demo write some.",
            )
        return max(periods)

    @contextmanager
    def stage(self, label_zh: str, label_en: str) -> Iterator[Stage]:
        """A stage of the run: timed, told to whoever watches; what stops it is remembered as the run's failure."""
        with timed(self.progress, label_zh, label_en) as stage:
            self.stages.append(stage)
            try:
                yield stage
            except Exception as error:
                self.failure = self.failure or error
                raise

    def start_judge(self) -> None:
        """Let the judge's process begin to import, long before it is asked."""
        self._judge = JudgeProcess.start()

    def read(self, contract: Contract, stage: Stage) -> FeedIntake:
        """Step `raw/<feed>`: read what is new of a feed."""
        intake = read_new(
            contract,
            contracts=self.contracts,
            arrivals=self.arrivals,
            state=self.state,
            through=self.through,
            raw_dir=self.settings.raw_dir,
            now=self.clock,
            advance=stage.advance,
        )
        self.intakes[contract.feed] = intake
        return intake

    def write_intake_tables(self) -> dict[str, int]:
        """Step `intake`: tell dbt what is in scope; the rows of each table."""
        decisions = self.state.decisions(self.through)
        return write_intake_tables(
            self.contracts,
            self.state.deliveries(self.through),
            self.settings.intake_dir,
            waivers=decisions.waivers,
            corrections=decisions.corrections,
        )

    def record_dbt(self, outcome: BuildOutcome) -> None:
        """Step `dbt_build`, its end: what dbt says of itself becomes verdicts of every month.

        Raises DbtFailed if dbt did not build everything, or a test of code failed: then there is nothing to judge.
        """
        failure = outcome.failure()
        if failure:
            self._record(dbt_verdicts(outcome, failure, self.plan.read), {})
            raise failure
        self._hashes_as_built = self._data_hashes()
        self.verdicts = dbt_verdicts(outcome, None, self._hashes_as_built)

    def judge_months(self) -> list[Verdict]:
        """Step `verdicts`: judge every month that was built, and remember the verdicts with the hash of its rows."""
        if self._judge is None:
            raise RuntimeError("the judge was not started")
        self.verdicts += self._judge.judge(
            self.settings.warehouse_path,
            list(self._hashes_as_built),
            timeout=self.settings.judge_timeout_s,
        )
        self._record(self.verdicts, self._hashes_as_built)
        return self.verdicts

    def publish(self) -> Publication:
        """Step `release`: publish the months of the plan, as far as the gate lets them."""
        self.publication = publish(
            self.plan.take,
            through=self.through,
            places=self.settings,
            state=self.state,
            code=self.code,
            expected=self._expected(),
            dbt_manifest=self._manifest(),
            run_id=self.run_id,
            clock=self.clock,
        )
        return self.publication

    def ask_the_gate(self) -> list[GateDecision]:
        """Step `release` of `stm check`: what the gate says of the months of the plan; nothing is published."""
        hashes = self._data_hashes()
        expected = self._expected()
        self.decisions = [
            confirm(period, state=self.state, code=self.code, expected=expected, data_hashes=hashes)
            for period in self.plan.take
        ]
        return self.decisions

    def pending_refusals(self) -> list[Delivery]:
        """Refused deliveries in whose place nothing has been accepted, of the months that were read."""
        through = self.plan.through or self.request.last
        return [delivery for delivery in self.state.deliveries(through) if delivery.is_refusal_pending]

    def lifted_blocks(self) -> list[LiftedBlock]:
        """Blocks of the plan's months that pass under a waiver, as far as the gate has been asked."""
        if self.publication:
            return list(self.publication.lifted)
        return [block for decision in self.decisions if decision.is_passed for block in decision.lifted]

    def waivers_in_force(self) -> tuple[Waiver, ...]:
        """The waivers that cover a month of the run; where the plan takes nothing, a month with a delivery."""
        delivered = {one.period for one in self.state.deliveries() if one.is_there}
        return in_force_in(self.state.waivers(), self.plan.read or sorted(delivered))

    def close(self) -> None:
        """End the judge's process."""
        if self._judge:
            self._judge.close()

    def _manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads(self.settings.manifest_path.read_text(encoding="utf-8"))
        return manifest

    def _data_hashes(self) -> dict[str, str]:
        return warehouse_hashes(self.settings.warehouse_path, read_marts(self._manifest()))

    def _expected(self) -> ExpectedOf:
        return expected_from(self.state, self.contracts, DBT_PROJECT_DIR / "seeds")

    def _record(self, verdicts: Iterable[Verdict], data_hashes: Mapping[str, str]) -> None:
        verdicts = list(verdicts)
        # After the intake: what became of each delivery is part of the fingerprint.
        prints = fingerprints({verdict.period for verdict in verdicts}, self.state, self.code)
        self.state.record_verdicts(self.run_id, verdicts, self.clock(), fingerprints=prints, data_hashes=data_hashes)


@contextmanager
def open_build(
    settings: Settings,
    request: Request,
    *,
    run_id: str,
    clock: Clock = shanghai_now,
    progress: Progress | None = None,
) -> Iterator[Build]:
    """Take the lock, tidy, ask, look and plan; give the build; give everything back.

    Raises SendersError before anything is done, BuildInProgress at once if another process builds, and StateUnusable.
    """
    progress = progress or Silent()
    contracts = load_contracts()
    senders = load_senders(settings.senders_path, contracts, credentials(), is_named=settings.is_senders_named)
    with build_lock(settings.lock_path, run_id, clock()), State(settings.state_dir) as state:
        state.start_run(run_id, clock(), first=request.first, last=request.last, is_publishing=request.is_publishing)
        outcome = "failed"
        try:
            mended = recover(settings.published_dir, state, clock)
            fetched, asking = _ask(senders, contracts, settings, request, clock, progress)
            found = scan(settings.landing_dir, contracts, settings.fetched_dir)
            arrivals, notices = within_the_calendar(found, settings.first_period, f"{clock():%Y-%m}")
            state.register(arrivals, clock())
            state.record_notices(run_id, (*notices, *fetched.notices))
            code = code_version()
            build = Build(
                settings=settings,
                request=request,
                run_id=run_id,
                clock=clock,
                progress=progress,
                state=state,
                contracts=contracts,
                code=code,
                arrivals={arrival.delivery_id: arrival for arrival in arrivals},
                notices=notices,
                mended=mended,
                fetched=fetched,
                stages=asking,
                plan=make_plan(state, contracts, code, first=request.first, last=request.last),
            )
            try:
                yield build
            finally:
                build.close()
            outcome = "failed" if build.failure else "ended"
        finally:
            state.end_run(run_id, clock(), outcome)


def _ask(
    senders: Sequence[DatabaseSender],
    contracts: Mapping[str, Contract],
    settings: Settings,
    request: Request,
    clock: Clock,
    progress: Progress,
) -> tuple[Fetched, list[Stage]]:
    """What senders' databases say, and the stage of asking them; without senders there is none."""
    if not senders:
        return Fetched(), []
    with timed(progress, "询问报送单位的数据库", "ask senders' databases") as stage:
        fetched = fetch(
            senders,
            contracts,
            first=settings.first_period,
            last=request.last,
            senders_path=settings.senders_path,
            fetched_dir=settings.fetched_dir,
            now=clock,
            advance=stage.advance,
        )
    return fetched, [stage]


@dataclass(frozen=True)
class OutsideTheCalendar:
    """A notice: deliveries of a month that is no month of this warehouse."""

    path: Path
    message_zh: str
    message_en: str
    kind: str = "outside_the_calendar"


def within_the_calendar(
    found: Scan, first_period: str, this_month: str
) -> tuple[tuple[Arrival, ...], tuple[NoticeLike, ...]]:
    """Arrivals of the months `first_period` to `this_month`, and all notices, one more for each folder left out."""
    arrivals, left_out = [], {}
    for arrival in found.arrivals:
        if first_period <= arrival.period <= this_month:
            arrivals.append(arrival)
        elif arrival.period < first_period:
            left_out[arrival.path.parent] = (
                f"{arrival.period} 早于仓库的第一个报告期 {first_period}，未读入；如确需，请改设 STM_FIRST_PERIOD",
                f"{arrival.period} is before the first period {first_period}, left alone; set "
                "STM_FIRST_PERIOD if it is meant",
            )
        else:
            left_out[arrival.path.parent] = (
                f"{arrival.period} 还没有到，未读入；请核对文件夹名",
                f"{arrival.period} has not come yet, left alone; look at the folder's name",
            )
    notices = [OutsideTheCalendar(path, *messages) for path, messages in left_out.items()]
    return tuple(arrivals), (*found.notices, *notices)


def dbt_verdicts(outcome: BuildOutcome, failure: DbtFailed | None, periods: Iterable[str]) -> list[Verdict]:
    """What dbt says of itself, the same for every month: that all was built, and that all tests of code passed.

    A node that crashed, and what was skipped behind it, was not evaluated: it may be at the next attempt.
    """
    tests = outcome.tests
    failing = [node for node in tests if node.status == "fail"]
    is_built = all(node.is_passed for node in outcome.models)
    is_tested = bool(tests) and all(node.is_passed for node in tests)
    return [
        _dbt_verdict(check, period, state, looked_at, count, failure)
        for period in periods
        for check, state, looked_at, count in (
            (
                DBT_BUILD,
                "passed" if is_built and outcome.models else "not_evaluated",
                len(outcome.models),
                sum(not node.is_passed for node in outcome.models),
            ),
            (
                DBT_TESTS,
                "failed" if failing else "passed" if is_tested else "not_evaluated",
                len(tests),
                len(failing),
            ),
        )
    ]


def _dbt_verdict(
    check: ExpectedCheck,
    period: str,
    outcome: Literal["passed", "failed", "not_evaluated"],
    looked_at: int,
    failing: int,
    failure: DbtFailed | None,
) -> Verdict:
    if outcome == "passed":
        message = Sentence("dbt 已完成，无异常", "dbt has done its work")
    elif failure:
        message = Sentence(failure.message_zh, failure.message_en)
    else:
        message = Sentence("没有运行任何 dbt 测试，请报告维护人员", "no dbt test was run: tell the maintainers")
    return Verdict(
        check_id=check.check_id,
        kind="dbt",
        subject=check.subject,
        period=period,
        severity="block",
        outcome=outcome,
        rows_looked_at=looked_at,
        rows_failing=failing,
        message_zh=message.zh,
        message_en=message.en,
    )
