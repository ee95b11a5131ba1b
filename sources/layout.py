"""Where in a table the header stands, which column is which, and what each row is.

Knows how offices lay sheets out: titles, 计量单位 lines, one or two header levels, 合计 rows, notes,
signatures. Does not know file formats (`readers`), spellings of a header (`header_text`), feeds (`contract`),
or the meaning of a cell: a row of doubt is data, and dbt's rules set it aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sources.contract import Column, Contract
from sources.header_text import HeaderText, folded, month_said, read_header
from sources.readers.cells import Merge, Row
from sources.units import dimension_of, normal_unit

#: A header begins within so many rows of a sheet's top.
HEAD_ROWS = 60

# A header is looked for in as many columns as an .xls has, and no longer text is one: the search stays quick whatever
# stands there.
_WIDEST_HEADER = 256
_LONGEST_HEADER = 500
# What kind of row it is, is told by the beginning of a cell.
_TELLING_PART = 500

_MOST_PIECES_OF_A_LINE = 10
_CODE_TYPES = ("credit_code", "code")

_TOTAL = re.compile(r"^(?:全[市县区省]|总|本表)?(?:合计|总计|共计)(?:数)?(?:[:(].*)?$")
_SUBTOTAL = re.compile(r"小计(?:[:(].*)?$|(?:合计|总计)$|^其中[:、]?")
_NOTE = re.compile(r"^(?:注|备注|附注|注释|说明|填表说明|填报说明|编制说明|指标解释|审核关系)(?:\d*[:、.)(]|\d|$)")
_SIGNERS = (
    "单位负责人|统计负责人|企业负责人|负责人|填表人|填报人|制表人|制表|审核人|审核|复核人|经办人|联系人|分管领导"
    "|报出日期|填报日期|填表日期|制表日期|报送日期|上报日期|联系电话|填报单位|报送单位|填表单位|制表单位|制表机关"
)
_SIGNATURE = re.compile(
    rf"(?:^|[^\w])(?:{_SIGNERS})(?:\([^)]*\))?:|^(?:{_SIGNERS})(?:\([^)]*\))?$|\((?:盖章|签章|签字)\)"
)
_HEADING = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|第[一二三四五六七八九十]+部分)")
_INDEX_CELL = re.compile(r"^(?:[甲乙丙丁戊己庚辛壬癸]|\(?\d{1,3}\)?)$")
_CODE_START = re.compile(r"^\s*[0-9A-Za-z][0-9A-Za-z\-/]{5,}")
_OTHER_YEAR = re.compile(r"上年|同期|同比|增")

_UNIT_LINE = re.compile(r"(?:^|[\s(])(?P<label>(?:计量|金额|数量|货币)单位|单位)\s*:\s*(?P<said>[^)]*)")
_UNIT_LABEL_ALONE = re.compile(r"^(?:计量|金额|货币)单位:?$")
_BETWEEN_UNITS = re.compile(r"[、,;/\s]+|和|及")
_MONEY_WORD = re.compile(r"[元圆币]")

_REPORT_DATE = re.compile(r"(?:报出|填报|填表|制表|报送|上报|打印|导出|生成)(?:日期|时间)\s*[::]?\s*\S*")
_CHINESE_DATE = re.compile(r"([二两][〇○零][〇○零一二三四五六七八九]{2})年(十[一二]?|[一二三四五六七八九])月")
_CHINESE_DIGITS = {
    "〇": 0,
    "○": 0,
    "零": 0,
    **{digit: number for number, digit in enumerate("一二三四五六七八九", 1)},
}
_PERIODS = (
    # 2024年5月, 2024年1-5月, 2024年1月-5月; not a day: 2024年5月8日
    re.compile(r"(?<!\d)(20\d\d)年(?:\d{1,2}月?份?-)?(\d{1,2})月(?!份?\d{1,2}日)"),
    re.compile(r"(?<!\d)(20\d\d)[-./](0?[1-9]|1[0-2])(?![\d])(?![-./]\d)"),
    re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)"),
    # 截至2024年3月31日 says March.
    re.compile(r"截[至止-]+(20\d\d)[年\-./](\d{1,2})[月\-./](?:2[89]|3[01])日?"),
)


class RowKind(StrEnum):
    """What a row is. `data` and `damaged` count as data; the rest is recognised as not data."""

    DATA = "data"
    TOTAL = "total"
    SUBTOTAL = "subtotal"
    TITLE = "title"
    HEADER = "header"
    UNIT = "unit"
    NOTE = "note"
    SIGNATURE = "signature"
    BLANK = "blank"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class HeaderColumn:
    """One column: place (0-based), header as delivered, contract column, unit in the header."""

    index: int
    header: str
    column: Column | None
    unit: str | None = None


@dataclass(frozen=True)
class Header:
    """A header found: sheet rows that it takes up, and its columns. `levels` are the cells, row by row."""

    first_row: int
    last_row: int
    columns: tuple[HeaderColumn, ...]
    levels: tuple[tuple[str, ...], ...]

    @property
    def found(self) -> frozenset[str]:
        """Names of the contract columns that have a header."""
        return frozenset(found.column.name for found in self.columns if found.column)

    def missing(self, contract: Contract) -> tuple[Column, ...]:
        """Required columns of the contract without a header."""
        return tuple(column for column in contract.required_columns if column.name not in self.found)


@dataclass(slots=True)
class LaidRow:
    """A row with its kind; `cells` have merged cells filled down where the row is data."""

    row: Row
    kind: RowKind
    cells: list[str]


@dataclass(frozen=True)
class UnitsSaid:
    """Units of the sheet's 计量单位 line by dimension; a money word that nobody knows stands as written."""

    by_dimension: Mapping[str, str] = field(default_factory=dict)

    def unit_of(self, found: HeaderColumn) -> str | None:
        """The unit that holds for a column: by header, else by the line, else by contract."""
        column = found.column
        if column is None or column.unit is None:
            return None
        return found.unit or self.by_dimension.get(column.unit_dimension or "") or column.unit


