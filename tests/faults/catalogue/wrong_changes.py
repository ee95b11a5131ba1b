"""Faults of the changes of the register; each in a key of its own."""

from __future__ import annotations

from sources.demo.names import with_wrong_check
from tests.faults.catalogue.city_files import Break, Entry
from tests.faults.catalogue.fault import CHANGES, NORMALISE, in_an_entry, on_the_desk, quarantine, warn
from tests.faults.catalogue.forms import Line
from tests.faults.catalogue.outcomes import Desk

CODE, KIND, DAY, ITEM, BEFORE, AFTER = "统一社会信用代码", "变动类型", "变动日期", "变动事项", "变动前", "变动后"
#: Nobody's code, but a valid one.
STRANGER = "91141082MA00000016"


def _is(kind: str):
    return lambda line: line[KIND] == kind


@on_the_desk(CHANGES, "file", NORMALISE)
def changes_separated_by_tabs(desk: Desk) -> None:
    """Tabs between the columns, UTF-16."""
    desk.put(desk.form.text("\t").encode("utf-16"), "变动.txt")


@in_an_entry(CHANGES, "cell", quarantine("R-CHG-001"))
def change_of_a_wrong_code(entry: Entry) -> None:
    """The check character of the code is wrong."""
    entry.now[CODE] = with_wrong_check(entry.now[CODE])


@in_an_entry(CHANGES, "cell", quarantine("R-CHG-002"))
def change_of_an_unknown_kind(entry: Entry) -> None:
    """变动类型 is 年报."""
    entry.now[KIND] = "年报"


@in_an_entry(CHANGES, "cell", quarantine("R-CHG-003"))
def change_in_the_future(entry: Entry) -> None:
    """变动日期 after the month's end."""
    entry.now[DAY] = "2034-03-05"


@in_an_entry(CHANGES, "row", quarantine("R-CHG-004"), where=_is("变更"))
def two_changes_of_one_key(entry: Entry) -> list[Break]:
    """Two different changes of one entity, kind and day."""
    again = entry.repeat(**{ITEM: "营业期限", AFTER: "2034-01-01"})
    return [(line, "R-CHG-004", entry.period) for line in (entry.now, again)]


@in_an_entry(CHANGES, "row", warn("R-CHG-005"))
def same_change_twice(entry: Entry) -> None:
    """The same change twice: used once."""
    entry.repeat()


@in_an_entry(CHANGES, "cell", warn("R-CHG-006"), where=_is("变更"))
def change_of_nothing(entry: Entry) -> None:
    """变更 without a word of what changed."""
    entry.now[ITEM] = ""


@in_an_entry(CHANGES, "history", warn("R-CHG-008"))
def founding_that_the_register_does_not_show(entry: Entry) -> list[Break]:
    """设立 of an entity that the month's register does not have."""
    stranger: Line = entry.repeat(**{CODE: STRANGER, KIND: "设立", ITEM: "设立登记", BEFORE: "", AFTER: ""})
    return [(stranger, "R-CHG-008", entry.period)]


@in_an_entry(CHANGES, "history", warn("R-CHG-008"), where=_is("变更"))
def cancelled_and_active_in_the_register(entry: Entry) -> list[Break]:
    """注销 of an entity that the month's register has as active."""
    again = entry.repeat(**{KIND: "注销", ITEM: "登记状态", BEFORE: "存续", AFTER: "注销"})
    return [(again, "R-CHG-008", entry.period)]


@in_an_entry(CHANGES, "cell", NORMALISE)
def change_on_a_chinese_date(entry: Entry) -> None:
    """变动日期 as 2024年3月5日."""
    year, month, day = entry.now[DAY].split("-")
    entry.now[DAY] = f"{year}年{int(month)}月{int(day)}日"


@in_an_entry(CHANGES, "cell", NORMALISE, where=_is("设立"))
def founding_by_another_word(entry: Entry) -> None:
    """设立登记 for 设立."""
    entry.now[KIND] = "设立登记"
