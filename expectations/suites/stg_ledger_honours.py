"""What must hold of the delivered ledger of honours: structure and volume.

Belongs here: the ledger of a month as a batch. Does not belong here: what is asked of a single certificate (rule
list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    profile,
    structure_checks,
    volume_is_usual,
)
from expectations.suites.suite import Suite

FEED = "ledger_honours"

OPTIONAL_COLUMNS = (
    # Of code and holder one is enough for a row; a column that was filled is missed all the same.
    "credit_code",
    "holder",
    "expires_on",
)

SUITE = Suite(
    table="stg_ledger_honours",
    profile=profile(FEED),
    checks=(
        *structure_checks("R-GX-HON", FEED),
        volume_is_usual("R-GX-HON-004", FEED),
        columns_do_not_fall_empty("R-GX-HON-005", FEED, OPTIONAL_COLUMNS),
    ),
)
