"""What must hold of the delivered issue ledger: structure and volume.

Belongs here: the ledger of a month as a batch. Does not belong here: what is asked of a single issue (rule list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    profile,
    structure_checks,
    volume_is_usual,
)
from expectations.suites.suite import Suite

FEED = "ledger_issues"

OPTIONAL_COLUMNS = (
    # That no issue names a town can be; that none does any more is odd.
    "town_code",
    "subject",
    "category",
    "supporting_unit",
    "measures",
    "closed_on",
)

SUITE = Suite(
    table="stg_ledger_issues",
    profile=profile(FEED),
    checks=(
        *structure_checks("R-GX-ISS", FEED),
        volume_is_usual("R-GX-ISS-004", FEED),
        columns_do_not_fall_empty("R-GX-ISS-005", FEED, OPTIONAL_COLUMNS),
    ),
)
