"""Thousands of damaged files: each is used or refused with its reason, in bounded memory, within the data folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sources.contract import load_contracts
from tests.fuzz.damage import clean_files
from tests.fuzz.hostile import hostile_files
from tests.unit.sources.builders import Intake

ROOT = Path(__file__).parents[2]
CASES = 1_200
BATCH = 400
MOST_MB = 512
REFUSED_BY_A_READER = ("R-FILE-001", "R-FILE-007", "raised")
FOUND_BY_CHECK_SUMS = {("xlsx", "bytes"), ("xlsx ledger", "bytes"), ("zip", "bytes")}


def test_the_same_files_without_damage_are_accepted(tmp_path: Path) -> None:
    intake = Intake(tmp_path, load_contracts())
    results = {one.format: intake.read(one.name, one.content, feed=one.feed) for one in clean_files()}
    assert {name: result.reason_en for name, result in results.items() if result.status != "accepted"} == {}
    assert all(result.rows_by_kind["data"] >= 24 for result in results.values())


@pytest.mark.timeout(900)
def test_no_damaged_file_gives_a_traceback_or_swamps_the_memory_or_leaves_the_data_folder(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        said = [
            line
            for lines in pool.map(lambda first: _take_in(tmp_path, first, first + BATCH), range(0, CASES, BATCH))
            for line in lines
        ]
    cases = [line for line in said if "outcome" in line]
    peaks = [line["peak_mb"] for line in said if "peak_mb" in line]
    laid_out = [line for line in cases if line["outcome"] not in REFUSED_BY_A_READER]
    for line in _table(cases):
        record_property("fuzzing", line)
    record_property("fuzzing", f"{len(laid_out)} of {len(cases)} files got beyond the readers")
    record_property("fuzzing", f"peak memory of a child process: {max(peaks, default=0)} MB")
    _assert_withstood(said, CASES)
    assert len(peaks) == CASES // BATCH
    # The damage neither is so slight that all pass nor so coarse that the readers alone meet it.
    assert len(laid_out) > CASES // 2
    for kind in {(line["format"], line["damage"]) for line in cases} - FOUND_BY_CHECK_SUMS:
        outcomes = Counter(line["outcome"] for line in cases if (line["format"], line["damage"]) == kind)
        assert outcomes["accepted"] > 0, kind
        assert outcomes.total() - outcomes["accepted"] > outcomes.total() // 10, kind


def test_hostile_files_are_refused_each_for_its_own_reason_in_bounded_memory(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    hostile = list(hostile_files())
    said = _take_in(tmp_path)
    cases = [line for line in said if "outcome" in line]
    for line, expected in zip(cases, hostile, strict=False):
        record_property(
            "hostile", f"{expected.file.damage}: {line['outcome']}, {line['seconds']:.1f} s, {line['reason'][:90]}"
        )
    _assert_withstood(said, len(hostile))
    wrong = [
        (expected.file.damage, line["outcome"], line["reason"])
        for line, expected in zip(cases, hostile, strict=True)
        if line["outcome"] != (expected.rule or "accepted") or expected.told not in line["reason"]
    ]
    assert not wrong


def _assert_withstood(said: list[dict[str, Any]], expected: int) -> None:
    """Every case has an outcome and leaves nothing outside its data folder; memory has stayed within its bound."""
    cases = [line for line in said if "outcome" in line]
    assert [line["number"] for line in cases] == list(range(expected)), _last_begun(said, cases)
    wrong = [line for line in cases if line["unsound"] or line["strays"]]
    assert not wrong, wrong[:10]
    assert max(line["peak_mb"] for line in said if "peak_mb" in line) < MOST_MB


def _take_in(tmp_path: Path, *numbers: int) -> list[dict[str, Any]]:
    """What a child process tells of the damaged files of these numbers, or of the hostile ones."""
    folder = tmp_path / f"from_{'_'.join(map(str, numbers))}"
    folder.mkdir()
    command = [sys.executable, "-m", "tests.fuzz.take_in", str(folder), *map(str, numbers)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode:
        return [*said, {"died": done.returncode, "stderr": done.stderr[-2000:]}]
    assert not list(folder.iterdir()), "a case left files behind"
    return said


def _last_begun(said: list[dict[str, Any]], cases: list[dict[str, Any]]) -> str:
    """The cases in which a child died, and its last words."""
    ended = {line["number"] for line in cases}
    begun = [line["begins"] for line in said if "begins" in line and line["begins"] not in ended]
    return f"died in cases {begun}: {[line for line in said if 'died' in line]}"


def _table(cases: list[dict[str, Any]]) -> Iterator[str]:
    outcomes = sorted({line["outcome"] for line in cases})
    counted = Counter((f"{line['format']} / {line['damage']}", line["outcome"]) for line in cases)
    yield f"{'file / damage':24}" + "".join(f"{outcome:>12}" for outcome in outcomes)
    for kind in sorted({kind for kind, _ in counted}):
        yield f"{kind:24}" + "".join(f"{counted[kind, outcome]:12}" for outcome in outcomes)
    yield f"{'all':24}" + "".join(
        f"{sum(n for (_, one), n in counted.items() if one == outcome):12}" for outcome in outcomes
    )
