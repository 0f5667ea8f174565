"""Organizations, users, tokens and the trail of who changed what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from vedette_server.domain.accounts import ApiToken, Change, Organization, Principal, User
from vedette_server.domain.datalake import Datalake


class Accounts(Protocol):
    """Every write takes the `Change` that describes it and keeps both or neither."""

    def add_organization(self, organization: Organization, owner: User, datalake: Datalake, change: Change) -> None:
        """Add an organization with its first user and its datalake. `Conflict` if the name is taken."""
        ...

    def find_organization(self, name: str) -> tuple[Organization, User] | None:
        """The organization of that name and its first user."""
        ...

    def add_token(self, token: ApiToken, change: Change) -> None:
        """Add a token."""
        ...

    def find_principal(self, *, digest: bytes | None = None, token_id: UUID | None = None) -> Principal | None:
        """Whom a token speaks for, live or not, by the digest of its text or by its id."""
        ...

    def list_tokens(self, organization_id: UUID) -> list[ApiToken]:
        """All tokens of an organization, newest first."""
        ...

    def revoke_token(self, organization_id: UUID, token_id: UUID, at: datetime, change: Change) -> None:
        """Revoke a token; a second time changes nothing. `NotFound` for a foreign or unknown one."""
        ...

    def list_changes(self, organization_id: UUID, limit: int) -> Sequence[Change]:
        """The newest `limit` lines of the audit trail, newest first."""
        ...

    def ping(self) -> None:
        """Return if the records answer, raise if not."""
        ...
