"""Measuring a stage beside its yardstick: turn and turn about, each time in a process of its own.

So that a peak of memory is that of one piece of work, and a machine that grows busy is busy for both. Belongs here: the
clock, the processes, where the data stand. Does not belong here: what a stage does (`reading.py`), how figures look
(`orchestration/screen.py`).
"""

import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa

from orchestration.progress import Progress, Silent, timed
from orchestration.report import Sentence
from orchestration.stops import Stop

SEED = 141082

# What the system counts the peak of memory in: kilobytes, and on a Mac bytes.
_PEAK_UNITS_OF_A_MB = 1024 * 1024 if sys.platform == "darwin" else 1024

#: Takes the folder of the data and an empty folder for what is written; how many units it did.
Work = Callable[[Path, Path], int]


class BenchStopped(Stop):
    """No figures: no place for the data, or work that did not do what it was measured for."""

    def __reduce__(self) -> tuple[type["BenchStopped"], tuple[str, str]]:
        # Raised in another process it has to come over whole.
        return type(self), (self.message_zh, self.message_en)


@dataclass(frozen=True)
class Stage:
    """Something to be measured. `counts`: how many units at each scale.

    `prepare` (folder, count, seed) writes the data; the same arguments, the same data. It and both pieces of work are
    functions of a module, since other processes import them.
    """

    stage_id: str
    label: Sentence
    unit: Sentence
    yardstick: Sentence
    asked: Sentence
    counts: Mapping[str, int]
    prepare: Callable[[Path, int, int], None]
    do_ours: Work
    do_yardstick: Work


@dataclass(frozen=True)
class Measurement:
    """The best of the repetitions. `seconds` by the clock, `cpu_seconds` of all threads; the peak is the highest."""

    units: int
    seconds: float
    cpu_seconds: float
    peak_mb: int

    @property
    def rate(self) -> float:
        """Units a second."""
        return self.units / self.seconds

    @property
    def cpu_rate(self) -> float:
        """Units a second of CPU: what a busy machine does not change."""
        return self.units / self.cpu_seconds


@dataclass(frozen=True)
class StageResult:
    """Both measurements of a stage; a ratio above 1 says that ours is the faster."""

    stage: Stage
    ours: Measurement
    yardstick: Measurement

    @property
    def ratio(self) -> float:
        """Our rate / the yardstick's."""
        return self.ours.rate / self.yardstick.rate

    @property
    def cpu_ratio(self) -> float:
        """The same of CPU time."""
        return self.ours.cpu_rate / self.yardstick.cpu_rate


@dataclass(frozen=True)
class BenchReport:
    """What was measured, and on what."""

    scale: str
    seed: int
    repeat: int
    results: tuple[StageResult, ...]
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)

    def as_json(self) -> dict[str, Any]:
        """For programs: seconds, units a second, MB."""
        return {
            "scale": self.scale,
            "seed": self.seed,
            "repeat": self.repeat,
            "cores": self.cores,
            "stages": [
                {
                    "stage": one.stage.stage_id,
                    "unit": one.stage.unit.en,
                    "yardstick_is": one.stage.yardstick.en,
                    "asked": one.stage.asked.en,
                    "ours": _plain(one.ours),
                    "yardstick": _plain(one.yardstick),
                    "ratio": one.ratio,
                    "cpu_ratio": one.cpu_ratio,
                }
                for one in self.results
            ],
        }


def bench(
    stages: Sequence[Stage],
    *,
    scale: str,
    repeat: int,
    seed: int = SEED,
    keep_in: Path | None = None,
    progress: Progress | None = None,
) -> BenchReport:
    """Measure the stages one after the other, each `repeat` times beside its yardstick.

    The data are made from `seed` in a temporary folder, or stay in `keep_in` and are used again from there. Raises
    BenchStopped when they cannot be written, and when a stage did less than all of its data.
    """
    progress = progress or Silent()
    try:
        if keep_in:
            keep_in.mkdir(parents=True, exist_ok=True)
        with nullcontext(str(keep_in)) if keep_in else tempfile.TemporaryDirectory(prefix="stm-bench-") as folder:
            results = [_stage_result(stage, scale, repeat, seed, Path(folder), progress) for stage in stages]
    except OSError as error:
        place, why = keep_in or tempfile.gettempdir(), error.strerror or error
        raise BenchStopped(
            f"无法在 {place} 下写入测速数据（{why}）；请检查权限与剩余空间，或用 --keep 另选文件夹",
            f"cannot write data to measure with below {place} ({why}); check its permissions and free space, or choose "
            "another folder by --keep",
        ) from error
    except BrokenProcessPool as error:
        raise BenchStopped(
            "测速的进程被系统中止，可能内存不足；请关闭其他程序，或改用 --scale county",
            "the system ended a process that was being measured, perhaps for want of memory; close other programs, or "
            "use --scale county",
        ) from error
    return BenchReport(scale=scale, seed=seed, repeat=repeat, results=tuple(results))


def _stage_result(stage: Stage, scale: str, repeat: int, seed: int, folder: Path, progress: Progress) -> StageResult:
    count = stage.counts[scale]
    data = folder / f"{stage.stage_id}-{count}-{seed}"
    if not data.exists():
        with timed(progress, f"准备数据：{stage.label.zh}", f"data made: {stage.label.en}"):
            _prepare(stage, count, seed, data)
    ours, yardstick = [], []
    with timed(progress, f"测速：{stage.label.zh}", f"measured: {stage.label.en}") as stage_time:
        for number in range(repeat):
            for place, (work, taken) in enumerate(((stage.do_ours, ours), (stage.do_yardstick, yardstick)), start=1):
                taken.append(_apart(_measured, work, data))
                stage_time.advance(stage.label.en, 2 * number + place, 2 * repeat)
    result = StageResult(stage, _best(ours), _best(yardstick))
    if result.ours.units != count:
        raise BenchStopped(
            f"{stage.label.zh}：{count} {stage.unit.zh}中只完成了 {result.ours.units} {stage.unit.zh}，测速无效",
            f"{stage.label.en}: only {result.ours.units} of {count} {stage.unit.en} were done; that is no measurement",
        )
    return result


def _prepare(stage: Stage, count: int, seed: int, data: Path) -> None:
    """Data that stand under their name are whole."""
    unfinished = data.with_name(data.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    # Apart, too: a process that once was large counts as large for all that it starts.
    _apart(stage.prepare, unfinished, count, seed)
    unfinished.rename(data)


def _apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's result, from a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def _measured(work: Work, data: Path) -> Measurement:
    # pyarrow looks for pandas, once in a process, when it makes its first array.
    pa.array([None])
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=".written-") as empty:
        began, cpu_began = time.perf_counter(), time.process_time()
        units = work(data, Path(empty))
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Measurement(units, seconds, cpu_seconds, peak // _PEAK_UNITS_OF_A_MB)


def _best(taken: Sequence[Measurement]) -> Measurement:
    return Measurement(
        units=min(one.units for one in taken),
        seconds=min(one.seconds for one in taken),
        cpu_seconds=min(one.cpu_seconds for one in taken),
        peak_mb=max(one.peak_mb for one in taken),
    )


def _plain(measurement: Measurement) -> dict[str, Any]:
    return {**asdict(measurement), "rate": measurement.rate, "cpu_rate": measurement.cpu_rate}
