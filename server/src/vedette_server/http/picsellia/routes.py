"""All routes of this dialect, under each prefix that a client version uses."""

from fastapi import APIRouter

from vedette_server.http.picsellia import datalake, monitoring, platform
from vedette_server.http.picsellia.answers import PREFIXES, error_response, speaks

__all__ = ["error_response", "router", "speaks"]

router = APIRouter()
for _prefix in PREFIXES:
    for _routes in (platform, monitoring, datalake):
        router.include_router(_routes.router, prefix=_prefix)
