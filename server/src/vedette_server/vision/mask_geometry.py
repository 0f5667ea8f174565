"""Sizes of shapes: areas of rings, parts and objects, and how much of a frame they cover."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from vedette_server.domain.predictions import Part, Ring, SegmentedObject

# Above this a frame is measured on a grid this wide or high: a share needs no more.
MAX_GRID_SIDE = 1024


def ring_area(ring: Ring) -> float:
    """The area inside a ring in square pixels, by the shoelace formula; 0 for fewer than three points."""
    if len(ring) < 3:
        return 0.0
    points = np.asarray(ring, dtype=np.float64)
    # Measured from the first point, so that far-away coordinates do not cost digits.
    x, y = (points - points[0]).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def part_area(part: Part) -> float:
    """The outer ring's area without the holes', in square pixels."""
    return max(0.0, ring_area(part.outer) - sum(map(ring_area, part.holes)))


def mask_area_share(objects: Sequence[SegmentedObject], width: int, height: int) -> float:
    """The share of a frame covered by the union of all objects, 0 to 1.

    Rasterised, on a grid of at most `MAX_GRID_SIDE` a side, at an error of about
    half a cell along the outlines.
    """
    scale = min(1.0, MAX_GRID_SIDE / max(width, height))
    grid_width, grid_height = max(1, round(width * scale)), max(1, round(height * scale))
    union = np.zeros((grid_height, grid_width), dtype=np.uint8)
    for item in objects:
        for part in item.parts:
            _fill(union, part, scale)
    return float(np.count_nonzero(union) / union.size)


_SHIFT = 4


def _fill(union: npt.NDArray[np.uint8], part: Part, scale: float) -> None:
    rings = [ring for ring in (part.outer, *part.holes) if len(ring) >= 3]
    if not rings or len(part.outer) < 3:
        return
    # Fixed point with four binary places; beyond a few frames' width nothing can be seen anyway.
    limit = 4 * MAX_GRID_SIDE * (1 << _SHIFT)
    shapes = [
        np.clip(np.asarray(ring, dtype=np.float64) * scale * (1 << _SHIFT), -limit, limit).round().astype(np.int32)
        for ring in rings
    ]
    if len(shapes) == 1:
        cv2.fillPoly(union, shapes, 1, shift=_SHIFT)
        return
    # Filled alone first: a hole must not cut into what another object covers.
    own = np.zeros_like(union)
    cv2.fillPoly(own, shapes, 1, shift=_SHIFT)
    np.maximum(union, own, out=union)