def find_header(head: Sequence[Row], merges: Sequence[Merge], contract: Contract, period: str) -> Header | None:
    """The rows of `head` that name most columns of the contract; None if none names any.

    One level is preferred to two of equal worth, an earlier row to a later one. The search ends soon after a
    header that has all required columns, so that data rows are not taken for headers.
    """
    grid = _filled_grid(head, merges)
    best: tuple[tuple[int, int, int], Header] | None = None
    stop = len(head)
    for index in range(len(head)):
        if index > stop:
            break
        for levels in (1, 2):
            if index + levels > len(head):
                continue
            header = _header_at(head, grid, index, levels, contract, period)
            worth = (len(header.found), -levels, -index)
            if header.found and (best is None or worth > best[0]):
                best = (worth, header)
                if not header.missing(contract):
                    stop = min(stop, index + 2)
    if best is None:
        return None
    header = best[1]
    top = min(
        (
            merge.first_row
            for merge in merges
            if merge.first_column == merge.last_column and merge.first_row < header.first_row <= merge.last_row
        ),
        default=header.first_row,
    )
    return Header(top, header.last_row, header.columns, header.levels)


def units_said(rows: Iterable[Row]) -> UnitsSaid:
    """What the rows above a header say about units; `见表内`, `—` and the like say nothing."""
    said: dict[str, str] = {}
    for row in rows:
        for index, cell in enumerate(row.cells):
            for word in _words_of_unit_line(cell, row.cells[index + 1 :]):
                dimension = dimension_of(word) or ("money" if _MONEY_WORD.search(word) else None)
                if dimension:
                    said.setdefault(dimension, normal_unit(word))
    return UnitsSaid(said)


def periods_said(rows: Iterable[Row]) -> frozenset[str]:
    """Periods (YYYY-MM) that the rows name: months, the last one of `1—5月`; no days, no dates of filing."""
    return frozenset(
        period for row in rows for cell in row.cells if cell for period in _periods_in(_REPORT_DATE.sub(" ", cell))
    )


def months_in_header(header: Header) -> frozenset[int]:
    """Months to which the header's `1—3月` run, where it says so."""
    return frozenset(
        month for level in header.levels for cell in level if cell and (month := month_said(cell)) is not None
    )


def looks_like_data(row: Row, contract: Contract) -> bool:
    """Whether a row of a sheet without a header may hold data: a code, or many cells."""
    filled = [cell for cell in row.cells if cell.strip()]
    has_code = any(column.type == "credit_code" for column in contract.columns) and any(
        re.fullmatch(r"[0-9A-Z]{18}", folded(cell).upper()) for cell in filled
    )
    return has_code or len(filled) >= max(4, len(contract.required_columns))


