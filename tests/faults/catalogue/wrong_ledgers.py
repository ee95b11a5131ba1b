"""Faults of rows, cells and history of the six ledgers that need not come; each in a key of its own."""

from __future__ import annotations

import datetime as dt

from sources.demo.names import with_wrong_check
from tests.faults.catalogue.city_files import Break, CityFiles, Entry
from tests.faults.catalogue.fault import (
    EVENTS,
    FUNDS,
    HONOURS,
    ISSUES,
    NORMALISE,
    PLATFORMS,
    TASKS,
    block,
    in_a_form,
    in_a_month,
    in_an_entry,
    quarantine,
    warn,
)
from tests.faults.catalogue.forms import Form, Line

TOWN, CODE = "所属专业镇", "统一社会信用代码"
RAISED, DUE, CLOSED, STATUS = "提出日期", "办结时限", "办结日期", "办理状态"
DONE, STATE, AMOUNT_DONE = "完成日期", "完成状态", "量化值"
HELD, INTENDED, AGREED = "举办日期", "意向金额(万元)", "成交金额(万元)"
AMOUNT, GRANTED, SPENT = "金额(万元)", "下达日期", "支出金额"
EXPIRES, SERVED = "有效期至", "服务企业数"
AHEAD = dt.date(2034, 3, 5)


def _is_open(line: Line) -> bool:
    return line[CLOSED] is None


def _is_closed(line: Line) -> bool:
    return line[CLOSED] is not None


def _is_not_done(line: Line) -> bool:
    return line[DONE] is None


def _was_done_long_ago(line: Line) -> bool:
    """Done, with an amount, before last month's ledger."""
    return bool(line[AMOUNT_DONE]) and line[DONE].isoformat()[:7] < _month_before(line.form.period)


def _month_before(period: str) -> str:
    return (dt.date.fromisoformat(f"{period}-01") - dt.timedelta(days=1)).isoformat()[:7]


def _has_deals(line: Line) -> bool:
    return isinstance(line[AGREED], int | float)


def _is_spent(line: Line) -> bool:
    return bool(line[SPENT])


def _serves_many(line: Line) -> bool:
    return bool(line[SERVED]) and line[SERVED] > 20


def _both(entry: Entry, again: Line, rule: str) -> list[Break]:
    return [(entry.now, rule, entry.period), (again, rule, entry.period)]


# Issues.


@in_an_entry(ISSUES, "cell", quarantine("R-ISS-001"))
def issue_of_an_unknown_town(entry: Entry) -> None:
    """An issue may name no town, but not one that the city does not have."""
    entry.now[TOWN] = "陶瓷"


@in_an_entry(ISSUES, "cell", NORMALISE, where=lambda line: line[TOWN] == "年馍")
def issue_of_a_town_by_its_full_name(entry: Entry) -> None:
    """The town's full name where the others are short."""
    entry.now[TOWN] = "霍州年馍特色专业镇"


@in_an_entry(ISSUES, "cell", quarantine("R-ISS-002"))
def issue_without_a_description(entry: Entry) -> None:
    """问题描述 is missing."""
    entry.now["问题描述"] = "—"


@in_an_entry(ISSUES, "cell", quarantine("R-ISS-002"), where=_is_open)
def issue_of_an_unknown_status(entry: Entry) -> None:
    """办理状态 is a word that nobody knows."""
    entry.now[STATUS] = "转下月"


@in_an_entry(ISSUES, "cell", quarantine("R-ISS-003"), where=_is_closed)
def issue_closed_in_the_future(entry: Entry) -> None:
    """办结日期 after the month's end."""
    entry.now[CLOSED] = AHEAD


@in_an_entry(ISSUES, "cell", quarantine("R-ISS-004"), where=_is_closed)
def issue_closed_before_it_was_raised(entry: Entry) -> None:
    """办结日期 before 提出日期."""
    entry.now[CLOSED] = entry.now[RAISED] - dt.timedelta(days=20)


