"""Raw Parquet and intake tables from few literal rows: the warehouse is built without any file of an office.

Knows docs/architecture.md (Raw Parquet, intake) and what an ordinary row of each feed looks like. What a case
changes in that row, and what must come of it, stands in the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from stdnum.cn import uscc

from orchestration.due_dates import due_dates
from orchestration.intake import CORRECTIONS_SCHEMA, DUE_DATES_SCHEMA, WAIVERS_SCHEMA
from orchestration.settings import Settings
from sources.contract import UNIT_SUFFIX, Contract, load_contracts
from sources.raw_file import RawFile, raw_path, raw_schema, write_schema

CONTRACTS: Mapping[str, Contract] = load_contracts()
REQUIRED_FEEDS = STATISTICS, PRODUCT, REGISTER, PROJECTS = (
    "statistics_enterprise", "statistics_product", "registration_entities", "ledger_projects",
)  # fmt: skip
CHANGES = "registration_changes"
ISSUES, TASKS = "ledger_issues", "ledger_tasks"
EVENTS, FUNDS = "ledger_events", "ledger_funds"
HONOURS, PLATFORMS = "ledger_honours", "ledger_platforms"
FEEDS = (
    *REQUIRED_FEEDS,
    CHANGES,
    ISSUES, TASKS,
    EVENTS, FUNDS,
    HONOURS, PLATFORMS,
)  # fmt: skip

Cell = str | None
Cells = Mapping[str, Cell | Callable[[str], str]]

_DELIVERIES = pa.schema(
    [
        *((name, pa.string()) for name in ("delivery_id", "feed", "period", "file_name", "sha256", "sender")),
        ("sent_at", pa.timestamp("us")), ("received_at", pa.timestamp("us")), ("arrival_no", pa.int64()),
        *((name, pa.string()) for name in ("status", "refusal_rule", "refusal_reason_zh")),
        ("is_refusal_pending", pa.bool_()),
        *((name, pa.int64()) for name in ("rows_read", "rows_data", "rows_not_data", "receipt_rows")),
    ]
)  # fmt: skip


def credit_code(number: int) -> str:
    """A valid unified social credit code of the sample's region, the same for the same number."""
    body = f"91141082MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def with_wrong_check(code: str) -> str:
    """The code with another check character."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")


@dataclass(frozen=True)
class Place:
    """Where a row was written: its feed, month, number of arrival and row."""

    feed: str
    period: str
    arrival_no: int
    row_no: int

    @classmethod
    def of(cls, delivery_id: str, row_no: int) -> Place:
        """The place of a row of the warehouse."""
        feed, period, arrival_no = delivery_id.split()
        return cls(feed, period, int(arrival_no), row_no)


@dataclass(frozen=True)
class Row:
    """A row to deliver. `cells` stand in place of those of an ordinary row of the feed and month; a function is given
    the row's own credit code (or project number). `breaks` are the rules that it must break, and no other;
    `breaks_next_month` those that it breaks by not being there a month later."""

    feed: str
    period: str
    cells: Cells = field(default_factory=dict)
    breaks: frozenset[str] = frozenset()
    breaks_next_month: frozenset[str] = frozenset()
    status: str = "in_force"
    arrival_no: int = 1
    kind: str = "data"


@dataclass
class _File:
    rows: list[dict[str, Cell]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


class Scenario:
    """Deliveries of many months, collected row by row and written at once."""

    def __init__(self) -> None:
        self.rows: dict[Place, Row] = {}
        self._files: dict[tuple[str, str, int], _File] = {}
        self._receipts: dict[tuple[str, str, int], int] = {}
        self._refusals: dict[tuple[str, str, int], bool] = {}

    def add(self, row: Row, key: str) -> Place:
        """Put a row, of the key given, into its delivery; rows stand there in the order in which they are added."""
        file = self._files.setdefault((row.feed, row.period, row.arrival_no), _File([{}], ["header"]))
        file.rows.append(_cells_of(row, key))
        file.kinds.append(row.kind)
        place = Place(row.feed, row.period, row.arrival_no, len(file.rows))
        if row.kind in ("data", "damaged"):
            self.rows[place] = row
        return place

    def receipt(self, feed: str, period: str, rows: int, arrival_no: int = 1) -> None:
        """The delivery's receipt says that it holds so many rows."""
        self._receipts[feed, period, arrival_no] = rows

    def refuse(self, feed: str, period: str, arrival_no: int, *, is_pending: bool) -> None:
        """A delivery that was refused: none of its rows was read."""
        self._refusals[feed, period, arrival_no] = is_pending

    def write(self, settings: Settings) -> None:
        """Write all raw files and the intake tables into the data directory."""
        settings.intake_dir.mkdir(parents=True)
        for contract in CONTRACTS.values():
            write_schema(contract, settings.raw_dir)
        for (feed, period, arrival_no), file in self._files.items():
            delivery_id = delivery_id_of(feed, period, arrival_no)
            _write_raw(raw_path(settings.raw_dir, feed, period, delivery_id), file, feed, period, delivery_id)
        pq.write_table(
            pa.Table.from_pylist(list(self._deliveries()), schema=_DELIVERIES),
            settings.intake_dir / "deliveries.parquet",
        )
        feeds = [
            {
                "feed": contract.feed,
                "label_zh": contract.label_zh,
                "is_required": contract.is_required,
                "not_due_months": "|".join(map(str, contract.not_due_months)),
                "is_full_replacement": contract.is_full_replacement,
                "has_reporting_units": contract.has_reporting_units,
                "due_day": contract.due_day,
                "key_columns": "|".join(contract.key),
            }
            for contract in CONTRACTS.values()
        ]
        pq.write_table(pa.Table.from_pylist(feeds), settings.intake_dir / "feeds.parquet")
        due = due_dates(CONTRACTS, {period for _, period, _ in (*self._files, *self._refusals)})
        due_rows = [{name: getattr(one, name) for name in DUE_DATES_SCHEMA.names} for one in due]
        pq.write_table(
            pa.Table.from_pylist(due_rows, schema=DUE_DATES_SCHEMA), settings.intake_dir / "due_dates.parquet"
        )
        pq.write_table(WAIVERS_SCHEMA.empty_table(), settings.intake_dir / "waivers.parquet")
        pq.write_table(CORRECTIONS_SCHEMA.empty_table(), settings.intake_dir / "corrections.parquet")

    def _deliveries(self) -> Iterator[dict[str, object]]:
        for key in sorted({*self._files, *self._refusals}):
            feed, period, arrival_no = key
            kinds = self._files[key].kinds if key in self._files else []
            data = sum(kind in ("data", "damaged") for kind in kinds)
            yield {
                "delivery_id": delivery_id_of(*key),
                "feed": feed,
                "period": period,
                "file_name": f"{arrival_no}.xlsx",
                "sha256": "0" * 64,
                "received_at": datetime(2025, 1, arrival_no),  # noqa: DTZ001 - a wall clock, as the table holds it
                "arrival_no": arrival_no,
                "status": "refused" if key in self._refusals else "accepted",
                "is_refusal_pending": self._refusals.get(key, False),
                "rows_read": len(kinds),
                "rows_data": data,
                "rows_not_data": len(kinds) - data,
                "receipt_rows": self._receipts.get(key),
            }


