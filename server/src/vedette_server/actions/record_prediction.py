"""Recording one monitored call: checked, its picture stored, then committed.

The picture is written and synced before the rows that point at it. A crash in
between leaves an orphan, which `sweep_orphans` removes; never a row without its
picture. What is legal but doubtful is kept and flagged, not refused.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from vedette.ids import uuid7
from vedette_server.actions.deployments import DeploymentDirectory, Watched, check_class_id
from vedette_server.actions.group_commit import GroupCommitter
from vedette_server.domain.accounts import Principal
from vedette_server.domain.datalake import DEFAULT_SOURCE
from vedette_server.domain.deployments import InferenceType, Role
from vedette_server.domain.errors import Conflict, InvalidInput, NotSupported, TooLarge
from vedette_server.domain.flags import Flag, flag_captured_at
from vedette_server.domain.limits import Limits
from vedette_server.domain.names import check_name
from vedette_server.domain.predictions import (
    ImageState,
    NewPrediction,
    Outcome,
    Picture,
    Prediction,
    Segmentation,
    Verdict,
    encode_segmentation,
    file_under,
)
from vedette_server.ports.clock import Clock
from vedette_server.ports.objects import NewObject, ObjectStore
from vedette_server.ports.predictions import PredictionRecords
from vedette_server.vision.geometry_checks import check_picture, check_prediction
from vedette_server.vision.image_header import read_image_header

MAX_WAITING_BYTES = 256 * 1024 * 1024


class SubmittedPrediction(msgspec.Struct, frozen=True, kw_only=True):
    """What one model said, as a caller sent it. `model_version`: a name, an id, or None for whoever held the role."""

    segmentation: Segmentation
    latency_seconds: float | None
    model_version: UUID | str | None = None


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """One monitored call as a wire dialect understood it; its meaning is still unchecked."""

    image: bytes
    filename: str
    champion: SubmittedPrediction
    shadow: SubmittedPrediction | None = None
    id: UUID | None = None
    declared_content_type: str | None = None
    declared_size: tuple[int, int] | None = None
    captured_at: datetime | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] = {}
    custom_metadata: dict[str, Any] = {}
    custom_metrics: dict[str, Any] = {}
    keep_image: bool = True


class Accepted(msgspec.Struct, frozen=True):
    """A checked prediction and the bytes of its picture, waiting for the next commit."""

    new: NewPrediction
    image: bytes


class PredictionRecorder:
    """Records monitored calls. `check` needs no waiting; `submit` answers once the call is durable."""

    def __init__(
        self,
        directory: DeploymentDirectory,
        records: PredictionRecords,
        objects: ObjectStore,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._directory = directory
        self._records = records
        self._objects = objects
        self._clock = clock
        self._limits = limits
        self._committer: GroupCommitter[Accepted, Outcome] = GroupCommitter(
            self._commit, lambda accepted: len(accepted.image), MAX_WAITING_BYTES
        )

    def start(self) -> None:
        """Begin committing."""
        self._committer.start()

    def close(self) -> None:
        """Commit what was accepted, then stop."""
        self._committer.close()

    def submit(self, accepted: Accepted) -> "Future[Outcome]":
        """Queue a checked call for the next commit. See `settle` for what comes out."""
        return self._committer.submit(accepted)

    def check(self, by: Principal, watched: Watched, submission: Submission) -> Accepted:
        """Everything that can be said of a call before it is stored, or the error that refuses it.

        A version named for the first time is made only when all else was found good.
        """
        limits = self._limits
        received_at = self._clock.now()
        captured_at = submission.captured_at or received_at
        _check_type(watched)
        _check_names(submission, limits)
        outputs = [("prediction", Role.CHAMPION, submission.champion)]
        if submission.shadow is not None:
            outputs.append(("shadow", Role.SHADOW, submission.shadow))
        _check_amount(outputs, limits)
        header = read_image_header(submission.image, limits.max_image_pixels)
        size = submission.declared_size or header.oriented_size
        flags: list[Flag] = check_picture(header, submission.declared_size, submission.declared_content_type)
        flags += flag_captured_at(captured_at, received_at, limits.future_tolerance)
        contents: dict[Role, bytes] = {}
        for field, role, output in outputs:
            flags += check_prediction(role.value, output.segmentation.objects, size, output.latency_seconds)
            contents[role] = encode_segmentation(output.segmentation)
            for item in output.segmentation.objects:
                check_class_id(f"{field}.class_id", item.class_id)
        predictions = {
            role: self._prediction(by, watched, role, output, captured_at, contents[role])
            for _, role, output in outputs
        }
        checksum = hashlib.sha256(submission.image).digest()
        data_id = uuid7()
        picture = Picture(
            data_id=data_id,
            object_key=f"{by.organization_id}/data/{data_id}",
            checksum_sha256=checksum,
            size_bytes=len(submission.image),
            filename=submission.filename,
            content_type=header.content_type,
            width=size[0],
            height=size[1],
            displayable=header.displayable,
            state=ImageState.KEPT if submission.keep_image else ImageState.FORGET_AFTER_MEASURING,
        )
        new = NewPrediction(
            organization_id=by.organization_id,
            deployment_id=watched.deployment.id,
            datalake_id=watched.deployment.datalake_id,
            token_id=by.token.id,
            id=submission.id or uuid7(),
            id_is_callers=submission.id is not None,
            predicted_asset_id=uuid7(),
            digest=_digest(submission, checksum, contents),
            captured_at=captured_at,
            received_at=received_at,
            filed_at=file_under(captured_at, received_at, limits.future_tolerance),
            source=submission.source or DEFAULT_SOURCE,
            tags=tuple(dict.fromkeys(submission.tags)),
            metadata=submission.metadata,
            custom_metadata=submission.custom_metadata,
            custom_metrics=submission.custom_metrics,
            picture=picture,
            champion=predictions[Role.CHAMPION],
            shadow=predictions.get(Role.SHADOW),
            flags=tuple(flags),
        )
        return Accepted(new, submission.image)

    def _prediction(
        self,
        by: Principal,
        watched: Watched,
        role: Role,
        output: SubmittedPrediction,
        captured_at: datetime,
        content: bytes,
    ) -> Prediction:
        named = output.model_version
        if named is None:
            # Whoever held the role when the picture was taken, not when it arrived.
            version_id = watched.deployment.holder_at(role, captured_at)
        elif isinstance(named, UUID) and named in watched.versions:
            version_id = named
        else:
            version_id = self._directory.ensure_version(by, watched, named).id
        scores = [item.score for item in output.segmentation.objects if item.score is not None]
        return Prediction(
            role=role,
            model_version_id=version_id,
            latency_seconds=output.latency_seconds,
            object_count=len(output.segmentation.objects),
            lowest_score=min(scores, default=None),
            content=content,
        )

    def _commit(self, group: Sequence[Accepted]) -> list[Outcome]:
        self._objects.put_many(
            [NewObject(item.new.picture.object_key, item.image, item.new.picture.checksum_sha256) for item in group]
        )
        outcomes = self._records.record([item.new for item in group], self._limits.replay_window)
        unneeded = [
            item.new.picture.object_key
            for item, outcome in zip(group, outcomes, strict=True)
            if outcome.verdict is not Verdict.RECORDED
        ]
        if unneeded:
            self._objects.delete_many(unneeded)
        return outcomes


def settle(outcome: Outcome) -> Outcome:
    """The outcome itself, or `Conflict` where the caller's id was used before for something else."""
    if outcome.verdict is Verdict.CONFLICT:
        raise Conflict(
            f"prediction {outcome.prediction_id} exists already in this deployment with other content; "
            "an id names one prediction for ever"
        )
    return outcome


