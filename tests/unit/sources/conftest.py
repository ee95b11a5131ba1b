"""Fixtures of the sources tests; what they build with stands in builders.py."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sources.contract import Contract, load_contracts
from tests.unit.sources.builders import Intake


@pytest.fixture(scope="session")
def contracts() -> Mapping[str, Contract]:
    return load_contracts()


@pytest.fixture
def intake(tmp_path: Path, contracts: Mapping[str, Contract]) -> Intake:
    return Intake(tmp_path, contracts)
