"""What must hold of the delivered project ledger: structure and volume.

Belongs here: the ledger of a month as a batch. Does not belong here: what is asked of a single project (rule list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    places_are_complete,
    rows_are_read_once,
    rows_are_those_counted,
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
    period_column="_period",
    checks=(
        places_are_complete("R-GX-PROJ-001", FEED),
        rows_are_read_once("R-GX-PROJ-002", FEED),
        rows_are_those_counted("R-GX-PROJ-003", FEED),
        volume_is_usual("R-GX-PROJ-004", FEED),
        columns_do_not_fall_empty("R-GX-PROJ-005", FEED, OPTIONAL_COLUMNS),
    ),
)
