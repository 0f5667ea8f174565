"""A picture as it came, as a browser can show it, or small.

Renderings are made when first asked for and kept beside the untouched original,
under its key with a suffix, so they are erased with it.
"""

import enum
from uuid import UUID

from vedette_server.domain.errors import NotFound, VedetteError
from vedette_server.domain.predictions import ImageState
from vedette_server.ports.datalake import DatalakeRecords
from vedette_server.ports.objects import NewObject, ObjectNotFound, ObjectStore
from vedette_server.vision.image_decoding import Undecodable, decode_image, encode_display, render_for_display

THUMBNAIL_SIDE = 480


class Variant(enum.StrEnum):
    """Which form of a picture."""

    ORIGINAL = "original"
    DISPLAY = "display"
    THUMBNAIL = "thumbnail"


RENDERINGS = (Variant.DISPLAY, Variant.THUMBNAIL)


def rendering_key(object_key: str, variant: Variant) -> str:
    """Where a picture's rendering is kept."""
    return f"{object_key}.{variant}"


class ImageViewer:
    """Reads pictures, rendering them where a browser needs it."""

    def __init__(self, datalake: DatalakeRecords, objects: ObjectStore) -> None:
        self._datalake = datalake
        self._objects = objects

    def show(self, organization_id: UUID, data_id: UUID, variant: Variant) -> tuple[bytes, str, str]:
        """The bytes of a picture, their content type and the file name to save them under."""
        data = self._datalake.find_data(organization_id, data_id)
        if data is None or data.picture.state in {ImageState.FORGOTTEN, ImageState.FORGET_AFTER_MEASURING}:
            raise NotFound("image", data_id)
        picture = data.picture
        try:
            if variant is Variant.ORIGINAL or (variant is Variant.DISPLAY and picture.displayable):
                return self._objects.get(picture.object_key), picture.content_type, picture.filename
            return *self._rendering(picture.object_key, variant), picture.filename
        except ObjectNotFound as error:
            raise NotFound("image", data_id) from error

    def _rendering(self, object_key: str, variant: Variant) -> tuple[bytes, str]:
        key = rendering_key(object_key, variant)
        try:
            kept = self._objects.get(key)
        except ObjectNotFound:
            side = THUMBNAIL_SIDE if variant is Variant.THUMBNAIL else None
            try:
                image = render_for_display(decode_image(self._objects.get(object_key)))
            except Undecodable as error:
                raise UndecodableImage(str(error)) from error
            kept, content_type = encode_display(image, max_side=side)
            self._objects.put_many([NewObject(key, kept)])
            return kept, content_type
        return kept, "image/png" if kept.startswith(b"\x89PNG") else "image/jpeg"


class UndecodableImage(VedetteError):
    """The picture is kept as it came, but cannot be rendered."""

    reason = "undecodable"
