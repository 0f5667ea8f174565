"""Where a listing goes on: opaque text that names a place, not a page number."""

import base64
import binascii
from datetime import UTC, datetime

import msgspec

from vedette_server.adapters.sql.tables import EPOCH, MICROSECOND
from vedette_server.domain.errors import InvalidInput

# Beyond this there is no datetime.
LATEST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The last row given out. `snapshot` is the newest commit the walk may see."""

    snapshot: int
    filed_at: int
    seq: int


def encode_cursor(place: Place) -> str:
    """A place as URL-safe text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def decode_cursor(cursor: str) -> Place:
    """The inverse of `encode_cursor`; `InvalidInput` for anything else."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=Place)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise InvalidInput("cursor", cursor, "the next_cursor of an earlier page") from error
    in_range = all(abs(number) < 2**63 for number in (place.snapshot, place.seq))
    if not in_range or not 0 <= place.filed_at <= LATEST:
        raise InvalidInput("cursor", cursor, "the next_cursor of an earlier page")
    return place
