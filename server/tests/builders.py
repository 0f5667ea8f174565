"""Builders: a valid noun of the domain for every test, changed by keywords where the test cares."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from vedette.ids import uuid7
from vedette_server.domain.accounts import ApiToken, Change, Organization, Scope, User
from vedette_server.domain.datalake import Datalake
from vedette_server.domain.deployments import Deployment, InferenceType, ModelChange, ModelVersion, Role
from vedette_server.domain.measurements import Measurements
from vedette_server.domain.predictions import (
    ImageState,
    NewPrediction,
    Part,
    Picture,
    Prediction,
    Segmentation,
    SegmentedObject,
    encode_segmentation,
)
from vedette_server.ports.accounts import Accounts
from vedette_server.ports.datalake import DatalakeRecords
from vedette_server.ports.predictions import PredictionRecords
from vedette_server.ports.registry import Registry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Records:
    """The four ports over one store."""

    accounts: Accounts
    registry: Registry
    predictions: PredictionRecords
    datalake: DatalakeRecords


@dataclass(frozen=True)
class Tenant:
    """An organization with everything a prediction needs: an owner, a datalake, a deployment and its champion."""

    organization: Organization
    owner: User
    datalake: Datalake
    version: ModelVersion
    deployment: Deployment

    @property
    def org_id(self) -> Any:
        return self.organization.id


def a_tenant(name: str = "acme") -> Tenant:
    organization = an_organization(name=name)
    version = a_model_version(organization, name="v1")
    return Tenant(
        organization, a_user(organization), a_datalake(organization), version, a_deployment(organization, version)
    )


def keep_tenant(records: Records, tenant: Tenant) -> Tenant:
    """Add all of a tenant to the records."""
    organization = tenant.organization
    records.accounts.add_organization(organization, tenant.owner, tenant.datalake, a_change(organization))
    records.registry.add_deployment(tenant.deployment, tenant.version, a_change(organization, "deployment.create"))
    return tenant


def an_organization(**changes: Any) -> Organization:
    return replace(Organization(id=uuid7(), name="acme", datalake_id=uuid7(), created_at=NOON), **changes)


def a_user(organization: Organization, **changes: Any) -> User:
    user = User(id=uuid7(), organization_id=organization.id, name="ada", created_at=organization.created_at)
    return replace(user, **changes)


def a_datalake(organization: Organization, **changes: Any) -> Datalake:
    datalake = Datalake(
        id=organization.datalake_id, organization_id=organization.id, name="default", connector_id=uuid7()
    )
    return replace(datalake, **changes)


def a_token(user: User, **changes: Any) -> ApiToken:
    token = ApiToken(
        id=uuid7(),
        organization_id=user.organization_id,
        user_id=user.id,
        name="line 1",
        digest=uuid7().bytes,
        scopes=frozenset({Scope.PREDICT}),
        created_at=NOON,
    )
    return replace(token, **changes)


def a_change(organization: Organization, action: str = "organization.create", **changes: Any) -> Change:
    return replace(Change(organization_id=organization.id, at=NOON, action=action, target="something"), **changes)


def a_model_version(organization: Organization, **changes: Any) -> ModelVersion:
    version = ModelVersion(
        id=uuid7(),
        organization_id=organization.id,
        model_id=uuid7(),
        model_name="coin-inspection",
        name="v1",
        number=1,
        type=InferenceType.SEGMENTATION,
        labels={0: "small coin", 1: "large coin"},
        created_at=NOON,
    )
    return replace(version, **changes)


def a_deployment(organization: Organization, champion: ModelVersion | None = None, **changes: Any) -> Deployment:
    """A deployment whose champion, from the beginning, is `champion`."""
    champion = champion or a_model_version(organization)
    deployment = Deployment(
        id=uuid7(),
        organization_id=organization.id,
        name="coin-inspection",
        type=InferenceType.SEGMENTATION,
        model_id=champion.model_id,
        datalake_id=organization.datalake_id,
        min_threshold=0.0,
        created_at=NOON,
        changes=(a_model_change(champion),),
    )
    return replace(deployment, **changes)


def a_model_change(version: ModelVersion | None, **changes: Any) -> ModelChange:
    change = ModelChange(role=Role.CHAMPION, model_version_id=version.id if version else None, valid_from=NOON)
    return replace(change, **changes)


def a_segmentation(class_id: int = 1, score: float | None = 0.9) -> Segmentation:
    triangle = Part([(200.0, 200.0), (225.0, 200.0), (250.0, 250.0)])
    return Segmentation([SegmentedObject(class_id, score, [triangle])])


def a_prediction(version: ModelVersion | None = None, **changes: Any) -> Prediction:
    prediction = Prediction(
        role=Role.CHAMPION,
        model_version_id=version.id if version else None,
        latency_seconds=0.25,
        object_count=1,
        lowest_score=0.9,
        content=encode_segmentation(a_segmentation()),
    )
    return replace(prediction, **changes)


def a_picture(**changes: Any) -> Picture:
    data_id = changes.get("data_id") or uuid7()
    picture = Picture(
        data_id=data_id,
        object_key=f"data/{data_id}",
        checksum_sha256=bytes(32),
        size_bytes=12_345,
        filename="a.png",
        content_type="image/png",
        width=600,
        height=800,
        displayable=True,
        state=ImageState.KEPT,
    )
    return replace(picture, **changes)


def a_new_prediction(tenant: Tenant, **changes: Any) -> NewPrediction:
    """A call of the tenant's champion, unlike every other one; `at` sets all three times at once."""
    at = changes.pop("at", NOON)
    new = NewPrediction(
        organization_id=tenant.organization.id,
        deployment_id=tenant.deployment.id,
        datalake_id=tenant.datalake.id,
        token_id=uuid7(),
        id=uuid7(),
        id_is_callers="id" in changes,
        predicted_asset_id=uuid7(),
        digest=uuid7().bytes,
        captured_at=at,
        received_at=at,
        filed_at=at,
        source=None,
        tags=(),
        metadata={},
        custom_metadata={},
        custom_metrics={},
        picture=a_picture(),
        champion=a_prediction(tenant.version),
        shadow=None,
        flags=(),
    )
    return replace(new, **changes)


def a_repeat_of(new: NewPrediction, **changes: Any) -> NewPrediction:
    """The same call sent again: everything the server makes up is new, all that the caller said is the same."""
    fresh = {"id": new.id if new.id_is_callers else uuid7(), "predicted_asset_id": uuid7(), "picture": a_picture()}
    return replace(new, **{**fresh, **changes})


def a_measurement(tenant: Tenant, **changes: Any) -> Measurements:
    measurement = Measurements(
        organization_id=tenant.organization.id,
        deployment_id=tenant.deployment.id,
        predicted_asset_id=uuid7(),
        filed_at=NOON,
        version=1,
        values={"object_count": 3.0},
    )
    return replace(measurement, **changes)
