"""The state store: what was seen first stays, what supersedes what, and nothing is lost."""

import datetime as dt
import itertools
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.verdict import Verdict
from orchestration.state import Confirmation, NewRelease, State, StateUnusable
from sources.intake import IntakeResult
from sources.landing import SHANGHAI, Arrival, Notice

NOON = dt.datetime(2024, 4, 9, 12, 0, tzinfo=SHANGHAI)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def state(tmp_path):
    with State(tmp_path / "state") as opened:
        yield opened


def arrival(name, *, at=NOON, feed="ledger_projects", period="2024-03", sender="领导小组办公室"):
    return Arrival(
        feed=feed,
        period=period,
        path=Path(f"{name}.xlsx"),
        file_name=f"{name}.xlsx",
        sha256=name.encode().hex().ljust(64, "0"),
        size_bytes=10,
        sender=sender,
        sent_at=at,
        receipt_sha256=None,
        receipt_rows=3,
        received_at=at,
    )


def accepted(one):
    return IntakeResult(one.delivery_id, "accepted", rows_read=5, rows_data=3, rows_not_data=2)


def refused(one):
    return IntakeResult(one.delivery_id, "refused", "R-FILE-001", "打不开", "cannot be read")


def names(deliveries):
    return [one.file_name.removesuffix(".xlsx") for one in deliveries]


# Deliveries


def test_an_arrival_is_remembered_as_first_seen(state):
    first = arrival("a")
    assert state.register([first], NOON) == (first.delivery_id,)
    again = arrival("a", at=NOON + HOUR, sender="someone else")
    assert state.register([again, arrival("b")], NOON + HOUR) == (arrival("b").delivery_id,)
    (kept, _) = state.deliveries()
    assert (kept.sender, kept.received_at, kept.first_seen_at) == ("领导小组办公室", NOON, NOON)
    assert (kept.status, kept.rows_data, kept.receipt_rows) == ("seen", 0, 3)


def test_what_became_of_a_delivery_survives_that_it_is_seen_again(state):
    one = arrival("a")
    state.register([one], NOON)
    state.record_intake(accepted(one), "contract", NOON)
    state.register([one], NOON + HOUR)
    (kept,) = state.deliveries()
    assert (kept.status, kept.rows_read, kept.rows_data, kept.rows_not_data) == ("accepted", 5, 3, 2)


def test_a_reading_of_an_unknown_delivery_is_an_error(state):
    with pytest.raises(LookupError, match="never registered"):
        state.record_intake(accepted(arrival("a")), "contract", NOON)


def test_supersession_goes_by_arrival_then_by_when_it_was_seen_then_by_name(state):
    state.register([arrival("z", at=NOON + HOUR)], NOON)
    state.register([arrival("y"), arrival("c", at=NOON + HOUR), arrival("b", at=NOON + HOUR)], NOON + HOUR)
    assert names(state.deliveries()) == ["y", "z", "b", "c"]
    assert [one.arrival_no for one in state.deliveries()] == [1, 2, 3, 4]


@settings(max_examples=10, deadline=None)
@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_in_which_landing_is_listed_does_not_matter(tmp_path_factory, order):
    with State(tmp_path_factory.mktemp("state")) as state:
        state.register([arrival(name, at=NOON + HOUR * (name < "c")) for name in order], NOON)
        assert names(state.deliveries()) == ["c", "d", "a", "b"]


def test_each_feed_and_month_counts_for_itself(state):
    state.register([arrival("a"), arrival("a", period="2024-04"), arrival("a", feed="registration_entities")], NOON)
    assert [one.arrival_no for one in state.deliveries()] == [1, 1, 1]
    assert [one.period for one in state.deliveries(through="2024-03")] == ["2024-03", "2024-03"]


@pytest.mark.parametrize("outcomes", list(itertools.product("ar", repeat=3)), ids="".join)
def test_a_refusal_is_pending_until_a_later_delivery_is_accepted(state, outcomes):
    arrivals = [arrival(str(number), at=NOON + number * HOUR) for number in range(3)]
    state.register(arrivals, NOON)
    # Read in another order than they count.
    for one, outcome in reversed(list(zip(arrivals, outcomes, strict=True))):
        state.record_intake(accepted(one) if outcome == "a" else refused(one), "contract", NOON)
    assert [one.is_refusal_pending for one in state.deliveries()] == [
        outcome == "r" and "a" not in outcomes[number:] for number, outcome in enumerate(outcomes)
    ]


def test_a_delivery_is_read_once_and_a_refused_one_again_by_a_new_contract(state):
    one, other = arrival("a"), arrival("b")
    state.register([one, other], NOON)
    assert all(delivery.is_to_read("old") for delivery in state.deliveries())
    state.record_intake(accepted(one), "old", NOON)
    state.record_intake(refused(other), "old", NOON)
    assert [delivery.is_to_read("old") for delivery in state.deliveries()] == [False, False]
    assert [delivery.is_to_read("new") for delivery in state.deliveries()] == [False, True]


def test_what_left_landing_unread_does_not_count_and_what_was_read_does(state):
    one, other = arrival("a"), arrival("b")
    state.register([one, other], NOON)
    state.record_intake(accepted(one), "contract", NOON)
    state.register([], NOON + HOUR)
    assert [delivery.is_there for delivery in state.deliveries()] == [True, False]
    assert not any(delivery.is_to_read("new") for delivery in state.deliveries())
    state.register([other], NOON + 2 * HOUR)
    assert [delivery.is_there for delivery in state.deliveries()] == [True, True]


