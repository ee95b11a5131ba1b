"""A delivery taken in: read, laid out by its contract, written to raw Parquet, or refused with a reason.

The only place where readers, contracts and layout meet. Decides about whole files; a row is never judged
here, only recognised as data or not. Does not belong here: what is new (state), the meaning of a cell (dbt).
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from sources.contract import UNIT_SUFFIX, Column, Contract, load_contracts
from sources.header_text import folded, read_header
from sources.landing import Arrival, hash_of
from sources.layout import (
    HEAD_ROWS,
    Header,
    LaidRow,
    RowKind,
    TableLayout,
    UnitsSaid,
    find_header,
    kind_outside,
    looks_like_data,
    months_in_header,
    periods_said,
    units_said,
)
from sources.person_numbers import without_person_numbers
from sources.raw_file import RawFile, raw_path, raw_schema, write_schema
from sources.readers.archive import MIB
from sources.readers.cells import Row, Table, UnreadableFile, UnsafeFile
from sources.readers.files import read_tables
from sources.refusals import Refusal, RefusalRule, place_en, place_zh

__all__ = ["ColumnRead", "IntakeResult", "TableRead", "read_delivery", "write_schema"]

_LOG = logging.getLogger(__name__)
# A batch is so many rows; fewer where they are wide or long, for one line of a text may hold a megabyte.
_BATCH_ROWS = 32_768
_BATCH_CELLS = 500_000
_BATCH_CHARACTERS = 10_000_000
# A register of 3 million entities is about 1 GB of text.
_LARGEST_FILE = 4096 * MIB
# Kinds whose cells are put into the contract's columns: a 合计 is compared with its rows.
_VALUED = (RowKind.DATA, RowKind.TOTAL, RowKind.SUBTOTAL)
_COUNTED_AS_DATA = (RowKind.DATA, RowKind.DAMAGED)


@dataclass(frozen=True)
class ColumnRead:
    """A header as delivered, the contract column that it names (None: unknown, kept in `_cells`) and the unit
    that holds (None without one)."""

    header: str
    column: str | None
    unit: str | None


@dataclass(frozen=True)
class TableRead:
    """One sheet or text of a delivery. `header_row` is 1-based; None, and no columns, without a header."""

    file: str
    sheet: str
    is_hidden: bool
    header_row: int | None
    columns: tuple[ColumnRead, ...]
    rows_read: int
    rows_data: int


@dataclass(frozen=True)
class IntakeResult:
    """What became of a delivery. rows_read = rows_data + rows_not_data; of a refused one all are 0.

    `rows_data` counts kinds `data` and `damaged`; `rows_by_kind` all kinds that occur. `refusal_rule` and
    reasons are given when refused, `raw_path` when accepted. Notes: what was taken from the contract, not from the
    file. `ignored_members`: files in an archive that are no tables.
    """

    delivery_id: str
    status: Literal["accepted", "refused"]
    refusal_rule: str | None = None
    reason_zh: str | None = None
    reason_en: str | None = None
    rows_read: int = 0
    rows_data: int = 0
    rows_not_data: int = 0
    rows_by_kind: Mapping[str, int] = field(default_factory=dict)
    note_zh: str | None = None
    note_en: str | None = None
    raw_path: Path | None = None
    tables: tuple[TableRead, ...] = ()
    ignored_members: tuple[str, ...] = ()


def read_delivery(
    arrival: Arrival, contract: Contract, raw_dir: Path, *, contracts: Mapping[str, Contract] | None = None
) -> IntakeResult:
    """Read a delivery and write its raw file, or say why it is refused.

    `contracts` are all feeds' (default: those of this package), to tell a file of another feed. Whatever is
    wrong with the file gives a refusal, never an error; OSError on writing the raw file is the caller's.
    """
    known = load_contracts() if contracts is None else contracts
    others = tuple(other for feed, other in known.items() if feed != contract.feed)
    reading = _Reading(arrival, contract, others)
    path = raw_path(raw_dir, arrival.feed, arrival.period, arrival.delivery_id)
    try:
        with RawFile(path, raw_schema(contract)) as raw:
            for batch in _told(reading, arrival):
                raw.write(batch)
    except Refusal as refusal:
        return IntakeResult(
            delivery_id=arrival.delivery_id,
            status="refused",
            refusal_rule=str(refusal.rule),
            reason_zh=refusal.reason_zh,
            reason_en=refusal.reason_en,
        )
    kinds = reading.rows_by_kind
    rows_data = sum(kinds[kind] for kind in _COUNTED_AS_DATA)
    return IntakeResult(
        delivery_id=arrival.delivery_id,
        status="accepted",
        rows_read=kinds.total(),
        rows_data=rows_data,
        rows_not_data=kinds.total() - rows_data,
        rows_by_kind={str(kind): kinds[kind] for kind in RowKind if kinds[kind]},
        note_zh="；".join(note_zh for note_zh, _ in reading.notes) or None,
        note_en="; ".join(note_en for _, note_en in reading.notes) or None,
        raw_path=path,
        tables=tuple(reading.tables),
        ignored_members=tuple(reading.ignored_members),
    )


def _told(reading: _Reading, arrival: Arrival) -> Iterator[pa.RecordBatch]:
    """The batches, with whatever fails while reading told as a refusal."""
    name = arrival.file_name
    try:
        yield from reading.batches()
    except UnreadableFile as problem:
        raise Refusal(
            RefusalRule.UNREADABLE,
            f"文件《{name}》无法读取：{problem.message_zh}",
            f"“{name}” cannot be read: {problem.message_en}",
        ) from problem
    except UnsafeFile as problem:
        raise Refusal(
            RefusalRule.UNSAFE_ARCHIVE,
            f"文件《{name}》不安全或过大：{problem.message_zh}",
            f"“{name}” is unsafe or too large: {problem.message_en}",
        ) from problem
    except (Refusal, MemoryError):
        raise
    except Exception as error:
        # The message of a foreign exception may quote cells, and so personal data: its class must do.
        _LOG.debug("delivery %s cannot be read: %s", arrival.delivery_id, type(error).__name__)
        raise Refusal(
            RefusalRule.UNREADABLE,
            f"文件《{name}》无法读取，可能已损坏。请用 Excel 或 WPS 打开检查后另存为 .xlsx 再报送。",
            f"“{name}” cannot be read and may be damaged; open and check it, save it as .xlsx and resend it",
        ) from error


class _Reading:
    """One delivery being read; counts as it goes."""

    def __init__(self, arrival: Arrival, contract: Contract, others: tuple[Contract, ...]) -> None:
        self._arrival = arrival
        self._contract = contract
        self._others = others
        self._schema = raw_schema(contract)
        self._without_header: Refusal | None = None
        self._has_header = False
        self._has_content = False
        self.rows_by_kind: Counter[RowKind] = Counter()
        self.tables: list[TableRead] = []
        self.notes: list[tuple[str, str]] = []
        self.ignored_members: list[str] = []

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows of all tables. Raises Refusal, UnreadableFile, UnsafeFile; also midway and at the end."""
        self._check_bytes()
        for table in read_tables(self._arrival.path, self._arrival.file_name, self.ignored_members.append):
            # What a person sees of a place, from here on: names of files and sheets may hold a telephone.
            table.file, table.sheet = without_person_numbers(table.file), without_person_numbers(table.sheet)
            yield from self._table(table)
        if not self._has_content:
            raise UnreadableFile("文件里没有任何内容。请重新导出后报送。", "there is nothing in it; export it again")
        if not self._has_header and self._without_header:
            raise self._without_header
        if self._contract.is_required and not self.rows_by_kind[RowKind.DATA]:
            name = self._arrival.file_name
            raise Refusal(
                RefusalRule.NO_DATA,
                f"文件《{name}》只有表头，没有可用的数据行；{self._contract.label_zh}为必报数据，不能零报送。"
                "请报送含数据的文件。",
                f"“{name}” has headers but no rows of data; {self._contract.feed} is required and cannot be "
                "empty; send a file with data",
            )

    def _check_bytes(self) -> None:
        arrival = self._arrival
        name = arrival.file_name
        if arrival.receipt_sha256 and arrival.receipt_sha256 != arrival.sha256:
            raise Refusal(
                RefusalRule.RECEIPT_MISMATCH,
                f"文件《{name}》与回执不符：回执中的 sha256 为 {arrival.receipt_sha256[:12]}…，文件实际为 "
                f"{arrival.sha256[:12]}…，可能传送不完整。请将文件和回执一并重新传送。",
                f"“{name}” is not the file of its receipt: sha256 {arrival.receipt_sha256[:12]}… there, "
                f"{arrival.sha256[:12]}… here; it may have been cut short; send file and receipt again",
            )
        if arrival.size_bytes > _LARGEST_FILE:
            raise UnsafeFile(
                f"文件有 {arrival.size_bytes // MIB} MB，超过上限 {_LARGEST_FILE // MIB} MB。请压缩或拆分后报送。",
                f"it has {arrival.size_bytes // MIB} MB, more than {_LARGEST_FILE // MIB} MB; pack or split it",
            )
        if hash_of(arrival.path) != arrival.sha256:
            raise UnreadableFile(
                "读取时文件已被改动。改动后的文件在下次运行时按新的报送读取。",
                "it was changed after it had been seen; the next run takes it as a new delivery",
            )

    def _table(self, table: Table) -> Iterator[pa.RecordBatch]:
        head = list(islice(table.rows, HEAD_ROWS))
        header = find_header(head, table.merges, self._contract, self._arrival.period)
        rows = chain(head, table.rows)
        before = self.rows_by_kind.copy()
        if header and not header.missing(self._contract):
            self._has_header = True
            above = [row for row in head if row.number < header.first_row]
            self._check_title(table, above)
            self._check_period(table, above, header)
            layout = TableLayout(header, self._contract, head, table.merges, is_text=table.is_text)
            units = units_said(above)
            laid = layout.lay(rows)
        else:
            refusal = self._refusal_without_header(table, head, header)
            self._without_header = self._without_header or refusal
            header, units = None, UnitsSaid()
            laid = self._rows_without_header(table, rows, refusal)
        defaults = {
            column.name: column.default
            for column in (self._contract.columns if header else ())
            if column.default is not None and column.name not in header.found
        }
        batches = _Batches(self._schema, self._arrival, table, header, units, defaults)
        for batch_rows in _chunks(laid):
            kinds = Counter(laid_row.kind for laid_row in batch_rows)
            self.rows_by_kind += kinds
            self._has_content = self._has_content or kinds.total() > kinds[RowKind.BLANK]
            yield batches.of(batch_rows)
        counted = self.rows_by_kind - before
        if rows_data := counted[RowKind.DATA]:
            self.notes += [self._note(table, name, default, rows_data) for name, default in defaults.items()]
        self.tables.append(
            TableRead(
                file=table.file,
                sheet=table.sheet,
                is_hidden=table.is_hidden,
                header_row=header.first_row if header else None,
                columns=tuple(
                    ColumnRead(found.header, found.column.name if found.column else None, units.unit_of(found))
                    for found in (header.columns if header else ())
                ),
                rows_read=counted.total(),
                rows_data=sum(counted[kind] for kind in _COUNTED_AS_DATA),
            )
        )

    def _rows_without_header(self, table: Table, rows: Iterator[Row], refusal: Refusal) -> Iterator[LaidRow]:
        """Covers, instructions, code lists are not data; a visible sheet that may hold data is refused."""
        for row in rows:
            if not table.is_hidden and looks_like_data(row, self._contract):
                raise refusal
            yield LaidRow(row, kind_outside(row), row.cells)

    def _refusal_without_header(self, table: Table, head: list[Row], header: Header | None) -> Refusal:
        for other in self._others:
            found = find_header(head, table.merges, other, self._arrival.period)
            if found and not found.missing(other):
                return self._wrong_feed(table, other, "表头", "headers")
        zh, en = place_zh(table.file, table.sheet), place_en(table.file, table.sheet)
        missing = header.missing(self._contract) if header else self._contract.required_columns
        wanted_zh = "、".join(_wanted(column) for column in missing)
        wanted_en = ", ".join(column.name for column in missing)
        if header and len(header.found) > 1:
            seen, unquoted = self._headers_seen(header)
            places = "、".join(map(str, unquoted))
            return Refusal(
                RefusalRule.COLUMN_MISSING,
                f"{zh}缺少必需的列：{wanted_zh}。看到的表头（第 {header.first_row} 行起）：{seen}"
                + (f"；另有第 {places} 列的表头不认识（或含个人信息，不引用）" if unquoted else "")
                + "。请补上该列或恢复原表头后重新报送。",
                f"{en} lacks required columns: {wanted_en}; headers seen from row {header.first_row}: {seen}"
                + (f"; unknown, and not quoted since they may name a person: columns {places}" if unquoted else "")
                + "; add the columns or restore their headers",
            )
        # What stands there may be a row of data, names and telephones: it is not quoted.
        return Refusal(
            RefusalRule.COLUMN_MISSING,
            f"{zh}找不到表头（前 {HEAD_ROWS} 行内没有一行写明各列名称）。必需的列：{wanted_zh}。请加上表头后重新报送。",
            f"{en} has no header within its first {HEAD_ROWS} rows; required columns: {wanted_en}; add it",
        )

    def _headers_seen(self, header: Header) -> tuple[str, list[int]]:
        """The headers that may be quoted, and the columns (1-based) of the others.

        A header ends like one that is known (…日期, …名称): anything else may be a person's name in its place.
        """
        endings = {_ending(key) for one in (self._contract, *self._others) for key in one.columns_by_header}
        quoted, places = [], []
        for found in header.columns:
            if found.column or all(_ending(read_header(part).key) in endings for part in found.header.split("/")):
                quoted.append(found.header)
            else:
                places.append(found.index + 1)
        return "、".join(quoted), places

    def _note(self, table: Table, name: str, default: str, rows: int) -> tuple[str, str]:
        label = self._contract.column(name).label_zh
        return (
            f"{place_zh(table.file, table.sheet)}没有“{label}”列，{rows} 行按契约记作“{default}”",
            f"{place_en(table.file, table.sheet)} has no column {name}: {rows} rows say “{default}” by contract",
        )

    def _check_title(self, table: Table, above: list[Row]) -> None:
        title = "".join(folded(cell) for row in above for cell in row.cells)
        if any(word in title for word in self._contract.title_words):
            return
        for other in self._others:
            if any(word in title for word in other.title_words):
                raise self._wrong_feed(table, other, "标题", "title")

    def _wrong_feed(self, table: Table, other: Contract, by_zh: str, by_en: str) -> Refusal:
        return Refusal(
            RefusalRule.WRONG_FEED,
            f"{place_zh(table.file, table.sheet)}放错了目录：从{by_zh}看是“{other.label_zh}”，"
            f"却放在“{self._contract.label_zh}”的目录 {self._contract.feed} 下。"
            f"请放入目录 {other.feed} 后重新报送。",
            f"{place_en(table.file, table.sheet)} is in the wrong folder: by its {by_en} it is {other.feed}, "
            f"but it lies under {self._contract.feed}; put it into {other.feed}",
        )

    def _check_period(self, table: Table, above: list[Row], header: Header) -> None:
        expected = self._arrival.period
        said = sorted(periods_said(above))
        if not said:
            # A header such as `1—3月` names a month only; a title comes before it.
            said = sorted(f"{expected[:4]}-{month:02d}" for month in months_in_header(header))
        if said and expected not in said:
            raise Refusal(
                RefusalRule.WRONG_PERIOD,
                f"{place_zh(table.file, table.sheet)}写明的报告期是 {'、'.join(said)}，"
                f"却放在 {expected} 的目录下。请核对报告期，放入正确的目录（或更正标题）后重新报送。",
                f"{place_en(table.file, table.sheet)} says that its period is {', '.join(said)}, "
                f"but it lies under {expected}; put it into the right folder or correct the title",
            )


