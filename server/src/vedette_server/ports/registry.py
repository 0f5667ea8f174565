"""Models, their versions and label maps, and the deployments they predict in."""

from typing import Protocol
from uuid import UUID

from vedette_server.domain.accounts import Change
from vedette_server.domain.deployments import Deployment, ModelChange, ModelVersion


class Registry(Protocol):
    """Every write takes the `Change` that describes it and keeps both or neither."""

    def add_deployment(self, deployment: Deployment, first_version: ModelVersion, change: Change) -> None:
        """Add a deployment, its model and its first version. `Conflict` if the name is taken."""
        ...

    def find_deployment(self, organization_id: UUID, key: UUID | str) -> Deployment | None:
        """A deployment by its id or its name."""
        ...

    def list_deployments(self, organization_id: UUID) -> list[Deployment]:
        """All deployments of an organization, by name."""
        ...

    def add_model_version(self, version: ModelVersion, change: Change) -> ModelVersion:
        """Add a version under the next number of its model, or return the one that has its name already.

        `version.number` is ignored; of two callers at once, one adds and both get the same.
        """
        ...

    def list_model_versions(
        self, organization_id: UUID, *, model_id: UUID | None = None, ids: frozenset[UUID] | None = None
    ) -> list[ModelVersion]:
        """Versions of one model, or those of `ids` that exist, by number."""
        ...

    def name_class(
        self, organization_id: UUID, model_version_id: UUID, class_id: int, name: str, change: Change
    ) -> None:
        """Set a class's name in a version's label map, with effect on everything already kept."""
        ...

    def change_model(
        self, organization_id: UUID, deployment_id: UUID, model_change: ModelChange, change: Change
    ) -> None:
        """Record who holds a role from a moment on."""
        ...
