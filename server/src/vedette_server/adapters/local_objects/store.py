"""`ObjectStore` over segment files in one directory, shared by the API and the worker.

index.sqlite      where each object stands (`index.py`)
lock              held shared by everyone who has the directory open, alone by who rebuilds the index
segments/*.seg    the objects (`segment.py`), each file appended to by one process (`appender.py`)
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import islice
from pathlib import Path

import structlog

from vedette_server.adapters.local_objects import segment
from vedette_server.adapters.local_objects.appender import Appender
from vedette_server.adapters.local_objects.index import Index
from vedette_server.adapters.local_objects.segment import Record
from vedette_server.domain.errors import VedetteError
from vedette_server.ports.objects import NewObject, ObjectDamaged, ObjectNotFound, ObjectStat, StoreUsage, check_key

SEGMENT_BYTES = 256 * 1024 * 1024
RESERVED_BYTES = 32 * 1024 * 1024
# So many records are deleted or erased at a time: others who write wait for one batch only.
_BATCH = 500

log = structlog.get_logger(__name__)


class ObjectsInUse(VedetteError):
    """The index cannot be rebuilt while another process has the objects open."""

    reason = "objects_in_use"


class SegmentObjectStore:
    """Each process appends to a segment of its own, which it holds locked; all read and delete everywhere.

    A segment that has reached `segment_bytes` is followed by another. A put that would
    leave less than `reserved_bytes` free is refused: deleting needs room too.
    """

    def __init__(
        self, directory: Path, segment_bytes: int = SEGMENT_BYTES, reserved_bytes: int = RESERVED_BYTES
    ) -> None:
        self._directory = directory / "segments"
        _make_durably(self._directory)
        self._lock = _lock(directory, fcntl.LOCK_SH)
        try:
            self._index = _open_index(directory, self._lock)
            try:
                self._catch_up()
            except BaseException:
                self._index.close()
                raise
        except BaseException:
            os.close(self._lock)
            raise
        self._appending = threading.Lock()
        self._appender = Appender(self._directory, segment_bytes, reserved_bytes, self._let_go_if_empty)

    def put_many(self, objects: Sequence[NewObject]) -> None:
        """See `ObjectStore.put_many`."""
        last = {check_key(item.key): item for item in objects}
        if not last:
            return
        with self._appending:
            records = self._appender.append(last.values())
            try:
                replaces = self._index.add(self._appender.name, records)
            except BaseException:
                self._appender.take_back(records[0].offset)
                raise
        if replaces:
            self._erase()

    def get(self, key: str) -> bytes:
        """See `ObjectStore.get`."""
        while (found := self._index.find(key)) is not None:
            name, record = found
            body = b""
            with suppress(FileNotFoundError), self._open(name, os.O_RDONLY) as descriptor:
                body = segment.read_body(descriptor, record)
            if hashlib.sha256(body).digest() == record.checksum_sha256:
                return body
            # Replaced or deleted between the look into the index and into the segment? Then look again.
            if self._index.find(key) == found:
                raise ObjectDamaged(f"object {key} is damaged: segment {name}, at {record.offset}")
        raise ObjectNotFound(f"no object {key}")

    def find(self, key: str) -> ObjectStat | None:
        """See `ObjectStore.find`."""
        found = self._index.find(key)
        return None if found is None else ObjectStat(found[1].size, found[1].checksum_sha256)

    def delete_many(self, keys: Iterable[str]) -> None:
        """See `ObjectStore.delete_many`."""
        for some in _batched(keys):
            if self._index.remove(some):
                self._erase()

    def list_keys(self, prefix: str, *, after: str | None = None, limit: int) -> list[str]:
        """See `ObjectStore.list_keys`."""
        return self._index.list_keys(prefix, after or "", limit)

    def usage(self) -> StoreUsage:
        """See `ObjectStore.usage`."""
        objects, size = self._index.totals()
        return StoreUsage(objects, size, shutil.disk_usage(self._directory).free)

    def close(self) -> None:
        """See `ObjectStore.close`."""
        with self._appending:
            if self._lock < 0:
                return
            self._appender.seal()
            self._index.close()
            os.close(self._lock)
            self._lock = -1

    def _catch_up(self) -> None:
        """Index what a crash left unindexed, and let go of segments in which nothing stands any more."""
        known = self._index.segments()
        for path in sorted(self._directory.glob("*.seg")):
            with self._hold(path.name) as descriptor:
                if descriptor is not None:
                    self._index_tail(path.name, descriptor, known.get(path.name))
            self._let_go_if_empty(path.name)
        for name in known:
            if not (self._directory / name).exists() and (lost := self._index.drop_segment(name)):
                log.error("segment of objects is gone", segment=name, lost_objects=lost)
        self._erase()

    def _index_tail(self, name: str, descriptor: int, indexed_to: int | None) -> None:
        size = os.fstat(descriptor).st_size
        if size <= (indexed_to or segment.FILE_HEADER_BYTES):
            return
        salt = segment.read_salt(descriptor)
        if salt is None:
            log.error("not a segment of objects, left alone", segment=name)
            return
        start = indexed_to or segment.FILE_HEADER_BYTES
        found = list(segment.scan(descriptor, start, salt))
        end = found[-1].record.end if found else start
        # Cut what a crash tore, but not while the index is built from nothing: whoever
        # does that may be saving what a failing disk still gives.
        if end < size and indexed_to is not None:
            os.ftruncate(descriptor, end)
            size = end
        self._index.add_found(name, found, size)
        log.info("objects indexed that were not", segment=name, records=len(found))

    def _erase(self) -> None:
        """Make unreadable whatever the index has forgotten, also what a crash kept others from erasing."""
        while found := self._index.erasing(_BATCH):
            by_segment: dict[str, list[Record]] = defaultdict(list)
            for name, record in found:
                by_segment[name].append(record)
            for name, records in by_segment.items():
                with suppress(FileNotFoundError), self._open(name, os.O_RDWR) as descriptor:
                    for record in records:
                        segment.erase(descriptor, record)
                    segment.sync(descriptor)
            self._index.erased(found)
            for name in by_segment:
                self._let_go_if_empty(name)

    def _let_go_if_empty(self, name: str) -> None:
        with self._hold(name) as descriptor:
            # Asked only under the lock: before, whoever held it may just have appended.
            if descriptor is None or not self._index.is_done_with(name, os.fstat(descriptor).st_size):
                return
            (self._directory / name).unlink(missing_ok=True)
            segment.sync_directory(self._directory)
            self._index.drop_segment(name)

    @contextmanager
    def _hold(self, name: str) -> Iterator[int | None]:
        """A segment, locked; None if it is gone or somebody still appends to it."""
        descriptor = self._try_to_lock(name)
        try:
            yield descriptor
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _try_to_lock(self, name: str) -> int | None:
        try:
            descriptor = os.open(self._directory / name, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink > 0:
                return descriptor
        os.close(descriptor)
        return None

    @contextmanager
    def _open(self, name: str, flags: int) -> Iterator[int]:
        descriptor = os.open(self._directory / name, flags | os.O_CLOEXEC)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _batched(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while some := list(islice(rest, _BATCH)):
        yield some


def rebuild_index(directory: Path) -> StoreUsage:
    """Build the index anew from the segments alone; `ObjectsInUse` while anyone else has the store open."""
    # An index that still works may know of deletions that a crash interrupted: finish those first.
    with suppress(sqlite3.DatabaseError):
        SegmentObjectStore(directory).close()
    lock = _lock(directory, fcntl.LOCK_SH)
    try:
        _remove_index(directory, lock)
    finally:
        os.close(lock)
    with closing(SegmentObjectStore(directory)) as store:
        return store.usage()


def _open_index(directory: Path, lock: int) -> Index:
    file = directory / "index.sqlite"
    try:
        return Index(file)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise
        log.error("index of the objects is damaged, building it anew", error=str(error))
    _remove_index(directory, lock)
    return Index(file)


def _remove_index(directory: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ObjectsInUse(f"stop every process that uses {directory}: its index must be built anew") from error
    for name in ("index.sqlite", "index.sqlite-wal", "index.sqlite-shm"):
        (directory / name).unlink(missing_ok=True)
    fcntl.flock(lock, fcntl.LOCK_SH)


def _lock(directory: Path, kind: int) -> int:
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, kind)
    return descriptor


def _make_durably(directory: Path) -> None:
    """Create a directory so that a power cut does not take it away with all that is in it."""
    if directory.is_dir():
        return
    _make_durably(directory.parent)
    directory.mkdir(exist_ok=True, mode=0o700)
    segment.sync_directory(directory.parent)
