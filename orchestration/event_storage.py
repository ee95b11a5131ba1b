"""Dagster's event log in SQLite, with its connections kept open.

Dagster opens, commits and closes a connection several times an event, and every closing of the last one makes SQLite
write its log back: two thirds of the time that the events of a run take (measured: 283 events, one month). Only how
connections are had is changed here; tables and queries are Dagster's. Commits do not wait for the disk: events are a
record of what happened, and after a power cut at most the last of them are missing. What must not be missing is in
`state.sqlite`.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from threading import RLock
from typing import Any

from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.event import listen

# One shard is the index, the others are runs: a run needs two, Dagster's pages a few more.
OPEN_SHARDS = 8


class EventStorage(SqliteEventLogStorage):
    """`SqliteEventLogStorage` with at most `OPEN_SHARDS` files kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._held: dict[str, Connection] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)
        self._db_lock = RLock()

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "EventStorage":
        """Made by Dagster from `dagster.yaml`."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard in self._held:
                yield self._held[shard]
                return
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table; asked for every event, and a table that is there stays."""
        if table_name not in self._tables:
            with self.index_connection() as connection:
                if inspect(connection).has_table(table_name):
                    self._tables.add(table_name)
        return table_name in self._tables

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run in one transaction instead of three each."""
        shards = {events[0].run_id, INDEX_SHARD_NAME}
        with self._db_lock, ExitStack() as stack:
            self._held = {shard: stack.enter_context(self._connect(shard)) for shard in shards}
            stack.callback(self._held.clear)
            for event in events:
                self.store_event(event)

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                pool_size=1,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
            )
            listen(engine, "connect", _do_not_wait_for_the_disk)
            self._engines[shard] = engine
        self._engines.move_to_end(shard)
        while len(self._engines) > OPEN_SHARDS:
            _, oldest = self._engines.popitem(last=False)
            oldest.dispose()
        return self._engines[shard]

    def dispose(self) -> None:
        """Close all files."""
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
