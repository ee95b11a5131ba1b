"""`stm` in a fresh process that need not import Dagster and dbt again: one that has imported them forks for each call.

Importing costs as much as some of the work that tests look at, and the suite calls `stm` a hundred times. A call has a
process of its own all the same, with its own environment, folder and streams, and runs the same `main`. What must be a
process from its first instruction (one that is killed, one without network) is started by `tests.city` as a person
does it.
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
from importlib import import_module
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent


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
    for module in ("dagster_dbt", "dbt.adapters.duckdb", "dbt.cli.main", "orchestration.assets", "orchestration.run"):
        import_module(module)

    answers = os.fdopen(os.dup(1), "w")
    # Nothing but an answer may come out here.
    os.dup2(2, 1)
    for line in sys.stdin:
        call = json.loads(line)
        child = os.fork()
        if child == 0:
            _call(call)
        answers.write(json.dumps(_wait(child, call["timeout"])) + "\n")
        answers.flush()


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


def _call(call: Mapping[str, object]) -> None:
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
