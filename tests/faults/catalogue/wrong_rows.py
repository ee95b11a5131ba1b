"""Faults of rows, cells and history of the four feeds that every month must have; each in a key of its own."""

from __future__ import annotations

import datetime as dt

from sources.demo.names import with_wrong_check
from tests.faults.catalogue.city_files import Break, Entry
from tests.faults.catalogue.fault import (
    NORMALISE,
    PRODUCT,
    PROJECTS,
    REGISTER,
    STATISTICS,
    in_a_form,
    in_an_entry,
    quarantine,
    warn,
)
from tests.faults.catalogue.forms import Form, Line, delimited

CODE, TOWN = "统一社会信用代码", "所属专业镇"
OUTPUT_MONTH, OUTPUT, OUTPUT_PRIOR = "工业总产值/本月", "工业总产值/1—本月", "工业总产值/上年同期累计"
REVENUE, PROFIT, TAX = "营业收入/1—本月", "利润总额/1—本月", "税金总额/1—本月"
TOTAL, DONE, STAGE = "总投资(万元)", "开工以来累计完成投资", "项目阶段"
FOUNDED, STATUS, CANCELLED = "成立日期", "登记状态", "注销日期"


def full_width(text: object) -> str:
    """Digits, letters and signs as they come out of a Chinese keyboard."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in str(text))


def _is_active(line: Line) -> bool:
    return line[STATUS] in ("存续", "在业", "开业")


def _is_cancelled(line: Line) -> bool:
    return line[STATUS] == "注销"


def _is_under_way(line: Line) -> bool:
    return line[STAGE] == "在建"


def _has_finished(line: Line) -> bool:
    return bool(line["实际竣工日期"])


def _has_letters(line: Line) -> bool:
    """A code whose letters after the MA can be told from their small forms."""
    return any(sign.isalpha() for sign in line[CODE][10:])


def _has_zero(line: Line) -> bool:
    return "0" in line[CODE][10:17]


def _has_one(line: Line) -> bool:
    return "1" in line[CODE][10:17]


# The credit code.


@in_an_entry(STATISTICS, "cell", quarantine("R-STAT-001"))
def wrong_check_character(entry: Entry) -> None:
    """The check character of a credit code is wrong."""
    entry.now[CODE] = with_wrong_check(entry.now[CODE])


@in_an_entry(STATISTICS, "cell", quarantine("R-STAT-001"), where=_has_zero)
def letter_o_for_zero(entry: Entry) -> None:
    """An O in a credit code where a 0 belongs."""
    code = entry.now[CODE]
    entry.now[CODE] = code[:10] + code[10:].replace("0", "O", 1)


@in_an_entry(REGISTER, "cell", quarantine("R-REG-001"), where=_has_one)
def letter_i_for_one(entry: Entry) -> None:
    """An I in a credit code where a 1 belongs."""
    code = entry.now[CODE]
    entry.now[CODE] = code[:10] + code[10:].replace("1", "I", 1)


@in_an_entry(PRODUCT, "cell", quarantine("R-PROD-001"))
def code_in_scientific_notation(entry: Entry) -> None:
    """A credit code that a spreadsheet made a number of."""
    entry.now[CODE] = "9.11411E+17"


@in_an_entry(PRODUCT, "cell", quarantine("R-PROD-001"))
def code_one_character_short(entry: Entry) -> None:
    """A credit code of 17 characters."""
    entry.now[CODE] = entry.now[CODE][:-1]


@in_an_entry(STATISTICS, "cell", quarantine("R-STAT-001"))
def no_code(entry: Entry) -> None:
    """The credit code is missing."""
    entry.now[CODE] = None


@in_an_entry(PROJECTS, "cell", quarantine("R-PROJ-001"))
def wrong_code_of_a_builder(entry: Entry) -> None:
    """A project's optional credit code is there, and wrong."""
    entry.now[CODE] = "91141082MA00000000"


@in_an_entry(STATISTICS, "cell", NORMALISE, where=_has_letters)
def code_in_small_letters(entry: Entry) -> None:
    """A credit code in small letters."""
    entry.now[CODE] = entry.now[CODE].lower()


@in_an_entry(STATISTICS, "cell", NORMALISE)
def code_in_full_width(entry: Entry) -> None:
    """A credit code in full-width characters."""
    entry.now[CODE] = full_width(entry.now[CODE])


