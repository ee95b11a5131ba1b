"""The register of the market-regulation bureau, GB18030 text: the whole of it as at each month's end in a zip, and
what changed in each month.

One entity is worked out at a time and its line goes into the archives of all months at once: an entity's line changes
at most once, when it ends. What changed agrees with the difference of two months' registers. Belongs here: columns,
lines, archives and the fault of the last month. Does not belong here: who is in the register (`entities.py`).
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from sources.demo import names
from sources.demo.entities import Entity, refuse_too_few, register
from sources.demo.families import Written
from sources.demo.months import day_of, last_day, month_of, period_of, sent_at, year_of
from sources.demo.report import DemoFault
from sources.demo.scenario import Delivery, Scenario, compact

ENTITIES_FEED = "registration_entities"
CHANGES_FEED = "registration_changes"

_SENDER = "市市场监督管理局"
_ENCODING = "gb18030"
_HEADERS = (
    "统一社会信用代码",
    "主体名称",
    "主体类型",
    "法定代表人(经营者)",
    "注册资本(万元)",
    "成立日期",
    "核准日期",
    "登记状态",
    "注销日期",
    "登记机关",
    "行政区划代码",
    "住所",
    "行业代码",
    "经营范围",
    "联系电话",
)
_CHANGE_HEADERS = ("统一社会信用代码", "变动类型", "变动日期", "变动事项", "变动前", "变动后")
_CANCELLED = "注销"
# How a change is called that ends an entity, where it is not called by the status that follows.
_CHANGES_OF_ENDINGS = {"吊销，未注销": "吊销"}
# In each month one entity in so many, by its serial, changes what is no column of the register.
_EVERY_ALTERED = 97
_BLOCK = 1024 * 1024
# Fast rather than small: a province's register is packed once for each month.
_PACKING = 1
# An impossible date of establishment: the year typed ten years ahead.
_YEARS_AHEAD = 10


def planned(scenario: Scenario) -> list[Delivery]:
    """One archive and one text of changes a month, sent on the 2nd or 3rd; DemoError when too few entities are asked
    for."""
    refuse_too_few(scenario)
    plan = []
    for month in scenario.months:
        chance = scenario.rng("registration", month)
        sent = sent_at(month, chance.randint(2, 3), chance)
        for feed, name in (
            (ENTITIES_FEED, f"{scenario.city.name}经营主体登记{compact(month)}.zip"),
            (CHANGES_FEED, f"{scenario.city.name}经营主体变动{compact(month)}.csv"),
        ):
            plan.append(Delivery(feed, period_of(month), name, _SENDER, sent))
    return plan


def write(scenario: Scenario, plan: Sequence[Delivery], place: Callable[[Delivery], Path]) -> Written:
    """Writes the registers; memory does not grow with their rows but for two bytes each."""
    written = Written()
    with ExitStack() as open_files:
        extracts = [
            _Extract(delivery, place(delivery), open_files) for delivery in plan if delivery.feed == ENTITIES_FEED
        ]
        changes = {
            month_of(delivery.period): _Changes(delivery, place(delivery), open_files)
            for delivery in plan
            if delivery.feed == CHANGES_FEED
        }
        _write_lines(scenario, extracts, changes, written)
    return written


def _write_lines(
    scenario: Scenario, extracts: Sequence["_Extract"], changes: Mapping[int, "_Changes"], written: Written
) -> None:
    line_of = _LineWriter(scenario)
    for entity in register(scenario):
        for month, change in _changes_of(entity, scenario.months):
            changes[month].add(entity.code, *change)
        active = line_of(entity)
        ended = line_of(entity, is_ended=True) if entity.ended_on else active
        is_faulty = not written.faults and _can_be_faulty(scenario, entity)
        for extract in extracts:
            if entity.established_on > extract.last_day:
                continue
            if is_faulty and extract is extracts[-1]:
                wrong = _years_ahead(scenario, entity)
                written.faults.append(_wrong_date(extract, entity, wrong))
                extract.add(line_of(entity, established_on=wrong))
            else:
                extract.add(ended if entity.ended_on and entity.ended_on <= extract.last_day else active)
    for extract in extracts:
        extract.finish()
        written.rows[extract.delivery] = extract.rows
    for month in changes.values():
        written.rows[month.delivery] = month.rows


_Change = tuple[str, dt.date, str, str, str]


def _changes_of(entity: Entity, months: Sequence[int]) -> Iterator[tuple[int, _Change]]:
    """What the bureau recorded of an entity in each of the months: kind, day, subject, before and after."""
    founded_in, ended_in = _month_of_day(entity.established_on), _month_of_day(entity.ended_on)
    for month in months:
        if month == founded_in:
            yield month, ("设立", entity.established_on, "设立登记", "", "")
        elif month == ended_in and entity.ended_on and entity.ending:
            kind = _CHANGES_OF_ENDINGS.get(entity.ending, entity.ending)
            yield month, (kind, entity.ended_on, "登记状态", entity.active_word, entity.ending)
        elif entity.serial % _EVERY_ALTERED == month % _EVERY_ALTERED and founded_in < month < (ended_in or month + 1):
            yield month, ("变更", day_of(month, entity.serial % 28 + 1), "经营期限", "20年", "长期")


def _month_of_day(day: dt.date | None) -> int:
    """The month of a day as a number; 0 of none."""
    return 12 * day.year + day.month - 1 if day else 0


class _Changes:
    """A month's text of changes, in the order of the register."""

    def __init__(self, delivery: Delivery, path: Path, open_files: ExitStack) -> None:
        self.delivery = delivery
        self.rows = 0
        self._lines = csv.writer(open_files.enter_context(path.open("w", encoding=_ENCODING, newline="")))
        self._lines.writerow(_CHANGE_HEADERS)

    def add(self, code: str, kind: str, day: dt.date, subject: str, before: str, after: str) -> None:
        self._lines.writerow((code, kind, day, subject, before, after))
        self.rows += 1


