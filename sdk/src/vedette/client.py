"""The way in: one server, one token."""

import os
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from uuid import UUID

from vedette import contract
from vedette.arguments import check_tags
from vedette.connection import Connection, path_segment
from vedette.deployment import Deployment
from vedette.errors import NotFound, Unauthorized

DEFAULT_HOST = "http://127.0.0.1:8600"


class Client:
    """Talks to one Vedette server.

    Args:
        api_token: else the environment's `VEDETTE_TOKEN`.
        organization_id: if given, it must be the token's.
        organization_name: likewise.
        host: else the environment's `VEDETTE_HOST`, else `http://127.0.0.1:8600`.
        timeout: seconds to wait for one answer.

    Threads may share a client. Use it in a `with` block, or call `close()`.
    """

    def __init__(
        self,
        api_token: str | None = None,
        organization_id: UUID | str | None = None,
        organization_name: str | None = None,
        host: str | None = None,
        *,
        timeout: float = 30.0,
    ) -> None:
        # A token read from a file ends in a new line.
        token = (api_token or os.environ.get("VEDETTE_TOKEN") or "").strip()
        if not token:
            raise Unauthorized(
                "no token: give api_token, or set VEDETTE_TOKEN; `vedette token create` on the server makes one", 401
            )
        self._connection = Connection(host or os.environ.get("VEDETTE_HOST") or DEFAULT_HOST, token, timeout)
        if organization_name is not None or organization_id is not None:
            try:
                self._check_organization(organization_id, organization_name)
            except BaseException:
                self.close()
                raise

    def get_deployment(self, name: str) -> Deployment:
        """A deployment by name (or id). `NotFound` if there is none."""
        # As a path they would mean another page of the server.
        if name in {"", ".", ".."}:
            raise NotFound(f"no deployment can be named {name!r}", 404)
        path = f"/v1/deployments/{path_segment(name)}"
        return Deployment(self._connection, self._connection.get(path, contract.Deployment))

    def find_deployment(self, name: str) -> Deployment | None:
        """A deployment by name (or id), or None."""
        try:
            return self.get_deployment(name)
        except NotFound:
            return None

    def get_deployment_by_id(self, id: UUID | str) -> Deployment:
        """A deployment by id. `NotFound` if there is none."""
        return self.get_deployment(str(id))

    def list_deployments(self) -> list[Deployment]:
        """All deployments, by name."""
        found = self._connection.get("/v1/deployments", contract.DeploymentList).items
        return [Deployment(self._connection, facts) for facts in found]

    def create_deployment(
        self,
        name: str,
        type: str = "SEGMENTATION",
        labels: Sequence[str] | Mapping[int, str] = (),
        min_threshold: float = 0.0,
    ) -> Deployment:
        """A new deployment with a model of its own, whose version `v1` is the champion.

        Args:
            name: unique in the organization.
            type: what is predicted.
            labels: names from class 0 on, or a map from class id to name.
            min_threshold: objects below this score are kept but not counted as seen.
        """
        given = dict(labels) if isinstance(labels, Mapping) else list(labels)
        request = contract.DeploymentRequest(name=name, type=type, labels=given, min_threshold=min_threshold)
        return Deployment(
            self._connection, self._connection.send("POST", "/v1/deployments", request, contract.Deployment)
        )

    def get_datalake(self) -> "Datalake":
        """Every picture that was ever monitored."""
        return Datalake(self._connection)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def __repr__(self) -> str:
        return f"Client(host={self._connection.host!r})"

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_organization(self, id: UUID | str | None, name: str | None) -> None:
        mine = self._connection.get("/v1/me", contract.Me).organization
        if (id is not None and str(id) != str(mine.id)) or (name is not None and name != mine.name):
            raise NotFound(
                f"this token belongs to the organization {mine.name!r} ({mine.id}), not to {name or id}", 404
            )


class Datalake:
    """The pictures of an organization, across deployments."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_data(
        self, *, source: str | None = None, tags: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[contract.Data]:
        """Data of a source that carry all of `tags`, the last recorded first; all, or the first `limit`."""
        wanted_tags = check_tags(tags)
        cursor: str | None = None
        left = limit
        while left is None or left > 0:
            page = self._connection.get(
                "/v1/data",
                contract.DataPage,
                limit=min(left or 500, 500),
                cursor=cursor,
                source=source,
                tag=wanted_tags,
            )
            yield from page.items
            left = None if left is None else left - len(page.items)
            cursor = page.next_cursor
            if cursor is None:
                return
