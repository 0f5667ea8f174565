"""What is legal but doubtful about a prediction's shapes and about the picture they belong to.

Pure functions; each doubt is a `Flag` that names the likely mistake. Shapes are
refused elsewhere; here everything has been accepted already.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from vedette_server.domain.flags import Code, Flag
from vedette_server.domain.predictions import Ring, SegmentedObject
from vedette_server.vision.image_header import ImageHeader

# Points may lie on the frame's edge, and rounding may carry them half a pixel over it.
FRAME_TOLERANCE_PIXELS = 0.5
# Nobody's inference takes a minute; plenty of programs measure it in milliseconds.
LONGEST_LATENCY_SECONDS = 60.0
# Comparing all pairs of edges is quadratic: longer rings, and more pairs in all, are judged less finely.
MAX_EXACT_EDGES = 512
MAX_EDGE_PAIRS = 20_000_000

Points = npt.NDArray[np.float64]


def check_picture(
    header: ImageHeader, declared_size: tuple[int, int] | None, declared_content_type: str | None
) -> list[Flag]:
    """Doubts about a picture: what the caller declared unlike what its bytes say."""
    flags = []
    if declared_size is not None and declared_size != header.oriented_size:
        flags.append(Flag(Code.SIZE_DIFFERS, _size_message(header, declared_size)))
    if declared_content_type is not None:
        declared = declared_content_type.lower().partition(";")[0].strip().replace("image/jpg", "image/jpeg")
        if declared != header.content_type:
            message = f"declared as {declared!r}, but the bytes are {header.content_type!r}"
            flags.append(Flag(Code.CONTENT_TYPE_DIFFERS, message))
    return flags


def _size_message(header: ImageHeader, declared: tuple[int, int]) -> str:
    width, height = header.oriented_size
    said = f"declared {declared[0]}×{declared[1]}, but the picture is {width}×{height}"
    if declared == (header.width, header.height) or declared == (height, width):
        why = "rotated by EXIF" if header.orientation >= 5 else "width and height exchanged"
        return f"{said}: {why}"
    if abs(declared[0] * height - declared[1] * width) <= max(width, height):
        return f"{said}: the same shape, so the polygons are probably in the model's resized input"
    return said


def check_prediction(
    role: str,
    objects: Sequence[SegmentedObject],
    frame: tuple[int, int],
    latency_seconds: float | None,
) -> list[Flag]:
    """Doubts about one model's objects on a frame of (width, height) pixels."""
    flags: list[Flag] = []

    def flag(code: Code, message: str, positions: Sequence[int] = ()) -> None:
        flags.append(Flag(code, message, tuple(positions), role))

    if latency_seconds is not None and latency_seconds > LONGEST_LATENCY_SECONDS:
        message = f"a latency of {latency_seconds:g} s: probably milliseconds, wanted seconds"
        flag(Code.LATENCY_IN_MILLISECONDS, message)
    if not objects:
        flag(Code.NO_OBJECTS, "no object at all")
        return flags
    outers = [(n, part.outer) for n, item in enumerate(objects) for part in item.parts]
    owners = np.fromiter((n for n, _ in outers), dtype=np.int64, count=len(outers))
    lengths = np.fromiter((len(ring) for _, ring in outers), dtype=np.int64, count=len(outers))
    points = np.array([point for _, ring in outers for point in ring], dtype=np.float64).reshape(-1, 2)
    _check_frame(flag, points, np.repeat(owners, lengths), frame, len(objects))
    _check_rings(flag, points, owners, lengths, objects)
    _check_duplicates(flag, objects)
    return flags


Report = Callable[[Code, str, Sequence[int]], None]


