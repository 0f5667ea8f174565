"""Who may do what: tokens good and bad, scopes, and two organizations that cannot see each other."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from .conftest import Running, a_foreign_call, a_native_call


def first_item(server: Running) -> dict[str, Any]:
    return server.call("GET", "/v1/deployments/coins/predictions").json()["items"][0]


@pytest.mark.parametrize(
    ("header", "word"),
    [
        (None, "no token"),
        ("Basic abc", "malformed"),
        ("Bearer", "malformed"),
        ("Bearer hello", "malformed"),
        ("Bearer vdt_" + "x" * 500, "malformed"),
        ("Bearer vdt_" + "x" * 43, "unknown"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/deployments", "/api/home/ping"])
def test_bad_tokens(server: Running, path: str, header: str | None, word: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = server.client.get(path, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert word in (response.json().get("detail") if path.startswith("/v1") else response.json()["message"])


def test_expired_and_revoked_tokens(server: Running) -> None:
    deployment = server.create()
    for_an_hour = server.make_token("admin", lifetime=timedelta(hours=1))
    jwt = server.monitoring_token(deployment["id"], for_an_hour)
    assert server.call("GET", "/v1/me", token=for_an_hour).status_code == 200
    server.clock.advance(timedelta(hours=2))
    refused = server.call("GET", "/v1/me", token=for_an_hour)
    assert (refused.status_code, "expired" in refused.text) == (401, True)
    # The monitoring token falls with the one that asked for it.
    path = f"/api/deployment/{deployment['id']}/predictions"
    assert server.call("POST", path, token=jwt, json=a_foreign_call()).status_code == 401

    other = server.call("POST", "/v1/tokens", json={"name": "camera", "scopes": ["admin"]}).json()
    assert server.call("GET", "/v1/me", token=other["token"]).status_code == 200
    assert server.call("DELETE", f"/v1/tokens/{other['id']}").status_code == 204
    refused = server.call("GET", "/v1/me", token=other["token"])
    assert (refused.status_code, "revoked" in refused.text) == (401, True)
    assert server.counted() == (0, 0)


def test_monitoring_tokens(server: Running) -> None:
    coins, others = server.create(), server.create("others")
    jwt = server.monitoring_token(coins["id"])
    send = lambda deployment, token: server.call(  # noqa: E731
        "POST", f"/api/deployment/{deployment['id']}/predictions", token=token, json=a_foreign_call()
    )
    assert send(others, jwt).status_code == 404
    for forged in (jwt[:-4] + "AAAA", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", server.token):
        assert send(coins, forged).status_code == 401, forged
    assert server.counted() == (0, 0)
    assert send(coins, jwt).status_code == 201
    server.clock.advance(timedelta(hours=13))
    expired = send(coins, jwt)
    assert (expired.status_code, "log in again" in expired.text) == (401, True)
    wrong = {"api_token": "vdt_" + "x" * 43, "deployment_id": coins["id"]}
    assert server.client.post("/api/auth/login", json=wrong).status_code == 401


def test_a_token_that_may_only_send(server: Running) -> None:
    deployment = server.create()
    token = server.make_token("predict")
    assert server.send(token=token).status_code == 201
    assert server.call("GET", "/v1/deployments/coins", token=token).status_code == 200
    jwt = server.monitoring_token(deployment["id"], token)
    path = f"/api/deployment/{deployment['id']}/predictions"
    assert server.call("POST", path, token=jwt, json=a_foreign_call()).status_code == 201
    for method, path in (
        ("GET", "/v1/deployments"),
        ("GET", "/v1/deployments/coins/predictions"),
        ("GET", "/v1/data"),
        ("GET", "/v1/tokens"),
        ("POST", "/v1/deployments"),
        ("PUT", "/v1/deployments/coins/champion"),
    ):
        refused = server.call(method, path, token=token, json={} if method != "GET" else None)
        assert (refused.status_code, "predict" in refused.json()["detail"]) == (403, True), path


def test_a_token_that_may_only_read(server: Running) -> None:
    server.create()
    token = server.make_token("read")
    assert server.call("GET", "/v1/deployments", token=token).status_code == 200
    assert server.send(token=token).status_code == 403
    assert server.call("POST", "/v1/tokens", token=token, json={"name": "x", "scopes": ["admin"]}).status_code == 403
    assert server.counted() == (0, 0)


def test_two_organizations_cannot_see_each_other(server: Running) -> None:
    deployment = server.create()
    answer = server.send().json()
    item = first_item(server)
    lake = server.call("GET", "/v1/data").json()["items"][0]["datalake_id"]
    organization = server.call("GET", "/v1/me").json()["organization"]["id"]
    version = deployment["champion"]["id"]
    token_id = server.call("GET", "/v1/me").json()["token"]["id"]
    stranger = server.make_token("admin", organization="strangers")

    named, by_id = "/v1/deployments/coins", f"/v1/deployments/{deployment['id']}"
    probes: list[tuple[str, str, dict[str, Any] | None]] = [
        *(("GET", path, None) for path in (named, by_id)),
        *(("GET", f"{path}/predictions", None) for path in (named, by_id)),
        ("GET", f"{by_id}/model-versions", None),
        ("GET", f"{by_id}/predictions/{answer['id']}", None),
        ("POST", f"{by_id}/predictions", a_native_call()),
        ("PUT", f"{by_id}/champion", {"model_version": "v9"}),
        ("PUT", f"{by_id}/shadow", {"model_version": "v9"}),
        ("PUT", f"{by_id}/model-versions/v1/labels/0", {"name": "x"}),
        ("GET", f"/v1/data/{answer['data_id']}", None),
        ("DELETE", f"/v1/tokens/{token_id}", None),
        ("GET", f"/api/organization/{organization}", None),
        ("GET", "/api/organizations/find?name=default", None),
        ("GET", f"/api/organization/{organization}/deployments", None),
        ("GET", f"/api/organization/{organization}/deployments/find?name=coins", None),
        ("GET", f"/api/organization/{organization}/datalake", None),
        ("GET", f"/api/deployment/{deployment['id']}", None),
        ("GET", f"/api/deployment/{deployment['id']}/labels", None),
        ("GET", f"/api/model/version/{version}", None),
        ("GET", f"/api/datalake/{lake}", None),
        ("GET", f"/api/datalake/{lake}/datas", None),
        ("GET", f"/api/datalake/{lake}/datas/find?id={answer['data_id']}", None),
        ("GET", f"/api/datalake/{lake}/tags", None),
        ("GET", f"/api/data/{answer['data_id']}", None),
        ("GET", f"/api/data/{answer['data_id']}/presigned-url", None),
        ("POST", "/api/auth/login", {"api_token": stranger, "deployment_id": deployment["id"]}),
    ]
    for method, path, body in probes:
        response = server.call(method, path, token=stranger, json=body)
        assert response.status_code == 404, (method, path, response.status_code)
        assert "coins" not in response.text.replace("deployment 'coins'", ""), path
    assert server.call("GET", "/v1/deployments", token=stranger).json() == {"items": []}
    assert server.call("GET", "/v1/data", token=stranger).json()["count"] == 0
    assert server.call("GET", "/v1/me").status_code == 200
    # A picture's address holds its organization: it cannot be bent to another picture.
    bent = item["image_url"].replace(answer["data_id"], deployment["id"])
    assert server.client.get(bent).status_code == 403
    assert server.counted() == (1, 1)


def test_signed_addresses_expire(server: Running) -> None:
    server.create()
    server.send()
    address = first_item(server)["image_url"]
    assert server.client.get(address).status_code == 200
    assert server.client.get(address + "0").status_code == 403
    assert server.client.get(address.split("?")[0]).status_code == 403
    server.clock.advance(timedelta(hours=3))
    refused = server.client.get(address)
    assert (refused.status_code, "expired" in refused.text) == (403, True)


def test_who_did_what_is_written_down(server: Running) -> None:
    server.create()
    server.call("PUT", "/v1/deployments/coins/shadow", json={"model_version": "v2"})
    server.call("PUT", "/v1/deployments/coins/model-versions/v1/labels/7", json={"name": "crack"})
    made = server.call("POST", "/v1/tokens", json={"name": "camera", "scopes": ["predict"]}).json()
    server.call("DELETE", f"/v1/tokens/{made['id']}")
    me = server.call("GET", "/v1/me").json()
    organization = me["organization"]["id"]
    from uuid import UUID

    trail = server.stores.accounts.list_changes(UUID(organization), 100)
    done = [change.action for change in reversed(trail)]
    assert done == [
        "organization.create",
        "token.create",
        "deployment.create",
        "model_version.create",
        "deployment.shadow",
        "label.name",
        "token.create",
        "token.revoke",
    ]
    by_request = [change for change in trail if change.action != "organization.create"][:-1]
    assert {str(change.token_id) for change in by_request} == {me["token"]["id"]}
    assert {str(change.user_id) for change in by_request} == {me["user"]["id"]}


def test_tokens_are_never_kept_or_shown_again(server: Running, settings: Any) -> None:
    made = server.call("POST", "/v1/tokens", json={"name": "camera", "scopes": ["predict"]}).json()
    assert "token" not in server.call("GET", "/v1/tokens").json()["items"][0]
    kept = b"".join(file.read_bytes() for file in settings.data_dir.glob("records.sqlite*"))
    assert made["token"].encode() not in kept
    assert server.token.encode() not in kept
    for name in ("admin-token", "signing-keys.json"):
        assert (settings.data_dir / name).stat().st_mode & 0o077 == 0


def test_clients_learn_the_public_address(server: Running) -> None:
    server.create()
    organization = server.call("GET", "/v1/me").json()["organization"]["id"]
    path = f"/api/organization/{organization}/deployments/find?name=coins"
    here = server.call("GET", path).json()
    assert (here["oracle_host"], here["serving_host"]) == ("http://testserver", None)
    services = server.client.app.app.state.services  # type: ignore[attr-defined]
    server.client.app.app.state.services = replace(services, public_url="https://vedette.example")  # type: ignore[attr-defined]
    assert server.call("GET", path).json()["oracle_host"] == "https://vedette.example"
    assert server.call("GET", "/v1/me").json()["server"]["public_url"] == "https://vedette.example"
