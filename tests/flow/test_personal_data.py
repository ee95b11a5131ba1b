"""Names and telephones of natural persons stay where docs/architecture.md says, and nowhere else.

Marked persons are planted in every column that a contract calls personal, in good rows and in faulty ones, and where
no contract expects them: titles, signatures, unknown columns, headers, damaged and refused files, telephones in file
and sheet names. One run and the commands that show things, then everything written is searched.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pytest

from orchestration.sent_rows import MASK
from orchestration.settings import PROJECT_DIR
from sources.contract import Contract, load_contracts
from tests.city import City, Ran
from tests.flow.raw_rows import (
    CHANGES,
    EVENTS,
    FUNDS,
    HONOURS,
    PLATFORMS,
    PROJECTS,
    REGISTER,
    TASKS,
    Row,
    credit_code,
    task_number,
    usual_cells,
)  # fmt: skip

CONTRACTS = load_contracts()
# The first month is sound and is published; all faults stand in the second, which must not be.
SOUND, FAULTY = "2024-02", "2024-03"
# Persons who are in no list: found anywhere, they came from what is planted here.
NAME, PHONE = "隐名埋姓", "13900019999"
PERSON = f"{NAME}{PHONE}"
ID_NUMBER = "110105199001019999"
UNREADABLE = "看不懂"
SOUND_ROWS = 200
Grid = list[list[str]]


def persons(contract: Contract) -> dict[str, str]:
    """A marked person in each column that the contract calls personal."""
    return {column.name: PERSON for column in contract.columns if column.is_personal}


def row(feed: str, period: str, number: int, **cells: str) -> dict[str, str]:
    """An ordinary row with a person in it; `cells` stand in place of its own."""
    own = {name: str(cell) for name, cell in usual_cells(Row(feed, period), credit_code(number)).items()}
    if feed == TASKS:
        own["task_id"] = task_number(credit_code(number))
    if feed == CHANGES:
        own |= {"change_type": "变更", "changed_on": f"{period}-01"}
    return {**own, **persons(CONTRACTS[feed]), **cells}


def faulty_rows(contract: Contract) -> Iterator[dict[str, str]]:
    """Of each column a row in which it cannot be read, and one without it if it is required; a key said twice."""
    number = 1000
    for column in contract.columns:
        bad = ["" if column.is_required else None, UNREADABLE if column.type != "text" else None]
        if column.type == "credit_code":
            bad += [PHONE, ID_NUMBER]
        if column.type == "number":
            bad += ["9999999", "-1"]
        if column.type == "date":
            bad += ["2024-02-30", "2031-01-01"]
        for cell in bad:
            if cell is not None and not column.is_personal:
                number += 1
                yield row(contract.feed, FAULTY, number, **{column.name: cell})
    spare = next(column.name for column in contract.columns if column.name not in contract.key)
    yield row(contract.feed, FAULTY, 900)
    yield row(contract.feed, FAULTY, 900, **{spare: "另一个"})


def grid(contract: Contract, rows: Iterable[Mapping[str, str]]) -> Grid:
    """Rows under headers of the contract, and a column that it does not know, with a person in it."""
    return [
        [*(column.headers[0] for column in contract.columns), "经手人"],
        *([*(one.get(column.name, "") for column in contract.columns), PERSON] for one in rows),
    ]


def workbook(lines: Grid, sheet: str = "表1") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for line in lines:
        book.active.append([cell or None for cell in line])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def text(lines: Grid) -> bytes:
    return "".join(",".join(line) + "\n" for line in lines).encode("gb18030")


def deliver(city: City, feed: str, period: str, name: str, content: bytes, sent_at: str) -> None:
    path = city.landing / feed / period / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.with_name(name + ".json").write_text(json.dumps({"sent_at": sent_at}), encoding="utf-8")


def deliver_sound(city: City) -> None:
    for feed, contract in CONTRACTS.items():
        lines = grid(contract, (row(feed, SOUND, number) for number in range(SOUND_ROWS)))
        deliver(city, feed, SOUND, f"报送{PHONE}.xlsx", workbook(lines), "2024-03-04T09:00:00+08:00")


def deliver_faulty(city: City) -> None:
    for feed, contract in CONTRACTS.items():
        lines = grid(contract, [*(row(feed, FAULTY, number) for number in range(50, 60)), *faulty_rows(contract)])
        if feed == REGISTER:
            # Lines torn apart, with nothing to tell which cell is which.
            lines[3:3] = [[credit_code(700), PERSON, PERSON], [PERSON, "存续"]]
            name, content = f"报送{PHONE}.csv", text(lines)
        else:
            signed = [[f"填表人：{NAME}", f"联系电话：{PHONE}"], [f"单位负责人：{PERSON}"]]
            name, content = f"报送{PHONE}.xlsx", workbook([*signed, *lines, *signed], f"表{PHONE}")
        deliver(city, feed, FAULTY, name, content, "2024-04-03T09:00:00+08:00")


def deliver_refused(city: City) -> None:
    """Files that are refused, each with persons where the reason could quote them. One feed and month for each."""
    events = grid(CONTRACTS[EVENTS], [row(EVENTS, FAULTY, 1)])
    events[0] = ["活动编号", "活动名称", "活动类型", NAME, PHONE, PERSON, f"张{NAME}", f"{NAME}（{PHONE}）"]
    funds = workbook(grid(CONTRACTS[FUNDS], [row(FUNDS, FAULTY, number) for number in range(40)]))
    honours = grid(CONTRACTS[HONOURS], [row(HONOURS, FAULTY, 1)])
    for line, cell in zip(honours, ("获得单位", f"另{PERSON}"), strict=True):
        line.append(cell)
    members = io.BytesIO()
    with zipfile.ZipFile(members, "w") as archive:
        archive.writestr(f"{PHONE}.csv", text([["编号", PERSON], ["1", PERSON]]))
    for feed, name, content in (
        (EVENTS, f"姓名作表头{PHONE}.xlsx", workbook(events)),
        (FUNDS, "损坏.xlsx", funds[: len(funds) // 2]),
        (HONOURS, "两列.xlsx", workbook(honours)),
        (PLATFORMS, "无表头.csv", text([[PERSON] * 8] * 5)),
        (PROJECTS, "压缩.zip", members.getvalue()),
        (CHANGES, "放错.xlsx", workbook(grid(CONTRACTS[REGISTER], [row(REGISTER, FAULTY, 1)]))),
    ):
        deliver(city, feed, FAULTY, name, content, "2024-04-05T09:00:00+08:00")
    (city.landing / EVENTS / FAULTY / f"扫描件{PHONE}.pdf").write_bytes(PERSON.encode())


# Each entity that counts is shown by its name, among other cells.
TRACE = f"trace --period {SOUND} --town all --indicator active_entities --json"

# What a mark looks like in bytes: as text, and as JSON escapes it.
MARKS = tuple(
    form
    for mark in (NAME, PHONE, ID_NUMBER)
    for form in (mark.encode(), mark.encode("gb18030"), mark.encode("utf-16-le"), json.dumps(mark)[1:-1].encode())
)


def holds_a_person(content: bytes) -> bool:
    return any(mark in content for mark in MARKS)


def content_of(path: Path) -> bytes:
    """All that is in a file, unpacked: rows of databases, members of archives."""
    if path.suffix == ".duckdb":
        return b"".join(content for _, content in columns_of(path))
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            return repr(connection.execute("select * from read_parquet(?)", [str(path)]).fetchall()).encode()
    if path.read_bytes().startswith(b"SQLite format 3"):
        with sqlite3.connect(path) as connection:
            return "\n".join(connection.iterdump()).encode("utf-8", "surrogatepass")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    return path.read_bytes()


def columns_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """`relation.column` -> the text of all its cells, of every table and view of a DuckDB file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        relations = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
        for schema, table in relations:
            cursor = connection.execute(f'select * from "{schema}"."{table}"')
            names = [column[0] for column in cursor.description]
            for name, cells in zip(names, zip(*cursor.fetchall(), strict=True), strict=False):
                yield f"{table}.{name}", repr(cells).encode()


