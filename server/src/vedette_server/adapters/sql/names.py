"""Sources and tags by name: made when first used, remembered so that the hot path asks nothing."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, Table, select

from vedette.ids import uuid7
from vedette_server.adapters.sql.database import Database

MAX_REMEMBERED = 10_000


class NameTable:
    """Get-or-create over a table of (org_id, id, name).

    What a transaction creates is remembered only when `remember` is told that it
    committed: an id from an undone transaction would point at nothing.
    """

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._table = table
        self._known: dict[tuple[UUID, str], UUID] = {}

    def resolve(self, connection: Connection, names: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
        """The id of each (organization, name), creating the missing ones in this transaction."""
        resolved: dict[tuple[UUID, str], UUID] = {}
        for key in names:
            if key in resolved:
                continue
            known = self._known.get(key)
            resolved[key] = known if known is not None else self._find_or_create(connection, *key)
        return resolved

    def remember(self, resolved: dict[tuple[UUID, str], UUID]) -> None:
        """Keep what a committed transaction resolved."""
        if len(self._known) + len(resolved) > MAX_REMEMBERED:
            self._known = {}
        self._known.update(resolved)

    def _find_or_create(self, connection: Connection, org_id: UUID, name: str) -> UUID:
        table = self._table
        row = {"org_id": org_id, "id": uuid7(), "name": name}
        self._database.insert_missing(connection, table, [row])
        query = select(table.c.id).where(table.c.org_id == org_id, table.c.name == name)
        found: UUID = connection.execute(query).scalar_one()
        return found
