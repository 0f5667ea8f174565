"""The demo against a client that keeps in memory what it is sent."""

import io
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from rich.console import Console

from vedette import Client, Conflict, NotFound, SegmentationPrediction, Unavailable
from vedette_server.demo.run import SENT_AGAIN, run_demo

HISTORY = 42


@dataclass(frozen=True)
class Monitored:
    """One call of `monitor`, with its arguments by name."""

    image: bytes
    latency: float
    height: int
    width: int
    prediction: SegmentationPrediction
    options: dict[str, Any]

    @property
    def captured_at(self) -> datetime:
        return datetime.fromtimestamp(self.options["timestamp"], UTC)


@dataclass
class FakeDeployment:
    """Keeps each id once; the same id with other content is a conflict, as it is on the server."""

    name: str
    labels: Sequence[str]
    before_monitor: Callable[[], None]
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    shadow: str | None = None
    kept: dict[uuid.UUID, Monitored] = field(default_factory=dict)
    conflicts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def prediction_count(self) -> int:
        return len(self.kept)

    @property
    def in_order_of_arrival(self) -> list[Monitored]:
        return list(self.kept.values())

    def set_shadow(self, model_version: str) -> None:
        self.shadow = model_version

    def monitor(
        self,
        image: bytes,
        latency: float,
        height: int,
        width: int,
        prediction: SegmentationPrediction,
        *,
        id: uuid.UUID,
        **options: Any,
    ) -> dict[str, str]:
        self.before_monitor()
        with self.lock:
            if id in self.kept:
                self.conflicts += 1
                raise Conflict("another prediction has this id", 409)
            self.kept[id] = Monitored(image, latency, height, width, prediction, options)
        return {"id": str(id)}


@dataclass
class FakeClient:
    """`before_monitor` is called at every `monitor`, and may raise or stop the demo."""

    before_monitor: Callable[[], None] = lambda: None
    deployments: dict[str, FakeDeployment] = field(default_factory=dict)

    def get_deployment(self, name: str) -> FakeDeployment:
        if name not in self.deployments:
            raise NotFound(f"no deployment {name}", 404)
        return self.deployments[name]

    def create_deployment(self, name: str, *, type: str, labels: Sequence[str]) -> FakeDeployment:
        assert type == "SEGMENTATION"
        assert name not in self.deployments
        self.deployments[name] = FakeDeployment(name, labels, lambda: self.before_monitor())
        return self.deployments[name]


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


def run(client: FakeClient, stop: threading.Event, count: int = HISTORY) -> str:
    """Run the demo until it stops, and return what it said."""
    console = Console(file=io.StringIO(), width=120)
    run_demo(
        cast(Client, client),
        console=console,
        predictions_per_deployment=count,
        now=datetime.now(UTC),
        stop=stop,
        live_interval_seconds=0.0,
    )
    return cast(io.StringIO, console.file).getvalue()


def after(calls: int, act: Callable[[], None]) -> Callable[[], None]:
    """Something to call on every `monitor`, which acts on the call after so many."""
    lock = threading.Lock()
    seen = 0

    def count() -> None:
        nonlocal seen
        with lock:
            seen += 1
            if seen != calls + 1:
                return
        act()

    return count


def run_until(client: FakeClient, calls: int, count: int = HISTORY) -> str:
    """Run the demo, stopping it at the call after so many."""
    stop = threading.Event()
    client.before_monitor = after(calls, stop.set)
    return run(client, stop, count)


def coins(client: FakeClient) -> FakeDeployment:
    return client.deployments["coin-inspection"]


def test_two_deployments_are_made_with_their_labels_and_shadow(client: FakeClient) -> None:
    run_until(client, calls=2)
    assert {name: list(d.labels) for name, d in client.deployments.items()} == {
        "coin-inspection": ["small coin", "large coin"],
        "tissue-nuclei": ["unstained nucleus", "stained nucleus"],
    }
    assert {d.shadow for d in client.deployments.values()} == {"v2"}


def test_a_live_picture_of_each_comes_first_then_two_weeks_then_live_again(client: FakeClient) -> None:
    started_at = datetime.now(UTC)
    run_until(client, calls=2 * (1 + HISTORY) + 6)
    for deployment in client.deployments.values():
        first, *rest = deployment.in_order_of_arrival
        history, live = rest[:HISTORY], rest[HISTORY:]
        assert first.captured_at >= started_at - timedelta(seconds=1)
        days = {(started_at - monitored.captured_at).days for monitored in history}
        assert days == set(range(14))
        assert len(live) >= 3
        assert all(monitored.captured_at >= started_at for monitored in live)
        assert len({monitored.options["source"] for monitored in live}) == 2


def test_every_call_carries_picture_predictions_latencies_source_and_tags(client: FakeClient) -> None:
    run_until(client, calls=20)
    for monitored in coins(client).in_order_of_arrival:
        assert monitored.image.startswith(b"\xff\xd8")
        assert (monitored.width, monitored.height) == (480, 400)
        assert monitored.latency > 0
        assert monitored.options["shadow_latency"] > 0
        assert monitored.options["shadow_raw_predictions"] is not None
        assert monitored.options["source"] in ("camera-1", "camera-2")
        assert monitored.options["tags"] in (["day"], ["night"])
        assert monitored.options["filename"].endswith(".jpg")


def test_a_history_broken_off_is_taken_up_without_doubling(client: FakeClient) -> None:
    run_until(client, calls=50)
    kept_at_first = [set(d.kept) for d in client.deployments.values()]
    run_until(client, calls=2 * (1 + HISTORY + SENT_AGAIN))
    for deployment, before in zip(client.deployments.values(), kept_at_first, strict=True):
        assert before < set(deployment.kept)
        live = [m for m in deployment.kept.values() if m.captured_at >= deployment.created_at]
        assert len(deployment.kept) - len(live) == HISTORY
        assert 0 < deployment.conflicts <= 2 * SENT_AGAIN


def test_a_complete_history_is_not_sent_again(client: FakeClient) -> None:
    run_until(client, calls=2 * (1 + HISTORY) + 2)
    restarted_at = datetime.now(UTC)
    kept_at_first = {name: len(d.kept) for name, d in client.deployments.items()}
    run_until(client, calls=8)
    for name, deployment in client.deployments.items():
        new = deployment.in_order_of_arrival[kept_at_first[name] :]
        assert len(new) >= 4
        assert all(monitored.captured_at >= restarted_at for monitored in new)


def test_a_stop_before_the_start_sends_nothing(client: FakeClient) -> None:
    stop = threading.Event()
    stop.set()
    run(client, stop)
    assert not any(deployment.kept for deployment in client.deployments.values())


def test_a_server_that_is_away_is_waited_for_and_told_once(client: FakeClient) -> None:
    stop = threading.Event()
    failures = iter(range(3))
    finish = after(30, stop.set)

    def before() -> None:
        if len(coins(client).kept) == 10 and next(failures, None) is not None:
            raise Unavailable("connection refused")
        finish()

    client.before_monitor = before
    said = run(client, stop)
    assert len(coins(client).kept) > 10
    assert said.count("The server is away (connection refused)") == 1
    assert said.count("The server is back") == 1


def test_what_the_server_refuses_ends_the_demo(client: FakeClient) -> None:
    class Refused(Exception):
        pass

    def refuse() -> None:
        raise Refused

    client.before_monitor = after(10, refuse)
    with pytest.raises(Refused):
        run(client, threading.Event())
