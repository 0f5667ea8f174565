"""A deployment as a program sees it: where its predictions go."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from os import PathLike
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from vedette import contract
from vedette.arguments import (
    check_id,
    check_metadata,
    check_model_version,
    check_pixels,
    check_seconds,
    check_tags,
    check_text,
    check_timestamp,
)
from vedette.connection import Connection, path_segment
from vedette.contract import Flag, ModelVersion, PredictionAnswer, PredictionItem
from vedette.errors import InvalidPrediction
from vedette.ids import uuid7
from vedette.image import read_image
from vedette.prediction import SegmentationPrediction

if TYPE_CHECKING:
    import numpy as np

    Image = str | PathLike[str] | bytes | np.ndarray[Any, Any]
else:
    Image = Any


class PredictionHandle(Mapping[str, Any]):
    """What came of one `monitor` call: a mapping (`handle["id"]`) with the server's answer."""

    def __init__(self, answer: PredictionAnswer) -> None:
        self._answer = answer
        self._facts: dict[str, Any] = msgspec.to_builtins(answer)

    @property
    def id(self) -> UUID:
        """The prediction's id."""
        return self._answer.id

    @property
    def flags(self) -> Sequence[Flag]:
        """What the server found doubtful, with the likely mistake in words."""
        return tuple(self._answer.flags)

    def wait(self, timeout: float | None = None) -> PredictionAnswer:
        """The server's answer; it is there already. `timeout` is in seconds."""
        return self._answer

    def __getitem__(self, name: str) -> Any:
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __repr__(self) -> str:
        return repr(self._facts)


