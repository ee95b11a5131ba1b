"""What may not be wrong with a row of the ledgers and of the changes, looked for independently of the warehouse's SQL.

A rule that the demo breaks on purpose is called by its id, any other by a sentence: neither may turn up where it was
not announced.
"""

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterator

from stdnum.cn import uscc

LEDGERS = ("ledger_issues", "ledger_tasks", "ledger_honours", "ledger_platforms", "ledger_events", "ledger_funds")
KEYS = {
    "statistics_product": ("统一社会信用代码", "产品名称"),
    "registration_changes": ("统一社会信用代码", "变动类型", "变动日期"),
    "ledger_honours": ("证书编号", "荣誉类型"),
    "ledger_funds": ("项目编号", "资金类型", "下达日期"),
}
REQUIRED = {
    "ledger_issues": ("问题描述", "提出日期", "牵头单位", "办结时限", "办理状态"),
    "ledger_tasks": ("任务内容", "牵头单位", "完成时限", "完成状态"),
    "ledger_honours": ("荣誉类型", "级别", "持有单位", "所属专业镇", "授予日期"),
    "ledger_platforms": ("平台名称", "所属专业镇", "平台类型", "运行状态"),
    "ledger_events": ("活动名称", "活动类型", "所属专业镇", "举办日期"),
    "ledger_funds": ("资金类型", "所属专业镇", "金额(万元)", "下达日期"),
}
PAST = {
    "ledger_issues": ("提出日期", "办结日期"),
    "ledger_tasks": ("完成日期",),
    "ledger_honours": ("授予日期",),
    "ledger_platforms": ("投用日期",),
    "ledger_events": ("举办日期",),
    "ledger_funds": ("下达日期",),
}
LATE_DATE = {"ledger_tasks": "R-TASK-003"}


def broken(rule, line):
    return (rule, line.period, line.file_name, line.row_no)


def key_of(feed, line):
    """The cells of the feed's key: by default its first column."""
    return tuple(line[header] for header in KEYS.get(feed, list(line.cells)[:1]))


def month_end(period):
    year, month = map(int, period.split("-"))
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def ledger_breaks(city) -> Iterator[tuple]:
    towns = {*city.report.towns, "年馍", "厨卫", "有机肥"}
    for feed in LEDGERS:
        last = {}
        for (period, _), sheet in city.sheets[feed].items():
            lines = {key_of(feed, line): line for line in sheet.lines}
            repeated = {key for key, times in Counter(key_of(feed, line) for line in sheet.lines).items() if times > 1}
            first = {key_of(feed, line): line for line in reversed(sheet.lines)}
            for key in repeated:
                yield broken("R-FUND-007", first[key])
            for key in last.keys() - lines.keys():
                yield broken("a row vanished", last[key])
            for line in lines.values():
                yield from _row_breaks(feed, period, line, towns)
                yield from _own_breaks(feed, line, last.get(key_of(feed, line)))
            last = lines


def _row_breaks(feed, period, line, towns):
    if any(line[header] is None for header in REQUIRED[feed]):
        yield broken("a required value is missing", line)
    # Tasks have no town, an issue may name none.
    town = None if feed == "ledger_tasks" else line["所属专业镇"]
    if town not in towns and not (town is None and feed in ("ledger_tasks", "ledger_issues")):
        yield broken("no known town", line)
    for header in PAST[feed]:
        if line[header] and line[header] > month_end(period):
            yield broken(LATE_DATE.get(feed, "a date lies ahead"), line)


def _own_breaks(feed, line, before):
    if feed == "ledger_issues":
        if line["办结日期"] and line["办结日期"] < line["提出日期"]:
            yield broken("R-ISS-004", line)
        if (line["办理状态"] == "已办结") != bool(line["办结日期"]):
            yield broken("status and date disagree", line)
        if line["办结时限"] < line["提出日期"]:
            yield broken("due before raised", line)
    elif feed == "ledger_tasks" and (line["完成状态"] == "已完成") != bool(line["完成日期"]):
        yield broken("status and date disagree", line)
    elif feed == "ledger_honours" and line["统一社会信用代码"] and not uscc.is_valid(line["统一社会信用代码"]):
        yield broken("R-HON-001", line)
    elif feed == "ledger_platforms":
        if (line["运行状态"] != "在建") != bool(line["投用日期"]):
            yield broken("status and date disagree", line)
        if before and before["服务企业数"] and line["服务企业数"] < before["服务企业数"]:
            yield broken("the number of enterprises served falls", line)
    elif feed == "ledger_events" and line["成交金额(万元)"] != "—" and line["成交金额(万元)"] > line["意向金额(万元)"]:
        yield broken("more was sold than intended", line)
    elif feed == "ledger_funds":
        if not line["金额(万元)"] >= line["到位金额"] >= line["支出金额"] >= 0:
            yield broken("more was spent than received, or received than granted", line)
        if before and before["支出金额"] > line["支出金额"]:
            yield broken("what was spent falls", line)


def change_breaks(city) -> Iterator[tuple]:
    """Of the changes: none that the registers of the month and of the month before do not show."""
    register = city.lines("registration_entities")
    active = {"存续", "在业", "开业"}
    for (period, _), sheet in city.sheets["registration_changes"].items():
        for line in sheet.lines:
            entity, day = register[period].get(line["统一社会信用代码"]), dt.date.fromisoformat(line["变动日期"])
            if day > month_end(period) or day.isoformat()[:7] != period:
                yield broken("a change of another month", line)
            if entity is None:
                yield broken("the register does not describe it", line)
            elif line["变动类型"] == "设立":
                if entity["成立日期"] != line["变动日期"]:
                    yield broken("founded on another day", line)
            elif line["变动类型"] == "变更":
                if entity["登记状态"] not in active:
                    yield broken("changed though it has ended", line)
            elif entity["登记状态"] != line["变动后"] or entity["核准日期"] != line["变动日期"]:
                yield broken("it did not end so", line)
