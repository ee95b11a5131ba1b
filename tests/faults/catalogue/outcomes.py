"""What became of a fault: the real readers and one build on the real files, and what the warehouse then says.

Belongs here: taking in, building, comparing with the clean city. Does not belong here: the faults.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow.parquet as pq

from orchestration.dbt_runner import Dbt
from orchestration.intake import read_new, write_intake_tables
from orchestration.settings import Settings
from orchestration.state import State
from sources.contract import load_contracts
from sources.intake import read_delivery
from sources.landing import SHANGHAI, Arrival, scan
from tests.faults.catalogue.city_files import Break, CityFiles
from tests.faults.catalogue.fault import Fault
from tests.faults.catalogue.forms import Form, Line, put, read_form

CONTRACTS = load_contracts()
NOW = dt.datetime(2024, 7, 1, tzinfo=SHANGHAI)
LAST_PERIOD = "2024-06"
Verdict = Literal["caught", "wrongly", "missed"]
#: What the warehouse says of a row: its feed, file and row, the month in which the rule breaks, and the rule.
Told = tuple[str, str, int, str, str]


@dataclass(frozen=True)
class Outcome:
    """What became of one fault, and what was seen where that is not what it should be."""

    fault: Fault
    verdict: Verdict
    seen: str = ""


def built(data_dir: Path, through: str = LAST_PERIOD) -> Warehouse:
    """Take in all that lies in landing, and build; `through`: up to which month it is looked at."""
    settings = Settings(data_dir=data_dir)
    with State(settings.state_dir) as state:
        found = scan(settings.landing_dir, CONTRACTS)
        state.register(found.arrivals, NOW)
        arrivals = {arrival.delivery_id: arrival for arrival in found.arrivals}
        for contract in CONTRACTS.values():
            read_new(
                contract, contracts=CONTRACTS, arrivals=arrivals, state=state, through=LAST_PERIOD,
                raw_dir=settings.raw_dir, now=lambda: NOW,
            )  # fmt: skip
        write_intake_tables(CONTRACTS, state.deliveries(LAST_PERIOD), settings.intake_dir)
    failure = Dbt(settings).build().failure()
    assert failure is None, failure
    return Warehouse(settings.warehouse_path, {key: arrival.file_name for key, arrival in arrivals.items()}, through)


@dataclass
class Warehouse:
    """A built warehouse; file names by delivery, and the last month that is looked at."""

    path: Path
    file_names: Mapping[str, str]
    through: str

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    @cached_property
    def breaks(self) -> set[Told]:
        """Every broken rule of a row in force: feed, file, row, month in which it breaks, rule."""
        return {
            (feed, self.file_names[delivery_id], row_no, period, rule)
            for feed, delivery_id, row_no, period, rule in self.query(
                "select feed, delivery_id, row_no, period, rule_id from val_broken_rules "
                f"where row_status = 'in_force' and period <= '{self.through}'"
            )
        }

    @cached_property
    def failing(self) -> dict[tuple[str, str], set[str]]:
        """Rules that fail, by feed and month."""
        failing: dict[tuple[str, str], set[str]] = defaultdict(set)
        for feed, period, rule in self.query(
            f"""
            select feed, period, rule_id from rule_evaluations where rows_failing > 0 and period <= '{self.through}'
            union all
            select source_feed, period, unnest(string_split(flags, '|'))
            from indicator_monthly inner join indicator_catalogue using (indicator_code)
            where flags is not null and period <= '{self.through}'
            """
        ):
            failing[feed, period].add(rule)
        return failing

    def used(self, feed: str) -> dict[tuple[Any, ...], dict[str, Any]]:
        """The used rows of a feed, by month and key: their values, warnings (`_warnings`) and place (`_place`)."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            rows = connection.execute(f"select * from int_{feed} where period <= '{self.through}'")
            names = [column[0] for column in rows.description]
            key = ["period", *CONTRACTS[feed].key]
            used = {}
            for row in rows.fetchall():
                values = dict(zip(names, row, strict=True))
                delivery_id, *_, row_no = values["_row_id"].split(":")
                values["_place"] = (self.file_names[delivery_id], int(row_no))
                used[tuple(values[name] for name in key)] = values
            return used


# On the desk: one delivery, read by itself.


