"""Senders' databases asked (SQLite): what is kept and when, how cells are written, what is told when it fails."""

import datetime as dt
import json
import sqlite3
import stat
from contextlib import closing
from decimal import Decimal
from uuid import UUID

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from orchestration import fetching
from orchestration.build import Request
from orchestration.cli import app
from orchestration.fetching import SenderFailed, columns_of, fetch
from orchestration.run import run
from orchestration.senders import load_senders
from orchestration.settings import Settings
from sources.contract import load_contracts
from sources.intake import read_delivery
from sources.landing import SHANGHAI, scan

CONTRACTS = load_contracts()
FEED, SENDER = "ledger_issues", "领导小组办公室"
QUERY = "select issue_id, town, problem, raised_on, lead_unit, due_on, status, depth from issues where month = :period"
ISSUE = ("W-1", "霍州厨卫制造专业镇", "缺少熟练工", "2024-03-02", "人社局", "2024-06-30", "办理中", 1.5)


class Office:
    """An office with a database of issues, and the warehouse that asks it."""

    def __init__(self, folder):
        self.database = folder / "office.db"
        self.settings = Settings(data_dir=folder / "data")
        self.now = dt.datetime(2024, 4, 9, 12, 0, tzinfo=SHANGHAI)
        self.settings.data_dir.mkdir()
        self.say("create table issues (month, issue_id, town, problem, raised_on, lead_unit, due_on, status, depth)")
        self.configure()

    def configure(self, query=QUERY, first_period="2024-02", url=None):
        url = url or f"sqlite:///{self.database}"
        entry = {"feed": FEED, "sender": SENDER, "url": url, "query": query, "first_period": first_period}
        self.settings.senders_path.write_text(json.dumps({"senders": [entry]}), encoding="utf-8")

    def say(self, statement, *rows):
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.executemany(statement, rows) if rows else connection.execute(statement)

    def raise_issues(self, *issues, month="2024-03"):
        self.say(f"insert into issues values (?{', ?' * 8})", *((month, *issue) for issue in issues))

    def sender(self):
        [sender] = load_senders(self.settings.senders_path, CONTRACTS, {})
        return sender

    def clock(self):
        self.now += dt.timedelta(minutes=1)
        return self.now

    def ask(self, last=None):
        return fetch(
            [self.sender()],
            CONTRACTS,
            first=self.settings.first_period,
            last=last,
            senders_path=self.settings.senders_path,
            fetched_dir=self.settings.fetched_dir,
            now=self.clock,
        )

    def outcomes(self, **how):
        return {one.period: one.outcome for one in self.ask(**how).asked}

    def kept(self):
        return sorted(path for path in self.settings.state_dir.rglob("*") if path.is_file())

    def arrivals(self):
        found = scan(self.settings.landing_dir, CONTRACTS, self.settings.fetched_dir)
        assert found.notices == ()
        return found.arrivals

    def rows(self, arrival):
        result = read_delivery(arrival, CONTRACTS[FEED], self.settings.raw_dir, contracts=CONTRACTS)
        assert result.status == "accepted", result.reason_en
        return [row for row in pq.read_table(result.raw_path).to_pylist() if row["_row_kind"] == "data"]


class LiteralResult(list):
    """A result of rows with values that SQLite does not have."""

    def __init__(self, columns, rows):
        super().__init__(rows)
        self.keys = lambda: columns


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def test_a_result_is_kept_like_a_file_with_its_receipt(office):
    office.raise_issues(ISSUE)
    fetched = office.ask()
    [told] = [one for one in fetched.asked if one.outcome == "delivered"]
    assert (told.feed, told.sender, told.period, told.rows) == (FEED, SENDER, "2024-03", 1)
    [arrival] = office.arrivals()
    assert (arrival.feed, arrival.period, arrival.sender) == (FEED, "2024-03", SENDER)
    assert arrival.received_at == arrival.sent_at == told.asked_at
    assert arrival.file_name == f"{SENDER}-{arrival.sha256[:12]}.csv"
    assert arrival.receipt_sha256 == arrival.sha256
    receipt = json.loads(arrival.path.with_name(arrival.file_name + ".json").read_text(encoding="utf-8"))
    assert (receipt["query"], receipt["url"], receipt["rows"]) == (QUERY, f"sqlite:///{office.database}", 1)
    assert stat.S_IMODE(arrival.path.stat().st_mode) == 0o600
    assert len(office.kept()) == 2


def test_english_names_of_columns_are_those_of_the_contract(office):
    office.raise_issues(ISSUE)
    office.ask()
    [row] = office.rows(*office.arrivals())
    assert [row[name] for name in ("issue_id", "town", "problem", "raised_on", "lead_unit", "due_on", "status")] == [
        *ISSUE[:7]
    ]
    assert json.loads(row["_cells"]) == {"depth": "1.5"}


