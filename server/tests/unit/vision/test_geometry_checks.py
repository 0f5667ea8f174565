"""Doubtful shapes: each mistake is told as itself, and sound shapes raise no doubt."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vedette_server.domain.flags import Code, Flag
from vedette_server.domain.predictions import Part, Ring, SegmentedObject
from vedette_server.vision.geometry_checks import check_picture, check_prediction, crosses_itself
from vedette_server.vision.image_header import ImageHeader

FRAME = (640, 480)


def square(x: float, y: float, side: float) -> Ring:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


def an_object(*rings: Ring, class_id: int = 0) -> SegmentedObject:
    return SegmentedObject(class_id, 0.9, [Part(ring) for ring in rings])


def codes(
    *objects: SegmentedObject, frame: tuple[int, int] = FRAME, latency: float = 0.1
) -> dict[str, tuple[int, ...]]:
    flags = check_prediction("champion", objects, frame, latency)
    assert all(flag.role == "champion" for flag in flags)
    return {flag.code: flag.objects for flag in flags}


def test_sound_shapes_raise_no_doubt() -> None:
    circle = [(300 + 50 * math.cos(a / 20 * math.pi), 200 + 50 * math.sin(a / 20 * math.pi)) for a in range(40)]
    edge = [(0.0, 0.0), (640.0, 0.0), (640.0, 480.0), (0.0, 480.0)]
    assert codes(an_object(square(10, 10, 5)), an_object(circle, square(0, 0, 3)), an_object(edge)) == {}


def test_a_repeated_first_point_is_no_crossing() -> None:
    assert codes(an_object([*square(10, 10, 5), (10, 10)])) == {}


def test_spurs_of_one_pixel_are_no_crossing() -> None:
    spur = [(10, 10), (20, 10), (20, 15), (30, 15), (20, 15), (20, 20), (10, 20)]
    assert codes(an_object(spur)) == {}


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (an_object([(10, 10), (30, 30), (30, 10), (10, 20)]), Code.SELF_CROSSING),
        (an_object([(1, 1), (5, 5)]), Code.FEW_POINTS),
        (an_object([]), Code.FEW_POINTS),
        (SegmentedObject(0, None, []), Code.FEW_POINTS),
        (an_object([(1, 1), (5, 5), (9, 9)]), Code.ZERO_AREA),
        (an_object(square(630, 470, 20)), Code.OUTSIDE_FRAME),
        (an_object(square(-1, 10, 20)), Code.OUTSIDE_FRAME),
    ],
)
def test_each_doubt_names_its_object(shape: SegmentedObject, code: Code) -> None:
    assert codes(an_object(square(10, 10, 5)), shape) == {code: (1,)}


def test_duplicates() -> None:
    one, same, other = an_object(square(1, 1, 9)), an_object(square(1, 1, 9)), an_object(square(1, 1, 9), class_id=1)
    assert codes(one, other, same) == {Code.DUPLICATE_OBJECT: (0, 2)}


def test_coordinates_of_another_kind() -> None:
    assert codes(an_object(square(0.2, 0.3, 0.4))) == {Code.NORMALISED_COORDINATES: ()}
    assert codes(an_object(square(100, 500, 100)), an_object(square(1, 1, 9))) == {Code.XY_SWAPPED: (0,)}
    # On a square frame nothing can tell the two apart.
    assert codes(an_object(square(100, 500, 100)), frame=(480, 480)) == {Code.OUTSIDE_FRAME: (0,)}


def test_nothing_and_milliseconds() -> None:
    assert codes(latency=257.0) == {Code.LATENCY_IN_MILLISECONDS: (), Code.NO_OBJECTS: ()}


def declared(size: tuple[int, int], header: ImageHeader) -> Flag:
    [flag] = check_picture(header, size, None)
    assert flag.code == Code.SIZE_DIFFERS
    return flag


def test_sizes() -> None:
    upright, turned = ImageHeader("jpeg", 4000, 3000), ImageHeader("jpeg", 4000, 3000, orientation=6)
    assert check_picture(upright, (4000, 3000), "IMAGE/JPEG") == []
    assert check_picture(turned, (3000, 4000), "image/jpg") == []
    assert "EXIF" in declared((4000, 3000), turned).message
    assert "exchanged" in declared((3000, 4000), upright).message
    assert "resized" in declared((640, 480), upright).message
    assert declared((641, 640), upright).message.endswith("4000×3000")
    [flag] = check_picture(upright, None, "image/png")
    assert flag.code == Code.CONTENT_TYPE_DIFFERS


ring_points = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=12)


@given(ring_points)
def test_a_crossing_is_one_that_shapely_finds_too(points: list[tuple[int, int]]) -> None:
    if crosses_itself(np.array(points, dtype=np.float64)):
        assert not shapely.is_simple(shapely.LinearRing(points))


@given(ring_points)
def test_a_valid_polygon_never_crosses(points: list[tuple[int, int]]) -> None:
    if shapely.is_valid(shapely.Polygon(points)):
        assert not crosses_itself(np.array(points, dtype=np.float64))


def test_a_ring_of_a_hundred_thousand_points_is_answered() -> None:
    angles = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    star = 200 + 100 * np.stack([np.cos(7 * angles), np.sin(11 * angles)], axis=1)
    assert codes(an_object([(float(x), float(y)) for x, y in star])) == {Code.SELF_CROSSING: (0,)}
