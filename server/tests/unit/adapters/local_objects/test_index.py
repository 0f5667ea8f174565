"""The index by itself: whoever notes something twice, or late, changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette_server.adapters.local_objects.index import Index
from vedette_server.adapters.local_objects.segment import Found, Record


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    made = Index(tmp_path / "index.sqlite")
    yield made
    made.close()


def a_record(key: str, offset: int = 32, stamp: int = 1, size: int = 10) -> Record:
    return Record(key, offset, size, stamp, b"c" * 32)


def found(record: Record, *, is_live: bool = True, is_whole: bool = True) -> Found:
    return Found(record, is_live, is_whole)


def test_a_scan_that_was_overtaken_does_not_bring_a_deleted_object_back(index: Index) -> None:
    record = a_record("a")
    index.add_found("s", [found(record)], record.end)
    index.remove(["a"])
    index.erased(index.erasing(10))
    index.add_found("s", [found(record)], record.end)
    assert index.find("a") is None
    assert index.erasing(10) == []


@pytest.mark.parametrize("first, second", [(1, 2), (2, 1)])
def test_of_two_records_the_later_put_wins_in_whichever_order_they_are_found(
    index: Index, first: int, second: int
) -> None:
    records = {stamp: a_record("a", stamp=stamp, size=stamp) for stamp in (1, 2)}
    for stamp in (first, second):
        index.add_found(f"s{stamp}", [found(records[stamp])], records[stamp].end)
    assert index.find("a") == ("s2", records[2])
    assert [name for name, _ in index.erasing(10)] == ["s1"]
    assert index.totals() == (1, 2)


@pytest.mark.parametrize("damaged_first", [True, False])
def test_a_whole_record_wins_over_a_later_damaged_one(index: Index, damaged_first: bool) -> None:
    whole, damaged = a_record("a", stamp=1), a_record("a", stamp=2)
    scans = [("damaged", found(damaged, is_whole=False)), ("whole", found(whole))]
    for name, item in scans if damaged_first else reversed(scans):
        index.add_found(name, [item], item.record.end)
    assert index.find("a") == ("whole", whole)


def test_a_segment_is_done_with_when_all_of_it_is_known_and_nothing_stands_in_it(index: Index) -> None:
    record = a_record("a")
    index.add("s", [record])
    assert not index.is_done_with("s", record.end)
    index.remove(["a"])
    assert not index.is_done_with("s", record.end)
    index.erased(index.erasing(10))
    assert not index.is_done_with("s", record.end + 1)
    assert index.is_done_with("s", record.end)


def test_a_segment_that_was_never_noted_is_done_with_only_while_it_is_empty(index: Index) -> None:
    assert index.is_done_with("new", 0)
    assert index.is_done_with("new", 32)
    assert not index.is_done_with("new", 33)


def test_what_stands_in_a_segment_that_is_gone_is_counted_and_forgotten(index: Index) -> None:
    index.add("s", [a_record("a"), a_record("b", offset=500)])
    index.add("t", [a_record("c")])
    assert index.drop_segment("s") == 2
    assert index.drop_segment("never there") == 0
    assert (index.list_keys("", "", 10), index.totals()) == (["c"], (1, 10))


def test_a_closed_index_refuses(index: Index) -> None:
    index.close()
    with pytest.raises(ValueError, match="closed"):
        index.find("a")
