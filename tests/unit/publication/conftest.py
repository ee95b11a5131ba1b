"""A city in miniature: a state, a warehouse of three tiny marts, verdicts as told, and releases of them."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations.verdict import ExpectedCheck, Verdict
from orchestration.publication.fingerprint import CodeVersion, fingerprint
from orchestration.publication.gate import DBT_BUILD, DBT_TESTS, confirm
from orchestration.publication.marts import read_marts, warehouse_hashes
from orchestration.publication.release import publish, recover
from orchestration.publication.writers import lineage
from orchestration.state import State
from sources.intake import IntakeResult
from sources.landing import SHANGHAI, Arrival

CODE = CodeVersion(code="c0de", seeds="5eed", rules="4u1e", packages={"duckdb": "1.5.5"})
CHECK = ExpectedCheck("rule", "R-BATCH-001", "statistics_product")
NOON = dt.datetime(2024, 4, 9, 12, 0, tzinfo=SHANGHAI)


def _column(name, label):
    return {
        "name": name,
        "description": f"Column {name}.",
        "config": {"meta": {"label_zh": label, "description_zh": f"{label}的说明"}},
    }


def _model(name, label, grain, columns, layer="marts", **meta):
    return {
        "resource_type": "model",
        "name": name,
        "fqn": ["specialty_town", layer, name],
        "description": f"Table {name}.",
        "config": {"meta": {"label_zh": label, "description_zh": f"{label}的说明", "grain": grain, **meta}},
        "columns": {column: _column(column, column_label) for column, column_label in columns.items()},
    }


def _history(name, label, **meta):
    return {
        "name": name,
        "description": f"Table {name}.",
        "label_zh": label,
        "description_zh": f"{label}的说明",
        "columns": [
            {"name": column, "label_zh": column_label, "description_zh": f"{column_label}的说明"}
            for column, column_label in (
                ("released_at", "发布时间"), ("release_no", "发布序号"), ("is_current", "是否现行")
            )
        ],
        **meta,
    }  # fmt: skip


def make_dbt_manifest():
    release = {"release_id": "发布编号"}
    models = [
        _model(
            "periods",
            "报告期维表",
            ["period"],
            {"period": "报告期", "month": "月份", "status": "发布状态", "status_reason": "状态说明", **release},
        ),
        _model(
            "figures",
            "指标表",
            ["period", "town_code"],
            {"period": "报告期", "town_code": "专业镇代码", "value": "本期值", **release},
            history=_history("vintages", "历次发布表", compared=["value"]),
        ),
        _model("towns", "专业镇维表", ["town_code"], {"town_code": "专业镇代码", **release}),
        _model("worksheet", "工作表", ["period"], {"period": "报告期"}, published=False),
        _model("int_figures", "中间表", ["period"], {"period": "报告期"}, layer="intermediate"),
    ]
    test = {"resource_type": "test", "name": "unique_grain", "fqn": ["specialty_town", "marts", "unique"]}
    return {"nodes": {str(number): node for number, node in enumerate([*models, test])}}


@dataclass
class City:
    """Deliver, build, judge and publish in the small. `values` are those of the towns a and b, by month."""

    folder: Path
    state: State
    code: CodeVersion = CODE
    dbt_manifest: dict = field(default_factory=make_dbt_manifest)
    now: dt.datetime = NOON
    runs: int = 0

    @property
    def warehouse_path(self):
        return self.folder / "warehouse.duckdb"

    @property
    def published_dir(self):
        return self.folder / "published"

    def clock(self):
        self.now += dt.timedelta(seconds=1)
        return self.now

    def deliver(self, period, content, *, is_accepted=True, feed="statistics_product", rows=2):
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        now = self.clock()
        arrival = Arrival(
            feed, period, Path(f"{content}.csv"), f"{content}.csv", sha256, 1, "统计局", None, None, None, now
        )
        self.state.register([arrival], now)
        result = IntakeResult(arrival.delivery_id, "accepted", rows_read=rows, rows_data=rows)
        if not is_accepted:
            result = IntakeResult(arrival.delivery_id, "refused", "R-FILE-001", "打不开", "cannot be read")
        self.state.record_intake(result, "contract", now)
        return arrival.delivery_id

    def build(self, values):
        """The warehouse anew, with a row for towns a and b in each month (None: a missing figure)."""
        self.warehouse_path.unlink(missing_ok=True)
        with duckdb.connect(str(self.warehouse_path)) as warehouse:
            warehouse.execute(
                "create table periods (period varchar, month integer, status varchar, status_reason varchar, "
                "release_id varchar);"
                "create table figures (period varchar, town_code varchar, value decimal(18, 4), release_id varchar);"
                "create table towns as select unnest(['b', 'a']) as town_code, cast(null as varchar) as release_id;"
                "create table worksheet (period varchar); create table int_figures (period varchar)"
            )
            for table in lineage.TABLES.values():
                columns = ", ".join(
                    f"{column} {'boolean' if column.startswith('is_') else 'varchar'}" for column in table.columns
                )
                warehouse.execute(f"create table {table.source} ({columns})")
            warehouse.execute("create table indicator_list (indicator_code varchar, source_feed varchar)")
            for period, of_towns in values.items():
                warehouse.execute("insert into periods values (?, ?, null, null, null)", [period, int(period[5:])])
                for town, value in zip("ba", reversed(of_towns), strict=True):
                    warehouse.execute("insert into figures values (?, ?, ?, null)", [period, town, value])

    def verdict(self, period, outcome="passed", check=CHECK, severity="block"):
        return Verdict(
            check_id=check.check_id,
            kind=check.kind,
            subject=check.subject,
            period=period,
            severity=severity,
            outcome=outcome,
            rows_looked_at=0 if outcome == "not_evaluated" else 9,
            rows_failing=4 if outcome == "failed" else 0,
            message_zh=f"{check.check_id} 没有通过",
            message_en=f"{check.check_id} did not pass",
        )

    def judge(self, *periods, outcome="passed", checks=(CHECK, DBT_BUILD, DBT_TESTS)):
        """Verdicts of the months for what the warehouse holds now; `outcome` is that of CHECK, dbt passes."""
        self.runs += 1
        self.record(
            *(
                self.verdict(period, outcome if check == CHECK else "passed", check)
                for period in periods
                for check in checks
            )
        )

    def record(self, *verdicts):
        """Remember verdicts of what the warehouse holds now."""
        self.state.record_verdicts(
            f"run-{self.runs}",
            verdicts,
            self.clock(),
            fingerprints={verdict.period: self.fingerprint(verdict.period) for verdict in verdicts},
            data_hashes=self.hashes(),
        )

    def fingerprint(self, period):
        return fingerprint(period, self.state, self.code)

    def hashes(self):
        return warehouse_hashes(self.warehouse_path, read_marts(self.dbt_manifest))

    def expected(self, _period):
        return frozenset({CHECK})

    def confirm(self, period):
        return confirm(period, state=self.state, code=self.code, expected=self.expected, data_hashes=self.hashes())

    def publish(self, *periods, through=None, **changed):
        return publish(
            periods,
            places=self,
            **{
                "through": through or max(periods),
                "state": self.state,
                "code": self.code,
                "expected": self.expected,
                "dbt_manifest": self.dbt_manifest,
                "run_id": f"run-{self.runs}",
                "clock": self.clock,
                **changed,
            },
        )

    def recover(self):
        return recover(self.published_dir, self.state, self.clock)

    def close_months(self, values):
        """Deliveries, warehouse, passing verdicts and releases of all these months."""
        for period in values:
            self.deliver(period, f"first of {period}")
        self.build(values)
        self.judge(*values)
        return self.publish(*values)

    def read(self, query, release="current"):
        path = self.published_dir / release / "specialty_town.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    @property
    def current(self):
        """What `current` points to, as `releases/<period>/r<n>`; None if there is no link."""
        link = self.published_dir / "current"
        return str(link.readlink()) if link.is_symlink() else None


@pytest.fixture
def values():
    """Figures of three months; one is missing, one is a decimal that binary floating point does not hold."""
    return {
        "2024-01": (Decimal("1"), Decimal("0")),
        "2024-02": (Decimal("2.1"), None),
        "2024-03": (Decimal("3"), Decimal("30")),
    }


@pytest.fixture
def city(tmp_path):
    with State(tmp_path / "state") as state:
        yield City(tmp_path, state)
