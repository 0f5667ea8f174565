"""Recording predictions on both dialects: whole, once, under the right time and version, doubts flagged."""

import base64
import json
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import cv2
import numpy as np
import pytest

from vedette_server.domain.predictions import ImageState

from .conftest import NOW, Running, a_foreign_call, a_native_call, a_picture, a_square


def encoded(image: bytes) -> str:
    return base64.b64encode(image).decode()


def read(server: Running, answer: Any, deployment: str = "coins") -> dict[str, Any]:
    response = server.call("GET", f"/v1/deployments/{deployment}/predictions/{answer['id']}")
    assert response.status_code == 200, response.text
    return response.json()


def foreign(server: Running, deployment: dict[str, Any], body: dict[str, Any]) -> Any:
    token = server.monitoring_token(deployment["id"])
    return server.call("POST", f"/api/deployment/{deployment['id']}/predictions", token=token, content=json.dumps(body))


def test_a_native_call_is_kept_as_it_was_sent(server: Running) -> None:
    server.create()
    parts = [
        {"outer": a_square(5.25, 6.5, 20), "holes": [a_square(10, 10, 5)]},
        {"outer": a_square(40, 40, 8), "holes": []},
    ]
    body = a_native_call(
        prediction={"objects": [{"class_id": 0, "score": None, "parts": parts, "text": "hello"}]},
        source="camera-1",
        tags=["night", "line 3", "night"],
        metadata={"product": {"id": 7}},
        captured_at="2026-02-28T12:00:00.123456+01:00",
        shadow={"latency_seconds": 0.5, "model_version": "v2", "prediction": {"objects": []}},
    )
    response = server.send(body=body)
    assert response.status_code == 201, response.text
    kept = read(server, response.json())
    assert kept["champion"]["objects"] == [
        {"class_id": 0, "label": "cat", "score": None, "text": "hello", "parts": parts}
    ]
    assert (kept["source"], kept["tags"], kept["metadata"]) == ("camera-1", ["line 3", "night"], {"product": {"id": 7}})
    assert kept["captured_at"] == kept["filed_at"] == "2026-02-28T11:00:00.123456Z"
    assert kept["shadow"]["model_version"] == "v2"
    image = server.client.get(kept["image_url"])
    assert image.content == a_picture()
    assert image.headers["content-length"] == str(len(a_picture()))
    assert server.client.get(kept["thumbnail_url"]).headers["content-type"] == "image/jpeg"


def test_multipart_and_json_are_the_same_call(server: Running) -> None:
    server.create()
    body = a_native_call(id=str(uuid4()))
    first = server.send(body=body)
    document = {name: value for name, value in body.items() if name != "image"}
    files = {"prediction": (None, json.dumps(document), "application/json"), "image": ("ignored.png", a_picture())}
    second = server.call("POST", "/v1/deployments/coins/predictions", files=files)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {**first.json(), "replayed": True}
    assert server.counted() == (1, 1)


def test_two_native_calls_without_an_id_are_two_calls(server: Running) -> None:
    server.create()
    assert server.send().json()["id"] != server.send().json()["id"]
    assert server.counted() == (2, 2)


def test_the_same_id_with_other_content_conflicts(server: Running) -> None:
    server.create()
    server.create("others")
    body = a_native_call(id=str(uuid4()))
    assert server.send(body=body).status_code == 201
    conflict = server.send(body={**body, "latency_seconds": 0.26})
    assert conflict.status_code == 409
    assert body["id"] in conflict.json()["detail"]
    # An id is unique in its deployment, not beyond.
    assert server.send("others", body=body).status_code == 201
    assert server.counted() == (2, 2)


def test_a_foreign_call_sent_again_answers_the_first_answer(server: Running) -> None:
    deployment = server.create()
    first = foreign(server, deployment, a_foreign_call())
    again = foreign(server, deployment, a_foreign_call())
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert server.counted() == (1, 1)
    assert server.call("GET", "/v1/deployments/coins").json()["replay_count"] == 1
    assert 'vedette_prediction_replays_total{deployment="coins"} 1.0' in server.client.get("/metrics").text
    # After the window the same body is another call.
    server.clock.advance(timedelta(minutes=10, seconds=1))
    assert foreign(server, deployment, a_foreign_call()).json()["id"] != first.json()["id"]
    assert server.counted() == (2, 2)


def test_a_foreign_call_sent_again_while_the_first_is_in_progress(server: Running) -> None:
    deployment = server.create()
    token = server.monitoring_token(deployment["id"])
    answers: list[Any] = []
    barrier = threading.Barrier(8)

    def send() -> None:
        barrier.wait()
        path = f"/api/deployment/{deployment['id']}/predictions"
        answers.append(server.call("POST", path, token=token, content=json.dumps(a_foreign_call())))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert server.counted() == (1, 1)


