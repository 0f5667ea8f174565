"""Domain nouns as existing clients read them."""

from datetime import datetime
from typing import Any

from vedette_server.actions.deployments import Watched
from vedette_server.actions.show_image import Variant
from vedette_server.domain.datalake import Data, Datalake, Named, Page
from vedette_server.domain.deployments import ModelVersion, Role
from vedette_server.domain.predictions import ImageState, Outcome
from vedette_server.http.images import image_path
from vedette_server.http.services import Services


def view_deployment(watched: Watched, origin: str) -> dict[str, Any]:
    """A deployment. Clients learn from it where to send predictions; there is no serving here."""
    deployment = watched.deployment
    return {
        "id": deployment.id,
        "name": deployment.name,
        "type": deployment.type,
        "oracle_host": origin,
        "serving_host": None,
        "review_campaign_id": None,
        "model_version_id": deployment.holder(Role.CHAMPION),
        "shadow_model_version_id": deployment.holder(Role.SHADOW),
        "min_threshold": deployment.min_threshold,
        "target_datalake_id": deployment.datalake_id,
        "tags": [],
    }


def view_model_version(version: ModelVersion) -> dict[str, Any]:
    """A model version. The oldest clients read type and framework from the model it belongs to."""
    kind = {"type": version.type, "framework": "NOT_CONFIGURED"}
    return {
        "id": version.id,
        "name": version.name,
        "version": version.number,
        **kind,
        "labels": {str(class_id): name for class_id, name in version.labels.items()},
        "tags": [],
        "origin": {"id": version.model_id, "name": version.model_name, "private": True, **kind},
    }


def view_datalake(datalake: Datalake) -> dict[str, Any]:
    """A datalake."""
    return {"id": datalake.id, "name": datalake.name, "connector_id": datalake.connector_id}


def view_tag(tag: Named) -> dict[str, Any]:
    """A tag of Data."""
    return {"id": tag.id, "name": tag.name, "target_type": "DATA"}


def view_named(named: Named) -> dict[str, Any]:
    """A data source."""
    return {"id": named.id, "name": named.name}


def view_data(data: Data, organization_id: Any, services: Services, origin: str, now: datetime) -> dict[str, Any]:
    """A Data with an address to download it from, which carries its own authority."""
    picture = data.picture
    address = None
    if picture.state not in {ImageState.FORGOTTEN, ImageState.FORGET_AFTER_MEASURING}:
        path = image_path(organization_id, picture.data_id, Variant.ORIGINAL)
        address = origin + services.signer.sign_path(path, now, services.image_url_lifetime)
    return {
        "id": picture.data_id,
        "object_name": picture.object_key,
        "filename": picture.filename,
        "type": "IMAGE",
        "content_type": picture.content_type,
        "upload_status": "DONE",
        "meta": {"width": picture.width, "height": picture.height},
        "presigned_url": address,
        "metadata": data.metadata or None,
        "custom_metadata": data.custom_metadata or None,
        "tags": [view_tag(tag) for tag in data.tags],
        "data_source": view_named(data.source) if data.source else None,
        "datalake_id": data.datalake_id,
        "created_at": data.created_at,
    }


def view_page(page: Page[Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    """A page for both kinds of paging: by cursor, and by offset up to `count`."""
    return {"items": items, "count": page.count, "next_cursor": page.next_cursor}


def view_outcome(outcome: Outcome, replayed: bool) -> dict[str, Any]:
    """The answer to a monitored call, which the client hands to its caller as it is."""
    return {
        "id": outcome.prediction_id,
        "predicted_asset_id": outcome.predicted_asset_id,
        "data_id": outcome.data_id,
        "timestamp": outcome.filed_at.timestamp(),
        "flags": [{"code": flag.code, "message": flag.message} for flag in outcome.flags],
        "replayed": replayed,
    }
