"""The way back from a figure, on a release of a few rows made by hand."""

import datetime as dt
import json
import shutil
from decimal import Decimal

import duckdb
import openpyxl
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.publication.manifest import InputFile, MadeBy, Manifest, write_manifest
from orchestration.publication.shelf import Shelf
from orchestration.publication.writers import lineage
from orchestration.screen import make_console, show_trace
from orchestration.sent_rows import MASK
from orchestration.settings import DBT_PROJECT_DIR, Settings
from orchestration.state import NewRelease, State
from orchestration.trace import NoSuchFigure, NotTraceable, Question, Tracer
from orchestration.trace_workbook import write_trace
from orchestration.waivers import read_rules
from sources.contract import load_contracts
from sources.landing import SHANGHAI
from sources.raw_file import RawFile, raw_path, raw_schema

NOON = dt.datetime(2024, 4, 10, 12, 0, tzinfo=SHANGHAI)
CONTRACTS = load_contracts()
RULES = read_rules(DBT_PROJECT_DIR / "seeds")
STATISTICS, PROJECTS, REGISTER, CHANGES = (
    "statistics_enterprise", "ledger_projects", "registration_entities", "registration_changes",
)  # fmt: skip
CODE, OTHER_CODE = "91141082MA0GLWE102", "91141082MA2HAUN335"
NAME = "秘而不宣的店"
PERIOD, BEFORE, LAST_YEAR = "2024-03", "2024-02", "2023-03"
INDICATORS = (
    # code, name, nature, feed, computation, prior_source
    ("gross_output_value", "工业总产值", "flow", STATISTICS, "sum", "return"),
    ("projects", "在库项目数", "stock", PROJECTS, "count", "history"),
    ("capacity_completed", "建成产能", "stock", PROJECTS, "sum", "history"),
    ("active_entities", "存续经营主体数", "stock", REGISTER, "count", "history"),
    ("location_quotient", "区位商", "rate", REGISTER, "quotient", "history"),
)
_TYPES = {
    "is_in_month": "boolean", "is_in_year": "boolean", "is_counted": "boolean", "is_revised": "boolean",
    "value": "decimal(22, 8)", "value_ytd": "decimal(18, 4)", "value_ytd_prior": "decimal(18, 4)",
    "base": "decimal(18, 4)", "row_no": "bigint", "changed_on": "date",
}  # fmt: skip


