"""Pictures in a directory: appended to segment files, so that one sync serves all that arrive together."""

from vedette_server.adapters.local_objects.store import ObjectsInUse, SegmentObjectStore, rebuild_index

__all__ = ["ObjectsInUse", "SegmentObjectStore", "rebuild_index"]
