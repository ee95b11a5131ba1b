"""The county's demo, written once for all tests, and read back without the project's own readers."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from sources.demo import DemoReport, write_demo


@dataclass(frozen=True)
class Line:
    """A data row with its place; cells by header, `measure/part` under a two-level header."""

    period: str
    file_name: str
    row_no: int
    cells: dict[str, Any]

    def __getitem__(self, header: str) -> Any:
        return self.cells[header]


@dataclass(frozen=True)
class Sheet:
    headers: list[str]
    lines: list[Line]
    total: dict[str, Any] | None
    merges: list[Any]


@dataclass(frozen=True)
class City:
    """A written demo, read back."""

    landing: Path
    report: DemoReport

    @cached_property
    def sheets(self) -> dict[str, dict[tuple[str, str], Sheet]]:
        """By feed, then by period and file, in order of sending."""
        found: dict[str, dict[tuple[str, str], Sheet]] = {}
        for delivery in sorted(self.report.deliveries, key=lambda one: (one.period, one.sent_at)):
            path = self.landing / delivery.feed / delivery.period / delivery.file_name
            read = {".zip": _read_archive, ".csv": _read_text}.get(path.suffix, _read_workbook)
            found.setdefault(delivery.feed, {})[delivery.period, delivery.file_name] = read(path, delivery.period)
        return found

    def lines(self, feed: str) -> dict[str, dict[str, Line]]:
        """Rows in force by period and key (the first column): a later delivery wins."""
        in_force: dict[str, dict[str, Line]] = {}
        for (period, _), sheet in self.sheets[feed].items():
            for line in sheet.lines:
                in_force.setdefault(period, {})[next(iter(line.cells.values()))] = line
        return in_force

    def receipt(self, feed: str, period: str, file_name: str) -> dict[str, Any]:
        return json.loads((self.landing / feed / period / f"{file_name}.json").read_text(encoding="utf-8"))


def _read_workbook(path: Path, period: str) -> Sheet:
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    rows = sheet.to_python()
    upper, lower = rows[2], rows[3]
    is_two_level = "本月" in lower
    headers, measure = [], ""
    for top, bottom in zip(upper, lower, strict=True):
        measure = top or measure
        headers.append(f"{measure}/{bottom}" if is_two_level and bottom else measure)
    lines, total = [], None
    for row_no, row in enumerate(rows, 1):
        if row_no <= (4 if is_two_level else 3) or str(row[0]).startswith(("注", "单位负责人")):
            continue
        cells = {header: _exact(cell) for header, cell in zip(headers, row, strict=True)}
        if row[0] == "合计":
            total = cells
        else:
            lines.append(Line(period, path.name, row_no, cells))
    return Sheet(headers, lines, total, sheet.merged_cell_ranges)


def _exact(cell: Any) -> Any:
    if cell == "":
        return None
    return Decimal(repr(cell)) if isinstance(cell, float) else cell


def _read_archive(path: Path, period: str) -> Sheet:
    with zipfile.ZipFile(path) as archive:
        (name,) = archive.namelist()
        return _read_lines(archive.read(name), path, period)


def _read_text(path: Path, period: str) -> Sheet:
    return _read_lines(path.read_bytes(), path, period)


def _read_lines(text: bytes, path: Path, period: str) -> Sheet:
    rows = csv.reader(io.StringIO(text.decode("gb18030")))
    headers = next(rows)
    lines = [
        Line(period, path.name, row_no, dict(zip(headers, row, strict=True))) for row_no, row in enumerate(rows, 2)
    ]
    return Sheet(headers, lines, None, [])


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> City:
    """18 months of the county, as a newcomer gets them."""
    landing = tmp_path_factory.mktemp("county") / "landing"
    return City(landing, write_demo(landing))
