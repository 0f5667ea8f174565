"""A measurement log in memory."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from vedette_server.domain.measurements import Measurements


class MemoryMeasurementLog:
    """`MeasurementLog` in memory."""

    def __init__(self) -> None:
        self._rows: dict[tuple[UUID, int], Measurements] = {}

    def append(self, rows: Sequence[Measurements]) -> None:
        """See `MeasurementLog.append`."""
        self._rows.update({(row.predicted_asset_id, row.version): row for row in rows})

    def read(self, organization_id: UUID, deployment_id: UUID, since: datetime, until: datetime) -> list[Measurements]:
        """See `MeasurementLog.read`."""
        chosen = [
            row
            for row in self._rows.values()
            if (row.organization_id, row.deployment_id) == (organization_id, deployment_id)
            and since <= row.filed_at < until
        ]
        return sorted(chosen, key=lambda row: (row.filed_at, row.predicted_asset_id))

    def close(self) -> None:
        """See `MeasurementLog.close`."""
