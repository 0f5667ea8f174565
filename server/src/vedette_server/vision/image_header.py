"""What a picture's bytes say of themselves: format, size, orientation, and whether they end where they should.

A walk from marker to marker, without decoding: cheap enough for every request.
What passes here may still turn out undecodable; decoding is `image_decoding`'s work.
"""

import struct
from typing import Literal, NamedTuple

from vedette_server.domain.errors import InvalidImage, TooLarge

Format = Literal["png", "jpeg", "webp", "tiff"]

WANTED = "a PNG, JPEG, WebP or TIFF picture"
PIXELS_SETTING = "VEDETTE_MAX_IMAGE_PIXELS"
MAX_CHUNKS = 200_000
MAX_STRIPS = 1_000_000


class ImageHeader(NamedTuple):
    """`width` and `height` as stored, in pixels; `orientation` is EXIF's, 1 to 8; `bit_depth` per channel."""

    format: Format
    width: int
    height: int
    bit_depth: int = 8
    orientation: int = 1

    @property
    def content_type(self) -> str:
        """The media type."""
        return f"image/{self.format}"

    @property
    def oriented_size(self) -> tuple[int, int]:
        """Width and height as a viewer shows them: orientations 5 to 8 lie on their side."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)

    @property
    def displayable(self) -> bool:
        """Whether a browser shows it as it is meant: no TIFF, and not 16 bits squeezed into 8."""
        return self.format != "tiff" and self.bit_depth <= 8


def read_image_header(body: bytes, max_pixels: int) -> ImageHeader:
    """The header of a picture that is whole as far as its structure tells.

    Raises `InvalidImage` for bytes that are no picture, end early or claim no
    size, and `TooLarge` for more than `max_pixels`.
    """
    try:
        header = _read(body)
    except (struct.error, IndexError) as error:
        raise _ends_early("in its header") from error
    if header.width < 1 or header.height < 1:
        raise InvalidImage("image", f"{header.width}×{header.height} pixels", "at least one pixel")
    pixels = header.width * header.height
    if pixels > max_pixels:
        raise TooLarge("image", f"{header.width}×{header.height} = {pixels} pixels", max_pixels, PIXELS_SETTING)
    return header


def _read(body: bytes) -> ImageHeader:
    if body.startswith(b"\xff\xd8\xff"):
        return _read_jpeg(body)
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return _read_png(body)
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return _read_webp(body)
    if body.startswith((b"II*\0", b"MM\0*")):
        return _read_tiff(body)
    raise InvalidImage("image", _describe(body), WANTED)


def _ends_early(where: str) -> InvalidImage:
    return InvalidImage("image", f"a picture that ends early, {where}", "the whole file", reason="truncated_image")


_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzipped data"),
    (b"II+\0", "a BigTIFF"),
    (b"MM\0+", "a BigTIFF"),
    (b"<", "text that begins with '<', like HTML or SVG"),
    (b"{", "text that begins with '{', like JSON"),
    (b"data:", "a data URL"),
)


def _describe(body: bytes) -> str:
    if not body:
        return "nothing"
    for beginning, name in _OTHERS:
        if body.lstrip()[: len(beginning)] == beginning:
            return name
    if body[4:8] == b"ftyp":
        return "an HEIF, AVIF or video file"
    return f"{len(body)} bytes that begin with {body[:8].hex(' ')}"


# Frame headers: all "start of frame" markers but the three that share their range (DHT, JPG, DAC).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_END_OF_IMAGE = b"\xff\xd9"
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})


def _read_jpeg(body: bytes) -> ImageHeader:
    position, orientation, depth = 2, 1, 8
    width = height = 0
    while True:
        if body[position] != 0xFF:
            raise InvalidImage("image", f"a JPEG with no marker at byte {position}", WANTED)
        while body[position] == 0xFF:
            position += 1
        marker = body[position]
        position += 1
        if marker in _WITHOUT_LENGTH:
            continue
        if marker == 0xD9:
            raise _ends_early("before its first scan")
        (length,) = struct.unpack_from(">H", body, position)
        if length < 2 or position + length > len(body):
            raise _ends_early("in a JPEG segment")
        if marker in _FRAMES:
            depth, height, width = struct.unpack_from(">BHH", body, position + 2)
        elif marker == 0xE1 and body[position + 2 : position + 8] == b"Exif\0\0":
            orientation = _exif_orientation(body[position + 8 : position + length])
        elif marker == 0xDA:
            break
        position += length
    # Inside a scan 0xFF is always followed by zero, so any end mark there is the picture's own.
    if not body.endswith(_END_OF_IMAGE) and body.find(_END_OF_IMAGE, position) < 0:
        raise _ends_early("without the end mark of a JPEG (EOI)")
    return ImageHeader("jpeg", width, height, depth, orientation)


def _exif_orientation(exif: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (offset,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, offset)
        for entry in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, offset + 2 + 12 * entry)
            if tag == 0x0112 and kind == 3:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        # Damaged EXIF does not make a picture unreadable.
        return 1
    return 1


def _read_png(body: bytes) -> ImageHeader:
    length, kind, width, height, depth = struct.unpack_from(">I4sIIB", body, 8)
    if kind != b"IHDR" or length != 13:
        raise InvalidImage("image", "a PNG without its header", WANTED)
    position = 8
    for _ in range(MAX_CHUNKS):
        if position + 12 > len(body):
            break
        length, kind = struct.unpack_from(">I4s", body, position)
        position += 12 + length
        if kind == b"IEND" and position <= len(body):
            return ImageHeader("png", width, height, depth)
    raise _ends_early("without the end chunk of a PNG (IEND)")


def _read_webp(body: bytes) -> ImageHeader:
    (size,) = struct.unpack_from("<I", body, 4)
    if size + 8 > len(body):
        raise _ends_early(f"after {len(body)} of {size + 8} bytes of a WebP")
    kind = body[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(body[24:27], "little") + 1
        height = int.from_bytes(body[27:30], "little") + 1
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 26))
    else:
        raise InvalidImage("image", "a WebP without a picture", WANTED)
    if len(body) < 30:
        raise _ends_early("in the header of a WebP")
    return ImageHeader("webp", width, height)


_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_WIDTH, _HEIGHT, _BITS, _ORIENTATION = 256, 257, 258, 274
_STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES = 273, 279, 324, 325


def _read_tiff(body: bytes) -> ImageHeader:
    order = "<" if body.startswith(b"II") else ">"
    (offset,) = struct.unpack_from(f"{order}I", body, 4)
    (count,) = struct.unpack_from(f"{order}H", body, offset)
    tags: dict[int, tuple[int, ...]] = {}
    wanted = {_WIDTH, _HEIGHT, _BITS, _ORIENTATION, _STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES}
    for entry in range(count):
        place = offset + 2 + 12 * entry
        tag, kind, number = struct.unpack_from(f"{order}HHI", body, place)
        if tag not in wanted or kind not in {3, 4} or number > MAX_STRIPS:
            continue
        if number * _TIFF_SIZES[kind] > 4:
            (place_of_values,) = struct.unpack_from(f"{order}I", body, place + 8)
        else:
            place_of_values = place + 8
        tags[tag] = struct.unpack_from(f"{order}{number}{'H' if kind == 3 else 'I'}", body, place_of_values)
    for starts, sizes in ((_STRIPS, _STRIP_SIZES), (_TILES, _TILE_SIZES)):
        ends = (start + size for start, size in zip(tags.get(starts, ()), tags.get(sizes, ()), strict=False))
        if max(ends, default=0) > len(body):
            raise _ends_early("before the last strip of a TIFF")
    if not tags.get(_STRIPS) and not tags.get(_TILES):
        raise InvalidImage("image", "a TIFF without a picture", WANTED)
    first = {tag: values[0] for tag, values in tags.items() if values}
    orientation = first.get(_ORIENTATION, 1)
    return ImageHeader(
        "tiff",
        first.get(_WIDTH, 0),
        first.get(_HEIGHT, 0),
        first.get(_BITS, 1),
        orientation if 1 <= orientation <= 8 else 1,
    )
