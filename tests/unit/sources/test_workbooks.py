"""Workbooks and archives: cells as a person would type them, and containers that must not be opened."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from sources.readers.archive import ArchiveLimits, check_bounds
from sources.readers.cells import Merge, Table, UnreadableFile, UnsafeFile
from sources.readers.excel import NO_RESULT, cell_text
from sources.readers.files import read_tables
from tests.unit.sources.builders import sheet_of
from tests.unit.sources.compound_file import xls_bytes


def tables(path: Path, ignored: list[str] | None = None) -> list[Table]:
    found = []
    for table in read_tables(path, path.name, (ignored if ignored is not None else []).append):
        table.rows = iter(list(table.rows))
        found.append(table)
    return found


def saved(tmp_path: Path, content: Workbook | bytes, name: str = "a.xlsx") -> Path:
    path = tmp_path / name
    if isinstance(content, Workbook):
        content.save(path)
    else:
        path.write_bytes(content)
    return path


def zipped(tmp_path: Path, members: dict[str, bytes], name: str = "a.zip") -> Path:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for member, content in members.items():
            container.writestr(member, content)
    return path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (100.0, "100"),
        (47.01, "47.01"),
        (-0.5, "-0.5"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (123456789012.34, "123456789012.34"),
        (911410821234567890.0, "9.11410821234568E+17"),
        (True, "是"),
        (False, "否"),
        (dt.date(2024, 3, 5), "2024-03-05"),
        # A cell has no time zone.
        (dt.datetime(2024, 3, 5), "2024-03-05"),  # noqa: DTZ001
        (dt.datetime(2024, 3, 5, 8, 30), "2024-03-05 08:30:00"),  # noqa: DTZ001
        (" 甲 ", " 甲 "),
        (None, ""),
    ],
)
def test_a_cell_is_as_a_person_would_type_it(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_rows_and_columns_keep_their_place_when_the_sheet_does_not_begin_at_a1(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active["C4"] = "x"
    workbook.active.merge_cells("C4:C5")
    (table,) = tables(saved(tmp_path, workbook))
    assert [(row.number, row.cells) for row in table.rows][3] == (4, ["", "", "x"])
    assert table.merges == [Merge(4, 5, 2, 2)]


def test_hidden_rows_and_sheets_are_known(tmp_path: Path) -> None:
    workbook = sheet_of([["a"], ["b"], ["c"]])
    workbook.active.row_dimensions[2].hidden = True
    workbook.create_sheet("藏").append(["d"])
    workbook["藏"].sheet_state = "hidden"
    shown, hidden = tables(saved(tmp_path, workbook))
    assert [row.is_hidden for row in shown.rows] == [False, True, False]
    assert hidden.is_hidden
    assert [row.is_hidden for row in hidden.rows] == [True]


def test_an_error_value_and_a_formula_without_result_are_not_missing(tmp_path: Path) -> None:
    workbook = sheet_of([["#DIV/0!", "=1+1", "", 5]])
    (table,) = tables(saved(tmp_path, workbook))
    assert next(table.rows).cells == ["#DIV/0!", NO_RESULT, "", "5"]


def test_xls_is_read_with_its_merges_and_hidden_sheets(tmp_path: Path) -> None:
    content = xls_bytes(
        {"月报": [["统一社会信用代码", "产值"], ["91", 47.01]], "旧": [["x"]]},
        hidden=["旧"],
        merges=[(0, 1, 0, 0)],
    )
    shown, hidden = tables(saved(tmp_path, content, "a.xls"))
    assert [row.cells for row in shown.rows] == [["统一社会信用代码", "产值"], ["91", "47.01"]]
    assert (shown.sheet, shown.is_hidden, hidden.is_hidden) == ("月报", False, True)
    assert shown.merges == [Merge(1, 2, 0, 0)]


def test_content_decides_over_the_ending(tmp_path: Path) -> None:
    workbook = saved(tmp_path, sheet_of([["a", "b"]]), "really_a_workbook.csv")
    text = saved(tmp_path, b"a,b\n1,2\n", "really_a_text.xls")
    assert [table.is_text for table in (*tables(workbook), *tables(text))] == [False, True]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 cut off", "damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "damaged"),
        (b"%PDF-1.7", "PDF"),
        (b"<html><table></table></html>", "web page"),
    ],
)
def test_what_is_no_workbook_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(UnreadableFile, match=told):
        tables(saved(tmp_path, content))


def test_a_workbook_cut_short_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path, sheet_of([["a", "b"]] * 200))
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(UnreadableFile):
        tables(path)


def test_a_stray_cell_in_the_last_corner_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    workbook = sheet_of([["a"]])
    workbook.active["XFD1048576"] = "x"
    with pytest.raises(UnsafeFile, match=r"row 1048576, column 16384"):
        tables(saved(tmp_path, workbook))


def test_xml_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    source = saved(tmp_path, sheet_of([["a"]]))
    bomb = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(bomb, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
            new.writestr(info.filename, content)
    with pytest.raises(UnsafeFile, match="entities"):
        tables(saved(tmp_path, bomb.getvalue(), "bomb.xlsx"))


def test_members_are_named_with_their_archive_and_gbk_names_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"AAAA.csv": b"a,b\n", "sub/b.txt": b"a\tb\n", "readme.docx": b"x"})
    content = path.read_bytes().replace(b"AAAA.csv", "登记".encode("gb18030") + b".csv")
    path.write_bytes(content)
    ignored: list[str] = []
    assert [table.file for table in tables(path, ignored)] == ["a.zip/登记.csv", "a.zip/sub/b.txt"]
    assert ignored == ["readme.docx"]


def test_a_workbook_inside_an_archive_is_read(tmp_path: Path) -> None:
    stream = io.BytesIO()
    sheet_of([["a", "b"]]).save(stream)
    (table,) = tables(zipped(tmp_path, {"a.xlsx": stream.getvalue()}))
    assert (table.file, table.sheet, next(table.rows).cells) == ("a.zip/a.xlsx", "Sheet1", ["a", "b"])


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"../a.csv": b"a,b\n"}, "leads out"),
        ({"/etc/a.csv": b"a,b\n"}, "leads out"),
        ({"C:\\a.csv": b"a,b\n"}, "leads out"),
        ({"inner.zip": b"PK"}, "archive inside"),
        ({"a.csv": b"0" * 20_000_000}, "zip bomb"),
        ({f"{number}.csv": b"a,b\n" for number in range(201)}, "201 files"),
    ],
)
def test_an_unsafe_archive_is_refused(tmp_path: Path, members: dict[str, bytes], told: str) -> None:
    with pytest.raises(UnsafeFile, match=told):
        tables(zipped(tmp_path, members))


def test_a_link_and_two_equal_names_in_an_archive_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    for first in (link, zipfile.ZipInfo("b.csv")):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as container:
            container.writestr(first, b"a,b\n")
            container.writestr("c.csv", b"a,b\n")
        path.write_bytes(path.read_bytes().replace(b"c.csv", b"b.csv"))
        with pytest.raises(UnsafeFile, match="link" if first is link else "same name"):
            tables(path)


def test_an_encrypted_archive_and_one_without_tables_cannot_be_read(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.csv": b"a,b\n"})
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="encrypted"):
        tables(path)
    with pytest.raises(UnreadableFile, match="holds no table"):
        tables(zipped(tmp_path, {"readme.docx": b"x"}))


def test_a_member_that_declares_too_little_or_has_a_wrong_check_sum_cannot_be_read(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.csv": b"a,b\n" * 1000})
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02") + 16
    content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="damaged"):
        tables(path)


def test_the_bound_on_the_whole_is_checked_before_anything_is_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        container.writestr("a.csv", b"x" * 2_000_000)
    with zipfile.ZipFile(stream) as container:
        check_bounds(container, ArchiveLimits(total_bytes=3_000_000))
        with pytest.raises(UnsafeFile, match=re.escape("more than 1 MB")):
            check_bounds(container, ArchiveLimits(total_bytes=1024 * 1024))
