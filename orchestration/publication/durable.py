"""Files that survive a power cut: synced to disk before anything points to them."""

import os
from pathlib import Path


def sync_tree(folder: Path) -> None:
    """Put every file and folder under `folder`, and itself, on the disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        _sync(path)
    _sync(folder)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents; each new entry is on the disk. One that is there is left as it is."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def move_folder(source: Path, target: Path) -> None:
    """Give a folder its name, within its parent; atomic. Raises FileExistsError if the name is taken."""
    # rename(2) would silently replace an empty folder.
    if os.path.lexists(target):
        raise FileExistsError(f"{target} exists; nothing that exists is overwritten")
    source.rename(target)
    _sync(target.parent)


def place_file(temporary: Path, target: Path) -> None:
    """Give a finished file its name, atomically, within its folder; what had the name before is gone."""
    _sync(temporary)
    temporary.replace(target)
    _sync(target.parent)


def point_link(link: Path, target: Path, temporary: Path) -> None:
    """Let `link` point to `target` (kept as given), atomically; a reader sees the old one or the new one."""
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    _sync(link.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
