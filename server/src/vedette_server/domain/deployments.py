"""Deployments (models being watched) and the model versions that predict in them."""

import bisect
import enum
from datetime import datetime
from uuid import UUID

import msgspec


class InferenceType(enum.StrEnum):
    """The shape of what a model predicts."""

    NOT_CONFIGURED = "NOT_CONFIGURED"
    CLASSIFICATION = "CLASSIFICATION"
    OBJECT_DETECTION = "OBJECT_DETECTION"
    SEGMENTATION = "SEGMENTATION"
    POINT = "POINT"
    KEYPOINT = "KEYPOINT"
    LINE = "LINE"
    MASK = "MASK"
    MULTI = "MULTI"


class Role(enum.StrEnum):
    """`champion`: its answer counts. `shadow`: it runs beside, to be compared."""

    CHAMPION = "champion"
    SHADOW = "shadow"


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One trained state of a model; `labels` is its label map, class id to name."""

    id: UUID
    organization_id: UUID
    model_id: UUID
    model_name: str
    name: str
    number: int
    type: InferenceType
    labels: dict[int, str]
    created_at: datetime

    def label(self, class_id: int) -> str:
        """The class's name, or "class 7" while nobody has named it."""
        return self.labels.get(class_id) or unnamed_label(class_id)


def unnamed_label(class_id: int) -> str:
    """What a class is called that no label map knows."""
    return f"class {class_id}"


class ModelChange(msgspec.Struct, frozen=True, kw_only=True):
    """From `valid_from` on, `model_version_id` held `role`; None: nobody did."""

    role: Role
    model_version_id: UUID | None
    valid_from: datetime


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """A model being watched. `changes` tells who was champion and shadow when, oldest first."""

    id: UUID
    organization_id: UUID
    name: str
    type: InferenceType
    model_id: UUID
    datalake_id: UUID
    min_threshold: float
    created_at: datetime
    changes: tuple[ModelChange, ...]

    def holder_at(self, role: Role, at: datetime) -> UUID | None:
        """The model version that held `role` at `at`; before the first change, the first holder.

        History is often imported after the deployment was made, so a time before
        the first champion means the first champion, not nobody.
        """
        changes = [change for change in self.changes if change.role == role]
        if not changes:
            return None
        position = bisect.bisect_right([change.valid_from for change in changes], at)
        return changes[max(position - 1, 0)].model_version_id

    def holder(self, role: Role) -> UUID | None:
        """The model version that holds `role` now."""
        return next((c.model_version_id for c in reversed(self.changes) if c.role == role), None)


class DeploymentActivity(msgspec.Struct, frozen=True, kw_only=True):
    """What has happened in a deployment so far, from counters kept with each commit."""

    prediction_count: int = 0
    flagged_count: int = 0
    replay_count: int = 0
    mean_latency_seconds: float | None = None
    last_filed_at: datetime | None = None
    last_received_at: datetime | None = None
    flag_counts: dict[str, int] = {}
    refusal_counts: dict[str, int] = {}
    source_counts: dict[str, int] = {}
    tag_counts: dict[str, int] = {}
