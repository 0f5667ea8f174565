"""Requests to one server: with a token, repeated where repeating is safe, errors made into exceptions."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from vedette.contract import Problem
from vedette.errors import BY_STATUS, InvalidHost, RequestRefused, Unauthorized, Unavailable

Answer = TypeVar("Answer")

TRIES = 5
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 8.0
TRY_AGAIN = frozenset({429, 502, 503, 504})

_encoder = msgspec.json.Encoder()


class Connection:
    """Threads may share it; connections are pooled. `sleep` takes the seconds before the next try."""

    def __init__(self, host: str, token: str, timeout: float, sleep: Callable[[float], object] = time.sleep) -> None:
        self.host = _check_host(host)
        self._sleep = sleep
        if not token.isascii() or not token.isprintable() or " " in token:
            raise Unauthorized(
                "the token holds characters that no token has: copy it anew; `vedette token create` makes one", 401
            )
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
            except httpx.RequestError as error:
                if not repeat or not left:
                    raise Unavailable(
                        f"no answer from {self.host} ({type(error).__name__}: {error}): is `vedette up` running there, "
                        "and is VEDETTE_HOST right?"
                    ) from error
                asked = None
            else:
                asked = _retry_after_seconds(response)
                # A server that asks for a longer rest gets it: the caller decides what to do meanwhile.
                if response.status_code not in TRY_AGAIN or not repeat or not left or _is_long(asked):
                    return response
            # Jitter keeps many cameras from coming back at the same instant.
            jitter = random.uniform(0.5, 1.0)  # noqa: S311
            self._sleep(wait * jitter if asked is None else asked + FIRST_WAIT_SECONDS * jitter)
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
        if response.status_code == 429 or (response.status_code >= 500 and response.status_code != 501):
            raise Unavailable(f"{self.host} answered {response.status_code}: {message}", _retry_after_seconds(response))
        if response.is_redirect:
            message = f"{self.host} redirects to {response.headers.get('location')}: is that the right VEDETTE_HOST?"
        kind_of_error = BY_STATUS.get(response.status_code, RequestRefused)
        raise kind_of_error(message, response.status_code, errors)


def path_segment(name: str) -> str:
    """`name` as one segment of a path, whatever characters it has."""
    return quote(name, safe="")


def _check_host(host: str) -> str:
    try:
        url = httpx.URL(host.strip())
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host:
        raise InvalidHost(f"host: got {host!r}, wanted an address like http://127.0.0.1:8600 or https://vedette.my.org")
    return str(url).rstrip("/")


def _is_long(seconds: float | None) -> bool:
    return seconds is not None and seconds > LONGEST_WAIT_SECONDS


def _retry_after_seconds(response: httpx.Response) -> float | None:
    """Seconds, or a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "")
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