def kind_outside(row: Row) -> RowKind:
    """The kind of a row above a header, or in a sheet that has none."""
    filled = [cell for cell in row.cells if cell.strip()]
    if not filled:
        return RowKind.BLANK
    if _is_unit_line(row):
        return RowKind.UNIT
    first = folded(filled[0][:_TELLING_PART])
    if _NOTE.search(first):
        return RowKind.NOTE
    return RowKind.SIGNATURE if _SIGNATURE.search(first) else RowKind.TITLE


class TableLayout:
    """Tells the rows of one table from each other, top to bottom; it remembers what stood above."""

    def __init__(
        self,
        header: Header,
        contract: Contract,
        head: Sequence[Row],
        merges: Sequence[Merge],
        *,
        is_text: bool,
    ) -> None:
        self._header = header
        self._is_text = is_text
        self.width = 1 + max((column.index for column in header.columns), default=0)
        keys = [found for found in header.columns if found.column and found.column.name in contract.key]
        self._code_indexes = [found.index for found in keys if found.column and found.column.type in _CODE_TYPES]
        self._levels = [_by_index(level) for level in header.levels]
        self._titles = {folded("".join(row.cells)) for row in head if row.number < header.first_row and any(row.cells)}
        self._wide_merges = {
            (merge.first_row, merge.first_column) for merge in merges if merge.last_column - merge.first_column >= 2
        }
        self._fills = _FillDown(merges, header.last_row)
        self._has_note = False

    def lay(self, rows: Iterator[Row]) -> Iterator[LaidRow]:
        """Every row with its kind, in order."""
        code_index = self._code_indexes[0] if self._code_indexes else -1
        for row in self._joined(rows) if self._is_text else rows:
            cells = row.cells
            if row.number > self._header.last_row + 1 and not row.is_damaged and 0 <= code_index < len(cells):
                # Nearly every row: a code in the key column is data whatever else stands in the row.
                start = cells[code_index][:1]
                if start.isascii() and start.isalnum() and len(cells) == self.width and not self._fills:
                    yield LaidRow(row, RowKind.DATA, cells)
                    continue
            kind = self._kind_of(row)
            yield LaidRow(row, kind, self._fills.filled(row, is_data=kind is RowKind.DATA))

    def _kind_of(self, row: Row) -> RowKind:
        if row.number < self._header.first_row:
            return kind_outside(row)
        if row.number <= self._header.last_row:
            return RowKind.HEADER
        filled = [(index, cell) for index, cell in enumerate(row.cells) if cell.strip()]
        if not filled:
            return RowKind.BLANK
        if self._repeats_header(row) or (
            row.number == self._header.last_row + 1 and _is_index_row([cell for _, cell in filled])
        ):
            return RowKind.HEADER
        marker_index, marker = next(
            ((index, folded(cell)) for index, cell in filled if not _is_number(cell)), (filled[0][0], "")
        )
        has_code = any(
            index < len(row.cells) and row.cells[index].strip() and index != marker_index
            for index in self._code_indexes
        )
        if not has_code and (kind := self._kind_by_marker(row, marker, marker_index, is_single=len(filled) == 1)):
            return kind
        if row.is_damaged or (self._is_text and not self._has_width(row)):
            return RowKind.DAMAGED
        return RowKind.DATA

    def _kind_by_marker(self, row: Row, marker: str, index: int, *, is_single: bool) -> RowKind | None:
        """Of a row without a code: what its first words make of it; None when they say nothing."""
        if _TOTAL.search(marker):
            return RowKind.TOTAL
        if _SUBTOTAL.search(marker):
            return RowKind.SUBTOTAL
        if _NOTE.search(marker):
            self._has_note = True
            return RowKind.NOTE
        if _is_unit_line(row):
            return RowKind.UNIT
        if _SIGNATURE.search(marker[:_TELLING_PART]):
            return RowKind.SIGNATURE
        if is_single and marker:
            if marker in self._titles or _HEADING.search(marker) or (row.number, index) in self._wide_merges:
                return RowKind.NOTE if self._has_note else RowKind.TITLE
            if (self._has_note and not _CODE_START.search(row.cells[index])) or marker.endswith(("。", ";")):
                return RowKind.NOTE
        return None

    def _has_width(self, row: Row) -> bool:
        return len(row.cells) == self.width or (
            len(row.cells) > self.width and not any(cell.strip() for cell in row.cells[self.width :])
        )

    def _repeats_header(self, row: Row) -> bool:
        cells = _by_index(row.cells)
        if len(cells) < 2:
            return False
        for level in self._levels:
            equal = sum(1 for index, cell in cells.items() if level.get(index) == cell)
            if equal >= 2 and equal * 5 >= len(level) * 4:
                return True
        return False

    def _joined(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Put together a line that an unquoted line break tore apart, if then its width is exactly right."""
        pieces: list[Row] = []
        for row in rows:
            if pieces:
                width = sum(len(piece.cells) for piece in pieces) + len(row.cells) - len(pieces)
                if self._can_continue(row) and width <= self.width and len(pieces) < _MOST_PIECES_OF_A_LINE:
                    pieces.append(row)
                    if width == self.width:
                        yield _one_row(pieces)
                        pieces = []
                    continue
                yield from pieces
                pieces = []
            if len(row.cells) < self.width and not row.is_damaged and self._starts_record(row):
                pieces = [row]
            else:
                yield row
        yield from pieces

    def _starts_record(self, row: Row) -> bool:
        return row.number > self._header.last_row and any(
            index < len(row.cells) and _CODE_START.search(row.cells[index]) for index in self._code_indexes
        )

    def _can_continue(self, row: Row) -> bool:
        return 0 < len(row.cells) < self.width and not row.is_damaged and not self._starts_record(row)


class _FillDown:
    """A merged cell counts for all its rows: its text, put into the rows of data below its first."""

    def __init__(self, merges: Sequence[Merge], last_header_row: int) -> None:
        self._starting: dict[int, list[Merge]] = {}
        for merge in merges:
            if merge.first_row > last_header_row and merge.last_row > merge.first_row:
                self._starting.setdefault(merge.first_row, []).append(merge)
        # By column: ranges over one cell, which no sound sheet has, do not add up.
        self._running: dict[int, tuple[Merge, str]] = {}

    def __bool__(self) -> bool:
        return bool(self._starting or self._running)

    def filled(self, row: Row, *, is_data: bool) -> list[str]:
        """The row's cells, filled if it is data; rows must come in order."""
        self._running = {
            column: (merge, text) for column, (merge, text) in self._running.items() if merge.last_row >= row.number
        }
        cells = row.cells
        if is_data and self._running:
            cells = list(cells)
            for column, (_, text) in self._running.items():
                if column < len(cells) and not cells[column].strip():
                    cells[column] = text
        for merge in self._starting.pop(row.number, ()):
            if merge.first_column < len(row.cells):
                self._running[merge.first_column] = (merge, row.cells[merge.first_column])
        return cells


def _header_at(
    head: Sequence[Row],
    grid: Sequence[Sequence[str]],
    index: int,
    levels: int,
    contract: Contract,
    period: str,
) -> Header:
    upper, lower = grid[index], grid[index + levels - 1]
    if levels == 2:
        upper = _filled_right(upper, lower)
    columns = []
    for place in range(max(len(upper), len(lower))):
        top, bottom = _at(upper, place), _at(lower, place)
        if top or bottom:
            columns.append(_header_column(place, top, bottom, contract, period))
    return Header(
        first_row=head[index].number,
        last_row=head[index + levels - 1].number,
        columns=tuple(columns),
        levels=tuple(tuple(head[index + level].cells) for level in range(levels)),
    )


def _header_column(place: int, top: str, bottom: str, contract: Contract, period: str) -> HeaderColumn:
    if not top or not bottom or folded(top) == folded(bottom):
        shown = " ".join((bottom or top).split())
        return _named(place, shown, [read_header(bottom or top, period)], contract)
    above, below = read_header(top, period), read_header(bottom, period)
    readings = [
        HeaderText(
            key=above.key + below.key,
            unit=below.unit or above.unit,
            loose_key=above.loose_key + below.key if above.loose_key else None,
            loose_unit=above.loose_unit,
        )
    ]
    if not _OTHER_YEAR.search(above.key):
        # A heading over several whole columns (基本情况 over 企业名称).
        readings.append(HeaderText(below.key, below.unit or above.unit, below.loose_key, below.loose_unit))
    return _named(place, f"{''.join(top.split())}/{''.join(bottom.split())}", readings, contract)


def _named(place: int, shown: str, readings: Sequence[HeaderText], contract: Contract) -> HeaderColumn:
    known = contract.columns_by_header
    for text in readings:
        if text.key in known:
            return HeaderColumn(place, shown, known[text.key], text.unit)
    for text in readings:
        column = known.get(text.loose_key or "")
        if column and column.unit:
            return HeaderColumn(place, shown, column, text.loose_unit)
    return HeaderColumn(place, shown, None)


def _filled_grid(head: Sequence[Row], merges: Sequence[Merge]) -> list[list[str]]:
    """The rows' cells, merged ranges filled with their first cell; for finding headers only."""
    grid = [[cell if len(cell) <= _LONGEST_HEADER else "" for cell in row.cells[:_WIDEST_HEADER]] for row in head]
    places = {row.number: place for place, row in enumerate(head)}
    filled: set[tuple[int, int]] = set()
    for merge in merges:
        first = places.get(merge.first_row)
        if first is None or merge.first_column >= len(grid[first]):
            continue
        text = grid[first][merge.first_column]
        for number in range(merge.first_row, min(merge.last_row, merge.first_row + HEAD_ROWS) + 1):
            place = places.get(number)
            if place is not None:
                for column in range(merge.first_column, min(merge.last_column + 1, len(grid[place]))):
                    if (place, column) in filled:
                        # No sound sheet has two merged ranges over one cell: the first one holds.
                        break
                    filled.add((place, column))
                    grid[place][column] = text
    return grid


def _filled_right(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """An upper header written once over its parts, where the sheet does not say that cells are merged."""
    filled: list[str] = []
    for place in range(max(len(upper), len(lower))):
        text = _at(upper, place)
        if not text and place and _at(lower, place):
            text = filled[-1]
        filled.append(text)
    return filled


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _by_index(cells: Sequence[str]) -> dict[int, str]:
    return {index: folded(cell) for index, cell in enumerate(cells) if cell.strip()}


def _one_row(pieces: Sequence[Row]) -> Row:
    cells = list(pieces[0].cells)
    for piece in pieces[1:]:
        cells[-1] = f"{cells[-1]}\n{piece.cells[0]}"
        cells.extend(piece.cells[1:])
    return Row(pieces[0].number, cells, size=sum(piece.size for piece in pieces))


def _is_number(cell: str) -> bool:
    return folded(cell).replace(",", "").replace(".", "", 1).lstrip("+-").isdigit()


def _is_index_row(cells: Sequence[str]) -> bool:
    """The row of column numbers under a header: 甲 乙 丙 1 2 3."""
    texts = [folded(cell) for cell in cells]
    if len(texts) < 3 or not all(_INDEX_CELL.match(text) for text in texts):
        return False
    numbers = [int(text.strip("()")) for text in texts if text.strip("()").isdigit()]
    return numbers == list(range(1, len(numbers) + 1))


def _is_unit_line(row: Row) -> bool:
    return any(_UNIT_LINE.search(_colons(cell)) or _UNIT_LABEL_ALONE.match(folded(cell)) for cell in row.cells if cell)


def _words_of_unit_line(cell: str, following: Sequence[str]) -> list[str]:
    said = _UNIT_LINE.search(_colons(cell))
    text = said["said"] if said else ""
    if not text.strip() and _UNIT_LABEL_ALONE.match(folded(cell)):
        text = next((other for other in following if other.strip()), "")
    words = [text] if dimension_of(text) else [word for word in _BETWEEN_UNITS.split(text) if word]
    if said and said["label"] == "单位":
        # `单位：` may as well name an office.
        words = [word for word in words if dimension_of(word)]
    return words


def _colons(text: str) -> str:
    return text.replace("：", ":").replace("（", "(").replace("）", ")").replace("，", ",").replace("；", ";")


def _periods_in(text: str) -> Iterator[str]:
    text = folded(_CHINESE_DATE.sub(_in_figures, text))
    for pattern in _PERIODS:
        for match in pattern.finditer(text):
            month = int(match[2])
            if 1 <= month <= 12:
                yield f"{match[1]}-{month:02d}"


def _in_figures(match: re.Match[str]) -> str:
    year = "2" + "".join(str(_CHINESE_DIGITS[digit]) for digit in match[1][1:])
    month = match[2]
    number = 10 + _CHINESE_DIGITS.get(month[1:], 0) if month.startswith("十") else _CHINESE_DIGITS[month]
    return f"{year}年{number}月"
