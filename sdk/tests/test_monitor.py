"""One call after inference: what it takes, what arrives, and what it says of slips."""

import os
import struct
import zlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from vedette import Conflict, Deployment, Flag, InvalidPrediction, NotFound, SegmentationPrediction
from vedette.contract import WireObject, WirePart, WirePrediction

from .fake_server import FakeServer, a_version, an_item

PNG = b"\x89PNG\r\n\x1a\nany bytes\r\n--boundary\x00\xff"
OUTLINE = [[200, 200], [225, 200], [250, 250], [250, 225], [220, 220]]
PREDICTION = SegmentationPrediction([1], [0.9], [OUTLINE])
SHADOW = SegmentationPrediction([0], None, [OUTLINE])
WIRE = WirePrediction([WireObject(1, [WirePart([(float(x), float(y)) for x, y in OUTLINE])], 0.9)])


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "image.png"
    path.write_bytes(PNG)
    return path


def test_the_pages_order(fake: FakeServer, deployment: Deployment, picture: Path) -> None:
    deployment.monitor(
        picture, 0.257, 800, 600, PREDICTION, "camera-1", ["night"], 1_700_000_000.5, "v12", "v13", 0.3, SHADOW
    )
    said = fake.last.document
    assert fake.last.image == PNG
    assert said.prediction == WIRE
    assert (said.latency_seconds, said.height, said.width) == (0.257, 800, 600)
    assert (said.source, said.tags, said.captured_at) == ("camera-1", ["night"], 1_700_000_000.5)
    assert (said.model_version, said.filename, said.keep_image) == ("v12", "image.png", True)
    assert said.shadow is not None
    assert (said.shadow.model_version, said.shadow.latency_seconds) == ("v13", 0.3)
    assert said.shadow.prediction.objects[0].score is None


def test_the_pages_names(fake: FakeServer, deployment: Deployment, picture: Path) -> None:
    deployment.monitor(
        image_path=str(picture), latency=1, height=800, width=600, prediction=PREDICTION, source="s", tags=("t",),
        timestamp=1_700_000_000, model_version=a_version("v2"), shadow_model_version=a_version("v3"),
        shadow_latency=2, shadow_raw_predictions=SHADOW, id=str(UUID(int=5)), keep_image=False, metadata={"shift": 2},
        filename="other.png",
    )  # fmt: skip
    said = fake.last.document
    assert (said.id, said.filename, said.keep_image, said.metadata) == (UUID(int=5), "other.png", False, {"shift": 2})
    assert (said.model_version, said.latency_seconds, said.captured_at) == ("v2", 1.0, 1_700_000_000.0)
    assert said.shadow is not None
    assert said.shadow.model_version == "v3"


def test_what_is_left_out_is_not_said(fake: FakeServer, deployment: Deployment) -> None:
    deployment.monitor(PNG, 0.1, prediction=PREDICTION)
    said = fake.last.document
    assert (said.width, said.height, said.source, said.model_version, said.shadow) == (None,) * 5
    assert (said.tags, said.metadata, said.filename) == ([], {}, "image")


def test_one_request_without_base64(fake: FakeServer, deployment: Deployment) -> None:
    before = len(fake.requests)
    deployment.monitor(PNG, 0.1, prediction=PREDICTION)
    [request] = fake.requests[before:]
    assert request.path == f"/v1/deployments/{deployment.id}/predictions"
    assert request.headers["content-type"].startswith("multipart/form-data")
    assert PNG in request.body


@pytest.mark.parametrize("filename", ['a"b.png', "a\r\nX-Evil: 1.png", "Bücher 漢字.png", "a;b=c.png", "\u202egnp.exe"])
def test_a_name_cannot_leave_its_field(fake: FakeServer, deployment: Deployment, filename: str) -> None:
    deployment.monitor(PNG, 0.1, prediction=PREDICTION, filename=filename)
    assert fake.last.document.filename == filename
    assert fake.last.image == PNG
    assert "Evil" not in fake.last.image_headers


