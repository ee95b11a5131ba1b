"""dbt in this process: the parse that keeps the manifest fresh, and the one build of a run.

Change this when dbt is to be called differently. What a node means for Dagster is `dbt_translation.py`, what a model
computes is `dbt_project`. dbt is imported inside the functions: a run with nothing to do must not pay for it. The
scope of a run reaches dbt through three environment variables and the intake tables, never through --vars or --target:
either would throw dbt's parse cache away.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.settings import DBT_PROJECT_DIR, Settings
from orchestration.stops import Stop

_PASSING = frozenset({"success", "pass", "warn"})


class DbtFailed(Stop):
    """dbt could not do its work, or a dbt test found what only code can break. Both messages name the node."""


@dataclass(frozen=True)
class NodeOutcome:
    """What became of one dbt node: `status` is dbt's own word, `failures` the failing rows of a test."""

    unique_id: str
    name: str
    resource_type: str
    status: str
    seconds: float
    failures: int
    message: str

    @property
    def is_test(self) -> bool:
        """Whether the node is a data test."""
        return self.resource_type == "test"

    @property
    def is_passed(self) -> bool:
        """Whether the node did what it should."""
        return self.status in _PASSING

    @property
    def is_skipped(self) -> bool:
        """Whether dbt left the node out because something before it failed."""
        return self.status == "skipped"


@dataclass(frozen=True)
class BuildOutcome:
    """One `dbt build`: its nodes in the order in which they finished, the skipped ones last."""

    nodes: tuple[NodeOutcome, ...]

    @property
    def models(self) -> tuple[NodeOutcome, ...]:
        """Seeds and models."""
        return tuple(node for node in self.nodes if not node.is_test)

    @property
    def tests(self) -> tuple[NodeOutcome, ...]:
        """Data tests."""
        return tuple(node for node in self.nodes if node.is_test)

    def failure(self) -> DbtFailed | None:
        """The first node that failed, as a sentence; None if all passed and something was built."""
        failed = [node for node in self.nodes if not node.is_passed and not node.is_skipped]
        if not failed:
            if any(node.is_skipped for node in self.nodes) or not self.models:
                return DbtFailed("dbt 没有建完所有的表。", "dbt did not build all tables.")
            return None
        first, others = failed[0], len(failed) - 1
        more_zh = f"；另有 {others} 项也未通过" if others else ""
        more_en = f"; {others} more failed" if others else ""
        if first.is_test and first.status == "fail":
            return DbtFailed(
                f"dbt 测试 {first.name} 未通过（{first.failures} 行）{more_zh}。这是程序或口径的问题，不是来文的问题；"
                "本次不发布任何月份，请报告维护人员。",
                f"dbt test {first.name} failed ({first.failures} rows){more_en}. This is a fault of the code, not of a "
                "delivery; nothing is published. Tell the maintainers.",
            )
        return DbtFailed(
            f"dbt 节点 {first.name} 未能建成{more_zh}：{first.message}",
            f"dbt node {first.name} could not be built{more_en}: {first.message}",
        )


