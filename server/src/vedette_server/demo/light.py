"""The light a frame is taken in, and the dirt on the lens it is taken through.

What the optics do to a picture of colour, whatever the picture shows;
`photographs` decides what it shows.
"""

import functools
import math
from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""A picture as OpenCV holds it: (height, width, 3), blue, green, red."""

_GREASE = np.float32(26.0)
"""Grey levels that the smudge scatters back by itself."""

_GRAIN_SIGMA = 1.0
_SUNRISE_HOUR, _NOON_HOUR = 6.5, 13.0
_BLUE_GREEN_RED_AT_NIGHT = np.array([0.78, 0.94, 1.08], np.float32)


def daylight(captured_at: datetime) -> float:
    """How much of the light is the day's, 0 (night) to 1 (noon), by the hour of `captured_at`'s own zone.

    A smooth step of the sun's height above the horizon, so dusk takes about two hours.
    """
    hour = captured_at.hour + captured_at.minute / 60 + captured_at.second / 3600
    half_day_hours = _NOON_HOUR - _SUNRISE_HOUR
    height = math.cos((hour - _NOON_HOUR) * math.pi / 12) - math.cos(half_day_hours * math.pi / 12)
    return 0.5 * (1 + math.tanh(3 * height))


@dataclass(frozen=True)
class Light:
    """How a frame is lit: a factor for brightness, warmth from 0 to 1, the sensor's noise in grey levels."""

    gain: float
    warmth: float
    noise: float


DAYLIGHT = Light(gain=1.0, warmth=0.0, noise=1.0)


def light_at(captured_at: datetime, by_night: Light, rng: np.random.Generator) -> Light:
    """The light of that hour, between `DAYLIGHT` and the place's light `by_night`, flickering a little."""
    day = daylight(captured_at)
    night = 1 - day
    return Light(
        gain=(DAYLIGHT.gain * day + by_night.gain * night) * (1 + 0.02 * float(rng.standard_normal())),
        warmth=DAYLIGHT.warmth * day + by_night.warmth * night,
        noise=DAYLIGHT.noise * day + by_night.noise * night,
    )


def expose(scene: NDArray[np.float32], light: Light, rng: np.random.Generator) -> Frame:
    """The frame a sensor takes of `scene`, (height, width, 3) in grey levels, in that light."""
    colour = light.gain * (1 + light.warmth * (_BLUE_GREEN_RED_AT_NIGHT - 1))
    # A camera's own denoising leaves soft grain. White noise would outweigh the
    # picture in every measure of sharpness.
    grain = cv2.GaussianBlur(rng.standard_normal(scene.shape[:2], dtype=np.float32), (0, 0), _GRAIN_SIGMA)
    grain *= light.noise * 2 * _GRAIN_SIGMA * math.sqrt(math.pi)
    exposed = scene * colour.astype(np.float32) + grain[:, :, None]
    return np.asarray(cv2.convertScaleAbs(np.maximum(exposed, 0)), np.uint8)


def through_dirty_lens(scene: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scene through a greasy lens: less light, soft edges, and a smudge that veils one side.

    The dirt sits on the lens, so it is in the same place of every frame.
    """
    height, width = scene.shape[:2]
    smudge = _smudge(height, width)
    soft = cv2.GaussianBlur(scene, (0, 0), 2.4)
    quarter = cv2.resize(soft, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    softest = cv2.resize(cv2.GaussianBlur(quarter, (0, 0), 1.8), (width, height))
    seen = 0.72 * soft * (1 - smudge) + (0.36 * softest + _GREASE) * smudge
    return np.asarray(seen, np.float32)


@functools.cache
def _smudge(height: int, width: int) -> NDArray[np.float32]:
    """The share of light that the smudge takes, (height, width, 1), 0 to 0.8: an oval right of the middle."""
    row, column = np.mgrid[0:height, 0:width]
    distance = ((column / width - 0.66) / 0.30) ** 2 + ((row / height - 0.40) / 0.36) ** 2
    return np.asarray(0.8 * np.exp(-distance)[:, :, None], np.float32)
