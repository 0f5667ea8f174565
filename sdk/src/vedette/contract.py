"""The native wire, under `/v1`: what is sent and what is answered, as types.

The SDK encodes and the server decodes with these very structs, and
`schema/openapi.json` is generated from them. Requests refuse fields they do not
know, so that a misspelt one is an error and not a loss; answers may gain
fields, which clients ignore. Geometry is in pixels, `[x, y]` from the top left.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

Point = tuple[float, float]
Ring = list[Point]
ClassId = Annotated[int, Meta(ge=0, le=2**31 - 1, description="A key of the model version's label map.")]
Score = Annotated[float, Meta(ge=0.0, le=1.0, description="Confidence from 0 to 1.")]
Seconds = Annotated[float, Meta(ge=0.0, description="A duration in seconds.")]
Pixels = Annotated[int, Meta(ge=1, le=2**31 - 1, description="A length in pixels.")]


class WirePart(Struct, frozen=True, forbid_unknown_fields=True):
    """One connected piece of an object: an outer ring and the holes in it."""

    outer: Ring
    holes: list[Ring] = []


class WireObject(Struct, frozen=True, forbid_unknown_fields=True):
    """One object that a model found. `score` is null where the model gives none."""

    class_id: ClassId
    parts: list[WirePart]
    score: Score | None = None
    text: str | None = None


class WirePrediction(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that one model found in one picture; an empty list is a prediction too."""

    objects: list[WireObject]


class WireShadow(Struct, frozen=True, forbid_unknown_fields=True):
    """What the model beside the champion said of the same picture."""

    prediction: WirePrediction
    latency_seconds: Seconds | None = None
    model_version: str | None = None


class PredictionRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One monitored call. As JSON alone, `image` holds the picture in base64; as multipart, a part does.

    `id` is the caller's and names one prediction of the deployment for ever:
    sending it again with the same content answers the first answer again.
    Without `model_version`, the champion at `captured_at` is meant.
    """

    prediction: WirePrediction
    latency_seconds: Seconds | None = None
    id: UUID | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    filename: str | None = None
    content_type: str | None = None
    captured_at: Annotated[datetime, Meta(tz=True)] | float | None = None
    source: str | None = None
    tags: list[str] = []
    metadata: dict[str, Any] = {}
    model_version: str | None = None
    keep_image: bool = True
    shadow: WireShadow | None = None
    image: str | UnsetType = UNSET


class Flag(Struct, frozen=True):
    """Something legal but doubtful about a prediction, with the likely mistake in words.

    `role` is `champion`, `shadow` or `data`; `objects` are positions in the prediction's list.
    """

    code: str
    message: str
    role: str
    objects: list[int] = []


class PredictionAnswer(Struct, frozen=True, kw_only=True):
    """What became of a monitored call: it is durable. `replayed` tells that it had been sent before."""

    id: UUID
    deployment_id: UUID
    predicted_asset_id: UUID
    data_id: UUID
    captured_at: datetime
    received_at: datetime
    filed_at: datetime
    model_version: str | None
    flags: list[Flag]
    replayed: bool


class Label(Struct, frozen=True):
    """One class of a label map."""

    class_id: int
    name: str


class ModelVersion(Struct, frozen=True, kw_only=True):
    """One trained state of a model, with its label map."""

    id: UUID
    name: str
    model: str
    version: int
    type: str
    labels: list[Label]


class Deployment(Struct, frozen=True, kw_only=True):
    """A model being watched, and what has happened in it so far."""

    id: UUID
    name: str
    type: str
    min_threshold: float
    created_at: datetime
    champion: ModelVersion | None
    shadow: ModelVersion | None
    prediction_count: int
    flagged_count: int
    replay_count: int
    refusal_count: int
    last_prediction_at: datetime | None
    last_received_at: datetime | None
    mean_latency_seconds: float | None
    flag_counts: dict[str, int]
    refusal_counts: dict[str, int]
    sources: list[str]
    tags: list[str]


class DeploymentRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A new deployment. `labels`: names from class 0 on, or a map from class id to name."""

    name: str
    type: str = "SEGMENTATION"
    labels: list[str] | dict[int, str] = []
    min_threshold: Score = 0.0


class RoleRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The version, by name, that takes a role; null empties the shadow's place. A new name makes a version."""

    model_version: str | None


class LabelRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A class's name."""

    name: str


class PredictionView(Struct, frozen=True, kw_only=True):
    """What one model version said, as it is read back. `objects` carry their label's present name."""

    model_version: str | None
    model_version_id: UUID | None
    latency_seconds: float | None
    object_count: int
    objects: list["ObjectView"]


class ObjectView(Struct, frozen=True, kw_only=True):
    """One object as it is read back."""

    class_id: int
    label: str
    score: float | None
    text: str | None
    parts: list[WirePart]


class PredictionItem(Struct, frozen=True, kw_only=True):
    """One monitored call as it is read back. The three addresses carry their own authority for a while."""

    id: UUID
    predicted_asset_id: UUID
    data_id: UUID
    filename: str
    captured_at: datetime
    received_at: datetime
    filed_at: datetime
    source: str | None
    tags: list[str]
    metadata: dict[str, Any]
    width: int
    height: int
    content_type: str
    size_bytes: int
    checksum_sha256: str
    image_state: str
    image_url: str | None
    display_url: str | None
    thumbnail_url: str | None
    flags: list[Flag]
    champion: PredictionView
    shadow: PredictionView | None
    measurements: dict[str, float] | None


class Data(Struct, frozen=True, kw_only=True):
    """One picture of the datalake."""

    id: UUID
    datalake_id: UUID
    filename: str
    content_type: str
    width: int
    height: int
    size_bytes: int
    checksum_sha256: str
    source: str | None
    tags: list[str]
    metadata: dict[str, Any]
    created_at: datetime
    image_state: str
    image_url: str | None


class PredictionPage(Struct, frozen=True):
    """A slice of a listing; `next_cursor` is null on the last one, `count` is the whole listing's."""

    items: list[PredictionItem]
    next_cursor: str | None
    count: int


class DataPage(Struct, frozen=True):
    """A slice of a listing; `next_cursor` is null on the last one, `count` is the whole listing's."""

    items: list[Data]
    next_cursor: str | None
    count: int


class DeploymentList(Struct, frozen=True):
    """All deployments, by name."""

    items: list[Deployment]


class ModelVersionList(Struct, frozen=True):
    """The versions that have predicted, or may predict, in a deployment."""

    items: list[ModelVersion]


class Named(Struct, frozen=True):
    """An id and a name."""

    id: UUID
    name: str


class TokenView(Struct, frozen=True, kw_only=True):
    """A token without its text. Scopes: `admin`, `read`, `predict`."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class TokenList(Struct, frozen=True):
    """All tokens, newest first."""

    items: list[TokenView]


class TokenRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new token; without `expires_in_days` it lives until it is revoked."""

    name: str
    scopes: list[str]
    expires_in_days: Annotated[float, Meta(gt=0)] | None = None


class NewToken(Struct, frozen=True, kw_only=True):
    """A token just made: the only answer that ever holds its text."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    token: str


class ServerView(Struct, frozen=True):
    """The server's version and the address it is reached at."""

    version: str
    public_url: str


class Me(Struct, frozen=True):
    """Whom the caller's token speaks for."""

    organization: Named
    user: Named
    token: TokenView
    server: ServerView


class ProblemField(Struct, frozen=True):
    """One field that was not what was wanted."""

    field: str
    got: str
    wanted: str


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong (RFC 9457). `type` ends in a stable word to tell problems apart by."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField] = []
