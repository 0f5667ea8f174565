"""Organizations, users and tokens in memory, with the trail of who changed what."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from vedette_server.adapters.memory.tables import Tables
from vedette_server.domain.accounts import ApiToken, Change, Organization, Principal, User
from vedette_server.domain.datalake import Datalake
from vedette_server.domain.errors import Conflict, NotFound


class MemoryAccounts:
    """`Accounts` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add_organization(self, organization: Organization, owner: User, datalake: Datalake, change: Change) -> None:
        """See `Accounts.add_organization`."""
        with self._tables.lock:
            if self.find_organization(organization.name) is not None:
                raise Conflict(f"an organization named {organization.name!r} exists already")
            self._tables.organizations[organization.id] = organization
            self._tables.users[owner.id] = owner
            self._tables.datalakes[datalake.id] = datalake
            self._tables.changes.append(change)

    def find_organization(self, name: str) -> tuple[Organization, User] | None:
        """See `Accounts.find_organization`."""
        with self._tables.lock:
            for organization in self._tables.organizations.values():
                if organization.name == name:
                    users = [user for user in self._tables.users.values() if user.organization_id == organization.id]
                    return organization, min(users, key=lambda user: (user.created_at, user.id))
        return None

    def add_token(self, token: ApiToken, change: Change) -> None:
        """See `Accounts.add_token`."""
        with self._tables.lock:
            self._tables.tokens[token.id] = token
            self._tables.changes.append(change)

    def find_principal(self, *, digest: bytes | None = None, token_id: UUID | None = None) -> Principal | None:
        """See `Accounts.find_principal`."""
        with self._tables.lock:
            for token in self._tables.tokens.values():
                if token.digest == digest if digest is not None else token.id == token_id:
                    return Principal(
                        organization=self._tables.organizations[token.organization_id],
                        user=self._tables.users[token.user_id],
                        token=token,
                    )
        return None

    def list_tokens(self, organization_id: UUID) -> list[ApiToken]:
        """See `Accounts.list_tokens`."""
        with self._tables.lock:
            mine = [token for token in self._tables.tokens.values() if token.organization_id == organization_id]
        return sorted(sorted(mine, key=lambda token: token.id), key=lambda token: token.created_at, reverse=True)

    def revoke_token(self, organization_id: UUID, token_id: UUID, at: datetime, change: Change) -> None:
        """See `Accounts.revoke_token`."""
        with self._tables.lock:
            token = self._tables.tokens.get(token_id)
            if token is None or token.organization_id != organization_id:
                raise NotFound("token", token_id)
            if token.revoked_at is None:
                self._tables.tokens[token_id] = replace(token, revoked_at=at)
                self._tables.changes.append(change)

    def list_changes(self, organization_id: UUID, limit: int) -> Sequence[Change]:
        """See `Accounts.list_changes`."""
        with self._tables.lock:
            mine = [change for change in self._tables.changes if change.organization_id == organization_id]
        return mine[::-1][:limit]

    def ping(self) -> None:
        """See `Accounts.ping`."""
