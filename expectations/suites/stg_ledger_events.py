"""What must hold of the delivered event ledger: structure and volume.

Belongs here: the ledger of a month as a batch. Does not belong here: what is asked of a single event (rule list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    profile,
    structure_checks,
    volume_is_usual,
)
from expectations.suites.suite import Suite

FEED = "ledger_events"

OPTIONAL_COLUMNS = ("enterprises", "attendance", "intended_value", "deal_value")

SUITE = Suite(
    table="stg_ledger_events",
    profile=profile(FEED),
    checks=(
        *structure_checks("R-GX-EVT", FEED),
        volume_is_usual("R-GX-EVT-004", FEED),
        columns_do_not_fall_empty("R-GX-EVT-005", FEED, OPTIONAL_COLUMNS),
    ),
)
