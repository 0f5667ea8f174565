"""Removing stored pictures that no record refers to.

A crash between writing a picture and committing its row leaves one. A picture
younger than `min_age` is left alone: its row may be about to be committed.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from vedette_server.actions.show_image import Variant
from vedette_server.ports.clock import Clock
from vedette_server.ports.objects import ObjectStore
from vedette_server.ports.predictions import PredictionRecords

PAGE = 1000


def sweep_orphans(predictions: PredictionRecords, objects: ObjectStore, clock: Clock, min_age: timedelta) -> int:
    """Look at every stored object once; return how many were removed."""
    made_before = clock.now() - min_age
    removed = 0
    after: str | None = None
    while keys := objects.list_keys("", after=after, limit=PAGE):
        old = [key for key in keys if _made_at(key) < made_before]
        pictures = {key: key.removesuffix(f".{Variant.DISPLAY}").removesuffix(f".{Variant.THUMBNAIL}") for key in old}
        orphans = set(predictions.find_orphans(sorted(set(pictures.values()))))
        gone = [key for key, picture in pictures.items() if picture in orphans]
        objects.delete_many(gone)
        removed += len(gone)
        after = keys[-1]
    return removed


def _made_at(key: str) -> datetime:
    """When an object was first written: its name ends in a UUIDv7, which begins with the time."""
    name = key.rpartition("/")[2].partition(".")[0]
    return datetime.fromtimestamp((UUID(name).int >> 80) / 1000, UTC)
