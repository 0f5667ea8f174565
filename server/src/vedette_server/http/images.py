"""Pictures by signed address: no header needed, so that browsers and old clients can fetch them.

Both dialects hand out these addresses.
"""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from vedette_server.actions.show_image import Variant
from vedette_server.http.services import services_of

# Nobody else's page or script may run what somebody uploaded as a picture.
_SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}

router = APIRouter()


def image_path(organization_id: UUID, data_id: UUID, variant: Variant) -> str:
    """The path that gets signed."""
    return f"/v1/images/{organization_id}/{data_id}/{variant}"


@router.get(
    "/v1/images/{organization_id}/{data_id}/{variant}",
    tags=["images"],
    summary="A picture, by an address that a listing handed out",
    response_class=Response,
    responses={200: {"content": {"image/*": {}}}, 403: {"description": "Not signed, or expired"}},
)
def get_image(request: Request, organization_id: UUID, data_id: UUID, variant: Variant) -> Response:
    """The bytes as they came (`original`), as a browser can show them (`display`), or small (`thumbnail`)."""
    services = services_of(request)
    path = image_path(organization_id, data_id, variant)
    services.signer.verify_path(path, request.query_params, services.clock.now())
    body, content_type, filename = services.images.show(organization_id, data_id, variant)
    quoted = filename.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    headers = {
        **_SAFE_HEADERS,
        "Cache-Control": "private, max-age=3600, immutable",
        "Content-Disposition": f'inline; filename="{quoted}"',
    }
    return Response(body, media_type=content_type, headers=headers)
