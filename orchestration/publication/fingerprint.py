"""Fingerprints: what the figures and the judgement of a month depend on, as one hash.

The fingerprint of P covers the deliveries in force up to P in their order, refusals that wait for a better
file, waivers, corrections and finalised months up to P, seeds, rules and code. It does not cover history
(files that no longer count), the clock, or file times. Computed by every run before anything else: nothing
heavy is imported here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.state import Delivery, State

PROJECT_DIR = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("sources", "expectations", "orchestration", "dbt_project")
CODE_ENDINGS = frozenset({".py", ".sql", ".yml", ".yaml", ".csv"})
# What tools leave in a folder of code; anything that begins with a dot too.
_NOT_CODE = frozenset({"__pycache__", "target", "logs", "dbt_packages"})
SEEDS_FOLDER = Path("dbt_project") / "seeds"
RULE_SEEDS = ("validation_rules.csv", "thresholds.csv")
# The engines that compute and judge, and the calendar: a newer one knows the holidays of another year.
ENGINES = ("duckdb", "dbt-core", "great-expectations", "chinesecalendar")


@dataclass(frozen=True)
class CodeVersion:
    """The program as hashes (all code, the seeds among it, the rules among these), and its engines."""

    code: str
    seeds: str
    rules: str
    packages: Mapping[str, str]


def code_version(project_dir: Path = PROJECT_DIR) -> CodeVersion:
    """Hash the code under `project_dir`. Raises FileNotFoundError if a folder or rule seed is not there."""
    files = [path for folder in CODE_FOLDERS for path in _code_files(project_dir / folder)]
    seeds_dir = project_dir / SEEDS_FOLDER
    return CodeVersion(
        code=_hash_of_files(files, project_dir),
        seeds=_hash_of_files(_code_files(seeds_dir), project_dir),
        rules=_hash_of_files([seeds_dir / name for name in RULE_SEEDS], project_dir),
        packages={engine: version(engine) for engine in ENGINES},
    )


def _code_files(folder: Path) -> Iterator[Path]:
    # iterdir and not rglob: what tools leave can be large, and is not even listed.
    for path in sorted(folder.iterdir()):
        if path.name in _NOT_CODE or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _code_files(path)
        elif path.suffix in CODE_ENDINGS:
            yield path


def _hash_of_files(paths: Iterable[Path], base: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(base).as_posix()}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def fingerprint(period: str, state: State, code: CodeVersion) -> str:
    """The fingerprint of a month, 64 hex digits."""
    return fingerprints([period], state, code)[period]


def fingerprints(periods: Iterable[str], state: State, code: CodeVersion) -> dict[str, str]:
    """The fingerprints of months, month -> 64 hex digits."""
    deliveries = state.deliveries()
    return {period: _fingerprint(period, deliveries, state, code) for period in periods}


def _fingerprint(period: str, deliveries: Iterable[Delivery], state: State, code: CodeVersion) -> str:
    decisions = state.decisions(through=period)
    covered = {
        "period": period,
        "deliveries": [
            said for delivery in deliveries if delivery.period <= period and (said := _said_of(delivery)) is not None
        ],
        "waivers": [[one.rule_id, one.period, one.until, one.feed] for one in decisions.waivers],
        "corrections": [
            [one.feed, one.period, one.row_key, one.column_name, one.wrong, one.right] for one in decisions.corrections
        ],
        "finalised": list(decisions.finalised),
        "seeds": code.seeds,
        "rules": code.rules,
        "code": code.code,
        "packages": dict(code.packages),
    }
    return hashlib.sha256(
        json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def _said_of(delivery: Delivery) -> list[Any] | None:
    """What a fingerprint says of a delivery; their order in the list is the order of supersession.

    None for one that does not count: refused and replaced, or gone before it was read.
    """
    if not delivery.is_there:
        return None
    if delivery.status == "refused" and not delivery.is_refusal_pending:
        return None
    return [delivery.feed, delivery.period, delivery.sha256, delivery.status, delivery.refusal_rule]
