"""Bytes under keys: pictures and what is made of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from vedette_server.domain.errors import InvalidInput, Unavailable, VedetteError

MAX_KEY_LENGTH = 512
_KEY = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", re.ASCII)


def check_key(key: str) -> str:
    """A key that no store could read as a way out of itself."""
    names = key.split("/")
    if len(key) > MAX_KEY_LENGTH or not _KEY.fullmatch(key) or "." in names or ".." in names:
        raise InvalidInput("key", key, "segments of letters, digits, '.', '_' and '-', joined by '/'")
    return key


class ObjectNotFound(VedetteError):
    """Nothing is stored under the key."""

    reason = "object_not_found"


class ObjectDamaged(VedetteError):
    """What is stored under the key is not what was put there."""

    reason = "object_damaged"


class StoreFull(Unavailable):
    """There is no room; nothing of the put was kept."""

    reason = "store_full"

    def __init__(self, message: str) -> None:
        # Until somebody makes room: far longer than a server that is merely busy.
        super().__init__(message, retry_after_seconds=60.0)


@dataclass(frozen=True, slots=True)
class NewObject:
    """A body to store.

    `checksum_sha256`, 32 bytes, spares the store from computing it where the caller
    has it; the store believes it, and calls the object damaged if it was wrong.
    """

    key: str
    body: bytes
    checksum_sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """What is known of a stored object without reading it."""

    size_bytes: int
    checksum_sha256: bytes


@dataclass(frozen=True, slots=True)
class StoreUsage:
    """How much is stored, and how much room is left (None: unknown)."""

    objects: int
    size_bytes: int
    free_bytes: int | None


class ObjectStore(Protocol):
    """Readers see a whole object or none of it.

    Keys are names of `[A-Za-z0-9._-]` joined by `/`, at most `MAX_KEY_LENGTH` long, and
    ordered by their bytes. Any number of threads may use one store at once; after
    `close` nobody may.
    """

    def put_many(self, objects: Sequence[NewObject]) -> None:
        """Store all objects; when this returns they survive `kill -9` and a power cut.

        Putting a key again is safe: the last put wins, and what it replaces is erased.
        `InvalidInput` for a key that is none and `StoreFull` where there is no room:
        then none of the objects is stored.
        """
        ...

    def get(self, key: str) -> bytes:
        """The body under `key`, its checksum verified. `ObjectNotFound`; `ObjectDamaged` if it differs."""
        ...

    def find(self, key: str) -> ObjectStat | None:
        """Size and checksum of an object, or None."""
        ...

    def delete_many(self, keys: Iterable[str]) -> None:
        """Erase objects: when this returns, their bytes cannot be read again. Missing ones are passed over."""
        ...

    def list_keys(self, prefix: str, *, after: str | None = None, limit: int) -> list[str]:
        """Up to `limit` keys that begin with `prefix` and come after `after`, in order."""
        ...

    def usage(self) -> StoreUsage:
        """How much is stored."""
        ...

    def close(self) -> None:
        """Let go of files and connections. Closing twice is safe."""
        ...
