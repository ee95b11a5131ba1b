"""The dbt models as assets, built by one `dbt build`; dbt tests as their checks.

Which model stands where is said by its yml (`dbt_translation.py`), how dbt is called by `dbt_runner.py`. A dbt test
says what only code can break: one that fails stops the run for every month, after its verdict has been recorded.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    PartitionsDefinition,
)
from dagster_dbt import dbt_assets

from orchestration.build import Build
from orchestration.dbt_runner import BuildOutcome, Dbt
from orchestration.dbt_translation import WarehouseTranslator, layer_of
from orchestration.partitions import SINGLE_RUN
from orchestration.warehouse_glance import glance

PREVIEWED_LAYER = "marts"


def asset(dbt: Dbt, manifest: Mapping[str, Any], months: PartitionsDefinition) -> AssetsDefinition:
    """All dbt models and seeds, in one step."""

    @dbt_assets(
        name="dbt_build",
        manifest=manifest,
        dagster_dbt_translator=WarehouseTranslator(),
        partitions_def=months,
        backfill_policy=SINGLE_RUN,
        required_resource_keys={"build"},
    )
    def warehouse(context: AssetExecutionContext) -> Iterator[MaterializeResult | AssetCheckResult]:
        build: Build = context.resources.build
        with build.stage("建表（dbt）", "dbt build") as stage:
            outcome = dbt.build(stage.advance)
        yield from _events(context, build, outcome, manifest)
        with build.stage("记录建表结论", "record what dbt found"):
            build.record_dbt(outcome)

    return warehouse


def _events(
    context: AssetExecutionContext,
    build: Build,
    outcome: BuildOutcome,
    manifest: Mapping[str, Any],
) -> Iterator[MaterializeResult | AssetCheckResult]:
    """One event a node, in the order in which dbt finished them: Dagster refuses a table before what it is made of."""
    selected = context.selected_asset_keys
    checks = {
        spec.metadata["dagster_dbt/unique_id"]: spec.key
        for spec in context.assets_def.check_specs
        if spec.key in context.selected_asset_check_keys
    }
    previewed = {
        node["name"] for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and layer_of(node) == PREVIEWED_LAYER
    }  # fmt: skip
    tables = glance(build.settings.warehouse_path, previewed)
    for node in outcome.nodes:
        if node.is_skipped:
            continue
        if node.is_test:
            check = checks.get(node.unique_id)
            if check:
                yield AssetCheckResult(
                    asset_key=check.asset_key,
                    check_name=check.name,
                    passed=node.is_passed,
                    severity=AssetCheckSeverity.ERROR,
                    metadata={"rows_failing": node.failures, "seconds": round(node.seconds, 3)},
                )
        elif node.is_passed and AssetKey([node.name]) in selected:
            table = tables.get(node.name)
            metadata: dict[str, Any] = {"seconds": round(node.seconds, 3)}
            if table and table.rows is not None:
                metadata["dagster/row_count"] = table.rows
            if table and table.preview:
                metadata["preview"] = MetadataValue.md(table.preview)
            yield MaterializeResult(AssetKey([node.name]), metadata=metadata)
