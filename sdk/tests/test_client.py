"""The client against a small server of its own: what it sends, what it repeats, what it makes of a no."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest

from vedette import Client, InvalidPrediction, SegmentationPrediction, Unauthorized, Unavailable
from vedette.errors import Conflict, Forbidden, InvalidRequest, TooLarge

DEPLOYMENT = {
    "id": "0190a000-0000-7000-8000-000000000004", "name": "coins", "type": "SEGMENTATION", "min_threshold": 0.0,
    "created_at": "2026-01-01T00:00:00Z", "champion": None, "shadow": None, "prediction_count": 0, "flagged_count": 0,
    "replay_count": 0, "refusal_count": 0, "last_prediction_at": None, "last_received_at": None,
    "mean_latency_seconds": None, "flag_counts": {}, "refusal_counts": {}, "sources": [], "tags": [],
}  # fmt: skip
NOTHING = SegmentationPrediction([])
IMAGE = b"\x89PNG not looked at here"


class Recording(ThreadingHTTPServer):
    """Answers like Vedette, as often badly as `trouble` says, and remembers what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.documents: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.trouble: list[tuple[int, dict[str, str]] | None] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Recording
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self.answer(200, DEPLOYMENT)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        found = re.search(rb"application/json\r\n\r\n(.*?)\r\n--", body, re.DOTALL)
        assert found
        document = json.loads(found.group(1))
        self.server.documents.append(document)
        trouble = self.server.trouble.pop(0) if self.server.trouble else (201, {})
        if trouble is None:
            # Stored, but the answer never arrives.
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, headers = trouble
        if status != 201:
            problem = {"type": "x", "title": "x", "status": status, "detail": "because", "errors": []}
            self.answer(status, problem, headers)
            return
        times = dict.fromkeys(("captured_at", "received_at", "filed_at"), "2026-01-01T00:00:00Z")
        ids = dict.fromkeys(("deployment_id", "predicted_asset_id", "data_id"), DEPLOYMENT["id"])
        answer = {"id": document["id"], **ids, **times, "model_version": "v1", "flags": [], "replayed": False}
        self.answer(201, answer)


@pytest.fixture
def server() -> Iterator[Recording]:
    server = Recording()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(server: Recording) -> Iterator[Client]:
    with Client(api_token="vdt_x", host=server.url) as client:
        yield client


def test_the_pages_arguments_in_the_pages_order(server: Recording, client: Client) -> None:
    deployment = client.get_deployment("coins")
    data = deployment.monitor(
        IMAGE, 0.257, 800, 600, NOTHING, "camera-1", ["a", "b"], 1700000000.5, "v3", "v4", 0.5, NOTHING
    )  # fmt: skip
    [sent] = server.documents
    assert (sent["latency_seconds"], sent["height"], sent["width"]) == (0.257, 800, 600)
    assert (sent["source"], sent["tags"], sent["captured_at"]) == ("camera-1", ["a", "b"], 1700000000.5)
    assert sent["model_version"] == "v3"
    assert sent["shadow"] == {"prediction": {"objects": []}, "latency_seconds": 0.5, "model_version": "v4"}
    assert IMAGE in server.bodies[0]
    assert data["id"] == sent["id"] == str(data.id) == str(data.wait().id)
    assert dict(data)["model_version"] == "v1"


def test_repr_is_that_of_a_dict(client: Client) -> None:
    data = client.get_deployment("coins").monitor(IMAGE, 1, prediction=NOTHING)
    assert repr(data) == repr(dict(data))


def test_what_is_away_for_a_moment_is_asked_again_with_the_same_id(server: Recording, client: Client) -> None:
    server.trouble = [(503, {"Retry-After": "0"}), None, (429, {"Retry-After": "0"})]
    data = client.get_deployment("coins").monitor(IMAGE, timedelta(seconds=1), prediction=NOTHING)
    assert len(server.documents) == 4
    assert {sent["id"] for sent in server.documents} == {str(data.id)}
    assert len({body.split(b"\r\n", 1)[1].replace(body.split(b"\r\n", 1)[0], b"") for body in server.bodies}) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Unauthorized),
        (403, Forbidden),
        (409, Conflict),
        (413, TooLarge),
        (422, InvalidRequest),
        (500, Unavailable),
    ],
)
def test_a_no_is_final(server: Recording, client: Client, status: int, kind: type[Exception]) -> None:
    server.trouble = [(status, {})]
    with pytest.raises(kind, match="because"):
        client.get_deployment("coins").monitor(IMAGE, 1, prediction=NOTHING)
    assert len(server.documents) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"latency": -1}, "latency"),
        ({"latency": "0.2"}, "latency"),
        ({"latency": float("nan")}, "latency"),
        ({"prediction": None}, "prediction"),
        ({"shadow_latency": 1}, "shadow_raw_predictions"),
        ({"shadow_raw_predictions": NOTHING}, "shadow_latency"),
        ({"timestamp": datetime(2026, 1, 1)}, "zone"),  # noqa: DTZ001
        ({"timestamp": "today"}, "timestamp"),
        ({"id": "frame-1"}, "uuid5"),
        ({"image_path": 7}, "image"),
    ],
)
def test_refused_before_anything_is_sent(
    server: Recording, client: Client, arguments: dict[str, Any], words: str
) -> None:
    given = {"image_path": IMAGE, "latency": 0.1, "prediction": NOTHING, **arguments}
    with pytest.raises(InvalidPrediction, match=words):
        client.get_deployment("coins").monitor(**given)
    assert server.documents == []


def test_names_of_files_cannot_leave_their_place(server: Recording, client: Client) -> None:
    name = 'a"\r\nX-Evil: 1\r\n\r\n--\N{SNOWMAN}.png'
    client.get_deployment("coins").monitor(IMAGE, 1, prediction=NOTHING, filename=name)
    assert server.documents[0]["filename"] == name
    assert b"X-Evil" not in server.bodies[0].replace(json.dumps(name).encode(), b"").replace(b"X-Evil: 1\\r\\n", b"")


def test_times_are_sent_in_utc(server: Recording, client: Client) -> None:
    deployment = client.get_deployment("coins")
    deployment.monitor(IMAGE, 1, prediction=NOTHING, timestamp=datetime(2026, 1, 1, tzinfo=UTC))
    deployment.monitor(IMAGE, 1, prediction=NOTHING)
    assert server.documents[0]["captured_at"] == "2026-01-01T00:00:00Z"
    assert server.documents[1]["captured_at"].endswith("Z")


def test_host_and_token_come_from_the_environment(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_HOST", server.url)
    monkeypatch.setenv("VEDETTE_TOKEN", "vdt_x")
    with Client() as client:
        assert client.get_deployment("coins").id == UUID(str(DEPLOYMENT["id"]))
    monkeypatch.delenv("VEDETTE_TOKEN")
    with pytest.raises(Unauthorized, match="VEDETTE_TOKEN"):
        Client()
