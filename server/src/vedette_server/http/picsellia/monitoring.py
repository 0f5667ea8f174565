"""The monitoring service's routes: log in for one deployment, then send predictions to it."""

import time

from fastapi import APIRouter, Request, Response

from vedette_server.actions.deployments import Watched
from vedette_server.domain.predictions import Outcome
from vedette_server.http.body import read_body
from vedette_server.http.monitoring import monitor
from vedette_server.http.picsellia.access import log_in, monitoring_caller
from vedette_server.http.picsellia.answers import Answer
from vedette_server.http.picsellia.bodies import Login, decode, parse_call
from vedette_server.http.picsellia.views import view_outcome
from vedette_server.http.services import services_of
from vedette_server.http.signing import DeploymentClaims

router = APIRouter()

MAX_LOGIN_BYTES = 16_384


@router.post("/auth/login")
async def login(request: Request) -> Response:
    """A short-lived token for one deployment. Clients take nothing but 200 for a yes."""
    services = services_of(request)
    said: Login = decode(await read_body(request, MAX_LOGIN_BYTES), Login)
    by, deployment_id = await log_in(services, said.api_token, said.deployment_id)
    lifetime = services.deployment_token_lifetime
    claims = DeploymentClaims(by.token.id, deployment_id)
    token = services.signer.sign_deployment_token(claims, services.clock.now(), lifetime)
    return Answer({"jwt": token, "expires": int(lifetime.total_seconds())})


@router.post("/deployment/{deployment}/predictions")
async def record_prediction(request: Request, deployment: str) -> Response:
    """Clients take nothing but 201 for a yes, also for a call that they send again."""

    def answer(outcome: Outcome, _: Watched, replayed: bool) -> Response:
        return Answer(view_outcome(outcome, replayed), 201)

    return await monitor(
        request,
        started=time.perf_counter(),
        authenticate=lambda: monitoring_caller(request, deployment),
        key=deployment,
        parse=lambda body, _by, _watched: parse_call(body),
        answer=answer,
    )
