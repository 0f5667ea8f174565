"""The worker's process. It alone loads what measures, so that the API starts sooner and stays small."""

import signal
import sys
import threading
from datetime import timedelta

import cv2

from vedette_server.adapters.delta_log import DeltaMeasurementLog
from vedette_server.bootstrap import open_stores
from vedette_server.data_directory import DataDirectory
from vedette_server.domain.errors import VedetteError
from vedette_server.logs import configure_logs
from vedette_server.settings import Settings
from vedette_server.worker.loop import Worker


def run_worker(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM, then finish the batch at hand."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # One picture at a time: the machine's other cores belong to the model.
    cv2.setNumThreads(1)
    with DataDirectory(settings.data_dir).lock("worker"):
        stores = open_stores(settings)
        measurement_log = DeltaMeasurementLog(str(stores.directory.measurement_log))
        try:
            Worker(
                predictions=stores.predictions,
                objects=stores.objects,
                measurement_log=measurement_log,
                clock=stores.clock,
                orphan_age=timedelta(minutes=settings.orphan_age_minutes),
            ).run(stop)
        finally:
            measurement_log.close()
            stores.close()


if __name__ == "__main__":
    environment = Settings()
    configure_logs(environment.log_level, environment.log_format)
    try:
        run_worker(environment)
    except VedetteError as error:
        sys.exit(f"vedette worker: {error}")
