"""Objects in memory."""

import hashlib
import threading
from collections.abc import Iterable, Sequence

from vedette_server.ports.objects import NewObject, ObjectNotFound, ObjectStat, StoreUsage, check_key


class MemoryObjectStore:
    """`ObjectStore` in memory."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def put_many(self, objects: Sequence[NewObject]) -> None:
        """See `ObjectStore.put_many`."""
        checked = {check_key(item.key): item.body for item in objects}
        with self._lock:
            self._bodies.update(checked)

    def get(self, key: str) -> bytes:
        """See `ObjectStore.get`."""
        try:
            return self._bodies[key]
        except KeyError as error:
            raise ObjectNotFound(f"no object {key}") from error

    def find(self, key: str) -> ObjectStat | None:
        """See `ObjectStore.find`."""
        body = self._bodies.get(key)
        return None if body is None else ObjectStat(len(body), hashlib.sha256(body).digest())

    def delete_many(self, keys: Iterable[str]) -> None:
        """See `ObjectStore.delete_many`."""
        with self._lock:
            for key in keys:
                self._bodies.pop(key, None)

    def list_keys(self, prefix: str, *, after: str | None = None, limit: int) -> list[str]:
        """See `ObjectStore.list_keys`."""
        with self._lock:
            keys = sorted(key for key in self._bodies if key.startswith(prefix) and key > (after or ""))
        return keys[:limit]

    def usage(self) -> StoreUsage:
        """See `ObjectStore.usage`."""
        with self._lock:
            return StoreUsage(len(self._bodies), sum(map(len, self._bodies.values())), None)

    def close(self) -> None:
        """See `ObjectStore.close`."""
