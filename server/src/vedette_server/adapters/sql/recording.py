"""How a group of predictions is committed: one transaction, every repeat found in it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, select

from vedette_server.adapters.sql import tables
from vedette_server.adapters.sql.database import Database
from vedette_server.adapters.sql.names import NameTable
from vedette_server.adapters.sql.reading import flags_of
from vedette_server.domain.deployments import Role
from vedette_server.domain.flags import Flag
from vedette_server.domain.predictions import NewPrediction, Outcome, Prediction, Verdict

_json = msgspec.json.Encoder()

# Organization, deployment, kind and name of one counter.
CountKey = tuple[UUID, UUID, str, str]


class Recorder:
    """Writes groups of new predictions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sources = NameTable(database, tables.sources)
        self._tags = NameTable(database, tables.tags)

    def record(self, group: Sequence[NewPrediction], replay_window: timedelta) -> list[Outcome]:
        """See `PredictionRecords.record`."""
        with self._database.write() as connection:
            kept = _find_kept(connection, group, replay_window)
            outcomes: list[Outcome] = []
            fresh: list[NewPrediction] = []
            for new in group:
                outcome = kept.judge(new)
                if outcome is None:
                    outcome = _recorded(new)
                    kept.add(new.organization_id, new.deployment_id, new.digest, outcome)
                    fresh.append(new)
                outcomes.append(outcome)
            sources = self._sources.resolve(
                connection, [(new.organization_id, new.source) for new in fresh if new.source is not None]
            )
            tags = self._tags.resolve(connection, [(new.organization_id, tag) for new in fresh for tag in new.tags])
            self._insert(connection, fresh, sources, tags)
            self._count(connection, group, outcomes)
        self._sources.remember(sources)
        self._tags.remember(tags)
        return outcomes

    def _insert(
        self,
        connection: Connection,
        fresh: Sequence[NewPrediction],
        sources: dict[tuple[UUID, str], UUID],
        tags: dict[tuple[UUID, str], UUID],
    ) -> None:
        data, assets, predictions = [], [], []
        flags: list[dict[str, Any]] = []
        data_tags: list[dict[str, Any]] = []
        for new in fresh:
            source_id = sources[new.organization_id, new.source] if new.source is not None else None
            data.append(_data_row(new, source_id))
            assets.append(_asset_row(new, source_id))
            predictions.append(_prediction_row(new, new.champion))
            if new.shadow is not None:
                predictions.append(_prediction_row(new, new.shadow))
            flags.extend(_flag_rows(new))
            data_tags.extend(
                {
                    "org_id": new.organization_id,
                    "tag_id": tags[new.organization_id, tag],
                    "data_id": new.picture.data_id,
                }
                for tag in new.tags
            )
        self._database.insert(connection, tables.data, data)
        self._database.insert(connection, tables.predicted_assets, assets)
        self._database.insert(connection, tables.predictions, predictions)
        self._database.insert(connection, tables.prediction_flags, flags)
        self._database.insert(connection, tables.data_tags, data_tags)

    def _count(self, connection: Connection, group: Sequence[NewPrediction], outcomes: Sequence[Outcome]) -> None:
        counts: Counter[CountKey] = Counter()
        recorded: dict[tuple[UUID, UUID], list[NewPrediction]] = defaultdict(list)
        for new, outcome in zip(group, outcomes, strict=True):
            key = (new.organization_id, new.deployment_id)
            if outcome.verdict is Verdict.REPLAYED:
                counts[*key, "replay", ""] += 1
            if outcome.verdict is not Verdict.RECORDED:
                continue
            recorded[key].append(new)
            counts.update((*key, "flag", code) for code in {flag.code for flag in new.flags})
            counts.update((*key, "tag", tag) for tag in new.tags)
            if new.source is not None:
                counts[*key, "source", new.source] += 1
        add_counts(self._database, connection, counts)
        self._database.upsert(
            connection,
            tables.deployment_activity,
            [_activity_row(*key, predictions) for key, predictions in recorded.items()],
            adding=("prediction_count", "flagged_count", "latency_count", "latency_seconds_total"),
            keeping_greatest=("last_filed_at", "last_received_at"),
        )


def add_counts(database: Database, connection: Connection, counts: Counter[CountKey]) -> None:
    """Add to the counters of deployments."""
    rows = [
        {"org_id": org_id, "deployment_id": deployment_id, "kind": kind, "name": name, "count": count}
        for (org_id, deployment_id, kind, name), count in counts.items()
    ]
    database.upsert(connection, tables.deployment_counts, rows, adding=("count",))


def _activity_row(org_id: UUID, deployment_id: UUID, predictions: Sequence[NewPrediction]) -> dict[str, Any]:
    latencies = [new.champion.latency_seconds for new in predictions if new.champion.latency_seconds is not None]
    return {
        "org_id": org_id,
        "deployment_id": deployment_id,
        "prediction_count": len(predictions),
        "flagged_count": sum(1 for new in predictions if new.flags),
        "latency_count": len(latencies),
        "latency_seconds_total": sum(latencies),
        "last_filed_at": max(new.filed_at for new in predictions),
        "last_received_at": max(new.received_at for new in predictions),
    }


def _recorded(new: NewPrediction) -> Outcome:
    return Outcome(
        verdict=Verdict.RECORDED,
        prediction_id=new.id,
        predicted_asset_id=new.predicted_asset_id,
        data_id=new.picture.data_id,
        captured_at=new.captured_at,
        received_at=new.received_at,
        filed_at=new.filed_at,
        champion_version_id=new.champion.model_version_id,
        flags=new.flags,
    )


