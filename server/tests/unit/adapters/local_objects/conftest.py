"""Directories of objects, and the raw bytes in them."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vedette_server.adapters.local_objects import SegmentObjectStore
from vedette_server.ports.objects import NewObject

Open = Callable[..., SegmentObjectStore]


class Disk:
    """What stands in a store's directory, seen from outside."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def segments(self) -> list[Path]:
        return sorted(self.directory.glob("segments/*.seg"))

    def holds(self, text: bytes) -> bool:
        return any(text in path.read_bytes() for path in self.segments())

    def change(self, old: bytes, new: bytes) -> None:
        """Replace the one place where `old` stands in the segments."""
        assert len(old) == len(new)
        (path,) = (path for path in self.segments() if old in path.read_bytes())
        content = path.read_bytes()
        assert content.count(old) == 1
        with path.open("r+b") as file:
            file.seek(content.index(old))
            file.write(new)

    def lose_index(self) -> None:
        for path in self.directory.glob("index.sqlite*"):
            path.unlink()

    def forget(self, key: str, indexed_to: int) -> None:
        """As if the power had gone before the index had noted an object and all after it."""
        with sqlite3.connect(self.directory / "index.sqlite", isolation_level=None) as connection:
            connection.execute("DELETE FROM objects WHERE key = ?", (key,))
            connection.execute("UPDATE segments SET indexed_to = ?", (indexed_to,))
        connection.close()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "objects")


@pytest.fixture
def open_store(disk: Disk) -> Iterator[Open]:
    """Opens the directory anew at each call; closes all at the end."""
    opened: list[SegmentObjectStore] = []

    def open_it(**options: int) -> SegmentObjectStore:
        opened.append(SegmentObjectStore(disk.directory, **options))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def put() -> Callable[..., None]:
    def put_them(store: SegmentObjectStore, **bodies: bytes) -> None:
        store.put_many([NewObject(f"org/{name}", body) for name, body in bodies.items()])

    return put_them
