"""What was measured of one predicted asset."""

from datetime import datetime
from uuid import UUID

import msgspec

MEASUREMENT_VERSION = 1


class Measurements(msgspec.Struct, frozen=True, kw_only=True):
    """`values` by name, units in the names. `version` tells which code measured."""

    organization_id: UUID
    deployment_id: UUID
    predicted_asset_id: UUID
    filed_at: datetime
    version: int
    values: dict[str, float]
