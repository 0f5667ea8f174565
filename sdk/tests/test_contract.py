"""The wire's types: what is encoded comes back, what is misspelt or out of bounds does not."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from vedette import contract

from .fake_server import NOON, a_data, a_deployment, a_version, an_item

OBJECT = {"class_id": 1, "score": 0.9, "parts": [{"outer": [[0.5, 1], [2, 3], [4, 5]], "holes": [[[1, 1]]]}]}
CALL = {"prediction": {"objects": [OBJECT]}, "latency_seconds": 0.257}


def decode(document: Any) -> contract.PredictionRequest:
    return msgspec.json.decode(json.dumps(document), type=contract.PredictionRequest)


def test_a_call_with_everything() -> None:
    call = {
        **CALL, "id": "01936f00-0000-7000-8000-000000000000", "width": 600, "height": 800, "filename": "a.png",
        "content_type": "image/png", "captured_at": "2026-11-24T12:00:00Z", "source": "camera-1", "tags": ["night"],
        "metadata": {"shift": 2}, "model_version": "v12", "keep_image": False, "image": "AAAA",
        "shadow": {"prediction": {"objects": []}, "latency_seconds": 0.3, "model_version": "v13"},
    }  # fmt: skip
    said = decode(call)
    assert said.id == UUID("01936f00-0000-7000-8000-000000000000")
    assert said.captured_at == NOON
    assert said.prediction.objects[0].parts[0].outer[0] == (0.5, 1.0)
    assert msgspec.json.decode(msgspec.json.encode(said), type=contract.PredictionRequest) == said


def test_what_is_left_out_is_left_out_of_the_wire() -> None:
    said = decode(CALL)
    assert said.image is msgspec.UNSET
    assert set(json.loads(msgspec.json.encode(said))) == {"prediction", "latency_seconds"}


def test_times_are_seconds_or_text() -> None:
    assert decode({**CALL, "captured_at": 1_700_000_000.5}).captured_at == 1_700_000_000.5
    moment = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
    assert decode({**CALL, "captured_at": "2026-11-24T13:00:00.123456+01:00"}).captured_at == moment


def changed(**changes: Any) -> dict[str, Any]:
    return {**CALL, "prediction": {"objects": [{**OBJECT, **changes}]}}


@pytest.mark.parametrize(
    ("call", "place"),
    [
        ({**CALL, "latncy": 1}, "latncy"),
        ({"latency_seconds": 1}, "prediction"),
        ({**CALL, "latency_seconds": -1}, "latency_seconds"),
        ({**CALL, "latency_seconds": "1"}, "latency_seconds"),
        ({**CALL, "width": 0}, "width"),
        ({**CALL, "height": -5}, "height"),
        ({**CALL, "height": 1.5}, "height"),
        ({**CALL, "id": "frame-1"}, "id"),
        ({**CALL, "captured_at": "2026-11-24T12:00:00"}, "captured_at"),
        ({**CALL, "tags": "night"}, "tags"),
        ({**CALL, "shadow": {}}, "prediction"),
        (changed(colour=1), "colour"),
        (changed(class_id=-1), "class_id"),
        (changed(class_id=1.5), "class_id"),
        (changed(score=1.01), "score"),
        (changed(parts=[{"outer": [[1, 2, 3]]}]), "outer[0]"),
        (changed(parts=[{"outer": [[1]]}]), "outer[0]"),
        (changed(parts=[{"outer": [["1", 2]]}]), "outer[0][0]"),
        (changed(parts=[{"holes": []}]), "outer"),
    ],
)
def test_another_shape_is_refused_by_its_place(call: dict[str, Any], place: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        decode(call)
    assert place in str(caught.value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_the_wire_has_only_finite_numbers(number: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(f'{{"objects": [], "x": {number}}}', type=contract.WirePrediction)


@pytest.mark.parametrize("answer", [a_deployment(), a_version(), an_item(1), a_data(1)], ids=lambda a: type(a).__name__)
def test_answers_come_back_and_may_gain_fields(answer: Any) -> None:
    document = {**json.loads(msgspec.json.encode(answer)), "something_new": 1}
    assert msgspec.json.decode(json.dumps(document), type=type(answer)) == answer


def test_labels_are_a_list_or_a_map() -> None:
    listed = msgspec.json.decode(b'{"name": "a", "labels": ["x", "y"]}', type=contract.DeploymentRequest)
    mapped = msgspec.json.decode(b'{"name": "a", "labels": {"7": "x"}}', type=contract.DeploymentRequest)
    assert (listed.labels, mapped.labels) == (["x", "y"], {7: "x"})
