"""What may be a name: of a deployment, a source, a tag, a file, a model version."""

import unicodedata
from uuid import UUID

from vedette_server.domain.errors import InvalidInput

MAX_NAME_LENGTH = 255
_BIDIRECTIONAL_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_name(field: str, name: str) -> str:
    """`name` itself, or `InvalidInput`.

    Separators are refused because names end up in exports and downloads; control
    and direction marks because they make one name look like another.
    """
    if not name or name != name.strip():
        raise InvalidInput(field, name, "a name without leading or trailing white space", reason="invalid_name")
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidInput(
            field, f"{len(name)} characters", f"at most {MAX_NAME_LENGTH} characters", reason="invalid_name"
        )
    if "/" in name or "\\" in name or name in {".", ".."}:
        raise InvalidInput(field, name, "a name without path separators", reason="invalid_name")
    if not name.isascii() or not name.isprintable():
        for character in name:
            if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
                raise InvalidInput(field, name, "a name without control characters", reason="invalid_name")
            if character in _BIDIRECTIONAL_CONTROLS:
                raise InvalidInput(field, name, "a name without text-direction marks", reason="invalid_name")
    return name


def check_new_name(field: str, name: str) -> str:
    """A name for something that is also reached by its id, so it must not look like one."""
    check_name(field, name)
    try:
        UUID(name)
    except ValueError:
        return name
    raise InvalidInput(field, name, "a name that is not a UUID", reason="invalid_name")