class Office:
    """A release in the making: deliveries with their raw rows, cells, and the lineage between them."""

    def __init__(self, folder):
        self.settings = Settings(data_dir=folder)
        self.state = State(self.settings.state_dir)
        self.inputs, self.cells = [], []
        self.lineage = {name: [] for name in lineage.TABLES}
        self.lineage[lineage.RULES] = [
            {column: rule[column] for column in lineage.TABLES[lineage.RULES].columns} for rule in RULES.values()
        ]
        self.months = {}

    def deliver(self, feed, period, name, rows=(), *, status="accepted"):
        """A file with raw rows, mappings of raw columns from row 2 on. Its id."""
        delivery_id = f"{len(self.inputs):016d}"
        self.inputs.append(
            InputFile(
                delivery_id=delivery_id, feed=feed, period=period, file_name=name, sha256="ab", sender="某局",
                received_at=NOON, status=status, refusal_rule=None, reason_zh="打不开" if status == "refused" else None,
                reason_en="unreadable" if status == "refused" else None, rows_read=len(rows), rows_data=len(rows),
                rows_not_data=0,
            )
        )  # fmt: skip
        schema = raw_schema(CONTRACTS[feed])
        lines = [
            {"_delivery_id": delivery_id, "_feed": feed, "_period": period, "_file": name, "_row": number,
             "_row_kind": "data", "_is_hidden": False, **row}
            for number, row in enumerate(rows, start=2)
        ]  # fmt: skip
        with RawFile(raw_path(self.settings.raw_dir, feed, period, delivery_id), schema) as raw:
            raw.write(pa.RecordBatch.from_pylist(lines, schema=schema))
        return delivery_id

    def row(self, delivery_id, row_no, status="used", *, period=None, **more):
        """A delivered row of the lineage; its id."""
        one = next(one for one in self.inputs if one.delivery_id == delivery_id)
        row_id = f"{delivery_id}:{one.file_name}::{row_no}"
        self.lineage[lineage.ROWS].append(
            {"period": period or one.period, "feed": one.feed, "row_id": row_id, "delivery_id": delivery_id,
             "file": one.file_name, "sheet": None, "row_no": row_no, "status": status, **more}
        )  # fmt: skip
        return row_id

    def cell(self, indicator, *, period=PERIOD, breakdown="all", town="a", status="preliminary", **figures):
        """A published figure."""
        self.cells.append(
            {"period": period, "town_code": town, "town_name": {"a": "甲镇", "all": "全市"}[town],
             "indicator_code": indicator, "breakdown": breakdown, "unit": "个", "value_status": status, **figures}
        )  # fmt: skip

    def gives(self, indicator, contributor, row_id, columns, *, period=PERIOD, breakdown="all", town="a", **amounts):
        """A contribution to a figure; value and value_ytd are alike unless both are told."""
        told = {"value_ytd": amounts["value"], **amounts} if "value" in amounts else amounts
        self.lineage[lineage.CONTRIBUTIONS].append(
            {"period": period, "town_code": town, "indicator_code": indicator, "breakdown": breakdown,
             "contributor": contributor, "row_id": row_id, "cell_columns": columns, "is_in_month": True,
             "is_in_year": True, "is_counted": True, "is_revised": False, **told}
        )  # fmt: skip

    def publish(self, number=1, *, without_lineage=False):
        """The release of PERIOD of all that was told."""
        folder = Shelf(self.settings.published_dir).place(PERIOD, number)
        (folder / lineage.FOLDER).mkdir(parents=True)
        months = self.months or {PERIOD: "published"}
        release_id = f"{PERIOD}-r{number}"
        with duckdb.connect(str(folder / "specialty_town.duckdb")) as connection:
            connection.execute("create table periods (period varchar, status varchar, status_reason varchar)")
            for month, status in months.items():
                reason = "没有通过" if status == "blocked" else None
                connection.execute("insert into periods values (?, ?, ?)", [month, status, reason])
            connection.execute("create table towns (town_code varchar, town_name varchar, short_name varchar)")
            connection.execute("insert into towns values ('a', '甲镇', '甲'), ('all', '全市', '全市')")
            connection.execute(
                "create table indicator_catalogue (indicator_code varchar, indicator_name varchar, nature varchar, "
                "source_feed varchar, computation varchar, prior_source varchar, definition varchar default '定义')"
            )
            connection.executemany(
                "insert into indicator_catalogue by position values (?, ?, ?, ?, ?, ?, '定义')", INDICATORS
            )
            columns = (
                "period", "town_code", "town_name", "indicator_code", "breakdown", "unit", "value", "value_ytd",
                "value_ytd_prior", "yoy_pct", "mom_pct", "value_status", "quality_grade", "flags",
            )  # fmt: skip
            _make(connection, "indicator_monthly", columns, self.cells)
            for name, table in lineage.TABLES.items():
                _make(connection, f"{name}_lines", table.columns, self.lineage[name])
                path = folder / lineage.FOLDER / f"{name}.parquet"
                if not without_lineage:
                    connection.execute(f"copy {name}_lines to '{path}' (format parquet)")
        manifest = Manifest(
            release_id=release_id, period=PERIOD, release_no=number, made_at=NOON, run_id="run",
            made_by=MadeBy(code_version="c", seeds_version="s", rules_version="r", packages={}), fingerprint="f",
            data_hash="d", months=(), waivers=(), inputs=tuple(self.inputs), checks=(), files=(),
        )  # fmt: skip
        sha256 = write_manifest(manifest, folder)
        self.state.prepare_release(
            NewRelease(release_id, PERIOD, number, "run", "f", "d", sha256, blocked_periods=()), NOON
        )
        self.state.record_release(release_id, "published", NOON)
        current = Shelf(self.settings.published_dir).current
        current.unlink(missing_ok=True)
        current.symlink_to(folder.relative_to(current.parent))
        return release_id

    def trace(self, indicator, *, period=PERIOD, town="a", breakdown=None, release_id=None):
        with Tracer(
            release_id,
            published_dir=self.settings.published_dir,
            raw_dir=self.settings.raw_dir,
            state=self.state,
            contracts=CONTRACTS,
        ) as tracer:
            return tracer.trace(Question(period, town, indicator, breakdown))


def _make(connection, table, columns, rows):
    numbers = {"value", "value_ytd", "value_ytd_prior", "yoy_pct", "mom_pct"}
    typed = ", ".join(
        f"{name} {_TYPES.get(name, 'decimal(18, 4)' if name in numbers else 'varchar')}" for name in columns
    )
    connection.execute(f"create table {table} ({typed})")
    if rows:
        places = ", ".join(f"({', '.join('?' * len(columns))})" for _ in rows)
        connection.execute(f"insert into {table} values {places}", [row.get(name) for row in rows for name in columns])


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path / "data")
    yield office
    office.state.close()