class Deployment:
    """A model being watched. Made by `Client`; `refresh()` reads it anew."""

    def __init__(self, connection: Connection, facts: contract.Deployment) -> None:
        self._connection = connection
        self._facts = facts

    @property
    def id(self) -> UUID:
        """The deployment's id."""
        return self._facts.id

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._facts.name

    @property
    def type(self) -> str:
        """What is predicted, for example `SEGMENTATION`."""
        return self._facts.type

    @property
    def champion(self) -> ModelVersion | None:
        """The model version whose answer counts."""
        return self._facts.champion

    @property
    def shadow(self) -> ModelVersion | None:
        """The model version that runs beside it."""
        return self._facts.shadow

    @property
    def labels(self) -> dict[int, str]:
        """The champion's label map."""
        return {label.class_id: label.name for label in self.champion.labels} if self.champion else {}

    @property
    def prediction_count(self) -> int:
        """How many predictions it had when it was last read."""
        return self._facts.prediction_count

    @property
    def created_at(self) -> datetime:
        """When it was created."""
        return self._facts.created_at

    def refresh(self) -> "Deployment":
        """Read everything anew."""
        self._facts = self._connection.get(self._path(), contract.Deployment)
        return self

    def monitor(
        self,
        image_path: Image,
        latency: float | timedelta,
        height: int | None = None,
        width: int | None = None,
        prediction: SegmentationPrediction | None = None,
        source: str | None = None,
        tags: Sequence[str] | None = None,
        timestamp: float | datetime | None = None,
        model_version: str | ModelVersion | None = None,
        shadow_model_version: str | ModelVersion | None = None,
        shadow_latency: float | timedelta | None = None,
        shadow_raw_predictions: SegmentationPrediction | None = None,
        *,
        id: UUID | str | None = None,
        keep_image: bool = True,
        metadata: Mapping[str, Any] | None = None,
        filename: str | None = None,
    ) -> PredictionHandle:
        """Record one prediction with its picture; returns when it would survive a power cut.

        Args:
            image_path: a path, the bytes of an image file, or an array (H, W) or (H, W, 3), RGB.
            latency: how long the inference took, in seconds.
            height: of the picture in pixels; with `width`, or read from the picture if both are left out.
            width: likewise.
            prediction: what the model said.
            source: where the picture comes from, a camera for example; `serving` if left out.
            tags: tags for the picture.
            timestamp: when the picture was taken, in seconds since 1970 or with a zone. Left out, it is now;
                with an `id` of yours, the moment it first arrives, so that calling again is the same call.
            model_version: the version that predicted, by name; a new name makes a new version.
                Left out, it is the champion at `timestamp`.
            shadow_model_version: likewise for the shadow.
            shadow_latency: the shadow's latency in seconds; needed with `shadow_raw_predictions`.
            shadow_raw_predictions: what the shadow said of the same picture.
            id: yours, a UUID, unique in the deployment: the same id and content may be sent again.
            keep_image: False has the picture measured and then forgotten.
            metadata: anything else that JSON can say.
            filename: the picture's name where it is not a file.

        Raises:
            InvalidPrediction: before anything is sent.
            OSError: the picture's file cannot be read.
            RequestRefused: the server says what is wrong.
            Unavailable: the server could not be reached, after several tries.
        """
        said = _check_prediction("prediction", prediction)
        if (shadow_raw_predictions is None) != (shadow_latency is None):
            missing = "shadow_latency" if shadow_latency is None else "shadow_raw_predictions"
            raise InvalidPrediction(missing, None, "a shadow's prediction and its latency together")
        file = read_image(image_path, check_text("filename", filename))
        shadow = None
        if shadow_raw_predictions is not None:
            shadow = contract.WireShadow(
                prediction=_check_prediction("shadow_raw_predictions", shadow_raw_predictions).to_wire(),
                latency_seconds=check_seconds("shadow_latency", shadow_latency),
                model_version=check_model_version("shadow_model_version", shadow_model_version),
            )
        request = contract.PredictionRequest(
            # Every call carries an id, so that sending it again after a lost answer stores nothing twice.
            id=uuid7() if id is None else check_id(id),
            prediction=said.to_wire(),
            latency_seconds=check_seconds("latency", latency),
            width=check_pixels("width", width),
            height=check_pixels("height", height),
            filename=file.filename,
            captured_at=_captured_at(timestamp, id),
            source=check_text("source", source),
            tags=check_tags(tags),
            metadata=check_metadata(metadata),
            model_version=check_model_version("model_version", model_version),
            keep_image=bool(keep_image),
            shadow=shadow,
        )
        answer = self._connection.post_image(
            f"{self._path()}/predictions", request, file.body, "image", PredictionAnswer
        )
        return PredictionHandle(answer)

    def set_champion(self, model_version: str) -> None:
        """The version, by name, whose answer counts from now on; a new name makes a new version."""
        self._set_role("champion", model_version)

    def set_shadow(self, model_version: str | None) -> None:
        """The version, by name, that runs beside the champion from now on; None: no version."""
        self._set_role("shadow", model_version)

    def name_class(self, model_version: str, class_id: int, name: str) -> ModelVersion:
        """Name a class of a version, with effect on every prediction already kept."""
        path = f"{self._path()}/model-versions/{path_segment(model_version)}/labels/{class_id}"
        return self._connection.send("PUT", path, contract.LabelRequest(name), ModelVersion, repeat=True)

    def get_prediction(self, id: UUID | str) -> PredictionItem:
        """One prediction by its id."""
        return self._connection.get(f"{self._path()}/predictions/{path_segment(str(id))}", PredictionItem)

    def list_predictions(
        self,
        *,
        source: str | None = None,
        tag: str | None = None,
        flag: str | None = None,
        limit: int | None = None,
    ) -> Iterator[PredictionItem]:
        """Predictions, the newest first, read page by page; all of them, or the first `limit`."""
        cursor: str | None = None
        left = math.inf if limit is None else limit
        while left > 0:
            page = self._connection.get(
                f"{self._path()}/predictions",
                contract.PredictionPage,
                limit=int(min(left, 100)),
                cursor=cursor,
                source=source,
                tag=tag,
                flag=flag,
            )
            yield from page.items
            left -= len(page.items)
            cursor = page.next_cursor
            if cursor is None:
                return

    def __repr__(self) -> str:
        return f"Deployment({self.name!r}, {self.type})"

    def _set_role(self, role: str, model_version: str | None) -> None:
        request = contract.RoleRequest(model_version)
        path = f"{self._path()}/{role}"
        self._facts = self._connection.send("PUT", path, request, contract.Deployment)

    def _path(self) -> str:
        return f"/v1/deployments/{self.id}"


def _check_prediction(field: str, value: object) -> SegmentationPrediction:
    if not isinstance(value, SegmentationPrediction):
        raise InvalidPrediction(field, type(value).__name__, "a SegmentationPrediction")
    return value


def _captured_at(timestamp: float | datetime | None, id: UUID | str | None) -> float | datetime | None:
    if timestamp is not None:
        return check_timestamp(timestamp)
    # The caller's clock, now. But an id of the caller's own may come again, from a program that
    # was started anew for example: another time would make it another call, and a conflict.
    return datetime.now(UTC) if id is None else None
