"""Bodies in and out of the native dialect: typed by `vedette.contract`, encoded by msgspec."""

from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import Request, Response

from vedette.contract import Problem, ProblemField
from vedette_server.domain.errors import InvalidInput, VedetteError
from vedette_server.http.body import read_body
from vedette_server.http.errors import headers_of, status_of
from vedette_server.http.services import services_of
from vedette_server.http.shapes import Shape, decode_json

PROBLEM_TYPE = "https://vedette.dev/problems/"
MAX_SMALL_BODY = 1024 * 1024

_encoder = msgspec.json.Encoder()


class Answer(Response):
    """A struct of the contract as JSON."""

    media_type = "application/json"

    def __init__(self, content: object, status_code: int = 200) -> None:
        super().__init__(_encoder.encode(content), status_code)


async def decode_request(request: Request, decoder: "msgspec.json.Decoder[Shape]") -> Shape:
    """The request's small JSON body."""
    limit = min(MAX_SMALL_BODY, services_of(request).limits.max_body_bytes)
    return decode_json(await read_body(request, limit), decoder)


def problem_response(error: VedetteError) -> Response:
    """Problem details (RFC 9457) for an error."""
    status = status_of(error)
    fields = [ProblemField(error.field, error.got, error.wanted)] if isinstance(error, InvalidInput) else []
    problem = Problem(
        type=PROBLEM_TYPE + error.reason,
        title=error.reason.replace("_", " "),
        status=status,
        detail=str(error),
        errors=fields,
    )
    return Response(_encoder.encode(problem), status, headers_of(error), media_type="application/problem+json")


def documented(
    summary: str,
    *,
    answers: type[Any] | None,
    status: int = 200,
    body: type[Any] | None = None,
    problems: Sequence[int] = (401, 403),
    **extra: Any,
) -> dict[str, Any]:
    """Keyword arguments that put a route into OpenAPI with the contract's types."""
    responses: dict[int | str, dict[str, Any]] = {
        code: {
            "description": "Problem details",
            "content": {"application/problem+json": {"schema": reference(Problem)}},
        }
        for code in problems
    }
    responses[status] = {"description": "Done"}
    if answers is not None:
        responses[status]["content"] = {"application/json": {"schema": reference(answers)}}
    openapi = dict(extra)
    if body is not None:
        openapi["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": reference(body)}},
        }
    return {
        "summary": summary,
        "status_code": status,
        "responses": responses,
        "openapi_extra": openapi,
        "response_class": Response,
    }


def reference(kind: type[Any]) -> dict[str, str]:
    """Where a contract type stands in the OpenAPI document."""
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
