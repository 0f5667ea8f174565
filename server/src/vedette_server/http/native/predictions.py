"""Sending predictions and reading them back."""

import time
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pybase64
from fastapi import APIRouter, Query, Request, Response
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from vedette import contract
from vedette.ids import uuid7
from vedette_server.actions.deployments import Watched
from vedette_server.actions.record_prediction import (
    Submission,
    SubmittedPrediction,
)
from vedette_server.domain.accounts import Principal, Scope
from vedette_server.domain.datalake import PredictionFilter
from vedette_server.domain.errors import InvalidImage, InvalidInput, Malformed, NotFound
from vedette_server.domain.predictions import Part, Segmentation, SegmentedObject
from vedette_server.http.monitoring import monitor
from vedette_server.http.native.access import caller, find_deployment
from vedette_server.http.native.views import view_asset, view_outcome
from vedette_server.http.native.wire import Answer, documented, reference
from vedette_server.http.services import services_of
from vedette_server.http.shapes import decode_json
from vedette_server.http.times import parse_time

router = APIRouter(tags=["predictions"])
MAX_PAGE = 500

_decoder = msgspec.json.Decoder(contract.PredictionRequest)

_BODIES: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["prediction", "image"],
                "properties": {
                    "prediction": reference(contract.PredictionRequest),
                    "image": {"type": "string", "format": "binary"},
                },
            },
            "encoding": {"prediction": {"contentType": "application/json"}},
        },
        "application/json": {"schema": reference(contract.PredictionRequest)},
    },
}


@router.post(
    "/deployments/{deployment}/predictions",
    **documented(
        "Record one prediction and its picture",
        answers=contract.PredictionAnswer,
        status=201,
        problems=(400, 401, 403, 404, 409, 413, 422, 501, 503),
        requestBody=_BODIES,
    ),
)
async def record_prediction(request: Request, deployment: str) -> Response:
    """Answers 201 once picture and prediction would survive a power cut; 200 if they had been sent before.

    Multipart is the cheaper form: base64 costs more than all the rest of the request.
    """

    def answer(outcome: Any, watched: Watched, replayed: bool) -> Response:
        return Answer(view_outcome(outcome, watched, replayed), 200 if replayed else 201)

    return await monitor(
        request,
        started=time.perf_counter(),
        authenticate=lambda: caller(request, Scope.PREDICT),
        key=deployment,
        parse=lambda body, _by, _watched: parse_submission(request.headers.get("content-type", ""), body),
        answer=answer,
    )


