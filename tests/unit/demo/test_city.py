"""What the demo's figures say: a city that a newcomer can believe, near the targets of the plan's seeds."""

import csv
import datetime as dt
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest

from sources.demo.city import SEEDS_DIR, read_city
from sources.demo.stop import DemoError
from tests.city import SHARED

ACTIVE = {"存续", "在业", "开业"}


def segments_of(line, rules):
    """The segment of each town to which a registered entity belongs, by the words of the reference."""
    found = {}
    code, name, scope = line["行业代码"], line["主体名称"], line["经营范围"]
    division = line["行政区划代码"] or line["统一社会信用代码"][2:8]
    for rule in rules:
        split = {key: [part for part in value.split("|") if part] for key, value in rule.items()}
        fits = (
            any(code.startswith(prefix) for prefix in split["industry_prefixes"])
            or any(word in name for word in split["keywords_name"])
            or any(word in scope for word in split["keywords_scope"])
        )
        is_barred = any(code.startswith(prefix) for prefix in split["industry_none"]) or any(
            word in name for word in split["keywords_none"]
        )
        if division.startswith("141082") and fits and not is_barred:
            found.setdefault(rule["town_code"], rule["chain_segment"])
    return found


@pytest.fixture(scope="module")
def rules():
    with (SEEDS_DIR / "membership_rules.csv").open(encoding="utf-8") as stream:
        return sorted(csv.DictReader(stream), key=lambda rule: int(rule["rule_order"]))


@pytest.mark.parametrize(("period", "makers"), [("2023-01", (164, 62, 41)), ("2024-06", (172, 65, 43))])
def test_membership_rules_find_the_makers(county, rules, period, makers):
    lines = county.lines("registration_entities")[period].values()
    active = Counter(
        place for line in lines if line["登记状态"] in ACTIVE for place in segments_of(line, rules).items()
    )
    assert (active["hz-nianmo", "core"], active["hz-chuwei", "core"], active["hz-youjifei", "core"]) == makers
    for town, segment in {(rule["town_code"], rule["chain_segment"]) for rule in rules}:
        assert active[town, segment] > 0
    # A makers' rule alone decides: nobody belongs to two towns.
    assert all(len(segments_of(line, rules)) < 2 for line in lines)


def test_makers_are_told_by_code_by_name_and_by_scope_alone(county, rules):
    (core,) = [rule for rule in rules if rule["town_code"] == "hz-nianmo" and rule["chain_segment"] == "core"]
    told_by = Counter()
    for line in county.lines("registration_entities")["2024-06"].values():
        if segments_of(line, rules).get("hz-nianmo") == "core":
            is_named = any(word in line["主体名称"] for word in core["keywords_name"].split("|"))
            told_by["code" if line["行业代码"] else "name" if is_named else "scope"] += 1
    assert told_by["code"] > told_by["name"] > 0
    assert told_by["scope"] > 0


def test_register_has_its_rows_its_statuses_and_its_kinds(county):
    lines = county.lines("registration_entities")["2024-06"].values()
    assert len(lines) == county.report.entities == 3000
    statuses = Counter(line["登记状态"] for line in lines)
    assert statuses.keys() == {"存续", "在业", "开业", "注销", "吊销", "吊销，未注销", "迁出"}
    types = {line["主体类型"] for line in lines}
    assert {"个体工商户", "农民专业合作社", "个人独资企业"} < types
    ended = [line for line in lines if line["登记状态"] in {"注销", "吊销", "迁出"}]
    assert any(line["核准日期"] > "2024-01" for line in ended)
    assert any(line["成立日期"].startswith("2024-06") for line in lines)


def test_nobody_in_it_can_exist(county):
    for line in county.lines("registration_entities")["2024-06"].values():
        assert line["法定代表人(经营者)"].startswith("示例人")
        assert line["联系电话"].startswith("100")
        assert len(line["联系电话"]) == 11
        assert "虚构路" in line["住所"]


def test_every_town_reports_its_number_of_enterprises(county):
    for period, lines in county.lines("statistics_enterprise").items():
        by_town = Counter(line["所属专业镇"] for line in lines.values())
        assert [by_town[town] for town in county.report.towns] == [24, 12, 12], period
        assert not period.endswith("-01")
    assert len(county.report.periods) == 18
    assert county.report.enterprises == 48


def town_sum(city, feed, period, town, header):
    lines = city.lines(feed)[period].values()
    return sum(line[header] for line in lines if line["所属专业镇"] == town)


def test_february_is_for_two_months(county):
    for line in county.lines("statistics_enterprise")["2024-02"].values():
        assert line["工业总产值/本月"] == line["工业总产值/1—本月"]


def test_festival_food_is_made_in_winter(county):
    months = {
        month: town_sum(county, "statistics_enterprise", f"2023-{month:02d}", county.report.towns[0], "工业总产值/本月")
        for month in range(2, 13)
    }
    assert months[2] > 5 * months[6]
    assert months[12] > 3 * months[6]


