"""Which frames are taken when, and what comes of one: picture, two predictions, two latencies.

No clock and no network: `run` says what time it is and sends what is made here.
"""

import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from vedette_server.demo.deployments import LENS_DIRTY_FROM_DAY, DemoDeployment
from vedette_server.demo.light import Frame, daylight
from vedette_server.demo.outlines import Outline

JPEG_QUALITY = 90

_COARSE_TO_FINE = (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15)
_NIGHT_SHARE = 0.4
"""How many frames an hour of night has, for one of the day."""


_one_at_a_time = threading.Lock()
"""Held while a method runs: beside another one, each would seem slower than it is."""


@dataclass(frozen=True)
class Shot:
    """One frame to take. `seed` decides everything about it that the other fields do not."""

    id: uuid.UUID
    demo: DemoDeployment
    source: str
    captured_at: datetime
    lens_dirty: bool
    seed: int

    @property
    def tags(self) -> list[str]:
        """`day` or `night`, by the light."""
        return ["day" if daylight(self.captured_at) >= 0.5 else "night"]

    @property
    def filename(self) -> str:
        """What the camera would call the file."""
        return f"{self.source}-{self.captured_at:%Y%m%d-%H%M%S}.jpg"


@dataclass(frozen=True, eq=False)
class Reading:
    """What one method found in a frame, and the seconds it really took."""

    outlines: list[Outline]
    latency_seconds: float


@dataclass(frozen=True, eq=False)
class Developed:
    """A shot after it was taken: the JPEG as it is sent, its size in pixels, and both readings."""

    jpeg: bytes
    width: int
    height: int
    champion: Reading
    shadow: Reading


def plan_history(
    demo: DemoDeployment, deployment_id: uuid.UUID, ends_at: datetime, days: int, count: int
) -> list[Shot]:
    """`count` shots over the `days` before `ends_at`, fewer by night, in the order in which to send them.

    Coarse to fine: every sixteenth first, the newest at the head, then those
    between. All days have pictures from the start, the list's top keeps
    filling, and a history cut short is thin and not half.

    A shot's id follows from the deployment and its number alone, so sending
    the plan again doubles nothing.
    """
    times = _spread(ends_at - timedelta(days=days), ends_at, count)
    return [_historical(demo, deployment_id, ends_at, days, number, times[-1 - number]) for number in _order(count)]


def _order(count: int) -> Iterator[int]:
    for offset in _COARSE_TO_FINE:
        yield from range(offset, count, len(_COARSE_TO_FINE))


def _historical(
    demo: DemoDeployment,
    deployment_id: uuid.UUID,
    ends_at: datetime,
    days: int,
    number: int,
    captured_at: datetime,
) -> Shot:
    # Numbers that are sent one after the other are a stride apart; sources take turns there too.
    turn = number + number // len(_COARSE_TO_FINE)
    source = demo.sources[turn % len(demo.sources)]
    return Shot(
        id=uuid.uuid5(deployment_id, f"history {number}"),
        demo=demo,
        source=source,
        captured_at=captured_at,
        lens_dirty=is_lens_dirty(demo, source, captured_at, ends_at, days),
        seed=number,
    )


def live_shot(demo: DemoDeployment, shot_id: uuid.UUID, number: int, captured_at: datetime) -> Shot:
    """The `number`th shot of now; sources take turns, and what got dirty is still dirty."""
    source = demo.sources[number % len(demo.sources)]
    return Shot(
        id=shot_id,
        demo=demo,
        source=source,
        captured_at=captured_at,
        lens_dirty=source == demo.source_with_dirty_lens,
        seed=int(captured_at.timestamp() * 1000),
    )


def is_lens_dirty(
    demo: DemoDeployment, source: str, captured_at: datetime, history_ends_at: datetime, days: int
) -> bool:
    """Whether that source's lens was dirty by then, in a history of so many days."""
    dirty_since = history_ends_at - timedelta(days=days - (LENS_DIRTY_FROM_DAY - 1))
    return source == demo.source_with_dirty_lens and captured_at >= dirty_since


def _spread(starts_at: datetime, ends_at: datetime, count: int) -> list[datetime]:
    """`count` times from start to end, oldest first, as dense as the light of their hour."""
    minutes = int((ends_at - starts_at).total_seconds() // 60)
    busy = [
        _NIGHT_SHARE + (1 - _NIGHT_SHARE) * daylight(starts_at + timedelta(minutes=minute)) for minute in range(minutes)
    ]
    done: NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(busy)])
    wanted = (np.arange(count) + 0.5) / count * done[-1]
    return [starts_at + timedelta(minutes=float(minute)) for minute in np.interp(wanted, done, np.arange(minutes + 1))]


def develop(shot: Shot) -> Developed:
    """Take the frame, let both methods look at it, and encode it."""
    rng = np.random.default_rng([zlib.crc32(shot.demo.name.encode()), shot.seed])
    frame = shot.demo.camera(rng, shot.source, shot.captured_at, lens_dirty=shot.lens_dirty)
    champion = _read(shot.demo.champion.find, frame)
    shadow = _read(shot.demo.shadow.find, frame)
    height, width = frame.shape[:2]
    return Developed(_as_jpeg(frame), width, height, champion, shadow)


def _read(find: Callable[[Frame], list[Outline]], frame: Frame) -> Reading:
    with _one_at_a_time:
        started = time.perf_counter()
        outlines = find(frame)
        return Reading(outlines, time.perf_counter() - started)


def _as_jpeg(frame: Frame) -> bytes:
    encoded, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not encoded:
        raise ValueError(f"a frame of shape {frame.shape} does not become a JPEG")
    return jpeg.tobytes()
