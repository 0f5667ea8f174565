"""The schema that the migrations make, and how a database gets there."""

import multiprocessing
import re
from collections.abc import Iterator
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text

from tests.builders import a_change, a_datalake, a_user, an_organization
from vedette_server.adapters.sql.accounts import SqlAccounts
from vedette_server.adapters.sql.database import Database
from vedette_server.adapters.sql.migrate import MIGRATIONS, SchemaFromTheFuture, upgrade
from vedette_server.adapters.sql.tables import metadata, organizations

HEAD = ScriptDirectory(str(MIGRATIONS)).get_current_head()


def url_of(directory: Path) -> str:
    return f"sqlite:///{directory / 'records.sqlite'}"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(url_of(tmp_path))
    yield database
    database.close()


def schema_of(database: Database) -> list[str]:
    with database.read() as connection:
        rows = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"))
        return list(rows.scalars())


def reflected(found: object) -> list[str]:
    """What the inspector found, as text, without the addresses of objects."""
    items = found if isinstance(found, list) else [found]
    return sorted(re.sub(r" at 0x[0-9a-f]+", "", str(item)) for item in items)


def found_organization(database: Database) -> UUID:
    organization = an_organization(name="acme")
    SqlAccounts(database).add_organization(
        organization, a_user(organization), a_datalake(organization), a_change(organization)
    )
    return organization.id


def test_the_schema_made_by_migrations_is_the_one_in_tables(database: Database) -> None:
    assert upgrade(database) == (None, HEAD)
    with database.write() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_database_holds_each_unique_and_foreign_key_of_tables(database: Database, tmp_path: Path) -> None:
    upgrade(database)
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite'}")
    with fresh.write() as connection:
        metadata.create_all(connection)
    with database.read() as made, fresh.read() as wanted:
        for table in metadata.tables:
            for kind in ("unique_constraints", "foreign_keys", "indexes", "pk_constraint"):
                of_made, of_wanted = (
                    reflected(getattr(inspect(connection), f"get_{kind}")(table)) for connection in (made, wanted)
                )
                assert of_made == of_wanted, (table, kind)
    fresh.close()


def test_upgrading_again_changes_nothing(database: Database) -> None:
    upgrade(database)
    organization_id, schema = found_organization(database), schema_of(database)
    assert upgrade(database) == (HEAD, HEAD)
    assert schema_of(database) == schema
    found = SqlAccounts(database).find_organization("acme")
    assert found is not None
    assert found[0].id == organization_id


def test_an_older_database_is_brought_up_to_date(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    before, after = upgrade(database)
    assert (before, after) == (None, HEAD)
    assert found_organization(database)


def test_records_of_a_later_version_are_refused_and_left_as_they_are(database: Database) -> None:
    upgrade(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    schema = schema_of(database)
    with pytest.raises(SchemaFromTheFuture, match="'9999'"):
        upgrade(database)
    assert schema_of(database) == schema
    with database.read() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "9999"


def test_a_migration_that_fails_leaves_nothing_behind(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("CREATE TABLE predictions (in_the_way INTEGER)"))
    schema = schema_of(database)
    with pytest.raises(Exception, match="predictions"):
        upgrade(database)
    assert schema_of(database) == schema


def upgrade_in_a_process(url: str, barrier: Barrier, answers: "Queue[tuple[str | None, str]]") -> None:
    database = Database(url)
    barrier.wait(60)
    answers.put(upgrade(database))
    database.close()


def test_of_processes_that_upgrade_at_once_one_does_the_work(database: Database, tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    barrier, answers = spawn.Barrier(2), spawn.Queue()
    processes = [
        spawn.Process(target=upgrade_in_a_process, args=(url_of(tmp_path), barrier, answers)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    before = [answers.get(timeout=60)[0] for _ in processes]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert sorted(before, key=str) == [HEAD, None]
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(organizations)).scalar_one() == 0
