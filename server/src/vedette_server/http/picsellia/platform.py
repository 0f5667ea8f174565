"""The platform's routes: who am I, deployments, model versions.

A client asks for all of this on its way to sending a prediction, so a token that
may do nothing else opens these routes too.
"""

import re
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from vedette_server.actions.deployments import Watched
from vedette_server.domain.accounts import Principal, Scope
from vedette_server.domain.errors import InvalidInput, NotFound
from vedette_server.http.picsellia.access import any_caller, parse_id, platform_caller
from vedette_server.http.picsellia.answers import Answer
from vedette_server.http.picsellia.views import view_deployment, view_model_version
from vedette_server.http.services import services_of

router = APIRouter()

_CLIENT = re.compile(r"Picsellia-SDK/([0-9][0-9A-Za-z.+-]{0,31})")
# The oldest clients do not say their version; this is the last that did not.
_SILENT_CLIENT = "6.6.0"


@router.get("/home/ping")
async def ping(request: Request) -> Response:
    """The first call of every client. Told its own version, it does not warn of being outdated."""
    by = await platform_caller(request, also=Scope.PREDICT)
    named = _CLIENT.match(request.headers.get("user-agent", ""))
    return Answer(
        {
            "sdk_version": named.group(1) if named else _SILENT_CLIENT,
            "username": by.user.name,
            "default_organization": by.organization_id,
        }
    )


@router.get("/organizations/find")
async def find_organization(request: Request, name: str) -> Response:
    """An organization by name: the caller's own, or none."""
    by = await platform_caller(request, also=Scope.PREDICT)
    if name != by.organization.name:
        raise NotFound("organization", name)
    return Answer({"id": by.organization_id, "name": by.organization.name})


@router.get("/organization/{organization}")
async def get_organization(request: Request, organization: str) -> Response:
    """The caller's organization."""
    by = await platform_caller(request, organization, also=Scope.PREDICT)
    datalake = await run_in_threadpool(services_of(request).datalake.find_datalake, by.organization_id)
    return Answer(
        {
            "id": by.organization_id,
            "name": by.organization.name,
            "default_connector_id": datalake.connector_id if datalake else None,
        }
    )


@router.get("/organization/{organization}/deployments/find")
async def find_deployment(
    request: Request, organization: str, name: str | None = None, id: str | None = None
) -> Response:
    """One deployment by name or id."""
    by = await platform_caller(request, organization, also=Scope.PREDICT)
    if name is None and id is None:
        raise InvalidInput("name", "nothing", "a name or an id")
    key = parse_id("deployment", id) if id is not None else name or ""
    return await _answer_deployment(request, by, key)


@router.get("/organization/{organization}/deployments")
async def list_deployments(request: Request, organization: str) -> Response:
    """All deployments."""
    by = await platform_caller(request, organization, also=Scope.PREDICT)
    services = services_of(request)
    found = await run_in_threadpool(services.directory.list, by.organization_id)
    origin = services.origin(request)
    return Answer({"items": [view_deployment(watched, origin) for watched in found], "count": len(found)})


@router.get("/deployment/{deployment}")
async def get_deployment(request: Request, deployment: str) -> Response:
    """The platform and the monitoring both answer here: one object serves both."""
    by = await any_caller(request, deployment)
    return await _answer_deployment(request, by, parse_id("deployment", deployment))


@router.get("/deployment/{deployment}/labels")
async def list_labels(request: Request, deployment: str) -> Response:
    """The champion's labels."""
    by = await platform_caller(request, also=Scope.PREDICT)
    services = services_of(request)
    watched = await run_in_threadpool(services.directory.get, by.organization_id, parse_id("deployment", deployment))
    return Answer({"items": _labels(watched)})


@router.get("/organization/{organization}/modelversions/find")
async def find_model_version(request: Request, organization: str, id: str) -> Response:
    """One model version by id."""
    by = await platform_caller(request, organization, also=Scope.PREDICT)
    return await _answer_version(request, by, id)


@router.get("/model/version/{version}")
async def get_model_version(request: Request, version: str) -> Response:
    """One model version by id. Clients up to 6.7.0 ask for it before every prediction."""
    by = await platform_caller(request, also=Scope.PREDICT)
    return await _answer_version(request, by, version)


async def _answer_deployment(request: Request, by: Principal, key: UUID | str) -> Response:
    services = services_of(request)
    watched = await run_in_threadpool(services.directory.get, by.organization_id, key)
    return Answer(view_deployment(watched, services.origin(request)))


async def _answer_version(request: Request, by: Principal, text: str) -> Response:
    services = services_of(request)
    version = await run_in_threadpool(
        services.directory.get_version, by.organization_id, parse_id("model version", text)
    )
    return Answer(view_model_version(version))


def _labels(watched: Watched) -> list[dict[str, object]]:
    champion = watched.champion
    if champion is None:
        return []
    # A label has no identity of its own here: the version's id and the class id make one.
    return [
        {"id": UUID(int=champion.id.int ^ (class_id + 1)), "name": name, "group_id": None}
        for class_id, name in champion.labels.items()
    ]
