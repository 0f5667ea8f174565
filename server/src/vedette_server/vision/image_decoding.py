"""From bytes to pixels, and from pixels to what a browser can show."""

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

THUMBNAIL_QUALITY = 80
STRETCH_PERCENTILES = (0.1, 99.9)


class Undecodable(Exception):
    """The bytes passed as a picture, but no picture comes out of them."""


def decode_image(body: bytes) -> Image:
    """Pixels of a PNG, JPEG, WebP or TIFF: (H, W) or (H, W, 3 or 4), BGR, 8 or 16 bits, upright.

    Raises `Undecodable`.
    """
    flags = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR
    try:
        image = cv2.imdecode(np.frombuffer(body, dtype=np.uint8), flags)
    except cv2.error as error:
        raise Undecodable(f"the decoder refused it: {error.err}") from error
    if image is None or image.size == 0:
        raise Undecodable("the decoder found no picture in it")
    if image.dtype == np.uint16:
        return np.asarray(image, dtype=np.uint16)
    return image if image.dtype == np.uint8 else _to_8_bits(image)


def _to_8_bits(image: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """The darkest 0.1 % become black, the brightest 0.1 % white, everything between in proportion."""
    values = image.astype(np.float32)
    low, high = np.percentile(values, STRETCH_PERCENTILES)
    scale = 255.0 / (high - low) if high > low else 0.0
    return np.asarray(np.clip((values - low) * scale, 0, 255), dtype=np.uint8)


def render_for_display(image: Image) -> npt.NDArray[np.uint8]:
    """The picture in 8 bits a channel.

    A camera's 12 or 14 bits in a 16-bit file would look black if they were only
    divided by 256, so 16 bits are stretched between their 0.1 and 99.9 percentiles.
    """
    return np.asarray(image, dtype=np.uint8) if image.dtype == np.uint8 else _to_8_bits(image)


def encode_display(image: npt.NDArray[np.uint8], max_side: int | None = None) -> tuple[bytes, str]:
    """An 8-bit picture as a file and its media type, no side longer than `max_side` pixels.

    Full size as PNG, so that nothing is lost; smaller as JPEG.
    """
    height, width = image.shape[:2]
    if max_side is None:
        return cv2.imencode(".png", image)[1].tobytes(), "image/png"
    scale = max_side / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY])[1].tobytes(), "image/jpeg"
