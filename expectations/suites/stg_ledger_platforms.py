"""What must hold of the delivered platform ledger: structure and volume.

Belongs here: the ledger of a month as a batch. Does not belong here: what is asked of a single platform (rule list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    profile,
    structure_checks,
    volume_is_usual,
)
from expectations.suites.suite import Suite

FEED = "ledger_platforms"

OPTIONAL_COLUMNS = (
    # Without state or day of opening no platform counts.
    "opened_on",
    "operating_status",
    "enterprises_served",
    "operator",
)

SUITE = Suite(
    table="stg_ledger_platforms",
    profile=profile(FEED),
    checks=(
        *structure_checks("R-GX-PLAT", FEED),
        volume_is_usual("R-GX-PLAT-004", FEED),
        columns_do_not_fall_empty("R-GX-PLAT-005", FEED, OPTIONAL_COLUMNS),
    ),
)
