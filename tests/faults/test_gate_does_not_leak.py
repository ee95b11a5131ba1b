"""The gate does not leak: whatever goes wrong in judging, `current` stays as it was and the cause is named.

The faults are a developer's: each is made in a copy of the code, run from there.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.city import REPOSITORY, City, needs_sample

pytestmark = needs_sample

SUITE = "expectations/suites/entity_dynamics.py"


def failing_dbt_test(code: Path) -> None:
    folder = code / "dbt_project" / "tests"
    folder.mkdir()
    (folder / "towns_are_none.sql").write_text("select * from {{ ref('towns') }}\n")
    replace(
        code / "dbt_project/dbt_project.yml",
        'macro-paths: ["macros"]',
        'macro-paths: ["macros"]\ntest-paths: ["tests"]',
    )


def failing_expectation(code: Path) -> None:
    add_check(code, "select period from judged", "R-GX-TEST-001")


def crashing_expectation(code: Path) -> None:
    add_check(code, "select no_such_column from judged", "R-GX-TEST-002")


def expectation_that_looks_at_no_rows(code: Path) -> None:
    add_check(code, "select period from judged where false", "R-GX-TEST-003", looks_at="period = 'never'")


def judge_that_dies(code: Path) -> None:
    replace(code / "expectations/judge.py", "    serve()\n", "    import os\n\n    os._exit(9)\n")


def crashing_expectation_and_one_that_never_runs(code: Path) -> None:
    """Nothing fails: one check crashes; the judge forgets a suite, which the gate knows to be due."""
    crashing_expectation(code)
    replace(code / "expectations/judge.py", "    serve()\n", "    serve(SUITES[1:])\n")


def add_check(code: Path, sql: str, check_id: str, looks_at: str = "true") -> None:
    path = code / SUITE
    text = path.read_text(encoding="utf-8")
    text += f'''

from dataclasses import replace as _replace  # noqa: E402

from expectations.suites.suite import Check, every_month, no_rows  # noqa: E402

SUITE = _replace(
    SUITE,
    checks=(
        *SUITE.checks,
        Check(
            "{check_id}", "a_developer_slipped", "block", "开发人员的失误", "a slip of a developer",
            every_month, no_rows("{sql}"), "{looks_at}",
        ),
    ),
)
'''
    path.write_text(text, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds {old!r}: mend this test"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def published_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    city = City(tmp_path_factory.mktemp("leaks"))
    city.take_from_sample("2024-02")
    ran = city.stm("run", "--json")
    assert ran.code == 0, ran.out + ran.err
    city.take_from_sample("2024-03")
    return city


@pytest.mark.parametrize(
    ("fault", "codes", "named"),
    [
        (failing_dbt_test, {3}, "towns_are_none"),
        pytest.param(failing_expectation, {1}, "R-GX-TEST-001", marks=pytest.mark.faults),
        pytest.param(crashing_expectation_and_one_that_never_runs, {1, 3}, "R-GX-TEST-002", marks=pytest.mark.faults),
        pytest.param(crashing_expectation, {1, 3}, "R-GX-TEST-002", marks=pytest.mark.faults),
        pytest.param(expectation_that_looks_at_no_rows, {1, 3}, "R-GX-TEST-003", marks=pytest.mark.faults),
        pytest.param(judge_that_dies, {1, 3}, "R-GX-", marks=pytest.mark.faults),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_current_stays_and_the_cause_is_named(
    published_city: City, tmp_path: Path, fault: Callable[[Path], None], codes: set[int], named: str
) -> None:
    code = tmp_path / "code"
    for folder in ("sources", "expectations", "orchestration", "dbt_project"):
        shutil.copytree(
            REPOSITORY / folder, code / folder, ignore=shutil.ignore_patterns("__pycache__", "target", "logs")
        )
    fault(code)
    shutil.copytree(published_city.data, tmp_path / "data", symlinks=True)
    city = City(tmp_path / "data", code=code)
    before = city.current.readlink()

    ran = city.stm("run")

    assert ran.code in codes, ran.out + ran.err
    assert city.current.readlink() == before
    assert named in ran.out + ran.err
    assert "Traceback" not in ran.out + ran.err
