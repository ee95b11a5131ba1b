"""A warehouse of few literal rows in which every check holds, to be spoilt by the tests."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import duckdb
import pytest

SOUND = Path(__file__).with_name("sound_warehouse.sql").read_text(encoding="utf-8")

MakeWarehouse = Callable[..., Path]


@pytest.fixture(scope="session")
def make_warehouse(tmp_path_factory: pytest.TempPathFactory) -> MakeWarehouse:
    """Make a warehouse that holds `months` and, without any row but deliveries, `empty`; then spoil it by `sql`."""

    def make(months: Iterable[str], empty: Iterable[str] = (), sql: Iterable[str] = ()) -> Path:
        path = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
        listed: Mapping[str, bool] = {**dict.fromkeys(months, False), **dict.fromkeys(empty, True)}
        with duckdb.connect(str(path)) as tables:
            tables.execute("create table judged_months (period varchar, is_empty boolean)")
            tables.executemany("insert into judged_months values (?, ?)", [list(month) for month in listed.items()])
            tables.execute(SOUND)
            for statement in sql:
                tables.execute(statement)
        return path

    return make
