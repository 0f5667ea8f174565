"""Bodies as existing clients send them, and what they mean to us.

Arrays are parallel, one entry an object. Masks are lists of `[x, y]` pairs, or
in the oldest clients flat lists `x1, y1, x2, y2, …`. Newer clients may send
fields that are not known here: those are left alone.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
import pybase64
from msgspec import UNSET, Meta, Struct, UnsetType

from vedette_server.actions.record_prediction import Submission, SubmittedPrediction
from vedette_server.domain.errors import InvalidImage, InvalidInput
from vedette_server.domain.predictions import Part, Ring, Segmentation, SegmentedObject
from vedette_server.http.shapes import decode_json
from vedette_server.http.times import parse_time

Pixels = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Seconds = Annotated[float, Meta(ge=0.0)]
Score = Annotated[float, Meta(ge=0.0, le=1.0)]
ClassId = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class _Detections(Struct, frozen=True, kw_only=True):
    detection_classes: list[ClassId]
    detection_scores: list[Score]
    detection_texts: list[str] | None = None


class _Nested(_Detections, frozen=True, kw_only=True):
    detection_masks: list[list[tuple[float, float]]]


class _Flat(_Detections, frozen=True, kw_only=True):
    detection_masks: list[list[float]]


class _Call(Struct, frozen=True, kw_only=True):
    filename: str
    height: Pixels
    width: Pixels
    latency: Seconds
    content_type: str | None = None
    image: str | UnsetType = UNSET
    cloud_image: dict[str, Any] | None = None
    shadow_latency: Seconds | None = None
    model: UUID | None = None
    shadow_model: UUID | None = None
    source: str | None = None
    tags: list[str] | None = None
    timestamp: float | None = None
    metadata: dict[str, Any] | None = None
    custom_metadata: dict[str, Any] | None = None
    custom_metrics: dict[str, Any] | None = None
    sample: bool | None = None


class _NestedCall(_Call, frozen=True, kw_only=True):
    raw_predictions: _Nested
    shadow_raw_predictions: _Nested | None = None


class _FlatCall(_Call, frozen=True, kw_only=True):
    raw_predictions: _Flat
    shadow_raw_predictions: _Flat | None = None


class Login(Struct, frozen=True):
    """What a client shows to be let in to one deployment's monitoring."""

    api_token: str
    deployment_id: str


class Wanted(Struct, frozen=True):
    """The body of an `XGET`: which Data, by one of three names."""

    ids: list[UUID] | None = None
    filenames: list[str] | None = None
    object_names: list[str] | None = None
    q: str | None = None


_nested = msgspec.json.Decoder(_NestedCall)
_flat = msgspec.json.Decoder(_FlatCall)


def decode(body: bytes, kind: Any) -> Any:
    """`body` as `kind`, or an error that names the field and the wanted shape."""
    return decode_json(body, msgspec.json.Decoder(kind))


def parse_call(body: bytes) -> Submission:
    """A monitored call."""
    call: _NestedCall | _FlatCall
    try:
        call = decode_json(body, _nested)
    except InvalidInput as error:
        if "detection_masks" not in error.field:
            raise
        try:
            call = decode_json(body, _flat)
        except InvalidInput:
            raise error from None
    if (call.shadow_raw_predictions is None) != (call.shadow_latency is None):
        missing = "shadow_latency" if call.shadow_latency is None else "shadow_raw_predictions"
        raise InvalidInput(missing, None, "a shadow's prediction and its latency together")
    shadow = None
    if call.shadow_raw_predictions is not None:
        shadow = SubmittedPrediction(
            segmentation=_segmentation("shadow_raw_predictions", call.shadow_raw_predictions),
            latency_seconds=call.shadow_latency,
            model_version=call.shadow_model,
        )
    return Submission(
        image=_image(call),
        filename=call.filename,
        champion=SubmittedPrediction(
            segmentation=_segmentation("raw_predictions", call.raw_predictions),
            latency_seconds=call.latency,
            model_version=call.model,
        ),
        shadow=shadow,
        declared_content_type=call.content_type,
        declared_size=(call.width, call.height),
        captured_at=parse_time("timestamp", call.timestamp),
        source=call.source,
        tags=tuple(call.tags or ()),
        metadata=call.metadata or {},
        custom_metadata=call.custom_metadata or {},
        custom_metrics=call.custom_metrics or {},
        # Not sampled: measured, then forgotten.
        keep_image=call.sample is not False,
    )


def _image(call: _Call) -> bytes:
    if call.image is UNSET:
        if call.cloud_image is not None:
            raise InvalidInput("cloud_image", "a reference", "the picture itself in 'image', in base64")
        raise InvalidInput("image", "nothing", "the picture in base64")
    try:
        return pybase64.b64decode(call.image, validate=True)
    except ValueError as error:
        raise InvalidImage(
            "image",
            call.image[:40],
            "a picture in standard base64, without a data-URL prefix",
            reason="invalid_base64",
        ) from error


def _segmentation(field: str, said: _Nested | _Flat) -> Segmentation:
    wanted = len(said.detection_classes)
    lists: list[tuple[str, list[Any] | None]] = [
        ("detection_scores", said.detection_scores),
        ("detection_masks", said.detection_masks),
        ("detection_texts", said.detection_texts),
    ]
    for name, values in lists:
        if values is not None and len(values) != wanted:
            raise InvalidInput(
                f"{field}.{name}",
                f"{len(values)} items",
                f"{wanted}, one for each of detection_classes",
                reason="incoherent_lists",
            )
    if isinstance(said, _Flat):
        rings = [_pairs(f"{field}.detection_masks[{n}]", mask) for n, mask in enumerate(said.detection_masks)]
    else:
        rings = said.detection_masks
    texts: list[str | None] = [*said.detection_texts] if said.detection_texts else [None] * wanted
    return Segmentation(
        [
            SegmentedObject(class_id, score, [Part(ring)], text)
            for class_id, score, ring, text in zip(
                said.detection_classes, said.detection_scores, rings, texts, strict=True
            )
        ]
    )


def _pairs(field: str, flat: list[float]) -> Ring:
    if len(flat) % 2:
        raise InvalidInput(field, f"{len(flat)} numbers", "an even number: x1, y1, x2, y2, …")
    return list(zip(flat[::2], flat[1::2], strict=True))