def test_output_is_near_the_targets(county):
    nianmo = county.report.towns[0]
    half_year = town_sum(county, "statistics_enterprise", "2024-06", nianmo, "工业总产值/1—本月")
    assert Decimal("0.45") < half_year / 25_000 < Decimal("0.60")
    year = town_sum(county, "statistics_enterprise", "2023-12", nianmo, "工业总产值/1—本月")
    assert Decimal("1.05") < Decimal(25_400) / year < Decimal("1.16")


def test_products_agree_with_output_and_one_enterprise_sends_tonnes(county):
    enterprises, products = (county.lines(feed)["2024-05"] for feed in ("statistics_enterprise", "statistics_product"))
    kilograms = {"公斤": 1, "吨": 1000}
    units = Counter()
    for code, line in products.items():
        if line["产品名称"] != "年馍":
            continue
        size = kilograms[line["计量单位"]]
        units[line["计量单位"]] += 1
        assert Decimal(6) * size < line["平均出厂价（元）"] < Decimal(8) * size
        worth = line["累计产量"] * line["平均出厂价（元）"] / 10_000
        assert abs(worth / enterprises[code]["工业总产值/1—本月"] - 1) < Decimal("0.05")
        assert line["累计销量"] <= line["累计产量"]
    assert units == {"公斤": 23, "吨": 1}


def test_one_maker_is_near_the_threshold_and_none_above_it(county):
    returns = county.lines("statistics_enterprise")
    header = "营业收入/1—本月"
    trailing = {
        code: line[header] + returns["2023-12"][code][header] - returns["2023-06"][code][header]
        for code, line in returns["2024-06"].items()
        if line["所属专业镇"] == county.report.towns[0] and code in returns["2023-12"]
    }
    assert sum(1700 < revenue < 2000 for revenue in trailing.values()) == 1
    assert max(trailing.values()) < 2000
    assert {line["是否规上"] for line in returns["2024-06"].values()} == {"是", "否"}


def test_some_profits_are_negative(county):
    losses = [line["利润总额/1—本月"] < 0 for line in county.lines("statistics_enterprise")["2024-06"].values()]
    assert 0 < sum(losses) < len(losses) / 4


def test_projects_hold_what_the_targets_name(county):
    lines = county.lines("ledger_projects")["2024-06"].values()
    assert len(lines) == county.report.projects == 40
    stages = {}
    for keyword in ("厨具产业链", "测土配肥"):
        (stages[keyword],) = [line["项目阶段"] for line in lines if keyword in line["项目名称"]]
    assert stages == {"厨具产业链": "投产", "测土配肥": "在建"}
    assert len({line["项目阶段"] for line in lines}) >= 6


def alert_of(line, before):
    """The alert of a project of 2024-06, by the words of the reference."""
    end = dt.date(2024, 6, 30)
    has_started = line["项目阶段"] not in ("谋划", "签约")
    if line["计划竣工日期"] < end and line["项目阶段"] in ("谋划", "签约", "开工", "在建"):
        return "late_finish"
    if not has_started and (end - line["计划开工日期"]).days > 30:
        return "late_start"
    if line["项目阶段"] in ("开工", "在建") and line["本月完成投资"] == 0 and before["本月完成投资"] == 0:
        return "stalled"
    first = max(dt.date(2024, 1, 1), line["计划开工日期"]).month
    if has_started and line["本年计划投资"]:
        gone = Decimal(100 * (6 - first + 1)) / (12 - first + 1)
        if gone - 100 * line["本年完成投资"] / line["本年计划投资"] > 15:
            return "behind_plan"
    return "none"


def test_three_projects_are_in_trouble(county):
    ledgers = county.lines("ledger_projects")
    alerts = Counter(alert_of(line, ledgers["2024-05"].get(number)) for number, line in ledgers["2024-06"].items())
    assert alerts == {"none": 37, "late_start": 1, "stalled": 1, "behind_plan": 1}


def changed(before, after):
    """What the bureau must have recorded between two registers."""
    for code, line in after.items():
        if code not in before:
            yield code, "设立"
        elif line["登记状态"] != before[code]["登记状态"]:
            yield code, line["登记状态"].split("，")[0]


def test_changes_are_the_difference_of_two_registers(county):
    registers, months = county.lines("registration_entities"), county.sheets["registration_changes"]
    kinds = Counter()
    for earlier, (period, name) in pairwise(months):
        told = [(line["统一社会信用代码"], line["变动类型"]) for line in months[period, name].lines]
        kinds.update(kind for _, kind in told)
        expected = changed(registers[earlier[0]], registers[period])
        assert Counter(expected) == Counter(change for change in told if change[1] != "变更"), period
    assert kinds.keys() == {"设立", "变更", "注销", "吊销", "迁出"}


