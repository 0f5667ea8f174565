"""The datalake in SQL: Data listed in the order of commits, tags and sources by name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, func, select

from vedette_server.adapters.sql import tables
from vedette_server.adapters.sql.cursors import Place, decode_cursor, encode_cursor
from vedette_server.adapters.sql.database import Database
from vedette_server.adapters.sql.reading import picture_of, tags_of
from vedette_server.domain.datalake import Data, DataFilter, Datalake, Named, Page

_data = tables.data.c
_columns = [column for column in tables.data.c if column.name != "id"]

_DATA = select(*_columns, _data.id.label("data_id"), tables.sources.c.name.label("source_name")).outerjoin_from(
    tables.data,
    tables.sources,
    (tables.sources.c.org_id == _data.org_id) & (tables.sources.c.id == _data.source_id),
)


class SqlDatalakeRecords:
    """`DatalakeRecords` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_datalake(self, organization_id: UUID, key: UUID | str | None = None) -> Datalake | None:
        """See `DatalakeRecords.find_datalake`."""
        table = tables.datalakes.c
        query = select(tables.datalakes).where(table.org_id == organization_id)
        if key is None:
            organizations = tables.organizations.c
            default = select(organizations.datalake_id).where(organizations.id == organization_id)
            query = query.where(table.id == default.scalar_subquery())
        else:
            query = query.where((table.id if isinstance(key, UUID) else table.name) == key)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Datalake(id=row.id, organization_id=row.org_id, name=row.name, connector_id=row.connector_id)

    def find_data(self, organization_id: UUID, data_id: UUID) -> Data | None:
        """See `DatalakeRecords.find_data`."""
        query = _DATA.where(_data.org_id == organization_id, _data.id == data_id, _data.deleted_at.is_(None))
        with self._database.read() as connection:
            found = _data_of(connection, organization_id, connection.execute(query).all())
        return found[0] if found else None

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
        chosen = _chosen(organization_id, datalake_id, data_filter)
        order = _data.seq.asc() if oldest_first else _data.seq.desc()
        query = _DATA.where(*chosen).order_by(order).limit(limit + 1)
        if cursor is not None:
            # What is committed later has a higher number, so it cannot shift what is still to come.
            last = decode_cursor(cursor).seq
            query = query.where(_data.seq > last if oldest_first else _data.seq < last)
        elif offset:
            query = query.offset(offset)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            items = _data_of(connection, organization_id, rows[:limit])
            count = select(func.count()).select_from(tables.data).where(*chosen)
            total = connection.execute(count).scalar_one()
        next_cursor = None
        if len(rows) > limit:
            next_cursor = encode_cursor(Place(0, 0, items[-1].seq))
        return Page(items=items, next_cursor=next_cursor, count=total)

    def list_tags(self, organization_id: UUID, name: str | None = None) -> list[Named]:
        """See `DatalakeRecords.list_tags`."""
        return self._list_named(tables.tags, organization_id, name)

    def list_sources(self, organization_id: UUID, name: str | None = None) -> list[Named]:
        """See `DatalakeRecords.list_sources`."""
        return self._list_named(tables.sources, organization_id, name)

    def _list_named(self, table: Table, org_id: UUID, name: str | None) -> list[Named]:
        query = select(table.c.id, table.c.name).where(table.c.org_id == org_id).order_by(table.c.name)
        if name is not None:
            query = query.where(table.c.name == name)
        with self._database.read() as connection:
            return [Named(id=row.id, name=row.name) for row in connection.execute(query)]


def _data_of(connection: Connection, org_id: UUID, rows: Sequence[Any]) -> list[Data]:
    tags = tags_of(connection, org_id, [row.data_id for row in rows])
    return [
        Data(
            seq=row.seq,
            datalake_id=row.datalake_id,
            picture=picture_of(row),
            source=Named(id=row.source_id, name=row.source_name) if row.source_id else None,
            tags=tags[row.data_id],
            metadata=msgspec.json.decode(row.metadata, type=dict[str, Any]),
            custom_metadata=msgspec.json.decode(row.custom_metadata, type=dict[str, Any]),
            created_at=row.created_at,
        )
        for row in rows
    ]


def _chosen(org_id: UUID, datalake_id: UUID, chosen: DataFilter) -> list[ColumnElement[bool]]:
    conditions = [_data.org_id == org_id, _data.datalake_id == datalake_id, _data.deleted_at.is_(None)]
    sources = tables.sources.c
    for names in chosen.sources:
        named = select(sources.id).where(sources.org_id == org_id, sources.name.in_(names))
        conditions.append(_data.source_id.in_(named))
    conditions.extend(_data.id.in_(_tagged(org_id, names)) for names in chosen.tags)
    if chosen.ids is not None:
        conditions.append(_data.id.in_(chosen.ids))
    if chosen.filenames is not None:
        conditions.append(_data.filename.in_(chosen.filenames))
    if chosen.object_names is not None:
        conditions.append(_data.object_key.in_(chosen.object_names))
    return conditions


def _tagged(org_id: UUID, names: tuple[str, ...]) -> Any:
    tags, links = tables.tags.c, tables.data_tags.c
    named = select(tags.id).where(tags.org_id == org_id, tags.name.in_(names))
    return select(links.data_id).where(links.org_id == org_id, links.tag_id.in_(named))