@in_an_entry(PRODUCT, "cell", NORMALISE)
def code_with_spaces(entry: Entry) -> None:
    """A credit code in groups, with spaces around them."""
    code = entry.now[CODE]
    entry.now[CODE] = f" {code[:2]} {code[2:8]} {code[8:17]} {code[17:]}　"


@in_an_entry(REGISTER, "cell", NORMALISE)
def code_kept_from_the_spreadsheet_by_a_quote(entry: Entry) -> None:
    """A tab behind the code, which keeps spreadsheets from making a number of it."""
    entry.now[CODE] = entry.now[CODE] + "\t"


# The town.


@in_an_entry(STATISTICS, "cell", quarantine("R-STAT-002"))
def no_town(entry: Entry) -> None:
    """所属专业镇 is empty."""
    entry.now[TOWN] = None


@in_an_entry(PRODUCT, "cell", quarantine("R-PROD-002"))
def unknown_town(entry: Entry) -> None:
    """A town that the city does not have."""
    entry.now[TOWN] = "陶瓷专业镇"


@in_an_entry(PROJECTS, "cell", quarantine("R-PROJ-002"))
def two_towns(entry: Entry) -> None:
    """A project of two towns."""
    entry.now[TOWN] = "年馍、厨卫"


@in_an_entry(STATISTICS, "cell", NORMALISE)
def town_by_its_short_name(entry: Entry) -> None:
    """The town under an alias, with spaces."""
    full = entry.now[TOWN]
    entry.now[TOWN] = " " + next(word for word in ("年馍", "厨卫", "有机肥") if word in full) + "　专业镇 "


# Numbers.


@in_an_entry(STATISTICS, "cell", quarantine("R-STAT-003"))
def word_for_a_number(entry: Entry) -> None:
    """产值 is 待核实."""
    entry.now[OUTPUT] = "待核实"


@in_an_entry(STATISTICS, "cell", quarantine("R-STAT-003"))
def figure_beyond_any_economy(entry: Entry) -> None:
    """产值 is eleven nines: no sum, product or ratio of it may stop the run."""
    entry.now[OUTPUT] = 99_999_999_999


@in_an_entry(STATISTICS, "cell", quarantine("R-STAT-003"))
def dash_for_a_required_number(entry: Entry) -> None:
    """A dash in 营业收入: missing, not zero."""
    entry.now[REVENUE] = "—"


@in_an_entry(PRODUCT, "cell", quarantine("R-PROD-003"))
def spreadsheet_error_for_a_number(entry: Entry) -> None:
    """#REF! in 累计产量."""
    entry.now["累计产量"] = "#REF!"


@in_an_entry(PROJECTS, "cell", quarantine("R-PROJ-003"))
def no_total_investment(entry: Entry) -> None:
    """总投资 is missing."""
    entry.now[TOTAL] = "…"


@in_an_entry(PROJECTS, "cell", quarantine("R-PROJ-003"))
def two_numbers_in_a_cell(entry: Entry) -> None:
    """总投资 before and after an adjustment in one cell."""
    entry.now[TOTAL] = "3000/3500"


@in_an_entry(STATISTICS, "cell", quarantine("R-STAT-004"))
def negative_output(entry: Entry) -> None:
    """产值 of last year is negative."""
    entry.now[OUTPUT_PRIOR] = -12


@in_an_entry(PRODUCT, "cell", quarantine("R-PROD-004"))
def negative_output_in_brackets(entry: Entry) -> None:
    """产量 of last year in brackets."""
    entry.now["上年同期累计产量"] = "（300）"


@in_an_entry(STATISTICS, "cell", warn("R-STAT-011"))
def word_for_an_optional_number(entry: Entry) -> None:
    """从业人员 is 约五十."""
    entry.now["期末从业人员数（人）"] = "约五十"


@in_an_entry(PRODUCT, "cell", warn("R-PROD-011"))
def word_for_a_price(entry: Entry) -> None:
    """平均出厂价 is 随行就市."""
    entry.now["平均出厂价（元）"] = "随行就市"


@in_an_entry(PROJECTS, "cell", warn("R-PROJ-013"))
def word_for_an_optional_date(entry: Entry) -> None:
    """计划竣工 is 年底前."""
    entry.now["计划竣工日期"] = "年底前"


@in_an_entry(REGISTER, "cell", warn("R-REG-007"))
def capital_in_words(entry: Entry) -> None:
    """注册资本 in words."""
    entry.now["注册资本(万元)"] = "贰拾万元"


