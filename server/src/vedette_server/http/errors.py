"""Errors to status codes. Which body they get is each dialect's own choice."""

from collections.abc import Iterator

from vedette_server.domain.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    Malformed,
    NotFound,
    NotSupported,
    TooLarge,
    Unauthorized,
    Unavailable,
    VedetteError,
)

_STATUS: dict[type[VedetteError], int] = {
    InvalidInput: 422,
    Malformed: 400,
    TooLarge: 413,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    NotSupported: 501,
    Unavailable: 503,
}

INTERNAL_ERROR = "something went wrong inside Vedette; its log tells what"


def status_of(error: VedetteError) -> int:
    """The status code of an error, by the nearest of its classes that has one."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def headers_of(error: VedetteError) -> dict[str, str]:
    """Headers that go with an error."""
    return dict(_headers_of(error))


def _headers_of(error: VedetteError) -> Iterator[tuple[str, str]]:
    if isinstance(error, Unauthorized):
        yield "WWW-Authenticate", "Bearer"
    if isinstance(error, Unavailable):
        yield "Retry-After", str(max(1, round(error.retry_after_seconds)))
    if isinstance(error, TooLarge):
        # Whatever is left of the body will not be read.
        yield "Connection", "close"
