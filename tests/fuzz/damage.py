"""Clean deliveries of every kind of file, and seeded damage to them: one number, one damaged file, always the same.

Damage comes in three depths: to the bytes of a file; to one part (XML) or some records (BIFF) inside a container,
packed again so that the damage reaches the reader behind it; and to cells, in a file that is sound. What must become
of it stands in the test.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import xlsxwriter
import xlwt
from xlwt.CompoundDoc import XlsDoc

from tests.unit.sources.builders import CODES, ENTERPRISE_HEADER, PROJECT_HEADER

Rows = list[list[Any]]

#: The sheet of a workbook in which the table stands.
DATA_SHEET = "月报"
_SEED = 20240305
_ROWS = 24
_OLE_SECTOR = 512
_MADE_AT = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)
_NASTY: tuple[Any, ...] = (
    "", " ", "-", "—", "…", "合计", "小计", "注：", "统一社会信用代码", "计量单位：亿元", "填表人：", "=1/0", "#N/A",
    "N/A", "１２３，４５６.７", "(1,234.5)", "1.2.3", "9.11410821234568E+17", "∞", "NaN", "-0", "1e400", "万", "5万吨",
    "20(万元人民币)", "2024年13月45日", "99999999", "长期", "0000-00-00", "45356", "二〇二四年三月",
    'a"b', '"', '""', ",", "\t", ";", "|", "\n", "\r\n", "a\nb", "\x1a", "\x00", "\u200b", "\ufeff", "\ufffe",
    "\U0001f600", "𠮷", "x" * 32_000, "年" * 300, "<c r='A1'>", "&amp;&#x41;", "]]>", "{{ 1 }}", "'; drop table x; --",
    "../../etc/passwd", 0, -1, 0.1 + 0.2, 1e15, -1e308, 1e-300, 2**53, 45356, 45356.5, 2958466, True, False,
    dt.date(2024, 3, 5), dt.date(9999, 12, 31), dt.date(1900, 1, 1),
)  # fmt: skip
_NUMBERS = (b"0", b"-1", b"65535", b"1048576", b"2147483647", b"4294967295", b"99999999999999999999", b"1e308", b"NaN")


@dataclass(frozen=True)
class DamagedFile:
    """A file to be taken in: what was done to which kind of file, and under which feed and name it is sent.

    `least_rows`: so many rows must be read from it at least, if it is accepted; None where the damage leaves it open.
    """

    format: str
    damage: str
    feed: str
    name: str
    content: bytes
    least_rows: int | None = None


@dataclass(frozen=True)
class _Clean:
    feed: str
    name: str
    rows: Rows
    write: Callable[[Rows], bytes]
    damages: tuple[str, ...]

    def least_rows(self, rows: Rows) -> int | None:
        """Down to the last row in which something was written; None where rows of text may be put together."""
        if self.name.endswith((".xlsx", ".xls")):
            return max(
                (number for number, row in enumerate(rows, 1) if any(cell not in ("", None) for cell in row)), default=0
            )
        return None


def clean_files() -> Iterator[DamagedFile]:
    """Every kind of file without any damage."""
    for name, clean in sorted(_CLEAN.items()):
        yield DamagedFile(name, "none", clean.feed, clean.name, _clean_bytes(name), clean.least_rows(clean.rows))


def damaged_file(number: int) -> DamagedFile:
    """The damaged file of that number."""
    chance = random.Random(f"{_SEED}/{number}")
    format_name, clean = chance.choice(sorted(_CLEAN.items()))
    kind = chance.choice(clean.damages)
    least_rows = None
    match kind:
        case "cells":
            content, rows = _written_or_clean(clean, _spoilt_cells(clean.rows, chance))
            least_rows = clean.least_rows(rows)
        case "part":
            content = _spoilt_part(_clean_bytes(format_name), chance)
        case "records":
            content = _spoilt_records(_clean_bytes(format_name), chance)
        case _:
            content = _spoilt_bytes(_clean_bytes(format_name), chance)
    return DamagedFile(format_name, kind, clean.feed, clean.name, content, least_rows)


def _written_or_clean(clean: _Clean, rows: Rows) -> tuple[bytes, Rows]:
    try:
        return clean.write(rows), rows
    except (ValueError, UnicodeError, OverflowError, TypeError):
        # A cell that this writer refuses: the sheet then goes out as it was.
        return clean.write(clean.rows), clean.rows


@cache
def _clean_bytes(format_name: str) -> bytes:
    return _CLEAN[format_name].write(_CLEAN[format_name].rows)


def _spoilt_bytes(content: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        place, length = chance.randrange(len(spoilt) + 1), chance.choice((1, 4, 32, 512))
        match chance.randrange(8):
            case 0:
                spoilt[place : place + length] = chance.randbytes(len(spoilt[place : place + length]))
            case 1:
                del spoilt[place : place + length]
            case 2:
                spoilt[place:place] = chance.randbytes(length)
            case 3:
                spoilt[place : place + length] = bytes(len(spoilt[place : place + length]))
            case 4:
                spoilt[place:place] = spoilt[place : place + length]
            case 5:
                del spoilt[place:]
            case 6:
                spoilt[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\xff\xff\xff\x7f"))
            case _:
                if place < len(spoilt):
                    spoilt[place] ^= 1 << chance.randrange(8)
        if not spoilt:
            break
    return bytes(spoilt)


def _spoilt_part(content: bytes, chance: random.Random) -> bytes:
    """One member of a zip damaged, left out, sent twice, or renamed; the zip itself is sound."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        # Half of the damage goes where most of the data is.
        largest = max(old.infolist(), key=lambda info: info.file_size).filename
        chosen = chance.choice((largest, chance.choice(old.namelist())))
        for name in old.namelist():
            part = old.read(name)
            if name != chosen:
                _add(new, name, part)
                continue
            match chance.randrange(9):
                case 0:
                    continue
                case 1:
                    _add(new, chance.choice((f"../{name}", f"/{name}", name.upper(), f"{name}\0", "x.zip")), part)
                case 2:
                    _add(new, name, _spoilt_bytes(part, chance))
                case _ if name.endswith(".xlsx"):
                    _add(new, name, _spoilt_part(part, chance))
                case _ if name.endswith(".xls"):
                    _add(new, name, _spoilt_records(part, chance))
                case 3 | 4 | 5:
                    _add(new, name, _with_other_number(part, chance))
                case 6 | 7:
                    _add(new, name, _with_other_tag(part, chance))
                case _:
                    _add(new, name, _with_other_text(part, chance))
    return stream.getvalue()


