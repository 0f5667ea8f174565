"""Our SDK against a real server: the page's names and arguments, and what goes beyond them."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import cv2
import httpx
import numpy as np
import pytest

from conftest import Server
from vedette import (
    Client,
    Conflict,
    InvalidPrediction,
    NotFound,
    Part,
    SegmentationPrediction,
    SegmentedObject,
    Unauthorized,
    Unavailable,
)

OUTLINE = [[200, 200], [225, 200], [250, 250], [250, 225], [220, 220]]


def a_prediction(**changes: object) -> SegmentationPrediction:
    given = {"detection_classes": [1], "detection_scores": [0.9], "detection_masks": [OUTLINE], **changes}
    return SegmentationPrediction(**given)  # type: ignore[arg-type]


def test_the_example_of_the_page(server: Server, picture: Path) -> None:
    with Client(api_token=server.token, organization_name="default", host=server.url) as client:
        client.create_deployment("sdk page", type="SEGMENTATION", labels=["cat", "dog"])
    deployment = server.client.get_deployment("sdk page")
    data = deployment.monitor(picture, 0.257, 800, 600, a_prediction())
    assert str(dict(data)) == repr(data)
    kept = deployment.get_prediction(data["id"])
    assert kept.champion.objects[0].label == "dog"
    assert kept.champion.objects[0].parts[0].outer == [tuple(point) for point in OUTLINE]
    by_keyword = deployment.monitor(
        image_path=str(picture), latency=0.3, height=800, width=600, prediction=a_prediction()
    )
    assert by_keyword.id != data.id
    assert {str(item.id) for item in deployment.list_predictions()} == {str(data["id"]), str(by_keyword["id"])}


def test_labels_versions_and_shadow(server: Server, picture: Path) -> None:
    deployment = server.client.create_deployment("sdk versions", labels={0: "sound", 7: "crack"})
    assert deployment.labels == {0: "sound", 7: "crack"}
    start = deployment.created_at
    data = deployment.monitor(
        picture, 0.1, prediction=a_prediction(), model_version="v12", shadow_model_version="v13",
        shadow_latency=0.2, shadow_raw_predictions=a_prediction(),
    )  # fmt: skip
    kept = deployment.get_prediction(data.id)
    assert (kept.champion.model_version, kept.champion.objects[0].label) == ("v12", "class 1")
    assert kept.shadow is not None
    assert kept.shadow.model_version == "v13"
    deployment.name_class("v12", 1, "dent")
    assert deployment.get_prediction(data.id).champion.objects[0].label == "dent"
    deployment.set_champion("v12")
    old = deployment.monitor(picture, 0.1, prediction=a_prediction(), timestamp=start - timedelta(days=100))
    new = deployment.monitor(picture, 0.1, prediction=a_prediction())
    assert (old["model_version"], new["model_version"]) == ("v1", "v12")
    assert deployment.refresh().champion.name == "v12"  # type: ignore[union-attr]


def test_an_id_of_ones_own(server: Server, picture: Path) -> None:
    deployment = server.client.create_deployment("sdk ids", labels=["cat", "dog"])
    own, at = uuid4(), datetime.now(UTC)
    first = deployment.monitor(picture, 0.1, prediction=a_prediction(), id=own, timestamp=at)
    again = deployment.monitor(picture, 0.1, prediction=a_prediction(), id=str(own), timestamp=at)
    assert dict(again) == {**dict(first), "replayed": True}
    with pytest.raises(Conflict, match=str(own)):
        deployment.monitor(picture, 0.2, prediction=a_prediction(), id=own, timestamp=at)
    assert deployment.refresh().prediction_count == 1


def test_every_kind_of_image(server: Server, picture: Path) -> None:
    deployment = server.client.create_deployment("sdk images", labels=["cat", "dog"])
    colour = np.random.default_rng(1).integers(0, 255, (40, 30, 3), dtype=np.uint8)
    deep = (np.arange(1200, dtype=np.uint16) * 50).reshape(40, 30)
    for image in (picture, str(picture), picture.read_bytes(), colour, colour[..., 0], deep):
        data = deployment.monitor(image, 0.1, prediction=SegmentationPrediction([]))
        assert "undecodable" not in deployment.get_prediction(data.id).image_state
    kept = [item for item in deployment.list_predictions() if (item.width, item.height) == (30, 40)]
    pixels = [
        cv2.imdecode(np.frombuffer(httpx.get(server.url + str(item.image_url)).content, np.uint8), cv2.IMREAD_UNCHANGED)
        for item in kept
    ]
    assert np.array_equal(pixels[0], deep)
    assert np.array_equal(pixels[1], colour[..., 0])
    assert np.array_equal(pixels[2][..., ::-1], colour)


def test_holes_parts_and_no_scores(server: Server, picture: Path) -> None:
    deployment = server.client.create_deployment("sdk holes", labels=["cat", "dog"])
    square = [(0.5, 0.5), (99.25, 0.5), (99.25, 99.5), (0.5, 99.5)]
    hole = [(20.0, 20.0), (40.0, 20.0), (40.0, 40.0)]
    item = SegmentedObject(0, [Part(square, [hole]), Part([(200.0, 200.0), (220.0, 200.0), (220.0, 230.0)])])
    data = deployment.monitor(picture, 0.1, prediction=SegmentationPrediction.from_objects([item]))
    [kept] = deployment.get_prediction(data.id).champion.objects
    assert (kept.score, len(kept.parts), kept.parts[0].holes) == (None, 2, [hole])


def test_a_picture_is_measured_and_then_forgotten(server: Server, picture: Path) -> None:
    deployment = server.client.create_deployment("sdk forgotten", labels=["cat", "dog"])
    kept = deployment.monitor(picture, 0.1, prediction=a_prediction(), tags=["kept"])
    forgotten = deployment.monitor(picture, 0.2, prediction=a_prediction(), keep_image=False, tags=["forgotten"])
    broken = deployment.monitor(broken_jpeg(), 0.3, prediction=a_prediction())
    for _ in range(300):
        items = {item.id: item for item in deployment.list_predictions()}
        if all(item.measurements for item in items.values()):
            break
        time.sleep(0.1)
    assert items[kept.id].measurements is not None
    assert items[kept.id].measurements["image_brightness"] == pytest.approx(0.5, abs=0.05)
    assert items[forgotten.id].measurements == pytest.approx({**items[kept.id].measurements, "latency_seconds": 0.2})
    assert (items[forgotten.id].image_state, items[forgotten.id].image_url) == ("forgotten", None)
    assert items[broken.id].image_state == "undecodable"
    assert items[broken.id].measurements["object_count"] == 1  # type: ignore[index]
    stored = server.data_dir / "objects" / "segments"
    # The picture is noise and occurs twice: once kept, and nowhere else on the disk.
    tail = picture.read_bytes()[-2000:-100]
    copies = sum(file.read_bytes().count(tail) for file in stored.iterdir())
    same = sum(
        1
        for data in server.client.get_datalake().list_data()
        if data.size_bytes == picture.stat().st_size and data.image_url
    )
    assert copies == same


def broken_jpeg() -> bytes:
    """Structure without content: whole as far as a walk can tell, but no decoder accepts it."""
    frame = b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x55" * 10
    return b"\xff\xd8" + frame + scan + b"\xff\xd9"


def test_what_was_kept_is_found(server: Server, picture: Path) -> None:
    client = server.client
    deployment = client.create_deployment("sdk datalake", labels=["cat", "dog"])
    first = deployment.monitor(picture, 0.1, prediction=a_prediction(), source="microscope", tags=["blue", "thin"])
    second = deployment.monitor(picture, 0.1, prediction=a_prediction(), tags=["blue"])
    lake = client.get_datalake()
    assert [str(data.id) for data in lake.list_data(source="microscope")] == [first["data_id"]]
    assert [str(data.id) for data in lake.list_data(tags=["blue"])] == [second["data_id"], first["data_id"]]
    assert [str(data.id) for data in lake.list_data(tags=["blue", "thin"])] == [first["data_id"]]
    assert second["data_id"] in {str(data.id) for data in lake.list_data(source="serving")}


def test_errors_say_what_to_do(server: Server, picture: Path) -> None:
    with pytest.raises(NotFound, match="deployment 'nowhere'"):
        server.client.get_deployment("nowhere")
    with (
        Client(api_token="vdt_" + "x" * 43, host=server.url) as stranger,
        pytest.raises(Unauthorized, match="token create"),
    ):
        stranger.list_deployments()
    with pytest.raises(NotFound, match="organization 'default'"):
        Client(api_token=server.token, host=server.url, organization_name="others")
    with (
        Client(api_token=server.token, host="http://127.0.0.1:9") as lost,
        pytest.raises(Unavailable, match="vedette up"),
    ):
        lost.create_deployment("x")
    deployment = server.client.create_deployment("sdk errors", labels=["cat", "dog"])
    with pytest.raises(InvalidPrediction, match="uuid5"):
        deployment.monitor(picture, 0.1, prediction=a_prediction(), id="frame-1")
    with pytest.raises(InvalidPrediction, match="zone"):
        deployment.monitor(picture, 0.1, prediction=a_prediction(), timestamp=datetime(2026, 1, 1))  # noqa: DTZ001
