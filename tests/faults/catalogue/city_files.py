"""The clean city and its damaged copies: all deliveries of the demo's sound months, opened for damage.

Belongs here: which month and which key a fault gets, so that no fault touches another. Does not belong here: what a
fault does with it.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sources.demo import write_demo
from tests.faults.catalogue.fault import CHANGES, PRODUCT, REGISTER, STATISTICS, Fault
from tests.faults.catalogue.forms import Form, Line, put, read_form

LAST_PERIOD = "2024-06"
MONTHS = 15
# A smaller register than the county's: as many chains, fewer others.
ENTITIES = 1600
#: Of the rows of a delivery at most so many per cent are damaged, below what stops a month.
MOST_DAMAGED_PCT = {REGISTER: 1}
MOST_DAMAGED_PCT_USUALLY = 8


#: A rule that breaks: at which line, and in which month.
Break = tuple[Line, str, str]


def write_demo_city(landing: Path) -> None:
    """The demo; its last month alone holds faults, of its own."""
    write_demo(landing, months=MONTHS, last_period=LAST_PERIOD, entities=ENTITIES)


def sound_periods(landing: Path) -> list[str]:
    """All its months but the last."""
    return sorted({path.name for path in landing.glob("*/*")} - {LAST_PERIOD})


def _a_day_after(sent_at: str) -> str:
    return (dt.datetime.fromisoformat(sent_at) + dt.timedelta(days=1)).isoformat()


@dataclass
class Entry:
    """What one key of a feed says, month by month; a fault owns it. `period` is the month to damage."""

    files: CityFiles
    fault: Fault
    feed: str
    key: tuple[Any, ...]
    period: str
    lines: dict[str, Line]

    @property
    def now(self) -> Line:
        """Its line of the month to damage."""
        return self.lines[self.period]

    @property
    def before(self) -> Line:
        """Its line of the latest earlier month."""
        return self.lines[max(period for period in self.lines if period < self.period)]

    @property
    def after(self) -> Line:
        """Its line of the next month."""
        return self.lines[min(period for period in self.lines if period > self.period)]

    @property
    def form(self) -> Form:
        """The form of the month to damage."""
        return self.now.form

    def repeat(self, **cells: Any) -> Line:
        """The same row once more below itself, with other cells by header."""
        again = self.form.insert_after(self.now, self.now.cells)
        for header, cell in cells.items():
            again[header] = cell
        return again

    def vanish(self) -> None:
        """Not in the month's form any more."""
        self.form.remove(self.now)

    def of(self, feed: str) -> Entry | None:
        """What another feed says of the same key, in the same month: the fault then owns that too; None: nothing."""
        lines = self.files.lines_of(feed, self.key)
        self.files.own(feed, self.key, self.fault)
        return Entry(self.files, self.fault, feed, self.key, self.period, lines) if self.period in lines else None

    def correct(self, **cells: Any) -> Line:
        """Send the line again a day later in a file of its own, with other cells by header."""
        form = self.form.copy()
        (line,) = [one for one in form.rows if form.key_of(one) == self.key]
        form.rows, form.file_name = [line], f"更正_{self.fault.name}_{form.file_name}"
        form.receipt = {**form.receipt, "sent_at": _a_day_after(form.receipt["sent_at"])}
        form.drop_total()
        line.owner = self.fault
        for header, cell in cells.items():
            line[header] = cell
        self.files.later.append(form)
        return line


