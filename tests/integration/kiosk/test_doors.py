"""Who gets in, and what every answer carries: each route of the application is tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.kiosks import Stand, stand

# Everything else asks for a sign-in.
OPEN_ROUTES = {
    "static",
    "start.page",
    "start.sign_in_form",
    "start.sign_in",
    "activate.page",
    "activate.begin",
    "activate.confirm",
    "activate.cancel",
    "activate.not_mine",
    "activate.wrong_data",
    "activate.finish",
    "status.health",
    "practice.begin",
    "practice.end",
    "preferences.choose",
    "help.page",
    "technician.sign_in_form",
    "technician.sign_in",
    "scan.scans",
    "lock.page",
    "lock.unlock",
}
ARGUMENTS = {
    "side": "front",
    "name": "front",
    "field": "curp",
    "filename": "kiosk.css",
    "subject": "front",
    "device": "lamps",
    "code": "front",
    "language": "en",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("doors")) as built:
        yield built


def routes(app: Flask, method: str) -> list[tuple[Rule, str]]:
    with app.test_request_context():
        return [
            (rule, rule.build({name: ARGUMENTS[name] for name in rule.arguments})[1])  # type: ignore[index]  # every rule builds
            for rule in app.url_map.iter_rules()
            if method in (rule.methods or ())
        ]


class TestEveryRoute:
    def test_asks_for_a_sign_in_unless_it_says_otherwise(self, place: Stand) -> None:
        browser = place.browser()
        token = browser.token()
        for method in ("GET", "POST"):
            for rule, path in routes(place.station.app, method):
                if rule.endpoint in OPEN_ROUTES:
                    continue
                answer = browser.client.open(path, method=method, data={"csrf_token": token})
                assert answer.status_code == 303, (method, path)
                door = "/technician/sign-in" if path.startswith("/technician") else "/sign-in"
                assert answer.headers["Location"] == door, (method, path)
                answer = browser.client.open(
                    path, method=method, data={"csrf_token": token},
                    headers={"Accept": "application/json"},
                )  # fmt: skip
                assert answer.status_code in (401, 303), (method, path)

    def test_refuses_a_form_without_its_token(self, place: Stand) -> None:
        browser = place.browser()
        browser.sign_in()
        for _, path in routes(place.station.app, "POST"):
            answer = browser.client.post(path, headers={"Accept": "application/json"})
            assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "kiosk.csrf")
            assert browser.client.post(path, data={"csrf_token": "x"}).status_code == 303

    def test_refuses_who_is_not_on_this_machine(self, place: Stand) -> None:
        client = place.station.app.test_client()
        for method in ("GET", "POST"):
            for _, path in routes(place.station.app, method):
                away = {"REMOTE_ADDR": "192.0.2.7"}
                answer = client.open(path, method=method, environ_overrides=away)
                assert answer.status_code == 403, (method, path)

    def test_refuses_a_foreign_name_of_this_machine(self, place: Stand) -> None:
        client = place.station.app.test_client()
        answer = client.get("/health", headers={"Host": "evil.example"})
        assert answer.status_code == 400

    def test_carries_the_headers_that_keep_the_page_to_itself(self, place: Stand) -> None:
        browser = place.browser()
        browser.sign_in()
        for rule, path in routes(place.station.app, "GET"):
            headers = browser.get(path).headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            if rule.endpoint != "static":
                assert headers["Cache-Control"] == "no-store", path

    def test_has_no_script_or_style_inside_a_page(self, place: Stand) -> None:
        browser = place.browser()
        browser.sign_in()
        browser.call("/capture/start")
        for path in ("/", "/capture/consent", "/queue", "/nothing"):
            page = browser.get(path).get_data(as_text=True)
            assert "<script>" not in page
            assert " style=" not in page
            assert " onclick=" not in page
            assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


class TestTheCookie:
    def test_is_out_of_reach_of_scripts_and_other_sites(self, place: Stand) -> None:
        browser = place.browser()
        browser.sign_in()
        cookie = browser.client.get_cookie("acopio_kiosk")
        assert cookie is not None
        assert cookie.http_only
        assert cookie.same_site == "Strict"

    def test_from_before_the_sign_in_is_worth_nothing_after_it(self, place: Stand) -> None:
        browser = place.browser()
        before = browser.token()
        browser.sign_in()
        answer = browser.client.post("/sign-out", data={"csrf_token": before})
        assert answer.headers["Location"] == "/"
        assert browser.get("/queue").status_code == 200

    def test_is_worth_nothing_after_the_sign_out(self, place: Stand) -> None:
        browser = place.browser()
        browser.sign_in()
        cookie = browser.client.get_cookie("acopio_kiosk")
        assert cookie is not None
        browser.call("/sign-out")
        browser.client.set_cookie("acopio_kiosk", cookie.value)
        assert browser.get("/queue").headers["Location"] == "/sign-in"


class TestAnswers:
    def test_say_in_spanish_what_to_do_next(self, place: Stand) -> None:
        answer = place.browser().call("/sign-in", auxiliar="nobody", password="x")
        assert (answer["status"], answer["error"]["code"]) == (401, "sign_in.wrong")
        assert "Intente de nuevo" in answer["error"]["message"]

    def test_meet_an_old_page_with_where_the_visit_stands(self, place: Stand) -> None:
        browser = place.browser()
        browser.sign_in()
        answer = browser.call("/capture/seal")
        assert (answer["status"], answer["error"]["code"]) == (409, "capture.wrong_step")
        assert answer["next"] == "/"

    def test_refuse_a_body_that_no_form_has(self, place: Stand) -> None:
        browser = place.browser()
        token = browser.token()
        answer = browser.client.post(
            "/sign-in", data={"csrf_token": token, "password": "x" * (2 << 20)}
        )
        assert answer.status_code == 413

    def test_show_a_page_for_what_is_not_there(self, place: Stand) -> None:
        answer = place.browser().get("/nothing")
        assert answer.status_code == 404
        assert "Esa página no existe" in answer.get_data(as_text=True)
