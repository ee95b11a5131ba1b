"""The workbook that goes back to a sender: what of theirs is held up, why, and what to correct. In Chinese.

Belongs here: who gets what, and how it looks. What is held up is found in `quarantine.py`. A workbook is made of
sheets as data, and a section is a function that gives some: one more kind of thing to tell a sender is one more
section in `SECTIONS`. It holds rows as sent, personal data among them, so each row goes to the sender of its own
delivery alone, and the file can be read by its owner alone. Cells are written as text, whatever they look like: what
an office sent is never a formula here.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from orchestration.corrections import Outcome
from orchestration.quarantine import Block, FlaggedRow, Quarantine, sender_of
from orchestration.sent_rows import SentCell
from orchestration.state import Correction, Delivery
from orchestration.stops import Misuse
from sources.contract import Contract

# Excel takes no more in a cell, and no more rows in a sheet.
CELL_LENGTH = 32_767
SHEET_ROWS = 1_000_000
SHEET_NAME_LENGTH = 31
_TOO_LONG = "…（过长，未全部列出）"
_NOT_IN_A_FILE_NAME = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_OWNER_ALONE = 0o600


class UnknownSender(Misuse):
    """Nobody of that name has anything to correct; the message says who has."""


@dataclass(frozen=True)
class Text:
    """A cell to write; an offending one is highlighted."""

    value: str | int | None
    is_offending: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table to write: a sentence above it, headings with the widths of their columns, rows."""

    name: str
    title: str
    headings: tuple[tuple[str, int], ...]
    rows: Sequence[tuple[Text, ...]]


@dataclass(frozen=True)
class Letter:
    """All that one sender is told: rows by feed, refused files, blocks. `label` is the sender's name for people."""

    sender: str
    label: str
    contracts: Mapping[str, Contract]
    quarantine: Quarantine
    rows: defaultdict[str, list[FlaggedRow]] = field(default_factory=lambda: defaultdict(list))
    refused: list[Delivery] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    corrections: list[tuple[Correction, Outcome | None]] = field(default_factory=list)

    @property
    def periods(self) -> tuple[str, ...]:
        """The months of which it tells, in order."""
        rows = (row for rows in self.rows.values() for row in rows)
        corrected = (correction for correction, _ in self.corrections)
        return tuple(sorted({one.period for part in (rows, self.refused, self.blocks, corrected) for one in part}))

    @property
    def set_aside(self) -> int:
        """How many rows are not used until they are corrected."""
        return sum(row.is_set_aside for rows in self.rows.values() for row in rows)

    @property
    def warnings(self) -> int:
        """How many rows are used, and marked."""
        return sum(not row.is_set_aside for rows in self.rows.values() for row in rows)


@dataclass(frozen=True)
class WrittenLetter:
    """A workbook that was written, with how much it tells."""

    sender: str
    path: Path
    set_aside: int
    warnings: int
    refused: int
    blocks: int


def letters(quarantine: Quarantine, period: str | None = None, sender: str | None = None) -> list[Letter]:
    """What each sender is to be told of a month (None: of all), by sender; `sender` alone if given.

    Raises UnknownSender if that one has nothing to correct.
    """
    asked = [period] if period else []
    rows, refused, blocks = quarantine.rows(asked), quarantine.refused(asked), quarantine.blocks(asked)
    told: dict[str, Letter] = {}

    def letter_to(who: str, feed: str) -> Letter:
        office = quarantine.contracts[feed].sender
        label = who if who == office else f"{office}（{who}）"
        return told.setdefault(who, Letter(who, label, quarantine.contracts, quarantine))

    for row in rows:
        delivery = quarantine.delivery(row.delivery_id)
        letter_to(sender_of(delivery, quarantine.contracts[row.feed]), row.feed).rows[row.feed].append(row)
    for one in refused:
        letter_to(sender_of(one, quarantine.contracts[one.feed]), one.feed).refused.append(one)
    for block in blocks:
        # A check of our own tables is no matter of a sender.
        if block.subject in quarantine.contracts:
            for who in sorted(quarantine.senders(block.subject, block.period)):
                letter_to(who, block.subject).blocks.append(block)
    for correction, outcome in quarantine.corrections(asked):
        contract = quarantine.contracts[correction.feed]
        if outcome and outcome.delivery_id:
            whose = {sender_of(quarantine.delivery(outcome.delivery_id), contract)}
        else:
            whose = quarantine.senders(correction.feed, correction.period)
        for who in sorted(whose):
            letter_to(who, correction.feed).corrections.append((correction, outcome))
    if sender is not None:
        chosen = [one for one in told.values() if sender in (one.sender, one.label, one.label.split("（")[0])]
        if not chosen:
            names = "、".join(sorted(one.label for one in told.values())) or "无"
            raise UnknownSender(
                f"报送单位 {sender} 没有需要更正的内容。有待更正内容的单位：{names}。",
                f"{sender} has nothing to correct. Those who have: {names}.",
            )
        return chosen
    return [told[who] for who in sorted(told)]


