"""Data, tags and sources of an organization's datalakes."""

from typing import Protocol
from uuid import UUID

from vedette_server.domain.datalake import Data, DataFilter, Datalake, Named, Page


class DatalakeRecords(Protocol):
    """What is read of the datalake. Its Data are written by `PredictionRecords.record`."""

    def find_datalake(self, organization_id: UUID, key: UUID | str | None = None) -> Datalake | None:
        """A datalake by id or name; without a key, the organization's default one."""
        ...

    def find_data(self, organization_id: UUID, data_id: UUID) -> Data | None:
        """One Data by id."""
        ...

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
        """The last committed first, or the first. A walk by cursors sees each of those committed before it began once.

        `InvalidInput` for a cursor that is none of ours.
        """
        ...

    def list_tags(self, organization_id: UUID, name: str | None = None) -> list[Named]:
        """Tags of Data by name; with `name`, that one or none."""
        ...

    def list_sources(self, organization_id: UUID, name: str | None = None) -> list[Named]:
        """Data sources by name; with `name`, that one or none."""
        ...
