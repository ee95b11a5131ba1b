"""Writes a real .xls by hand, since no maintained library writes that format any more.

A compound file with one BIFF8 stream; only what a reader's test needs: text, numbers, merges, hidden sheets.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_SECTOR = 512
_END = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_FAT = 0xFFFFFFFD


def xls_bytes(
    sheets: Mapping[str, Sequence[Sequence[str | float | None]]],
    *,
    hidden: Sequence[str] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
) -> bytes:
    """A workbook; `merges` are (first row, last row, first column, last column), 0-based, in every sheet."""
    streams = [_sheet(rows, merges) for rows in sheets.values()]
    bounds = [_bound(name, 0, name in hidden) for name in sheets]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    end = _record(0x000A, b"")
    offset = len(head) + sum(map(len, bounds)) + len(end)
    content = head
    for name, stream in zip(sheets, streams, strict=True):
        content += _bound(name, offset, name in hidden)
        offset += len(stream)
    return _compound(content + end + b"".join(streams))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _bound(name: str, offset: int, is_hidden: bool) -> bytes:
    text = name.encode("utf-16-le")
    return _record(0x0085, struct.pack("<IBBBB", offset, int(is_hidden), 0, len(name), 1) + text)


def _sheet(rows: Sequence[Sequence[str | float | None]], merges: Sequence[tuple[int, int, int, int]]) -> bytes:
    content = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                content += _record(0x0204, struct.pack("<HHHHB", number, column, 0, len(value), 1) + text)
            elif value is not None:
                content += _record(0x0203, struct.pack("<HHHd", number, column, 0, value))
    if merges:
        content += _record(
            0x00E5,
            struct.pack("<H", len(merges)) + b"".join(struct.pack("<HHHH", *merge) for merge in merges),
        )
    return content + _record(0x000A, b"")


def _compound(stream: bytes) -> bytes:
    # Streams below 4096 bytes would have to go into the mini stream.
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    sectors = len(stream) // _SECTOR
    assert sectors < 126, "one sector of the allocation table holds no more"
    table = [_FAT, _END, *range(3, sectors + 2), _END]
    allocation = struct.pack(f"<{len(table)}I", *table).ljust(_SECTOR, b"\xff")
    directory = _entry("Root Entry", 5, child=1, start=_END, size=0)
    directory += _entry("Workbook", 2, child=_FREE, start=2, size=len(stream))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    return header + allocation + directory.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    entry = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)
