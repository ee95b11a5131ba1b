"""One run from the command line: look, plan, and only if there is something to do, the Dagster job.

`stm run` and `stm check` call `run`, and so does whoever wants the same from Python. The steps are the job's
(`assets/`); what they share is the open build (`build.py`). Nothing heavy is imported unless the plan has a month to
take: a run with nothing new takes no longer than looking. Every way a run can end is a `RunReport` here; what a person
can cause is a sentence, what nobody foresaw is a sentence and a log.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from orchestration.build import Build, Clock, Request, open_build, shanghai_now
from orchestration.corrections import outcomes_in
from orchestration.due_dates import calendar_notice, due_dates
from orchestration.lock import BuildInProgress
from orchestration.plan import ReopenedMonth as Reopened
from orchestration.progress import Progress, Silent
from orchestration.report import (
    CorrectionInForce,
    ExitCode,
    FetchedDelivery,
    NewDelivery,
    PublishedMonth,
    RefusedFile,
    ReopenedMonth,
    RunReport,
    Sentence,
    SetAsideRows,
    StoppedMonth,
    WaitingMonth,
    WaivedBlock,
)
from orchestration.settings import Settings
from orchestration.stops import Misuse, Stop
from orchestration.warehouse_glance import count_set_aside
from sources.contract import ContractError

log = logging.getLogger(__name__)

# Dagster would repeat every event on the screen; they stand in its own storage.
_QUIET_DAGSTER = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run(
    settings: Settings, request: Request, progress: Progress | None = None, clock: Clock = shanghai_now
) -> RunReport:
    """Do what `request` asks for. Never raises for anything that a delivery, a person or a disk can cause."""
    began = time.monotonic()
    run_id = str(uuid4())
    report = RunReport(run_id=run_id, is_publishing=request.is_publishing)
    try:
        misuse = _misuse(settings, request, clock())
        if misuse:
            report.exit_code, report.failure = ExitCode.MISUSE, misuse
        else:
            with _log_file(settings, run_id, clock()) as log_path:
                _run(settings, request, run_id, progress or Silent(), clock, report, log_path)
    except OSError as error:
        # Not even the log can be written.
        report.exit_code, report.failure = ExitCode.FAILED, explain(error, settings)
    report.seconds = time.monotonic() - began
    return report


def _misuse(settings: Settings, request: Request, now: datetime) -> Sentence | None:
    if request.first is None or request.last is None:
        return None
    if request.first > request.last:
        return Sentence(
            f"起始月 {request.first} 晚于截止月 {request.last}。",
            f"The first month {request.first} is after the last one {request.last}.",
        )
    if request.first < settings.first_period:
        return Sentence(
            f"{request.first} 早于仓库的第一个报告期 {settings.first_period}；如确需，请改设 STM_FIRST_PERIOD。",
            f"{request.first} is before the first period {settings.first_period}; set STM_FIRST_PERIOD if it is meant.",
        )
    if request.last > f"{now:%Y-%m}":
        return Sentence(f"{request.last} 还没有到。", f"{request.last} has not come yet.")
    return None


def _run(
    settings: Settings,
    request: Request,
    run_id: str,
    progress: Progress,
    clock: Clock,
    report: RunReport,
    log_path: Path,
) -> None:
    try:
        with open_build(settings, request, run_id=run_id, clock=clock, progress=progress) as build:
            try:
                if build.plan.has_work:
                    build.start_judge()
                    _execute(build)
                else:
                    report.is_nothing_new = True
            finally:
                summarise(build, report)
    except (Exception, KeyboardInterrupt) as error:
        report.exit_code = ExitCode.MISUSE if isinstance(error, Misuse) else ExitCode.FAILED
        report.failure = explain(error, settings)
        if not isinstance(error, BuildInProgress | KeyboardInterrupt | Misuse):
            log.exception("stopped")
            report.log_path = log_path


def explain(error: BaseException, settings: Settings) -> Sentence:
    """Why a run failed, as a sentence."""
    if isinstance(error, Stop):
        return Sentence(error.message_zh, error.message_en)
    if isinstance(error, ContractError):
        return Sentence(f"来文约定（contract）有误：{error}", f"A contract is wrong: {error}")
    if isinstance(error, KeyboardInterrupt):
        return Sentence(
            "已被中断；已发布的内容不受影响，再次运行即可继续。",
            "Interrupted; what is published is untouched. Run again to go on.",
        )
    if isinstance(error, OSError):
        place = error.filename or settings.data_dir
        return Sentence(
            f"无法读写 {place}：{error.strerror or type(error).__name__}。请检查磁盘空间和权限（stm doctor）。",
            f"Cannot read or write {place}: {error.strerror or type(error).__name__}. Look at disk space and "
            "permissions (stm doctor).",
        )
    return Sentence(
        f"程序出现未预料的错误（{type(error).__name__}）。current 仍是有效的发布；请把日志交给维护人员。",
        f"An unforeseen error ({type(error).__name__}). `current` is still a valid release; hand the log to the "
        "maintainers.",
    )


def _execute(build: Build) -> None:
    """The job, in this process, on the instance that Dagster's pages show too."""
    with build.stage("准备", "prepare"):
        from orchestration.definitions import build_defs
        from orchestration.instance import open_instance
        from orchestration.jobs import MONTHLY_CLOSE
        from orchestration.resources import range_tags

        job = build_defs(build.settings).resolve_job_def(MONTHLY_CLOSE)
    with open_instance(build.settings) as instance:
        result = job.execute_in_process(
            instance=instance,
            run_id=build.run_id,
            run_config=_QUIET_DAGSTER,
            tags=range_tags(build.plan.take[0], build.plan.take[-1]),
            resources={"build": build},
            raise_on_error=False,
        )
    if build.failure:
        raise build.failure
    if not result.success:
        events = [event for event in result.all_events if event.is_failure]
        log.error("dagster: %s", "; ".join(event.message or event.event_type_value for event in events))
        raise RuntimeError("the job failed outside its steps")


