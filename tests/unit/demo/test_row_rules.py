"""The demo breaks exactly the rules that it says, in the last month: every other row of every month is sound.

Each rule of `../shared/reference/README.md` is looked for here, independently of the warehouse's SQL.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from stdnum.cn import uscc

from sources.demo.names import with_wrong_check
from tests.unit.demo.ledger_rules import broken, change_breaks, key_of, ledger_breaks, month_end

ACTIVE = {"存续", "在业", "开业"}
STAGES = ["谋划", "签约", "开工", "在建", "竣工", "投产", "达效"]
SIGNED_ITEMS = ("利润总额", "税金总额")
MEASURES = (
    "工业总产值",
    "营业收入",
    "利润总额",
    "税金总额",
    "出口交货值",
    "研发费用",
    "用电量（万千瓦时）",
    "网上零售额",
)
QUANTITIES = (("本月产量", "累计产量"), ("本月销量", "累计销量"))


def items_of(feed):
    if feed == "statistics_enterprise":
        return [(f"{measure}/本月", f"{measure}/1—本月", measure in SIGNED_ITEMS) for measure in MEASURES]
    return [(month, ytd, False) for month, ytd in QUANTITIES]


def statistics_breaks(city, feed, prefix) -> Iterator[tuple]:
    register = city.lines("registration_entities")
    towns = set(city.report.towns) | {"年馍", "厨卫", "有机肥"}
    history: dict[tuple, list] = {}
    before: dict[str, dict] = {}
    for period, lines in city.lines(feed).items():
        for code, line in lines.items():
            if not uscc.is_valid(code):
                yield broken(f"{prefix}-001", line)
                continue
            if line["所属专业镇"] not in towns:
                yield broken(f"{prefix}-002", line)
            if register[period].get(code) is None or register[period][code]["登记状态"] not in ACTIVE:
                yield broken(f"{prefix}-009", line)
            last = before.get(code)
            for month, ytd, is_signed in items_of(feed):
                if line[month] is None or line[ytd] is None:
                    yield broken(f"{prefix}-003", line)
                    continue
                if not is_signed and line[ytd] < 0:
                    yield broken(f"{prefix}-004", line)
                is_same_year = last is not None and last.period[:4] == period[:4]
                if is_same_year and not is_signed and line[ytd] < last[ytd]:
                    yield broken(f"{prefix}-005", line)
                # Nothing to add up where the demo begins in the middle of a year.
                is_first = not is_same_year and not period.endswith("-02")
                if not is_first and line[month] + (last[ytd] if is_same_year else 0) != line[ytd]:
                    yield broken(f"{prefix}-008", line)
                for header in (month, ytd):
                    largest = max(history.get((code, header), []), default=0)
                    if largest and abs(line[header]) >= 1000 * largest:
                        yield broken(f"{prefix}-006", line)
                    history.setdefault((code, header), []).append(abs(line[header]))
            before[code] = line


def register_breaks(city) -> Iterator[tuple]:
    for period, lines in city.lines("registration_entities").items():
        for code, line in lines.items():
            if not uscc.is_valid(code):
                yield broken("R-REG-001", line)
            if not all(line[header] for header in ("主体名称", "主体类型", "成立日期", "登记状态")):
                yield broken("R-REG-002", line)
            established = dt.date.fromisoformat(line["成立日期"])
            dates = [established, dt.date.fromisoformat(line["核准日期"])]
            if line["注销日期"]:
                dates.append(dt.date.fromisoformat(line["注销日期"]))
            if (line["登记状态"] == "注销") != bool(line["注销日期"]):
                yield broken("R-REG-002", line)
            if max(dates) > month_end(period):
                yield broken("R-REG-003", line)
            elif min(dates) < established:
                yield broken("R-REG-004", line)


def project_breaks(city) -> Iterator[tuple]:
    last: dict = {}
    for period, lines in city.lines("ledger_projects").items():
        for gone in last.keys() - lines.keys():
            yield broken("R-PROJ-010", last[gone])
        for number, line in lines.items():
            if line["统一社会信用代码"] and not uscc.is_valid(line["统一社会信用代码"]):
                yield broken("R-PROJ-001", line)
            if line["所属专业镇"] not in city.report.towns:
                yield broken("R-PROJ-002", line)
            if not line["责任单位"] or line["项目阶段"] not in STAGES or line["总投资(万元)"] is None:
                yield broken("R-PROJ-003", line)
            start, finish = line["实际开工日期"], line["实际竣工日期"]
            if any(date and date > month_end(period) for date in (start, finish)):
                yield broken("R-PROJ-004", line)
            if line["开工以来累计完成投资"] > line["总投资(万元)"]:
                yield broken("R-PROJ-007", line)
            if (start and finish and finish < start) or line["计划竣工日期"] < line["计划开工日期"]:
                yield broken("R-PROJ-011", line)
            before = last.get(number)
            if before is None:
                continue
            if line["开工以来累计完成投资"] < before["开工以来累计完成投资"]:
                yield broken("R-PROJ-008", line)
            if before["开工以来累计完成投资"] + line["本月完成投资"] != line["开工以来累计完成投资"]:
                yield broken("month and total do not add up", line)
            if STAGES.index(line["项目阶段"]) < STAGES.index(before["项目阶段"]):
                yield broken("R-PROJ-009", line)
            if (before["项目名称"], before["计划竣工日期"]) != (line["项目名称"], line["计划竣工日期"]):
                yield broken("the plan changed", line)
        last = lines


def all_breaks(city):
    yield from statistics_breaks(city, "statistics_enterprise", "R-STAT")
    yield from statistics_breaks(city, "statistics_product", "R-PROD")
    yield from register_breaks(city)
    yield from project_breaks(city)
    yield from ledger_breaks(city)
    yield from change_breaks(city)


def test_exactly_the_announced_rules_are_broken(county):
    announced = {(fault.rule_id, fault.period, fault.file_name, fault.row_no) for fault in county.report.faults}
    assert set(all_breaks(county)) == announced
    assert {fault.period for fault in county.report.faults} == {"2024-06"}
    assert Counter(fault.severity for fault in county.report.faults) == {"quarantine": 5, "warn": 2}


def test_announced_faults_name_the_row_and_what_is_seen(county):
    for fault in county.report.faults:
        (sheet,) = [sheet for place, sheet in county.sheets[fault.feed].items() if place[1] == fault.file_name]
        (line,) = [line for line in sheet.lines if line.row_no == fault.row_no]
        assert next(iter(line.cells.values())) == fault.row_key
        assert fault.column_zh in line.cells
        assert str(line[fault.column_zh]) in fault.seen or Decimal(fault.seen.split()[0]) == line[fault.column_zh]


def test_no_file_holds_a_key_twice_but_the_one_announced(county):
    (announced,) = (fault for fault in county.report.faults if fault.rule_id == "R-FUND-007")
    for feed, sheets in county.sheets.items():
        for place, sheet in sheets.items():
            counted = Counter(key_of(feed, line) for line in sheet.lines)
            times = 2 if place == (announced.period, announced.file_name) else 1
            assert counted.most_common(1)[0][1] == times, place


@pytest.mark.parametrize(
    ("feed", "first_summed"),
    [("statistics_enterprise", 5), ("ledger_projects", 6), ("ledger_events", 5), ("ledger_funds", 4)],
)
def test_totals_are_the_sums_of_their_rows(county, feed, first_summed):
    totals = 0
    for place, sheet in county.sheets[feed].items():
        if sheet.total is None:
            assert place[1].endswith("_更正.xlsx")
            continue
        summed = [header for header, cell in sheet.total.items() if header != sheet.headers[0] and cell is not None]
        assert summed[0] == sheet.headers[first_summed]
        for header in summed:
            once = {key_of(feed, line): line[header] for line in sheet.lines if line[header] != "—"}
            assert sheet.total[header] == sum(once.values()), (place, header)
        totals += 1
    assert totals == len({period for period, _ in county.sheets[feed]})


def test_last_years_figures_return_with_small_revisions_of_scope(county):
    returns = county.lines("statistics_enterprise")
    compared, revised = 0, 0
    for period, lines in returns.items():
        earlier = returns.get(f"{int(period[:4]) - 1}{period[4:]}", {})
        for code in lines.keys() & earlier.keys():
            then, said = earlier[code]["工业总产值/1—本月"], lines[code]["工业总产值/上年同期累计"]
            assert abs(said / then - 1) < Decimal("0.01")
            compared += 1
            revised += said != then
    assert compared > 200
    assert 0 < revised < compared / 5


def test_ledger_of_the_year_begins_in_january(county):
    ledgers = county.lines("ledger_projects")
    for number, line in ledgers["2024-06"].items():
        months = [ledgers[f"2024-{month:02d}"].get(number) for month in range(1, 7)]
        assert line["本年完成投资"] == sum(one["本月完成投资"] for one in months if one)


def test_register_only_grows(county):
    registers = list(county.lines("registration_entities").values())
    for earlier, later in pairwise(registers):
        assert len(earlier) < len(later)
        assert earlier.keys() < later.keys()


class Altered:
    """The last two months of a city, with cells of a feed's first row of June changed, or that row taken away."""

    def __init__(self, city, feed, change):
        self.report = city.report
        self._lines = {
            name: {period: dict(lines) for period, lines in list(city.lines(name).items())[-2:]} for name in city.sheets
        }
        lines = self._lines[feed]["2024-06"]
        first = lines.pop(next(iter(lines)))
        if change is not None:
            cells = first.cells | {header: new(first[header]) for header, new in change.items()}
            lines[next(iter(cells.values()))] = replace(first, cells=cells)

    def lines(self, feed):
        return self._lines[feed]


