"""The one partitioning: months, 'YYYY-MM', Asia/Shanghai, from the first period on.

Other partitionings of assets would go here. Which months a run takes does not belong here (`plan.py`). The current
month is a partition too, so that a month can be looked at (never published by itself) before it is over.
"""

from dagster import BackfillPolicy, MonthlyPartitionsDefinition

TIME_ZONE = "Asia/Shanghai"
PERIOD_FORMAT = "%Y-%m"

# One policy for all assets: a job takes no two, and a range of months is one run (one dbt build, one judgement).
SINGLE_RUN = BackfillPolicy.single_run()


def months(first_period: str) -> MonthlyPartitionsDefinition:
    """All months from `first_period` ('YYYY-MM') to the current one."""
    return MonthlyPartitionsDefinition(start_date=first_period, fmt=PERIOD_FORMAT, timezone=TIME_ZONE, end_offset=1)
