"""The path of one monitored call through HTTP, the same for both dialects.

Authenticate, find the deployment, read the body, parse, check, queue for the
next commit, wait until it is durable; and count whatever refuses it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from functools import partial
from uuid import UUID

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from vedette_server.actions.deployments import Watched
from vedette_server.actions.record_prediction import Accepted, Submission, settle
from vedette_server.domain.accounts import Principal
from vedette_server.domain.errors import InvalidInput, VedetteError
from vedette_server.domain.predictions import Outcome, Verdict
from vedette_server.http.body import read_body
from vedette_server.http.metrics import Metrics
from vedette_server.http.services import Services, services_of

# Below this a request is parsed on the event loop: handing it to a thread would cost more.
INLINE_BODY_BYTES = 512 * 1024

Parse = Callable[[bytes, Principal, Watched], Submission]
AnswerWith = Callable[[Outcome, Watched, bool], Response]


def deployment_key(text: str) -> UUID | str:
    """A deployment's id if `text` is one, else its name."""
    try:
        return UUID(text)
    except ValueError:
        return text


async def monitor(
    request: Request,
    *,
    started: float,
    authenticate: Callable[[], Awaitable[Principal]],
    key: str,
    parse: Parse,
    answer: AnswerWith,
) -> Response:
    """Record one call and answer it. `started`: `time.perf_counter()` at the request's arrival."""
    services = services_of(request)
    counted: tuple[UUID, UUID, str] | None = None
    try:
        by = await authenticate()
        watched = await _find(services, by, deployment_key(key))
        counted = (by.organization_id, watched.deployment.id, watched.deployment.name)
        body = await read_body(request, services.limits.max_body_bytes)
        accepted = await _check(services, by, watched, body, parse)
        recording = services.recorder.submit(accepted)
        # Counted when it is durable, whether or not the client still waits for the answer.
        recording.add_done_callback(partial(_count, services.metrics, watched.deployment.name, started))
        outcome = settle(await asyncio.wrap_future(recording))
        if outcome.champion_version_id not in watched.versions:
            watched = await _find(services, by, watched.deployment.id)
    except VedetteError as error:
        reason = error.reason
        if isinstance(error, InvalidInput) and reason == InvalidInput.reason:
            reason = f"invalid_{error.field.split('.')[0].split('[')[0]}"[:64]
        services.metrics.refused(counted, reason)
        raise
    return answer(outcome, watched, outcome.verdict is Verdict.REPLAYED)


def _count(metrics: Metrics, deployment: str, started: float, recording: "Future[Outcome]") -> None:
    if recording.exception() is not None:
        return
    outcome = recording.result()
    if outcome.verdict is Verdict.REPLAYED:
        metrics.replayed(deployment)
    elif outcome.verdict is Verdict.RECORDED:
        seconds = time.perf_counter() - started
        flags = {flag.code for flag in outcome.flags}
        metrics.recorded(deployment, seconds, outcome.received_at.timestamp(), flags)


async def _find(services: Services, by: Principal, key: UUID | str) -> Watched:
    watched = services.directory.remembered(by.organization_id, key)
    if watched is not None:
        return watched
    return await run_in_threadpool(services.directory.get, by.organization_id, key)


async def _check(services: Services, by: Principal, watched: Watched, body: bytes, parse: Parse) -> Accepted:
    def work() -> Accepted:
        return services.recorder.check(by, watched, parse(body, by, watched))

    return work() if len(body) <= INLINE_BODY_BYTES else await run_in_threadpool(work)