@in_an_entry(STATISTICS, "cell", NORMALISE)
def number_in_full_width(entry: Entry) -> None:
    """Full-width digits."""
    entry.now[OUTPUT] = full_width(entry.now[OUTPUT])


@in_an_entry(STATISTICS, "cell", NORMALISE)
def number_with_commas_and_a_unit(entry: Entry) -> None:
    """Text with thousands separators and a trailing 万元."""
    entry.now[OUTPUT] = f"{entry.now[OUTPUT]:,} 万元"


@in_an_entry(STATISTICS, "cell", NORMALISE)
def number_in_yuan_in_one_cell(entry: Entry) -> None:
    """One cell in 元, and says so."""
    entry.now[OUTPUT] = f"{round(entry.now[OUTPUT] * 10_000)}元"


@in_an_entry(STATISTICS, "cell", NORMALISE, where=lambda line: line[PROFIT] < 0)
def loss_in_brackets(entry: Entry) -> None:
    """A loss in full-width brackets."""
    entry.now[PROFIT] = f"（{-entry.now[PROFIT]}）"


@in_an_entry(PRODUCT, "cell", NORMALISE)
def number_typed_as_text(entry: Entry) -> None:
    """A number kept as text, with a space behind it."""
    entry.now["累计产量"] = f"{entry.now['累计产量']} "


# Units.


@in_an_entry(STATISTICS, "cell", quarantine("R-STAT-006"))
def one_cell_ten_thousand_times_too_large(entry: Entry) -> None:
    """税金 given in 元 where 万元 is asked for."""
    for part in ("本月", "1—本月"):
        entry.now[f"税金总额/{part}"] = round(entry.now[f"税金总额/{part}"] * 10_000)


@in_an_entry(PRODUCT, "cell", quarantine("R-PROD-006"), where=lambda line: line["计量单位"] == "公斤")
def unit_changed_and_number_kept(entry: Entry) -> None:
    """吨 beside the number of 公斤: a thousand times as much."""
    entry.now["计量单位"] = "吨"


@in_an_entry(PROJECTS, "cell", quarantine("R-PROJ-005"))
def investment_ten_thousand_times_too_large(entry: Entry) -> None:
    """总投资 in 元 where 万元 is asked for."""
    entry.now[TOTAL] = entry.now[TOTAL] * 10_000


@in_an_entry(PRODUCT, "cell", quarantine("R-PROD-003", "R-PROD-011"))
def unit_that_nobody_knows(entry: Entry) -> None:
    """计量单位 is 箱: without a unit none of the quantities can be read."""
    entry.now["计量单位"] = "箱"


@in_an_entry(PRODUCT, "cell", NORMALISE, where=lambda line: line["计量单位"] == "公斤")
def tonnes_said_in_the_unit(entry: Entry) -> None:
    """吨 with the numbers of 吨, and the price of one."""
    line = entry.now
    line["计量单位"] = "吨"
    for header in ("本月产量", "累计产量", "上年同期累计产量", "本月销量", "累计销量"):
        line[header] = round(line[header] / 1000, 6)
    line["平均出厂价（元）"] = round(line["平均出厂价（元）"] * 1000, 4)


@in_a_form(STATISTICS, "sheet")
def whole_return_in_yuan(form: Form) -> None:
    """计量单位：元 above a return in 元."""
    form.top[1][-1] = "计量单位：元"
    for header in form.headers:
        if "/" in header and not header.startswith("用电量"):
            form.scale(header, 10_000)


@in_a_form(STATISTICS, "header")
def one_column_in_hundred_millions(form: Form) -> None:
    """工业总产值 (亿元) over three columns."""
    place = form.place("工业总产值/本月")
    form.top[2][place] = "工业总产值（亿元）"
    for part in ("本月", "1—本月", "上年同期累计"):
        form.scale(f"工业总产值/{part}", 1 / 10_000)
    for line in [*(line.cells for line in form.rows), form.total]:
        line[place : place + 3] = [round(cell, 8) for cell in line[place : place + 3]]


@in_a_form(PROJECTS, "header")
def investment_in_hundred_millions(form: Form) -> None:
    """总投资 (亿元) beside columns in 万元."""
    form.rename(TOTAL, "总投资（亿元）")
    place = form.place(TOTAL)
    for line in [*(line.cells for line in form.rows), form.total]:
        line[place] = round(line[place] / 10_000, 8)


