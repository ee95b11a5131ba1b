"""The Dagster definitions, put together: one screen, no feed and no model named.

`build_defs` makes a fresh set at every call, so that the command line, Dagster's pages and the tests use the same with
other settings or another dbt project. Add a new kind of asset in `assets/`, and its name to the list here.
"""

import json
from pathlib import Path

from dagster import Definitions

from orchestration import checks, jobs, partitions, resources
from orchestration.assets import intake, landing, raw, release, verdicts, warehouse
from orchestration.dbt_runner import Dbt
from orchestration.settings import DBT_PROJECT_DIR, Settings, load_settings
from sources.contract import load_contracts


def build_defs(settings: Settings, project_dir: Path = DBT_PROJECT_DIR) -> Definitions:
    """All definitions for these settings. Raises DbtFailed if the dbt project cannot be parsed."""
    months = partitions.months(settings.first_period)
    contracts = load_contracts()
    dbt = Dbt(settings, project_dir)
    manifest = json.loads(dbt.fresh_manifest().read_text(encoding="utf-8"))
    return Definitions(
        assets=[
            *landing.assets(contracts, months),
            *raw.assets(contracts, months),
            intake.asset(contracts, months),
            warehouse.asset(dbt, manifest, months),
            verdicts.asset_definition(manifest, months),
            release.asset(months),
        ],
        asset_checks=[checks.checks_definition(list(contracts), project_dir)],
        jobs=[jobs.monthly_close()],
        resources={"build": resources.build_resource(settings)},
    )


def __getattr__(name: str) -> Definitions:
    """`defs`, made when Dagster asks for it, so that importing `build_defs` costs no dbt parse."""
    if name == "defs":
        return build_defs(load_settings())
    raise AttributeError(name)
