"""`intake/…`: what dbt is told about the scope of this run.

The tables themselves are written by `orchestration/intake.py`.
"""

from collections.abc import Iterator, Mapping

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    PartitionsDefinition,
    multi_asset,
)

from orchestration.build import Build
from orchestration.dbt_translation import DEFAULT_OWNER
from orchestration.partitions import SINGLE_RUN
from sources.contract import Contract

GROUP = "intake"


def asset(contracts: Mapping[str, Contract], months: PartitionsDefinition) -> AssetsDefinition:
    """All of them, in one step behind all `raw/<feed>`."""
    descriptions = {
        "deliveries": "本次范围内的来文及其先后 (deliveries in scope, and which supersedes which)",
        "feeds": "各类来文的日历与主键 (calendar and key of each feed)",
        "due_dates": "报送期限 (by which day each delivery is due)",
        "waivers": "有效的豁免 (waivers in force)",
        "corrections": "声明的更正 (declared corrections in force)",
    }
    specs = [
        AssetSpec(
            ["intake", table],
            deps=[["raw", feed] for feed in contracts],
            partitions_def=months,
            group_name=GROUP,
            kinds={"python", "parquet"},
            owners=[DEFAULT_OWNER],
            description=description,
        )
        for table, description in descriptions.items()
    ]

    @multi_asset(name="intake", specs=specs, backfill_policy=SINGLE_RUN, required_resource_keys={"build"})
    def intake(context: AssetExecutionContext) -> Iterator[MaterializeResult]:
        build: Build = context.resources.build
        with build.stage("登记来文范围", "write the intake tables"):
            rows = build.write_intake_tables()
        for table in descriptions:
            yield MaterializeResult(["intake", table], metadata={"dagster/row_count": rows[table]})

    return intake
