"""`raw/<feed>`: the new deliveries of a feed, read into raw Parquet; one asset a contract.

Reading a file is `sources/intake.py`, remembering what came of it `orchestration/intake.py`; here both are shown:
files, rows, refusals and their reasons, a preview without personal columns. A refused file is no error of the step:
its months are stopped by the gate, the others go on.
"""

from collections.abc import Iterator, Mapping

from dagster import (
    AssetExecutionContext,
    AssetObservation,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    PartitionsDefinition,
    asset,
)

from orchestration.assets import landing
from orchestration.build import Build
from orchestration.intake import FeedIntake, preview
from orchestration.partitions import SINGLE_RUN
from sources.contract import Contract

GROUP = "raw"


def assets(contracts: Mapping[str, Contract], months: PartitionsDefinition) -> list[AssetsDefinition]:
    """The assets `raw/<feed>`, in the order of the contracts."""
    return [_asset(contract, months) for contract in contracts.values()]


def _asset(contract: Contract, months: PartitionsDefinition) -> AssetsDefinition:
    feed = contract.feed

    @asset(
        key=["raw", feed],
        deps=[landing.key(feed)],
        partitions_def=months,
        backfill_policy=SINGLE_RUN,
        group_name=GROUP,
        kinds={"python", "parquet"},
        owners=[landing.owner(contract)],
        required_resource_keys={"build"},
        description=f"{contract.label_zh}：逐件读入，原样保存，每格可回溯到文件、工作表和行。\n\n"
        "Deliveries as read: text, with file, sheet and row.",
    )
    def raw_feed(context: AssetExecutionContext) -> Iterator[MaterializeResult]:
        build: Build = context.resources.build
        with build.stage(f"读入 {contract.label_zh}", f"read {feed}") as stage:
            intake = build.read(contract, stage)
        for delivery in intake.deliveries:
            context.log_event(
                AssetObservation(
                    asset_key=landing.key(feed),
                    partition=delivery.period,
                    metadata={
                        "file": delivery.file_name,
                        "delivery_id": delivery.delivery_id,
                        "status": delivery.status,
                        "rows": delivery.rows_read,
                        **({"reason": delivery.reason_zh} if delivery.reason_zh else {}),
                    },
                )
            )
        yield MaterializeResult(metadata=_metadata(intake, contract, build, stage.seconds))

    return raw_feed


def _metadata(
    intake: FeedIntake, contract: Contract, build: Build, seconds: float
) -> dict[str, MetadataValue | int | float]:
    metadata: dict[str, MetadataValue | int | float] = {
        "files": len(intake.deliveries),
        "accepted": len(intake.accepted),
        "refused": len(intake.refused),
        "rows": sum(delivery.rows_read for delivery in intake.accepted),
        "seconds": round(seconds, 3),
    }
    if intake.refused:
        reasons = [f"- {one.period} {one.refusal_rule}：{one.reason_zh}" for one in intake.refused]
        metadata["refusals"] = MetadataValue.md("\n".join(reasons))
    table = preview(contract, intake, build.settings.raw_dir)
    if table:
        metadata["preview"] = MetadataValue.md(table)
    return metadata
