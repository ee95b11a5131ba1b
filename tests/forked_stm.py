"""`stm` in a fresh process that need not import Dagster and dbt again: one that has imported them forks for each call.

Importing, and parsing the same dbt project for each new warehouse, costs as much as the work that tests look at, and
the suite calls `stm` a hundred times. A call has a process of its own all the same, with its own environment, folder
and streams, and runs the same `main`; two things are prepared for it: dbt's manifest, in which only the folders of the
city are put right, and a judge that has imported Great Expectations. What must be a process from its first instruction
(one that is killed, one without network, one of other code) is started by `tests.city` as a person does it.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

REPOSITORY = Path(__file__).parent.parent
# Where sources lie in the manifest that is prepared.
PREPARED = {"STM_RAW_DIR": "/@raw@", "STM_INTAKE_DIR": "/@intake@", "STM_WAREHOUSE": "/@warehouse@/warehouse.duckdb"}
BUILDS = ("run", "check")


class ForkedStm:
    """A process that waits for calls and forks for each. Started by the first call, ended with the test process."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def run(
        self, arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str], timeout: float
    ) -> tuple[int, str, str]:
        """Exit status and both streams of one call. Raises subprocess.TimeoutExpired, with the call killed."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            call = {
                "arguments": list(arguments), "cwd": str(cwd), "environment": dict(environment),
                "out": str(out), "err": str(err), "timeout": timeout,
            }  # fmt: skip
            server = self._started()
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(json.dumps(call) + "\n")
            server.stdin.flush()
            code = json.loads(server.stdout.readline())
            streams = [path.read_text(encoding="utf-8", errors="replace") for path in (out, err)]
        if code is None:
            raise subprocess.TimeoutExpired(["stm", *arguments], timeout, *streams)
        return code, *streams

    def _started(self) -> subprocess.Popen[str]:
        if self._server is None or self._server.poll() is not None:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "tests.forked_stm"],
                cwd=REPOSITORY,
                env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            atexit.register(self._server.kill)
        return self._server


def serve() -> None:
    """Import everything, then fork for each line of standard input; answer with its exit status (null: too late)."""
    for module in ("dagster_dbt", "orchestration.assets", "orchestration.run", "great_expectations"):
        import_module(module)
    answers = os.fdopen(os.dup(1), "w")
    # Nothing but an answer may come out here.
    os.dup2(2, 1)
    manifest = None
    for line in sys.stdin:
        call = json.loads(line)
        is_build = call["arguments"][:1] and call["arguments"][0] in BUILDS
        if is_build and manifest is None:
            manifest = _parsed()
        child = os.fork()
        if child == 0:
            _call(call, manifest if is_build else None)
        answers.write(json.dumps(_wait(child, call["timeout"])) + "\n")
        answers.flush()


def _parsed() -> tuple[Any, str]:
    """The project's manifest, as an object and as its file, from a process of its own: dbt keeps connections."""
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            os.environ.update(PREPARED)
            project = str(REPOSITORY / "dbt_project")
            done = dbtRunner().invoke([
                "--quiet", "--log-path", folder, "parse", "--project-dir", project, "--profiles-dir", project,
                "--target-path", folder,
            ])  # fmt: skip
            os._exit(0 if done.success else 1)
        assert _wait(child, 900) == 0
        packed = (Path(folder) / "partial_parse.msgpack").read_bytes()
        return (
            Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder),
            (Path(folder) / "manifest.json").read_text(encoding="utf-8"),
        )


class _Prepared:
    """What a call finds prepared; both stand where `orchestration` would have started something."""

    def __init__(self, manifest: tuple[Any, str]) -> None:
        self._manifest, self._text = manifest
        self._judge = _forked_judge()

    def put_in(self) -> None:
        from expectations.judge import JudgeProcess
        from orchestration.dbt_runner import Dbt

        invoke, judge = Dbt._invoke, self._judge

        def prepared(dbt: Any, command: Sequence[str], callbacks: Sequence[Any] = (), manifest: Any = None) -> Any:
            if dbt._project_dir != REPOSITORY / "dbt_project":
                return invoke(dbt, command, callbacks, manifest)
            if manifest is None:
                manifest = self._placed(dbt._settings)
            if command[0] != "parse":
                return invoke(dbt, command, callbacks, manifest)
            dbt._settings.manifest_path.parent.mkdir(parents=True, exist_ok=True)
            dbt._settings.manifest_path.write_text(self._told(self._text, dbt._settings), encoding="utf-8")
            return SimpleNamespace(success=True, result=manifest, exception=None)

        Dbt._invoke = prepared  # type: ignore[method-assign]
        JudgeProcess.start = classmethod(  # type: ignore[method-assign, assignment]
            lambda cls: cls(judge, tempfile.TemporaryFile(), None)  # noqa: SIM115  closed with the process
        )

    def _placed(self, settings: Any) -> Any:
        for unique_id, source in self._manifest.sources.items():
            text = json.dumps(source.to_dict(omit_none=False), default=str)
            self._manifest.sources[unique_id] = type(source).from_dict(json.loads(self._told(text, settings)))
        return self._manifest

    def _told(self, text: str, settings: Any) -> str:
        """JSON, with the city's folders in the places that were kept for them."""
        for variable, place in (("STM_RAW_DIR", settings.raw_dir), ("STM_INTAKE_DIR", settings.intake_dir)):
            text = text.replace(PREPARED[variable], json.dumps(str(place))[1:-1])
        return text


class _ForkedProcess:
    """As much of `subprocess.Popen` as a judge is asked for."""

    def __init__(self, pid: int, stdin: Any, stdout: Any) -> None:
        self._pid, self.stdin, self.stdout = pid, stdin, stdout

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        with suppress(ChildProcessError):
            return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return 0


def _forked_judge() -> _ForkedProcess:
    """A judge that waits for its first request."""
    asked, asks = os.pipe()
    answered, answers = os.pipe()
    judge = os.fork()
    if judge == 0:
        os.dup2(asked, 0)
        os.dup2(answers, 1)
        for end in (asked, asks, answered, answers):
            os.close(end)
        sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
        from expectations.judge import serve as judge_what_is_asked

        judge_what_is_asked()
        os._exit(0)
    os.close(asked)
    os.close(answers)
    return _ForkedProcess(judge, os.fdopen(asks, "wb", buffering=0), os.fdopen(answered, "rb"))


def _wait(child: int, timeout: float) -> int | None:
    """The exit status as a shell has it; None when the call took too long and was killed with all that it started."""
    late = False

    def kill(*_: object) -> None:
        nonlocal late
        late = True
        os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, kill)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    _, status = os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return None if late else os.waitstatus_to_exitcode(status)


def _call(call: Mapping[str, object], manifest: Any) -> None:
    """In the forked process: become `stm` with these arguments, and never come back."""
    os.setsid()
    os.chdir(str(call["cwd"]))
    os.environ.clear()
    os.environ.update(call["environment"])  # type: ignore[call-overload]
    for number, path in ((1, call["out"]), (2, call["err"])):
        os.dup2(os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    sys.argv = ["stm", *call["arguments"]]  # type: ignore[misc]
    from orchestration.cli import main

    if manifest is not None:
        _Prepared(manifest).put_in()
    try:
        main()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:  # noqa: BLE001  as an interpreter ends that nothing else catches for
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
