"""JSON bodies into types, and msgspec's complaints into errors that name the field, what came and what was wanted."""

import re
from typing import TypeVar

import msgspec

from vedette_server.domain.errors import InvalidInput, Malformed

Shape = TypeVar("Shape")

_EXPECTED = re.compile(r"Expected (?P<wanted>.+), got (?P<got>.+)", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`")


def decode_json(body: bytes, decoder: "msgspec.json.Decoder[Shape]", field: str = "body") -> Shape:
    """`body` as the decoder's type; `Malformed` for what is no JSON, `InvalidInput` for another shape."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _shape_error(error, field) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(field, error, "a whole JSON document") from error


def _shape_error(error: msgspec.ValidationError, root: str) -> InvalidInput:
    complaint, _, place = str(error).partition(" - at `$")
    place = place.rstrip("`").lstrip(".")
    if missing := _MISSING.match(complaint):
        return _invalid(place, missing["field"], root, "nothing", "this field")
    if unknown := _UNKNOWN.match(complaint):
        return _invalid(place, unknown["field"], root, "a field that is not known here", "no such field")
    if expected := _EXPECTED.match(complaint):
        return _invalid(place, "", root, expected["got"].replace("`", ""), expected["wanted"].replace("`", ""))
    # Bounds: "Expected `float` >= 0.0".
    return _invalid(place, "", root, "another value", complaint.removeprefix("Expected ").replace("`", ""))


def _invalid(place: str, name: str, root: str, got: str, wanted: str) -> InvalidInput:
    field = ".".join(part for part in (place, name) if part) or root
    return InvalidInput(field, got, wanted, reason="invalid_shape")
