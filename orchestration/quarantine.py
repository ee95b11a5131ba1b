"""What is held up and why, for those who must mend it: rows set aside, rows that warn, refused files, blocks.

Belongs here: finding these in warehouse, raw files and state, with the rule list's words beside them, and a row as it
was sent. Does not belong here: judging (dbt, `expectations`), waiving (`waivers.py`), the form of a page or workbook
(`screen.py`, `quarantine_workbook.py`). A row as sent holds personal data: it goes back to its own sender, and to a
screen, a log or JSON only through `sent_rows.masked`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations.verdict import Verdict
from orchestration.corrections import Outcome, outcomes_in
from orchestration.report import Sentence
from orchestration.sent_rows import MASK, SentCell, read_sent_rows, sent_cells
from orchestration.state import Correction, Delivery, State, Waiver
from orchestration.stops import Misuse
from orchestration.waivers import WaiversInForce
from orchestration.warehouse_glance import read_rows
from sources.contract import Contract
from sources.person_numbers import without_person_numbers

SET_ASIDE = "quarantine"
WARNING = "warn"
# Enough of a hash to tell the rows of a province apart, and short enough to be typed.
_REF_DIGITS = 10


class NoSuchRow(Misuse):
    """No row with a problem is called that."""


@dataclass(frozen=True)
class BrokenRule:
    """A rule that a row broke: what it says, what to do, the contract's columns at fault, and what stood there."""

    rule_id: str
    severity: str
    columns: tuple[str, ...]
    seen: str
    says: Sentence
    remedy: Sentence


@dataclass(frozen=True)
class FlaggedRow:
    """A delivered row in force that broke rules, all of them; `row_ref` is what a person calls it by."""

    row_ref: str
    period: str
    feed: str
    row_id: str
    delivery_id: str
    file: str
    sheet: str
    row_no: int
    row_key: str
    rules: tuple[BrokenRule, ...]

    @property
    def is_set_aside(self) -> bool:
        """Whether it is not used; else it is used and marked."""
        return any(rule.severity == SET_ASIDE for rule in self.rules)

    @property
    def columns(self) -> frozenset[str]:
        """The columns at fault by any rule."""
        return frozenset(column for rule in self.rules for column in rule.columns)


@dataclass(frozen=True)
class Block:
    """Why a month was not published, or passes only under waivers, by the run that judged it last."""

    period: str
    subject: str
    check_id: str
    outcome: str
    rows_looked_at: int
    rows_failing: int
    says: Sentence
    remedy: Sentence
    waivers: tuple[Waiver, ...]


