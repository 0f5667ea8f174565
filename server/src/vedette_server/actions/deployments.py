"""Deployments and their model versions: made, changed, and found again without asking twice."""

import threading
import time
from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from vedette.ids import uuid7
from vedette_server.domain.accounts import Change, Principal
from vedette_server.domain.deployments import Deployment, InferenceType, ModelChange, ModelVersion, Role
from vedette_server.domain.errors import InvalidInput, NotFound
from vedette_server.domain.names import check_name, check_new_name
from vedette_server.ports.clock import Clock
from vedette_server.ports.registry import Registry

MAX_CLASS_ID = 2**31 - 1
MAX_LABELS = 10_000
FIRST_VERSION = "v1"


def check_class_id(field: str, class_id: int) -> int:
    """A class id that every database can hold."""
    if not 0 <= class_id <= MAX_CLASS_ID:
        raise InvalidInput(field, class_id, f"a class id from 0 to {MAX_CLASS_ID}")
    return class_id


def check_labels(labels: Mapping[int, str]) -> dict[int, str]:
    """A label map in the order of its class ids."""
    if len(labels) > MAX_LABELS:
        raise InvalidInput("labels", f"{len(labels)} labels", f"at most {MAX_LABELS}")
    return {
        check_class_id("labels", class_id): check_name(f"labels[{class_id}]", labels[class_id])
        for class_id in sorted(labels)
    }


class Watched(msgspec.Struct, frozen=True):
    """A deployment with its versions: those of its own model and those that hold or held a role."""

    deployment: Deployment
    versions: dict[UUID, ModelVersion]

    def version(self, version_id: UUID | None) -> ModelVersion | None:
        """A version by id."""
        return None if version_id is None else self.versions.get(version_id)

    @property
    def champion(self) -> ModelVersion | None:
        """The version whose answer counts now."""
        return self.version(self.deployment.holder(Role.CHAMPION))

    @property
    def shadow(self) -> ModelVersion | None:
        """The version that runs beside it now."""
        return self.version(self.deployment.holder(Role.SHADOW))

    def named(self, name: str) -> ModelVersion | None:
        """A version of the deployment's own model by name."""
        model_id = self.deployment.model_id
        return next((v for v in self.versions.values() if v.name == name and v.model_id == model_id), None)


