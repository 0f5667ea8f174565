"""The way in: tokens, hosts, organizations, deployments, the datalake."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from vedette import Client, Conflict, Deployment, InvalidHost, InvalidPrediction, NotFound, RequestRefused, Unauthorized
from vedette.client import DEFAULT_HOST

from .fake_server import ORGANIZATION, TOKEN, FakeServer, Refusal, a_data, a_deployment


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("VEDETTE_TOKEN", raising=False)
    monkeypatch.delenv("VEDETTE_HOST", raising=False)
    yield


def test_token_and_host_from_the_environment(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_TOKEN", TOKEN + "\n")
    monkeypatch.setenv("VEDETTE_HOST", fake.url + "/")
    with Client() as client:
        assert client.list_deployments() == []
    [request] = fake.requests
    assert (request.path, request.headers["authorization"]) == ("/v1/deployments", f"Bearer {TOKEN}")


def test_what_is_given_comes_before_the_environment(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_TOKEN", "vdt_other")
    monkeypatch.setenv("VEDETTE_HOST", "http://127.0.0.1:9")
    with Client(api_token=TOKEN, host=fake.url) as client:
        assert client.list_deployments() == []


def test_the_host_is_this_machine_if_none_is_given() -> None:
    with Client(api_token=TOKEN) as client:
        assert repr(client) == f"Client(host={DEFAULT_HOST!r})"
        assert TOKEN not in repr(client)


def test_no_token() -> None:
    with pytest.raises(Unauthorized, match=r"VEDETTE_TOKEN.*vedette token create"):
        Client(host="http://127.0.0.1:9")


@pytest.mark.parametrize("token", ["vdt_ü", "vdt_a b", "vdt_a\nX-Evil: 1"])
def test_a_token_that_no_header_can_carry(token: str) -> None:
    with pytest.raises(Unauthorized, match="copy it anew"):
        Client(api_token=token)


@pytest.mark.parametrize("host", ["localhost:8600", "127.0.0.1", "ftp://a", "http://", "http://a:b", "http://[::1"])
def test_a_host_that_is_no_address(host: str) -> None:
    with pytest.raises(InvalidHost, match=r"http://127\.0\.0\.1:8600") as caught:
        Client(api_token=TOKEN, host=host)
    assert repr(host) in str(caught.value)


def test_a_token_that_the_server_does_not_know(fake: FakeServer) -> None:
    with Client(api_token="vdt_wrong", host=fake.url) as client, pytest.raises(Unauthorized, match="token create"):
        client.list_deployments()


def test_the_organization_is_the_tokens(fake: FakeServer) -> None:
    for named in ({"organization_name": "default"}, {"organization_id": str(ORGANIZATION.id)}):
        Client(TOKEN, host=fake.url, **named).close()  # type: ignore[arg-type]
    for named in ({"organization_name": "other"}, {"organization_id": str(uuid4())}):
        with pytest.raises(NotFound, match="belongs to the organization 'default'"):
            Client(TOKEN, host=fake.url, **named)  # type: ignore[arg-type]
    assert {request.path for request in fake.requests} == {"/v1/me"}


def test_deployments_by_name_and_id(fake: FakeServer, client: Client) -> None:
    known = fake.add(a_deployment())
    assert client.get_deployment("coins").id == known.id
    assert client.get_deployment_by_id(known.id).name == "coins"
    found = client.find_deployment("coins")
    assert isinstance(found, Deployment)
    assert repr(found) == "Deployment('coins', SEGMENTATION)"
    assert [deployment.name for deployment in client.list_deployments()] == ["coins"]


def test_a_deployment_that_is_not_there(client: Client) -> None:
    with pytest.raises(NotFound, match="no deployment 'nowhere'") as caught:
        client.get_deployment("nowhere")
    assert caught.value.status == 404
    assert client.find_deployment("nowhere") is None
    for name in ("", ".", ".."):
        with pytest.raises(NotFound, match="can be named"):
            client.get_deployment(name)


@pytest.mark.parametrize("name", ["line 3", "50%", "a?b", "a#b", "a&b=c", "Prüfung", "漢字", "a+b", "../me"])
def test_names_with_any_characters(fake: FakeServer, client: Client, name: str) -> None:
    fake.add(a_deployment(name))
    assert client.get_deployment(name).name == name


@pytest.mark.parametrize(
    ("labels", "kept"),
    [
        (["small", "large"], {0: "small", 1: "large"}),
        (("small",), {0: "small"}),
        ({7: "crack"}, {7: "crack"}),
        ((), {}),
    ],
)
def test_a_new_deployment(client: Client, labels: list[str], kept: dict[int, str]) -> None:
    deployment = client.create_deployment("coins", type="SEGMENTATION", labels=labels, min_threshold=0.5)
    assert deployment.labels == kept
    assert (deployment.type, deployment.prediction_count, deployment.shadow) == ("SEGMENTATION", 0, None)
    with pytest.raises(Conflict, match="exists already"):
        client.create_deployment("coins")


def test_every_data_page_by_page(fake: FakeServer, client: Client) -> None:
    fake.data = [a_data(number) for number in range(5)]
    found = client.get_datalake().list_data(source="serving", tags=["night", "wet & cold"])
    assert [data.id.int for data in found] == [0, 1, 2, 3, 4]
    assert [request.query.get("cursor") for request in fake.requests] == [None, ["2"], ["4"]]
    assert all(request.query["tag"] == ["night", "wet & cold"] for request in fake.requests)
    assert all(request.query["source"] == ["serving"] for request in fake.requests)


def test_the_first_data(fake: FakeServer, client: Client) -> None:
    fake.data = [a_data(number) for number in range(5)]
    lake = client.get_datalake()
    assert len(list(lake.list_data(limit=3))) == 3
    assert [request.query["limit"] for request in fake.requests] == [["3"], ["1"]]
    assert list(lake.list_data(limit=0)) == []
    with pytest.raises(InvalidPrediction, match="list of texts"):
        list(lake.list_data(tags="night"))


def test_a_server_that_sends_one_elsewhere(fake: FakeServer, client: Client) -> None:
    fake.faults.append(Refusal(301, {"Location": "https://vedette.my.org/v1/deployments"}))
    with pytest.raises(RequestRefused, match=r"redirects to https://vedette\.my\.org.*VEDETTE_HOST"):
        client.list_deployments()