# Dates.


def _with_dates(form: Form, how) -> None:
    for line in form.rows:
        line.cells = [how(cell) if isinstance(cell, dt.date) else cell for cell in line.cells]


@in_a_form(PROJECTS, "sheet")
def dates_as_serial_numbers(form: Form) -> None:
    """All dates are serial numbers of a spreadsheet."""
    _with_dates(form, lambda date: (date - dt.date(1899, 12, 30)).days)


@in_a_form(PROJECTS, "sheet")
def dates_in_chinese(form: Form) -> None:
    """All dates are text, 2024年3月5日."""
    _with_dates(form, lambda date: f"{date.year}年{date.month}月{date.day}日")


@in_an_entry(PROJECTS, "cell", NORMALISE, where=lambda line: bool(line["实际开工日期"]))
def date_with_points(entry: Entry) -> None:
    """One date as 2023.4.5."""
    date = entry.now["实际开工日期"]
    entry.now["实际开工日期"] = f"{date.year}.{date.month}.{date.day}"


@in_an_entry(REGISTER, "cell", NORMALISE)
def date_without_separators(entry: Entry) -> None:
    """成立日期 as 20150304."""
    entry.now[FOUNDED] = entry.now[FOUNDED].replace("-", "")


@in_an_entry(REGISTER, "cell", NORMALISE)
def date_with_a_time(entry: Entry) -> None:
    """成立日期 with a time of day, as databases export it."""
    entry.now[FOUNDED] += " 00:00:00"


@in_an_entry(REGISTER, "cell", quarantine("R-REG-003"), where=_is_active)
def founded_in_the_future(entry: Entry) -> None:
    """成立日期 after the month's end."""
    entry.now[FOUNDED] = "2034-05-01"


@in_an_entry(REGISTER, "cell", quarantine("R-REG-002", "R-REG-003"))
def thirtieth_of_february(entry: Entry) -> None:
    """成立日期 on a day that no calendar has: no date, and so none given either."""
    entry.now[FOUNDED] = "2019-02-30"


@in_an_entry(REGISTER, "cell", quarantine("R-REG-002"))
def year_of_two_digits(entry: Entry) -> None:
    """成立日期 as 19-3-5, which may be 2019 or 1919."""
    entry.now[FOUNDED] = "19-3-5"


@in_an_entry(REGISTER, "cell", quarantine("R-REG-004"), where=_is_cancelled)
def cancelled_before_founded(entry: Entry) -> None:
    """注销日期 before 成立日期."""
    entry.now[CANCELLED] = "2001-01-01"


@in_an_entry(REGISTER, "cell", quarantine("R-REG-003"), where=_is_cancelled)
def cancelled_in_the_future(entry: Entry) -> None:
    """注销日期 after the month's end."""
    entry.now[CANCELLED] = "2034-05-01"


@in_an_entry(PROJECTS, "cell", quarantine("R-PROJ-004"), where=_is_under_way)
def started_in_the_future(entry: Entry) -> None:
    """实际开工 after the month's end."""
    entry.now["实际开工日期"] = dt.date(2034, 1, 5)


@in_an_entry(PROJECTS, "cell", quarantine("R-PROJ-004"))
def planned_on_no_day(entry: Entry) -> None:
    """计划竣工 on the 31st of June."""
    entry.now["计划竣工日期"] = "2025-06-31"


@in_an_entry(PROJECTS, "cell", warn("R-PROJ-011"), where=_has_finished)
def finished_before_it_started(entry: Entry) -> None:
    """实际竣工 before 实际开工."""
    entry.now["实际竣工日期"] = dt.date(2015, 1, 5)


# Words of a list, and required text.


@in_an_entry(REGISTER, "cell", quarantine("R-REG-002"))
def status_that_nobody_knows(entry: Entry) -> None:
    """登记状态 is 其他."""
    entry.now[STATUS] = "其他"


@in_an_entry(REGISTER, "cell", quarantine("R-REG-002"))
def no_name(entry: Entry) -> None:
    """主体名称 is missing."""
    entry.now["主体名称"] = ""


@in_an_entry(PROJECTS, "cell", quarantine("R-PROJ-003"))
def stage_that_nobody_knows(entry: Entry) -> None:
    """项目阶段 is 筹备."""
    entry.now[STAGE] = "筹备"


