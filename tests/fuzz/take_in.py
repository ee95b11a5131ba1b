"""The child process of the fuzzing test: takes damaged files in, one after the other, and tells what became of each.

`python -m tests.fuzz.take_in FOLDER FIRST END` takes in the files of `damage.py` from FIRST to before END, `… FOLDER`
alone those of `hostile.py`. It prints a JSON object a line: before a case its number, after it the outcome; at the end
the process's peak memory. An audit hook notes every file that is opened for writing, made, renamed or removed outside
of FOLDER. A process of its own, so that a crash or a swamped memory is one case's and is seen; the limits hold for it
alone.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sources.contract import load_contracts
from sources.intake import IntakeResult, read_delivery
from sources.landing import scan
from tests.fuzz.damage import DATA_SHEET, DamagedFile, damaged_file
from tests.fuzz.hostile import hostile_files

# Address space, so that a runaway ends here; what counts is the peak of what was really used.
_MOST_ADDRESS_SPACE = 4 * 1024**3
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.mkdir": (0,), "os.rename": (0, 1), "os.remove": (0,), "os.symlink": (1,), "os.link": (1,)}


def main(folder: Path, files: Iterable[tuple[int, DamagedFile]]) -> None:
    """Take in the numbered files, each in an empty data folder below `folder`."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESS_SPACE, _MOST_ADDRESS_SPACE))
    tempfile.tempdir = str(folder)
    sys.dont_write_bytecode = True
    contracts = load_contracts()
    strays: list[str] = []
    _watch(folder.resolve(), strays)
    for number, file in files:
        _tell(begins=number)
        data = folder / "data"
        path = data / "landing" / file.feed / "2024-03" / file.name
        path.parent.mkdir(parents=True)
        path.write_bytes(file.content)
        started = time.perf_counter()
        reason, unsound = "", []
        try:
            (arrival,) = scan(data / "landing", contracts).arrivals
            result = read_delivery(arrival, contracts[file.feed], data / "raw", contracts=contracts)
            outcome = result.refusal_rule or result.status
            reason = result.reason_en or ""
            unsound = list(_unsound(result, file))
        except BaseException as error:  # noqa: BLE001
            outcome, unsound = "raised", [f"{type(error).__name__}: {error}"[:300]]
        _tell(
            number=number,
            format=file.format,
            damage=file.damage,
            outcome=outcome,
            reason=reason,
            unsound=unsound,
            seconds=round(time.perf_counter() - started, 3),
            strays=[*strays, *_left_over(data)],
        )
        shutil.rmtree(data)
        # Removing a tree names its files without their folder.
        strays.clear()
    _tell(peak_mb=_peak_mb())


def _peak_mb() -> int:
    """The most memory that this program held. Its own: `ru_maxrss` would count the parent's at the fork, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _unsound(result: IntakeResult, file: DamagedFile) -> Iterator[str]:
    """What does not hold of a result: a reason in both languages, or rows of which none is lost."""
    if result.status == "refused":
        if not (result.reason_zh and result.reason_en):
            yield "refused without a reason"
        return
    assert result.raw_path
    rows = pq.read_table(result.raw_path, columns=["_file", "_sheet", "_row", "_row_kind"]).to_pylist()
    kinds = Counter(row["_row_kind"] for row in rows)
    if not kinds.total() == result.rows_read == result.rows_data + result.rows_not_data:
        yield f"{kinds.total()} rows written, {result.rows_read} read"
    if kinds != result.rows_by_kind:
        yield f"{kinds} written, {result.rows_by_kind} told"
    if len({(row["_file"], row["_sheet"], row["_row"]) for row in rows}) < len(rows):
        yield "two rows of one place"
    if file.least_rows is not None and sum(row["_sheet"] == DATA_SHEET for row in rows) < file.least_rows:
        yield f"less than the {file.least_rows} rows that were sent"


def _left_over(data: Path) -> Iterator[str]:
    """Files that are neither the delivery nor a whole raw file."""
    for path in data.rglob("*"):
        if path.is_file() and "landing" not in path.parts and path.suffix != ".parquet":
            yield f"left over {path}"


def _watch(folder: Path, strays: list[str]) -> None:
    inside = f"{folder}{os.sep}"

    def note(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            paths = [args[0]] if isinstance(args[2], int) and args[2] & _WRITING else []
        else:
            paths = [args[place] for place in _CHANGES.get(event, ())]
        for path in paths:
            if isinstance(path, (str, bytes)) and not os.path.abspath(os.fsdecode(path)).startswith(inside):  # noqa: PTH100
                strays.append(f"{event} {os.fsdecode(path)}")

    sys.addaudithook(note)


def _tell(**said: Any) -> None:
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[2:]:
        main(Path(sys.argv[1]), ((number, damaged_file(number)) for number in range(*map(int, sys.argv[2:]))))
    else:
        main(Path(sys.argv[1]), enumerate([hostile.file for hostile in hostile_files()]))
