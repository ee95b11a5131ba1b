"""Decisions of people on the sample city: waivers that publish and end, corrections that re-open, rows sent back."""

import csv
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import dagster as dg
import openpyxl
import pytest

from orchestration.instance import open_instance
from orchestration.settings import Settings
from orchestration.state import State
from orchestration.trace import Question, Tracer
from sources.contract import load_contracts
from tests.city import FEEDS, SAMPLE, City, Ran, needs_sample

# Several whole runs: the suite has no time for them all (docs/architecture.md, Tests).
pytestmark = [needs_sample, pytest.mark.faults]

PROJECTS, PRODUCT, REGISTER = "ledger_projects", "statistics_product", "registration_entities"
# A person who is in no list of the city: found anywhere, this came from the row that is planted.
NAME, PHONE = "隐名埋姓户", "13900019999"
BY = ("--by", "王主任", "--why", "已电话核实")


def deliver_ledger(city: City, period: str, name: str, sent_at: str, note: str | float, column: int) -> None:
    """The sample's ledger of a month again, one cell of its first project changed."""
    source = next((SAMPLE / "landing" / PROJECTS / period).glob("*.xlsx"))
    workbook = openpyxl.load_workbook(source)
    sheet = workbook.worksheets[0]
    sheet.cell(4, column).value = note
    target = city.landing / PROJECTS / period / name
    workbook.save(target)
    receipt = {"sender": "ledger", "sent_at": sent_at}
    target.with_name(name + ".json").write_text(json.dumps(receipt), encoding="utf-8")


def spoil_ledger(city: City, period: str) -> None:
    """A second file of a month that cannot be read, beside the one that can."""
    folder = city.landing / PROJECTS / period
    path = folder / "更正.xlsx"
    path.write_bytes(next(folder.glob("*.xlsx")).read_bytes()[:3000])
    path.with_name(path.name + ".json").write_text(
        json.dumps({"sender": "ledger", "sent_at": "2024-06-15T09:00:00+08:00"}), encoding="utf-8"
    )


def plant_a_person(city: City, period: str) -> None:
    """One more row in the register of a month, with a name, a telephone, and a code that is none."""
    [path] = (city.landing / REGISTER / period).glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        [member] = archive.namelist()
        rows = list(csv.reader(io.StringIO(archive.read(member).decode("gb18030"))))
    header = rows[0]
    person = dict(zip(header, rows[1], strict=True))
    for column, value in (("信用代码", "不知道"), ("名称", NAME), ("经营者", NAME), ("电话", PHONE)):
        [found] = [name for name in header if column in name][:1]
        person[found] = value
    text = io.StringIO(newline="")
    csv.writer(text).writerows([*rows, list(person.values())])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, text.getvalue().encode("gb18030"))
    path.with_name(path.name + ".json").write_text(
        json.dumps({"sender": "registration", "sent_at": "2024-06-03T09:00:00+08:00"}), encoding="utf-8"
    )


def release(city: City, period: str, number: int = 1) -> Path:
    return city.data / "published" / "releases" / period / f"r{number}"


def grades(city: City, period: str, feed: str, number: int = 1) -> set[str | None]:
    """Grades in a release of the month's own figures of a feed."""
    return {
        grade
        for (grade,) in city.query(
            "select distinct quality_grade from indicator_monthly "
            "inner join indicator_catalogue using (indicator_code) "
            f"where period = '{period}' and source_feed = '{feed}'",
            release(city, period, number),
        )
    }


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """March and April have a ledger that cannot be read beside the good one; May has no product return."""
    city = City(tmp_path_factory.mktemp("decisions"))
    city.take_from_sample("2024-03", "2024-04", feeds=FEEDS)
    city.take_from_sample("2024-05", feeds=tuple(feed for feed in FEEDS if feed != PRODUCT))
    spoil_ledger(city, "2024-03")
    spoil_ledger(city, "2024-04")
    plant_a_person(city, "2024-05")
    return city


@pytest.fixture(scope="module")
def first(city: City) -> Ran:
    """Nothing has been decided yet."""
    return city.stm("run", "--json")


@pytest.fixture(scope="module")
def waived(city: City, first: Ran) -> Ran:
    """The refused ledger of March and the missing return of May have been waived, nothing of April."""
    assert first.code == 1
    for arguments in (
        ("R-FILE-001", "--period", "2024-03", "--until", "2024-03", "--feed", PROJECTS),
        ("R-BATCH-005", "--period", "2024-05", "--until", "2024-05", "--feed", PRODUCT),
    ):
        ran = city.stm("quarantine", "waive", *arguments, *BY)
        assert ran.code == 0, ran.out + ran.err
    return city.stm("run", "--json")


