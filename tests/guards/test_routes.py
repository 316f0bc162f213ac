"""Every route states its permission, or is named on the short list of what anybody may see."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from central import api
from central.accounts.permissions import PERMISSIONS, PUBLIC_ENDPOINTS, Role, required_permission
from tests.portal.provider import CALLBACK_PATH, OTHER, OWN, running_provider
from tests.portal.visitor import Visitor
from tests.portal.world import build_world

PORTAL_URL = "http://127.0.0.1:8080"
# Stations prove each request with their key; tests of the station API hold them to it.
STATION_API = "/api/v1/"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("routes")
    with running_provider(PORTAL_URL) as issuer:
        world = build_world(folder, f"sqlite:///{folder / 'acopio.db'}", issuer=issuer)
        yield world.app
        world.database.close()


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(STATION_API)]


def _path(rule: Rule) -> str:
    return (
        rule.rule.replace("<name>", "local")
        .replace("<path:filename>", "acopio.css")
        .replace("<folio>", "GOB001-AUX01-E7-00000002")
    )


class TestRoutes:
    def test_each_has_a_permission_or_a_reason_to_be_public(self, app: Flask) -> None:
        undecided = [
            rule.endpoint
            for rule in _rules(app)
            if required_permission(app.view_functions[rule.endpoint]) is None
            and rule.endpoint not in PUBLIC_ENDPOINTS
        ]
        assert undecided == []

    def test_the_public_list_names_no_route_that_is_gone_or_closed(self, app: Flask) -> None:
        views = app.view_functions
        stale = [
            endpoint
            for endpoint in PUBLIC_ENDPOINTS
            if endpoint not in views or required_permission(views[endpoint]) is not None
        ]
        assert stale == []

    def test_a_stranger_is_sent_to_the_sign_in_from_every_closed_page(self, app: Flask) -> None:
        for rule in _rules(app):
            if rule.endpoint in PUBLIC_ENDPOINTS or "GET" not in (rule.methods or ()):
                continue
            answer = Visitor(app).get(_path(rule))
            assert (answer.status_code, answer.location) == (303, "/sign-in"), rule.rule

    def test_an_aspirante_opens_what_the_role_holds(self, app: Flask) -> None:
        visitor = Visitor(app)
        visitor.sign_in(OWN)
        for rule in _rules(app):
            permission = required_permission(app.view_functions[rule.endpoint])
            if permission is None or "GET" not in (rule.methods or ()):
                continue
            expected = 200 if permission in PERMISSIONS[Role.ASPIRANTE] else 403
            assert visitor.get(_path(rule)).status_code == expected, rule.rule

    def test_another_aspirante_finds_no_record_by_its_folio(self, app: Flask) -> None:
        visitor = Visitor(app)
        visitor.sign_in(OTHER)
        assert visitor.get("/records/GOB001-AUX01-E7-00000002").status_code == 404

    def test_no_form_is_taken_without_its_token(self, app: Flask) -> None:
        for rule in _rules(app):
            if "POST" in (rule.methods or ()):
                answer = app.test_client().post(_path(rule))
                assert answer.status_code == 400, rule.rule

    def test_the_station_api_lies_under_its_prefix_alone(self) -> None:
        app = Flask("stations")
        api.register(app)
        outside = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if rule.endpoint != "static" and not rule.rule.startswith(STATION_API)
        ]
        assert outside == []

    def test_the_way_back_from_a_provider_is_the_one_registered_there(self, app: Flask) -> None:
        with app.test_request_context():
            assert app.url_for("sign_in.come_back", name="local").endswith(CALLBACK_PATH)
