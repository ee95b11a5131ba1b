"""Declared corrections: a known error of a source that its sender cannot mend in time, and the line that mends it.

Belongs here: what a line must fulfil before it is kept, reading lines from a file, and what became of each correction
in the warehouse. How a correction is applied is dbt's (`raw_rows`, `staged_rows`); where it is kept is the state's.
`wrong` and `right` say what the cell of the sender's file says and should say, in the unit of that cell.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb

from orchestration.state import Correction, NewCorrection, State
from orchestration.stops import Misuse
from sources.contract import Column, Contract
from sources.readers.cells import UnreadableFile, UnsafeFile
from sources.readers.files import read_tables
from sources.units import dimension_of

OUTCOME_TABLE = "val_declared_corrections"
_MISSING = frozenset({"-", "—", "…", "/", "无", "空", "N/A", "n/a"})
_PERIOD = re.compile(r"20\d\d-(0[1-9]|1[0-2])")

#: The columns of a file of corrections: field -> names by which it is found.
IMPORT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "feed": ("feed", "数据"),
    "row_key": ("key", "row_key", "主键", "键"),
    "column_name": ("column", "column_name", "列", "栏目"),
    "period": ("period", "报告期"),
    "wrong": ("wrong", "错误值", "原值"),
    "right": ("right", "更正值", "正确值"),
    "reason": ("reason", "原因"),
    "reported_by": ("reported by", "reported_by", "报告人"),
    "reported_on": ("on", "reported_on", "报告日期"),
    "status": ("status", "状态"),
}


@dataclass(frozen=True)
class Outcome:
    """What became of a correction in the last build: `applied`, `obsolete` or `no_such_row`, and where.

    `cell` is what the row in force says, as delivered; place and cell are None without such a row.
    """

    correction_id: str
    outcome: str
    delivery_id: str | None
    file: str | None
    sheet: str | None
    row_no: int | None
    cell: str | None


def declare(
    lines: Sequence[NewCorrection], contracts: Mapping[str, Contract], state: State, now: datetime
) -> tuple[Correction, ...]:
    """Check the lines and keep them, all or none. Raises Misuse: which line, what was seen, what is expected."""
    in_force = {_place(one): one for one in state.corrections() if one.status == "open"}
    checked: dict[tuple[str, str, str, str], NewCorrection] = {}
    for number, line in enumerate(lines, start=1):
        where = f"第 {number} 行" if len(lines) > 1 else "更正"
        one = _checked(line, contracts, where, number, now.date())
        if known := in_force.get(_place(one)):
            raise _misuse(
                where,
                number,
                f"该单元格已有更正 {known.correction_id}；如需改动，请先 stm correction withdraw {known.correction_id}",
                f"{known.correction_id} already corrects this cell; withdraw it first",
            )
        if _place(one) in checked:
            raise _misuse(where, number, "同一单元格在本次出现了两次", "this cell stands twice")
        checked[_place(one)] = one
    return state.declare_corrections(checked.values(), now)


def _place(one: NewCorrection) -> tuple[str, str, str, str]:
    return (one.feed, one.period, one.row_key, one.column_name)


def _checked(
    line: NewCorrection, contracts: Mapping[str, Contract], where: str, number: int, today: date
) -> NewCorrection:
    def refuse(zh: str, en: str) -> Misuse:
        return _misuse(where, number, zh, en)

    contract = contracts.get(line.feed)
    if contract is None:
        raise refuse(
            f"没有名为 {line.feed!r} 的数据；可用：{'、'.join(contracts)}",
            f"no feed {line.feed!r}; known: {', '.join(contracts)}",
        )
    column = next((one for one in contract.columns if line.column_name in (one.name, one.label_zh)), None)
    correctable = [one.name for one in contract.columns if is_correctable(one, contract)]
    if column is None or column.name not in correctable:
        reason = "没有这一列" if column is None else "主键列或涉及个人信息的列不能声明更正，请由报送单位更正"
        raise refuse(
            f"{contract.label_zh} 的 {line.column_name!r}：{reason}；可更正的列：{'、'.join(correctable)}",
            f"column {line.column_name!r} of {line.feed} cannot be corrected; those that can: {', '.join(correctable)}",
        )
    if not _PERIOD.fullmatch(line.period):
        raise refuse(f"报告期 {line.period!r} 应写成 2024-03", f"period {line.period!r} must be written as 2024-03")
    for field, value in (("key", line.row_key), ("reason", line.reason), ("reported by", line.reported_by)):
        if not value.strip():
            raise refuse(f"{field} 不能为空", f"{field} must not be empty")
    try:
        reported_on = date.fromisoformat(line.reported_on)
    except ValueError:
        raise refuse(
            f"报告日期 {line.reported_on!r} 应写成 2024-04-02", f"day {line.reported_on!r} must be like 2024-04-02"
        ) from None
    if reported_on > today:
        raise refuse(f"报告日期 {reported_on} 还没有到", f"the day {reported_on} has not come yet")
    if not _is_readable(line.right, column):
        raise refuse(
            f"更正值 {line.right!r} 无法识别为{_KINDS[column.type][0]}（{column.label_zh}）",
            f"the right value {line.right!r} is no {_KINDS[column.type][1]} ({column.name})",
        )
    if _folded(line.wrong) == _folded(line.right):
        raise refuse("错误值与更正值相同", "the wrong and the right value are the same")
    return NewCorrection(
        feed=line.feed,
        row_key=_key(line.row_key, contract),
        column_name=column.name,
        period=line.period,
        wrong=line.wrong.strip(),
        right=line.right.strip(),
        reason=line.reason.strip(),
        reported_by=line.reported_by.strip(),
        reported_on=line.reported_on,
    )


def is_correctable(column: Column, contract: Contract) -> bool:
    """Whether a correction may name the column: neither part of the key nor personal."""
    return column.name not in contract.key and not column.is_personal


_KINDS = {
    "number": ("数字", "number"),
    "date": ("日期", "date"),
    "boolean": ("是/否", "yes or no"),
    "credit_code": ("统一社会信用代码", "credit code"),
    "code": ("代码", "code"),
    "text": ("文字", "text"),
}


def _is_readable(right: str, column: Column) -> bool:
    """Whether the right value is written plainly: a number, an ISO day, or a sign for missing."""
    text = _folded(right)
    if text in _MISSING:
        return True
    if column.type == "number":
        number, unit = re.fullmatch(r"([-+]?[\d.,]*)(.*)", text).groups()  # type: ignore[union-attr]
        try:
            Decimal(number.replace(",", ""))
        except InvalidOperation:
            return False
        return not unit or dimension_of(unit) is not None
    if column.type == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return text == "长期"
        return True
    return bool(text)


def _folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _key(text: str, contract: Contract) -> str:
    """The key as quarantine shows it: codes folded and in capitals, a space between its parts."""
    parts = text.strip().split(maxsplit=len(contract.key) - 1)
    return " ".join(
        _folded(part).upper() if contract.column(name).type in ("code", "credit_code") else part
        for name, part in zip(contract.key, parts, strict=False)
    )


def _misuse(where: str, number: int, zh: str, en: str) -> Misuse:
    return Misuse(f"{where}：{zh}。", f"Line {number}: {en}.")


def read_lines(path: Path) -> list[NewCorrection]:
    """The corrections of a file (.csv, .xlsx …), one a row under a header, all of them open. Raises Misuse."""
    if not path.is_file():
        raise Misuse(f"没有文件 {path}。", f"There is no file {path}.")
    try:
        rows = [
            (row.number, row.cells)
            for table in read_tables(path, path.name, lambda name: None)
            for row in table.rows
            if any(cell.strip() for cell in row.cells)
        ]
    except (UnreadableFile, UnsafeFile) as error:
        raise Misuse(f"《{path.name}》：{error.message_zh}", f"{path.name}: {error.message_en}") from error
    if len(rows) < 2:
        raise Misuse(f"《{path.name}》中没有更正。", f"There is no correction in {path.name}.")
    header, *lines = rows
    places = _places_of(header[1], path)
    corrections = []
    for number, cells in lines:
        said = {field: cells[place] if place < len(cells) else "" for field, place in places.items()}
        status = said.pop("status", "")
        if status.strip() not in ("", "open", "有效"):
            raise Misuse(
                f"《{path.name}》第 {number} 行：状态 {status!r} 应为 open（有效）；撤销请用 stm correction withdraw。",
                f"{path.name}, row {number}: status {status!r} must be open; use stm correction withdraw to end one.",
            )
        corrections.append(NewCorrection(**said))
    return corrections


def _places_of(header: Sequence[str], path: Path) -> dict[str, int]:
    places = {}
    for field, names in IMPORT_COLUMNS.items():
        found = [place for place, cell in enumerate(header) if _folded(cell).lower() in map(_folded, names)]
        if len(found) == 1:
            places[field] = found[0]
        elif field != "status":
            raise Misuse(
                f"《{path.name}》缺少列“{names[-1]}”（{names[0]}）；表头应有："
                f"{'、'.join(one[0] for one in IMPORT_COLUMNS.values())}。",
                f"{path.name} has no (or two) column(s) {names[0]}; the header needs: "
                f"{', '.join(one[0] for one in IMPORT_COLUMNS.values())}.",
            )
    return places


def outcomes(connection: duckdb.DuckDBPyConnection, schema: str = "main") -> dict[str, Outcome]:
    """What became of each correction in the warehouse that `connection` has open, by id."""
    columns = ", ".join(Outcome.__dataclass_fields__)
    rows = connection.execute(f"select {columns} from {schema}.{OUTCOME_TABLE} order by correction_id").fetchall()
    return {row[0]: Outcome(*row) for row in rows}


def outcomes_in(warehouse_path: Path, corrections: Sequence[Correction]) -> dict[str, Outcome]:
    """The same of a warehouse file, for showing; empty without corrections, or while there is no warehouse to read."""
    if not corrections or not warehouse_path.exists():
        return {}
    try:
        with duckdb.connect(str(warehouse_path), read_only=True) as connection:
            return outcomes(connection)
    except (duckdb.IOException, duckdb.CatalogException):
        return {}
