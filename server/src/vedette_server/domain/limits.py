"""How much of anything one request may bring. Each limit is a setting; these are the defaults."""

from datetime import timedelta

import msgspec

MEBIBYTE = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Upper bounds, and the two tolerances of time."""

    max_body_bytes: int = 64 * MEBIBYTE
    max_image_pixels: int = 268_435_456
    max_objects: int = 20_000
    max_points: int = 1_000_000
    max_tags: int = 64
    max_metadata_bytes: int = 65_536
    replay_window: timedelta = timedelta(minutes=10)
    future_tolerance: timedelta = timedelta(minutes=1)
