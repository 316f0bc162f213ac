"""Every route of the web: who may use it, and what it answers to everybody else.

All is generated from the map of addresses. A new route without a permission fails here, and so
does one whose parameters `tests/portal/samples.py` cannot fill.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from central import api
from central.accounts.permissions import PERMISSIONS, PUBLIC_ENDPOINTS, Role, required_permission
from tests.portal.people import add_sessions
from tests.portal.provider import CALLBACK_PATH, running_provider
from tests.portal.samples import (
    FORMS,
    NOTED,
    QUERY,
    SAMPLES,
    changed,
    dump,
    own_path,
    paths_of_nobody,
    paths_of_others,
    sample,
)
from tests.portal.visitor import Visitor
from tests.portal.world import World, build_world, copied

PORTAL_URL = "http://127.0.0.1:8080"
# Stations prove each request with their key; tests of the station API hold them to it.
STATION_API = "/api/v1/"
SIGN_IN_PAGES = ("/sign-in", "/staff/sign-in")
_OWN_WORDS = re.compile(r'(name="csrf_token" value|name="back" value|action)="[^"]*"')


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for all tests of this file; those that change it put it back."""
    folder = tmp_path_factory.mktemp("routes")
    with running_provider(PORTAL_URL) as issuer:
        world = build_world(folder, f"sqlite:///{folder / 'acopio.db'}", issuer=issuer)
        with world.database.write() as session:
            add_sessions(session, now=world.clock.now())
        yield world
        world.database.close()


@pytest.fixture(scope="module")
def app(world: World) -> Flask:
    """The application of that world."""
    return world.app


def _rules(app: Flask, method: str | None = None) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith(STATION_API)
        and (method is None or method in (rule.methods or ()))
    ]


def _everybody(world: World) -> dict[Role | None, Visitor]:
    """Give somebody of each role, and a stranger who has seen the start page."""
    people: dict[Role | None, Visitor] = {None: Visitor(world.app)}
    people[None].get("/sign-in")
    for role in Role:
        people[role] = Visitor(world.app).enter(world, role)
    return people


def _is_open_to(world: World, rule: Rule, role: Role | None) -> bool:
    if rule.endpoint in PUBLIC_ENDPOINTS:
        return True
    permission = required_permission(world.app.view_functions[rule.endpoint])
    return role is not None and permission in PERMISSIONS[role]


def _is_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 303 and answer.location in SIGN_IN_PAGES


class TestPermissions:
    def test_each_route_has_one_or_a_reason_to_be_public(self, app: Flask) -> None:
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

    def test_every_parameter_of_an_address_can_be_filled(self, app: Flask) -> None:
        unknown = [
            f"<{name}> of {rule.rule}: add «{rule.endpoint} {name}» to tests/portal/samples.py"
            for rule in _rules(app)
            for name in rule.arguments
            if sample(rule, name) is None
        ]
        assert unknown == []

    def test_the_samples_name_no_route_that_is_gone(self, app: Flask) -> None:
        known = {f"{rule.endpoint} {name}" for rule in _rules(app) for name in rule.arguments}
        known |= {name for rule in _rules(app) for name in rule.arguments}
        assert set(SAMPLES) - known == set()
        assert (set(FORMS) | set(NOTED)) - set(app.view_functions) == set()

    def test_a_page_opens_for_who_holds_its_permission_and_for_nobody_else(
        self, world: World
    ) -> None:
        visitors = _everybody(world)
        wrong = []
        for rule in _rules(world.app, "GET"):
            if rule.endpoint in PUBLIC_ENDPOINTS:
                continue
            for role, visitor in visitors.items():
                answer = visitor.get(own_path(rule, world))
                if role is None:
                    right = _is_sign_in(answer)
                elif _is_open_to(world, rule, role):
                    right = answer.status_code in (200, 303) and not _is_sign_in(answer)
                else:
                    right = answer.status_code == 403
                if not right:
                    wrong.append(f"{rule.rule} {role}: {answer.status_code} {answer.location}")
        assert wrong == []

    def test_a_form_of_who_lacks_its_permission_changes_nothing(self, world: World) -> None:
        visitors = _everybody(world)
        wrong = []
        before = dump(world)
        for rule in _rules(world.app, "POST"):
            for role, visitor in visitors.items():
                if _is_open_to(world, rule, role):
                    continue
                answer = visitor.post(own_path(rule, world), **_fields(rule, world))
                right = _is_sign_in(answer) if role is None else answer.status_code == 403
                if not right or changed(before, dump(world)):
                    wrong.append(f"{rule.rule} {role}: {answer.status_code}")
        assert wrong == []


