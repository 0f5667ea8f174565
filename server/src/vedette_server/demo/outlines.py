"""From masks to outlines: parting what touches, tracing rings, and saying how sure one can be.

Pure functions on masks of 0 and 255. Which pixels belong to an object is
`segmentation`'s decision.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.segmentation import watershed

Grey = NDArray[np.uint8]
"""One channel, (height, width); as a mask, 0 or 255."""

Contour = NDArray[np.integer | np.floating]
"""A line as OpenCV traces it, (n, 1, 2)."""

Ring = NDArray[np.int32]
"""A closed line, (n, 2) of [x, y] in pixels of the frame, n at least 3."""

_watershed: Callable[..., object] = watershed
"""scikit-image's, which brings no types."""

_SIMPLIFIED_BY_PIXELS = 0.8
_SMALLEST_HOLE_PIXELS = 60


@dataclass(frozen=True, eq=False)
class Outline:
    """One object that was found, its class, and how sure the method is of it, 0 to 1."""

    outer: Ring
    holes: tuple[Ring, ...]
    class_id: int
    score: float


@dataclass(frozen=True, eq=False)
class Shape:
    """One traced object before it has a class.

    `edge` is its outer ring pixel by pixel, for measuring along it; `outer`
    and `holes` are simplified, for sending.
    """

    outer: Ring
    holes: tuple[Ring, ...]
    edge: Ring

    @property
    def area_diameter(self) -> float:
        """The diameter of the disc with as large an area, in pixels."""
        return 2 * float(np.sqrt(cv2.contourArea(self.edge) / np.pi))

    @property
    def enclosing_diameter(self) -> float:
        """The diameter of the smallest disc around it, in pixels."""
        return 2 * float(cv2.minEnclosingCircle(self.edge)[1])

    def is_cut_by(self, width: int, height: int) -> bool:
        """Whether it reaches the border of a frame of that size, so that a part of it may be missing."""
        x, y = self.edge[:, 0], self.edge[:, 1]
        return bool(x.min() <= 0 or y.min() <= 0 or x.max() >= width - 1 or y.max() >= height - 1)

    @property
    def centre(self) -> tuple[int, int]:
        """The middle of its bounding box, [x, y]."""
        x, y, width, height = cv2.boundingRect(self.edge)
        return x + width // 2, y + height // 2


def disc(size: int) -> Grey:
    """A round structuring element, `size` pixels across."""
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def fill_holes(mask: Grey) -> Grey:
    """The mask with everything inside an outer ring."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(np.zeros_like(mask), contours, -1, (255,), cv2.FILLED), np.uint8)


def part_touching(mask: Grey, within: int, neck: float) -> NDArray[np.int32]:
    """Number the objects of a mask, (height, width) int32, 0 where there is none, parting what touches.

    Watershed on the distance to the edge. An object's core is where that
    distance is at least `neck` of the greatest one `within` so many pixels:
    two cores stay apart where the object narrows to less. The flooding runs at
    half the size, where it takes a fifth of the time.
    """
    distance = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    around = np.ones((2 * within + 1, 2 * within + 1), np.uint8)
    core = (distance > neck * cv2.dilate(distance, around)) & (distance > 2)
    _, cores = cv2.connectedComponents(core.astype(np.uint8))
    land = cv2.dilate(mask, np.ones((3, 3), np.uint8))[::2, ::2] > 0
    flooded = np.asarray(_watershed(-distance[::2, ::2], cores[::2, ::2], mask=land), np.int32)
    height, width = mask.shape
    numbered = flooded.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    return np.asarray(np.where(mask > 0, numbered, 0), np.int32)


def trace_numbered(numbered: NDArray[np.int32], smallest: float) -> Iterator[Shape]:
    """The shape of every numbered object of at least `smallest` square pixels."""
    for number, window in enumerate(ndimage.find_objects(numbered), start=1):
        if window is None:
            continue
        rows, columns = window
        alone = np.where(numbered[window] == number, np.uint8(255), np.uint8(0))
        yield from trace(alone, smallest, offset=(columns.start, rows.start))


def trace(mask: Grey, smallest: float, offset: tuple[int, int] = (0, 0)) -> Iterator[Shape]:
    """Every connected piece of a mask of at least `smallest` square pixels, with the holes in it."""
    # Where a mask is a pixel thin, its outline runs there and back over that pixel,
    # which makes a ring that crosses itself.
    smooth = cv2.morphologyEx(cv2.medianBlur(mask, 5), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    contours, hierarchy = cv2.findContours(smooth, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE, offset=offset)
    if not contours:
        return
    for position, (_, _, first_hole, parent) in enumerate(hierarchy[0]):
        if parent >= 0 or cv2.contourArea(contours[position]) < smallest:
            continue
        outer = _simplify(contours[position])
        if len(outer) >= 3:
            holes = tuple(_holes(contours, hierarchy[0], first_hole))
            yield Shape(outer, holes, np.asarray(contours[position], np.int32).reshape(-1, 2))


def _holes(contours: Sequence[Contour], hierarchy: NDArray[np.int32], hole: int) -> Iterator[Ring]:
    while hole >= 0:
        if cv2.contourArea(contours[hole]) >= _SMALLEST_HOLE_PIXELS:
            ring = _simplify(contours[hole])
            if len(ring) >= 3:
                yield ring
        hole = int(hierarchy[hole][0])


def _simplify(contour: Contour) -> Ring:
    return np.asarray(cv2.approxPolyDP(contour, _SIMPLIFIED_BY_PIXELS, True), np.int32).reshape(-1, 2)


def edge_strength(grey: Grey) -> NDArray[np.float32]:
    """How steep the picture is at each pixel, in grey levels a pixel."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.5)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def score(shape: Shape, edges: NDArray[np.float32], half_at: float) -> float:
    """How sure one can be of a shape, 0 to 1: its solidity times how clear an edge it has.

    Solidity is the area's share of its convex hull. The edge counts as
    s / (s + half_at) with s the mean steepness along the outer ring.
    """
    hull = cv2.contourArea(cv2.convexHull(shape.edge))
    solidity = cv2.contourArea(shape.edge) / hull if hull else 0.0
    steepness = float(edges[shape.edge[:, 1], shape.edge[:, 0]].mean())
    return round(float(np.clip(solidity * steepness / (steepness + half_at), 0, 1)), 4)
