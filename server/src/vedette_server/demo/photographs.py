"""Frames as the demo's cameras and scanners take them, made from two photographs.

The photographs ship inside scikit-image's wheel: Greek coins from Pompeii, and
a stained section of colonic glands. Both carry no known copyright restrictions.
What the frames are lit by lives in `light`; what is found in them, in `segmentation`.
"""

import functools
import importlib.resources
from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from vedette_server.demo.light import Frame, Light, expose, light_at, through_dirty_lens

FRAME_WIDTH, FRAME_HEIGHT = 480, 400
COIN_PIXELS_PER_PHOTOGRAPH_PIXEL = 2.0
TISSUE_PIXELS_PER_PHOTOGRAPH_PIXEL = 2.5

_TRAY_COLUMNS, _TRAY_ROWS = 6, 4
_TOUCHING_SHARE = 0.6
"""Of the trays, those on which a coin was pushed against its neighbour."""

_TURNED_DEGREES = {"camera-1": 0.0, "camera-2": 4.0, "scanner-a": 0.0, "scanner-b": -2.0}
_BRIGHTER = {"camera-1": 1.0, "camera-2": 1.06, "scanner-a": 1.0, "scanner-b": 0.96}
"""How each device hangs and exposes; one that is not named hangs straight."""


_HALL_BY_NIGHT = Light(gain=0.5, warmth=1.0, noise=4.0)
_LAMP_BY_NIGHT = Light(gain=0.84, warmth=0.25, noise=2.0)
"""The coins lie in a hall with windows; a slide scanner brings its own lamp."""


@dataclass(frozen=True)
class _Coin:
    """One coin cut out of the photograph.

    `relief` is its grey levels above the ground it lay on, `opacity` how much
    it covers, 0 to 1; `radius` that of the disc with its area, in pixels.
    """

    relief: NDArray[np.float32]
    opacity: NDArray[np.float32]
    radius: float


@dataclass(frozen=True)
class _Tray:
    """The photograph taken apart: the empty ground, the coins, and where they lay (n, 2) as [x, y]."""

    ground: NDArray[np.float32]
    coins: tuple[_Coin, ...]
    centres: NDArray[np.float64]


def coin_frame(rng: np.random.Generator, source: str, captured_at: datetime, *, lens_dirty: bool = False) -> Frame:
    """A camera's frame of coins on a tray, (400, 480, 3) uint8, two pixels for one of the photograph.

    Every coin is the photograph's own; where it lies on the tray is `rng`'s
    choice, and on most trays two or more touch. The same seed, camera and
    time give the same frame.
    """
    tray = _lay_coins(rng)
    scene = _look_at(tray, COIN_PIXELS_PER_PHOTOGRAPH_PIXEL, source, rng)
    colour = np.repeat(scene[:, :, None], 3, axis=2)
    return _take(colour, source, captured_at, _HALL_BY_NIGHT, lens_dirty, rng)


def tissue_frame(rng: np.random.Generator, source: str, captured_at: datetime, *, lens_dirty: bool = False) -> Frame:
    """A scanner's frame of tissue, (400, 480, 3) uint8, two and a half pixels for one of the photograph.

    A scanner brings its own lamp, so the hour shows less than it does on the coins.
    """
    photograph = _photograph("ihc.png", cv2.IMREAD_COLOR).astype(np.float32)
    scene = _look_at(photograph, TISSUE_PIXELS_PER_PHOTOGRAPH_PIXEL, source, rng)
    return _take(scene, source, captured_at, _LAMP_BY_NIGHT, lens_dirty, rng)


def _take(
    scene: NDArray[np.float32],
    device: str,
    captured_at: datetime,
    by_night: Light,
    lens_dirty: bool,
    rng: np.random.Generator,
) -> Frame:
    light = light_at(captured_at, by_night, rng)
    seen = through_dirty_lens(scene) if lens_dirty else scene
    return expose(seen * np.float32(_BRIGHTER.get(device, 1.0)), light, rng)