@in_an_entry(PROJECTS, "cell", quarantine("R-PROJ-003"))
def no_responsible_unit(entry: Entry) -> None:
    """责任单位 is missing."""
    entry.now["责任单位"] = " / "


@in_an_entry(REGISTER, "cell", NORMALISE, where=lambda line: line[STATUS] == "存续")
def status_in_the_registers_long_form(entry: Entry) -> None:
    """登记状态 is 在营, another word for active."""
    entry.now[STATUS] = "在营"


# Rows.


@in_an_entry(STATISTICS, "row", warn("R-STAT-010"))
def same_return_twice(entry: Entry) -> None:
    """The same row twice: used once."""
    entry.repeat()


@in_an_entry(PRODUCT, "row", warn("R-PROD-010"))
def same_product_in_another_unit(entry: Entry) -> None:
    """The same product twice, once in 千克: one row all the same."""
    entry.repeat(**({"计量单位": "千克"} if entry.now["计量单位"] == "公斤" else {}))


@in_an_entry(PROJECTS, "row", warn("R-PROJ-012"))
def same_project_twice(entry: Entry) -> None:
    """The same project twice: used once."""
    entry.repeat()


@in_an_entry(REGISTER, "row", warn("R-REG-006"))
def same_entity_twice(entry: Entry) -> None:
    """The same line of the register twice."""
    entry.repeat()


@in_an_entry(STATISTICS, "row", quarantine("R-STAT-007"))
def two_returns_of_one_enterprise(entry: Entry) -> list[Break]:
    """Two different rows of one enterprise: nobody knows which is right."""
    again = entry.repeat(**{OUTPUT_PRIOR: 77})
    return [(entry.now, "R-STAT-007", entry.period), (again, "R-STAT-007", entry.period)]


@in_an_entry(PRODUCT, "row", quarantine("R-PROD-007"))
def two_rows_of_one_product(entry: Entry) -> list[Break]:
    """Two different rows of one enterprise and product."""
    again = entry.repeat(**{"上年同期累计产量": 77})
    return [(entry.now, "R-PROD-007", entry.period), (again, "R-PROD-007", entry.period)]


@in_an_entry(REGISTER, "row", quarantine("R-REG-005"))
def two_entities_of_one_code(entry: Entry) -> list[Break]:
    """Two entities under one code."""
    again = entry.repeat(**{"主体名称": "霍州市另一家商行"})
    return [(entry.now, "R-REG-005", entry.period), (again, "R-REG-005", entry.period)]


@in_an_entry(PROJECTS, "row", quarantine("R-PROJ-006"))
def two_projects_of_one_number(entry: Entry) -> list[Break]:
    """Two projects under one number."""
    again = entry.repeat(**{"项目名称": "另一个项目"})
    return [(entry.now, "R-PROJ-006", entry.period), (again, "R-PROJ-006", entry.period)]


@in_an_entry(REGISTER, "row", quarantine("R-LINE-001"))
def line_with_a_column_too_many(entry: Entry) -> None:
    """A separator inside a name that nobody quoted."""
    cells = [str(cell) for cell in entry.now.cells]
    cells[1:2] = ["霍州市甲", "乙商行"]
    entry.now.raw = delimited(cells)
    entry.form.is_touched = True


@in_an_entry(REGISTER, "row", quarantine("R-LINE-001"))
def line_cut_short(entry: Entry) -> None:
    """A line that ends in the middle of its columns."""
    entry.now.raw = delimited(entry.now.cells[:6])
    entry.form.is_touched = True


@in_an_entry(REGISTER, "row", quarantine("R-LINE-001"))
def quote_that_never_closes(entry: Entry) -> None:
    """A quote that was opened in a scope and never closed."""
    cells = [str(cell) for cell in entry.now.cells]
    place = entry.form.place("经营范围")
    cells[place] = f'"{cells[place]}'
    entry.now.raw = ",".join(cells[: place + 1])
    entry.form.is_touched = True


@in_an_entry(REGISTER, "row", NORMALISE)
def line_torn_in_two(entry: Entry) -> None:
    """A line break inside a scope that nobody quoted: the two parts make one line."""
    cells = [str(cell) for cell in entry.now.cells]
    place = entry.form.place("住所")
    entry.now.raw = ",".join([*cells[:place], f"霍州市\r\n{cells[place]}", *cells[place + 1 :]])
    entry.form.is_touched = True


