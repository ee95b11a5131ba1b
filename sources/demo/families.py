"""What a feed family is to the rest of the demo.

A family is one module that knows which files its offices send and what stands in them. Another feed is
another entry of a family's plan, or another module with these two functions, named in `writing.FAMILIES`;
nothing else changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sources.demo.report import DemoFault
from sources.demo.scenario import Delivery, Scenario


@dataclass
class Written:
    """What a family has written: the data rows of each delivery, and the faults it put in."""

    rows: dict[Delivery, int] = field(default_factory=dict)
    faults: list[DemoFault] = field(default_factory=list)


class Family(Protocol):
    """A module of a feed family."""

    def planned(self, scenario: Scenario) -> list[Delivery]:
        """The files that will be sent, before any of them exists."""

    def write(self, scenario: Scenario, plan: Sequence[Delivery], place: Callable[[Delivery], Path]) -> Written:
        """Writes each file of `plan` at its `place`; the folder is there."""
