"""The plan of a run: which months to take, which wait and for what, which stand, which are known to be stopped.

Decided from the state alone, before anything is read or built, so that a run with nothing new costs no more
than looking: nothing heavy is imported here. Whether a month passes is decided later
(`publication/gate.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestration.publication.fingerprint import CodeVersion, fingerprints
from orchestration.publication.gate import stated
from orchestration.publication.ledger import Ledger
from orchestration.report import Sentence
from orchestration.state import Delivery, State, Waiver
from orchestration.waivers import MISSING_FEED_RULE, WaiversInForce
from sources.contract import Contract


@dataclass(frozen=True)
class MissingFeed:
    """A required feed of which no delivery has come for a month."""

    feed: str
    label_zh: str

    @property
    def sentence(self) -> Sentence:
        """For the list of months that wait."""
        return Sentence(f"缺 {self.label_zh}", f"{self.feed} is missing")


@dataclass(frozen=True)
class WaitingMonth:
    """A month that is not taken since required feeds are missing."""

    period: str
    missing: tuple[MissingFeed, ...]


@dataclass(frozen=True)
class StandingMonth:
    """A month whose newest release is what would be made again."""

    period: str
    release_id: str


@dataclass(frozen=True)
class StoppedMonth:
    """A month that was judged with exactly these deliveries, rules and code, and did not pass."""

    period: str
    reasons: tuple[Sentence, ...]


@dataclass(frozen=True)
class ReopenedMonth:
    """A published month that is looked at anew, since something counts now that its newest release did not have.

    `deliveries` are those of the month itself or of earlier ones that came since, in order of arrival; `waivers` those
    given or taken back since. Without either, rules or program are others now.
    """

    period: str
    release_id: str
    deliveries: tuple[Delivery, ...]
    waivers: tuple[Waiver, ...]


@dataclass(frozen=True)
class Plan:
    """What a run is to do; months in order of time.

    `take`: months to publish if the gate lets them. `read`: all months from the first that has a delivery
    to `through`: they are built and judged together, since a release holds every month up to its own; empty
    and None when there is nothing to take. `reopened`: those of `take` and `stopped` that stand published.
    """

    take: tuple[str, ...]
    read: tuple[str, ...]
    through: str | None
    waiting: tuple[WaitingMonth, ...]
    standing: tuple[StandingMonth, ...]
    stopped: tuple[StoppedMonth, ...]
    reopened: tuple[ReopenedMonth, ...] = ()

    @property
    def has_work(self) -> bool:
        """Whether anything is to be built."""
        return bool(self.take)


def make_plan(
    state: State,
    contracts: Mapping[str, Contract],
    code: CodeVersion,
    *,
    first: str | None = None,
    last: str | None = None,
) -> Plan:
    """Plan a run for the months `first` to `last`; without them for every month that has a delivery.

    A month whose required feeds are not all there waits, unless it is asked for alone: then it is taken,
    and the gate says what is missing. A feed whose absence is waived is not waited for. A file counts as
    there whether it was read, refused, or is yet to be read. Call it after the deliveries in landing have
    been registered.
    """
    deliveries = [delivery for delivery in state.deliveries() if delivery.is_there]
    there = _feeds_there(deliveries)
    if first is not None and last is not None:
        months = list(_months(first, last))
    else:
        months = list(_months(min(there), max(there))) if there else []
    is_forced = first is not None and first == last
    prints = fingerprints(months, state, code)
    ledger = Ledger(state)
    waivers = WaiversInForce.of(state)

    take, waiting, standing, stopped = [], [], [], []
    for period in months:
        missing = _missing(period, there.get(period, set()), contracts, waivers)
        newest = ledger.newest(period)
        if missing and not is_forced:
            waiting.append(WaitingMonth(period, missing))
        elif newest and ledger.is_standing(period, prints[period]):
            standing.append(StandingMonth(period, newest.release_id))
        elif reasons := _known_reasons(period, prints[period], state, waivers):
            stopped.append(StoppedMonth(period, reasons))
        else:
            take.append(period)

    through = None
    if take:
        # Months that stand or are stopped too: the latest shows all before it, and is made anew with them.
        through = max([*take, *(one.period for one in (*standing, *stopped))])
    return Plan(
        take=tuple(take),
        read=tuple(_months(min([*there, *take]), through)) if through else (),
        through=through,
        waiting=tuple(waiting),
        standing=tuple(standing),
        stopped=tuple(stopped),
        reopened=_reopened(sorted([*take, *(one.period for one in stopped)]), deliveries, state, ledger),
    )


def _reopened(
    periods: list[str], deliveries: list[Delivery], state: State, ledger: Ledger
) -> tuple[ReopenedMonth, ...]:
    """Those of `periods` that stand published, with what counts now that their newest release did not have."""
    decided = state.waivers()
    reopened = []
    for period in periods:
        newest = ledger.newest(period)
        if newest is None:
            continue
        since = ledger.looked_at(newest)
        came = [one for one in deliveries if one.period <= period and one.first_seen_at > since]
        reopened.append(
            ReopenedMonth(
                period,
                newest.release_id,
                tuple(sorted(came, key=lambda one: (one.received_at, one.period, one.feed, one.file_name))),
                tuple(one for one in decided if one.period <= period and one.decided_at > since),
            )
        )
    return tuple(reopened)


def _feeds_there(deliveries: list[Delivery]) -> dict[str, set[str]]:
    there: dict[str, set[str]] = {}
    for delivery in deliveries:
        there.setdefault(delivery.period, set()).add(delivery.feed)
    return there


def _missing(
    period: str, there: set[str], contracts: Mapping[str, Contract], waivers: WaiversInForce
) -> tuple[MissingFeed, ...]:
    month = int(period[5:])
    return tuple(
        MissingFeed(contract.feed, contract.label_zh)
        for contract in contracts.values()
        if contract.is_required
        and month not in contract.not_due_months
        and contract.feed not in there
        and not waivers.lifting(MISSING_FEED_RULE, contract.feed, period)
    )


def _known_reasons(period: str, fingerprint: str, state: State, waivers: WaiversInForce) -> tuple[Sentence, ...]:
    """What stopped the month for exactly this fingerprint; empty if nothing did, or only a check that crashed.

    A check that was not evaluated may be at the next attempt; one that failed fails again. The rows need
    not be asked about: they follow from the fingerprint. Nor do waivers: one more is another fingerprint.
    """
    verdicts = state.verdicts(period, fingerprint)
    return tuple(
        stated(verdict.check_id, verdict.message_zh, verdict.message_en)
        for verdict in verdicts
        if verdict.severity == "block"
        and verdict.outcome == "failed"
        and not (verdict.kind == "rule" and waivers.lifting(verdict.check_id, verdict.subject, period))
    )


def _months(first: str, last: str) -> Iterator[str]:
    """The months from the first to the last, both included."""
    year, month = int(first[:4]), int(first[5:])
    while (period := f"{year}-{month:02d}") <= last:
        yield period
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
