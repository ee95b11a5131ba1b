"""Faults of whole months: too many rows set aside, totals far off, registers that shrink, feeds that are missing."""

from __future__ import annotations

from tests.faults.catalogue.city_files import CityFiles
from tests.faults.catalogue.fault import (
    CHANGES,
    IGNORE,
    NORMALISE,
    PRODUCT,
    PROJECTS,
    REGISTER,
    STATISTICS,
    block,
    in_a_month,
    warn,
)
from tests.faults.catalogue.forms import Form

MISSING, PENDING = block("R-BATCH-005"), block("R-BATCH-006")


def _without_town(form: Form, rows: int) -> None:
    for line in form.rows[-rows:]:
        line["所属专业镇"] = None


def _gone(form: Form, files: CityFiles) -> None:
    files.gone.add((form.feed, form.period))


def _second_file(form: Form, files: CityFiles, content: bytes, day: str) -> None:
    place = f"{form.feed}/{form.period}/{day}_{form.file_name}"
    files.extra.append((place, content, {**form.receipt, "sent_at": f"2024-06-{day}T09:00:00+08:00"}))


@in_a_month(STATISTICS, warn("R-STAT-012"))
def total_of_output_off_by_one_percent(form: Form, files: CityFiles) -> None:
    """合计 of 产值 is 1 % off its rows."""
    form.falsify_total("工业总产值/1—本月", 1.01)


@in_a_month(STATISTICS, block("R-BATCH-003", "R-STAT-012"))
def total_of_output_off_by_ten_percent(form: Form, files: CityFiles) -> None:
    """合计 of 产值 is 10 % off its rows: rows were lost."""
    form.falsify_total("工业总产值/1—本月", 1.1)


@in_a_month(PROJECTS, warn("R-PROJ-014"))
def total_of_investment_off_by_one_percent(form: Form, files: CityFiles) -> None:
    """合计 of 总投资 is 1 % off its rows."""
    form.falsify_total("总投资(万元)", 0.99)


@in_a_month(PROJECTS, block("R-BATCH-003", "R-PROJ-014"))
def last_rows_cut_off(form: Form, files: CityFiles) -> None:
    """The larger projects were cut off the ledger, its 合计 was not."""
    for line in sorted(form.rows, key=lambda line: line["总投资(万元)"])[-5:]:
        form.remove(line)
    form.keeps_total = True


@in_a_month(PRODUCT, warn("R-PROD-012"))
def total_of_one_product_off_by_one_percent(form: Form, files: CityFiles) -> None:
    """合计 below a report of one product is 1 % off its rows."""
    form.rows = [line for line in form.rows if line["计量单位"] == "公斤"]
    place = form.place("累计产量")
    total = ["合计", *[None] * (len(form.headers) - 1)]
    total[place] = round(sum(line.cells[place] for line in form.rows) * 1.01, 2)
    form.bottom.insert(0, total)
    form.keeps_total = form.is_touched = True


@in_a_month(STATISTICS, warn("R-IND-001"))
def last_year_missing_for_many(form: Form, files: CityFiles) -> None:
    """Half of the returns lack 上年同期 of 产值: no growth is told."""
    for line in form.rows[::2]:
        line["工业总产值/上年同期累计"] = None
    form.drop_total()


@in_a_month(STATISTICS, IGNORE)
def subtotal_far_off(form: Form, files: CityFiles) -> None:
    """小计 that is far off is recognised and not compared."""
    row = [7 if isinstance(cell, int | float) else cell for cell in form.total]
    row[0] = "小计"
    form.insert_after(form.rows[20], row, is_data=False)
    form.keeps_total = True


@in_a_month(STATISTICS, block("R-BATCH-001"))
def many_returns_without_a_town(form: Form, files: CityFiles) -> None:
    """More than a tenth of the returns has no town."""
    _without_town(form, 5)


@in_a_month(PRODUCT, block("R-BATCH-001"))
def many_products_without_a_town(form: Form, files: CityFiles) -> None:
    """More than a tenth of the products has no town."""
    _without_town(form, 5)


@in_a_month(PROJECTS, block("R-BATCH-001"))
def many_projects_without_a_town(form: Form, files: CityFiles) -> None:
    """More than a tenth of the projects has no town."""
    _without_town(form, 5)


@in_a_month(REGISTER, block("R-BATCH-001"))
def many_entities_without_a_date(form: Form, files: CityFiles) -> None:
    """3 % of the register has no 成立日期."""
    for line in form.rows[-len(form.rows) * 3 // 100 :]:
        line["成立日期"] = ""


@in_a_month(REGISTER, block("R-BATCH-002"))
def register_shrinks_by_a_quarter(form: Form, files: CityFiles) -> None:
    """A quarter of the register was not exported."""
    form.rows = form.rows[: len(form.rows) * 3 // 4]
    form.is_touched = True


@in_a_month(REGISTER, NORMALISE)
def register_shrinks_a_little(form: Form, files: CityFiles) -> None:
    """A tenth of the register has gone: unusual, and no reason to stop."""
    form.rows = form.rows[: len(form.rows) * 9 // 10]
    form.is_touched = True


@in_a_month(PROJECTS, warn("R-BATCH-007"))
def receipt_counts_other_rows(form: Form, files: CityFiles) -> None:
    """The receipt says a row more than the file has."""
    form.is_touched = form.keeps_total = True
    form.receipt = {**form.receipt, "rows": len(form.rows) + 1}


@in_a_month(STATISTICS, MISSING)
def no_return_came(form: Form, files: CityFiles) -> None:
    """No return of the month."""
    _gone(form, files)


@in_a_month(PRODUCT, MISSING)
def no_product_report_came(form: Form, files: CityFiles) -> None:
    """No product report of the month."""
    _gone(form, files)


@in_a_month(REGISTER, MISSING)
def no_register_came(form: Form, files: CityFiles) -> None:
    """No register of the month."""
    _gone(form, files)


@in_a_month(REGISTER, warn("R-CHG-007"))
def founded_since_the_last_register(form: Form, files: CityFiles) -> tuple[str, str]:
    """No register of the month, but its changes: the entities founded in it are described nowhere yet."""
    _gone(form, files)
    return CHANGES, form.period


@in_a_month(PROJECTS, MISSING)
def no_project_ledger_came(form: Form, files: CityFiles) -> None:
    """No project ledger of the month."""
    _gone(form, files)


@in_a_month(PRODUCT, PENDING)
def correction_that_cannot_be_read(form: Form, files: CityFiles) -> None:
    """A correction cut short: nobody knows what it would have said."""
    _second_file(form, files, form.content()[:2000], "20")


@in_a_month(PRODUCT, NORMALISE)
def correction_that_cannot_be_read_sent_again(form: Form, files: CityFiles) -> None:
    """A correction cut short, and sent again whole."""
    _second_file(form, files, form.content()[:2000], "20")
    # The bytes of the first file would be no delivery.
    corrected = form.copy()
    corrected.rows[0]["平均出厂价（元）"] += 0.01
    _second_file(form, files, corrected.content(), "21")


@in_a_month(STATISTICS, NORMALISE)
def return_weeks_late(form: Form, files: CityFiles) -> None:
    """The return comes three months late: it counts."""
    form.is_touched = form.keeps_total = True
    form.receipt = {**form.receipt, "sent_at": "2024-06-28T09:00:00+08:00"}
