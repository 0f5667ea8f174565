"""No statement of the hot paths reads a whole table, however much is kept."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event

from tests.builders import NOON, Records, Tenant, a_new_prediction, a_tenant, keep_tenant
from vedette.ids import uuid7
from vedette_server.adapters.sql.accounts import SqlAccounts
from vedette_server.adapters.sql.database import Database
from vedette_server.adapters.sql.datalake import SqlDatalakeRecords
from vedette_server.adapters.sql.migrate import upgrade
from vedette_server.adapters.sql.predictions import SqlPredictionRecords
from vedette_server.adapters.sql.registry import SqlRegistry
from vedette_server.domain.datalake import DataFilter, PredictionFilter
from vedette_server.domain.predictions import ImageState

WINDOW = timedelta(minutes=10)
# The one index that holds only what is still to be done, and so stays small.
WORK_LIST = "SCAN predicted_assets USING INDEX ix_predicted_assets_unmeasured"

Call = Callable[[Records, Tenant], Any]

CALLS: dict[str, Call] = {
    "record": lambda r, t: r.predictions.record(
        [a_new_prediction(t, tags=("x",), source="y"), a_new_prediction(t, id=uuid7())], WINDOW
    ),
    "find": lambda r, t: r.predictions.find(t.org_id, t.deployment.id, uuid7()),
    "list_page": lambda r, t: r.predictions.list_page(t.org_id, t.deployment.id, PredictionFilter(), 2),
    "list_page by source": lambda r, t: r.predictions.list_page(
        t.org_id, t.deployment.id, PredictionFilter(source="camera-1"), 2
    ),
    "list_page by tag": lambda r, t: r.predictions.list_page(
        t.org_id, t.deployment.id, PredictionFilter(tag="night"), 2
    ),
    "list_page by flag": lambda r, t: r.predictions.list_page(
        t.org_id, t.deployment.id, PredictionFilter(flag="few_points"), 2
    ),
    "activity": lambda r, t: r.predictions.activity(t.org_id, t.deployment.id),
    "claim_unmeasured": lambda r, t: r.predictions.claim_unmeasured(NOON, WINDOW, 2),
    "mark_measured": lambda r, t: r.predictions.mark_measured(
        {asset.id: (ImageState.KEPT, {}) for asset in r.predictions.claim_unmeasured(NOON, WINDOW, 2)}, NOON
    ),
    "find_orphans": lambda r, t: r.predictions.find_orphans(["a", "b"]),
    "find_data": lambda r, t: r.datalake.find_data(t.org_id, uuid7()),
    "list_data": lambda r, t: r.datalake.list_data(
        t.org_id, t.datalake.id, DataFilter(tags=(("night",),), sources=(("camera-1",),)), 2
    ),
    "find_principal": lambda r, t: r.accounts.find_principal(digest=b"x"),
    "find_principal by id": lambda r, t: r.accounts.find_principal(token_id=uuid7()),
    "find_deployment": lambda r, t: r.registry.find_deployment(t.org_id, "coin-inspection"),
}


@pytest.fixture
def explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Records, list[str]]]:
    """Records, and the list that the plan of each statement is added to."""
    steps: list[str] = []
    engines = []

    def explain(_: Connection, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            cursor.execute("EXPLAIN QUERY PLAN " + statement, parameters[0] if many else parameters)
            steps.extend(row[3] for row in cursor.fetchall())

    def make_explained_engine(*args: Any, **options: Any) -> Any:
        engines.append(create_engine(*args, **options))
        return engines[-1]

    monkeypatch.setattr("vedette_server.adapters.sql.database.create_engine", make_explained_engine)
    database = Database(f"sqlite:///{tmp_path / 'r.sqlite'}")
    upgrade(database)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", explain)
    yield (
        Records(
            SqlAccounts(database), SqlRegistry(database), SqlPredictionRecords(database), SqlDatalakeRecords(database)
        ),
        steps,
    )
    database.close()


@pytest.mark.parametrize("name", CALLS)
def test_no_table_is_read_whole(name: str, explained: tuple[Records, list[str]]) -> None:
    records, steps = explained
    tenant = keep_tenant(records, a_tenant())
    records.predictions.record([a_new_prediction(tenant, tags=("night",), source="camera-1")], WINDOW)
    steps.clear()
    CALLS[name](records, tenant)
    assert steps
    assert [step for step in steps if step.startswith("SCAN") and step != WORK_LIST] == []
