"""The gate: whether a month may be published, asked once more by the one who publishes.

A blocking check elsewhere stops only what stands behind it in its own run; so publication trusts nobody. It
recomputes the month's fingerprint from the state and takes the hash of the rows that it is about to copy,
and demands a passing verdict of every expected check for exactly these. An absent verdict refuses. Nothing
is judged here, and nothing written.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from expectations.suites import SUITES
from expectations.suites.suite import Suite
from expectations.verdict import ExpectedCheck, Verdict, blocking_reasons, expected_checks
from orchestration.publication.fingerprint import CodeVersion, fingerprint
from orchestration.report import Sentence
from orchestration.state import State, Waiver
from orchestration.waivers import LiftedBlock, WaiversInForce, read_rules
from sources.contract import Contract

#: What dbt says of itself, of all months alike: every model was built, and no test of code failed.
DBT_SUBJECT = "warehouse"
DBT_BUILD = ExpectedCheck("dbt", "dbt_build", DBT_SUBJECT)
DBT_TESTS = ExpectedCheck("dbt", "dbt_tests", DBT_SUBJECT)

TARGET_LIST = "target_list.csv"

ExpectedOf = Callable[[str], frozenset[ExpectedCheck]]


@dataclass(frozen=True)
class GateDecision:
    """Whether a month passes, and everything that keeps it from it.

    `data_hash` is None if the warehouse holds no row of the month. `verdicts` are those of exactly this
    fingerprint and data; `lifted` are the blocks that do not stop it since a person waived them.
    """

    period: str
    fingerprint: str
    data_hash: str | None
    reasons: tuple[Sentence, ...]
    verdicts: tuple[Verdict, ...]
    lifted: tuple[LiftedBlock, ...]

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers without which it would not pass, each once."""
        return tuple(dict.fromkeys(waiver for block in self.lifted for waiver in block.waivers))

    @property
    def is_passed(self) -> bool:
        """Whether nothing keeps the month from being published."""
        return not self.reasons


def expected_from(
    state: State, contracts: Mapping[str, Contract], seeds_dir: Path, suites: Sequence[Suite] = SUITES
) -> ExpectedOf:
    """What must have been checked in a month, told from the lists themselves: month -> checks.

    From contracts, rule list, target list, suites and the deliveries of the state; not from the warehouse,
    which is what is being judged.
    """
    rules = list(read_rules(seeds_dir).values())
    targets = _read(seeds_dir / TARGET_LIST)
    feeds = [
        {
            "feed": contract.feed,
            "is_required": contract.is_required,
            "not_due_months": "|".join(map(str, contract.not_due_months)),
        }
        for contract in contracts.values()
    ]
    deliveries = [
        {
            "feed": delivery.feed,
            "period": delivery.period,
            "status": delivery.status,
            "rows_data": delivery.rows_data,
        }
        for delivery in state.deliveries()
    ]

    def expected(period: str) -> frozenset[ExpectedCheck]:
        return expected_checks(rules, feeds, deliveries, period, targets=targets, suites=suites)

    return expected


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def confirm(
    period: str, *, state: State, code: CodeVersion, expected: ExpectedOf, data_hashes: Mapping[str, str]
) -> GateDecision:
    """Decide about a month. `data_hashes` are those of the warehouse as it is now (`marts.data_hashes`)."""
    now = fingerprint(period, state, code)
    data_hash = data_hashes.get(period)
    verdicts = state.verdicts(period, now, data_hash) if data_hash else ()
    if not verdicts:
        reason = _reason_without_verdicts(period, state, now, data_hash)
        return GateDecision(period, now, data_hash, (reason,), (), ())
    demanded = expected(period) | {DBT_BUILD, DBT_TESTS}
    lifted, kept = [], []
    in_force = WaiversInForce.of(state)
    for blocking in blocking_reasons(verdicts, demanded, period):
        reason = stated(blocking.check_id, blocking.message_zh, blocking.message_en)
        # Only what a rule found can be waived: not what was never looked at, nor our own arithmetic.
        is_waivable = blocking.outcome == "failed" and blocking.kind == "rule"
        waivers = in_force.lifting(blocking.check_id, blocking.subject, period) if is_waivable else ()
        if waivers:
            lifted.append(LiftedBlock(period, blocking.check_id, blocking.subject, reason, waivers))
        else:
            kept.append(reason)
    return GateDecision(period, now, data_hash, tuple(kept), verdicts, tuple(lifted))


def stated(check_id: str, message_zh: str, message_en: str) -> Sentence:
    """What a check found, with the id by which it is looked up or waived."""
    return Sentence(f"{message_zh}［{check_id}］", f"{message_en} [{check_id}]")


def _reason_without_verdicts(period: str, state: State, fingerprint_now: str, data_hash: str | None) -> Sentence:
    if data_hash is None:
        return Sentence(
            f"{period} 在仓库中没有任何数据，不能发布。请确认必报数据已到。",
            f"The warehouse holds no row of {period}: it cannot be published. See that the required files are there.",
        )
    if state.verdicts(period, fingerprint_now):
        return Sentence(
            f"{period} 的数据在检验之后被改动，检验结论不再适用。请重新运行 stm run。",
            f"The rows of {period} are not those that were judged. Run stm run again.",
        )
    if state.is_judged(period):
        return Sentence(
            f"{period} 的检验结论针对的是另一批来文、规则或程序，不适用于当前数据。请重新运行 stm run。",
            f"The verdicts of {period} are of other deliveries, rules or code. Run stm run again.",
        )
    return Sentence(
        f"{period} 没有任何检验结论，不能发布。请重新运行 stm run。",
        f"There is no verdict of {period}: it cannot be published. Run stm run again.",
    )
