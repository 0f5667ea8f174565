"""The datalake's routes: list and find Data, tags and sources."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from vedette_server.domain.accounts import Principal
from vedette_server.domain.datalake import Data, DataFilter, Named
from vedette_server.domain.errors import InvalidInput, NotFound
from vedette_server.domain.query import parse_query
from vedette_server.http.body import read_body
from vedette_server.http.picsellia.access import parse_id, parse_number, platform_caller
from vedette_server.http.picsellia.answers import Answer
from vedette_server.http.picsellia.bodies import Wanted, decode
from vedette_server.http.picsellia.views import view_data, view_datalake, view_named, view_page, view_tag
from vedette_server.http.services import services_of

router = APIRouter()

DEFAULT_PAGE = 1000
MAX_PAGE = 10_000
MAX_WANTED_BYTES = 1024 * 1024

# The order of commits is the order of creation.
_ORDERS = {"created_at": True, "-created_at": False, "id": True, "-id": False}


@router.get("/organization/{organization}/datalake")
async def find_datalake(
    request: Request, organization: str, id: str | None = None, name: str | None = None
) -> Response:
    """A datalake by id or name, or the default one."""
    by = await platform_caller(request, organization)
    key = parse_id("datalake", id) if id is not None else name
    return await _answer_datalake(request, by, key)


@router.get("/organization/{organization}/datalakes")
async def list_datalakes(request: Request, organization: str) -> Response:
    """All datalakes: there is one."""
    by = await platform_caller(request, organization)
    datalake = await run_in_threadpool(services_of(request).datalake.find_datalake, by.organization_id)
    return Answer({"items": [view_datalake(datalake)] if datalake else []})


@router.get("/datalake/{datalake}")
async def get_datalake(request: Request, datalake: str) -> Response:
    """A datalake by id."""
    by = await platform_caller(request)
    return await _answer_datalake(request, by, parse_id("datalake", datalake))


@router.get("/datalake/{datalake}/datas")
async def list_data(
    request: Request,
    datalake: str,
    q: str | None = None,
    limit: str | None = None,
    offset: str | None = None,
    cursor: str | None = None,
    order_by: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """A page of Data, by cursor or by offset."""
    by = await platform_caller(request)
    chosen = parse_query("q", q) if q else DataFilter()
    return await _answer_page(request, by, datalake, chosen, limit, offset, cursor, order_by)


@router.api_route("/datalake/{datalake}/datas", methods=["XGET"])
async def list_named_data(
    request: Request,
    datalake: str,
    q: str | None = None,
    limit: str | None = None,
    offset: str | None = None,
    order_by: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """Data by their ids, file names or object names, which are too many for a query string."""
    by = await platform_caller(request)
    said: Wanted = decode(await read_body(request, MAX_WANTED_BYTES), Wanted)
    query = said.q or q
    chosen = msgspec.structs.replace(
        parse_query("q", query) if query else DataFilter(),
        **{
            name: tuple(values)
            for name in ("ids", "filenames", "object_names")
            if (values := getattr(said, name)) is not None
        },
    )
    return await _answer_page(request, by, datalake, chosen, limit, offset, None, order_by, MAX_PAGE)


@router.get("/datalake/{datalake}/datas/find")
async def find_data(
    request: Request,
    datalake: str,
    id: str | None = None,
    filename: str | None = None,
    object_name: str | None = None,
) -> Response:
    """The newest Data of that id, file name or object name."""
    by = await platform_caller(request)
    if id is None and filename is None and object_name is None:
        raise InvalidInput("id", "nothing", "an id, a filename or an object_name")
    chosen = DataFilter(
        ids=None if id is None else (parse_id("data", id),),
        filenames=None if filename is None else (filename,),
        object_names=None if object_name is None else (object_name,),
    )
    services = services_of(request)
    lake = await _lake_id(request, by, datalake)

    def work() -> list[Data]:
        return services.datalake.list_data(by.organization_id, lake, chosen, 1).items

    found = await run_in_threadpool(work)
    if not found:
        raise NotFound("data", id or filename or object_name)
    return _answer_data(request, by, found[0])


@router.get("/data/{data_id}")
async def get_data(request: Request, data_id: str) -> Response:
    """One Data, with its tags, its source and an address to download it from."""
    by = await platform_caller(request)
    return _answer_data(request, by, await _find(request, by, data_id))


@router.get("/data/{data_id}/presigned-url")
async def get_presigned_url(request: Request, data_id: str) -> Response:
    """A fresh address to download a Data from."""
    by = await platform_caller(request)
    data = await _find(request, by, data_id)
    services = services_of(request)
    view = view_data(data, by.organization_id, services, services.origin(request), services.clock.now())
    if view["presigned_url"] is None:
        raise NotFound("image", data_id)
    return Answer({"presigned_url": view["presigned_url"]})


@router.get("/datalake/{datalake}/tags")
async def list_tags(request: Request, datalake: str) -> Response:
    """All tags of Data."""
    by = await platform_caller(request)
    await _lake_id(request, by, datalake)
    tags = await run_in_threadpool(services_of(request).datalake.list_tags, by.organization_id)
    return Answer({"items": [view_tag(tag) for tag in tags], "count": len(tags)})


@router.get("/datalake/{datalake}/tags/find")
async def find_tag(request: Request, datalake: str, name: str) -> Response:
    """A tag by name."""
    by = await platform_caller(request)
    await _lake_id(request, by, datalake)
    tags = await run_in_threadpool(services_of(request).datalake.list_tags, by.organization_id, name)
    return Answer(view_tag(_only("tag", name, tags)))


@router.get("/organization/{organization}/datasources")
async def list_sources(request: Request, organization: str) -> Response:
    """All data sources."""
    by = await platform_caller(request, organization)
    sources = await run_in_threadpool(services_of(request).datalake.list_sources, by.organization_id)
    return Answer({"items": [view_named(source) for source in sources], "count": len(sources)})


@router.get("/organization/{organization}/datasources/find")
async def find_source(request: Request, organization: str, name: str) -> Response:
    """A data source by name."""
    by = await platform_caller(request, organization)
    sources = await run_in_threadpool(services_of(request).datalake.list_sources, by.organization_id, name)
    return Answer(view_named(_only("data source", name, sources)))


def _only(kind: str, name: str, found: list[Named]) -> Named:
    if not found:
        raise NotFound(kind, name)
    return found[0]


async def _lake_id(request: Request, by: Principal, text: str) -> UUID:
    lake_id = parse_id("datalake", text)
    lake = await run_in_threadpool(services_of(request).datalake.find_datalake, by.organization_id, lake_id)
    if lake is None:
        raise NotFound("datalake", text)
    return lake.id


async def _find(request: Request, by: Principal, text: str) -> Data:
    data_id = parse_id("data", text)
    data = await run_in_threadpool(services_of(request).datalake.find_data, by.organization_id, data_id)
    if data is None:
        raise NotFound("data", text)
    return data


async def _answer_datalake(request: Request, by: Principal, key: UUID | str | None) -> Response:
    lake = await run_in_threadpool(services_of(request).datalake.find_datalake, by.organization_id, key)
    if lake is None:
        raise NotFound("datalake", key)
    return Answer(view_datalake(lake))


def _answer_data(request: Request, by: Principal, data: Data) -> Response:
    services = services_of(request)
    return Answer(view_data(data, by.organization_id, services, services.origin(request), services.clock.now()))


async def _answer_page(
    request: Request,
    by: Principal,
    datalake: str,
    chosen: DataFilter,
    limit: str | None,
    offset: str | None,
    cursor: str | None,
    order_by: list[str] | None,
    default_limit: int = DEFAULT_PAGE,
) -> Response:
    services = services_of(request)
    lake = await _lake_id(request, by, datalake)
    most = max(1, parse_number("limit", limit, default_limit, MAX_PAGE))
    skipped = parse_number("offset", offset, 0, 2**31)
    first = (order_by or ["-created_at"])[0]
    if first not in _ORDERS:
        raise InvalidInput("order_by", first, f"one of {', '.join(_ORDERS)}")

    def work() -> Response:
        page = services.datalake.list_data(
            by.organization_id,
            lake,
            chosen,
            most,
            cursor=cursor,
            offset=skipped,
            oldest_first=_ORDERS[first],
        )
        now = services.clock.now()
        origin = services.origin(request)
        items = [view_data(data, by.organization_id, services, origin, now) for data in page.items]
        return Answer(view_page(page, items))

    return await run_in_threadpool(work)
