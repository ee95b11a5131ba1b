"""What is held up: rows as sent with every reason, refused files, blocks; who is told, and what no screen shows."""

import datetime as dt
import json

import duckdb
import openpyxl
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from expectations.verdict import Verdict
from orchestration.cli import app
from orchestration.quarantine import SET_ASIDE, WARNING, NoSuchRow, Quarantine, offending_columns
from orchestration.quarantine_workbook import UnknownSender, letters, write_letters
from orchestration.sent_rows import MASK, WHOLE_LINE, RowLost, masked
from orchestration.settings import DBT_PROJECT_DIR, Settings
from orchestration.state import NewCorrection, NewWaiver, State
from orchestration.stops import Misuse
from orchestration.waivers import read_rules
from sources.contract import load_contracts
from sources.intake import IntakeResult
from sources.landing import SHANGHAI, Arrival
from sources.raw_file import RawFile, raw_path, raw_schema

NOON = dt.datetime(2024, 6, 10, 12, 0, tzinfo=SHANGHAI)
CONTRACTS = load_contracts()
RULES = read_rules(DBT_PROJECT_DIR / "seeds")
REGISTER, STATISTICS, PROJECTS = "registration_entities", "statistics_enterprise", "ledger_projects"
# What must reach its own sender, and nothing else.
NAME, PHONE, REMARK = "秘而不宣的店", "13911112222", "备注里的人"
PERSONAL = (NAME, PHONE, REMARK)


class Office:
    """Deliveries with raw rows, and the warehouse that a build would have left."""

    def __init__(self, folder):
        self.settings = Settings(data_dir=folder)
        self.state = State(self.settings.state_dir)
        self.broken = []

    def deliver(self, feed, period, name, rows, sender=None):
        """An accepted file; `rows` are mappings of raw columns, from row 2 on. Its id."""
        delivery_id = self._register(feed, period, name, sender)
        self.state.record_intake(IntakeResult(delivery_id, "accepted", rows_read=len(rows)), "contract", NOON)
        schema = raw_schema(CONTRACTS[feed])
        lines = [
            {"_delivery_id": delivery_id, "_feed": feed, "_period": period, "_file": name, "_sheet": "表1",
             "_row": number, "_row_kind": "data", "_is_hidden": False, **row}
            for number, row in enumerate(rows, start=2)
        ]  # fmt: skip
        with RawFile(raw_path(self.settings.raw_dir, feed, period, delivery_id), schema) as raw:
            raw.write(pa.RecordBatch.from_pylist(lines, schema=schema))
        return delivery_id

    def refuse(self, feed, period, name, rule_id="R-FILE-001", sender=None):
        delivery_id = self._register(feed, period, name, sender)
        self.state.record_intake(
            IntakeResult(delivery_id, "refused", rule_id, "打不开", "unreadable"), "contract", NOON
        )

    def _register(self, feed, period, name, sender):
        sha256 = f"{len(self.state.deliveries()):064d}"
        arrival = Arrival(feed, period, None, name, sha256, 1, sender, None, None, None, NOON)
        self.state.register([arrival], NOON)
        return arrival.delivery_id

    def breaks(self, delivery_id, row_no, rule_id, column, seen="", *, key="k", period=None, status="in_force"):
        """A row of a delivery breaks a rule; `period` is the finding's, if not the delivery's own."""
        one = next(one for one in self.state.deliveries() if one.delivery_id == delivery_id)
        self.broken.append(
            (period or one.period, one.feed, rule_id, RULES[rule_id]["severity"], f"{delivery_id}:{row_no}",
             delivery_id, one.file_name, "表1", row_no, key, status, column, seen)
        )  # fmt: skip

    def judge(self, period, check_id, outcome="failed", kind="rule", subject=PROJECTS):
        verdict = Verdict(
            check_id=check_id, kind=kind, subject=subject, period=period, severity="block", outcome=outcome,
            rows_looked_at=9, rows_failing=4, message_zh="不行；请改", message_en="no; mend it",
        )  # fmt: skip
        self.state.record_verdicts("run", [verdict], NOON, fingerprints={period: "f"}, data_hashes={period: "d"})

    def quarantine(self):
        self.settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
        self.settings.warehouse_path.unlink(missing_ok=True)
        with duckdb.connect(str(self.settings.warehouse_path)) as warehouse:
            warehouse.execute(
                "create table val_broken_rules (period varchar, feed varchar, rule_id varchar, severity varchar, "
                "row_id varchar, delivery_id varchar, file varchar, sheet varchar, row_no bigint, row_key varchar, "
                "row_status varchar, column_name varchar, seen varchar)"
            )
            for row in self.broken:
                warehouse.execute(f"insert into val_broken_rules values ({', '.join('?' * len(row))})", row)
        return Quarantine(
            warehouse_path=self.settings.warehouse_path, raw_dir=self.settings.raw_dir, state=self.state,
            contracts=CONTRACTS, rules=RULES,
        )  # fmt: skip


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path / "data")
    yield office
    office.state.close()


