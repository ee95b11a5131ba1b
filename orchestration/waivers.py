"""Waivers: what may be waived, and which blocks of a month those in force lift.

A waiver is a person's decision that a month may be published all the same: although a batch broke a rule of severity
`block`, although a refused file has not been replaced, although a required feed has not come. Belongs here: whether
one may be given, taking one back, and the one answer to "is this block lifted?" that plan, gate and pages share. Does
not belong here: keeping them (`state.py`), judging (`expectations`), what a waiver does to a grade (dbt:
`int_waived_blocks`, which answers the same question from the same rows).

A row that is set aside is never waived: its sender mends it. Neither is a check of Great Expectations or of dbt: it
says that our own arithmetic does not hold, and no office can answer for that.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.report import Sentence
from orchestration.state import Delivery, NewWaiver, State, Waiver
from orchestration.stops import Misuse
from sources.contract import Contract

# The rules of the list that speak of what did not come, and of what was refused.
MISSING_FEED_RULE = "R-BATCH-005"
REFUSAL_RULE = "R-BATCH-006"
EVERY_FEED = "*"
WAIVABLE_SEVERITIES = ("block", "refuse")
RULE_LIST = "validation_rules.csv"


class WaiverRefused(Misuse):
    """This cannot be waived, or not like this. Nothing was recorded."""


def read_rules(seeds_dir: Path) -> dict[str, dict[str, str]]:
    """The rule list by rule id, in its order: its columns as text."""
    with (seeds_dir / RULE_LIST).open(encoding="utf-8", newline="") as stream:
        return {row["rule_id"]: row for row in csv.DictReader(stream)}


@dataclass(frozen=True)
class LiftedBlock:
    """A block of a month that waivers lift, in its own words; `subject` is the feed."""

    period: str
    check_id: str
    subject: str
    reason: Sentence
    waivers: tuple[Waiver, ...]


class WaiversInForce:
    """The waivers that are not taken back, and the refused files of which some speak."""

    def __init__(self, waivers: Iterable[Waiver], deliveries: Iterable[Delivery]) -> None:
        self._waivers = tuple(waivers)
        self._refusals: dict[tuple[str, str], list[str]] = defaultdict(list)
        for one in deliveries:
            if one.is_refusal_pending:
                self._refusals[one.period, one.feed].append(one.refusal_rule or "")

    @classmethod
    def of(cls, state: State) -> WaiversInForce:
        """As the state has them now."""
        return cls([one for one in state.waivers() if one.end is None], state.deliveries())

    def lifting(self, check_id: str, feed: str, period: str) -> tuple[Waiver, ...]:
        """The waivers that lift a block of a rule; empty if it stands.

        The block of refused files is lifted by a waiver of its own, and by waivers of the rules by which the files
        were refused if they speak of every file: a second file, refused for another reason, blocks again.
        """
        whole = self._covering(check_id, feed, period)
        if whole:
            return (whole,)
        if check_id != REFUSAL_RULE:
            return ()
        of_files = [self._covering(rule_id, feed, period) for rule_id in self._refusals[period, feed]]
        found = tuple(dict.fromkeys(one for one in of_files if one))
        return found if of_files and all(of_files) else ()

    def _covering(self, check_id: str, feed: str, period: str) -> Waiver | None:
        return next((one for one in self._waivers if one.covers(check_id, feed, period)), None)


def waive(
    wanted: NewWaiver,
    *,
    state: State,
    rules: Mapping[str, Mapping[str, str]],
    contracts: Mapping[str, Contract],
    now: datetime,
) -> Waiver:
    """Record a waiver. Raises WaiverRefused, saying what can be waived, if it is none or can lift nothing.

    A rule of one feed needs no `feed`; without one, a rule of every feed is waived for every feed.
    """
    by, why = wanted.by.strip(), wanted.why.strip()
    if not by or not why:
        raise WaiverRefused(
            "豁免须写明由谁决定（--by）和理由（--why）。", "A waiver says who decided it (--by) and why (--why)."
        )
    rule = _waivable_rule(wanted.rule_id, rules)
    if wanted.until < wanted.period:
        raise WaiverRefused(
            f"截止月 {wanted.until} 早于起始月 {wanted.period}。--until 是豁免所包括的最后一个月。",
            f"{wanted.until} is before {wanted.period}. --until is the last month that the waiver covers.",
        )
    feed = _fitting_feed(wanted, rule, contracts)
    fitted = NewWaiver(wanted.rule_id, wanted.period, wanted.until, feed, by, why)
    for one in state.waivers():
        is_same = (one.rule_id, one.period, one.until, one.feed) == (
            fitted.rule_id, fitted.period, fitted.until, fitted.feed,
        )  # fmt: skip
        if one.end is None and is_same:
            raise WaiverRefused(
                f"同样的豁免已经登记过，编号 {one.waiver_id}（{one.by}）。",
                f"That is waived already, by number {one.waiver_id} ({one.by}).",
            )
    return state.record_waiver(fitted, now)


def take_back(waiver_id: int, *, by: str, why: str, state: State, now: datetime) -> Waiver:
    """End a waiver that was a mistake; the waiver with its end.

    Months that it let pass are judged without it by the next run; their releases stay, and keep naming it. Raises
    WaiverRefused for one that there is not, or that was taken back before.
    """
    if not by.strip() or not why.strip():
        raise WaiverRefused(
            "撤回豁免须写明由谁决定（--by）和理由（--why）。",
            "Taking a waiver back needs who decided it (--by) and why (--why).",
        )
    known = {one.waiver_id: one for one in state.waivers()}
    found = known.get(waiver_id)
    if found is None:
        numbers = "、".join(map(str, known)) or "无"
        raise WaiverRefused(
            f"没有编号为 {waiver_id} 的豁免。已登记的编号：{numbers}。",
            f"There is no waiver {waiver_id}. There are: {', '.join(map(str, known)) or 'none'}.",
        )
    if found.end:
        raise WaiverRefused(
            f"豁免 {waiver_id} 已由{found.end.by}撤回。",
            f"Waiver {waiver_id} was taken back before, by {found.end.by}.",
        )
    state.end_waiver(waiver_id, now, by=by.strip(), why=why.strip())
    return next(one for one in state.waivers() if one.waiver_id == waiver_id)


def waivable_rules(rules: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """The rules of the list that can be waived, in its order."""
    return tuple(rule_id for rule_id, rule in rules.items() if rule["severity"] in WAIVABLE_SEVERITIES)


def _waivable_rule(rule_id: str, rules: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    rule = rules.get(rule_id)
    if rule and rule["severity"] in WAIVABLE_SEVERITIES:
        return rule
    choice_zh = "；".join(f"{one} {rules[one]['message_zh']}" for one in waivable_rules(rules))
    choice_en = "; ".join(f"{one} {rules[one]['message_en']}" for one in waivable_rules(rules))
    if rule is None and rule_id.startswith("R-GX-"):
        why = (
            f"{rule_id} 检验的是本仓库自己的计算，不能豁免；请报告维护人员。",
            f"{rule_id} checks our own arithmetic and cannot be waived; tell the maintainers.",
        )
    elif rule is None:
        why = (f"没有规则 {rule_id}。", f"There is no rule {rule_id}.")
    elif rule["severity"] == "warn":
        why = (f"{rule_id} 只作提示，不影响发布，无需豁免。", f"{rule_id} only warns and stops nothing.")
    else:
        why = (
            f"{rule_id} 搁置的是单独的行，不能豁免；请报送单位更正，或登记更正。",
            f"{rule_id} sets single rows aside and cannot be waived: have them mended, or declare a correction.",
        )
    raise WaiverRefused(f"{why[0]}可以豁免的是：{choice_zh}。", f"{why[1]} What can be waived: {choice_en}.")


def _fitting_feed(wanted: NewWaiver, rule: Mapping[str, str], contracts: Mapping[str, Contract]) -> str | None:
    """The feed that the waiver is for; None for every feed."""
    own = rule["feed"]
    if wanted.feed is None:
        return None if own == EVERY_FEED else own
    contract = contracts.get(wanted.feed)
    if contract is None:
        raise WaiverRefused(
            f"没有数据类别 {wanted.feed}。已有：{'、'.join(contracts)}。",
            f"There is no feed {wanted.feed}. There are: {', '.join(contracts)}.",
        )
    if own not in (EVERY_FEED, wanted.feed):
        raise WaiverRefused(
            f"规则 {wanted.rule_id} 只适用于 {own}，不适用于 {wanted.feed}。",
            f"Rule {wanted.rule_id} is of {own}, not of {wanted.feed}.",
        )
    if wanted.rule_id == MISSING_FEED_RULE:
        required = [feed for feed, one in contracts.items() if one.is_required]
        if not contract.is_required:
            raise WaiverRefused(
                f"{contract.label_zh}（{wanted.feed}）不是必报数据，缺报不影响发布，无需豁免。"
                f"必报的是：{'、'.join(required)}。",
                f"{wanted.feed} is not required: without it a month is published all the same. Required are: "
                f"{', '.join(required)}.",
            )
        if wanted.period == wanted.until and int(wanted.period[5:]) in contract.not_due_months:
            raise WaiverRefused(
                f"{contract.label_zh}（{wanted.feed}）在 {wanted.period} 不需报送，无需豁免。",
                f"{wanted.feed} is not due in {wanted.period}: there is nothing to waive.",
            )
    return wanted.feed


def feed_of(waiver: NewWaiver, contracts: Mapping[str, Contract]) -> str:
    """The feed of a waiver in Chinese, for people."""
    return contracts[waiver.feed].label_zh if waiver.feed in contracts else waiver.feed or "各类数据"


def in_force_in(waivers: Iterable[Waiver], periods: Sequence[str]) -> tuple[Waiver, ...]:
    """Those not taken back that cover at least one of the months."""
    return tuple(
        one for one in waivers if one.end is None and any(one.period <= period <= one.until for period in periods)
    )