def test_a_file_whose_name_is_no_text(fake: FakeServer, deployment: Deployment, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    try:
        path.write_bytes(PNG)
    except OSError:
        pytest.skip("this file system takes only names that are text")
    deployment.monitor(path, 0.1, prediction=PREDICTION)
    assert fake.last.document.filename == "caf?.png"


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_go_as_they_are(fake: FakeServer, deployment: Deployment, kind: Any) -> None:
    deployment.monitor(kind(PNG), 0.1, prediction=PREDICTION)
    assert fake.last.image == PNG


def png_pixels(body: bytes) -> tuple[int, int, int, int, bytes]:
    """Width, height, bits, colour type and the rows of a PNG whose rows are unfiltered."""
    chunks, position = {}, 8
    while position < len(body):
        length, kind = struct.unpack_from(">I4s", body, position)
        content = body[position + 8 : position + 8 + length]
        assert struct.unpack_from(">I", body, position + 8 + length) == (zlib.crc32(kind + content),)
        chunks[kind] = content
        position += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, bits, colour, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert rest == [0, 0, 0]
    rows = zlib.decompress(chunks[b"IDAT"])
    stride = len(rows) // height
    assert all(rows[start] == 0 for start in range(0, len(rows), stride))
    return width, height, bits, colour, b"".join(rows[n + 1 : n + stride] for n in range(0, len(rows), stride))


@pytest.mark.parametrize(
    ("shape", "kind", "colour"),
    [
        ((6, 8), "uint8", 0),
        ((6, 8, 1), "uint8", 0),
        ((6, 8, 3), "uint8", 2),
        ((6, 8, 4), "uint8", 6),
        ((6, 8), "uint16", 0),
        ((6, 8, 3), ">u2", 2),
        ((1, 1), "uint8", 0),
    ],
)
def test_arrays_lose_nothing(
    fake: FakeServer, deployment: Deployment, shape: tuple[int, ...], kind: str, colour: int
) -> None:
    array = np.random.default_rng(1).integers(0, np.iinfo(kind).max, shape).astype(kind)
    deployment.monitor(array, 0.1, prediction=PREDICTION)
    width, height, bits, colour_type, pixels = png_pixels(fake.last.image)
    assert (width, height, bits, colour_type) == (shape[1], shape[0], 8 * array.itemsize, colour)
    wanted = array.astype(">u2" if bits == 16 else "u1").tobytes()
    assert pixels == wanted
    assert fake.last.document.filename == "image.png"


def test_an_array_seen_through_steps(fake: FakeServer, deployment: Deployment) -> None:
    bgr = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
    deployment.monitor(bgr[::2, ::-1, ::-1], 0.1, prediction=PREDICTION)
    assert png_pixels(fake.last.image)[4] == bgr[::2, ::-1, ::-1].tobytes()


class PictureOfAnotherLibrary:
    """Has an array's interface, as PIL's images do, without being an array."""

    __array_interface__ = np.zeros((2, 2), np.uint8).__array_interface__


@pytest.mark.parametrize(
    ("image", "got"),
    [
        (None, "NoneType"),
        (7, "int"),
        ([[1, 2]], "list"),
        (PictureOfAnotherLibrary(), "PictureOfAnotherLibrary"),
        (np.zeros((2, 2)), "an array (2, 2) of float64"),
        (np.zeros((2, 2), bool), "of bool"),
        (np.zeros((2, 2), np.int8), "of int8"),
        (np.zeros((2, 2, 2), np.uint8), "(2, 2, 2)"),
        (np.zeros((3, 0), np.uint8), "(3, 0)"),
        (np.zeros(4, np.uint8), "(4,)"),
    ],
)
def test_what_is_no_picture(fake: FakeServer, deployment: Deployment, image: Any, got: str) -> None:
    with pytest.raises(InvalidPrediction, match="wanted a path, the bytes") as caught:
        deployment.monitor(image, 0.1, prediction=PREDICTION)
    assert caught.value.field == "image_path"
    assert got in str(caught.value.got)
    assert not fake.stored


def test_a_file_that_is_not_there(deployment: Deployment) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.png"):
        deployment.monitor("nowhere.png", 0.1, prediction=PREDICTION)


def test_latency_and_time_in_other_forms(fake: FakeServer, deployment: Deployment) -> None:
    east = datetime(2026, 11, 24, 14, tzinfo=timezone(timedelta(hours=2)))
    deployment.monitor(
        PNG, timedelta(milliseconds=257), np.int64(6), np.int32(8), PREDICTION, source=np.str_("camera"), timestamp=east
    )
    said = fake.last.document
    assert (said.latency_seconds, said.height, said.width, said.source) == (0.257, 6, 8, "camera")
    assert said.captured_at == datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_without_a_timestamp_it_is_now(fake: FakeServer, deployment: Deployment) -> None:
    before = datetime.now(UTC)
    deployment.monitor(PNG, 0.1, prediction=PREDICTION)
    captured_at = fake.last.document.captured_at
    assert isinstance(captured_at, datetime)
    assert before <= captured_at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("changes", "field", "wanted"),
    [
        ({"prediction": None}, "prediction", "SegmentationPrediction"),
        ({"prediction": {"objects": []}}, "prediction", "SegmentationPrediction"),
        ({"latency": -1}, "latency", "0 or more"),
        ({"latency": float("nan")}, "latency", "0 or more"),
        ({"latency": "0.1"}, "latency", "as a number"),
        ({"latency": None}, "latency", "as a number"),
        ({"latency": 10**400}, "latency", "as a number"),
        ({"latency": timedelta(seconds=-1)}, "latency", "0 or more"),
        ({"height": 0, "width": 8}, "height", "1 or more"),
        ({"height": 8, "width": 7.5}, "width", "whole number"),
        ({"height": 8, "width": True}, "width", "whole number"),
        ({"height": 8, "width": 2**31}, "width", "whole number"),
        ({"source": 7}, "source", "text"),
        ({"source": "\ud800"}, "source", "half characters"),
        ({"filename": b"a.png"}, "filename", "text"),
        ({"tags": "night"}, "tags", "list of texts"),
        ({"tags": 7}, "tags", "list of texts"),
        ({"tags": ["night", 7]}, "tags[1]", "text"),
        ({"tags": [None]}, "tags[0]", "text"),
        ({"timestamp": datetime(2026, 1, 1)}, "timestamp", "with its zone"),  # noqa: DTZ001
        ({"timestamp": "2026-01-01"}, "timestamp", "seconds since 1970"),
        ({"timestamp": float("inf")}, "timestamp", "seconds since 1970"),
        ({"id": "frame-1"}, "id", "uuid5"),
        ({"id": 7}, "id", "uuid5"),
        ({"metadata": [1]}, "metadata", "a mapping"),
        ({"metadata": {"a": object()}}, "metadata", "JSON"),
        ({"model_version": 7}, "model_version", "text"),
        ({"shadow_latency": 0.1}, "shadow_raw_predictions", "together"),
        ({"shadow_raw_predictions": SHADOW}, "shadow_latency", "together"),
        ({"shadow_raw_predictions": SHADOW, "shadow_latency": -1}, "shadow_latency", "0 or more"),
        ({"shadow_raw_predictions": [], "shadow_latency": 1}, "shadow_raw_predictions", "SegmentationPrediction"),
    ],
)
def test_slips_are_named_before_anything_is_sent(
    fake: FakeServer, deployment: Deployment, changes: dict[str, Any], field: str, wanted: str
) -> None:
    before = len(fake.requests)
    with pytest.raises(InvalidPrediction) as caught:
        deployment.monitor(**{"image_path": PNG, "latency": 0.1, "prediction": PREDICTION, **changes})
    assert caught.value.field == field
    assert wanted in caught.value.wanted
    assert len(fake.requests) == before


