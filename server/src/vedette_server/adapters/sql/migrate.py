"""Bringing a database to the schema of this version, and refusing one from a later version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from vedette_server.adapters.sql.database import Database
from vedette_server.domain.errors import VedetteError

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaFromTheFuture(VedetteError):
    """The records were written by a later version of Vedette."""

    reason = "schema_from_the_future"


def upgrade(database: Database) -> tuple[str | None, str]:
    """Bring the schema up to date; return the revision before (None: an empty database) and after.

    Runs in one transaction that holds the writer's lock, so that of several
    processes starting at once one does the work and the others find it done.
    """
    with database.write() as connection:
        config = _config(connection)
        scripts = ScriptDirectory.from_config(config)
        newest = scripts.get_current_head()
        assert newest is not None
        before = MigrationContext.configure(connection).get_current_revision()
        if before is not None:
            try:
                scripts.get_revision(before)
            except CommandError as error:
                raise SchemaFromTheFuture(
                    f"the records have schema {before!r}, this version of Vedette knows none later than "
                    f"{newest!r}: run the version that wrote them, or a newer one"
                ) from error
        if before != newest:
            command.upgrade(config, "head")
    return before, newest


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
