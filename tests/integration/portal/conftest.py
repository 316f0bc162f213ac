"""The invented world on each database, and people who visit it.

The world is built once on each engine; every test has its own copy of that database.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from central.config import ProviderConfig
from tests.portal.provider import OTHER, OWN, running_provider
from tests.portal.visitor import Visitor
from tests.portal.world import World, build_world
from tests.postgres import PostgresServer

PORTAL_URL = "http://127.0.0.1:8080"


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The address of a running local provider of accounts."""
    with running_provider(PORTAL_URL) as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A world on SQLite that nobody changes, and its folder."""
    folder = tmp_path_factory.mktemp("sqlite-world")
    world = build_world(folder, f"sqlite:///{folder / 'acopio.db'}")
    world.database.close()
    return folder, world


@pytest.fixture(scope="session")
def postgresql_original(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[tuple[Path, str, World]]:
    """A world on PostgreSQL that nobody changes, its folder and the name of its database."""
    folder = tmp_path_factory.mktemp("postgresql-world")
    with postgres_server.database() as url:
        world = build_world(folder, url)
        world.database.close()
        yield folder, make_url(url).database or "", world


@pytest.fixture
def more_providers(issuer: str) -> tuple[ProviderConfig, ...]:
    """Providers beside the local one; a file of tests may say which."""
    del issuer
    return ()


@pytest.fixture(params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    issuer: str,
    more_providers: tuple[ProviderConfig, ...],
) -> Iterator[World]:
    """A portal in the invented world, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        folder, original = request.getfixturevalue("sqlite_original")
        shutil.copyfile(folder / "acopio.db", tmp_path / "acopio.db")
        url = f"sqlite:///{tmp_path / 'acopio.db'}"
        yield from _opened(folder, url, issuer, original, more_providers)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    folder, name, original = request.getfixturevalue("postgresql_original")
    with server.database(template=name) as url:
        yield from _opened(folder, url, issuer, original, more_providers)


def _opened(
    folder: Path,
    url: str,
    issuer: str,
    original: World,
    providers: tuple[ProviderConfig, ...],
) -> Iterator[World]:
    world = build_world(
        folder, url, public_url=PORTAL_URL, issuer=issuer, providers=providers, copy_of=original
    )
    yield world
    world.database.close()


@pytest.fixture
def stranger(world: World) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(world.app)


@pytest.fixture
def aspirante(world: World) -> Visitor:
    """The aspirante of the world, signed in."""
    visitor = Visitor(world.app)
    assert visitor.sign_in(OWN).status_code == 303
    return visitor


@pytest.fixture
def other_aspirante(world: World) -> Visitor:
    """Another aspirante of the same office, signed in."""
    visitor = Visitor(world.app)
    assert visitor.sign_in(OTHER).status_code == 303
    return visitor
