"""What must hold of the delivered enterprise returns: structure and volume.

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

FEED = "statistics_enterprise"

OPTIONAL_COLUMNS = (
    "industry_code",
    "is_above_scale",
    "employees",
    "gross_output_value_ytd_prior",
    "operating_revenue_ytd_prior",
    "total_profit_ytd",
    "tax_paid_ytd",
    "export_value_ytd",
    "rd_expense_ytd",
    "electricity_use_ytd",
    "online_retail_sales_ytd",
)

SUITE = Suite(
    table="stg_statistics_enterprise",
    profile=profile(FEED),
    checks=(
        *structure_checks("R-GX-STAT", FEED),
        volume_is_usual("R-GX-STAT-004", FEED),
        columns_do_not_fall_empty("R-GX-STAT-005", FEED, OPTIONAL_COLUMNS),
        every_town_reports("R-GX-STAT-006", FEED),
    ),
)
