"""Headers of real files, of files cut and changed at every place, and of things that are no pictures."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette_server.domain.errors import InvalidImage, TooLarge
from vedette_server.vision.image_header import ImageHeader, read_image_header

MOST = 10_000_000
PIXELS = np.random.default_rng(0).integers(0, 255, (31, 47, 3), dtype=np.uint8)


def encode(kind: str, pixels: np.ndarray = PIXELS, *options: int) -> bytes:
    return cv2.imencode(kind, pixels, list(options))[1].tobytes()


FILES = {
    "png": encode(".png"),
    "png 16": encode(".png", PIXELS.astype(np.uint16) * 257),
    "png grey": encode(".png", PIXELS[..., 0]),
    "jpeg": encode(".jpg"),
    "jpeg progressive": encode(".jpg", PIXELS, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    "jpeg restart": encode(".jpg", PIXELS, cv2.IMWRITE_JPEG_RST_INTERVAL, 1),
    "webp": encode(".webp", PIXELS, cv2.IMWRITE_WEBP_QUALITY, 80),
    "webp lossless": encode(".webp", PIXELS, cv2.IMWRITE_WEBP_QUALITY, 101),
    "tiff": encode(".tiff"),
    "tiff 16": encode(".tiff", PIXELS.astype(np.uint16) * 257),
}


def with_exif(jpeg: bytes, orientation: int, order: str = ">") -> bytes:
    """A JPEG with an EXIF segment that holds an orientation and a thumbnail of another size."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entries = struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + mark + entries + encode(".jpg", PIXELS[:5, :7])
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


@pytest.mark.parametrize("name", FILES)
def test_real_files(name: str) -> None:
    header = read_image_header(FILES[name], MOST)
    assert (header.width, header.height) == header.oriented_size == (47, 31)
    assert header.format == name.split()[0]
    assert header.bit_depth == (16 if "16" in name else 8)
    assert header.displayable == (name.split()[0] != "tiff" and "16" not in name)
    assert header.content_type == f"image/{header.format}"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_picture_and_its_thumbnail_is_not_mistaken(orientation: int, order: str) -> None:
    header = read_image_header(with_exif(FILES["jpeg"], orientation, order), MOST)
    assert (header.width, header.height, header.orientation) == (47, 31, orientation)
    assert header.oriented_size == ((31, 47) if orientation >= 5 else (47, 31))


def test_fill_bytes_and_what_follows_the_end() -> None:
    jpeg = FILES["jpeg"]
    assert read_image_header(jpeg[:2] + b"\xff\xff\xff" + jpeg[2:] + b"\0" * 100, MOST).width == 47


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_refused(name: str) -> None:
    body = FILES[name]
    # A TIFF may keep its directory last, a WebP a byte of padding.
    for end in range(0, len(body) - 2, max(1, len(body) // 60)):
        with pytest.raises(InvalidImage):
            read_image_header(body[:end], MOST)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "nothing"),
        (b"GIF89a" + bytes(20), "a GIF"),
        (b"<html>", "HTML"),
        (b"%PDF-1.7", "a PDF"),
        (b'{"a": 1}', "JSON"),
        (bytes(4) + b"ftypheic" + bytes(8), "HEIF"),
        (b"\x01\x02\x03", "01 02 03"),
    ],
)
def test_what_is_no_picture_is_named(body: bytes, words: str) -> None:
    with pytest.raises(InvalidImage, match=words):
        read_image_header(body, MOST)


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def test_bombs_and_nothing() -> None:
    with pytest.raises(TooLarge, match="4000000000 pixels"):
        read_image_header(png(200_000, 20_000), MOST)
    with pytest.raises(InvalidImage, match="at least one pixel"):
        read_image_header(png(0, 10), MOST)


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(body: bytes) -> None:
    answered(body)


@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_change_of_a_file_is_answered(name: str, data: st.DataObject) -> None:
    body = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, min(len(body) - 1, 400)))
        body[place] = data.draw(st.integers(0, 255))
    answered(bytes(body))


def answered(body: bytes) -> None:
    """A header or one of two errors, nothing else."""
    try:
        header = read_image_header(body, MOST)
    except (InvalidImage, TooLarge):
        return
    assert isinstance(header, ImageHeader)
    assert header.width * header.height <= MOST