def summarise(build: Build, report: RunReport) -> None:
    """Put into the report what the build has found, as far as it came."""
    plan, publication = build.plan, build.publication
    report.stage_seconds = {stage.label_en: round(stage.seconds, 3) for stage in build.stages}
    report.standing = [month.period for month in plan.standing]
    report.waiting = [
        WaitingMonth(month.period, tuple(one.sentence for one in month.missing)) for month in plan.waiting
    ]
    stopped = [StoppedMonth(month.period, month.reasons) for month in plan.stopped]
    if publication:
        report.published = [
            PublishedMonth(one.period, one.release_id, one.path, one.replaces, one.is_changed)
            for one in publication.published
        ]
        report.confirmed = [one.release_id for one in publication.confirmed]
        stopped += [StoppedMonth(one.period, one.reasons) for one in publication.stopped]
    for decision in build.decisions:
        if decision.is_passed:
            report.passed.append(decision.period)
        else:
            stopped.append(StoppedMonth(decision.period, decision.reasons))
    report.stopped = sorted(stopped, key=lambda month: month.period)
    if report.stopped:
        report.exit_code = ExitCode.STOPPED
    report.reopened = [_reopened(month, report) for month in plan.reopened]
    report.waived = [
        WaivedBlock(
            block.period, block.subject, block.check_id, block.reason, one.waiver_id, one.by, one.why, one.until
        )
        for block in build.lifted_blocks()
        for one in block.waivers
    ]
    report.refused = [
        RefusedFile(
            one.period,
            one.feed,
            one.file_name,
            one.refusal_rule or "",
            Sentence(one.reason_zh or "", one.reason_en or ""),
        )
        for one in build.pending_refusals()
    ]
    if build.verdicts:
        report.set_aside = [
            SetAsideRows(one.period, one.feed, one.rule_id, one.rows, Sentence(one.message_zh, one.message_en))
            for one in count_set_aside(build.settings.warehouse_path, plan.take)
        ]
        corrections = build.state.decisions(build.through).corrections
        declared = {one.correction_id: one for one in corrections}
        report.corrections = [
            CorrectionInForce(
                one.correction_id, one.period, one.feed, one.row_key, one.column_name, found.outcome, found.cell
            )
            for name, found in outcomes_in(build.settings.warehouse_path, corrections).items()
            for one in [declared[name]]
        ]
    report.fetched = [
        FetchedDelivery(one.feed, one.period, one.sender, one.asked_at.isoformat(timespec="seconds"), one.rows)
        for one in build.fetched.asked
        if one.outcome == "delivered"
    ]
    landing = build.settings.landing_dir
    if not build.arrivals:
        report.notices.append(
            Sentence(
                f"{landing} 中没有来文。请放入来文，或运行 stm demo 写入演示来文。",
                f"There is no delivery in {landing}. Put some there, or let stm demo write some.",
            )
        )
    if notice := calendar_notice(due_dates(build.contracts, plan.take)):
        report.notices.append(notice)
    report.notices += [
        *build.mended,
        *(Sentence(one.message_zh, one.message_en) for one in build.fetched.notices),
        *(
            Sentence(f"{one.feed}/{one.period}：{one.note_zh}", f"{one.feed}/{one.period}: {one.note_en}")
            for intake in build.intakes.values()
            for one in intake.accepted
            if one.note_zh
        ),
        *(
            Sentence(f"{place}：{one.message_zh}", f"{place}: {one.message_en}")
            for one in build.notices
            for place in [one.path.parent.relative_to(landing.parent).as_posix()]
        ),
    ]
    current = build.settings.published_dir / "current"
    report.current = current if current.exists() else None


def _reopened(month: Reopened, report: RunReport) -> ReopenedMonth:
    """What re-opened a month, and what came of it as far as the report knows."""
    published = {one.period: one for one in report.published}
    if month.period in published:
        outcome = "changed" if published[month.period].is_changed else "shown_again"
    elif month.release_id in report.confirmed:
        outcome = "confirmed"
    elif any(one.period == month.period for one in report.stopped):
        outcome = "stopped"
    else:
        outcome = "checked"
    return ReopenedMonth(
        month.period,
        month.release_id,
        tuple(
            NewDelivery(one.feed, one.period, one.file_name, one.sender, one.received_at.isoformat(timespec="seconds"))
            for one in month.deliveries
        ),
        tuple(one.waiver_id for one in month.waivers),
        outcome,
    )


@contextmanager
def _log_file(settings: Settings, run_id: str, now: datetime) -> Iterator[Path]:
    """The log of one run, `state/logs/<when>-<run>.log`; warnings of libraries go there, not to the screen."""
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    path = settings.log_dir / f"{now:%Y%m%dT%H%M%S}-{run_id[:8]}.log"
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(settings.log_level)
    logging.captureWarnings(True)
    try:
        yield path
    finally:
        logging.captureWarnings(False)
        root.setLevel(level)
        root.removeHandler(handler)
        handler.close()
