"""What a crash, a power cut or a failing disk leaves behind, and what the store makes of it."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.adapters.local_objects.conftest import Disk, Open
from tests.unit.adapters.local_objects.putting_program import numbered_object
from vedette_server.adapters.local_objects import ObjectsInUse, SegmentObjectStore, index, rebuild_index, segment
from vedette_server.ports.objects import NewObject, ObjectDamaged, ObjectNotFound, StoreFull

Put = Callable[..., None]


def bodies_of(store: SegmentObjectStore) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list_keys("", limit=1000)}


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on the process 'dies' between the disk's sync and the index: the tail stays as it is."""

    def die(*_: object) -> None:
        raise RuntimeError("died")

    def arrange() -> None:
        monkeypatch.setattr(index.Index, "add", die)
        monkeypatch.setattr(os, "ftruncate", lambda *_: None)

    return arrange


def test_objects_survive_a_new_start(open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"one", b=b"two")
    store.close()
    assert bodies_of(open_store()) == {"org/a": b"one", "org/b": b"two"}


def test_what_was_synced_but_not_indexed_is_found_at_the_next_start(
    open_store: Open, put: Put, no_index: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    put(store, a=b"one")
    no_index()
    with pytest.raises(RuntimeError, match="died"):
        put(store, a=b"newer", b=b"two")
    monkeypatch.undo()
    store.close()
    store = open_store()
    assert bodies_of(store) == {"org/a": b"newer", "org/b": b"two"}
    assert (store.usage().objects, store.usage().size_bytes) == (2, 8)


def test_an_older_put_found_late_does_not_replace_a_newer_one(
    disk: Disk, open_store: Open, put: Put, no_index: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    died = open_store()
    put(died, other=b"x")
    no_index()
    with pytest.raises(RuntimeError, match="died"):
        put(died, a=b"from the one that died")
    monkeypatch.undo()
    store = open_store()
    store.delete_many(["org/a"])
    put(store, a=b"newer")
    died.close()
    store.close()
    assert bodies_of(open_store())["org/a"] == b"newer"
    disk.lose_index()
    assert bodies_of(open_store())["org/a"] == b"newer"
    assert not disk.holds(b"from the one that died")


@pytest.mark.parametrize("keep", [1, 20, 70, 80, -1])
def test_a_torn_tail_is_cut_and_the_store_goes_on(disk: Disk, open_store: Open, put: Put, keep: int) -> None:
    store = open_store()
    put(store, a=b"one")
    (path,) = disk.segments()
    good = path.stat().st_size
    put(store, b=b"torn apart")
    store.close()
    disk.forget("org/b", indexed_to=good)
    os.truncate(path, good + keep if keep > 0 else path.stat().st_size + keep)
    store = open_store()
    assert bodies_of(store) == {"org/a": b"one"}
    assert path.stat().st_size == good
    put(store, b=b"two")
    assert bodies_of(store) == {"org/a": b"one", "org/b": b"two"}


def test_an_object_whose_body_never_reached_the_disk_does_not_replace_one_that_did(
    disk: Disk, open_store: Open, put: Put
) -> None:
    store = open_store()
    put(store, a=b"one, whole")
    (path,) = disk.segments()
    good = path.stat().st_size
    store.close()
    whole = path.read_bytes()
    salt = whole[len(segment.FILE_MAGIC) : segment.FILE_HEADER_BYTES]
    torn = segment.Record("org/a", good, 7, 2**62, bytes(32))
    with path.open("ab") as file:
        file.write(segment.encode_header(torn, salt) + bytes(7))
    assert bodies_of(open_store()) == {"org/a": b"one, whole"}


def test_a_flipped_bit_is_told(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"a picture", b=b"another")
    disk.change(b"a picture", b"a pictuse")
    with pytest.raises(ObjectDamaged, match="org/a"):
        store.get("org/a")
    assert store.get("org/b") == b"another"


def test_a_flipped_bit_is_told_also_by_an_index_built_anew(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"a picture", b=b"another")
    store.close()
    disk.change(b"a picture", b"a pictuse")
    disk.lose_index()
    store = open_store()
    with pytest.raises(ObjectDamaged, match="org/a"):
        store.get("org/a")
    assert store.get("org/b") == b"another"


def test_an_object_whose_segment_is_gone_is_damaged_then_not_found(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"one")
    disk.segments()[0].unlink()
    with pytest.raises(ObjectDamaged):
        store.get("org/a")
    store.close()
    store = open_store()
    with pytest.raises(ObjectNotFound):
        store.get("org/a")
    assert store.usage().objects == 0


def test_the_index_is_built_anew_from_nothing(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store(segment_bytes=500)
    for number in range(20):
        put(store, **{f"k{number:02}": bytes([number]) * 100})
    put(store, k03=b"replaced")
    store.delete_many(["org/k05", "org/k06"])
    wanted, usage = bodies_of(store), store.usage()
    store.close()
    rebuilt = rebuild_index(disk.directory)
    assert (rebuilt.objects, rebuilt.size_bytes) == (usage.objects, usage.size_bytes)
    assert bodies_of(open_store()) == wanted


def test_a_deletion_that_a_crash_interrupted_is_finished(
    disk: Disk, open_store: Open, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    put(store, a=b"a secret", b=b"two")

    def die(*_: object) -> None:
        raise RuntimeError("died")

    monkeypatch.setattr(segment, "erase", die)
    with pytest.raises(RuntimeError, match="died"):
        store.delete_many(["org/a"])
    with pytest.raises(ObjectNotFound):
        store.get("org/a")
    monkeypatch.undo()
    store.close()
    assert disk.holds(b"a secret")
    open_store()
    assert not disk.holds(b"a secret")


def test_a_deleted_object_does_not_come_back(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"one", b=b"two")
    put(store, a=b"three")
    store.delete_many(["org/a"])
    store.close()
    disk.lose_index()
    assert bodies_of(open_store()) == {"org/b": b"two"}


def test_a_mark_of_deletion_whose_body_was_not_erased_in_time_is_erased_now(
    disk: Disk, open_store: Open, put: Put
) -> None:
    store = open_store()
    put(store, a=b"a secret", b=b"two")
    store.close()
    content = disk.segments()[0].read_bytes()
    disk.change(
        content[segment.FILE_HEADER_BYTES : segment.FILE_HEADER_BYTES + 40],
        segment.RECORD_MAGIC
        + segment.DELETED
        + content[segment.FILE_HEADER_BYTES + 8 : segment.FILE_HEADER_BYTES + 40],
    )
    disk.lose_index()
    assert bodies_of(open_store()) == {"org/b": b"two"}
    assert not disk.holds(b"a secret")


@pytest.mark.parametrize("rubbish", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_index_is_built_anew(disk: Disk, open_store: Open, put: Put, rubbish: bytes) -> None:
    store = open_store()
    put(store, a=b"one")
    store.close()
    disk.lose_index()
    (disk.directory / "index.sqlite").write_bytes(rubbish)
    assert bodies_of(open_store()) == {"org/a": b"one"}


def test_an_index_of_another_version_is_built_anew(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"one")
    store.close()
    with sqlite3.connect(disk.directory / "index.sqlite") as connection:
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    assert bodies_of(open_store()) == {"org/a": b"one"}


def test_the_index_is_not_rebuilt_under_others(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"one")
    with pytest.raises(ObjectsInUse):
        rebuild_index(disk.directory)
    assert store.get("org/a") == b"one"


def test_a_file_that_is_no_segment_is_left_alone(disk: Disk, open_store: Open) -> None:
    open_store().close()
    stranger = disk.directory / "segments" / "stranger.seg"
    stranger.write_bytes(b"something of somebody's" * 10)
    open_store().close()
    disk.lose_index()
    open_store()
    assert stranger.read_bytes() == b"something of somebody's" * 10


def test_a_failed_index_leaves_nothing_of_the_put(
    open_store: Open, put: Put, monkeypatch: pytest.MonkeyPatch, disk: Disk
) -> None:
    store = open_store()
    put(store, a=b"one")

    def refuse(*_: object) -> None:
        raise StoreFull("no room for the index")

    monkeypatch.setattr(index.Index, "add", refuse)
    with pytest.raises(StoreFull):
        put(store, b=b"two, refused")
    monkeypatch.undo()
    assert not disk.holds(b"two, refused")
    put(store, c=b"three")
    store.close()
    disk.lose_index()
    assert bodies_of(open_store()) == {"org/a": b"one", "org/c": b"three"}


def test_after_a_failed_sync_the_file_is_not_appended_to_any_more(
    open_store: Open, put: Put, monkeypatch: pytest.MonkeyPatch, disk: Disk
) -> None:
    store = open_store()
    put(store, a=b"one")
    (first,) = disk.segments()
    size = first.stat().st_size

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(segment, "sync", fail)
    with pytest.raises(OSError, match="Input/output"):
        put(store, b=b"two")
    monkeypatch.undo()
    put(store, c=b"three")
    assert first.stat().st_size == size
    assert len(disk.segments()) == 2
    assert bodies_of(store) == {"org/a": b"one", "org/c": b"three"}


def test_a_full_disk_refuses_a_put_whole_and_takes_later_ones(disk: Disk, program: Callable[..., list[str]]) -> None:
    said = subprocess.run(program("full_disk_program.py"), capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.splitlines() == [
        "full: store_full",
        "kept: org/before",
        "sizes: 500000 600000",
        "files: 5 6",
    ]


def test_objects_can_be_read_and_deleted_where_no_more_are_taken(disk: Disk, open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"one", b=b"two")
    full = open_store(reserved_bytes=2**60)
    with pytest.raises(StoreFull):
        put(full, c=b"three")
    full.delete_many(["org/a"])
    assert bodies_of(full) == {"org/b": b"two"}
    assert not disk.holds(b"three")


@pytest.fixture
def program(disk: Disk) -> Callable[..., list[str]]:
    """The command line of one of the programs beside this file."""

    def command(name: str, *arguments: object) -> list[str]:
        file = Path(__file__).with_name(name)
        return [sys.executable, str(file), str(disk.directory), *map(str, arguments)]

    return command


@pytest.mark.parametrize("lives", [3, pytest.param(25, marks=pytest.mark.long)])
def test_whatever_was_acknowledged_survives_kill_9(
    disk: Disk, open_store: Open, program: Callable[..., list[str]], lives: int
) -> None:
    chance = random.Random(9)
    acknowledged: set[int] = set()
    for life in range(lives):
        groups = killed_while_putting(program("putting_program.py", life * 100_000), chance)
        acknowledged |= {first + offset for first, size in groups for offset in range(size)}
    store = open_store()
    for number in sorted(acknowledged):
        item = numbered_object(number)
        assert store.get(item.key) == item.body
    kept = store.list_keys("", limit=100_000)
    assert all(store.get(key) == numbered_object(int(key.removeprefix("org/"))).body for key in kept)
    store.close()
    disk.lose_index()
    assert open_store().list_keys("", limit=100_000) == kept


def killed_while_putting(command: list[str], chance: random.Random) -> list[tuple[int, int]]:
    """The groups that the program had acknowledged when it was killed, at some moment between two of them."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        said = b""
        wanted = chance.randrange(1, 30)
        while said.count(b"stored") < wanted:
            said += os.read(process.stdout.fileno(), 4096)
        time.sleep(chance.uniform(0, 0.01))
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read()
    lines = [line.split() for line in said.decode().splitlines() if line.startswith("stored")]
    assert len(lines) >= wanted
    return [(int(first), int(size)) for _, first, size in lines]


def test_half_a_group_is_not_kept_where_its_second_half_is_refused(open_store: Open, put: Put) -> None:
    store = open_store()
    put(store, a=b"one")
    with pytest.raises(TypeError):
        store.put_many([NewObject("org/b", b"two"), NewObject("org/c", None)])  # type: ignore[arg-type]
    assert bodies_of(store) == {"org/a": b"one"}
