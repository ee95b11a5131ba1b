"""The fault catalogue, run: every fault on clean deliveries of the demo city, one table of what became of them.

Faults of files are read one by one; all faults of rows, cells and history stand in one city that is built once, those of
whole months in another; a third build is of the clean city, and must break no rule at all.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.settings import DBT_PROJECT_DIR
from tests.faults.catalogue import damaged_bytes, odd_sheets  # noqa: F401 (they list their faults)
from tests.faults.catalogue.city_files import write_clean_city
from tests.faults.catalogue.fault import FAULTS
from tests.faults.catalogue.outcomes import desk_outcome, table

DESK_PERIOD = "2024-03"
with (DBT_PROJECT_DIR / "seeds" / "validation_rules.csv").open(encoding="utf-8", newline="") as _seed:
    LEVELS = {rule["rule_id"]: rule["level"] for rule in csv.DictReader(_seed)}


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Path:
    landing = tmp_path_factory.mktemp("clean") / "landing"
    write_clean_city(landing)
    return landing


def test_desk(clean, tmp_path, record_property):
    outcomes = []
    for fault in FAULTS:
        if fault.stage == "desk":
            (path,) = [p for p in (clean / fault.feed / DESK_PERIOD).iterdir() if p.suffix != ".json"]
            outcomes.append(desk_outcome(fault, path, tmp_path / fault.name))
    print(table(outcomes, []))
    assert all(o.verdict == "caught" for o in outcomes)
