"""What can go wrong with a caller's request, in the language of the domain.

Adapters and actions raise these; `http/errors.py` gives each a status, and each
wire dialect its own body. Anything else that escapes is a defect of ours.
"""

MAX_SHOWN = 120


def shown(value: object) -> str:
    """`value` as it may stand in a message: short, on one line, without control characters."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


class VedetteError(Exception):
    """The root of everything below; `reason` is a stable word for counters."""

    reason = "error"


class InvalidInput(VedetteError):
    """One field of the request is not what was wanted; nothing was stored."""

    reason = "invalid_input"

    def __init__(self, field: str, got: object, wanted: str, *, reason: str | None = None) -> None:
        self.field = field
        self.got = shown(got)
        self.wanted = wanted
        if reason is not None:
            self.reason = reason
        super().__init__(f"{field}: got {self.got}, wanted {wanted}")


class InvalidImage(InvalidInput):
    """The bytes sent as an image are none, or stop before the image does."""

    reason = "invalid_image"


class TooLarge(InvalidInput):
    """A field, or the whole body, is over a limit that a setting states."""

    reason = "too_large"

    def __init__(self, field: str, got: object, limit: object, setting: str) -> None:
        self.limit = limit
        super().__init__(field, got, f"at most {limit} (setting {setting})")


class Unauthorized(VedetteError):
    """No token, or one that is malformed, unknown, expired or revoked."""

    reason = "unauthorized"


class Forbidden(VedetteError):
    """The token is good but its scopes do not cover the request."""

    reason = "forbidden"


class NotFound(VedetteError):
    """Nothing by that name or id in the caller's organization."""

    reason = "not_found"

    def __init__(self, kind: str, key: object) -> None:
        self.kind = kind
        self.key = shown(key)
        super().__init__(f"no {kind} {self.key!r} in this organization")


class Conflict(VedetteError):
    """The request contradicts what is already kept."""

    reason = "conflict"


class Unavailable(VedetteError):
    """The server cannot take the request now; `retry_after_seconds` says when to come back."""

    reason = "unavailable"

    def __init__(self, message: str, retry_after_seconds: float = 1.0) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(message)


class NotSupported(VedetteError):
    """A known request that this server does not serve."""

    reason = "not_supported"


class Malformed(InvalidInput):
    """The body cannot be read at all: no JSON, cut short, no multipart."""

    reason = "malformed"
