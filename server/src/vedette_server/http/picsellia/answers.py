"""How this dialect answers: plain JSON, and errors as `{"message", "detail"}`."""

from typing import Any

import msgspec
from fastapi import Response

from vedette_server.domain.errors import InvalidInput, NotSupported, VedetteError

PREFIXES = ("/api", "/sdk")

_encoder = msgspec.json.Encoder()


def speaks(path: str) -> bool:
    """Whether a path belongs to this dialect."""
    return path.startswith(tuple(f"{prefix}/" for prefix in PREFIXES))


class Answer(Response):
    """JSON."""

    media_type = "application/json"

    def __init__(self, content: Any, status_code: int = 200) -> None:
        super().__init__(_encoder.encode(content), status_code)


def error_response(message: str, error: VedetteError, status: int, headers: dict[str, str]) -> Response:
    """An error. A client repeats any request that is answered with more than 500, so a final no must be less."""
    if isinstance(error, NotSupported):
        status = 400
    detail: list[str] = []
    if isinstance(error, InvalidInput):
        detail = [f"{error.field}: wanted {error.wanted}"]
    body = _encoder.encode({"message": message, "detail": detail})
    return Response(body, status, headers, media_type="application/json")
