"""What must be refused, on both dialects: with the right status, a message that names the field, and nothing stored."""

import base64
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Running, a_foreign_call, a_native_call, a_picture, a_square

Body = dict[str, Any]


def native(**changes: Any) -> Body:
    return a_native_call(**changes)


def native_object(**changes: Any) -> Body:
    item = {"class_id": 1, "score": 0.9, "parts": [{"outer": a_square()}], **changes}
    return a_native_call(prediction={"objects": [item]})


def foreign(**changes: Any) -> Body:
    return a_foreign_call(**changes)


def foreign_raw(**changes: Any) -> Body:
    return a_foreign_call(raw_predictions={**a_foreign_call()["raw_predictions"], **changes})


def without(body: Body, field: str) -> Body:
    return {name: value for name, value in body.items() if name != field}


def encoded(image: bytes) -> str:
    return base64.b64encode(image).decode()


def bomb() -> bytes:
    """A PNG of a few bytes whose header claims 60,000×60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


JPEG = a_picture(kind=".jpg")
PNG = a_picture()
TEN_KILOBYTES = "n" * 10_240
MANY_POINTS = [[float(n % 60), float(n % 80)] for n in range(200_000)]

# Name, native body, foreign body, status, a word of the message.
CASES: list[tuple[str, Body | bytes | None, Body | bytes | None, int, str]] = [
    ("no JSON", b"hello", b"hello", 400, "body"),
    ("JSON that ends early", json.dumps(native()).encode()[:-20], json.dumps(foreign()).encode()[:-20], 400, "body"),
    ("nothing", b"", b"", 400, "body"),
    ("another JSON type", b"[1]", b"[1]", 422, "body"),
    ("not UTF-8", b'{"filename": "\xff\xfe"}', b'{"filename": "\xff\xfe"}', 400, "body"),
    ("deep nesting", b'{"metadata": {"a": ' + b"[" * 200_000, b'{"metadata": {"a": ' + b"[" * 200_000, 400, "body"),
    ("missing prediction", without(native(), "prediction"), without(foreign(), "raw_predictions"), 422, "prediction"),
    ("missing image", without(native(), "image"), without(foreign(), "image"), 422, "image"),
    ("missing size", without(native(), "width"), without(foreign(), "width"), 422, "width"),
    ("missing scores", None, {**foreign(), "raw_predictions": {"detection_classes": [1]}}, 422, "detection_scores"),
    ("unknown field", native(latencyy=1), None, 422, "latencyy"),
    ("latency is text", native(latency_seconds="0.2"), foreign(latency="0.2"), 422, "latency"),
    ("tags is text", native(tags="night"), foreign(tags="night"), 422, "tags"),
    ("class is text", native_object(class_id="1"), foreign_raw(detection_classes=["1"]), 422, "class"),
    ("class is negative", native_object(class_id=-1), foreign_raw(detection_classes=[-1]), 422, "class"),
    ("class beyond 32 bits", native_object(class_id=2**40), foreign_raw(detection_classes=[2**40]), 422, "class"),
    ("fewer scores", None, foreign_raw(detection_scores=[]), 422, "detection_scores"),
    ("more masks", None, foreign_raw(detection_masks=[a_square()] * 2), 422, "detection_masks"),
    ("fewer texts", None, foreign_raw(detection_texts=[]), 422, "detection_texts"),
    ("three coordinates", native_object(parts=[{"outer": [[1, 2, 3]]}]), foreign_raw(detection_masks=[[[1, 2, 3]]]), 422, "outer"),
    ("one coordinate", native_object(parts=[{"outer": [[1]]}]), foreign_raw(detection_masks=[[[1]]]), 422, "outer"),
    ("odd flat list", None, foreign_raw(detection_masks=[[1, 2, 3]]), 422, "detection_masks"),
    ("coordinate is text", native_object(parts=[{"outer": [["1", 2]]}]), foreign_raw(detection_masks=[[["1", 2]]]), 422, "outer"),
    ("score over one", native_object(score=1.01), foreign_raw(detection_scores=[1.01]), 422, "score"),
    ("score under zero", native_object(score=-0.01), foreign_raw(detection_scores=[-0.01]), 422, "score"),
    ("negative latency", native(latency_seconds=-0.1), foreign(latency=-0.1), 422, "latency"),
    ("zero width", native(width=0), foreign(width=0), 422, "width"),
    ("negative height", native(height=-8), foreign(height=-8), 422, "height"),
    ("absurd time", native(captured_at=1e300), foreign(timestamp=1e300), 422, "captured_at"),
    ("time without zone", native(captured_at="2026-01-01T00:00:00"), None, 422, "captured_at"),
    ("no image", native(image=encoded(b"hello, this is no image")), foreign(image=encoded(b"hello, this is no image")), 422, "image"),
    ("empty image", native(image=""), foreign(image=""), 422, "image"),
    ("HTML", native(image=encoded(b"<html></html>")), foreign(image=encoded(b"<html></html>")), 422, "HTML"),
    ("JPEG without its end", native(image=encoded(JPEG[:-20])), foreign(image=encoded(JPEG[:-20])), 422, "EOI"),
    ("PNG without its end", native(image=encoded(PNG[:-12])), foreign(image=encoded(PNG[:-12])), 422, "IEND"),
    ("decompression bomb", native(image=encoded(bomb())), foreign(image=encoded(bomb())), 413, "VEDETTE_MAX_IMAGE_PIXELS"),
    ("base64 that is none", native(image="not base64!"), foreign(image="not base64!"), 422, "base64"),
    ("data URL", native(image="data:image/png;base64," + encoded(PNG)), foreign(image="data:image/png;base64," + encoded(PNG)), 422, "data-URL"),
    ("path in file name", native(filename="../../etc/passwd"), foreign(filename="../../etc/passwd"), 422, "filename"),
    ("NUL in file name", native(filename="a\0.png"), foreign(filename="a\0.png"), 422, "filename"),
    ("ten kilobytes of source", native(source=TEN_KILOBYTES), foreign(source=TEN_KILOBYTES), 422, "source"),
    ("right-to-left tag", native(tags=["a\u202egnp.exe"]), foreign(tags=["a\u202egnp.exe"]), 422, "tags[0]"),
    ("separator in tag", native(tags=["a/b"]), foreign(tags=["a/b"]), 422, "tags[0]"),
    ("empty tag", native(tags=[""]), foreign(tags=[""]), 422, "tags[0]"),
    ("too many tags", native(tags=[str(n) for n in range(65)]), foreign(tags=[str(n) for n in range(65)]), 413, "VEDETTE_MAX_TAGS"),
    ("too much metadata", native(metadata={"a": "x" * 70_000}), foreign(metadata={"a": "x" * 70_000}), 413, "metadata"),
    ("too many objects", native(prediction={"objects": [{"class_id": 1, "score": 0.5, "parts": []}] * 20_001}),
     foreign_raw(detection_classes=[1] * 20_001, detection_scores=[0.5] * 20_001, detection_masks=[[]] * 20_001), 413, "VEDETTE_MAX_OBJECTS"),
    ("half a shadow", native(shadow={"latency_seconds": 1}), foreign(shadow_latency=1.0), 422, "shadow"),
    ("id that is none", native(id="frame-1"), None, 422, "id"),
]  # fmt: skip

IDS = [case[0] for case in CASES]


def send_native(server: Running, body: Body | bytes) -> Any:
    return server.send(body=body)


def send_foreign(server: Running, body: Body | bytes) -> Any:
    deployment = server.call("GET", "/v1/deployments/coins").json()["id"]
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    # Existing clients send JSON without saying so.
    token = server.monitoring_token(deployment)
    return server.call("POST", f"/api/deployment/{deployment}/predictions", token=token, content=content)


@pytest.mark.parametrize("case", [case for case in CASES if case[1] is not None], ids=lambda case: case[0])
def test_native_refuses(server: Running, case: tuple[str, Body | bytes | None, Any, int, str]) -> None:
    _, body, _, status, word = case
    assert body is not None
    server.create()
    response = send_native(server, body)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert word in problem["detail"], problem
    assert problem["errors"][0].keys() == {"field", "got", "wanted"}
    assert len(response.content) < 2000
    assert server.counted() == (0, 0)


@pytest.mark.parametrize("case", [case for case in CASES if case[2] is not None], ids=lambda case: case[0])
def test_foreign_refuses(server: Running, case: tuple[str, Any, Body | bytes | None, int, str]) -> None:
    _, _, body, status, word = case
    assert body is not None
    server.create()
    response = send_foreign(server, body)
    assert response.status_code == status, response.text
    message = response.json()["message"]
    foreign_words = {"outer": "detection_masks", "captured_at": "timestamp", "class": "detection_classes"}
    assert foreign_words.get(word, word) in message, message
    assert server.counted() == (0, 0)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("place", ['"latency_seconds": 0.25', '"score": 0.9', "[10, 10]"])
def test_numbers_that_are_none(server: Running, number: str, place: str) -> None:
    server.create()
    text = json.dumps(a_native_call())
    assert place in text
    key, _, _ = place.rpartition(" ")
    wrong = f"[{number}, 10]" if place.startswith("[") else f"{key} {number}"
    response = server.send(body=text.replace(place, wrong).encode())
    assert response.status_code in {400, 422}, response.text
    assert server.counted() == (0, 0)


@pytest.mark.parametrize("send", [send_native, send_foreign])
def test_a_body_over_the_limit_is_refused_before_it_is_read(server: Running, send: Callable[..., Any]) -> None:
    server.create()
    response = send(server, b"{" + b" " * (9 * 1024 * 1024))
    assert response.status_code == 413
    assert "VEDETTE_MAX_BODY_BYTES" in response.text
    assert server.counted() == (0, 0)


def test_a_body_that_states_no_length_is_cut_off(server: Running) -> None:
    server.create()
    sent = 0

    def pour() -> Any:
        nonlocal sent
        for _ in range(64):
            sent += 1024 * 1024
            yield b" " * (1024 * 1024)

    response = server.call("POST", "/v1/deployments/coins/predictions", content=pour())
    assert response.status_code == 413
    assert server.counted() == (0, 0)


@pytest.mark.parametrize("send", [send_native, send_foreign])
def test_wrong_type_of_deployment(server: Running, send: Callable[..., Any]) -> None:
    server.create(type="CLASSIFICATION")
    body = a_native_call() if send is send_native else a_foreign_call()
    response = send(server, body)
    # Existing clients repeat whatever is answered with more than 500.
    assert response.status_code == (501 if send is send_native else 400)
    assert "CLASSIFICATION" in response.text
    assert server.counted() == (0, 0)


def test_multipart_that_lacks_a_part_ends_early_or_has_others(server: Running) -> None:
    server.create()
    path = "/v1/deployments/coins/predictions"
    document = json.dumps(without(a_native_call(), "image"))
    response = server.call("POST", path, files={"prediction": (None, document)})
    assert (response.status_code, "image" in response.text) == (422, True)
    files = {"prediction": (None, document), "image": ("a.png", PNG), "more": (None, "x")}
    assert server.call("POST", path, files=files).status_code == 422
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    cut = b'--b\r\nContent-Disposition: form-data; name="prediction"\r\n\r\n{}'
    response = server.call("POST", path, content=cut, headers=headers)
    assert response.status_code == 400
    response = server.call("POST", path, content=cut, headers={"Content-Type": "text/plain"})
    assert (response.status_code, "Content-Type" in response.text) == (422, True)
    assert server.counted() == (0, 0)


def test_refusals_are_counted_and_visible(server: Running) -> None:
    server.create()
    for _ in range(3):
        server.send(body=a_native_call(latency_seconds=-1))
    server.send(body=b"hello")
    metrics = server.client.get("/metrics").text
    assert 'vedette_prediction_refusals_total{deployment="coins",reason="invalid_shape"} 3.0' in metrics
    assert 'vedette_prediction_refusals_total{deployment="coins",reason="malformed"} 1.0' in metrics
    services = server.client.app.app.state.services  # type: ignore[attr-defined]
    services.metrics.flush(services.predictions.count_refusals)
    shown = server.call("GET", "/v1/deployments/coins").json()
    assert shown["refusal_counts"] == {"invalid_shape": 3, "malformed": 1}


@pytest.mark.parametrize("send", [send_native, send_foreign])
def test_a_hundred_thousand_points_and_ten_thousand_objects_are_accepted(
    server: Running, send: Callable[..., Any]
) -> None:
    server.create()
    rings = [MANY_POINTS[n * 10 : n * 10 + 10] for n in range(10_000)]
    objects = [{"class_id": 1, "score": 0.5, "parts": [{"outer": ring}]} for ring in rings]
    classes, scores = [1] * 10_000, [0.5] * 10_000
    bodies = {
        send_native: native(prediction={"objects": objects}),
        send_foreign: foreign_raw(detection_classes=classes, detection_scores=scores, detection_masks=rings),
    }
    response = send(server, bodies[send])
    assert response.status_code == 201, response.text
    shown = server.call("GET", f"/v1/deployments/coins/predictions/{response.json()['id']}").json()
    assert shown["champion"]["object_count"] == 10_000


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/v1/deployments", {"name": "a/b"}, 422, "name"),
        ("/v1/deployments", {"name": ""}, 422, "name"),
        ("/v1/deployments", {"name": "01a20dde-37a2-75f0-9f50-5b87aeed834f"}, 422, "name"),
        ("/v1/deployments", {"name": "x", "type": "POETRY"}, 422, "type"),
        ("/v1/deployments", {"name": "x", "labels": {"-1": "a"}}, 422, "labels"),
        ("/v1/deployments", {"name": "x", "labels": ["a\u202eb"]}, 422, "labels"),
        ("/v1/deployments", {"name": "x", "min_threshold": 2}, 422, "min_threshold"),
        ("/v1/tokens", {"name": "x", "scopes": []}, 422, "scopes"),
        ("/v1/tokens", {"name": "x", "scopes": ["root"]}, 422, "scopes"),
        ("/v1/tokens", {"name": "x", "scopes": ["read"], "expires_in_days": -1}, 422, "expires_in_days"),
    ],
)
def test_other_bodies(server: Running, path: str, body: Body, status: int, field: str) -> None:
    response = server.call("POST", path, json=body)
    assert response.status_code == status, response.text
    assert field in response.json()["errors"][0]["field"]


@pytest.mark.parametrize("query", ["cursor=x", "cursor=WzEsMiwzXQ%00", "limit=0", "limit=100000", "limit=x"])
def test_listings_refuse_what_is_no_page(server: Running, query: str) -> None:
    server.create()
    response = server.call("GET", f"/v1/deployments/coins/predictions?{query}")
    assert response.status_code == 422, response.text
    assert response.json()["errors"]
