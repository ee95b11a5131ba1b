"""How months stand to each other: a bad one stops itself alone, a mended one brings the latest along, nothing new is
no run, readers and a second run are safe, and no network is needed."""

import itertools
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.city import SAMPLE, City, Ran, needs_sample

# Several whole runs: the suite has no time for them all (docs/architecture.md, Tests).
pytestmark = [needs_sample, pytest.mark.faults]

MONTHS = ("2024-02", "2024-03", "2024-04")
# A network namespace that has not even a loopback.
ALONE = ("unshare", "-n")


def spoil_codes(city: City, period: str) -> Path:
    """Give most returns of a month an impossible code: more rows set aside than a month may have."""
    folder = city.landing / "statistics_enterprise" / period
    path = next(folder.glob("*.xlsx"))
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    for row in range(5, 30):
        sheet.cell(row, 1).value = "不知道"
    workbook.save(path)
    receipt = {"sender": "statistics", "sent_at": f"{period}-28T09:00:00+08:00"}
    path.with_name(path.name + ".json").write_text(json.dumps(receipt))
    return path


def deliver_again(city: City, feed: str, period: str, name: str, sent_at: str) -> None:
    """The sample's own file of a month as a later delivery."""
    source = next((SAMPLE / "landing" / feed / period).glob("*.xlsx"))
    target = city.landing / feed / period / name
    shutil.copy(source, target)
    target.with_name(name + ".json").write_text(json.dumps({"sender": "statistics", "sent_at": sent_at}))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    city = City(tmp_path_factory.mktemp("months"))
    city.take_from_sample(*MONTHS)
    spoil_codes(city, "2024-03")
    return city


@pytest.fixture(scope="module")
def why_not_alone() -> str:
    """Why a process cannot be without network here; empty where it can."""
    probe = subprocess.run([*ALONE, "true"], capture_output=True, check=False)
    return probe.stderr.decode().strip() if probe.returncode else ""


@pytest.fixture(scope="module")
def first(city: City, why_not_alone: str) -> Ran:
    """The first run of the city, without any network where that can be had."""
    return city.stm("run", "--json", prefix=() if why_not_alone else ALONE)


def test_a_run_needs_no_network(first: Ran, why_not_alone: str) -> None:
    if why_not_alone:
        pytest.skip(f"{' '.join(ALONE)} is not allowed here: {why_not_alone}")
    assert first.published() == ["2024-02-r1", "2024-04-r1"]


def test_a_bad_middle_month_stops_itself_alone_until_it_is_mended(city: City, first: Ran) -> None:
    assert first.code == 1, first.out + first.err
    assert first.published() == ["2024-02-r1", "2024-04-r1"]
    [stopped] = first.report["stopped"]
    assert stopped["period"] == "2024-03"
    assert any("R-BATCH-001" in reason["zh"] for reason in stopped["reasons"])
    assert city.query("select period, status from periods order by period") == [
        ("2024-02", "published"),
        ("2024-03", "blocked"),
        ("2024-04", "published"),
    ]
    assert city.query("select count(*) from indicator_monthly where period = '2024-03'") == [(0,)]
    states = {month["period"]: month for month in city.manifest()["months"]}
    assert states["2024-03"]["status"] == "blocked"
    assert any("R-BATCH-001" in reason["zh"] for reason in states["2024-03"]["reasons"])
    assert states["2024-04"]["blocked_look_backs"] == ["2024-03"]

    # Nothing has come since: the stopped month is told again, nothing is built.
    again = city.stm("run", "--json")
    assert again.code == 1
    assert again.published() == []

    deliver_again(city, "statistics_enterprise", "2024-03", "重报.xlsx", "2024-04-20T09:00:00+08:00")
    mended = city.stm("run", "--json")
    assert mended.code == 0, mended.out + mended.err
    assert mended.published() == ["2024-03-r1", "2024-04-r2"]
    assert city.query("select period, status from periods order by period")[1] == ("2024-03", "published")
    assert city.query("select distinct release_id from indicator_monthly") == [("2024-04-r2",)]


def test_with_nothing_new_nothing_is_built(city: City) -> None:
    warehouse = city.data / "warehouse" / "warehouse.duckdb"
    before = warehouse.stat().st_mtime_ns
    ran = city.stm("run", "--json")
    assert ran.code == 0, ran.out + ran.err
    assert ran.report["is_nothing_new"] is True
    assert ran.published() == []
    assert warehouse.stat().st_mtime_ns == before


def test_the_same_bytes_again_are_no_delivery(city: City) -> None:
    folder = city.landing / "ledger_projects" / "2024-04"
    shutil.copy(next(folder.glob("*.xlsx")), folder / "再次发送.xlsx")
    ran = city.stm("run", "--json")
    assert ran.code == 0
    assert ran.report["is_nothing_new"] is True


