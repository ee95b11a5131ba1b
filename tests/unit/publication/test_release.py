"""Publishing: what a release holds, which months get one, and what a break at any step leaves behind."""

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.publication import durable, release
from orchestration.publication.manifest import read_manifest
from orchestration.publication.release import CopyDiffers
from orchestration.publication.shelf import verify_all
from orchestration.publication.writers import WRITERS, duckdb_file, parquet, workbook
from orchestration.publication.writers.content import WrittenFile
from orchestration.state import WAIVERS, State

from .conftest import CHECK, NOON


def ids(publication):
    return [one.release_id for one in publication.published]


def problems(city):
    return [sentence.en for found in verify_all(city.published_dir, city.state) for sentence in found.problems]


# What a release holds


def test_a_release_holds_every_month_up_to_its_own_in_the_order_of_the_grain(city, values):
    publication = city.close_months(values)
    assert ids(publication) == ["2024-01-r1", "2024-02-r1", "2024-03-r1"]
    assert city.read("from figures", "releases/2024-02/r1") == [
        ("2024-01", "a", Decimal("1.0000"), "2024-02-r1"),
        ("2024-01", "b", Decimal("0.0000"), "2024-02-r1"),
        ("2024-02", "a", Decimal("2.1000"), "2024-02-r1"),
        ("2024-02", "b", None, "2024-02-r1"),
    ]
    assert city.read("from towns", "releases/2024-01/r1") == [("a", "2024-01-r1"), ("b", "2024-01-r1")]
    assert city.current == "releases/2024-03/r1"
    assert publication.current == city.published_dir / "releases/2024-03/r1"
    assert problems(city) == []


def test_only_published_tables_leave_and_parquet_holds_the_same(city, values):
    city.close_months(values)
    tables = {name for (name,) in city.read("select table_name from duckdb_tables()")}
    assert tables == {"periods", "figures", "towns", "vintages"}
    for table in tables:
        path = city.published_dir / "current" / "parquet" / f"{table}.parquet"
        assert duckdb.sql(f"from '{path}'").fetchall() == city.read(f"from {table}")


def test_the_chinese_views_and_comments_are_in_the_file_itself(city, values):
    city.close_months(values)
    assert city.read("select 专业镇代码, 本期值 from zh.指标表 where 报告期 = '2024-03'") == [
        ("a", Decimal("3.0000")),
        ("b", Decimal("30.0000")),
    ]
    assert city.read("select comment from duckdb_tables() where table_name = 'figures'") == [
        ("指标表：指标表的说明\nTable figures.",)
    ]
    assert city.read("select comment from duckdb_columns() where table_name = 'figures' and column_name = 'value'") == [
        ("本期值：本期值的说明\nColumn value.",)
    ]


def test_a_blocked_month_is_left_out_whole_and_stands_as_blocked(city, values):
    for month in values:
        city.deliver(month, month)
    city.build(values)
    city.judge("2024-01", "2024-03")
    city.judge("2024-02", outcome="failed")
    publication = city.publish(*values)
    assert ids(publication) == ["2024-01-r1", "2024-03-r1"]
    assert [(one.period, one.reasons[0].zh) for one in publication.stopped] == [
        ("2024-02", "R-BATCH-001 没有通过［R-BATCH-001］")
    ]
    assert city.read("select distinct period from figures order by 1") == [("2024-01",), ("2024-03",)]
    assert city.read("select period, status, status_reason from periods") == [
        ("2024-01", "published", None),
        ("2024-02", "blocked", "R-BATCH-001 没有通过［R-BATCH-001］"),
        ("2024-03", "published", None),
    ]
    manifest = read_manifest(city.published_dir / "current")
    assert [month.period for month in manifest.blocked_months] == ["2024-02"]
    assert {month.period: month.blocked_look_backs for month in manifest.months} == {
        "2024-01": (),
        "2024-02": (),
        "2024-03": ("2024-02",),
    }


@pytest.mark.parametrize(
    ("period", "looked_at"),
    [
        ("2024-03", ["2023-03", "2023-12", "2024-02"]),
        ("2024-01", ["2023-01", "2023-12"]),
        ("2024-12", ["2023-12", "2024-11"]),
    ],
)
def test_a_month_looks_back_at_last_month_and_at_last_year(period, looked_at):
    assert release._look_backs(period) == looked_at