class Dbt:
    """dbt on this warehouse. `project_dir` is the dbt project; tests give another."""

    def __init__(self, settings: Settings, project_dir: Path = DBT_PROJECT_DIR) -> None:
        self._settings = settings
        self._project_dir = project_dir
        self._parsed: Any = None

    @property
    def _stamp_path(self) -> Path:
        return self._settings.manifest_path.with_name("project.sha256")

    def fresh_manifest(self) -> Path:
        """The path of a manifest that fits the project as it stands; parses only if it has changed since the last time.

        Raises DbtFailed if the project cannot be parsed.
        """
        stamp = project_stamp(self._project_dir)
        manifest_path = self._settings.manifest_path
        if manifest_path.exists() and _read(self._stamp_path) == stamp:
            return manifest_path
        result = self._invoke(["parse"])
        if not result.success:
            raise _unbuilt(result)
        self._parsed = result.result
        self._stamp_path.write_text(stamp, encoding="ascii")
        return manifest_path

    def build(self, on_node: Callable[[str, int, int], None] = lambda name, done, total: None) -> BuildOutcome:
        """One `dbt build` of everything that is built: unit tests are run by tests, exposures only say who reads.

        `on_node(name, done, total)` is called as nodes finish. Failing nodes are in the outcome; DbtFailed is raised
        only if dbt could not begin.
        """
        self._settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
        done = 0

        def report(event: Any) -> None:
            nonlocal done
            if event.info.name == "NodeFinished":
                done += 1
                on_node(event.data.node_info.node_name, done, total)

        total = _count_nodes(self.fresh_manifest())
        left_out = [word for kind in ("unit_test", "exposure") for word in ("--exclude-resource-type", kind)]
        # The manifest is there already; to write it again would take a second or two of every run.
        result = self._invoke(["build", "--no-write-json", *left_out], [report], self._parsed)
        if result.result is None or not hasattr(result.result, "results"):
            raise _unbuilt(result)
        nodes = [(_finished_at(run), _outcome(run)) for run in result.result.results]
        return BuildOutcome(tuple(node for _, node in sorted(nodes, key=lambda pair: pair[0])))

    def _invoke(
        self, command: Sequence[str], callbacks: Sequence[Callable[[Any], None]] = (), manifest: Any = None
    ) -> Any:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.adapters.factory import reset_adapters
        from dbt.cli.main import dbtRunner

        settings = self._settings
        arguments = [
            "--no-send-anonymous-usage-stats", "--no-use-colors", "--log-level", "none", "--log-level-file", "info",
            "--log-path", str(settings.dbt_dir / "logs"), *command,
            "--project-dir", str(self._project_dir), "--profiles-dir", str(self._project_dir),
            "--target-path", str(settings.dbt_dir / "target"),
        ]  # fmt: skip
        if command[0] == "build":
            arguments += ["--threads", "1"]
        try:
            with _environment(
                {
                    "STM_WAREHOUSE": str(settings.warehouse_path),
                    "STM_RAW_DIR": str(settings.raw_dir),
                    "STM_INTAKE_DIR": str(settings.intake_dir),
                    "DO_NOT_TRACK": "1",
                }
            ):
                return dbtRunner(manifest=manifest, callbacks=list(callbacks)).invoke(arguments)
        finally:
            # dbt leaves its DuckDB connection open, and nothing else in this process could open the file.
            DuckDBConnectionManager.close_all_connections()
            reset_adapters()


def project_stamp(project_dir: Path) -> str:
    """A hash of what a parse depends on: names, sizes and times of the project's files, and dbt's own version."""
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(project_dir.rglob("*")):
        if path.is_file() and path.suffix in {".sql", ".yml", ".yaml", ".csv", ".md"}:
            status = path.stat()
            line = f"{path.relative_to(project_dir)}|{status.st_size}|{status.st_mtime_ns}\n"
            digest.update(line.encode())
    return digest.hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text(encoding="ascii") if path.exists() else None


def _count_nodes(manifest_path: Path) -> int:
    nodes = json.loads(manifest_path.read_text(encoding="utf-8"))["nodes"].values()
    return sum(node["resource_type"] in {"model", "seed", "test"} for node in nodes)


def _finished_at(run: Any) -> tuple[bool, Any]:
    times = [step.completed_at for step in run.timing if step.completed_at is not None]
    return (True, 0) if not times else (False, max(times))


def _outcome(run: Any) -> NodeOutcome:
    return NodeOutcome(
        unique_id=run.node.unique_id,
        name=run.node.name,
        resource_type=str(run.node.resource_type),
        status=str(run.status),
        seconds=run.execution_time,
        failures=run.failures or 0,
        message=_without_values(run.message or ""),
    )


def _without_values(message: str) -> str:
    """dbt's message on one line, without the values that DuckDB quotes in it: they may be a person's."""
    return re.sub(r"'[^']*'", "'…'", " ".join(message.split()))


def _unbuilt(result: Any) -> DbtFailed:
    reason = " ".join(str(result.exception or "no reason given").split())
    return DbtFailed(f"dbt 无法开始：{reason}", f"dbt could not begin: {reason}")


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
