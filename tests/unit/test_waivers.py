"""Waivers: what may be waived and what not, what each lifts, how one ends, and what dbt is told."""

import datetime as dt

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from orchestration.intake import write_intake_tables
from orchestration.settings import DBT_PROJECT_DIR
from orchestration.state import NewWaiver, State
from orchestration.waivers import (
    MISSING_FEED_RULE,
    REFUSAL_RULE,
    WaiverRefused,
    WaiversInForce,
    in_force_in,
    read_rules,
    take_back,
    waivable_rules,
    waive,
)
from sources.contract import load_contracts
from sources.intake import IntakeResult
from sources.landing import SHANGHAI, Arrival

NOON = dt.datetime(2024, 6, 10, 12, 0, tzinfo=SHANGHAI)
CONTRACTS = load_contracts()
RULES = read_rules(DBT_PROJECT_DIR / "seeds")
USUAL = NewWaiver("R-BATCH-001", "2024-03", "2024-04", "ledger_projects", "王主任", "已核实")


@pytest.fixture
def state(tmp_path):
    with State(tmp_path / "state") as state:
        yield state


def given(state, **changed):
    wanted = NewWaiver(**{**USUAL.__dict__, **changed})
    return waive(wanted, state=state, rules=RULES, contracts=CONTRACTS, now=NOON)


def refuse(state, period, rule_id, number=1, feed="ledger_projects"):
    """A file that is refused by that rule."""
    arrival = Arrival(
        feed, period, None, f"{number}.xlsx", f"{number:064d}", 1, None, None, None, None,
        NOON + dt.timedelta(hours=number),
    )  # fmt: skip
    state.register([arrival], NOON)
    state.record_intake(IntakeResult(arrival.delivery_id, "refused", rule_id, "坏", "bad"), "contract", NOON)


# What may be waived


def test_a_waiver_names_rule_months_feed_who_and_why(state):
    waiver = given(state)
    assert state.waivers() == (waiver,)
    assert (waiver.rule_id, waiver.period, waiver.until, waiver.feed) == (
        "R-BATCH-001", "2024-03", "2024-04", "ledger_projects",
    )  # fmt: skip
    assert (waiver.by, waiver.why, waiver.decided_at) == ("王主任", "已核实", NOON)
    assert [one.waiver_id for one in state.decisions("2024-03").waivers] == [waiver.waiver_id]
    assert state.decisions("2024-02").waivers == ()


def test_the_rules_that_can_be_waived_are_blocks_and_refusals():
    severities = {RULES[one]["severity"] for one in waivable_rules(RULES)}
    assert severities == {"block", "refuse"}
    assert RULES[MISSING_FEED_RULE]["claim"] == "required_feed_is_there"
    assert RULES[REFUSAL_RULE]["claim"] == "no_refused_file_is_pending"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rule_id": "R-STAT-001"}, "不能豁免"),
        ({"rule_id": "R-STAT-008"}, "只作提示"),
        ({"rule_id": "R-GX-IND-007"}, "本仓库自己的计算"),
        ({"rule_id": "R-NONE-001"}, "没有规则 R-NONE-001"),
        ({"rule_id": "r-batch-001"}, "没有规则 r-batch-001"),
        ({"until": "2024-02"}, "早于起始月"),
        ({"feed": "ledger_nothing"}, "没有数据类别 ledger_nothing"),
        ({"rule_id": "R-BATCH-002"}, "只适用于 registration_entities"),
        ({"by": " "}, "--by"),
        ({"why": ""}, "--why"),
        (
            {"rule_id": "R-BATCH-005", "feed": "statistics_product", "period": "2024-01", "until": "2024-01"},
            "不需报送",
        ),
    ],
)
def test_what_cannot_be_waived_is_told_and_not_recorded(state, changed, said):
    with pytest.raises(WaiverRefused) as refused:
        given(state, **changed)
    assert said in refused.value.message_zh
    assert state.waivers() == ()


@pytest.mark.parametrize("rule_id", ["R-STAT-001", "R-STAT-008", "R-NONE-001", "R-GX-IND-007"])
def test_a_refusal_names_everything_that_can_be_waived(state, rule_id):
    with pytest.raises(WaiverRefused) as refused:
        given(state, rule_id=rule_id)
    for rule in waivable_rules(RULES):
        assert rule in refused.value.message_zh
        assert rule in refused.value.message_en


def test_a_feed_that_is_not_required_is_not_waived_for_being_missing(state):
    contracts = {**CONTRACTS, "optional": CONTRACTS["ledger_projects"].model_copy(update={"is_required": False})}
    wanted = NewWaiver(**{**USUAL.__dict__, "rule_id": MISSING_FEED_RULE, "feed": "optional"})
    with pytest.raises(WaiverRefused, match="is not required") as refused:
        waive(wanted, state=state, rules=RULES, contracts=contracts, now=NOON)
    assert "statistics_enterprise" in refused.value.message_zh


def test_the_same_waiver_is_not_given_twice_but_anew_once_it_was_taken_back(state):
    first = given(state)
    with pytest.raises(WaiverRefused, match=f"number {first.waiver_id}"):
        given(state)
    take_back(first.waiver_id, by="李局长", why="误批", state=state, now=NOON)
    assert given(state).waiver_id != first.waiver_id


