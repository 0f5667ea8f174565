"""Models, versions, label maps and deployments in memory."""

from uuid import UUID

from msgspec.structs import replace

from vedette_server.adapters.memory.tables import Tables
from vedette_server.domain.accounts import Change
from vedette_server.domain.deployments import Deployment, ModelChange, ModelVersion
from vedette_server.domain.errors import Conflict, NotFound


class MemoryRegistry:
    """`Registry` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add_deployment(self, deployment: Deployment, first_version: ModelVersion, change: Change) -> None:
        """See `Registry.add_deployment`."""
        with self._tables.lock:
            if self.find_deployment(deployment.organization_id, deployment.name) is not None:
                raise Conflict(f"a deployment named {deployment.name!r} exists already")
            self._tables.model_versions[first_version.id] = _with_own_labels(first_version)
            self._tables.deployments[deployment.id] = deployment
            self._tables.changes.append(change)

    def find_deployment(self, organization_id: UUID, key: UUID | str) -> Deployment | None:
        """See `Registry.find_deployment`."""
        for deployment in self.list_deployments(organization_id):
            if key == (deployment.id if isinstance(key, UUID) else deployment.name):
                return deployment
        return None

    def list_deployments(self, organization_id: UUID) -> list[Deployment]:
        """See `Registry.list_deployments`."""
        with self._tables.lock:
            mine = [item for item in self._tables.deployments.values() if item.organization_id == organization_id]
        return sorted(mine, key=lambda deployment: deployment.name)

    def add_model_version(self, version: ModelVersion, change: Change) -> ModelVersion:
        """See `Registry.add_model_version`."""
        with self._tables.lock:
            there = self.list_model_versions(version.organization_id, model_id=version.model_id)
            for kept in there:
                if kept.name == version.name:
                    return kept
            number = max((kept.number for kept in there), default=0) + 1
            self._tables.model_versions[version.id] = _with_own_labels(replace(version, number=number))
            self._tables.changes.append(change)
            return _with_own_labels(self._tables.model_versions[version.id])

    def list_model_versions(
        self, organization_id: UUID, *, model_id: UUID | None = None, ids: frozenset[UUID] | None = None
    ) -> list[ModelVersion]:
        """See `Registry.list_model_versions`."""
        with self._tables.lock:
            chosen = [
                _with_own_labels(version)
                for version in self._tables.model_versions.values()
                if version.organization_id == organization_id
                and (model_id is None or version.model_id == model_id)
                and (ids is None or version.id in ids)
            ]
        return sorted(chosen, key=lambda version: version.number)

    def name_class(
        self, organization_id: UUID, model_version_id: UUID, class_id: int, name: str, change: Change
    ) -> None:
        """See `Registry.name_class`."""
        with self._tables.lock:
            version = self._find_version(organization_id, model_version_id)
            named = replace(version, labels={**version.labels, class_id: name})
            self._tables.model_versions[model_version_id] = _with_own_labels(named)
            self._tables.changes.append(change)

    def change_model(
        self, organization_id: UUID, deployment_id: UUID, model_change: ModelChange, change: Change
    ) -> None:
        """See `Registry.change_model`."""
        with self._tables.lock:
            deployment = self.find_deployment(organization_id, deployment_id)
            if deployment is None:
                raise NotFound("deployment", deployment_id)
            if model_change.model_version_id is not None:
                self._find_version(organization_id, model_change.model_version_id)
            changes = sorted((*deployment.changes, model_change), key=lambda item: item.valid_from)
            self._tables.deployments[deployment_id] = replace(deployment, changes=tuple(changes))
            self._tables.changes.append(change)

    def _find_version(self, organization_id: UUID, version_id: UUID) -> ModelVersion:
        version = self._tables.model_versions.get(version_id)
        if version is None or version.organization_id != organization_id:
            raise NotFound("model version", version_id)
        return version


def _with_own_labels(version: ModelVersion) -> ModelVersion:
    """A copy whose label map nobody else can change."""
    return replace(version, labels=dict(sorted(version.labels.items())))