class _Batches:
    """Rows of one table as record batches of the raw schema."""

    def __init__(
        self,
        schema: pa.Schema,
        arrival: Arrival,
        table: Table,
        header: Header | None,
        units: UnitsSaid,
        defaults: Mapping[str, str],
    ) -> None:
        self._schema = schema
        # They stand where the table has no header, so no cell of the file is ever replaced.
        self._defaults = {**defaults, "_defaults": "|".join(defaults)} if defaults else {}
        self._table = table
        self._constants = {
            "_delivery_id": arrival.delivery_id,
            "_feed": arrival.feed,
            "_period": arrival.period,
            "_file": table.file,
            "_sheet": table.sheet,
        }
        self._places: dict[str, list[int]] = {}
        self._units: dict[str, str] = {}
        self._headers: dict[int, str] = {}
        self._unknown: list[int] = []
        for found in header.columns if header else ():
            self._headers[found.index] = found.header
            if found.column is None:
                self._unknown.append(found.index)
                continue
            self._places.setdefault(found.column.name, []).append(found.index)
            if unit := units.unit_of(found):
                self._units.setdefault(found.column.name, unit)
        self._width = 1 + max(self._headers, default=-1)
        self._nameless = [index for index in range(self._width) if index not in self._headers]

    def of(self, rows: list[LaidRow]) -> pa.RecordBatch:
        """One batch. Raises Refusal when two columns claim one contract column with different values."""
        is_valued = pa.array([laid.kind in _VALUED for laid in rows])
        by_place = self._by_place(rows)
        columns: dict[str, pa.Array] = {
            name: pa.repeat(pa.scalar(text), len(rows)) for name, text in self._constants.items()
        }
        columns["_row"] = pa.array([laid.row.number for laid in rows], pa.int32())
        columns["_row_kind"] = pa.array([laid.kind for laid in rows], pa.string())
        columns["_is_hidden"] = pa.array([laid.row.is_hidden for laid in rows], pa.bool_())
        columns["_cells"] = pa.array([self._cells(laid) for laid in rows], pa.string())
        for name, places in self._places.items():
            texts = self._texts(rows, by_place, places, name)
            columns[name] = _null_where_empty(pa.array(texts, pa.string()))
            if name in self._units:
                columns[name + UNIT_SUFFIX] = pc.if_else(is_valued, self._units[name], pa.scalar(None, pa.string()))
        if self._defaults:
            is_data = pa.array([laid.kind is RowKind.DATA for laid in rows])
            for name, text in self._defaults.items():
                columns[name] = pc.if_else(is_data, text, pa.scalar(None, pa.string()))
        return pa.record_batch(
            [
                columns[column.name] if column.name in columns else pa.nulls(len(rows), column.type)
                for column in self._schema
            ],
            schema=self._schema,
        )

    def _by_place(self, rows: list[LaidRow]) -> list[tuple[str, ...]]:
        """The cells column by column; '' in rows that have no values."""
        empty = [""] * self._width
        return list(zip(*(self._filled(laid.cells) if laid.kind in _VALUED else empty for laid in rows), strict=True))

    def _filled(self, cells: list[str]) -> list[str]:
        missing = self._width - len(cells)
        return cells if not missing else [*cells, *[""] * missing][: self._width]

    def _texts(
        self, rows: list[LaidRow], by_place: list[tuple[str, ...]], places: list[int], name: str
    ) -> Sequence[str]:
        first, *others = places
        if not others:
            return by_place[first]
        texts = list(by_place[first])
        for other in others:
            for index, text in enumerate(by_place[other]):
                if not text.strip():
                    continue
                if not texts[index].strip():
                    texts[index] = text
                elif folded(texts[index]) != folded(text):
                    raise self._ambiguous(rows[index].row.number, first, other, name)
        return texts

    def _ambiguous(self, number: int, first: int, second: int, name: str) -> Refusal:
        one, two = self._headers[first], self._headers[second]
        columns = f"第 {first + 1} 列“{one}”和第 {second + 1} 列“{two}”"
        return Refusal(
            RefusalRule.AMBIGUOUS_COLUMN,
            f"{place_zh(self._table.file, self._table.sheet)}有两列是同一项：{columns}，"
            f"而且第 {number} 行两列的值不同，无法判断以哪列为准。请只保留正确的一列后重新报送。",
            f"{place_en(self._table.file, self._table.sheet)}: columns {first + 1} “{one}” and {second + 1} "
            f"“{two}” both are {name}, and differ in row {number}; keep the right one",
        )

    def _cells(self, laid: LaidRow) -> str | None:
        if laid.kind is not RowKind.DATA:
            return json.dumps(laid.row.cells, ensure_ascii=False, separators=(",", ":"))
        cells = laid.cells
        unnamed = [*self._nameless, *range(self._width, len(cells))] if len(cells) > self._width else self._nameless
        if not self._unknown and not unnamed:
            return None
        kept: dict[str, str] = {}
        for index in sorted([*self._unknown, *unnamed]):
            if index < len(cells) and cells[index].strip():
                header = self._headers.get(index, f"（第{index + 1}列无表头）")
                # Two columns of one unknown header are two cells all the same.
                kept[f"{header}（第{index + 1}列）" if header in kept else header] = cells[index]
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


def _chunks(rows: Iterator[LaidRow]) -> Iterator[list[LaidRow]]:
    chunk: list[LaidRow] = []
    cells = characters = 0
    for laid in rows:
        chunk.append(laid)
        cells += len(laid.cells)
        characters += laid.row.size
        if len(chunk) >= _BATCH_ROWS or cells >= _BATCH_CELLS or characters >= _BATCH_CHARACTERS:
            yield chunk
            chunk, cells, characters = [], 0, 0
    if chunk:
        yield chunk


def _null_where_empty(texts: pa.Array) -> pa.Array:
    is_empty = pc.equal(pc.utf8_trim_whitespace(texts), "")
    return pc.if_else(is_empty, pa.scalar(None, pa.string()), texts)


def _ending(header_key: str) -> str:
    return header_key[-2:]


def _wanted(column: Column) -> str:
    """The column with a few names by which it is found."""
    names = [header for header in column.headers if header != column.label_zh][:2]
    return f"{column.label_zh}（也可写作{'、'.join(names)}）" if names else column.label_zh
