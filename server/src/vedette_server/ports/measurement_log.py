"""What was measured of every prediction, append-only, read by time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from vedette_server.domain.measurements import Measurements


class MeasurementLog(Protocol):
    """Appending is at least once; reading gives each predicted asset's measurements of one version once."""

    def append(self, rows: Sequence[Measurements]) -> None:
        """Add rows, all or none. Durable when it returns."""
        ...

    def read(self, organization_id: UUID, deployment_id: UUID, since: datetime, until: datetime) -> list[Measurements]:
        """Rows filed from `since` up to, not including, `until`, by the time they are filed under."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
