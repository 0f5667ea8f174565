"""What `ObjectStore` promises, held against every adapter."""

import hashlib
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vedette_server.adapters.local_objects import SegmentObjectStore
from vedette_server.adapters.memory.objects import MemoryObjectStore
from vedette_server.domain.errors import InvalidInput
from vedette_server.ports.objects import MAX_KEY_LENGTH, NewObject, ObjectNotFound, ObjectStat, ObjectStore


@pytest.fixture(params=["memory", "local", "local, many small segments"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    made: ObjectStore
    match request.param:
        case "memory":
            made = MemoryObjectStore()
        case "local":
            made = SegmentObjectStore(tmp_path / "objects")
        case _:
            made = SegmentObjectStore(tmp_path / "objects", segment_bytes=200)
    yield made
    made.close()


def put(store: ObjectStore, **bodies: bytes) -> None:
    store.put_many([NewObject(f"org/{name}", body) for name, body in bodies.items()])


def test_what_was_put_is_read_back(store: ObjectStore) -> None:
    put(store, a=b"one", b=b"", c=bytes(range(256)) * 2000)
    assert store.get("org/a") == b"one"
    assert store.get("org/b") == b""
    assert store.get("org/c") == bytes(range(256)) * 2000


def test_a_missing_object_is_not_found(store: ObjectStore) -> None:
    put(store, a=b"one")
    assert store.find("org/b") is None
    with pytest.raises(ObjectNotFound):
        store.get("org/b")


def test_find_tells_size_and_checksum_without_reading(store: ObjectStore) -> None:
    put(store, a=b"one")
    assert store.find("org/a") == ObjectStat(3, hashlib.sha256(b"one").digest())


def test_a_checksum_that_the_caller_has_is_kept(store: ObjectStore) -> None:
    checksum = hashlib.sha256(b"one").digest()
    store.put_many([NewObject("org/a", b"one", checksum)])
    assert store.find("org/a") == ObjectStat(3, checksum)
    assert store.get("org/a") == b"one"


def test_the_last_put_of_a_key_wins(store: ObjectStore) -> None:
    put(store, a=b"one", b=b"untouched")
    put(store, a=b"another, longer one")
    assert store.get("org/a") == b"another, longer one"
    assert store.get("org/b") == b"untouched"
    assert store.usage().objects == 2
    assert store.usage().size_bytes == len(b"another, longer one") + len(b"untouched")


def test_the_last_of_one_key_in_a_group_wins(store: ObjectStore) -> None:
    store.put_many([NewObject("org/a", b"one"), NewObject("org/a", b"two")])
    assert store.get("org/a") == b"two"
    assert store.usage().objects == 1


def test_a_put_may_be_repeated(store: ObjectStore) -> None:
    for _ in range(3):
        put(store, a=b"one")
    assert store.get("org/a") == b"one"
    assert store.usage().objects == 1


def test_putting_nothing_changes_nothing(store: ObjectStore) -> None:
    store.put_many([])
    assert store.list_keys("", limit=10) == []


@pytest.mark.parametrize(
    "key",
    [
        "", "/", "/etc/passwd", "org/", "org//a", "..", "../a", "org/../a", "org/..", "./a", "org/./a", "org/.",
        "org/a\0", "org/a\n", "org/ a", "org\\a", "org/é", "org/\u202ea", "C:/a", "a" * (MAX_KEY_LENGTH + 1),
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused_and_nothing_of_its_group_stored(store: ObjectStore, key: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        store.put_many([NewObject("org/a", b"one"), NewObject(key, b"two"), NewObject("org/b", b"three")])
    assert refusal.value.field == "key"
    assert store.list_keys("", limit=10) == []
    assert store.find(key) is None
    with pytest.raises(ObjectNotFound):
        store.get(key)
    store.delete_many([key])


def test_keys_may_hold_dots_and_be_long(store: ObjectStore) -> None:
    keys = [".hidden", "...", "org/a..b", "org/0192-f_x.png", "a" * MAX_KEY_LENGTH]
    store.put_many([NewObject(key, key.encode()) for key in keys])
    assert [store.get(key) for key in keys] == [key.encode() for key in keys]


def test_a_deleted_object_is_gone_and_its_neighbours_are_not(store: ObjectStore) -> None:
    put(store, a=b"one", b=b"two", c=b"three")
    store.delete_many(["org/b", "org/never-there", "org/b"])
    assert store.find("org/b") is None
    with pytest.raises(ObjectNotFound):
        store.get("org/b")
    assert (store.get("org/a"), store.get("org/c")) == (b"one", b"three")
    assert store.usage().objects == 2


def test_a_deleted_key_may_be_put_again(store: ObjectStore) -> None:
    put(store, a=b"one")
    store.delete_many(["org/a"])
    put(store, a=b"two")
    assert store.get("org/a") == b"two"


def test_many_objects_are_deleted_at_once(store: ObjectStore) -> None:
    names = [f"o{number}" for number in range(1234)]
    put(store, **{name: name.encode() for name in names})
    store.delete_many(f"org/{name}" for name in names if name != "o7")
    assert store.list_keys("", limit=10) == ["org/o7"]
    assert store.get("org/o7") == b"o7"


def test_keys_are_listed_in_order_page_by_page(store: ObjectStore) -> None:
    keys = sorted(f"{org}/{number}" for org in ("A", "a", "a-b", "b", "_") for number in range(12))
    shuffled = random.Random(1).sample(keys, len(keys))
    store.put_many([NewObject(key, b"x") for key in shuffled])
    pages, after = [], None
    while page := store.list_keys("", after=after, limit=7):
        pages.append(page)
        after = page[-1]
    assert [key for page in pages for key in page] == keys
    assert all(len(page) == 7 for page in pages[:-1])


def test_only_keys_with_the_prefix_are_listed(store: ObjectStore) -> None:
    keys = ["org/a", "org/a/1", "org/a/2", "org/a0", "org/b", "orga"]
    store.put_many([NewObject(key, b"x") for key in keys])
    assert store.list_keys("org/a/", limit=10) == ["org/a/1", "org/a/2"]
    assert store.list_keys("org/a", limit=10) == ["org/a", "org/a/1", "org/a/2", "org/a0"]
    assert store.list_keys("org/a", after="org/a/1", limit=10) == ["org/a/2", "org/a0"]
    assert store.list_keys("org/a", after="a", limit=2) == ["org/a", "org/a/1"]
    assert store.list_keys("org/a/", after="z", limit=10) == []
    assert store.list_keys("elsewhere", limit=10) == []


def test_a_prefix_is_no_pattern(store: ObjectStore) -> None:
    store.put_many([NewObject("org/a_b", b"x"), NewObject("org/axb", b"x")])
    assert store.list_keys("org/a_", limit=10) == ["org/a_b"]
    assert store.list_keys("org/%", limit=10) == []
    assert store.list_keys("org/*", limit=10) == []


def test_usage_counts_objects_and_bytes(store: ObjectStore) -> None:
    assert (store.usage().objects, store.usage().size_bytes) == (0, 0)
    put(store, a=b"12345", b=b"123")
    assert (store.usage().objects, store.usage().size_bytes) == (2, 8)
    store.delete_many(["org/a"])
    assert (store.usage().objects, store.usage().size_bytes) == (1, 3)


def test_threads_may_share_a_store(store: ObjectStore) -> None:
    def work(thread: int) -> None:
        for number in range(20):
            key = f"t{thread}/{number:02}"
            store.put_many([NewObject(key, key.encode() * 100), NewObject(f"{key}x", b"gone")])
            assert store.get(key) == key.encode() * 100
            store.delete_many([f"{key}x"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert store.list_keys("", limit=1000) == [f"t{t}/{n:02}" for t in range(8) for n in range(20)]
    assert store.usage().objects == 160


def test_readers_see_a_replaced_object_whole(store: ObjectStore) -> None:
    bodies = {bytes([number]) * 5000 for number in range(30)}
    put(store, a=min(bodies))

    def read(_: int) -> set[bytes]:
        return {store.get("org/a") for _ in range(100)}

    with ThreadPoolExecutor(4) as pool:
        seen = pool.map(read, range(4))
        for body in sorted(bodies):
            put(store, a=body)
        assert set().union(*seen) <= bodies


def test_closing_twice_is_safe(store: ObjectStore) -> None:
    store.close()
    store.close()
