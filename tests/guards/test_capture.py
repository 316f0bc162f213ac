"""Nothing of the web captures an apoyo: only a station does, with a proof by its key.

Every route is asked with everything it takes, and no record, packet or receipt appears; and only
the API of stations can name the code that stores one.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from central.accounts.permissions import Role
from central.app import create_app
from central.cli import main
from central.config import read_config
from central.models import Packet, Receipt, Record
from central.services import services
from tests.guards.tree import ROOT
from tests.portal.people import add_sessions
from tests.portal.samples import own_path
from tests.portal.visitor import Visitor
from tests.portal.world import World, build_world, copied

CAPTURED = (Packet, Record, Receipt)
# Those that store what a station sent, or make a record of it.
STORES = frozenset({"central.intake.receive", "central.intake.chain", "central.vault"})
WEB = ("portal", "reports", "roster", "review", "accounts", "mail")
STATION_API = "/api/v1/"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for all tests of this file."""
    folder = tmp_path_factory.mktemp("capture")
    world = build_world(folder, f"sqlite:///{folder / 'acopio.db'}")
    with world.database.write() as session:
        add_sessions(session, now=world.clock.now())
    yield world
    world.database.close()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole application, as `serve` runs it."""
    folder = tmp_path_factory.mktemp("centre")
    assert main(["--config", str(folder / "central.toml"), "init"]) == 0
    app = create_app(read_config(folder / "central.toml"))
    yield app
    with app.app_context():
        services().database.close()


def _counts(world: World) -> list[int | None]:
    with world.database.read() as session:
        return [session.scalar(select(func.count()).select_from(one)) for one in CAPTURED]


class TestWeb:
    @pytest.mark.parametrize("role", list(Role))
    def test_no_route_makes_a_record_whatever_it_is_sent(
        self, world: World, tmp_path: Path, role: Role
    ) -> None:
        # A copy: some of the forms are taken, and shut people out.
        with copied(world, tmp_path / "copy.db") as copy:
            before = _counts(copy)
            visitor = Visitor(copy.app).enter(copy, role)
            for rule in copy.app.url_map.iter_rules():
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    visitor.client.open(
                        own_path(rule, copy),
                        method=method,
                        data={
                            "csrf_token": visitor.token,
                            "folio_registro": "GOB001-AUX01-E7-00000777",
                            "clave_elector": "INVENTADA",
                            "apoyo": "yes",
                        },
                    )
                    visitor.enter(copy, role)  # some of them end the session
            assert _counts(copy) == before

    def test_no_page_can_name_the_code_that_stores_a_capture(self) -> None:
        found = []
        for part in WEB:
            for path in sorted((ROOT / "central" / part).rglob("*.py")):
                found += [f"{path.relative_to(ROOT)}: {name}" for name in _imports(path) & STORES]
                found += [f"{path.relative_to(ROOT)}: makes {one}" for one in _makes(path)]
        assert found == []

    def test_every_page_says_so(self, world: World) -> None:
        sentence = "El apoyo se capta solo en las estaciones"
        for visitor in (Visitor(world.app), Visitor(world.app).enter(world, Role.ASPIRANTE)):
            for path in ("/sign-in", "/staff/sign-in", "/no-such-page"):
                page = visitor.get(path)
                assert page.status_code == 303 or sentence in page.text, path
        assert sentence in visitor.get("/").text


class TestStations:
    def test_no_call_is_taken_without_a_proof(self, centre: Flask) -> None:
        client = centre.test_client()
        asked = []
        for rule in centre.url_map.iter_rules():
            if not rule.rule.startswith(STATION_API):
                continue
            path = rule.rule.replace("<link>", "0" * 64)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                answer = client.open(
                    path, method=method, data=b"{}", headers={"Upload-Offset": "0"}
                )
                assert answer.status_code in (400, 401), f"{method} {path}: {answer.status}"
                asked.append((method, path))
        assert ("PUT", f"{STATION_API}packets/{'0' * 64}") in asked

    def test_the_only_call_that_takes_bytes_of_a_packet_is_one(self, centre: Flask) -> None:
        puts = [
            rule.rule for rule in centre.url_map.iter_rules() if "PUT" in (rule.methods or set())
        ]
        assert puts == [f"{STATION_API}packets/<link>"]


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def _makes(path: Path) -> list[str]:
    """Give the rows of a capture that a file makes: `Packet(…)`, `Record(…)`, `Receipt(…)`."""
    wanted = {one.__name__ for one in CAPTURED}
    return [
        node.func.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in wanted
    ]
