"""The worker's loop: measure whatever waits, sweep once in a while, rest when there is nothing."""

import threading
import time
from dataclasses import dataclass
from datetime import timedelta

import structlog

from vedette_server.actions.measure_predictions import measure_batch
from vedette_server.actions.sweep_orphans import sweep_orphans
from vedette_server.domain.predictions import PredictedAsset
from vedette_server.ports.clock import Clock
from vedette_server.ports.measurement_log import MeasurementLog
from vedette_server.ports.objects import ObjectStore
from vedette_server.ports.predictions import PredictionRecords

REST_SECONDS = 0.5
RETRY_SECONDS = 5.0
SWEEP_SECONDS = 3600.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Worker:
    """Ports to work on. `orphan_age`: how old a picture without a record must be to be removed."""

    predictions: PredictionRecords
    objects: ObjectStore
    measurement_log: MeasurementLog
    clock: Clock
    orphan_age: timedelta

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. A failure is logged and tried again; it ends nothing."""
        sweep_at = time.monotonic()
        while not stop.is_set():
            try:
                if time.monotonic() >= sweep_at:
                    sweep_at = time.monotonic() + SWEEP_SECONDS
                    if removed := sweep_orphans(self.predictions, self.objects, self.clock, self.orphan_age):
                        log.info("orphans removed", count=removed)
                if not self.measure():
                    stop.wait(REST_SECONDS)
            except Exception:
                log.exception("work failed; trying again", seconds=RETRY_SECONDS)
                stop.wait(RETRY_SECONDS)

    def measure(self) -> int:
        """Measure one batch; return its size."""
        return measure_batch(self.predictions, self.objects, self.measurement_log, self.clock, _report)


def _report(asset: PredictedAsset, reason: str) -> None:
    log.warning("picture not measured", prediction=str(asset.prediction_id), reason=reason)
