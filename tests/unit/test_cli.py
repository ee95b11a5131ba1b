"""The command line and the run behind it: exit status, what is said, and that nothing heavy is imported in vain."""

import errno
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration import run as run_module
from orchestration.build import Request, dbt_verdicts, within_the_calendar
from orchestration.cli import app
from orchestration.dbt_runner import BuildOutcome, NodeOutcome
from orchestration.lock import build_lock
from orchestration.plan import Plan
from orchestration.report import (
    ExitCode,
    FetchedDelivery,
    NewDelivery,
    PublishedMonth,
    RefusedFile,
    ReopenedMonth,
    RunReport,
    Sentence,
    SetAsideRows,
    StoppedMonth,
    WaitingMonth,
    WaivedBlock,
)
from orchestration.run import run
from orchestration.screen import make_console, show_report
from orchestration.settings import Settings
from orchestration.stops import Stop
from sources.landing import SHANGHAI, Arrival, Scan

NOW = datetime(2024, 6, 10, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def data(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("STM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STM_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def settings(data):
    return Settings(data_dir=data)


def stm(*arguments):
    return CliRunner().invoke(app, list(arguments))


# Misuse


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--period", "2024-13"], "2024-13"),
        (["run", "--period", "24-1"], "24-1"),
        (["run", "--period", "2024-03", "--from", "2024-01"], "--period"),
        (["run", "--from", "2024-01"], "--to"),
        (["check", "--to", "2024-01"], "--from"),
        (["demo", "--scale", "country"], "country"),
        (["release", "verify", "2024-03-r1", "--all"], "--all"),
        (["nonsense"], "nonsense"),
    ],
)
def test_misuse_is_told_and_ends_with_2(data, arguments, said):
    result = stm(*arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert not data.exists()


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [("2024-03", "2024-02", "晚于"), ("2022-12", "2022-12", "STM_FIRST_PERIOD"), ("2024-07", "2024-07", "还没有到")],
)
def test_months_that_cannot_be_are_misuse_and_touch_nothing(settings, first, last, said):
    report = run(settings, Request(first, last), clock=lambda: NOW)
    assert report.exit_code == ExitCode.MISUSE
    assert said in report.failure.zh
    assert not settings.data_dir.exists()


def test_a_wrong_setting_is_misuse_and_named(data):
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "doctor"],
        env={**os.environ, "STM_FIRST_PERIOD": "2024"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "STM_FIRST_PERIOD" in done.stderr
    assert "Traceback" not in done.stderr


# Runs that end before the job


def test_nothing_heavy_is_imported_before_there_is_something_to_do():
    code = (
        "import sys, orchestration.cli, orchestration.run, orchestration.publication.shelf;"
        "print([name for name in ('dagster', 'dagster_dbt', 'dbt', 'great_expectations', 'pandas')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_empty_landing_area_is_no_error_and_says_what_to_do(data):
    result = stm("run", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["is_nothing_new"] is True
    assert "stm demo" in report["notices"][0]["zh"]
    assert report["current"] is None
    assert not (data / "warehouse").exists()


def test_a_held_build_is_told_and_ends_with_3(settings):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib, datetime\n"
            "from orchestration.lock import build_lock\n"
            "with build_lock(pathlib.Path(sys.argv[1]), 'another', datetime.datetime.fromisoformat(sys.argv[2])):\n"
            "    print('held', flush=True)\n"
            "    sys.stdin.read()",
            str(settings.lock_path),
            NOW.isoformat(),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        report = run(settings, Request(), clock=lambda: NOW)
    finally:
        holder.communicate()
    assert report.exit_code == ExitCode.FAILED
    assert str(holder.pid) in report.failure.zh
    assert report.log_path is None


@pytest.fixture
def working_plan(monkeypatch):
    """A plan with a month to take, so that `run` comes to the job."""
    plan = Plan(("2024-03",), ("2024-03",), "2024-03", (), (), ())
    monkeypatch.setattr("orchestration.build.make_plan", lambda *arguments, **named: plan)
    monkeypatch.setattr("orchestration.build.Build.start_judge", lambda build: None)


@pytest.mark.parametrize(
    ("error", "said", "is_logged"),
    [
        (Stop("原因在此", "the cause is here"), "原因在此", True),
        (OSError(errno.ENOSPC, "No space left on device", "/somewhere"), "/somewhere", True),
        (ZeroDivisionError("secret cell 张三"), "ZeroDivisionError", True),
        (KeyboardInterrupt(), "中断", False),
    ],
)
def test_whatever_happens_in_the_job_is_a_sentence(settings, working_plan, monkeypatch, error, said, is_logged):
    def job(build):
        raise error

    monkeypatch.setattr(run_module, "_execute", job)
    report = run(settings, Request(), clock=lambda: NOW)
    assert report.exit_code == ExitCode.FAILED
    assert said in report.failure.zh
    assert "张三" not in report.failure.zh + report.failure.en
    assert (report.log_path is not None) == is_logged
    if is_logged:
        assert type(error).__name__ in report.log_path.read_text(encoding="utf-8")
    # The lock is free again, and the next run is not hindered.
    with build_lock(settings.lock_path, "next", NOW):
        pass


def test_a_month_that_the_gate_stopped_gives_1_and_its_reasons(settings, monkeypatch):
    from orchestration.plan import StoppedMonth as KnownStop

    stopped = KnownStop("2024-03", (Sentence("太多行被搁置", "too many rows set aside"),))
    plan = Plan((), (), None, (), (), (stopped,))
    monkeypatch.setattr("orchestration.build.make_plan", lambda *arguments, **named: plan)
    report = run(settings, Request(), clock=lambda: NOW)
    assert report.exit_code == ExitCode.STOPPED
    assert report.as_json()["stopped"] == [
        {"period": "2024-03", "reasons": [{"zh": "太多行被搁置", "en": "too many rows set aside"}]}
    ]


# What is told


def test_the_last_screen_says_everything_without_a_terminal(capsys, tmp_path):
    release = tmp_path / "published" / "releases" / "2024-05" / "r1"
    release.mkdir(parents=True)
    (tmp_path / "published" / "current").symlink_to(release)
    report = RunReport(
        run_id="x",
        is_publishing=True,
        exit_code=ExitCode.STOPPED,
        published=[PublishedMonth("2024-05", "2024-05-r1", release)],
        confirmed=["2024-02-r1"],
        stopped=[StoppedMonth("2024-04", (Sentence("合计不符 [见附件]", "totals differ"),))],
        waiting=[WaitingMonth("2024-06", (Sentence("缺 项目台账", "ledger_projects is missing"),))],
        refused=[RefusedFile("2024-05", "ledger_projects", "坏.xlsx", "R-FILE-001", Sentence("读不了", "unreadable"))],
        fetched=[FetchedDelivery("ledger_funds", "2024-05", "财政局", "2024-06-03T08:30:00+08:00", 12)],
        set_aside=[SetAsideRows("2024-05", "statistics_enterprise", "R-STAT-001", 2, Sentence("代码有误", "code"))],
        notices=[Sentence("某某.part 还在写", "still being written")],
        current=tmp_path / "published" / "current",
        reopened=[
            ReopenedMonth(
                "2024-03", "2024-03-r1",
                (NewDelivery("ledger_projects", "2024-03", "三月更正.xlsx", "项目办", "2024-06-02T09:00:00+08:00"),),
                (4,), "changed",
            ),
            ReopenedMonth("2024-02", "2024-02-r1", (), (), "confirmed"),
        ],
        waived=[
            WaivedBlock(
                "2024-05", "ledger_projects", "R-BATCH-006", Sentence("有文件被退回", "a file was refused"), 7,
                "王主任", "已核实", "2024-06",
            )
        ],
    )  # fmt: skip
    show_report(make_console(), report)
    out = capsys.readouterr().out
    for said in (
        "2024-05-r1", str(release), "2024-02-r1", "合计不符 [见附件]", "缺 项目台账", "坏.xlsx", "读不了", "R-STAT-001",
        "三月更正.xlsx", "项目办", "2024-06-02T09:00:00", "数据有变，已重新发布", "沿用原发布",
        "规则、程序或其他决定有变", "waivers given or taken back: 4", "有文件被退回", "豁免 waiver 7：王主任",
        "至 until 2024-06", "ledger_funds/2024-05  财政局  12 行 rows  2024-06-03T08:30:00+08:00",
        "某某.part", str(tmp_path / "published" / "current" / "specialty_town.duckdb"), "period = '2024-05'",
    ):  # fmt: skip
        assert said in out
    assert "\x1b" not in out


def test_doctor_ends_with_3_where_a_run_would_fail_and_says_what_to_do(data, monkeypatch):
    assert stm("doctor").exit_code == 0
    monkeypatch.setenv("STM_MIN_FREE_DISK_MB", str(10**12))
    monkeypatch.setenv("STM_DATADIR", "x")
    result = stm("doctor", "--json")
    assert result.exit_code == 3
    told = json.loads(result.stdout)
    [bad] = [one for one in told["findings"] if not one["is_good"]]
    assert "请腾出空间" in bad["advice_zh"]
    assert any(one["subject"] == "STM_DATADIR" and one["advice_zh"] for one in told["findings"])
    assert {"STM_DATA_DIR", "STM_FIRST_PERIOD"} <= {line["variable"] for line in told["settings"]}


def test_doctor_tells_a_warehouse_that_cannot_be_opened(data):
    (data / "warehouse").mkdir(parents=True)
    (data / "warehouse" / "warehouse.duckdb").write_bytes(b"no database")
    result = stm("doctor")
    assert result.exit_code == 3
    assert "请删除它" in result.output


def test_what_is_not_there_yet_is_said(data):
    assert "还没有任何发布" in stm("release", "list").output
    for arguments in (["release", "show"], ["release", "verify"], ["quarantine", "list"]):
        result = stm(*arguments)
        assert isinstance(result.exception, Stop)
        assert "stm run" in result.exception.message_zh


def test_a_demo_is_not_written_over_deliveries_when_it_is_only_for_an_empty_area(data):
    place = data / "landing" / "ledger_projects" / "2024-03"
    place.mkdir(parents=True)
    (place / "台账.xlsx").write_bytes(b"theirs")
    assert stm("demo", "--if-empty").exit_code == 0
    assert [path.name for path in data.rglob("*") if path.is_file()] == ["台账.xlsx"]
    refused = stm("demo")
    assert isinstance(refused.exception, Stop)


def test_a_demo_is_of_the_size_that_is_asked_for(data):
    told = json.loads(stm("demo", "--months", "1", "--entities", "6000", "--json").output)
    rows = {one["feed"]: one["rows"] for one in told["deliveries"]}
    assert (told["entities"], told["enterprises"]) == (6_000, 96)
    assert (rows["registration_entities"], rows["statistics_enterprise"]) == (6_000, 96)
    refused = stm("demo", "--months", "1", "--entities", "500")
    assert isinstance(refused.exception, Stop)
    assert "500" in refused.exception.message_zh


# Parts of a build


def arrival(period):
    path = Path("/landing/ledger_projects") / period / "a.xlsx"
    return Arrival("ledger_projects", period, path, "a.xlsx", "0" * 64, 1, None, None, None, None, NOW)


def test_months_outside_of_the_calendar_are_left_alone_with_a_notice():
    found = Scan(tuple(map(arrival, ("2022-12", "2023-01", "2024-06", "2024-07"))), ())
    arrivals, notices = within_the_calendar(found, "2023-01", "2024-06")
    assert [one.period for one in arrivals] == ["2023-01", "2024-06"]
    assert [one.path.name for one in notices] == ["2022-12", "2024-07"]
    assert "STM_FIRST_PERIOD" in notices[0].message_zh
    assert "还没有到" in notices[1].message_zh


def node(name, status, kind="model", failures=0):
    return NodeOutcome(f"{kind}.{name}", name, kind, status, 0.1, failures, "")


@pytest.mark.parametrize(
    ("nodes", "build", "tests"),
    [
        ([node("a", "success"), node("t", "pass", "test")], "passed", "passed"),
        ([node("a", "success"), node("t", "fail", "test", 2), node("b", "skipped")], "not_evaluated", "failed"),
        ([node("a", "error"), node("t", "skipped", "test")], "not_evaluated", "not_evaluated"),
        ([node("a", "success"), node("t", "error", "test")], "passed", "not_evaluated"),
        ([node("a", "success")], "passed", "not_evaluated"),
        ([], "not_evaluated", "not_evaluated"),
    ],
)
def test_what_dbt_says_of_itself_is_a_verdict_of_every_month(nodes, build, tests):
    outcome = BuildOutcome(tuple(nodes))
    verdicts = dbt_verdicts(outcome, outcome.failure(), ["2024-02", "2024-03"])
    assert [(one.period, one.check_id, one.outcome) for one in verdicts] == [
        (period, check, result)
        for period in ("2024-02", "2024-03")
        for check, result in (("dbt_build", build), ("dbt_tests", tests))
    ]
    assert {(one.kind, one.severity) for one in verdicts} == {("dbt", "block")}