def _look_at(picture: NDArray[np.float32], scale: float, device: str, rng: np.random.Generator) -> NDArray[np.float32]:
    """A frame's worth of `picture`, enlarged by `scale`, turned as the device hangs, at times mirrored."""
    height, width = picture.shape[:2]
    half_width, half_height = FRAME_WIDTH / 2 / scale, FRAME_HEIGHT / 2 / scale
    centre_x = rng.uniform(half_width, width - half_width)
    centre_y = rng.uniform(half_height, height - half_height)
    degrees = _TURNED_DEGREES.get(device, 0.0) + rng.uniform(-2, 2) + 180 * int(rng.integers(2))
    to_frame = cv2.getRotationMatrix2D((centre_x, centre_y), degrees, scale * rng.uniform(0.99, 1.01))
    to_frame[:, 2] += (FRAME_WIDTH / 2 - centre_x, FRAME_HEIGHT / 2 - centre_y)
    frame = cv2.warpAffine(
        picture, to_frame, (FRAME_WIDTH, FRAME_HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(cv2.flip(frame, 1) if rng.random() < 0.5 else frame, np.float32)


def _lay_coins(rng: np.random.Generator) -> NDArray[np.float32]:
    """The tray with its coins in new places, in grey levels at the photograph's scale."""
    tray = _tray()
    order = rng.permutation(len(tray.coins))
    radii = np.array([tray.coins[which].radius for which in order])
    centres = tray.centres + rng.uniform(-4, 4, tray.centres.shape)
    if rng.random() < _TOUCHING_SHARE:
        for _ in range(int(rng.integers(2, 6))):
            _push_to_neighbour(centres, radii, int(rng.integers(len(centres))))
    _part_overlapping(centres, radii)
    laid = tray.ground.copy()
    for which, centre in zip(order, centres, strict=True):
        _paste(laid, tray.coins[which], centre)
    return laid


def _push_to_neighbour(centres: NDArray[np.float64], radii: NDArray[np.float64], pushed: int) -> None:
    """Move one coin straight to its nearest neighbour until the two touch."""
    towards = centres - centres[pushed]
    gaps = np.hypot(towards[:, 0], towards[:, 1]) - radii - radii[pushed]
    gaps[pushed] = np.inf
    nearest = int(np.argmin(gaps))
    direction = towards[nearest] / np.hypot(*towards[nearest])
    centres[pushed] += direction * gaps[nearest]


def _part_overlapping(centres: NDArray[np.float64], radii: NDArray[np.float64]) -> None:
    """Move coins apart, a little at a time, until none lies on another: photographed coins would look cut."""
    reach = radii[:, None] + radii[None, :]
    np.fill_diagonal(reach, 0)
    for _ in range(60):
        apart = centres[:, None, :] - centres[None, :, :]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-6)
        overlap = np.maximum(reach - distance, 0)
        if overlap.max() < 0.3:
            return
        centres += (apart / distance[..., None] * (overlap * 0.4)[..., None]).sum(axis=1)


def _paste(ground: NDArray[np.float32], coin: _Coin, centre: NDArray[np.float64]) -> None:
    """Lay `coin` on the ground around `centre`; what reaches over the edge is cut off."""
    height, width = coin.relief.shape
    left, top = round(float(centre[0]) - width / 2), round(float(centre[1]) - height / 2)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, ground.shape[1]), min(top + height, ground.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    inside = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    ground[y0:y1, x0:x1] += coin.opacity[inside] * coin.relief[inside]


@functools.cache
def _tray() -> _Tray:
    """The coins' photograph taken apart; the same for every frame, so done once."""
    photograph = _photograph("coins.png", cv2.IMREAD_GRAYSCALE).astype(np.float32)
    surface = _smooth_surface(photograph)
    coarse = _discs(photograph - surface, above=40, smallest=25)
    around = cv2.dilate(coarse, _disc_kernel(13)) == 0
    ground = _fill_in(photograph, around, sigma=10)
    outlines = _discs(photograph - ground, above=22, smallest=19)
    contours, _ = cv2.findContours(outlines, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cut = [_cut_out(photograph - ground, contour) for contour in contours]
    grain = float(np.std((photograph - ground)[around & (cv2.GaussianBlur(coarse, (0, 0), 9) == 0)]))
    noise = np.random.default_rng(0).standard_normal(ground.shape, dtype=np.float32)
    # Half of the photograph's own shading is kept: coins moved into its brightest
    # corner would be white all over.
    evened = 0.5 * ground + 0.5 * float(ground.mean())
    grained = evened + grain * cv2.GaussianBlur(noise, (0, 0), 0.6)
    return _Tray(grained, tuple(coin for coin, _ in cut), np.array([centre for _, centre in cut]))


def _smooth_surface(photograph: NDArray[np.float32]) -> NDArray[np.float32]:
    """The ground's brightness: a polynomial of degree four, fitted to what is not much brighter than it."""
    height, width = photograph.shape
    row, column = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([(column**i * row**j).ravel() for i in range(5) for j in range(5 - i)], axis=1)
    levels = photograph.ravel()
    ground = np.ones(levels.size, bool)
    surface = levels
    for _ in range(8):
        weights = np.linalg.lstsq(terms[ground], levels[ground], rcond=None)[0]
        surface = (terms @ weights).astype(np.float32)
        above = levels - surface
        ground = above < 1.5 * 1.48 * np.median(np.abs(above[ground]))
    return surface.reshape(photograph.shape)


def _discs(relief: NDArray[np.float32], above: float, smallest: int) -> NDArray[np.uint8]:
    """Where `relief` rises above the level, closed and filled; nothing thinner than `smallest` pixels."""
    raised = (cv2.GaussianBlur(relief, (0, 0), 1.0) > above).astype(np.uint8)
    closed = cv2.morphologyEx(raised, cv2.MORPH_CLOSE, _disc_kernel(5))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(closed), contours, -1, (1,), cv2.FILLED)
    return np.asarray(cv2.morphologyEx(filled, cv2.MORPH_OPEN, _disc_kernel(smallest)), np.uint8)


def _disc_kernel(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _fill_in(photograph: NDArray[np.float32], known: NDArray[np.bool_], sigma: float) -> NDArray[np.float32]:
    """The photograph smoothed from its known pixels alone, so that what was unknown is bridged over."""
    weight = known.astype(np.float32)
    total = cv2.GaussianBlur(photograph * weight, (0, 0), sigma)
    return np.asarray(total / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-4), np.float32)


def _cut_out(
    relief: NDArray[np.float32], contour: NDArray[np.integer | np.floating]
) -> tuple[_Coin, tuple[float, float]]:
    """The coin inside `contour`, with a soft edge a pixel wide, and the centre of where it lay."""
    x, y, width, height = cv2.boundingRect(contour)
    margin = 3
    y0, y1 = max(y - margin, 0), min(y + height + margin, relief.shape[0])
    x0, x1 = max(x - margin, 0), min(x + width + margin, relief.shape[1])
    solid = np.zeros((y1 - y0, x1 - x0), np.float32)
    cv2.drawContours(solid, [contour - np.array([x0, y0])], -1, (1.0,), cv2.FILLED)
    opacity = cv2.GaussianBlur(cv2.dilate(solid, _disc_kernel(3)), (0, 0), 0.7)
    radius = float(np.sqrt(cv2.contourArea(contour) / np.pi)) + 1
    coin = _Coin(relief[y0:y1, x0:x1].copy(), np.asarray(opacity, np.float32), radius)
    return coin, ((x0 + x1) / 2, (y0 + y1) / 2)


@functools.cache
def _photograph(name: str, flags: int) -> NDArray[np.uint8]:
    """A photograph from the folder of scikit-image's wheel.

    Read from the file and not through `skimage.data`, which would rather
    download a photograph whose checksum it does not know.
    """
    content = (importlib.resources.files("skimage") / "data" / name).read_bytes()
    photograph = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    if photograph is None:
        raise ValueError(f"{name} in scikit-image's data folder is no picture")
    return np.asarray(photograph, np.uint8)
