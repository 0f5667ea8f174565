"""Frames: the same seed gives the same one; light and dirt are really in the pixels."""

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from vedette_server.demo.deployments import COIN_INSPECTION, DEMO_DEPLOYMENTS, DemoDeployment
from vedette_server.demo.light import Frame
from vedette_server.demo.photographs import coin_frame

NOON, MIDNIGHT = datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 20, 0, tzinfo=UTC)
SEEDS = range(5)


def sharpness(frame: Frame) -> float:
    """The variance of the Laplacian, the usual measure of focus."""
    return float(cv2.Laplacian(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var())


def coins(seed: int, captured_at: datetime = NOON, *, lens_dirty: bool = False) -> Frame:
    return coin_frame(np.random.default_rng(seed), "camera-2", captured_at, lens_dirty=lens_dirty)


@pytest.mark.parametrize("demo", DEMO_DEPLOYMENTS, ids=lambda demo: demo.name)
def test_a_seed_gives_the_same_frame_again(demo: DemoDeployment) -> None:
    first, again, other = (demo.camera(np.random.default_rng(seed), demo.sources[0], NOON) for seed in (1, 1, 2))
    assert first.shape == (400, 480, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("demo", DEMO_DEPLOYMENTS, ids=lambda demo: demo.name)
@pytest.mark.parametrize("seed", SEEDS)
def test_night_is_darker_and_warmer_than_day(demo: DemoDeployment, seed: int) -> None:
    day, night = (
        demo.camera(np.random.default_rng(seed), demo.sources[0], when).mean(axis=(0, 1)) for when in (NOON, MIDNIGHT)
    )
    assert night.mean() < 0.9 * day.mean()
    (day_blue, _, day_red), (night_blue, _, night_red) = day, night
    assert night_red / night_blue > 1.05 * day_red / day_blue


@pytest.mark.parametrize("captured_at", [NOON, MIDNIGHT])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_dirty_lens_is_darker_and_blurrier(seed: int, captured_at: datetime) -> None:
    clean, dirty = coins(seed, captured_at), coins(seed, captured_at, lens_dirty=True)
    assert dirty.mean() < 0.85 * clean.mean()
    assert sharpness(dirty) < 0.7 * sharpness(clean)


def test_cameras_do_not_see_alike() -> None:
    one, two = (coin_frame(np.random.default_rng(3), source, NOON) for source in COIN_INSPECTION.sources)
    assert two.mean() > one.mean()
    assert not np.array_equal(one, two)
