"""`stm bench` measures what it says: the right rows, on both sides. How fast they are is no matter of a test."""

import json
import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration import bench as bench_package
from orchestration.bench import STAGES, bench, measuring, reading
from orchestration.bench.measuring import BenchStopped
from orchestration.cli import app

ROWS, WORKBOOKS = 3_000, 2
TINY = tuple(
    replace(stage, counts={"county": ROWS if stage.stage_id == "read_register" else WORKBOOKS}) for stage in STAGES
)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the data stay. A process for each piece of work takes longer than so little work."""
    monkeypatch.setattr(bench_package, "STAGES", TINY)
    monkeypatch.setattr(measuring, "_apart", lambda function, *arguments: function(*arguments))
    return tmp_path / "kept"


def test_both_sides_read_all_rows_and_workbooks(kept: Path) -> None:
    done = CliRunner().invoke(app, ["bench", "--repeat", "1", "--keep", str(kept), "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert [(one["stage"], one["ours"]["units"], one["yardstick"]["units"]) for one in report["stages"]] == [
        ("read_register", ROWS, ROWS),
        ("read_workbooks", WORKBOOKS, WORKBOOKS),
    ]
    for one in report["stages"]:
        ours, yardstick = one["ours"], one["yardstick"]
        assert one["ratio"] == pytest.approx(ours["rate"] / yardstick["rate"])
        assert ours["rate"] == pytest.approx(ours["units"] / ours["seconds"])
    receipts = [json.loads(path.read_bytes()) for path in kept.glob("read_workbooks-*/landing/*/*/*.json")]
    assert [one["rows"] for one in receipts] == [60] * WORKBOOKS
    assert len({one["sha256"] for one in receipts}) == WORKBOOKS

    # What is kept is the data alone, and the next bench uses them.
    text = kept / f"read_register-{ROWS}-{measuring.SEED}" / "register.csv"
    made = text.stat().st_mtime_ns
    again = CliRunner().invoke(app, ["bench", "--repeat", "1", "--keep", str(kept)])
    assert again.exit_code == 0, again.output
    assert text.stat().st_mtime_ns == made
    assert sorted(path.name for path in kept.iterdir()) == [
        f"read_register-{ROWS}-{measuring.SEED}",
        f"read_workbooks-{WORKBOOKS}-{measuring.SEED}",
    ]
    assert "登记库" in again.stdout
    assert "标尺 yardstick" in again.stdout


def test_each_piece_of_work_is_done_in_another_process(tmp_path: Path) -> None:
    assert measuring._apart(os.getpid) != os.getpid()
    report = bench([TINY[1]], scale="county", repeat=1, keep_in=tmp_path)
    (result,) = report.results
    assert result.ours.units == result.yardstick.units == WORKBOOKS
    assert min(result.ours.peak_mb, result.yardstick.peak_mb) > 10


def test_a_yardstick_that_is_not_there_is_said_across_processes(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_such(package: str) -> None:
        raise ModuleNotFoundError(package)

    monkeypatch.setattr(reading, "files", none_such)
    with pytest.raises(BenchStopped, match="make install") as stopped:
        bench([TINY[0]], scale="county", repeat=1, keep_in=kept)
    carried = pickle.loads(pickle.dumps(stopped.value))
    assert (carried.message_zh, carried.message_en) == (stopped.value.message_zh, stopped.value.message_en)


def test_work_that_leaves_something_out_is_no_measurement(kept: Path) -> None:
    stage = replace(TINY[1], do_ours=lambda data, empty: WORKBOOKS - 1)
    with pytest.raises(BenchStopped, match="only 1 of 2 workbooks"):
        bench([stage], scale="county", repeat=1, keep_in=kept)


def test_a_place_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BenchStopped, match="--keep"):
        bench(TINY, scale="county", repeat=1, keep_in=tmp_path / "file" / "data")
