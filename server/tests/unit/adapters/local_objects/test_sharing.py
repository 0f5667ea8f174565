"""Several processes over one directory, and how the space of deleted objects comes back."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.adapters.local_objects.conftest import Disk, Open
from vedette_server.adapters.local_objects import appender
from vedette_server.ports.objects import NewObject

Put = Callable[..., None]


def test_two_stores_see_each_other_at_once(open_store: Open, put: Put) -> None:
    one, two = open_store(), open_store()
    put(one, a=b"from one")
    put(two, b=b"from two")
    assert (two.get("org/a"), one.get("org/b")) == (b"from one", b"from two")
    put(two, a=b"again from two")
    assert one.get("org/a") == b"again from two"
    two.delete_many(["org/a", "org/b"])
    assert one.list_keys("", limit=10) == []
    assert one.usage().objects == 0


def test_each_appends_to_a_segment_of_its_own(disk: Disk, open_store: Open, put: Put) -> None:
    one, two = open_store(), open_store()
    for number in range(3):
        put(one, **{f"a{number}": b"x"})
        put(two, **{f"b{number}": b"x"})
    assert len(disk.segments()) == 2


def test_the_tail_of_a_living_process_is_left_alone(disk: Disk, open_store: Open, put: Put) -> None:
    one = open_store()
    put(one, a=b"one")
    (path,) = disk.segments()
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"half of what is just being written")
    open_store()
    assert path.stat().st_size == size + len(b"half of what is just being written")
    put(one, b=b"longer than what stands there already, so that it covers it")
    store = open_store()
    assert store.get("org/b") == b"longer than what stands there already, so that it covers it"


def test_a_segment_begun_while_another_process_cleans_up_is_not_lost(
    disk: Disk, open_store: Open, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = open_store()
    lock = appender.fcntl.flock
    cleaned: list[int] = []

    def clean_up_then_lock(descriptor: int, kind: int) -> None:
        monkeypatch.undo()
        cleaned.append(len(disk.segments()))
        open_store()  # takes the new empty file for a leftover
        cleaned.append(len(disk.segments()))
        lock(descriptor, kind)

    monkeypatch.setattr(appender.fcntl, "flock", clean_up_then_lock)
    put(one, a=b"one")
    assert cleaned == [1, 0]
    assert open_store().get("org/a") == b"one"


def test_a_process_reads_and_deletes_while_another_appends(disk: Disk, open_store: Open) -> None:
    store = open_store(segment_bytes=40_000)
    command = [sys.executable, str(Path(__file__).with_name("deleting_program.py")), str(disk.directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        keys = [f"org/a{number:04}" for number in range(400)]
        for first in range(0, 400, 4):
            store.put_many([NewObject(key, key.encode() * 500) for key in keys[first : first + 4]])
        store.put_many([NewObject("org/end", b"")])
        assert process.stdout.read() == "400\n"
    assert process.returncode == 0
    odd = [key for key in keys if int(key[-1]) % 2]
    assert store.list_keys("org/a", limit=1000) == odd
    assert all(store.get(key) == key.encode() * 500 for key in odd)


def test_a_deleted_object_leaves_no_byte_on_the_disk(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    secret = os.urandom(100_000)
    put(store, a=b"one", b=secret, c=b"three")
    assert disk.holds(secret[:50])
    store.delete_many(["org/b"])
    for start in range(0, len(secret), 5000):
        assert not disk.holds(secret[start : start + 12])
    assert (store.get("org/a"), store.get("org/c")) == (b"one", b"three")


def test_a_replaced_object_leaves_no_byte_on_the_disk(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"the first face")
    put(store, a=b"the second face")
    assert not disk.holds(b"the first face")
    assert disk.holds(b"the second face")


def test_the_room_of_a_deleted_object_comes_back(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"x" * 4_000_000, b=b"y")
    before = disk.segments()[0].stat().st_blocks
    store.delete_many(["org/a"])
    # Overwritten where the file system knows no holes: then the file is as large as before, but no larger.
    assert disk.segments()[0].stat().st_blocks <= before
    assert store.get("org/b") == b"y"


def test_a_full_segment_is_removed_with_its_last_object(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store(segment_bytes=100)
    put(store, a=b"x" * 100)
    put(store, b=b"y" * 100)
    put(store, c=b"z" * 100)
    assert len(disk.segments()) == 3
    store.delete_many(["org/a", "org/b"])
    assert len(disk.segments()) == 1
    assert store.list_keys("", limit=10) == ["org/c"]


def test_the_segment_being_appended_to_stays_although_it_is_empty(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"one")
    open_store().delete_many(["org/a"])
    open_store()
    put(store, b=b"two")
    assert open_store().get("org/b") == b"two"


def test_an_empty_segment_is_removed_when_its_process_lets_go(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"one")
    store.delete_many(["org/a"])
    store.close()
    assert disk.segments() == []


def test_what_only_the_owner_should_read_only_the_owner_can(disk: Disk, open_store: Open, put: Put) -> None:
    put(open_store(), a=b"one")
    assert all(path.stat().st_mode & 0o077 == 0 for path in disk.segments())
