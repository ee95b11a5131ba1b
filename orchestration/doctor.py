"""Whether this machine can run the warehouse: versions, disk, directories, DuckDB, the lock, databases, the settings.

Add a finding when a machine turned out unfit in a way that nobody saw beforehand. Nothing is repaired here and nothing
of the data is looked at, but for the names of the columns that senders' databases give. Every finding that is not good
says what to do.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import duckdb
from packaging.requirements import Requirement

from orchestration.fetching import SenderFailed, columns_of
from orchestration.lock import current_holder
from orchestration.senders import DatabaseSender, SendersError, load_senders
from orchestration.settings import Settings, credentials, unknown_variables
from sources.contract import Contract, load_contracts
from sources.layout import find_header
from sources.readers.cells import Row

PACKAGE = "specialty-town-monitor"
PYTHON_FROM, PYTHON_BEFORE = (3, 11), (3, 14)
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `is_good` false means that a run would fail; a warning is good and has something to say."""

    subject: str
    is_good: bool
    seen: str
    advice_zh: str = ""
    advice_en: str = ""

    @property
    def is_warning(self) -> bool:
        """Good enough to run, with something to see to."""
        return self.is_good and bool(self.advice_zh)


def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order in which a person would look."""
    looks: list[Callable[[Settings], list[Finding]]] = [
        _python, _packages, _directories, _disk, _duckdb, _lock, _senders, _settings,
    ]  # fmt: skip
    return [finding for look in looks for finding in look(settings)]


def _python(settings: Settings) -> list[Finding]:
    seen = ".".join(map(str, sys.version_info[:3]))
    if PYTHON_FROM <= sys.version_info[:2] < PYTHON_BEFORE:
        return [Finding("Python", True, seen)]
    return [Finding("Python", False, seen, "需要 Python 3.11 至 3.13。", "Python 3.11, 3.12 or 3.13 is needed.")]


def _packages(settings: Settings) -> list[Finding]:
    findings = []
    for line in requires(PACKAGE) or []:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            seen = version(wanted.name)
        except PackageNotFoundError:
            seen = ""
        if seen and wanted.specifier.contains(seen, prereleases=True):
            findings.append(Finding(wanted.name, True, seen))
        else:
            findings.append(
                Finding(
                    wanted.name,
                    False,
                    seen or "未安装 (not installed)",
                    f"需要 {wanted.specifier or '任一版本'}；请运行 make install。",
                    f"{wanted.specifier or 'any version'} is needed; run make install.",
                )
            )
    return findings


def _nearest(path: Path) -> Path:
    """The path itself, or the nearest folder above it that exists."""
    return path if path.exists() else _nearest(path.parent)


def _directories(settings: Settings) -> list[Finding]:
    findings = []
    for path in (settings.raw_dir, settings.warehouse_dir, settings.state_dir, settings.published_dir):
        folder = _nearest(path)
        try:
            with tempfile.TemporaryFile(dir=folder):
                findings.append(Finding(f"{path.name}/", True, f"{path} 可写 (writable)"))
        except OSError as error:
            findings.append(
                Finding(
                    f"{path.name}/",
                    False,
                    f"{folder}: {error.strerror}",
                    f"请让运行本程序的用户能写 {folder}，或另设 STM_DATA_DIR。",
                    f"Let the user who runs this write to {folder}, or set STM_DATA_DIR to another place.",
                )
            )
    landing = settings.landing_dir
    if landing.is_dir():
        findings.append(Finding("landing/", True, str(landing)))
    else:
        findings.append(
            Finding(
                "landing/",
                True,
                f"{landing} 不存在 (not there)",
                "请把来文放在此处，或运行 stm demo 写入演示来文。",
                "Put the deliveries there, or let stm demo write some.",
            )
        )
    return findings


def _disk(settings: Settings) -> list[Finding]:
    free_mb = shutil.disk_usage(_nearest(settings.data_dir)).free // MEGABYTE
    seen = f"{free_mb:,} MB 空闲 (free)"
    if free_mb >= settings.min_free_disk_mb:
        return [Finding("磁盘 disk", True, seen)]
    return [
        Finding(
            "磁盘 disk",
            False,
            seen,
            f"至少需要 {settings.min_free_disk_mb:,} MB；请腾出空间，或另设 STM_DATA_DIR。",
            f"{settings.min_free_disk_mb:,} MB are needed; make room, or set STM_DATA_DIR to another disk.",
        )
    ]


def _duckdb(settings: Settings) -> list[Finding]:
    path = settings.warehouse_path
    if not path.exists():
        return [Finding("DuckDB", True, "还没有仓库文件，首次运行时建立 (made by the first run)")]
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("select count(*) from duckdb_tables()")
    except duckdb.IOException as error:
        if re.search("lock", str(error), re.IGNORECASE):
            return [Finding("DuckDB", True, "正被一次构建占用 (in use by a build)")]
        return [_unreadable(path)]
    except duckdb.Error:
        return [_unreadable(path)]
    return [Finding("DuckDB", True, f"{path}，{path.stat().st_size // MEGABYTE:,} MB")]


def _unreadable(path: Path) -> Finding:
    return Finding(
        "DuckDB",
        False,
        f"{path} 打不开 (cannot be opened)",
        "仓库文件随时可以重建：请删除它，再运行 stm run。",
        "The warehouse can be rebuilt at any time: delete the file and run stm run.",
    )


def _lock(settings: Settings) -> list[Finding]:
    try:
        is_held, holder = current_holder(settings.lock_path)
    except OSError as error:
        return [
            Finding(
                "构建锁 lock",
                False,
                f"{settings.lock_path}: {error.strerror}",
                "请让运行本程序的用户能写该文件。",
                "Let the user who runs this write to that file.",
            )
        ]
    if not is_held:
        return [Finding("构建锁 lock", True, "空闲 (free)")]
    if holder is None:
        return [Finding("构建锁 lock", True, "有构建刚刚开始 (a build has just begun)")]
    return [
        Finding(
            "构建锁 lock",
            True,
            f"运行 {holder.run}，进程 {holder.pid}，主机 {holder.host}，自 {holder.since} 起 (held)",
        )
    ]


def _senders(settings: Settings) -> list[Finding]:
    """Whether each sender's database answers, and gives the columns of its feed's contract."""
    contracts = load_contracts()
    try:
        senders = load_senders(settings.senders_path, contracts, credentials(), is_named=settings.is_senders_named)
    except SendersError as error:
        seen = f"{settings.senders_path} 不能使用 (cannot be used)"
        return [Finding("数据库报送 senders", False, seen, error.message_zh, error.message_en)]
    return [_sender(sender, contracts[sender.feed], settings) for sender in senders]


def _sender(sender: DatabaseSender, contract: Contract, settings: Settings) -> Finding:
    subject = f"数据库报送 {sender.name}"
    period = sender.first_period or settings.first_period
    try:
        columns = columns_of(sender, period)
    except SenderFailed as failure:
        return Finding(
            subject,
            True,
            f"{sender.url}：{failure.reason_zh}",
            "恢复之前，以已有的来文为准；请与报送单位核对地址、账号和查询。",
            f"{failure.reason_en}; until it is mended, what is there stands. Look at address, account and query.",
        )
    header = find_header([Row(1, columns)], (), contract, period)
    missing = header.missing(contract) if header else contract.required_columns
    if missing:
        return Finding(
            subject,
            True,
            f"查询给出的列 (columns)：{'、'.join(columns)}",
            f"缺少必需的列 {'、'.join(column.label_zh for column in missing)}，会被拒收；请在查询中以 as 改名或补上。",
            f"Required columns are missing: {', '.join(column.name for column in missing)}; its deliveries would be "
            "refused. Add them to the query, or name them with `as`.",
        )
    unknown = [found.header for found in header.columns if not found.column] if header else []
    if unknown:
        return Finding(
            subject,
            True,
            f"{len(columns)} 列，约定中没有的 (unknown)：{'、'.join(unknown)}",
            "这些列只随原行保存，不参与计算；如应使用，请在查询中以 as 改名。",
            "These are kept with the row and not used; name them with `as` if they should be.",
        )
    return Finding(subject, True, f"{len(columns)} 列 (columns)，与约定相符 (known to the contract)")


def _settings(settings: Settings) -> list[Finding]:
    return [
        Finding(
            name,
            True,
            "不是本程序的设置 (no setting of this program)",
            "名称可能有误，请对照下表；此项不起作用。",
            "Perhaps a slip: see the table below. It has no effect.",
        )
        for name in unknown_variables()
    ]
