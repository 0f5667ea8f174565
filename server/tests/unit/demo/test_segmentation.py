"""The methods on frames that were looked at: what is there, what each finds, how each fails."""

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from vedette_server.demo.deployments import COIN_INSPECTION, DEMO_DEPLOYMENTS, DemoDeployment
from vedette_server.demo.light import Frame
from vedette_server.demo.outlines import Outline, Ring
from vedette_server.demo.photographs import FRAME_HEIGHT, FRAME_WIDTH, coin_frame
from vedette_server.demo.segmentation import (
    LARGE_COIN,
    SMALL_COIN,
    STAINED_NUCLEUS,
    UNSTAINED_NUCLEUS,
    find_coins_by_local_threshold,
    find_coins_by_watershed,
    find_nuclei_by_watershed,
)

AFTERNOON = datetime(2026, 11, 20, 15, tzinfo=UTC)


def tray_with_touching_coins() -> Frame:
    """Twelve coins: in the top row three in a chain, in the middle row a pair that touches."""
    return coin_frame(np.random.default_rng([10, 15]), "camera-2", AFTERNOON)


def discs(*circles: tuple[int, int, int]) -> Frame:
    """Bright discs, each (x, y, radius), on dark ground, a little soft at the edge."""
    frame = np.full((FRAME_HEIGHT, FRAME_WIDTH, 3), 40, np.uint8)
    for x, y, radius in circles:
        cv2.circle(frame, (x, y), radius, (170, 170, 170), cv2.FILLED)
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), 1.0), np.uint8)


def area(ring: Ring) -> float:
    return float(cv2.contourArea(ring))


def test_watershed_finds_each_of_twelve_coins() -> None:
    assert len(find_coins_by_watershed(tray_with_touching_coins())) == 12


def test_the_local_threshold_merges_coins_that_touch() -> None:
    """Three in a chain become one, and so do the two of the pair."""
    assert len(find_coins_by_local_threshold(tray_with_touching_coins())) == 12 - 2 - 1


def test_watershed_parts_touching_discs_where_they_touch() -> None:
    found = find_coins_by_watershed(discs((150, 200, 40), (245, 200, 56), (400, 90, 40)))
    assert sorted(outline.class_id for outline in found) == [SMALL_COIN, SMALL_COIN, LARGE_COIN]
    (large,) = (outline for outline in found if outline.class_id == LARGE_COIN)
    assert abs(area(large.outer) - np.pi * 56**2) < 0.06 * np.pi * 56**2
    assert abs(large.outer[:, 0].min() - 189.5) <= 3


def test_a_large_coin_cut_by_the_frame_stays_large_for_the_champion_alone() -> None:
    half = discs((240, 395, 55), (100, 100, 40))
    (champion,) = (o for o in find_coins_by_watershed(half) if o.outer[:, 1].max() > 300)
    (shadow,) = (o for o in find_coins_by_local_threshold(half) if o.outer[:, 1].max() > 300)
    assert (champion.class_id, shadow.class_id) == (LARGE_COIN, SMALL_COIN)


def test_the_local_threshold_leaves_a_hole_and_watershed_does_not() -> None:
    ring = discs((200, 200, 60))
    cv2.circle(ring, (200, 200), 25, (40, 40, 40), cv2.FILLED)
    (shadow,) = find_coins_by_local_threshold(ring)
    (champion,) = find_coins_by_watershed(ring)
    assert len(shadow.holes) == 1
    assert abs(area(shadow.holes[0]) - np.pi * 25**2) < 0.15 * np.pi * 25**2
    assert champion.holes == ()


def test_a_clear_edge_scores_higher_than_a_soft_one() -> None:
    clear = discs((200, 200, 50))
    soft = np.asarray(cv2.GaussianBlur(clear, (0, 0), 6.0), np.uint8)
    (sure,), (unsure,) = find_coins_by_watershed(clear), find_coins_by_watershed(soft)
    assert sure.score > unsure.score


def test_a_dirty_lens_makes_the_champion_less_sure() -> None:
    def mean_score(*, lens_dirty: bool) -> float:
        frames = (
            coin_frame(np.random.default_rng(seed), "camera-2", AFTERNOON, lens_dirty=lens_dirty) for seed in range(4)
        )
        return float(np.mean([o.score for frame in frames for o in find_coins_by_watershed(frame)]))

    assert mean_score(lens_dirty=True) < mean_score(lens_dirty=False) - 0.05


def test_nuclei_are_classed_by_the_brown_around_them() -> None:
    """Two blue nuclei: one on the pale ground of the left half, one in the brown of the right."""
    frame = np.full((FRAME_HEIGHT, FRAME_WIDTH, 3), (232, 230, 228), np.uint8)
    frame[:, FRAME_WIDTH // 2 :] = (70, 110, 160)
    cv2.ellipse(frame, (120, 200), (20, 13), 0, 0, 360, (170, 120, 110), cv2.FILLED)
    cv2.ellipse(frame, (360, 200), (20, 13), 0, 0, 360, (150, 110, 105), cv2.FILLED)
    found = {o.class_id: o for o in find_nuclei_by_watershed(frame)}
    assert abs(found[UNSTAINED_NUCLEUS].outer[:, 0].mean() - 120) < 10
    assert abs(found[STAINED_NUCLEUS].outer[:, 0].mean() - 360) < 10


@pytest.mark.parametrize("demo", DEMO_DEPLOYMENTS, ids=lambda demo: demo.name)
@pytest.mark.parametrize("role", ["champion", "shadow"])
def test_outlines_are_such_as_can_be_sent(demo: DemoDeployment, role: str) -> None:
    find = demo.champion.find if role == "champion" else demo.shadow.find
    found: list[Outline] = []
    for seed in range(6):
        found += find(demo.camera(np.random.default_rng(seed), demo.sources[seed % 2], AFTERNOON))
    assert found
    for outline in found:
        assert 0 <= outline.score <= 1
        assert outline.class_id in range(len(demo.labels))
        for ring in (outline.outer, *outline.holes):
            assert len(ring) >= 3
            assert ring.min() >= 0
            assert (ring.max(axis=0) < (FRAME_WIDTH, FRAME_HEIGHT)).all()


@pytest.mark.parametrize("role", ["champion", "shadow"])
def test_an_empty_frame_holds_nothing(role: str) -> None:
    method = COIN_INSPECTION.champion if role == "champion" else COIN_INSPECTION.shadow
    assert method.find(np.full((FRAME_HEIGHT, FRAME_WIDTH, 3), 90, np.uint8)) == []
