"""What a run has to say at its end, as data: the last screen and `--json` are both made of it.

No printing here (`cli.py`), and nothing is decided: a report repeats what plan, intake, gate and publication found.
Sentences come in Chinese and English; no field holds a cell of a delivery.
"""

from dataclasses import asdict, dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any


class ExitCode(IntEnum):
    """Exit status of `stm run` and `stm check`."""

    DONE = 0
    STOPPED = 1
    MISUSE = 2
    FAILED = 3


@dataclass(frozen=True)
class Sentence:
    """One statement in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class PublishedMonth:
    """A month published by this run. `replaces`: its newest release before, None if this is its first; `is_changed`:
    whether its own figures differ from that one's."""

    period: str
    release_id: str
    path: Path
    replaces: str | None = None
    is_changed: bool = True


@dataclass(frozen=True)
class StoppedMonth:
    """A month that the gate stopped, and why."""

    period: str
    reasons: tuple[Sentence, ...]


@dataclass(frozen=True)
class WaitingMonth:
    """A month for which deliveries of required feeds are still missing."""

    period: str
    missing: tuple[Sentence, ...]


@dataclass(frozen=True)
class NewDelivery:
    """A delivery that came after a month had been published; `received_at` is ISO 8601."""

    feed: str
    period: str
    file_name: str
    sender: str | None
    received_at: str


@dataclass(frozen=True)
class FetchedDelivery:
    """A delivery that this run fetched from a sender's database; `asked_at` is ISO 8601."""

    feed: str
    period: str
    sender: str
    asked_at: str
    rows: int


@dataclass(frozen=True)
class ReopenedMonth:
    """A published month that this run looked at anew, and why: deliveries, waivers (their numbers), or, without
    either, other rules or another program.

    `outcome`: `changed` (released anew with other figures), `shown_again` (released anew to show an earlier month, its
    own figures as they were), `confirmed` (its release stands), `stopped` (its release stands since the new one did
    not pass), `checked` (nothing was to be published).
    """

    period: str
    release_id: str
    deliveries: tuple[NewDelivery, ...]
    waivers: tuple[int, ...]
    outcome: str


@dataclass(frozen=True)
class WaivedBlock:
    """A block that does not stop its month since a person waived it."""

    period: str
    feed: str
    rule_id: str
    reason: Sentence
    waiver_id: int
    by: str
    why: str
    until: str


@dataclass(frozen=True)
class RefusedFile:
    """A file refused, and no later one accepted in its place."""

    period: str
    feed: str
    file_name: str
    rule_id: str
    reason: Sentence


@dataclass(frozen=True)
class SetAsideRows:
    """How many rows of a feed and month one rule set aside."""

    period: str
    feed: str
    rule_id: str
    rows: int
    reason: Sentence


@dataclass(frozen=True)
class CorrectionInForce:
    """A declared correction and what became of it: `applied`, `obsolete` or `no_such_row`; `cell` stands there now."""

    correction_id: str
    period: str
    feed: str
    row_key: str
    column_name: str
    outcome: str
    cell: str | None


@dataclass
class RunReport:
    """The whole of it. `exit_code` is the exit status; `failure` says why it is FAILED or MISUSE."""

    run_id: str
    is_publishing: bool
    exit_code: ExitCode = ExitCode.DONE
    is_nothing_new: bool = False
    seconds: float = 0.0
    published: list[PublishedMonth] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    standing: list[str] = field(default_factory=list)
    stopped: list[StoppedMonth] = field(default_factory=list)
    reopened: list[ReopenedMonth] = field(default_factory=list)
    waived: list[WaivedBlock] = field(default_factory=list)
    waiting: list[WaitingMonth] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    set_aside: list[SetAsideRows] = field(default_factory=list)
    corrections: list[CorrectionInForce] = field(default_factory=list)
    fetched: list[FetchedDelivery] = field(default_factory=list)
    notices: list[Sentence] = field(default_factory=list)
    current: Path | None = None
    failure: Sentence | None = None
    log_path: Path | None = None
    stage_seconds: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report for programs: plain values, paths as text, the exit code as a number."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, ExitCode):
        return int(value)
    return str(value) if isinstance(value, Path) else value
