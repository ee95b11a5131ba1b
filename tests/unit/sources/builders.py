"""Builders of real files as offices send them, and one call that takes a file in; asserts nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from openpyxl import Workbook

from sources.contract import Contract
from sources.intake import IntakeResult, read_delivery
from sources.landing import scan

CODES = ("91141082MA0GLWE102", "91141082MA2HAUN335", "91141082MA3N82P52Q")


class Intake:
    """Puts files into landing and takes them in, as a run does."""

    def __init__(self, root: Path, contracts: Mapping[str, Contract]) -> None:
        self.landing = root / "landing"
        self.raw = root / "raw"
        self.contracts = contracts

    def put(
        self,
        name: str,
        content: bytes | Workbook,
        *,
        feed: str = "statistics_enterprise",
        period: str = "2024-03",
        receipt: Mapping[str, Any] | None = None,
    ) -> Path:
        path = self.landing / feed / period / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Workbook):
            content.save(path)
        else:
            path.write_bytes(content)
        if receipt is not None:
            path.with_name(path.name + ".json").write_text(json.dumps(receipt), encoding="utf-8")
        return path

    def read(self, name: str, content: bytes | Workbook, **where: Any) -> IntakeResult:
        path = self.put(name, content, **where)
        arrival = next(found for found in scan(self.landing, self.contracts).arrivals if found.path == path)
        return read_delivery(arrival, self.contracts[arrival.feed], self.raw, contracts=self.contracts)


def raw_rows(result: IntakeResult) -> list[dict[str, Any]]:
    """The raw file's rows, nulls left out."""
    assert result.raw_path, result.reason_en
    rows = pq.read_table(result.raw_path).to_pylist()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def kinds(result: IntakeResult) -> list[str]:
    return [row["_row_kind"] for row in raw_rows(result)]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sheet_of(rows: Iterable[Sequence[Any]], *, merges: Sequence[str] = (), name: str = "Sheet1") -> Workbook:
    """A workbook of one sheet."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    for merged in merges:
        sheet.merge_cells(merged)
    return workbook


ENTERPRISE_HEADER = (
    ["统一社会信用代码", "企业名称", "所属专业镇", "工业总产值", None, None, "营业收入", None, None],
    [None, None, None, *["本月", "1—本月", "上年同期累计"] * 2],
)


def enterprise_row(code: str, *numbers: Any) -> list[Any]:
    return [code, "霍州市甲有限公司", "年馍", *(numbers or (1, 2, 3, 4, 5, 6))]


def enterprise_sheet(
    *,
    title: str = "专业镇重点企业生产经营月报表（2024年1—3月）",
    unit: str = "计量单位：万元",
    header: Sequence[Sequence[Any]] = ENTERPRISE_HEADER,
    body: Sequence[Sequence[Any]] = (enterprise_row(CODES[0]), enterprise_row(CODES[1])),
    merges: Sequence[str] = (),
) -> Workbook:
    """The statistics workbook: title, unit line, two-level header from row 3, data from row 5."""
    return sheet_of([[title], [unit], *header, *body], merges=merges)


PROJECT_HEADER = ["项目编号", "项目名称", "所属专业镇", "总投资(万元)", "项目阶段", "责任单位"]


def project_row(number: int, total: Any = 100) -> list[Any]:
    return [f"HZ-{number:06d}", f"项目{number}", "年馍", total, "在建", "市工信局"]


def register_text(*lines: str) -> str:
    """A register as CSV with its required columns and a few more."""
    header = "统一社会信用代码,主体名称,注册资本(万元),成立日期,登记状态,经营范围,联系电话"
    return "\n".join([header, *lines]) + "\n"


def register_line(code: str, scope: str = "年馍加工") -> str:
    return f"{code},霍州市甲年馍坊,20,2020-01-02,存续,{scope},10000000000"
