"""The ASGI application: both dialects, pictures, probes, metrics and the dashboard, over one set of services."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vedette_server.domain.errors import InvalidInput, NotFound, NotSupported, VedetteError
from vedette_server.http import dashboard, images, operations
from vedette_server.http.errors import INTERNAL_ERROR, headers_of, status_of
from vedette_server.http.native import accounts, datalake, deployments, predictions
from vedette_server.http.native.openapi import make_openapi
from vedette_server.http.native.wire import problem_response
from vedette_server.http.picsellia import routes as picsellia
from vedette_server.http.services import Services

FLUSH_SECONDS = 1.0

log = structlog.get_logger(__name__)


def make_api() -> FastAPI:
    """The documented routes: the native dialect and its pictures, without services."""
    api = FastAPI(
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        # Existing clients send JSON without saying so.
        strict_content_type=False,
    )
    for native in (accounts, deployments, predictions, datalake):
        api.include_router(native.router, prefix="/v1")
    api.include_router(images.router)
    api.openapi = lambda: make_openapi(api)  # type: ignore[method-assign]
    return api


def create_app(services: Services, static: Path, on_close: Callable[[], None] = lambda: None) -> ASGIApp:
    """The application. `on_close` runs when everything that was accepted has been finished."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        services.recorder.start()
        flushing = asyncio.create_task(_flush_refusals(services))
        yield
        flushing.cancel()
        await run_in_threadpool(services.recorder.close)
        services.metrics.flush(services.predictions.count_refusals)
        on_close()

    app = make_api()
    app.router.lifespan_context = lifespan
    app.state.services = services
    app.include_router(operations.router)
    app.include_router(picsellia.router, include_in_schema=False)
    app.include_router(dashboard.make_router(static), include_in_schema=False)
    app.add_exception_handler(VedetteError, _answer_error)
    app.add_exception_handler(RequestValidationError, _answer_validation)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_crash)
    return SecurityHeaders(app)


async def _flush_refusals(services: Services) -> None:
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        try:
            await run_in_threadpool(services.metrics.flush, services.predictions.count_refusals)
        except Exception:
            log.exception("refusals could not be counted")


def _answer(request: Request, error: VedetteError) -> Response:
    if picsellia.speaks(request.url.path):
        return picsellia.error_response(str(error), error, status_of(error), headers_of(error))
    return problem_response(error)


async def _answer_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, VedetteError)
    if status_of(error) >= 500:
        log.warning("request failed", path=request.url.path, reason=error.reason, error=str(error))
    return _answer(request, error)


async def _answer_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = error.errors()[0]
    field = ".".join(str(step) for step in first["loc"][1:]) or "body"
    return _answer(request, InvalidInput(field, first.get("input"), str(first["msg"])))


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _answer(request, NotFound("route", f"{request.method} {request.url.path}"))
    problem = NotSupported(f"{request.method} {request.url.path}: {error.detail}")
    response = _answer(request, problem)
    response.status_code = error.status_code
    return response


async def _answer_crash(request: Request, error: Exception) -> Response:
    log.error("unexpected error", path=request.url.path, method=request.method, exc_info=error)
    return _answer(request, VedetteError(INTERNAL_ERROR))


class SecurityHeaders:
    """Headers that every answer carries, set without a detour through another task."""

    POLICY = (
        b"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        b"script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every HTTP answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                names = {name for name, _ in headers}
                for name, value in (
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                    (b"content-security-policy", self.POLICY),
                ):
                    if name not in names:
                        headers.append((name, value))
            await send(message)

        await self.app(scope, receive, send_with_headers)