@pytest.fixture
def busy(office):
    """A register with a bad row and a damaged line, a ledger with warnings, a refused file, a block."""
    register = office.deliver(
        REGISTER, "2024-05", "登记.csv",
        [
            {"credit_code": "911", "entity_name": NAME, "phone": PHONE, "established_on": "2030-01-01",
             "registered_capital": "20", "registered_capital__unit": "万元",
             "_cells": json.dumps({"备注": REMARK}, ensure_ascii=False)},
            {"_row_kind": "damaged", "_cells": json.dumps(["911", NAME, PHONE], ensure_ascii=False)},
        ],
        sender="registration",
    )  # fmt: skip
    office.breaks(register, 2, "R-REG-001", "credit_code", "911", key="")
    office.breaks(register, 2, "R-REG-003", "established_on|cancelled_on", "2030-01-01", key="")
    office.breaks(register, 2, "R-REG-007", "entity_name", NAME, key="")
    office.breaks(register, 3, "R-LINE-001", "", "", key="")
    ledger = office.deliver(
        PROJECTS, "2024-04", "台账.xlsx",
        [
            {"project_id": "P-1", "project_name": "=1+1", "total_investment": "3200", "total_investment__unit": "万元"},
            {"project_id": "P-2", "project_name": "乙", "total_investment": "1", "total_investment__unit": "亿元"},
        ],
        sender="ledger",
    )  # fmt: skip
    office.breaks(ledger, 2, "R-PROJ-007", "completed_investment_total|total_investment", "9 / 8", key="P-1")
    office.breaks(ledger, 3, "R-PROJ-010", "project_id", "P-2", key="P-2", period="2024-05")
    office.breaks(ledger, 3, "R-PROJ-003", "stage", "", key="P-2", status="superseded")
    office.refuse(PROJECTS, "2024-05", "坏.xlsx", sender="ledger")
    office.judge("2024-05", "R-BATCH-006")
    office.judge("2024-05", "R-GX-IND-007", kind="gx", subject="indicator_monthly")
    return office


def workbook(path):
    """Sheet name -> rows of values, and the place of each highlighted cell."""
    sheets = {sheet.title: list(sheet.iter_rows()) for sheet in openpyxl.load_workbook(path)}
    values = {title: [[cell.value for cell in row] for row in rows] for title, rows in sheets.items()}
    highlighted = {
        title: {(cell.row, cell.column) for row in rows for cell in row if cell.fill.fgColor.rgb == "FFFFEB3B"}
        for title, rows in sheets.items()
    }
    return values, highlighted


# Rows


def test_a_row_has_every_rule_that_it_broke_with_what_to_do(busy):
    [row, line] = busy.quarantine().rows(["2024-05"], [SET_ASIDE])
    assert [rule.rule_id for rule in row.rules] == ["R-REG-001", "R-REG-003"]
    assert row.rules[0].remedy.zh == RULES["R-REG-001"]["remedy_zh"]
    assert (row.file, row.sheet, row.row_no, row.is_set_aside) == ("登记.csv", "表1", 2, True)
    assert row.columns == {"credit_code", "established_on", "cancelled_on"}
    assert line.columns == frozenset()


