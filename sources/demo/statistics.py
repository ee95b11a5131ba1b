"""The two monthly reports of the statistics bureau: enterprises and their leading products.

One enterprise is worked out at a time and written into the workbooks of all months at once. Belongs here:
columns, titles, 合计 and the fault of the last month. Does not belong here: the figures (`enterprises.py`).
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from operator import add, sub
from pathlib import Path

from sources.demo import names
from sources.demo.enterprises import ITEMS, Books, Enterprise, Month, reporting_enterprises
from sources.demo.families import Written
from sources.demo.months import month_of, period_of, sent_at
from sources.demo.report import DemoFault
from sources.demo.scenario import Delivery, Scenario, compact, months_said
from sources.demo.sheets import OfficeSheet, signatures

ENTERPRISE_FEED = "statistics_enterprise"
PRODUCT_FEED = "statistics_product"

_SENDER = "市统计局"
_LATE_DAY = 15
_DAYS_TO_CORRECTION = 3
_PARTS = ("本月", "1—本月", "上年同期累计")
_ENTERPRISE_HEADERS: tuple[str | tuple[str, Sequence[str]], ...] = (
    "统一社会信用代码",
    "企业名称",
    "所属专业镇",
    "行业代码",
    "是否规上",
    "期末从业人员数（人）",
    ("工业总产值", _PARTS),
    ("营业收入", _PARTS),
    ("利润总额", _PARTS),
    ("税金总额", _PARTS),
    ("出口交货值", _PARTS),
    ("研发费用", _PARTS),
    ("用电量（万千瓦时）", _PARTS),
    ("网上零售额", _PARTS),
)
_PRODUCT_HEADERS = (
    "统一社会信用代码",
    "企业名称",
    "所属专业镇",
    "产品名称",
    "计量单位",
    "本月产量",
    "累计产量",
    "上年同期累计产量",
    "本月销量",
    "累计销量",
    "平均出厂价（元）",
)
_CENT = Decimal("0.01")
# The enterprise report's 合计 row adds up the columns from this one on.
_FIRST_SUMMED = 5
# What the return that is corrected later first lacked of its month's output and revenue.
_MISREPORTED_ITEMS = (0, 1)
_MISSING_SHARE = Decimal("0.1")
_CORRECTED_RANK = 2


def planned(scenario: Scenario) -> list[Delivery]:
    """One file a feed and month but January, and one correction."""
    plan = []
    for month in scenario.return_months:
        period, chance = period_of(month), scenario.rng("statistics", month)
        sent = sent_at(month, chance.randint(5, 8), chance)
        plan.append(Delivery(ENTERPRISE_FEED, period, f"重点企业月报_{compact(month)}.xlsx", _SENDER, sent))
        if month == scenario.corrected_month:
            later = sent + dt.timedelta(days=_DAYS_TO_CORRECTION)
            plan.append(
                Delivery(
                    ENTERPRISE_FEED, period, f"重点企业月报_{compact(month)}_更正.xlsx", _SENDER, later,
                    is_correction=True,
                )
            )  # fmt: skip
        sent = sent_at(month, _LATE_DAY if month == scenario.late_month else chance.randint(5, 8), chance)
        plan.append(Delivery(PRODUCT_FEED, period, f"主导产品产销月报_{compact(month)}.xlsx", _SENDER, sent))
    return plan


def write(scenario: Scenario, plan: Sequence[Delivery], place: Callable[[Delivery], Path]) -> Written:
    """Writes the reports; memory does not grow with the number of enterprises."""
    reports = [_REPORTS[delivery.feed](scenario, delivery, place(delivery)) for delivery in plan]
    for enterprise in reporting_enterprises(scenario):
        books = Books(enterprise)
        for report in reports:
            report.add(enterprise, books)
    written = Written()
    for report in reports:
        report.close()
        written.rows[report.delivery] = report.rows
        written.faults.extend(report.faults)
    return written


class _Report(ABC):
    """A workbook of one month that takes the enterprises as they come."""

    def __init__(self, scenario: Scenario, delivery: Delivery, sheet: OfficeSheet) -> None:
        self.scenario = scenario
        self.delivery = delivery
        self.month = month_of(delivery.period)
        self.rows = 0
        self.faults: list[DemoFault] = []
        self._sheet = sheet

    @abstractmethod
    def add(self, enterprise: Enterprise, books: Books) -> None:
        """Writes the enterprise's row, if it stands in this report."""

    def close(self) -> None:
        self._sheet.close(signatures(self.delivery.sent_at.date()))