class TestThingsOfOthers:
    def test_are_answered_as_things_that_are_not_there(self, world: World) -> None:
        visitor = Visitor(world.app).enter(world, Role.ASPIRANTE)
        wrong = []
        before = dump(world)
        for rule in _rules(world.app):
            for foreign, nobody in paths_of_others(rule, world):
                for method in sorted({"GET", "POST"} & set(rule.methods or ())):
                    fields = _fields(rule, world) | {"csrf_token": visitor.token}
                    answers = [
                        visitor.client.open(path, method=method, data=fields)
                        for path in (foreign, nobody)
                    ]
                    if [answer.status_code for answer in answers] != [404, 404]:
                        wrong.append(f"{rule.rule}: {[one.status for one in answers]}")
                    elif _essence(answers[0], foreign) != _essence(answers[1], nobody):
                        wrong.append(f"{rule.rule}: the two answers differ")
        assert wrong == []
        assert changed(before, dump(world)) == set()

    def test_what_is_not_there_is_not_found_by_whoever_may_ask(self, world: World) -> None:
        wrong = []
        for rule in _rules(world.app):
            if not rule.arguments:
                continue
            role = _likely_role(world, rule)
            visitor = Visitor(world.app).enter(world, role)
            before = dump(world)
            for path in paths_of_nobody(rule, world):
                for method in sorted({"GET", "POST"} & set(rule.methods or ())):
                    fields = _fields(rule, world) | {"csrf_token": visitor.token}
                    answer = visitor.client.open(path, method=method, data=fields)
                    if answer.status_code not in (404, 410) or changed(before, dump(world)):
                        wrong.append(f"{method} {rule.rule}: {answer.status}")
        assert wrong == []

    def test_a_request_of_another_cannot_be_chosen(self, world: World) -> None:
        name, own, foreign, nobody = QUERY
        visitor = Visitor(world.app).enter(world, Role.ASPIRANTE)
        wrong = []
        for rule in _rules(world.app, "GET"):
            if not _is_open_to(world, rule, Role.ASPIRANTE) or rule.endpoint in PUBLIC_ENDPOINTS:
                continue
            path = own_path(rule, world)
            assert visitor.get(f"{path}?{name}={own}").status_code in (200, 303), rule.rule
            answers = [visitor.get(f"{path}?{name}={folio}") for folio in (foreign, nobody)]
            if _essence(answers[0], foreign) != _essence(answers[1], nobody):
                wrong.append(rule.rule)
        assert wrong == []


class TestReading:
    def test_a_get_changes_nothing_whoever_asks(self, world: World) -> None:
        visitors = _everybody(world)
        wrong = []
        for rule in _rules(world.app, "GET"):
            for role, visitor in visitors.items():
                if not _is_open_to(world, rule, role):
                    continue  # shown by the permissions: it does not get as far as the view
                before = dump(world)
                visitor.get(own_path(rule, world))
                tables = changed(before, dump(world)) - NOTED.get(rule.endpoint, frozenset())
                if tables:
                    wrong.append(f"{rule.rule} {role}: {sorted(tables)}")
        assert wrong == []


