"""The format of one segment file: what a record looks like, is found again by, and is erased as.

A file begins with its own header: a magic and a random salt. Records follow one
after the other: header, key, body. A record's header is checked by a hash that
the salt keys, so neither a torn tail nor a picture whose bytes imitate a record
is ever taken for one. Only two things change in place: a record's state, when
it is deleted, and its body, when it is erased.

Which segment is written to is `appender.py`'s; where each object stands is `index.py`'s.
"""

import ctypes
import fcntl
import functools
import hashlib
import os
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FILE_MAGIC, RECORD_MAGIC = b"VdtSeg1\n", b"\xffVr\n"
# Words, not bits, so that no single flipped bit turns one into the other.
LIVE, DELETED = b"LIVE", b"GONE"
SALT_BYTES = 24
FILE_HEADER_BYTES = len(FILE_MAGIC) + SALT_BYTES
# Magic, state; then what the check covers: key length, body length, stamp, SHA-256 of the body; the check.
_HEADER = struct.Struct("<4s4s H Q Q 32s 8s")
_COVERED = struct.Struct("<H Q Q 32s")
_STATE_OFFSET = len(RECORD_MAGIC)
_COVERED_OFFSET = _STATE_OFFSET + len(LIVE)
_CHECK_OFFSET = _COVERED_OFFSET + _COVERED.size
# One call takes at most IOV_MAX pieces, 1024 on Linux and macOS.
_MAX_PIECES = 1024
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """Where a record stands in its segment. `offset` is the header's; the greater `stamp` was put later."""

    key: str
    offset: int
    size: int
    stamp: int
    checksum_sha256: bytes

    @property
    def body_offset(self) -> int:
        """Where the body begins. Keys are ASCII."""
        return self.offset + _HEADER.size + len(self.key)

    @property
    def end(self) -> int:
        """Where the next record begins."""
        return self.body_offset + self.size


@dataclass(frozen=True, slots=True)
class Found:
    """A record met on a scan. `is_whole`: it is live and its body has the right checksum."""

    record: Record
    is_live: bool
    is_whole: bool


def begin(descriptor: int) -> bytes:
    """Write the header of a new segment durably; return its salt."""
    salt = os.urandom(SALT_BYTES)
    write(descriptor, 0, [FILE_MAGIC, salt])
    return salt


def read_salt(descriptor: int) -> bytes | None:
    """The salt of a segment, or None where the file does not begin like one."""
    header = os.pread(descriptor, FILE_HEADER_BYTES, 0)
    is_segment = len(header) == FILE_HEADER_BYTES and header.startswith(FILE_MAGIC)
    return header[len(FILE_MAGIC) :] if is_segment else None


def encode_header(record: Record, salt: bytes) -> bytes:
    """A live record's header and key: what stands before its body."""
    key = record.key.encode("ascii")
    covered = _COVERED.pack(len(key), record.size, record.stamp, record.checksum_sha256)
    return b"".join((RECORD_MAGIC, LIVE, covered, _check(covered, key, salt), key))


def _check(covered: bytes, key: bytes, salt: bytes) -> bytes:
    return hashlib.blake2b(covered + key, digest_size=8, key=salt).digest()


def write(descriptor: int, offset: int, pieces: Sequence[bytes]) -> None:
    """Write all pieces at `offset` without copying them together, and sync them to the disk."""
    rest = [memoryview(piece) for piece in pieces if piece]
    while rest:
        written = os.pwritev(descriptor, rest[:_MAX_PIECES], offset)
        offset += written
        whole = 0
        while whole < len(rest) and written >= len(rest[whole]):
            written -= len(rest[whole])
            whole += 1
        del rest[:whole]
        if written:
            rest[0] = rest[0][written:]
    sync(descriptor)


def sync(descriptor: int) -> None:
    """Have the disk itself hold what was written."""
    if sys.platform == "darwin":
        # There fsync leaves the data in the disk's own cache, which a power cut empties.
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(descriptor)