def test_warnings_of_a_row_that_is_set_aside_stand_with_it_and_superseded_rows_nowhere(busy):
    rows = busy.quarantine().rows()
    assert [(row.period, row.feed, row.row_no, row.is_set_aside) for row in rows] == [
        ("2024-04", PROJECTS, 2, False),
        ("2024-05", PROJECTS, 3, False),
        ("2024-05", REGISTER, 2, True),
        ("2024-05", REGISTER, 3, True),
    ]
    assert [rule.severity for rule in rows[2].rules] == [SET_ASIDE, SET_ASIDE, WARNING]


def test_what_was_seen_in_a_personal_column_is_masked(busy):
    [row] = [row for row in busy.quarantine().rows() if row.row_no == 2 and row.feed == REGISTER]
    assert [rule.seen for rule in row.rules] == ["911", "2030-01-01", MASK]


def test_a_number_of_a_person_in_the_place_of_a_code_is_starred_out_for_a_screen(office):
    number = "110105199001019999"
    register = office.deliver(REGISTER, "2024-05", "登记.csv", [{"credit_code": number, "business_scope": PHONE}])
    office.breaks(register, 2, "R-REG-001", "credit_code", number, key=number)
    quarantine = office.quarantine()
    [(row, cells)] = quarantine.as_sent(quarantine.rows())
    assert {cell.text for cell in cells if cell.text} == {number, PHONE}
    assert {cell.text for cell in masked(cells) if cell.text} == {"110***********9999", "139****2222"}
    assert (row.row_key, row.rules[0].seen) == ("110***********9999",) * 2


def test_a_row_is_sent_back_as_it_came(busy):
    quarantine = busy.quarantine()
    sent = {row.row_no: cells for row, cells in quarantine.as_sent(quarantine.rows(["2024-05"], [SET_ASIDE]))}
    cells = {cell.header: cell for cell in sent[2]}
    assert (cells["主体名称"].text, cells["注册资本"].text, cells["注册资本"].unit) == (NAME, "20", "万元")
    assert {header for header, cell in cells.items() if cell.is_offending} == {
        "统一社会信用代码",
        "成立日期",
        "注销日期",
    }
    assert (cells["备注"].text, cells["备注"].column) == (REMARK, None)
    [line] = sent[3]
    assert (line.header, line.text, line.is_offending) == (WHOLE_LINE, f"911 | {NAME} | {PHONE}", True)


def test_what_is_or_may_be_personal_is_masked_for_a_screen(busy):
    quarantine = busy.quarantine()
    for row, cells in quarantine.as_sent(quarantine.rows(["2024-05"], [SET_ASIDE])):
        shown = {cell.header: cell.text for cell in masked(cells)}
        assert not any(one in str(shown) for one in PERSONAL)
        if row.row_no == 2:
            assert shown["统一社会信用代码"] == "911"
            assert (shown["主体名称"], shown["联系电话"], shown["备注"], shown["住所"]) == (MASK, MASK, MASK, None)


def test_a_row_is_found_by_number_and_by_key(busy):
    quarantine = busy.quarantine()
    [row] = quarantine.find("P-1")
    assert quarantine.find(row.row_ref) == quarantine.find(row.row_ref[:6].upper()) == [row]
    with pytest.raises(NoSuchRow, match="stm quarantine list"):
        quarantine.find("P-9")
    with pytest.raises(NoSuchRow, match="fits 4 rows"):
        quarantine.find("")
    with pytest.raises(NoSuchRow):
        quarantine.find("P-1", ["2024-05"])


def test_a_raw_file_that_is_gone_is_told(busy):
    for path in busy.settings.raw_dir.rglob("*.parquet"):
        path.unlink()
    quarantine = busy.quarantine()
    with pytest.raises(RowLost) as lost:
        list(quarantine.as_sent(quarantine.find("P-1")))
    assert "台账.xlsx" in lost.value.message_zh