@dataclass
class Told:
    """The city after its run, and what each command said."""

    city: City
    said: dict[str, Ran]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    city = City(tmp_path_factory.mktemp("persons"), environment={"STM_LOG_LEVEL": "DEBUG"})
    deliver_sound(city)
    deliver_faulty(city)
    deliver_refused(city)
    said = {}
    for command in (
        "run --json", f"check --period {SOUND}", "quarantine list", "quarantine list --json", "quarantine show --json",
        "quarantine export", "release show",
        TRACE,
        f"trace --period {SOUND} --town all --indicator honours_held",
    ):  # fmt: skip
        said[command] = city.stm(*command.split())
    set_aside = {one["feed"]: one["row_ref"] for one in json.loads(said["quarantine list --json"].out)}
    for feed, contract in CONTRACTS.items():
        if persons(contract):
            command = f"quarantine show {set_aside[feed]} --json"
            said[command] = city.stm(*command.split())
    return Told(city, said)


def test_the_city_is_as_planted(told: Told) -> None:
    """The sound month is published, the faulty one stopped; the search finds persons where they may be."""
    run = told.said["run --json"]
    assert run.code == 1, run.out + run.err
    assert [path.name for path in (told.city.data / "published" / "releases").iterdir()] == [SOUND]
    refused = {one["rule_id"] for one in run.report["refused"]}
    assert refused == {"R-FILE-001", "R-FILE-002", "R-FILE-003", "R-FILE-008"}
    set_aside = {one["feed"] for one in json.loads(told.said["quarantine list --json"].out)}
    assert set_aside == set(CONTRACTS)
    assert told.said[TRACE].out.count(MASK) >= SOUND_ROWS
    for folder in ("landing", "raw", "quarantine"):
        assert any(holds_a_person(content_of(path)) for path in files(told.city.data / folder)), folder


