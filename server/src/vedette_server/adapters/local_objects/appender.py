"""The one segment that this process appends to.

It is held locked as long as it may grow, so that no other process takes its
unfinished tail for a torn one. It is never taken up again after it was let go:
every process, each time, begins one of its own.
"""

import errno
import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path

from vedette.ids import uuid7
from vedette_server.adapters.local_objects import segment
from vedette_server.adapters.local_objects.segment import Record
from vedette_server.ports.objects import NewObject, StoreFull

# EFBIG: the file may not grow further, by a limit of the process or of the file system.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Appender:
    """Appends groups of objects durably. Not threadsafe: one thread at a time.

    `reserved_bytes` of the file system are left free. `on_sealed` is told the name
    of each segment that will not grow any more.
    """

    def __init__(
        self, directory: Path, segment_bytes: int, reserved_bytes: int, on_sealed: Callable[[str], None]
    ) -> None:
        self._directory = directory
        self._segment_bytes = segment_bytes
        self._reserved_bytes = reserved_bytes
        self._on_sealed = on_sealed
        self._descriptor = -1
        self._salt = b""
        self._end = 0
        self._stamp = 0
        self.name = ""

    def append(self, objects: Collection[NewObject]) -> list[Record]:
        """Write objects to the disk, all of them or none; return where they stand. `StoreFull` if there is no room."""
        self._check_room(sum(len(item.body) for item in objects))
        if self._end >= self._segment_bytes:
            self.seal()
        try:
            if self._descriptor < 0:
                self._begin()
            return self._append(objects)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise StoreFull("no room for more objects") from error
            raise

    def _check_room(self, size: int) -> None:
        # On a disk that is full to the last block the index could not even note a deletion.
        room = os.statvfs(self._directory)
        if room.f_bavail * room.f_frsize < size + self._reserved_bytes:
            raise StoreFull("no room for more objects")

    def _append(self, objects: Collection[NewObject]) -> list[Record]:
        start = self._end
        records, pieces = self._lay_out(objects, start)
        try:
            segment.write(self._descriptor, start, pieces)
        except BaseException:
            self.take_back(start)
            raise
        self._end = records[-1].end
        return records

    def take_back(self, start: int) -> None:
        """Undo the last append, which began at `start`.

        Half a group must not stand before the next one. And nothing is appended
        to this file any more: after a failed sync the kernel may report the next
        one as good without having written what the first one left.
        """
        # What goes wrong here must not hide the error that led here; the next start cleans up.
        with suppress(OSError):
            os.ftruncate(self._descriptor, start)
        with suppress(Exception):
            self.seal()

    def seal(self) -> None:
        """Let go of the segment; the next append begins another one."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._end = 0
            self._on_sealed(self.name)

    def _begin(self) -> None:
        while True:
            name = f"{uuid7()}.seg"
            path = self._directory / name
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if os.fstat(descriptor).st_nlink == 0:
                    # Between its creation and the lock another process took it for an empty leftover.
                    os.close(descriptor)
                    continue
                salt = segment.begin(descriptor)
                segment.sync_directory(self._directory)
            except BaseException:
                path.unlink(missing_ok=True)
                os.close(descriptor)
                raise
            self._descriptor, self._salt, self._end, self.name = descriptor, salt, segment.FILE_HEADER_BYTES, name
            return

    def _lay_out(self, objects: Iterable[NewObject], offset: int) -> tuple[list[Record], list[bytes]]:
        records: list[Record] = []
        pieces: list[bytes] = []
        # Later puts have greater stamps, also where the clock is set back meanwhile.
        self._stamp = max(time.time_ns(), self._stamp)
        for item in objects:
            self._stamp += 1
            checksum = item.checksum_sha256 or hashlib.sha256(item.body).digest()
            record = Record(item.key, offset, len(item.body), self._stamp, checksum)
            records.append(record)
            pieces += [segment.encode_header(record, self._salt), item.body]
            offset = record.end
        return records, pieces
