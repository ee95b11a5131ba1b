"""Deliveries: what lies in the landing area, from whom, when it arrived, and what is no delivery.

Looks at folders, names, bytes and receipts; never writes, never follows a link out of landing, never opens a
delivery's content (readers) and never decides what is new (the state store does). What was fetched from senders'
databases lies in a second area of the same form.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from sources.contract import Contract
from sources.person_numbers import without_person_numbers

#: Fixed: China has had no summer time since 1991, and no time zone database is needed so.
SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")

DELIVERY_ENDINGS = (".xlsx", ".xls", ".csv", ".txt", ".zip")
RECEIPT_ENDING = ".json"
_UNFINISHED_ENDINGS = (".part", ".tmp", ".crdownload")
_UNFINISHED_BEGINNINGS = ("~$", ".")
_PERIOD = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_BLOCK = 1024 * 1024

NoticeKind = Literal[
    "still_being_written",
    "unknown_feed",
    "not_a_period",
    "other_ending",
    "unexpected_place",
    "unreadable_receipt",
    "receipt_without_file",
    "link_out_of_landing",
    "unreadable",
    "same_bytes",
]

_RECEIPT_FIELDS: dict[str, TypeAdapter[Any]] = {
    "sender": TypeAdapter(Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]),
    "sent_at": TypeAdapter(dt.datetime),
    "sha256": TypeAdapter(Annotated[str, StringConstraints(to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")]),
    "rows": TypeAdapter(Annotated[int, Field(strict=True, ge=0)]),
}


@dataclass(frozen=True)
class Arrival:
    """One delivery as it lies in landing.

    `received_at` is `sent_at` of the receipt, else the file's mtime (aware, Asia/Shanghai). What the receipt
    does not give is None.
    """

    feed: str
    period: str
    path: Path
    file_name: str
    sha256: str
    size_bytes: int
    sender: str | None
    sent_at: dt.datetime | None
    receipt_sha256: str | None
    receipt_rows: int | None
    received_at: dt.datetime

    @property
    def delivery_id(self) -> str:
        """16 hex digits; see `delivery_id`."""
        return delivery_id(self.feed, self.period, self.sha256)


@dataclass(frozen=True)
class Notice:
    """Something in landing that is no delivery, or not yet, or not whole; a person may want to know."""

    kind: NoticeKind
    path: Path
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class Scan:
    """What landing holds: deliveries by arrival (then name), and notices by path."""

    arrivals: tuple[Arrival, ...]
    notices: tuple[Notice, ...]


def delivery_id(feed: str, period: str, sha256: str) -> str:
    """The first 16 hex digits of the sha256 over feed, period and the sha256 of the bytes (one a line)."""
    return hashlib.sha256(f"{feed}\n{period}\n{sha256}".encode()).hexdigest()[:16]


def scan(landing_dir: Path, contracts: Mapping[str, Contract], *more_dirs: Path) -> Scan:
    """Look at everything in landing and in further areas like it. One that does not exist yet is an empty one."""
    return _Scanner((landing_dir, *more_dirs), contracts).scan()


class _Scanner:
    def __init__(self, areas: tuple[Path, ...], contracts: Mapping[str, Contract]) -> None:
        self._areas = areas
        self._roots = [area.resolve() for area in areas]
        self._contracts = contracts
        self._notices: list[Notice] = []

    def scan(self) -> Scan:
        arrivals: dict[str, Arrival] = {}
        feeds = [feed for area in self._areas for feed in self._folders(area)]
        found = [arrival for feed in feeds for arrival in self._in_feed(feed)]
        for arrival in sorted(found, key=lambda item: (item.received_at, item.file_name, item.feed, item.period)):
            first = arrivals.setdefault(arrival.delivery_id, arrival)
            if first is not arrival:
                self._note(
                    "same_bytes",
                    arrival.path,
                    f"与同期已到的《{first.file_name}》内容完全相同，不算新的报送",
                    f"the same bytes as “{first.file_name}”, which came first in this period: no delivery",
                )
        return Scan(tuple(arrivals.values()), tuple(sorted(self._notices, key=lambda notice: str(notice.path))))

    def _in_feed(self, folder: Path) -> Iterator[Arrival]:
        if folder.name not in self._contracts:
            self._note(
                "unknown_feed",
                folder,
                f"没有这种数据的约定，其中的文件不予读取；已知的有：{'、'.join(self._contracts)}",
                f"no contract {folder.name!r}, its files are left alone; known: {', '.join(self._contracts)}",
            )
            return
        for period in self._folders(folder):
            if not _PERIOD.fullmatch(period.name):
                self._note(
                    "not_a_period",
                    period,
                    f"文件夹名 {period.name} 不是报告期（应为 YYYY-MM，如 2024-05），其中的文件不予读取",
                    f"folder {period.name!r} is no period (YYYY-MM, as 2024-05); its files are left alone",
                )
                continue
            yield from self._in_period(folder.name, period)

    def _folders(self, parent: Path) -> Iterator[Path]:
        """Sub-folders by name; a file that lies here is noted."""
        for path in self._entries(parent):
            if path.is_dir():
                yield path
            elif not _is_unfinished(path.name):
                self._note(
                    "unexpected_place",
                    path,
                    "文件放错了位置，应放入 landing/<数据>/<YYYY-MM>/ 之下",
                    "the file lies in the wrong place; it belongs in landing/<feed>/<YYYY-MM>/",
                )

    def _in_period(self, feed: str, folder: Path) -> Iterator[Arrival]:
        paths = list(self._entries(folder))
        names = {path.name for path in paths}
        for path in paths:
            ending = path.suffix.lower()
            if _is_unfinished(path.name):
                self._note_unfinished(path)
            elif path.is_dir():
                self._note(
                    "unexpected_place",
                    path,
                    "报告期文件夹内不应再有文件夹，其中的文件不予读取",
                    "a folder inside a period's folder; its files are left alone",
                )
            elif ending == RECEIPT_ENDING:
                if path.name[: -len(RECEIPT_ENDING)] not in names:
                    self._note(
                        "receipt_without_file",
                        path,
                        "只有回执，没有它所说的文件",
                        "a receipt without its file",
                    )
            elif ending not in DELIVERY_ENDINGS:
                self._note(
                    "other_ending",
                    path,
                    f"扩展名 {ending or '（无）'} 不是报送文件（{' '.join(DELIVERY_ENDINGS)}），不予读取",
                    f"ending {ending or '(none)'} is no delivery (one of {' '.join(DELIVERY_ENDINGS)})",
                )
            elif arrival := self._arrival(feed, folder.name, path):
                yield arrival

    def _entries(self, folder: Path) -> Iterator[Path]:
        """What lies in a folder, by name, without links out of landing and what cannot be looked at."""
        try:
            entries = sorted(folder.iterdir(), key=lambda path: path.name)
        except FileNotFoundError:
            return
        except OSError as error:
            self._note_unreadable(folder, error)
            return
        for path in entries:
            if path.is_symlink() and self._leads_out(path):
                self._note(
                    "link_out_of_landing",
                    path,
                    "这是指向 landing 之外的链接，不予读取；请放入文件本身",
                    "a link that leads out of landing is never followed; put the file itself here",
                )
            else:
                yield path

    def _leads_out(self, path: Path) -> bool:
        return not any(path.resolve().is_relative_to(root) for root in self._roots)

    def _arrival(self, feed: str, period: str, path: Path) -> Arrival | None:
        try:
            before = path.stat()
            if not path.is_file():
                raise OSError("not a regular file")
            sha256 = hash_of(path)
            after = path.stat()
        except OSError as error:
            self._note_unreadable(path, error)
            return None
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            self._note_unfinished(path)
            return None
        receipt = self._receipt(path)
        sent_at: dt.datetime | None = receipt.get("sent_at")
        return Arrival(
            feed=feed,
            period=period,
            path=path,
            file_name=_printable(path.name),
            sha256=sha256,
            size_bytes=after.st_size,
            sender=receipt.get("sender"),
            sent_at=sent_at,
            receipt_sha256=receipt.get("sha256"),
            receipt_rows=receipt.get("rows"),
            received_at=sent_at or dt.datetime.fromtimestamp(after.st_mtime, SHANGHAI),
        )

    def _receipt(self, path: Path) -> dict[str, Any]:
        """The valid keys of the receipt beside a file; {} without one. What is not valid is noted."""
        receipt = path.with_name(path.name + RECEIPT_ENDING)
        if not receipt.is_file() or self._leads_out(receipt):
            return {}
        try:
            said = json.loads(receipt.read_bytes())
            if not isinstance(said, dict):
                raise ValueError("not an object")
        except (OSError, ValueError, RecursionError):
            self._note(
                "unreadable_receipt",
                receipt,
                "回执不是有效的 JSON，按没有回执处理",
                "the receipt is no valid JSON and counts as none",
            )
            return {}
        valid: dict[str, Any] = {}
        for key, adapter in _RECEIPT_FIELDS.items():
            if said.get(key) is None:
                continue
            try:
                valid[key] = adapter.validate_python(said[key])
            except ValidationError:
                self._note(
                    "unreadable_receipt",
                    receipt,
                    f"回执中的 {key} 无法识别，按没有此项处理",
                    f"{key} of the receipt is not valid and counts as none",
                )
        if sent_at := valid.get("sent_at"):
            # A time without an offset is the sender's own clock.
            aware = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=SHANGHAI)
            valid["sent_at"] = aware.astimezone(SHANGHAI)
        return valid

    def _note(self, kind: NoticeKind, path: Path, message_zh: str, message_en: str) -> None:
        self._notices.append(Notice(kind, path, f"《{_printable(path.name)}》：{message_zh}", message_en))

    def _note_unfinished(self, path: Path) -> None:
        self._note(
            "still_being_written",
            path,
            "正在写入（或是隐藏的临时文件），本次不读，写完后下次运行时读取",
            "it is still being written (or a hidden temporary file); a later run reads it",
        )

    def _note_unreadable(self, path: Path, error: OSError) -> None:
        self._note(
            "unreadable",
            path,
            f"无法读取（{error.strerror or error}），请检查文件权限",
            f"cannot be read: {error.strerror or error}",
        )


def _is_unfinished(name: str) -> bool:
    return name.lower().endswith(_UNFINISHED_ENDINGS) or name.startswith(_UNFINISHED_BEGINNINGS)


def hash_of(path: Path) -> str:
    """The sha256 of a file's bytes, as 64 hex digits; OSError when it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _printable(name: str) -> str:
    """A file name that can be shown and stored: names written in GBK are read so, line breaks taken out, and the
    numbers of persons."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return without_person_numbers(re.sub(r"[\x00-\x1f\x7f]", " ", raw.decode(encoding)))
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
