"""dbt as a command in a folder of a test's own: its warehouse, target and log; raw and intake are read there.

What is built, and from which rows, stands in the tests.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.city import REPOSITORY

BIN = Path(sys.executable).parent
PROJECT = REPOSITORY / "dbt_project"


def dbt(folder: Path, *arguments: str, project: Path = PROJECT) -> str:
    """Run a command of dbt, which must succeed; what it printed. `project` is another one than ours."""
    environment = {
        **os.environ,
        "STM_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "STM_RAW_DIR": str(folder / "raw"),
        "STM_INTAKE_DIR": str(folder / "intake"),
    }
    command = [
        str(BIN / "dbt"), *arguments, "--project-dir", str(project), "--profiles-dir", str(project),
        "--target-path", str(folder / "target"), "--log-path", str(folder / "log"),
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout


def set_apart(folder: Path, name: str) -> Path:
    """Move the warehouse out of the way of the next one; its views know it by the name of its file, which stays."""
    folder.joinpath(name).mkdir()
    return (folder / "warehouse.duckdb").rename(folder / name / "warehouse.duckdb")
