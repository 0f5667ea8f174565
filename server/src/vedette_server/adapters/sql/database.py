"""Connections and transactions: the one file that knows how the databases differ."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, create_engine, event, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_SECONDS = 15

SQLITE_PRAGMAS = (
    # Readers go on while the one writer commits.
    "PRAGMA journal_mode = WAL",
    # Without FULL a commit in WAL mode survives a crash of ours but not a power cut.
    "PRAGMA synchronous = FULL",
    # SQLite ignores foreign keys unless told otherwise, on every connection.
    "PRAGMA foreign_keys = ON",
    # API and worker both write; the one that comes second waits instead of failing.
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}",
    "PRAGMA cache_size = -65536",
    # Each checkpoint copies pages and syncs twice; every 16 MB is often enough.
    "PRAGMA wal_autocheckpoint = 4000",
)


class Database:
    """Pooled readers and a writer. On SQLite one writer at a time, which takes its lock up front."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._statements: dict[tuple[object, ...], Executable] = {}
        self._readers = create_engine(url, pool_size=8, max_overflow=8)
        if self.is_sqlite:
            self._writer = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=BUSY_TIMEOUT_SECONDS)
            for engine, begin in ((self._readers, "BEGIN"), (self._writer, "BEGIN IMMEDIATE")):
                _prepare_sqlite(engine, begin)
        else:
            self._writer = self._readers

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the records."""
        with self._readers.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, undone if it raises."""
        with self._writer.begin() as connection:
            yield connection

    def insert(self, connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert all rows; an empty list does nothing."""
        if rows:
            connection.execute(self._statement("insert", table), rows)

    def insert_missing(self, connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert the rows that break no unique key."""
        if rows:
            connection.execute(self._statement("insert_missing", table), rows)

    def upsert(
        self,
        connection: Connection,
        table: Table,
        rows: Sequence[dict[str, Any]],
        *,
        adding: tuple[str, ...] = (),
        replacing: tuple[str, ...] = (),
        keeping_greatest: tuple[str, ...] = (),
    ) -> None:
        """Insert the rows; where a primary key is there already, combine the named columns instead."""
        if rows:
            statement = self._statement("upsert", table, adding, replacing, keeping_greatest)
            connection.execute(statement, rows)

    def _statement(
        self,
        kind: str,
        table: Table,
        adding: tuple[str, ...] = (),
        replacing: tuple[str, ...] = (),
        keeping_greatest: tuple[str, ...] = (),
    ) -> Executable:
        # A statement object remembers how it compiles; making one anew for every
        # group of predictions would cost more than running it.
        key = (kind, table.name, adding, replacing, keeping_greatest)
        statement = self._statements.get(key)
        if statement is None:
            statement = self._make_statement(kind, table, adding, replacing, keeping_greatest)
            self._statements[key] = statement
        return statement

    def _make_statement(
        self,
        kind: str,
        table: Table,
        adding: tuple[str, ...],
        replacing: tuple[str, ...],
        keeping_greatest: tuple[str, ...],
    ) -> Executable:
        statement = sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)
        if kind == "insert":
            return statement
        if kind == "insert_missing":
            return statement.on_conflict_do_nothing()
        new = statement.excluded
        greatest = func.max if self.is_sqlite else func.greatest
        return statement.on_conflict_do_update(
            index_elements=[column.name for column in table.primary_key],
            set_={
                **{name: table.c[name] + new[name] for name in adding},
                **{name: new[name] for name in replacing},
                **{name: greatest(table.c[name], new[name]) for name in keeping_greatest},
            },
        )

    def close(self) -> None:
        """Close every connection."""
        self._writer.dispose()
        self._readers.dispose()


def _prepare_sqlite(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver would open transactions by itself, and as readers.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    # SQLite lets one writer in. Asking for the lock up front turns the deadlock of
    # two readers that both want to write into a short wait.
    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
