"""Predictions in SQL: read back, listed, counted and handed out to be measured.

How a group of them is committed stands next door in `recording.py`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, tuple_, update

from vedette_server.adapters.sql import tables
from vedette_server.adapters.sql.cursors import Place, decode_cursor, encode_cursor
from vedette_server.adapters.sql.database import Database
from vedette_server.adapters.sql.reading import ASSETS, assets_of
from vedette_server.adapters.sql.recording import Recorder, add_counts
from vedette_server.adapters.sql.tables import EPOCH, MICROSECOND
from vedette_server.domain.datalake import Page, PredictionFilter
from vedette_server.domain.deployments import DeploymentActivity
from vedette_server.domain.predictions import ImageState, NewPrediction, Outcome, PredictedAsset

_assets = tables.predicted_assets.c


class SqlPredictionRecords:
    """`PredictionRecords` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recorder = Recorder(database)

    def record(self, group: Sequence[NewPrediction], replay_window: timedelta) -> list[Outcome]:
        """See `PredictionRecords.record`."""
        return self._recorder.record(group, replay_window)

    def find(self, organization_id: UUID, deployment_id: UUID, prediction_id: UUID) -> PredictedAsset | None:
        """See `PredictionRecords.find`."""
        query = ASSETS.where(
            _assets.org_id == organization_id,
            _assets.deployment_id == deployment_id,
            _assets.prediction_id == prediction_id,
        )
        with self._database.read() as connection:
            found = assets_of(connection, organization_id, connection.execute(query).all())
        return found[0] if found else None

    def list_page(
        self,
        organization_id: UUID,
        deployment_id: UUID,
        prediction_filter: PredictionFilter,
        limit: int,
        cursor: str | None = None,
    ) -> Page[PredictedAsset]:
        """See `PredictionRecords.list_page`."""
        chosen = _chosen(organization_id, deployment_id, prediction_filter)
        with self._database.read() as connection:
            if cursor is None:
                newest = select(func.coalesce(func.max(_assets.seq), 0))
                snapshot = connection.execute(newest).scalar_one()
                after: list[ColumnElement[bool]] = []
            else:
                place = decode_cursor(cursor)
                snapshot = place.snapshot
                last = (EPOCH + place.filed_at * MICROSECOND, place.seq)
                after = [tuple_(_assets.filed_at, _assets.seq) < last]
            query = (
                ASSETS.where(*chosen, _assets.seq <= snapshot, *after)
                .order_by(_assets.filed_at.desc(), _assets.seq.desc())
                .limit(limit + 1)
            )
            rows = connection.execute(query).all()
            more = len(rows) > limit
            rows = rows[:limit]
            items = assets_of(connection, organization_id, rows)
            count = self._count(connection, organization_id, deployment_id, prediction_filter)
        next_cursor = None
        if more:
            filed_at = (rows[-1].filed_at - EPOCH) // MICROSECOND
            next_cursor = encode_cursor(Place(snapshot, filed_at, rows[-1].seq))
        return Page(items=items, next_cursor=next_cursor, count=count)

    def activity(self, organization_id: UUID, deployment_id: UUID) -> DeploymentActivity:
        """See `PredictionRecords.activity`."""
        totals, counts = tables.deployment_activity, tables.deployment_counts
        with self._database.read() as connection:
            row = connection.execute(
                select(totals).where(totals.c.org_id == organization_id, totals.c.deployment_id == deployment_id)
            ).one_or_none()
            by_kind: dict[str, dict[str, int]] = {"flag": {}, "refusal": {}, "source": {}, "tag": {}}
            query = select(counts.c.kind, counts.c.name, counts.c.count.label("total")).where(
                counts.c.org_id == organization_id, counts.c.deployment_id == deployment_id
            )
            for counter in connection.execute(query.order_by(counts.c.kind, counts.c.name)):
                by_kind.setdefault(counter.kind, {})[counter.name] = counter.total
        return DeploymentActivity(
            prediction_count=row.prediction_count if row else 0,
            flagged_count=row.flagged_count if row else 0,
            replay_count=by_kind.get("replay", {}).get("", 0),
            mean_latency_seconds=row.latency_seconds_total / row.latency_count if row and row.latency_count else None,
            last_filed_at=row.last_filed_at if row else None,
            last_received_at=row.last_received_at if row else None,
            flag_counts=by_kind["flag"],
            refusal_counts=by_kind["refusal"],
            source_counts=by_kind["source"],
            tag_counts=by_kind["tag"],
        )

    def count_refusals(self, organization_id: UUID, deployment_id: UUID, reasons: Mapping[str, int]) -> None:
        """See `PredictionRecords.count_refusals`."""
        counts = Counter({(organization_id, deployment_id, "refusal", reason): n for reason, n in reasons.items()})
        with self._database.write() as connection:
            add_counts(self._database, connection, counts)

    def claim_unmeasured(self, now: datetime, lease: timedelta, limit: int) -> list[PredictedAsset]:
        """See `PredictionRecords.claim_unmeasured`."""
        free = _assets.measured_at.is_(None) & or_(_assets.leased_until.is_(None), _assets.leased_until < now)
        # Looking first costs readers nothing and keeps an idle worker from taking the writer's lock.
        with self._database.read() as connection:
            if connection.execute(select(_assets.seq).where(free).limit(1)).one_or_none() is None:
                return []
        with self._database.write() as connection:
            query = ASSETS.where(free).order_by(_assets.seq).limit(limit)
            rows = connection.execute(query.with_for_update(skip_locked=True, of=tables.predicted_assets)).all()
            connection.execute(
                update(tables.predicted_assets)
                .where(_assets.seq.in_([row.seq for row in rows]))
                .values(leased_until=now + lease)
            )
            claimed: dict[UUID, PredictedAsset] = {}
            for org_id in {row.org_id for row in rows}:
                mine = [row for row in rows if row.org_id == org_id]
                claimed |= {asset.id: asset for asset in assets_of(connection, org_id, mine)}
        return [claimed[row.id] for row in rows]

    def mark_measured(self, measured: Mapping[UUID, tuple[ImageState, dict[str, float]]], at: datetime) -> None:
        """See `PredictionRecords.mark_measured`."""
        # Every key begins with the organization: without it, each row would be looked for in the whole table.
        owners = select(tables.organizations.c.id)
        query = select(_assets.seq, _assets.id, _assets.org_id, _assets.data_id).where(
            _assets.org_id.in_(owners), _assets.id.in_(measured)
        )
        with self._database.write() as connection:
            rows: list[dict[str, Any]] = [
                {
                    "asset_seq": row.seq,
                    "owner_id": row.org_id,
                    "picture_id": row.data_id,
                    "state": measured[row.id][0],
                    "values": msgspec.json.encode(measured[row.id][1]).decode(),
                    "at": at,
                }
                for row in connection.execute(query)
            ]
            if not rows:
                return
            connection.execute(
                update(tables.predicted_assets)
                .where(_assets.seq == bindparam("asset_seq"))
                .values(measured_at=bindparam("at"), measurements=bindparam("values"), leased_until=None),
                rows,
            )
            connection.execute(
                update(tables.data)
                .where(tables.data.c.org_id == bindparam("owner_id"), tables.data.c.id == bindparam("picture_id"))
                .values(image_state=bindparam("state")),
                rows,
            )

    def find_orphans(self, object_keys: Sequence[str]) -> list[str]:
        """See `PredictionRecords.find_orphans`."""
        query = select(tables.data.c.object_key).where(
            tables.data.c.object_key.in_(object_keys),
            tables.data.c.image_state != ImageState.FORGOTTEN,
        )
        with self._database.read() as connection:
            referred = set(connection.execute(query).scalars())
        return [key for key in object_keys if key not in referred]

    def _count(self, connection: Connection, org_id: UUID, deployment_id: UUID, chosen: PredictionFilter) -> int:
        if chosen == PredictionFilter():
            totals = tables.deployment_activity.c
            query = select(totals.prediction_count).where(
                totals.org_id == org_id, totals.deployment_id == deployment_id
            )
            return connection.execute(query).scalar_one_or_none() or 0
        count = select(func.count()).select_from(tables.predicted_assets)
        return connection.execute(count.where(*_chosen(org_id, deployment_id, chosen))).scalar_one()


def _chosen(org_id: UUID, deployment_id: UUID, chosen: PredictionFilter) -> list[ColumnElement[bool]]:
    conditions = [_assets.org_id == org_id, _assets.deployment_id == deployment_id]
    if chosen.source is not None:
        sources = tables.sources.c
        named = select(sources.id).where(sources.org_id == org_id, sources.name == chosen.source)
        conditions.append(_assets.source_id == named.scalar_subquery())
    if chosen.tag is not None:
        tags, links = tables.tags.c, tables.data_tags.c
        named = select(tags.id).where(tags.org_id == org_id, tags.name == chosen.tag)
        tagged = select(links.data_id).where(links.org_id == org_id, links.tag_id == named.scalar_subquery())
        conditions.append(_assets.data_id.in_(tagged))
    if chosen.flag is not None:
        flags = tables.prediction_flags.c
        flagged = select(flags.predicted_asset_id).where(
            flags.org_id == org_id, flags.deployment_id == deployment_id, flags.code == chosen.flag
        )
        conditions.append(_assets.id.in_(flagged))
    return conditions