class DeploymentDirectory:
    """Deployments by id or name, remembered for a moment so that the hot path asks no database.

    A change made through this object is seen at once; one made by another
    process at the latest `MEMORY_SECONDS` later.
    """

    MEMORY_SECONDS = 1.0
    MAX_REMEMBERED = 4096

    def __init__(self, registry: Registry, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._registry = registry
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[tuple[UUID, UUID | str], tuple[float, Watched]] = {}

    def remembered(self, organization_id: UUID, key: UUID | str) -> Watched | None:
        """A deployment if known at this moment, without any waiting."""
        known = self._known.get((organization_id, key))
        return known[1] if known is not None and known[0] >= self._monotonic() else None

    def get(self, organization_id: UUID, key: UUID | str) -> Watched:
        """A deployment by id or name. `NotFound` for a foreign or unknown one."""
        remembered = self.remembered(organization_id, key)
        if remembered is not None:
            return remembered
        deployment = self._registry.find_deployment(organization_id, key)
        if deployment is None:
            raise NotFound("deployment", key)
        watched = self._with_versions(deployment)
        with self._lock:
            if len(self._known) >= self.MAX_REMEMBERED:
                self._known = {}
            self._known[organization_id, key] = (self._monotonic() + self.MEMORY_SECONDS, watched)
        return watched

    def list(self, organization_id: UUID) -> list[Watched]:
        """All deployments of an organization, by name."""
        return [self._with_versions(d) for d in self._registry.list_deployments(organization_id)]

    def create(
        self,
        by: Principal,
        name: str,
        inference_type: InferenceType,
        labels: Mapping[int, str],
        min_threshold: float = 0.0,
    ) -> Watched:
        """A deployment with a model of its own, whose first version is the champion."""
        check_new_name("name", name)
        checked = check_labels(labels)
        if not 0.0 <= min_threshold <= 1.0:
            raise InvalidInput("min_threshold", min_threshold, "a score from 0 to 1")
        now = self._clock.now()
        version = ModelVersion(
            id=uuid7(),
            organization_id=by.organization_id,
            model_id=uuid7(),
            model_name=name,
            name=FIRST_VERSION,
            number=1,
            type=inference_type,
            labels=checked,
            created_at=now,
        )
        deployment = Deployment(
            id=uuid7(),
            organization_id=by.organization_id,
            name=name,
            type=inference_type,
            model_id=version.model_id,
            datalake_id=by.organization.datalake_id,
            min_threshold=min_threshold,
            created_at=now,
            changes=(ModelChange(role=Role.CHAMPION, model_version_id=version.id, valid_from=now),),
        )
        change = self._change(by, "deployment.create", name, deployment.id, type=inference_type)
        self._registry.add_deployment(deployment, version, change)
        return Watched(deployment, {version.id: version})

    def set_model(self, by: Principal, watched: Watched, role: Role, version: UUID | str | None) -> Watched:
        """Give a role to a version (by name or id) from now on; None empties the shadow's place."""
        deployment = watched.deployment
        if version is None and role is Role.CHAMPION:
            raise InvalidInput("model_version", None, "the name or id of a model version")
        version_id = None
        if version is not None:
            version_id = self.ensure_version(by, watched, version).id
        model_change = ModelChange(role=role, model_version_id=version_id, valid_from=self._clock.now())
        change = self._change(by, f"deployment.{role}", deployment.name, deployment.id, model_version=str(version))
        self._registry.change_model(by.organization_id, deployment.id, model_change, change)
        self.forget()
        return self.get(by.organization_id, deployment.id)

    def ensure_version(self, by: Principal, watched: Watched, version: UUID | str) -> ModelVersion:
        """A version by id, or by name in the deployment's model, where a new name makes a new version.

        A new version begins with the champion's label map, since most retrainings
        keep it; `name_class` changes it where one does not.
        """
        if isinstance(version, UUID):
            return self.get_version(by.organization_id, version)
        there = watched.named(version)
        if there is not None:
            return there
        check_new_name("model_version", version)
        deployment = watched.deployment
        champion = watched.champion
        new = ModelVersion(
            id=uuid7(),
            organization_id=by.organization_id,
            model_id=deployment.model_id,
            model_name=champion.model_name if champion else deployment.name,
            name=version,
            number=0,
            type=deployment.type,
            labels=champion.labels if champion else {},
            created_at=self._clock.now(),
        )
        kept = self._registry.add_model_version(
            new, self._change(by, "model_version.create", version, new.id, deployment=deployment.name)
        )
        self.forget()
        return kept

    def get_version(self, organization_id: UUID, version_id: UUID) -> ModelVersion:
        """A version by id. `NotFound` for a foreign or unknown one."""
        found = self._registry.list_model_versions(organization_id, ids=frozenset({version_id}))
        if not found:
            raise NotFound("model version", version_id)
        return found[0]

    def name_class(self, by: Principal, watched: Watched, version: str, class_id: int, name: str) -> ModelVersion:
        """Name a class of a version, with effect on everything already kept."""
        check_class_id("class_id", class_id)
        check_name("name", name)
        there = watched.named(version)
        if there is None:
            raise NotFound("model version", version)
        change = self._change(by, "label.name", name, there.id, class_id=class_id)
        self._registry.name_class(by.organization_id, there.id, class_id, name, change)
        self.forget()
        return msgspec.structs.replace(there, labels=dict(sorted({**there.labels, class_id: name}.items())))

    def forget(self) -> None:
        """Ask the records again from now on."""
        with self._lock:
            self._known = {}

    def _with_versions(self, deployment: Deployment) -> Watched:
        holders = {c.model_version_id for c in deployment.changes if c.model_version_id is not None}
        versions = self._registry.list_model_versions(deployment.organization_id, model_id=deployment.model_id)
        others = frozenset(holders - {version.id for version in versions})
        if others:
            versions += self._registry.list_model_versions(deployment.organization_id, ids=others)
        return Watched(deployment, {version.id: version for version in versions})

    def _change(self, by: Principal, action: str, target: str, target_id: UUID, **details: object) -> Change:
        return Change(
            organization_id=by.organization_id,
            at=self._clock.now(),
            action=action,
            target=target,
            target_id=target_id,
            user_id=by.user.id,
            token_id=by.token.id,
            details=details,
        )