@in_an_entry(ISSUES, "row", quarantine("R-ISS-005"))
def two_issues_of_one_number(entry: Entry) -> list[Break]:
    """Two issues under one number."""
    return _both(entry, entry.repeat(问题描述="另一个问题"), "R-ISS-005")


@in_an_entry(ISSUES, "history", warn("R-ISS-006"))
def issue_vanished(entry: Entry) -> list[Break]:
    """An issue of last month's ledger is not there."""
    entry.vanish()
    return [(entry.before, "R-ISS-006", entry.period)]


@in_an_entry(ISSUES, "row", warn("R-ISS-007"))
def same_issue_twice(entry: Entry) -> None:
    """The same issue twice: used once."""
    entry.repeat()


@in_an_entry(ISSUES, "cell", warn("R-ISS-008"), where=_is_open)
def word_for_the_day_of_closing(entry: Entry) -> None:
    """办结日期 is 待定."""
    entry.now[CLOSED] = "待定"


@in_an_entry(ISSUES, "cell", warn("R-ISS-009"), where=_is_closed)
def issue_closed_on_no_day(entry: Entry) -> None:
    """已办结 without 办结日期."""
    entry.now[CLOSED] = None


@in_an_entry(ISSUES, "cell", warn("R-ISS-010"), where=_is_open)
def issue_due_before_it_was_raised(entry: Entry) -> None:
    """办结时限 before 提出日期."""
    entry.now[DUE] = entry.now[RAISED] - dt.timedelta(days=5)


@in_a_form(ISSUES, "sheet")
def issue_dates_as_serial_numbers(form: Form) -> None:
    """All dates are serial numbers of a spreadsheet."""
    for line in form.rows:
        line.cells = [(cell - dt.date(1899, 12, 30)).days if isinstance(cell, dt.date) else cell for cell in line.cells]


# Tasks.


@in_an_entry(TASKS, "cell", quarantine("R-TASK-001"))
def task_without_a_lead(entry: Entry) -> None:
    """牵头单位 is missing."""
    entry.now["牵头单位"] = None


@in_an_entry(TASKS, "row", quarantine("R-TASK-002"))
def task_of_no_clause(entry: Entry) -> list[Break]:
    """A task of a clause that the plan does not have."""
    return [(entry.repeat(任务编号="五-9"), "R-TASK-002", entry.period)]


@in_an_entry(TASKS, "cell", quarantine("R-TASK-003"), where=_is_not_done)
def task_done_in_the_future(entry: Entry) -> None:
    """完成日期 after the month's end."""
    entry.now[DONE], entry.now[STATE] = AHEAD, "已完成"


@in_an_entry(TASKS, "history", quarantine("R-TASK-004"), where=_was_done_long_ago)
def amount_of_a_task_a_thousand_times_too_large(entry: Entry) -> None:
    """量化值 a thousand times that of last month."""
    entry.now[AMOUNT_DONE] = int(entry.now[AMOUNT_DONE]) * 1000


@in_an_entry(TASKS, "row", quarantine("R-TASK-005"))
def two_tasks_of_one_number(entry: Entry) -> list[Break]:
    """Two tasks under one number."""
    return _both(entry, entry.repeat(牵头单位="市文旅局"), "R-TASK-005")


@in_an_entry(TASKS, "history", warn("R-TASK-006"))
def task_vanished(entry: Entry) -> list[Break]:
    """A task of last month's ledger is not there."""
    entry.vanish()
    return [(entry.before, "R-TASK-006", entry.period)]


@in_an_entry(TASKS, "row", warn("R-TASK-007"))
def same_task_twice(entry: Entry) -> None:
    """The same task twice: used once."""
    entry.repeat()


@in_an_entry(TASKS, "cell", warn("R-TASK-008"), where=_is_not_done)
def word_for_an_amount(entry: Entry) -> None:
    """量化值 is 若干."""
    entry.now[AMOUNT_DONE] = "若干"


@in_an_entry(TASKS, "cell", warn("R-TASK-009"), where=_is_not_done)
def task_with_a_day_and_not_done(entry: Entry) -> None:
    """推进中 with a 完成日期."""
    entry.now[DONE] = dt.date.fromisoformat(f"{entry.period}-02")


