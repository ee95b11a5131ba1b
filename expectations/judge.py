"""The judge: every rule and every suite, each month for itself, in a process of its own.

Belongs here: how verdicts are found, and the helper process that finds them. Does not belong here: what must
hold (`suites`, rule list), how Great Expectations is asked (`engine`), and what follows from a verdict (the gate).

Great Expectations takes seconds to import. So it is imported by a helper process (`python -m expectations.judge`)
which is started while the warehouse is still being built, and asked when that is done: one line of JSON in, one
out. Whatever happens to that process, its caller gets verdicts: of the outcome "not evaluated", which is no pass.
"""

import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

import duckdb
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from expectations.suites import SUITES
from expectations.suites.suite import Check, Month, Suite
from expectations.verdict import Outcome, Verdict, month_of

if TYPE_CHECKING:
    from expectations.engine import Finding, JudgedWarehouse

Reason = tuple[str, str]
"""Why something is so, for people: Chinese, English."""

PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")

# The rule list's severities beside `block`: what sets a row aside, or marks it, stops no month.
SEVERITY_OF_RULE = {"block": "block", "quarantine": "warn", "warn": "warn"}


def judge(warehouse: Path, periods: Sequence[str], suites: Sequence[Suite] = SUITES) -> list[Verdict]:
    """Verdicts of every rule and every check that applies, for each of `periods` (`YYYY-MM`), in that order.

    Reads the warehouse alone, and without writing. Raises `ValueError` on a period that is none and `duckdb.Error`
    on a warehouse that cannot be read; a check that raises is a verdict.
    """
    _require_periods(periods)
    # One after the other: DuckDB refuses a second connection with another configuration in one process.
    with duckdb.connect(str(warehouse), read_only=True) as tables:
        months = _months(tables, periods)
        verdicts = _rule_verdicts(tables, periods)

    from expectations.engine import JudgedWarehouse  # takes seconds: only where something is judged

    with JudgedWarehouse(Path(warehouse)) as judged:
        for suite in suites:
            verdicts += _suite_verdicts(judged, suite, months)
    return _in_order(verdicts, periods)


def judge_without_suites(
    warehouse: Path, periods: Sequence[str], reason: Reason, suites: Sequence[Suite] = SUITES
) -> list[Verdict]:
    """Verdicts of the rules, and for every check that applies one which says that it was not evaluated.

    For a caller whose judge is gone; `reason` says why, in Chinese and English. If the warehouse cannot be read
    either, every check of the suites is said not to have been evaluated. Raises `ValueError` on a period that is
    none.
    """
    _require_periods(periods)
    try:
        with duckdb.connect(str(warehouse), read_only=True) as tables:
            months = _months(tables, periods)
            verdicts = _rule_verdicts(tables, periods)
    except duckdb.Error:
        months, verdicts = {}, []
    for period in periods:
        for suite in suites:
            verdicts += [
                _not_evaluated(suite, check, period, *reason)
                for check in suite.checks
                if period not in months or check.applies_to(months[period])
            ]
    return _in_order(verdicts, periods)


def _require_periods(periods: Sequence[str]) -> None:
    for period in periods:
        if not PERIOD.fullmatch(period):
            raise ValueError(f"{period!r} is no month: YYYY-MM is expected")


def _in_order(verdicts: Iterable[Verdict], periods: Sequence[str]) -> list[Verdict]:
    place = {period: number for number, period in enumerate(periods)}
    return sorted(
        verdicts, key=lambda verdict: (place[verdict.period], verdict.kind, verdict.check_id, verdict.subject)
    )


