"""Due dates: by which day a month's delivery of a feed should be there, as the offices' calendar has it.

A contract names a day of the month after the period; a due day on which nobody works moves to the next working day
(public holidays and the working weekends that make up for them, by `chinese_calendar`). Each year's holidays are made
known at the end of the year before: in a year that the library does not know, weekends alone are days off, and whoever
reads a due date can see so. No clock here, and no judgement of who was late (dbt).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chinese_calendar import is_workday
from chinese_calendar.constants import holidays

from orchestration.report import Sentence
from sources.contract import Contract

CALENDAR_PACKAGE = "chinesecalendar"
FIRST_KNOWN_YEAR = min(holidays).year
LAST_KNOWN_YEAR = max(holidays).year


@dataclass(frozen=True)
class DueDate:
    """The due date of one feed and period. `is_calendar_known`: its holidays were known, not weekends alone."""

    feed: str
    period: str
    due_on: date
    is_calendar_known: bool


def working_day_from(day: date) -> tuple[date, bool]:
    """The day itself, or the next one that is worked on; and whether the holidays of all days looked at are known."""
    is_known = True
    while True:
        if FIRST_KNOWN_YEAR <= day.year <= LAST_KNOWN_YEAR:
            is_worked = is_workday(day)
        else:
            is_known = False
            is_worked = day.isoweekday() <= 5
        if is_worked:
            return day, is_known
        day += timedelta(days=1)


def due_date(contract: Contract, period: str) -> DueDate | None:
    """When the delivery of a period (`YYYY-MM`) is due; None in a month of which the feed has no return."""
    year, month = map(int, period.split("-"))
    if month in contract.not_due_months:
        return None
    named = date(year + month // 12, month % 12 + 1, contract.due_day)
    due_on, is_known = working_day_from(named)
    return DueDate(contract.feed, period, due_on, is_known)


def due_dates(contracts: Mapping[str, Contract], periods: Iterable[str]) -> list[DueDate]:
    """The due dates of all feeds, for every month from the first of `periods` to the last."""
    months = _months_between(sorted(periods))
    found = (due_date(contract, month) for contract in contracts.values() for month in months)
    return [one for one in found if one is not None]


def _months_between(periods: Sequence[str]) -> list[str]:
    if not periods:
        return []
    first, last = (int(period[:4]) * 12 + int(period[5:]) - 1 for period in (periods[0], periods[-1]))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1)]


def calendar_notice(dates: Iterable[DueDate]) -> Sentence | None:
    """What a person must know of due dates that rest on weekends alone; None if there is none."""
    unknown = sorted(one.period for one in dates if not one.is_calendar_known)
    if not unknown:
        return None
    span = unknown[0] if unknown[0] == unknown[-1] else f"{unknown[0]}…{unknown[-1]}"
    return Sentence(
        f"{span} 的报送期限落在节假日安排未知的年份（已知 {FIRST_KNOWN_YEAR}—{LAST_KNOWN_YEAR} 年），只按周末顺延，"
        f"及时率可能有出入。国务院公布放假安排后，请更新 {CALENDAR_PACKAGE}，再运行 stm run。",
        f"Due dates of {span} fall into years whose holidays are not known (known: {FIRST_KNOWN_YEAR} to "
        f"{LAST_KNOWN_YEAR}): they are moved past weekends alone, and on-time rates may be off. Update "
        f"{CALENDAR_PACKAGE} once the holidays are announced, then run stm run again.",
    )
