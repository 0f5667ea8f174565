"""Where each object stands: an index in SQLite that can always be rebuilt from the segments."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vedette_server.adapters.local_objects.segment import Record

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS objects (
        key TEXT PRIMARY KEY,
        segment TEXT NOT NULL,
        position INTEGER NOT NULL,
        size INTEGER NOT NULL,
        checksum BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS erasing (
        segment TEXT NOT NULL,
        position INTEGER NOT NULL,
        key TEXT NOT NULL,
        size INTEGER NOT NULL,
        checksum BLOB NOT NULL,
        PRIMARY KEY (segment, position)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS objects_by_segment ON objects (segment);
    CREATE TABLE IF NOT EXISTS segments (name TEXT PRIMARY KEY, indexed_to INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS totals (one INTEGER PRIMARY KEY CHECK (one = 1), objects INTEGER, size INTEGER);
    INSERT OR IGNORE INTO totals VALUES (1, 0, 0);
    CREATE TRIGGER IF NOT EXISTS count_in AFTER INSERT ON objects BEGIN
        UPDATE totals SET objects = objects + 1, size = size + new.size;
    END;
    CREATE TRIGGER IF NOT EXISTS count_out AFTER DELETE ON objects BEGIN
        UPDATE totals SET objects = objects - 1, size = size - old.size;
    END;
"""


class Index:
    """Key to segment and record. Several processes may share it; each thread has its own connection."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: list[sqlite3.Connection] = []
        with self.write() as connection:
            for statement in _split(_SCHEMA):
                connection.execute(statement)

    def add(self, segment: str, records: Sequence[Record], indexed_to: int) -> bool:
        """Note live records of a segment, all up to `indexed_to`; True if some replace others."""
        with self.write() as connection:
            replaced = [r for r in records if _retire(connection, r.key, but=(segment, r.offset))]
            connection.executemany(
                "INSERT OR IGNORE INTO objects VALUES (?, ?, ?, ?, ?)",
                [(r.key, segment, r.offset, r.size, r.checksum_sha256) for r in records],
            )
            connection.execute("INSERT OR REPLACE INTO segments VALUES (?, ?)", (segment, indexed_to))
        return bool(replaced)

    def find(self, key: str) -> tuple[str, Record] | None:
        """Segment and record of an object."""
        row = self._connection().execute(_FIND, (key,)).fetchone()
        return None if row is None else (row[0], _record(key, row))

    def remove(self, keys: Sequence[str]) -> bool:
        """Forget objects for good, even if the power goes now; True if some were there."""
        self._connection().execute("PRAGMA synchronous = FULL")
        try:
            with self.write() as connection:
                retired = [_retire(connection, key) for key in keys]
            return any(retired)
        finally:
            self._connection().execute("PRAGMA synchronous = NORMAL")

    def erasing(self) -> list[tuple[str, Record]]:
        """Records that are forgotten but may still be readable in their segments."""
        rows = self._connection().execute("SELECT key, segment, position, size, checksum FROM erasing")
        return [(row[1], _record(row[0], row[1:])) for row in rows]

    def erased(self, done: Sequence[tuple[str, Record]]) -> None:
        """Those records cannot be read any more."""
        with self.write() as connection:
            connection.executemany(
                "DELETE FROM erasing WHERE segment = ? AND position = ?",
                [(segment, record.offset) for segment, record in done],
            )

    def list_keys(self, prefix: str, after: str, limit: int) -> list[str]:
        """Keys of a prefix in order."""
        rows = self._connection().execute(
            "SELECT key FROM objects WHERE key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?",
            (after, prefix, prefix + "\U0010ffff", limit),
        )
        return [key for (key,) in rows]

    def indexed_to(self) -> dict[str, int]:
        """How far each known segment is indexed."""
        return dict(self._connection().execute("SELECT name, indexed_to FROM segments").fetchall())

    def is_empty(self, segment: str) -> bool:
        """Whether no object stands in a segment any more."""
        query = "SELECT 1 FROM objects WHERE segment = ? UNION ALL SELECT 1 FROM erasing WHERE segment = ? LIMIT 1"
        return self._connection().execute(query, (segment, segment)).fetchone() is None

    def drop_segment(self, segment: str) -> None:
        """Forget a segment that is gone."""
        with self.write() as connection:
            connection.execute("DELETE FROM objects WHERE segment = ?", (segment,))
            connection.execute("DELETE FROM erasing WHERE segment = ?", (segment,))
            connection.execute("DELETE FROM segments WHERE name = ?", (segment,))

    def totals(self) -> tuple[int, int]:
        """Objects and their bytes."""
        objects, size = self._connection().execute("SELECT objects, size FROM totals").fetchone()
        return objects, size

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the writer's lock from its beginning."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._file, isolation_level=None, timeout=15, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            # The segments are the truth: what a power cut takes from the index, a scan of their tails brings back.
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
            with self._lock:
                self._connections.append(connection)
        return connection


_FIND = "SELECT segment, position, size, checksum FROM objects WHERE key = ?"


def _retire(connection: sqlite3.Connection, key: str, but: tuple[str, int] | None = None) -> bool:
    """Move an object to those that wait to be erased, unless it stands at `but`."""
    row = connection.execute(_FIND, (key,)).fetchone()
    if row is None or (row[0], row[1]) == but:
        return False
    connection.execute("INSERT OR REPLACE INTO erasing VALUES (?, ?, ?, ?, ?)", (row[0], row[1], key, row[2], row[3]))
    connection.execute("DELETE FROM objects WHERE key = ?", (key,))
    return True


def _record(key: str, row: tuple[str, int, int, bytes]) -> Record:
    return Record(key, row[1], len(key), row[2], row[3], is_live=True)


def _split(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
