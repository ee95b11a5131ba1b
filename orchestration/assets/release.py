"""`release`: the months that pass the gate, published; the only step that writes a release.

Which month may be published is decided by `publication/gate.py`, month by month, how it is written by
`publication/release.py`. One materialization a *published* month: a month that was stopped, or only confirmed, gets
none, although the run's range holds it.
"""

from collections.abc import Iterator

from dagster import (
    AssetExecutionContext,
    AssetMaterialization,
    AssetsDefinition,
    AssetSpec,
    PartitionsDefinition,
    multi_asset,
)

from orchestration.assets import verdicts
from orchestration.build import Build
from orchestration.dbt_translation import DEFAULT_OWNER
from orchestration.partitions import SINGLE_RUN

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
                build.ask_the_gate()
            return
        with build.stage("发布", "publish"):
            publication = build.publish()
        for one in publication.published:
            yield AssetMaterialization(
                KEY,
                partition=one.period,
                metadata={
                    "release_id": one.release_id,
                    "path": str(one.path),
                    "fingerprint": one.fingerprint,
                },
            )

    return release