class _EnterpriseReport(_Report):
    """专业镇重点企业生产经营月报; a correction holds the corrected enterprise alone, without a 合计 row."""

    def __init__(self, scenario: Scenario, delivery: Delivery, path: Path) -> None:
        title = f"专业镇重点企业生产经营月报表（{months_said(month_of(delivery.period))}）"
        sheet = OfficeSheet(
            path, title=title, made_by=f"{scenario.city.name}统计局", unit_line="计量单位：万元",
            headers=_ENTERPRISE_HEADERS,
        )  # fmt: skip
        super().__init__(scenario, delivery, sheet)
        self._totals: list[int | Decimal] = [0] * (1 + len(_PARTS) * len(ITEMS))

    def add(self, enterprise: Enterprise, books: Books) -> None:
        is_corrected = self.month == self.scenario.corrected_month and _is_corrected(enterprise)
        if self.delivery.is_correction and not is_corrected:
            return
        month, ytd = books.reported(self.month), books.cumulative(self.month)
        if is_corrected and not self.delivery.is_correction:
            month, ytd = _misreported(month, ytd)
        prior = books.prior(self.month)
        figures: list[int | Decimal] = [enterprise.employees(self.month)]
        for three in zip(month.items, ytd.items, prior.items, strict=True):
            figures.extend(three)
        is_faulty = self.month == self.scenario.last and _is_faulty(enterprise)
        code = names.with_wrong_check(enterprise.code) if is_faulty else enterprise.code
        row_no = self._sheet.add([
            code, enterprise.name, enterprise.town.name, enterprise.industry_code,
            "是" if enterprise.is_above_scale else "否", *figures,
        ])  # fmt: skip
        self.rows += 1
        self._totals = list(map(add, self._totals, figures))
        if is_faulty:
            self.faults.append(_wrong_code(self.delivery, row_no, code))

    def close(self) -> None:
        if not self.delivery.is_correction:
            self._sheet.add(["合计", *[None] * (_FIRST_SUMMED - 1), *self._totals])
        super().close()


class _ProductReport(_Report):
    """专业镇主导产品产销月报: without a 合计 row, since its units differ."""

    def __init__(self, scenario: Scenario, delivery: Delivery, path: Path) -> None:
        title = f"专业镇主导产品产销月报（{months_said(month_of(delivery.period))}）"
        sheet = OfficeSheet(
            path, title=title, made_by=f"{scenario.city.name}统计局", unit_line="计量单位：见表内",
            headers=_PRODUCT_HEADERS,
        )  # fmt: skip
        super().__init__(scenario, delivery, sheet)

    def add(self, enterprise: Enterprise, books: Books) -> None:
        month, ytd = books.reported(self.month), books.cumulative(self.month)
        unit, size = enterprise.quantity_unit
        quantities = (month.output, ytd.output, books.prior(self.month).output, month.sales, ytd.sales)
        self._sheet.add([
            enterprise.code, enterprise.name, enterprise.town.short_name, enterprise.town.product, unit,
            *(Decimal(quantity) / size for quantity in quantities), month.price * size,
        ])  # fmt: skip
        self.rows += 1


def _is_corrected(enterprise: Enterprise) -> bool:
    first_town = enterprise.scenario.city.towns[0]
    return enterprise.town is first_town and enterprise.rank == _CORRECTED_RANK


def _is_faulty(enterprise: Enterprise) -> bool:
    """The smallest of the first town: its absence hardly shows in the town's figures."""
    scenario, town = enterprise.scenario, enterprise.town
    return town is scenario.city.towns[0] and enterprise.rank == scenario.enterprises_of(town) - 1


def _misreported(month: Month, ytd: Month) -> tuple[Month, Month]:
    """Month and year to date as first reported: output and revenue too low by the same amount in both."""
    lacking = [
        (item * _MISSING_SHARE).quantize(_CENT, ROUND_HALF_UP) if place in _MISREPORTED_ITEMS else Decimal(0)
        for place, item in enumerate(month.items)
    ]

    def less(figures: Month) -> Month:
        return replace(figures, items=tuple(map(sub, figures.items, lacking)))

    return less(month), less(ytd)


def _wrong_code(delivery: Delivery, row_no: int, code: str) -> DemoFault:
    return DemoFault(
        feed=delivery.feed,
        period=delivery.period,
        file_name=delivery.file_name,
        row_no=row_no,
        row_key=code,
        column_zh="统一社会信用代码",
        seen=code,
        rule_id="R-STAT-001",
        severity="quarantine",
        message_zh="一家企业的统一社会信用代码校验位有误：该行应被搁置，其余照常",
        message_en="one return's credit code has a wrong check character: the row is set aside",
    )


#: The workbook of each feed.
_REPORTS: dict[str, type[_EnterpriseReport | _ProductReport]] = {
    ENTERPRISE_FEED: _EnterpriseReport,
    PRODUCT_FEED: _ProductReport,
}
