"""What every answer of the web carries, and what none of them does; from the map of addresses."""

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from central.accounts.permissions import Role
from central.portal.headers import CONTENT_SECURITY_POLICY, HEADERS
from tests.portal.people import add_sessions
from tests.portal.samples import own_path
from tests.portal.visitor import Visitor
from tests.portal.world import World, build_world

FOREIGN_HOST = "evil.example"
# A page may run our own files and ask this host again; nothing else is ever opened.
DIRECTIVES_OF_A_SCRIPT = {"script-src 'self'", "connect-src 'self'"}

# A file that somebody sent: it may do nothing at all, wherever it is opened.
FILE_OF_SOMEBODY = {"default-src 'none'", "sandbox"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for all tests of this file."""
    folder = tmp_path_factory.mktemp("answers")
    world = build_world(folder, f"sqlite:///{folder / 'acopio.db'}")
    with world.database.write() as session:
        add_sessions(session, now=world.clock.now())
    yield world
    world.database.close()


@pytest.fixture(scope="module")
def answers(world: World) -> list[tuple[str, TestResponse]]:
    """The answer to every GET, to strangers and in three roles, asked under a foreign name."""
    visitors = [Visitor(world.app)]
    visitors += [
        Visitor(world.app).enter(world, role)
        for role in (Role.ASPIRANTE, Role.AUTHORITY, Role.REVIEWER)
    ]
    found = []
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            path = own_path(rule, world)
            for visitor in visitors:
                cookie = visitor.cookie()
                if cookie:
                    visitor.client.set_cookie("acopio", cookie, domain=FOREIGN_HOST)
                answer = visitor.client.get(path, headers={"Host": FOREIGN_HOST})
                found.append((f"{rule.rule} {answer.status_code}", answer))
    for path in ("/no-such-page", "/records/none/such", "//", "//sign-in", "/sign-in//", "/../etc"):
        answer = visitors[0].client.get(
            "/", headers={"Host": FOREIGN_HOST}, environ_overrides={"PATH_INFO": path}
        )
        found.append((path, answer))
    return found


class TestHeaders:
    def test_every_answer_has_them(self, answers: list[tuple[str, TestResponse]]) -> None:
        wrong = []
        for where, answer in answers:
            for name, value in HEADERS.items():
                if name != "Content-Security-Policy" and answer.headers.get(name) != value:
                    wrong.append(f"{where}: {name}: {answer.headers.get(name)}")
        assert wrong == []

    def test_the_policy_is_opened_for_our_own_scripts_and_nothing_else(
        self, answers: list[tuple[str, TestResponse]]
    ) -> None:
        wrong = []
        plain = set(CONTENT_SECURITY_POLICY.split("; "))
        for where, answer in answers:
            policy = set(answer.headers["Content-Security-Policy"].split("; "))
            is_page = plain <= policy and policy - plain <= DIRECTIVES_OF_A_SCRIPT
            if not is_page and policy != FILE_OF_SOMEBODY:
                wrong.append(f"{where}: {sorted(policy ^ plain)}")
        assert wrong == []

    def test_no_copy_of_a_page_is_kept(self, answers: list[tuple[str, TestResponse]]) -> None:
        kept = [
            where
            for where, answer in answers
            if "no-store" not in answer.headers.get("Cache-Control", "")
            and not where.startswith("/assets/")
        ]
        # What is the same for everybody and belongs to nobody may be kept for a while.
        assert [where for where in kept if not where.startswith("/manuals")] == []

    def test_a_cookie_is_for_this_host_and_for_no_script(
        self, answers: list[tuple[str, TestResponse]]
    ) -> None:
        cookies = [
            cookie for _where, answer in answers for cookie in answer.headers.getlist("Set-Cookie")
        ]
        assert cookies
        for cookie in cookies:
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Domain" not in cookie


class TestHost:
    def test_no_answer_repeats_the_name_it_was_asked_under(
        self, answers: list[tuple[str, TestResponse]]
    ) -> None:
        repeated = []
        for where, answer in answers:
            location = answer.headers.get("Location", "")
            if FOREIGN_HOST.encode() in answer.get_data() or FOREIGN_HOST in location:
                repeated.append(where)
        assert repeated == []

    def test_no_redirect_leads_elsewhere(self, answers: list[tuple[str, TestResponse]]) -> None:
        elsewhere = [
            f"{where}: {answer.location}"
            for where, answer in answers
            if answer.location
            and (not answer.location.startswith("/") or answer.location[1:2] in ("/", "\\"))
        ]
        assert elsewhere == []


class TestErrors:
    def test_no_page_says_what_failed_inside(self, answers: list[tuple[str, TestResponse]]) -> None:
        for where, answer in answers:
            assert answer.status_code < 500, where
            for word in (b"Traceback", b"sqlalchemy", b"site-packages", b"werkzeug"):
                assert word not in answer.get_data(), where

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
    def test_no_other_method_is_known(self, world: World, method: str) -> None:
        # An unknown method is refused before the forms are looked at, or by them.
        visitor = Visitor(world.app).enter(world, Role.ASPIRANTE)
        for path in ("/", "/sign-in", "/account/sessions"):
            answer = visitor.client.open(path, method=method)
            assert answer.status_code in (400, 405), path
