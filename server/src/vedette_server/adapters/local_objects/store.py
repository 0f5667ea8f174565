"""`ObjectStore` over segment files in one directory, shared by the API and the worker."""

import errno
import fcntl
import hashlib
import os
import shutil
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from vedette.ids import uuid7
from vedette_server.adapters.local_objects import segment as segments
from vedette_server.adapters.local_objects.index import Index
from vedette_server.adapters.local_objects.segment import Record
from vedette_server.ports.objects import (
    NewObject,
    ObjectDamaged,
    ObjectNotFound,
    ObjectStat,
    StoreFull,
    StoreUsage,
    check_key,
)

SEGMENT_BYTES = 256 * 1024 * 1024


class SegmentObjectStore:
    """Each process appends to a segment of its own, which it holds locked; all read and delete everywhere."""

    def __init__(self, directory: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._directory = directory / "segments"
        self._directory.mkdir(parents=True, exist_ok=True)
        self._segment_bytes = segment_bytes
        self._index = Index(directory / "index.sqlite")
        self._append_lock = threading.Lock()
        self._descriptor = -1
        self._name = ""
        self._end = 0
        self._catch_up()

    def put_many(self, objects: Sequence[NewObject]) -> None:
        """See `ObjectStore.put_many`."""
        if not objects:
            return
        last = {check_key(item.key): item for item in objects}
        with self._append_lock:
            if self._descriptor < 0 or self._end >= self._segment_bytes:
                self._begin_segment()
            records, pieces, end = _lay_out(last.values(), self._end)
            try:
                segments.append(self._descriptor, self._end, pieces)
            except OSError as error:
                # Half a group must not stand before the next one: cut back to the last whole record.
                os.ftruncate(self._descriptor, self._end)
                if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                    raise StoreFull(f"no room for {sum(map(len, pieces))} bytes in {self._directory}") from error
                raise
            self._end = end
            replaces = self._index.add(self._name, records, end)
        if replaces:
            self._erase()

    def get(self, key: str) -> bytes:
        """See `ObjectStore.get`."""
        # Deleted between the look into the index and into the segment, it is looked for once more.
        for _ in range(2):
            found = self._index.find(key)
            if found is None:
                break
            name, record = found
            try:
                with self._open(name, os.O_RDONLY) as descriptor:
                    body = os.pread(descriptor, record.size, record.body_offset)
            except FileNotFoundError:
                continue
            if hashlib.sha256(body).digest() == record.checksum_sha256:
                return body
            if self._index.find(key) == found:
                raise ObjectDamaged(f"object {key} in segment {name} is damaged")
        raise ObjectNotFound(f"no object {key}")

    def find(self, key: str) -> ObjectStat | None:
        """See `ObjectStore.find`."""
        found = self._index.find(key)
        return None if found is None else ObjectStat(found[1].size, found[1].checksum_sha256)

    def delete_many(self, keys: Iterable[str]) -> None:
        """See `ObjectStore.delete_many`."""
        if self._index.remove(list(keys)):
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
        with self._append_lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1
        self._index.close()

    def _begin_segment(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._name = f"{uuid7()}.seg"
        path = self._directory / self._name
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        # While it is locked, no other process takes its unfinished tail for a torn one.
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        self._end = 0
        _sync_directory(self._directory)

    def _catch_up(self) -> None:
        """Index what a crash left unindexed, and let go of segments in which nothing stands any more."""
        known = self._index.indexed_to()
        for path in sorted(self._directory.glob("*.seg")):
            with self._open(path.name, os.O_RDWR) as descriptor:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
                start = known.pop(path.name, 0)
                if start < path.stat().st_size:
                    found = list(segments.scan(path, start))
                    end = found[-1].end if found else start
                    os.ftruncate(descriptor, end)
                    live = {record.key: record for record in found if record.is_live}
                    self._index.add(path.name, list(live.values()), end)
            self._let_go_if_empty(path.name)
        for gone in known:
            if not (self._directory / gone).exists():
                self._index.drop_segment(gone)
        self._erase()

    def _erase(self) -> None:
        """Make unreadable whatever the index has forgotten, also what a crash kept others from erasing."""
        found = self._index.erasing()
        by_segment: dict[str, list[Record]] = defaultdict(list)
        for name, record in found:
            by_segment[name].append(record)
        for name, records in by_segment.items():
            with suppress(FileNotFoundError), self._open(name, os.O_RDWR) as descriptor:
                for record in records:
                    segments.erase(descriptor, record)
                os.fsync(descriptor)
        self._index.erased(found)
        for name in by_segment:
            self._let_go_if_empty(name)

    def _let_go_if_empty(self, name: str) -> None:
        if not self._index.is_empty(name):
            return
        path = self._directory / name
        with suppress(FileNotFoundError), self._open(name, os.O_RDWR) as descriptor:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return  # Somebody still appends to it.
            path.unlink(missing_ok=True)
            self._index.drop_segment(name)
            _sync_directory(self._directory)

    @contextmanager
    def _open(self, name: str, flags: int) -> Iterator[int]:
        descriptor = os.open(self._directory / name, flags)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _lay_out(objects: Iterable[NewObject], offset: int) -> tuple[list[Record], list[bytes], int]:
    records: list[Record] = []
    pieces: list[bytes] = []
    for item in objects:
        key = item.key.encode("ascii")
        checksum = item.checksum_sha256 or hashlib.sha256(item.body).digest()
        record = Record(item.key, offset, len(key), len(item.body), checksum, is_live=True)
        records.append(record)
        pieces += [segments.encode_header(key, len(item.body), checksum), item.body]
        offset = record.end
    return records, pieces, offset


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
