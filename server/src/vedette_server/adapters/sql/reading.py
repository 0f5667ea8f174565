"""Rows back into domain nouns: shared by everything that reads pictures and predictions."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, select

from vedette_server.adapters.sql import tables
from vedette_server.domain.datalake import Named
from vedette_server.domain.deployments import Role
from vedette_server.domain.flags import Flag
from vedette_server.domain.predictions import ImageState, Picture, PredictedAsset, Prediction


def picture_of(row: Row[Any]) -> Picture:
    """The picture in a row of `data`."""
    return Picture(
        data_id=row.data_id,
        object_key=row.object_key,
        checksum_sha256=row.checksum_sha256,
        size_bytes=row.size_bytes,
        filename=row.filename,
        content_type=row.content_type,
        width=row.width,
        height=row.height,
        displayable=row.displayable,
        state=ImageState(row.image_state),
    )


PICTURE_COLUMNS = (
    tables.data.c.object_key,
    tables.data.c.checksum_sha256,
    tables.data.c.size_bytes,
    tables.data.c.filename,
    tables.data.c.content_type,
    tables.data.c.width,
    tables.data.c.height,
    tables.data.c.displayable,
    tables.data.c.image_state,
    tables.data.c.metadata,
    tables.data.c.custom_metadata,
)


def flags_of(connection: Connection, org_id: UUID, asset_ids: Sequence[UUID]) -> dict[UUID, tuple[Flag, ...]]:
    """The flags of each predicted asset; an empty tuple for those that have none."""
    flags: dict[UUID, tuple[Flag, ...]] = defaultdict(tuple)
    if asset_ids:
        table = tables.prediction_flags
        query = select(table).where(table.c.org_id == org_id, table.c.predicted_asset_id.in_(asset_ids))
        for row in connection.execute(query.order_by(table.c.seq)):
            objects = tuple(msgspec.json.decode(row.objects, type=list[int]))
            flag = Flag(code=row.code, message=row.message, objects=objects, role=row.role)
            flags[row.predicted_asset_id] += (flag,)
    return flags


def tags_of(connection: Connection, org_id: UUID, data_ids: Sequence[UUID]) -> dict[UUID, tuple[Named, ...]]:
    """The tags of each Data by name; an empty tuple for those that have none."""
    tags: dict[UUID, tuple[Named, ...]] = defaultdict(tuple)
    if data_ids:
        links = tables.data_tags.c
        query = (
            select(links.data_id, tables.tags.c.id, tables.tags.c.name)
            .join_from(
                tables.data_tags,
                tables.tags,
                (tables.tags.c.org_id == links.org_id) & (tables.tags.c.id == links.tag_id),
            )
            .where(links.org_id == org_id, links.data_id.in_(data_ids))
            .order_by(tables.tags.c.name)
        )
        for row in connection.execute(query):
            tags[row.data_id] += (Named(id=row.id, name=row.name),)
    return tags


def predictions_of(
    connection: Connection, org_id: UUID, asset_ids: Sequence[UUID]
) -> dict[UUID, dict[Role, Prediction]]:
    """The predictions of each predicted asset, by role."""
    predictions: dict[UUID, dict[Role, Prediction]] = defaultdict(dict)
    if asset_ids:
        table = tables.predictions
        query = select(table).where(table.c.org_id == org_id, table.c.predicted_asset_id.in_(asset_ids))
        for row in connection.execute(query):
            role = Role(row.role)
            predictions[row.predicted_asset_id][role] = Prediction(
                role=role,
                model_version_id=row.model_version_id,
                latency_seconds=row.latency_seconds,
                object_count=row.object_count,
                lowest_score=row.lowest_score,
                content=row.content,
            )
    return predictions


ASSETS = (
    select(tables.predicted_assets, *PICTURE_COLUMNS, tables.sources.c.name.label("source_name"))
    .join_from(
        tables.predicted_assets,
        tables.data,
        (tables.data.c.org_id == tables.predicted_assets.c.org_id)
        & (tables.data.c.id == tables.predicted_assets.c.data_id),
    )
    .outerjoin(
        tables.sources,
        (tables.sources.c.org_id == tables.predicted_assets.c.org_id)
        & (tables.sources.c.id == tables.predicted_assets.c.source_id),
    )
)


def assets_of(connection: Connection, org_id: UUID, rows: Sequence[Row[Any]]) -> list[PredictedAsset]:
    """Rows of `ASSETS` of one organization with all that belongs to them, in the rows' order."""
    asset_ids = [row.id for row in rows]
    flags = flags_of(connection, org_id, asset_ids)
    tags = tags_of(connection, org_id, [row.data_id for row in rows])
    predictions = predictions_of(connection, org_id, asset_ids)
    return [
        PredictedAsset(
            id=row.id,
            organization_id=row.org_id,
            deployment_id=row.deployment_id,
            prediction_id=row.prediction_id,
            captured_at=row.captured_at,
            received_at=row.received_at,
            filed_at=row.filed_at,
            source=row.source_name,
            tags=tuple(tag.name for tag in tags[row.data_id]),
            metadata=msgspec.json.decode(row.metadata, type=dict[str, Any]),
            custom_metadata=msgspec.json.decode(row.custom_metadata, type=dict[str, Any]),
            custom_metrics=msgspec.json.decode(row.custom_metrics, type=dict[str, Any]),
            picture=picture_of(row),
            champion=predictions[row.id][Role.CHAMPION],
            shadow=predictions[row.id].get(Role.SHADOW),
            flags=flags[row.id],
            measurements=msgspec.json.decode(row.measurements, type=dict[str, float]) if row.measurements else None,
            measured_at=row.measured_at,
        )
        for row in rows
    ]