@pytest.mark.parametrize(
    ("rule_id", "feed"), [("R-BATCH-002", "registration_entities"), ("R-BATCH-001", None), ("R-FILE-004", None)]
)
def test_without_a_feed_a_rule_is_waived_where_it_applies(state, rule_id, feed):
    assert given(state, rule_id=rule_id, feed=None).feed == feed


# What one lifts


@pytest.mark.parametrize(
    ("check_id", "feed", "period", "is_lifted"),
    [
        ("R-BATCH-001", "ledger_projects", "2024-03", True),
        ("R-BATCH-001", "ledger_projects", "2024-04", True),
        ("R-BATCH-001", "ledger_projects", "2024-05", False),
        ("R-BATCH-001", "ledger_projects", "2024-02", False),
        ("R-BATCH-001", "statistics_product", "2024-03", False),
        ("R-BATCH-003", "ledger_projects", "2024-03", False),
    ],
)
def test_a_waiver_lifts_its_rule_of_its_feed_in_its_months(state, check_id, feed, period, is_lifted):
    waiver = given(state)
    assert WaiversInForce.of(state).lifting(check_id, feed, period) == ((waiver,) if is_lifted else ())


def test_a_waived_refusal_lifts_the_block_of_refused_files_if_it_speaks_of_all_of_them(state):
    refuse(state, "2024-03", "R-FILE-001")
    first = given(state, rule_id="R-FILE-001")
    assert WaiversInForce.of(state).lifting(REFUSAL_RULE, "ledger_projects", "2024-03") == (first,)
    refuse(state, "2024-03", "R-FILE-004", number=2)
    assert WaiversInForce.of(state).lifting(REFUSAL_RULE, "ledger_projects", "2024-03") == ()
    second = given(state, rule_id="R-FILE-004", feed=None)
    assert WaiversInForce.of(state).lifting(REFUSAL_RULE, "ledger_projects", "2024-03") == (first, second)


def test_a_waived_refusal_lifts_nothing_where_no_file_was_refused(state):
    given(state, rule_id="R-FILE-001")
    assert WaiversInForce.of(state).lifting(REFUSAL_RULE, "ledger_projects", "2024-03") == ()
    assert WaiversInForce.of(state).lifting(MISSING_FEED_RULE, "ledger_projects", "2024-03") == ()


def test_the_block_of_refused_files_itself_is_waived_whatever_the_files(state):
    refuse(state, "2024-03", "R-FILE-001")
    waiver = given(state, rule_id=REFUSAL_RULE)
    assert WaiversInForce.of(state).lifting(REFUSAL_RULE, "ledger_projects", "2024-03") == (waiver,)


# How one ends


def test_a_waiver_that_was_taken_back_covers_nothing_and_stays_in_the_list(state):
    waiver = given(state)
    later = NOON + dt.timedelta(days=1)
    ended = take_back(waiver.waiver_id, by="李局长", why="误批", state=state, now=later)
    assert (ended.end.by, ended.end.why, ended.decided_at) == ("李局长", "误批", later)
    assert state.waivers() == (ended,)
    assert state.decisions("2024-12").waivers == ()
    assert not ended.covers("R-BATCH-001", "ledger_projects", "2024-03")
    assert in_force_in(state.waivers(), ["2024-03"]) == ()


def test_what_cannot_be_taken_back_is_told(state):
    with pytest.raises(WaiverRefused) as unknown:
        take_back(7, by="王", why="误", state=state, now=NOON)
    assert "没有编号为 7 的豁免" in unknown.value.message_zh
    waiver = given(state)
    for by, why in (("", "误"), ("王", " ")):
        with pytest.raises(WaiverRefused, match="--by"):
            take_back(waiver.waiver_id, by=by, why=why, state=state, now=NOON)
    take_back(waiver.waiver_id, by="王", why="误", state=state, now=NOON)
    with pytest.raises(WaiverRefused, match="before"):
        take_back(waiver.waiver_id, by="王", why="误", state=state, now=NOON)


def test_the_store_keeps_one_end_of_a_waiver_and_none_of_an_unknown_one(state):
    waiver = given(state)
    state.end_waiver(waiver.waiver_id, NOON, by="王", why="误")
    for waiver_id in (waiver.waiver_id, 99):
        with pytest.raises(sa.exc.IntegrityError):
            state.end_waiver(waiver_id, NOON, by="王", why="误")


def test_those_that_cover_a_month_of_a_run(state):
    given(state)
    for_may = given(state, period="2024-05", until="2024-05")
    assert in_force_in(state.waivers(), ["2024-05", "2024-06"]) == (for_may,)


# What dbt is told


def test_dbt_is_told_rule_feed_and_months_but_not_who_and_why(state, tmp_path):
    given(state)
    given(state, rule_id="R-FILE-001", feed=None)
    rows = write_intake_tables(CONTRACTS, [], tmp_path, waivers=state.decisions("2024-12").waivers)
    assert rows["waivers"] == 2
    assert pq.read_table(tmp_path / "waivers.parquet").to_pylist() == [
        {"waiver_id": 1, "rule_id": "R-BATCH-001", "feed": "ledger_projects", "period": "2024-03", "until": "2024-04"},
        {"waiver_id": 2, "rule_id": "R-FILE-001", "feed": None, "period": "2024-03", "until": "2024-04"},
    ]
