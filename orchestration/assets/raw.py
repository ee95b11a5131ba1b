"""`raw/<feed>`: the new deliveries of a feed, read into raw Parquet; one asset a contract.

Reading a file is `sources/intake.py`, remembering what came of it `orchestration/intake.py`; here both are shown:
files, rows, what senders' databases were asked and said, refusals and their reasons (this run's, and all that wait for
a better file), waivers in force, a preview without personal columns. A refused file is no error of the step:
its months are stopped by the gate, the others go on.
"""

from collections.abc import Iterable, Iterator, Mapping

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
from orchestration.state import Delivery, Waiver
from orchestration.warehouse_glance import markdown_table
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
                        **({"note": delivery.note_zh} if delivery.note_zh else {}),
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
        metadata["refusals"] = MetadataValue.md(_refusals(intake.refused))
    if asked := [one for one in build.fetched.asked if one.feed == contract.feed]:
        metadata["databases_asked"] = MetadataValue.md(
            markdown_table(
                ["sender", "period", "asked at", "rows", "outcome"],
                [(one.sender, one.period, f"{one.asked_at:%Y-%m-%d %H:%M:%S}", one.rows, one.outcome) for one in asked],
            )
        )
        metadata["queries"] = MetadataValue.md(
            "\n\n".join(dict.fromkeys(f"{one.sender}: `{one.url}`\n\n```sql\n{one.query}\n```" for one in asked))
        )
    # Those of earlier runs too: they stop their months until a better file comes, or they are waived.
    pending = [one for one in build.pending_refusals() if one.feed == contract.feed]
    metadata["refused_and_not_replaced"] = len(pending)
    if pending:
        metadata["refusals_pending"] = MetadataValue.md(_refusals(pending))
    waivers = [one for one in build.waivers_in_force() if one.feed in (None, contract.feed)]
    if waivers:
        metadata["waivers"] = MetadataValue.md(waiver_table(waivers))
    table = preview(contract, intake, build.settings.raw_dir)
    if table:
        metadata["preview"] = MetadataValue.md(table)
    return metadata


def _refusals(deliveries: Iterable[Delivery]) -> str:
    return markdown_table(
        ["period", "file", "rule", "reason"],
        [(one.period, one.file_name, one.refusal_rule, one.reason_zh) for one in deliveries],
    )


def waiver_table(waivers: Iterable[Waiver]) -> str:
    """Waivers as a markdown table, without the person who gave each: `stm quarantine waivers` tells that."""
    return markdown_table(
        ["waiver", "rule", "feed", "from", "until", "why"],
        [(one.waiver_id, one.rule_id, one.feed or "*", one.period, one.until, one.why) for one in waivers],
    )
