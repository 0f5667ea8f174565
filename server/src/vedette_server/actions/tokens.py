"""Tokens: made, hashed, checked, revoked; and the organization they first belong to.

A token's text carries 256 random bits, so one SHA-256 keeps it as safe as a slow
password hash would, at a cost that every request can bear.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from vedette.ids import uuid7
from vedette_server.domain.accounts import ApiToken, Change, Organization, Principal, Scope, User
from vedette_server.domain.datalake import Datalake
from vedette_server.domain.errors import InvalidInput, Unauthorized
from vedette_server.domain.names import check_name
from vedette_server.ports.accounts import Accounts
from vedette_server.ports.clock import Clock

TOKEN_PREFIX = "vdt_"  # noqa: S105  (a prefix, not a secret)
MAX_TOKEN_LENGTH = 128
DEFAULT_DATALAKE = "default"


def make_token_text() -> str:
    """A new token: the only time its text exists outside the caller's hands."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest_token(text: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(text.encode()).digest()


def ensure_organization(accounts: Accounts, clock: Clock, name: str) -> tuple[Organization, User, bool]:
    """The organization of that name and its first user; made if missing (the last value says so)."""
    found = accounts.find_organization(name)
    if found is not None:
        return *found, False
    check_name("organization", name)
    now = clock.now()
    organization = Organization(id=uuid7(), name=name, datalake_id=uuid7(), created_at=now)
    owner = User(id=uuid7(), organization_id=organization.id, name="admin", created_at=now)
    datalake = Datalake(
        id=organization.datalake_id,
        organization_id=organization.id,
        name=DEFAULT_DATALAKE,
        connector_id=uuid7(),
    )
    change = Change(
        organization_id=organization.id,
        at=now,
        action="organization.create",
        target=name,
        target_id=organization.id,
    )
    accounts.add_organization(organization, owner, datalake, change)
    return organization, owner, True


def issue_token(
    accounts: Accounts,
    clock: Clock,
    owner: User,
    name: str,
    scopes: Iterable[str],
    *,
    lifetime: timedelta | None = None,
    text: str | None = None,
    by: Principal | None = None,
) -> tuple[ApiToken, str]:
    """Add a token for `owner`; return it with its text. `text` is given only for a token set from outside."""
    check_name("name", name)
    if lifetime is not None and not timedelta(0) < lifetime <= timedelta(days=36_500):
        raise InvalidInput("expires_in_days", lifetime.total_seconds() / 86_400, "between 0 and 36500 days")
    try:
        granted = frozenset(Scope(scope) for scope in scopes)
    except ValueError as error:
        raise InvalidInput("scopes", error, f"some of {', '.join(Scope)}") from error
    if not granted:
        raise InvalidInput("scopes", "none", f"some of {', '.join(Scope)}")
    now = clock.now()
    text = text or make_token_text()
    token = ApiToken(
        id=uuid7(),
        organization_id=owner.organization_id,
        user_id=owner.id,
        name=name,
        digest=digest_token(text),
        scopes=granted,
        created_at=now,
        expires_at=None if lifetime is None else now + lifetime,
    )
    accounts.add_token(token, _change(token, now, "token.create", by))
    return token, text


def revoke_token(
    accounts: Accounts, clock: Clock, organization_id: UUID, token_id: UUID, by: Principal | None = None
) -> None:
    """Revoke a token of an organization; `by` is None where its operator does."""
    now = clock.now()
    change = Change(
        organization_id=organization_id,
        at=now,
        action="token.revoke",
        target=str(token_id),
        target_id=token_id,
        user_id=by.user.id if by else None,
        token_id=by.token.id if by else None,
    )
    accounts.revoke_token(organization_id, token_id, now, change)


def _change(token: ApiToken, at: datetime, action: str, by: Principal | None) -> Change:
    return Change(
        organization_id=token.organization_id,
        at=at,
        action=action,
        target=token.name,
        target_id=token.id,
        user_id=by.user.id if by else token.user_id,
        token_id=by.token.id if by else None,
        details={"scopes": sorted(token.scopes)},
    )


class Authenticator:
    """Whom a token speaks for, remembered for a moment so that the hot path asks no database.

    A token revoked elsewhere is refused here at the latest `MEMORY_SECONDS` later.
    """

    MEMORY_SECONDS = 1.0
    MAX_REMEMBERED = 4096

    def __init__(self, accounts: Accounts, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._accounts = accounts
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[bytes | UUID, tuple[float, Principal]] = {}

    def remembered(self, key: str | UUID) -> Principal | None:
        """The caller by a token's text or id if known at this moment, without any waiting."""
        known = self._known.get(digest_token(key) if isinstance(key, str) else key)
        if known is None or known[0] < self._monotonic():
            return None
        return self._check(known[1])

    def authenticate(self, key: str | UUID) -> Principal:
        """The caller by a token's text or id. `Unauthorized` says what is wrong with it."""
        if isinstance(key, str) and not (
            key.startswith(TOKEN_PREFIX) and len(key) <= MAX_TOKEN_LENGTH and key.isascii()
        ):
            raise Unauthorized(f"the token is malformed: a token begins with {TOKEN_PREFIX!r}")
        remembered = self.remembered(key)
        if remembered is not None:
            return remembered
        memory_key = digest_token(key) if isinstance(key, str) else key
        if isinstance(memory_key, bytes):
            principal = self._accounts.find_principal(digest=memory_key)
        else:
            principal = self._accounts.find_principal(token_id=memory_key)
        if principal is None:
            raise Unauthorized("the token is unknown here: make one with `vedette token create`")
        with self._lock:
            if len(self._known) >= self.MAX_REMEMBERED:
                self._known = {}
            self._known[memory_key] = (self._monotonic() + self.MEMORY_SECONDS, principal)
        return self._check(principal)

    def forget(self) -> None:
        """Ask the records again from now on."""
        with self._lock:
            self._known = {}

    def _check(self, principal: Principal) -> Principal:
        if not principal.token.is_live(self._clock.now()):
            revoked = principal.token.revoked_at is not None
            raise Unauthorized(f"the token {principal.token.name!r} {'was revoked' if revoked else 'has expired'}")
        return principal
