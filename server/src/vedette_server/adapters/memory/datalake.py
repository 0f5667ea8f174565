"""The datalake in memory: Data listed in the order of commits, tags and sources by name."""

from collections.abc import Mapping
from uuid import UUID

from vedette_server.adapters.memory.tables import Tables, decode_cursor, encode_cursor
from vedette_server.domain.datalake import Data, DataFilter, Datalake, Named, Page


class MemoryDatalakeRecords:
    """`DatalakeRecords` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find_datalake(self, organization_id: UUID, key: UUID | str | None = None) -> Datalake | None:
        """See `DatalakeRecords.find_datalake`."""
        with self._tables.lock:
            organization = self._tables.organizations.get(organization_id)
            if key is None and organization is not None:
                key = organization.datalake_id
            for datalake in self._tables.datalakes.values():
                named = datalake.id if isinstance(key, UUID) else datalake.name
                if datalake.organization_id == organization_id and named == key:
                    return datalake
        return None

    def find_data(self, organization_id: UUID, data_id: UUID) -> Data | None:
        """See `DatalakeRecords.find_data`."""
        with self._tables.lock:
            data = self._tables.data.get(data_id)
            if data is None or self._tables.datalakes[data.datalake_id].organization_id != organization_id:
                return None
            return data

    def list_data(
        self,
        organization_id: UUID,
        datalake_id: UUID,
        data_filter: DataFilter,
        limit: int,
        *,
        cursor: str | None = None,
        offset: int = 0,
        oldest_first: bool = False,
    ) -> Page[Data]:
        """See `DatalakeRecords.list_data`."""
        with self._tables.lock:
            datalake = self._tables.datalakes.get(datalake_id)
            if datalake is None or datalake.organization_id != organization_id:
                chosen = []
            else:
                kept = self._tables.data.values()
                chosen = [item for item in kept if item.datalake_id == datalake_id and _matches(item, data_filter)]
        rest = chosen if oldest_first else chosen[::-1]
        if cursor is not None:
            [last] = decode_cursor(cursor, 1)
            rest = [item for item in rest if (item.seq > last if oldest_first else item.seq < last)]
        else:
            rest = rest[offset:]
        items = rest[:limit]
        next_cursor = encode_cursor(items[-1].seq) if len(rest) > limit else None
        return Page(items=items, next_cursor=next_cursor, count=len(chosen))

    def list_tags(self, organization_id: UUID, name: str | None = None) -> list[Named]:
        """See `DatalakeRecords.list_tags`."""
        with self._tables.lock:
            return _named(self._tables.tags, organization_id, name)

    def list_sources(self, organization_id: UUID, name: str | None = None) -> list[Named]:
        """See `DatalakeRecords.list_sources`."""
        with self._tables.lock:
            return _named(self._tables.sources, organization_id, name)


def _named(table: Mapping[tuple[UUID, str], Named], organization_id: UUID, name: str | None) -> list[Named]:
    mine = [item for (owner, _), item in table.items() if owner == organization_id and name in (None, item.name)]
    return sorted(mine, key=lambda item: item.name)


def _matches(data: Data, wanted: DataFilter) -> bool:
    tags = {tag.name for tag in data.tags}
    source = data.source.name if data.source is not None else None
    return (
        all(tags.intersection(group) for group in wanted.tags)
        and all(source in group for group in wanted.sources)
        and (wanted.ids is None or data.picture.data_id in wanted.ids)
        and (wanted.filenames is None or data.picture.filename in wanted.filenames)
        and (wanted.object_names is None or data.picture.object_key in wanted.object_names)
    )
