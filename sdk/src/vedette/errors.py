"""What can go wrong, each with what to do about it."""

from vedette.contract import ProblemField

MAX_SHOWN = 120


class VedetteError(Exception):
    """The root of everything below."""


class InvalidPrediction(VedetteError, ValueError):
    """A prediction is not what was wanted; nothing was sent. `field` names the place."""

    def __init__(self, field: str, got: object, wanted: str) -> None:
        text = str(got)
        self.field = field
        self.got = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
        self.wanted = wanted
        super().__init__(f"{field}: got {self.got}, wanted {wanted}")


class InvalidHost(VedetteError, ValueError):
    """`host`, or `VEDETTE_HOST`, is no address of a server."""


class Unavailable(VedetteError):
    """The server could not be reached, or could not take the request now. Trying later may help.

    `retry_after_seconds` is how long the server asked to be left alone, if it did.
    """

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(message)


class RequestRefused(VedetteError):
    """The server answered no. `status` is HTTP's; `errors` names the fields."""

    def __init__(self, message: str, status: int, errors: tuple[ProblemField, ...] = ()) -> None:
        self.status = status
        self.errors = errors
        super().__init__(message)


class InvalidRequest(RequestRefused):
    """A field was not what was wanted; nothing was stored."""


class TooLarge(InvalidRequest):
    """Something was over a limit that a setting of the server states."""


class Unauthorized(RequestRefused):
    """No token, or one that is malformed, unknown, expired or revoked."""


class Forbidden(RequestRefused):
    """The token is good, but may not do this."""


class NotFound(RequestRefused):
    """Nothing by that name or id."""


class Conflict(RequestRefused):
    """The name is taken, or the id was used for something else."""


BY_STATUS: dict[int, type[RequestRefused]] = {
    400: InvalidRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: InvalidRequest,
}
