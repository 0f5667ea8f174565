"""Every picture ever monitored, across deployments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from vedette import contract
from vedette_server.domain.accounts import Scope
from vedette_server.domain.datalake import DataFilter
from vedette_server.domain.errors import NotFound
from vedette_server.http.native.access import caller
from vedette_server.http.native.views import view_data
from vedette_server.http.native.wire import Answer, documented
from vedette_server.http.services import services_of

router = APIRouter(tags=["datalake"])
MAX_PAGE = 1000


@router.get(
    "/data",
    **documented("Data, the last recorded first", answers=contract.DataPage, problems=(401, 403, 422)),
)
async def list_data(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    source: Annotated[str | None, Query(max_length=255)] = None,
    tag: Annotated[list[str] | None, Query(max_length=64)] = None,
) -> Response:
    """Several `tag`s: Data that carry every one of them."""
    by = await caller(request, Scope.READ)
    services = services_of(request)
    chosen = DataFilter(sources=((source,),) if source is not None else (), tags=tuple((name,) for name in tag or ()))

    def work() -> contract.DataPage:
        page = services.datalake.list_data(
            by.organization_id, by.organization.datalake_id, chosen, limit, cursor=cursor
        )
        now = services.clock.now()
        items = [view_data(data, by.organization_id, services, now) for data in page.items]
        return contract.DataPage(items, page.next_cursor, page.count)

    return Answer(await run_in_threadpool(work))


@router.get("/data/{data_id}", **documented("One Data", answers=contract.Data, problems=(401, 403, 404, 422)))
async def get_data(request: Request, data_id: UUID) -> Response:
    """By id."""
    by = await caller(request, Scope.READ)
    services = services_of(request)

    def work() -> contract.Data:
        data = services.datalake.find_data(by.organization_id, data_id)
        if data is None:
            raise NotFound("data", data_id)
        return view_data(data, by.organization_id, services, services.clock.now())

    return Answer(await run_in_threadpool(work))
