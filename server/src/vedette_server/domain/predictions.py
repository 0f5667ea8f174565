"""Predictions: what a model said about one picture, and when.

A *predicted asset* is a picture inside a deployment; it has a champion's
prediction and may have a shadow's. Geometry is in pixels of the picture,
`[x, y]` from the top left, sub-pixel.
"""

import enum
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from vedette_server.domain.deployments import Role
from vedette_server.domain.flags import EARLIEST_BELIEVABLE, Flag

Ring = list[tuple[float, float]]


class Part(msgspec.Struct, frozen=True):
    """One connected piece of an object: an outer ring and the holes in it."""

    outer: Ring
    holes: list[Ring] = []


class SegmentedObject(msgspec.Struct, frozen=True):
    """One object: its class, its confidence (None: the model gives none) and its parts."""

    class_id: int
    score: float | None
    parts: list[Part]
    text: str | None = None


class Segmentation(msgspec.Struct, frozen=True):
    """All objects that one model found in one picture."""

    objects: list[SegmentedObject]


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Segmentation)


def encode_segmentation(segmentation: Segmentation) -> bytes:
    """The one stored form of a segmentation: compact JSON, the same for the same content."""
    return _encoder.encode(segmentation)


def decode_segmentation(stored: bytes) -> Segmentation:
    """The inverse of `encode_segmentation`."""
    return _decoder.decode(stored)


class ImageState(enum.StrEnum):
    """What became of a picture's bytes."""

    KEPT = "kept"
    FORGET_AFTER_MEASURING = "forget_after_measuring"
    FORGOTTEN = "forgotten"
    UNDECODABLE = "undecodable"


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """What one model version said; `content` is `encode_segmentation`'s form."""

    role: Role
    model_version_id: UUID | None
    latency_seconds: float | None
    object_count: int
    lowest_score: float | None
    content: bytes


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a stored picture. `filename` is the caller's and never becomes a path."""

    data_id: UUID
    object_key: str
    checksum_sha256: bytes
    size_bytes: int
    filename: str
    content_type: str
    width: int
    height: int
    displayable: bool
    state: ImageState


class NewPrediction(msgspec.Struct, frozen=True, kw_only=True):
    """One monitored call, checked and ready to be recorded.

    `digest` names its content. With `id_is_callers`, the same id must come with
    the same digest; without, the same digest within the replay window is the
    same call sent again.
    """

    organization_id: UUID
    deployment_id: UUID
    datalake_id: UUID
    token_id: UUID
    id: UUID
    id_is_callers: bool
    predicted_asset_id: UUID
    digest: bytes
    captured_at: datetime
    received_at: datetime
    filed_at: datetime
    source: str | None
    tags: tuple[str, ...]
    metadata: dict[str, Any]
    custom_metadata: dict[str, Any]
    custom_metrics: dict[str, Any]
    picture: Picture
    champion: Prediction
    shadow: Prediction | None
    flags: tuple[Flag, ...]


class PredictedAsset(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded call as it is read back."""

    id: UUID
    organization_id: UUID
    deployment_id: UUID
    prediction_id: UUID
    captured_at: datetime
    received_at: datetime
    filed_at: datetime
    source: str | None
    tags: tuple[str, ...]
    metadata: dict[str, Any]
    custom_metadata: dict[str, Any]
    custom_metrics: dict[str, Any]
    picture: Picture
    champion: Prediction
    shadow: Prediction | None
    flags: tuple[Flag, ...]
    measurements: dict[str, float] | None = None
    measured_at: datetime | None = None


class Verdict(enum.StrEnum):
    """What recording one prediction came to."""

    RECORDED = "recorded"
    REPLAYED = "replayed"
    CONFLICT = "conflict"


class Outcome(msgspec.Struct, frozen=True):
    """`verdict`, and the ids and facts of the prediction that is kept (the first one, for a replay)."""

    verdict: Verdict
    prediction_id: UUID
    predicted_asset_id: UUID
    data_id: UUID
    captured_at: datetime
    received_at: datetime
    filed_at: datetime
    champion_version_id: UUID | None
    flags: tuple[Flag, ...]


def file_under(captured_at: datetime, received_at: datetime, future_tolerance: timedelta) -> datetime:
    """The time that orders a prediction: the caller's, unless no clock can have meant it.

    Importing last year's predictions is ordinary. A time in the future, or one
    before the year 2000 (a clock that lost its battery), is kept but not believed.
    """
    believable = EARLIEST_BELIEVABLE <= captured_at <= received_at + future_tolerance
    return captured_at if believable else received_at
