"""`stm bench`: every stage timed beside a yardstick, as ratios.

`measuring.py` knows how to measure and no stage; each other module holds stages: where their data comes from, our
work, the yardstick's work. Another stage is another `Stage` in `STAGES`. Nothing is judged here: figures depend on the
machine, and a threshold would fail on a busy one.
"""

from orchestration.bench.measuring import BenchReport, Measurement, Stage, StageResult, bench
from orchestration.bench.reading import REGISTER, WORKBOOKS

__all__ = ["STAGES", "BenchReport", "Measurement", "Stage", "StageResult", "bench"]

#: All stages, in the order of a run.
STAGES: tuple[Stage, ...] = (REGISTER, WORKBOOKS)
