"""Whom a token speaks for, and the tokens of an organization."""

from datetime import timedelta
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from vedette import contract
from vedette_server.actions.tokens import issue_token, revoke_token
from vedette_server.domain.accounts import Scope
from vedette_server.http.auth import bearer_token
from vedette_server.http.native.access import caller
from vedette_server.http.native.views import view_token
from vedette_server.http.native.wire import Answer, decode_request, documented
from vedette_server.http.services import services_of

router = APIRouter(tags=["accounts"])

_new_token = msgspec.json.Decoder(contract.TokenRequest)


@router.get("/me", **documented("Whom the token speaks for", answers=contract.Me, problems=(401,)))
async def get_me(request: Request) -> Response:
    """Any live token may ask."""
    services = services_of(request)
    by = await run_in_threadpool(services.authenticator.authenticate, bearer_token(request))
    return Answer(
        contract.Me(
            organization=contract.Named(by.organization.id, by.organization.name),
            user=contract.Named(by.user.id, by.user.name),
            token=view_token(by.token),
            server=contract.ServerView(services.version, services.origin(request)),
        )
    )


@router.get("/tokens", **documented("All tokens, the newest first", answers=contract.TokenList))
async def list_tokens(request: Request) -> Response:
    """Without their texts, which nobody can read again."""
    by = await caller(request, Scope.ADMIN)
    tokens = await run_in_threadpool(services_of(request).accounts.list_tokens, by.organization_id)
    return Answer(contract.TokenList([view_token(token) for token in tokens]))


@router.post(
    "/tokens",
    **documented(
        "Make a token",
        answers=contract.NewToken,
        status=201,
        body=contract.TokenRequest,
        problems=(400, 401, 403, 413, 422),
    ),
)
async def create_token(request: Request) -> Response:
    """The answer is the only place that ever shows its text. Scope `predict` may send predictions, nothing else."""
    by = await caller(request, Scope.ADMIN)
    said = await decode_request(request, _new_token)
    services = services_of(request)
    lifetime = None
    if said.expires_in_days is not None:
        # Beyond what a timedelta holds, `issue_token` would never see the number.
        lifetime = timedelta(days=min(said.expires_in_days, 1_000_000))
    token, text = await run_in_threadpool(
        lambda: issue_token(
            services.accounts, services.clock, by.user, said.name, said.scopes, lifetime=lifetime, by=by
        )
    )
    return Answer(
        contract.NewToken(
            id=token.id,
            name=token.name,
            scopes=sorted(token.scopes),
            created_at=token.created_at,
            expires_at=token.expires_at,
            token=text,
        ),
        201,
    )


@router.delete(
    "/tokens/{token_id}",
    **documented("Revoke a token", answers=None, status=204, problems=(401, 403, 404, 422)),
)
async def delete_token(request: Request, token_id: UUID) -> Response:
    """From now on it opens nothing; what it sent stays."""
    by = await caller(request, Scope.ADMIN)
    services = services_of(request)
    await run_in_threadpool(revoke_token, services.accounts, services.clock, by.organization_id, token_id, by)
    services.authenticator.forget()
    return Response(status_code=204)