def test_the_same_result_again_writes_nothing_in_whatever_order_it_comes(office):
    office.raise_issues(ISSUE, ("W-2", *ISSUE[1:]))
    office.ask()
    before = office.kept()
    assert office.outcomes() == {"2024-02": "empty", "2024-03": "unchanged"}
    office.configure(f"{QUERY} order by issue_id desc")
    assert office.outcomes()["2024-03"] == "unchanged"
    assert office.kept() == before


def test_another_result_is_a_correction_and_so_is_one_that_comes_back(office):
    office.raise_issues(ISSUE)
    office.ask()
    for status in ("已办结", "办理中", "已办结", "办理中"):
        office.say(f"update issues set status = '{status}'")
        assert office.outcomes()["2024-03"] == "delivered"
        assert office.outcomes()["2024-03"] == "unchanged"
    arrivals = office.arrivals()
    assert [office.rows(arrival)[0]["status"] for arrival in arrivals] == [
        "办理中", "已办结", "办理中", "已办结", "办理中",
    ]  # fmt: skip
    assert len({arrival.delivery_id for arrival in arrivals}) == 5


def test_no_rows_are_no_delivery_and_what_was_there_stands(office):
    office.raise_issues(ISSUE)
    [notice] = office.ask().notices
    assert (notice.kind, "2024-02" in notice.message_zh, "2024-03" in notice.message_zh) == ("no_rows_yet", True, False)
    office.say("delete from issues")
    told = office.ask()
    assert {one.outcome for one in told.asked} == {"empty"}
    assert [(one.kind, "2024-03" in one.message_zh) for one in told.notices] == [
        ("no_rows_yet", False),
        ("no_rows_any_more", True),
    ]
    assert len(office.arrivals()) == 1


def test_months_that_are_over_are_asked_for_within_the_scope_of_the_run(office):
    assert list(office.outcomes()) == ["2024-02", "2024-03"]
    assert list(office.outcomes(last="2024-02")) == ["2024-02"]
    assert list(office.outcomes(last="2024-04")) == ["2024-02", "2024-03"], "April is not over"
    assert list(office.outcomes(last="2024-01")) == []
    office.configure(first_period=None)
    assert next(iter(office.outcomes())) == "2023-01"


def test_a_month_without_a_return_is_not_asked_for(office):
    entry = {"feed": "statistics_product", "sender": "统计局", "url": f"sqlite:///{office.database}", "query": QUERY}
    office.settings.senders_path.write_text(json.dumps({"senders": [entry]}), encoding="utf-8")
    asked = office.outcomes()
    assert "2023-12" in asked
    assert "2024-01" not in asked


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("100.0000"), "100"),
        (Decimal("47.0100"), "47.01"),
        (Decimal("1E+3"), "1000"),
        (Decimal("12345678901234567890.1234"), "12345678901234567890.1234"),
        (Decimal("0.0000"), "0"),
        (91141082000000000123, "91141082000000000123"),
        (0.1 + 0.2, "0.3"),
        (100.0, "100"),
        (True, "是"),
        (None, ""),
        (dt.date(2024, 3, 5), "2024-03-05"),
        (dt.datetime.fromisoformat("2024-03-05"), "2024-03-05"),
        (dt.datetime(2024, 3, 4, 17, 30, tzinfo=dt.UTC), "2024-03-05 01:30:00"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ("a\rb\n\"c\",，\td;|", "a\rb\n\"c\",，\td;|"),
    ],
)  # fmt: skip
def test_a_cell_is_what_a_reader_would_print_and_exact(office, value, text):
    columns = [column.name for column in CONTRACTS[FEED].columns if column.is_required]
    path = office.settings.data_dir / "result.csv"
    rows, _ = fetching._write(path, LiteralResult(columns, [["W-1", value, *["x"] * (len(columns) - 2)]]))
    assert rows == 1
    folder = office.settings.fetched_dir / FEED / "2024-03"
    folder.mkdir(parents=True)
    path.rename(folder / "a.csv")
    [row] = office.rows(*office.arrivals())
    assert (row[columns[1]] or "") == text


def test_a_value_that_no_cell_can_hold_is_told_with_its_column(office):
    office.raise_issues((*ISSUE[:7], b"\x00\x01"))
    told = office.ask()
    [failed] = [one for one in told.notices if one.kind == "query_failed"]
    assert "depth" in failed.message_zh
    assert "bytes" in failed.message_en
    assert office.kept() == []


