"""What can go wrong, each with what to do about it."""

from vedette.contract import ProblemField


class VedetteError(Exception):
    """The root of everything below."""


class InvalidPrediction(VedetteError, ValueError):
    """A prediction is not what was wanted; nothing was sent. `field` names the place."""

    def __init__(self, field: str, got: object, wanted: str) -> None:
        self.field = field
        self.got = got
        self.wanted = wanted
        super().__init__(f"{field}: got {got}, wanted {wanted}")


class Unavailable(VedetteError):
    """The server could not be reached, or could not take the request now. Trying later may help."""


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