def _with_other_number(part: bytes, chance: random.Random) -> bytes:
    places = [place for place, byte in enumerate(part) if chr(byte).isdigit()]
    if not places:
        return part
    place = chance.choice(places)
    return part[:place] + chance.choice(_NUMBERS) + part[place + 1 :]


def _with_other_tag(part: bytes, chance: random.Random) -> bytes:
    """One tag left out, or one piece between two tags sent many times over."""
    pieces = part.split(b">")
    place = chance.randrange(len(pieces))
    pieces[place : place + 1] = [pieces[place]] * chance.choice((0, 2, 1000))
    return b">".join(pieces)


def _with_other_text(part: bytes, chance: random.Random) -> bytes:
    """What stands between two tags, or in quotes, replaced by something else of the same part."""
    pieces = re.split(rb"([<>\"])", part)
    place = chance.randrange(len(pieces))
    pieces[place] = chance.choice(pieces)
    return b"".join(pieces)


def _spoilt_records(content: bytes, chance: random.Random) -> bytes:
    """Records of an .xls (BIFF) damaged, left out, sent twice, or of another kind; the container is sound.

    xlwt writes the stream right behind the container's first sector.
    """
    records = list(_records(content[_OLE_SECTOR:]))
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        # The last sheet, and so the data, stands behind what describes the book.
        place = chance.randrange(chance.choice((0, len(records) // 2)), len(records))
        kind, body = records[place]
        match chance.randrange(8):
            case 0:
                records[place : place + 1] = []
            case 1:
                records[place : place + 1] = [records[place]] * chance.choice((2, 300))
            case 2:
                records[place] = (chance.choice(records)[0], body)
            case 3:
                records[place] = (kind, body[: chance.randrange(len(body) + 1)])
            case 4:
                records[place] = (kind, body + chance.randbytes(chance.choice((1, 2, 8, 512))))
            case _ if body:
                spoilt = bytearray(body)
                start = chance.randrange(len(spoilt))
                spoilt[start : start + chance.choice((1, 2, 4))] = chance.choice(
                    (b"\0", b"\xff\xff", chance.randbytes(2))
                )
                records[place] = (kind, bytes(spoilt))
            case _:
                pass
    stream = io.BytesIO()
    XlsDoc().save(stream, b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records))
    return stream.getvalue()


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if not kind:
            return
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _spoilt_cells(rows: Rows, chance: random.Random) -> Rows:
    spoilt = [list(row) for row in rows]
    for _ in range(chance.choice((1, 3, 10, 60))):
        index = chance.randrange(len(spoilt))
        row = spoilt[index]
        match chance.randrange(7):
            case 0 if row:
                del row[chance.randrange(len(row))]
            case 1:
                row.insert(chance.randrange(len(row) + 1), chance.choice(_NASTY))
            case 2:
                spoilt.insert(index, [chance.choice(_NASTY) for _ in range(chance.choice((0, 1, 3, 40)))])
            case 3:
                spoilt.insert(index, list(chance.choice(spoilt)))
            case 4 if len(spoilt) > 1:
                del spoilt[index]
            case _ if row:
                row[chance.randrange(len(row))] = chance.choice(_NASTY)
            case _:
                pass
    return spoilt


def _as_text(rows: Rows, encoding: str, separator: str) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows(rows)
    return stream.getvalue().encode(encoding)


def _as_xlsx(rows: Rows) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        workbook.set_properties({"created": _MADE_AT})
        workbook.add_worksheet("空表")
        sheet = workbook.add_worksheet(DATA_SHEET)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        sheet.merge_range(4, 2, 6, 2, "年馍")
        sheet.set_row(7, options={"hidden": True})
        sheet.write_formula("AA9", "=1+1", value=2)
        workbook.add_worksheet("旧").hide()
    return stream.getvalue()


def _as_xls(rows: Rows) -> bytes:
    workbook = xlwt.Workbook(encoding="utf-8")
    workbook.add_sheet("空表")
    sheet = workbook.add_sheet(DATA_SHEET, cell_overwrite_ok=True)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str) and value.startswith("="):
                sheet.write(number, column, xlwt.Formula(value[1:]))
            elif isinstance(value, dt.date):
                sheet.write(number, column, value, day)
            elif value is not None:
                sheet.write(number, column, value)
    sheet.merge(4, 6, 2, 2)
    sheet.row(7).hidden = True
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _as_zip(rows: Rows) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        _add(container, "登记/1.csv", _as_text(rows, "gb18030", ","))
        _add(container, "登记/2.txt", _as_text(rows, "utf-16", "\t"))
        _add(container, "说明.docx", b"PK")
        _add(container, "3.xlsx", _as_xlsx(rows))
        _add(container, "4.xls", _as_xls(rows))
    return stream.getvalue()


def _add(container: zipfile.ZipFile, name: str, part: bytes) -> None:
    """A member without the hour at which it was made."""
    container.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)


