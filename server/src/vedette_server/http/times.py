"""Times as callers send them: seconds since 1970, or a date with its zone."""

from datetime import UTC, datetime, timedelta

from vedette_server.domain.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_time(field: str, value: datetime | float | None) -> datetime | None:
    """A moment in UTC, to the microsecond; `InvalidInput` for one that no calendar holds."""
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        # Whole microseconds: a float of today's seconds is exact to less than one.
        return EPOCH + timedelta(microseconds=round(value * 1_000_000))
    except (OverflowError, ValueError) as error:
        raise InvalidInput(field, value, "a time between the years 1 and 9999") from error