def delivery_id_of(feed: str, period: str, arrival_no: int) -> str:
    """The id of a scenario's delivery: readable, for it has no bytes to take a hash of."""
    return f"{feed} {period} {arrival_no}"


def _write_raw(path: Path, file: _File, feed: str, period: str, delivery_id: str) -> None:
    contract = CONTRACTS[feed]
    units = {column.name + UNIT_SUFFIX: column.unit for column in contract.columns if column.unit}
    lines = [
        {
            **(units if kind in ("data", "total", "subtotal") else {}),
            **cells,
            "_delivery_id": delivery_id, "_feed": feed, "_period": period, "_file": path.name, "_sheet": "表1",
            "_row": number, "_row_kind": kind, "_is_hidden": False,
        }
        for number, (cells, kind) in enumerate(zip(file.rows, file.kinds, strict=True), start=1)
    ]  # fmt: skip
    schema = raw_schema(contract)
    unknown = {name for line in lines for name in line} - set(schema.names)
    assert not unknown, f"{feed} has no columns {unknown}"
    with RawFile(path, schema) as raw:
        raw.write(pa.RecordBatch.from_pylist(lines, schema=schema))


def _cells_of(row: Row, key: str) -> dict[str, Cell]:
    told = {name: cell(key) if callable(cell) else cell for name, cell in row.cells.items()}
    return {**usual_cells(row, key), **told} if row.kind == "data" else told


