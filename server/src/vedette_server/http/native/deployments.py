"""Deployments, the model versions in them, and the names of their classes."""

from collections.abc import Callable

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from vedette import contract
from vedette_server.actions.deployments import Watched
from vedette_server.domain.accounts import Principal, Scope
from vedette_server.domain.deployments import InferenceType, Role
from vedette_server.domain.errors import InvalidInput
from vedette_server.http.native.access import caller, find_deployment
from vedette_server.http.native.views import view_deployment, view_version
from vedette_server.http.native.wire import Answer, decode_request, documented
from vedette_server.http.services import Services, services_of

router = APIRouter(tags=["deployments"])

_new_deployment = msgspec.json.Decoder(contract.DeploymentRequest)
_new_role = msgspec.json.Decoder(contract.RoleRequest)
_new_label = msgspec.json.Decoder(contract.LabelRequest)


def _view(services: Services, by: Principal, watched: Watched) -> contract.Deployment:
    return view_deployment(watched, services.predictions.activity(by.organization_id, watched.deployment.id))


@router.get("/deployments", **documented("All deployments, by name", answers=contract.DeploymentList))
async def list_deployments(request: Request) -> Response:
    """With champion, shadow and counters of each."""
    by = await caller(request, Scope.READ)
    services = services_of(request)

    def work() -> contract.DeploymentList:
        return contract.DeploymentList(
            [_view(services, by, watched) for watched in services.directory.list(by.organization_id)]
        )

    return Answer(await run_in_threadpool(work))


@router.post(
    "/deployments",
    **documented(
        "Create a deployment",
        answers=contract.Deployment,
        status=201,
        body=contract.DeploymentRequest,
        problems=(400, 401, 403, 409, 413, 422),
    ),
)
async def create_deployment(request: Request) -> Response:
    """With a model of its own, whose version `v1` becomes the champion and holds the labels."""
    by = await caller(request, Scope.ADMIN)
    said = await decode_request(request, _new_deployment)
    services = services_of(request)
    try:
        kind = InferenceType(said.type)
    except ValueError as error:
        raise InvalidInput("type", said.type, f"one of {', '.join(InferenceType)}") from error
    labels = said.labels if isinstance(said.labels, dict) else dict(enumerate(said.labels))

    def work() -> contract.Deployment:
        return _view(services, by, services.directory.create(by, said.name, kind, labels, said.min_threshold))

    return Answer(await run_in_threadpool(work), 201)


@router.get(
    "/deployments/{deployment}",
    **documented("One deployment", answers=contract.Deployment, problems=(401, 403, 404)),
)
async def get_deployment(request: Request, deployment: str) -> Response:
    """By id or name. A token that may only send predictions may look where it sends them."""
    by = await caller(request, Scope.READ, Scope.PREDICT)
    services = services_of(request)

    def work() -> contract.Deployment:
        return _view(services, by, find_deployment(services, by, deployment))

    return Answer(await run_in_threadpool(work))


@router.get(
    "/deployments/{deployment}/model-versions",
    **documented("Model versions of a deployment", answers=contract.ModelVersionList, problems=(401, 403, 404)),
)
async def list_model_versions(request: Request, deployment: str) -> Response:
    """Those of its own model, and any other that holds or held a role."""
    by = await caller(request, Scope.READ)
    services = services_of(request)

    def work() -> contract.ModelVersionList:
        versions = find_deployment(services, by, deployment).versions.values()
        return contract.ModelVersionList([view_version(version) for version in versions])

    return Answer(await run_in_threadpool(work))


async def _set_role(request: Request, deployment: str, role: Role) -> Response:
    by = await caller(request, Scope.ADMIN)
    said = await decode_request(request, _new_role)
    services = services_of(request)

    def work() -> contract.Deployment:
        watched = find_deployment(services, by, deployment)
        return _view(services, by, services.directory.set_model(by, watched, role, said.model_version))

    return Answer(await run_in_threadpool(work))


def _role_route(role: Role) -> Callable[..., object]:
    return router.put(
        f"/deployments/{{deployment}}/{role}",
        **documented(
            f"Set the {role} from now on",
            answers=contract.Deployment,
            body=contract.RoleRequest,
            problems=(400, 401, 403, 404, 413, 422),
        ),
    )


@_role_route(Role.CHAMPION)
async def set_champion(request: Request, deployment: str) -> Response:
    """Predictions taken before now stay with the champion of their time."""
    return await _set_role(request, deployment, Role.CHAMPION)


@_role_route(Role.SHADOW)
async def set_shadow(request: Request, deployment: str) -> Response:
    """Predictions taken before now stay with the shadow of their time."""
    return await _set_role(request, deployment, Role.SHADOW)


@router.put(
    "/deployments/{deployment}/model-versions/{version}/labels/{class_id}",
    **documented(
        "Name a class",
        answers=contract.ModelVersion,
        body=contract.LabelRequest,
        problems=(400, 401, 403, 404, 413, 422),
    ),
)
async def name_class(request: Request, deployment: str, version: str, class_id: int) -> Response:
    """Sets the name in the version's label map, with effect on every prediction already kept."""
    by = await caller(request, Scope.ADMIN)
    said = await decode_request(request, _new_label)
    services = services_of(request)

    def work() -> contract.ModelVersion:
        watched = find_deployment(services, by, deployment)
        return view_version(services.directory.name_class(by, watched, version, class_id, said.name))

    return Answer(await run_in_threadpool(work))
