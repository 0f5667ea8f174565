"""When the network or the server fails: what is sent again, after how long, and what is said in the end."""

import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from vedette import Client, Deployment, InvalidRequest, SegmentationPrediction, Unavailable, contract
from vedette.connection import FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, TRIES, Connection

from .conftest import Hurried
from .fake_server import TOKEN, Drop, FakeServer, Refusal

PREDICTION = SegmentationPrediction([1], [0.9], [[[0, 0], [9, 0], [9, 9]]])


def test_a_lost_answer_stores_nothing_twice(fake: FakeServer, hurried: Hurried) -> None:
    fake.faults.append(Drop(took_effect=True))
    data = hurried.deployment.monitor(b"picture", 0.1, prediction=PREDICTION)
    assert len(fake.requests) == 2
    assert list(fake.stored) == [data.id]
    assert data["replayed"]


def test_a_request_that_never_took_effect_is_sent_again(fake: FakeServer, hurried: Hurried) -> None:
    fake.faults.extend([Drop(took_effect=False), Drop(took_effect=False)])
    data = hurried.deployment.monitor(b"picture", 0.1, prediction=PREDICTION)
    assert len(fake.requests) == 3
    assert fake.last.image == b"picture"
    assert not data["replayed"]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(fake: FakeServer, hurried: Hurried, status: int) -> None:
    fake.faults.append(Refusal(status))
    assert not hurried.deployment.monitor(b"picture", 0.1, prediction=PREDICTION)["replayed"]
    assert len(fake.stored) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_waits_grow_and_differ(fake: FakeServer, hurried: Hurried, status: int) -> None:
    fake.faults.extend([Refusal(status)] * TRIES)
    with pytest.raises(Unavailable, match=str(status)):
        hurried.deployment.refresh()
    assert len(fake.requests) == TRIES
    assert len(hurried.waits) == TRIES - 1
    for doubled, wait in enumerate(hurried.waits):
        longest = min(FIRST_WAIT_SECONDS * 2**doubled, LONGEST_WAIT_SECONDS)
        assert longest / 2 <= wait <= longest


def test_the_server_says_when(fake: FakeServer, hurried: Hurried) -> None:
    later = datetime.now(UTC) + timedelta(seconds=5)
    past = datetime.now(UTC) - timedelta(hours=1)
    fake.faults.extend(
        [
            Refusal(503, {"Retry-After": "3"}),
            Refusal(429, {"Retry-After": format_datetime(later, usegmt=True)}),
            Refusal(503, {"Retry-After": format_datetime(past, usegmt=True)}),
            Refusal(503, {"Retry-After": "soon"}),
        ]
    )
    hurried.deployment.refresh()
    by_seconds, by_date, by_past_date, by_nonsense = hurried.waits
    assert 3.0 <= by_seconds <= 3.0 + FIRST_WAIT_SECONDS
    # A date has whole seconds, and the test takes a moment.
    assert 0.0 < by_date <= 5.0 + FIRST_WAIT_SECONDS
    assert by_past_date <= FIRST_WAIT_SECONDS
    assert by_nonsense > FIRST_WAIT_SECONDS


def test_a_server_that_asks_for_a_long_rest_gets_it(fake: FakeServer, hurried: Hurried) -> None:
    fake.faults.append(Refusal(503, {"Retry-After": "60"}))
    with pytest.raises(Unavailable) as caught:
        hurried.deployment.monitor(b"picture", 0.1, prediction=PREDICTION)
    assert caught.value.retry_after_seconds == 60.0
    assert (len(fake.requests), hurried.waits) == (1, [])


def test_what_may_take_effect_twice_is_sent_once(fake: FakeServer, hurried: Hurried) -> None:
    fake.faults.append(Drop(took_effect=True))
    request = contract.DeploymentRequest(name="new")
    with pytest.raises(Unavailable):
        hurried.connection.send("POST", "/v1/deployments", request, contract.Deployment)
    assert (len(fake.requests), hurried.waits) == (1, [])


@pytest.mark.parametrize("status", [500, 507])
def test_a_broken_server_is_not_hammered(fake: FakeServer, hurried: Hurried, status: int) -> None:
    fake.faults.append(Refusal(status, body=b"<h1>oops</h1>"))
    with pytest.raises(Unavailable, match=rf"{status}: <h1>oops"):
        hurried.deployment.refresh()
    assert hurried.waits == []


def test_a_refusal_is_final_and_names_its_fields(fake: FakeServer, hurried: Hurried) -> None:
    body = b"""{"type": "https://vedette.dev/problems/invalid_image", "title": "invalid image", "status": 422,
        "detail": "image: got 7 bytes, wanted a picture",
        "errors": [{"field": "image", "got": "7 bytes", "wanted": "a picture"}]}"""
    fake.faults.append(Refusal(422, body=body))
    with pytest.raises(InvalidRequest, match="image: got 7 bytes, wanted a picture") as caught:
        hurried.deployment.monitor(b"picture", 0.1, prediction=PREDICTION)
    assert caught.value.errors == (contract.ProblemField("image", "7 bytes", "a picture"),)
    assert (caught.value.status, len(fake.requests)) == (422, 1)


def test_another_program_behind_the_address(fake: FakeServer, hurried: Hurried) -> None:
    fake.faults.append(Refusal(200, body=b"<html>Welcome</html>"))
    with pytest.raises(Unavailable, match="something else than Vedette"):
        hurried.deployment.refresh()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    waits: list[float] = []
    connection = Connection(address, TOKEN, 10.0, sleep=waits.append)
    with pytest.raises(Unavailable) as caught:
        connection.get("/v1/me", contract.Me)
    connection.close()
    assert address in str(caught.value)
    assert "`vedette up`" in str(caught.value)
    assert len(waits) == TRIES - 1


def test_a_server_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connection = Connection(f"http://127.0.0.1:{silent.getsockname()[1]}", TOKEN, 0.05, sleep=lambda _: None)
        with pytest.raises(Unavailable, match="ReadTimeout"):
            connection.get("/v1/me", contract.Me)
        connection.close()


def test_threads_share_a_client(fake: FakeServer, client: Client, deployment: Deployment) -> None:
    bodies = [str(number).encode() for number in range(40)]

    def work(part: list[bytes]) -> None:
        for body in part:
            deployment.monitor(body, 0.1, prediction=PREDICTION)

    threads = [threading.Thread(target=work, args=(bodies[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept.image for kept in fake.stored.values()) == sorted(bodies)
