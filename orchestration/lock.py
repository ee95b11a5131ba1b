"""The build lock: one build at a time in a data directory, and who holds it.

What excludes is the operating system's lock on `state/build.lock` (by filelock): it is gone when its process is gone,
however it ended. `state/build.lock.json` beside it only says who holds it, for the sentence that the second caller
gets; left over from a killed process it means nothing, and is never asked whether the lock is free.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from orchestration.stops import Stop


@dataclass(frozen=True)
class Holder:
    """Who holds the build: run id, process, host, since when (ISO 8601 with offset)."""

    run: str
    pid: int
    host: str
    since: str


class BuildInProgress(Stop):
    """Another process holds the build; the sentence says who, since when, and what to do."""

    def __init__(self, holder: Holder | None) -> None:
        self.holder = holder
        if holder is None:
            super().__init__(
                "另一个进程刚刚开始构建，本次未作任何改动。请稍后再试；用 stm doctor 可看是谁在构建。",
                "Another process has just begun a build; nothing was done. Try again later; stm doctor says who it is.",
            )
        else:
            super().__init__(
                f"已有构建正在进行：运行 {holder.run}，进程 {holder.pid}，主机 {holder.host}，自 {holder.since} 起。"
                "本次未作任何改动。请等它结束后再试。",
                f"A build is in progress: run {holder.run}, process {holder.pid} on {holder.host}, "
                f"since {holder.since}. Nothing was done. Wait until it ends, then try again.",
            )


def _holder_path(lock_path: Path) -> Path:
    return lock_path.with_name(lock_path.name + ".json")


def _read_holder(lock_path: Path) -> Holder | None:
    try:
        holder = Holder(**json.loads(_holder_path(lock_path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if holder.host == socket.gethostname() and not _is_alive(holder.pid):
        return None  # left by a killed process; the present holder has not written its own yet
    return holder


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _lock(lock_path: Path) -> FileLock:
    # One lock object a path and process, counted, whatever the thread: that makes it re-entrant.
    return FileLock(lock_path, timeout=0, is_singleton=True, thread_local=False)


@contextmanager
def build_lock(lock_path: Path, run: str, now: datetime) -> Iterator[None]:
    """Hold the build for the run of that id; `now` is an aware instant. Within the process that holds it, no obstacle.

    Raises BuildInProgress at once if another process holds it.
    """
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    lock = _lock(lock_path)
    is_outermost = not lock.is_locked
    try:
        lock.acquire()
    except Timeout:
        raise BuildInProgress(_read_holder(lock_path)) from None
    try:
        if is_outermost:
            holder = Holder(run, os.getpid(), socket.gethostname(), now.isoformat(timespec="seconds"))
            part = _holder_path(lock_path).with_suffix(".part")
            part.write_text(json.dumps(asdict(holder)), encoding="utf-8")
            part.replace(_holder_path(lock_path))
        yield
    finally:
        if is_outermost:
            _holder_path(lock_path).unlink(missing_ok=True)
        lock.release()


def current_holder(lock_path: Path) -> tuple[bool, Holder | None]:
    """Whether a process holds the build, and who, as far as it is known. Takes the lock for an instant to find out."""
    if not lock_path.exists():
        return False, None
    lock = _lock(lock_path)
    if lock.is_locked:
        return True, _read_holder(lock_path)
    try:
        with lock:
            return False, None
    except Timeout:
        return True, _read_holder(lock_path)
