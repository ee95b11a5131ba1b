"""What every release said: a row where a cell changes, whatever became of the release that said so."""

import dataclasses
import datetime as dt
import random
import shutil
from decimal import Decimal

import duckdb
import pytest

from orchestration.publication import release
from orchestration.publication.history import Chronicle, Speaker, StatementLost
from orchestration.publication.marts import MartsUnusable, read_histories
from orchestration.publication.shelf import Shelf, verify_all
from orchestration.state import State
from sources.landing import SHANGHAI

MORNING = dt.datetime(2024, 7, 1, 8, 0, tzinfo=SHANGHAI)
COLUMNS = "period varchar, town_code varchar, value decimal(18, 4), release_id varchar"


@pytest.fixture
def told(city, tmp_path):
    """Statements as given, town a by month and release, in order; the history as (month, value, release, current)."""

    def tell_of(*releases, withdrawn=(), blocked=None):
        (history,) = read_histories(city.dbt_manifest)
        with duckdb.connect() as connection:
            connection.execute(f"create table said ({COLUMNS})")
            chronicle = Chronicle(connection, history, tmp_path / "statements", "said")
            speakers = []
            for place, (release_id, said) in enumerate(releases):
                connection.execute("delete from said")
                for period, value in said.items():
                    connection.execute("insert into said values (?, 'a', ?, ?)", [period, value, release_id])
                released_at = MORNING + dt.timedelta(hours=place)
                speakers.append(speaker(release_id, released_at, (blocked or {}).get(release_id, ())))
                chronicle.say(speakers[-1], speakers, "from said")
            asked = [dataclasses.replace(one, is_withdrawn=one.release_id in withdrawn) for one in speakers]
            rows = connection.execute(chronicle.tell(asked)).fetchall()
        return [
            (period, value, f"{release_id} at {released_at:%H}", is_current)
            for period, _, value, release_id, released_at, _, is_current in rows
        ]

    return tell_of


def speaker(release_id, released_at=MORNING, blocked=()):
    period, _, number = release_id.rpartition("-r")
    return Speaker(release_id, period, int(number), released_at, blocked)


def test_only_what_differs_from_what_was_said_before_is_a_row(told):
    assert told(
        ("2024-01-r1", {"2024-01": 1}),
        ("2024-02-r1", {"2024-01": 1, "2024-02": None}),
        ("2024-01-r2", {"2024-01": 5}),
        ("2024-02-r2", {"2024-01": 5, "2024-02": 0}),
    ) == [
        ("2024-01", 1, "2024-01-r1 at 08", False),
        ("2024-01", 5, "2024-01-r2 at 10", True),
        ("2024-02", None, "2024-02-r1 at 09", False),
        ("2024-02", 0, "2024-02-r2 at 11", True),
    ]


def test_a_value_that_comes_back_is_said_anew(told):
    assert told(("2024-01-r1", {"2024-01": 1}), ("2024-01-r2", {"2024-01": 5}), ("2024-01-r3", {"2024-01": 1})) == [
        ("2024-01", 1, "2024-01-r1 at 08", False),
        ("2024-01", 5, "2024-01-r2 at 09", False),
        ("2024-01", 1, "2024-01-r3 at 10", True),
    ]


def test_a_withdrawn_release_has_said_it_and_is_not_current(told):
    said = ("2024-01-r1", {"2024-01": 1}), ("2024-01-r2", {"2024-01": 5})
    assert told(*said, withdrawn=("2024-01-r2",)) == [
        ("2024-01", 1, "2024-01-r1 at 08", True),
        ("2024-01", 5, "2024-01-r2 at 09", False),
    ]
    # What a valid release repeats from one that was withdrawn stands by its own word.
    assert told(*said, ("2024-02-r1", {"2024-01": 5, "2024-02": 7}), withdrawn=("2024-01-r2",)) == [
        ("2024-01", 1, "2024-01-r1 at 08", False),
        ("2024-01", 5, "2024-01-r2 at 09", False),
        ("2024-01", 5, "2024-02-r1 at 10", True),
        ("2024-02", 7, "2024-02-r1 at 10", True),
    ]
    assert not any(is_current for *_, is_current in told(*said[:1], withdrawn=("2024-01-r1",)))
    # So does what it says first, and what it says again of old.
    assert told(*said, ("2024-01-r3", {"2024-01": 5}), withdrawn=("2024-01-r1", "2024-01-r2")) == [
        ("2024-01", 1, "2024-01-r1 at 08", False),
        ("2024-01", 5, "2024-01-r2 at 09", False),
        ("2024-01", 5, "2024-01-r3 at 10", True),
    ]
    assert told(*said, ("2024-01-r3", {"2024-01": 1}), withdrawn=("2024-01-r2",)) == [
        ("2024-01", 1, "2024-01-r1 at 08", False),
        ("2024-01", 5, "2024-01-r2 at 09", False),
        ("2024-01", 1, "2024-01-r3 at 10", True),
    ]


