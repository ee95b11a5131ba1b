"""The gate: a month passes only with passing verdicts of every expected check, for exactly this data."""

from dataclasses import replace

import duckdb
import pytest
import sqlalchemy as sa

from expectations.verdict import ExpectedCheck
from orchestration.publication.fingerprint import PROJECT_DIR, SEEDS_FOLDER
from orchestration.publication.gate import DBT_BUILD, DBT_TESTS, expected_from
from orchestration.state import WAIVERS
from sources.contract import load_contracts

from .conftest import CHECK, NOON

MONTH = "2024-03"


@pytest.fixture
def built(city, values):
    city.deliver(MONTH, "first")
    city.build(values)
    return city


def said(decision):
    return [reason.en for reason in decision.reasons]


def waive(city, *, rule_id=CHECK.check_id, period=MONTH, until=MONTH, feed=None):
    with city.state.engine.begin() as connection:
        connection.execute(
            WAIVERS.insert().values(
                rule_id=rule_id, period=period, until=until, feed=feed, by="局长", why="已核实", at=NOON.isoformat()
            )
        )


def test_a_month_that_passed_every_check_passes(built):
    built.judge(MONTH)
    decision = built.confirm(MONTH)
    assert decision.is_passed
    assert decision.fingerprint == built.fingerprint(MONTH)
    assert {verdict.check_id for verdict in decision.verdicts} == {"R-BATCH-001", "dbt_build", "dbt_tests"}


def test_a_month_without_any_verdict_is_refused(built):
    assert said(built.confirm(MONTH)) == ["There is no verdict of 2024-03: it cannot be published. Run stm run again."]


@pytest.mark.parametrize("outcome", ["failed", "not_evaluated"])
def test_a_check_that_did_not_pass_refuses_in_its_own_words(built, outcome):
    built.judge(MONTH, outcome=outcome)
    decision = built.confirm(MONTH)
    assert said(decision) == ["R-BATCH-001 did not pass [R-BATCH-001]"]
    assert decision.reasons[0].zh == "R-BATCH-001 没有通过［R-BATCH-001］"


@pytest.mark.parametrize("absent", [CHECK, DBT_BUILD, DBT_TESTS], ids=lambda check: check.check_id)
def test_an_expected_check_that_never_ran_refuses(built, absent):
    built.judge(MONTH, checks={CHECK, DBT_BUILD, DBT_TESTS} - {absent})
    (reason,) = said(built.confirm(MONTH))
    assert absent.check_id in reason
    assert "no verdict" in reason


def test_a_failing_dbt_test_refuses_and_no_waiver_lifts_it(built):
    waive(built, rule_id="dbt_tests")
    built.judge(MONTH, checks=[CHECK, DBT_BUILD])
    built.record(built.verdict(MONTH, "failed", DBT_TESTS))
    assert said(built.confirm(MONTH)) == ["dbt_tests did not pass [dbt_tests]"]


def test_a_warning_does_not_refuse(built):
    built.judge(MONTH)
    built.record(built.verdict(MONTH, "failed", replace(CHECK, check_id="R-PROD-008"), severity="warn"))
    assert built.confirm(MONTH).is_passed


def test_a_block_that_nobody_expected_refuses_too(built):
    built.judge(MONTH)
    built.record(built.verdict(MONTH, "failed", replace(CHECK, check_id="R-BATCH-002")))
    assert said(built.confirm(MONTH)) == ["R-BATCH-002 did not pass [R-BATCH-002]"]


def test_the_newest_verdict_of_a_check_counts(built):
    built.judge(MONTH, outcome="failed")
    built.judge(MONTH)
    assert built.confirm(MONTH).is_passed
    built.judge(MONTH, outcome="not_evaluated")
    assert not built.confirm(MONTH).is_passed


def test_verdicts_of_another_fingerprint_do_not_count(built):
    built.judge(MONTH)
    built.deliver(MONTH, "second")
    (reason,) = said(built.confirm(MONTH))
    assert "of other deliveries, rules or code" in reason


def test_verdicts_of_another_program_do_not_count(built):
    built.judge(MONTH)
    built.code = replace(built.code, code="another")
    assert not built.confirm(MONTH).is_passed


def test_rows_altered_after_the_judgement_do_not_pass(built):
    built.judge(MONTH, "2024-02")
    with duckdb.connect(str(built.warehouse_path)) as warehouse:
        warehouse.execute("update figures set value = value + 0.0001 where period = ? and town_code = 'a'", [MONTH])
    (reason,) = said(built.confirm(MONTH))
    assert "not those that were judged" in reason
    assert built.confirm("2024-02").is_passed, "the rows of another month are as judged"


def test_a_month_without_rows_is_refused(built):
    built.judge("2024-04")
    (reason,) = said(built.confirm("2024-04"))
    assert "holds no row of 2024-04" in reason


