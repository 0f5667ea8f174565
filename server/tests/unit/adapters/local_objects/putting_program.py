"""A program that puts numbered objects until it is killed, and says which are acknowledged.

Started with the store's directory and the first number; writes one line for each
group that `put_many` has returned from: `stored`, the first number and how many.
"""

import itertools
import os
import random
import sys
from pathlib import Path

from vedette_server.adapters.local_objects import SegmentObjectStore
from vedette_server.ports.objects import NewObject


def numbered_object(number: int) -> NewObject:
    """Always the same body for a number, another for each."""
    random_bytes = random.Random(number)
    return NewObject(f"org/{number:08}", random_bytes.randbytes(random_bytes.randrange(40_000)))


def put_for_ever(directory: Path, number: int) -> None:
    store = SegmentObjectStore(directory, segment_bytes=1_000_000)
    for size in itertools.cycle([1, 4, 2, 8]):
        store.put_many([numbered_object(number + offset) for offset in range(size)])
        os.write(1, f"stored {number} {size}\n".encode())
        number += size


if __name__ == "__main__":
    put_for_ever(Path(sys.argv[1]), int(sys.argv[2]))