def test_no_command_names_a_person(told: Told) -> None:
    assert {name: ran.code for name, ran in told.said.items() if ran.code} == {"run --json": 1}
    said = {name: (ran.out + ran.err).encode() for name, ran in told.said.items()}
    assert [name for name, text in said.items() if b"Traceback" in text] == []
    assert [name for name, text in said.items() if holds_a_person(text)] == []


def test_no_file_but_landing_raw_warehouse_and_the_senders_own_workbook_holds_a_person(told: Told) -> None:
    data = told.city.data
    warehouse = data / "warehouse" / "warehouse.duckdb"
    searched = [
        path
        for path in files(data)
        if path.relative_to(data).parts[0] not in ("landing", "raw", "quarantine") and path != warehouse
    ]
    kinds = {path.relative_to(data).parts[0] for path in searched} | {path.suffix for path in searched}
    assert {"state", "published", "warehouse", ".sqlite", ".log", ".json", ".duckdb", ".parquet"} <= kinds
    found = [
        str(path.relative_to(data))
        for path in searched
        if holds_a_person(str(path).encode()) or holds_a_person(content_of(path))
    ]
    assert found == []


def test_the_warehouse_holds_persons_in_the_columns_that_are_theirs_and_in_no_mart(told: Told) -> None:
    """docs/architecture.md, Personal data: also a number in a credit code's place, and what is told of it."""
    marts = {path.stem for path in (PROJECT_DIR / "dbt_project" / "models" / "marts").glob("*.sql")}
    theirs = {column.name for contract in CONTRACTS.values() for column in contract.columns if column.is_personal}
    holding = defaultdict(set)
    for name, content in columns_of(told.city.data / "warehouse" / "warehouse.duckdb"):
        relation, column = name.split(".")
        assert relation not in marts or not holds_a_person(content), name
        if holds_a_person(content):
            holding[NAME.encode() in content].add(column)
    assert holding == {True: theirs & {"entity_name", "holder", "beneficiary"}, False: {"credit_code", "seen"}}


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
