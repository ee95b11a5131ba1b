"""Which part may know which: the arrows of `[tool.importlinter]`, with no exception, and dependencies as declared."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.city import REPOSITORY

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command", [("lint-imports", "--no-cache"), ("deptry", "."), ("ruff", "check", ".")], ids=lambda command: command[0]
)
def test_the_tools_find_nothing(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


def test_no_exception_is_declared() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    assert "ignore_imports" not in text
    assert "exclude:" not in (REPOSITORY / "dbt-bouncer.yml").read_text(encoding="utf-8")


def test_no_address_of_a_registry_is_locked() -> None:
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert lock.count("--hash=sha256:") > 100
