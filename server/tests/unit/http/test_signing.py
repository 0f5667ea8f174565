"""Signatures: of this server, unexpired, for this very thing; and keys that change under them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest

from vedette_server.domain.errors import Forbidden, Unauthorized
from vedette_server.http.signing import DeploymentClaims, Signer, SigningKey

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD, NEW = SigningKey("old", b"o" * 32), SigningKey("new", b"n" * 32)
CLAIMS = DeploymentClaims(uuid4(), uuid4())


def test_a_token_says_what_it_said() -> None:
    signer = Signer((OLD,))
    token = signer.sign_deployment_token(CLAIMS, NOW, HOUR)
    assert signer.verify_deployment_token(token, NOW + timedelta(minutes=59)) == CLAIMS
    with pytest.raises(Unauthorized, match="expired"):
        signer.verify_deployment_token(token, NOW + HOUR)


def test_a_new_key_in_front_leaves_what_the_old_one_signed() -> None:
    token = Signer((OLD,)).sign_deployment_token(CLAIMS, NOW, HOUR)
    path = Signer((OLD,)).sign_path("/a", NOW, HOUR)
    rotated = Signer((NEW, OLD))
    assert rotated.verify_deployment_token(token, NOW) == CLAIMS
    rotated.verify_path("/a", dict(parse_qsl(path.partition("?")[2])), NOW)
    # Another API with the same keys takes what this one signs; without the old key nothing of it is left.
    assert Signer((OLD, NEW)).verify_deployment_token(rotated.sign_deployment_token(CLAIMS, NOW, HOUR), NOW) == CLAIMS
    with pytest.raises(Unauthorized):
        Signer((NEW,)).verify_deployment_token(token, NOW)


@pytest.mark.parametrize("token", ["", "a.b.c", "vdt_x", "e30.e30.", "\u2603.\u2603.\u2603"])
def test_other_texts_are_no_tokens(token: str) -> None:
    with pytest.raises(Unauthorized):
        Signer((OLD,)).verify_deployment_token(token, NOW)


def test_a_path_is_signed_for_itself_and_keeps_its_address_for_a_while() -> None:
    signer = Signer((OLD,))
    signed = signer.sign_path("/a", NOW, HOUR)
    assert signer.sign_path("/a", NOW + timedelta(minutes=59), HOUR) == signed
    query = dict(parse_qsl(signed.partition("?")[2]))
    signer.verify_path("/a", query, NOW + HOUR)
    for path, changed in (
        ("/b", query),
        ("/a", {**query, "expires": "99999999999"}),
        ("/a", {}),
        ("/a", {**query, "key": "x"}),
    ):
        with pytest.raises(Forbidden):
            signer.verify_path(path, changed, NOW)
    with pytest.raises(Forbidden, match="expired"):
        signer.verify_path("/a", query, NOW + 3 * HOUR)


def test_short_secrets_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Signer((SigningKey("a", b"short"),))
