"""A whole server in this process: the real application over real embedded stores, on a clock that tests set."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import httpx2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from vedette_server import bootstrap
from vedette_server.actions.tokens import ensure_organization, issue_token
from vedette_server.adapters.clock import StoppedClock
from vedette_server.http.app import create_app
from vedette_server.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def a_picture(width: int = 60, height: int = 80, kind: str = ".png", seed: int = 0) -> bytes:
    """The bytes of an image file of noise."""
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return cv2.imencode(kind, pixels)[1].tobytes()


def a_square(x: float = 10, y: float = 10, side: float = 20) -> list[list[float]]:
    """Four points."""
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]


def a_native_call(**changes: Any) -> dict[str, Any]:
    """A native body as JSON, picture included."""
    return {
        "latency_seconds": 0.25,
        "width": 60,
        "height": 80,
        "filename": "a.png",
        "content_type": "image/png",
        "prediction": {"objects": [{"class_id": 1, "score": 0.9, "parts": [{"outer": a_square()}]}]},
        "image": base64.b64encode(a_picture()).decode(),
        **changes,
    }


def a_foreign_call(**changes: Any) -> dict[str, Any]:
    """A body as the newest existing client sends it."""
    return {
        "filename": "a.png",
        "content_type": "IMAGE/PNG",
        "height": 80,
        "width": 60,
        "latency": 0.25,
        "raw_predictions": {
            "detection_classes": [1],
            "detection_texts": None,
            "detection_scores": [0.9],
            "detection_masks": [[[10, 10], [30, 10], [30, 30], [10, 30]]],
        },
        "image": base64.b64encode(a_picture()).decode(),
        **changes,
    }


@dataclass
class Running:
    """A server to talk to."""

    client: TestClient
    stores: bootstrap.Stores
    clock: StoppedClock
    token: str

    def make_token(self, *scopes: str, organization: str = "default", **more: Any) -> str:
        """The text of another token."""
        _, owner, _ = ensure_organization(self.stores.accounts, self.clock, organization)
        return issue_token(self.stores.accounts, self.clock, owner, "test", scopes, **more)[1]

    def call(self, method: str, path: str, *, token: str | None = None, **more: Any) -> httpx2.Response:
        """A request with a bearer token."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}", **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def create(self, name: str = "coins", **more: Any) -> dict[str, Any]:
        """A new deployment."""
        body = {"name": name, "labels": ["cat", "dog"], **more}
        response = self.call("POST", "/v1/deployments", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    def send(
        self, deployment: str = "coins", body: dict[str, Any] | bytes | None = None, **more: Any
    ) -> httpx2.Response:
        """A native call as JSON."""
        path = f"/v1/deployments/{deployment}/predictions"
        if isinstance(body, bytes):
            return self.call("POST", path, content=body, **more)
        return self.call("POST", path, json=body or a_native_call(), **more)

    def monitoring_token(self, deployment_id: str, token: str | None = None) -> str:
        """What logging in to a deployment's monitoring gives."""
        body = {"api_token": token or self.token, "deployment_id": deployment_id}
        response = self.client.post("/api/auth/login", json=body)
        assert response.status_code == 200, response.text
        return response.json()["jwt"]

    def counted(self) -> tuple[int, int]:
        """Stored predictions and stored objects."""
        from sqlalchemy import func, select

        from vedette_server.adapters.sql.tables import predicted_assets

        with self.stores.database.read() as connection:
            rows = connection.execute(select(func.count()).select_from(predicted_assets)).scalar_one()
        return rows, self.stores.objects.usage().objects


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", max_body_bytes=8 * 1024 * 1024, max_image_pixels=4_000_000)


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Running]:
    clock = StoppedClock(NOW)
    stores = bootstrap.open_stores(settings, clock)
    token = bootstrap.welcome(settings, stores)
    assert token is not None
    services = bootstrap.make_services(settings, stores, bootstrap.make_signer(settings, stores.directory))
    app = create_app(services, tmp_path / "static", on_close=stores.close)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Running(client, stores, clock, token)