def _check_type(watched: Watched) -> None:
    kind = watched.deployment.type
    if kind in {InferenceType.NOT_CONFIGURED, InferenceType.MULTI}:
        raise InvalidInput("deployment", kind, "a deployment whose type says what is predicted", reason="wrong_type")
    if kind is not InferenceType.SEGMENTATION:
        raise NotSupported(
            f"deployment {watched.deployment.name!r} is of type {kind}: this server records SEGMENTATION predictions"
        )


def _check_names(submission: Submission, limits: Limits) -> None:
    check_name("filename", submission.filename)
    if submission.source is not None:
        check_name("source", submission.source)
    if len(submission.tags) > limits.max_tags:
        raise TooLarge("tags", f"{len(submission.tags)} tags", limits.max_tags, "VEDETTE_MAX_TAGS")
    for position, tag in enumerate(submission.tags):
        check_name(f"tags[{position}]", tag)
    for field in ("metadata", "custom_metadata", "custom_metrics"):
        size = len(msgspec.json.encode(getattr(submission, field)))
        if size > limits.max_metadata_bytes:
            raise TooLarge(field, f"{size} bytes", limits.max_metadata_bytes, "VEDETTE_MAX_METADATA_BYTES")


def _check_amount(outputs: Sequence[tuple[str, Role, SubmittedPrediction]], limits: Limits) -> None:
    for field, _, output in outputs:
        objects = output.segmentation.objects
        if len(objects) > limits.max_objects:
            raise TooLarge(field, f"{len(objects)} objects", limits.max_objects, "VEDETTE_MAX_OBJECTS")
        points = sum(len(part.outer) + sum(map(len, part.holes)) for item in objects for part in item.parts)
        if points > limits.max_points:
            raise TooLarge(field, f"{points} points", limits.max_points, "VEDETTE_MAX_POINTS")


def _digest(submission: Submission, checksum: bytes, contents: dict[Role, bytes]) -> bytes:
    """What two calls must share to be the same call sent twice: everything the caller said."""
    digest = hashlib.sha256(checksum)
    shadow = submission.shadow
    said = (
        submission.filename,
        submission.declared_content_type,
        submission.declared_size,
        submission.captured_at,
        submission.source,
        submission.tags,
        submission.metadata,
        submission.custom_metadata,
        submission.custom_metrics,
        submission.keep_image,
        submission.champion.latency_seconds,
        submission.champion.model_version,
        None if shadow is None else (shadow.latency_seconds, shadow.model_version),
    )
    digest.update(msgspec.json.encode(said))
    for role in sorted(contents):
        digest.update(contents[role])
    return digest.digest()