class Quarantine:
    """Everything that is held up, as the last build and the state have it. Reads only."""

    def __init__(
        self,
        *,
        warehouse_path: Path,
        raw_dir: Path,
        state: State,
        contracts: Mapping[str, Contract],
        rules: Mapping[str, Mapping[str, str]],
    ) -> None:
        """`rules` is the rule list by id (`waivers.read_rules`)."""
        self.contracts = contracts
        self._warehouse_path = warehouse_path
        self._raw_dir = raw_dir
        self._state = state
        self._rules = rules
        self._deliveries = {one.delivery_id: one for one in state.deliveries()}

    def rows(self, periods: Sequence[str] = (), severities: Sequence[str] = (SET_ASIDE, WARNING)) -> list[FlaggedRow]:
        """Rows in force that broke a rule of these severities, in the months given (all if none): by month, feed,
        file, sheet and row. Raises WarehouseUnreadable if there is no warehouse, or a build has it."""
        conditions = ["row_status = 'in_force'", "severity in (select unnest(?))"]
        parameters: list[Any] = [list(severities)]
        if periods:
            conditions.append("period in (select unnest(?))")
            parameters.append(list(periods))
        found = read_rows(
            self._warehouse_path,
            "select period, feed, row_id, delivery_id, file, coalesce(sheet, ''), row_no, coalesce(row_key, ''), "
            "rule_id, severity, coalesce(column_name, ''), coalesce(seen, '') "
            f"from val_broken_rules where {' and '.join(conditions)} "
            "order by period, feed, file, sheet, row_no, row_id, rule_id",
            parameters,
        )
        # A row of last month that is gone is a finding of this month: the month belongs to the row's identity.
        grouped: dict[tuple[Any, ...], list[BrokenRule]] = defaultdict(list)
        for *place, rule_id, severity, columns, seen in found:
            grouped[tuple(place)].append(self._broken_rule(place[1], rule_id, severity, columns, seen))
        return [
            FlaggedRow(
                row_ref(period, row_id), period, feed, row_id, *at, shown_key(self.contracts[feed], key), tuple(rules)
            )
            for (period, feed, row_id, *at, key), rules in grouped.items()
        ]

    def find(self, name: str, periods: Sequence[str] = ()) -> list[FlaggedRow]:
        """The rows that a person calls `name`: by (the beginning of) their `row_ref`, or by their key.

        Raises NoSuchRow if there is none, or if a beginning fits several.
        """
        rows = self.rows(periods)
        by_key = [row for row in rows if name and name in (row.row_key, row.row_id)]
        if by_key:
            return by_key
        by_ref = [row for row in rows if row.row_ref.startswith(name.lower())]
        if len(by_ref) == 1:
            return by_ref
        if by_ref:
            raise NoSuchRow(
                f"{name} 对应 {len(by_ref)} 行，请写全编号：{'、'.join(row.row_ref for row in by_ref[:5])}…",
                f"{name} fits {len(by_ref)} rows; write more of it: {', '.join(row.row_ref for row in by_ref[:5])}…",
            )
        raise NoSuchRow(
            f"没有编号或主键为 {name} 的问题行。请用 stm quarantine list 查看编号。",
            f"No row with a problem is called {name}. stm quarantine list tells their numbers.",
        )

    def as_sent(self, rows: Iterable[FlaggedRow]) -> Iterator[tuple[FlaggedRow, tuple[SentCell, ...]]]:
        """Each row with its cells as delivered, delivery by delivery. Raises RowLost."""
        of_delivery: dict[str, list[FlaggedRow]] = defaultdict(list)
        for row in rows:
            of_delivery[row.delivery_id].append(row)
        with duckdb.connect() as connection:
            for delivery_id, members in of_delivery.items():
                delivery = self._deliveries[delivery_id]
                delivered = read_sent_rows(self._raw_dir, delivery, [row.row_no for row in members], connection)
                contract = self.contracts[delivery.feed]
                for row in members:
                    yield row, sent_cells(delivered[row.file, row.sheet, row.row_no], contract, row.columns)

    def refused(self, periods: Sequence[str] = ()) -> list[Delivery]:
        """Refused files in whose place nothing has been accepted, by feed, month and arrival."""
        return [
            one
            for one in self._deliveries.values()
            if one.is_refusal_pending and (not periods or one.period in periods)
        ]

    def blocks(self, periods: Sequence[str] = ()) -> list[Block]:
        """What stopped months when they were judged last, or would have without a waiver."""
        waivers = WaiversInForce.of(self._state)
        return [
            Block(
                period=period,
                subject=one.subject,
                check_id=one.check_id,
                outcome=one.outcome,
                rows_looked_at=one.rows_looked_at,
                rows_failing=one.rows_failing,
                says=self._claim(one),
                remedy=self.remedy(one.check_id),
                waivers=waivers.lifting(one.check_id, one.subject, period)
                if one.kind == "rule" and one.outcome == "failed"
                else (),
            )
            for period in (periods or self._state.judged_periods())
            for one in self._state.latest_verdicts(period)
            if one.severity == "block" and one.outcome != "passed"
        ]

    def corrections(self, periods: Sequence[str] = ()) -> list[tuple[Correction, Outcome | None]]:
        """Declared corrections in force, each with what became of it in the last build (None: not built since)."""
        declared = [
            one for one in self._state.corrections() if one.status == "open" and (not periods or one.period in periods)
        ]
        found = outcomes_in(self._warehouse_path, declared)
        return [(one, found.get(one.correction_id)) for one in declared]

    def remedy(self, check_id: str) -> Sentence:
        """What is to be done about a rule; what is none of the rule list is for the maintainers."""
        rule = self._rules.get(check_id)
        if rule is None:
            return Sentence("请报告维护人员", "tell the maintainers")
        return Sentence(rule["remedy_zh"], rule["remedy_en"])

    def delivery(self, delivery_id: str) -> Delivery:
        """A delivery by its id; KeyError if it was never seen."""
        return self._deliveries[delivery_id]

    def senders(self, feed: str, period: str) -> set[str]:
        """Who sent anything of a feed and month; the feed's office if nobody did."""
        return {
            sender_of(one, self.contracts[feed])
            for one in self._deliveries.values()
            if (one.feed, one.period) == (feed, period) and one.is_there
        } or {self.contracts[feed].sender}

    def _claim(self, verdict: Verdict) -> Sentence:
        """What a check found: in the rule list's words, for a verdict says what to do in the same breath."""
        rule = self._rules.get(verdict.check_id)
        if rule is None:
            return Sentence(verdict.message_zh, verdict.message_en)
        return Sentence(rule["message_zh"], rule["message_en"])

    def _broken_rule(self, feed: str, rule_id: str, severity: str, columns: str, seen: str) -> BrokenRule:
        contract = self.contracts[feed]
        at_fault = offending_columns(contract, columns)
        rule = self._rules[rule_id]
        is_personal = any(contract.column(name).is_personal for name in at_fault)
        return BrokenRule(
            rule_id,
            severity,
            at_fault,
            MASK if seen and is_personal else without_person_numbers(seen),
            Sentence(rule["message_zh"], rule["message_en"]),
            Sentence(rule["remedy_zh"], rule["remedy_en"]),
        )


def row_ref(period: str, row_id: str) -> str:
    """What a person calls a row by: 10 hex digits, the same in every run."""
    return hashlib.sha256(f"{period}\n{row_id}".encode()).hexdigest()[:_REF_DIGITS]


def shown_key(contract: Contract, key: str) -> str:
    """A row's key; in the place of a credit code can stand its owner's telephone or identity number."""
    is_of_code = any(contract.column(name).type == "credit_code" for name in contract.key)
    return without_person_numbers(key) if is_of_code else key


def offending_columns(contract: Contract, names: str) -> tuple[str, ...]:
    """The contract's columns of the `|`-joined names that a rule gives; a measure's name stands for all its parts."""
    found: dict[str, None] = {}
    for name in filter(None, names.split("|")):
        if name in contract.columns_by_name:
            found[name] = None
        else:
            found.update(dict.fromkeys(one.name for one in contract.columns if one.name.startswith(f"{name}_")))
    return tuple(found)


def sender_of(delivery: Delivery, contract: Contract) -> str:
    """Who sent a delivery: by its receipt, else the feed's office."""
    return delivery.sender or contract.sender