def write_letters(letters: Sequence[Letter], folder: Path, now: datetime) -> list[WrittenLetter]:
    """Write a workbook for each letter into `folder`, in the place of one of the same name. Raises RowLost, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for letter in letters:
        path = folder / file_name(letter)
        part = path.with_name(f".{path.name}.part")
        # The right to read is taken away before anything personal is in the file.
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, _OWNER_ALONE))
        _write(part, [cover(letter, now), *(sheet for section in SECTIONS for sheet in section(letter))], letter)
        part.replace(path)
        written.append(
            WrittenLetter(
                letter.label, path, letter.set_aside, letter.warnings, len(letter.refused), len(letter.blocks)
            )
        )
    return written


def file_name(letter: Letter) -> str:
    """`待更正_<sender>_<months>.xlsx`, whatever a receipt calls its sender."""
    first, last = letter.periods[0], letter.periods[-1]
    who = _NOT_IN_A_FILE_NAME.sub("_", letter.label).strip("._")[:60]
    return f"待更正_{who}_{first if first == last else f'{first}至{last}'}.xlsx"


# Sections: what a sender is told, in the order of the sheets.


def cover(letter: Letter, now: datetime) -> Sheet:
    """The first sheet: what this is, how much there is, what to do."""
    replaced_whole = [
        letter.contracts[feed].label_zh for feed in letter.rows if letter.contracts[feed].is_full_replacement
    ]
    lines = [
        ("报送单位", letter.label),
        ("报告期", "、".join(letter.periods)),
        ("生成时间", f"{now:%Y-%m-%d %H:%M}"),
        ("须更正的行", f"{letter.set_aside} 行。更正前不计入任何指标；同一行违反多条规则的，全部列出。"),
        ("提示核对的行", f"{letter.warnings} 行。已计入指标并作标记，请核对。"),
        ("退回的文件", f"{len(letter.refused)} 个。"),
        ("整批问题", f"{len(letter.blocks)} 项。解决前（或经批准豁免前）该报告期不发布。"),
        (
            "怎样看",
            "每行左侧写明报告期、文件、工作表、行号、原因和处理办法；右侧是报送的原行，有问题的单元格以黄底标出。",
        ),
        (
            "怎样改",
            "请在原报表中改正后重新报送，放入原来的目录（类别/报告期）。可报全表，也可只报改正的行：同一主键以后到的为准"
            + "".join(f"（{one}须报全表）" for one in replaced_whole)
            + "。请不要在本工作簿中修改后寄回。",
        ),
        ("个人信息", "本工作簿含报送的原始内容，可能有姓名、电话，请只在本单位内使用，用后删除。"),
    ]
    return Sheet(
        "说明",
        f"{letter.label}：待更正的报送内容",
        (("项目", 16), ("内容", 100)),
        [(Text(label), Text(said)) for label, said in lines],
    )


def set_aside_sheets(letter: Letter) -> Iterator[Sheet]:
    """Rows that are not used until they are corrected, one sheet a feed."""
    for feed, rows in letter.rows.items():
        chosen = [row for row in rows if row.is_set_aside]
        if chosen:
            label = letter.contracts[feed].label_zh
            yield from _row_sheets("更正", f"{label}：请更正下列各行，更正前不计入指标", label, chosen, letter)


def warning_sheets(letter: Letter) -> Iterator[Sheet]:
    """Rows that are used and marked, one sheet a feed."""
    for feed, rows in letter.rows.items():
        chosen = [row for row in rows if not row.is_set_aside]
        if chosen:
            label = letter.contracts[feed].label_zh
            yield from _row_sheets("提示", f"{label}：下列各行已计入指标，请核对", label, chosen, letter)


def refused_sheet(letter: Letter) -> Iterator[Sheet]:
    """Files of which nothing was taken."""
    if letter.refused:
        yield Sheet(
            "退回的文件",
            "下列文件未能读入，请按原因更正后重新报送",
            (
                ("报告期", 10),
                ("数据类别", 26),
                ("文件", 40),
                ("收到时间", 18),
                ("规则", 14),
                ("退回原因", 80),
                ("请这样处理", 40),
            ),
            [
                (
                    Text(one.period),
                    Text(letter.contracts[one.feed].label_zh),
                    Text(one.file_name),
                    Text(f"{one.received_at:%Y-%m-%d %H:%M}"),
                    Text(one.refusal_rule),
                    Text(one.reason_zh, is_offending=True),
                    Text(letter.quarantine.remedy(one.refusal_rule or "").zh),
                )
                for one in letter.refused
            ],
        )


def block_sheet(letter: Letter) -> Iterator[Sheet]:
    """What keeps whole months from being published."""
    if letter.blocks:
        yield Sheet(
            "整批问题",
            "下列问题使整个报告期不能发布",
            (
                ("报告期", 10),
                ("数据类别", 26),
                ("规则", 14),
                ("问题", 60),
                ("涉及数量", 12),
                ("请这样处理", 40),
                ("豁免", 40),
            ),
            [
                (
                    Text(one.period),
                    Text(letter.contracts[one.subject].label_zh),
                    Text(one.check_id),
                    Text(one.says.zh, is_offending=not one.waivers),
                    Text(one.rows_failing),
                    Text(one.remedy.zh),
                    Text("；".join(f"已豁免至 {waiver.until}" for waiver in one.waivers)),
                )
                for one in letter.blocks
            ],
        )


_OUTCOMES = {
    "applied": "已按更正值计入，请更正来文",
    "obsolete": "来文已不是错误值，未应用",
    "no_such_row": "来文中没有这一行，未应用",
}


def correction_sheet(letter: Letter) -> Iterator[Sheet]:
    """Cells of the sender that are known to be wrong, and are used as corrected until the sender mends them."""
    if letter.corrections:
        yield Sheet(
            "声明的更正",
            "下列单元格已知有误，暂按更正值使用；请在来文中更正",
            (
                ("编号", 8),
                ("报告期", 10),
                ("数据类别", 26),
                ("主键", 30),
                ("列", 20),
                ("错误值", 18),
                ("更正值", 18),
                ("结果", 26),
                ("文件", 28),
                ("行号", 8),
                ("原因", 40),
                ("报告人", 20),
            ),
            [
                (
                    Text(one.correction_id),
                    Text(one.period),
                    Text(letter.contracts[one.feed].label_zh),
                    Text(one.row_key),
                    Text(letter.contracts[one.feed].column(one.column_name).label_zh),
                    Text(one.wrong, is_offending=True),
                    Text(one.right),
                    Text(_OUTCOMES[found.outcome] if found else "下次运行时应用"),
                    Text(found.file if found else None),
                    Text(found.row_no if found else None),
                    Text(one.reason),
                    Text(f"{one.reported_by} {one.reported_on}"),
                )
                for one, found in letter.corrections
            ],
        )


Section = Callable[[Letter], Iterator[Sheet]]

SECTIONS: tuple[Section, ...] = (set_aside_sheets, warning_sheets, refused_sheet, block_sheet, correction_sheet)

_PLACE = (("编号", 12), ("报告期", 10), ("文件", 28), ("工作表", 14), ("行号", 8), ("原因", 46), ("请这样更正", 36))


def _row_sheets(kind: str, title: str, label: str, rows: list[FlaggedRow], letter: Letter) -> Iterator[Sheet]:
    """Rows as sent, behind what is wrong with them; one more sheet for what Excel does not take into one."""
    for number, begin in enumerate(range(0, len(rows), SHEET_ROWS), start=1):
        part = rows[begin : begin + SHEET_ROWS]
        cells = dict(letter.quarantine.as_sent(part))
        headings = _headings(cells.values())
        yield Sheet(
            f"{kind}·{label}" + (f"（{number}）" if number > 1 else ""),
            title,
            (*_PLACE, *((heading, 18) for heading in headings)),
            [(*_place(row), *_in_order(cells[row], headings)) for row in part],
        )


def _headings(rows: Iterator[tuple[SentCell, ...]] | Sequence[tuple[SentCell, ...]]) -> tuple[str, ...]:
    """Headings of the columns in which something stands or is missed, in the order of the contract."""
    wanted: dict[str, bool] = {}
    for row in rows:
        for cell in row:
            wanted[_heading(cell)] = wanted.get(_heading(cell), False) or bool(cell.text) or cell.is_offending
    return tuple(heading for heading, is_wanted in wanted.items() if is_wanted)


def _heading(cell: SentCell) -> str:
    """The header with the unit that holds: the same item in two units stands in two columns."""
    return f"{cell.header}（{cell.unit}）" if cell.unit else cell.header


def _place(row: FlaggedRow) -> tuple[Text, ...]:
    return (
        Text(row.row_ref),
        Text(row.period),
        Text(row.file),
        Text(row.sheet),
        Text(row.row_no),
        Text("\n".join(f"{rule.says.zh}［{rule.rule_id}］" for rule in row.rules)),
        Text("\n".join(dict.fromkeys(rule.remedy.zh for rule in row.rules))),
    )


def _in_order(cells: Sequence[SentCell], headings: Sequence[str]) -> Iterator[Text]:
    by_heading = {_heading(cell): cell for cell in cells}
    for heading in headings:
        cell = by_heading.get(heading)
        yield Text(cell.text, cell.is_offending) if cell else Text(None)


# The form


def _write(path: Path, sheets: Sequence[Sheet], letter: Letter) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"title": f"待更正：{letter.label}"})
        plain = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF", "font_size": 10}
        title = workbook.add_format({"bold": True, "font_size": 14})
        heading = workbook.add_format({**plain, "bold": True, "bg_color": "#D9E2F3", "valign": "vcenter"})
        usual = workbook.add_format(plain)
        offending = workbook.add_format({**plain, "bg_color": "#FFEB3B", "bold": True})
        names: set[str] = set()
        for sheet in sheets:
            page = workbook.add_worksheet(_sheet_name(sheet.name, names))
            _lay_out(page, sheet)
            page.write_string(0, 0, sheet.title, title)
            for column, (text, _) in enumerate(sheet.headings):
                _put(page, 1, column, Text(text), heading)
            for number, row in enumerate(sheet.rows, start=2):
                for column, text in enumerate(row):
                    _put(page, number, column, text, offending if text.is_offending else usual)


def _lay_out(page: Worksheet, sheet: Sheet) -> None:
    for column, (_, width) in enumerate(sheet.headings):
        page.set_column(column, column, width)
    page.freeze_panes(2, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)
    if sheet.rows:
        page.autofilter(1, 0, len(sheet.rows) + 1, len(sheet.headings) - 1)


def _put(page: Worksheet, row: int, column: int, text: Text, form: Format) -> None:
    if text.value is None or text.value == "":
        page.write_blank(row, column, None, form)
    elif isinstance(text.value, int):
        page.write_number(row, column, text.value, form)
    else:
        value = text.value if len(text.value) <= CELL_LENGTH else text.value[: CELL_LENGTH - len(_TOO_LONG)] + _TOO_LONG
        page.write_string(row, column, value, form)


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel takes, and no other sheet has."""
    name = _NOT_IN_A_SHEET_NAME.sub("_", wanted)[:SHEET_NAME_LENGTH]
    number = 1
    while name.lower() in taken:
        number += 1
        name = f"{name[: SHEET_NAME_LENGTH - 4]}（{number}）"
    taken.add(name.lower())
    return name
