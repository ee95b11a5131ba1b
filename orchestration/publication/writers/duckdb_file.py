"""`specialty_town.duckdb`: all tables with Chinese descriptions, and the same as views in the schema `zh`."""

from pathlib import Path

import duckdb

from orchestration.publication.marts import Mart, identifier, literal, open_offline
from orchestration.publication.writers.content import ReleaseContent, WrittenFile

FILE_NAME = "specialty_town.duckdb"
ZH_SCHEMA = "zh"
_RELEASE = "release"


def write(content: ReleaseContent, folder: Path) -> list[WrittenFile]:
    """Write the file; the rows of each table in it."""
    path = folder / FILE_NAME
    connection = content.connection
    rows = {}
    connection.execute(f"attach {literal(str(path))} as {_RELEASE}")
    try:
        for mart in content.marts:
            table = f"{_RELEASE}.main.{identifier(mart.name)}"
            connection.execute(f"create table {table} as {content.select(mart)}")
            (rows[mart.name],) = connection.execute(f"select count(*) from {table}").fetchone() or (0,)
    finally:
        connection.execute(f"detach {_RELEASE}")
    # In the file itself: `create table as` knows no comments, and a view made from outside would name the
    # attached catalogue, which a reader does not have.
    with open_offline(path, is_read_only=False) as release:
        # One transaction: hundreds of comments, each synced to disk by itself, would take longer than all tables.
        release.execute("begin")
        release.execute(f"create schema {ZH_SCHEMA}")
        for mart in content.marts:
            _describe(release, mart)
        release.execute("commit")
    return [WrittenFile(FILE_NAME, rows)]


def _describe(release: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    table = f"main.{identifier(mart.name)}"
    view = f"{ZH_SCHEMA}.{identifier(mart.label_zh)}"
    aliases = ", ".join(f"{identifier(column.name)} as {identifier(column.label_zh)}" for column in mart.columns)
    comment = _comment(mart.label_zh, mart.description_zh, mart.description)
    release.execute(f"create view {view} as select {aliases} from {table}")
    release.execute(f"comment on table {table} is {comment}")
    release.execute(f"comment on view {view} is {comment}")
    for column in mart.columns:
        text = _comment(column.label_zh, column.description_zh, column.description)
        release.execute(f"comment on column {table}.{identifier(column.name)} is {text}")


def _comment(label_zh: str, description_zh: str, description: str) -> str:
    return literal(f"{label_zh}：{description_zh}\n{description}")