# Events.


@in_an_entry(EVENTS, "cell", quarantine("R-EVT-001"))
def event_of_two_towns(entry: Entry) -> None:
    """An event of two towns."""
    entry.now[TOWN] = "年馍、有机肥"


@in_an_entry(EVENTS, "cell", quarantine("R-EVT-002"))
def event_without_a_kind(entry: Entry) -> None:
    """活动类型 is missing."""
    entry.now["活动类型"] = None


@in_an_entry(EVENTS, "cell", quarantine("R-EVT-002", "R-EVT-003"))
def event_on_no_day(entry: Entry) -> None:
    """举办日期 on the 30th of February: no date, and so none given either."""
    entry.now[HELD] = "2023-02-30"


@in_an_entry(EVENTS, "history", quarantine("R-EVT-004"), where=_has_deals)
def deals_ten_thousand_times_too_large(entry: Entry) -> None:
    """成交金额 in 元 where 万元 is asked for."""
    entry.now[AGREED] = entry.now[AGREED] * 10_000


@in_an_entry(EVENTS, "row", quarantine("R-EVT-005"))
def two_events_of_one_number(entry: Entry) -> list[Break]:
    """Two events under one number."""
    return _both(entry, entry.repeat(活动名称="另一场活动"), "R-EVT-005")


@in_an_entry(EVENTS, "history", warn("R-EVT-006"))
def event_vanished(entry: Entry) -> list[Break]:
    """An event of last month's ledger is not there."""
    entry.vanish()
    return [(entry.before, "R-EVT-006", entry.period)]


@in_an_entry(EVENTS, "row", warn("R-EVT-007"))
def same_event_twice(entry: Entry) -> None:
    """The same event twice: used once."""
    entry.repeat()


@in_an_entry(EVENTS, "cell", warn("R-EVT-008"))
def word_for_the_number_of_visitors(entry: Entry) -> None:
    """参加人次 is 数百."""
    entry.now["参加人次"] = "数百"


@in_an_entry(EVENTS, "cell", warn("R-EVT-009"), where=_has_deals)
def deals_of_an_event_to_come(entry: Entry) -> None:
    """Deals of an event that has not been held."""
    entry.now[HELD] = AHEAD


@in_a_form(EVENTS, "header")
def event_amounts_in_yuan(form: Form) -> None:
    """Both amounts in 元, said in their headers."""
    for header in (INTENDED, AGREED):
        form.rename(header, header.replace("万元", "元"))
        form.scale(header, 10_000)


@in_a_month(EVENTS, warn("R-EVT-010"))
def total_of_deals_off_by_one_percent(form: Form, files: CityFiles) -> None:
    """合计 of 成交金额 is 1 % off its rows."""
    form.falsify_total(AGREED, 1.01)


@in_a_month(EVENTS, NORMALISE)
def zero_report_of_events(form: Form, files: CityFiles) -> None:
    """A ledger of headers alone: of a feed that need not come, that says that there is nothing."""
    form.rows = []
    form.is_touched, form.keeps_total = True, False


@in_a_month(EVENTS, warn("R-BATCH-008"))
def no_ledger_of_events_came(form: Form, files: CityFiles) -> None:
    """No ledger of events: its figures are missing, which is said, and no month is stopped for that."""
    files.gone.add((form.feed, form.period))


# Funds.


@in_an_entry(FUNDS, "cell", quarantine("R-FUND-001"))
def fund_of_no_town(entry: Entry) -> None:
    """所属专业镇 is missing."""
    entry.now[TOWN] = None


@in_an_entry(FUNDS, "cell", quarantine("R-FUND-002"))
def fund_without_an_amount(entry: Entry) -> None:
    """金额 is a dash: missing, not zero."""
    entry.now[AMOUNT] = "—"


@in_an_entry(FUNDS, "history", quarantine("R-FUND-003", "R-FUND-006"))
def fund_granted_in_the_future(entry: Entry) -> list[Break]:
    """下达日期 after the month's end; it is a part of the key, so last month's row has vanished."""
    entry.now[GRANTED] = AHEAD
    return [(entry.now, "R-FUND-003", entry.period), (entry.before, "R-FUND-006", entry.period)]


