"""What `PredictionRecords` promises, held against every adapter."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from msgspec.structs import replace

from tests.builders import (
    NOON,
    Records,
    Tenant,
    a_change,
    a_deployment,
    a_model_version,
    a_new_prediction,
    a_picture,
    a_prediction,
    a_repeat_of,
)
from vedette.ids import uuid7
from vedette_server.domain.datalake import PredictionFilter
from vedette_server.domain.deployments import DeploymentActivity, Role
from vedette_server.domain.flags import Flag
from vedette_server.domain.predictions import ImageState, NewPrediction, Outcome, PredictedAsset, Verdict

WINDOW = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
LEASE = timedelta(minutes=2)
EVERYTHING = PredictionFilter()


def record(records: Records, *group: NewPrediction) -> list[Verdict]:
    return [outcome.verdict for outcome in records.predictions.record(group, WINDOW)]


def find(records: Records, tenant: Tenant, new: NewPrediction) -> PredictedAsset | None:
    return records.predictions.find(tenant.org_id, tenant.deployment.id, new.id)


def ids_of(records: Records, tenant: Tenant, chosen: PredictionFilter = EVERYTHING) -> list[UUID]:
    page = records.predictions.list_page(tenant.org_id, tenant.deployment.id, chosen, 100)
    assert page.next_cursor is None
    assert page.count == len(page.items)
    return [asset.prediction_id for asset in page.items]


def activity(records: Records, tenant: Tenant) -> DeploymentActivity:
    return records.predictions.activity(tenant.org_id, tenant.deployment.id)


def outcome_of(new: NewPrediction, verdict: Verdict = Verdict.RECORDED) -> Outcome:
    return Outcome(
        verdict=verdict,
        prediction_id=new.id,
        predicted_asset_id=new.predicted_asset_id,
        data_id=new.picture.data_id,
        captured_at=new.captured_at,
        received_at=new.received_at,
        filed_at=new.filed_at,
        champion_version_id=new.champion.model_version_id,
        flags=new.flags,
    )


def asset_of(new: NewPrediction) -> PredictedAsset:
    return PredictedAsset(
        id=new.predicted_asset_id,
        organization_id=new.organization_id,
        deployment_id=new.deployment_id,
        prediction_id=new.id,
        captured_at=new.captured_at,
        received_at=new.received_at,
        filed_at=new.filed_at,
        source=new.source,
        tags=tuple(sorted(new.tags)),
        metadata=new.metadata,
        custom_metadata=new.custom_metadata,
        custom_metrics=new.custom_metrics,
        picture=new.picture,
        champion=new.champion,
        shadow=new.shadow,
        flags=new.flags,
    )


def a_full_prediction(tenant: Tenant, **changes: object) -> NewPrediction:
    """One that uses every field."""
    return a_new_prediction(
        tenant,
        id=uuid7(),
        captured_at=NOON - timedelta(microseconds=1),
        received_at=NOON + timedelta(microseconds=1),
        filed_at=NOON - timedelta(microseconds=1),
        source="camera-1",
        tags=("night", "Ünïcode 🌙", "a"),
        metadata={"line": 3, "nested": {"list": [1, None, 0.5]}},
        custom_metadata={"a": "b"},
        custom_metrics={"iou": 0.5},
        shadow=a_prediction(tenant.version, role=Role.SHADOW, latency_seconds=None, object_count=0, lowest_score=None),
        flags=(
            Flag("outside_frame", "1 of 1 objects reach outside", (0,), "champion"),
            Flag("size_differs", "the picture is 6×8"),
        ),
        **changes,
    )


# Recording


def test_what_is_recorded_is_found_as_it_was(records: Records, acme: Tenant) -> None:
    new = a_full_prediction(acme)
    [outcome] = records.predictions.record([new], WINDOW)
    assert outcome == outcome_of(new)
    assert find(records, acme, new) == asset_of(new)
    assert find(records, acme, a_new_prediction(acme)) is None


def test_a_prediction_may_have_no_version_no_source_and_no_tags(records: Records, acme: Tenant) -> None:
    new = a_new_prediction(acme, champion=a_prediction(None, latency_seconds=None))
    assert record(records, new) == [Verdict.RECORDED]
    assert find(records, acme, new) == asset_of(new)


def test_a_group_gives_one_outcome_for_each_in_order(records: Records, acme: Tenant, globex: Tenant) -> None:
    known = a_new_prediction(acme, id=uuid7())
    record(records, known)
    fresh, foreign = a_new_prediction(acme), a_new_prediction(globex)
    other = a_repeat_of(known, digest=b"other")
    group = [fresh, a_repeat_of(known), foreign, other]
    assert records.predictions.record(group, WINDOW) == [
        outcome_of(fresh),
        outcome_of(known, Verdict.REPLAYED),
        outcome_of(foreign),
        outcome_of(known, Verdict.CONFLICT),
    ]
    assert records.predictions.record([], WINDOW) == []


def test_a_callers_id_with_the_same_digest_is_a_replay_however_late(records: Records, acme: Tenant) -> None:
    first = a_full_prediction(acme)
    record(records, first)
    later = first.received_at + 100 * WINDOW
    again = a_repeat_of(first, received_at=later, filed_at=later)
    assert records.predictions.record([again], WINDOW) == [outcome_of(first, Verdict.REPLAYED)]
    assert ids_of(records, acme) == [first.id]
    assert find(records, acme, first) == asset_of(first)


def test_a_callers_id_with_another_digest_is_a_conflict_and_changes_nothing(records: Records, acme: Tenant) -> None:
    first = a_new_prediction(acme, id=uuid7())
    record(records, first)
    before = activity(records, acme)
    assert record(records, a_repeat_of(first, digest=b"other", tags=("new",))) == [Verdict.CONFLICT]
    assert find(records, acme, first) == asset_of(first)
    assert activity(records, acme) == before


def test_a_callers_id_is_unique_per_deployment_only(records: Records, acme: Tenant, globex: Tenant) -> None:
    first = a_new_prediction(acme, id=uuid7())
    version = a_model_version(acme.organization)
    second = a_deployment(acme.organization, version, name="second")
    records.registry.add_deployment(second, version, a_change(acme.organization))
    elsewhere = a_new_prediction(acme, id=first.id, deployment_id=second.id)
    foreign = a_new_prediction(globex, id=first.id)
    assert record(records, first, elsewhere) == [Verdict.RECORDED] * 2
    assert record(records, foreign) == [Verdict.RECORDED]
    assert find(records, acme, first) == asset_of(first)
    assert find(records, globex, first) == asset_of(foreign)
    assert records.predictions.find(acme.org_id, second.id, first.id) == asset_of(elsewhere)


def test_with_a_callers_id_the_same_content_under_another_id_is_another_prediction(
    records: Records, acme: Tenant
) -> None:
    first = a_new_prediction(acme, id=uuid7())
    second = a_repeat_of(first, id=uuid7())
    assert record(records, first, second) == [Verdict.RECORDED] * 2


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        (timedelta(0), Verdict.REPLAYED),
        (WINDOW, Verdict.REPLAYED),
        (WINDOW + timedelta(microseconds=1), Verdict.RECORDED),
    ],
)
def test_without_an_id_the_same_digest_is_a_replay_within_the_window(
    records: Records, acme: Tenant, after: timedelta, verdict: Verdict
) -> None:
    first = a_new_prediction(acme)
    record(records, first)
    again = a_repeat_of(first, received_at=NOON + after)
    [outcome] = records.predictions.record([again], WINDOW)
    assert outcome == outcome_of(first if verdict is Verdict.REPLAYED else again, verdict)


def test_the_window_is_each_predictions_own_even_inside_one_group(records: Records, acme: Tenant) -> None:
    named, first = a_new_prediction(acme, id=uuid7()), a_new_prediction(acme)
    record(records, named, first)
    late = NOON + 2 * WINDOW
    group = [
        a_repeat_of(named, received_at=late),
        a_repeat_of(named, id=uuid7(), id_is_callers=False, received_at=late),
        a_new_prediction(acme),
        a_repeat_of(first, received_at=late),
    ]
    assert record(records, *group) == [Verdict.REPLAYED, Verdict.RECORDED, Verdict.RECORDED, Verdict.RECORDED]


def test_the_same_digest_in_another_deployment_is_no_repeat(records: Records, acme: Tenant, globex: Tenant) -> None:
    first, foreign = a_new_prediction(acme), a_new_prediction(globex)
    assert record(records, first, replace(foreign, digest=first.digest)) == [Verdict.RECORDED] * 2


def test_repeats_inside_one_group_are_found(records: Records, acme: Tenant) -> None:
    named, nameless = a_new_prediction(acme, id=uuid7()), a_new_prediction(acme)
    group = [named, nameless, a_repeat_of(named), a_repeat_of(nameless), a_repeat_of(named, digest=b"other")]
    assert records.predictions.record(group, WINDOW) == [
        outcome_of(named),
        outcome_of(nameless),
        outcome_of(named, Verdict.REPLAYED),
        outcome_of(nameless, Verdict.REPLAYED),
        outcome_of(named, Verdict.CONFLICT),
    ]
    assert set(ids_of(records, acme)) == {named.id, nameless.id}


def test_a_repeat_leaves_no_data_and_no_names_behind(records: Records, acme: Tenant) -> None:
    first = a_new_prediction(acme, source="camera-1", tags=("night",))
    record(records, first, a_repeat_of(first))
    record(records, a_repeat_of(first, source="camera-2", tags=("day",)))
    assert [named.name for named in records.datalake.list_tags(acme.org_id)] == ["night"]
    assert [named.name for named in records.datalake.list_sources(acme.org_id)] == ["camera-1"]
    assert activity(records, acme).prediction_count == 1


def test_of_two_threads_that_send_the_same_call_one_records_it(records: Records, acme: Tenant) -> None:
    first = a_new_prediction(acme)
    together = Barrier(2)

    def send(new: NewPrediction) -> Outcome:
        together.wait()
        return records.predictions.record([new], WINDOW)[0]

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(send, [first, a_repeat_of(first)]))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.RECORDED, Verdict.REPLAYED}
    assert len({outcome.prediction_id for outcome in outcomes}) == 1


# Reading


def test_two_organizations_never_see_each_others_predictions(records: Records, acme: Tenant, globex: Tenant) -> None:
    mine, theirs = a_full_prediction(acme), a_full_prediction(globex)
    record(records, mine, theirs)
    assert ids_of(records, acme) == [mine.id]
    assert ids_of(records, globex) == [theirs.id]
    crossed = Tenant(globex.organization, globex.owner, globex.datalake, globex.version, acme.deployment)
    assert find(records, crossed, mine) is None
    assert activity(records, crossed) == DeploymentActivity()
    for chosen in (EVERYTHING, PredictionFilter(source="camera-1"), PredictionFilter(tag="a")):
        assert ids_of(records, crossed, chosen) == []


def test_pages_are_in_the_order_of_events_with_late_arrivals_in_their_place(records: Records, acme: Tenant) -> None:
    minutes = [5, 1, 9, 3, 7]
    sent = {minute: a_new_prediction(acme, filed_at=NOON + timedelta(minutes=minute)) for minute in minutes}
    for new in sent.values():
        record(records, new)
    assert ids_of(records, acme) == [sent[minute].id for minute in (9, 7, 5, 3, 1)]


def test_of_equal_times_the_last_committed_comes_first(records: Records, acme: Tenant) -> None:
    sent = [a_new_prediction(acme) for _ in range(5)]
    record(records, *sent)
    assert walk(records, acme, limit=2) == [new.id for new in reversed(sent)]


def walk(records: Records, tenant: Tenant, limit: int, arrivals: list[NewPrediction] | None = None) -> list[UUID]:
    """Follow the cursors to the end; before each further page some of `arrivals` are committed."""
    seen: list[UUID] = []
    cursor = None
    while True:
        page = records.predictions.list_page(tenant.org_id, tenant.deployment.id, EVERYTHING, limit, cursor)
        assert len(page.items) <= limit
        seen += [asset.prediction_id for asset in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return seen
        if arrivals:
            record(records, arrivals.pop(), arrivals.pop())


def test_a_walk_sees_each_prediction_once_while_new_ones_arrive(records: Records, acme: Tenant) -> None:
    sent = [a_new_prediction(acme, at=NOON + minute * SECOND) for minute in range(10)]
    record(records, *sent)
    arrivals = [a_new_prediction(acme, at=NOON + second * SECOND) for second in (1, 99, 4, 4, -9, 2)]
    assert walk(records, acme, limit=3, arrivals=arrivals) == [new.id for new in reversed(sent)]
    assert arrivals == []
    assert len(ids_of(records, acme)) == 16


def test_the_last_page_has_no_cursor(records: Records, acme: Tenant) -> None:
    record(records, *(a_new_prediction(acme) for _ in range(4)))
    first = records.predictions.list_page(acme.org_id, acme.deployment.id, EVERYTHING, 2)
    assert first.next_cursor is not None
    last = records.predictions.list_page(acme.org_id, acme.deployment.id, EVERYTHING, 2, first.next_cursor)
    assert (len(last.items), last.next_cursor, last.count) == (2, None, 4)


def test_filters_choose_and_count(records: Records, acme: Tenant) -> None:
    flags = (Flag("few_points", "…", (0,), "champion"), Flag("few_points", "…", (0,), "shadow"))
    both = a_new_prediction(acme, at=NOON + SECOND, source="camera-1", tags=("night", "wet"), flags=flags)
    plain = a_new_prediction(acme, source="camera-2", tags=("night",))
    record(records, both, plain, a_new_prediction(acme))
    assert ids_of(records, acme, PredictionFilter(source="camera-1")) == [both.id]
    assert ids_of(records, acme, PredictionFilter(tag="night")) == [both.id, plain.id]
    assert ids_of(records, acme, PredictionFilter(flag="few_points")) == [both.id]
    assert ids_of(records, acme, PredictionFilter(source="camera-2", tag="wet")) == []
    assert ids_of(records, acme, PredictionFilter(source="camera-1", tag="wet", flag="few_points")) == [both.id]
    for nothing in (PredictionFilter(source="x"), PredictionFilter(tag="x"), PredictionFilter(flag="x")):
        assert ids_of(records, acme, nothing) == []


# Counting


def test_counters_follow_each_commit(records: Records, acme: Tenant) -> None:
    assert activity(records, acme) == DeploymentActivity()
    flag = Flag("few_points", "…", (0,), "champion")
    late, early = NOON + 2 * SECOND, NOON + SECOND
    first = a_new_prediction(
        acme,
        received_at=early,
        filed_at=late,
        source="camera-1",
        tags=("night", "wet"),
        flags=(flag, replace(flag, role="shadow"), replace(flag, code="zero_area")),
        champion=a_prediction(acme.version, latency_seconds=0.25),
        shadow=a_prediction(acme.version, role=Role.SHADOW, latency_seconds=100.0),
    )
    record(records, first)
    second = a_new_prediction(
        acme,
        received_at=late,
        filed_at=early,
        source="camera-1",
        tags=("night",),
        flags=(flag,),
        champion=a_prediction(acme.version, latency_seconds=0.75),
    )
    third = a_new_prediction(acme, champion=a_prediction(acme.version, latency_seconds=None))
    record(records, second, a_repeat_of(first), third, a_repeat_of(second))
    assert activity(records, acme) == DeploymentActivity(
        prediction_count=3,
        flagged_count=2,
        replay_count=2,
        mean_latency_seconds=0.5,
        last_filed_at=late,
        last_received_at=late,
        flag_counts={"few_points": 2, "zero_area": 1},
        source_counts={"camera-1": 2},
        tag_counts={"night": 2, "wet": 1},
    )


def test_refusals_are_added_up_by_reason(records: Records, acme: Tenant, globex: Tenant) -> None:
    for reasons in ({"invalid_image": 2, "too_large": 1}, {"invalid_image": 1}, {}):
        records.predictions.count_refusals(acme.org_id, acme.deployment.id, reasons)
    assert activity(records, acme) == DeploymentActivity(refusal_counts={"invalid_image": 3, "too_large": 1})
    assert activity(records, globex) == DeploymentActivity()


# Measuring


def claim(records: Records, now: datetime, limit: int = 100) -> list[UUID]:
    return [asset.prediction_id for asset in records.predictions.claim_unmeasured(now, LEASE, limit)]


def test_predictions_are_claimed_oldest_commit_first_across_organizations(
    records: Records, acme: Tenant, globex: Tenant
) -> None:
    sent = [a_full_prediction(tenant) for tenant in (globex, acme, globex, acme)]
    for new in sent:
        record(records, new)
    assert records.predictions.claim_unmeasured(NOON, LEASE, 3) == [asset_of(new) for new in sent[:3]]
    assert claim(records, NOON) == [sent[3].id]


def test_what_is_claimed_is_given_to_nobody_else_until_the_lease_ends(records: Records, acme: Tenant) -> None:
    sent = [a_new_prediction(acme) for _ in range(3)]
    record(records, *sent)
    assert claim(records, NOON, limit=2) == [sent[0].id, sent[1].id]
    assert claim(records, NOON + SECOND) == [sent[2].id]
    assert claim(records, NOON + LEASE - SECOND) == []
    assert claim(records, NOON + LEASE + timedelta(microseconds=1)) == [sent[0].id, sent[1].id]
    assert claim(records, NOON + LEASE + SECOND + timedelta(microseconds=1)) == [sent[2].id]


def test_two_workers_at_once_never_get_the_same(records: Records, acme: Tenant) -> None:
    sent = [a_new_prediction(acme) for _ in range(20)]
    record(records, *sent)
    together = Barrier(2)

    def work(_: int) -> list[UUID]:
        together.wait()
        return [prediction_id for _ in range(4) for prediction_id in claim(records, NOON, limit=3)]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, range(2))
    assert sorted(first + second) == sorted(new.id for new in sent)


def test_what_is_measured_is_kept_and_never_claimed_again(records: Records, acme: Tenant) -> None:
    measured, forgotten, waiting = (a_new_prediction(acme) for _ in range(3))
    record(records, measured, forgotten, waiting)
    claim(records, NOON)
    later = NOON + timedelta(microseconds=1)
    records.predictions.mark_measured(
        {
            measured.predicted_asset_id: (ImageState.UNDECODABLE, {"object_count": 1.0, "share": 0.125}),
            forgotten.predicted_asset_id: (ImageState.FORGOTTEN, {}),
        },
        later,
    )
    assert claim(records, NOON + 2 * LEASE) == [waiting.id]
    for new, state, values in (
        (measured, ImageState.UNDECODABLE, {"object_count": 1.0, "share": 0.125}),
        (forgotten, ImageState.FORGOTTEN, {}),
    ):
        picture = replace(new.picture, state=state)
        expected = replace(asset_of(new), picture=picture, measurements=values, measured_at=later)
        assert find(records, acme, new) == expected
        data = records.datalake.find_data(acme.org_id, new.picture.data_id)
        assert data is not None
        assert data.picture == picture
    assert find(records, acme, waiting) == asset_of(waiting)
    records.predictions.mark_measured({}, later)
    records.predictions.mark_measured({uuid7(): (ImageState.KEPT, {})}, later)


def test_a_picture_that_no_record_refers_to_is_an_orphan(records: Records, acme: Tenant, globex: Tenant) -> None:
    kept, foreign = a_new_prediction(acme), a_new_prediction(globex)
    transient = a_new_prediction(acme, picture=a_picture(state=ImageState.FORGET_AFTER_MEASURING))
    record(records, kept, foreign, transient)
    repeat = a_repeat_of(kept)
    record(records, repeat)
    keys = ["nobody's", *(new.picture.object_key for new in (repeat, kept, foreign, transient))]
    assert records.predictions.find_orphans(keys) == ["nobody's", repeat.picture.object_key]
    records.predictions.mark_measured({transient.predicted_asset_id: (ImageState.FORGOTTEN, {})}, NOON)
    assert records.predictions.find_orphans(keys) == [
        "nobody's",
        repeat.picture.object_key,
        transient.picture.object_key,
    ]
    assert records.predictions.find_orphans([]) == []
