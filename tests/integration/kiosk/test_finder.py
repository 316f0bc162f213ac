"""The viewfinder in Chromium: what it tells, when it takes the picture, and what it survives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.integration.kiosk.test_process import Place as Disk
from tests.kiosk_screen import LARGE, LOW, NARROW, PATIENCE_MS, Screen, open_screen
from tests.kiosks import Stand, bring_to, stand

expect.set_options(timeout=PATIENCE_MS)

HINT = ".finder .hint .text"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path, automatic=True) as built:
        yield built


@pytest.fixture(params=(LARGE, LOW, NARROW), ids=lambda size: f"{size[0]}x{size[1]}")
def screen(place: Stand, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Screen]:
    with open_screen(place, browser, request.param) as opened:
        yield opened
    assert opened.complaints == []


def test_both_sides_take_themselves(place: Stand, screen: Screen) -> None:
    place.show("table")
    bring_to(place, screen, "front")
    screen.open("/capture")
    page = screen.page
    expect(page.locator(HINT)).to_have_text("Coloque la credencial dentro del marco")
    screen.look("finder-searching")
    place.reader.seen = ("quality.glare",)
    place.show("front")
    expect(page.locator(HINT)).to_have_text("Hay reflejo: incline la credencial")
    screen.look("finder-adjusting")
    place.reader.seen = ()
    page.wait_for_url("**/capture/back")
    expect(page.locator(HINT)).to_have_text("Voltee la credencial")
    screen.look("finder-turn")
    place.show("back")
    page.wait_for_url("**/capture/confirm")


def test_a_refused_picture_is_shown_with_its_reason_and_not_taken_again(
    place: Stand, screen: Screen
) -> None:
    bring_to(place, screen, "front")
    place.reader.reasons = ("quality.glare", "read.no_clave_elector")
    place.show("front")
    screen.open("/capture")
    page = screen.page
    expect(page.get_by_role("alert")).to_contain_text("El intento 1 no sirvió")
    expect(page.locator(HINT)).to_have_text("Mueva la credencial o presione el botón")
    screen.look("finder-refused")
    assert place.reader.reads <= 3
    for _ in range(2):
        screen.tap("Intentar de nuevo")
    page.get_by_role("button", name="Seguir con la última foto").wait_for()
    screen.look("finder-may-keep")


@pytest.mark.parametrize("screen", [LOW], indirect=True)
def test_says_that_the_camera_is_away_and_goes_on_when_it_is_back(
    place: Stand, screen: Screen
) -> None:
    place.show("table")
    bring_to(place, screen, "front")
    screen.open("/capture")
    hint = screen.page.locator(HINT)
    expect(hint).to_have_text("Coloque la credencial dentro del marco")
    now = place.scenes / "now"
    now.rename(place.scenes / "away")
    expect(hint).to_contain_text("cámara")
    screen.look("finder-no-camera")
    (place.scenes / "away").rename(now)
    expect(hint).to_have_text("Coloque la credencial dentro del marco")


def test_a_page_finds_the_station_again_after_it_was_restarted(
    tmp_path: Path, browser: Browser
) -> None:
    place = Disk(tmp_path)
    process = place.start()
    process.wait_until_ready()
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    screen = Screen(page, process.address)
    screen.open()
    screen.sign_in()
    screen.call("/capture/start")
    screen.call("/capture/consent", agree="1")
    screen.open("/capture")
    hint = page.locator(HINT)
    expect(hint).to_have_text("Coloque la credencial dentro del marco")
    process.kill()
    expect(hint).to_have_text("La estación no responde. Se vuelve a intentar…")
    again = place.start()
    again.wait_until_ready()
    # A restart signs everybody out: the page leads there by itself.
    page.wait_for_url("**/sign-in")
    page.close()
    again.end()
