"""Where each object stands: an index in SQLite that can always be rebuilt from the segments."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vedette_server.adapters.local_objects.segment import FILE_HEADER_BYTES, Found, Record
from vedette_server.ports.objects import StoreFull

# Raised when the tables change; an index of another version is built anew.
_VERSION = 2
_BUSY_SECONDS = 30
# `erasing`: records that no object points to any more but whose bytes may still be readable.
# The triggers keep each segment's figures, so that neither usage nor "is it empty" reads all objects.
_SCHEMA = (
    "DROP TABLE IF EXISTS objects",
    "DROP TABLE IF EXISTS erasing",
    "DROP TABLE IF EXISTS segments",
    "DROP TABLE IF EXISTS totals",
    """CREATE TABLE segments (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, indexed_to INTEGER NOT NULL,
        objects INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE objects (
        key TEXT PRIMARY KEY, segment INTEGER NOT NULL, position INTEGER NOT NULL,
        size INTEGER NOT NULL, stamp INTEGER NOT NULL, checksum BLOB NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE erasing (
        segment INTEGER NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL, size INTEGER NOT NULL,
        PRIMARY KEY (segment, position)) WITHOUT ROWID""",
    """CREATE TRIGGER count_in AFTER INSERT ON objects BEGIN
        UPDATE segments SET objects = objects + 1, size = size + new.size WHERE id = new.segment; END""",
    """CREATE TRIGGER count_out AFTER DELETE ON objects BEGIN
        UPDATE segments SET objects = objects - 1, size = size - old.size WHERE id = old.segment; END""",
)
_INSERT = "INSERT INTO objects (key, segment, position, size, stamp, checksum) VALUES (?, ?, ?, ?, ?, ?)"
_FIND = "SELECT segment, position, size, stamp FROM objects WHERE key = ?"

Place = tuple[str, Record]
"""A segment's name and a record in it."""


class Index:
    """Key to segment and record. Threads and processes may share it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        with self._borrow() as connection:
            # Kept in the file: readers go on while one process writes.
            connection.execute("PRAGMA journal_mode = WAL")
            if self._version(connection) != _VERSION:
                with _transaction(connection):
                    if self._version(connection) != _VERSION:
                        _create(connection)

    def add(self, segment: str, records: Sequence[Record]) -> bool:
        """Note objects just put at the end of a segment; True if they replace others."""
        with self._write() as connection:
            number = _segment(connection, segment, records[-1].end)
            replaced = [r.key for r in records if _retire(connection, r.key)]
            connection.executemany(_INSERT, [_row(number, r) for r in records])
        return bool(replaced)

    def add_found(self, segment: str, found: Iterable[Found], indexed_to: int) -> None:
        """Note what a scan has met in a segment, up to `indexed_to`; of one key's records the latest whole one wins."""
        with self._write() as connection:
            row = connection.execute("SELECT indexed_to FROM segments WHERE name = ?", (segment,)).fetchone()
            known = row[0] if row else 0
            number = _segment(connection, segment, indexed_to)
            for item in found:
                # Somebody else was quicker; what stands there may even be deleted again by now.
                if item.record.offset >= known:
                    _settle(connection, number, item)

    def find(self, key: str) -> Place | None:
        """Segment and record of an object."""
        query = (
            "SELECT name, position, o.size, stamp, checksum FROM objects AS o "
            "JOIN segments AS s ON s.id = o.segment WHERE key = ?"
        )
        with self._borrow() as connection:
            row = connection.execute(query, (key,)).fetchone()
        return None if row is None else (row[0], Record(key, *row[1:]))

    def remove(self, keys: Sequence[str]) -> bool:
        """Forget objects for good, even if the power goes now; True if some were there."""
        with self._borrow() as connection:
            connection.execute("PRAGMA synchronous = FULL")
            try:
                with _transaction(connection):
                    retired = [_retire(connection, key) for key in keys]
                return any(retired)
            finally:
                connection.execute("PRAGMA synchronous = NORMAL")

    def erasing(self, limit: int) -> list[Place]:
        """Records that are forgotten but may still be readable in their segments."""
        query = (
            "SELECT name, key, position, e.size FROM erasing AS e "
            "JOIN segments AS s ON s.id = e.segment ORDER BY e.segment, position LIMIT ?"
        )
        with self._borrow() as connection:
            rows = connection.execute(query, (limit,)).fetchall()
        return [(name, Record(key, position, size, 0, b"")) for name, key, position, size in rows]

    def erased(self, done: Sequence[Place]) -> None:
        """Those records cannot be read any more."""
        with self._write() as connection:
            connection.executemany(
                "DELETE FROM erasing WHERE segment = (SELECT id FROM segments WHERE name = ?) AND position = ?",
                [(name, record.offset) for name, record in done],
            )

    def list_keys(self, prefix: str, after: str, limit: int) -> list[str]:
        """Keys of a prefix in order."""
        query = "SELECT key FROM objects WHERE key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?"
        with self._borrow() as connection:
            # Keys are ASCII: no key with the prefix comes after the prefix and one character beyond that.
            rows = connection.execute(query, (after, prefix, prefix + "\x7f", max(limit, 0))).fetchall()
        return [key for (key,) in rows]

    def segments(self) -> dict[str, int]:
        """The segments known, and how far each is indexed."""
        with self._borrow() as connection:
            return dict(connection.execute("SELECT name, indexed_to FROM segments").fetchall())

    def is_done_with(self, segment: str, size: int) -> bool:
        """Whether all `size` bytes of a segment are known and nothing stands in them any more."""
        query = (
            "SELECT indexed_to >= ? AND objects = 0 AND NOT EXISTS (SELECT 1 FROM erasing WHERE segment = s.id) "
            "FROM segments AS s WHERE name = ?"
        )
        with self._borrow() as connection:
            row = connection.execute(query, (size, segment)).fetchone()
        return bool(row[0]) if row else size <= FILE_HEADER_BYTES

    def drop_segment(self, segment: str) -> int:
        """Forget a segment that is gone; return how many objects are lost with it."""
        with self._write() as connection:
            row = connection.execute("SELECT id, objects FROM segments WHERE name = ?", (segment,)).fetchone()
            number, lost = row or (None, 0)
            if lost:
                connection.execute("DELETE FROM objects WHERE segment = ?", (number,))
            connection.execute("DELETE FROM erasing WHERE segment = ?", (number,))
            connection.execute("DELETE FROM segments WHERE id = ?", (number,))
        return int(lost)

    def totals(self) -> tuple[int, int]:
        """Objects and their bytes."""
        with self._borrow() as connection:
            row = connection.execute(
                "SELECT coalesce(sum(objects), 0), coalesce(sum(size), 0) FROM segments"
            ).fetchone()
        return row[0], row[1]

    def clear(self) -> None:
        """Forget everything."""
        with self._write() as connection:
            _create(connection)

    def close(self) -> None:
        """Close every connection; one that is in use is closed when it is given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._borrow() as connection, _transaction(connection):
            yield connection

    @contextmanager
    def _borrow(self) -> Iterator[sqlite3.Connection]:
        """A connection for as long as one query: as many are open as threads ever asked at once."""
        with self._lock:
            if self._closed:
                raise ValueError("the object store is closed")
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            with self._lock:
                keep = not self._closed
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._file, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False, cached_statements=64
        )
        # The segments are the truth: what a power cut takes from the index, a scan of their tails brings back.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    @staticmethod
    def _version(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that holds the writer's lock from its beginning."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            # Some errors, a full disk among them, have ended the transaction already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise StoreFull("no room for the index of the objects") from error
        raise


def _create(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def _segment(connection: sqlite3.Connection, name: str, indexed_to: int) -> int:
    row = connection.execute("SELECT id, indexed_to FROM segments WHERE name = ?", (name,)).fetchone()
    if row is None:
        query = "INSERT INTO segments (name, indexed_to) VALUES (?, ?)"
        return int(connection.execute(query, (name, indexed_to)).lastrowid or 0)
    if row[1] < indexed_to:
        connection.execute("UPDATE segments SET indexed_to = ? WHERE id = ?", (indexed_to, row[0]))
    return int(row[0])


def _row(number: int, record: Record) -> tuple[str, int, int, int, int, bytes]:
    return record.key, number, record.offset, record.size, record.stamp, record.checksum_sha256


def _retire(connection: sqlite3.Connection, key: str) -> bool:
    """Move an object to those that wait to be erased."""
    row = connection.execute(_FIND, (key,)).fetchone()
    if row is None:
        return False
    _await_erasure(connection, row[0], row[1], key, row[2])
    connection.execute("DELETE FROM objects WHERE key = ?", (key,))
    return True


def _await_erasure(connection: sqlite3.Connection, number: int, position: int, key: str, size: int) -> None:
    connection.execute("INSERT OR REPLACE INTO erasing VALUES (?, ?, ?, ?)", (number, position, key, size))


def _settle(connection: sqlite3.Connection, number: int, found: Found) -> None:
    record = found.record
    # A damaged one is kept only where there is no other, so that reading it says "damaged", not "unknown".
    stamp = record.stamp if found.is_whole else 0
    row = connection.execute(_FIND, (record.key,)).fetchone() if found.is_live else None
    if not found.is_live or (row is not None and row[3] >= stamp):
        # Also what is marked deleted: whether its body was erased too before the power went is not known.
        _await_erasure(connection, number, record.offset, record.key, record.size)
        return
    _retire(connection, record.key)
    connection.execute(_INSERT, (record.key, number, record.offset, record.size, stamp, record.checksum_sha256))
