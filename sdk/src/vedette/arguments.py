"""What a caller gives, checked field by field before anything is sent.

Outlines are `prediction.py`'s work and pictures `image.py`'s; everything else that
a call may hold is looked at here. Each function returns the value as the wire wants
it, or raises `InvalidPrediction` with the name of the parameter.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from operator import index
from typing import Any
from uuid import UUID

import msgspec

from vedette.contract import ModelVersion
from vedette.errors import InvalidPrediction

_LARGEST_LENGTH = 2**31 - 1


def check_id(value: UUID | str) -> UUID:
    """An id of the caller's own."""
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (ValueError, AttributeError, TypeError) as error:
        wanted = 'a UUID; to use a name of your own: uuid.uuid5(deployment.id, "your name")'
        raise InvalidPrediction("id", repr(value), wanted) from error


def check_seconds(field: str, value: float | timedelta | None) -> float:
    """A duration in seconds, finite and not negative."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    try:
        number = _as_float(seconds)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidPrediction(field, repr(value), "seconds, as a number") from error
    if not math.isfinite(number) or number < 0:
        raise InvalidPrediction(field, repr(value), "seconds, 0 or more")
    return number


def check_timestamp(value: float | datetime) -> datetime | float:
    """A moment: seconds since 1970, or a datetime that knows its zone."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidPrediction("timestamp", repr(value), "a datetime with its zone, like datetime.now(UTC)")
        return value.astimezone(UTC)
    wanted = "seconds since 1970, or a datetime with its zone"
    try:
        number = _as_float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidPrediction("timestamp", repr(value), wanted) from error
    if not math.isfinite(number):
        raise InvalidPrediction("timestamp", repr(value), wanted)
    return number


def check_pixels(field: str, value: int | None) -> int | None:
    """A width or height, 1 or more; numpy's integers count."""
    if value is None:
        return None
    try:
        length = 0 if isinstance(value, bool) else index(value)
    except TypeError:
        length = 0
    if not 1 <= length <= _LARGEST_LENGTH:
        raise InvalidPrediction(field, repr(value), "a whole number of pixels, 1 or more")
    return length


def check_text(field: str, value: str | None) -> str | None:
    """Text that UTF-8 can carry."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidPrediction(field, repr(value), "text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidPrediction(field, ascii(value), "text without half characters (surrogates)") from error
    # The encoder knows str itself, not numpy's.
    return str.__str__(value)


def check_tags(value: Iterable[str] | None) -> list[str]:
    """Several texts; one text alone would be taken for its letters."""
    if value is None:
        return []
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise InvalidPrediction("tags", repr(value), 'a list of texts, like ["night"]')
    tags = []
    for position, tag in enumerate(value):
        text = check_text(f"tags[{position}]", tag)
        if text is None:
            raise InvalidPrediction(f"tags[{position}]", "None", "text")
        tags.append(text)
    return tags


def check_metadata(value: Mapping[str, Any] | None) -> dict[str, Any]:
    """A mapping that JSON can say; NaN becomes null there."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidPrediction("metadata", repr(value), "a mapping")
    metadata = dict(value)
    try:
        msgspec.json.encode(metadata)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InvalidPrediction("metadata", str(error), "a mapping that JSON can say") from error
    return metadata


def check_model_version(field: str, value: str | ModelVersion | None) -> str | None:
    """A version's name."""
    return check_text(field, value.name if isinstance(value, ModelVersion) else value)


def _as_float(value: Any) -> float:
    # float() would take text, and a bool is a slip.
    if isinstance(value, str | bytes | bool):
        raise TypeError(f"{type(value).__name__} is no number")
    return float(value)
