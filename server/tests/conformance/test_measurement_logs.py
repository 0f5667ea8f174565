"""What `MeasurementLog` promises, held against every adapter."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tests.builders import NOON, Tenant, a_measurement, a_tenant
from vedette_server.domain.measurements import Measurements
from vedette_server.ports.measurement_log import MeasurementLog

OpenLog = Callable[[], MeasurementLog]
MICROSECOND = timedelta(microseconds=1)
BEGINNING, END = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def read_all(log: MeasurementLog, tenant: Tenant) -> list[Measurements]:
    return log.read(tenant.org_id, tenant.deployment.id, BEGINNING, END)


def test_an_empty_log_reads_empty(open_log: OpenLog) -> None:
    log = open_log()
    assert read_all(log, a_tenant()) == []
    log.append([])
    assert read_all(log, a_tenant()) == []


def test_what_is_appended_is_read_as_it_was(open_log: OpenLog) -> None:
    tenant, log = a_tenant(), open_log()
    row = a_measurement(tenant, filed_at=NOON + MICROSECOND, version=3, values={"a": 0.1 + 0.2, "b": -1e300, "ä": 0.0})
    log.append([row, a_measurement(tenant, values={})])
    assert read_all(log, tenant)[1] == row
    assert read_all(log, tenant)[0].values == {}


def test_what_is_appended_is_there_for_whoever_opens_the_log_next(open_log: OpenLog) -> None:
    tenant = a_tenant()
    row, later = a_measurement(tenant), a_measurement(tenant, filed_at=NOON + MICROSECOND)
    early_reader = open_log()
    open_log().append([row])
    assert read_all(early_reader, tenant) == [row]
    open_log().append([later])
    assert read_all(early_reader, tenant) == read_all(open_log(), tenant) == [row, later]


def test_rows_are_read_from_since_up_to_not_including_until_by_the_time_they_are_filed_under(
    open_log: OpenLog,
) -> None:
    tenant, log = a_tenant(), open_log()
    rows = [a_measurement(tenant, filed_at=NOON + steps * MICROSECOND) for steps in range(-1, 3)]
    log.append([rows[3], rows[1]])
    log.append([rows[0], rows[2]])
    assert log.read(tenant.org_id, tenant.deployment.id, NOON, NOON + 2 * MICROSECOND) == rows[1:3]
    assert log.read(tenant.org_id, tenant.deployment.id, NOON, NOON) == []
    assert read_all(log, tenant) == rows


def test_times_may_be_asked_for_in_any_zone(open_log: OpenLog) -> None:
    tenant, log = a_tenant(), open_log()
    row = a_measurement(tenant)
    log.append([row])
    since = NOON.astimezone()
    assert log.read(tenant.org_id, tenant.deployment.id, since, since + MICROSECOND) == [row]


def test_a_row_appended_twice_is_read_once(open_log: OpenLog) -> None:
    tenant, log = a_tenant(), open_log()
    row = a_measurement(tenant)
    log.append([row, row])
    log.append([row])
    assert read_all(log, tenant) == [row]


def test_a_row_measured_again_with_another_outcome_is_read_once(open_log: OpenLog) -> None:
    tenant, log = a_tenant(), open_log()
    row = a_measurement(tenant)
    log.append([row])
    log.append([replace(row, values={"object_count": 4.0})])
    [read] = read_all(log, tenant)
    assert read.values in ({"object_count": 3.0}, {"object_count": 4.0})


def test_each_version_of_a_measurement_is_read(open_log: OpenLog) -> None:
    tenant, log = a_tenant(), open_log()
    row = a_measurement(tenant)
    log.append([row])
    log.append([replace(row, version=2)])
    assert sorted(read.version for read in read_all(log, tenant)) == [1, 2]


def test_two_organizations_and_two_deployments_never_see_each_others_rows(open_log: OpenLog) -> None:
    acme, globex, log = a_tenant("acme"), a_tenant("globex"), open_log()
    mine, theirs = a_measurement(acme), a_measurement(globex)
    elsewhere = a_measurement(acme, deployment_id=globex.deployment.id)
    log.append([mine, theirs, elsewhere])
    assert read_all(log, acme) == [mine]
    assert read_all(log, globex) == [theirs]
    assert log.read(acme.org_id, globex.deployment.id, BEGINNING, END) == [elsewhere]


def test_appends_at_the_same_time_all_arrive(open_log: OpenLog) -> None:
    tenant = a_tenant()
    logs = [open_log(), open_log()]
    rows = [a_measurement(tenant) for _ in range(6)]

    def append(number: int) -> None:
        for row in rows[number::2]:
            logs[number].append([row])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(append, range(2)))
    assert {row.predicted_asset_id for row in read_all(open_log(), tenant)} == {r.predicted_asset_id for r in rows}