# History, and other feeds.


@in_an_entry(STATISTICS, "history", quarantine("R-STAT-005"))
def cumulative_output_falls(entry: Entry) -> None:
    """累计 below last month's; 本月 was given in its place."""
    entry.now[OUTPUT] = round(entry.before[OUTPUT] / 2, 2)


@in_an_entry(PRODUCT, "history", quarantine("R-PROD-005"))
def cumulative_quantity_falls(entry: Entry) -> None:
    """累计产量 is that of the month alone."""
    entry.now["累计产量"] = entry.now["本月产量"] // 2


@in_an_entry(STATISTICS, "history", warn("R-STAT-008"))
def month_is_not_the_difference(entry: Entry) -> None:
    """本月 and last month's 累计 do not make 累计."""
    entry.now[OUTPUT_MONTH] = round(entry.now[OUTPUT_MONTH] * 1.5, 2)


@in_an_entry(PRODUCT, "history", warn("R-PROD-008"))
def sales_are_not_the_difference(entry: Entry) -> None:
    """本月销量 and last month's 累计 do not make 累计."""
    entry.now["本月销量"] = round(entry.now["本月销量"] * 1.5)


@in_an_entry(STATISTICS, "history", warn("R-STAT-009", "R-PROD-009"))
def enterprise_unknown_to_the_register(entry: Entry) -> list[Break]:
    """A return of an enterprise that the register does not have."""
    return _unregistered(entry, vanishes=True)


@in_an_entry(STATISTICS, "history", warn("R-STAT-009", "R-PROD-009"))
def enterprise_cancelled_in_the_register(entry: Entry) -> list[Break]:
    """A return of an enterprise that the register has as cancelled."""
    return _unregistered(entry, vanishes=False)


def _unregistered(entry: Entry, *, vanishes: bool) -> list[Break]:
    registered, products = entry.of(REGISTER), entry.of(PRODUCT)
    assert registered
    assert products
    if vanishes:
        registered.vanish()
    else:
        registered.now[STATUS] = "注销"
        registered.now[CANCELLED] = f"{entry.period}-03"
    return [(entry.now, "R-STAT-009", entry.period), (products.now, "R-PROD-009", entry.period)]


@in_an_entry(PROJECTS, "history", warn("R-PROJ-010"))
def project_vanished(entry: Entry) -> list[Break]:
    """A project of last month's ledger is not there."""
    entry.vanish()
    return [(entry.before, "R-PROJ-010", entry.period)]


@in_an_entry(PROJECTS, "history", warn("R-PROJ-009"), where=lambda line: line[STAGE] in ("竣工", "投产", "达效"))
def stage_goes_back(entry: Entry) -> None:
    """A finished project is under way again."""
    entry.now[STAGE] = "在建"


@in_an_entry(PROJECTS, "history", warn("R-PROJ-008"), where=_is_under_way)
def completed_investment_falls(entry: Entry) -> None:
    """开工以来累计 below last month's."""
    entry.now[DONE] = round(entry.before[DONE] / 2, 2)


@in_an_entry(PROJECTS, "history", warn("R-PROJ-007"), where=_has_finished)
def completed_above_the_total(entry: Entry) -> list[Break]:
    """More was completed than the whole project costs; the month after, less again."""
    entry.now[DONE] = entry.now[TOTAL] + 100
    after = entry.after
    return [(entry.now, "R-PROJ-007", entry.period), (after, "R-PROJ-008", after.form.period)]


@in_an_entry(STATISTICS, "history", NORMALISE)
def wrong_row_corrected_later(entry: Entry) -> None:
    """A row without a town, sent again a day later with it."""
    entry.correct()
    entry.now[TOWN] = None


@in_an_entry(PROJECTS, "history", NORMALISE)
def wrong_investment_corrected_later(entry: Entry) -> None:
    """总投资 too large by a factor of 10,000, and sent again the day after."""
    entry.correct()
    entry.now[TOTAL] = entry.now[TOTAL] * 10_000


@in_an_entry(STATISTICS, "history", quarantine("R-STAT-002"))
def right_row_corrected_for_the_worse(entry: Entry) -> list[Break]:
    """A correction that is itself wrong: the sender has said that the first row is wrong, too."""
    return [(entry.correct(**{TOWN: "陶瓷专业镇"}), "R-STAT-002", entry.period)]