@dataclass
class CityFiles:
    """All deliveries of a landing area as forms."""

    clean: Path
    forms: dict[tuple[str, str, str], Form] = field(default_factory=dict)
    later: list[Form] = field(default_factory=list)
    extra: list[tuple[str, bytes, dict[str, Any] | None]] = field(default_factory=list)
    gone: set[tuple[str, str]] = field(default_factory=set)
    _damaged: Counter[tuple[str, str]] = field(default_factory=Counter)
    _whole: set[tuple[str, str]] = field(default_factory=set)
    _indexes: dict[str, dict[tuple[Any, ...], dict[str, Line]]] = field(default_factory=dict)
    _lines: dict[str, dict[tuple[Any, ...], list[Line]]] = field(default_factory=dict)

    @classmethod
    def open(cls, clean: Path, periods: Iterable[str] | None = None) -> CityFiles:
        """The forms of a landing area, or of some of its months."""
        files = cls(clean)
        wanted = None if periods is None else set(periods)
        for path in sorted(clean.glob("*/*/*")):
            if path.suffix != ".json" and (wanted is None or path.parts[-2] in wanted):
                form = read_form(path)
                files.forms[form.feed, form.period, form.file_name] = form
        return files

    def periods(self, feed: str) -> list[str]:
        """The months of a feed that came in one file."""
        counted = Counter(period for one, period, _ in self.forms if one == feed)
        return sorted(period for period, times in counted.items() if times == 1)

    def form(self, feed: str, period: str) -> Form:
        """The one form of a feed and month."""
        (form,) = [form for (one, month, _), form in self.forms.items() if (one, month) == (feed, period)]
        return form

    def lines_of(self, feed: str, key: tuple[Any, ...]) -> dict[str, Line]:
        """The lines of a key by month."""
        return self._by_key(feed).get(key, {})

    def give_form(self, fault: Fault) -> Form:
        """A month of its own for a fault of a whole delivery, the latest that is free."""
        periods = self.periods(fault.feed)
        taken = {place for place, period in enumerate(periods) if (fault.feed, period) in self._whole}
        if fault.stage == "month" and fault.feed == REGISTER:
            # A register is compared with that of the month before.
            taken |= {place + step for place in taken for step in (-1, 1)}
        period = periods[max(place for place in range(2, len(periods)) if place not in taken)]
        self._whole.add((fault.feed, period))
        form = self.form(fault.feed, period)
        form.owner = fault
        form.is_touched = form.keeps_total = True
        return form

    def give_entry(self, fault: Fault) -> Entry:
        """A key of its own for a fault of an entry, in a month that has not too many faults yet."""
        periods = [period for period in self.periods(fault.feed)[1:] if (fault.feed, period) not in self._whole]
        for period in sorted(periods, key=lambda period: self._damaged[fault.feed, period]):
            share = MOST_DAMAGED_PCT.get(fault.feed, MOST_DAMAGED_PCT_USUALLY)
            if self._damaged[fault.feed, period] >= max(2, len(self.form(fault.feed, period).rows) * share // 100):
                continue
            for key, lines in self._by_key(fault.feed).items():
                is_free = all(line.owner is None for line in self._all_by_key(fault.feed)[key])
                # A change of the register has a key of its own, and so no past.
                has_past = period in lines and (fault.feed == CHANGES or any(earlier < period for earlier in lines))
                if is_free and has_past and self._is_private(fault.feed, key) and fault.where(lines[period]):
                    return self._given(fault, key, period, lines)
        raise AssertionError(f"no entry of {fault.feed} will do for {fault}")

    def _given(self, fault: Fault, key: tuple[Any, ...], period: str, lines: dict[str, Line]) -> Entry:
        self._damaged[fault.feed, period] += 1
        self.own(fault.feed, key, fault)
        return Entry(self, fault, fault.feed, key, period, lines)

    def own(self, feed: str, key: tuple[Any, ...], fault: Fault) -> None:
        """All lines of a key are the fault's."""
        for line in self._all_by_key(feed).get(key, []):
            assert line.owner in (None, fault), f"{fault} and {line.owner} both damage {key} of {feed}"
            line.owner = fault

    def _is_private(self, feed: str, key: tuple[Any, ...]) -> bool:
        """A row of the register is private if no return hangs on it."""
        return feed != REGISTER or not any(key in self._by_key(other) for other in (STATISTICS, PRODUCT))

    def _by_key(self, feed: str) -> dict[tuple[Any, ...], dict[str, Line]]:
        if feed not in self._indexes:
            index: dict[tuple[Any, ...], dict[str, Line]] = defaultdict(dict)
            for (one, period, _), form in self.forms.items():
                if one == feed and period in self.periods(feed):
                    for line in form.rows:
                        index[form.key_of(line)][period] = line
            self._indexes[feed] = dict(index)
        return self._indexes[feed]

    def _all_by_key(self, feed: str) -> dict[tuple[Any, ...], list[Line]]:
        """Also those of months with several files."""
        if feed not in self._lines:
            index: dict[tuple[Any, ...], list[Line]] = defaultdict(list)
            for (one, _, _), form in self.forms.items():
                if one == feed:
                    for line in form.rows:
                        index[form.key_of(line)].append(line)
            self._lines[feed] = dict(index)
        return self._lines[feed]

    def write(self, landing: Path) -> None:
        """Write all: what is clean as it was, what is damaged without its 合计 row (unless it kept it on purpose)."""
        for (feed, period, name), form in self.forms.items():
            if (feed, period) in self.gone:
                continue
            if form.is_touched:
                if not form.keeps_total:
                    form.drop_total()
                form.write(landing)
            else:
                source, target = self.clean / feed / period / name, landing / feed / period / name
                target.parent.mkdir(parents=True, exist_ok=True)
                for ending in ("", ".json"):
                    shutil.copy2(source.with_name(name + ending), target.with_name(name + ending))
        for form in self.later:
            form.write(landing)
        for place, content, receipt in self.extra:
            put(landing / place, content, receipt)