def test_the_handle_is_a_mapping(fake: FakeServer, deployment: Deployment) -> None:
    fake.flags = [Flag("outside_frame", "1 of 1 objects reaches outside", "champion", [0])]
    own = uuid4()
    data = deployment.monitor(PNG, 0.1, prediction=PREDICTION, id=own)
    assert data.id == own
    assert (data["id"], data["replayed"], len(data)) == (str(own), False, 10)
    assert repr(data) == str(data) == str(dict(data))
    assert (data.flags[0].code, data["flags"][0]["objects"]) == ("outside_frame", [0])
    assert data.wait() is data.wait(timeout=0.1)
    assert data.wait().id == own
    with pytest.raises(KeyError):
        data["nothing"]


def test_the_same_id_and_content_is_the_same_call(fake: FakeServer, deployment: Deployment) -> None:
    own = uuid4()
    first = deployment.monitor(PNG, 0.1, prediction=PREDICTION, id=own)
    again = deployment.monitor(PNG, 0.1, prediction=PREDICTION, id=str(own))
    assert dict(again) == {**dict(first), "replayed": True}
    with pytest.raises(Conflict, match=str(own)):
        deployment.monitor(PNG, 0.2, prediction=PREDICTION, id=own)
    assert len(fake.stored) == 1


def test_two_calls_without_ids_are_two(fake: FakeServer, deployment: Deployment) -> None:
    ids = {deployment.monitor(PNG, 0.1, prediction=PREDICTION).id for _ in range(3)}
    assert ids == set(fake.stored)
    assert len(ids) == 3


def test_roles_and_names_of_classes(fake: FakeServer, deployment: Deployment) -> None:
    deployment.set_champion("v2")
    deployment.set_shadow("v3")
    assert deployment.champion is not None
    assert deployment.shadow is not None
    assert (deployment.champion.name, deployment.shadow.name) == ("v2", "v3")
    deployment.set_shadow(None)
    assert deployment.refresh().shadow is None
    version = deployment.name_class("v 2/3", 7, "crack")
    assert (version.name, version.labels[0].class_id, version.labels[0].name) == ("v 2/3", 7, "crack")


def test_predictions_are_read_back(fake: FakeServer, deployment: Deployment) -> None:
    fake.items = [an_item(number) for number in range(5)]
    found = list(deployment.list_predictions(source="camera-1", tag="night", flag="empty"))
    assert found == fake.items
    assert fake.requests[-1].query == {
        "limit": ["100"], "cursor": ["4"], "source": ["camera-1"], "tag": ["night"], "flag": ["empty"],
    }  # fmt: skip
    assert list(deployment.list_predictions(limit=3)) == fake.items[:3]
    assert deployment.get_prediction(fake.items[1].id) == fake.items[1]
    with pytest.raises(NotFound, match="no prediction"):
        deployment.get_prediction(uuid4())
