"""Who is calling: from the header of a request to a `Principal`."""

from uuid import UUID

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from vedette_server.actions.tokens import Authenticator
from vedette_server.domain.accounts import Principal, Scope
from vedette_server.domain.errors import Forbidden, Unauthorized


def bearer_token(request: Request) -> str:
    """The text after `Bearer`; `Unauthorized` if there is none."""
    header = request.headers.get("authorization")
    if header is None:
        raise Unauthorized("no token: send the header 'Authorization: Bearer <token>'")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("the Authorization header is malformed: wanted 'Bearer <token>'")
    return token.strip()


async def authenticate(authenticator: Authenticator, key: str | UUID, *scopes: Scope) -> Principal:
    """The caller behind a token's text or id; `Forbidden` unless it covers one of `scopes`."""
    principal = authenticator.remembered(key)
    if principal is None:
        principal = await run_in_threadpool(authenticator.authenticate, key)
    if not principal.may(*scopes):
        held = ", ".join(sorted(principal.token.scopes))
        needed = " or ".join(scopes)
        raise Forbidden(f"this needs the scope {needed}; the token {principal.token.name!r} holds {held}")
    return principal
