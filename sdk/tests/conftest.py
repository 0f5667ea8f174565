"""A fake server, and clients that speak to it through real sockets."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from vedette import Client, Deployment
from vedette.connection import Connection

from .fake_server import TOKEN, FakeServer, a_deployment, running_fake


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    with running_fake() as server:
        yield server


@pytest.fixture
def client(fake: FakeServer) -> Iterator[Client]:
    with Client(api_token=TOKEN, host=fake.url) as client:
        yield client


@pytest.fixture
def deployment(fake: FakeServer, client: Client) -> Deployment:
    fake.add(a_deployment())
    return client.get_deployment("coins")


@dataclass
class Hurried:
    """A connection that notes how long it would have waited between tries, and does not wait."""

    connection: Connection
    waits: list[float]
    deployment: Deployment


@pytest.fixture
def hurried(fake: FakeServer) -> Iterator[Hurried]:
    waits: list[float] = []
    connection = Connection(fake.url, TOKEN, 10.0, sleep=waits.append)
    yield Hurried(connection, waits, Deployment(connection, fake.add(a_deployment())))
    connection.close()
