"""Requests to one server: with a token, repeated where repeating is safe, errors made into exceptions."""

import random
import time
from typing import Any, TypeVar

import httpx
import msgspec

from vedette.contract import Problem
from vedette.errors import BY_STATUS, RequestRefused, Unavailable

Answer = TypeVar("Answer")

TRIES = 5
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 8.0
TRY_AGAIN = frozenset({429, 502, 503, 504})

_encoder = msgspec.json.Encoder()


class Connection:
    """Threads may share it; connections are pooled."""

    def __init__(self, host: str, token: str, timeout: float) -> None:
        self.host = host.rstrip("/")
        self._http = httpx.Client(
            base_url=self.host,
            headers={"Authorization": f"Bearer {token}", "User-Agent": "vedette-sdk"},
            timeout=timeout,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
        )

    def get(self, path: str, kind: type[Answer], **query: Any) -> Answer:
        """GET, decoded as `kind`; None is left out of the query."""
        params = {name: value for name, value in query.items() if value is not None}
        return self._decode(self._send("GET", path, True, params=params), kind)

    def send(self, method: str, path: str, body: Any, kind: type[Answer], *, repeat: bool = False) -> Answer:
        """A JSON body, answered by `kind`. `repeat`: sending it twice does no harm."""
        headers = {"Content-Type": "application/json"}
        response = self._send(method, path, repeat, content=_encoder.encode(body), headers=headers)
        return self._decode(response, kind)

    def post_image(self, path: str, document: Any, image: bytes, filename: str, kind: type[Answer]) -> Answer:
        """A JSON document and a picture as multipart; the document's id makes repeating safe."""
        files = {
            "prediction": ("prediction.json", _encoder.encode(document), "application/json"),
            "image": (filename, image, "application/octet-stream"),
        }
        return self._decode(self._send("POST", path, True, files=files), kind)

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def _send(self, method: str, path: str, repeat: bool, **content: Any) -> httpx.Response:
        wait = FIRST_WAIT_SECONDS
        for left in range(TRIES - 1, -1, -1):
            try:
                response = self._http.request(method, path, **content)
            except httpx.TransportError as error:
                if not repeat or not left:
                    raise Unavailable(
                        f"no answer from {self.host} ({type(error).__name__}: {error}): is `vedette up` running there, "
                        "and is VEDETTE_HOST right?"
                    ) from error
                asked = None
            else:
                if response.status_code not in TRY_AGAIN or not repeat or not left:
                    return response
                asked = _retry_after(response)
            # Jitter keeps many cameras from coming back at the same instant.
            time.sleep(asked if asked is not None else wait * random.uniform(0.5, 1.0))  # noqa: S311
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        raise AssertionError("unreachable")

    def _decode(self, response: httpx.Response, kind: type[Answer]) -> Answer:
        if response.is_success:
            try:
                return msgspec.json.decode(response.content or b"null", type=kind)
            except msgspec.MsgspecError as error:
                raise Unavailable(f"{self.host} answered something else than Vedette would: {error}") from error
        try:
            problem = msgspec.json.decode(response.content, type=Problem)
            message, errors = problem.detail, tuple(problem.errors)
        except msgspec.MsgspecError:
            message, errors = response.text[:500] or response.reason_phrase, ()
        if response.status_code >= 500 and response.status_code != 501:
            raise Unavailable(f"{self.host} answered {response.status_code}: {message}")
        kind_of_error = BY_STATUS.get(response.status_code, RequestRefused)
        raise kind_of_error(message, response.status_code, errors)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("retry-after", "")
    return min(float(value), LONGEST_WAIT_SECONDS) if value.isdecimal() else None
