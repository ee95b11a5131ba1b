"""The ledgers of the leading group's office: which they are, what their files are called and when they are sent.

Another ledger is another entry of `LEDGERS`. Does not belong here: columns and entries (one module a ledger), how a
ledger is written (`ledger_book.py`).
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from sources.demo import events, funds, honours, issues, platforms, project_ledger, tasks
from sources.demo.families import Written
from sources.demo.ledger_book import Ledger, write_ledger
from sources.demo.months import period_of, sent_at
from sources.demo.scenario import Delivery, Scenario, compact

LEDGERS: tuple[Ledger, ...] = (
    project_ledger.LEDGER,
    issues.LEDGER,
    tasks.LEDGER,
    honours.LEDGER,
    platforms.LEDGER,
    events.LEDGER,
    funds.LEDGER,
)

_SENDER = "市专业镇发展领导小组办公室"


def planned(scenario: Scenario) -> list[Delivery]:
    """One file a ledger and month, sent on the 4th to the 7th."""
    plan = []
    for month in scenario.months:
        for ledger in LEDGERS:
            chance = scenario.rng("ledgers", ledger.feed, month)
            sent = sent_at(month, chance.randint(4, 7), chance)
            name = f"{ledger.name_zh}_{compact(month)}.xlsx"
            plan.append(Delivery(ledger.feed, period_of(month), name, _SENDER, sent))
    return plan


def write(scenario: Scenario, plan: Sequence[Delivery], place: Callable[[Delivery], Path]) -> Written:
    """Writes the ledgers."""
    written = Written()
    ledgers = {ledger.feed: (ledger, ledger.entries(scenario)) for ledger in LEDGERS}
    for delivery in plan:
        ledger, entries = ledgers[delivery.feed]
        write_ledger(scenario, ledger, entries, delivery, place(delivery), written)
    return written
