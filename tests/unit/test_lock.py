"""The build lock, against real processes: exclusion, the sentence, and what a killed holder leaves."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from orchestration.lock import BuildInProgress, build_lock, current_holder

NOW = datetime(2024, 4, 9, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
HOLD = """
import sys, pathlib, datetime
from orchestration.lock import build_lock
with build_lock(pathlib.Path(sys.argv[1]), "run-of-another", datetime.datetime.fromisoformat(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock_path(tmp_path):
    return tmp_path / "state" / "build.lock"


@pytest.fixture
def holder(lock_path):
    lock_path.parent.mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock_path), NOW.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_process_is_told_who_since_when_and_what_to_do(lock_path, holder):
    with pytest.raises(BuildInProgress) as raised, build_lock(lock_path, "mine", NOW):
        pass
    for message in (raised.value.message_zh, raised.value.message_en):
        assert "run-of-another" in message
        assert str(holder.pid) in message
        assert "2024-04-09T08:30:00+08:00" in message
    assert "请等它结束" in raised.value.message_zh
    assert current_holder(lock_path)[0] is True


def test_a_killed_holder_is_no_obstacle_and_its_name_is_not_told(lock_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    left = json.loads((lock_path.parent / "build.lock.json").read_text(encoding="utf-8"))
    assert left["run"] == "run-of-another"
    assert current_holder(lock_path) == (False, None)
    with build_lock(lock_path, "mine", NOW):
        is_held, now_holding = current_holder(lock_path)
        assert is_held
        assert (now_holding.run, now_holding.pid) == ("mine", os.getpid())


def test_the_name_left_by_a_killed_holder_is_not_taken_for_the_present_one(lock_path, holder):
    """Between taking the lock and writing its name the new holder has none; the old name must not stand for it."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    info = lock_path.parent / "build.lock.json"
    info.write_text(json.dumps({**json.loads(info.read_text()), "pid": dead.pid}), encoding="utf-8")
    with pytest.raises(BuildInProgress) as raised, build_lock(lock_path, "mine", NOW):
        pass
    assert raised.value.holder is None
    assert "run-of-another" not in raised.value.message_en


@pytest.mark.parametrize("text", ["", "{", "[]", '{"run": 1}'])
def test_a_damaged_name_is_no_error(lock_path, holder, text):
    (lock_path.parent / "build.lock.json").write_text(text, encoding="utf-8")
    with pytest.raises(BuildInProgress) as raised, build_lock(lock_path, "mine", NOW):
        pass
    assert raised.value.holder is None


def test_within_the_process_it_is_no_obstacle_and_the_outer_one_keeps_it(lock_path):
    with build_lock(lock_path, "outer", NOW):
        with build_lock(lock_path, "inner", NOW):
            assert current_holder(lock_path)[1].run == "outer"
        is_held, now_holding = current_holder(lock_path)
        assert is_held
        assert now_holding.run == "outer"
    assert current_holder(lock_path) == (False, None)
    assert not (lock_path.parent / "build.lock.json").exists()


def test_an_error_inside_frees_it(lock_path):
    with pytest.raises(ZeroDivisionError), build_lock(lock_path, "mine", NOW):
        raise ZeroDivisionError
    assert current_holder(lock_path) == (False, None)
