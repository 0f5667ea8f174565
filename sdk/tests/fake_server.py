"""A server of the native wire, small enough to read: real sockets, no store but lists.

It keeps what it is sent, answers a repeated id as the real one does, and can be told to
fail the next requests in a given way.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import msgspec

from vedette import contract
from vedette.ids import uuid7

TOKEN = "vdt_" + "a" * 43
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ORGANIZATION = contract.Named(uuid7(), "default")


@dataclass(frozen=True)
class Refusal:
    """Answer with this instead of doing anything."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Drop:
    """Break the connection: before the request took effect, or after it did but before the answer."""

    took_effect: bool


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Monitored:
    """A prediction as it was stored: the document, the picture, and the picture's own headers."""

    document: contract.PredictionRequest
    image: bytes
    image_headers: str


def a_version(name: str = "v1", labels: dict[int, str] | None = None) -> contract.ModelVersion:
    """A model version of the fake's only model."""
    named = {0: "small coin", 1: "large coin"} if labels is None else labels
    return contract.ModelVersion(
        id=uuid7(), name=name, model="coins", version=1, type="SEGMENTATION",
        labels=[contract.Label(class_id, label) for class_id, label in named.items()],
    )  # fmt: skip


def a_deployment(name: str = "coins", **changes: Any) -> contract.Deployment:
    """A deployment in which nothing has happened."""
    facts: dict[str, Any] = {
        "id": uuid7(), "name": name, "type": "SEGMENTATION", "min_threshold": 0.0, "created_at": NOON,
        "champion": a_version(), "shadow": None, "prediction_count": 0, "flagged_count": 0, "replay_count": 0,
        "refusal_count": 0, "last_prediction_at": None, "last_received_at": None, "mean_latency_seconds": None,
        "flag_counts": {}, "refusal_counts": {}, "sources": [], "tags": [],
    }  # fmt: skip
    return contract.Deployment(**{**facts, **changes})


def a_data(number: int) -> contract.Data:
    """A picture of the datalake."""
    return contract.Data(
        id=UUID(int=number), datalake_id=uuid7(), filename=f"{number}.png", content_type="image/png", width=8, height=6,
        size_bytes=100, checksum_sha256="0" * 64, source="serving", tags=[], metadata={}, created_at=NOON,
        image_state="kept", image_url=None,
    )  # fmt: skip


def an_item(number: int) -> contract.PredictionItem:
    """A prediction as it is read back."""
    said = contract.PredictionView(
        model_version="v1", model_version_id=uuid7(), latency_seconds=0.1, object_count=0, objects=[]
    )
    return contract.PredictionItem(
        id=UUID(int=number), predicted_asset_id=uuid7(), data_id=uuid7(), filename=f"{number}.png", captured_at=NOON,
        received_at=NOON, filed_at=NOON, source=None, tags=[], metadata={}, width=8, height=6,
        content_type="image/png", size_bytes=100, checksum_sha256="0" * 64, image_state="kept", image_url=None,
        display_url=None, thumbnail_url=None, flags=[], champion=said, shadow=None, measurements=None,
    )  # fmt: skip


