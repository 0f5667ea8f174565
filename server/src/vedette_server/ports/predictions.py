"""What was predicted, in the order it was committed, and what is still to be measured."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from vedette_server.domain.datalake import Page, PredictionFilter
from vedette_server.domain.deployments import DeploymentActivity
from vedette_server.domain.predictions import ImageState, NewPrediction, Outcome, PredictedAsset


class PredictionRecords(Protocol):
    """The transactional truth about predictions."""

    def record(self, group: Sequence[NewPrediction], replay_window: timedelta) -> list[Outcome]:
        """Commit a group in one transaction; return one outcome for each, in order.

        Durable when it returns. A prediction that repeats another, in the group
        or kept, is not stored again: with the caller's id, one of the same
        deployment and id; without, one of the same deployment and digest that
        was received within `replay_window`.
        """
        ...

    def find(self, organization_id: UUID, deployment_id: UUID, prediction_id: UUID) -> PredictedAsset | None:
        """One predicted asset by the id of its prediction."""
        ...

    def list_page(
        self,
        organization_id: UUID,
        deployment_id: UUID,
        prediction_filter: PredictionFilter,
        limit: int,
        cursor: str | None = None,
    ) -> Page[PredictedAsset]:
        """The newest by `filed_at` first. A walk by cursors sees each of those committed before it began once.

        `InvalidInput` for a cursor that is none of ours.
        """
        ...

    def activity(self, organization_id: UUID, deployment_id: UUID) -> DeploymentActivity:
        """Counters of a deployment, at a cost that does not grow with its history."""
        ...

    def count_refusals(self, organization_id: UUID, deployment_id: UUID, reasons: Mapping[str, int]) -> None:
        """Add to the counts of predictions refused, by reason."""
        ...

    def claim_unmeasured(self, now: datetime, lease: timedelta, limit: int) -> list[PredictedAsset]:
        """Up to `limit` predictions to measure, oldest commit first, that nobody else is given until the lease ends."""
        ...

    def mark_measured(self, measured: Mapping[UUID, tuple[ImageState, dict[str, float]]], at: datetime) -> None:
        """Note, by predicted asset id, that measuring is done, what came out and what became of the picture."""
        ...

    def find_orphans(self, object_keys: Sequence[str]) -> list[str]:
        """Those of `object_keys` that no picture refers to any more."""
        ...