@pytest.fixture
def returns(office):
    """Two returns; of the first an earlier one was superseded, a third was set aside, a fourth is of another town."""
    first = office.deliver(STATISTICS, PERIOD, "月报.csv", [{"credit_code": CODE, "gross_output_value_ytd": "1"}])
    second = office.deliver(
        STATISTICS,
        PERIOD,
        "更正.csv",
        [
            {"credit_code": CODE, "town": "甲", "gross_output_value_ytd": "１０万元", "gross_output_value_month": "4"},
            {"credit_code": OTHER_CODE, "town": "甲", "gross_output_value_ytd": "7", "gross_output_value_month": None},
            {"credit_code": "13911112222", "town": "丙", "gross_output_value_ytd": "9"},
            {"credit_code": OTHER_CODE, "town": "乙", "gross_output_value_ytd": "9"},
        ],
    )
    used = office.row(second, 2, row_key=CODE, town_code="a", rules="R-STAT-008")
    other = office.row(second, 3, row_key=OTHER_CODE, town_code="a")
    office.row(second, 4, "set_aside", rules="R-STAT-001|R-STAT-002")
    office.row(second, 5, "set_aside", row_key=OTHER_CODE, town_code="b", rules="R-STAT-002")
    office.row(first, 2, "superseded", row_key=CODE, town_code="a", replaced_by=used)
    columns = "gross_output_value_month|gross_output_value_ytd|gross_output_value_ytd_prior"
    office.gives(
        "gross_output_value", CODE, used, columns, value=Decimal(4), value_ytd=Decimal(10), value_ytd_prior=Decimal(8),
        warnings="R-STAT-008",
    )  # fmt: skip
    office.gives("gross_output_value", OTHER_CODE, other, columns, value_ytd=Decimal(7))
    office.cell("gross_output_value", value=Decimal(4), value_ytd=Decimal(17), value_ytd_prior=Decimal(8))
    return office


def test_rows_that_give_a_figure_are_shown_with_cells_rules_and_amounts(returns):
    returns.publish()
    found = returns.trace("gross_output_value")
    assert found.agrees
    assert (found.recomputed.value, found.recomputed.value_ytd, found.recomputed.value_ytd_prior) == (4, 17, 8)
    first, second = found.contributions
    assert (first.contributor, first.row.file, first.row.row_no, first.row.delivery.sender) == (
        CODE, "更正.csv", 2, "某局",
    )  # fmt: skip
    cells = {cell.column: (cell.text, cell.is_source) for cell in first.row.cells}
    assert cells["gross_output_value_ytd"] == ("１０万元", True), "as delivered"
    assert cells["gross_output_value_ytd_prior"] == (None, True), "an empty cell says something too"
    assert cells["credit_code"] == (CODE, False)
    assert "employees" not in cells
    assert [rule.rule_id for rule in first.row.marked] == ["R-STAT-008"]
    assert first.row.marked[0].says.zh == RULES["R-STAT-008"]["message_zh"]
    assert "R-STAT-008" not in first.row.passed
    assert set(second.row.passed) - set(first.row.passed) == {"R-STAT-008"}
    assert all(RULES[one]["feed"] in (STATISTICS, "*") and RULES[one]["level"] == "row" for one in first.row.passed)


def test_rows_left_out_are_those_of_the_town_or_of_none_with_every_reason(returns):
    returns.publish()
    set_aside, superseded = returns.trace("gross_output_value").left_out
    assert [rule.rule_id for rule in set_aside.marked] == ["R-STAT-001", "R-STAT-002"]
    assert next(cell.text for cell in set_aside.cells if cell.column == "credit_code") == "139****2222"
    place = superseded.replaced_by
    assert (superseded.status, place.file, place.row_no, place.delivery.received_at) == (
        "superseded", "更正.csv", 2, NOON.isoformat(),
    )  # fmt: skip
    everywhere = [*returns.cells, {**returns.cells[0], "town_code": "all", "town_name": "全市"}]
    returns.cells = everywhere
    for line in list(returns.lineage[lineage.CONTRIBUTIONS]):
        returns.lineage[lineage.CONTRIBUTIONS].append({**line, "town_code": "all"})
    returns.publish(2)
    assert len(returns.trace("工业总产值", town="全市").left_out) == 3