def test_a_month_that_a_release_does_not_hold_is_not_spoken_of(told):
    """Blocked, or after its own: nothing is said, so nothing is taken back."""
    said = ("2024-01-r1", {"2024-01": 1}), ("2024-01-r2", {"2024-01": 5}), ("2024-02-r1", {"2024-02": 7})
    blocked = {"2024-02-r1": ("2024-01",)}
    assert told(*said, blocked=blocked) == [
        ("2024-01", 1, "2024-01-r1 at 08", False),
        ("2024-01", 5, "2024-01-r2 at 09", True),
        ("2024-02", 7, "2024-02-r1 at 10", True),
    ]
    # Nor does it repeat what was withdrawn.
    assert told(*said, blocked=blocked, withdrawn=("2024-01-r2",)) == [
        ("2024-01", 1, "2024-01-r1 at 08", True),
        ("2024-01", 5, "2024-01-r2 at 09", False),
        ("2024-02", 7, "2024-02-r1 at 10", True),
    ]


def test_a_cell_that_is_left_out_later_is_empty_from_then_on(city, tmp_path):
    figures = next(node for node in city.dbt_manifest["nodes"].values() if node["name"] == "figures")
    figures["columns"] |= {
        name: {"name": name, "description": "", "config": {"meta": {"label_zh": name, "description_zh": name}}}
        for name in ("town_name", "standing", "note")
    }
    figures["config"]["meta"]["history"] |= {
        "compared": ["value", "standing"],
        "carried": ["town_name"],
        "when_left_out": {"standing": "missing"},
    }
    (history,) = read_histories(city.dbt_manifest)
    said = {
        "2024-01-r1": "('2024-01', 'a', 1, 'A', 'final', 'n'), ('2024-01', 'b', 2, 'B', 'final', 'n')",
        "2024-01-r2": "('2024-01', 'a', 1, 'A', 'final', 'another note')",
        "2024-01-r3": "('2024-01', 'a', 1, 'A', 'revised', null), ('2024-01', 'b', 2, 'B', 'final', 'n')",
    }
    with duckdb.connect() as connection:
        connection.execute(f"create table empty ({COLUMNS}, town_name varchar, standing varchar, note varchar)")
        chronicle = Chronicle(connection, history, tmp_path / "statements", "empty")
        speakers = []
        for release_id, rows in said.items():
            speakers.append(speaker(release_id))
            query = f"from (values {rows}) as said (period, town_code, value, town_name, standing, note)"
            chronicle.say(speakers[-1], speakers, query)
        rows = connection.execute(
            "select town_code, value, town_name, standing, note, release_no, is_current "
            f"from ({chronicle.tell(speakers)})"
        ).fetchall()
    assert rows == [
        ("a", 1, "A", "final", "n", 1, False),
        ("a", 1, "A", "revised", None, 3, True),
        ("b", 2, "B", "final", "n", 1, False),
        ("b", None, "B", "missing", None, 2, False),
        ("b", 2, "B", "final", "n", 3, True),
    ]


