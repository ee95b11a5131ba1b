"""A fourth town beside the sample's three, and an indicator more: rows of seeds, and what its bureaus deliver of it.

Knows what such rows look like. That nothing else is needed, and what must come of them, stands in the tests.
"""

from collections.abc import Mapping
from pathlib import Path
from shutil import copy, copytree

import duckdb

from orchestration.settings import Settings
from tests.dbt_command import PROJECT, dbt, set_apart
from tests.flow.raw_rows import PROJECTS, STATISTICS, Row, Scenario

TOWN, MONTH = "hz-jianzhu", "2024-05"
# Builders whose name says 永丰 are left to others: a rule of the town's own.
LEFT_OUT = "永丰"
BENCHMARK_PCT = "2.5"

SEED_ROWS: Mapping[str, tuple[str, ...]] = {
    "town_list": (f"{TOWN},霍州装配式建筑专业镇,建筑,装配式建筑|建筑专业镇,房屋建筑业,预制构件,件,candidate,141082",),
    "membership_rules": (f"{TOWN},core,1,4700,,,,{LEFT_OUT}", f"{TOWN},service,2,6510,,,,"),
    "benchmarks": (f"{TOWN},山西省,{BENCHMARK_PCT},2023-12-31,assumed",),
    "target_list": (
        f"T90,2024,{TOWN},二,建筑产值达到2100万元,gross_output_value,all,value_ytd,at_least,2100,万元,市住建局,",
        f"T91,2024,{TOWN},二,建筑经营主体超过250家,active_entities,all,value,at_least,251,户,市住建局,",
        f"T92,2024,{TOWN},二,预制构件项目达效,projects_at_capacity,预制构件,value,done,1,个,市住建局,",
    ),
    "indicator_list": (
        "investment_in_production,已投产项目总投资,万元,stock,ledger_projects,sum,total_investment,in_production,all,"
        "history,true,sum of 总投资 of projects in stage 投产 or 达效",
    ),
}


def project_with_more_rows(folder: Path) -> Path:
    """A copy of the dbt project in `folder` that differs from ours by these rows of seeds alone."""
    project = folder / "project"
    copytree(PROJECT, project)
    for seed, rows in SEED_ROWS.items():
        with (project / "seeds" / f"{seed}.csv").open("a", encoding="utf-8", newline="") as file:
            file.writelines(f"{row}\n" for row in rows)
    return project


def _deliveries(codes: list[str]) -> Scenario:
    """Two builders' returns, and a project that has come to its capacity."""
    scenario = Scenario()
    for code, month, ytd, prior in zip(codes, ("120", "80"), ("600", "300"), ("500", "300"), strict=True):
        cells = {
            "town": "装配式建筑", "industry_code": "4700",
            "gross_output_value_month": month, "gross_output_value_ytd": ytd, "gross_output_value_ytd_prior": prior,
        }  # fmt: skip
        scenario.add(Row(STATISTICS, MONTH, cells, arrival_no=2), code)
    cells = {
        "project_name": "预制构件生产线项目", "town": "建筑", "total_investment": "8000", "stage": "达效",
        "actual_start": "2022-03-01", "actual_finish": "2023-06-30",
    }  # fmt: skip
    scenario.add(Row(PROJECTS, MONTH, cells, arrival_no=2), "HZ-ZYZ-2024-900")
    return scenario


def build(settings: Settings, folder: Path, project: Path) -> Path:
    """The warehouse of `settings` once more in `folder`, with the fourth town in it.

    All is built but what knows of no town: the register's rows and their rules stand in the copy as they are. Data
    tests are run on seeds and marts.
    """
    copy(settings.warehouse_path, folder / "warehouse.duckdb")
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        codes = connection.sql(
            "select credit_code from int_register_in_effect "
            f"where period = '{MONTH}' and status_group = 'active' and industry_code = '4700' "
            "order by credit_code limit 2"
        ).fetchall()
    added = Settings(data_dir=folder / "added")
    _deliveries([code for (code,) in codes]).write(added)
    copytree(settings.raw_dir, folder / "raw")
    copytree(added.raw_dir, folder / "raw", dirs_exist_ok=True)
    copytree(settings.intake_dir, folder / "intake")
    first, second = (intake / "deliveries.parquet" for intake in (settings.intake_dir, added.intake_dir))
    duckdb.execute(
        f"copy (from read_parquet(['{first}', '{second}'], union_by_name = true)) "
        f"to '{folder / 'intake' / 'deliveries.parquet'}'"
    )
    dbt(
        folder, "build", "--exclude-resource-type", "unit_test", "--exclude", "val_regist*", "int_regist*",
        *(f"test_type:data,path:models/{layer}" for layer in ("staging", "validation", "intermediate")),
        project=project,
    )  # fmt: skip
    return set_apart(folder, "fourth_town")
