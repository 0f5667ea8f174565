"""Where adapters meet ports: settings in, open stores and a running API out. The worker's part: `run_worker.py`."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp

from vedette_server.actions.deployments import DeploymentDirectory
from vedette_server.actions.record_prediction import PredictionRecorder
from vedette_server.actions.show_image import ImageViewer
from vedette_server.actions.tokens import Authenticator, ensure_organization, issue_token, revoke_token
from vedette_server.adapters.clock import SystemClock
from vedette_server.adapters.local_objects import SegmentObjectStore
from vedette_server.adapters.sql.accounts import SqlAccounts
from vedette_server.adapters.sql.database import Database
from vedette_server.adapters.sql.datalake import SqlDatalakeRecords
from vedette_server.adapters.sql.migrate import upgrade
from vedette_server.adapters.sql.predictions import SqlPredictionRecords
from vedette_server.adapters.sql.registry import SqlRegistry
from vedette_server.data_directory import DataDirectory
from vedette_server.domain.accounts import ApiToken, Scope
from vedette_server.domain.errors import NotSupported
from vedette_server.http.app import create_app, make_api
from vedette_server.http.metrics import Metrics
from vedette_server.http.native.openapi import make_openapi
from vedette_server.http.services import Services
from vedette_server.http.signing import Signer, SigningKey
from vedette_server.ports.clock import Clock
from vedette_server.ports.objects import ObjectStore
from vedette_server.settings import Settings

STATIC = Path(__file__).parent / "http" / "static"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The open stores of one installation."""

    directory: DataDirectory
    database: Database
    accounts: SqlAccounts
    registry: SqlRegistry
    predictions: SqlPredictionRecords
    datalake: SqlDatalakeRecords
    objects: ObjectStore
    clock: Clock

    def close(self) -> None:
        """Close every connection and file."""
        self.objects.close()
        self.database.close()


def open_stores(settings: Settings, clock: Clock | None = None) -> Stores:
    """Open the stores, bringing an older schema up to date.

    Raises where the data directory or the records are from a later version.
    """
    for name, url in (("VEDETTE_OBJECTS_URL", settings.objects_url), ("VEDETTE_LOG_URL", settings.log_url)):
        if url is not None:
            raise NotSupported(f"{name}={url}: this version keeps them in the data directory")
    directory = DataDirectory(settings.data_dir)
    database = Database(settings.database_url or directory.database_url)
    before, after = upgrade(database)
    if before not in (None, after):
        log.info("records upgraded", before=before, after=after)
    return Stores(
        directory=directory,
        database=database,
        accounts=SqlAccounts(database),
        registry=SqlRegistry(database),
        predictions=SqlPredictionRecords(database),
        datalake=SqlDatalakeRecords(database),
        objects=SegmentObjectStore(directory.objects),
        clock=clock or SystemClock(),
    )


def welcome(settings: Settings, stores: Stores) -> str | None:
    """Make the organization and its first token where there are none; return a token's text made just now."""
    _, owner, is_new = ensure_organization(stores.accounts, stores.clock, settings.organization)
    if not is_new:
        return None
    given = settings.admin_token.get_secret_value() if settings.admin_token else None
    _, text = issue_token(stores.accounts, stores.clock, owner, "admin", [Scope.ADMIN], text=given)
    if given is not None:
        return None
    stores.directory.keep_admin_token(text)
    return text


def make_signer(settings: Settings, directory: DataDirectory) -> Signer:
    """The signer with the keys given, or with those of the data directory."""
    if settings.signing_keys is None:
        pairs = directory.signing_keys()
    else:
        pairs = []
        for entry in settings.signing_keys.get_secret_value().split(","):
            name, _, secret = entry.strip().partition(":")
            pairs.append((name, secret))
    return Signer(tuple(SigningKey(name, secret.encode()) for name, secret in pairs))


def make_services(settings: Settings, stores: Stores, signer: Signer) -> Services:
    """Actions over open stores."""
    directory = DeploymentDirectory(stores.registry, stores.clock)
    return Services(
        accounts=stores.accounts,
        authenticator=Authenticator(stores.accounts, stores.clock),
        clock=stores.clock,
        datalake=stores.datalake,
        directory=directory,
        images=ImageViewer(stores.datalake, stores.objects),
        limits=settings.limits,
        metrics=Metrics(),
        objects=stores.objects,
        predictions=stores.predictions,
        recorder=PredictionRecorder(directory, stores.predictions, stores.objects, stores.clock, settings.limits),
        signer=signer,
        version=version("vedette-server"),
        public_url=settings.public_url,
        image_url_lifetime=timedelta(minutes=settings.image_url_minutes),
        deployment_token_lifetime=timedelta(minutes=settings.monitoring_token_minutes),
    )


def make_app(settings: Settings, stores: Stores) -> ASGIApp:
    """The ASGI application over open stores, which it closes at its end."""
    services = make_services(settings, stores, make_signer(settings, stores.directory))
    return create_app(services, STATIC, on_close=stores.close)


def run_api(settings: Settings, announce: Callable[[str, str | None], None]) -> None:
    """Serve until SIGINT or SIGTERM, then finish what was accepted.

    `announce(url, new_token)` is called once the server is about to answer.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    with DataDirectory(settings.data_dir).lock("api"):
        stores = open_stores(settings)
        new_token = welcome(settings, stores)
        port = settings.listen_port or _free_port(settings.listen_host)
        server = Server(
            make_app(settings, stores),
            address=settings.listen_host,
            port=port,
            interface=Interfaces.ASGI,
            websockets=False,
            backlog=2048,
            backpressure=1024,
            log_enabled=False,
        )
        announce(settings.public_url or f"http://{_shown_host(settings.listen_host)}:{port}", new_token)
        asyncio.run(_serve(server))


# How long a thread may keep the others waiting. The one that commits wakes from each sync
# of the disk beside a busy event loop; Python's 5 ms would double its time.
SWITCH_SECONDS = 0.0005


async def _serve(server: Server) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _shown_host(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104  (shown, not bound)


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document of the native dialect, from routes alone: no store is opened."""
    return make_openapi(make_api())


def create_token(settings: Settings, name: str, scopes: list[str], expires_in_days: float | None) -> str:
    """Make a token for the organization's first user; return its text."""
    stores = open_stores(settings)
    try:
        _, owner, _ = ensure_organization(stores.accounts, stores.clock, settings.organization)
        lifetime = None if expires_in_days is None else timedelta(days=expires_in_days)
        _, text = issue_token(stores.accounts, stores.clock, owner, name, scopes, lifetime=lifetime)
    finally:
        stores.close()
    return text


def list_tokens(settings: Settings) -> list[ApiToken]:
    """All tokens of the organization."""
    stores = open_stores(settings)
    try:
        organization, _, _ = ensure_organization(stores.accounts, stores.clock, settings.organization)
        return stores.accounts.list_tokens(organization.id)
    finally:
        stores.close()


def revoke_token_by_id(settings: Settings, token_id: UUID) -> None:
    """Revoke a token of the organization, on behalf of whoever owns the data directory."""
    stores = open_stores(settings)
    try:
        organization, _, _ = ensure_organization(stores.accounts, stores.clock, settings.organization)
        revoke_token(stores.accounts, stores.clock, organization.id, token_id)
    finally:
        stores.close()
