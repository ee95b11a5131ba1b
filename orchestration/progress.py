"""What a run says while it goes: stages with their times, and how far the present one is.

A run reports to a `Progress`; how that looks on a screen is the command line's matter. Dagster's pages have their own
view of a run and get `Silent`.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

log = logging.getLogger(__name__)


class Progress(Protocol):
    """Told of stages as they begin, advance and end."""

    def begin(self, label_zh: str, label_en: str) -> None:
        """A stage begins."""

    def advance(self, detail: str, done: int, total: int) -> None:
        """The present stage has done `done` of `total`, the last of them `detail`."""

    def end(self, label_zh: str, label_en: str, seconds: float) -> None:
        """The stage has ended, well or badly."""


class Silent:
    """Says nothing."""

    def begin(self, label_zh: str, label_en: str) -> None:
        """Nothing."""

    def advance(self, detail: str, done: int, total: int) -> None:
        """Nothing."""

    def end(self, label_zh: str, label_en: str, seconds: float) -> None:
        """Nothing."""


@dataclass
class Stage:
    """A stage that is going on or is over; `seconds` is 0 until it has ended."""

    label_zh: str
    label_en: str
    progress: Progress
    seconds: float = 0.0
    _began: float = field(default_factory=time.monotonic)

    @property
    def advance(self) -> Callable[[str, int, int], None]:
        """To be called with (detail, done, total)."""
        return self.progress.advance

    def end(self) -> None:
        """Stop the clock and tell."""
        self.seconds = time.monotonic() - self._began
        self.progress.end(self.label_zh, self.label_en, self.seconds)


@contextmanager
def timed(progress: Progress, label_zh: str, label_en: str) -> Iterator[Stage]:
    """A stage: begun here, ended when the block is left, well or badly; its time goes into the log."""
    stage = Stage(label_zh, label_en, progress)
    progress.begin(label_zh, label_en)
    try:
        yield stage
    finally:
        stage.end()
        log.info("%s: %.2f s", label_en, stage.seconds)
