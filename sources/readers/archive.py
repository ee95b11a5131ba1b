"""Zip containers: their members as streams, within bounds, never unpacked to disk.

Also the bounds for workbooks of the .xlsx kind, which are zips. Does not know what a member holds.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from sources.readers.cells import UnreadableFile, UnsafeFile

MEMBER_ENDINGS = (".xlsx", ".xls", ".csv", ".txt")
MIB = 1024 * 1024
# Where a zip's table of contents is told: the last bytes, behind a comment of 64 KiB at most.
_TAIL_BYTES = 66 * 1024
_END_RECORD = b"PK\x05\x06"
_END_RECORD_64 = b"PK\x06\x06"
# 5,000 members with long names; zipfile holds about four times as much in memory.
_LARGEST_CONTENTS = 4 * MIB
_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1
# What every program packs by. The rarer methods may ask for gigabytes of memory before the first byte.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class ArchiveLimits:
    """Bounds of a container. A register of 3 million entities is about 1 GiB of text, packed 1 : 5 to 1 : 20.

    A high ratio alone is no danger: it counts from `ratio_from_bytes` on.
    """

    members: int = 200
    total_bytes: int = 4096 * MIB
    ratio: int = 150
    ratio_from_bytes: int = 16 * MIB


@dataclass
class Archive:
    """Tables of the archive, in its order, by readable name; and the names of members that are no tables."""

    members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


@contextmanager
def opened_zip(source: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The zip; failures of the format as UnreadableFile, a table of contents beyond all bounds as UnsafeFile."""
    if _size_of_contents(source) > _LARGEST_CONTENTS:
        raise UnsafeFile(
            "压缩包的文件目录过大，不是报送数据的压缩包。请只压缩要报送的表格文件。",
            "the archive's table of contents is beyond all bounds; pack only tables",
        )
    with zip_failures_told(), zipfile.ZipFile(source) as container:
        yield container


@contextmanager
def zip_failures_told() -> Iterator[None]:
    """Failures of a zip within, also those that show only while a member is read, as UnreadableFile."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise UnreadableFile(
            "压缩包（或工作簿）已损坏，无法解开。请重新导出、重新传送。",
            "the zip container is damaged; export and send it again",
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise _unknown_packing() from error


def _size_of_contents(source: BinaryIO) -> int:
    """Bytes of the table of contents as declared: the larger of what the two forms of the end record say; 0 if none."""
    size = source.seek(0, 2)
    source.seek(max(0, size - _TAIL_BYTES))
    tail = source.read(_TAIL_BYTES)
    source.seek(0)
    declared = 0
    for signature, (first, last) in ((_END_RECORD, (12, 16)), (_END_RECORD_64, (40, 48))):
        place = tail.rfind(signature)
        said = tail[place + first : place + last] if place >= 0 else b""
        # All ones in the short form: the long form says it.
        if len(said) == last - first and said != b"\xff" * 4:
            declared = max(declared, int.from_bytes(said, "little"))
    return declared


def check_bounds(container: zipfile.ZipFile, limits: ArchiveLimits = ArchiveLimits()) -> None:
    """Raise UnsafeFile when the container is larger unpacked than `limits` allow, by what it declares.

    UnreadableFile for members that are packed by another method than deflate.

    A container that declares too little is caught on reading: zipfile reads no more than what is declared,
    and the check sum is wrong then.
    """
    infos = container.infolist()
    if len(infos) > limits.members:
        raise UnsafeFile(
            f"压缩包内有 {len(infos)} 个文件，超过上限 {limits.members} 个。请只压缩要报送的表格文件。",
            f"the archive holds {len(infos)} files, more than {limits.members}; pack only tables",
        )
    if any(info.compress_type not in _PACKINGS for info in infos):
        raise _unknown_packing()
    total = sum(info.file_size for info in infos)
    if total > limits.total_bytes:
        raise UnsafeFile(
            f"解压后共 {total // MIB} MB，超过上限 {limits.total_bytes // MIB} MB。请拆分后报送。",
            f"unpacked it is {total // MIB} MB, more than {limits.total_bytes // MIB} MB; split it",
        )
    for info in infos:
        ratio = info.file_size // max(info.compress_size, 1)
        if info.file_size >= limits.ratio_from_bytes and ratio > limits.ratio:
            raise UnsafeFile(
                f"压缩包内一个文件的压缩比为 {ratio}，超过上限 {limits.ratio}，疑似“压缩炸弹”。请直接报送表格文件。",
                f"a member is packed 1 : {ratio}, over 1 : {limits.ratio}, as in a zip bomb; send the table",
            )


def list_members(container: zipfile.ZipFile, limits: ArchiveLimits = ArchiveLimits()) -> Archive:
    """The members to read.

    Raises UnsafeFile for bombs, paths that lead out, links, archives in archives and equal names,
    UnreadableFile for encrypted members and for an archive without any table.
    """
    check_bounds(container, limits)
    archive = Archive()
    for info in container.infolist():
        name = _decoded_name(info)
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or _has_drive(path):
            raise UnsafeFile(
                "压缩包内有指向包外的路径，不予读取。请重新压缩，只放表格文件本身。",
                "a member's path leads out of the archive; pack the tables alone",
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise UnsafeFile(
                "压缩包内有链接文件，不予读取。请放入文件本身。", "a member is a link; pack the file itself"
            )
        if info.is_dir():
            continue
        ending = path.suffix.lower()
        if ending in (".zip", ".rar", ".7z", ".gz", ".tar"):
            raise UnsafeFile(
                "压缩包内还有压缩包，不予读取。请只压缩一层。",
                "an archive inside the archive; pack once only",
            )
        if ending not in MEMBER_ENDINGS or path.name.startswith((".", "~$")) or "__MACOSX" in path.parts:
            archive.ignored.append(str(path))
            continue
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableFile(
                "压缩包加了密码，无法读取。请去掉密码后重新压缩。",
                "the archive is encrypted; pack it without password",
            )
        if str(path) in archive.members:
            raise UnsafeFile(
                "压缩包内有两个同名文件，无法区分。请改名后重新压缩。",
                "two members have the same name; rename one and pack again",
            )
        archive.members[str(path)] = info
    if not archive.members:
        raise UnreadableFile(
            f"压缩包内没有表格文件（{'、'.join(MEMBER_ENDINGS)}）。请放入表格文件后重新压缩。",
            f"the archive holds no table ({', '.join(MEMBER_ENDINGS)}); pack the tables",
        )
    return archive


def read_whole(stream: IO[bytes], limit: int) -> bytes:
    """All bytes of a member; UnsafeFile beyond `limit`."""
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise UnsafeFile(
            f"压缩包内一个文件解压后超过 {limit // MIB} MB。请拆分后报送。",
            f"a member is larger than {limit // MIB} MB unpacked; split it",
        )
    return content


def _unknown_packing() -> UnreadableFile:
    return UnreadableFile(
        "压缩包使用了无法识别的压缩方法或加了密码。请用普通 zip 方式重新压缩，不设密码。",
        "the zip container is encrypted or of an unknown compression; pack a plain zip without password",
    )


def _has_drive(path: PurePosixPath) -> bool:
    return bool(path.parts) and len(path.parts[0]) == 2 and path.parts[0][1] == ":"


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """Chinese Windows writes names in GBK without saying so; zipfile then takes them for cp437."""
    if info.flag_bits & _UTF8_NAMES:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