def test_the_manifest_says_what_the_release_was_made_of(city, values):
    with city.state.engine.begin() as connection:
        connection.execute(
            WAIVERS.insert().values(
                rule_id=CHECK.check_id, period="2024-02", until="2024-02", by="局长", why="已核实", at=NOON.isoformat()
            )
        )
    for month in values:
        city.deliver(month, f"refused {month}", is_accepted=False)
        city.deliver(month, f"accepted {month}")
    city.deliver("2024-01", "pending", is_accepted=False, feed="ledger_projects")
    city.build(values)
    city.judge("2024-01", "2024-03")
    city.judge("2024-02", outcome="failed")
    city.publish(*values)
    manifest = read_manifest(city.published_dir / "releases/2024-02/r1")
    assert manifest.release_id == "2024-02-r1"
    assert manifest.fingerprint == city.fingerprint("2024-02")
    assert manifest.made_by.rules_version == city.code.rules
    assert [(one.period, one.file_name, one.status) for one in manifest.inputs] == [
        ("2024-01", "pending.csv", "refused"),
        ("2024-01", "accepted 2024-01.csv", "accepted"),
        ("2024-02", "accepted 2024-02.csv", "accepted"),
    ], "what was refused and replaced does not count"
    assert {(one.check_id, one.outcome) for one in manifest.checks} == {
        ("R-BATCH-001", "failed"),
        ("dbt_build", "passed"),
        ("dbt_tests", "passed"),
    }
    assert [(one.waiver_id, one.rule_id, one.by) for one in manifest.waivers] == [(1, "R-BATCH-001", "局长")]
    assert [
        (month.period, one.check_id, one.feed, one.waiver_ids) for month in manifest.months for one in month.waived
    ] == [("2024-02", "R-BATCH-001", "statistics_product", (1,))]
    assert {one.path: dict(one.rows) for one in manifest.files} == {
        "specialty_town.duckdb": {"periods": 2, "figures": 4, "towns": 2, "vintages": 4},
        "parquet/periods.parquet": {"periods": 2},
        "parquet/figures.parquet": {"figures": 4},
        "parquet/towns.parquet": {"towns": 2},
        "parquet/vintages.parquet": {"vintages": 4},
        "lineage/contributions.parquet": {"contributions": 0},
        "lineage/changes.parquet": {"changes": 0},
        "lineage/rows.parquet": {"rows": 0},
        "lineage/rules.parquet": {"rules": 0},
        "data_dictionary.html": {},
        "specialty_town.xlsx": {"periods": 1, "figures": 2, "towns": 2},
    }