@dataclass
class Desk:
    """A clean delivery and an empty folder, into which a fault puts what an office would send in its place."""

    clean: Path
    landing: Path
    form: Form = field(init=False)

    def __post_init__(self) -> None:
        self.form = read_form(self.clean)

    @property
    def clean_bytes(self) -> bytes:
        """The clean delivery's bytes."""
        return self.clean.read_bytes()

    @property
    def folder(self) -> Path:
        """Where deliveries of this feed and month are put."""
        return self.landing / self.form.feed / self.form.period

    def put(self, content: bytes, name: str | None = None, **receipt: Any) -> Path:
        """Put a file there, with a receipt if anything is said in one."""
        said = {**self.form.receipt, **receipt} if receipt else None
        return put(self.folder / (name or self.form.file_name), content, said)

    def put_clean(self) -> Path:
        """Put the clean delivery there."""
        return self.put(self.clean_bytes)

    def put_form(self, name: str | None = None) -> Path:
        """Put the form there as it is now."""
        return self.put(self.form.content(), name)


def desk_outcome(fault: Fault, clean: Path, folder: Path) -> Outcome:
    """Let a fault damage a delivery and read what is then in landing. `folder` is the fault's own."""
    desk = Desk(clean, folder / "landing")
    fault.damage(desk)
    arrivals = scan(desk.landing, CONTRACTS).arrivals
    results = [_read(arrival, folder) for arrival in arrivals]
    refused = [result for result in results if result.status == "refused"]
    if fault.disposition.what == "refuse":
        if not refused:
            return Outcome(fault, "missed", "accepted" if results else "no delivery")
        rules = {result.refusal_rule for result in refused}
        is_told = all(result.reason_zh and result.reason_zh.endswith("。") and result.reason_en for result in refused)
        is_right = rules == fault.disposition.rules and is_told
        return Outcome(fault, "caught" if is_right else "wrongly", f"{sorted(map(str, rules))}")
    if refused:
        return Outcome(fault, "wrongly", f"refused: {refused[0].refusal_rule} {refused[0].reason_zh}")
    whole = scan(clean.parents[2], CONTRACTS).arrivals
    (arrival,) = [one for one in whole if one.path == clean]
    expected = _values(_read(arrival, folder / "clean").raw_path)
    seen = [row for result in results for row in _values(result.raw_path)]
    return Outcome(fault, "caught") if seen == expected else Outcome(fault, "missed", _first_difference(expected, seen))


def _read(arrival: Arrival, folder: Path) -> Any:
    return read_delivery(arrival, CONTRACTS[arrival.feed], folder / "raw", contracts=CONTRACTS)


def _values(raw_path: Path) -> list[dict[str, Any]]:
    """The data rows as they reach staging, without their place."""
    rows = pq.read_table(raw_path).to_pylist()
    return [
        {name: value for name, value in row.items() if not name.startswith("_")}
        for row in rows
        if row["_row_kind"] in ("data", "damaged")
    ]


def _first_difference(expected: list[Any], seen: list[Any]) -> str:
    if len(expected) != len(seen):
        return f"{len(seen)} rows of data, not {len(expected)}"
    return next(
        f"row {number} {name}: {two[name]!r}, not {one[name]!r}"
        for number, (one, two) in enumerate(zip(expected, seen, strict=True), 1)
        for name in one
        if one[name] != two[name]
    )


# In the city: many faults in one build.


