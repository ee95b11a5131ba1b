"""Delimited text: encoding and separator found out, records streamed with the physical line where they begin.

Bounded memory whatever the size: a sample decides on encoding, separator and usual width; lines and records
have a longest length. A quote that never closes spoils its own line alone. Does not know headers or kinds of
rows.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO, BinaryIO

from sources.readers.cells import Row, Table, UnreadableFile

SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_BYTES = 256 * 1024
_PROBE_BYTES = 16 * 1024
_SAMPLE_LINES = 200
_LONGEST_LINE = 1024 * 1024
_MOST_LINES_OF_A_RECORD = 100
# As many as a worksheet has columns.
_MOST_CELLS_OF_A_ROW = 16_384
# Stands for bytes that are no character of the encoding; no text contains it (a Unicode non-character).
_UNDECODABLE = "\ufffe"
_STRANGE = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\ufffe]")

codecs.register_error(
    "sources.undecodable",
    lambda error: (_UNDECODABLE, error.end),  # type: ignore[attr-defined]
)
csv.field_size_limit(_LONGEST_LINE * _MOST_LINES_OF_A_RECORD)


def read_delimited(open_binary: Callable[[], IO[bytes]], file: str) -> Table:
    """A text as a table of one sheet. `open_binary` is called anew for each pass over the bytes.

    Raises UnreadableFile for an empty file and for bytes that are no text.
    """
    encoding = find_encoding(open_binary)
    with open_binary() as stream:
        sample = _decoded_sample(stream, encoding)
    separator, width = find_separator(sample)
    return Table(file=file, sheet="", rows=_rows(open_binary, encoding, separator, width), is_text=True)


def find_encoding(open_binary: Callable[[], IO[bytes]]) -> str:
    """UTF-8 (± BOM), UTF-16 (± BOM) or GB18030 (which holds GBK): a byte order mark decides, else what fits.

    A few bad bytes do not hide UTF-8; GB18030 read as UTF-8 would be bad throughout.
    """
    with open_binary() as stream:
        sample = stream.read(_SAMPLE_BYTES)
        if not sample:
            raise UnreadableFile("文件是空的（0 字节）。请重新导出后报送。", "the file is empty; export it again")
        if sample.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        # Zero bytes at the end only fill up a block; one may be half of the last line's end.
        used = len(sample.rstrip(b"\0"))
        sample = sample[: used + used % 2]
        # Separators, digits, line ends have a zero byte in UTF-16, the high one: its place tells the byte order. Zero
        # bytes on both sides (but for a few such as that of 一) are damage, and spoil their own lines.
        odd, even = sample[1::2].count(0), sample[0::2].count(0)
        if max(odd, even) * 100 >= len(sample) > 0 and max(odd, even) > 2 * min(odd, even):
            return _checked("utf-16-le" if odd > even else "utf-16-be", sample)
        block = sample
        while block.isascii() and (following := stream.read(_SAMPLE_BYTES)):
            block = following
    return _checked("utf-8" if _is_mostly_utf8(block) else "gb18030", sample)


def find_separator(sample: str) -> tuple[str, int]:
    """The separator that gives most records of one width (2 or more), and that width; else the widest."""
    best = (0, 0, ",", 1)
    for rank, separator in enumerate(SEPARATORS):
        lines = islice(io.StringIO(sample, newline=""), _SAMPLE_LINES)
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=separator) if len(cells) > 1)
        if not widths:
            continue
        # max() keeps the first of equals: of two equally frequent widths the one that comes first.
        width = max(widths, key=lambda candidate: widths[candidate])
        candidate = (widths[width], width, separator, -rank)
        if candidate[:2] > best[:2]:
            best = candidate
    return best[2], max(best[1], 1)


def _checked(encoding: str, sample: bytes) -> str:
    text = codecs.getincrementaldecoder(encoding)("sources.undecodable").decode(sample)
    if len(_STRANGE.findall(text)) * 10 > len(text):
        raise _no_text()
    return encoding


def _no_text() -> UnreadableFile:
    return UnreadableFile(
        "文件内容不是文本（或编码无法识别）。请另存为 UTF-8 编码的 CSV，或另存为 .xlsx 后报送。",
        "the content is no text, or in an unknown encoding; save it as CSV in UTF-8 or as .xlsx",
    )


def _is_mostly_utf8(block: bytes) -> bool:
    decode = codecs.getincrementaldecoder("utf-8")
    try:
        decode("strict").decode(block)
    except UnicodeDecodeError:
        text = decode("sources.undecodable").decode(block[:_PROBE_BYTES])
        bad = text.count(_UNDECODABLE)
        return bad * 4 < sum(not character.isascii() for character in text) - bad
    return True


def _decoded_sample(stream: IO[bytes], encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)("sources.undecodable")
    raw = stream.read(_SAMPLE_BYTES)
    text = decoder.decode(raw)
    if len(raw) < _SAMPLE_BYTES:
        return text
    whole_lines = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    return whole_lines or text


class _Lines:
    """Physical lines, with those of the record in progress remembered so that they can be given back."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._given_back: deque[str] = deque()
        self.number = 0
        self.of_record: list[str] = []
        self.is_at_end = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.of_record) >= _MOST_LINES_OF_A_RECORD:
            raise StopIteration
        line = self._given_back.popleft() if self._given_back else self._text.readline(_LONGEST_LINE)
        if len(line) >= _LONGEST_LINE:
            raise UnreadableFile(
                f"第 {self.number + 1} 行超过 {_LONGEST_LINE} 个字符，不是表格。请重新导出后报送。",
                f"line {self.number + 1} has more than {_LONGEST_LINE} characters: no table; export it again",
            )
        # DOS programs end a text with a control-Z, and some transfers fill its last block up with zeros.
        if not line.strip("\x00\x1a"):
            self.is_at_end = True
            raise StopIteration
        self.number += 1
        self.of_record.append(line)
        return line

    def keep_first(self) -> str:
        """Give back all lines of the record but its first, which is returned."""
        first, *rest = self.of_record
        self._given_back.extendleft(reversed(rest))
        self.number -= len(rest)
        self.is_at_end = False
        return first


