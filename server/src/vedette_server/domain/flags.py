"""What is legal but doubtful about a prediction: kept, counted, and told with its likely mistake."""

import enum
from datetime import UTC, datetime, timedelta

import msgspec


class Code(enum.StrEnum):
    """Every flag there is."""

    SELF_CROSSING = "self_crossing"
    OUTSIDE_FRAME = "outside_frame"
    FEW_POINTS = "few_points"
    ZERO_AREA = "zero_area"
    DUPLICATE_OBJECT = "duplicate_object"
    NO_OBJECTS = "no_objects"
    NORMALISED_COORDINATES = "normalised_coordinates"
    XY_SWAPPED = "xy_swapped"
    SIZE_DIFFERS = "size_differs"
    CONTENT_TYPE_DIFFERS = "content_type_differs"
    LATENCY_IN_MILLISECONDS = "latency_in_milliseconds"
    CAPTURED_IN_FUTURE = "captured_in_future"
    CAPTURED_BEFORE_2000 = "captured_before_2000"


class Flag(msgspec.Struct, frozen=True):
    """`role`: `champion`, `shadow`, or `data` for the picture. `objects`: positions in the prediction's list."""

    code: str
    message: str
    objects: tuple[int, ...] = ()
    role: str = "data"


EARLIEST_BELIEVABLE = datetime(2000, 1, 1, tzinfo=UTC)


def flag_captured_at(captured_at: datetime, received_at: datetime, tolerance: timedelta) -> list[Flag]:
    """Doubts about the time a caller gave; what is doubted is filed under the time it was received."""
    filed = "it is filed under the time it was received"
    if captured_at > received_at + tolerance:
        ahead = (captured_at - received_at).total_seconds()
        message = f"captured_at is {ahead:.0f} s in the future: the sender's clock is ahead; {filed}"
        return [Flag(Code.CAPTURED_IN_FUTURE, message)]
    if captured_at < EARLIEST_BELIEVABLE:
        message = f"captured_at is {captured_at:%Y-%m-%d}: the sender's clock lost its battery; {filed}"
        return [Flag(Code.CAPTURED_BEFORE_2000, message)]
    return []