@dataclass
class Damaged:
    """A copy of the clean city with the faults of entries and forms in it, and what must break where."""

    files: CityFiles
    #: The lines of each form before anything was damaged: some faults take lines away.
    lines_before: dict[tuple[str, str, str], list[Line]] = field(init=False)
    _places: dict[Fault, list[Break]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines_before = {place: list(form.rows) for place, form in self.files.forms.items()}

    @property
    def faults(self) -> Iterable[Fault]:
        """The faults that are in it."""
        return self._places

    def put_in(self, fault: Fault) -> None:
        """Let a fault damage what it is given."""
        if fault.stage == "form":
            fault.damage(self.files.give_form(fault))
            self._places[fault] = []
            return
        entry = self.files.give_entry(fault)
        places = fault.damage(entry)
        if places is None:
            places = [(entry.now, rule, entry.period) for rule in fault.disposition.rules]
        self._places[fault] = places

    def write(self, landing: Path) -> None:
        """Write the city, once all faults are in it."""
        self.files.write(landing)

    def breaks_of(self, fault: Fault) -> set[Told]:
        """Where its rules must break."""
        return {
            (line.form.feed, line.form.file_name, line.row_no, period, rule)
            for line, rule, period in self._places[fault]
        }


def city_outcomes(damaged: Damaged, clean: Warehouse, city: Warehouse) -> Iterator[Outcome]:
    """What became of each fault in the damaged city."""
    owned: dict[Fault, set[Told]] = defaultdict(set)
    owners = _owners(damaged.files)
    for one in city.breaks:
        owner = owners.get(one[:3])
        if owner:
            owned[owner].add(one)
    differences = _differences(damaged, clean, city)
    for fault in damaged.faults:
        expected, seen = damaged.breaks_of(fault), owned[fault]
        if seen != expected:
            more, less = (
                sorted(f"{rule} {feed} {period} row {row}" for feed, _, row, period, rule in one)
                for one in (seen - expected, expected - seen)
            )
            is_missed = bool(expected) and not seen & expected
            yield Outcome(fault, "missed" if is_missed else "wrongly", f"broken too: {more}; not broken: {less}")
        elif fault.disposition.what in ("normalise", "ignore") and differences[fault]:
            yield Outcome(fault, "missed", differences[fault][0])
        else:
            yield Outcome(fault, "caught")


def false_alarms(damaged: Damaged, clean: Warehouse, city: Warehouse) -> Iterator[str]:
    """What is said of rows that no fault has touched, or changed in them."""
    for feed, file_name, row, period, rule in clean.breaks:
        yield f"clean city: {rule} {feed} {period} {file_name} row {row}"
    for (feed, period), rules in clean.failing.items():
        yield f"clean city: {sorted(rules)} {feed} {period}"
    owners = _owners(damaged.files)
    for one in city.breaks:
        if one[:3] not in owners:
            feed, file_name, row, period, rule = one
            yield f"{rule} {feed} {period} {file_name} row {row}"
    told = {rule for *_, rule in city.breaks}
    for (feed, period), rules in city.failing.items():
        if rules - told:
            yield f"{sorted(rules - told)} {feed} {period}"
    for difference in _differences(damaged, clean, city)[None]:
        yield f"changed: {difference}"


def _owners(files: CityFiles) -> dict[tuple[str, str, int], Fault]:
    owners = {}
    for form in [*files.forms.values(), *files.later]:
        for row_no, line in enumerate(form.rows, len(form.top) + 1):
            if owner := line.owner or form.owner:
                owners[form.feed, form.file_name, row_no] = owner
    return owners


def _differences(damaged: Damaged, clean: Warehouse, city: Warehouse) -> dict[Fault | None, list[str]]:
    """Used rows that are not what they are in the clean city, by the fault that owns them (None: nobody)."""
    differences: dict[Fault | None, list[str]] = defaultdict(list)
    owners = {
        (form.feed, form.period, form.file_name, line.clean_row_no): line.owner or form.owner
        for form in damaged.files.forms.values()
        for line in damaged.lines_before[form.feed, form.period, form.file_name]
    }
    owners_now = _owners(damaged.files)
    for feed in CONTRACTS:
        before, after = clean.used(feed), city.used(feed)
        for key, row in before.items():
            owner = owners.get((feed, row["period"], *row["_place"]))
            if (told := _difference(row, after.get(key))) is not None:
                differences[owner].append(f"{feed} {key}: {told}")
        for key in after.keys() - before.keys():
            differences[owners_now.get((feed, *after[key]["_place"]))].append(f"{feed} {key}: is new")
    return differences


def _difference(before: dict[str, Any], after: dict[str, Any] | None) -> str | None:
    if after is None:
        return "is gone"
    return next(
        (
            f"{name} {after[name]!r}, not {value!r}"
            for name, value in before.items()
            if not name.startswith("_") and after[name] != value
        ),
        None,
    )


# A month of a feed.


def month_outcomes(
    given: Mapping[Fault, tuple[str, str]], city: Warehouse, levels: Mapping[str, str]
) -> Iterator[Outcome]:
    """What became of each fault of a whole month; `given`: its feed and month."""
    for fault, place in given.items():
        expected = fault.disposition.rules
        failing = city.failing.get(place, set())
        # Rules of rows are another stage's; here only those that the fault is said to break.
        seen = {rule for rule in failing if levels[rule] in ("batch", "indicator") or rule in expected}
        if seen == expected:
            yield Outcome(fault, "caught")
        else:
            yield Outcome(fault, "wrongly" if seen & expected or not expected else "missed", f"fails {sorted(seen)}")


def table(outcomes: list[Outcome], alarms: list[str]) -> str:
    """The table of the catalogue: one line a fault, then the sums."""
    lines = [
        f"{outcome.verdict:<8} {outcome.fault.feed:<22} {outcome.fault.level:<8} {outcome.fault.disposition!s:<36} "
        f"{outcome.fault.name}: {outcome.fault.sentence}"
        + (f"  << {outcome.seen}" if outcome.verdict != "caught" else "")
        for outcome in sorted(outcomes, key=lambda one: (one.fault.feed, one.fault.level, one.fault.name))
    ]
    counted = Counter(outcome.verdict for outcome in outcomes)
    return "\n".join(
        [
            *lines,
            f"{len(outcomes)} faults: caught as they should {counted['caught']}, wrongly {counted['wrongly']}, "
            f"missed {counted['missed']}; false alarms {len(alarms)}",
            *alarms,
        ]
    )
