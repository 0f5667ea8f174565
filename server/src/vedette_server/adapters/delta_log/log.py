"""`MeasurementLog` over one Delta table."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import duckdb
import msgspec
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from vedette_server.domain.measurements import Measurements

MAX_ATTEMPTS = 5

SCHEMA = pa.schema(
    [
        pa.field("organization_id", pa.string(), nullable=False),
        pa.field("deployment_id", pa.string(), nullable=False),
        pa.field("predicted_asset_id", pa.string(), nullable=False),
        pa.field("filed_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("version", pa.int32(), nullable=False),
        pa.field("values", pa.string(), nullable=False),
    ]
)

# Appended twice after a crash, a row is still read once.
_READ = """
    SELECT organization_id, deployment_id, predicted_asset_id, epoch_us(filed_at) AS filed_us, version,
           any_value("values")
    FROM read_parquet($files)
    WHERE organization_id = $organization AND deployment_id = $deployment
      AND filed_at >= $since AND filed_at < $until
    GROUP BY ALL
    ORDER BY filed_us, predicted_asset_id
"""


class DeltaMeasurementLog:
    """One table for all organizations."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._connection = duckdb.connect(":memory:", config={"threads": "1"})

    def append(self, rows: Sequence[Measurements]) -> None:
        """See `MeasurementLog.append`."""
        if not rows:
            return
        table = pa.Table.from_pylist(
            [
                {
                    "organization_id": str(row.organization_id),
                    "deployment_id": str(row.deployment_id),
                    "predicted_asset_id": str(row.predicted_asset_id),
                    "filed_at": row.filed_at,
                    "version": row.version,
                    "values": msgspec.json.encode(row.values).decode(),
                }
                for row in rows
            ],
            schema=SCHEMA,
        )
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                write_deltalake(self._place, table, mode="append")
            except CommitFailedError:
                # Two first appends at once each make the table, and all but one are refused.
                if attempt == MAX_ATTEMPTS:
                    raise
            else:
                return

    def read(self, organization_id: UUID, deployment_id: UUID, since: datetime, until: datetime) -> list[Measurements]:
        """See `MeasurementLog.read`."""
        if not DeltaTable.is_deltatable(self._place):
            return []
        files = DeltaTable(self._place).file_uris()
        if not files:
            return []
        found = self._connection.cursor().execute(
            _READ,
            {
                "files": files,
                "organization": str(organization_id),
                "deployment": str(deployment_id),
                "since": since,
                "until": until,
            },
        )
        return [_measurements(row) for row in found.fetchall()]

    def close(self) -> None:
        """See `MeasurementLog.close`."""
        self._connection.close()


def _measurements(row: tuple[Any, ...]) -> Measurements:
    organization, deployment, asset, filed_at, version, values = row
    return Measurements(
        organization_id=UUID(organization),
        deployment_id=UUID(deployment),
        predicted_asset_id=UUID(asset),
        filed_at=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=filed_at),
        version=version,
        values=msgspec.json.decode(values, type=dict[str, float]),
    )
