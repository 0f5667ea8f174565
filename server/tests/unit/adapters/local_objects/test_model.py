"""The store against a dict: whatever is put, deleted, reopened and rebuilt, both say the same."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from vedette_server.adapters.local_objects import SegmentObjectStore, rebuild_index
from vedette_server.ports.objects import NewObject

keys = st.sampled_from([f"{org}/{number}" for org in ("a", "b") for number in range(5)])
groups = st.lists(st.tuples(keys, st.binary(max_size=300)), max_size=6)
SEGMENT_BYTES = 700


class StoreAgainstDict(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.temporary = tempfile.TemporaryDirectory()
        self.directory = Path(self.temporary.name) / "objects"
        self.store = SegmentObjectStore(self.directory, SEGMENT_BYTES)
        self.beside = SegmentObjectStore(self.directory, SEGMENT_BYTES)
        self.model: dict[str, bytes] = {}

    @rule(group=groups)
    def put(self, group: list[tuple[str, bytes]]) -> None:
        self.store.put_many([NewObject(key, body) for key, body in group])
        self.model.update(group)

    @rule(group=groups)
    def put_from_beside(self, group: list[tuple[str, bytes]]) -> None:
        self.beside.put_many([NewObject(key, body) for key, body in group])
        self.model.update(group)

    @rule(gone=st.lists(keys, max_size=4))
    def delete(self, gone: list[str]) -> None:
        self.beside.delete_many(gone)
        for key in gone:
            self.model.pop(key, None)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = SegmentObjectStore(self.directory, SEGMENT_BYTES)

    @rule(lose_it=st.booleans())
    def rebuild(self, lose_it: bool) -> None:
        self.store.close()
        self.beside.close()
        if lose_it:
            for path in self.directory.glob("index.sqlite*"):
                path.unlink()
        else:
            rebuild_index(self.directory)
        self.store = SegmentObjectStore(self.directory, SEGMENT_BYTES)
        self.beside = SegmentObjectStore(self.directory, SEGMENT_BYTES)

    @invariant()
    def same(self) -> None:
        assert self.store.list_keys("", limit=100) == sorted(self.model)
        assert {key: self.store.get(key) for key in self.model} == self.model
        usage = self.store.usage()
        assert (usage.objects, usage.size_bytes) == (len(self.model), sum(map(len, self.model.values())))

    def teardown(self) -> None:
        self.store.close()
        self.beside.close()
        self.temporary.cleanup()


StoreAgainstDict.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, derandomize=True, database=None
)
TestStoreAgainstDict = StoreAgainstDict.TestCase