# Verdicts


def verdict(check_id, outcome="passed", *, subject="ledger_projects", details=None):
    return Verdict(
        check_id=check_id, kind="rule", subject=subject, period="2024-03", severity="block", outcome=outcome,
        rows_looked_at=3, rows_failing=0, message_zh="说明", message_en="message", details=details or {},
    )  # fmt: skip


def record(state, *verdicts, fingerprint="f", data_hash="d"):
    state.record_verdicts(
        "run", verdicts, NOON, fingerprints={"2024-03": fingerprint}, data_hashes={"2024-03": data_hash}
    )


def test_verdicts_come_back_as_they_were(state):
    one = verdict("R-BATCH-001", details={"claim": "few_rows_are_set_aside", "rows": [1, None, "值"]})
    record(state, one)
    assert state.verdicts("2024-03", "f", "d") == (one,)


def test_the_newest_verdict_of_each_check_and_subject_counts(state):
    record(state, verdict("R-1"), verdict("R-1", subject="statistics_product"), verdict("R-2", "failed"))
    record(state, verdict("R-1", "not_evaluated"))
    assert {(one.check_id, one.subject, one.outcome) for one in state.verdicts("2024-03", "f", "d")} == {
        ("R-1", "ledger_projects", "not_evaluated"),
        ("R-1", "statistics_product", "passed"),
        ("R-2", "ledger_projects", "failed"),
    }


def test_verdicts_are_of_exactly_one_fingerprint_and_one_data(state):
    record(state, verdict("R-1"))
    assert state.verdicts("2024-03", "another", "d") == ()
    assert state.verdicts("2024-03", "f", "another") == ()
    assert state.verdicts("2024-02", "f", "d") == ()
    assert len(state.verdicts("2024-03", "f")) == 1
    assert state.is_judged("2024-03")
    assert not state.is_judged("2024-02")


# The ledger


def new_release(period="2024-03", number=1):
    return NewRelease(f"{period}-r{number}", period, number, "run", "f", "d", "m", ("2024-02",))


def test_a_release_has_the_status_of_its_last_event(state):
    state.prepare_release(new_release(), NOON)
    (release,) = state.releases()
    assert (release.status, release.prepared_at, release.published_at) == ("prepared", NOON, None)
    state.record_release("2024-03-r1", "published", NOON + HOUR)
    state.record_release("2024-03-r1", "withdrawn", NOON + 2 * HOUR, by="局长", why="口径有误")
    (release,) = state.releases()
    assert (release.status, release.published_at, release.by) == ("withdrawn", NOON + HOUR, "局长")
    assert release.blocked_periods == ("2024-02",)


def test_a_release_number_is_given_once(state):
    state.prepare_release(new_release(), NOON)
    state.record_release("2024-03-r1", "abandoned", NOON)
    with pytest.raises(Exception, match="UNIQUE"):
        state.prepare_release(new_release(), NOON)


def test_a_confirmation_is_entered_once(state):
    state.prepare_release(new_release(), NOON)
    for _ in range(2):
        state.record_confirmation("2024-03", "g", "2024-03-r1", NOON)
    assert state.confirmations() == {Confirmation("2024-03", "g", "2024-03-r1")}


# The store


def test_instants_are_kept_in_shanghai_time_and_a_naive_one_is_refused(state):
    state.start_run("run", NOON.astimezone(dt.UTC), first="2024-03", last="2024-03", is_publishing=True)
    state.end_run("run", NOON + HOUR, "published")
    with sqlite3.connect(state.path) as connection:
        rows = connection.execute("select started_at, ended_at, asked_first, outcome from runs").fetchall()
    assert rows == [("2024-04-09T12:00:00.000000+08:00", "2024-04-09T13:00:00.000000+08:00", "2024-03", "published")]
    with pytest.raises(ValueError, match="no time zone"):
        state.end_run("run", NOON.replace(tzinfo=None), "published")


def test_notices_are_kept_by_run(state):
    state.record_notices("run", [Notice("other_ending", Path("landing/a.pdf"), "不是报送文件", "no delivery")])
    state.record_notices("another", [])
    with sqlite3.connect(state.path) as connection:
        assert connection.execute("select run_id, kind, path from notices").fetchall() == [
            ("run", "other_ending", "landing/a.pdf")
        ]


def test_it_is_durable_and_open_to_readers_while_it_is_written(state):
    with state.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_it_is_there_after_it_was_closed(tmp_path):
    with State(tmp_path) as first:
        first.register([arrival("a")], NOON)
    with State(tmp_path) as second:
        assert names(second.deliveries()) == ["a"]


def test_a_store_of_another_version_is_refused(tmp_path):
    with State(tmp_path) as first:
        path = first.path
    with sqlite3.connect(path) as connection:
        connection.execute("update state_schema set version = 99")
    with pytest.raises(StateUnusable, match="is of version 99"):
        State(tmp_path)


def test_a_damaged_store_is_told_in_a_sentence(tmp_path):
    (tmp_path / "state.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StateUnusable, match="is damaged") as stop:
        State(tmp_path)
    assert "已损坏" in stop.value.message_zh


def test_a_store_that_cannot_be_opened_is_told_in_a_sentence(tmp_path):
    (tmp_path / "state.sqlite").mkdir()
    with pytest.raises(StateUnusable, match="cannot be opened"):
        State(tmp_path)
