"""Practice at the screens: it looks like the real visit, says what it is, and reaches nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from device.capture.practice import PRACTICA
from tests.integration.kiosk.test_doors import routes
from tests.kiosk_screen import LARGE, LOW, open_screen
from tests.kiosks import Browser, Stand, bring_to, stand

STEPS = ("consent", "front", "back", "confirm", "live_photo", "signature", "summary", "sealed")
BANNER = "PRÁCTICA: nada se guarda"


class Practising(Browser):
    """A browser that practises instead of signing in."""

    def sign_in(self) -> dict[str, Any]:
        return self.call("/practice/begin")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        yield built


def practising(place: Stand) -> Practising:
    return Practising(place.station.app.test_client())


def what_is_kept(place: Stand) -> list[object]:
    """Return everything the station's disk and its real desk know."""
    spool = place.station.spool
    rows = [tuple(row) for row in spool.database.all("SELECT * FROM packets ORDER BY id")]
    files = sorted((path.name, path.stat().st_size) for path in spool.packets.iterdir())
    return [rows, files, place.station.kiosk.desk.case]


def test_no_route_leads_from_practice_to_the_real_sealer(
    place: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    before = what_is_kept(place)
    browser = practising(place)
    for step in STEPS:
        for method in ("GET", "POST"):
            for _, path in routes(place.station.app, method):
                case = place.station.kiosk.practice.desk.case
                if case is None or case.step.value != step:
                    bring_to(place, browser, step)
                data = {"csrf_token": browser.token(), "agree": "1", "side": "front"}
                browser.client.open(path, method=method, data=data)
                assert what_is_kept(place) == before, (step, method, path)


def test_a_visit_ends_with_the_practice_folio_and_a_page_that_says_so(place: Stand) -> None:
    browser = practising(place)
    answer = bring_to(place, browser, "sealed")
    assert (answer["folio"], answer["next"]) == (PRACTICA, "/capture/done")
    page = browser.text("/capture/done")
    assert "Práctica terminada" in page
    assert "Guardado" not in page


def test_every_page_of_practice_says_that_nothing_is_saved(place: Stand) -> None:
    browser = practising(place)
    for step in STEPS:
        page = browser.text(bring_to(place, browser, step)["next"])
        assert BANNER in page, step
        assert "<title>PRÁCTICA" in page, step
    browser.call("/practice/end")
    assert BANNER not in browser.text("/sign-in")


def test_the_real_visit_and_the_practice_do_not_meet(place: Stand) -> None:
    real = place.browser()
    bring_to(place, real, "front")
    answer = real.call("/practice/begin")
    assert (answer["status"], answer["error"]["code"]) == (409, "capture.wrong_step")
    learner = practising(place)
    bring_to(place, learner, "summary")
    assert real.text("/capture/front")
    learner.call("/practice/end")
    assert real.text("/capture/front")


def test_an_auxiliar_comes_back_from_practice_to_their_session(place: Stand) -> None:
    browser = place.browser()
    browser.sign_in()
    browser.call("/practice/begin")
    assert BANNER in browser.text("/")
    assert browser.call("/practice/end")["next"] == "/"
    assert "Auxiliar Inventada" in browser.text("/")


@pytest.mark.parametrize("size", [LARGE, LOW])
def test_practice_on_the_screen(place: Stand, browser: Chromium, size: tuple[int, int]) -> None:
    with open_screen(place, browser, size) as screen:
        screen.open("/sign-in")
        screen.tap("Practicar sin guardar nada")
        screen.page.get_by_role("region", name="Práctica").wait_for()
        screen.look("practice-start")
        screen.tap("Nuevo apoyo")
        screen.look("practice-consent")
        screen.tap("Terminar la práctica")
        screen.page.get_by_label("Contraseña").wait_for()
        assert screen.complaints == []
