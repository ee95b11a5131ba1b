"""`verdicts`: the months of this run judged, and the verdicts remembered.

What a sound month is stands in `expectations` (GX) and in the rule list (SQL); whether a month may be published is
`publication/gate.py`. A month that fails is no error of this step: it is a verdict. A judge that crashed gives verdicts
too, of the outcome "not evaluated".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    PartitionsDefinition,
    asset,
)

from expectations.verdict import Verdict
from orchestration.build import Build
from orchestration.dbt_translation import DEFAULT_OWNER, layer_of
from orchestration.partitions import SINGLE_RUN
from orchestration.waivers import WaiversInForce
from orchestration.warehouse_glance import markdown_table

GROUP = "verdicts"
KEY = "verdicts"


def asset_definition(manifest: Mapping[str, Any], months: PartitionsDefinition) -> AssetsDefinition:
    """The asset behind every model: nothing is judged before all is built."""
    models = [
        node["name"] for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and layer_of(node) != "staging"
    ]  # fmt: skip

    @asset(
        key=KEY,
        deps=models,
        partitions_def=months,
        backfill_policy=SINGLE_RUN,
        group_name=GROUP,
        kinds={"greatexpectations", "sqlite"},
        owners=[DEFAULT_OWNER],
        required_resource_keys={"build"},
        description="逐月检验的结论：通过、未通过、未检验。\n\n"
        "What was found for each month: passed, failed, not evaluated.",
    )
    def verdicts(context: AssetExecutionContext) -> Iterator[MaterializeResult]:
        build: Build = context.resources.build
        with build.stage("检验", "judge") as stage:
            found = build.judge_months()
        outcomes = [verdict.outcome for verdict in found]
        bad = [verdict for verdict in found if verdict.outcome != "passed" and verdict.severity == "block"]
        in_force = WaiversInForce.of(build.state)

        def waived_by(verdict: Verdict) -> str:
            if verdict.kind != "rule" or verdict.outcome != "failed":
                return ""
            lifting = in_force.lifting(verdict.check_id, verdict.subject, verdict.period)
            return ", ".join(str(waiver.waiver_id) for waiver in lifting)

        metadata: dict[str, Any] = {
            **{outcome: outcomes.count(outcome) for outcome in ("passed", "failed", "not_evaluated")},
            "seconds": round(stage.seconds, 3),
        }
        if bad:
            metadata["blocking"] = MetadataValue.md(
                markdown_table(
                    ["period", "check", "subject", "outcome", "waived by", "message"],
                    [(v.period, v.check_id, v.subject, v.outcome, waived_by(v), v.message_zh) for v in bad],
                )
            )
        yield MaterializeResult(metadata=metadata)

    return verdicts