def test_a_manifest_without_waived_checks_is_one_too(city, values):
    """Releases made before they were told stay readable."""
    city.close_months(values)
    folder = city.published_dir / "releases/2024-03/r1"
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for month in told["months"]:
        del month["waived"]
    place = city.folder / "older"
    place.mkdir()
    (place / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    assert all(month.waived == () for month in read_manifest(place).months)


# Which months get a release


def test_a_release_says_which_it_replaces_and_whether_its_own_figures_changed(city, values):
    first = city.close_months(values)
    assert [(one.replaces, one.is_changed) for one in first.published] == [(None, True)] * 3
    changed = {**values, "2024-02": (Decimal("2.2"), None)}
    city.deliver("2024-02", "corrected")
    city.build(changed)
    city.judge(*changed)
    second = city.publish(*changed)
    assert [(one.release_id, one.replaces, one.is_changed) for one in second.published] == [
        ("2024-02-r2", "2024-02-r1", True),
        ("2024-03-r2", "2024-03-r1", False),
    ]
    assert second.lifted == ()


def test_a_month_that_stands_is_not_released_again(city, values):
    city.close_months(values)
    again = city.publish(*values)
    assert (again.published, again.confirmed, again.stopped) == ((), (), ())


def test_a_changed_month_makes_new_releases_of_itself_of_what_it_changes_and_of_the_latest(city, values):
    values = {"2023-12": (Decimal("1"), Decimal("1")), **values}
    city.close_months(values)
    city.deliver("2024-01", "correction")
    city.build({**values, "2024-01": (Decimal("1.5"), Decimal("0"))})
    city.judge(*values)
    publication = city.publish("2024-01", "2024-02", "2024-03")
    assert ids(publication) == ["2024-01-r2", "2024-03-r2"]
    assert [(one.period, one.release_id) for one in publication.confirmed] == [("2024-02", "2024-02-r1")]
    assert city.current == "releases/2024-03/r2"
    assert city.read("select value from figures where period = '2024-01' and town_code = 'a'") == [(Decimal("1.5"),)]
    assert city.publish("2024-01", "2024-02", "2024-03").confirmed == (), "a confirmed month stands"
    assert problems(city) == []


def test_a_later_month_whose_own_rows_change_too_is_released_anew(city, values):
    city.close_months(values)
    city.deliver("2024-01", "correction")
    city.build({**values, "2024-01": (Decimal("1.5"), None), "2024-02": (Decimal("2.1"), Decimal("1"))})
    city.judge(*values)
    assert ids(city.publish(*values)) == ["2024-01-r2", "2024-02-r2", "2024-03-r2"]


def test_a_new_program_that_computes_the_same_releases_the_latest_alone(city, values):
    city.close_months(values)
    city.code = type(city.code)(**{**vars(city.code), "code": "another"})
    city.judge(*values)
    publication = city.publish(*values)
    assert ids(publication) == ["2024-03-r2"]
    assert [one.release_id for one in publication.confirmed] == ["2024-01-r1", "2024-02-r1"]


def test_a_bad_middle_month_that_is_mended_releases_itself_and_the_latest(city, values):
    for month in values:
        city.deliver(month, month)
    city.build(values)
    city.judge("2024-01", "2024-03")
    city.judge("2024-02", outcome="not_evaluated")
    city.publish(*values)
    # The check ran this time: no fingerprint is new, and yet the latest release lacks a month that is there now.
    city.judge(*values)
    assert ids(city.publish("2024-02", through="2024-03")) == ["2024-02-r1", "2024-03-r2"]
    assert city.read("select count(*) from periods where status = 'blocked'") == [(0,)]
    assert city.publish(*values).published == ()


def test_the_latest_month_is_the_last_that_passes(city, values):
    city.close_months(values)
    city.deliver("2024-02", "correction")
    city.build({**values, "2024-02": (Decimal("9"), None)})
    city.judge("2024-01", "2024-02")
    city.judge("2024-03", outcome="failed")
    publication = city.publish("2024-02", "2024-03")
    assert ids(publication) == ["2024-02-r2"]
    assert city.current == "releases/2024-03/r1", "what was published of the latest period stays"


def test_an_earlier_month_asked_for_alone_leaves_current_where_it_is(city, values):
    city.close_months(values)
    city.deliver("2024-01", "correction")
    city.build({**values, "2024-01": (Decimal("7"), None)})
    city.judge("2024-01", "2024-02")
    assert ids(city.publish("2024-01", through="2024-01")) == ["2024-01-r2"]
    assert city.current == "releases/2024-03/r1"
    asked_alone = city.publish("2024-02", through="2024-02")
    assert ids(asked_alone) == [], "its own rows are as released, and it is not the latest"
    assert [one.release_id for one in asked_alone.confirmed] == ["2024-02-r1"]


def test_a_withdrawn_release_gives_current_back_and_its_number_is_not_used_again(city, values):
    city.close_months(values)
    city.state.record_release("2024-03-r1", "withdrawn", city.clock(), by="局长", why="口径有误")
    assert [one.en for one in city.recover()] == ["published/current was made to point to the newest valid release."]
    assert city.current == "releases/2024-02/r1"
    assert city.publish(*values).published == (), "the same again would be withdrawn again"
    city.deliver("2024-03", "correction")
    city.judge("2024-03")
    assert ids(city.publish("2024-03")) == ["2024-03-r2"], "even with the same rows"
    assert city.current == "releases/2024-03/r2"


def test_no_release_is_left_when_all_are_withdrawn(city):
    city.close_months({"2024-03": (Decimal("3"), None)})
    city.state.record_release("2024-03-r1", "withdrawn", city.clock(), by="局长", why="口径有误")
    city.recover()
    assert city.current is None
    assert problems(city) == []


def test_a_lost_ledger_overwrites_nothing(city, values, tmp_path):
    city.close_months(values)
    before = read_manifest(city.published_dir / "releases/2024-03/r1")
    with State(tmp_path / "new state") as empty:
        city.state = empty
        assert city.recover() == ()
        assert city.current == "releases/2024-03/r1", "a link that the ledger does not know is left alone"
        city.deliver("2024-03", "first of 2024-03")
        city.judge("2024-03")
        assert ids(city.publish("2024-03")) == ["2024-03-r2"]
    assert read_manifest(city.published_dir / "releases/2024-03/r1") == before


# Breaks


class Broken(Exception):
    """What a test lets go wrong."""


def break_at(monkeypatch, step):
    """Let a step of publishing fail, or fail right after it was done."""
    owner, name, is_after = step
    done = getattr(owner, name)

    def broken(*arguments, **named):
        if is_after:
            done(*arguments, **named)
        raise Broken(name)

    monkeypatch.setattr(owner, name, broken)


STEPS = {
    "making the folder": (durable, "make_folder", False),
    "after making the folder": (durable, "make_folder", True),
    "writing DuckDB": (duckdb_file, "write", False),
    "between the writers": (duckdb_file, "write", True),
    "after the writers": (workbook, "write", True),
    "writing the manifest": (release, "write_manifest", False),
    "syncing": (durable, "sync_tree", True),
    "entering it as prepared": (State, "prepare_release", False),
    "after it was prepared": (State, "prepare_release", True),
    "giving the name": (durable, "move_folder", False),
    "after it has its name": (durable, "move_folder", True),
    "after it was entered as published": (State, "record_release", True),
    "switching current": (durable, "point_link", False),
    "after current was switched": (durable, "point_link", True),
}
HAS_ITS_NAME = [
    "after it has its name", "after it was entered as published", "switching current", "after current was switched"
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_a_break_at_any_step_leaves_current_valid_and_the_next_run_goes_on(city, values, monkeypatch, step):
    city.close_months({"2024-02": values["2024-02"]})
    city.deliver("2024-03", "first")
    city.build({"2024-02": values["2024-02"], "2024-03": values["2024-03"]})
    city.judge("2024-02", "2024-03")
    with monkeypatch.context() as patched:
        break_at(patched, STEPS[step])
        with pytest.raises(Broken):
            city.publish("2024-03")
    assert city.current in ("releases/2024-02/r1", "releases/2024-03/r1")
    assert city.read("select count(*) from towns") == [(2,)]

    city.recover()
    assert list(city.published_dir.rglob(".*")) == [], "nothing half made is left"
    assert problems(city) == []
    assert city.recover() == (), "nothing is left to mend"
    has_its_name = step in HAS_ITS_NAME
    assert city.current == ("releases/2024-03/r1" if has_its_name else "releases/2024-02/r1")
    is_numbered = step in ("after it was prepared", "giving the name")
    expected = [] if has_its_name else ["2024-03-r2" if is_numbered else "2024-03-r1"]
    assert ids(city.publish("2024-03")) == expected, "a number that was given is not given again"
    assert city.read("select distinct release_id from figures") == [(f"2024-03-{city.current.rpartition('/')[2]}",)]
    assert problems(city) == []


def test_rows_that_change_on_the_way_are_not_published(city, values):
    class Forger:
        @staticmethod
        def write(content, folder):
            written = duckdb_file.write(content, folder)
            with duckdb.connect(str(folder / duckdb_file.FILE_NAME)) as copied:
                copied.execute("update figures set value = 99 where period = '2024-01'")
            return written

    city.close_months({"2024-01": values["2024-01"]})
    city.deliver("2024-02", "first")
    city.build({"2024-01": values["2024-01"], "2024-02": values["2024-02"]})
    city.judge("2024-01", "2024-02")
    with pytest.raises(CopyDiffers, match="rows of 2024-01 in the new release are not those that were judged"):
        city.publish("2024-02", writers=[Forger, parquet])
    assert city.current == "releases/2024-01/r1"
    city.recover()
    assert problems(city) == []


def test_a_new_writer_needs_nothing_else(city, values):
    class Note:
        @staticmethod
        def write(content, folder: Path):
            (folder / "tables.json").write_text(json.dumps([mart.label_zh for mart in content.marts]))
            return [WrittenFile("tables.json")]

    city.deliver("2024-03", "first")
    city.build(values)
    city.judge(*values)
    city.publish("2024-03", writers=[*WRITERS, Note])
    assert json.loads((city.published_dir / "current" / "tables.json").read_text()) == [
        "指标表",
        "报告期维表",
        "专业镇维表",
        "历次发布表",
    ]
    assert problems(city) == []


def test_an_open_reader_keeps_its_release_and_a_new_one_sees_the_new(city, values):
    city.close_months({"2024-02": values["2024-02"]})
    path = str(city.published_dir / "current" / "specialty_town.duckdb")
    reader = duckdb.connect(path, read_only=True)
    city.deliver("2024-03", "first")
    city.build(values)
    city.judge(*values)
    city.publish("2024-03")
    query = "select distinct release_id from figures"
    assert reader.execute(query).fetchall() == [("2024-02-r1",)]
    reader.close()
    assert city.read(query) == [("2024-03-r1",)]


def test_files_of_a_release_are_read_only(city, values):
    city.close_months({"2024-03": values["2024-03"]})
    files = [path for path in (city.published_dir / "releases").rglob("*") if path.is_file()]
    assert len(files) == 12
    assert all(path.stat().st_mode & 0o222 == 0 for path in files)


def test_the_data_directory_can_be_moved(city, values):
    city.close_months(values)
    city.published_dir.rename(city.folder / "moved")
    assert (city.folder / "moved" / "current" / "manifest.json").is_file()
