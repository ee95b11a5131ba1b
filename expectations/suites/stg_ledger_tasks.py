"""What must hold of the delivered task ledger: structure and volume.

Belongs here: the ledger of a month as a batch. Does not belong here: what is asked of a single task (rule list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    profile,
    structure_checks,
    volume_is_usual,
)
from expectations.suites.suite import Suite

FEED = "ledger_tasks"

OPTIONAL_COLUMNS = (
    # Not the day of completion: early in the year nothing is done yet, and the state decides.
    "responsible_unit",
    "progress_note",
    "quantified_value",
)

SUITE = Suite(
    table="stg_ledger_tasks",
    profile=profile(FEED),
    checks=(
        *structure_checks("R-GX-TASK", FEED),
        volume_is_usual("R-GX-TASK-004", FEED),
        columns_do_not_fall_empty("R-GX-TASK-005", FEED, OPTIONAL_COLUMNS),
    ),
)
