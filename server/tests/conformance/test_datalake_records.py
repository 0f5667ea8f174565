"""What `DatalakeRecords` promises, held against every adapter."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.builders import NOON, Records, Tenant, a_new_prediction, a_picture
from vedette.ids import uuid7
from vedette_server.domain.datalake import Data, DataFilter
from vedette_server.domain.predictions import NewPrediction

WINDOW = timedelta(minutes=10)
EVERYTHING = DataFilter()


def record(records: Records, *group: NewPrediction) -> None:
    records.predictions.record(group, WINDOW)


def ids_of(records: Records, tenant: Tenant, chosen: DataFilter = EVERYTHING) -> list[UUID]:
    page = records.datalake.list_data(tenant.org_id, tenant.datalake.id, chosen, 100)
    assert page.next_cursor is None
    assert page.count == len(page.items)
    return [data.picture.data_id for data in page.items]


def data_ids(*group: NewPrediction) -> list[UUID]:
    return [new.picture.data_id for new in group]


def test_a_datalake_is_found_by_id_by_name_and_as_the_default(records: Records, acme: Tenant) -> None:
    for key in (acme.datalake.id, acme.datalake.name, None):
        assert records.datalake.find_datalake(acme.org_id, key) == acme.datalake
    for unknown in (uuid7(), "another"):
        assert records.datalake.find_datalake(acme.org_id, unknown) is None


def test_data_is_found_as_it_was_recorded(records: Records, acme: Tenant) -> None:
    new = a_new_prediction(
        acme,
        captured_at=NOON - timedelta(days=9),
        source="camera-1",
        tags=("night", "Abend"),
        metadata={"line": {"number": 3}},
        custom_metadata={"a": None},
        picture=a_picture(width=6, height=8, displayable=False, filename="Ä b.tiff", checksum_sha256=bytes(range(32))),
    )
    record(records, new)
    found = records.datalake.find_data(acme.org_id, new.picture.data_id)
    [source] = records.datalake.list_sources(acme.org_id)
    tags = tuple(records.datalake.list_tags(acme.org_id))
    assert found is not None
    assert found == Data(
        seq=found.seq,
        datalake_id=acme.datalake.id,
        picture=new.picture,
        source=source,
        tags=tags,
        metadata={"line": {"number": 3}},
        custom_metadata={"a": None},
        created_at=new.received_at,
    )
    assert (source.name, [tag.name for tag in tags]) == ("camera-1", ["Abend", "night"])
    assert records.datalake.find_data(acme.org_id, uuid7()) is None


def test_data_is_listed_in_the_order_of_commits_from_either_end(records: Records, acme: Tenant) -> None:
    sent = [a_new_prediction(acme, at=NOON - timedelta(hours=hours)) for hours in (1, 3, 2)]
    for new in sent:
        record(records, new)
    assert ids_of(records, acme) == data_ids(*reversed(sent))
    oldest = records.datalake.list_data(acme.org_id, acme.datalake.id, EVERYTHING, 100, oldest_first=True)
    assert [data.picture.data_id for data in oldest.items] == data_ids(*sent)
    assert [data.seq for data in oldest.items] == sorted(data.seq for data in oldest.items)


def test_an_offset_skips(records: Records, acme: Tenant) -> None:
    sent = [a_new_prediction(acme) for _ in range(5)]
    record(records, *sent)
    page = records.datalake.list_data(acme.org_id, acme.datalake.id, EVERYTHING, 2, offset=1, oldest_first=True)
    assert [data.picture.data_id for data in page.items] == data_ids(*sent[1:3])
    assert page.count == 5
    assert page.next_cursor is not None
    beyond = records.datalake.list_data(acme.org_id, acme.datalake.id, EVERYTHING, 2, offset=5)
    assert (beyond.items, beyond.next_cursor, beyond.count) == ([], None, 5)


@pytest.mark.parametrize("oldest_first", [False, True])
def test_a_walk_sees_each_once_while_new_ones_arrive(records: Records, acme: Tenant, oldest_first: bool) -> None:
    sent = [a_new_prediction(acme) for _ in range(7)]
    record(records, *sent)
    seen: list[UUID] = []
    cursor = None
    for expected in (3, 3):
        page = records.datalake.list_data(
            acme.org_id, acme.datalake.id, EVERYTHING, 3, cursor=cursor, oldest_first=oldest_first
        )
        assert len(page.items) == expected
        assert page.next_cursor is not None
        cursor = page.next_cursor
        seen += [data.picture.data_id for data in page.items]
        record(records, a_new_prediction(acme, at=NOON - timedelta(days=1)))
    last = records.datalake.list_data(
        acme.org_id, acme.datalake.id, EVERYTHING, 100, cursor=cursor, oldest_first=oldest_first
    )
    assert last.next_cursor is None
    seen += [data.picture.data_id for data in last.items]
    assert seen[:7] == data_ids(*(sent if oldest_first else reversed(sent)))
    assert len(seen) == len(set(seen))


def test_every_field_of_a_filter_must_hold(records: Records, acme: Tenant) -> None:
    first = a_new_prediction(acme, source="camera-1", tags=("night", "wet"), picture=a_picture(filename="1.png"))
    second = a_new_prediction(acme, source="camera-2", tags=("night",), picture=a_picture(filename="2.png"))
    third = a_new_prediction(acme, tags=("dry",), picture=a_picture(filename="1.png"))
    record(records, third, second, first)
    for chosen, expected in (
        (DataFilter(tags=(("night",),)), [first, second]),
        (DataFilter(tags=(("wet", "dry"),)), [first, third]),
        (DataFilter(tags=(("night",), ("wet", "dry"))), [first]),
        (DataFilter(tags=(("night",), ("dry",))), []),
        (DataFilter(sources=(("camera-1", "camera-2"),)), [first, second]),
        (DataFilter(sources=(("camera-1",), ("camera-2",))), []),
        (DataFilter(ids=tuple(data_ids(second, third))), [second, third]),
        (DataFilter(ids=()), []),
        (DataFilter(filenames=("1.png",)), [first, third]),
        (DataFilter(filenames=()), []),
        (DataFilter(object_names=(third.picture.object_key, "another")), [third]),
        (DataFilter(tags=(("night",),), sources=(("camera-2",),), filenames=("2.png",)), [second]),
        (DataFilter(tags=(("night",),), filenames=("2.png",), ids=tuple(data_ids(first))), []),
        (DataFilter(tags=(("unknown",),)), []),
        (DataFilter(sources=(("unknown",),)), []),
    ):
        assert ids_of(records, acme, chosen) == data_ids(*expected), chosen


def test_a_filtered_walk_counts_and_pages_what_it_chose(records: Records, acme: Tenant) -> None:
    sent = [a_new_prediction(acme, tags=("even",) if number % 2 == 0 else ()) for number in range(8)]
    record(records, *sent)
    chosen = DataFilter(tags=(("even",),))
    first = records.datalake.list_data(acme.org_id, acme.datalake.id, chosen, 3)
    last = records.datalake.list_data(acme.org_id, acme.datalake.id, chosen, 3, cursor=first.next_cursor)
    assert [data.picture.data_id for data in (*first.items, *last.items)] == data_ids(*sent[6::-2])
    assert (first.count, last.count, last.next_cursor) == (4, 4, None)


def test_tags_and_sources_are_listed_by_name(records: Records, acme: Tenant) -> None:
    record(records, *(a_new_prediction(acme, source=name, tags=(name, "z")) for name in ("b", "Ä", "B", "b")))
    tags, sources = records.datalake.list_tags(acme.org_id), records.datalake.list_sources(acme.org_id)
    assert [tag.name for tag in tags] == ["B", "b", "z", "Ä"]
    assert [source.name for source in sources] == ["B", "b", "Ä"]
    assert records.datalake.list_tags(acme.org_id, "z") == [tags[2]]
    assert records.datalake.list_sources(acme.org_id, "b") == [sources[1]]
    assert records.datalake.list_tags(acme.org_id, "x") == records.datalake.list_sources(acme.org_id, "z") == []


def test_two_organizations_never_see_each_others_datalake(records: Records, acme: Tenant, globex: Tenant) -> None:
    mine, theirs = (a_new_prediction(tenant, source="camera-1", tags=("night",)) for tenant in (acme, globex))
    record(records, mine, theirs)
    assert ids_of(records, acme) == data_ids(mine)
    assert ids_of(records, globex) == data_ids(theirs)
    assert records.datalake.find_data(globex.org_id, mine.picture.data_id) is None
    assert records.datalake.find_datalake(globex.org_id, acme.datalake.id) is None
    assert records.datalake.find_datalake(globex.org_id, "default") == globex.datalake
    for chosen in (EVERYTHING, DataFilter(ids=tuple(data_ids(mine))), DataFilter(tags=(("night",),))):
        page = records.datalake.list_data(globex.org_id, acme.datalake.id, chosen, 10)
        assert (page.items, page.count) == ([], 0)
    for names in (records.datalake.list_tags, records.datalake.list_sources):
        [ours], [other] = names(acme.org_id), names(globex.org_id)
        assert ours.name == other.name
        assert ours.id != other.id