def _rows(tables: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> list[dict[str, Any]]:
    cursor = tables.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _months(tables: duckdb.DuckDBPyConnection, periods: Sequence[str]) -> dict[str, Month]:
    """What the warehouse knows of each month before it is judged."""
    feeds = _rows(tables, "select feed, is_required from stg_feeds")
    deliveries = _rows(tables, "select feed, period, status, rows_data from stg_deliveries")
    targets = _rows(tables, "select distinct year from target_list")
    return {period: month_of(feeds, deliveries, targets, period) for period in periods}


def _rule_verdicts(tables: duckdb.DuckDBPyConnection, periods: Sequence[str]) -> list[Verdict]:
    """What the SQL rules found, as verdicts."""
    evaluations = _rows(
        tables,
        """
        select
            evaluations.period, evaluations.feed, evaluations.rule_id, evaluations.severity,
            evaluations.rows_looked_at, evaluations.rows_failing,
            rules.claim, rules.message_zh, rules.message_en, rules.remedy_zh, rules.remedy_en,
            coalesce(feeds.label_zh, evaluations.feed) as label_zh
        from rule_evaluations as evaluations
        left join validation_rules as rules on evaluations.rule_id = rules.rule_id
        left join stg_feeds as feeds on evaluations.feed = feeds.feed
        where evaluations.period in (select unnest(?))
        """,
        [list(periods)],
    )
    return [_rule_verdict(evaluation) for evaluation in evaluations]


def _rule_verdict(found: Mapping[str, Any]) -> Verdict:
    looked_at, failing = found["rows_looked_at"], found["rows_failing"]
    where_zh, where_en = f"{found['period']} {found['label_zh']}", f"{found['period']} {found['feed']}"
    claim_en = str(found["claim"]).replace("_", " ")
    outcome: Outcome
    if not looked_at or failing is None:
        outcome = "not_evaluated"
        message_zh = f"{where_zh}：未检验“{found['message_zh']}”，没有可检验的行"
        message_en = f"{where_en}: not evaluated ({claim_en}): no rows to look at"
    elif failing:
        outcome = "failed"
        message_zh = f"{where_zh}：{found['message_zh']}（{failing}／{looked_at} 行）；{found['remedy_zh']}"
        message_en = f"{where_en}: {found['message_en']} ({failing} of {looked_at} rows); {found['remedy_en']}"
    else:
        outcome = "passed"
        message_zh = f"{where_zh}：没有“{found['message_zh']}”的情况（{looked_at} 行）"
        message_en = f"{where_en}: {claim_en} ({looked_at} rows)"
    return Verdict(
        check_id=found["rule_id"],
        kind="rule",
        subject=found["feed"],
        period=found["period"],
        # A severity that is not known stops the month: better than passing it over.
        severity=SEVERITY_OF_RULE.get(found["severity"], "block"),
        outcome=outcome,
        rows_looked_at=looked_at or 0,
        rows_failing=failing or 0,
        message_zh=message_zh,
        message_en=message_en,
        details={"claim": found["claim"], "rule_severity": found["severity"]},
    )


def _suite_verdicts(judged: "JudgedWarehouse", suite: Suite, months: Mapping[str, Month]) -> list[Verdict]:
    """Verdicts of a suite: its rows are judged once, and month by month only where that was no pass.

    Which months fail is never read from the rows that Great Expectations shows: they are cut off.
    """
    applying = {
        check.check_id: [period for period, month in months.items() if check.applies_to(month)]
        for check in suite.checks
    }
    rows, unreadable = _rows_looked_at(judged, suite, list(months))
    judgeable = {
        check_id: [period for period in periods if rows.get(check_id, {}).get(period)]
        for check_id, periods in applying.items()
    }
    checks = [check for check in suite.checks if judgeable[check.check_id]]
    periods = [period for period in months if any(period in judged_in for judged_in in judgeable.values())]
    findings: dict[tuple[str, str], Finding] = {}
    if checks:
        whole = judged.validate(suite, checks, periods)
        findings = {(check_id, period): found for check_id, found in whole.items() for period in periods}
        doubtful = [check for check in checks if whole[check.check_id].outcome != "passed"]
        if doubtful and len(periods) > 1:
            for period in periods:
                of_month = judged.validate(suite, doubtful, [period])
                findings |= {(check_id, period): found for check_id, found in of_month.items()}

    verdicts = []
    for check in suite.checks:
        for period in applying[check.check_id]:
            if check.check_id in unreadable:
                verdicts.append(_crashed(suite, check, period, unreadable[check.check_id]))
            elif period not in judgeable[check.check_id]:
                verdicts.append(_not_evaluated(suite, check, period, "没有可检验的行", "no rows to look at"))
            else:
                finding = findings[check.check_id, period]
                verdicts.append(_found(suite, check, period, rows[check.check_id][period], finding))
    return verdicts


def _rows_looked_at(
    judged: "JudgedWarehouse", suite: Suite, periods: Sequence[str]
) -> tuple[dict[str, dict[str, int]], dict[str, str]]:
    """How many rows each check looks at in each month; and of those for which that cannot be said, why."""
    try:
        judged.take(suite, periods)
    except SQLAlchemyError as error:
        return {}, {check.check_id: str(error) for check in suite.checks}
    rows: dict[str, dict[str, int]] = {}
    unreadable: dict[str, str] = {}
    for check in suite.checks:
        try:
            rows[check.check_id] = judged.rows_looked_at(suite, check)
        except SQLAlchemyError as error:
            unreadable[check.check_id] = str(error)
    return rows, unreadable


def _found(suite: Suite, check: Check, period: str, rows: int, finding: "Finding") -> Verdict:
    if finding.outcome == "raised":
        return _crashed(suite, check, period, finding.reason, rows)
    details: dict[str, JsonValue] = {"claim": check.claim}
    outcome: Outcome = "passed"
    found_zh, found_en = f"成立（{rows} 行）", f"holds ({rows} rows)"
    if finding.outcome == "failed":
        outcome = "failed"
        details["examples"] = list(finding.examples)
        found_zh = f"不成立（查 {rows} 行，不符 {finding.rows_failing} 处）"
        found_en = f"does not hold ({rows} rows looked at, {finding.rows_failing} found)"
    return _verdict(suite, check, period, outcome, (rows, finding.rows_failing), (found_zh, found_en), details)


def _crashed(suite: Suite, check: Check, period: str, error: str, rows: int = 0) -> Verdict:
    why = _without_values(error)
    return _not_evaluated(suite, check, period, f"检验出错：{why}", f"the check raised: {why}", rows)


def _not_evaluated(suite: Suite, check: Check, period: str, why_zh: str, why_en: str, rows: int = 0) -> Verdict:
    found = (f"未检验：{why_zh}", f"not evaluated: {why_en}")
    return _verdict(suite, check, period, "not_evaluated", (rows, 0), found, {"claim": check.claim})


def _verdict(
    suite: Suite,
    check: Check,
    period: str,
    outcome: Outcome,
    rows: tuple[int, int],
    found: tuple[str, str],
    details: dict[str, JsonValue],
) -> Verdict:
    return Verdict(
        check_id=check.check_id,
        kind="gx",
        subject=suite.table,
        period=period,
        severity=check.severity,
        outcome=outcome,
        rows_looked_at=rows[0],
        rows_failing=rows[1],
        message_zh=f"{period} {suite.table}：“{check.must_hold_zh}”{found[0]}",
        message_en=f"{period} {suite.table}: “{check.must_hold_en}” {found[1]}",
        details=details,
    )


def _without_values(message: str) -> str:
    """The first line of an error, without what stands in quotes: DuckDB quotes the cell it stumbled over."""
    first = next((line.strip() for line in message.splitlines() if line.strip()), "no message")
    return re.sub(r"'[^']*'", "'…'", first)


class Request(BaseModel):
    """What a judge process is asked: one line of JSON."""

    model_config = ConfigDict(extra="forbid")

    number: int
    warehouse: Path
    periods: list[str]


class Reply(BaseModel):
    """What it answers: one line of JSON with the request's number. `error` says why there are no verdicts."""

    model_config = ConfigDict(extra="forbid")

    number: int
    verdicts: list[Verdict] = []
    error: str | None = None


class JudgeProcess:
    """A process that imports Great Expectations from its start on and judges when asked. A context manager.

    It ends when its standard input does: with `close`, and with the death of whoever started it. A process that
    cannot be started, crashes, takes too long or answers nonsense gives verdicts "not evaluated"; it raises
    nothing. After that it is not asked again.
    """

    def __init__(self, process: subprocess.Popen[bytes] | None, complaints: IO[bytes], failure: Reason | None) -> None:
        """`start` makes one: a process, or why there is none; the file that takes its standard error."""
        self._process = process
        self._complaints = complaints
        self._failure = failure
        self._number = 0
        self._answers: queue.Queue[bytes | None] = queue.Queue()
        if process is not None:
            threading.Thread(target=self._listen, args=(process,), name="judge", daemon=True).start()

    @classmethod
    def start(cls, command: Sequence[str] = (sys.executable, "-m", "expectations.judge")) -> Self:
        """Start it and return at once. `command` runs a process that calls `serve`."""
        complaints = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
        try:
            process = subprocess.Popen(list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints)
        except OSError as error:
            return cls(None, complaints, (f"无法启动：{error.strerror}", f"cannot be started: {error.strerror}"))
        return cls(process, complaints, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def judge(self, warehouse: Path, periods: Sequence[str], timeout: float = 600) -> list[Verdict]:
        """Verdicts for `periods`, waited for at most `timeout` seconds, the import included.

        See `judge` of this module. What keeps the process from answering is the message of verdicts "not
        evaluated"; the rules are read here then, without it. Raises `ValueError` on a period that is none.
        """
        _require_periods(periods)
        if not periods:
            return []
        answer = self._failure or self._ask(Path(warehouse), periods, timeout)
        if isinstance(answer, list):
            return answer
        why_zh, why_en = answer
        reason = (
            f"检验进程没有给出结论（{why_zh}），请重新运行 stm run",
            f"the judge gave no verdict ({why_en}): run stm run again",
        )
        return judge_without_suites(warehouse, periods, reason)

    def close(self) -> None:
        """End the process and wait for it."""
        self._give_up(("已关闭", "it is closed"))
        self._complaints.close()

    def _ask(self, warehouse: Path, periods: Sequence[str], timeout: float) -> list[Verdict] | Reason:
        """The verdicts, or why there are none."""
        process = self._process
        if process is None or process.stdin is None:
            return self._give_up(("未启动", "it was not started"))
        self._number += 1
        request = Request(number=self._number, warehouse=warehouse.resolve(), periods=list(periods))
        try:
            process.stdin.write(request.model_dump_json().encode() + b"\n")
            process.stdin.flush()
            answer = self._answers.get(timeout=timeout)
        except queue.Empty:
            return self._give_up((f"{timeout:g} 秒内没有回答", f"no answer within {timeout:g} s"))
        except OSError:
            answer = None
        if answer is None:
            return self._give_up(self._last_words(process))
        try:
            reply = Reply.model_validate_json(answer)
        except ValidationError:
            return self._give_up(("回答无法识别", "its answer cannot be read"))
        if reply.number != self._number or any(verdict.period not in periods for verdict in reply.verdicts):
            return self._give_up(("答非所问", "its answer is not to what was asked"))
        return reply.verdicts if reply.error is None else (f"出错：{reply.error}", f"error: {reply.error}")

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Hand on every line of the process; None once there are no more."""
        with suppress(ValueError):  # closed while it was read
            for line in process.stdout or ():
                self._answers.put(line)
        self._answers.put(None)

    def _last_words(self, process: subprocess.Popen[bytes]) -> Reason:
        """How the process ended, and the last line that it wrote, without what it quotes."""
        try:
            status = process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "已不再应答", "it no longer listens"
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").splitlines()
        last = _without_values(next((line for line in reversed(lines) if line.strip()), "no message"))
        if status < 0:
            return f"被信号 {-status} 终止：{last}", f"killed by signal {-status}: {last}"
        return f"退出码 {status}：{last}", f"exit status {status}: {last}"

    def _give_up(self, reason: Reason) -> Reason:
        """End the process; from now on `reason` is why there are no verdicts."""
        self._failure = self._failure or reason
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):  # what was still to be written has nobody to read it
                    if stream is not None:
                        stream.close()
        return reason


def serve(suites: Sequence[Suite] = SUITES) -> None:
    """Judge what standard input asks for, until it ends: the body of a judge process.

    Standard output carries replies alone: whatever a library prints goes to standard error.
    """
    # An interrupt is for the caller to act on; this process ends with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    requests: queue.Queue[bytes] = queue.Queue()

    def listen() -> None:
        for line in asked:
            requests.put(line)
        # Whoever asked is gone: what is still being judged has nobody to read it.
        os._exit(0)

    threading.Thread(target=listen, name="requests", daemon=True).start()
    import expectations.engine  # noqa: F401  the seconds are spent here, while the warehouse is built

    while True:
        request = Request.model_validate_json(requests.get())
        try:
            reply = Reply(number=request.number, verdicts=judge(request.warehouse, request.periods, suites))
        except (duckdb.Error, ValueError) as error:
            reply = Reply(number=request.number, error=_without_values(str(error)))
        replies.write(reply.model_dump_json().encode() + b"\n")
        replies.flush()


if __name__ == "__main__":
    serve()
