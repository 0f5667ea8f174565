"""Domain nouns as the native dialect shows them."""

from datetime import datetime
from uuid import UUID

from vedette import contract
from vedette_server.actions.deployments import Watched
from vedette_server.actions.show_image import Variant
from vedette_server.domain.accounts import ApiToken
from vedette_server.domain.datalake import Data
from vedette_server.domain.deployments import DeploymentActivity, ModelVersion, unnamed_label
from vedette_server.domain.flags import Flag
from vedette_server.domain.predictions import (
    ImageState,
    Outcome,
    Picture,
    PredictedAsset,
    Prediction,
    decode_segmentation,
)
from vedette_server.http.images import image_path
from vedette_server.http.services import Services


def view_version(version: ModelVersion) -> contract.ModelVersion:
    """A model version."""
    return contract.ModelVersion(
        id=version.id,
        name=version.name,
        model=version.model_name,
        version=version.number,
        type=version.type,
        labels=[contract.Label(class_id, name) for class_id, name in version.labels.items()],
    )


def view_deployment(watched: Watched, activity: DeploymentActivity) -> contract.Deployment:
    """A deployment and what has happened in it."""
    deployment = watched.deployment
    champion, shadow = watched.champion, watched.shadow
    return contract.Deployment(
        id=deployment.id,
        name=deployment.name,
        type=deployment.type,
        min_threshold=deployment.min_threshold,
        created_at=deployment.created_at,
        champion=view_version(champion) if champion else None,
        shadow=view_version(shadow) if shadow else None,
        prediction_count=activity.prediction_count,
        flagged_count=activity.flagged_count,
        replay_count=activity.replay_count,
        refusal_count=sum(activity.refusal_counts.values()),
        last_prediction_at=activity.last_filed_at,
        last_received_at=activity.last_received_at,
        mean_latency_seconds=activity.mean_latency_seconds,
        flag_counts=activity.flag_counts,
        refusal_counts=activity.refusal_counts,
        sources=sorted(activity.source_counts),
        tags=sorted(activity.tag_counts),
    )


def view_flag(flag: Flag) -> contract.Flag:
    """A flag."""
    return contract.Flag(flag.code, flag.message, flag.role, list(flag.objects))


def view_outcome(outcome: Outcome, watched: Watched, replayed: bool) -> contract.PredictionAnswer:
    """The answer to a monitored call."""
    version = watched.version(outcome.champion_version_id)
    return contract.PredictionAnswer(
        id=outcome.prediction_id,
        deployment_id=watched.deployment.id,
        predicted_asset_id=outcome.predicted_asset_id,
        data_id=outcome.data_id,
        captured_at=outcome.captured_at,
        received_at=outcome.received_at,
        filed_at=outcome.filed_at,
        model_version=version.name if version else None,
        flags=[view_flag(flag) for flag in outcome.flags],
        replayed=replayed,
    )


def view_asset(asset: PredictedAsset, watched: Watched, services: Services, now: datetime) -> contract.PredictionItem:
    """A monitored call with its predictions, labels under their present names."""
    picture = asset.picture
    addresses = _addresses(services, asset.organization_id, picture, now)
    return contract.PredictionItem(
        id=asset.prediction_id,
        predicted_asset_id=asset.id,
        data_id=picture.data_id,
        filename=picture.filename,
        captured_at=asset.captured_at,
        received_at=asset.received_at,
        filed_at=asset.filed_at,
        source=asset.source,
        tags=list(asset.tags),
        metadata=asset.metadata,
        width=picture.width,
        height=picture.height,
        content_type=picture.content_type,
        size_bytes=picture.size_bytes,
        checksum_sha256=picture.checksum_sha256.hex(),
        image_state=_public_state(picture.state),
        image_url=addresses.get(Variant.ORIGINAL),
        display_url=addresses.get(Variant.DISPLAY),
        thumbnail_url=addresses.get(Variant.THUMBNAIL),
        flags=[view_flag(flag) for flag in asset.flags],
        champion=_view_prediction(asset.champion, watched),
        shadow=_view_prediction(asset.shadow, watched) if asset.shadow else None,
        measurements=asset.measurements,
    )


def view_data(data: Data, organization_id: UUID, services: Services, now: datetime) -> contract.Data:
    """One picture of the datalake."""
    picture = data.picture
    return contract.Data(
        id=picture.data_id,
        datalake_id=data.datalake_id,
        filename=picture.filename,
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        size_bytes=picture.size_bytes,
        checksum_sha256=picture.checksum_sha256.hex(),
        source=data.source.name if data.source else None,
        tags=[tag.name for tag in data.tags],
        metadata=data.metadata,
        created_at=data.created_at,
        image_state=_public_state(picture.state),
        image_url=_addresses(services, organization_id, picture, now).get(Variant.ORIGINAL),
    )


def view_token(token: ApiToken) -> contract.TokenView:
    """A token without its text."""
    return contract.TokenView(
        id=token.id,
        name=token.name,
        scopes=sorted(token.scopes),
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
    )


def _view_prediction(prediction: Prediction, watched: Watched) -> contract.PredictionView:
    version = watched.version(prediction.model_version_id)
    segmentation = decode_segmentation(prediction.content)
    return contract.PredictionView(
        model_version=version.name if version else None,
        model_version_id=prediction.model_version_id,
        latency_seconds=prediction.latency_seconds,
        object_count=prediction.object_count,
        objects=[
            contract.ObjectView(
                class_id=item.class_id,
                label=version.label(item.class_id) if version else unnamed_label(item.class_id),
                score=item.score,
                text=item.text,
                parts=[contract.WirePart(part.outer, part.holes) for part in item.parts],
            )
            for item in segmentation.objects
        ],
    )


def _addresses(services: Services, organization_id: UUID, picture: Picture, now: datetime) -> dict[Variant, str]:
    if _public_state(picture.state) == ImageState.FORGOTTEN:
        return {}
    variants = [Variant.ORIGINAL] if picture.state is ImageState.UNDECODABLE else list(Variant)
    return {
        variant: services.signer.sign_path(
            image_path(organization_id, picture.data_id, variant), now, services.image_url_lifetime
        )
        for variant in variants
    }


def _public_state(state: ImageState) -> str:
    # A picture that waits to be forgotten is shown to nobody any more.
    return ImageState.FORGOTTEN if state is ImageState.FORGET_AFTER_MEASURING else state
