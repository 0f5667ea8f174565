"""The plan of the history, and what becomes of one shot."""

import uuid
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np

from vedette_server.demo.deployments import COIN_INSPECTION, TISSUE_NUCLEI
from vedette_server.demo.shots import Shot, develop, live_shot, plan_history

NOW = datetime(2026, 11, 24, 16, 40, tzinfo=UTC)
DEPLOYMENT_ID = uuid.UUID(int=7)


def coin_history(count: int = 700) -> list[Shot]:
    return plan_history(COIN_INSPECTION, DEPLOYMENT_ID, NOW, days=14, count=count)


def test_the_history_is_spread_over_its_days() -> None:
    plan = coin_history()
    assert len(plan) == 700
    days_ago = [(NOW - shot.captured_at) / timedelta(days=1) for shot in plan]
    assert all(0 < days < 14 for days in days_ago)
    counts, _ = np.histogram(days_ago, bins=14, range=(0, 14))
    assert counts.min() >= 45
    assert counts.max() <= 55


def test_nights_are_quieter_than_days() -> None:
    by_hour = np.bincount([shot.captured_at.hour for shot in coin_history()], minlength=24)
    assert by_hour[0:4].sum() < 0.5 * by_hour[11:15].sum()


def test_both_tags_are_there_and_follow_the_light() -> None:
    tags = {shot.captured_at.hour: shot.tags for shot in coin_history()}
    assert (tags[0], tags[12]) == (["night"], ["day"])


def test_ids_follow_from_the_deployment_and_the_number_alone() -> None:
    ids = [shot.id for shot in coin_history()]
    later = plan_history(COIN_INSPECTION, DEPLOYMENT_ID, NOW + timedelta(hours=5), days=14, count=700)
    elsewhere = plan_history(COIN_INSPECTION, uuid.UUID(int=8), NOW, days=14, count=700)
    assert len(set(ids)) == 700
    assert [shot.id for shot in later] == ids
    assert not {shot.id for shot in elsewhere} & set(ids)


def test_the_first_sixteenth_already_shows_every_day_and_the_newest_comes_first() -> None:
    plan = coin_history()
    assert plan[0].captured_at == max(shot.captured_at for shot in plan)
    assert {(NOW - shot.captured_at).days for shot in plan[: 700 // 16]} == set(range(14))


def test_both_cameras_are_there_from_the_start_and_take_even_turns() -> None:
    plan = coin_history()
    assert {shot.source for shot in plan[:2]} == {"camera-1", "camera-2"}
    assert abs(sum(shot.source == "camera-1" for shot in plan) - 350) <= 1


def test_camera_2_is_dirty_from_day_9_on_and_nothing_else_is() -> None:
    ninth_day = NOW - timedelta(days=14) + timedelta(days=8)
    for shot in coin_history():
        assert shot.lens_dirty == (shot.source == "camera-2" and shot.captured_at >= ninth_day)
    assert not any(s.lens_dirty for s in plan_history(TISSUE_NUCLEI, DEPLOYMENT_ID, NOW, days=14, count=50))


def test_live_sources_take_turns_and_the_lens_is_still_dirty() -> None:
    shots = [live_shot(COIN_INSPECTION, uuid.uuid4(), number, NOW) for number in range(3)]
    assert [(shot.source, shot.lens_dirty) for shot in shots] == [
        ("camera-1", False),
        ("camera-2", True),
        ("camera-1", False),
    ]


def test_a_shot_is_really_taken_encoded_and_segmented_by_both() -> None:
    shot = coin_history()[0]
    developed = develop(shot)
    picture = cv2.imdecode(np.frombuffer(developed.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (developed.height, developed.width, 3)
    assert 10_000 < len(developed.jpeg) < 120_000
    for reading in (developed.champion, developed.shadow):
        assert reading.outlines
        assert reading.latency_seconds > 0
    assert develop(shot).jpeg == developed.jpeg
