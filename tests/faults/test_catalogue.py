"""The fault catalogue, run: every fault on clean deliveries of the demo city, one table of what became of them.

Faults of files are read one by one; all faults of rows, cells and history stand in one city that is built once, those
of whole months in another; a third build is of the clean city, and must break no rule at all. That is the one build of
the whole demo: what must hold in every month of it is asked here too.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from orchestration.settings import DBT_PROJECT_DIR
from tests.faults.catalogue.city_files import CityFiles, sound_periods, write_demo_city
from tests.faults.catalogue.every_fault import FAULTS
from tests.faults.catalogue.fault import Fault
from tests.faults.catalogue.outcomes import (
    CONTRACTS,
    Damaged,
    Outcome,
    Warehouse,
    built,
    city_outcomes,
    desk_outcome,
    false_alarms,
    month_outcomes,
    table,
)
from tests.identities import IDENTITIES, Copies
from tests.second_computation import headline_figures, headline_figures_of

DESK_PERIOD = "2024-03"
FEWEST = 70
with (DBT_PROJECT_DIR / "seeds" / "validation_rules.csv").open(encoding="utf-8", newline="") as _seed:
    LEVELS = {rule["rule_id"]: rule["level"] for rule in csv.DictReader(_seed)}


class Catalogue:
    """Every fault, tried; `outcomes` and `alarms` are what the tests look at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.landing = folder / "clean" / "landing"
        write_demo_city(self.landing)
        self.sound = sound_periods(self.landing)
        self.clean = built(folder / "clean", through=self.sound[-1])
        self.outcomes: list[Outcome] = [*self._on_the_desk(), *self._in_months()]
        self.alarms: list[str] = []
        self._in_a_city()

    def _on_the_desk(self) -> list[Outcome]:
        return [
            desk_outcome(fault, self._clean_file(fault), self._folder / fault.name)
            for fault in FAULTS
            if fault.stage == "desk"
        ]

    def _clean_file(self, fault: Fault) -> Path:
        (path,) = [path for path in (self.landing / fault.feed / DESK_PERIOD).iterdir() if path.suffix != ".json"]
        return path

    def _in_a_city(self) -> None:
        damaged = Damaged(CityFiles.open(self.landing, self.sound))
        # Those that need a whole month first, then those that only some entries will do for.
        for fault in sorted(FAULTS, key=lambda fault: (fault.stage != "form", not fault.is_choosy)):
            if fault.stage in ("form", "entry"):
                damaged.put_in(fault)
        data = self._folder / "city"
        damaged.write(data / "landing")
        city = built(data)
        self.outcomes += city_outcomes(damaged, self.clean, city)
        self.alarms += false_alarms(damaged, self.clean, city)

    def _in_months(self) -> list[Outcome]:
        files = CityFiles.open(self.landing, self.sound)
        given: dict[Fault, tuple[str, str]] = {}
        for fault in FAULTS:
            if fault.stage == "month":
                form = files.give_form(fault)
                given[fault] = fault.damage(form, files) or (form.feed, form.period)
        data = self._folder / "months"
        files.write(data / "landing")
        self.months: Warehouse = built(data)
        return list(month_outcomes(given, self.months, LEVELS))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return Catalogue(tmp_path_factory.mktemp("catalogue"))


def test_every_fault_is_treated_as_it_should_and_nothing_else_is_blamed(catalogue, record_property):
    told = table(catalogue.outcomes, catalogue.alarms)
    record_property("fault catalogue", f"\n{told}")
    others = [outcome for outcome in catalogue.outcomes if outcome.verdict != "caught"]
    assert not others, told
    assert not catalogue.alarms, told


def test_every_feed_and_level_has_its_faults():
    assert len(FAULTS) >= FEWEST
    assert {fault.feed for fault in FAULTS} == set(CONTRACTS)
    assert {fault.level for fault in FAULTS} >= {"bytes", "file", "sheet", "header", "row", "cell", "history", "batch"}
    wrong = {fault.name for fault in FAULTS if fault.disposition.rules - LEVELS.keys()}
    assert not wrong, "rules that the list does not have"


def test_every_rule_of_the_list_is_broken_by_a_fault():
    broken = Counter(rule for fault in FAULTS for rule in fault.disposition.rules)
    without = LEVELS.keys() - broken.keys()
    assert not without, f"no fault breaks {sorted(without)}"


def test_a_second_computation_finds_the_same_figures_in_every_month(catalogue):
    expected = headline_figures(catalogue.landing, DBT_PROJECT_DIR / "seeds")
    assert len({period for period, *_ in expected}) == len(catalogue.sound) + 1
    assert headline_figures_of(catalogue.clean.path) == expected


@pytest.fixture(scope="module")
def copies(catalogue) -> Copies:
    return Copies([catalogue.clean.path])


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda identity: identity.name)
def test_what_must_hold_between_figures_holds_in_every_month(copies, identity):
    places = copies.places(identity)
    assert places
    assert [place for place, holds in places if not holds] == []
