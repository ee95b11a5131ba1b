"""`release`: the months that pass the gate, published; the only step that writes a release.

Which month may be published is decided by `publication/gate.py`, month by month, how it is written by
`publication/release.py`. One materialization a *published* month: a month that was stopped, or only confirmed, gets
none, although the run's range holds it, but an observation that says so. Both tell what re-opened a month that stood
published, and under which waivers it passes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetMaterialization,
    AssetObservation,
    AssetsDefinition,
    AssetSpec,
    MetadataValue,
    PartitionsDefinition,
    multi_asset,
)

from orchestration.assets import verdicts
from orchestration.assets.raw import waiver_table
from orchestration.build import Build
from orchestration.dbt_translation import DEFAULT_OWNER
from orchestration.partitions import SINGLE_RUN
from orchestration.report import Sentence
from orchestration.warehouse_glance import markdown_table

GROUP = "release"
KEY = "release"


def asset(months: PartitionsDefinition) -> AssetsDefinition:
    """The asset behind `verdicts`."""
    spec = AssetSpec(
        KEY,
        deps=[verdicts.KEY],
        skippable=True,
        partitions_def=months,
        group_name=GROUP,
        kinds={"duckdb", "parquet"},
        owners=[DEFAULT_OWNER],
        description="通过检验的月份，逐月发布，一经发布不再改动。\n\nThe months that passed, published for good.",
    )

    # A generator that yields no output: Dagster would record an output for every month of the range.
    @multi_asset(
        name="release",
        specs=[spec],
        can_subset=True,
        backfill_policy=SINGLE_RUN,
        required_resource_keys={"build"},
    )
    def release(context: AssetExecutionContext) -> Iterator[AssetMaterialization]:
        build: Build = context.resources.build
        if not build.request.is_publishing:
            with build.stage("询问发布关口", "ask the gate"):
                decisions = build.ask_the_gate()
            for decision in decisions:
                outcome = "would pass" if decision.is_passed else "stopped"
                context.log_event(_observation(build, decision.period, outcome, decision.reasons))
            return
        with build.stage("发布", "publish"):
            publication = build.publish()
        for confirmed in publication.confirmed:
            context.log_event(_observation(build, confirmed.period, f"confirmed: {confirmed.release_id}"))
        for stopped in publication.stopped:
            context.log_event(_observation(build, stopped.period, "stopped", stopped.reasons))
        for one in publication.published:
            yield AssetMaterialization(
                KEY,
                partition=one.period,
                metadata={
                    "release_id": one.release_id,
                    "path": str(one.path),
                    "fingerprint": one.fingerprint,
                    "replaces": one.replaces or "",
                    "figures_changed": one.is_changed,
                    **_circumstances(build, one.period),
                },
            )

    return release


def _observation(build: Build, period: str, outcome: str, reasons: Sequence[Sentence] = ()) -> AssetObservation:
    """A month of the run that got no release."""
    metadata: dict[str, Any] = {"outcome": outcome, **_circumstances(build, period)}
    if reasons:
        metadata["reasons"] = MetadataValue.md("\n".join(f"- {reason.zh}" for reason in reasons))
    return AssetObservation(KEY, partition=period, metadata=metadata)


def _circumstances(build: Build, period: str) -> dict[str, MetadataValue]:
    """What came since the month stood published, and the waivers without which it would not pass."""
    metadata: dict[str, MetadataValue] = {}
    reopened = next((one for one in build.plan.reopened if one.period == period), None)
    if reopened and reopened.deliveries:
        metadata["reopened_by"] = MetadataValue.md(
            markdown_table(
                ["feed", "period", "file", "sender", "arrived"],
                [
                    (one.feed, one.period, one.file_name, one.sender, one.received_at.isoformat(timespec="seconds"))
                    for one in reopened.deliveries
                ],
            )
        )
    waivers = dict.fromkeys(
        waiver for block in build.lifted_blocks() if block.period == period for waiver in block.waivers
    )
    if waivers:
        metadata["waivers"] = MetadataValue.md(waiver_table(waivers))
    return metadata