def test_a_statement_of_before_a_column_was_added_still_counts(city, tmp_path):
    (history,) = read_histories(city.dbt_manifest)
    older, newer = speaker("2024-01-r1"), speaker("2024-01-r2")
    with duckdb.connect() as connection:
        (tmp_path / "figures").mkdir()
        connection.execute(
            "copy (select '2024-01' as period, 'a' as town_code, '2024-01-r1' as release_id, true as is_said) "
            f"to '{tmp_path}/figures/2024-01-r1.parquet'"
        )
        connection.execute(f"create table empty ({COLUMNS})")
        chronicle = Chronicle(connection, history, tmp_path, "empty")
        chronicle.recall([older], Shelf(tmp_path))
        chronicle.say(newer, [older, newer], "select '2024-01' as period, 'a' as town_code, 3 as value")
        told = connection.execute(f"select value, is_current from ({chronicle.tell([older, newer])})").fetchall()
    assert told == [(None, False), (3, True)]


def in_plain_words(speakers, said):
    """The history by its definition, cell by cell: (month, value, release, is current)."""
    told = []
    for cell in sorted({month for one in said for month in one}):
        before = before_standing = None
        rows = []
        for speaker, rows_said in zip(speakers, said, strict=True):
            if cell not in rows_said:
                continue
            now = (rows_said[cell],)
            if now != before or (not speaker.is_withdrawn and now != before_standing):
                rows.append((speaker, now[0]))
            before = now
            before_standing = before_standing if speaker.is_withdrawn else now
        current = next((one for one, _ in reversed(rows) if not one.is_withdrawn), None)
        told += [(cell, value, one.release_id, one is current) for one, value in rows]
    return told


def test_any_order_of_releases_and_withdrawals_is_told_as_defined(city, tmp_path):
    (history,) = read_histories(city.dbt_manifest)
    months, chance = ("2024-01", "2024-02", "2024-03"), random.Random(12)
    for trial in range(12):
        with duckdb.connect() as connection:
            connection.execute(f"create table said ({COLUMNS})")
            chronicle = Chronicle(connection, history, tmp_path / str(trial), "said")
            speakers, said = [], []
            for number in range(1, 7):
                own = chance.choice(months)
                blocked = tuple(month for month in months if month < own and chance.random() < 0.2)
                speakers.append(speaker(f"{own}-r{number}", MORNING + dt.timedelta(hours=number), blocked))
                said.append({one: chance.choice([1, 2, None]) for one in months if one <= own and one not in blocked})
                values = ", ".join(f"('{month}', 'a', {value or 'null'}, null)" for month, value in said[-1].items())
                connection.execute(f"delete from said; insert into said values {values}")
                chronicle.say(speakers[-1], speakers, "from said")
            asked = [dataclasses.replace(one, is_withdrawn=chance.random() < 0.4) for one in speakers]
            rows = connection.execute(
                f"select period, value, release_id, is_current from ({chronicle.tell(asked)})"
            ).fetchall()
        assert rows == in_plain_words(asked, said), asked


# In a release

READ = "select period, town_code, value, release_id, is_current from vintages order by period, town_code, released_at"


def correct(city, values, period, figures, content="correction"):
    city.deliver(period, content)
    city.build({**values, period: figures})
    city.judge(*values)
    return city.publish(*values)


def test_a_release_tells_what_all_before_it_said_and_itself(city, values):
    city.close_months(values)
    correct(city, values, "2024-01", (Decimal("1.5"), Decimal("0")))
    assert [row for row in city.read(READ) if row[:2] == ("2024-01", "a")] == [
        ("2024-01", "a", 1, "2024-01-r1", False),
        ("2024-01", "a", Decimal("1.5"), "2024-01-r2", True),
    ]
    now = city.read("select period, town_code, value from figures order by all")
    assert [row[:3] for row in city.read(READ) if row[4]] == now
    assert city.read("select max(released_at) from vintages") == city.read(
        "select max(released_at) from vintages where release_id = '2024-01-r2'"
    ), "the latest release says what the one before it has just said"
    before = city.read("select period, value, is_current from vintages where town_code = 'a'", "releases/2024-02/r1")
    assert before == [("2024-01", 1, True), ("2024-02", Decimal("2.1"), True)], "an older release stays as it is"
    assert city.read("select 发布时间 is not null and 是否现行 from zh.历次发布表 where 发布编号 = '2024-03-r1'")
    (told,) = duckdb.sql(f"select count(*) from '{city.published_dir}/current/parquet/vintages.parquet'").fetchall()
    assert told == (len(city.read(READ)),)


