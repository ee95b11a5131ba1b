"""Every shape of text and archive that feeds.md names gives the same rows; and what bounds wide and long files."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import xlsxwriter

from sources import intake as intake_module
from sources.contract import Contract
from sources.intake import read_delivery
from sources.landing import scan
from sources.layout import find_header
from sources.readers.cells import Merge, Row
from tests.unit.sources.builders import (
    CODES,
    PROJECT_HEADER,
    Intake,
    project_row,
    raw_rows,
    register_line,
    register_text,
    sheet_of,
)

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
SEPARATORS = (",", "\t", ";", "|")
REGISTER = register_text(*(register_line(code, "年馍、花馍") for code in CODES))


def data_of(intake: Intake, name: str, content: bytes) -> list[tuple[object, ...]]:
    rows = raw_rows(intake.read(name, content, feed="registration_entities"))
    names = ("_row", "credit_code", "entity_name", "business_scope")
    return [tuple(row.get(name) for name in names) for row in rows if row["_row_kind"] == "data"]


EXPECTED = [(number, code, "霍州市甲年馍坊", "年馍、花馍") for number, code in enumerate(CODES, start=2)]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_in_any_encoding_with_any_separator(intake: Intake, encoding: str, separator: str) -> None:
    assert data_of(intake, "登记.csv", REGISTER.replace(",", separator).encode(encoding)) == EXPECTED


def test_an_archive_of_all_of_these_with_workbooks(intake: Intake) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for encoding in ENCODINGS:
            for rank, separator in enumerate(SEPARATORS):
                container.writestr(f"{encoding}/{rank}.txt", REGISTER.replace(",", separator).encode(encoding))
        sheet = io.BytesIO()
        sheet_of([line.split(",") for line in REGISTER.splitlines()]).save(sheet)
        container.writestr("登记.xlsx", sheet.getvalue())
    assert data_of(intake, "登记.zip", stream.getvalue()) == EXPECTED * 17


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_workbook_of_either_date_system_with_results_errors_and_numbers_as_text(
    intake: Intake, is_1904: bool
) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": is_1904}) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, [*PROJECT_HEADER, "计划开工日期"])
        for number in range(1, 6):
            sheet.write_row(number, 0, project_row(number))
        sheet.write_formula("D2", "=40+7.01", value=47.01)
        sheet.write_formula("D3", "=NA()", value="#N/A")
        sheet.write_formula("D4", "=B999999", value="#REF!")
        sheet.write_string("D5", "１，２３４.５")
        sheet.write_datetime("G2", dt.date(2024, 3, 5), day)
        sheet.write_number("G3", 45356)
        sheet.write_string("G4", "二〇二四年三月五日")
    rows = raw_rows(intake.read("台账.xlsx", stream.getvalue(), feed="ledger_projects"))[1:]
    assert [row["total_investment"] for row in rows] == ["47.01", "#N/A", "#REF!", "１，２３４.５", "100"]
    assert [row.get("planned_start") for row in rows[:4]] == ["2024-03-05", "45356", "二〇二四年三月五日", None]


def test_a_file_of_10_gb_is_refused_before_its_content_is_looked_at(
    tmp_path: Path, intake: Intake, contracts: Mapping[str, Contract]
) -> None:
    intake.put("登记.csv", REGISTER.encode(), feed="registration_entities")
    (arrival,) = scan(intake.landing, contracts).arrivals
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as stream:
        stream.truncate(10 * 1024**3)
    # As landing would see it; hashing 10 GB of nothing takes it a quarter of a minute.
    seen = dataclasses.replace(arrival, path=huge, size_bytes=huge.stat().st_size, sha256="0" * 64)
    result = read_delivery(seen, contracts["registration_entities"], intake.raw, contracts=contracts)
    assert (result.status, result.refusal_rule) == ("refused", "R-FILE-007")
    assert "10240 MB" in (result.reason_zh or "")


@pytest.mark.parametrize("bound", ["_BATCH_CELLS", "_BATCH_CHARACTERS"])
def test_a_batch_ends_with_much_in_it_and_no_row_is_lost(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    taken: list[int] = []
    whole = intake_module._Batches.of
    monkeypatch.setattr(intake_module, bound, 20)
    monkeypatch.setattr(
        intake_module._Batches, "of", lambda self, rows: (taken.append(len(rows)), whole(self, rows))[1]
    )
    assert data_of(intake, "登记.csv", REGISTER.encode()) == EXPECTED
    assert max(taken) < 4 <= sum(taken)


def test_a_head_of_16384_columns_and_overlapping_merges_is_searched_within_bounds(
    contracts: Mapping[str, Contract],
) -> None:
    wide = [Row(number, [f"第{number}行第{column}列" for column in range(16_384)]) for number in range(1, 20)]
    head = [*wide, Row(20, [*PROJECT_HEADER, *wide[0].cells])]
    merges = [Merge(1 + number % 7, 19, number % 300, 16_383) for number in range(20_000)]
    header = find_header(head, merges, contracts["ledger_projects"], "2024-03")
    assert header is not None
    assert header.first_row == 20
    assert not header.missing(contracts["ledger_projects"])
    assert len(header.columns) <= 256
