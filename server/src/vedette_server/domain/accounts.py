"""Who may do what: organizations, their users and the tokens that speak for them.

Everything Vedette keeps belongs to one organization and cannot be reached from
another. How a token is made and hashed is `actions/issue_token.py`'s work.
"""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class Scope(enum.StrEnum):
    """What a token may be used for: everything, reading, or nothing but sending predictions."""

    ADMIN = "admin"
    READ = "read"
    PREDICT = "predict"


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """The owner of everything; `datalake_id` is where its predictions' pictures are kept by default."""

    id: UUID
    name: str
    datalake_id: UUID
    created_at: datetime


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person, or a program that acts for one."""

    id: UUID
    organization_id: UUID
    name: str
    created_at: datetime


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token as it is kept: never its text, only the SHA-256 of it."""

    id: UUID
    organization_id: UUID
    user_id: UUID
    name: str
    digest: bytes
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether the token still opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """The caller of one request: whom the token speaks for, and what it allows."""

    organization: Organization
    user: User
    token: ApiToken

    @property
    def organization_id(self) -> UUID:
        """The only organization this caller can see."""
        return self.organization.id

    def may(self, *scopes: Scope) -> bool:
        """Whether the token covers at least one of `scopes`; `admin` covers every one."""
        return not self.token.scopes.isdisjoint({Scope.ADMIN, *scopes})


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, when: one line of the audit trail, written with the change itself."""

    organization_id: UUID
    at: datetime
    action: str
    target: str
    target_id: UUID | None = None
    user_id: UUID | None = None
    token_id: UUID | None = None
    details: dict[str, Any] = {}
