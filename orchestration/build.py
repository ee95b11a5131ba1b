"""The open build: what the steps of a run share, and what a run has found so far.

Opening it takes the lock, tidies what a killed run left, looks at landing and makes the plan. The steps (`assets/`)
then call its methods, each of which is one step's work put together from its parts; the parts stand elsewhere. Neither
Dagster nor dbt nor Great Expectations is imported here: a run that has nothing to do ends with what is here.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from expectations.judge import JudgeProcess
from expectations.verdict import Verdict
from orchestration.dbt_runner import BuildOutcome
from orchestration.lock import build_lock
from orchestration.progress import Progress, Silent, Stage
from orchestration.publication.fingerprint import CodeVersion, code_version, fingerprints
from orchestration.publication.gate import DBT_BUILD, DBT_SUBJECT, DBT_TESTS
from orchestration.publication.marts import read_marts, warehouse_hashes
from orchestration.report import (
    ExitCode,
    PublishedMonth,
    RefusedFile,
    RunReport,
    Sentence,
    SetAsideRows,
    StoppedMonth,
    WaitingMonth,
)
from orchestration.settings import Settings
from orchestration.state import State
from sources.contract import Contract, load_contracts
from sources.landing import Scan, scan

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai_now() -> datetime:
    """The instant now: the only place where a run asks for it."""
    return datetime.now(SHANGHAI)


@dataclass(frozen=True)
class Request:
    """What is asked for: the months `first` to `last` ('YYYY-MM'), or every month that is ready; and publishing."""

    first: str | None = None
    last: str | None = None
    is_publishing: bool = True