@pytest.fixture(scope="module")
def corrected(city: City, waived: Ran) -> Ran:
    """Good ledgers of March and April have come; that of March changes a figure."""
    assert waived.code == 1
    deliver_ledger(city, "2024-03", "三月更正.xlsx", "2024-06-20T09:00:00+08:00", 1234.5, column=9)
    deliver_ledger(city, "2024-04", "四月更正.xlsx", "2024-06-21T09:00:00+08:00", "已整改", column=16)
    return city.stm("run", "--json")


def test_refused_files_stop_their_months_and_a_missing_feed_makes_its_month_wait(city: City, first: Ran) -> None:
    assert first.code == 1, first.out + first.err
    assert first.published() == []
    assert [month["period"] for month in first.report["stopped"]] == ["2024-03", "2024-04"]
    assert all("R-BATCH-006" in month["reasons"][0]["zh"] for month in first.report["stopped"])
    assert [month["period"] for month in first.report["waiting"]] == ["2024-05"]


def test_waived_months_are_published_and_the_month_after_is_stopped_again(city: City, waived: Ran) -> None:
    assert waived.code == 1, waived.out + waived.err
    assert waived.published() == ["2024-03-r1", "2024-05-r1"]
    assert waived.report["waiting"] == []
    [stopped] = waived.report["stopped"]
    assert stopped["period"] == "2024-04"
    assert "R-BATCH-006" in stopped["reasons"][0]["zh"]


def test_a_run_says_what_passes_under_which_waiver(waived: Ran) -> None:
    assert [
        (one["period"], one["feed"], one["rule_id"], one["waiver_id"], one["by"], one["until"])
        for one in waived.report["waived"]
    ] == [
        ("2024-03", PROJECTS, "R-BATCH-006", 1, "王主任", "2024-03"),
        ("2024-05", PRODUCT, "R-BATCH-005", 2, "王主任", "2024-05"),
    ]


def test_the_manifest_of_each_release_names_the_waivers_that_it_needs(city: City, waived: Ran) -> None:
    assert waived.code == 1
    march = city.manifest(release(city, "2024-03"))
    assert [(one["waiver_id"], one["rule_id"], one["by"], one["why"]) for one in march["waivers"]] == [
        (1, "R-FILE-001", "王主任", "已电话核实")
    ]
    [month] = [one for one in march["months"] if one["period"] == "2024-03"]
    assert [(one["check_id"], one["feed"], one["waiver_ids"]) for one in month["waived"]] == [
        ("R-BATCH-006", PROJECTS, [1])
    ]
    may = city.manifest(release(city, "2024-05"))
    assert [one["waiver_id"] for one in may["waivers"]] == [1, 2]
    assert [one["period"] for one in may["months"] if one["status"] == "blocked"] == ["2024-04"]
    shown = city.stm("release", "show", "2024-03-r1")
    assert "已豁免" in shown.out
    assert "王主任" in shown.out


def test_figures_under_a_waiver_are_of_grade_d_and_no_others(city: City, waived: Ran) -> None:
    assert waived.code == 1
    assert grades(city, "2024-03", PROJECTS) == {"D"}
    assert "D" not in grades(city, "2024-03", PRODUCT)
    assert grades(city, "2024-05", PRODUCT) == {None}, "what is missing has no grade"
    assert "D" not in grades(city, "2024-05", PROJECTS), "its ledger was neither refused nor missing"


def test_a_correction_of_an_earlier_month_reopens_it_and_says_so(city: City, corrected: Ran) -> None:
    assert corrected.code == 0, corrected.out + corrected.err
    assert corrected.published() == ["2024-03-r2", "2024-04-r1", "2024-05-r2"]
    reopened = {one["period"]: one for one in corrected.report["reopened"]}
    assert set(reopened) == {"2024-03", "2024-05"}, "April had never been published"
    assert reopened["2024-03"]["release_id"] == "2024-03-r1"
    assert reopened["2024-03"]["outcome"] == "changed"
    [came] = reopened["2024-03"]["deliveries"]
    assert (came["feed"], came["file_name"], came["sender"]) == (PROJECTS, "三月更正.xlsx", "ledger")
    assert came["received_at"] == "2024-06-20T09:00:00+08:00"
    assert [one["file_name"] for one in reopened["2024-05"]["deliveries"]] == ["三月更正.xlsx", "四月更正.xlsx"]
    march = next(one for one in corrected.report["published"] if one["period"] == "2024-03")
    assert (march["replaces"], march["is_changed"]) == ("2024-03-r1", True)