@pytest.mark.parametrize(
    ("feed", "names", "columns"),
    [
        (STATISTICS, "credit_code", ("credit_code",)),
        (
            STATISTICS,
            "gross_output_value|town",
            ("gross_output_value_month", "gross_output_value_ytd", "gross_output_value_ytd_prior", "town"),
        ),
        (STATISTICS, "", ()),
        (PROJECTS, "total_investment", ("total_investment",)),
    ],
)
def test_a_measure_at_fault_is_all_its_columns(feed, names, columns):
    assert offending_columns(CONTRACTS[feed], names) == columns


# Files and blocks


def test_refused_files_and_blocks_with_what_to_do(busy):
    quarantine = busy.quarantine()
    [refused] = quarantine.refused(["2024-05"])
    assert (refused.file_name, quarantine.remedy(refused.refusal_rule).zh) == ("坏.xlsx", "请重新导出后再报送")
    assert quarantine.refused(["2024-04"]) == []
    by_rule, by_gx = quarantine.blocks()
    assert (by_rule.check_id, by_rule.says.zh, by_rule.remedy.zh) == (
        "R-BATCH-006", RULES["R-BATCH-006"]["message_zh"], RULES["R-BATCH-006"]["remedy_zh"],
    )  # fmt: skip
    assert (by_gx.says.zh, by_gx.remedy.zh) == ("不行；请改", "请报告维护人员")
    assert quarantine.blocks(["2024-04"]) == []


def test_a_block_names_the_waivers_that_lift_it(busy):
    waiver = busy.state.record_waiver(NewWaiver("R-FILE-001", "2024-05", "2024-05", None, "王", "核实"), NOON)
    by_rule, by_gx = busy.quarantine().blocks()
    assert (by_rule.waivers, by_gx.waivers) == ((waiver,), ())


def test_a_block_is_that_of_the_run_that_judged_last(busy):
    verdict = Verdict(
        check_id="R-BATCH-006", kind="rule", subject=PROJECTS, period="2024-05", severity="block", outcome="passed",
        rows_looked_at=1, rows_failing=0, message_zh="", message_en="",
    )  # fmt: skip
    busy.state.record_verdicts("later", [verdict], NOON, fingerprints={"2024-05": "g"}, data_hashes={"2024-05": "e"})
    assert busy.quarantine().blocks() == []


# Workbooks


def test_each_sender_gets_one_workbook_with_its_own_rows_alone(busy, tmp_path):
    written = write_letters(letters(busy.quarantine()), tmp_path / "out", NOON)
    assert [(one.path.name, one.set_aside, one.warnings, one.refused, one.blocks) for one in written] == [
        ("待更正_领导小组办公室（ledger）_2024-04至2024-05.xlsx", 0, 2, 1, 1),
        ("待更正_市场监督管理局（registration）_2024-05.xlsx", 2, 0, 0, 0),
    ]
    ledger, register = (workbook(one.path)[0] for one in written)
    assert list(ledger) == ["说明", "提示·专业镇项目台账", "退回的文件", "整批问题"]
    assert list(register) == ["说明", "更正·经营主体登记全量"]
    assert all(one in str(register) for one in PERSONAL)
    assert not any(one in str(ledger) for one in PERSONAL)


def test_a_workbook_shows_rows_as_sent_with_reasons_and_offending_cells(busy, tmp_path):
    [letter] = letters(busy.quarantine(), sender="registration")
    [written] = write_letters([letter], tmp_path, NOON)
    values, highlighted = workbook(written.path)
    title, headings, row, line = values["更正·经营主体登记全量"]
    assert "请更正" in title[0]
    told = dict(zip(headings, row, strict=True))
    assert (told["文件"], told["工作表"], told["行号"], told["报告期"]) == ("登记.csv", "表1", 2, "2024-05")
    assert [rule in told["原因"] for rule in ("R-REG-001", "R-REG-003", "R-REG-007")] == [True] * 3
    assert RULES["R-REG-001"]["remedy_zh"] in told["请这样更正"]
    assert (told["统一社会信用代码"], told["注册资本（万元）"], told["备注"]) == ("911", "20", REMARK)
    assert "核准日期" not in headings, "columns in which nothing stands and nothing is missed are left out"
    assert told["注销日期"] is None
    marked = {headings[column - 1] for number, column in highlighted["更正·经营主体登记全量"] if number == 3}
    assert marked == {"统一社会信用代码", "成立日期", "注销日期", "主体名称"}
    assert dict(zip(headings, line, strict=True))[WHOLE_LINE] == f"911 | {NAME} | {PHONE}"


