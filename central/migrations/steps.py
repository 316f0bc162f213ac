"""Brings a database to a step, says where it is, and refuses one of another release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from central.errors import DatabaseNotReadyError
from central.models import Base
from central.models.database import Database

_FOLDER = Path(__file__).parent


def upgrade(database: Database, step: str = "head") -> None:
    """Run the steps that are missing; with none missing nothing happens."""
    with _in_one_transaction(database.writer()) as config:
        command.upgrade(config, step)


def downgrade(database: Database, step: str) -> None:
    """Take steps back, down to `step`, or to `base`."""
    with _in_one_transaction(database.writer()) as config:
        command.downgrade(config, step)


def head() -> str:
    """Give the newest step of this release."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise DatabaseNotReadyError("this release has no steps")
    return newest


def current(database: Database) -> str | None:
    """Give the step that a database is at; None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_head(database: Database) -> None:
    """Make sure that a database has the tables of this release.

    Raises:
        DatabaseNotReadyError: It has not; `acopio-central migrate` helps.
    """
    database.require()
    found = current(database)
    if found != head():
        raise DatabaseNotReadyError(
            f"the database is at step {found or 'none'}, this release needs {head()}",
            code="database.not_migrated",
        )


def differences(database: Database) -> list[object]:
    """Compare a database with the models; an empty list when they are the same."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True}
        )
        return list(compare_metadata(context, Base.metadata))


@contextmanager
def _in_one_transaction(engine: Engine) -> Iterator[Config]:
    """Run all steps in one transaction: an interrupted migration leaves nothing behind."""
    with engine.connect() as connection, connection.begin():
        config = _config()
        config.attributes["connection"] = connection
        yield config


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config