def _check_frame(
    report: Report,
    points: Points,
    owners: npt.NDArray[np.int64],
    frame: tuple[int, int],
    object_count: int,
) -> None:
    if not len(points):
        return
    size = np.array(frame, dtype=np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    if min(frame) > 2 and (low >= 0).all() and (high <= 1).all():
        message = (
            f"all coordinates lie between 0 and 1 on a frame of {frame[0]}×{frame[1]}: probably normalised, "
            "wanted pixels"
        )
        report(Code.NORMALISED_COORDINATES, message, ())
        return
    outside = (points < -FRAME_TOLERANCE_PIXELS) | (points > size + FRAME_TOLERANCE_PIXELS)
    beyond = np.unique(owners[outside.any(axis=1)]).tolist()
    if not beyond:
        return
    fits_swapped = (low >= -FRAME_TOLERANCE_PIXELS).all() and (high <= size[::-1] + FRAME_TOLERANCE_PIXELS).all()
    if fits_swapped and frame[0] != frame[1]:
        message = f"the points do not fit {frame[0]}×{frame[1]} but would fit with x and y exchanged: wanted [x, y]"
        report(Code.XY_SWAPPED, message, beyond)
        return
    message = f"{len(beyond)} of {object_count} objects reach outside the {frame[0]}×{frame[1]} frame"
    report(Code.OUTSIDE_FRAME, message, beyond)


def _check_rings(
    report: Report,
    points: Points,
    owners: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    objects: Sequence[SegmentedObject],
) -> None:
    few = np.unique(owners[lengths < 3]).tolist()
    few += [n for n, item in enumerate(objects) if not item.parts]
    if few:
        report(Code.FEW_POINTS, f"{len(few)} objects have fewer than three points", sorted(set(few)))
    enough = lengths >= 3
    if not enough.any():
        return
    ring_of_point = np.repeat(np.arange(len(lengths)), lengths)
    chosen = enough[ring_of_point]
    _, ring_index = np.unique(ring_of_point[chosen], return_inverse=True)
    polygons = shapely.polygons(shapely.linearrings(points[chosen], indices=ring_index))
    owners_of_rings = owners[enough]
    flat = np.unique(owners_of_rings[shapely.area(polygons) == 0]).tolist()
    if flat:
        report(Code.ZERO_AREA, f"{len(flat)} objects enclose no area", flat)
    suspects = np.flatnonzero(~shapely.is_valid(polygons))
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1][enough]
    crossing = set()
    budget = MAX_EDGE_PAIRS
    for ring in suspects:
        length = int(lengths[enough][ring])
        budget -= length * length
        exact = length <= MAX_EXACT_EDGES and budget > 0
        if not exact or crosses_itself(points[starts[ring] : starts[ring] + length]):
            crossing.add(int(owners_of_rings[ring]))
    if crossing:
        report(Code.SELF_CROSSING, f"the outline of {len(crossing)} objects crosses itself", sorted(crossing))


def crosses_itself(ring: Points) -> bool:
    """Whether two edges of a ring, (n, 2), properly cross.

    Edges that only touch or run along each other do not: outlines traced from
    masks do that wherever a mask is one pixel thin. O(n²) in the points.
    """
    start, end = ring, np.roll(ring, -1, axis=0)

    def side(a: Points, b: Points, c: Points) -> Points:
        """Twice the signed area of each triangle: on which side of a→b lies c."""
        ab, ac = b - a, c - a
        return np.asarray(ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0])

    a, b = start[:, None], end[:, None]
    c, d = start[None, :], end[None, :]
    apart_on_ab = side(a, b, c) * side(a, b, d) < 0
    return bool((apart_on_ab & apart_on_ab.T).any())


def _check_duplicates(report: Report, objects: Sequence[SegmentedObject]) -> None:
    def outline(item: SegmentedObject) -> tuple[int, tuple[tuple[tuple[float, float], ...], ...]]:
        return item.class_id, tuple(_ring_key(part.outer) for part in item.parts)

    if len(objects) < 2:
        return
    outlines = [outline(item) for item in objects]
    counts = Counter(outlines)
    if len(counts) == len(objects):
        return
    repeated = [n for n, key in enumerate(outlines) if counts[key] > 1]
    report(Code.DUPLICATE_OBJECT, f"{len(repeated)} objects share class and outline with another", repeated)


def _ring_key(ring: Ring) -> tuple[tuple[float, float], ...]:
    return tuple(ring)
