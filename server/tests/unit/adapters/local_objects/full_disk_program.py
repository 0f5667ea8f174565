"""A program whose files may not grow beyond a megabyte: a put in the middle of it, then smaller ones."""

import resource
import sys
from pathlib import Path

from vedette_server.adapters.local_objects import SegmentObjectStore
from vedette_server.ports.objects import NewObject, StoreFull


def main(directory: Path) -> None:
    store = SegmentObjectStore(directory)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    store.put_many([NewObject("org/before", b"b" * 600_000)])
    try:
        store.put_many([NewObject("org/small", b"s" * 1000), NewObject("org/large", b"l" * 2_000_000)])
    except StoreFull as error:
        print("full:", error.reason)
    print("kept:", *store.list_keys("", limit=10))
    store.put_many([NewObject("org/after", b"a" * 500_000)])
    print("sizes:", *(len(store.get(key)) for key in store.list_keys("", limit=10)))
    print("files:", *sorted(path.stat().st_size // 100_000 for path in directory.glob("segments/*.seg")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