def test_a_waiver_lifts_a_failed_block_until_its_last_month(built):
    waive(built, period="2024-02", until=MONTH)
    built.judge(MONTH, outcome="failed")
    decision = built.confirm(MONTH)
    assert decision.is_passed
    assert [waiver.by for waiver in decision.waivers] == ["局长"]


@pytest.mark.parametrize(
    "changed",
    [
        {"period": "2024-01", "until": "2024-02"},
        {"rule_id": "R-BATCH-002"},
        {"feed": "ledger_projects"},
    ],
    ids=["expired", "of another rule", "of another feed"],
)
def test_a_waiver_of_something_else_lifts_nothing(built, changed):
    waive(built, **changed)
    built.judge(MONTH, outcome="failed")
    assert not built.confirm(MONTH).is_passed


def test_what_a_waiver_lifts_is_told_with_the_waiver(built):
    waive(built)
    built.judge(MONTH, outcome="failed")
    [lifted] = built.confirm(MONTH).lifted
    assert (lifted.period, lifted.check_id, lifted.subject) == (MONTH, CHECK.check_id, CHECK.subject)
    assert lifted.reason.zh == "R-BATCH-001 没有通过［R-BATCH-001］"
    assert [waiver.by for waiver in lifted.waivers] == ["局长"]


def test_a_waiver_of_what_passed_lifts_nothing(built):
    waive(built)
    built.judge(MONTH)
    assert built.confirm(MONTH).lifted == ()


def test_our_own_arithmetic_is_not_waived(built):
    waive(built, rule_id="R-GX-IND-007")
    built.judge(MONTH)
    built.record(built.verdict(MONTH, "failed", ExpectedCheck("gx", "R-GX-IND-007", "indicator_monthly")))
    assert said(built.confirm(MONTH)) == ["R-GX-IND-007 did not pass [R-GX-IND-007]"]


def test_a_waiver_that_was_taken_back_lifts_nothing(built):
    waive(built)
    built.state.end_waiver(1, NOON, by="局长", why="误批")
    built.judge(MONTH, outcome="failed")
    assert not built.confirm(MONTH).is_passed


@pytest.mark.parametrize(("rule_id", "is_passed"), [("R-FILE-001", True), ("R-FILE-004", False)])
def test_refused_files_are_waived_by_the_rule_that_refused_them(built, rule_id, is_passed):
    refusals = replace(CHECK, check_id="R-BATCH-006")
    built.deliver(MONTH, "broken", is_accepted=False)
    waive(built, rule_id=rule_id)
    built.judge(MONTH)
    built.record(built.verdict(MONTH, "failed", refusals))
    assert built.confirm(MONTH).is_passed is is_passed


def test_a_waiver_does_not_lift_what_was_never_looked_at(built):
    waive(built)
    built.judge(MONTH, outcome="not_evaluated")
    assert not built.confirm(MONTH).is_passed


def test_a_waiver_comes_with_a_judgement_of_its_own(built):
    built.judge(MONTH, outcome="failed")
    waive(built)
    (reason,) = said(built.confirm(MONTH))
    assert "of other deliveries, rules or code" in reason, "a waiver is another fingerprint"
    with built.state.engine.begin() as connection:
        connection.execute(sa.delete(WAIVERS))
    assert said(built.confirm(MONTH)) == ["R-BATCH-001 did not pass [R-BATCH-001]"]


def test_what_must_be_checked_follows_from_the_lists_and_the_deliveries(city):
    feeds = ("statistics_enterprise", "statistics_product", "registration_entities", "ledger_projects")
    city.deliver("2024-01", "register", feed="registration_entities")
    seeds = PROJECT_DIR / SEEDS_FOLDER
    expected = expected_from(city.state, load_contracts(), seeds, suites=())
    january, february = (
        {(check.check_id, check.subject) for check in expected(period)} for period in ("2024-01", "2024-02")
    )
    assert ("R-BATCH-002", "registration_entities") in january
    assert ("R-BATCH-002", "registration_entities") not in february, "nothing was delivered to look at"
    assert {feed for check, feed in january if check == "R-BATCH-005"} == set(feeds[2:])
    assert {feed for check, feed in february if check == "R-BATCH-005"} == set(feeds)


def test_the_suites_of_the_project_are_expected_by_default(city):
    city.deliver("2024-03", "register", feed="registration_entities")
    seeds = PROJECT_DIR / SEEDS_FOLDER
    without = expected_from(city.state, load_contracts(), seeds, suites=())
    by_default = expected_from(city.state, load_contracts(), seeds)
    of_suites = by_default("2024-03") - without("2024-03")
    assert of_suites
    assert {check.kind for check in of_suites} == {"gx"}
