"""Pictures as callers have them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from vedette import InvalidPrediction
from vedette.image import read_image


def decode(body: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_UNCHANGED)


def test_files_and_bytes_go_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"anything")
    assert read_image(path) == read_image(str(path)) == (b"anything", "a.bin")
    assert read_image(b"anything", "b.png") == (b"anything", "b.png")
    assert read_image(memoryview(b"anything")).body == b"anything"


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3), (5, 7, 4)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_arrays_become_png_without_loss(shape: tuple[int, ...], kind: type) -> None:
    array = np.random.default_rng(0).integers(0, np.iinfo(kind).max, shape, dtype=kind)
    decoded = decode(read_image(array).body)
    expected = array.reshape(5, 7) if shape[2:] in {(), (1,)} else array[..., [2, 1, 0, *range(3, shape[2])]]
    assert decoded.dtype == kind
    assert np.array_equal(decoded, expected)


def test_a_slice_of_an_array() -> None:
    array = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    assert np.array_equal(decode(read_image(array[::2, 5:9, ::-1]).body), array[::2, 5:9])


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 2)), np.zeros((2, 2, 2), np.uint8), np.zeros((0, 2), np.uint8), np.zeros(3, np.uint8)]
)
def test_arrays_that_are_no_pictures(wrong: np.ndarray) -> None:
    with pytest.raises(InvalidPrediction, match="uint8 or uint16"):
        read_image(wrong)