@in_an_entry(FUNDS, "history", quarantine("R-FUND-004"))
def fund_ten_thousand_times_too_large(entry: Entry) -> None:
    """金额 in 元 where 万元 is asked for."""
    entry.now[AMOUNT] = entry.now[AMOUNT] * 10_000


@in_an_entry(FUNDS, "row", quarantine("R-FUND-005"))
def two_funds_of_one_key(entry: Entry) -> list[Break]:
    """Two grants of one project, kind and day."""
    return _both(entry, entry.repeat(受益企业="另一家企业"), "R-FUND-005")


@in_an_entry(FUNDS, "history", warn("R-FUND-006"))
def fund_vanished(entry: Entry) -> list[Break]:
    """A grant of last month's ledger is not there."""
    entry.vanish()
    return [(entry.before, "R-FUND-006", entry.period)]


@in_an_entry(FUNDS, "row", warn("R-FUND-007"))
def same_fund_twice(entry: Entry) -> None:
    """The same grant twice: used once."""
    entry.repeat()


@in_an_entry(FUNDS, "cell", warn("R-FUND-008"))
def word_for_what_was_spent(entry: Entry) -> None:
    """支出金额 is 已拨付."""
    entry.now[SPENT] = "已拨付"


@in_an_entry(FUNDS, "cell", warn("R-FUND-009"), where=_is_spent)
def more_spent_than_granted(entry: Entry) -> None:
    """支出金额 above 金额."""
    entry.now[SPENT] = entry.now[AMOUNT] + 1


@in_a_form(FUNDS, "header")
def amount_in_hundred_millions(form: Form) -> None:
    """金额 (亿元) beside columns in 万元."""
    form.rename(AMOUNT, "金额（亿元）")
    form.scale(AMOUNT, 1 / 10_000)


@in_a_month(FUNDS, block("R-BATCH-003", "R-FUND-010"))
def total_of_funds_off_by_ten_percent(form: Form, files: CityFiles) -> None:
    """合计 of 金额 is 10 % off its rows."""
    form.falsify_total(AMOUNT, 0.9)


@in_a_month(FUNDS, block("R-BATCH-001"))
def many_funds_without_a_town(form: Form, files: CityFiles) -> None:
    """More than a tenth of the grants has no town."""
    for line in form.rows[-5:]:
        line[TOWN] = None


# Honours.


@in_an_entry(HONOURS, "cell", quarantine("R-HON-001"), where=lambda line: bool(line[CODE]))
def holder_of_a_wrong_code(entry: Entry) -> None:
    """The check character of the holder's code is wrong."""
    entry.now[CODE] = with_wrong_check(entry.now[CODE])


@in_an_entry(HONOURS, "cell", quarantine("R-HON-002"))
def honour_of_no_town(entry: Entry) -> None:
    """所属专业镇 is missing."""
    entry.now[TOWN] = None


@in_an_entry(HONOURS, "cell", quarantine("R-HON-003"))
def honour_of_no_level(entry: Entry) -> None:
    """级别 is missing."""
    entry.now["级别"] = "无"


@in_an_entry(HONOURS, "cell", quarantine("R-HON-003"), where=lambda line: not line[CODE])
def honour_of_nobody(entry: Entry) -> None:
    """Neither a code nor a holder."""
    entry.now["持有单位"] = None


@in_an_entry(HONOURS, "cell", quarantine("R-HON-004"), where=lambda line: line[EXPIRES] == "长期")
def honour_granted_in_the_future(entry: Entry) -> None:
    """授予日期 after the month's end."""
    entry.now["授予日期"] = AHEAD


@in_an_entry(HONOURS, "row", quarantine("R-HON-005"))
def two_certificates_of_one_number(entry: Entry) -> list[Break]:
    """Two holders of one certificate."""
    return _both(entry, entry.repeat(持有单位="另一家企业"), "R-HON-005")


