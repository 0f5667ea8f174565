"""Decoding, image quality and mask sizes against hand-worked values and other libraries."""

import cv2
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from skimage.draw import polygon as draw_polygon

from vedette_server.domain.predictions import Part, SegmentedObject
from vedette_server.vision import image_quality
from vedette_server.vision.image_decoding import Undecodable, decode_image, encode_display, render_for_display
from vedette_server.vision.mask_geometry import mask_area_share, part_area, ring_area

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]


def test_grey_has_the_brightness_of_its_value() -> None:
    values = image_quality.measure_image(np.full((20, 30, 3), 51, np.uint8))
    assert values["image_brightness"] == pytest.approx(0.2, abs=1e-6)
    assert values["image_contrast"] == pytest.approx(0, abs=1e-6)
    assert values["image_sharpness"] == pytest.approx(0, abs=1e-6)
    assert values["image_saturation"] == 0


def test_half_black_half_white() -> None:
    picture = np.zeros((10, 10), np.uint8)
    picture[:, 5:] = 255
    values = image_quality.measure_image(picture)
    assert (values["image_brightness"], values["image_contrast"]) == (pytest.approx(0.5), pytest.approx(0.5))


def test_pure_colours_are_saturated_and_black_is_not() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[0, 0] = (255, 0, 0)
    picture[1, 1] = (0, 10, 0)
    assert image_quality.saturation(picture) == pytest.approx(0.5)


@pytest.mark.parametrize("scale", [1, 257])
def test_quality_equals_its_formulas(scale: int) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (40, 50, 3), dtype=np.uint8)
    image = picture if scale == 1 else picture.astype(np.uint16) * 257
    luma = picture.astype(np.float64) @ [0.114, 0.587, 0.299] / 255
    highest, lowest = picture.max(axis=2).astype(float), picture.min(axis=2).astype(float)
    values = image_quality.measure_image(image)
    assert values["image_brightness"] == pytest.approx(luma.mean(), abs=2e-3)
    assert values["image_contrast"] == pytest.approx(luma.std(), abs=2e-3)
    assert values["image_saturation"] == pytest.approx(((highest - lowest) / np.maximum(highest, 1)).mean(), abs=1e-6)


def test_blur_takes_sharpness_away() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (60, 60), dtype=np.uint8)
    sharp, blurred = (
        image_quality.measure_image(image)["image_sharpness"] for image in (picture, cv2.blur(picture, (3, 3)))
    )
    assert blurred < sharp / 10


def test_what_cannot_be_decoded_says_so() -> None:
    with pytest.raises(Undecodable):
        decode_image(b"\xff\xd8\xff\xc0 nothing \xff\xd9")


def test_sixteen_bits_are_kept_and_stretched_only_for_display() -> None:
    deep = (np.arange(6000, dtype=np.uint16).reshape(60, 100) % 4096).astype(np.uint16)
    decoded = decode_image(cv2.imencode(".png", deep)[1].tobytes())
    assert np.array_equal(decoded, deep)
    shown = render_for_display(decoded)
    assert (shown.dtype, shown.min(), shown.max()) == (np.uint8, 0, 255)
    body, content_type = encode_display(shown)
    assert content_type == "image/png"
    assert np.array_equal(decode_image(body), shown)


def test_thumbnails_keep_the_shape_and_never_grow() -> None:
    picture = np.zeros((300, 900, 3), np.uint8)
    body, content_type = encode_display(picture, max_side=480)
    assert (decode_image(body).shape, content_type) == ((160, 480, 3), "image/jpeg")
    assert decode_image(encode_display(picture[:10, :20], max_side=480)[0]).shape == (10, 20, 3)


def test_areas() -> None:
    assert ring_area(SQUARE) == 100
    assert ring_area(SQUARE[:2]) == 0
    hole = [(2.0, 2.0), (4.0, 2.0), (4.0, 5.0), (2.0, 5.0)]
    assert part_area(Part(SQUARE, [hole])) == 94
    far = [(x + 1e9, y + 1e9) for x, y in SQUARE]
    assert ring_area(far) == pytest.approx(100)


@given(st.lists(st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)), min_size=3, max_size=10))
def test_the_area_of_a_valid_ring_is_shapelys(points: list[tuple[float, float]]) -> None:
    polygon = shapely.Polygon(points)
    if polygon.is_valid:
        assert ring_area(points) == pytest.approx(polygon.area, rel=1e-9, abs=1e-6)


def covering(*parts: Part) -> SegmentedObject:
    return SegmentedObject(0, None, list(parts))


def test_shares() -> None:
    half = [(0.0, 0.0), (50.0, 0.0), (50.0, 100.0), (0.0, 100.0)]
    assert mask_area_share([], 100, 100) == 0
    assert mask_area_share([covering(Part(half))], 100, 100) == pytest.approx(0.5, abs=0.02)
    # The union: what two cover counts once, and a hole of one does not uncover the other.
    holed = covering(Part(half, [[(10.0, 10.0), (40.0, 10.0), (40.0, 90.0), (10.0, 90.0)]]))
    assert mask_area_share([covering(Part(half)), holed], 100, 100) == pytest.approx(0.5, abs=0.02)
    assert mask_area_share([holed], 100, 100) == pytest.approx(0.5 - 0.24, abs=0.03)
    assert mask_area_share([covering(Part([(-1e12, -1e12), (1e12, -1e12), (1e12, 1e12), (-1e12, 1e12)]))], 50, 40) == 1


def test_a_share_is_scikit_images() -> None:
    ring = [(20.0, 30.0), (180.0, 10.0), (150.0, 140.0), (60.0, 120.0)]
    mask = np.zeros((150, 200), bool)
    mask[draw_polygon([y for _, y in ring], [x for x, _ in ring], mask.shape)] = True
    assert mask_area_share([covering(Part(ring))], 200, 150) == pytest.approx(mask.mean(), abs=0.01)
