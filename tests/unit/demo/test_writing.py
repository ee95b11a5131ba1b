"""Arrivals, sameness from run to run, and what the demo refuses to touch."""

import calendar
import datetime as dt
import errno
import hashlib
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from sources.contract import load_contracts
from sources.demo import DemoError, ledgers, write_demo
from sources.demo.names import credit_code, with_wrong_check
from sources.demo.sheets import OfficeSheet
from sources.intake import read_delivery
from sources.landing import scan

FAULTS = {"R-STAT-001", "R-REG-003", "R-PROJ-007", "R-ISS-004", "R-TASK-003", "R-HON-001", "R-FUND-007"}
LEDGERS = {
    "ledger_projects", "ledger_issues", "ledger_tasks", "ledger_honours", "ledger_platforms", "ledger_events",
    "ledger_funds",
}  # fmt: skip
REGISTRATION = {"registration_entities", "registration_changes"}
FEEDS = {"statistics_enterprise", "statistics_product"} | REGISTRATION | LEDGERS
DUE_DAYS = dict.fromkeys(REGISTRATION, 3)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two months, written once."""
    landing = tmp_path_factory.mktemp("small") / "landing"
    return landing, write_demo(landing, months=2)


def test_every_feed_and_month_is_delivered(county):
    delivered = {(one.feed, one.period) for one in county.report.deliveries}
    expected = {(feed, period) for feed in FEEDS for period in county.report.periods}
    no_return = {(feed, f"{year}-01") for feed in FEEDS if feed.startswith("statistics") for year in (2023, 2024)}
    assert delivered == expected - no_return
    assert county.report.files_written == 2 * len(county.report.deliveries) == len(hashes(county.landing))
    assert county.report.files_kept == 0


def test_receipts_are_true_and_set_the_file_times(county):
    for one in county.report.deliveries:
        path = county.landing / one.feed / one.period / one.file_name
        receipt = county.receipt(one.feed, one.period, one.file_name)
        assert receipt["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert receipt["rows"] == one.rows == len(county.sheets[one.feed][one.period, one.file_name].lines)
        sent_at = dt.datetime.fromisoformat(receipt["sent_at"])
        assert sent_at == one.sent_at
        assert sent_at.utcoffset() == dt.timedelta(hours=8)
        assert dt.datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI) == sent_at


def test_all_is_sent_in_time_but_one_report_a_week_late_and_one_correction(county):
    late = []
    for one in county.report.deliveries:
        year, month = map(int, one.period.split("-"))
        month_end = dt.date(year, month, calendar.monthrange(year, month)[1])
        days = (one.sent_at.date() - month_end).days
        assert days > 0
        if days > DUE_DAYS.get(one.feed, 8):
            late.append(one)
    assert set(late) - {county.report.correction} == {county.report.late}
    assert county.report.late.feed == "statistics_product"
    assert county.report.late.sent_at.day == 15
    correction = county.report.correction
    (first,) = [
        one
        for one in county.report.deliveries
        if (one.feed, one.period) == (correction.feed, correction.period) and one is not correction
    ]
    assert correction.sent_at - first.sent_at == dt.timedelta(days=3)
    assert correction.rows == 1


def test_correction_changes_one_return_for_the_better(county):
    correction = county.report.correction
    sheets = county.sheets[correction.feed]
    (first, corrected) = [sheet for place, sheet in sheets.items() if place[0] == correction.period]
    (line,) = corrected.lines
    (before,) = [one for one in first.lines if one["统一社会信用代码"] == line["统一社会信用代码"]]
    changed = {header for header in line.cells if line[header] != before[header]}
    assert changed == {f"{measure}/{part}" for measure in ("工业总产值", "营业收入") for part in ("本月", "1—本月")}
    lacking = line["工业总产值/本月"] - before["工业总产值/本月"]
    assert lacking > 0
    assert line["工业总产值/1—本月"] - before["工业总产值/1—本月"] == lacking


def test_same_seed_same_bytes_another_seed_others(small, tmp_path):
    landing, report = small
    again = write_demo(tmp_path / "again", months=2)
    other = write_demo(tmp_path / "other", months=2, seed=7)
    assert hashes(tmp_path / "again") == hashes(landing)
    assert again.faults == report.faults
    # Tasks and platforms are as the plan has them, whatever the chance.
    same = {name for name, sha256 in hashes(tmp_path / "other").items() if sha256 in hashes(landing).values()}
    assert {name.split("/")[0] for name in same} <= {"ledger_tasks", "ledger_platforms"}
    assert other.as_json()["landing_dir"] == str(tmp_path / "other")


def test_a_months_returns_do_not_depend_on_how_many_months_are_written(county, small):
    landing, _ = small
    name = "statistics_enterprise/2024-06/重点企业月报_202406.xlsx"
    assert (landing / name).read_bytes() == (county.landing / name).read_bytes()


def test_what_is_there_already_is_kept_and_what_is_missing_is_added(small, tmp_path):
    landing = tmp_path / "landing"
    first = write_demo(landing, months=2)
    (gone,) = landing.glob("registration_entities/2024-06/*.zip")
    gone.unlink()
    (landing / ".DS_Store").write_bytes(b"left alone")
    again = write_demo(landing, months=2)
    assert (again.files_written, again.files_kept) == (1, first.files_written - 1)
    assert hashes(landing).items() > hashes(small[0]).items()


def test_a_landing_area_with_other_files_is_left_alone(tmp_path):
    theirs = tmp_path / "landing" / "ledger_projects" / "2024-06" / "项目台账.xlsx"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"theirs")
    with pytest.raises(DemoError, match="1 files that are not of the demo") as stop:
        write_demo(tmp_path / "landing", months=1)
    assert "ledger_projects/2024-06/项目台账.xlsx" in stop.value.message_zh
    assert "未写入任何来文" in stop.value.message_zh
    assert hashes(tmp_path) == {"landing/ledger_projects/2024-06/项目台账.xlsx": hashlib.sha256(b"theirs").hexdigest()}


def test_a_file_of_the_same_name_is_not_overwritten(tmp_path):
    write_demo(tmp_path / "landing", months=1)
    (changed,) = (tmp_path / "landing").glob("ledger_projects/2024-06/*.xlsx")
    changed.write_bytes(b"changed")
    before = hashes(tmp_path)
    with pytest.raises(DemoError, match="same names with other content"):
        write_demo(tmp_path / "landing", months=1)
    assert hashes(tmp_path) == before


def test_a_demo_of_another_seed_is_not_mixed_in(small):
    landing, _ = small
    before = hashes(landing.parent)
    with pytest.raises(DemoError, match="other content"):
        write_demo(landing, months=2, seed=7)
    assert hashes(landing.parent) == before


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"months": 0}, "months must be"),
        ({"months": 61}, "months must be"),
        ({"last_period": "2024-13"}, "not a reporting period"),
        ({"scale": "village"}, "unknown scale"),
        ({"entities": 500}, "cannot hold the towns' chains"),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path, asked, told):
    with pytest.raises(DemoError, match=told) as stop:
        write_demo(tmp_path / "landing", **{"months": 1, **asked})
    assert stop.value.message_zh
    assert not hashes(tmp_path)


def test_a_file_in_place_of_the_folder_is_said(tmp_path):
    (tmp_path / "landing").write_bytes(b"")
    with pytest.raises(DemoError, match="no folder"):
        write_demo(tmp_path / "landing", months=1)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    def write(scenario, plan, place):
        place(plan[0]).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ledgers, "write", write)
    with pytest.raises(DemoError, match="No space left") as stop:
        write_demo(tmp_path / "landing", months=1)
    assert "剩余空间" in stop.value.message_zh
    assert not list(tmp_path.iterdir())


def test_a_january_has_no_return_and_so_one_fault_less(tmp_path):
    report = write_demo(tmp_path / "landing", months=1, last_period="2024-01")
    assert {one.feed for one in report.deliveries} == REGISTRATION | LEDGERS
    assert {fault.rule_id for fault in report.faults} == FAULTS - {"R-STAT-001"}
    assert (report.late, report.correction) == (None, None)


def test_more_entities_bring_more_enterprises(tmp_path):
    report = write_demo(tmp_path / "landing", months=1, entities=12_000)
    rows = {one.feed: one.rows for one in report.deliveries}
    assert rows["registration_entities"] == 12_000
    assert rows["statistics_enterprise"] == rows["statistics_product"] == 192
    assert rows["ledger_projects"] == 40


def test_the_projects_own_readers_take_every_kind_of_file(small, tmp_path):
    landing, report = small
    contracts = load_contracts()
    found = scan(landing, contracts)
    assert not found.notices
    rows = {(one.feed, one.file_name): one.rows for one in report.deliveries}
    read = 0
    for arrival in found.arrivals:
        if arrival.period == "2024-06":
            result = read_delivery(arrival, contracts[arrival.feed], tmp_path, contracts=contracts)
            assert (result.status, result.rows_data) == ("accepted", rows[arrival.feed, arrival.file_name])
            assert all(column.column for table in result.tables for column in table.columns)
            read += 1
    assert read == len(FEEDS)


def test_credit_codes_are_valid_and_differ():
    codes = {credit_code("91", "141082", serial) for serial in range(2000)}
    assert len(codes) == 2000
    assert with_wrong_check(min(codes))[:-1] == min(codes)[:-1]
    assert with_wrong_check(min(codes)) != min(codes)


def test_a_sheet_keeps_cents_and_leaves_the_missing_empty(tmp_path):
    path = tmp_path / "one.xlsx"
    sheet = OfficeSheet(path, title="题", made_by="某局", unit_line="计量单位：万元", headers=("甲", "乙", "丙"))
    assert sheet.add([Decimal("0.07"), None, dt.date(2024, 2, 29)]) == 4
    sheet.close(["注：无"])
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[3] == [0.07, "", dt.date(2024, 2, 29)]
    assert rows[4][0] == "注：无"
