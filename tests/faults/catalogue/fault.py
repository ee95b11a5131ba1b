"""What a fault is, and the list of all of them. Knows nothing of files or of the warehouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["bytes", "file", "sheet", "header", "row", "cell", "history", "batch"]
What = Literal["refuse", "quarantine", "warn", "block", "normalise", "ignore"]
#: Where a fault is tried: a delivery read by itself; in the built city a whole form, an entry of it, a month of a feed.
Stage = Literal["desk", "form", "entry", "month"]

STATISTICS = "statistics_enterprise"
PRODUCT = "statistics_product"
REGISTER = "registration_entities"
CHANGES = "registration_changes"
PROJECTS = "ledger_projects"
ISSUES = "ledger_issues"
TASKS = "ledger_tasks"
HONOURS = "ledger_honours"
PLATFORMS = "ledger_platforms"
EVENTS = "ledger_events"
FUNDS = "ledger_funds"


@dataclass(frozen=True)
class Disposition:
    """What must become of what is damaged. `rule` breaks, `also` break with it; without a rule nothing breaks and the
    right values come out (`normalise`), or those of the rest (`ignore`: it is no data)."""

    what: What
    rule: str | None = None
    also: tuple[str, ...] = ()

    @property
    def rules(self) -> frozenset[str]:
        """All rules that break."""
        return frozenset({self.rule, *self.also} - {None})

    def __str__(self) -> str:
        return " ".join([self.what, *([self.rule] if self.rule else []), *self.also])


NORMALISE = Disposition("normalise")
IGNORE = Disposition("ignore")


def refuse(rule: str) -> Disposition:
    """The whole file."""
    return Disposition("refuse", rule)


def quarantine(rule: str, *also: str) -> Disposition:
    """The row, alone, with every rule that it breaks."""
    return Disposition("quarantine", rule, also)


def warn(rule: str, *also: str) -> Disposition:
    """The row (or the batch) is used and marked."""
    return Disposition("warn", rule, also)


def block(rule: str, *also: str) -> Disposition:
    """The month is not published."""
    return Disposition("block", rule, also)


@dataclass(frozen=True)
class Fault:
    """A fault of the catalogue. `damage` takes what its stage gives; `where` says which entry will do."""

    name: str
    sentence: str
    feed: str
    level: Level
    disposition: Disposition
    stage: Stage
    damage: Callable[..., Any]
    where: Callable[..., bool]

    @property
    def is_choosy(self) -> bool:
        """Whether only some entries will do."""
        return self.where is not _any

    def __str__(self) -> str:
        return self.name


FAULTS: list[Fault] = []


def _listing(
    stage: Stage, feed: str, level: Level, disposition: Disposition, where: Callable[..., bool]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def listed(damage: Callable[..., Any]) -> Callable[..., Any]:
        assert damage.__doc__, f"{damage.__name__} has no sentence"
        assert damage.__name__ not in {fault.name for fault in FAULTS}, f"{damage.__name__} is there already"
        sentence = damage.__doc__.split("\n\n")[0]
        FAULTS.append(Fault(damage.__name__, sentence, feed, level, disposition, stage, damage, where))
        return damage

    return listed


def _any(*_: object) -> bool:
    return True


def on_the_desk(feed: str, level: Level, disposition: Disposition) -> Callable[[Callable[..., Any]], Any]:
    """A fault that reading one delivery shows. Its function gets a `Desk`."""
    return _listing("desk", feed, level, disposition, _any)


def in_a_form(feed: str, level: Level, disposition: Disposition = NORMALISE) -> Callable[[Callable[..., Any]], Any]:
    """A fault of a whole delivery, whose rows must all come out right. Its function gets a `Form`."""
    return _listing("form", feed, level, disposition, _any)


def in_an_entry(
    feed: str, level: Level, disposition: Disposition, where: Callable[..., bool] = _any
) -> Callable[[Callable[..., Any]], Any]:
    """A fault of one key in one month. Its function gets an `Entry`, one for which `where` holds, and may return the
    places at which rules break, if not at the entry's row of that month."""
    return _listing("entry", feed, level, disposition, where)


def in_a_month(feed: str, disposition: Disposition) -> Callable[[Callable[..., Any]], Any]:
    """A fault of a whole month of a feed.

    Its function gets the `Form` of that month and the `CityFiles`, and may return the feed and month of which the
    rules are looked at, if not that one.
    """
    return _listing("month", feed, "batch", disposition, _any)