def _rows(open_binary: Callable[[], IO[bytes]], encoding: str, separator: str, width: int) -> Iterator[Row]:
    with (
        open_binary() as stream,
        io.TextIOWrapper(_readable(stream), encoding=encoding, errors="sources.undecodable", newline="") as text,
    ):
        lines = _Lines(text)
        while not lines.is_at_end:
            for cells in csv.reader(lines, delimiter=separator):
                taken = lines.of_record
                number = lines.number - len(taken) + 1
                is_damaged = False
                if len(taken) > 1 and len(cells) != width and _has_stray_quote(taken, separator, width):
                    line = lines.keep_first()
                    cells = next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE))
                    is_damaged = len(cells) != width
                    taken = [line]
                text_taken = "".join(taken)
                if _UNDECODABLE in text_taken or "\0" in text_taken:
                    cells = [cell.replace(_UNDECODABLE, "\ufffd").replace("\0", "\ufffd") for cell in cells]
                    is_damaged = True
                lines.of_record = []
                if len(cells) > _MOST_CELLS_OF_A_ROW:
                    raise UnreadableFile(
                        f"第 {number} 行有 {len(cells)} 列，不是表格。请核对分隔符，重新导出后报送。",
                        f"line {number} has {len(cells)} columns: no table; look at its separators, export it again",
                    )
                yield Row(number, cells, is_damaged=is_damaged, size=len(text_taken))
            # The reader stops at the end of the text, and at a record that is too long.


def _has_stray_quote(taken: list[str], separator: str, width: int) -> bool:
    """Whether a record of several lines is a quote that swallowed whole records after its own line."""
    if len(taken) >= _MOST_LINES_OF_A_RECORD:
        return True
    following = [len(cells) for cells in csv.reader(taken[1:], delimiter=separator, quoting=csv.QUOTE_NONE)]
    return following.count(width) * 2 >= len(following)


def _readable(stream: IO[bytes]) -> BinaryIO:
    """Zip members lack what TextIOWrapper asks of a buffer; a buffered reader around them has it."""
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[arg-type, return-value]