def test_a_database_that_is_not_there_is_one_notice_and_is_not_made(office):
    office.database.unlink()
    told = office.ask()
    [notice] = told.notices
    assert notice.kind == "sender_unreachable"
    assert "2024-02、2024-03" in notice.message_zh
    assert (told.asked, office.kept(), office.database.exists()) == ((), [], False)


def test_a_query_that_fails_is_told_in_the_words_of_the_database(office):
    office.configure("select * from nowhere where month = :period")
    [notice] = office.ask().notices
    assert (notice.kind, "nowhere" in notice.message_zh, "2024-03" in notice.message_en) == ("query_failed", True, True)


def test_nothing_can_be_written_at_the_senders(office):
    office.raise_issues(ISSUE)
    office.configure("delete from issues where month = :period returning issue_id")
    [notice] = office.ask().notices
    assert (notice.kind, "readonly" in notice.message_en) == ("query_failed", True)
    office.configure()
    assert office.outcomes()["2024-03"] == "delivered"


def test_what_a_driver_says_of_values_is_not_repeated(office):
    error = sa.exc.DataError("select 1", {}, ValueError("invalid input: 张三 13900019999"))
    with pytest.raises(SenderFailed) as raised, fetching._told(office.sender(), is_reached=True):
        raise error
    assert "ValueError" in raised.value.reason_zh
    assert "张三" not in raised.value.reason_zh + raised.value.reason_en
    assert raised.value.is_of_month


def test_a_run_killed_while_it_kept_a_result_leaves_nothing_in_the_way(office):
    office.raise_issues(ISSUE)
    office.ask()
    [arrival] = office.arrivals()
    arrival.path.unlink()
    (office.settings.state_dir / "fetched.part").write_bytes(b"half a res")
    office.say("update issues set status = '已办结'")
    assert office.outcomes()["2024-03"] == "delivered"
    [again] = office.arrivals()
    assert office.rows(again)[0]["status"] == "已办结"
    assert len(office.kept()) == 2


def test_a_result_is_read_in_pieces_not_whole(office):
    office.configure(
        "with recursive n(i) as (select 1 union all select i + 1 from n) "
        f"select i as issue_id, case when i > {2 * fetching.ROWS_AT_A_TIME} then x'00' end as depth from n "
        "where :period is not null"
    )
    # Its rows never end: only who reads as they come gets to the one that cannot be kept.
    [notice] = office.ask().notices
    assert "depth" in notice.message_zh
    assert office.kept() == []


def test_columns_can_be_looked_at_without_keeping_anything(office):
    assert columns_of(office.sender(), "2024-03")[-1] == "depth"
    assert office.kept() == []


# The run around it


def test_a_run_asks_first_and_tells_what_it_fetched(office):
    office.raise_issues(ISSUE)
    report = run(office.settings, Request(), clock=office.clock).as_json()
    assert [(one["feed"], one["period"], one["rows"]) for one in report["fetched"]] == [(FEED, "2024-03", 1)]
    assert [month["period"] for month in report["waiting"]] == ["2024-03"], "a ledger alone makes no month"
    assert any("2024-02" in one["zh"] and SENDER in one["zh"] for one in report["notices"])


def test_a_run_with_a_wrong_file_is_misuse_and_does_nothing(office):
    office.settings.senders_path.write_text("senders: 3", encoding="utf-8")
    report = run(office.settings, Request(), clock=office.clock)
    assert (report.exit_code, report.log_path) == (2, None)
    assert "senders.yaml" in report.failure.zh
    assert not (office.settings.state_dir / "state.sqlite").exists()


@pytest.mark.parametrize(
    ("query", "said", "is_warning"),
    [
        (QUERY, "depth", True),
        (QUERY.replace(", depth", ""), "与约定相符", False),
        (QUERY.replace("issue_id,", ""), "问题编号", True),
        ("select issue_id from nowhere where month = :period", "nowhere", True),
    ],
)
def test_doctor_looks_at_the_columns(office, monkeypatch, query, said, is_warning):
    monkeypatch.setenv("STM_DATA_DIR", str(office.settings.data_dir))
    office.configure(query)
    done = CliRunner().invoke(app, ["doctor", "--json"])
    [finding] = [one for one in json.loads(done.stdout)["findings"] if SENDER in one["subject"]]
    assert said in json.dumps(finding, ensure_ascii=False)
    assert (finding["is_good"], bool(finding["advice_zh"])) == (True, is_warning)


def test_doctor_ends_with_3_where_the_file_cannot_be_used(office, monkeypatch):
    monkeypatch.setenv("STM_DATA_DIR", str(office.settings.data_dir))
    office.settings.senders_path.write_text("senders: 3", encoding="utf-8")
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 3
    assert "senders.yaml" in done.output
    assert "Traceback" not in done.output