def test_history_is_no_part_of_what_is_judged(city, values):
    city.close_months(values)
    before = city.hashes()
    correct(city, values, "2024-01", (Decimal("1.5"), Decimal("0")))
    city.build(values)
    assert city.hashes() == before


def test_after_a_withdrawal_the_next_release_says_what_is_current(city, values):
    city.close_months(values)
    correct(city, values, "2024-01", (Decimal("1.5"), Decimal("0")))
    for one in ("2024-01-r2", "2024-03-r2"):
        city.state.record_release(one, "withdrawn", city.clock(), by="局长", why="口径有误")
    correct(city, values, "2024-03", (Decimal("4"), Decimal("30")), "another")
    assert [row for row in city.read(READ) if row[:2] == ("2024-01", "a")] == [
        ("2024-01", "a", 1, "2024-01-r1", False),
        ("2024-01", "a", Decimal("1.5"), "2024-01-r2", False),
        ("2024-01", "a", 1, "2024-03-r3", True),
    ]


def test_what_a_killed_run_would_have_said_is_not_history(city, values, monkeypatch):
    city.close_months({"2024-02": values["2024-02"]})
    with monkeypatch.context() as patched:
        patched.setattr(release.durable, "move_folder", killed)
        with pytest.raises(KeyboardInterrupt):
            correct(city, {"2024-02": values["2024-02"]}, "2024-02", (Decimal("66"), None))
    city.recover()
    correct(city, {"2024-02": values["2024-02"]}, "2024-02", (Decimal("7"), None), "mended")
    assert [row[2:] for row in city.read(READ) if row[1] == "a"] == [
        (Decimal("2.1"), "2024-02-r1", False),
        (7, "2024-02-r3", True),
    ]
    kept = {path.name for path in city.state.statements_dir.rglob("*") if path.is_file()}
    assert kept == {"2024-02-r1.parquet", "2024-02-r3.parquet"}


def killed(*_):
    raise KeyboardInterrupt


def test_a_release_that_is_completed_later_has_spoken(city, values, monkeypatch):
    only = {"2024-02": values["2024-02"]}
    city.close_months(only)
    with monkeypatch.context() as patched:
        patched.setattr(State, "record_release", killed)
        with pytest.raises(KeyboardInterrupt):
            correct(city, only, "2024-02", (Decimal("66"), None))
    city.recover()
    correct(city, only, "2024-02", (Decimal("7"), None), "mended")
    assert [row[2] for row in city.read(READ) if row[1] == "a"] == [Decimal("2.1"), 66, 7]


def test_older_releases_may_be_archived_and_are_asked_only_if_the_state_does_not_know(city, values):
    city.close_months(values)
    shutil.rmtree(city.published_dir / "releases" / "2024-01")
    for path in city.state.statements_dir.rglob("2024-02-r1.parquet"):
        path.unlink()
    correct(city, values, "2024-03", (Decimal("4"), Decimal("30")))
    assert [row[3] for row in city.read(READ) if row[1] == "a"] == [
        "2024-01-r1", "2024-02-r1", "2024-03-r1", "2024-03-r2"
    ]  # fmt: skip
    assert {problem.en for one in verify_all(city.published_dir, city.state) for problem in one.problems} != set()

    for path in city.state.statements_dir.rglob("2024-01-r1.parquet"):
        path.unlink()
    with pytest.raises(StatementLost, match="What 2024-01-r1 said of figures is neither in state nor"):
        correct(city, values, "2024-03", (Decimal("5"), Decimal("30")), "another")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"compared": []}, "vintages cannot be published: compared is missing"),
        ({"compared": ["worth"]}, "worth is missing"),
        ({"columns": []}, "is_current、release_no、released_at is missing"),
        ({"label_zh": "指标表"}, "labels that stand twice: 指标表"),
    ],
)
def test_what_a_history_lacks_is_named(city, changed, said):
    figures = next(node for node in city.dbt_manifest["nodes"].values() if node["name"] == "figures")
    figures["config"]["meta"]["history"] |= changed
    with pytest.raises(MartsUnusable, match=said):
        read_histories(city.dbt_manifest)
