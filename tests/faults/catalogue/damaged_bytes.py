"""Faults of bytes and files: cut short, garbled, locked, of another format, of another office, sent twice."""

from __future__ import annotations

import codecs
import random
import struct
import zipfile

from tests.faults.catalogue.fault import (
    IGNORE,
    NORMALISE,
    PRODUCT,
    PROJECTS,
    REGISTER,
    STATISTICS,
    on_the_desk,
    refuse,
)
from tests.faults.catalogue.forms import put, workbook_bytes, zip_bytes
from tests.faults.catalogue.outcomes import Desk
from tests.unit.sources.compound_file import xls_bytes

UNREADABLE, UNSAFE = refuse("R-FILE-001"), refuse("R-FILE-007")


@on_the_desk(STATISTICS, "bytes", UNREADABLE)
def file_of_no_bytes(desk: Desk) -> None:
    """A workbook of 0 bytes."""
    desk.put(b"")


@on_the_desk(STATISTICS, "bytes", UNREADABLE)
def workbook_cut_short(desk: Desk) -> None:
    """The last third of a workbook is missing."""
    desk.put(desk.clean_bytes[: len(desk.clean_bytes) * 2 // 3])


@on_the_desk(PROJECTS, "bytes", UNREADABLE)
def workbook_garbled_inside(desk: Desk) -> None:
    """Bytes in the middle of a workbook were lost on the way."""
    content = bytearray(desk.clean_bytes)
    middle = len(content) // 3
    content[middle : middle + 400] = bytes(400)
    desk.put(bytes(content))


@on_the_desk(STATISTICS, "bytes", UNREADABLE)
def noise_named_xlsx(desk: Desk) -> None:
    """Bytes without any sense under a workbook's name."""
    desk.put(random.Random(11).randbytes(5000))


@on_the_desk(STATISTICS, "bytes", UNREADABLE)
def workbook_with_a_password(desk: Desk) -> None:
    """A workbook locked with a password (a compound file with an encrypted package)."""
    names = ("EncryptionInfo", "EncryptedPackage")
    content = bytearray(xls_bytes({"Sheet1": [["a"]]}))
    # The directory's second entry is the workbook's stream: an encrypted file has these two instead.
    place = content.index("Workbook".encode("utf-16-le"))
    content[place : place + 64] = names[1].encode("utf-16-le").ljust(64, b"\0")
    struct.pack_into("<H", content, place + 64, 2 * len(names[1]) + 2)
    desk.put(bytes(content))


@on_the_desk(STATISTICS, "bytes", UNREADABLE)
def web_page_named_xls(desk: Desk) -> None:
    """A web page that a system exports as .xls."""
    rows = "".join(f"<tr>{''.join(f'<td>{cell or str()}</td>' for cell in row)}</tr>" for row in desk.form.grid())
    desk.put(f"<html><meta charset='utf-8'><table>{rows}</table></html>".encode(), "重点企业月报.xls")


@on_the_desk(STATISTICS, "bytes", UNREADABLE)
def xml_spreadsheet_named_xls(desk: Desk) -> None:
    """A spreadsheet of Excel 2003's XML under the name .xls."""
    desk.put(b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "月报.xls")


@on_the_desk(PROJECTS, "bytes", UNREADABLE)
def pdf_named_xlsx(desk: Desk) -> None:
    """A scanned ledger, renamed to .xlsx."""
    desk.put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")


@on_the_desk(REGISTER, "bytes", UNREADABLE)
def archive_cut_short(desk: Desk) -> None:
    """The end of the register's archive is missing."""
    desk.put(desk.clean_bytes[:-300])


@on_the_desk(REGISTER, "bytes", UNREADABLE)
def archive_with_a_wrong_check_sum(desk: Desk) -> None:
    """The member of an archive does not fit its check sum."""
    content = bytearray(desk.clean_bytes)
    content[content.rindex(b"PK\x01\x02") + 16] ^= 0xFF
    desk.put(bytes(content))


@on_the_desk(REGISTER, "bytes", UNREADABLE)
def archive_with_a_password(desk: Desk) -> None:
    """An archive locked with a password."""
    content = bytearray(desk.clean_bytes)
    for place in (content.index(b"PK\x03\x04") + 6, content.rindex(b"PK\x01\x02") + 8):
        content[place] |= 1
    desk.put(bytes(content))


@on_the_desk(REGISTER, "bytes", UNSAFE)
def archive_that_swells(desk: Desk) -> None:
    """A zip bomb: 20 MB of one byte."""
    desk.put(zip_bytes({"登记.csv": b"0" * 20_000_000}))


@on_the_desk(REGISTER, "bytes", UNSAFE)
def archive_that_leads_out(desk: Desk) -> None:
    """A member's name leads out of the folder."""
    desk.put(zip_bytes({"../../登记.csv": desk.form.text().encode("gb18030")}))


@on_the_desk(REGISTER, "bytes", UNSAFE)
def archive_in_an_archive(desk: Desk) -> None:
    """An archive that holds an archive."""
    desk.put(zip_bytes({"登记.zip": desk.clean_bytes}))


@on_the_desk(REGISTER, "file", UNREADABLE)
def archive_without_a_table(desk: Desk) -> None:
    """An archive that holds a letter alone."""
    desk.put(zip_bytes({"情况说明.docx": b"PK"}))


@on_the_desk(REGISTER, "bytes", NORMALISE)
def register_in_utf8(desk: Desk) -> None:
    """Text in UTF-8 without a mark."""
    desk.put(desk.form.text().encode("utf-8"), "登记.csv")


@on_the_desk(REGISTER, "bytes", NORMALISE)
def register_in_utf8_with_a_mark(desk: Desk) -> None:
    """Text in UTF-8 that begins with a byte order mark."""
    desk.put(desk.form.text().encode("utf-8-sig"), "登记.csv")


@on_the_desk(REGISTER, "bytes", NORMALISE)
def register_in_gbk(desk: Desk) -> None:
    """Text in GBK, not zipped."""
    desk.put(desk.form.text().encode("gbk"), "登记.csv")


@on_the_desk(REGISTER, "bytes", NORMALISE)
def register_in_utf16(desk: Desk) -> None:
    """Text in UTF-16, as Excel saves “Unicode text”: separated by tabs."""
    desk.put(desk.form.text("\t").encode("utf-16"), "登记.txt")


@on_the_desk(REGISTER, "bytes", NORMALISE)
def register_in_utf16_of_the_other_order(desk: Desk) -> None:
    """Text in UTF-16 with the high byte first."""
    desk.put(codecs.BOM_UTF16_BE + desk.form.text().encode("utf-16-be"), "登记.txt")


@on_the_desk(REGISTER, "file", NORMALISE)
def register_separated_by_semicolons(desk: Desk) -> None:
    """Semicolons between the columns."""
    desk.put(desk.form.text(";").encode("gb18030"), "登记.csv")


@on_the_desk(REGISTER, "file", NORMALISE)
def register_separated_by_bars(desk: Desk) -> None:
    """Bars between the columns."""
    desk.put(desk.form.text("|").encode("gb18030"), "登记.txt")


@on_the_desk(REGISTER, "file", NORMALISE)
def register_with_old_line_ends(desk: Desk) -> None:
    """A carriage return alone at each line's end."""
    desk.put(desk.form.text(line_end="\r").encode("gb18030"), "登记.csv")


@on_the_desk(REGISTER, "file", NORMALISE)
def register_in_two_members(desk: Desk) -> None:
    """The register cut into two texts of one archive, each with its header."""
    header, *lines = desk.form.text().encode("gb18030").splitlines(keepends=True)
    half = len(lines) // 2
    desk.put(zip_bytes({"1.csv": header + b"".join(lines[:half]), "2.csv": header + b"".join(lines[half:])}))


@on_the_desk(REGISTER, "file", NORMALISE)
def workbook_in_an_archive_with_a_letter(desk: Desk) -> None:
    """The register as a workbook in an archive, a letter beside it."""
    desk.put(zip_bytes({"登记.xlsx": workbook_bytes(desk.form.grid()), "说明.pdf": b"%PDF"}))


@on_the_desk(STATISTICS, "file", NORMALISE)
def text_named_xlsx(desk: Desk) -> None:
    """Delimited text under a workbook's name: the content decides."""
    desk.put(desk.form.text().encode("utf-8"))


@on_the_desk(STATISTICS, "file", NORMALISE)
def workbook_named_csv(desk: Desk) -> None:
    """A workbook under a text's name: the content decides."""
    desk.put(desk.clean_bytes, "重点企业月报.csv")


@on_the_desk(PROJECTS, "file", NORMALISE)
def workbook_of_the_old_format(desk: Desk) -> None:
    """A real .xls, with its dates as text."""
    grid = [[cell.isoformat() if hasattr(cell, "isoformat") else cell for cell in row] for row in desk.form.grid()]
    desk.put(xls_bytes({"Sheet1": grid}), "项目台账.xls")


@on_the_desk(STATISTICS, "file", refuse("R-FILE-003"))
def product_report_in_the_wrong_folder(desk: Desk) -> None:
    """The product report in the folder of the enterprises' return."""
    other = desk.clean.parents[2] / PRODUCT / desk.form.period
    desk.put(next(path for path in other.iterdir() if path.suffix == ".xlsx").read_bytes())


@on_the_desk(PROJECTS, "file", refuse("R-FILE-003"))
def register_in_the_folder_of_projects(desk: Desk) -> None:
    """The register's archive in the folder of the project ledger."""
    other = desk.clean.parents[2] / REGISTER / desk.form.period
    desk.put(next(other.glob("*.zip")).read_bytes(), "登记.zip")


@on_the_desk(STATISTICS, "file", refuse("R-FILE-004"))
def return_of_another_month(desk: Desk) -> None:
    """Last month's return in this month's folder."""
    desk.form.top[0][0] = desk.form.top[0][0].replace("1—3月", "1—2月")
    desk.put_form()


@on_the_desk(PROJECTS, "file", refuse("R-FILE-004"))
def ledger_of_another_year(desk: Desk) -> None:
    """Last year's ledger in this year's folder."""
    desk.form.top[0][0] = desk.form.top[0][0].replace("2024年", "2023年")
    desk.put_form()


@on_the_desk(STATISTICS, "file", refuse("R-FILE-005"))
def receipt_of_other_bytes(desk: Desk) -> None:
    """The receipt's sha256 is that of another file."""
    desk.put(desk.clean_bytes, sha256="0" * 64)


@on_the_desk(REGISTER, "file", refuse("R-FILE-006"))
def register_of_headers_alone(desk: Desk) -> None:
    """A required feed with a header and no row."""
    desk.form.rows = []
    desk.put_form()


@on_the_desk(STATISTICS, "file", refuse("R-FILE-006"))
def return_of_headers_alone(desk: Desk) -> None:
    """The form with titles, header and signatures, and no enterprise."""
    desk.form.rows = []
    desk.form.drop_total()
    desk.put_form()


@on_the_desk(PROJECTS, "file", UNREADABLE)
def workbook_with_nothing_in_it(desk: Desk) -> None:
    """A new workbook, saved and sent."""
    desk.put(workbook_bytes([]))


@on_the_desk(STATISTICS, "file", IGNORE)
def file_still_being_written(desk: Desk) -> None:
    """A half-written file beside the whole one."""
    desk.put_clean()
    desk.put(desk.clean_bytes[:900], "重点企业月报_202403_更正.xlsx.part")


@on_the_desk(STATISTICS, "file", IGNORE)
def lock_file_of_excel(desk: Desk) -> None:
    """The hidden file that Excel leaves while somebody looks at the return."""
    desk.put_clean()
    desk.put(b"\x05user", "~$重点企业月报_202403.xlsx")


@on_the_desk(PROJECTS, "file", IGNORE)
def letter_beside_the_ledger(desk: Desk) -> None:
    """A scanned letter beside the ledger."""
    desk.put_clean()
    desk.put(b"%PDF-1.7", "报送函.pdf")


@on_the_desk(PROJECTS, "file", IGNORE)
def same_bytes_under_another_name(desk: Desk) -> None:
    """The ledger sent again, the same to the byte."""
    desk.put_clean()
    desk.put(desk.clean_bytes, "项目台账（再次报送）.xlsx")


@on_the_desk(PROJECTS, "file", IGNORE)
def folder_of_no_month(desk: Desk) -> None:
    """A ledger in a folder 2024-13 beside the right one."""
    desk.put_clean()
    put(desk.folder.with_name("2024-13") / "项目台账.xlsx", desk.clean_bytes + b" ", None)


@on_the_desk(PROJECTS, "file", IGNORE)
def link_out_of_landing(desk: Desk) -> None:
    """A link to a file elsewhere on the disk."""
    desk.put_clean()
    elsewhere = put(desk.landing.parent / "elsewhere.xlsx", desk.clean_bytes + b" ", None)
    (desk.folder / "链接.xlsx").symlink_to(elsewhere)


@on_the_desk(STATISTICS, "file", NORMALISE)
def receipt_that_nobody_can_read(desk: Desk) -> None:
    """A receipt that is no JSON: the file counts, with its own time."""
    path = desk.put_clean()
    path.with_name(path.name + ".json").write_text("已发送", encoding="utf-8")


@on_the_desk(REGISTER, "bytes", IGNORE)
def zero_bytes_behind_the_text(desk: Desk) -> None:
    """A text padded with zero bytes to a full block."""
    content = desk.form.text().encode("gb18030")
    desk.put(content + bytes(-len(content) % 4096), "登记.csv")


@on_the_desk(REGISTER, "bytes", UNREADABLE)
def archive_of_an_unknown_method(desk: Desk) -> None:
    """An archive packed by a method that Python does not know."""
    content = bytearray(zip_bytes({"登记.csv": desk.form.text().encode("gb18030")}))
    for place in (content.index(b"PK\x03\x04") + 8, content.rindex(b"PK\x01\x02") + 10):
        struct.pack_into("<H", content, place, zipfile.ZIP_LZMA + 84)
    desk.put(bytes(content))
