"""Puts finished deliveries into the landing area: beside them their receipts, with the time at which they
were sent.

Everything is written apart first and moved when it is whole. A landing area that holds anything else is left
alone: the demo never mixes with what offices sent. Does not belong here: what a delivery says.
"""

import filecmp
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sources.demo.scenario import Delivery
from sources.demo.stop import DemoError

RECEIPT_ENDING = ".json"

_SHOWN = 3


def refuse_other_files(landing_dir: Path, plan: Iterable[Delivery]) -> None:
    """DemoError when the landing area holds a file that is not the demo's; hidden files do not count."""
    own = {name for delivery in plan for name in (delivery.path, delivery.path + RECEIPT_ENDING)}
    others = sorted(name for name in _files(landing_dir) if name not in own)
    if others:
        raise _refusal(landing_dir, others, "演示以外的文件", "files that are not of the demo")


@contextmanager
def staging(landing_dir: Path) -> Iterator[Path]:
    """A folder beside the landing area, gone at the end; what cannot be written meanwhile is a DemoError."""
    folder = None
    try:
        landing_dir.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".demo-", dir=landing_dir.parent))
        yield folder
    except OSError as error:
        why = error.strerror or error
        raise DemoError(
            f"无法在 {landing_dir.parent} 下写入（{why}）；请检查目录、权限与剩余空间",
            f"cannot write below {landing_dir.parent} ({why}); check its permissions and free space",
        ) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def add_receipts(folder: Path, rows: Mapping[Delivery, int]) -> None:
    """Writes the receipt beside each delivery and gives both the time of sending."""
    for delivery, count in rows.items():
        path = folder / delivery.path
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        said = {
            "sender": delivery.sender,
            "sent_at": delivery.sent_at.isoformat(),
            "sha256": sha256,
            "rows": count,
        }
        receipt = path.with_name(path.name + RECEIPT_ENDING)
        receipt.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        for written in (path, receipt):
            os.utime(written, (delivery.sent_at.timestamp(),) * 2)


def move_in(folder: Path, landing_dir: Path) -> tuple[int, int]:
    """Moves all files into the landing area; how many were moved, and how many stood there already.

    DemoError, and nothing is moved, when a file there has the same name and other bytes.
    """
    names = _files(folder)
    kept = [name for name in names if (landing_dir / name).exists()]
    differing = [name for name in kept if not filecmp.cmp(folder / name, landing_dir / name, shallow=False)]
    if differing:
        raise _refusal(landing_dir, differing, "同名但内容不同的文件", "files of the same names with other content")
    missing = [name for name in names if name not in set(kept)]
    # Receipts first: a delivery never stands there without the one that is its own.
    for name in sorted(missing, key=lambda name: (not name.endswith(RECEIPT_ENDING), name)):
        target = landing_dir / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / name).replace(target)
    return len(missing), len(kept)


def _files(folder: Path) -> list[str]:
    """Files below a folder by their path in it, hidden ones left out."""
    if not folder.exists():
        return []
    if not folder.is_dir():
        raise DemoError(f"{folder} 不是目录，无法写入演示来文", f"{folder} is no folder: no deliveries can be written")
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _refusal(landing_dir: Path, names: list[str], what_zh: str, what_en: str) -> DemoError:
    shown = [*names[:_SHOWN], "…"] if len(names) > _SHOWN else names
    return DemoError(
        f"{landing_dir} 中已有 {len(names)} 个{what_zh}（{'、'.join(shown)}），未写入任何来文；"
        "请把演示写到另一个数据目录（STM_DATA_DIR），或先移走这些文件",
        f"{landing_dir} holds {len(names)} {what_en} ({', '.join(shown)}); nothing was written: "
        "choose another data directory (STM_DATA_DIR), or move these files away first",
    )