def test_a_refused_file_keeps_its_month_as_published_and_says_why(city: City) -> None:
    before = city.current.resolve()
    path = city.landing / "ledger_projects" / "2024-04" / "更正.xlsx"
    whole = next((SAMPLE / "landing" / "ledger_projects" / "2024-04").glob("*.xlsx"))
    path.write_bytes(whole.read_bytes()[:3000])
    ran = city.stm("run", "--json")
    assert ran.code == 1, ran.out + ran.err
    [refused] = ran.report["refused"]
    assert (refused["file_name"], refused["rule_id"]) == ("更正.xlsx", "R-FILE-001")
    assert "更正.xlsx" in refused["reason"]["zh"]
    assert city.current.resolve() == before
    # The file as it was before is no delivery; a corrected one replaces what was refused.
    deliver_again(city, "ledger_projects", "2024-04", "更正2.xlsx", "2030-01-01T09:00:00+08:00")
    change_a_cell(city.landing / "ledger_projects" / "2024-04" / "更正2.xlsx", row=4, column=16, value="已完成")
    replaced = city.stm("run", "--json")
    assert replaced.code == 0, replaced.out + replaced.err


def test_a_reader_keeps_its_release_while_the_next_is_published_and_a_second_run_waits_its_turn(city: City) -> None:
    """Three things at once, as on a working day: a reader, a run, and somebody who starts another."""
    path = (city.current / "specialty_town.duckdb").resolve()
    sql = "select max(release_id), count(*) from indicator_monthly"
    deliver_again(city, "statistics_product", "2024-04", "重报.xlsx", "2024-05-20T09:00:00+08:00")
    change_a_cell(city.landing / "statistics_product" / "2024-04" / "重报.xlsx", row=4, column=11, value=417.5)
    with duckdb.connect(str(path), read_only=True) as reader:
        before = reader.sql(sql).fetchone()
        process = city.start("run")
        try:
            lock = city.data / "state" / "build.lock.json"
            deadline = time.monotonic() + 60
            while not (process.poll() is None and holder(lock) == process.pid) and time.monotonic() < deadline:
                time.sleep(0.05)
            second = city.stm("run", "--json")
            assert second.code == 3, second.out + second.err
            assert str(process.pid) in second.report["failure"]["zh"]
            while process.poll() is None:
                assert reader.sql(sql).fetchone() == before
                time.sleep(0.2)
        finally:
            out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out
        assert reader.sql(sql).fetchone() == before
    [(release_id, _)] = city.query(sql)
    assert before is not None
    assert release_id > before[0]


def test_what_every_release_said_can_be_asked_of_the_latest(city: City) -> None:
    """The query that stands with the table, at the hour of each release, gives that release's own figures."""
    said = "period, town_code, indicator_code, breakdown, value, value_ytd, value_ytd_prior, yoy_pct, value_status"
    [(comment,)] = city.query("select comment from duckdb_tables() where table_name = 'indicator_vintages'")
    [query] = re.findall(r"select \* from indicator_vintages .* = 1", comment)
    releases = city.query("select release_id, min(released_at) from indicator_vintages group by 1 order by 2")
    assert [release_id for release_id, _ in releases][:4] == ["2024-02-r1", "2024-04-r1", "2024-03-r1", "2024-04-r2"]
    for (release_id, released_at), (_, then) in itertools.pairwise([*releases, (None, "2100-01-01")]):
        period, _, number = release_id.rpartition("-")
        folder = city.data / "published" / "releases" / period / number
        months = city.query("select distinct period from indicator_monthly", folder)
        asked = query.replace("2024-08-01", str(then))
        held = ", ".join(f"'{month}'" for (month,) in months)
        told = city.query(f"select {said} from ({asked}) where period in ({held}) order by all")
        assert told == city.query(f"select {said} from indicator_monthly order by all", folder), release_id
        assert city.manifest(folder)["made_at"].startswith(f"{released_at:%Y-%m-%dT%H:%M:%S}")
    restated = "count(*) > 1 and count(distinct value_ytd) > 1 and count(*) filter (where is_current) = 1"
    cell = "period, town_code, indicator_code, breakdown"
    assert city.query(f"select {cell} from indicator_vintages group by {cell} having {restated}")
    now = city.query(f"select {said} from indicator_vintages where is_current order by all")
    assert now == city.query(f"select {said} from indicator_monthly order by all")


def change_a_cell(path: Path, *, row: int, column: int, value: object) -> None:
    """Change one optional cell, so that the file differs from what was delivered before."""
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0].cell(row, column).value = value
    workbook.save(path)


def holder(lock: Path) -> int | None:
    try:
        return int(json.loads(lock.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError):
        return None


def test_months_that_wait_do_not_count_against_a_run(tmp_path: Path) -> None:
    city = City(tmp_path)
    city.take_from_sample("2024-02", feeds=("statistics_enterprise", "ledger_projects"))
    waiting = city.stm("run", "--json")
    assert waiting.code == 0
    [month] = waiting.report["waiting"]
    assert month["period"] == "2024-02"
    assert len(month["missing"]) == 2

    asked_for = city.stm("run", "--period", "2024-02", "--json")
    assert asked_for.code == 1
    [stopped] = asked_for.report["stopped"]
    assert sum("R-BATCH-005" in reason["zh"] for reason in stopped["reasons"]) == 2
    assert not city.current.exists()
