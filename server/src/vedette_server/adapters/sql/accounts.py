"""Organizations, users and tokens in SQL, with the trail of who changed what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from vedette_server.adapters.sql.database import Database
from vedette_server.adapters.sql.tables import api_tokens, changes, datalakes, organizations, users
from vedette_server.domain.accounts import ApiToken, Change, Organization, Principal, Scope, User
from vedette_server.domain.datalake import Datalake
from vedette_server.domain.errors import Conflict, NotFound


def record_change(connection: Connection, change: Change) -> None:
    """Write one line of the audit trail inside the transaction of what it describes."""
    connection.execute(
        insert(changes).values(
            org_id=change.organization_id,
            at=change.at,
            action=change.action,
            target=change.target,
            target_id=change.target_id,
            user_id=change.user_id,
            token_id=change.token_id,
            details=msgspec.json.encode(change.details).decode(),
        )
    )


class SqlAccounts:
    """`Accounts` in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_organization(self, organization: Organization, owner: User, datalake: Datalake, change: Change) -> None:
        """See `Accounts.add_organization`."""
        try:
            with self._database.write() as connection:
                connection.execute(
                    insert(organizations).values(
                        id=organization.id,
                        name=organization.name,
                        datalake_id=organization.datalake_id,
                        created_at=organization.created_at,
                    )
                )
                connection.execute(
                    insert(users).values(
                        org_id=organization.id, id=owner.id, name=owner.name, created_at=owner.created_at
                    )
                )
                connection.execute(
                    insert(datalakes).values(
                        org_id=organization.id,
                        id=datalake.id,
                        name=datalake.name,
                        connector_id=datalake.connector_id,
                    )
                )
                record_change(connection, change)
        except IntegrityError as error:
            raise Conflict(f"an organization named {organization.name!r} exists already") from error

    def find_organization(self, name: str) -> tuple[Organization, User] | None:
        """See `Accounts.find_organization`."""
        query = (
            select(
                organizations,
                users.c.id.label("user_id"),
                users.c.name.label("user_name"),
                users.c.created_at.label("user_created_at"),
            )
            .join_from(organizations, users, users.c.org_id == organizations.c.id)
            .where(organizations.c.name == name)
            .order_by(users.c.created_at, users.c.id)
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        organization = Organization(id=row.id, name=row.name, datalake_id=row.datalake_id, created_at=row.created_at)
        owner = User(id=row.user_id, organization_id=row.id, name=row.user_name, created_at=row.user_created_at)
        return organization, owner

    def add_token(self, token: ApiToken, change: Change) -> None:
        """See `Accounts.add_token`."""
        with self._database.write() as connection:
            connection.execute(
                insert(api_tokens).values(
                    org_id=token.organization_id,
                    id=token.id,
                    user_id=token.user_id,
                    name=token.name,
                    digest=token.digest,
                    scopes=" ".join(sorted(token.scopes)),
                    created_at=token.created_at,
                    expires_at=token.expires_at,
                )
            )
            record_change(connection, change)

    def find_principal(self, *, digest: bytes | None = None, token_id: UUID | None = None) -> Principal | None:
        """See `Accounts.find_principal`."""
        query = (
            select(
                api_tokens,
                users.c.name.label("user_name"),
                users.c.created_at.label("user_created_at"),
                organizations.c.name.label("org_name"),
                organizations.c.datalake_id,
                organizations.c.created_at.label("org_created_at"),
            )
            .join_from(
                api_tokens,
                users,
                (users.c.org_id == api_tokens.c.org_id) & (users.c.id == api_tokens.c.user_id),
            )
            .join(organizations, organizations.c.id == api_tokens.c.org_id)
            .where(api_tokens.c.digest == digest if digest is not None else api_tokens.c.id == token_id)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Principal(
            organization=Organization(
                id=row.org_id, name=row.org_name, datalake_id=row.datalake_id, created_at=row.org_created_at
            ),
            user=User(
                id=row.user_id,
                organization_id=row.org_id,
                name=row.user_name,
                created_at=row.user_created_at,
            ),
            token=_token(row),
        )

    def list_tokens(self, organization_id: UUID) -> list[ApiToken]:
        """See `Accounts.list_tokens`."""
        query = (
            select(api_tokens)
            .where(api_tokens.c.org_id == organization_id)
            .order_by(api_tokens.c.created_at.desc(), api_tokens.c.id)
        )
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(query)]

    def revoke_token(self, organization_id: UUID, token_id: UUID, at: datetime, change: Change) -> None:
        """See `Accounts.revoke_token`."""
        mine = (api_tokens.c.org_id == organization_id) & (api_tokens.c.id == token_id)
        with self._database.write() as connection:
            if connection.execute(select(api_tokens.c.id).where(mine)).one_or_none() is None:
                raise NotFound("token", token_id)
            revoked = connection.execute(
                update(api_tokens).where(mine, api_tokens.c.revoked_at.is_(None)).values(revoked_at=at)
            )
            if revoked.rowcount:
                record_change(connection, change)

    def list_changes(self, organization_id: UUID, limit: int) -> Sequence[Change]:
        """See `Accounts.list_changes`."""
        query = select(changes).where(changes.c.org_id == organization_id).order_by(changes.c.seq.desc()).limit(limit)
        with self._database.read() as connection:
            return [
                Change(
                    organization_id=row.org_id,
                    at=row.at,
                    action=row.action,
                    target=row.target,
                    target_id=row.target_id,
                    user_id=row.user_id,
                    token_id=row.token_id,
                    details=msgspec.json.decode(row.details),
                )
                for row in connection.execute(query)
            ]

    def ping(self) -> None:
        """See `Accounts.ping`."""
        with self._database.read() as connection:
            connection.execute(select(organizations.c.id).limit(1))


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        organization_id=row.org_id,
        user_id=row.user_id,
        name=row.name,
        digest=row.digest,
        scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
