"""Finding coins and nuclei: two classical methods for each, pure functions from a frame to outlines.

The champions take Otsu's threshold (1979) and part what touches by watershed.
The shadows threshold against the neighbourhood: that bears uneven light better,
but it merges what touches and leaves holes where an object is as dark as what
surrounds it. How masks become outlines is `outlines`' work.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from vedette_server.demo.light import Frame
from vedette_server.demo.outlines import (
    Grey,
    Outline,
    Shape,
    disc,
    edge_strength,
    fill_holes,
    part_touching,
    score,
    trace,
    trace_numbered,
)

SMALL_COIN, LARGE_COIN = 0, 1
LARGE_COIN_DIAMETER_PIXELS = 94.0
"""From here on a coin is large. The cameras hang at a known height: 2 pixels to the photograph's 1."""

UNSTAINED_NUCLEUS, STAINED_NUCLEUS = 0, 1
STAINED_DAB_LEVEL = 70
"""From this mean level of brown around it, a nucleus belongs to a stained cell."""

_SMALLEST_COIN_PIXELS = 600.0
_SMALLEST_NUCLEUS_PIXELS = 110.0
_COIN_EDGE_HALF, _NUCLEUS_EDGE_HALF = 2.0, 1.5

# Optical density of hematoxylin (blue), DAB (brown) and what neither explains,
# in red, green, blue: Ruifrok and Johnston (2001), as scikit-image has them.
# Columns are turned to OpenCV's order; the inverse tells densities apart.
_STAINS = np.array([[0.65, 0.70, 0.29], [0.27, 0.57, 0.78], [0.7110272, 0.42318153, 0.5615672]])[:, ::-1]
_TO_STAINS = np.linalg.inv(_STAINS / np.linalg.norm(_STAINS, axis=1, keepdims=True)).T[:2].astype(np.float32)
_OPTICAL_DENSITY = -np.log((np.arange(256, dtype=np.float32) + 1) / 256)
_LEVELS_PER_DENSITY = 160.0
_ROOT = np.sqrt(np.arange(256) * 255.0).round().astype(np.uint8)


def find_coins_by_watershed(frame: Frame) -> list[Outline]:
    """Coins by Otsu's threshold over the evened ground, parted by watershed. Good while the light is."""
    evened = _above_ground(_grey(frame))
    # Dark coins would fall on the ground's side of a threshold that bright ones
    # raise; the root brings the two closer.
    raised = _otsu(cv2.GaussianBlur(_root(evened), (0, 0), 2.0))
    closed = cv2.morphologyEx(raised, cv2.MORPH_CLOSE, disc(7))
    solid = cv2.morphologyEx(fill_holes(_u8(closed)), cv2.MORPH_OPEN, disc(17))
    edges = edge_strength(evened)
    height, width = evened.shape
    found = []
    for shape in trace_numbered(part_touching(_u8(solid), within=30, neck=0.75), _SMALLEST_COIN_PIXELS):
        cut = shape.is_cut_by(width, height)
        class_id = _coin_class(shape.enclosing_diameter if cut else shape.area_diameter)
        found.append(Outline(shape.outer, (), class_id, score(shape, edges, _COIN_EDGE_HALF)))
    return found


def find_coins_by_local_threshold(frame: Frame) -> list[Outline]:
    """Coins as what is brighter than its neighbourhood. Needs no even light; merges coins that touch."""
    grey = _grey(frame)
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.5)
    raised = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 121, -5)
    closed = cv2.morphologyEx(raised, cv2.MORPH_CLOSE, disc(7))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, disc(9))
    edges = edge_strength(grey)
    return [
        Outline(
            shape.outer,
            shape.holes,
            _coin_class(shape.area_diameter),
            score(shape, edges, _COIN_EDGE_HALF),
        )
        for shape in trace(_u8(opened), _SMALLEST_COIN_PIXELS)
    ]


def find_nuclei_by_watershed(frame: Frame) -> list[Outline]:
    """Nuclei by Otsu's threshold on the unmixed blue stain, parted by watershed."""
    hematoxylin, dab = _stains(frame)
    root = _root(hematoxylin)
    around = cv2.convertScaleAbs(cv2.blur(root, (101, 101)), alpha=0.6)
    blue = _otsu(cv2.subtract(cv2.GaussianBlur(root, (0, 0), 1.7), around))
    solid = cv2.morphologyEx(fill_holes(blue), cv2.MORPH_OPEN, disc(7))
    numbered = part_touching(_u8(solid), within=9, neck=0.7)
    return _as_nuclei(list(trace_numbered(numbered, _SMALLEST_NUCLEUS_PIXELS)), hematoxylin, dab)


def find_nuclei_by_local_threshold(frame: Frame) -> list[Outline]:
    """Nuclei as what is darker in red than its neighbourhood. Takes brown walls along, parts nothing."""
    _, dab = _stains(frame)
    red = _u8(cv2.GaussianBlur(frame[:, :, 2], (0, 0), 2.0))
    dark = cv2.adaptiveThreshold(red, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 75, 16)
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, disc(7))
    return _as_nuclei(list(trace(_u8(solid), _SMALLEST_NUCLEUS_PIXELS)), red, dab)


def _as_nuclei(shapes: list[Shape], contrast: Grey, dab: Grey) -> list[Outline]:
    """Nuclei, classed by how brown the cell around is and scored by their edge in `contrast`."""
    edges = edge_strength(contrast)
    brown = cv2.blur(dab, (41, 41))
    found = []
    for shape in shapes:
        x, y = shape.centre
        class_id = STAINED_NUCLEUS if brown[y, x] >= STAINED_DAB_LEVEL else UNSTAINED_NUCLEUS
        certainty = score(shape, edges, _NUCLEUS_EDGE_HALF)
        found.append(Outline(shape.outer, shape.holes, class_id, certainty))
    return found


def _coin_class(diameter_pixels: float) -> int:
    return LARGE_COIN if diameter_pixels >= LARGE_COIN_DIAMETER_PIXELS else SMALL_COIN


def _u8(picture: object) -> Grey:
    """OpenCV's answers are typed as any array; these are of bytes."""
    return np.asarray(picture, np.uint8)


def _grey(frame: Frame) -> Grey:
    return _u8(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))


def _root(levels: Grey) -> Grey:
    """The square root of each level, 255 staying 255."""
    return _u8(cv2.LUT(levels, _ROOT))


def _otsu(picture: object) -> Grey:
    _, mask = cv2.threshold(_u8(picture), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return _u8(mask)


def _above_ground(grey: Grey) -> Grey:
    """Grey levels over the ground's, which is what an opening wider than any coin leaves.

    At an eighth of the size: the ground is smooth, and the opening is what costs.
    """
    height, width = grey.shape
    small = cv2.resize(grey, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    opened = cv2.morphologyEx(small, cv2.MORPH_OPEN, disc(21))
    ground = cv2.resize(cv2.GaussianBlur(opened, (0, 0), 4.0), (width, height))
    return _u8(cv2.subtract(grey, ground))


def _stains(frame: Frame) -> tuple[Grey, Grey]:
    """How much hematoxylin (blue) and DAB (brown) there is at each pixel, 160 levels for a density of 1."""
    density: NDArray[np.float32] = np.asarray(cv2.LUT(frame, _OPTICAL_DENSITY), np.float32)
    levels = np.maximum(cv2.transform(density, _TO_STAINS * _LEVELS_PER_DENSITY), 0)
    hematoxylin, dab = cv2.split(cv2.convertScaleAbs(levels))
    return _u8(hematoxylin), _u8(dab)
