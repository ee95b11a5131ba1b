"""Months as whole numbers: the arithmetic of reporting periods, and the hour at which a delivery is sent.

A month is `12 * year + month - 1`, so that months are added and compared like numbers. Belongs here: calendar
arithmetic of the demo. Does not belong here: a clock. Nothing in the demo knows what day it is today.
"""

import calendar
import datetime as dt
import random
import re

from sources.demo.stop import DemoError
from sources.landing import SHANGHAI

_PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_of(period: str) -> int:
    """The month of a `YYYY-MM`; DemoError when it is none."""
    match = _PERIOD.fullmatch(period)
    if not match:
        raise DemoError(
            f"{period!r} 不是报告期；请写成 2024-06 这样",
            f"{period!r} is not a reporting period; write it like 2024-06",
        )
    return 12 * int(match[1]) + int(match[2]) - 1


def period_of(month: int) -> str:
    """`YYYY-MM`."""
    return f"{year_of(month):04d}-{number_of(month):02d}"


def year_of(month: int) -> int:
    """The calendar year."""
    return month // 12


def number_of(month: int) -> int:
    """1 (January) to 12."""
    return month % 12 + 1


def january_of(month: int) -> int:
    """The January of the month's year."""
    return month - month % 12


def day_of(month: int, day: int) -> dt.date:
    """A day of the month; a day past its end is its last."""
    length = calendar.monthrange(year_of(month), number_of(month))[1]
    return dt.date(year_of(month), number_of(month), min(day, length))


def last_day(month: int) -> dt.date:
    """The month's last day."""
    return day_of(month, 31)


def sent_at(month: int, day: int, rng: random.Random) -> dt.datetime:
    """An office hour on that day of the *following* month, +08:00."""
    when = dt.time(rng.randint(8, 16), rng.randint(0, 59), rng.randint(0, 59), tzinfo=SHANGHAI)
    return dt.datetime.combine(day_of(month + 1, day), when)