def sync_directory(directory: Path) -> None:
    """Have the disk hold the directory's entries: files created and removed."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_body(descriptor: int, record: Record) -> bytes:
    """A record's body as it stands, shorter if the file ends within it."""
    body = os.pread(descriptor, record.size, record.body_offset)
    # One call returns at most 2 GiB.
    while len(body) < record.size and (
        more := os.pread(descriptor, record.size - len(body), record.body_offset + len(body))
    ):
        body += more
    return body


def scan(descriptor: int, offset: int, salt: bytes) -> Iterator[Found]:
    """The records from `offset` to the end of the file, also those that stand behind a damaged stretch."""
    size = os.fstat(descriptor).st_size
    while (offset := _find(descriptor, RECORD_MAGIC, offset, size)) < size:
        header = os.pread(descriptor, _HEADER.size, offset)
        record = _decode(header, descriptor, offset, salt) if len(header) == _HEADER.size else None
        if record is None or record.end > size:
            offset += 1
            continue
        # Whatever is not plainly marked deleted counts as live: a damaged mark must not lose a picture.
        is_live = header[_STATE_OFFSET:_COVERED_OFFSET] != DELETED
        yield Found(record, is_live, is_live and _checksum(descriptor, record) == record.checksum_sha256)
        offset = record.end


def _decode(header: bytes, descriptor: int, offset: int, salt: bytes) -> Record | None:
    covered = header[_COVERED_OFFSET:_CHECK_OFFSET]
    key_length, size, stamp, checksum = _COVERED.unpack(covered)
    key = os.pread(descriptor, key_length, offset + _HEADER.size)
    if _check(covered, key, salt) != header[_CHECK_OFFSET:]:
        return None
    return Record(key.decode("ascii"), offset, size, stamp, checksum)


def _find(descriptor: int, wanted: bytes, offset: int, size: int) -> int:
    """Where `wanted` stands next, or `size`."""
    step = len(wanted)  # At first just enough: nearly always it stands at `offset` itself.
    while offset < size:
        chunk = os.pread(descriptor, step, offset)
        at = chunk.find(wanted)
        if at >= 0:
            return offset + at
        if len(chunk) < len(wanted):
            break
        offset += len(chunk) - len(wanted) + 1
        step = _CHUNK_BYTES
    return size


def _checksum(descriptor: int, record: Record) -> bytes:
    digest = hashlib.sha256()
    position = record.body_offset
    while position < record.end and (chunk := os.pread(descriptor, min(_CHUNK_BYTES, record.end - position), position)):
        digest.update(chunk)
        position += len(chunk)
    return digest.digest()


def erase(descriptor: int, record: Record) -> None:
    """Mark a record deleted and make its body unreadable, giving its room back where that can be done.

    The caller syncs the file.
    """
    os.pwrite(descriptor, DELETED, record.offset + _STATE_OFFSET)
    if not punch(descriptor, record.body_offset, record.size):
        zeros = bytes(min(record.size, _CHUNK_BYTES))
        position = record.body_offset
        while position < record.end:
            position += os.pwrite(descriptor, zeros[: record.end - position], position)


def punch(descriptor: int, offset: int, size: int) -> bool:
    """Ask the file system to zero a range and take its blocks back; False where it cannot."""
    fallocate = _fallocate()
    if fallocate is None or size == 0:
        return size == 0
    keep_size, punch_hole = 0x01, 0x02
    return fallocate(descriptor, keep_size | punch_hole, offset, size) == 0


@functools.cache
def _fallocate() -> Callable[[int, int, int, int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    # glibc's plain `fallocate` takes 32-bit offsets on 32-bit machines; musl has only the plain one, with 64.
    function = getattr(library, "fallocate64", None) or getattr(library, "fallocate", None)
    if function is None:
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    function.restype = ctypes.c_int
    return function  # type: ignore[no-any-return]