def test_a_figure_that_its_rows_do_not_give_is_said_loudly(returns):
    returns.cells[0]["value_ytd"] = Decimal("17.0001")
    returns.publish()
    ran = CliRunner().invoke(
        app,
        ["trace", "--period", PERIOD, "--town", "甲", "--indicator", "工业总产值"],
        env={"STM_DATA_DIR": str(returns.settings.data_dir)},
    )
    assert ran.exit_code == 3
    assert "不一致" in ran.output
    assert "value_ytd" in ran.output
    assert returns.trace("gross_output_value").as_json()["disagreeing"] == ["value_ytd"]


@pytest.mark.parametrize("is_file_gone", [True, False])
def test_cells_that_are_gone_are_said_to_be_and_the_figure_is_computed_all_the_same(returns, is_file_gone):
    returns.publish()
    path = raw_path(returns.settings.raw_dir, STATISTICS, PERIOD, returns.inputs[1].delivery_id)
    if is_file_gone:
        path.unlink()
    else:
        shutil.copy(raw_path(returns.settings.raw_dir, STATISTICS, PERIOD, returns.inputs[0].delivery_id), path)
    found = returns.trace("gross_output_value")
    assert found.agrees
    assert {one.row.lost.zh for one in found.contributions} == {
        "statistics_enterprise/2024-03 的来文《更正.csv》的原始数据文件不见了，无法显示原行。"
        "请再次运行 stm run，或从备份恢复 raw 目录。"
        if is_file_gone
        else "原始数据中已没有这一行（可能已按要求删除），无法显示原单元格。"
    }
    assert all(one.row.cells == () for one in found.contributions)