def test_issues_name_the_citys_enterprises_and_projects(county):
    lines = county.lines("ledger_issues")["2024-06"].values()
    firms = {line["企业名称"] for line in county.lines("statistics_enterprise")["2024-06"].values()}
    listed = {line["项目名称"] for line in county.lines("ledger_projects")["2024-06"].values()}
    subjects = Counter(
        "firm" if line["企业或项目"] in firms else "project" if line["企业或项目"] in listed else line["企业或项目"]
        for line in lines
    )
    assert subjects.keys() == {"firm", "project", None}
    assert {line["办理状态"] for line in lines} == {"待办", "办理中", "已办结", "暂缓"}
    assert any(line["所属专业镇"] is None for line in lines)
    end = dt.date(2024, 6, 30)
    is_overdue = [line["办结时限"] <= end and line["办结日期"] is None for line in lines]
    assert 0 < sum(is_overdue) < len(is_overdue) / 4


def test_tasks_are_the_clauses_of_the_plan(county):
    with (SHARED / "reference" / "plan_clauses.csv").open(encoding="utf-8") as stream:
        deadlines = {row["clause"]: row["deadline"] for row in csv.DictReader(stream) if row["part"] != "目标"}
    months = county.lines("ledger_tasks")
    for period, lines in months.items():
        assert {number.split("/")[0] for number in lines} == deadlines.keys(), period
    for number, line in months["2024-06"].items():
        assert line["完成时限"].isoformat() <= (deadlines[number.split("/")[0]] or "2024-12-31")
    done = {number for number, line in months["2024-06"].items() if line["完成日期"] and line["完成日期"].year == 2024}
    assert {"三-2", "三-3"} < done < set(months["2024-06"])
    assert {line["完成状态"] for line in months["2024-06"].values()} == {"未启动", "推进中", "已完成"}
    assert not any(line["完成日期"] for line in months["2023-12"].values())


def test_honours_are_of_the_citys_enterprises_and_some_have_run_out(county):
    lines = county.lines("ledger_honours")["2024-06"].values()
    firms = {line["企业名称"] for line in county.lines("statistics_enterprise")["2024-06"].values()}
    assert {line["持有单位"] in firms for line in lines if line["统一社会信用代码"]} == {True}
    assert any(line["有效期至"] != "长期" and line["有效期至"] < dt.date(2024, 6, 30) for line in lines)
    (town,) = [line for line in lines if line["荣誉类型"] == "专业镇认定"]
    assert (town["级别"], town["授予日期"]) == ("市级", dt.date(2024, 3, 20))
    assert len({line["荣誉类型"] for line in lines}) == 12


def test_platforms_events_and_funds_grow_from_month_to_month(county):
    running = [
        sum(line["运行状态"] == "运行" for line in lines.values())
        for lines in county.lines("ledger_platforms").values()
    ]
    assert running[0] >= 1
    assert running[-1] == 8
    for feed in ("ledger_events", "ledger_funds", "ledger_honours", "ledger_issues"):
        rows = [len(lines) for lines in county.lines(feed).values()]
        assert rows == sorted(rows)
        assert rows[0] > 0
        assert rows[-1] > rows[0] + 10
    assert len({line["活动类型"] for line in county.lines("ledger_events")["2024-06"].values()}) == 6
    assert len({line["资金类型"] for line in county.lines("ledger_funds")["2024-06"].values()}) == 7


def test_return_has_a_merged_header_of_two_levels(county):
    sheet = county.sheets["statistics_enterprise"]["2024-06", "重点企业月报_202406.xlsx"]
    merges = set(sheet.merges)
    assert ((2, 0), (3, 0)) in merges
    assert ((2, 6), (2, 8)) in merges
    assert sheet.headers[6:9] == ["工业总产值/本月", "工业总产值/1—本月", "工业总产值/上年同期累计"]


def test_names_come_from_the_seeds(tmp_path):
    for name in ("town_list", "membership_rules", "target_list"):
        text = (SEEDS_DIR / f"{name}.csv").read_text(encoding="utf-8")
        (tmp_path / f"{name}.csv").write_text(text.replace("霍州", "某某"), encoding="utf-8")
    city = read_city(tmp_path)
    assert city.name == "某某市"
    assert city.towns[0].name == "某某年馍特色专业镇"


@pytest.fixture
def seeds(tmp_path):
    for name in ("town_list", "membership_rules", "target_list"):
        (tmp_path / f"{name}.csv").write_bytes((SEEDS_DIR / f"{name}.csv").read_bytes())
    return tmp_path


def test_seeds_without_towns_are_refused(seeds):
    (seeds / "town_list.csv").write_text("town_code\n", encoding="utf-8")
    with pytest.raises(DemoError, match=r"town_list\.csv names no town"):
        read_city(seeds)


def test_a_missing_seed_is_said(seeds):
    (seeds / "town_list.csv").unlink()
    with pytest.raises(DemoError, match=r"town_list\.csv cannot be read"):
        read_city(seeds)


def test_a_town_without_makers_is_refused(seeds):
    path = seeds / "membership_rules.csv"
    path.write_bytes(path.read_bytes().replace(b"hz-chuwei,core", b"hz-chuwei,other"))
    with pytest.raises(DemoError, match="no core rule for hz-chuwei"):
        read_city(seeds)