def _register_rows() -> Rows:
    header = ["统一社会信用代码", "主体名称", "注册资本(万元)", "成立日期", "登记状态", "经营范围", "联系电话"]
    return [header, *([CODES[n % 3], f"甲{n}坊", n, dt.date(2020, 1, 2), "存续", "馍,糕", "-"] for n in range(_ROWS))]


def _enterprise_rows() -> Rows:
    rows: Sequence[Sequence[Any]] = (
        ["专业镇重点企业生产经营月报表（2024年1—3月）"],
        ["计量单位：万元"],
        *ENTERPRISE_HEADER,
        *([CODES[n % 3], f"甲{n}公司", "年馍", n, n * 2, n / 3, "1,234.5", 5, 6] for n in range(_ROWS)),
        ["合计", None, None, 1, 2, 3, 4, 5, 6],
        ["注：本表由企业填报。"],
        ["单位负责人：", None, "填表人："],
    )
    return [list(row) for row in rows]


def _project_rows() -> Rows:
    return [
        list(PROJECT_HEADER),
        *([f"HZ-{n:06d}", f"项目{n}", "年馍", n, "在建", "市工信局"] for n in range(_ROWS)),
    ]


def _text_of(feed_name: str, encoding: str, separator: str) -> _Clean:
    def write(rows: Rows) -> bytes:
        return _as_text(rows, encoding, separator)

    return _Clean("registration_entities", feed_name, _register_rows(), write, ("bytes", "cells"))


# Damage to the shell of a container is found by its check sums: more of it goes to what is inside.
_IN_ZIP = ("bytes", "part", "part", "part", "cells")
_CLEAN = {
    "xlsx": _Clean("statistics_enterprise", "月报.xlsx", _enterprise_rows(), _as_xlsx, _IN_ZIP),
    "xlsx ledger": _Clean("ledger_projects", "台账.xlsx", _project_rows(), _as_xlsx, _IN_ZIP),
    "xls": _Clean(
        "statistics_enterprise", "月报.xls", _enterprise_rows(), _as_xls, ("bytes", "records", "records", "cells")
    ),
    "zip": _Clean("registration_entities", "登记.zip", _register_rows(), _as_zip, _IN_ZIP),
    "text utf-8": _text_of("a.csv", "utf-8", ","),
    "text utf-8-sig": _text_of("d.csv", "utf-8-sig", ";"),
    "text gb18030": _text_of("b.txt", "gb18030", "|"),
    "text utf-16": _text_of("c.csv", "utf-16", "\t"),
}
