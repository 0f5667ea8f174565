"""Models, versions, label maps and deployments in SQL."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from vedette_server.adapters.sql.accounts import record_change
from vedette_server.adapters.sql.database import Database
from vedette_server.adapters.sql.tables import deployments, labels, model_changes, model_versions, models
from vedette_server.domain.accounts import Change
from vedette_server.domain.deployments import Deployment, InferenceType, ModelChange, ModelVersion, Role
from vedette_server.domain.errors import Conflict, NotFound


class SqlRegistry:
    """`Registry` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_deployment(self, deployment: Deployment, first_version: ModelVersion, change: Change) -> None:
        """See `Registry.add_deployment`."""
        org_id = deployment.organization_id
        try:
            with self._database.write() as connection:
                connection.execute(
                    insert(models).values(
                        org_id=org_id,
                        id=deployment.model_id,
                        name=first_version.model_name,
                        created_at=deployment.created_at,
                    )
                )
                self._insert_version(connection, first_version)
                connection.execute(
                    insert(deployments).values(
                        org_id=org_id,
                        id=deployment.id,
                        name=deployment.name,
                        type=deployment.type,
                        model_id=deployment.model_id,
                        datalake_id=deployment.datalake_id,
                        min_threshold=deployment.min_threshold,
                        created_at=deployment.created_at,
                    )
                )
                for model_change in deployment.changes:
                    _insert_model_change(connection, org_id, deployment.id, model_change)
                record_change(connection, change)
        except IntegrityError as error:
            raise Conflict(f"a deployment named {deployment.name!r} exists already") from error

    def find_deployment(self, organization_id: UUID, key: UUID | str) -> Deployment | None:
        """See `Registry.find_deployment`."""
        column = deployments.c.id if isinstance(key, UUID) else deployments.c.name
        query = select(deployments).where(deployments.c.org_id == organization_id, column == key)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            history = select(model_changes).where(
                model_changes.c.org_id == organization_id, model_changes.c.deployment_id == row.id
            )
            return _deployment(row, connection.execute(history.order_by(*_HISTORY_ORDER)))

    def list_deployments(self, organization_id: UUID) -> list[Deployment]:
        """See `Registry.list_deployments`."""
        query = select(deployments).where(deployments.c.org_id == organization_id)
        history = select(model_changes).where(model_changes.c.org_id == organization_id)
        with self._database.read() as connection:
            changes_of: dict[UUID, list[Row[Any]]] = defaultdict(list)
            for change in connection.execute(history.order_by(*_HISTORY_ORDER)):
                changes_of[change.deployment_id].append(change)
            rows = connection.execute(query.order_by(deployments.c.name))
            return [_deployment(row, changes_of[row.id]) for row in rows]

    def add_model_version(self, version: ModelVersion, change: Change) -> ModelVersion:
        """See `Registry.add_model_version`."""
        of_model = (model_versions.c.org_id == version.organization_id) & (
            model_versions.c.model_id == version.model_id
        )
        with self._database.write() as connection:
            # Of two callers at once the second waits here, where a database has more than one writer.
            mine = (models.c.org_id == version.organization_id) & (models.c.id == version.model_id)
            connection.execute(select(models.c.id).where(mine).with_for_update())
            there = connection.execute(
                select(model_versions.c.id).where(of_model, model_versions.c.name == version.name)
            ).scalar_one_or_none()
            if there is None:
                number = connection.execute(
                    select(func.coalesce(func.max(model_versions.c.number), 0) + 1).where(of_model)
                ).scalar_one()
                self._insert_version(connection, version, number)
                record_change(connection, change)
                there = version.id
        [kept] = self.list_model_versions(version.organization_id, ids=frozenset({there}))
        return kept

    def list_model_versions(
        self, organization_id: UUID, *, model_id: UUID | None = None, ids: frozenset[UUID] | None = None
    ) -> list[ModelVersion]:
        """See `Registry.list_model_versions`."""
        query = (
            select(model_versions, models.c.name.label("model_name"))
            .join_from(
                model_versions,
                models,
                (models.c.org_id == model_versions.c.org_id) & (models.c.id == model_versions.c.model_id),
            )
            .where(model_versions.c.org_id == organization_id)
            .order_by(model_versions.c.number)
        )
        if model_id is not None:
            query = query.where(model_versions.c.model_id == model_id)
        if ids is not None:
            query = query.where(model_versions.c.id.in_(ids))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            of_versions = select(labels).where(
                labels.c.org_id == organization_id, labels.c.model_version_id.in_([row.id for row in rows])
            )
            label_maps: dict[UUID, dict[int, str]] = defaultdict(dict)
            for label in connection.execute(of_versions.order_by(labels.c.class_id)):
                label_maps[label.model_version_id][label.class_id] = label.name
        return [
            ModelVersion(
                id=row.id,
                organization_id=organization_id,
                model_id=row.model_id,
                model_name=row.model_name,
                name=row.name,
                number=row.number,
                type=InferenceType(row.type),
                labels=label_maps[row.id],
                created_at=row.created_at,
            )
            for row in rows
        ]

    def name_class(
        self, organization_id: UUID, model_version_id: UUID, class_id: int, name: str, change: Change
    ) -> None:
        """See `Registry.name_class`."""
        row = {
            "org_id": organization_id,
            "model_version_id": model_version_id,
            "class_id": class_id,
            "name": name,
        }
        try:
            with self._database.write() as connection:
                self._database.upsert(connection, labels, [row], replacing=("name",))
                record_change(connection, change)
        except IntegrityError as error:
            raise NotFound("model version", model_version_id) from error

    def change_model(
        self, organization_id: UUID, deployment_id: UUID, model_change: ModelChange, change: Change
    ) -> None:
        """See `Registry.change_model`."""
        try:
            with self._database.write() as connection:
                _insert_model_change(connection, organization_id, deployment_id, model_change)
                record_change(connection, change)
        except IntegrityError as error:
            raise NotFound("deployment or model version", model_change.model_version_id) from error

    def _insert_version(self, connection: Connection, version: ModelVersion, number: int | None = None) -> None:
        connection.execute(
            insert(model_versions).values(
                org_id=version.organization_id,
                id=version.id,
                model_id=version.model_id,
                name=version.name,
                number=version.number if number is None else number,
                type=version.type,
                created_at=version.created_at,
            )
        )
        self._database.insert(
            connection,
            labels,
            [
                {
                    "org_id": version.organization_id,
                    "model_version_id": version.id,
                    "class_id": class_id,
                    "name": name,
                }
                for class_id, name in version.labels.items()
            ],
        )


_HISTORY_ORDER = (model_changes.c.valid_from, model_changes.c.seq)


def _insert_model_change(connection: Connection, org_id: UUID, deployment_id: UUID, model_change: ModelChange) -> None:
    connection.execute(
        insert(model_changes).values(
            org_id=org_id,
            deployment_id=deployment_id,
            role=model_change.role,
            model_version_id=model_change.model_version_id,
            valid_from=model_change.valid_from,
        )
    )


def _deployment(row: Row[Any], history: Iterable[Row[Any]]) -> Deployment:
    return Deployment(
        id=row.id,
        organization_id=row.org_id,
        name=row.name,
        type=InferenceType(row.type),
        model_id=row.model_id,
        datalake_id=row.datalake_id,
        min_threshold=row.min_threshold,
        created_at=row.created_at,
        changes=tuple(
            ModelChange(
                role=Role(change.role),
                model_version_id=change.model_version_id,
                valid_from=change.valid_from,
            )
            for change in history
        ),
    )