def test_flat_outlines_of_the_oldest_clients(server: Running) -> None:
    deployment = server.create()
    raw = {
        **a_foreign_call()["raw_predictions"],
        "detection_masks": [[1, 2, 30, 2, 30, 40]],
        "detection_boxes": [[0, 0, 1, 1]],
    }
    body = a_foreign_call(raw_predictions=raw, shadow_raw_predictions=raw, shadow_latency=0.5, content_type="image/png")
    kept = read(server, foreign(server, deployment, body).json())
    assert kept["champion"]["objects"][0]["parts"][0]["outer"] == [[1, 2], [30, 2], [30, 40]]
    assert kept["shadow"]["latency_seconds"] == 0.5


def test_source_defaults_to_serving(server: Running) -> None:
    deployment = server.create()
    assert read(server, server.send().json())["source"] == "serving"
    kept = read(server, foreign(server, deployment, a_foreign_call(source="camera-9", tags=["a"])).json())
    assert (kept["source"], kept["tags"]) == ("camera-9", ["a"])


@pytest.mark.parametrize(
    ("captured_at", "flag"),
    [
        ((NOW + timedelta(hours=2)).timestamp(), "captured_in_future"),
        (0, "captured_before_2000"),
        (-86_400.0, "captured_before_2000"),
    ],
)
def test_times_no_clock_can_have_meant(server: Running, captured_at: float, flag: str) -> None:
    deployment = server.create()
    answers = [
        server.send(body=a_native_call(captured_at=captured_at)),
        foreign(server, deployment, a_foreign_call(timestamp=captured_at)),
    ]
    for answer in answers:
        assert answer.status_code == 201, answer.text
        kept = read(server, answer.json())
        assert [found["code"] for found in kept["flags"]] == [flag]
        assert kept["filed_at"] == kept["received_at"] != kept["captured_at"]


def test_last_year_is_ordinary_and_listed_by_its_own_time(server: Running) -> None:
    server.create()
    moments = [NOW - timedelta(days=days) for days in (400, 1, 200)]
    for moment in moments:
        assert server.send(body=a_native_call(captured_at=moment.isoformat())).json()["flags"] == []
    items = server.call("GET", "/v1/deployments/coins/predictions").json()["items"]
    assert [item["captured_at"][:10] for item in items] == [m.isoformat()[:10] for m in sorted(moments, reverse=True)]


def test_the_champion_of_its_own_time_counts(server: Running) -> None:
    server.create()
    server.clock.advance(timedelta(hours=1))
    assert server.call("PUT", "/v1/deployments/coins/champion", json={"model_version": "v2"}).status_code == 200
    server.clock.advance(timedelta(hours=1))
    before = server.send(body=a_native_call(captured_at=(NOW + timedelta(minutes=30)).isoformat())).json()
    after = server.send(body=a_native_call(captured_at=(NOW + timedelta(minutes=90)).isoformat())).json()
    named = server.send(body=a_native_call(model_version="v7")).json()
    assert [answer["model_version"] for answer in (before, after, named)] == ["v1", "v2", "v7"]
    names = [version["name"] for version in server.call("GET", "/v1/deployments/coins/model-versions").json()["items"]]
    assert names == ["v1", "v2", "v7"]


def test_a_refused_call_makes_no_version(server: Running) -> None:
    server.create()
    assert server.send(body=a_native_call(model_version="v9", image=encoded(b"no image"))).status_code == 422
    assert len(server.call("GET", "/v1/deployments/coins/model-versions").json()["items"]) == 1


def test_an_unknown_class_can_be_named_later(server: Running) -> None:
    server.create()
    answer = server.send(
        body=a_native_call(prediction={"objects": [{"class_id": 7, "parts": [{"outer": a_square()}]}]})
    )
    assert read(server, answer.json())["champion"]["objects"][0]["label"] == "class 7"
    path = "/v1/deployments/coins/model-versions/v1/labels/7"
    assert server.call("PUT", path, json={"name": "crack"}).status_code == 200
    assert read(server, answer.json())["champion"]["objects"][0]["label"] == "crack"


NO_DETECTIONS: dict[str, list[Any]] = {"detection_classes": [], "detection_scores": [], "detection_masks": []}

DOUBTS: list[tuple[str, dict[str, Any], str]] = [
    ("self_crossing", {"outer": [[10, 10], [30, 30], [30, 10], [10, 20]]}, "crosses"),
    ("outside_frame", {"outer": a_square(50, 70, 30)}, "60×80"),
    ("few_points", {"outer": [[1, 1], [2, 2]]}, "three"),
    ("zero_area", {"outer": [[1, 1], [20, 20], [40, 40]]}, "area"),
    ("normalised_coordinates", {"outer": a_square(0.1, 0.1, 0.5)}, "normalised"),
    ("xy_swapped", {"outer": a_square(65, 10, 12)}, "exchanged"),
]


