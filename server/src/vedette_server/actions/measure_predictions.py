"""Measuring what was recorded: a leased batch at a time, each picture read once.

The records are the queue. A worker that dies leaves its lease to run out, and
the next one measures the batch again; the log keeps one row of each.
"""

from collections.abc import Callable
from datetime import timedelta

from vedette_server.actions.show_image import RENDERINGS, rendering_key
from vedette_server.domain.measurements import MEASUREMENT_VERSION, Measurements
from vedette_server.domain.predictions import ImageState, PredictedAsset, Prediction, decode_segmentation
from vedette_server.ports.clock import Clock
from vedette_server.ports.measurement_log import MeasurementLog
from vedette_server.ports.objects import ObjectStore
from vedette_server.ports.predictions import PredictionRecords
from vedette_server.vision.image_decoding import Undecodable, decode_image
from vedette_server.vision.image_quality import measure_image
from vedette_server.vision.mask_geometry import mask_area_share

LEASE = timedelta(minutes=2)
BATCH = 64

Report = Callable[[PredictedAsset, str], None]


def measure_batch(
    predictions: PredictionRecords,
    objects: ObjectStore,
    measurement_log: MeasurementLog,
    clock: Clock,
    report: Report,
) -> int:
    """Measure one batch; return its size, 0 where nothing waits.

    `report(asset, reason)` hears of each that could not be measured.
    """
    claimed = predictions.claim_unmeasured(clock.now(), LEASE, BATCH)
    if not claimed:
        return 0
    results = [(asset, *_measure(asset, objects, report)) for asset in claimed]
    measurement_log.append(
        [
            Measurements(
                organization_id=asset.organization_id,
                deployment_id=asset.deployment_id,
                predicted_asset_id=asset.id,
                filed_at=asset.filed_at,
                version=MEASUREMENT_VERSION,
                values=values,
            )
            for asset, _, values in results
        ]
    )
    # Forgotten before it is noted: a crash in between repeats an erasure, which is harmless.
    objects.delete_many(
        [
            key
            for asset, state, _ in results
            if state is ImageState.FORGOTTEN
            for key in _keys_of(asset.picture.object_key)
        ]
    )
    predictions.mark_measured({asset.id: (state, values) for asset, state, values in results}, clock.now())
    return len(claimed)


def _measure(asset: PredictedAsset, objects: ObjectStore, report: Report) -> tuple[ImageState, dict[str, float]]:
    width, height = asset.picture.width, asset.picture.height
    values = _prediction_values("", asset.champion, width, height)
    if asset.shadow is not None:
        values |= _prediction_values("shadow_", asset.shadow, width, height)
    forgets = asset.picture.state is ImageState.FORGET_AFTER_MEASURING
    after = ImageState.FORGOTTEN if forgets else ImageState.KEPT
    try:
        values |= measure_image(decode_image(objects.get(asset.picture.object_key)))
    except Undecodable as error:
        report(asset, str(error))
        return (ImageState.FORGOTTEN if forgets else ImageState.UNDECODABLE), values
    except Exception as error:
        # Whatever is wrong with this one, its batch must not wait for it for ever.
        report(asset, f"{type(error).__name__}: {error}")
    return after, values


def _prediction_values(prefix: str, prediction: Prediction, width: int, height: int) -> dict[str, float]:
    segmentation = decode_segmentation(prediction.content)
    values = {
        f"{prefix}object_count": float(prediction.object_count),
        f"{prefix}mask_area_share": mask_area_share(segmentation.objects, width, height),
    }
    if prediction.latency_seconds is not None:
        values[f"{prefix}latency_seconds"] = prediction.latency_seconds
    scores = [item.score for item in segmentation.objects if item.score is not None]
    if scores:
        values[f"{prefix}score_mean"] = sum(scores) / len(scores)
        values[f"{prefix}score_lowest"] = min(scores)
    return values


def _keys_of(object_key: str) -> list[str]:
    return [object_key, *(rendering_key(object_key, variant) for variant in RENDERINGS)]
