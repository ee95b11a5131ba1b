"""How a dbt node stands in Dagster: key, group, owners, kinds, description; all from the node's own yml and place.

Change this when the graph should show dbt nodes differently. No model is named here, and running dbt does not belong
here (`dbt_runner.py`). A source `raw.<feed>` becomes the asset `raw/<feed>`, which is what ties models to deliveries.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import AssetCheckSpec, AssetKey, AssetSpec
from dagster_dbt import DagsterDbtTranslator, DbtProject

DEFAULT_OWNER = "team:data_office"


def layer_of(node: Mapping[str, Any]) -> str:
    """The layer of a dbt node: the first folder under models, or `seeds`."""
    return "seeds" if node["resource_type"] == "seed" else node["fqn"][1]


def owner_of(meta: Mapping[str, Any]) -> str:
    """The owner as Dagster wants it: an address as it is, any other name as a team."""
    owner = meta.get("owner")
    if not owner:
        return DEFAULT_OWNER
    return owner if "@" in owner or owner.startswith("team:") else f"team:{owner}"


class WarehouseTranslator(DagsterDbtTranslator):
    """dbt nodes by their names, in groups by layer."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """The model's own name; for a source its source and table."""
        if dbt_resource_props["resource_type"] == "source":
            return AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return AssetKey([dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer."""
        return layer_of(dbt_resource_props)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """`meta.owner`, else the data office."""
        return [owner_of(dbt_resource_props.get("meta") or {})]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Chinese first, English after it; never the SQL, which Dagster would otherwise append."""
        meta = dbt_resource_props.get("meta") or {}
        parts = [meta.get("label_zh"), meta.get("description_zh"), dbt_resource_props.get("description")]
        return "\n\n".join(part for part in parts if part)

    def get_asset_check_spec(
        self, asset_spec: AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> AssetCheckSpec | None:
        """A dbt test as a check that shows and never blocks: the failing step stops the run by itself."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec._replace(blocking=False) if spec else None
