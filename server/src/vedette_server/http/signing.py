"""Signatures that spare a database: tokens for one deployment, and addresses of pictures.

Several keys may be known at once: the first one signs, all of them verify, so a
key is rotated by putting a new one in front and dropping the old one later.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import jwt
import msgspec

from vedette_server.domain.errors import Forbidden, Unauthorized

MIN_SECRET_BYTES = 32


class SigningKey(msgspec.Struct, frozen=True):
    """A secret of at least 32 bytes and the name it is known by."""

    id: str
    secret: bytes


class DeploymentClaims(msgspec.Struct, frozen=True):
    """What a deployment's short-lived token says: whose token asked for it, and for which deployment."""

    token_id: UUID
    deployment_id: UUID


class Signer:
    """Signs and verifies with a ring of keys."""

    ALGORITHM = "HS256"
    AUDIENCE = "vedette-monitoring"

    def __init__(self, keys: tuple[SigningKey, ...]) -> None:
        if not keys:
            raise ValueError("at least one signing key is needed")
        for key in keys:
            if len(key.secret) < MIN_SECRET_BYTES:
                raise ValueError(f"signing key {key.id!r} is shorter than {MIN_SECRET_BYTES} bytes")
        self._keys = {key.id: key for key in keys}
        self._first = keys[0]

    def sign_deployment_token(self, claims: DeploymentClaims, now: datetime, lifetime: timedelta) -> str:
        """A JWT that lets its bearer monitor one deployment until it expires."""
        payload = {
            "aud": self.AUDIENCE,
            "tok": str(claims.token_id),
            "dep": str(claims.deployment_id),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        return jwt.encode(payload, self._first.secret, algorithm=self.ALGORITHM, headers={"kid": self._first.id})

    def verify_deployment_token(self, token: str, now: datetime) -> DeploymentClaims:
        """What a JWT of ours says; `Unauthorized` for any other text."""
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            # Time comes from our clock, not from the library's.
            payload: Mapping[str, Any] = jwt.decode(
                token,
                key.secret,
                algorithms=[self.ALGORITHM],
                audience=self.AUDIENCE,
                options={"verify_exp": False, "verify_iat": False, "require": ["exp", "tok", "dep"]},
            )
            claims = DeploymentClaims(UUID(payload["tok"]), UUID(payload["dep"]))
            expires = int(payload["exp"])
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise Unauthorized("the monitoring token is malformed or not signed by this server") from error
        if now.timestamp() >= expires:
            raise Unauthorized("the monitoring token has expired: log in again")
        return claims

    def sign_path(self, path: str, now: datetime, lifetime: timedelta) -> str:
        """`path` with an expiry and a signature in its query.

        The expiry is rounded up to a whole lifetime, so that a picture keeps its
        address for a while and browsers can cache it.
        """
        step = int(lifetime.total_seconds())
        expires = (int(now.timestamp()) // step + 2) * step
        signature = self._signature(self._first, path, expires)
        return f"{path}?{urlencode({'expires': expires, 'key': self._first.id, 'signature': signature})}"

    def verify_path(self, path: str, query: Mapping[str, str], now: datetime) -> None:
        """`Forbidden` unless the query holds a signature of ours for this path that has not expired."""
        key = self._keys.get(query.get("key", ""))
        try:
            expires = int(query.get("expires", ""))
        except ValueError:
            expires = 0
        expected = self._signature(key, path, expires) if key is not None else ""
        if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()) or not expected:
            raise Forbidden("the signature of this address is not valid")
        if now.timestamp() >= expires:
            expired = datetime.fromtimestamp(expires, UTC).isoformat()
            raise Forbidden(f"this address expired at {expired}: ask for a new one")

    def _signature(self, key: SigningKey, path: str, expires: int) -> str:
        mac = hmac.digest(key.secret, f"{path}\n{expires}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")
