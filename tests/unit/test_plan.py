"""The plan: which months a run takes, which wait and for what, which stand, which are known to be stopped."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from expectations.verdict import Verdict
from orchestration.plan import make_plan
from orchestration.publication.fingerprint import CodeVersion, fingerprint
from orchestration.state import WAIVERS, NewRelease, NewWaiver, State
from sources.contract import load_contracts
from sources.intake import IntakeResult
from sources.landing import SHANGHAI, Arrival

CODE = CodeVersion("code", "seeds", "rules", {})
CONTRACTS = load_contracts()
REQUIRED = [feed for feed, contract in CONTRACTS.items() if contract.is_required]
STATISTICS = ["statistics_enterprise", "statistics_product"]
NOON = dt.datetime(2024, 4, 9, 12, 0, tzinfo=SHANGHAI)


@dataclass
class Office:
    """Delivers files that are read at once, unless told otherwise, and publishes on paper."""

    state: State
    arrivals: list[Arrival] = field(default_factory=list)
    minutes: int = 0

    def now(self):
        """A minute later each time: what came after a release is told by the clock."""
        self.minutes += 1
        return NOON + dt.timedelta(minutes=self.minutes)

    def deliver(self, period, *feeds, content="first", status="accepted"):
        for feed in feeds:
            sha256 = hashlib.sha256(f"{feed}{period}{content}".encode()).hexdigest()
            one = Arrival(
                feed, period, Path(content), f"{content}.xlsx", sha256, 1, None, None, None, None,
                NOON + dt.timedelta(minutes=len(self.arrivals)),
            )  # fmt: skip
            self.arrivals.append(one)
            self.state.register(self.arrivals, self.now())
            if status == "accepted":
                self.state.record_intake(IntakeResult(one.delivery_id, "accepted"), "contract", NOON)
            elif status == "refused":
                self.state.record_intake(
                    IntakeResult(one.delivery_id, "refused", "R-FILE-001", "打不开", "cannot be read"),
                    "contract", NOON,
                )  # fmt: skip

    def publish(self, period, number=1, blocked=()):
        release = NewRelease(
            f"{period}-r{number}", period, number, "run", self.fingerprint(period), "d", "m", tuple(blocked)
        )
        self.state.prepare_release(release, self.now())
        self.state.record_release(release.release_id, "published", self.now())

    def judge(self, period, outcome, severity="block"):
        verdict = Verdict(
            check_id="R-BATCH-001", kind="rule", subject="ledger_projects", period=period, severity=severity,
            outcome=outcome, rows_looked_at=9, rows_failing=5, message_zh="被搁置的行过多", message_en="too many rows",
        )  # fmt: skip
        self.state.record_verdicts(
            "run", [verdict], NOON, fingerprints={period: self.fingerprint(period)}, data_hashes={period: "d"}
        )

    def fingerprint(self, period):
        return fingerprint(period, self.state, CODE)

    def plan(self, first=None, last=None, code=CODE):
        return make_plan(self.state, CONTRACTS, code, first=first, last=last)


@pytest.fixture
def office(tmp_path):
    with State(tmp_path / "state") as state:
        yield Office(state)


def waiting(plan):
    return {one.period: [missing.feed for missing in one.missing] for one in plan.waiting}


def test_without_a_delivery_there_is_nothing_to_do(office):
    plan = office.plan()
    assert not plan.has_work
    assert (plan.read, plan.through, plan.waiting) == ((), None, ())


def test_a_month_whose_required_feeds_are_all_there_is_taken(office):
    office.deliver("2024-03", *REQUIRED)
    plan = office.plan()
    assert (plan.take, plan.read, plan.through) == (("2024-03",), ("2024-03",), "2024-03")


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_month_waits_for_each_required_feed(office, missing):
    office.deliver("2024-03", *(feed for feed in REQUIRED if feed != missing))
    plan = office.plan()
    assert not plan.has_work
    assert waiting(plan) == {"2024-03": [missing]}
    assert plan.waiting[0].missing[0].sentence.zh == f"缺 {CONTRACTS[missing].label_zh}"


def test_statistics_are_not_due_in_january(office):
    office.deliver("2024-01", *(feed for feed in REQUIRED if feed not in STATISTICS))
    office.deliver("2024-02", *(feed for feed in REQUIRED if feed not in STATISTICS))
    plan = office.plan()
    assert plan.take == ("2024-01",)
    assert waiting(plan) == {"2024-02": STATISTICS}


@pytest.mark.parametrize("status", ["seen", "refused", "accepted"])
def test_a_file_counts_as_there_whatever_became_of_it(office, status):
    office.deliver("2024-03", *REQUIRED[1:])
    office.deliver("2024-03", REQUIRED[0], status=status)
    assert office.plan().take == ("2024-03",)


def test_a_file_that_left_landing_unread_is_not_there(office):
    office.deliver("2024-03", *REQUIRED[1:])
    office.deliver("2024-03", REQUIRED[0], status="seen")
    office.state.register([], NOON)
    assert waiting(office.plan()) == {"2024-03": REQUIRED[:1]}


def test_a_month_in_between_of_which_nothing_came_waits_too(office):
    office.deliver("2024-03", *REQUIRED)
    office.deliver("2024-05", *REQUIRED)
    plan = office.plan()
    assert plan.take == ("2024-03", "2024-05")
    assert plan.read == ("2024-03", "2024-04", "2024-05")
    assert waiting(plan) == {"2024-04": REQUIRED}


def test_months_are_read_over_the_turn_of_the_year(office):
    office.deliver("2023-11", *REQUIRED)
    office.deliver("2024-02", *REQUIRED)
    assert office.plan().read == ("2023-11", "2023-12", "2024-01", "2024-02")


def test_an_incomplete_last_month_is_not_read(office):
    office.deliver("2024-03", *REQUIRED)
    office.deliver("2024-04", REQUIRED[0])
    assert office.plan().through == "2024-03"


def test_what_stands_is_not_taken_and_nothing_is_built(office):
    office.deliver("2024-03", *REQUIRED)
    office.publish("2024-03")
    plan = office.plan()
    assert not plan.has_work
    assert plan.read == ()
    assert [(one.period, one.release_id) for one in plan.standing] == [("2024-03", "2024-03-r1")]


def test_a_delivery_makes_its_month_and_every_later_one_new(office):
    for period in ("2024-02", "2024-03", "2024-04"):
        office.deliver(period, *REQUIRED)
    for period in ("2024-02", "2024-03", "2024-04"):
        office.publish(period)
    office.deliver("2024-03", REQUIRED[0], content="correction", status="seen")
    plan = office.plan()
    assert plan.take == ("2024-03", "2024-04")
    assert plan.read == ("2024-02", "2024-03", "2024-04")
    assert [one.period for one in plan.standing] == ["2024-02"]


def test_a_confirmed_month_stands(office):
    office.deliver("2024-03", *REQUIRED)
    office.deliver("2024-04", *REQUIRED)
    office.publish("2024-03")
    office.publish("2024-04")
    office.deliver("2024-03", REQUIRED[0], content="correction")
    office.state.record_confirmation("2024-03", office.fingerprint("2024-03"), "2024-03-r1", NOON)
    assert office.plan().take == ("2024-04",)


def test_a_new_program_takes_every_month(office):
    office.deliver("2024-03", *REQUIRED)
    office.publish("2024-03")
    assert office.plan(code=CodeVersion("another", "seeds", "rules", {})).take == ("2024-03",)


def test_a_month_that_failed_for_exactly_this_is_told_and_not_built_again(office):
    office.deliver("2024-03", *REQUIRED)
    office.judge("2024-03", "failed")
    plan = office.plan()
    assert not plan.has_work
    assert [(one.period, one.reasons[0].zh) for one in plan.stopped] == [("2024-03", "被搁置的行过多［R-BATCH-001］")]
    office.deliver("2024-03", REQUIRED[0], content="correction")
    assert office.plan().take == ("2024-03",)


@pytest.mark.parametrize(("outcome", "severity"), [("not_evaluated", "block"), ("passed", "block"), ("failed", "warn")])
def test_a_month_that_was_only_interrupted_is_taken_again(office, outcome, severity):
    office.deliver("2024-03", *REQUIRED)
    office.judge("2024-03", outcome, severity)
    assert office.plan().take == ("2024-03",)


def test_a_waiver_gives_a_stopped_month_another_chance(office):
    office.deliver("2024-03", *REQUIRED)
    office.judge("2024-03", "failed")
    with office.state.engine.begin() as connection:
        connection.execute(
            WAIVERS.insert().values(
                rule_id="R-BATCH-001", period="2024-03", until="2024-03", by="局长", why="已核实", at=NOON.isoformat()
            )
        )
    assert office.plan().take == ("2024-03",)


def test_a_stopped_month_is_read_all_the_same_when_another_is_taken(office):
    office.deliver("2024-03", *REQUIRED)
    office.deliver("2024-04", *REQUIRED)
    office.judge("2024-04", "failed")
    plan = office.plan()
    assert (plan.take, plan.through) == (("2024-03",), "2024-04")


def test_the_latest_release_is_made_anew_when_a_month_that_it_leaves_out_is_released(office):
    office.deliver("2024-03", *REQUIRED)
    office.deliver("2024-04", *REQUIRED)
    office.publish("2024-04", blocked=["2024-03"])
    assert office.plan().take == ("2024-03",)
    # Killed between the two releases: the next run finds what is left to do.
    office.publish("2024-03")
    assert office.plan().take == ("2024-04",)
    office.publish("2024-04", number=2)
    assert not office.plan().has_work


def test_a_month_asked_for_alone_is_taken_without_its_feeds(office):
    office.deliver("2024-02", *REQUIRED)
    office.deliver("2024-03", REQUIRED[0])
    office.deliver("2024-04", *REQUIRED)
    plan = office.plan("2024-03", "2024-03")
    assert (plan.take, plan.read, plan.through) == (("2024-03",), ("2024-02", "2024-03"), "2024-03")
    assert plan.waiting == ()


def test_of_a_range_only_complete_months_are_taken(office):
    for period in ("2024-02", "2024-04", "2024-05"):
        office.deliver(period, *REQUIRED)
    plan = office.plan("2024-03", "2024-04")
    assert (plan.take, plan.through) == (("2024-04",), "2024-04")
    assert plan.read == ("2024-02", "2024-03", "2024-04")
    assert waiting(plan) == {"2024-03": REQUIRED}


def test_a_month_asked_for_that_stands_is_not_taken(office):
    office.deliver("2024-03", *REQUIRED)
    office.publish("2024-03")
    assert not office.plan("2024-03", "2024-03").has_work


# Waived feeds


def waive(office, rule_id, period, feed=None, until=None):
    return office.state.record_waiver(NewWaiver(rule_id, period, until or period, feed, "局长", "已核实"), office.now())


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_feed_whose_absence_is_waived_is_not_waited_for(office, missing):
    for period in ("2024-03", "2024-04"):
        office.deliver(period, *(feed for feed in REQUIRED if feed != missing))
    waive(office, "R-BATCH-005", "2024-03", feed=missing)
    plan = office.plan()
    assert plan.take == ("2024-03",)
    assert waiting(plan) == {"2024-04": [missing]}


def test_a_waiver_of_one_feed_does_not_help_another_nor_one_of_another_rule(office):
    office.deliver("2024-03", *REQUIRED[1:])
    waive(office, "R-BATCH-005", "2024-03", feed=REQUIRED[1])
    waive(office, "R-BATCH-006", "2024-03", feed=REQUIRED[0])
    assert waiting(office.plan()) == {"2024-03": REQUIRED[:1]}
    again = waive(office, "R-BATCH-005", "2024-03", feed=REQUIRED[0])
    assert office.plan().take == ("2024-03",)
    office.state.end_waiver(again.waiver_id, office.now(), by="局长", why="误批")
    assert waiting(office.plan()) == {"2024-03": REQUIRED[:1]}


def test_a_waiver_taken_back_leaves_the_month_stopped_for_what_it_was_stopped_before(office):
    office.deliver("2024-03", *REQUIRED)
    office.judge("2024-03", "failed")
    waiver = waive(office, "R-BATCH-001", "2024-03")
    office.publish("2024-03")
    assert not office.plan().has_work
    office.state.end_waiver(waiver.waiver_id, office.now(), by="局长", why="误批")
    plan = office.plan()
    assert not plan.has_work
    assert [one.period for one in plan.stopped] == ["2024-03"]
    assert [(one.period, one.waivers[0].waiver_id) for one in plan.reopened] == [("2024-03", waiver.waiver_id)]


# Months re-opened


def reopened(plan):
    return {one.period: [(came.feed, came.period, came.file_name) for came in one.deliveries] for one in plan.reopened}


def test_a_month_that_was_never_published_is_not_reopened(office):
    office.deliver("2024-03", *REQUIRED)
    assert office.plan().reopened == ()


def test_a_correction_reopens_its_month_and_those_after_it_and_is_named(office):
    for period in ("2024-02", "2024-03", "2024-04"):
        office.deliver(period, *REQUIRED)
    for period in ("2024-02", "2024-03", "2024-04"):
        office.publish(period)
    office.deliver("2024-03", REQUIRED[0], content="correction", status="seen")
    plan = office.plan()
    came = [(REQUIRED[0], "2024-03", "correction.xlsx")]
    assert reopened(plan) == {"2024-03": came, "2024-04": came}
    assert [one.release_id for one in plan.reopened] == ["2024-03-r1", "2024-04-r1"]


def test_what_was_looked_at_before_is_not_named_again(office):
    for period in ("2024-03", "2024-04"):
        office.deliver(period, *REQUIRED)
        office.publish(period)
    office.deliver("2024-03", REQUIRED[0], content="first correction")
    office.publish("2024-03", number=2)
    office.state.record_confirmation("2024-04", office.fingerprint("2024-04"), "2024-04-r1", office.now())
    assert office.plan().reopened == ()
    office.deliver("2024-03", REQUIRED[0], content="second correction")
    came = [(REQUIRED[0], "2024-03", "second correction.xlsx")]
    assert reopened(office.plan()) == {"2024-03": came, "2024-04": came}


def test_a_month_reopened_by_a_waiver_or_by_another_program_names_no_delivery(office):
    office.deliver("2024-03", *REQUIRED)
    office.publish("2024-03")
    [by_program] = office.plan(code=CodeVersion("another", "seeds", "rules", {})).reopened
    assert (by_program.deliveries, by_program.waivers) == ((), ())
    waiver = waive(office, "R-BATCH-001", "2024-03")
    [by_waiver] = office.plan().reopened
    assert (by_waiver.deliveries, by_waiver.waivers) == ((), (waiver,))