def test_nothing_that_was_sent_becomes_a_formula_and_two_units_are_two_columns(busy, tmp_path):
    [letter] = letters(busy.quarantine(), sender="ledger")
    [written] = write_letters([letter], tmp_path, NOON)
    _, headings, first, second = workbook(written.path)[0]["提示·专业镇项目台账"]
    first, second = dict(zip(headings, first, strict=True)), dict(zip(headings, second, strict=True))
    assert first["项目名称"] == "=1+1"
    assert openpyxl.load_workbook(written.path)["提示·专业镇项目台账"]["I3"].data_type == "s"
    assert (first["总投资（万元）"], first["总投资（亿元）"]) == ("3200", None)
    assert (second["总投资（万元）"], second["总投资（亿元）"]) == (None, "1")
    assert (first["报告期"], second["报告期"]) == ("2024-04", "2024-05"), (
        "a vanished row is a finding of the later month"
    )


def test_a_month_alone_and_a_sender_alone(busy):
    quarantine = busy.quarantine()
    assert [(one.sender, one.periods) for one in letters(quarantine, "2024-04")] == [("ledger", ("2024-04",))]
    assert [one.sender for one in letters(quarantine, sender="市场监督管理局")] == ["registration"]
    with pytest.raises(UnknownSender) as unknown:
        letters(quarantine, "2024-04", "registration")
    assert "领导小组办公室（ledger）" in unknown.value.message_zh


def test_a_workbook_is_for_its_owner_alone_and_takes_the_place_of_the_one_before(busy, tmp_path):
    for _ in range(2):
        written = write_letters(letters(busy.quarantine()), tmp_path, NOON)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == sorted(
        one.path.name for one in written
    )
    assert {one.path.stat().st_mode & 0o777 for one in written} == {0o600}


def test_a_sender_that_calls_itself_a_path_stays_in_the_folder(office, tmp_path):
    office.refuse(PROJECTS, "2024-05", "坏.xlsx", sender="../../etc/pass\x00wd: [a]")
    [written] = write_letters(letters(office.quarantine()), tmp_path / "out", NOON)
    assert written.path.parent == tmp_path / "out"
    assert written.path.is_file()


def test_a_missing_feed_is_told_to_its_office(office):
    office.judge("2024-05", "R-BATCH-005", subject=STATISTICS)
    [letter] = letters(office.quarantine())
    assert (letter.label, [one.check_id for one in letter.blocks]) == ("统计局", ["R-BATCH-005"])


def test_a_cell_too_long_for_excel_says_so(office, tmp_path):
    long = office.deliver(PROJECTS, "2024-05", "台账.xlsx", [{"project_id": "P", "problems": "长" * 40_000}])
    office.breaks(long, 2, "R-PROJ-012", "", "2")
    [written] = write_letters(letters(office.quarantine()), tmp_path, NOON)
    [row] = workbook(written.path)[0]["提示·专业镇项目台账"][2:]
    assert row[-1].endswith("（过长，未全部列出）")


def test_nothing_held_up_is_no_workbook(office, tmp_path):
    assert write_letters(letters(office.quarantine()), tmp_path / "out", NOON) == []


# The command line


