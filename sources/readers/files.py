"""From a delivered file to its tables: which reader, decided by content and not by the name's ending.

Does not know contracts or what a table holds.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sources.readers.archive import MIB, Archive, list_members, opened_zip, read_whole, zip_failures_told
from sources.readers.cells import Row, Table, UnreadableFile
from sources.readers.delimited import read_delimited
from sources.readers.excel import read_workbook
from sources.readers.excel_97 import read_workbook_97

_LARGEST_WORKBOOK = 128 * MIB
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
# How the first member of an Office package is called; an archive of tables never begins like this.
_PACKAGE_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"customXml/")
_FOREIGN = {
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
}
_WORKBOOK_READERS = {"workbook": read_workbook, "workbook_97": read_workbook_97}


def read_tables(path: Path, file: str, on_ignored: Callable[[str], None]) -> Iterator[Table]:
    """The tables of a file: sheets, a text, or those of a zip's members (named `archive.zip/member.csv`).

    Each table must be read before the next is asked for. `on_ignored` is told the names of members that are
    no tables. Raises UnreadableFile and UnsafeFile, also midway.
    """
    with path.open("rb") as source:
        kind = _kind_of(source)
        if kind in _WORKBOOK_READERS:
            yield from _WORKBOOK_READERS[kind](source, file)
        elif kind == "archive":
            with opened_zip(source) as container:
                archive = list_members(container)
                for name in archive.ignored:
                    on_ignored(name)
                yield from _tables_of_archive(container, archive, file)
        else:
            yield read_delimited(partial(path.open, "rb"), file)


def _tables_of_archive(container: zipfile.ZipFile, archive: Archive, file: str) -> Iterator[Table]:
    for name, member in archive.members.items():
        with container.open(member) as stream:
            kind = _kind_of(io.BytesIO(stream.read(8192)))
        if kind == "text":
            table = read_delimited(partial(container.open, member), f"{file}/{name}")
            table.rows = _rows_of_member(table.rows)
            yield table
            continue
        with container.open(member) as stream:
            content = io.BytesIO(read_whole(stream, _LARGEST_WORKBOOK))
        yield from _WORKBOOK_READERS[kind](content, f"{file}/{name}")


def _rows_of_member(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows are read after the archive was opened, so a wrong check sum shows only here."""
    with zip_failures_told():
        yield from rows


def _kind_of(source: BinaryIO) -> str:
    """`workbook`, `workbook_97`, `archive` or `text`; UnreadableFile for other formats. Rewinds `source`."""
    start = source.read(8192)
    source.seek(0)
    if start.startswith(_OLE):
        return "workbook_97"
    if start.startswith(_ZIP):
        return "workbook" if start[30:].startswith(_PACKAGE_PARTS) else "archive"
    for magic, name in _FOREIGN.items():
        if start.startswith(magic):
            raise UnreadableFile(
                f"文件内容是 {name}，不是表格。请报送 .xlsx、.xls、.csv、.txt 或 .zip。",
                f"the content is {name}, which is no table; send .xlsx, .xls, .csv, .txt or .zip",
            )
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")):
        raise UnreadableFile(
            "文件内容是网页（或 XML），只是扩展名像表格。请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。",
            "the content is a web page or XML under a table's ending; open it in Excel and save it as .xlsx",
        )
    return "text"
