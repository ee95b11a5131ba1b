"""Jobs: what can be started as a whole. There is one, `monthly_close`, from deliveries to releases.

A job is a selection of assets and a way to execute it; what the steps do is in `assets/`. It runs in one process: each
further process would import everything again, and the steps depend on each other anyway.
"""

from dagster import AssetSelection, define_asset_job, in_process_executor
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

MONTHLY_CLOSE = "monthly_close"


def monthly_close() -> UnresolvedAssetJobDefinition:
    """Everything, for a month or a range of months."""
    return define_asset_job(
        MONTHLY_CLOSE,
        selection=AssetSelection.all(),
        executor_def=in_process_executor,
        description="月度结账：来文、建表、检验、发布 (deliveries in, a judged release out)",
    )
