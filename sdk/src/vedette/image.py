"""A picture as callers have it, made into a file's bytes: a path, bytes, or an array of pixels."""

import os
import struct
import zlib
from pathlib import Path
from typing import Any, NamedTuple

from vedette.errors import InvalidPrediction

WANTED = "a path, the bytes of an image file, or an array (H, W) or (H, W, 3 or 4) of uint8 or uint16, RGB"

# Shown and sent faster than a smaller file would be made.
PNG_COMPRESSION = 1


class ImageFile(NamedTuple):
    """The bytes of an image file, and the name it goes by."""

    body: bytes
    filename: str


def read_image(image: Any, filename: str | None = None) -> ImageFile:
    """The bytes to send.

    Files and bytes go as they are. Arrays become PNG, which loses nothing: encode
    them as JPEG yourself where size matters more.
    """
    if isinstance(image, str | os.PathLike):
        path = Path(image)
        # A file's name may hold bytes that are no text; it is a name for people here, no address.
        return ImageFile(path.read_bytes(), filename or path.name.encode(errors="replace").decode())
    if isinstance(image, bytes | bytearray | memoryview):
        return ImageFile(bytes(image), filename or "image")
    # Pictures of other libraries have an array's interface without being one.
    if hasattr(image, "__array__") and hasattr(image, "shape") and hasattr(image, "dtype"):
        return ImageFile(_encode_png(image), filename or "image.png")
    raise InvalidPrediction("image_path", type(image).__name__, WANTED)


_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}


def _encode_png(array: Any) -> bytes:
    shape = tuple(array.shape)
    channels = 1 if len(shape) == 2 else shape[2] if len(shape) == 3 else 0
    kind = getattr(array.dtype, "kind", "")
    depth = 8 * getattr(array.dtype, "itemsize", 0)
    if channels not in _COLOUR_TYPES or kind != "u" or depth not in {8, 16} or 0 in shape:
        raise InvalidPrediction("image_path", f"an array {shape} of {array.dtype}", WANTED)
    height, width = shape[:2]
    # PNG's numbers are big-endian.
    pixels = array.tobytes() if depth == 8 else array.astype(">u2").tobytes()
    stride = width * channels * depth // 8
    # Each row begins with the filter it was put through: none.
    rows = b"".join(b"\0" + pixels[start : start + stride] for start in range(0, height * stride, stride))
    header = struct.pack(">IIBBBBB", width, height, depth, _COLOUR_TYPES[channels], 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(rows, PNG_COMPRESSION)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
