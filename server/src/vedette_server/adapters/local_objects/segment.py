"""One segment file: records one after the other, each readable by itself.

A record is a header, the key and the body. The header carries lengths, the
body's SHA-256 and a checksum of itself with the key, so that a torn tail is
recognised and never mistaken for a record. Only two things ever change in
place: a record's state byte, when it is deleted, and its body, when it is erased.
"""

import ctypes
import ctypes.util
import os
import struct
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"VSG1"
LIVE, DELETED = b"L", b"D"
# Magic, state, key length, body length, SHA-256 of the body, CRC-32 of all but the state, with the key.
_HEADER = struct.Struct("<4s c H Q 32s I")
STATE_OFFSET = len(MAGIC)
MAX_VECTORS = 512


@dataclass(frozen=True, slots=True)
class Record:
    """Where a record stands in its segment. `offset` is the header's."""

    key: str
    offset: int
    key_length: int
    size: int
    checksum_sha256: bytes
    is_live: bool

    @property
    def body_offset(self) -> int:
        """Where the body begins."""
        return self.offset + _HEADER.size + self.key_length

    @property
    def end(self) -> int:
        """Where the next record begins."""
        return self.body_offset + self.size


def encode_header(key: bytes, size: int, checksum_sha256: bytes) -> bytes:
    """A record's header and key."""
    header = _HEADER.pack(MAGIC, LIVE, len(key), size, checksum_sha256, _crc(key, size, checksum_sha256))
    return header + key


def _crc(key: bytes, size: int, checksum_sha256: bytes) -> int:
    return zlib.crc32(key, zlib.crc32(checksum_sha256, size & 0xFFFF_FFFF))


def append(descriptor: int, offset: int, pieces: Sequence[bytes]) -> None:
    """Write all pieces at `offset` without copying them together, and sync them to the disk."""
    rest = [memoryview(piece) for piece in pieces]
    while rest:
        written = os.pwritev(descriptor, rest[:MAX_VECTORS], offset)
        offset += written
        while rest and written >= len(rest[0]):
            written -= len(rest[0])
            rest.pop(0)
        if written:
            rest[0] = rest[0][written:]
    os.fdatasync(descriptor) if hasattr(os, "fdatasync") else os.fsync(descriptor)


def scan(path: Path, offset: int) -> Iterator[Record]:
    """The whole records from `offset` on, up to the first that is torn or to the end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        while offset + _HEADER.size <= size:
            file.seek(offset)
            magic, state, key_length, body_size, checksum, crc = _HEADER.unpack(file.read(_HEADER.size))
            key = file.read(key_length)
            record = Record(key.decode("ascii", "replace"), offset, key_length, body_size, checksum, state == LIVE)
            if magic != MAGIC or record.end > size or crc != _crc(key, body_size, checksum):
                return
            yield record
            offset = record.end


def erase(descriptor: int, record: Record) -> None:
    """Mark a record deleted and make its body unreadable, giving its room back where that can be done."""
    os.pwrite(descriptor, DELETED, record.offset + STATE_OFFSET)
    if not _punch(descriptor, record.body_offset, record.size):
        zeros = bytes(min(record.size, 1 << 20))
        position, end = record.body_offset, record.end
        while position < end:
            position += os.pwrite(descriptor, zeros[: end - position], position)


_KEEP_SIZE_AND_PUNCH = 0x01 | 0x02


def _punch(descriptor: int, offset: int, size: int) -> bool:
    """Ask the file system to forget a range. Edges inside a block are zeroed by it, not given back."""
    if not sys.platform.startswith("linux") or size == 0:
        return size == 0
    libc = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
    result = libc.fallocate(
        ctypes.c_int(descriptor),
        ctypes.c_int(_KEEP_SIZE_AND_PUNCH),
        ctypes.c_int64(offset),
        ctypes.c_int64(size),
    )
    return bool(result == 0)
