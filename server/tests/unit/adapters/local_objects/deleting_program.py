"""A program that reads and deletes every even object that it finds, as another process does beside the API.

Ends once it has met `org/end`; exits with 1 at the first body that is not the one that was put.
"""

import sys
from contextlib import closing
from pathlib import Path

from vedette_server.adapters.local_objects import SegmentObjectStore
from vedette_server.ports.objects import ObjectStore


def read_and_delete(store: ObjectStore) -> int:
    after: str | None = None
    read = 0
    while True:
        keys = store.list_keys("org/", after=after, limit=16)
        objects = [key for key in keys if key != "org/end"]
        for key in objects:
            if store.get(key) != key.encode() * 500:
                sys.exit(1)
        read += len(objects)
        store.delete_many([key for key in objects if int(key[-1]) % 2 == 0])
        if objects != keys:
            return read
        after = keys[-1] if keys else after


if __name__ == "__main__":
    with closing(SegmentObjectStore(Path(sys.argv[1]))) as store:
        print("open", flush=True)
        print(read_and_delete(store))
