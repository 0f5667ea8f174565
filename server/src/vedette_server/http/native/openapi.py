"""The OpenAPI document: routes from FastAPI, types from `vedette.contract`."""

import inspect
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from vedette import contract
from vedette_server.http.native.wire import reference

DESCRIPTION = """Send predictions with their pictures, read them back, manage deployments and tokens.

Every call needs `Authorization: Bearer <token>`, except the signed addresses of pictures.
Errors are problem details (RFC 9457). How this interface may change: see `docs/compatibility.md`.
"""


def make_openapi(app: FastAPI) -> dict[str, Any]:
    """The document that `schema/openapi.json` holds."""
    document = get_openapi(
        title="Vedette",
        version="1",
        description=DESCRIPTION,
        routes=app.routes,
    )
    kinds = [
        kind
        for _, kind in inspect.getmembers(contract, inspect.isclass)
        if issubclass(kind, msgspec.Struct) and kind.__module__ == contract.__name__
    ]
    _, schemas = msgspec.json.schema_components(kinds, ref_template=reference_template())
    components = document.setdefault("components", {})
    # FastAPI's own validation errors never leave this server: they become problem details.
    kept = {name: schema for name, schema in components.get("schemas", {}).items() if "Validation" not in name}
    components["schemas"] = dict(sorted({**kept, **schemas}.items()))
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            validation = operation["responses"].get("422", {})
            if "application/json" in validation.get("content", {}):
                operation["responses"]["422"] = {
                    "description": "Problem details",
                    "content": {"application/problem+json": {"schema": reference(contract.Problem)}},
                }
            if path.startswith("/v1/images/"):
                operation["security"] = []
    return document


def reference_template() -> str:
    """How types refer to each other inside the document."""
    return "#/components/schemas/{name}"
