"""What must hold of the delivered product returns: structure and volume.

Belongs here: the returns of a month as a batch. Does not belong here: what is asked of a single return (rule list).
"""

from expectations.suites.delivered_rows import (
    columns_do_not_fall_empty,
    every_town_reports,
    profile,
    structure_checks,
    volume_is_usual,
)
from expectations.suites.suite import Suite

FEED = "statistics_product"

OPTIONAL_COLUMNS = (
    "output_ytd_prior",
    "sales_month",
    "sales_ytd",
    "average_price",
)

SUITE = Suite(
    table="stg_statistics_product",
    profile=profile(FEED),
    checks=(
        *structure_checks("R-GX-PROD", FEED),
        volume_is_usual("R-GX-PROD-004", FEED),
        columns_do_not_fall_empty("R-GX-PROD-005", FEED, OPTIONAL_COLUMNS),
        every_town_reports("R-GX-PROD-006", FEED),
    ),
)