def test_a_trace_is_told_on_screen_in_json_and_as_a_workbook(returns, tmp_path):
    returns.publish()
    found = returns.trace("gross_output_value")
    told = json.loads(json.dumps(found.as_json()))
    assert told["contributions"][0]["value_ytd"] == "10.0000"
    assert told["release"]["release_id"] == f"{PERIOD}-r1"
    console = make_console()
    with console.capture() as capture:
        show_trace(console, found)
    said = capture.get()
    for words in (
        "工业总产值（本年累计） １０万元",
        "R-STAT-001",
        "搁置",
        "已被后来的来文代替",
        "按所列各行复算 17，一致",
    ):
        assert words in said
    path = tmp_path / "交办" / "溯源.xlsx"
    write_trace(found, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["说明", "计入的行", "未计入的行", "规则"]
    assert [cell.value for cell in book["计入的行"][5]][:4] == ["合计", "=SUM(B3:B4)", "=SUM(C3:C4)", "=SUM(D3:D4)"]
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture
def carried(office):
    """March has no register of its own: February's, which is blocked, with a change on top."""
    register = office.deliver(
        REGISTER, BEFORE, "全量.csv", [{"credit_code": CODE, "entity_name": NAME, "registration_status": "存续"}] * 2
    )
    changes = office.deliver(
        CHANGES, PERIOD, "变动.csv", [{"credit_code": CODE, "change_type": "变更", "value_after": NAME}]
    )
    row = office.row(register, 2, row_key=CODE)
    office.row(register, 3, "set_aside", rules="R-REG-001")
    change = office.row(changes, 2, row_key=CODE)
    office.row(changes, 3, "set_aside", rules="R-CHG-001")
    office.lineage[lineage.CHANGES].append(
        {"period": PERIOD, "contributor": CODE, "row_id": change, "changed_on": dt.date(2024, 3, 6)}
    )
    office.gives("active_entities", CODE, row, "registration_status|entity_name", value=Decimal(1))
    office.cell("active_entities", value=Decimal(1), value_ytd=Decimal(1))
    office.months = {BEFORE: "blocked", PERIOD: "published"}
    return office


def test_a_register_that_is_carried_on_shows_its_row_and_the_changes_since(carried):
    carried.publish()
    found = carried.trace("active_entities")
    assert found.agrees
    [one] = found.contributions
    assert (one.row.period, one.row.file) == (BEFORE, "全量.csv")
    [change] = one.changes
    assert (change.period, change.file, change.row_no) == (PERIOD, "变动.csv", 2)
    assert {(row.feed, row.period) for row in found.left_out} == {(REGISTER, BEFORE), (CHANGES, PERIOD)}
    told = json.dumps(found.as_json(), ensure_ascii=False)
    assert MASK in told
    assert NAME not in told


def test_last_years_figure_is_computed_from_last_years_rows(office):
    rows = {
        period: office.row(office.deliver(PROJECTS, period, "台账.csv", [{"project_id": "P1", "town": "甲"}] * 2), 2)
        for period in (LAST_YEAR, PERIOD)
    }
    for period, count in ((LAST_YEAR, 1), (PERIOD, 2)):
        for number in range(count):
            office.gives("projects", f"P{number}", rows[period], "", period=period, value=Decimal(1))
        prior = Decimal(1) if period == PERIOD else None
        office.cell("projects", period=period, value=count, value_ytd=count, value_ytd_prior=prior)
    office.months = {LAST_YEAR: "published", PERIOD: "published"}
    office.publish()
    found = office.trace("projects")
    assert found.agrees
    assert (found.prior.source, found.prior.period, found.prior.is_held) == ("history", LAST_YEAR, True)
    assert [one.row.period for one in found.prior_contributions] == [LAST_YEAR]
    assert [(hint.measure, hint.period, hint.figure, hint.amount) for hint in found.hints] == [
        ("yoy_pct", LAST_YEAR, "value_ytd", 1), ("mom_pct", BEFORE, "value", None),
    ]  # fmt: skip
    # Not to be computed from a release that leaves last year's month out; that is said, and is no disagreement.
    office.cells = [cell for cell in office.cells if cell["period"] == PERIOD]
    office.months[LAST_YEAR] = "blocked"
    office.publish(2)
    found = office.trace("projects")
    assert (found.not_recomputed, found.agrees, found.prior.is_held) == (("value_ytd_prior",), True, False)
    assert LAST_YEAR in found.prior.note.zh


def test_a_ledger_without_a_row_says_0_and_a_month_without_a_ledger_nothing(office):
    office.deliver(PROJECTS, PERIOD, "台账.csv")
    office.cell("projects", value=Decimal(0), value_ytd=Decimal(0))
    office.cell("projects", town="all", status="missing")
    office.publish()
    assert office.trace("projects").agrees
    empty = office.trace("projects", town="all")
    assert (empty.agrees, empty.recomputed.value) == (True, None)


@pytest.mark.parametrize(
    ("indicator", "status", "feed", "delivered", "said"),
    [
        ("gross_output_value", "not_due", STATISTICS, None, "不报送"),
        ("gross_output_value", "missing", STATISTICS, None, "没有收到 2024-03"),
        ("gross_output_value", "missing", STATISTICS, "refused", "《月报.csv》被退回：打不开"),
        ("gross_output_value", "missing", STATISTICS, "accepted", "相关单元格都是空的；搁置 1 行"),
        ("location_quotient", "missing", REGISTER, "accepted", "benchmarks"),
    ],
)
def test_without_a_figure_it_is_said_why(office, indicator, status, feed, delivered, said):
    if delivered:
        delivery_id = office.deliver(feed, PERIOD, "月报.csv", [{"credit_code": CODE}], status=delivered)
        if delivered == "accepted" and feed == STATISTICS:
            office.row(delivery_id, 2, "set_aside", rules="R-STAT-001")
    office.cell(indicator, status=status)
    office.publish()
    found = office.trace(indicator)
    assert said in found.why_empty.zh
    assert found.agrees


def test_of_a_part_the_only_one_stands_for_all_and_else_they_are_listed(office):
    office.cell("capacity_completed", breakdown="吨/年", value=Decimal(0), value_ytd=Decimal(0))
    office.publish()
    assert office.trace("capacity_completed").cell["breakdown"] == "吨/年"
    office.cell("capacity_completed", breakdown="台/年", value=Decimal(0), value_ytd=Decimal(0))
    office.publish(2)
    with pytest.raises(NoSuchFigure, match="There are: 台/年、吨/年"):
        office.trace("capacity_completed")
    with pytest.raises(NoSuchFigure, match="has no row for a"):
        office.trace("projects")


def test_releases_say_what_they_are_and_which_can_be_traced(returns):
    returns.publish(1, without_lineage=True)
    returns.publish(2)
    returns.publish(3)
    returns.state.record_release(f"{PERIOD}-r2", "withdrawn", NOON, by="王主任", why="口径有误")
    with pytest.raises(NotTraceable) as stopped:
        returns.trace("gross_output_value", release_id=f"{PERIOD}-r1")
    assert "较早版本" in stopped.value.message_zh
    notes = [note.zh for note in returns.trace("gross_output_value", release_id=f"{PERIOD}-r2").release.notes]
    assert notes == ["该发布已撤回（王主任：口径有误）。", f"这不是当前发布；当前发布是 {PERIOD}-r3。"]
    assert returns.trace("gross_output_value").release.notes == ()


def test_a_month_that_was_stopped_says_why(carried):
    carried.publish()
    with pytest.raises(NoSuchFigure) as stopped:
        carried.trace("active_entities", period=BEFORE)
    assert "没有通过" in stopped.value.message_zh
    assert PERIOD in stopped.value.message_zh
