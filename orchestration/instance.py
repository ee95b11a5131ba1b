"""Dagster's home under `state/dagster`: its configuration, and the instance that runs are recorded in.

What Dagster itself keeps (runs, events) is its own. Settings of ours do not belong here. `python -m
orchestration.instance` prepares the home and prints its path, for `make ui`.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:
    from dagster import DagsterInstance

# Everything beyond this is Dagster's default: SQLite files below the home.
DAGSTER_YAML = """\
# Written by specialty-town-monitor at every run; changes made here are lost.
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: orchestration.event_storage
  class: EventStorage
  config:
    base_dir: {base_dir}
"""


def prepare_home(settings: Settings) -> Path:
    """Write `state/dagster/dagster.yaml` and return the folder, which is what DAGSTER_HOME must name."""
    home = settings.dagster_dir
    home.mkdir(parents=True, exist_ok=True)
    path = home / "dagster.yaml"
    # A path quoted as JSON is quoted as YAML too.
    text = DAGSTER_YAML.format(base_dir=json.dumps(str(home / "history" / "runs")))
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        part = path.with_suffix(f".part-{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    return home


def open_instance(settings: Settings) -> "DagsterInstance":
    """The instance under `state/dagster`, the same that `make ui` shows. Use it as a context manager."""
    from dagster import DagsterInstance

    # Events that belong together (a table, materialized for each month of the range) are stored together.
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    return DagsterInstance.from_config(str(prepare_home(settings)))


if __name__ == "__main__":
    print(prepare_home(load_settings()))
