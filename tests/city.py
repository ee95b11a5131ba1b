"""A city for tests: a data directory of its own, its landing area, and `stm` run on it as a person runs it.

Only what several test folders need. What a test does to a delivery stands in that test.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.forked_stm import ForkedStm

REPOSITORY = Path(__file__).parent.parent
SHARED = REPOSITORY.parent / "shared"
SAMPLE = SHARED / "sample"
# CI has the sample and fails on a skipped test; a checkout without it says so and does without.
needs_sample = pytest.mark.skipif(not SAMPLE.is_dir(), reason=f"the sample deliveries are not there: {SAMPLE}")
FEEDS = (
    "statistics_enterprise", "statistics_product", "registration_entities", "registration_changes", "ledger_projects",
    "ledger_issues", "ledger_tasks", "ledger_honours", "ledger_platforms", "ledger_events", "ledger_funds",
)  # fmt: skip

_STM = ForkedStm()


@dataclass(frozen=True)
class Ran:
    """What one call of `stm` gave: exit status, both streams, and the report if it was asked for as JSON."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.out)

    def published(self) -> list[str]:
        return [one["release_id"] for one in self.report["published"]]


@dataclass
class City:
    """`data` holds landing, state and releases; `code` is the checkout whose commands run."""

    data: Path
    code: Path = REPOSITORY
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def landing(self) -> Path:
        return self.data / "landing"

    @property
    def current(self) -> Path:
        return self.data / "published" / "current"

    def take_from_sample(self, *periods: str, feeds: tuple[str, ...] = FEEDS) -> None:
        """Copy deliveries of the sample city into the landing area."""
        for feed in feeds:
            for period in periods:
                source = SAMPLE / "landing" / feed / period
                if source.is_dir():
                    shutil.copytree(source, self.landing / feed / period, dirs_exist_ok=True)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "orchestration.cli", *arguments]

    def process_environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "STM_DATA_DIR": str(self.data),
            "PYTHONPATH": str(self.code),
            "NO_COLOR": "1",
            **self.environment,
        }

    def stm(self, *arguments: str, timeout: float = 900, prefix: tuple[str, ...] = ()) -> Ran:
        """Run `stm` to its end."""
        if self.code == REPOSITORY and not prefix:
            return Ran(*_STM.run(arguments, cwd=self.data, environment=self.process_environment(), timeout=timeout))
        done = subprocess.run(
            [*prefix, *self.command(*arguments)],
            cwd=self.data,
            env=self.process_environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `stm` in a session of its own, so that it can be killed with all its children."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.data,
            env=self.process_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def query(self, sql: str, release: Path | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query on a release, the current one unless another is named."""
        path = (release or self.current) / "specialty_town.duckdb"
        with duckdb.connect(str(path.resolve()), read_only=True) as connection:
            return connection.sql(sql).fetchall()

    def manifest(self, release: Path | None = None) -> dict[str, Any]:
        return json.loads(((release or self.current) / "manifest.json").read_text(encoding="utf-8"))

    def warehouse(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse file."""
        with duckdb.connect(str(self.data / "warehouse" / "warehouse.duckdb"), read_only=True) as connection:
            return connection.sql(sql).fetchall()
