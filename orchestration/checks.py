"""Verdicts as asset checks: shown where the table stands, generated from the rule list and the suites.

No logic of its own: what a check says was judged before (`assets/verdicts.py`) and is only shown here. No check is
blocking. In a run over a range of months one blocking check would stop them all; what stops a month is the gate.
dbt tests are not here either: `assets/warehouse.py` reports them as dbt finishes them.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    MetadataValue,
    multi_asset_check,
)

from expectations.verdict import Verdict
from orchestration.assets import verdicts
from orchestration.build import Build
from orchestration.warehouse_glance import markdown_table
from sources.contract import Contract

RULE_LIST = Path("seeds") / "validation_rules.csv"
JUDGED_LEVELS = frozenset({"row", "batch", "indicator"})


def check_name(check_id: str, claim: str) -> str:
    """`R-STAT-008` and `ytd_adds_up` as a name that Dagster takes: `R_STAT_008_ytd_adds_up`."""
    return re.sub(r"\W+", "_", f"{check_id}_{claim}")