class FakeServer:
    """What was asked, what was stored, and what is to go wrong next."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.faults: deque[Refusal | Drop] = deque()
        self.deployments: dict[str, contract.Deployment] = {}
        self.stored: dict[UUID, Monitored] = {}
        self.answers: dict[UUID, contract.PredictionAnswer] = {}
        self.items: list[contract.PredictionItem] = []
        self.data: list[contract.Data] = []
        self.flags: list[contract.Flag] = []

    def add(self, deployment: contract.Deployment) -> contract.Deployment:
        """A deployment that is there already."""
        self.deployments[deployment.name] = deployment
        return deployment

    @property
    def last(self) -> Monitored:
        """The prediction stored last."""
        return list(self.stored.values())[-1]

    def answer(self, request: Request) -> tuple[int, Any]:
        """Status and content for a request, as the contract has them."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _problem(401, "this token is unknown; `vedette token create` makes one")
        match request.method, [unquote(part) for part in request.path.split("/")[2:]]:
            case "GET", ["me"]:
                return 200, _me(self.url)
            case "GET", ["deployments"]:
                return 200, contract.DeploymentList(list(self.deployments.values()))
            case "POST", ["deployments"]:
                return self._create(request)
            case "GET", ["data"]:
                return 200, _page(contract.DataPage, self.data, request)
            case method, ["deployments", key, *rest]:
                known = [found for found in self.deployments.values() if key in {found.name, str(found.id)}]
                return self._within(method, known[0], rest, request) if known else _nothing("deployment", key)
        return _nothing("route", request.path)

    def _create(self, request: Request) -> tuple[int, Any]:
        said = msgspec.json.decode(request.body, type=contract.DeploymentRequest)
        if said.name in self.deployments:
            return _problem(409, f"a deployment {said.name!r} exists already")
        labels = said.labels if isinstance(said.labels, dict) else dict(enumerate(said.labels))
        return 201, self.add(a_deployment(said.name, type=said.type, champion=a_version(labels=labels)))

    def _within(
        self, method: str, deployment: contract.Deployment, rest: list[str], request: Request
    ) -> tuple[int, Any]:
        match method, rest:
            case "GET", []:
                return 200, deployment
            case "POST", ["predictions"]:
                return self._record(deployment, request)
            case "GET", ["predictions"]:
                return 200, _page(contract.PredictionPage, self.items, request)
            case "GET", ["predictions", id]:
                found = [item for item in self.items if str(item.id) == id]
                return (200, found[0]) if found else _nothing("prediction", id)
            case "PUT", ["champion" | "shadow" as role]:
                name = msgspec.json.decode(request.body, type=contract.RoleRequest).model_version
                version = None if name is None else a_version(name)
                return 200, self.add(msgspec.structs.replace(deployment, **{role: version}))
            case "PUT", ["model-versions", version, "labels", class_id]:
                name = msgspec.json.decode(request.body, type=contract.LabelRequest).name
                return 200, a_version(version, {int(class_id): name})
        return _nothing("route", request.path)

    def _record(self, deployment: contract.Deployment, request: Request) -> tuple[int, Any]:
        parts = _split(request)
        document = msgspec.json.decode(parts["prediction"][1], type=contract.PredictionRequest)
        assert document.id is not None
        new = Monitored(document, parts["image"][1], parts["image"][0])
        known = self.stored.setdefault(document.id, new)
        if known != new:
            return _problem(409, f"prediction {document.id} exists already in this deployment with other content")
        if known is not new:
            return 200, msgspec.structs.replace(self.answers[document.id], replayed=True)
        answer = contract.PredictionAnswer(
            id=document.id, deployment_id=deployment.id, predicted_asset_id=uuid7(), data_id=uuid7(), captured_at=NOON,
            received_at=NOON, filed_at=NOON, model_version=document.model_version or "v1", flags=self.flags,
            replayed=False,
        )  # fmt: skip
        self.answers[document.id] = answer
        return 201, answer


def _split(request: Request) -> dict[str, tuple[str, bytes]]:
    boundary = request.headers["content-type"].partition("boundary=")[2].strip('"').encode()
    parts = {}
    for piece in request.body.split(b"--" + boundary)[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        parts[name] = (head.decode(), content.removesuffix(b"\r\n"))
    return parts


def _me(url: str) -> contract.Me:
    token = contract.TokenView(
        id=uuid7(), name="admin", scopes=["admin"], created_at=NOON, expires_at=None, revoked_at=None
    )
    return contract.Me(ORGANIZATION, contract.Named(uuid7(), "admin"), token, contract.ServerView("0.1.0", url))


def _page(kind: type[Any], rows: list[Any], request: Request) -> Any:
    """At most two a page, so that a listing of a few rows has several."""
    start = int(request.query.get("cursor", ["0"])[0])
    end = start + min(2, int(request.query["limit"][0]))
    return kind(rows[start:end], str(end) if end < len(rows) else None, len(rows))


def _nothing(kind: str, key: str) -> tuple[int, contract.Problem]:
    return _problem(404, f"no {kind} {key!r} in this organization")


def _problem(status: int, detail: str) -> tuple[int, contract.Problem]:
    return status, contract.Problem(type="about:blank", title="refused", status=status, detail=detail)


def _handler(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet: else the two wait for each other (Nagle, delayed ACK).
        wbufsize = -1

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            address = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            request = Request(self.command, address.path, parse_qs(address.query), headers, body)
            fake.requests.append(request)
            fault = fake.faults.popleft() if fake.faults else None
            if isinstance(fault, Refusal):
                return self._reply(fault.status, fault.headers, fault.body)
            if isinstance(fault, Drop) and not fault.took_effect:
                return self._drop()
            status, content = fake.answer(request)
            if isinstance(fault, Drop):
                return self._drop()
            return self._reply(status, {"Content-Type": "application/json"}, msgspec.json.encode(content))

        do_GET = do_POST = do_PUT = _serve  # noqa: N815

        def _reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _drop(self) -> None:
            self.close_connection = True
            self.connection.shutdown(SHUT_RDWR)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def running_fake() -> Iterator[FakeServer]:
    """A fake on a free port for the length of the block."""
    fake = FakeServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake)) as server:
        # Its threads end when clients hang up, which a failing test's client may not do.
        server.daemon_threads = True
        fake.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