@pytest.mark.parametrize(
    ("number", "file", "sent"),
    [
        pytest.param(1, None, None, id="before the correction"),
        pytest.param(2, "三月更正.xlsx", "1234.5", id="after it"),
    ],
)
def test_each_release_of_a_month_is_traced_to_the_ledger_that_it_was_made_of(
    city: City, corrected: Ran, number: int, file: str | None, sent: str | None
) -> None:
    """Also the first one, though the warehouse has forgotten it: a correction came and replaced its rows."""
    assert corrected.code == 0
    settings = Settings(data_dir=city.data)
    with (
        State(settings.state_dir) as state,
        Tracer(
            f"2024-03-r{number}",
            published_dir=settings.published_dir,
            raw_dir=settings.raw_dir,
            state=state,
            contracts=load_contracts(),
        ) as tracer,
    ):
        traced = tracer.trace(Question("2024-03", "all", "investment_completed")).as_json()
    original = next((SAMPLE / "landing" / PROJECTS / "2024-03").glob("*.xlsx"))
    sheet = openpyxl.load_workbook(original).worksheets[0]
    project, as_sent = str(sheet.cell(4, 1).value), str(sheet.cell(4, 9).value)
    [one] = [one for one in traced["contributions"] if one["contributor"] == project]
    [cell] = [cell for cell in one["row"]["cells"] if cell["column"] == "completed_investment_ytd"]
    assert (one["row"]["file"], cell["text"]) == (file or original.name, sent or as_sent)
    given = [Decimal(one["value_ytd"]) for one in traced["contributions"] if one["value_ytd"] is not None]
    assert sum(given) == Decimal(traced["published"]["value_ytd"])
    assert traced["agrees"]
    replaced = [row for row in traced["left_out"] if row["status"] == "superseded" and row["row_key"] == project]
    if number == 1:
        assert replaced == []
    else:
        [before] = replaced
        assert (before["file"], before["replaced_by"]["file"]) == (original.name, file)
        assert before["replaced_by"]["delivery"]["received_at"] == "2024-06-20T09:00:00+08:00"
        assert traced["cell"]["value_status"] == "revised"


def test_dagsters_pages_tell_what_was_waived_reopened_and_stopped(city: City, corrected: Ran) -> None:
    assert corrected.code == 0
    key = dg.AssetKey("release")
    with open_instance(Settings(data_dir=city.data)) as instance:
        made = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=key, asset_partitions=["2024-03"]), limit=2
        ).records
        stopped = instance.fetch_observations(
            dg.AssetRecordsFilter(asset_key=key, asset_partitions=["2024-04"]), limit=9
        ).records
    again, first = (record.asset_materialization.metadata for record in made)
    assert "R-FILE-001" in first["waivers"].value
    assert "waivers" not in again
    assert (again["replaces"].value, again["figures_changed"].value) == ("2024-03-r1", True)
    assert "三月更正.xlsx" in again["reopened_by"].value
    assert all("R-BATCH-006" in record.asset_observation.metadata["reasons"].value for record in stopped)
    assert stopped


def test_a_waiver_that_lifts_nothing_any_more_lowers_no_grade(city: City, corrected: Ran) -> None:
    assert corrected.code == 0
    assert "D" not in grades(city, "2024-03", PROJECTS, number=2)
    assert city.manifest(release(city, "2024-03", 2))["waivers"] == []
    assert [(one["period"], one["waiver_id"]) for one in corrected.report["waived"]] == [("2024-05", 2)]


def test_senders_get_their_rows_back_and_nobody_else_sees_a_person(city: City, corrected: Ran, tmp_path: Path) -> None:
    [row] = [one for one in json.loads(city.stm("quarantine", "list", "--json").out) if one["feed"] == REGISTER]
    assert (row["period"], row["rule_id"], row["column_name"]) == ("2024-05", "R-REG-001", "credit_code")
    shown = city.stm("quarantine", "show", row["row_ref"])
    assert shown.code == 0, shown.err
    assert "请核对18位代码" in shown.out
    exported = city.stm("quarantine", "export", "--out", str(tmp_path))
    assert exported.code == 0, exported.err
    told = {path.name: _text_of(path) for path in tmp_path.glob("*.xlsx")}
    assert [name for name, text in told.items() if NAME in text and PHONE in text] == [
        "待更正_市场监督管理局（registration）_2024-05.xlsx"
    ]
    assert sum("R-PROJ-007" in text for text in told.values()) == 1
    said = [one.out + one.err for one in (corrected, shown, exported, city.stm("quarantine", "list"))]
    written = [
        path.read_text(encoding="utf-8", errors="ignore")
        for pattern in ("state/**/*.log", "published/**/*.json", "state/dagster/**/*")
        for path in city.data.glob(pattern)
        if path.is_file()
    ]
    assert len(written) > 5
    assert not any(secret in text for text in (*said, *written) for secret in (NAME, PHONE))


def _text_of(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_waiver_taken_back_makes_the_month_wait_and_leaves_its_release(city: City, corrected: Ran) -> None:
    assert corrected.code == 0
    assert city.stm("quarantine", "unwaive", "2", *BY).code == 0
    ran = city.stm("run", "--json")
    assert ran.code == 0, ran.out + ran.err
    assert ran.published() == []
    assert [month["period"] for month in ran.report["waiting"]] == ["2024-05"]
    assert city.current.resolve() == release(city, "2024-05", 2).resolve()