class _Extract:
    """A month's archive with its one text, written as its lines come."""

    def __init__(self, delivery: Delivery, path: Path, open_files: ExitStack) -> None:
        self.delivery = delivery
        self.last_day = last_day(month_of(delivery.period))
        self.rows = 0
        archive = open_files.enter_context(zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKING))
        # Opened by its name, a member is dated 1980, whatever the day: the same rows give the same bytes.
        self._text = open_files.enter_context(archive.open(f"{path.stem}.csv", "w", force_zip64=True))
        self._block = bytearray(",".join(_HEADERS).encode(_ENCODING) + b"\r\n")

    @property
    def next_line(self) -> int:
        """The line on which the next row will stand, from 1."""
        return self.rows + 2

    def add(self, line: bytes) -> None:
        self._block += line
        self.rows += 1
        if len(self._block) >= _BLOCK:
            self.finish()

    def finish(self) -> None:
        """Writes what is not written yet; the files are closed by who opened them."""
        self._text.write(self._block)
        self._block.clear()


class _LineWriter:
    """An entity as a line of the extract, encoded."""

    def __init__(self, scenario: Scenario) -> None:
        self._city = scenario.city.name
        self._buffer = io.StringIO()
        self._rows = csv.writer(self._buffer)

    def __call__(self, entity: Entity, *, is_ended: bool = False, established_on: dt.date | None = None) -> bytes:
        """The line while the entity is active, or from its end on; `established_on` replaces its own date."""
        ended_on = entity.ended_on if is_ended else None
        self._buffer.seek(0)
        self._buffer.truncate()
        self._rows.writerow((
            entity.code,
            entity.name,
            entity.type_word,
            names.person(entity.serial),
            entity.capital,
            established_on or entity.established_on,
            ended_on or entity.approved_on,
            entity.ending if is_ended else entity.active_word,
            ended_on if entity.ending == _CANCELLED else None,
            f"{self._city}市场监督管理局",
            entity.division_code,
            f"{self._city}{entity.township}虚构路{entity.serial % 300 + 1}号",
            entity.industry_code,
            entity.scope,
            names.phone(entity.serial),
        ))  # fmt: skip
        return self._buffer.getvalue().encode(_ENCODING)


def _can_be_faulty(scenario: Scenario, entity: Entity) -> bool:
    """An enterprise outside the chains that is active throughout: no figure of a town hangs on it."""
    return (
        entity.kind == "企业"
        and not entity.is_in_chain
        and entity.ended_on is None
        and entity.established_on <= last_day(scenario.first - 1)
    )


def _years_ahead(scenario: Scenario, entity: Entity) -> dt.date:
    return dt.date(year_of(scenario.last) + _YEARS_AHEAD, entity.established_on.month, 1)


def _wrong_date(extract: _Extract, entity: Entity, wrong: dt.date) -> DemoFault:
    return DemoFault(
        feed=extract.delivery.feed,
        period=extract.delivery.period,
        file_name=extract.delivery.file_name,
        row_no=extract.next_line,
        row_key=entity.code,
        column_zh="成立日期",
        seen=wrong.isoformat(),
        rule_id="R-REG-003",
        severity="quarantine",
        message_zh="一个主体的成立日期晚于报告月末：该行应被搁置，其余照常",
        message_en="one entity's date of establishment lies after the month's end: the row is set aside",
    )
