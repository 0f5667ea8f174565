"""What the routes are given to work with; `bootstrap.py` puts it together."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from fastapi import Request

from vedette_server.actions.deployments import DeploymentDirectory
from vedette_server.actions.record_prediction import PredictionRecorder
from vedette_server.actions.show_image import ImageViewer
from vedette_server.actions.tokens import Authenticator
from vedette_server.domain.errors import shown
from vedette_server.domain.limits import Limits
from vedette_server.http.metrics import Metrics
from vedette_server.http.signing import Signer
from vedette_server.ports.accounts import Accounts
from vedette_server.ports.clock import Clock
from vedette_server.ports.datalake import DatalakeRecords
from vedette_server.ports.objects import ObjectStore
from vedette_server.ports.predictions import PredictionRecords


@dataclass(frozen=True, kw_only=True)
class Services:
    """Actions and ports, one of each. `public_url` is None where clients are told the address they used."""

    accounts: Accounts
    authenticator: Authenticator
    clock: Clock
    datalake: DatalakeRecords
    directory: DeploymentDirectory
    images: ImageViewer
    limits: Limits
    objects: ObjectStore
    metrics: Metrics
    predictions: PredictionRecords
    recorder: PredictionRecorder
    signer: Signer
    version: str
    public_url: str | None = None
    image_url_lifetime: timedelta = timedelta(hours=1)
    deployment_token_lifetime: timedelta = timedelta(hours=12)

    def check_stores(self) -> dict[str, str]:
        """What is wrong with each store that does not answer."""
        failed: dict[str, str] = {}
        for store, ask in (("records", self.accounts.ping), ("objects", self.objects.usage)):
            try:
                ask()
            except Exception as error:  # Whatever it is, the store is not ready.
                failed[store] = shown(str(error))
        return failed

    def origin(self, request: Request) -> str:
        """Scheme, host and port by which clients reach this server."""
        return (self.public_url or str(request.base_url)).rstrip("/")


def services_of(request: Request) -> Services:
    """The services of the application that received the request."""
    return cast(Services, request.app.state.services)
