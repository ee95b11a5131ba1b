"""The cases that prove the row rules: for each a history that passes and, nearly the same, one that fails for exactly
that reason; and how single cells are read.

A case is a few rows of one key; every case has a key of its own, so that none meets another. Rules of whole batches
need months of their own and stand in `test_rules.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.flow.raw_rows import (
    CHANGES,
    EVENTS,
    FUNDS,
    HONOURS,
    ISSUES,
    PLATFORMS,
    PRODUCT,
    PROJECTS,
    REGISTER,
    STATISTICS,
    TASKS,
    Cell,
    Row,
    task_number,
    with_wrong_check,
)

DECEMBER, JANUARY, FEBRUARY, MARCH, APRIL = "2022-12", "2023-01", "2023-02", "2023-03", "2023-04"
# The register of this month holds the enterprises of all cases; before it there is none, and after it until:
REGISTER_MONTH, REPLACED_REGISTER_MONTH = MARCH, "2023-06"
MISSING_MARKS = (None, "", "-", "—", "——", "…", "/", "无", "空", "N/A", "n/a", " ", "　", "－")
SEVERAL_TOWNS = "年馍、厨卫"


@dataclass(frozen=True, eq=False)
class Proof:
    """One rule held against two histories of a key each. `standing` is what the register says of the enterprise of
    `fails` (None: it does not know it); that of `passes` is there and active."""

    rule: str
    claim: str
    passes: tuple[Row, ...] = ()
    fails: tuple[Row, ...] = ()
    standing: str | None = "存续"

    def __str__(self) -> str:
        return f"{self.rule} {self.claim}"


@dataclass(frozen=True, eq=False)
class Reading:
    """A cell of a row of its own, and what staging makes of it."""

    row: Row
    column: str
    value: Decimal | date | str | bool | None

    def __str__(self) -> str:
        cell, unit = self.row.cells.get(self.column), self.row.cells.get(f"{self.column}__unit")
        return f"{self.row.feed} {self.column} {cell} {unit or ''}".strip()


def _row(feed: str) -> Callable[..., Row]:
    def row(
        period: str,
        breaks: str = "",
        *,
        status: str = "in_force",
        arrival_no: int = 1,
        kind: str = "data",
        next_month: str = "",
        **cells: Cell | Callable[[str], str],
    ) -> Row:
        # A column that is called as an argument is here is given with an underscore behind it: `status_`.
        told = {name.removesuffix("_"): cell for name, cell in cells.items()}
        return Row(
            feed, period, told, frozenset(breaks.split()), frozenset(next_month.split()), status, arrival_no, kind
        )

    return row


enterprise, product, entity, change, project = (
    _row(feed) for feed in (STATISTICS, PRODUCT, REGISTER, CHANGES, PROJECTS)
)
issue, task = (_row(feed) for feed in (ISSUES, TASKS))
event, fund = _row(EVENTS), _row(FUNDS)
certificate, platform = (_row(feed) for feed in (HONOURS, PLATFORMS))


def _full_width(code: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in code)


def _spaced_lower(code: str) -> str:
    return f" {code[:6].lower()} {code[6:].lower()}　"


def _wrong_and_full_width(code: str) -> str:
    return _full_width(with_wrong_check(code))


def _wrong_and_spaced_lower(code: str) -> str:
    return _spaced_lower(with_wrong_check(code))


SPELLINGS = ((_full_width, _wrong_and_full_width), (_spaced_lower, _wrong_and_spaced_lower))


def _scientific(code: str) -> str:
    return "9.11410820001E+17"


def _returns(feed: str, rule: str, month: str, ytd: str, sales_ytd: str, stock: str) -> Iterator[Proof]:
    """What holds for both returns. `month` and `ytd` are of output, `sales_ytd` another cumulative column, `stock` one
    that only its history can contradict."""
    row = _row(feed)
    unknown_town = f"{rule}-002"

    yield Proof(
        "R-LINE-001", f"a damaged line of {feed} is set aside, alone",
        passes=(row(FEBRUARY),),
        fails=(row(FEBRUARY, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip

    for right, wrong in SPELLINGS:
        yield Proof(
            f"{rule}-001", f"what is only spelt otherwise is the same code ({right.__name__})",
            passes=(row(FEBRUARY, credit_code=right),),
            fails=(row(FEBRUARY, f"{rule}-001", credit_code=wrong),),
        )  # fmt: skip
    for wrong in (_scientific, lambda code: code[:-1], lambda code: "—"):
        yield Proof(f"{rule}-001", "no code", fails=(row(FEBRUARY, f"{rule}-001", credit_code=wrong),))

    for alias, other in (("霍州年馍", "面包"), (" 年馍　专业镇", SEVERAL_TOWNS), ("年馍", "—")):
        yield Proof(
            unknown_town, f"{alias} is one town, {other} is not",
            passes=(row(FEBRUARY, town=alias),),
            fails=(row(FEBRUARY, unknown_town, town=other),),
        )  # fmt: skip

    for mark in MISSING_MARKS:
        yield Proof(
            f"{rule}-003", f"{mark!r} is missing, 0 is not",
            passes=(row(FEBRUARY, **{month: "0", ytd: "0"}),),
            fails=(row(FEBRUARY, f"{rule}-003", **{ytd: mark}),),
        )  # fmt: skip
    yield Proof(
        f"{rule}-003", "上年同期 may be missing, 累计 may not be a word",
        passes=(row(FEBRUARY, **{f"{ytd}_prior": "…"}),),
        fails=(row(FEBRUARY, f"{rule}-003", **{ytd: "待定"}),),
    )  # fmt: skip

    yield Proof(
        f"{rule}-004", "output is 0 or more",
        passes=(row(FEBRUARY, **{month: "0", ytd: "0", f"{ytd}_prior": "0"}),),
        fails=(row(FEBRUARY, f"{rule}-004", **{month: "0", ytd: "0", f"{ytd}_prior": "(0.0001)"}),),
    )  # fmt: skip
    yield Proof(f"{rule}-004", "in all parts", fails=(row(FEBRUARY, f"{rule}-004", **{month: "-1", ytd: "-1"}),))

    yield Proof(
        f"{rule}-005", "累计 may stay as it was, not fall",
        passes=(row(FEBRUARY), row(MARCH, **{month: "0", ytd: "200"})),
        fails=(row(FEBRUARY), row(MARCH, f"{rule}-005", **{month: "0", ytd: "199.9999"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-005", "a month set aside in between does not count",
        passes=(row(FEBRUARY), row(MARCH, unknown_town, town="面包", **{ytd: "900"}), row(APRIL, **{ytd: "300"})),
        fails=(row(FEBRUARY), row(MARCH, **{month: "700", ytd: "900"}), row(APRIL, f"{rule}-005", **{ytd: "300"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-005", "nor does one set aside for falling itself: the next is held against the last used",
        fails=(row(FEBRUARY), row(MARCH, f"{rule}-005", **{ytd: "100"}), row(APRIL, f"{rule}-005", **{ytd: "150"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-005", "and is used if it is not below that",
        fails=(row(FEBRUARY), row(MARCH, f"{rule}-005", **{ytd: "100"}), row(APRIL, **{ytd: "200"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-005", "a month without a return in between does not hide the last one",
        passes=(row(FEBRUARY), row(APRIL, **{ytd: "200"})),
        fails=(row(FEBRUARY), row(APRIL, f"{rule}-005", **{ytd: "150"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-005", "a new year begins anew",
        passes=(row(DECEMBER), row(FEBRUARY)),
        fails=(row(FEBRUARY), row(MARCH, f"{rule}-005", **{month: "100", ytd: "100"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-005", "every cumulative column is looked at",
        passes=(row(FEBRUARY, **{sales_ytd: "200"}), row(MARCH, **{sales_ytd: "300"})),
        fails=(row(FEBRUARY, **{sales_ytd: "200"}), row(MARCH, f"{rule}-005", **{sales_ytd: "199"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-005", "a row that is set aside anyway is told every rule that it breaks",
        fails=(row(FEBRUARY), row(MARCH, f"{unknown_town} {rule}-005", town="面包", **{ytd: "100"})),
    )  # fmt: skip

    yield Proof(
        f"{rule}-006", "999 times its history is odd, 1000 times is another unit",
        passes=(row(FEBRUARY, **{stock: "5"}), row(MARCH, **{stock: "4999"})),
        fails=(row(FEBRUARY, **{stock: "5"}), row(MARCH, f"{rule}-006", **{stock: "5000"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-006", "the largest value counts, not the last",
        passes=(row(FEBRUARY, **{stock: "5"}), row(MARCH, **{stock: "1"}), row(APRIL, **{stock: "4999"})),
        fails=(row(FEBRUARY, **{stock: "5"}), row(MARCH, **{stock: "1"}), row(APRIL, f"{rule}-006", **{stock: "5000"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-006", "a value that was set aside is no history",
        passes=(row(FEBRUARY, **{stock: "5"}), row(MARCH, **{stock: "500"}), row(APRIL, **{stock: "5000"})),
        fails=(
            row(FEBRUARY, **{stock: "5"}), row(MARCH, unknown_town, town="面包", **{stock: "500"}),
            row(APRIL, f"{rule}-006", **{stock: "5000"}),
        ),
    )  # fmt: skip
    yield Proof(
        f"{rule}-006", "without a history, or one of zeros, nothing is said; years do not matter",
        passes=(row(FEBRUARY, **{stock: "0"}), row(MARCH, **{stock: "5000"})),
        fails=(row(DECEMBER, **{stock: "5"}), row(FEBRUARY, f"{rule}-006", **{stock: "5000"})),
    )  # fmt: skip

    yield Proof(
        f"{rule}-007", "two different rows of one key are both set aside; the same value written otherwise is no other",
        passes=(
            row(FEBRUARY, f"{rule}-010", **{stock: "1000"}), row(FEBRUARY, status="repeat", **{stock: "1,000.00"}),
        ),
        fails=(row(FEBRUARY, f"{rule}-007"), row(FEBRUARY, f"{rule}-007", **{stock: "5"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-007", "a repeat among different rows helps neither; a correction does, though both were wrong",
        passes=(
            row(FEBRUARY, f"{rule}-007", status="superseded"),
            row(FEBRUARY, f"{rule}-007", status="superseded", **{stock: "5"}),
            row(FEBRUARY, arrival_no=2),
        ),
        fails=(
            row(FEBRUARY, f"{rule}-007"), row(FEBRUARY, f"{rule}-007"),
            row(FEBRUARY, f"{rule}-007", **{stock: "5"}),
        ),
    )  # fmt: skip

    yield Proof(
        f"{rule}-008", "0.5 % of 累计 is rounding, more is not",
        passes=(row(FEBRUARY), row(MARCH, **{month: "202", ytd: "400"})),
        fails=(row(FEBRUARY), row(MARCH, f"{rule}-008", **{month: "202.0001", ytd: "400"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-008", "in February 本月 is 累计",
        passes=(row(DECEMBER), row(FEBRUARY, **{month: "201", ytd: "200"})),
        fails=(row(DECEMBER), row(FEBRUARY, f"{rule}-008", **{month: "201.0001", ytd: "200"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-008", "a January that comes all the same adds nothing to December, nor to February",
        passes=(row(DECEMBER), row(JANUARY), row(FEBRUARY)),
        fails=(
            row(DECEMBER), row(JANUARY, f"{rule}-008", **{month: "50"}),
            row(FEBRUARY, f"{rule}-008", **{month: "100"}),
        ),
    )  # fmt: skip
    yield Proof(
        f"{rule}-008", "a month that skips one, or follows one set aside, is not added up",
        passes=(row(FEBRUARY), row(APRIL, **{month: "1"})),
        fails=(row(FEBRUARY), row(MARCH), row(APRIL, f"{rule}-008", **{month: "1"})),
    )  # fmt: skip
    yield Proof(
        f"{rule}-008", "a month that was set aside is nothing to add to",
        passes=(row(FEBRUARY), row(MARCH, unknown_town, town="面包"), row(APRIL, **{month: "1"})),
    )  # fmt: skip

    for standing in (None, "注销", "吊销", "迁出"):
        yield Proof(
            f"{rule}-009", f"the enterprise stands in the register and is active, not {standing}",
            passes=(row(MARCH),),
            fails=(row(MARCH, f"{rule}-009"),),
            standing=standing,
        )  # fmt: skip
    yield Proof(
        f"{rule}-009", "nothing is said before the first register; later the last one before the month is asked",
        fails=(row(FEBRUARY), row(APRIL, f"{rule}-009")),
        standing=None,
    )  # fmt: skip

    yield Proof(
        f"{rule}-010", "the same row twice is used once, the repeat counts as superseded",
        passes=(row(FEBRUARY),),
        fails=(row(FEBRUARY, f"{rule}-010"), row(FEBRUARY, status="repeat"), row(FEBRUARY, status="repeat")),
    )  # fmt: skip
    yield Proof(
        f"{rule}-010", "the same row in a later delivery is a correction, no repeat",
        passes=(row(FEBRUARY, status="superseded"), row(FEBRUARY, arrival_no=2)),
    )  # fmt: skip

    yield Proof(
        f"{rule}-011", "an optional cell may be missing; a word counts as missing and warns",
        passes=(row(FEBRUARY, **{stock: "—"}),),
        fails=(row(FEBRUARY, f"{rule}-011", **{stock: "待核实"}),),
    )  # fmt: skip

    yield Proof(
        unknown_town, "supersession comes first: a later bad row wins over an earlier good one, a good over a bad",
        passes=(row(FEBRUARY, unknown_town, town="面包", status="superseded"), row(FEBRUARY, arrival_no=2)),
        fails=(row(FEBRUARY, status="superseded"), row(FEBRUARY, unknown_town, town="面包", arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        f"{rule}-001", "a row whose key cannot be read supersedes nothing",
        fails=(row(FEBRUARY), row(FEBRUARY, f"{rule}-001", credit_code=with_wrong_check, arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        f"{rule}-001", "a row whose key could not be read is superseded once its name comes again",
        passes=(
            row(
                FEBRUARY, f"{rule}-001", credit_code=with_wrong_check, enterprise_name=f"{rule}厂",
                status="superseded",
            ),
            row(FEBRUARY, enterprise_name=f"{rule}厂", arrival_no=2),
        ),
    )  # fmt: skip


def _of_enterprises() -> Iterator[Proof]:
    yield from _returns(
        STATISTICS, "R-STAT", "gross_output_value_month", "gross_output_value_ytd", "operating_revenue_ytd", "employees"
    )
    for column in ("enterprise_name", "gross_output_value_month", "operating_revenue_month", "operating_revenue_ytd"):
        yield Proof(
            "R-STAT-003", f"{column} is required, total_profit is not",
            passes=(enterprise(FEBRUARY, total_profit_month="无", total_profit_ytd="无"),),
            fails=(enterprise(FEBRUARY, "R-STAT-003", **{column: "无"}),),
        )  # fmt: skip
    yield Proof(
        "R-STAT-004", "profit may be negative, output may not",
        passes=(enterprise(FEBRUARY, total_profit_ytd="（5）"),),
        fails=(enterprise(FEBRUARY, "R-STAT-004", gross_output_value_ytd_prior="（5）"),),
    )  # fmt: skip
    for item in ("total_profit", "tax_paid"):
        yield Proof(
            "R-STAT-005", f"{item} may fall, exports may not",
            passes=(enterprise(FEBRUARY, **{f"{item}_ytd": "50"}), enterprise(MARCH, **{f"{item}_ytd": "-50"})),
            fails=(enterprise(FEBRUARY, export_value_ytd="50"), enterprise(MARCH, "R-STAT-005", export_value_ytd="49")),
        )  # fmt: skip
    yield Proof(
        "R-STAT-006", "size counts, not sign",
        passes=(enterprise(FEBRUARY, total_profit_ytd="-1"), enterprise(MARCH, total_profit_ytd="-999.9999")),
        fails=(enterprise(FEBRUARY, total_profit_ytd="-1"), enterprise(MARCH, "R-STAT-006", total_profit_ytd="1000")),
    )  # fmt: skip
    yield Proof(
        "R-STAT-006", "the same number under 亿元 is ten thousand times as much; the same money is not",
        passes=(
            enterprise(FEBRUARY, rd_expense_ytd="200"),
            enterprise(MARCH, rd_expense_ytd="0.03", rd_expense_ytd__unit="亿元"),
        ),
        fails=(
            enterprise(FEBRUARY, rd_expense_ytd="200"),
            enterprise(MARCH, "R-STAT-006", rd_expense_ytd="300", rd_expense_ytd__unit="亿元"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-STAT-008", "each item is added up for itself",
        passes=(enterprise(FEBRUARY, tax_paid_ytd="10"), enterprise(MARCH, tax_paid_month="5", tax_paid_ytd="15")),
        fails=(
            enterprise(FEBRUARY, tax_paid_ytd="10"),
            enterprise(MARCH, "R-STAT-008", tax_paid_month="5", tax_paid_ytd="16"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-STAT-011", "是否规上 is 是 or 否",
        passes=(enterprise(FEBRUARY, is_above_scale="否"),),
        fails=(enterprise(FEBRUARY, "R-STAT-011", is_above_scale="不详"),),
    )  # fmt: skip


def _of_products() -> Iterator[Proof]:
    yield from _returns(PRODUCT, "R-PROD", "output_month", "output_ytd", "sales_ytd", "average_price")
    yield Proof(
        "R-PROD-003", "the unit is required and of the list, the enterprise's name is not required",
        passes=(product(FEBRUARY, enterprise_name=None, quantity_unit="千克"),),
        fails=(product(FEBRUARY, "R-PROD-003", quantity_unit="箱", output_month="—"),),
    )  # fmt: skip
    yield Proof(
        "R-PROD-003", "a product without a name has no key: it supersedes nothing",
        passes=(product(FEBRUARY, output_month="—"),),
        fails=(product(FEBRUARY), product(FEBRUARY, "R-PROD-003", product_name="—", arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        "R-PROD-006", "吨 against 公斤: the same number is a thousand times as much, the same weight is not",
        passes=(product(FEBRUARY), product(MARCH, output_month="0.1", output_ytd="0.3", quantity_unit="吨")),
        fails=(product(FEBRUARY), product(MARCH, "R-PROD-006", output_ytd="300", quantity_unit="吨")),
    )  # fmt: skip
    yield Proof(
        "R-PROD-007", "two products of one enterprise are two keys",
        passes=(product(FEBRUARY), product(FEBRUARY, product_name="花馍")),
        fails=(product(FEBRUARY, "R-PROD-007"), product(FEBRUARY, "R-PROD-007", output_ytd="201")),
    )  # fmt: skip
    yield Proof(
        "R-PROD-010", "200 公斤 and 0.2 吨 are the same row",
        fails=(
            product(FEBRUARY, "R-PROD-010"),
            product(FEBRUARY, output_month="0.2", output_ytd="0.2", quantity_unit="吨", status="repeat"),
        ),
    )  # fmt: skip


def _of_entities() -> Iterator[Proof]:
    month = REGISTER_MONTH
    yield Proof(
        "R-LINE-001", "a damaged line of the register is set aside, alone",
        passes=(entity(month),),
        fails=(entity(month, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip
    for right, wrong in SPELLINGS:
        yield Proof(
            "R-REG-001", f"what is only spelt otherwise is the same code ({right.__name__})",
            passes=(entity(month, credit_code=right),),
            fails=(entity(month, "R-REG-001", credit_code=wrong),),
        )  # fmt: skip
    for column, cell in (
        ("entity_name", "无"), ("established_on", None), ("established_on", "待定"), ("registration_status", "/"),
        ("registration_status", "状态不明"),
    ):  # fmt: skip
        yield Proof(
            "R-REG-002", f"{column} is required and cannot be {cell}; 主体类型 can be missing",
            passes=(entity(month, entity_type="-"),),
            fails=(entity(month, "R-REG-002", **{column: cell}),),
        )  # fmt: skip
    yield Proof(
        "R-REG-003", "established by the month's end",
        passes=(entity(month, established_on="2023-03-31"),),
        fails=(entity(month, "R-REG-003", established_on="2023年4月1日"),),
    )  # fmt: skip
    yield Proof(
        "R-REG-003", "cancelled by the month's end",
        passes=(entity(month, registration_status="注销", cancelled_on="2023-03-31"),),
        fails=(entity(month, "R-REG-003", registration_status="注销", cancelled_on="2023-04-01"),),
    )  # fmt: skip
    yield Proof(
        "R-REG-003", "a day that no calendar has sets the row aside, even where the cell is optional",
        passes=(entity(month, approved_on="2020-02-29"),),
        fails=(entity(month, "R-REG-003", approved_on="2021-02-29"),),
    )  # fmt: skip
    yield Proof(
        "R-REG-003", "in a required cell it is unreadable as well",
        fails=(entity(month, "R-REG-002 R-REG-003", established_on="2022-02-30"),),
    )  # fmt: skip
    yield Proof(
        "R-REG-004", "cancelled on the day of establishment, not before",
        passes=(entity(month, registration_status="注销", cancelled_on="2020-05-01"),),
        fails=(entity(month, "R-REG-004", registration_status="注销", cancelled_on="2020-04-30"),),
    )  # fmt: skip
    for column, cell in (
        ("entity_name", "另一公司"), ("registered_capital", "50"), ("approved_on", "2021-01-01"),
        ("business_scope", "花馍加工"), ("entity_type", "个体工商户"),
    ):  # fmt: skip
        yield Proof(
            "R-REG-005", f"rows that differ in {column} are both set aside, the same row is used once",
            passes=(entity(month, "R-REG-006"), entity(month, status="repeat")),
            fails=(entity(month, "R-REG-005"), entity(month, "R-REG-005", **{column: cell})),
        )  # fmt: skip
    yield Proof(
        "R-REG-006", "the same row twice is used once",
        passes=(entity(month),),
        fails=(entity(month, "R-REG-006"), entity(month, status="repeat")),
    )  # fmt: skip
    for column, cell, word in (
        ("registered_capital", "50万美元", "面议"), ("registered_capital", "-", "二十万"),
        ("approved_on", "—", "不详"), ("cancelled_on", None, "不详"), ("entity_type", "公司", "其他"),
    ):  # fmt: skip
        yield Proof(
            "R-REG-007", f"{column} can be {cell}; {word} counts as missing and warns",
            passes=(entity(month, **{column: cell}),),
            fails=(entity(month, "R-REG-007", **{column: word}),),
        )  # fmt: skip

    month = REPLACED_REGISTER_MONTH
    yield Proof(
        "R-REG-005", "a later register replaces the earlier one, whatever it held",
        passes=(entity(month, status="superseded"), entity(month, entity_name="改名公司", arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        "R-REG-001", "also rows that it does not name, and those whose key cannot be read",
        passes=(
            entity(month, status="superseded"),
            entity(month, "R-REG-001", credit_code=with_wrong_check, status="superseded"),
        ),
        fails=(entity(month, "R-REG-001", credit_code=with_wrong_check, arrival_no=2),),
    )  # fmt: skip


def _of_changes() -> Iterator[Proof]:
    """`month` has a register of its own, April only the one of March; before March there is none."""
    month = REGISTER_MONTH
    yield Proof(
        "R-LINE-001", "a damaged line of the changes is set aside, alone",
        passes=(change(month),),
        fails=(change(month, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip
    for right, wrong in SPELLINGS:
        yield Proof(
            "R-CHG-001", f"what is only spelt otherwise is the same code ({right.__name__})",
            passes=(change(month, credit_code=right),),
            fails=(change(month, "R-CHG-001", credit_code=wrong),),
        )  # fmt: skip
    for column, cell in (
        ("change_type", "—"), ("change_type", None), ("change_type", "歇业"), ("changed_on", "无"),
        ("changed_on", "三月初"),
    ):  # fmt: skip
        yield Proof(
            "R-CHG-002", f"{column} is required and cannot be {cell}; 变动事项 can be missing, a kind spelt otherwise",
            passes=(change(month, change_type=" 注 销登记", change_item="—"),),
            fails=(change(month, "R-CHG-002", **{column: cell}),),
        )  # fmt: skip
    for late in ("2023-03-31", "2022-12-31", "2023年2月"):
        yield Proof(
            "R-CHG-003", f"changed by the month's end; one that came late ({late}) is right",
            passes=(change(month, changed_on=late),),
            fails=(change(month, "R-CHG-003", changed_on="2023-04-01"),),
        )  # fmt: skip
    yield Proof(
        "R-CHG-003", "a day that no calendar has is unreadable as well",
        fails=(change(month, "R-CHG-002 R-CHG-003", changed_on="2023-02-30"),),
    )  # fmt: skip
    for column in ("change_item", "value_before", "value_after"):
        yield Proof(
            "R-CHG-004", f"rows of one key that differ in {column} are both set aside; two kinds on one day are not",
            passes=(change(month, change_type="吊销"), change(month)),
            fails=(change(month, "R-CHG-004"), change(month, "R-CHG-004", **{column: "另"})),
        )  # fmt: skip
    yield Proof(
        "R-CHG-004", "a later delivery corrects the earlier one, whatever it held",
        passes=(change(month, status="superseded"), change(month, change_item="状态", arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        "R-CHG-005", "the same row twice is used once",
        passes=(change(month),),
        fails=(change(month, "R-CHG-005"), change(month, change_type="注销登记", status="repeat")),
    )  # fmt: skip
    for item, after, word in (
        ("经营范围变更", "花馍加工", "—"), ("行业代码", "１４３１", "无"), ("状态", "存续", "不明"),
        ("企业类型", "有限责任公司", "其他"), ("成立日期", "2020.5.1", "2020-02-30"),
    ):  # fmt: skip
        yield Proof(
            "R-CHG-006", f"{item} can become {after}, not {word}",
            passes=(
                entity(month, business_scope="花馍加工"),
                change(month, change_type="变更", change_item=item, value_after=after),
            ),
            fails=(
                entity(month), change(month, "R-CHG-006", change_type="变更", change_item=item, value_after=word),
            ),
        )  # fmt: skip
    for item in (None, "若干", "名称、经营范围"):
        yield Proof(
            "R-CHG-006", f"a 变更 says what changed, be it nothing that is used here; {item} says nothing",
            passes=(
                entity(month),
                change(month, change_type="变更", change_item="法定代表人（负责人）变更", value_after="某"),
            ),
            fails=(entity(month), change(month, "R-CHG-006", change_type="变更", change_item=item, value_after="某")),
        )  # fmt: skip

    for kind in ("设立", "迁入", "变更", "注销"):
        yield Proof(
            "R-CHG-007", f"{kind}: March's register describes the entity, or nothing does",
            passes=(
                entity(month),
                change(APRIL, change_type=kind, change_item="名称", value_after="新公司"),
            ),
            fails=(change(APRIL, "R-CHG-007", change_type=kind, change_item="名称", value_after="新公司"),),
        )  # fmt: skip
    yield Proof(
        "R-CHG-007", "before the first register nothing is described; a row that was set aside describes nothing",
        fails=(
            change(FEBRUARY, "R-CHG-007"), entity(month, "R-REG-002", established_on=None), change(month),
            change(APRIL, "R-CHG-007"),
        ),
    )  # fmt: skip

    for kind, right, wrong in (
        ("注销", "注销", "存续"), ("注销", "注销", "吊销"), ("吊销", "吊销，未注销", "在营"), ("迁出", "迁出", "存续"),
        ("设立", "存续", "注销"), ("设立", "停业", "吊销"), ("迁入", "在业", "迁出"),
    ):  # fmt: skip
        yield Proof(
            "R-CHG-008", f"after {kind} the register says {right}, not {wrong}",
            passes=(entity(month, registration_status=right), change(month, change_type=kind)),
            fails=(entity(month, registration_status=wrong), change(month, "R-CHG-008", change_type=kind)),
        )  # fmt: skip
    for there, gone in (("设立", "注销"), ("迁入", "吊销"), ("迁入", "迁出")):
        yield Proof(
            "R-CHG-008", f"after {there} the entity is in the register; after {gone} it may be gone",
            passes=(change(month, change_type=gone),),
            fails=(change(month, "R-CHG-008", change_type=there),),
        )  # fmt: skip
    yield Proof(
        "R-CHG-008", "of several changes the last must agree, by its day",
        passes=(
            entity(month), change(month, change_type="迁出"),
            change(month, change_type="迁入", changed_on="2023-03-02"),
        ),
        fails=(
            entity(month), change(month, change_type="迁入"),
            change(month, "R-CHG-008", change_type="迁出", changed_on="2023-03-02"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-CHG-008", "on one day who leaves may come again; who came and went may be gone",
        passes=(entity(month), change(month, change_type="迁入"), change(month, change_type="迁出")),
        fails=(entity(month), change(month, change_type="设立"), change(month, "R-CHG-008")),
    )  # fmt: skip
    yield Proof(
        "R-CHG-008", "set up and cancelled within the month",
        passes=(change(month, change_type="设立"), change(month, changed_on="2023-03-30")),
        fails=(change(month, "R-CHG-008", change_type="设立"), change(month, "R-CHG-003", changed_on="2023-04-30")),
    )  # fmt: skip
    for item, column, right, wrong in (
        ("名称", "entity_name", "新 公司", "老公司"), ("经营范围", "business_scope", "花馍加工", "馒头零售"),
        ("行业代码", "industry_code", "1431", "1432"), ("类型", "entity_type", "股份有限公司", "个体工商户"),
        ("行政区划", "division_code", "141082100", "141081"), ("登记状态", "registration_status", "开业", "停业"),
        ("成立日期", "established_on", "2020年5月1日", "2020-05-02"),
    ):  # fmt: skip
        after = {"名称": "新公司", "成立日期": "2020/5/1", "登记状态": "存续", "行政区划": "141082"}.get(item, right)
        changed = change(month, change_type="变更", change_item=item, value_after=after)
        yield Proof(
            "R-CHG-008", f"after a 变更 of {item} the register says so too",
            passes=(entity(month, **{column: right}), changed),
            fails=(
                entity(month, **{column: wrong}),
                change(month, "R-CHG-008", change_type="变更", change_item=item, value_after=after),
            ),
        )  # fmt: skip
    yield Proof(
        "R-CHG-008", "a cell that the register leaves empty contradicts nothing; an entity that is not there does",
        passes=(
            entity(month, industry_code="—"),
            change(month, change_type="变更", change_item="行业代码", value_after="1431"),
        ),
        fails=(change(month, "R-CHG-008", change_type="变更", change_item="行业代码", value_after="1431"),),
    )  # fmt: skip
    yield Proof(
        "R-CHG-008", "a register row that was set aside contradicts nothing",
        passes=(entity(month, "R-REG-002", established_on=None), change(month)),
    )  # fmt: skip
    yield Proof(
        "R-CHG-008", "what came late is held against the register that must know it, what came since is applied",
        passes=(entity(month), change(APRIL)),
        fails=(entity(month), change(APRIL, "R-CHG-008", changed_on="2023-03-31")),
    )  # fmt: skip

    yield Proof(
        "R-CHG-001", "a row whose key could not be read is superseded once its change comes again",
        passes=(
            change(month, "R-CHG-001", credit_code=with_wrong_check, changed_on="2023-03-09", status="superseded"),
            change(month, changed_on="2023-03-09", arrival_no=2),
        ),
    )  # fmt: skip
    for column in ("change_type", "changed_on"):
        yield Proof(
            "R-CHG-002", f"also where {column} was missing; not by a change that was there already",
            passes=(change(month, "R-CHG-002", status="superseded", **{column: None}), change(month, arrival_no=2)),
            fails=(
                change(month, status="superseded"), change(month, "R-CHG-002", **{column: None}),
                change(month, arrival_no=2),
            ),
        )  # fmt: skip
    yield Proof(
        "R-CHG-001", "not by another entity's change of that kind and day",
        fails=(
            change(month, "R-CHG-001", credit_code=_scientific, changed_on="2023-03-08"),
            change(month, changed_on="2023-03-08", arrival_no=2),
        ),
    )  # fmt: skip
    yield Proof(
        "R-CHG-001", "a file without one readable code is superseded change by change",
        passes=(
            change(DECEMBER, "R-CHG-001", credit_code=_scientific, changed_on="2022-12-05", status="superseded"),
            change(DECEMBER, "R-CHG-007", changed_on="2022-12-05", arrival_no=2),
        ),
    )  # fmt: skip
    yield Proof(
        "R-CHG-001", "the file of the next day is not the file of this day again",
        fails=(
            change(JANUARY, "R-CHG-001", credit_code=with_wrong_check),
            change(JANUARY, "R-CHG-007", changed_on="2023-01-02", arrival_no=2),
        ),
    )  # fmt: skip


def _of_projects() -> Iterator[Proof]:
    # A project of the month before that is not there has vanished: only what needs a history has one.
    month, before = APRIL, MARCH
    unknown_town = "R-PROJ-002"
    yield Proof(
        "R-LINE-001", "a damaged line of the ledger is set aside, alone",
        passes=(project(month),),
        fails=(project(month, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-001", "a project may have no code, not a wrong one",
        passes=(project(month, credit_code="—"),),
        fails=(project(month, "R-PROJ-001", credit_code="91141082MA00000000"),),
    )  # fmt: skip
    for alias, other in (("有机肥料", "化肥"), ("霍州厨卫制造专业镇", SEVERAL_TOWNS), ("年馍", None)):
        yield Proof(
            unknown_town, f"{alias} is one town, {other} is not",
            passes=(project(month, town=alias),),
            fails=(project(month, unknown_town, town=other),),
        )  # fmt: skip
    for column, cell in (
        ("project_id", "—"), ("project_name", "无"), ("total_investment", "…"), ("total_investment", "约五千"),
        ("stage", None), ("stage", "筹备"), ("responsible_unit", "/"),
    ):  # fmt: skip
        yield Proof(
            "R-PROJ-003", f"{column} is required and cannot be {cell}; 建设单位 and 本月完成投资 can be missing",
            passes=(project(month, owner="无", completed_investment_month="—"),),
            fails=(project(month, "R-PROJ-003", **{column: cell}),),
        )  # fmt: skip
    for column in ("actual_start", "actual_finish"):
        yield Proof(
            "R-PROJ-004", f"{column} by the month's end; a plan may lie ahead",
            passes=(project(month, planned_finish="长期", **{column: "2023.4.30"}),),
            fails=(project(month, "R-PROJ-004", **{column: "2023.5.1"}),),
        )  # fmt: skip
    yield Proof(
        "R-PROJ-004", "a day that no calendar has sets the row aside, also as a plan",
        passes=(project(month, planned_start="2024-02-29"),),
        fails=(project(month, "R-PROJ-004", planned_start="2024-02-30"),),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-005", "999 times its history is odd, 1000 times is another unit",
        passes=(project(before, total_investment="3"), project(month, total_investment="2999.9999")),
        fails=(project(before, total_investment="3"), project(month, "R-PROJ-005", total_investment="3000")),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-005", "亿元 against 万元: the same number is ten thousand times as much, the same money is not",
        passes=(project(before, total_investment="30000"), project(month, total_investment="3亿元")),
        fails=(
            project(before, total_investment="3"),
            project(month, "R-PROJ-005", total_investment="3", total_investment__unit="亿元"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-006", "two different rows of one project are both set aside; projects differ by number, not name",
        passes=(project(month), project(month, project_id=lambda number: f"{number}-2")),
        fails=(project(month, "R-PROJ-006"), project(month, "R-PROJ-006", stage="竣工")),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-007", "all of the total may be completed, not more",
        passes=(project(month, completed_investment_total="5000"),),
        fails=(project(month, "R-PROJ-007", completed_investment_total="5000.0001"),),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-008", "what is completed does not fall",
        passes=(project(before, completed_investment_total="50"), project(month, completed_investment_total="50")),
        fails=(
            project(before, completed_investment_total="50"),
            project(month, "R-PROJ-008", completed_investment_total="49.9999"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-008", "a month that was set aside is nothing to fall from",
        passes=(
            project(before, unknown_town, town="面包", completed_investment_total="50"),
            project(month, completed_investment_total="40"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-009", "a stage stays or goes on, not back",
        passes=(project(before, stage="在建"), project(month, stage="竣工")),
        fails=(project(before, stage="竣工"), project(month, "R-PROJ-009", stage="在建")),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-010", "a project of last month is there, and not only gone",
        passes=(project(before), project(month)),
        fails=(project(before, next_month="R-PROJ-010"),),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-010", "one that is set aside has not vanished; one whose number cannot be read has",
        passes=(project(before), project(month, unknown_town, town="面包")),
        fails=(project(before, next_month="R-PROJ-010"), project(month, "R-PROJ-003", project_id="无")),
    )  # fmt: skip
    yield Proof(
        "R-PROJ-010", "one that was set aside last month was not there to vanish",
        passes=(project(before, unknown_town, town="面包"),),
    )  # fmt: skip
    for part in ("actual", "planned"):
        start, finish = f"{part}_start", f"{part}_finish"
        yield Proof(
            "R-PROJ-011", f"{part}: finished on the day of the start, not before",
            passes=(project(month, **{start: "2023-02-01", finish: "2023-02-01"}),),
            fails=(project(month, "R-PROJ-011", **{start: "2023-02-01", finish: "2023-01-31"}),),
        )  # fmt: skip
    yield Proof(
        "R-PROJ-012", "the same row twice is used once",
        passes=(project(month),),
        fails=(project(month, "R-PROJ-012"), project(month, status="repeat")),
    )  # fmt: skip
    for column, cell, word in (
        ("planned_finish", "长期", "年底前"), ("actual_start", "—", "尚未"), ("completed_investment_ytd", "-", "若干"),
        ("design_capacity", "5万吨", "较大"),
    ):  # fmt: skip
        yield Proof(
            "R-PROJ-013", f"{column} can be {cell}; {word} counts as missing and warns",
            passes=(project(month, **{column: cell}),),
            fails=(project(month, "R-PROJ-013", **{column: word}),),
        )  # fmt: skip
    yield Proof(
        unknown_town, "supersession comes first: a later bad row wins over an earlier good one, a good over a bad",
        passes=(project(month, unknown_town, town="面包", status="superseded"), project(month, arrival_no=2)),
        fails=(project(month, status="superseded"), project(month, unknown_town, town="面包", arrival_no=2)),
    )  # fmt: skip


def _of_issues() -> Iterator[Proof]:
    # An issue of the month before that is not there has vanished: only what needs a history has one.
    month, before = APRIL, MARCH
    yield Proof(
        "R-LINE-001", "a damaged line of the issue ledger is set aside, alone",
        passes=(issue(month),),
        fails=(issue(month, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip
    for right, other in (("有机肥料", "化肥"), (None, SEVERAL_TOWNS), ("—", "年馍/厨卫"), ("无", "全市")):
        yield Proof(
            "R-ISS-001", f"an issue may name one town or none ({right}), not {other}",
            passes=(issue(month, town=right),),
            fails=(issue(month, "R-ISS-001", town=other),),
        )  # fmt: skip
    for column, cell in (
        ("issue_id", "—"), ("problem", "无"), ("raised_on", None), ("raised_on", "去年"), ("lead_unit", "/"),
        ("due_on", "…"), ("due_on", "尽快"), ("status_", None), ("status_", "已解决"),
    ):  # fmt: skip
        yield Proof(
            "R-ISS-002", f"{column} is required and cannot be {cell}; the enterprise and 解决措施 can be missing",
            passes=(issue(month, subject="无", measures="—", category=None, closed_on="-"),),
            fails=(issue(month, "R-ISS-002", **{column: cell}),),
        )  # fmt: skip
    yield Proof(
        "R-ISS-003", "raised by the month's end; a limit may lie ahead",
        passes=(issue(month, raised_on="2023.4.30", due_on="长期"),),
        fails=(issue(month, "R-ISS-003", raised_on="2023.5.1"),),
    )  # fmt: skip
    yield Proof(
        "R-ISS-003", "closed by the month's end",
        passes=(issue(month, status_="已办结", closed_on="2023年4月30日"),),
        fails=(issue(month, "R-ISS-003", status_="已办结", closed_on="2023年5月1日"),),
    )  # fmt: skip
    yield Proof(
        "R-ISS-003", "a day that no calendar has sets the row aside; where it is required it is missing as well",
        passes=(issue(month, due_on="2024-02-29"),),
        fails=(issue(month, "R-ISS-003", status_="已办结", closed_on="2023-02-29"),),
    )  # fmt: skip
    yield Proof("R-ISS-003", "also as a limit", fails=(issue(month, "R-ISS-002 R-ISS-003", due_on="2023-06-31"),))
    yield Proof(
        "R-ISS-004", "closed on the day on which it was raised, not before",
        passes=(issue(month, raised_on="2023-02-01", status_="已办结", closed_on="44958"),),
        fails=(issue(month, "R-ISS-004", raised_on="2023-02-01", status_="已办结", closed_on="44957"),),
    )  # fmt: skip
    yield Proof(
        "R-ISS-004", "a month without a day runs to its end",
        passes=(issue(month, raised_on="2023-02-28", status_="已办结", closed_on="2023年2月"),),
        fails=(issue(month, "R-ISS-004", raised_on="2023-02-28", status_="已办结", closed_on="2023年1月"),),
    )  # fmt: skip
    yield Proof(
        "R-ISS-005", "two different rows of one issue are both set aside; issues differ by number, not by words",
        passes=(issue(month), issue(month, issue_id=lambda number: f"{number}-2")),
        fails=(issue(month, "R-ISS-005"), issue(month, "R-ISS-005", status_="暂缓")),
    )  # fmt: skip
    yield Proof(
        "R-ISS-005", "what is only spelt otherwise is the same number, and the same row",
        passes=(issue(month, "R-ISS-007"), issue(month, issue_id=_spaced_lower, due_on="2023/6/30", status="repeat")),
        fails=(issue(month, "R-ISS-005"), issue(month, "R-ISS-005", issue_id=_full_width, measures="已派员")),
    )  # fmt: skip
    yield Proof(
        "R-ISS-006", "an issue of last month is there, and not only gone",
        passes=(issue(before), issue(month)),
        fails=(issue(before, next_month="R-ISS-006"),),
    )  # fmt: skip
    yield Proof(
        "R-ISS-006", "one that is set aside has not vanished; one whose number cannot be read has",
        passes=(issue(before), issue(month, "R-ISS-001", town="面包")),
        fails=(issue(before, next_month="R-ISS-006"), issue(month, "R-ISS-002", issue_id="无")),
    )  # fmt: skip
    yield Proof(
        "R-ISS-006", "one that was set aside last month was not there to vanish",
        passes=(issue(before, "R-ISS-001", town="面包"),),
    )  # fmt: skip
    yield Proof(
        "R-ISS-007", "the same row twice is used once",
        passes=(issue(month),),
        fails=(issue(month, "R-ISS-007"), issue(month, status="repeat")),
    )  # fmt: skip
    for column, cell, word in (("category", " 共性", "疑难"), ("closed_on", "—", "近期")):
        yield Proof(
            "R-ISS-008", f"{column} can be {cell}; {word} counts as missing and warns",
            passes=(issue(month, **{column: cell}),),
            fails=(issue(month, "R-ISS-008", **{column: word}),),
        )  # fmt: skip
    yield Proof(
        "R-ISS-008", "a closing date that cannot be read is not told as missing too",
        fails=(issue(month, "R-ISS-008", status_="已办结", closed_on="近期"),),
    )  # fmt: skip
    yield Proof(
        "R-ISS-009", "an issue that is called closed has a date of closing",
        passes=(issue(month, status_="已办结", closed_on="2023-03-01"),),
        fails=(issue(month, "R-ISS-009", status_="已办结"),),
    )  # fmt: skip
    for status in ("待办", "办理中", "暂缓"):
        yield Proof(
            "R-ISS-009", f"and one that is called {status} has none",
            passes=(issue(month, status_=status),),
            fails=(issue(month, "R-ISS-009", status_=status, closed_on="2023-03-01"),),
        )  # fmt: skip
    yield Proof(
        "R-ISS-010", "due on the day on which it was raised, not before; a month without a day runs to its end",
        passes=(
            issue(month, due_on="2023-02-01"), issue(month, issue_id=lambda number: f"{number}-2", due_on="2023-2"),
        ),
        fails=(issue(month, "R-ISS-010", due_on="2023-01-31"),),
    )  # fmt: skip
    yield Proof(
        "R-ISS-001", "supersession comes first: a later bad row wins over an earlier good one, a good over a bad",
        passes=(issue(month, "R-ISS-001", town="面包", status="superseded"), issue(month, arrival_no=2)),
        fails=(issue(month, status="superseded"), issue(month, "R-ISS-001", town="面包", arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        "R-ISS-002", "a row whose number could not be read is superseded once the same issue comes again",
        passes=(issue(month, "R-ISS-002", issue_id="无", status="superseded"), issue(month, arrival_no=2)),
        fails=(issue(month, "R-ISS-002", issue_id="无"), issue(month, problem="另一问题", arrival_no=2)),
    )  # fmt: skip


def _of_tasks() -> Iterator[Proof]:
    month, before = APRIL, MARCH
    yield Proof(
        "R-LINE-001", "a damaged line of the task ledger is set aside, alone",
        passes=(task(month),),
        fails=(task(month, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip
    for column, cell in (
        ("task_id", "—"), ("task_name", "无"), ("lead_unit", "/"), ("due_on", None), ("due_on", "年底前"),
        ("status_", "-"), ("status_", "基本完成"),
    ):  # fmt: skip
        yield Proof(
            "R-TASK-001", f"{column} is required and cannot be {cell}; 责任单位, 进展情况 and 量化值 can be missing",
            passes=(task(month, responsible_unit="无", progress_note="…", quantified_value="—"),),
            fails=(task(month, "R-TASK-001", **{column: cell}),),
        )  # fmt: skip
    for right, wrong in (
        ("三-20", "三-22"), ("二（三）", "二（五）"), ("二-4", "五-1"), ("二－2／1", "三-14/"), ("四—1", "任务一"),
    ):  # fmt: skip
        yield Proof(
            "R-TASK-002", f"{right} is of the plan, {wrong} is not",
            passes=(task(month, task_id=right),),
            fails=(task(month, "R-TASK-002", task_id=wrong),),
        )  # fmt: skip
    yield Proof(
        "R-TASK-003", "completed by the month's end; a limit may lie ahead",
        passes=(task(month, status_="已完成", completed_on="2023.4.30", due_on="长期"),),
        fails=(task(month, "R-TASK-003", status_="已完成", completed_on="2023.5.1"),),
    )  # fmt: skip
    yield Proof(
        "R-TASK-003", "a day that no calendar has sets the row aside; where it is required it is missing as well",
        passes=(task(month, due_on="2024-02-29"),),
        fails=(task(month, "R-TASK-003", status_="已完成", completed_on="2023-02-29"),),
    )  # fmt: skip
    yield Proof("R-TASK-003", "also as a limit", fails=(task(month, "R-TASK-001 R-TASK-003", due_on="2023-06-31"),))
    yield Proof(
        "R-TASK-004", "999 times its history is odd, 1000 times is another unit",
        passes=(task(before, quantified_value="5家"), task(month, quantified_value="4999")),
        fails=(task(before, quantified_value="5"), task(month, "R-TASK-004", quantified_value="5000家")),
    )  # fmt: skip
    yield Proof(
        "R-TASK-004", "a value that was set aside is no history; 0.5万 is 5000",
        passes=(
            task(before, "R-TASK-003", quantified_value="5", completed_on="2023-04-01", status_="已完成"),
            task(month, quantified_value="0.5万家"),
        ),
        fails=(task(before, quantified_value="5家"), task(month, "R-TASK-004", quantified_value="0.5万家")),
    )  # fmt: skip
    yield Proof(
        "R-TASK-005", "two different rows of one task are both set aside; a clause may have several tasks",
        passes=(task(month), task(month, task_id=lambda number: f"{task_number(number)}1")),
        fails=(task(month, "R-TASK-005"), task(month, "R-TASK-005", task_name="另一任务")),
    )  # fmt: skip
    yield Proof(
        "R-TASK-006", "a task of last month is there, and not only gone",
        passes=(task(before), task(month)),
        fails=(task(before, next_month="R-TASK-006"),),
    )  # fmt: skip
    yield Proof(
        "R-TASK-006", "one that is set aside has not vanished; one that was set aside was not there to vanish",
        passes=(task(before), task(month, "R-TASK-001", lead_unit=None)),
        fails=(task(before, next_month="R-TASK-006"), task(month, "R-TASK-001", task_id="无")),
    )  # fmt: skip
    yield Proof(
        "R-TASK-007", "the same row twice is used once, also where its clause is spelt otherwise",
        passes=(task(month),),
        fails=(
            task(month, "R-TASK-007"),
            task(month, task_id=lambda number: task_number(number).replace("-", "—"), status="repeat"),
        ),
    )  # fmt: skip
    for column, cell, word in (("completed_on", "—", "上周"), ("quantified_value", "12.5%", "若干家")):
        yield Proof(
            "R-TASK-008", f"{column} can be {cell}; {word} counts as missing and warns",
            passes=(task(month, **{column: cell}),),
            fails=(task(month, "R-TASK-008", **{column: word}),),
        )  # fmt: skip
    for status in ("未启动", "推进中"):
        yield Proof(
            "R-TASK-009", f"what is 已完成 may have no date, what is {status} has none",
            passes=(task(month, status_="已完成"),),
            fails=(task(month, "R-TASK-009", status_=status, completed_on="2023-03-01"),),
        )  # fmt: skip
    yield Proof(
        "R-TASK-001", "supersession comes first: a later bad row wins over an earlier good one, a good over a bad",
        passes=(task(month, "R-TASK-001", lead_unit=None, status="superseded"), task(month, arrival_no=2)),
        fails=(task(month, status="superseded"), task(month, "R-TASK-001", lead_unit=None, arrival_no=2)),
    )  # fmt: skip


def _of_events() -> Iterator[Proof]:
    # An event of the month before that is not there has vanished: only what needs a history has one.
    month, before = APRIL, MARCH
    unknown_town = "R-EVT-001"
    yield Proof(
        "R-LINE-001", "a damaged line of the event ledger is set aside, alone",
        passes=(event(month),),
        fails=(event(month, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip
    for alias, other in (("有机肥料", "化肥"), ("霍州厨卫制造专业镇", SEVERAL_TOWNS), ("年馍", None)):
        yield Proof(
            unknown_town, f"{alias} is one town, {other} is not",
            passes=(event(month, town=alias),),
            fails=(event(month, unknown_town, town=other),),
        )  # fmt: skip
    for column, cell in (
        ("event_id", "—"), ("event_name", "无"), ("event_type", None), ("event_type", "座谈会"), ("held_on", "/"),
        ("held_on", "3月上旬"), ("held_on", "2023-03-05至07"),
    ):  # fmt: skip
        yield Proof(
            "R-EVT-002", f"{column} is required and cannot be {cell}; 成交金额 and 参加企业数 can be missing",
            passes=(event(month, deal_value="—", enterprises=None),),
            fails=(event(month, "R-EVT-002", **{column: cell}),),
        )  # fmt: skip
    yield Proof(
        "R-EVT-003", "an event may lie ahead; a day that no calendar has sets the row aside and is missing as well",
        passes=(event(month, held_on="2024-02-29", deal_value=None),),
        fails=(event(month, "R-EVT-002 R-EVT-003", held_on="2023-02-29"),),
    )  # fmt: skip
    for column in ("enterprises", "attendance", "intended_value", "deal_value"):
        yield Proof(
            "R-EVT-004", f"{column}: 999 times its history is odd, 1000 times is another unit",
            passes=(event(before, **{column: "3"}), event(month, **{column: "2999"})),
            fails=(event(before, **{column: "3"}), event(month, "R-EVT-004", **{column: "3000"})),
        )  # fmt: skip
    yield Proof(
        "R-EVT-004", "元 against 万元: the same number is a ten-thousandth, which is no thousandfold; back again is",
        passes=(event(before, deal_value="30000"), event(month, deal_value="3亿元")),
        fails=(
            event(before, deal_value="3", deal_value__unit="元"), event(month, "R-EVT-004", deal_value="3"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-EVT-005", "two different rows of one event are both set aside; events differ by number, not name",
        passes=(event(month), event(month, event_id=lambda number: f"{number}-2")),
        fails=(event(month, "R-EVT-005"), event(month, "R-EVT-005", attendance="80")),
    )  # fmt: skip
    yield Proof(
        "R-EVT-005", "what is only spelt otherwise is the same number, and the same row",
        passes=(
            event(month, "R-EVT-007"),
            event(month, event_id=_spaced_lower, held_on="2023.2.1", deal_value="100.00", status="repeat"),
        ),
        fails=(event(month, "R-EVT-005"), event(month, "R-EVT-005", event_id=_full_width, deal_value="101")),
    )  # fmt: skip
    yield Proof(
        "R-EVT-006", "an event of last month is there, and not only gone",
        passes=(event(before), event(month)),
        fails=(event(before, next_month="R-EVT-006"),),
    )  # fmt: skip
    yield Proof(
        "R-EVT-006", "one that is set aside has not vanished; one whose number cannot be read has",
        passes=(event(before), event(month, unknown_town, town="面包")),
        fails=(event(before, next_month="R-EVT-006"), event(month, "R-EVT-002", event_id="无")),
    )  # fmt: skip
    yield Proof(
        "R-EVT-006", "one that was set aside last month was not there to vanish",
        passes=(event(before, unknown_town, town="面包"),),
    )  # fmt: skip
    yield Proof(
        "R-EVT-007", "the same row twice is used once",
        passes=(event(month),),
        fails=(event(month, "R-EVT-007"), event(month, status="repeat")),
    )  # fmt: skip
    for column, cell, word in (
        ("enterprises", "12家", "十余家"), ("attendance", "0", "众多"), ("intended_value", "—", "约五百"),
        ("deal_value", "（5）", "待统计"),
    ):  # fmt: skip
        yield Proof(
            "R-EVT-008", f"{column} can be {cell}; {word} counts as missing and warns",
            passes=(event(month, **{column: cell}),),
            fails=(event(month, "R-EVT-008", **{column: word}),),
        )  # fmt: skip
    for deals in (None, "0"):
        yield Proof(
            "R-EVT-009", f"an event that lies ahead has no deals yet ({deals}); one of the month's last day may",
            passes=(
                event(month, held_on="2023-05-01", deal_value=deals, intended_value="50"),
                event(month, event_id=lambda number: f"{number}-2", held_on="2023-04-30"),
            ),
            fails=(event(month, "R-EVT-009", held_on="2023-05-01", deal_value="0.0001"),),
        )  # fmt: skip
    yield Proof(
        unknown_town, "supersession comes first: a later bad row wins over an earlier good one, a good over a bad",
        passes=(event(month, unknown_town, town="面包", status="superseded"), event(month, arrival_no=2)),
        fails=(event(month, status="superseded"), event(month, unknown_town, town="面包", arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        "R-EVT-002", "a row whose number could not be read is superseded once its event comes again on the same day",
        passes=(event(month, "R-EVT-002", event_id="无", status="superseded"), event(month, arrival_no=2)),
        fails=(event(month, "R-EVT-002", event_id="无"), event(month, held_on="2023-03-01", arrival_no=2)),
    )  # fmt: skip


def _of_funds() -> Iterator[Proof]:
    month, before = APRIL, MARCH
    unknown_town = "R-FUND-001"
    yield Proof(
        "R-LINE-001", "a damaged line of the fund ledger is set aside, alone",
        passes=(fund(month),),
        fails=(fund(month, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip
    for alias, other in (("有机肥料", "化肥"), ("霍州厨卫制造专业镇", SEVERAL_TOWNS), ("年馍", None)):
        yield Proof(
            unknown_town, f"{alias} is one town, {other} is not",
            passes=(fund(month, town=alias),),
            fails=(fund(month, unknown_town, town=other),),
        )  # fmt: skip
    for column, cell in (
        ("project_id", "—"), ("fund_type", None), ("fund_type", "财政拨款"), ("amount", "…"), ("amount", "约五百"),
        ("allocated_on", "空"), ("allocated_on", "年初"),
    ):  # fmt: skip
        yield Proof(
            "R-FUND-002", f"{column} is required and cannot be {cell}; 受益企业 and 支出金额 can be missing",
            passes=(fund(month, beneficiary="无", amount="0", paid_amount="—"),),
            fails=(fund(month, "R-FUND-002", **{column: cell}),),
        )  # fmt: skip
    for right, wrong in (("2023.4.30", "2023.5.1"), ("2023年4月", "2023年5月"), ("45046", "长期")):
        yield Proof(
            "R-FUND-003", f"allocated by the month's end: {right}, not {wrong}",
            passes=(fund(month, allocated_on=right),),
            fails=(fund(month, "R-FUND-003", allocated_on=wrong),),
        )  # fmt: skip
    yield Proof(
        "R-FUND-003", "a day that no calendar has sets the row aside and is missing as well",
        passes=(fund(month, allocated_on="2020-02-29"),),
        fails=(fund(month, "R-FUND-002 R-FUND-003", allocated_on="2023-02-29"),),
    )  # fmt: skip
    for column in ("amount", "received_amount", "paid_amount"):
        most = {"amount": "3000"}
        yield Proof(
            "R-FUND-004", f"{column}: 999 times its history is odd, 1000 times is another unit",
            passes=(fund(before, **most | {column: "3"}), fund(month, **most | {column: "2999.9999"})),
            fails=(fund(before, **most | {column: "3"}), fund(month, "R-FUND-004", **most | {column: "3000"})),
        )  # fmt: skip
    yield Proof(
        "R-FUND-004", "the same number in 元 and then in 万元 is ten thousand times as much, the same money is not",
        passes=(fund(before, amount="30000"), fund(month, amount="3亿元")),
        fails=(fund(before, amount="3", amount__unit="元"), fund(month, "R-FUND-004", amount="3")),
    )  # fmt: skip
    yield Proof(
        "R-FUND-004", "another day is another row of the ledger, and has no history",
        passes=(
            fund(before, amount="3"), fund(month, amount="3"), fund(month, amount="3000", allocated_on="2023-04-01"),
        ),
    )  # fmt: skip
    for column, other in (
        ("project_id", lambda number: f"{number}-2"),
        ("fund_type", "贷款"),
        ("allocated_on", "44959"),
    ):
        yield Proof(
            "R-FUND-005", f"two different rows of one key are both set aside; another {column} is another key",
            passes=(fund(month), fund(month, amount="5", **{column: other})),
            fails=(fund(month, "R-FUND-005"), fund(month, "R-FUND-005", amount="5")),
        )  # fmt: skip
    yield Proof(
        "R-FUND-005", "what is only spelt otherwise is the same key, and the same row",
        passes=(
            fund(month, "R-FUND-007"),
            fund(month, project_id=_spaced_lower, fund_type=" 市级 专项", allocated_on="2023年2月1日", status="repeat"),
        ),
        fails=(fund(month, "R-FUND-005"), fund(month, "R-FUND-005", project_id=_full_width, beneficiary="别厂")),
    )  # fmt: skip
    yield Proof(
        "R-FUND-006", "money of last month is there, and not only gone",
        passes=(fund(before), fund(month)),
        fails=(fund(before, next_month="R-FUND-006"),),
    )  # fmt: skip
    yield Proof(
        "R-FUND-006", "a row that is set aside has not vanished; one whose day has changed has",
        passes=(fund(before), fund(month, unknown_town, town="面包")),
        fails=(fund(before, next_month="R-FUND-006"), fund(month, allocated_on="2023-02-02")),
    )  # fmt: skip
    yield Proof(
        "R-FUND-006", "one that was set aside last month was not there to vanish",
        passes=(fund(before, unknown_town, town="面包"),),
    )  # fmt: skip
    yield Proof(
        "R-FUND-007", "the same row twice is used once",
        passes=(fund(month),),
        fails=(fund(month, "R-FUND-007"), fund(month, status="repeat")),
    )  # fmt: skip
    for column, cell, word in (("received_amount", "100", "分批到位"), ("paid_amount", "—", "待拨")):
        yield Proof(
            "R-FUND-008", f"{column} can be {cell}; {word} counts as missing and warns",
            passes=(fund(month, **{column: cell}),),
            fails=(fund(month, "R-FUND-008", **{column: word}),),
        )  # fmt: skip
    for column in ("received_amount", "paid_amount"):
        yield Proof(
            "R-FUND-009", f"{column} may be all that was allocated, not more",
            passes=(fund(month, **{column: "100"}),),
            fails=(fund(month, "R-FUND-009", **{column: "100.0001"}),),
        )  # fmt: skip
    yield Proof(
        "R-FUND-009", "so a payment in 元 beside an amount in 万元 is seen",
        fails=(fund(month, "R-FUND-009", paid_amount="650000"),),
    )  # fmt: skip
    yield Proof(
        unknown_town, "supersession comes first: a later bad row wins over an earlier good one, a good over a bad",
        passes=(fund(month, unknown_town, town="面包", status="superseded"), fund(month, arrival_no=2)),
        fails=(fund(month, status="superseded"), fund(month, unknown_town, town="面包", arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        "R-FUND-002", "a row whose key could not be read is superseded once the same sum comes for the same enterprise",
        passes=(fund(month, "R-FUND-002", allocated_on="年初", status="superseded"), fund(month, arrival_no=2)),
        fails=(fund(month, "R-FUND-002", allocated_on="年初"), fund(month, amount="120", arrival_no=2)),
    )  # fmt: skip


def _of_certificates() -> Iterator[Proof]:
    # A certificate of the month before that is not there has vanished: only what needs a history has one.
    month, before = APRIL, MARCH
    yield Proof(
        "R-LINE-001", "a damaged line of the ledger of honours is set aside, alone",
        passes=(certificate(month),),
        fails=(certificate(month, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip
    for right, wrong in SPELLINGS:
        yield Proof(
            "R-HON-001", f"what is only spelt otherwise is the same code ({right.__name__})",
            passes=(certificate(month, credit_code=right),),
            fails=(certificate(month, "R-HON-001", credit_code=wrong),),
        )  # fmt: skip
    yield Proof(
        "R-HON-001", "a certificate may have no code where it names its holder, not a wrong one",
        passes=(certificate(month, credit_code="—"),),
        fails=(certificate(month, "R-HON-001", credit_code=_scientific),),
    )  # fmt: skip
    for alias, other in (("有机肥料", "化肥"), ("霍州厨卫制造专业镇", SEVERAL_TOWNS), ("年馍", None)):
        yield Proof(
            "R-HON-002", f"{alias} is one town, {other} is not",
            passes=(certificate(month, town=alias),),
            fails=(certificate(month, "R-HON-002", town=other),),
        )  # fmt: skip
    for column, cell in (
        ("certificate_no", "—"), ("honour_type", "无"), ("honour_level", None), ("honour_level", "地市级"),
        ("granted_on", "/"), ("granted_on", "去年"),
    ):  # fmt: skip
        yield Proof(
            "R-HON-003", f"{column} is required and cannot be {cell}; 荣誉类型 is an open list",
            passes=(certificate(month, honour_type="中华老字号", expires_on="—"),),
            fails=(certificate(month, "R-HON-003", **{column: cell}),),
        )  # fmt: skip
    yield Proof(
        "R-HON-003", "of code and holder one is required",
        passes=(certificate(month, holder="无"),),
        fails=(certificate(month, "R-HON-003", credit_code="无", holder="…"),),
    )  # fmt: skip
    yield Proof(
        "R-HON-004", "granted by the month's end; the end may lie ahead, or be none",
        passes=(certificate(month, granted_on="2023.4.30", expires_on="长期"),),
        fails=(certificate(month, "R-HON-004", granted_on="2023.5.1"),),
    )  # fmt: skip
    yield Proof(
        "R-HON-004", "a day without an end is no day of grant",
        fails=(certificate(month, "R-HON-004", granted_on="长期", expires_on="长期"),),
    )  # fmt: skip
    yield Proof(
        "R-HON-004", "a day that no calendar has sets the row aside, also as an end",
        passes=(certificate(month, expires_on="2024-02-29"),),
        fails=(certificate(month, "R-HON-004", expires_on="2025-02-29"),),
    )  # fmt: skip
    yield Proof(
        "R-HON-004", "in a required cell it is unreadable as well",
        fails=(certificate(month, "R-HON-003 R-HON-004", granted_on="2022-02-30"),),
    )  # fmt: skip
    yield Proof(
        "R-HON-005", "two different rows of one certificate are both set aside; one number may stand for two honours",
        passes=(certificate(month), certificate(month, honour_type="高新技术企业")),
        fails=(certificate(month, "R-HON-005"), certificate(month, "R-HON-005", honour_level="市级")),
    )  # fmt: skip
    yield Proof(
        "R-HON-005", "an honour under another of its names is the same honour",
        passes=(
            certificate(month, "R-HON-007", honour_type="专精特新小巨人"),
            certificate(month, honour_type="专精特新“小巨人”企业", certificate_no=_spaced_lower, status="repeat"),
        ),
        fails=(
            certificate(month, "R-HON-005", honour_type="专精特新小巨人"),
            certificate(month, "R-HON-005", honour_type="专精特新“小巨人”企业", expires_on="长期"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-HON-006", "a certificate of last month is there, expired or not, and not only gone",
        passes=(certificate(before, expires_on="2023-03-31"), certificate(month, expires_on="2023-03-31")),
        fails=(certificate(before, next_month="R-HON-006"),),
    )  # fmt: skip
    yield Proof(
        "R-HON-006", "one that is set aside has not vanished; one whose number cannot be read has",
        passes=(certificate(before), certificate(month, "R-HON-002", town="面包")),
        fails=(
            certificate(before, next_month="R-HON-006"), certificate(month, "R-HON-003", certificate_no="无"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-HON-006", "one that was set aside last month was not there to vanish",
        passes=(certificate(before, "R-HON-002", town="面包"),),
    )  # fmt: skip
    yield Proof(
        "R-HON-007", "the same row twice is used once",
        passes=(certificate(month),),
        fails=(certificate(month, "R-HON-007"), certificate(month, status="repeat")),
    )  # fmt: skip
    for cell, word in (("长期", "三年"), ("无", "有效")):
        yield Proof(
            "R-HON-008", f"有效期至 can be {cell}; {word} counts as missing and warns",
            passes=(certificate(month, expires_on=cell),),
            fails=(certificate(month, "R-HON-008", expires_on=word),),
        )  # fmt: skip
    for right, wrong in (("2022-12-10", "2022-12-09"), ("2022年12月", "2022年11月")):
        yield Proof(
            "R-HON-009", f"granted on 2022-12-10 it may end on {right}, not on {wrong}",
            passes=(certificate(month, expires_on=right),),
            fails=(certificate(month, "R-HON-009", expires_on=wrong),),
        )  # fmt: skip
    yield Proof(
        "R-HON-002", "supersession comes first: a later bad row wins over an earlier good one, a good over a bad",
        passes=(
            certificate(month, "R-HON-002", town="面包", status="superseded"), certificate(month, arrival_no=2),
        ),
        fails=(certificate(month, status="superseded"), certificate(month, "R-HON-002", town="面包", arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        "R-HON-003", "a row without a number is superseded once the same honour of its holder comes again",
        passes=(
            certificate(month, "R-HON-003", certificate_no="无", status="superseded"), certificate(month, arrival_no=2),
        ),
        fails=(
            certificate(month, "R-HON-003", certificate_no="无"), certificate(month, holder="另一厂", arrival_no=2),
        ),
    )  # fmt: skip


def _of_platforms() -> Iterator[Proof]:
    month, before = APRIL, MARCH
    yield Proof(
        "R-LINE-001", "a damaged line of the platform ledger is set aside, alone",
        passes=(platform(month),),
        fails=(platform(month, "R-LINE-001", kind="damaged"),),
    )  # fmt: skip
    for alias, other in (("有机肥料", "化肥"), ("霍州厨卫制造专业镇", SEVERAL_TOWNS), ("年馍", None)):
        yield Proof(
            "R-PLAT-001", f"{alias} is one town, {other} is not",
            passes=(platform(month, town=alias),),
            fails=(platform(month, "R-PLAT-001", town=other),),
        )  # fmt: skip
    for column, cell in (
        ("platform_id", "—"), ("platform_name", "无"), ("platform_type", None), ("platform_type", "直播基地"),
    ):  # fmt: skip
        yield Proof(
            "R-PLAT-002", f"{column} is required and cannot be {cell}; 运营单位 and 服务企业数 can be missing",
            passes=(platform(month, operator="无", enterprises_served="—"),),
            fails=(platform(month, "R-PLAT-002", **{column: cell}),),
        )  # fmt: skip
    yield Proof(
        "R-PLAT-003", "a running platform was opened by the month's end",
        passes=(platform(month, opened_on="2023年4月30日"),),
        fails=(platform(month, "R-PLAT-003", opened_on="2023年5月1日"),),
    )  # fmt: skip
    for status in ("在建", "停用", "—"):
        yield Proof(
            "R-PLAT-003", f"of one whose state is {status} a day to come is a plan; a day of no calendar is none",
            passes=(platform(month, operating_status=status, opened_on="2023-05-01"),),
            fails=(platform(month, "R-PLAT-003", operating_status=status, opened_on="2023-04-31"),),
        )  # fmt: skip
    yield Proof(
        "R-PLAT-004", "999 times its history is odd, 1000 times is another unit",
        passes=(platform(before, enterprises_served="3"), platform(month, enterprises_served="2999家")),
        fails=(platform(before, enterprises_served="3"), platform(month, "R-PLAT-004", enterprises_served="3000")),
    )  # fmt: skip
    yield Proof(
        "R-PLAT-004", "a value that was set aside is no history",
        passes=(
            platform(before, "R-PLAT-001", town="面包", enterprises_served="3"),
            platform(month, enterprises_served="3000"),
        ),
    )  # fmt: skip
    yield Proof(
        "R-PLAT-005", "two different rows of one platform are both set aside; platforms differ by number, not name",
        passes=(platform(month), platform(month, platform_id=lambda number: f"{number}-2")),
        fails=(platform(month, "R-PLAT-005"), platform(month, "R-PLAT-005", platform_id=_full_width, operator="中心")),
    )  # fmt: skip
    yield Proof(
        "R-PLAT-006", "a platform of last month is there, closed or not, and not only gone",
        passes=(platform(before), platform(month, operating_status="停用")),
        fails=(platform(before, next_month="R-PLAT-006"),),
    )  # fmt: skip
    yield Proof(
        "R-PLAT-006", "one that is set aside has not vanished; one whose number cannot be read has",
        passes=(platform(before), platform(month, "R-PLAT-001", town="面包")),
        fails=(platform(before, next_month="R-PLAT-006"), platform(month, "R-PLAT-002", platform_id="无")),
    )  # fmt: skip
    yield Proof(
        "R-PLAT-006", "one that was set aside last month was not there to vanish",
        passes=(platform(before, "R-PLAT-001", town="面包"),),
    )  # fmt: skip
    yield Proof(
        "R-PLAT-007", "the same row twice is used once",
        passes=(platform(month),),
        fails=(platform(month, "R-PLAT-007"), platform(month, status="repeat")),
    )  # fmt: skip
    for column, cell, word in (
        ("opened_on", "2022/8/27", "年前"), ("operating_status", "停 用", "试运营"),
        ("enterprises_served", "12个", "若干"),
    ):  # fmt: skip
        yield Proof(
            "R-PLAT-008", f"{column} can be {cell}; {word} counts as missing and warns, and is not told as missing too",
            passes=(platform(month, **{column: cell}),),
            fails=(platform(month, "R-PLAT-008", **{column: word}),),
        )  # fmt: skip
    yield Proof(
        "R-PLAT-009", "a running platform has a day of opening; one in building needs none",
        passes=(platform(month, operating_status="在建", opened_on="—"),),
        fails=(platform(month, "R-PLAT-009", opened_on="—"),),
    )  # fmt: skip
    yield Proof(
        "R-PLAT-009", "one that is opened has a state; of one that is not, nothing is asked",
        passes=(
            platform(month, operating_status=None, opened_on="2023-05-01"),
            platform(month, platform_id=lambda number: f"{number}-2", operating_status=None, opened_on=None),
        ),
        fails=(platform(month, "R-PLAT-009", operating_status="/", opened_on="2023-04-30"),),
    )  # fmt: skip
    yield Proof(
        "R-PLAT-001", "supersession comes first: a later bad row wins over an earlier good one, a good over a bad",
        passes=(platform(month, "R-PLAT-001", town="面包", status="superseded"), platform(month, arrival_no=2)),
        fails=(platform(month, status="superseded"), platform(month, "R-PLAT-001", town="面包", arrival_no=2)),
    )  # fmt: skip
    yield Proof(
        "R-PLAT-002", "a row whose number could not be read is superseded once its name comes again",
        passes=(
            platform(month, "R-PLAT-002", platform_id="无", status="superseded"), platform(month, arrival_no=2),
        ),
        fails=(
            platform(month, "R-PLAT-002", platform_id="无"), platform(month, platform_name="另一平台", arrival_no=2),
        ),
    )  # fmt: skip


PROOFS = (
    *_of_enterprises(), *_of_products(), *_of_entities(), *_of_changes(), *_of_projects(),
    *_of_issues(), *_of_tasks(), *_of_events(), *_of_funds(), *_of_certificates(), *_of_platforms(),
)  # fmt: skip


def _readings() -> Iterator[Reading]:
    for column, cell, unit, value in (
        ("employees", "１２０", None, 120), ("employees", "1,234", None, 1234), ("employees", "1 234", None, 1234),
        ("employees", "1，234", None, 1234), ("employees", "50人", None, 50), ("employees", "0", None, 0),
        ("employees", "1.2E+3", None, 1200),
        ("total_profit_ytd", "(5)", "万元", -5), ("total_profit_ytd", "（１,２００．５）", "万元", "-1200.5"),
        ("total_profit_ytd", "－5.5", "万元", "-5.5"), ("total_profit_ytd", "(5)万元", "元", -5),
        ("tax_paid_ytd", "12.5万元", "元", "12.5"), ("tax_paid_ytd", "12345", "元", "1.2345"),
        ("tax_paid_ytd", "0.5", "亿元", 5000), ("tax_paid_ytd", "0.5亿元", "万元", 5000),
        ("tax_paid_ytd", "1200", "千元", 120), ("tax_paid_ytd", "3,000 元", "万元", "0.3"),
        ("electricity_use_ytd", "5000度", "万千瓦时", "0.5"), ("electricity_use_ytd", "0.2", "亿千瓦时", 2000),
        *(("rd_expense_ytd", mark, "万元", None) for mark in MISSING_MARKS),
    ):  # fmt: skip
        cells = {column: cell, **({f"{column}__unit": unit} if unit else {})}
        yield Reading(enterprise(FEBRUARY, **cells), column, None if value is None else Decimal(value))
    yield Reading(enterprise(FEBRUARY, is_above_scale="是"), "is_above_scale", True)
    yield Reading(enterprise(FEBRUARY, industry_code="１４３１ "), "industry_code", "1431")

    for unit, name, town, cell, value in (
        ("公斤", "年馍", "年馍", "200", 200), ("千克", "年馍", "年馍", "200千克", 200),
        ("吨", "年馍", "年馍", "0.2", 200), ("吨", "年馍", "年馍", "0.2吨", 200),
        ("万公斤", "年馍", "年馍", "0.02", 200), (" 公 斤 ", "年馍", "年馍", "２００", 200),
        ("吨", "有机肥", "有机肥", "200", 200), ("公斤", "有机肥", "有机肥", "200", "0.2"),
        ("套", "厨卫具", "厨卫", "200", 200),
    ):  # fmt: skip
        row = product(FEBRUARY, product_name=name, town=town, quantity_unit=unit, output_month=cell, output_ytd=cell)
        yield Reading(row, "output_ytd", Decimal(value))
    yield Reading(product(FEBRUARY, quantity_unit="吨", average_price="6500"), "average_price", Decimal("6.5"))

    for cell, value in (
        ("20", 20), ("20(万元人民币)", 20), ("20（万元人民币）", 20), ("100万元人民币", 100), ("1亿元", 10000),
        ("50万美元", None), ("-", None),
    ):  # fmt: skip
        row = entity(REGISTER_MONTH, registered_capital=cell)
        yield Reading(row, "registered_capital", None if value is None else Decimal(value))
    for cell in (
        "2020-03-05", "2020/3/5", "2020.3.5", "20200305", "2020年3月5日", "43895", "2020-03-05 00:00:00",
        "２０２０年３月５日", "2020 年 3 月 5 日",
    ):  # fmt: skip
        yield Reading(entity(REGISTER_MONTH, established_on=cell), "established_on", date(2020, 3, 5))
    for cell in ("2020年3月", "2020-3", "2020-03"):
        yield Reading(entity(REGISTER_MONTH, established_on=cell), "established_on", date(2020, 3, 1))

    for cell, kind, status in (
        ("注销", "注销", "cancelled"), ("注　销 登记", "注销", "cancelled"), ("吊销", "吊销", "revoked"),
        ("迁出", "迁出", "moved_out"),
    ):  # fmt: skip
        row = change(REGISTER_MONTH, change_type=cell, change_item="法定代表人", value_after="某人")
        yield Reading(row, "change_type", kind)
        yield Reading(row, "value_after", status)

    for cell in ("长期", "9999-12-31"):
        yield Reading(project(APRIL, planned_finish=cell), "planned_finish", date(9999, 12, 31))
    yield Reading(project(APRIL, planned_start="45291"), "planned_start", date(2023, 12, 31))
    yield Reading(project(APRIL, design_capacity="5万吨"), "capacity_quantity", Decimal(50000))
    yield Reading(
        project(APRIL, total_investment="1.5", total_investment__unit="亿元"), "total_investment", Decimal(15000)
    )

    for cell, day in (
        ("2023-05-31", date(2023, 5, 31)), ("45077", date(2023, 5, 31)), ("2023年5月", date(2023, 5, 31)),
        ("2024-2", date(2024, 2, 29)), ("2023.12", date(2023, 12, 31)), ("长期", date(9999, 12, 31)),
    ):  # fmt: skip
        yield Reading(issue(APRIL, due_on=cell), "due_on", day)
    yield Reading(issue(APRIL, status_="已办结", closed_on="2023年2月"), "closed_on", date(2023, 2, 1))
    for cell, clause in (
        ("二-1/2", "二(一)"), ("二（一）", "二(一)"), ("三-14/12", "三-14"), ("三—１／1", "三-1"), ("二", "二"),
    ):  # fmt: skip
        yield Reading(task(APRIL, task_id=cell), "plan_clause", clause)
    for cell, number in (("12", "12"), ("１２家", "12"), ("1.2万人", "12000"), ("85%", "85"), ("无", None)):
        value = None if number is None else Decimal(number)
        yield Reading(task(APRIL, quantified_value=cell), "quantified_value", value)
    for cell, unit, value in (
        ("12", "家", 12), ("12家", "家", 12), ("12", "户", 12), ("１２", "个", 12), ("—", "家", None),
    ):  # fmt: skip
        row = event(APRIL, enterprises=cell, enterprises__unit=unit)
        yield Reading(row, "enterprises", None if value is None else Decimal(value))
    for cell, unit, value in (("320", "人", 320), ("1.2", "万人次", 12000), ("320人次", "万人次", 320)):
        yield Reading(event(APRIL, attendance=cell, attendance__unit=unit), "attendance", Decimal(value))
    yield Reading(event(APRIL, deal_value="0.5", deal_value__unit="亿元"), "deal_value", Decimal(5000))
    yield Reading(event(APRIL, held_on="2023年6月", deal_value=None), "held_on", date(2023, 6, 1))
    yield Reading(fund(APRIL, amount="775,000", amount__unit="元"), "amount", Decimal("77.5"))
    yield Reading(fund(APRIL, allocated_on="44958"), "allocated_on", date(2023, 2, 1))
    for cell, day in (
        ("2025-12-31", date(2025, 12, 31)), ("46022", date(2025, 12, 31)), ("2025年12月", date(2025, 12, 31)),
        ("2024-2", date(2024, 2, 29)), ("长期", date(9999, 12, 31)), ("9999-12-31", date(9999, 12, 31)), ("—", None),
    ):  # fmt: skip
        yield Reading(certificate(APRIL, expires_on=cell), "expires_on", day)
    yield Reading(certificate(APRIL, granted_on="2022年12月"), "granted_on", date(2022, 12, 1))
    for cell, name in (
        ("国家级专精特新 “小巨人” 企业", "专精特新小巨人"), ("制造业单项冠军企业", "制造业单项冠军"),
        ("中华老字号", "中华老字号"), ("标准　制修订", "标准制修订"),
    ):  # fmt: skip
        yield Reading(certificate(APRIL, honour_type=cell), "honour_type", name)
    for cell, unit, number in (("１,２００", "家", 1200), ("12家", "个", 12), ("12户", "家", 12), ("0", "个", 0)):
        row = platform(APRIL, enterprises_served=cell, enterprises_served__unit=unit)
        yield Reading(row, "enterprises_served", Decimal(number))


READINGS = tuple(_readings())
