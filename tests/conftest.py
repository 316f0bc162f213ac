"""Fixtures that every test may ask for: an empty database on each engine Acopio runs on."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from tests.chromium import running_chromium
from tests.postgres import PostgresServer, find_or_start

# A property is about results; how long an example takes depends on what else the machine does.
settings.register_profile("acopio", deadline=None)
settings.load_profile("acopio")


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Begin with a login's umask: the programs set their own, also when a test calls them here."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server where databases may be created; the session fails without one."""
    with find_or_start() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database of this test's own, on SQLite and PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'acopio.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; the session fails without one."""
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture(autouse=True)
def _loggers_as_before() -> Iterator[None]:
    """Take away what a command under test set up: its handler writes to a closed output later."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    # pytest's own handlers of this phase come and go; only what is left of others is removed.
    root.handlers[:] = [one for one in root.handlers if one in handlers or _is_pytest(one)]
    root.setLevel(level)


def _is_pytest(handler: logging.Handler) -> bool:
    return type(handler).__module__.startswith("_pytest.")
