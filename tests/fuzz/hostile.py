"""Files made to do harm: bombs, files that lie about their size, that lead out, or that ask for more than there is.

Each is small on disk; which rule refuses it, and what the reason says, stands beside it. A file of 10 GB and links in
landing, which are no bytes to hand over, stand in `tests/unit/sources`.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import xlsxwriter
import xlwt

from tests.fuzz.damage import DATA_SHEET, DamagedFile
from tests.unit.sources.builders import CODES, ENTERPRISE_HEADER, enterprise_row, register_line, register_text

_SHEET, _TEXTS, _BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_LAUGHS = b'<!DOCTYPE x [<!ENTITY a0 "ha">%s]>' % b"".join(
    b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 10)
)
_OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@dataclass(frozen=True)
class HostileFile:
    """A hostile file, with the rule that must refuse it and words of the English reason; None: it is read after all."""

    file: DamagedFile
    rule: str | None
    told: str


def hostile_files() -> Iterator[HostileFile]:
    """All of them, by name (`file.damage`)."""
    yield from _workbooks()
    yield from _archives()
    yield from _others()


def _workbooks() -> Iterator[HostileFile]:
    for part in (_BOOK, _SHEET, _TEXTS):
        yield _workbook(
            f"billion laughs in {part}", "R-FILE-007", "entities", part, lambda old: _behind_head(old, _LAUGHS)
        )
    yield _workbook("external entity", "R-FILE-007", "entities", _TEXTS, lambda old: _behind_head(old, _OUTSIDE))
    for reference in ("D4294967295", "D10485769", "D1048577", "D99999", "XFE5", "AAAA5", "D0", "5D", "D5:D6", ""):
        yield _workbook(
            f"cell at “{reference}”",
            "R-FILE-001",
            "damaged",
            _SHEET,
            _replaced(b'r="D5"', b'r="%s"' % reference.encode()),
        )
    for row in ("4294967295", "1048577", "4", "-1", "x"):
        yield _workbook(
            f"row {row}", "R-FILE-001", "damaged", _SHEET, _replaced(b'<row r="5"', b'<row r="%s"' % row.encode())
        )
    yield _workbook(
        "one cell in the last corner",
        "R-FILE-007",
        "row 1048576, column 16384",
        _SHEET,
        _replaced(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    # A lie that nobody believes: such a workbook is read.
    for cells, area in (("17 thousand million cells", b"A1:XFD1048576"), ("one cell", b"A1")):
        yield _workbook(
            f"a dimension of {cells}",
            None,
            "",
            _SHEET,
            lambda old, area=area: old.replace(_between(old, b"<dimension", b"/>"), b'<dimension ref="%s"/>' % area),
        )
    yield _workbook(
        "merges without end",
        "R-FILE-007",
        "merges",
        _SHEET,
        _replaced(
            b"</sheetData>", b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 100_001 + b"</mergeCells>"
        ),
    )
    yield _workbook(
        "a tag that does not end",
        "R-FILE-001",
        "damaged",
        _SHEET,
        _replaced(b"<sheetData>", b"<sheetData" + b" " * 15_000_000),
    )
    yield _workbook(
        "shared texts without end", "R-FILE-007", "text", _TEXTS, _replaced(b"</sst>", b"<si/>" * 1_200_001 + b"</sst>")
    )
    yield _workbook(
        "one long text shown in many cells",
        "R-FILE-007",
        "text",
        _SHEET,
        _replaced(b"</sheetData>", b"<row>" + b'<c t="s"><v>0</v></c>' * 3_000 + b"</row></sheetData>"),
        title="长" * 10_000,
    )
    yield _workbook(
        "two sheets of one part",
        "R-FILE-001",
        "damaged",
        _BOOK,
        lambda old: old.replace(b"</sheets>", b'<sheet name="x" sheetId="9" r:id="rId1"/></sheets>'),
    )
    yield _workbook(
        "a sheet that says it is a chart",
        "R-FILE-001",
        "",
        _RELATIONS,
        _replaced(b'/worksheet"', b'/chartsheet"'),
    )
    yield _file(
        "parts told apart by case alone",
        "R-FILE-001",
        "damaged",
        "月报.xlsx",
        _repacked(_clean_workbook(), {}, {"xl/worksheets/SHEET1.xml": b"<worksheet/>"}),
    )


def _archives() -> Iterator[HostileFile]:
    text = register_text(register_line(CODES[0])).encode()
    nested = _zipped({"b.csv": text})
    for _ in range(3):
        nested = _zipped({"b.zip": nested})
    for name, rule, told, members in (
        ("zips in zips", "R-FILE-007", "archive inside", {"a.zip": nested}),
        ("packed 1 : 1000", "R-FILE-007", "zip bomb", {"a.csv": bytes(64_000_000)}),
        ("packed 1 : 1000, below the bound", "R-FILE-001", "line 1 has more than", {"a.csv": b"a" * 15_000_000}),
        ("too many members", "R-FILE-007", "201 files", {f"{number}.csv": text for number in range(201)}),
        ("a name that leads out", "R-FILE-007", "leads out", {"../../../../etc/cron.d/a.csv": text}),
        ("a name with backslashes", "R-FILE-007", "leads out", {"..\\..\\a.csv": text}),
        ("a name with a drive", "R-FILE-007", "leads out", {"C:\\a.csv": text}),
    ):
        yield _file(name, rule, told, "登记.zip", _zipped(members), "registration_entities")
    lying = bytearray(_zipped({"a.csv": bytes(15_000_000)}))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", lying, lying.index(signature) + place, 1000)
    yield _file("15 MB declared as 1 kB", "R-FILE-001", "damaged", "登记.zip", bytes(lying), "registration_entities")
    contents = bytearray(_zipped({"a.csv": text}))
    struct.pack_into("<I", contents, contents.rindex(b"PK\x05\x06") + 12, 1 << 30)
    yield _file(
        "a table of contents of 1 GB",
        "R-FILE-007",
        "table of contents",
        "登记.zip",
        bytes(contents),
        "registration_entities",
    )
    huge = bytearray(_zipped({"a.csv": text}))
    struct.pack_into("<I", huge, huge.index(b"PK\x01\x02") + 24, 0xFFFFFFFE)
    yield _file("1 kB declared as 4 GB", "R-FILE-007", "zip bomb", "登记.zip", bytes(huge), "registration_entities")


def _others() -> Iterator[HostileFile]:
    yield _file("a header that never ends", "R-FILE-001", "line 1 has more than", "a.csv", b"a" * 20_000_000)
    yield _file("columns without end", "R-FILE-001", "columns: no table", "a.csv", b"a" + b"," * 100_000 + b"\n")
    yield _file("zero bytes alone", "R-FILE-001", "", "a.csv", bytes(20_000_000))
    yield _file("a quote that never closes", "R-FILE-002", "no header", "a.csv", b'"' + b"a,b\n" * 20_000)
    workbook = xlwt.Workbook()
    for number in range(257):
        workbook.add_sheet(str(number)).write(0, 0, 1)
    stream = io.BytesIO()
    workbook.save(stream)
    yield _file("an .xls of 257 sheets", "R-FILE-007", "257 sheets", "月报.xls", stream.getvalue())


def _workbook(
    name: str, rule: str | None, told: str, part: str, change: Callable[[bytes], bytes], title: str = "月报"
) -> HostileFile:
    return _file(name, rule, told, "月报.xlsx", _repacked(_clean_workbook(title), {part: change}, {}))


def _file(
    name: str, rule: str | None, told: str, file_name: str, content: bytes, feed: str = "statistics_enterprise"
) -> HostileFile:
    return HostileFile(DamagedFile("hostile", name, feed, file_name, content, least_rows=9), rule, told)


def _clean_workbook(title: str = "月报") -> bytes:
    """Titles and header in rows 1 to 4, enterprises from row 5 on."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet(DATA_SHEET)
        body = [enterprise_row(CODES[number % 3]) for number in range(5)]
        for number, row in enumerate([[title], ["计量单位：万元"], *ENTERPRISE_HEADER, *body]):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def _repacked(content: bytes, changes: dict[str, Callable[[bytes], bytes]], more: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        assert changes.keys() <= set(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            changed = changes[name](part) if name in changes else part
            assert name not in changes or changed != part, f"nothing was changed in {name}"
            new.writestr(name, changed)
        for name, part in more.items():
            new.writestr(name, part)
    return stream.getvalue()


def _zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    return stream.getvalue()


def _replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda part: part.replace(old, new, 1)


def _behind_head(part: bytes, declaration: bytes) -> bytes:
    """Behind the XML declaration, where there is one."""
    head, mark, rest = part.rpartition(b"?>")
    return head + mark + declaration + rest


def _between(part: bytes, start: bytes, end: bytes) -> bytes:
    place = part.index(start)
    return part[place : part.index(end, place) + len(end)]