def usual_cells(row: Row, key: str) -> dict[str, Cell]:
    """The cells of an ordinary row of that feed and month."""
    return _USUAL[row.feed](key, int(row.period[5:]))


# Ordinary rows: 100 a month since January, so that month and year to date add up without a thought.


def _usual_return(code: str, month: int) -> dict[str, Cell]:
    in_month = "200" if month == 2 else "100"
    return {
        "credit_code": code, "enterprise_name": f"{code}厂", "town": "年馍", "industry_code": "1431",
        "gross_output_value_month": in_month, "gross_output_value_ytd": f"{100 * month}",
        "operating_revenue_month": in_month, "operating_revenue_ytd": f"{100 * month}",
    }  # fmt: skip


def _usual_product(code: str, month: int) -> dict[str, Cell]:
    return {
        "credit_code": code, "enterprise_name": f"{code}厂", "town": "年馍", "product_name": "年馍",
        "quantity_unit": "公斤",
        "output_month": "200" if month == 2 else "100", "output_ytd": f"{100 * month}",
    }  # fmt: skip


def _usual_entity(code: str, month: int) -> dict[str, Cell]:
    return {
        "credit_code": code, "entity_name": "某某有限公司", "entity_type": "有限责任公司", "division_code": "141082",
        "established_on": "2020-05-01", "registration_status": "存续", "industry_code": "1431",
    }  # fmt: skip


def _usual_change(code: str, month: int) -> dict[str, Cell]:
    return {"credit_code": code, "change_type": "注销", "changed_on": f"2023-{month:02d}-01"}


def _usual_project(number: str, month: int) -> dict[str, Cell]:
    return {
        "project_id": number, "project_name": f"{number}项目", "town": "年馍", "total_investment": "5000",
        "stage": "在建", "responsible_unit": "市工信局",
    }  # fmt: skip


def _usual_issue(number: str, month: int) -> dict[str, Cell]:
    return {
        "issue_id": number, "town": "年馍", "problem": f"{number}用电增容", "raised_on": "2023-02-01",
        "lead_unit": "市工信局", "due_on": "2023-06-30", "status": "办理中",
    }  # fmt: skip


def task_number(number: str) -> str:
    """A task of clause 三-14 of the plan, another for each number given."""
    return f"三-14/{int(number[10:17])}"


def _usual_task(number: str, month: int) -> dict[str, Cell]:
    return {
        "task_id": task_number(number), "task_name": f"{number}任务", "lead_unit": "市文旅局", "due_on": "2023-12-31",
        "status": "推进中",
    }  # fmt: skip


def _usual_event(number: str, month: int) -> dict[str, Cell]:
    return {
        "event_id": number, "event_name": f"{number}对接会", "event_type": "产销对接", "town": "年馍",
        "held_on": "2023-02-01", "deal_value": "100",
    }  # fmt: skip


def _usual_fund(number: str, month: int) -> dict[str, Cell]:
    return {
        "project_id": number, "fund_type": "市级专项", "town": "年馍", "beneficiary": f"{number}厂", "amount": "100",
        "allocated_on": "2023-02-01",
    }  # fmt: skip


def _usual_certificate(number: str, month: int) -> dict[str, Cell]:
    return {
        "certificate_no": number, "honour_type": "山西精品", "honour_level": "省级", "credit_code": number,
        "holder": f"{number}厂", "town": "年馍", "granted_on": "2022-12-10", "expires_on": "2025-12-09",
    }  # fmt: skip


def _usual_platform(number: str, month: int) -> dict[str, Cell]:
    return {
        "platform_id": number, "platform_name": f"{number}平台", "town": "年馍", "platform_type": "质量检测",
        "opened_on": "2022-08-27", "operating_status": "运行", "enterprises_served": "12",
    }  # fmt: skip


_USUAL: Mapping[str, Callable[[str, int], dict[str, Cell]]] = {
    STATISTICS: _usual_return,
    PRODUCT: _usual_product,
    REGISTER: _usual_entity,
    CHANGES: _usual_change,
    PROJECTS: _usual_project,
    ISSUES: _usual_issue,
    TASKS: _usual_task,
    EVENTS: _usual_event,
    FUNDS: _usual_fund,
    HONOURS: _usual_certificate,
    PLATFORMS: _usual_platform,
}
