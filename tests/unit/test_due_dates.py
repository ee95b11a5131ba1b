"""Due dates: the office's day, moved past holidays and to working weekends; and years that no calendar knows yet."""

from datetime import date

import pytest

from orchestration.due_dates import LAST_KNOWN_YEAR, calendar_notice, due_date, due_dates, working_day_from
from sources.contract import load_contracts

CONTRACTS = load_contracts()
STATISTICS, REGISTER = CONTRACTS["statistics_enterprise"], CONTRACTS["registration_entities"]


@pytest.mark.parametrize(
    ("contract", "period", "due_on"),
    [
        pytest.param(STATISTICS, "2024-04", date(2024, 5, 8), id="a plain Wednesday"),
        pytest.param(STATISTICS, "2023-05", date(2023, 6, 8), id="a plain Thursday"),
        pytest.param(STATISTICS, "2023-03", date(2023, 4, 10), id="a Saturday moves to Monday"),
        pytest.param(STATISTICS, "2023-11", date(2023, 12, 8), id="a Friday stays"),
        pytest.param(STATISTICS, "2024-05", date(2024, 6, 11), id="Saturday, Sunday, Dragon Boat Festival"),
        pytest.param(STATISTICS, "2023-12", date(2024, 1, 8), id="over the turn of the year"),
        pytest.param(STATISTICS, "2023-09", date(2023, 10, 8), id="a Sunday that makes up for National Day"),
        pytest.param(REGISTER, "2023-09", date(2023, 10, 7), id="within National Day, to the Saturday that makes up"),
        pytest.param(REGISTER, "2021-09", date(2021, 10, 8), id="within National Day, to the Friday after"),
        pytest.param(REGISTER, "2022-01", date(2022, 2, 7), id="within Spring Festival"),
        pytest.param(REGISTER, "2019-01", date(2019, 2, 11), id="Spring Festival and the weekend after it"),
        pytest.param(REGISTER, "2024-03", date(2024, 4, 7), id="Qingming, to the Sunday that makes up for it"),
        pytest.param(CONTRACTS["registration_changes"], "2024-03", date(2024, 4, 7), id="changes as the register"),
    ],
)
def test_a_due_day_moves_to_the_next_day_that_is_worked_on(contract, period, due_on):
    found = due_date(contract, period)
    assert (found.feed, found.period, found.due_on, found.is_calendar_known) == (contract.feed, period, due_on, True)


def test_january_has_no_return_but_every_other_feed():
    assert {feed for feed, contract in CONTRACTS.items() if due_date(contract, "2024-01") is None} == {
        "statistics_enterprise",
        "statistics_product",
    }


def test_statistics_and_ledgers_are_due_on_day_8_and_the_register_on_day_5():
    days = {feed: due_date(contract, "2024-07").due_on.day for feed, contract in CONTRACTS.items()}
    assert {feed for feed, day in days.items() if day == 5} == {"registration_entities", "registration_changes"}
    assert set(days.values()) == {5, 8}


def test_in_a_year_without_a_calendar_weekends_alone_are_days_off():
    assert working_day_from(date(2051, 10, 2)) == (date(2051, 10, 2), False)  # a Monday of National Day
    assert working_day_from(date(2051, 10, 7)) == (date(2051, 10, 9), False)  # a Saturday
    assert working_day_from(date(LAST_KNOWN_YEAR, 12, 25))[1]


def test_a_day_that_is_moved_out_of_the_known_years_is_not_known():
    december = due_date(STATISTICS, f"{LAST_KNOWN_YEAR}-12")
    assert december.due_on.year == LAST_KNOWN_YEAR + 1
    assert not december.is_calendar_known
    assert due_date(STATISTICS, f"{LAST_KNOWN_YEAR}-11").is_calendar_known


def test_due_dates_reach_from_the_first_month_to_the_last_without_gaps():
    found = due_dates({"statistics_enterprise": STATISTICS}, ["2024-03", "2023-11"])
    assert [one.period for one in found] == ["2023-11", "2023-12", "2024-02", "2024-03"]
    assert due_dates(CONTRACTS, []) == []


def test_the_notice_names_the_months_and_is_silent_when_all_is_known():
    contracts = {"registration_entities": REGISTER}
    assert calendar_notice(due_dates(contracts, ["2024-03"])) is None
    one = calendar_notice(due_dates(contracts, ["2050-03"]))
    assert "2050-03 " in one.zh
    assert str(LAST_KNOWN_YEAR) in one.zh
    several = calendar_notice(due_dates(contracts, ["2050-03", "2050-05"]))
    assert "2050-03…2050-05" in several.zh
    assert "2050-03…2050-05" in several.en
