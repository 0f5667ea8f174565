"""The datalake: every picture that was ever monitored, as Data with tags and a source."""

from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from vedette_server.domain.predictions import Picture

DEFAULT_SOURCE = "serving"

Item = TypeVar("Item")


class Datalake(msgspec.Struct, frozen=True, kw_only=True):
    """A collection of Data; `connector_id` names its storage to clients that ask."""

    id: UUID
    organization_id: UUID
    name: str
    connector_id: UUID


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A tag or a data source: an id and the name people use."""

    id: UUID
    name: str


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of the datalake. `seq` follows the order of commits."""

    seq: int
    datalake_id: UUID
    picture: Picture
    source: Named | None
    tags: tuple[Named, ...]
    metadata: dict[str, Any]
    custom_metadata: dict[str, Any]
    created_at: datetime


class DataFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which Data to list; every field that is set must hold.

    `tags` and `sources` hold groups of names: at least one of each group.
    """

    tags: tuple[tuple[str, ...], ...] = ()
    sources: tuple[tuple[str, ...], ...] = ()
    ids: tuple[UUID, ...] | None = None
    filenames: tuple[str, ...] | None = None
    object_names: tuple[str, ...] | None = None


class PredictionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which predicted assets of a deployment to list; every field that is set must hold."""

    source: str | None = None
    tag: str | None = None
    flag: str | None = None


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """A slice of a listing. `next_cursor` is None on the last page; `count` is the whole listing's."""

    items: list[Item]
    next_cursor: str | None
    count: int