class _Kept:
    """What of a group was there before, or stands earlier in the group itself."""

    def __init__(self, replay_window: timedelta) -> None:
        self._replay_window = replay_window
        self._by_id: dict[tuple[UUID, UUID, UUID], tuple[bytes, Outcome]] = {}
        self._by_digest: dict[tuple[UUID, UUID, bytes], tuple[bytes, Outcome]] = {}

    def add(self, org_id: UUID, deployment_id: UUID, digest: bytes, outcome: Outcome) -> None:
        entry = (digest, outcome)
        self._by_id.setdefault((org_id, deployment_id, outcome.prediction_id), entry)
        same = self._by_digest.get((org_id, deployment_id, digest))
        if same is None or same[1].received_at < outcome.received_at:
            self._by_digest[org_id, deployment_id, digest] = entry

    def judge(self, new: NewPrediction) -> Outcome | None:
        """The outcome for a repeat, or None for one that is new."""
        if new.id_is_callers:
            entry = self._by_id.get((new.organization_id, new.deployment_id, new.id))
        else:
            entry = self._by_digest.get((new.organization_id, new.deployment_id, new.digest))
            # A member of the same group, or one found by its id, may be older than the window.
            if entry is not None and new.received_at - entry[1].received_at > self._replay_window:
                return None
        if entry is None:
            return None
        digest, outcome = entry
        verdict = Verdict.REPLAYED if digest == new.digest else Verdict.CONFLICT
        return msgspec.structs.replace(outcome, verdict=verdict)


def _find_kept(connection: Connection, group: Sequence[NewPrediction], replay_window: timedelta) -> _Kept:
    assets = tables.predicted_assets.c
    deployments = {(new.organization_id, new.deployment_id) for new in group}
    kept = _Kept(replay_window)
    for org_id, deployment_id in deployments:
        mine = [n for n in group if (n.organization_id, n.deployment_id) == (org_id, deployment_id)]
        ids = [new.id for new in mine if new.id_is_callers]
        nameless = [new for new in mine if not new.id_is_callers]
        here = (assets.org_id == org_id) & (assets.deployment_id == deployment_id)
        conditions = []
        if ids:
            conditions.append(here & assets.prediction_id.in_(ids))
        if nameless:
            since = min(new.received_at for new in nameless) - replay_window
            digests = [new.digest for new in nameless]
            conditions.append(here & assets.digest.in_(digests) & (assets.received_at >= since))
        for condition in conditions:
            rows = connection.execute(_KEPT.where(condition)).all()
            flags = flags_of(connection, org_id, [row.id for row in rows])
            for row in rows:
                kept.add(org_id, deployment_id, row.digest, _outcome(row, flags[row.id]))
    return kept


_KEPT = select(tables.predicted_assets, tables.predictions.c.model_version_id).join_from(
    tables.predicted_assets,
    tables.predictions,
    (tables.predictions.c.org_id == tables.predicted_assets.c.org_id)
    & (tables.predictions.c.predicted_asset_id == tables.predicted_assets.c.id)
    & (tables.predictions.c.role == Role.CHAMPION),
)


def _outcome(row: Row[Any], flags: tuple[Flag, ...]) -> Outcome:
    return Outcome(
        verdict=Verdict.RECORDED,
        prediction_id=row.prediction_id,
        predicted_asset_id=row.id,
        data_id=row.data_id,
        captured_at=row.captured_at,
        received_at=row.received_at,
        filed_at=row.filed_at,
        champion_version_id=row.model_version_id,
        flags=flags,
    )


def _data_row(new: NewPrediction, source_id: UUID | None) -> dict[str, Any]:
    picture = new.picture
    return {
        "org_id": new.organization_id,
        "id": picture.data_id,
        "datalake_id": new.datalake_id,
        "object_key": picture.object_key,
        "checksum_sha256": picture.checksum_sha256,
        "size_bytes": picture.size_bytes,
        "filename": picture.filename,
        "content_type": picture.content_type,
        "width": picture.width,
        "height": picture.height,
        "displayable": picture.displayable,
        "image_state": picture.state,
        "source_id": source_id,
        "metadata": _json.encode(new.metadata).decode(),
        "custom_metadata": _json.encode(new.custom_metadata).decode(),
        "created_at": new.received_at,
    }


def _asset_row(new: NewPrediction, source_id: UUID | None) -> dict[str, Any]:
    return {
        "org_id": new.organization_id,
        "deployment_id": new.deployment_id,
        "id": new.predicted_asset_id,
        "prediction_id": new.id,
        "data_id": new.picture.data_id,
        "source_id": source_id,
        "token_id": new.token_id,
        "digest": new.digest,
        "captured_at": new.captured_at,
        "received_at": new.received_at,
        "filed_at": new.filed_at,
        "custom_metrics": _json.encode(new.custom_metrics).decode(),
    }


def _prediction_row(new: NewPrediction, prediction: Prediction) -> dict[str, Any]:
    return {
        "org_id": new.organization_id,
        "predicted_asset_id": new.predicted_asset_id,
        "role": prediction.role,
        "model_version_id": prediction.model_version_id,
        "latency_seconds": prediction.latency_seconds,
        "object_count": prediction.object_count,
        "lowest_score": prediction.lowest_score,
        "content": prediction.content,
    }


def _flag_rows(new: NewPrediction) -> list[dict[str, Any]]:
    return [
        {
            "org_id": new.organization_id,
            "deployment_id": new.deployment_id,
            "predicted_asset_id": new.predicted_asset_id,
            "code": flag.code,
            "role": flag.role,
            "message": flag.message,
            "objects": _json.encode(flag.objects).decode(),
        }
        for flag in new.flags
    ]