class TestForms:
    def test_with_its_token_each_listed_form_is_taken(self, world: World, tmp_path: Path) -> None:
        # What the refusals below are worth: with the token, the same fields do change something.
        wrong = []
        for rule in _rules(world.app, "POST"):
            if rule.endpoint not in FORMS:
                continue
            with copied(world, tmp_path / f"{rule.endpoint}.db") as copy:
                visitor = Visitor(copy.app).enter(copy, _likely_role(copy, rule))
                before = dump(copy)
                answer = visitor.post(own_path(rule, copy), **_fields(rule, copy))
                if answer.status_code != 303 or not changed(before, dump(copy)):
                    wrong.append(f"{rule.rule}: {answer.status_code}")
        assert wrong == []

    def test_without_a_token_or_with_a_foreign_or_an_old_one_nothing_changes(
        self, world: World
    ) -> None:
        stranger = Visitor(world.app).enter(world, Role.ASPIRANTE)
        wrong = []
        for rule in _rules(world.app, "POST"):
            role = _likely_role(world, rule)
            visitor = Visitor(world.app).enter(world, role)
            old = visitor.token
            visitor.enter(world, role)  # the same browser, signed in again: a session later
            tokens = {"absent": None, "old": old, "foreign": stranger.token, "nonsense": "x"}
            before = dump(world)
            for name, token in tokens.items():
                fields = _fields(rule, world) | ({} if token is None else {"csrf_token": token})
                answer = visitor.client.post(own_path(rule, world), data=fields)
                said = "El formulario ya no es vigente" in answer.text
                if answer.status_code != 400 or not said or changed(before, dump(world)):
                    wrong.append(f"{rule.rule}, {name}: {answer.status}")
        assert wrong == []

    def test_the_form_of_an_ended_session_leads_to_the_sign_in(self, world: World) -> None:
        wrong = []
        for rule in _rules(world.app, "POST"):
            if rule.endpoint in PUBLIC_ENDPOINTS:
                continue
            role = _likely_role(world, rule)
            visitor = Visitor(world.app).enter(world, role)
            kept, token = visitor.cookie(), visitor.token
            visitor.post("/sign-in/leave")
            visitor.client.set_cookie("acopio", kept or "")
            before = dump(world)
            fields = _fields(rule, world) | {"csrf_token": token}
            answer = visitor.client.post(own_path(rule, world), data=fields)
            if not _is_sign_in(answer) or changed(before, dump(world)):
                wrong.append(f"{rule.rule}: {answer.status}")
        assert wrong == []

    def test_no_method_is_smuggled_in(self, world: World) -> None:
        # A form is a POST; a field or header that names another method means nothing here.
        visitor = Visitor(world.app).enter(world, Role.ASPIRANTE)
        before = dump(world)
        for rule in _rules(world.app, "GET"):
            for smuggled in ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "DELETE"}):
                visitor.client.get(f"{own_path(rule, world)}?_method=POST", headers=smuggled)
        assert changed(before, dump(world)) - frozenset().union(*NOTED.values()) == set()
        methods = {method for rule in _rules(world.app) for method in rule.methods or ()}
        assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


class TestStationApi:
    def test_lies_under_its_prefix_alone(self) -> None:
        app = Flask("stations")
        api.register(app)
        outside = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if rule.endpoint != "static" and not rule.rule.startswith(STATION_API)
        ]
        assert outside == []


class TestProviders:
    def test_the_way_back_is_the_one_registered_there(self, app: Flask) -> None:
        with app.test_request_context():
            assert app.url_for("sign_in.come_back", name="local").endswith(CALLBACK_PATH)


def _likely_role(world: World, rule: Rule) -> Role:
    """Give a role that a form is for; the aspirante first, whose own things the samples are."""
    roles = sorted(Role, key=lambda role: role is not Role.ASPIRANTE)
    return next(role for role in roles if _is_open_to(world, rule, role))


def _fields(rule: Rule, world: World) -> dict[str, str]:
    form = FORMS.get(rule.endpoint)
    return dict(form(world)) if form is not None else {}


def _essence(answer: TestResponse, own_word: str) -> tuple[int, list[tuple[str, str]], str]:
    """Give status, headers and body without what repeats the request itself."""
    last = own_word.rsplit("/", 1)[-1]
    text = answer.get_data().decode("utf-8", "replace")  # a file is bytes
    body = _OWN_WORDS.sub("", text).replace(last, "")
    skipped = ("Set-Cookie", "Content-Length", "Date")
    headers = sorted(pair for pair in answer.headers.items() if pair[0] not in skipped)
    return answer.status_code, headers, body