@router.get(
    "/deployments/{deployment}/predictions",
    **documented(
        "Predictions of a deployment, the newest first",
        answers=contract.PredictionPage,
        problems=(401, 403, 404, 422),
    ),
)
async def list_predictions(
    request: Request,
    deployment: str,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    source: Annotated[str | None, Query(max_length=255)] = None,
    tag: Annotated[str | None, Query(max_length=255)] = None,
    flag: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """A walk by `next_cursor` sees each prediction that was there when it began exactly once."""
    by = await caller(request, Scope.READ)
    chosen = PredictionFilter(source=source, tag=tag, flag=flag)
    return await run_in_threadpool(_list_predictions, request, by, deployment, chosen, limit, cursor)


def _list_predictions(
    request: Request,
    by: Principal,
    deployment: str,
    chosen: PredictionFilter,
    limit: int,
    cursor: str | None,
) -> Response:
    services = services_of(request)
    watched = find_deployment(services, by, deployment)
    page = services.predictions.list_page(by.organization_id, watched.deployment.id, chosen, limit, cursor)
    now = services.clock.now()
    items = [view_asset(asset, watched, services, now) for asset in page.items]
    return Answer(contract.PredictionPage(items, page.next_cursor, page.count))


@router.get(
    "/deployments/{deployment}/predictions/{prediction_id}",
    **documented("One prediction", answers=contract.PredictionItem, problems=(401, 403, 404, 422)),
)
async def get_prediction(request: Request, deployment: str, prediction_id: UUID) -> Response:
    """By the id that recording it answered."""
    by = await caller(request, Scope.READ)
    return await run_in_threadpool(_get_prediction, request, by, deployment, prediction_id)


def _get_prediction(request: Request, by: Principal, deployment: str, prediction_id: UUID) -> Response:
    services = services_of(request)
    watched = find_deployment(services, by, deployment)
    asset = services.predictions.find(by.organization_id, watched.deployment.id, prediction_id)
    if asset is None:
        raise NotFound("prediction", prediction_id)
    return Answer(view_asset(asset, watched, services, services.clock.now()))


def parse_submission(content_type: str, body: bytes) -> Submission:
    """A monitored call from either of the two bodies."""
    media_type, options = parse_options_header(content_type)
    if media_type == "multipart/form-data":
        parts = _split_multipart(options.get("boundary", ""), body)
        said = decode_json(parts["prediction"], _decoder, "prediction")
        if said.image is not msgspec.UNSET:
            raise InvalidInput("image", "both a part and a field", "one of the two")
        return _submission(said, parts["image"], parts.get("image.filename", b"").decode())
    if media_type not in {"", "application/json"} and not media_type.endswith("+json"):
        raise InvalidInput("Content-Type", content_type, "multipart/form-data or application/json")
    said = decode_json(body, _decoder)
    if said.image is msgspec.UNSET:
        raise InvalidInput("image", "nothing", "the picture in base64, or a multipart body with a part 'image'")
    return _submission(said, decode_base64("image", said.image), "")


def decode_base64(field: str, text: str) -> bytes:
    """Standard base64, strictly."""
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError as error:
        raise InvalidImage(
            field, text[:40], "a picture in standard base64, without a data-URL prefix", reason="invalid_base64"
        ) from error


def _split_multipart(boundary: str, body: bytes) -> dict[str, bytes]:
    chunks: dict[str, list[bytes]] = {}
    filename = b""
    current: list[bytes] = []
    try:
        with PushMultipartParser(boundary, content_length=len(body), max_segment_count=8, strict=True) as parser:
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    if event.name in chunks:
                        raise InvalidInput(event.name, "the part twice", "the part once")
                    current = chunks[event.name] = []
                    if event.name == "image" and event.filename:
                        filename = event.filename.encode()
                elif event:
                    current.append(bytes(event))
    except (MultipartError, ValueError) as error:
        raise Malformed("body", error, "a whole multipart/form-data body") from error
    unknown = chunks.keys() - {"prediction", "image"}
    missing = {"prediction", "image"} - chunks.keys()
    if unknown or missing:
        raise InvalidInput("body", f"parts {', '.join(sorted(chunks)) or 'none'}", "the parts prediction and image")
    parts = {name: pieces[0] if len(pieces) == 1 else b"".join(pieces) for name, pieces in chunks.items()}
    return {**parts, "image.filename": filename}


def _submission(said: contract.PredictionRequest, image: bytes, part_filename: str) -> Submission:
    if (said.width is None) != (said.height is None):
        raise InvalidInput("width" if said.width is None else "height", None, "width and height, or neither")
    size = None if said.width is None or said.height is None else (said.width, said.height)
    shadow = None
    if said.shadow is not None:
        shadow = SubmittedPrediction(
            segmentation=_segmentation(said.shadow.prediction),
            latency_seconds=said.shadow.latency_seconds,
            model_version=said.shadow.model_version,
        )
    return Submission(
        image=image,
        filename=said.filename or part_filename or "image",
        champion=SubmittedPrediction(
            segmentation=_segmentation(said.prediction),
            latency_seconds=said.latency_seconds,
            model_version=said.model_version,
        ),
        shadow=shadow,
        # Without an id of the caller's, two calls are two calls, however alike.
        id=said.id or uuid7(),
        declared_content_type=said.content_type,
        declared_size=size,
        captured_at=parse_time("captured_at", said.captured_at),
        source=said.source,
        tags=tuple(said.tags),
        metadata=said.metadata,
        keep_image=said.keep_image,
    )


def _segmentation(said: contract.WirePrediction) -> Segmentation:
    return Segmentation(
        [
            SegmentedObject(item.class_id, item.score, [Part(part.outer, part.holes) for part in item.parts], item.text)
            for item in said.objects
        ]
    )
