"""docs/bureau-changes-its-form.md, done as it is written: its files are delivered, its YAML is put into the contracts.

Contracts are copied and changed, no code is. Deliveries go through the readers and the state as in a run; dbt builds
the staging of the two feeds alone, once.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.build import Request, open_build
from orchestration.intake import FeedIntake, read_new, write_intake_tables
from orchestration.publication.manifest import InputFile
from orchestration.quarantine import FlaggedRow, Quarantine
from orchestration.report import RunReport
from orchestration.run import summarise
from orchestration.sent_rows import BY_CONTRACT
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.state import Delivery, State
from sources.contract import CONTRACTS_DIR, Contract, load_contracts
from sources.landing import SHANGHAI, scan
from sources.raw_file import raw_path
from tests.dbt_command import dbt

PAGES = [PROJECT_DIR / "docs" / f"bureau-changes-its-form{ending}" for ending in (".md", ".zh-CN.md")]
EVENTS, REGISTER, PERIOD = "ledger_events", "registration_entities", "2024-03"
NOON = dt.datetime(2024, 4, 8, 12, 0, tzinfo=SHANGHAI)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language, in order, without the page's indentation."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.M | re.S)
    return [re.sub(rf"^{indent}", "", text, flags=re.M) for indent, text in found]


OLD_EVENTS, NEW_EVENTS, FOREIGN_REGISTER = blocks(PAGES[0], "csv")


def change_contracts(folder: Path) -> None:
    """What the page says is to be edited: a column of a name that is there is replaced, another is added."""
    for block in blocks(PAGES[0], "yaml"):
        path = folder / Path(block.splitlines()[0].removeprefix("# ")).name
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        changed = {column["name"]: column for column in yaml.safe_load(block)}
        form["columns"] = [changed.pop(column["name"], column) for column in form["columns"]] + list(changed.values())
        path.write_text(yaml.safe_dump(form, allow_unicode=True, sort_keys=False), encoding="utf-8")


@dataclass
class Office:
    """A data directory, with all that dbt reads in its warehouse folder, and contracts of its own."""

    settings: Settings
    contracts_dir: Path
    state: State

    @property
    def raw_dir(self) -> Path:
        return self.settings.warehouse_dir / "raw"

    @property
    def contracts(self) -> Mapping[str, Contract]:
        return load_contracts(self.contracts_dir)

    def put(self, feed: str, name: str, content: str) -> None:
        path = self.settings.landing_dir / feed / PERIOD / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def read(self, feed: str) -> FeedIntake:
        """Read what is new of a feed by the contracts as they are, as a run does."""
        contracts = self.contracts
        arrivals = scan(self.settings.landing_dir, contracts).arrivals
        self.state.register(arrivals, NOON)
        return read_new(
            contracts[feed], contracts=contracts, arrivals={one.delivery_id: one for one in arrivals},
            state=self.state, through=PERIOD, raw_dir=self.raw_dir, now=lambda: NOON,
        )  # fmt: skip

    def rows(self, delivery: Delivery | None, feed: str, columns: str) -> list[tuple[Any, ...]]:
        """Data rows of a delivery, or of all of a feed, out of raw."""
        files = raw_path(self.raw_dir, feed, PERIOD, delivery.delivery_id if delivery else "*")
        with duckdb.connect() as connection:
            return connection.execute(
                f"select {columns} from read_parquet(?, union_by_name = true) where _row_kind = 'data' order by 1",
                [str(files)],
            ).fetchall()


@dataclass
class Walked:
    """The page walked through: what each reading gave, and the warehouse behind it."""

    office: Office
    unchanged: dict[str, FeedIntake]
    changed: dict[str, FeedIntake]

    def staged(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.office.settings.warehouse_path), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    folder = tmp_path_factory.mktemp("forms")
    shutil.copytree(CONTRACTS_DIR, folder / "contracts")
    settings = Settings(data_dir=folder / "data")
    office = Office(settings, folder / "contracts", State(settings.state_dir))
    office.put(EVENTS, "旧表.csv", OLD_EVENTS)
    office.put(EVENTS, "新表.csv", NEW_EVENTS)
    office.put(REGISTER, "外来.csv", FOREIGN_REGISTER)
    unchanged = {feed: office.read(feed) for feed in (EVENTS, REGISTER)}
    change_contracts(office.contracts_dir)
    changed = {feed: office.read(feed) for feed in office.contracts}
    write_intake_tables(office.contracts, office.state.deliveries(), settings.intake_dir)
    dbt(
        settings.warehouse_dir, "build", "--resource-type", "seed", "--resource-type", "model",
        "--select", f"+stg_{EVENTS}", f"+stg_{REGISTER}",
    )  # fmt: skip
    office.state.close()
    return Walked(office, unchanged, changed)


def test_both_pages_show_the_same_files_and_changes() -> None:
    english, chinese = PAGES
    for language in ("csv", "yaml"):
        assert blocks(english, language) == blocks(chinese, language)
    assert len(blocks(english, "yaml")) == 2


def test_without_the_change_the_new_form_is_refused_with_the_headers_seen(walked: Walked) -> None:
    (old,) = walked.unchanged[EVENTS].accepted
    (new,) = walked.unchanged[EVENTS].refused
    assert (old.file_name, new.file_name, new.refusal_rule) == ("旧表.csv", "新表.csv", "R-FILE-002")
    assert new.reason_zh
    assert all(said in new.reason_zh for said in ("《新表.csv》", "缺少必需的列：活动名称", "活动编号、", "活动类型"))
    (foreign,) = walked.unchanged[REGISTER].refused
    assert foreign.reason_zh
    assert "缺少必需的列：登记状态" in foreign.reason_zh


def test_with_the_change_what_was_refused_is_read_again_and_nothing_else(walked: Walked) -> None:
    assert [one.file_name for one in walked.changed[EVENTS].accepted] == ["新表.csv"]
    assert [one.file_name for one in walked.changed[REGISTER].accepted] == ["外来.csv"]
    assert not any(intake.refused for intake in walked.changed.values())
    assert [one.note_zh for one in walked.changed[EVENTS].accepted] == [None]


def test_old_and_new_raw_files_are_read_together_by_name(walked: Walked) -> None:
    assert walked.office.rows(
        None,
        EVENTS,
        "event_id, event_name, town, organiser, deal_value, deal_value__unit, _cells",
    ) == [
        ("HD-001", "年馍产销对接会", "年馍", None, "120", "万元", None),
        ("HD-002", "厨卫展销会", "厨卫", "市工信局", "1200", "千元", None),
    ]


def test_the_new_unit_is_converted_and_the_old_rows_stand_as_they_were(walked: Walked) -> None:
    assert walked.staged("select event_id, event_name, deal_value, _unreadable from stg_ledger_events order by 1") == [
        ("HD-001", "年馍产销对接会", Decimal(120), None),
        ("HD-002", "厨卫展销会", Decimal(120), None),
    ]


def test_the_foreign_register_is_read_and_says_what_the_contract_said_for_it(walked: Walked) -> None:
    (foreign,) = walked.changed[REGISTER].accepted
    assert foreign.note_zh == "《外来.csv》没有“登记状态”列，3 行按契约记作“存续”"
    assert foreign.note_en == "“外来.csv” has no column registration_status: 3 rows say “存续” by contract"
    assert walked.office.rows(
        foreign,
        REGISTER,
        "credit_code, entity_name, legal_representative, province, region, address, registration_status, _defaults, "
        "registration_authority, _cells",
    ) == [
        ("91141082MA0GLWE102", "霍州市甲食品有限公司", "某甲", "山西省", "临汾市", "某地1号", "存续",
         "registration_status", None, None),
        ("91141082MA2HAUN335", "霍州市乙商贸有限公司", "某乙", "山西省", "临汾市", "某地2号", "存续",
         "registration_status", None, None),
        ("91141082MA3N82P52Q", "霍州市丙合作社", "某丙", "山西省", "临汾市", "某地3号", "存续",
         "registration_status", None, None),
    ]  # fmt: skip
    assert walked.staged(
        "select credit_code, entity_type, established_on, status_group, registered_capital, _unreadable "
        "from stg_registration_entities order by 1"
    ) == [
        ("91141082MA0GLWE102", "企业", dt.date(2019, 5, 6), "active", Decimal(20), None),
        ("91141082MA2HAUN335", "企业", dt.date(2020, 7, 8), "active", None, None),
        ("91141082MA3N82P52Q", "农民专业合作社", dt.date(2021, 9, 10), "active", None, None),
    ]


def test_a_row_sent_back_says_which_cell_was_never_sent(walked: Walked) -> None:
    (foreign,) = walked.changed[REGISTER].accepted
    row = FlaggedRow("0", PERIOD, REGISTER, "0", foreign.delivery_id, "外来.csv", "", 2, "", ())
    with State(walked.office.settings.state_dir) as state:
        quarantine = Quarantine(
            warehouse_path=walked.office.settings.warehouse_path, raw_dir=walked.office.raw_dir, state=state,
            contracts=walked.office.contracts, rules={},
        )  # fmt: skip
        [(_, cells)] = quarantine.as_sent([row])
    assert [cell.text for cell in cells if cell.header.endswith(BY_CONTRACT)] == ["存续"]


def test_where_the_form_has_the_column_an_empty_cell_of_it_stays_missing(walked: Walked, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with State(settings.state_dir) as state:
        office = Office(settings, walked.office.contracts_dir, state)
        lines = FOREIGN_REGISTER.splitlines()
        states = ("登记状态", "注销", "", "存续")
        office.put(REGISTER, "登记.csv", "\n".join(f"{line},{said}" for line, said in zip(lines, states, strict=True)))
        (delivery,) = office.read(REGISTER).accepted
        assert delivery.note_zh is None
        found = office.rows(delivery, REGISTER, "_row, registration_status, _defaults")
    assert found == [(2, "注销", None), (3, None, None), (4, "存续", None)]


def test_the_run_and_the_manifest_say_what_was_taken_from_the_contract(walked: Walked, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    report = RunReport("run", is_publishing=True)
    contracts = walked.office.contracts
    with open_build(settings, Request(), run_id="run", clock=lambda: NOON) as build:
        office = Office(settings, walked.office.contracts_dir, build.state)
        office.put(REGISTER, "外来.csv", FOREIGN_REGISTER)
        arrivals = scan(settings.landing_dir, contracts).arrivals
        build.state.register(arrivals, NOON)
        build.arrivals = {one.delivery_id: one for one in arrivals}
        build.contracts = contracts
        with build.stage("读入", "read") as stage:
            build.read(contracts[REGISTER], stage)
        summarise(build, report)
        (delivery,) = build.state.deliveries()
    assert "registration_entities/2024-03：《外来.csv》没有“登记状态”列，3 行按契约记作“存续”" in [
        notice.zh for notice in report.notices
    ]
    told = InputFile(**{name: getattr(delivery, name) for name in InputFile.model_fields})
    assert (told.note_zh, told.note_en) == (delivery.note_zh, delivery.note_en) != (None, None)
