"""The lock at the screens: the question before it, the way back, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from tests.kiosk_screen import LARGE, LOW, open_screen
from tests.kiosks import PASSWORD, Stand, bring_to, stand


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        yield built


def test_a_locked_station_shows_nothing_of_the_visit_and_asks_for_the_password(
    place: Stand,
) -> None:
    browser = place.browser()
    bring_to(place, browser, "summary")
    assert browser.post("/lock").headers["Location"] == "/locked"
    for path in ("/capture/summary", "/capture/photo/front", "/capture/crop/curp", "/queue"):
        assert browser.get(path).headers["Location"] == "/locked", path
    assert browser.call("/capture/seal")["error"]["code"] == "sign_in.unlock"
    assert browser.get("/").headers["Location"] == "/locked"
    assert "Auxiliar Inventada" in browser.text("/locked")


def test_the_auxiliar_comes_back_to_the_start_page_and_to_the_same_session(place: Stand) -> None:
    browser = place.browser()
    bring_to(place, browser, "front")
    browser.call("/lock")
    assert browser.call("/unlock", password="x")["status"] == 401
    assert browser.call("/unlock", password=PASSWORD) == {"status": 200, "step": None, "next": "/"}
    assert browser.call("/capture/start")["next"] == "/capture/consent"
    rows = place.station.spool.waiting(10)
    assert [row.kind.value for row in rows] == ["session_open"]


def test_another_auxiliar_signs_in_instead(place: Stand) -> None:
    browser = place.browser()
    browser.sign_in()
    browser.call("/lock")
    assert browser.get("/sign-in").headers["Location"] == "/locked"
    assert "Contraseña" in browser.text("/sign-in?other=1")
    assert browser.sign_in()["status"] == 200
    assert browser.get("/locked").headers["Location"] == "/"


def test_another_browser_learns_nothing_of_who_is_locked_out(place: Stand) -> None:
    browser, other = place.browser(), place.browser()
    browser.sign_in()
    browser.call("/lock")
    assert other.get("/locked").headers["Location"] == "/"
    assert "Auxiliar Inventada" not in other.text("/sign-in")


def test_presence_tells_how_long_is_left(place: Stand) -> None:
    browser = place.browser()
    bring_to(place, browser, "front")
    assert 290 < browser.get("/presence").get_json()["left_s"] <= 300
    assert 290 < browser.call("/presence")["left_s"] <= 300


@pytest.mark.parametrize("size", [LARGE, LOW])
def test_the_question_and_the_lock_on_the_screen(
    place: Stand, browser: Chromium, size: tuple[int, int]
) -> None:
    with open_screen(place, browser, size) as screen:
        page = screen.page
        screen.sign_in()
        # Untouched for long: the station says so when the page asks.
        desk = place.station.kiosk.desk
        desk._touched_ms -= 885_000
        screen.open("/close")
        page.get_by_role("button", name="Aquí sigo").wait_for()
        screen.look("presence")
        with page.expect_response("**/presence"):
            page.get_by_role("button", name="Aquí sigo").click()
        page.get_by_role("button", name="Aquí sigo").wait_for(state="hidden")
        assert desk.left_s() > 800

        screen.tap("Bloquear")
        page.get_by_role("heading", name="La estación está bloqueada").wait_for()
        screen.look("locked")
        page.get_by_label("Contraseña").fill(PASSWORD)
        screen.tap("Desbloquear")
        page.get_by_role("button", name="Nuevo apoyo").wait_for()
        assert screen.complaints == []
