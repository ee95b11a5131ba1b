"""Databases as senders: `senders.yaml`, read and checked, its credentials put in from the environment.

Belongs here: the form of the file, what may stand in a URL and in a query, and what of it may be shown. Does not belong
here: asking a database and keeping what it says (`fetching.py`), which columns a feed has (contracts).

    senders:
      - feed: ledger_projects
        sender: 领导小组办公室
        url: postgresql+psycopg://reader:${LEDGER_DB_PASSWORD}@10.1.2.3:5432/ledger
        query: select * from project_ledger where month = :period
        first_period: 2024-01
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.types import TypeEngine

from orchestration.settings import PREFIX, Period
from orchestration.stops import Misuse
from sources.contract import Contract

#: What a query can ask for: the month itself, its first and its last day.
PARAMETERS: Mapping[str, TypeEngine[Any]] = {"period": sa.Text(), "month_start": sa.Date(), "month_end": sa.Date()}

_MASK = "***"
# The names of this program's own settings are left to them: `stm doctor` calls others unknown.
_VARIABLE = re.compile(rf"\$\{{((?!{PREFIX})[A-Za-z_][A-Za-z0-9_]*)\}}")
_PASSWORD_IN_OPTION = re.compile(r"(?:pass\w*|pwd)\s*=\s*(?!\$\{)\S", re.IGNORECASE)

# It becomes part of a file name, of which 255 bytes may be used, and must not look like a file that is being written.
SenderName = Annotated[
    str, Field(min_length=1, max_length=50, pattern=r'^[^.~\s\\/:*?"<>|\x00-\x1f][^\\/:*?"<>|\x00-\x1f]*$')
]


class SendersError(Misuse):
    """`senders.yaml` cannot be used as it is; the messages name the file, the entry and what is expected."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SenderEntry(_Strict):
    """One entry of the file: a feed, and the query by which one database delivers it."""

    feed: str
    sender: SenderName
    url: str
    query: str
    first_period: Period | None = None


class SendersFile(_Strict):
    """The form of `senders.yaml`."""

    senders: tuple[SenderEntry, ...]


