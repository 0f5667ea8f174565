"""Predictions in memory: recorded, listed, counted and handed out to be measured."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import asdict, replace

from vedette.ids import uuid7
from vedette_server.adapters.memory.tables import KeptAsset, Tables, decode_cursor, encode_cursor
from vedette_server.domain.datalake import Data, Named, Page, PredictionFilter
from vedette_server.domain.deployments import DeploymentActivity
from vedette_server.domain.errors import InvalidInput
from vedette_server.domain.predictions import ImageState, NewPrediction, Outcome, PredictedAsset, Verdict


class MemoryPredictionRecords:
    """`PredictionRecords` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def record(self, group: Sequence[NewPrediction], replay_window: timedelta) -> list[Outcome]:
        """See `PredictionRecords.record`."""
        with self._tables.lock:
            return [self._record_one(new, replay_window) for new in group]

    def find(self, organization_id: UUID, deployment_id: UUID, prediction_id: UUID) -> PredictedAsset | None:
        """See `PredictionRecords.find`."""
        with self._tables.lock:
            asset_id = self._tables.assets_by_prediction.get((deployment_id, prediction_id))
            if asset_id is None or self._tables.assets[asset_id].asset.organization_id != organization_id:
                return None
            return self._tables.assets[asset_id].asset

    def list_page(
        self,
        organization_id: UUID,
        deployment_id: UUID,
        prediction_filter: PredictionFilter,
        limit: int,
        cursor: str | None = None,
    ) -> Page[PredictedAsset]:
        """See `PredictionRecords.list_page`."""
        with self._tables.lock:
            kept = list(self._tables.assets.values())
        chosen = [
            row
            for row in kept
            if (row.asset.organization_id, row.asset.deployment_id) == (organization_id, deployment_id)
            and _matches(row.asset, prediction_filter)
        ]
        rest = sorted(chosen, key=_place, reverse=True)
        snapshot = len(kept)
        if cursor is not None:
            snapshot, last = decode_cursor(cursor, 2)
            if not 0 < last <= len(kept):
                raise InvalidInput("cursor", cursor, "the next_cursor of an earlier page")
            after = _place(kept[last - 1])
            rest = [row for row in rest if row.seq <= snapshot and _place(row) < after]
        page = rest[:limit]
        next_cursor = encode_cursor(snapshot, page[-1].seq) if len(rest) > limit else None
        return Page(items=[row.asset for row in page], next_cursor=next_cursor, count=len(chosen))

    def activity(self, organization_id: UUID, deployment_id: UUID) -> DeploymentActivity:
        """See `PredictionRecords.activity`."""
        with self._tables.lock:
            tally = self._tables.tallies[organization_id, deployment_id]
            return DeploymentActivity(
                prediction_count=tally.prediction_count,
                flagged_count=tally.flagged_count,
                replay_count=tally.replay_count,
                mean_latency_seconds=tally.latency_seconds_total / tally.latency_count if tally.latency_count else None,
                last_filed_at=tally.last_filed_at,
                last_received_at=tally.last_received_at,
                flag_counts=dict(tally.flags),
                refusal_counts=dict(tally.refusals),
                source_counts=dict(tally.sources),
                tag_counts=dict(tally.tags),
            )

    def count_refusals(self, organization_id: UUID, deployment_id: UUID, reasons: Mapping[str, int]) -> None:
        """See `PredictionRecords.count_refusals`."""
        with self._tables.lock:
            self._tables.tallies[organization_id, deployment_id].refusals.update(reasons)

    def claim_unmeasured(self, now: datetime, lease: timedelta, limit: int) -> list[PredictedAsset]:
        """See `PredictionRecords.claim_unmeasured`."""
        with self._tables.lock:
            free = [
                row
                for row in self._tables.assets.values()
                if row.asset.measured_at is None and (row.leased_until is None or row.leased_until < now)
            ]
            for row in free[:limit]:
                row.leased_until = now + lease
            return [row.asset for row in free[:limit]]

    def mark_measured(self, measured: Mapping[UUID, tuple[ImageState, dict[str, float]]], at: datetime) -> None:
        """See `PredictionRecords.mark_measured`."""
        with self._tables.lock:
            for asset_id, (state, values) in measured.items():
                row = self._tables.assets.get(asset_id)
                if row is None:
                    continue
                picture = replace(row.asset.picture, state=state)
                row.asset = replace(row.asset, picture=picture, measurements=dict(values), measured_at=at)
                row.leased_until = None
                data = self._tables.data[picture.data_id]
                self._tables.data[picture.data_id] = replace(data, picture=picture)

    def find_orphans(self, object_keys: Sequence[str]) -> list[str]:
        """See `PredictionRecords.find_orphans`."""
        with self._tables.lock:
            pictures = [data.picture for data in self._tables.data.values()]
        referred = {picture.object_key for picture in pictures if picture.state is not ImageState.FORGOTTEN}
        return [key for key in object_keys if key not in referred]

    def _record_one(self, new: NewPrediction, replay_window: timedelta) -> Outcome:
        kept = self._find_kept(new, replay_window)
        if kept is None:
            self._insert(new)
            self._count(new)
            return _outcome(Verdict.RECORDED, self._tables.assets[new.predicted_asset_id].asset)
        if kept.digest != new.digest:
            return _outcome(Verdict.CONFLICT, kept.asset)
        self._tables.tallies[new.organization_id, new.deployment_id].replay_count += 1
        return _outcome(Verdict.REPLAYED, kept.asset)

    def _find_kept(self, new: NewPrediction, replay_window: timedelta) -> KeptAsset | None:
        if new.id_is_callers:
            asset_id = self._tables.assets_by_prediction.get((new.deployment_id, new.id))
            return None if asset_id is None else self._tables.assets[asset_id]
        asset_id = self._tables.assets_by_digest.get((new.deployment_id, new.digest))
        if asset_id is None:
            return None
        kept = self._tables.assets[asset_id]
        return kept if new.received_at - kept.asset.received_at <= replay_window else None

    def _insert(self, new: NewPrediction) -> None:
        tables, org_id = self._tables, new.organization_id
        tags = tuple(_get_or_create(tables.tags, org_id, tag) for tag in sorted(set(new.tags)))
        source = None if new.source is None else _get_or_create(tables.sources, org_id, new.source)
        tables.data[new.picture.data_id] = Data(
            seq=len(tables.data) + 1,
            datalake_id=new.datalake_id,
            picture=new.picture,
            source=source,
            tags=tags,
            metadata=new.metadata,
            custom_metadata=new.custom_metadata,
            created_at=new.received_at,
        )
        said = {name: value for name, value in asdict(new).items() if name in PredictedAsset.__struct_fields__}
        said |= {"id": new.predicted_asset_id, "prediction_id": new.id, "tags": tuple(tag.name for tag in tags)}
        asset = PredictedAsset(**said)
        tables.assets[asset.id] = KeptAsset(len(tables.assets) + 1, asset, new.digest)
        tables.assets_by_prediction[new.deployment_id, new.id] = asset.id
        same = tables.assets_by_digest.get((new.deployment_id, new.digest))
        if same is None or tables.assets[same].asset.received_at < asset.received_at:
            tables.assets_by_digest[new.deployment_id, new.digest] = asset.id

    def _count(self, new: NewPrediction) -> None:
        tally = self._tables.tallies[new.organization_id, new.deployment_id]
        tally.prediction_count += 1
        tally.flagged_count += bool(new.flags)
        if new.champion.latency_seconds is not None:
            tally.latency_count += 1
            tally.latency_seconds_total += new.champion.latency_seconds
        tally.last_filed_at = max(new.filed_at, tally.last_filed_at or new.filed_at)
        tally.last_received_at = max(new.received_at, tally.last_received_at or new.received_at)
        tally.flags.update({flag.code for flag in new.flags})
        tally.tags.update(set(new.tags))
        if new.source is not None:
            tally.sources[new.source] += 1


def _place(row: KeptAsset) -> tuple[datetime, int]:
    return row.asset.filed_at, row.seq


def _matches(asset: PredictedAsset, wanted: PredictionFilter) -> bool:
    return (
        (wanted.source is None or asset.source == wanted.source)
        and (wanted.tag is None or wanted.tag in asset.tags)
        and (wanted.flag is None or any(flag.code == wanted.flag for flag in asset.flags))
    )


def _get_or_create(table: dict[tuple[UUID, str], Named], organization_id: UUID, name: str) -> Named:
    return table.setdefault((organization_id, name), Named(id=uuid7(), name=name))


def _outcome(verdict: Verdict, asset: PredictedAsset) -> Outcome:
    return Outcome(
        verdict=verdict,
        prediction_id=asset.prediction_id,
        predicted_asset_id=asset.id,
        data_id=asset.picture.data_id,
        captured_at=asset.captured_at,
        received_at=asset.received_at,
        filed_at=asset.filed_at,
        champion_version_id=asset.champion.model_version_id,
        flags=asset.flags,
    )
