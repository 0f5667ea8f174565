"""The caller of a request: by an API token, or by the token of one deployment's monitoring."""

from uuid import UUID

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from vedette_server.domain.accounts import Principal, Scope
from vedette_server.domain.errors import InvalidInput, NotFound
from vedette_server.http.auth import authenticate, bearer_token
from vedette_server.http.services import Services, services_of


async def platform_caller(request: Request, organization: str | None = None, *, also: Scope = Scope.READ) -> Principal:
    """Whom an API token speaks for; `NotFound` where the path names another organization.

    `also`: a scope that opens this route beside `read`.
    """
    services = services_of(request)
    by = await authenticate(services.authenticator, bearer_token(request), Scope.READ, also)
    if organization is not None and parse_id("organization", organization) != by.organization_id:
        raise NotFound("organization", organization)
    return by


async def monitoring_caller(request: Request, deployment: str) -> Principal:
    """Whom the monitoring token of this very deployment speaks for."""
    services = services_of(request)
    claims = services.signer.verify_deployment_token(bearer_token(request), services.clock.now())
    by = await authenticate(services.authenticator, claims.token_id, Scope.PREDICT)
    if parse_id("deployment", deployment) != claims.deployment_id:
        raise NotFound("deployment", deployment)
    return by


async def any_caller(request: Request, deployment: str) -> Principal:
    """One of the two above: both services of the described system answer on some paths."""
    if bearer_token(request).count(".") == 2:
        return await monitoring_caller(request, deployment)
    return await platform_caller(request, also=Scope.PREDICT)


async def log_in(services: Services, api_token: str, deployment: str) -> tuple[Principal, UUID]:
    """Caller and deployment of a login; `Unauthorized` or `NotFound`."""
    by = await authenticate(services.authenticator, api_token, Scope.PREDICT)
    deployment_id = parse_id("deployment", deployment)
    await run_in_threadpool(services.directory.get, by.organization_id, deployment_id)
    return by, deployment_id


def parse_id(kind: str, text: str) -> UUID:
    """An id; one that is none names nothing."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(kind, text) from error


def parse_number(field: str, text: str | None, default: int, most: int) -> int:
    """A count in a query string."""
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 12:
        raise InvalidInput(field, text, "a whole number")
    return min(int(text), most)


def wanted(value: str | None, field: str) -> str:
    """A query parameter that must be there."""
    if value is None:
        raise InvalidInput(field, "nothing", "a value")
    return value