@dataclass(frozen=True)
class DatabaseSender:
    """A sender whose deliveries are the results of a query.

    `url` and `query` are as configured, without any credential: they may be shown and kept. `connection_url` has them,
    and is never shown, nor are `secrets`, the values put in. `first_period`: the first month to ask for; None: the
    warehouse's own.
    """

    feed: str
    sender: str
    url: str
    query: str
    first_period: str | None
    connection_url: sa.URL = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The entry, as messages name it."""
        return f"{self.feed}／{self.sender}"

    @cached_property
    def statement(self) -> sa.TextClause:
        """The query with typed parameters, those of `PARAMETERS` that it uses."""
        statement = sa.text(self.query)
        used = statement.compile().params
        return statement.bindparams(
            *(sa.bindparam(name, type_=kind) for name, kind in PARAMETERS.items() if name in used)
        )

    def parameters(self, period: str) -> dict[str, str | date]:
        """The values of the query's parameters for a month ('YYYY-MM')."""
        year, month = map(int, period.split("-"))
        after = date(year + month // 12, month % 12 + 1, 1)
        values = {
            "period": period,
            "month_start": date(year, month, 1),
            "month_end": date.fromordinal(after.toordinal() - 1),
        }
        return {name: values[name] for name in self.statement.compile().params}

    def masked(self, text: str) -> str:
        """A text of the driver, without what the environment put into the URL."""
        for value in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(value, _MASK)
        return text


def load_senders(
    path: Path, contracts: Mapping[str, Contract], environment: Mapping[str, str], *, is_named: bool = False
) -> tuple[DatabaseSender, ...]:
    """The senders of the file, in its order; none without a file, unless a setting names it.

    `environment` is what `${NAME}` may name. Raises SendersError.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if not is_named:
            return ()
        raise _wrong(path, f"没有这个文件；请核对 {PREFIX}SENDERS", f"no such file; look at {PREFIX}SENDERS") from None
    except OSError as error:
        raise _wrong(path, f"无法读取（{error.strerror}）", f"cannot be read: {error.strerror}") from error
    try:
        form = SendersFile.model_validate(yaml.safe_load(content))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        # Its own text would repeat lines of the file, and a password that stands there against all rules.
        mark = getattr(error, "problem_mark", None)
        line_zh, line_en = (f"第 {mark.line + 1} 行", f"line {mark.line + 1}") if mark else ("文件", "the file")
        raise _wrong(path, f"{line_zh}不是有效的 YAML", f"{line_en} is not valid YAML") from None
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or '(whole file)'}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise _wrong(path, problems, problems) from None
    senders = tuple(
        _checked(f"{path}: senders.{number}", entry, contracts, environment)
        for number, entry in enumerate(form.senders)
    )
    names = [sender.name for sender in senders]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _wrong(
            path,
            f"{'、'.join(twice)} 出现了两次；同一数据的两个查询，报送单位名称应不同",
            f"{', '.join(twice)} stands twice; two queries for one feed need two names",
        )
    return senders


def _checked(
    where: str, entry: SenderEntry, contracts: Mapping[str, Contract], environment: Mapping[str, str]
) -> DatabaseSender:
    if entry.feed not in contracts:
        raise _wrong(
            f"{where}.feed",
            f"没有 {entry.feed!r} 这种数据；已知的有：{'、'.join(contracts)}",
            f"no feed {entry.feed!r}; known: {', '.join(contracts)}",
        )
    connection_url, put_in = _connection_url(f"{where}.url", entry.url, environment)
    query = entry.query.strip().rstrip(";").rstrip()
    used = set(sa.text(query).compile().params)
    expected = "、".join(f":{name}" for name in PARAMETERS)
    if unknown := sorted(used - PARAMETERS.keys()):
        raise _wrong(
            f"{where}.query",
            f"不认识参数 {'、'.join(f':{name}' for name in unknown)}；可用 {expected}（不是参数的冒号写作 \\:）",
            f"no parameter {', '.join(unknown)}; there are {expected} (a colon that begins none is written \\:)",
        )
    if not used:
        raise _wrong(
            f"{where}.query",
            f"没有用到 {expected} 中任何一个，各月会得到同样的行；请限定到所查的月份",
            f"uses none of {expected}: every month would get the same rows; restrict it to the month",
        )
    return DatabaseSender(entry.feed, entry.sender, entry.url, query, entry.first_period, connection_url, put_in)


def _connection_url(where: str, text: str, environment: Mapping[str, str]) -> tuple[sa.URL, tuple[str, ...]]:
    """The URL with what its `${NAME}` stand for, and those values. Each part is put in as it is, without escapes."""
    names = _VARIABLE.findall(text)
    if "${" in _VARIABLE.sub("", text):
        raise _wrong(
            where,
            f"${{…}} 中应为变量名（字母、数字、下划线，不以 {PREFIX} 开头）",
            f"${{…}} takes the name of a variable: letters, digits, underscores, not beginning with {PREFIX}",
        )
    if unset := [name for name in names if not environment.get(name)]:
        raise _wrong(
            where,
            f"环境变量 {'、'.join(unset)} 没有设置；请在环境或 .env 中设置",
            f"the variable {', '.join(unset)} is not set; set it in the environment or in .env",
        )
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        raise _wrong(
            where,
            "不是 SQLAlchemy 连接串；应如 postgresql+psycopg://用户:${密码变量}@主机:5432/库名",
            "is no SQLAlchemy URL; expected as postgresql+psycopg://user:${PASSWORD}@host:5432/database",
        ) from None
    options = [
        (name, part) for name, value in url.query.items() for part in ([value] if isinstance(value, str) else value)
    ]
    if (url.password and not _VARIABLE.fullmatch(url.password)) or any(
        _PASSWORD_IN_OPTION.search(f"{name}={part}") for name, part in options
    ):
        raise _wrong(
            where,
            "密码不能写在文件里；请写成 ${变量名}，并在环境或 .env 中设置该变量",
            "a password must not stand in the file; write ${NAME}, and set it in the environment or in .env",
        )
    try:
        url.get_dialect().import_dbapi()
    except (NoSuchModuleError, ImportError):
        raise _wrong(
            where,
            f"没有 {url.drivername} 的驱动程序；请写 postgresql+psycopg 或 mysql+pymysql，其他须先安装",
            f"no driver for {url.drivername}; write postgresql+psycopg, mysql+pymysql, or install what is meant",
        ) from None

    def put_in(part: str) -> str:
        return _VARIABLE.sub(lambda match: environment[match[1]], part)

    whole = sa.URL.create(
        url.drivername,
        username=put_in(url.username) if url.username else None,
        password=put_in(url.password) if url.password else None,
        host=put_in(url.host) if url.host else None,
        port=url.port,
        database=put_in(url.database) if url.database else None,
        query={
            name: put_in(value) if isinstance(value, str) else tuple(map(put_in, value))
            for name, value in url.query.items()
        },
    )
    return whole, tuple(environment[name] for name in names)


def _wrong(where: Path | str, zh: str, en: str) -> SendersError:
    return SendersError(f"数据库报送单位的配置有误，{where}：{zh}。", f"Senders' databases, {where}: {en}.")
