"""For those who run Vedette: is it alive, is it ready, what is it doing."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from vedette_server.http.services import services_of

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", media_type="text/plain")


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Records and objects answer too; 503 where one does not."""
    services = services_of(request)
    failed = await run_in_threadpool(services.check_stores)
    if failed:
        text = "".join(f"{store}: {reason}\n" for store, reason in failed.items())
        return Response(text, 503, media_type="text/plain")
    return Response("ready\n", media_type="text/plain")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus' text form. It names deployments, but nothing that was predicted."""
    return Response(services_of(request).metrics.render(), media_type="text/plain; version=0.0.4")
