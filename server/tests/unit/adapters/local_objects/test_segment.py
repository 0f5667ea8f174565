"""The format of a segment: records are found whole, and nothing else is taken for one."""

import hashlib
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette_server.adapters.local_objects import segment
from vedette_server.adapters.local_objects.segment import Found, Record


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    opened = os.open(tmp_path / "a.seg", os.O_RDWR | os.O_CREAT)
    yield opened
    os.close(opened)


def write_records(descriptor: int, **bodies: bytes) -> tuple[bytes, list[Record]]:
    salt = segment.begin(descriptor)
    offset = segment.FILE_HEADER_BYTES
    records = []
    for stamp, (key, body) in enumerate(bodies.items(), start=1):
        record = Record(key, offset, len(body), stamp, hashlib.sha256(body).digest())
        segment.write(descriptor, offset, [segment.encode_header(record, salt), body])
        records.append(record)
        offset = record.end
    return salt, records


def scan(descriptor: int, salt: bytes) -> list[Found]:
    return list(segment.scan(descriptor, segment.FILE_HEADER_BYTES, salt))


def test_records_are_found_as_they_were_written(descriptor: int) -> None:
    salt, records = write_records(descriptor, a=b"one", b=b"", c=b"three" * 1000)
    assert segment.read_salt(descriptor) == salt
    assert scan(descriptor, salt) == [Found(record, True, True) for record in records]
    assert segment.read_body(descriptor, records[2]) == b"three" * 1000


def test_a_file_cut_anywhere_gives_the_records_before_the_cut(descriptor: int) -> None:
    salt, records = write_records(descriptor, a=b"one", b=b"two", c=b"three")
    for size in reversed(range(segment.FILE_HEADER_BYTES, records[-1].end + 1)):
        os.ftruncate(descriptor, size)
        assert [found.record for found in scan(descriptor, salt)] == [r for r in records if r.end <= size]


def test_any_changed_byte_of_a_header_hides_that_record_only(descriptor: int) -> None:
    salt, (first, second, third) = write_records(descriptor, a=b"one", bb=b"two", c=b"three")
    state = range(second.offset + len(segment.RECORD_MAGIC), second.offset + len(segment.RECORD_MAGIC + segment.LIVE))
    for position in range(second.offset, second.body_offset):
        byte = os.pread(descriptor, 1, position)
        os.pwrite(descriptor, bytes([byte[0] ^ 0x08]), position)
        wanted = [first, second, third] if position in state else [first, third]
        assert [found.record for found in scan(descriptor, salt) if found.is_whole] == wanted
        os.pwrite(descriptor, byte, position)


def test_a_body_that_is_damaged_is_told_from_a_whole_one(descriptor: int) -> None:
    salt, (first, second) = write_records(descriptor, a=b"one", b=b"two")
    os.pwrite(descriptor, b"X", first.body_offset)
    assert scan(descriptor, salt) == [Found(first, True, False), Found(second, True, True)]


def test_a_picture_that_imitates_a_record_is_not_taken_for_one(descriptor: int, tmp_path: Path) -> None:
    elsewhere = os.open(tmp_path / "b.seg", os.O_RDWR | os.O_CREAT)
    _, (theirs,) = write_records(elsewhere, forged=b"evil")
    imitation = os.pread(elsewhere, 1000, theirs.offset)
    os.close(elsewhere)
    salt, (first, second) = write_records(descriptor, a=imitation, b=b"two")
    os.pwrite(descriptor, b"X", first.offset)  # so that the scan has to look for the next record inside the picture
    assert [found.record for found in scan(descriptor, salt)] == [second]


def test_a_record_is_found_behind_a_long_damaged_stretch(descriptor: int) -> None:
    noise = random.Random(3).randbytes(3 << 20)
    salt, (first, second) = write_records(descriptor, a=noise, b=b"two")
    os.pwrite(descriptor, bytes(first.body_offset - first.offset), first.offset)
    assert [found.record for found in scan(descriptor, salt)] == [second]


@pytest.mark.parametrize("can_punch", [True, False])
def test_an_erased_record_leaves_no_byte_of_its_body(
    descriptor: int, can_punch: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_punch:
        monkeypatch.setattr(segment, "punch", lambda *_: False)
    body = random.Random(4).randbytes(2_500_000)
    salt, (first, second, third) = write_records(descriptor, a=b"one", b=body, c=b"three")
    segment.erase(descriptor, second)
    assert not any(segment.read_body(descriptor, second))
    assert scan(descriptor, salt) == [Found(first, True, True), Found(second, False, False), Found(third, True, True)]


@pytest.mark.parametrize("can_punch", [True, False])
def test_a_record_without_a_body_is_erased_too(
    descriptor: int, can_punch: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_punch:
        monkeypatch.setattr(segment, "punch", lambda *_: False)
    salt, (first, second) = write_records(descriptor, a=b"", b=b"two")
    segment.erase(descriptor, first)
    assert scan(descriptor, salt) == [Found(first, False, False), Found(second, True, True)]


def test_a_file_that_is_no_segment_has_no_salt(descriptor: int) -> None:
    assert segment.read_salt(descriptor) is None
    os.pwrite(descriptor, b"x" * 100, 0)
    assert segment.read_salt(descriptor) is None


def test_more_pieces_than_one_call_takes_are_written(descriptor: int) -> None:
    pieces = [bytes([number % 256]) * (number % 5) for number in range(5000)]
    segment.write(descriptor, 7, pieces)
    assert os.pread(descriptor, 20_000, 7) == b"".join(pieces)


def test_writes_that_the_disk_takes_in_parts_are_finished(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole_write = os.pwritev
    chance = random.Random(5)

    def write_some(descriptor: int, pieces: list[memoryview], offset: int) -> int:
        joined = b"".join(pieces)
        return whole_write(descriptor, [joined[: chance.randrange(1, len(joined) + 1)]], offset)

    monkeypatch.setattr(os, "pwritev", write_some)
    pieces = [bytes([number]) * number for number in range(1, 200)]
    segment.write(descriptor, 0, pieces)
    assert os.pread(descriptor, 100_000, 0) == b"".join(pieces)