@in_an_entry(HONOURS, "history", warn("R-HON-006"))
def certificate_vanished(entry: Entry) -> list[Break]:
    """A certificate of last month's ledger is not there; one that has run out stays in it, too."""
    entry.vanish()
    return [(entry.before, "R-HON-006", entry.period)]


@in_an_entry(HONOURS, "row", warn("R-HON-007"))
def same_certificate_twice(entry: Entry) -> None:
    """The same certificate twice: used once."""
    entry.repeat()


@in_an_entry(HONOURS, "cell", warn("R-HON-008"))
def word_for_the_last_day(entry: Entry) -> None:
    """有效期至 is 三年."""
    entry.now[EXPIRES] = "三年"


@in_an_entry(HONOURS, "cell", warn("R-HON-009"))
def honour_that_ends_before_it_begins(entry: Entry) -> None:
    """有效期至 before 授予日期."""
    entry.now[EXPIRES] = dt.date(2001, 1, 1)


@in_an_entry(HONOURS, "cell", NORMALISE, where=lambda line: line[EXPIRES] == "长期")
def honour_for_ever_by_its_date(entry: Entry) -> None:
    """9999-12-31 for 长期."""
    entry.now[EXPIRES] = "9999-12-31"


# Platforms.


@in_an_entry(PLATFORMS, "cell", quarantine("R-PLAT-001"))
def platform_of_an_unknown_town(entry: Entry) -> None:
    """A town that the city does not have."""
    entry.now[TOWN] = "陶瓷专业镇"


@in_an_entry(PLATFORMS, "cell", quarantine("R-PLAT-002"))
def platform_without_a_name(entry: Entry) -> None:
    """平台名称 is missing."""
    entry.now["平台名称"] = None


@in_an_entry(PLATFORMS, "cell", quarantine("R-PLAT-003"), where=lambda line: line["运行状态"] == "运行")
def platform_opened_in_the_future(entry: Entry) -> None:
    """运行 with a 投用日期 after the month's end."""
    entry.now["投用日期"] = AHEAD


@in_an_entry(PLATFORMS, "history", quarantine("R-PLAT-004"), where=_serves_many)
def served_a_thousand_times_too_many(entry: Entry) -> None:
    """服务企业数 a thousand times that of last month."""
    entry.now[SERVED] = entry.now[SERVED] * 1000


@in_an_entry(PLATFORMS, "row", quarantine("R-PLAT-005"))
def two_platforms_of_one_number(entry: Entry) -> list[Break]:
    """Two platforms under one number."""
    return _both(entry, entry.repeat(平台名称="另一个平台"), "R-PLAT-005")


@in_an_entry(PLATFORMS, "history", warn("R-PLAT-006"))
def platform_vanished(entry: Entry) -> list[Break]:
    """A platform of last month's ledger is not there."""
    entry.vanish()
    return [(entry.before, "R-PLAT-006", entry.period)]


@in_an_entry(PLATFORMS, "row", warn("R-PLAT-007"))
def same_platform_twice(entry: Entry) -> None:
    """The same platform twice: used once."""
    entry.repeat()


@in_an_entry(PLATFORMS, "cell", warn("R-PLAT-008"))
def word_for_the_number_served(entry: Entry) -> None:
    """服务企业数 is 数十家."""
    entry.now[SERVED] = "数十家"


@in_an_entry(PLATFORMS, "cell", warn("R-PLAT-009"), where=lambda line: line["运行状态"] == "运行")
def platform_that_runs_since_no_day(entry: Entry) -> None:
    """运行 without 投用日期."""
    entry.now["投用日期"] = None


@in_a_month(PLATFORMS, warn("R-PLAT-010"))
def total_of_enterprises_served_off_by_two_percent(form: Form, files: CityFiles) -> None:
    """合计 of 服务企业数 is 2 % off its rows."""
    total = ["合计", *[None] * (len(form.headers) - 1)]
    total[form.place(SERVED)] = sum(line[SERVED] or 0 for line in form.rows)
    form.bottom.insert(0, total)
    form.falsify_total(SERVED, 1.02)
