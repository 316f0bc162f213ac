"""A centre of this test's own, on each database; founded once and copied, for founding is slow."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import requests
from psycopg import sql
from requests.adapters import HTTPAdapter
from sqlalchemy import make_url

from device.queue.assembly import open_spool
from device.queue.enrol import enrol
from tests.centres import URL, Centre, found_centre
from tests.integration.central.pairs import NAME
from tests.postgres import PostgresServer
from tests.stations import VERSIONS, FakeClock, Station, open_station, station_config


class Templates:
    """Founded centres, one an engine, from which copies are made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._founded: dict[str, Path] = {}
        self._databases: dict[str, str] = {}
        self._stack = ExitStack()

    def close(self) -> None:
        """Drop the template's database."""
        self._stack.close()

    def copy(self, engine: str, target: Path, server: PostgresServer | None) -> ExitStack:
        """Put a founded centre into an empty folder; closing what is given drops its database."""
        if engine not in self._founded:
            self._found(engine, server)
        shutil.copytree(self._founded[engine], target, dirs_exist_ok=True)
        stack = ExitStack()
        if server is not None:
            url = self._databases[engine]
            name = f"acopio_test_{uuid4().hex}"
            _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, _name(url))
            stack.callback(_execute, server, "DROP DATABASE {} WITH (FORCE)", name)
            settings = target / "central.toml"
            settings.write_text(settings.read_text().replace(_name(url), name))
        return stack

    def _found(self, engine: str, server: PostgresServer | None) -> None:
        folder = self._folder / engine
        folder.mkdir()
        url = "sqlite:///acopio.db"
        if server is not None:
            url = self._databases[engine] = self._stack.enter_context(server.database())
        self._founded[engine] = found_centre(folder, url)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """The founded centres of this session."""
    made = Templates(tmp_path_factory.mktemp("centres"))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def centre_folder(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path
) -> Iterator[Path]:
    """The folder of a founded centre on SQLite and on PostgreSQL; nothing of it runs."""
    server: PostgresServer | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
    with templates.copy(request.param, tmp_path, server):
        yield tmp_path


@pytest.fixture
def centre(centre_folder: Path) -> Iterator[Centre]:
    """A centre with a process, two aspirantes and a register; no vault is running."""
    opened = Centre.open(centre_folder)
    yield opened
    opened.close()


@pytest.fixture
def _wired(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead the station's requests to the centre's application, without a socket."""
    client = centre.app.test_client()

    def send(
        _adapter: HTTPAdapter, request: requests.PreparedRequest, **_: object
    ) -> requests.Response:
        answer = client.open(
            request.path_url,
            base_url=URL,
            method=request.method,
            headers=dict(request.headers),
            data=request.body,
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response._content = answer.get_data()
        response.headers.update(dict(answer.headers))
        response.request = request
        return response

    monkeypatch.setattr(HTTPAdapter, "send", send)


@pytest.fixture
def station(_wired: None, centre: Centre, tmp_path: Path) -> Station:
    """A station that this centre enrolled."""
    config = station_config(tmp_path / "station", chunk_bytes=16_384)
    clock = FakeClock()
    spool = open_spool(config)
    enrol(centre.claim(NAME), config, clock, VERSIONS, spool=spool)
    spool.close()
    opened = open_station(config, clock=clock)
    opened.sealer.start()
    return opened


def _execute(server: PostgresServer, statement: str, *names: str) -> None:
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        identifiers = [sql.Identifier(name) for name in names]
        connection.execute(sql.SQL(statement).format(*identifiers))


def _name(url: str) -> str:
    return str(make_url(url).database)