def breaks_of(city, rule):
    if rule.startswith("R-STAT"):
        return set(statistics_breaks(city, "statistics_enterprise", "R-STAT"))
    if rule.startswith("R-PROD"):
        return set(statistics_breaks(city, "statistics_product", "R-PROD"))
    return set(register_breaks(city) if rule.startswith("R-REG") else project_breaks(city))


@pytest.mark.parametrize(
    ("feed", "rule", "change"),
    [
        ("statistics_enterprise", "R-STAT-001", {"统一社会信用代码": with_wrong_check}),
        ("statistics_enterprise", "R-STAT-002", {"所属专业镇": lambda _: "别处"}),
        ("statistics_enterprise", "R-STAT-003", {"营业收入/本月": lambda _: None}),
        ("statistics_enterprise", "R-STAT-004", {"工业总产值/1—本月": lambda _: Decimal(-1)}),
        ("statistics_enterprise", "R-STAT-005", {"工业总产值/1—本月": lambda _: Decimal("0.01")}),
        ("statistics_enterprise", "R-STAT-006", {"用电量（万千瓦时）/1—本月": lambda value: value * 10_000}),
        ("statistics_enterprise", "R-STAT-008", {"税金总额/本月": lambda value: value + 1}),
        ("statistics_product", "R-PROD-005", {"累计产量": lambda _: Decimal(1)}),
        ("statistics_product", "R-PROD-008", {"本月销量": lambda value: value + 1}),
        ("registration_entities", "R-STAT-009", None),
        ("registration_entities", "R-REG-001", {"统一社会信用代码": with_wrong_check}),
        ("registration_entities", "R-REG-002", {"主体名称": lambda _: ""}),
        ("registration_entities", "R-REG-003", {"成立日期": lambda _: "2024-07-01"}),
        ("registration_entities", "R-REG-004", {"核准日期": lambda _: "1999-01-01"}),
        ("ledger_projects", "R-PROJ-003", {"责任单位": lambda _: None}),
        ("ledger_projects", "R-PROJ-004", {"实际竣工日期": lambda _: dt.date(2024, 7, 1)}),
        ("ledger_projects", "R-PROJ-007", {"开工以来累计完成投资": lambda value: value + 1}),
        ("ledger_projects", "R-PROJ-008", {"开工以来累计完成投资": lambda value: value - 1}),
        ("ledger_projects", "R-PROJ-009", {"项目阶段": lambda _: "谋划"}),
        ("ledger_projects", "R-PROJ-010", None),
        ("ledger_projects", "R-PROJ-011", {"实际竣工日期": lambda _: dt.date(2020, 1, 1)}),
    ],
)
def test_a_rule_broken_elsewhere_would_be_found(county, feed, rule, change):
    sound, altered = (breaks_of(Altered(county, feed, how), rule) for how in ({}, change))
    assert rule in {place[0] for place in altered - sound}
