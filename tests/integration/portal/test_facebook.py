"""Facebook's sign-in: plain OAuth 2 against a stand-in that answers as its Graph API does."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.serving import make_server

from central.accounts import providers
from central.config import ProviderConfig
from central.models import User, UserIdentity
from central.secrets import write_private
from tests.portal.people import OWN_EMAIL
from tests.portal.visitor import Visitor
from tests.portal.world import NOW, World, build_world

FACEBOOK = ProviderConfig("facebook", "Facebook", "facebook", "", "application")


@dataclass
class Graph:
    """The stand-in: what it says of the person, and what it was asked."""

    person: dict[str, str] = field(default_factory=lambda: {"id": "10", "email": OWN_EMAIL})
    token_requests: list[dict[str, str]] = field(default_factory=list)
    authorization_headers: list[str | None] = field(default_factory=list)

    def app(self) -> Flask:
        app = Flask("graph")
        version = providers.FACEBOOK_GRAPH_VERSION

        @app.post(f"/{version}/oauth/access_token")
        def token() -> ResponseReturnValue:
            self.token_requests.append(request.form.to_dict())
            self.authorization_headers.append(request.headers.get("Authorization"))
            if request.form.get("code") != "good":
                return jsonify(error={"message": "Invalid code", "type": "OAuthException"}), 400
            return jsonify(access_token="t", token_type="bearer", expires_in=5000)

        @app.get(f"/{version}/me")
        def me() -> ResponseReturnValue:
            return jsonify(self.person)

        return app


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Iterator[Graph]:
    """A running stand-in that the portal takes for the Graph API."""
    graph = Graph()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = make_server("127.0.0.1", port, graph.app(), threaded=True, fd=listener.fileno())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setattr(providers, "FACEBOOK_GRAPH", f"http://127.0.0.1:{port}")
        yield graph
        server.shutdown()
        thread.join()


@pytest.fixture
def portal(tmp_path: Path, graph: Graph) -> Iterator[World]:
    """A portal where Facebook is configured."""
    write_private(tmp_path / "keys" / "provider-facebook.secret", b"the client secret\n")
    world = build_world(tmp_path, f"sqlite:///{tmp_path / 'acopio.db'}", providers=(FACEBOOK,))
    yield world
    world.database.close()


def _come_back(visitor: Visitor, code: str = "good") -> int:
    address = visitor.get("/sign-in/facebook").location
    state = parse_qs(urlsplit(address).query)["state"][0]
    return visitor.get(f"/sign-in/facebook/callback?code={code}&state={state}").status_code


def _join(world: World, subject: str) -> None:
    with world.database.write() as session:
        user = session.scalars(select(User).where(User.email == OWN_EMAIL)).one()
        session.add(
            UserIdentity(
                user_id=user.id,
                issuer=providers.FACEBOOK_ISSUER,
                subject=subject,
                created_at=NOW,
            )
        )


class TestFacebook:
    def test_an_account_that_was_joined_signs_in_by_its_number(
        self, portal: World, graph: Graph
    ) -> None:
        _join(portal, "10")
        graph.person = {"id": "10"}  # a telephone account has no e-mail
        visitor = Visitor(portal.app)
        assert _come_back(visitor) == 303
        assert "Aurora Ejemplo Prueba" in visitor.get("/").text

    def test_an_address_from_facebook_never_joins_an_account(
        self, portal: World, graph: Graph
    ) -> None:
        assert _come_back(Visitor(portal.app)) == 403
        with portal.database.read() as session:
            assert session.scalars(select(UserIdentity)).all() == []

    def test_an_unknown_address_is_answered_as_a_known_one(
        self, portal: World, graph: Graph
    ) -> None:
        known, unknown = Visitor(portal.app), Visitor(portal.app)
        address = known.get("/sign-in/facebook").location
        state = parse_qs(urlsplit(address).query)["state"][0]
        first = known.get(f"/sign-in/facebook/callback?code=good&state={state}")
        graph.person = {"id": "11", "email": "nadie@acopio.example"}
        address = unknown.get("/sign-in/facebook").location
        state = parse_qs(urlsplit(address).query)["state"][0]
        second = unknown.get(f"/sign-in/facebook/callback?code=good&state={state}")
        heading = "La primera vez, empieza por tu carta"
        assert heading in first.text
        assert heading in second.text

    def test_the_secret_travels_in_the_body_and_a_code_is_checked(
        self, portal: World, graph: Graph
    ) -> None:
        assert _come_back(Visitor(portal.app), code="bad") == 502
        assert graph.token_requests[0]["client_secret"] == "the client secret"
        assert graph.authorization_headers == [None]
