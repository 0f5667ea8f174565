"""The built dashboard: files as they are, and its page for every address that is one of its own."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse

from vedette_server.domain.errors import NotFound

NOT_BUILT = "The dashboard is not built: run `make setup`. The API answers under /v1.\n"
_OTHERS = ("v1/", "api/", "sdk/")


def make_router(static: Path) -> APIRouter:
    """Routes for the files under `static`; must come after every other router."""
    router = APIRouter()
    root = static.resolve()

    @router.get("/{path:path}")
    def get_file(request: Request, path: str) -> Response:
        if path.startswith(_OTHERS):
            raise NotFound("route", f"{request.method} /{path}")
        file = (root / path).resolve() if "\0" not in path else root
        if file.is_relative_to(root) and file.is_file() and file != root / "index.html":
            # Built files carry a hash of their content in their name.
            forever = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
            return FileResponse(file, headers={"Cache-Control": forever})
        if path.startswith("assets/") or ("/" not in path and "." in path):
            raise NotFound("file", path)
        index = root / "index.html"
        if not index.is_file():
            return PlainTextResponse(NOT_BUILT, 404)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    return router
