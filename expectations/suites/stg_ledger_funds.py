"""What must hold of the delivered fund ledger: structure and volume.

Belongs here: the ledger of a month as a batch. Does not belong here: what is asked of a single row (rule list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    profile,
    structure_checks,
    volume_is_usual,
)
from expectations.suites.suite import Suite

FEED = "ledger_funds"

OPTIONAL_COLUMNS = ("beneficiary", "received_amount", "paid_amount")

SUITE = Suite(
    table="stg_ledger_funds",
    profile=profile(FEED),
    checks=(
        *structure_checks("R-GX-FUND", FEED),
        volume_is_usual("R-GX-FUND-004", FEED),
        columns_do_not_fall_empty("R-GX-FUND-005", FEED, OPTIONAL_COLUMNS),
    ),
)