@pytest.mark.parametrize(("code", "part", "word"), DOUBTS, ids=[doubt[0] for doubt in DOUBTS])
def test_doubtful_shapes_are_kept_and_flagged(server: Running, code: str, part: dict[str, Any], word: str) -> None:
    deployment = server.create()
    native = server.send(body=a_native_call(prediction={"objects": [{"class_id": 1, "score": 0.9, "parts": [part]}]}))
    raw = {**a_foreign_call()["raw_predictions"], "detection_masks": [part["outer"]]}
    foreign_answer = foreign(server, deployment, a_foreign_call(raw_predictions=raw))
    for answer in (native, foreign_answer):
        assert answer.status_code == 201, answer.text
        [flag] = answer.json()["flags"]
        assert flag["code"] == code
        assert word in flag["message"]
        assert read(server, answer.json())["champion"]["objects"][0]["parts"][0]["outer"] == part["outer"]
    assert server.call("GET", "/v1/deployments/coins").json()["flag_counts"] == {code: 2}
    assert server.call("GET", f"/v1/deployments/coins/predictions?flag={code}").json()["count"] == 2


@pytest.mark.parametrize(
    ("changes", "foreign_changes", "code", "word"),
    [
        ({"prediction": {"objects": []}}, {"raw_predictions": NO_DETECTIONS}, "no_objects", "no object"),
        ({"latency_seconds": 257.0}, {"latency": 257.0}, "latency_in_milliseconds", "milliseconds"),
        ({"width": 120, "height": 160}, {"width": 120, "height": 160}, "size_differs", "resized"),
        ({"width": 80, "height": 60}, {"width": 80, "height": 60}, "size_differs", "exchanged"),
        ({"content_type": "image/jpeg"}, {"content_type": "IMAGE/JPEG"}, "content_type_differs", "image/png"),
    ],
)  # fmt: skip
def test_doubtful_facts_are_kept_and_flagged(
    server: Running, changes: dict[str, Any], foreign_changes: dict[str, Any], code: str, word: str
) -> None:
    deployment = server.create()
    answers = [
        server.send(body=a_native_call(**changes)),
        foreign(server, deployment, a_foreign_call(**foreign_changes)),
    ]
    for answer in answers:
        assert answer.status_code == 201, answer.text
        [flag] = [found for found in answer.json()["flags"] if found["code"] == code]
        assert word in flag["message"]
    metrics = server.client.get("/metrics").text
    assert f'vedette_prediction_flags_total{{deployment="coins",flag="{code}"}} 2.0' in metrics


def a_sixteen_bit_picture() -> np.ndarray:
    return (np.arange(60 * 80, dtype=np.uint16).reshape(80, 60) % 4000).astype(np.uint16)


@pytest.mark.parametrize("kind", [".png", ".jpg", ".webp", ".tiff"])
def test_every_image_format_is_kept_untouched_and_can_be_shown(server: Running, kind: str) -> None:
    server.create()
    image = a_picture(kind=kind)
    kept = read(server, server.send(body=a_native_call(image=encoded(image), content_type=None)).json())
    assert kept["flags"] == []
    assert server.client.get(kept["image_url"]).content == image
    shown = server.client.get(kept["display_url"])
    assert shown.headers["content-type"] in {"image/png", "image/jpeg", "image/webp"}
    assert cv2.imdecode(np.frombuffer(shown.content, np.uint8), cv2.IMREAD_COLOR).shape == (80, 60, 3)


def test_twelve_bits_in_sixteen_are_stretched_for_the_eye(server: Running) -> None:
    server.create()
    image = cv2.imencode(".png", a_sixteen_bit_picture())[1].tobytes()
    kept = read(server, server.send(body=a_native_call(image=encoded(image))).json())
    shown = cv2.imdecode(np.frombuffer(server.client.get(kept["display_url"]).content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert (shown.dtype, shown.min(), shown.max()) == (np.uint8, 0, 255)
    assert server.client.get(kept["image_url"]).content == image


def test_a_picture_not_to_be_kept_is_shown_to_nobody(server: Running) -> None:
    server.create()
    answer = server.send(body=a_native_call(keep_image=False)).json()
    kept = read(server, answer)
    assert (kept["image_state"], kept["image_url"], kept["thumbnail_url"]) == (ImageState.FORGOTTEN, None, None)
    assert UUID(answer["data_id"])


def test_sub_pixel_scores_and_ids_survive(server: Running) -> None:
    server.create()
    own = "0190a000-0000-4000-8000-000000000001"
    outer = [[0.1, 0.2], [1e-9, 3.5], [59.999999, 79.5]]
    body = a_native_call(id=own, prediction={"objects": [{"class_id": 0, "score": 1, "parts": [{"outer": outer}]}]})
    answer = server.send(body=body).json()
    assert answer["id"] == own
    assert read(server, answer)["champion"]["objects"][0]["parts"][0]["outer"] == outer