@pytest.fixture
def stm(monkeypatch, tmp_path):
    monkeypatch.setenv("STM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, ["quarantine", *arguments])


def test_no_command_shows_anything_personal(busy, stm, tmp_path):
    busy.quarantine()
    listed = stm("list", "--json")
    [ref] = {one["row_ref"] for one in json.loads(listed.stdout) if one["row_no"] == 2}
    results = [
        listed,
        *(
            stm(*arguments, *form)
            for arguments in (
                ("list",), ("show",), ("show", ref), ("show", "--period", "2024-05"), ("export",),
                ("export", "--out", str(tmp_path / "elsewhere")), ("waivers",),
            )
            for form in ((), ("--json",))
        ),
    ]  # fmt: skip
    for result in results:
        assert result.exit_code == 0, result.output
        assert not any(one in result.output for one in PERSONAL)
    shown = json.loads(stm("show", ref, "--json").stdout)
    assert {cell["header"]: cell["text"] for cell in shown[0]["cells"]}["主体名称"] == MASK
    assert list((tmp_path / "elsewhere").glob("待更正_*.xlsx"))
    assert list((tmp_path / "data" / "quarantine").glob("待更正_*.xlsx"))


def test_waive_list_and_unwaive(busy, stm):
    busy.quarantine()
    options = ("--period", "2024-05", "--until", "2024-06", "--by", "王主任", "--why", "已核实")
    given = json.loads(stm("waive", "R-FILE-001", *options, "--feed", PROJECTS, "--json").stdout)
    assert (given["waiver_id"], given["feed"], given["until"]) == (1, PROJECTS, "2024-06")
    assert "王主任" in stm("waivers").output
    assert "王主任" in stm("list").output
    assert "王主任" not in stm("waivers", "--period", "2024-07").output
    assert "已豁免" in stm("show").output
    assert stm("unwaive", "1", "--by", "李局长", "--why", "误批").exit_code == 0
    assert "没有豁免" in stm("waivers").output
    assert "李局长：误批" in stm("waivers", "--all").output
    assert "未发布" in stm("show").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("waive", "R-STAT-001", "--period", "2024-05", "--until", "2024-05", "--by", "王", "--why", "x"),
            "R-BATCH-001",
        ),
        (("waive", "R-BATCH-001", "--period", "2024-05", "--until", "2024-04", "--by", "王", "--why", "x"), "早于"),
        (("unwaive", "1", "--by", "王", "--why", "x"), "没有编号为 1"),
        (("show", "不存在"), "stm quarantine list"),
        (("export", "--sender", "无此单位"), "领导小组办公室"),
    ],
)
def test_misuse_is_a_sentence(busy, stm, arguments, said):
    busy.quarantine()
    result = stm(*arguments)
    assert isinstance(result.exception, Misuse)
    assert said in result.exception.message_zh


@pytest.mark.parametrize(
    "arguments",
    [
        ("waive", "R-BATCH-001", "--period", "2024-13", "--until", "2024-05", "--by", "王", "--why", "x"),
        ("waive", "R-BATCH-001", "--period", "2024-05", "--by", "王", "--why", "x"),
        ("waive", "R-BATCH-001", "--period", "2024-05", "--until", "2024-05", "--why", "x"),
        ("waive", "R-BATCH-001", "--until", "2024-05", "--by", "王", "--why", "x"),
        ("waive", "R-BATCH-001", "--period", "2024-05", "--until", "2024-05", "--by", "王"),
        ("unwaive", "one", "--by", "王", "--why", "x"),
    ],
)
def test_a_waiver_that_lacks_a_part_ends_with_2(stm, arguments):
    assert stm(*arguments).exit_code == 2


def test_a_sender_is_told_which_of_its_cells_are_used_as_corrected(busy, tmp_path):
    line = NewCorrection(
        PROJECTS, "P-1", "total_investment", "2024-04", "3200", "320", "多写一个零", "办公室", "2024-05-06"
    )  # fmt: skip
    busy.state.declare_corrections([line], NOON)
    written = write_letters(letters(busy.quarantine(), "2024-04"), tmp_path, NOON)
    sheets = {one.sender: workbook(one.path)[0] for one in written}
    _, headings, told = sheets["领导小组办公室（ledger）"]["声明的更正"]
    said = dict(zip(headings, told, strict=True))
    assert (said["编号"], said["主键"], said["列"], said["错误值"], said["更正值"], said["结果"]) == (
        "C-1", "P-1", "总投资", "3200", "320", "下次运行时应用",
    )  # fmt: skip
    assert not any("声明的更正" in one for who, one in sheets.items() if "registration" in who)
