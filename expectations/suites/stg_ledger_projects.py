"""What must hold of the delivered project ledger: structure and volume.

Belongs here: the ledger of a month as a batch. Does not belong here: what is asked of a single project (rule list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    profile,
    structure_checks,
    volume_is_usual,
)
from expectations.suites.suite import Suite

FEED = "ledger_projects"

OPTIONAL_COLUMNS = (
    "planned_investment_year",
    "completed_investment_month",
    "completed_investment_ytd",
    "completed_investment_total",
    "planned_start",
    "actual_start",
    "planned_finish",
    "capacity_quantity",
)

SUITE = Suite(
    table="stg_ledger_projects",
    profile=profile(FEED),
    checks=(
        *structure_checks("R-GX-PROJ", FEED),
        volume_is_usual("R-GX-PROJ-004", FEED),
        columns_do_not_fall_empty("R-GX-PROJ-005", FEED, OPTIONAL_COLUMNS),
    ),
)
