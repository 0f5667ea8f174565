"""The caller of a native request, and the deployment it names."""

from fastapi import Request

from vedette_server.actions.deployments import Watched
from vedette_server.domain.accounts import Principal, Scope
from vedette_server.http.auth import authenticate, bearer_token
from vedette_server.http.monitoring import deployment_key
from vedette_server.http.services import Services, services_of


async def caller(request: Request, *scopes: Scope) -> Principal:
    """Whom the bearer token speaks for; `Forbidden` unless it covers one of `scopes`."""
    return await authenticate(services_of(request).authenticator, bearer_token(request), *scopes)


def find_deployment(services: Services, by: Principal, text: str) -> Watched:
    """A deployment of the caller's organization by id or name."""
    return services.directory.get(by.organization_id, deployment_key(text))
