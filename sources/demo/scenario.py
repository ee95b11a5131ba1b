"""What the demo tells: which months, how many rows, which months are not as they should be, and chance
without luck.

Belongs here: decisions that several feeds share. Does not belong here: how a feed's rows come about.
"""

import datetime as dt
import random
from dataclasses import dataclass
from functools import cached_property

from sources.demo.city import City, Town
from sources.demo.months import number_of, period_of, year_of

#: Rows of the register and reporting enterprises of a county-level city; larger demos keep the proportion.
COUNTY_ENTITIES = 3_000
COUNTY_ENTERPRISES = 48
PROVINCE_ENTITIES = 3_000_000


@dataclass(frozen=True)
class Delivery:
    """A file that an office sends, with its arrival."""

    feed: str
    period: str
    file_name: str
    sender: str
    sent_at: dt.datetime
    is_correction: bool = False

    @property
    def path(self) -> str:
        """Below the landing area."""
        return f"{self.feed}/{self.period}/{self.file_name}"


@dataclass(frozen=True)
class Scenario:
    """The story of one demo; the same fields tell the same story, to the byte."""

    city: City
    months: tuple[int, ...]
    entities: int
    seed: int

    @property
    def first(self) -> int:
        """The first month."""
        return self.months[0]

    @property
    def last(self) -> int:
        """The last month: the one with the faults."""
        return self.months[-1]

    @cached_property
    def return_months(self) -> tuple[int, ...]:
        """Months with statistical returns: all but the Januaries."""
        return tuple(month for month in self.months if number_of(month) != 1)

    @property
    def late_month(self) -> int | None:
        """The month whose product report comes a week late; None in a demo too short for it."""
        return self.return_months[len(self.return_months) * 2 // 3] if len(self.return_months) > 3 else None

    @property
    def corrected_month(self) -> int | None:
        """The month whose enterprise report is corrected later; None in a demo too short for it."""
        return self.return_months[len(self.return_months) // 3] if len(self.return_months) > 3 else None

    def scaled(self, county_number: int) -> int:
        """A number of the county's size, at this demo's size: never less."""
        return max(county_number, county_number * self.entities // COUNTY_ENTITIES)

    def enterprises_of(self, town: Town) -> int:
        """How many enterprises of the town report."""
        return self.scaled(town.profile.enterprise_share)

    def rng(self, *purpose: object) -> random.Random:
        """Chance for one purpose: drawing more for one thing changes nothing elsewhere."""
        return random.Random("/".join(str(part) for part in (self.seed, *purpose)))


def months_said(month: int) -> str:
    """The months of a return, as its title says them: `2024年1—6月`."""
    return f"{year_of(month)}年1—{number_of(month)}月"


def compact(month: int) -> str:
    """`202406`."""
    return period_of(month).replace("-", "")
