"""What the records in memory share: their tables as dicts, under one lock.

A dict keeps the order in which it was filled, which here is the order of commits.
"""

import re
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from vedette_server.domain.accounts import ApiToken, Change, Organization, User
from vedette_server.domain.datalake import Data, Datalake, Named
from vedette_server.domain.deployments import Deployment, ModelVersion
from vedette_server.domain.errors import InvalidInput
from vedette_server.domain.predictions import PredictedAsset


@dataclass
class KeptAsset:
    """A predicted asset with what only the records know of it."""

    seq: int
    asset: PredictedAsset
    digest: bytes
    leased_until: datetime | None = None


@dataclass
class Tally:
    """What `DeploymentActivity` is answered from, without looking at the predictions."""

    prediction_count: int = 0
    flagged_count: int = 0
    replay_count: int = 0
    latency_count: int = 0
    latency_seconds_total: float = 0.0
    last_filed_at: datetime | None = None
    last_received_at: datetime | None = None
    flags: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)


@dataclass
class Tables:
    """Everything that is kept. Whoever reads or writes holds `lock`."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    organizations: dict[UUID, Organization] = field(default_factory=dict)
    users: dict[UUID, User] = field(default_factory=dict)
    tokens: dict[UUID, ApiToken] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    datalakes: dict[UUID, Datalake] = field(default_factory=dict)
    model_versions: dict[UUID, ModelVersion] = field(default_factory=dict)
    deployments: dict[UUID, Deployment] = field(default_factory=dict)
    sources: dict[tuple[UUID, str], Named] = field(default_factory=dict)
    tags: dict[tuple[UUID, str], Named] = field(default_factory=dict)
    data: dict[UUID, Data] = field(default_factory=dict)
    assets: dict[UUID, KeptAsset] = field(default_factory=dict)
    # By deployment and prediction id, and by deployment and digest: the asset, for a digest the newest.
    assets_by_prediction: dict[tuple[UUID, UUID], UUID] = field(default_factory=dict)
    assets_by_digest: dict[tuple[UUID, bytes], UUID] = field(default_factory=dict)
    tallies: defaultdict[tuple[UUID, UUID], Tally] = field(default_factory=lambda: defaultdict(Tally))


def encode_cursor(*numbers: int) -> str:
    """A place in a listing as text."""
    return "-".join(map(str, numbers))


def decode_cursor(cursor: str, length: int) -> list[int]:
    """The inverse of `encode_cursor`; `InvalidInput` for anything else."""
    numbers = cursor.split("-")
    if len(numbers) != length or not all(re.fullmatch("[0-9]{1,18}", number) for number in numbers):
        raise InvalidInput("cursor", cursor, "the next_cursor of an earlier page")
    return [int(number) for number in numbers]
