"""Every adapter of every port, each freshly made."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.builders import Records, Tenant, a_tenant, keep_tenant
from vedette_server.adapters.delta_log import DeltaMeasurementLog
from vedette_server.adapters.memory.measurement_log import MemoryMeasurementLog
from vedette_server.adapters.memory.records import MemoryRecords
from vedette_server.adapters.sql.accounts import SqlAccounts
from vedette_server.adapters.sql.database import Database
from vedette_server.adapters.sql.datalake import SqlDatalakeRecords
from vedette_server.adapters.sql.migrate import upgrade
from vedette_server.adapters.sql.predictions import SqlPredictionRecords
from vedette_server.adapters.sql.registry import SqlRegistry
from vedette_server.ports.measurement_log import MeasurementLog


@pytest.fixture(params=["memory", "sqlite"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """The four records ports over one empty store."""
    if request.param == "memory":
        memory = MemoryRecords()
        yield Records(memory.accounts, memory.registry, memory.predictions, memory.datalake)
        return
    database = Database(f"sqlite:///{tmp_path / 'r.sqlite'}")
    upgrade(database)
    yield Records(
        SqlAccounts(database), SqlRegistry(database), SqlPredictionRecords(database), SqlDatalakeRecords(database)
    )
    database.close()


@pytest.fixture
def acme(records: Records) -> Tenant:
    return keep_tenant(records, a_tenant("acme"))


@pytest.fixture
def globex(records: Records) -> Tenant:
    """Another organization, which must see nothing of the first."""
    return keep_tenant(records, a_tenant("globex"))


@pytest.fixture(params=["memory", "delta"])
def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], MeasurementLog]]:
    """Opens the one log of this test, each time as another process would."""
    opened: list[MeasurementLog] = []
    memory = MemoryMeasurementLog()

    def open_one() -> MeasurementLog:
        log = memory if request.param == "memory" else DeltaMeasurementLog(str(tmp_path / "log"))
        opened.append(log)
        return log

    yield open_one
    for log in opened:
        log.close()
