"""Reading a request's body, never more of it than is allowed."""

from fastapi import Request

from vedette_server.domain.errors import InvalidInput, TooLarge

SETTING = "VEDETTE_MAX_BODY_BYTES"


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, or `TooLarge` as soon as it is known to be larger than `limit` bytes.

    A body that states its length is refused before a byte of it is read; one
    that does not, once more than `limit` has come.
    """
    stated = request.headers.get("content-length")
    if stated is not None:
        if not stated.isdecimal():
            raise InvalidInput("Content-Length", stated, "a number of bytes")
        if int(stated) > limit:
            raise TooLarge("body", f"{int(stated)} bytes", limit, SETTING)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge("body", f"more than {limit} bytes", limit, SETTING)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
