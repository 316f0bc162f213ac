"""The live photo in Chromium, with the networks that find faces and invented people before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.kiosk_screen import LARGE, LOW, NARROW, PATIENCE_MS, Screen, open_screen
from tests.kiosks import Stand, bring_to, stand

expect.set_options(timeout=PATIENCE_MS)

HINT = ".finder .hint .text"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path, automatic=True, faces=True, attempts_before_fallback=2) as built:
        yield built


@pytest.fixture(params=(LARGE, LOW, NARROW), ids=lambda size: f"{size[0]}x{size[1]}")
def screen(place: Stand, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Screen]:
    with open_screen(place, browser, request.param) as opened:
        yield opened
    assert opened.complaints == []


def test_the_picture_takes_itself_once_the_face_can_be_seen(place: Stand, screen: Screen) -> None:
    bring_to(place, screen, "live_photo")
    place.show_photo("empty_room")
    screen.open("/capture")
    page = screen.page
    expect(page.locator(HINT)).to_have_text("Ponga la cara dentro del óvalo")
    place.show_photo("sunglasses")
    expect(page.locator(HINT)).to_have_text("Que se vean los ojos, sin lentes oscuros")
    screen.look("face-adjusting")
    place.show_photo("good")
    expect(page.get_by_text("La foto es buena")).to_be_visible()
    screen.look("face-good")
    page.get_by_role("button", name="Usar esta foto").click()
    page.wait_for_url("**/capture/signature")


def test_a_bad_photo_is_taken_again_and_after_the_attempts_may_be_used(
    place: Stand, screen: Screen
) -> None:
    bring_to(place, screen, "live_photo")
    place.show_photo("mask")
    screen.open("/capture")
    page = screen.page
    keep = page.get_by_role("button", name="Usarla de todos modos")
    for attempt in (1, 2):
        page.get_by_role("button", name="Tomar la foto").click()
        expect(page.get_by_role("alert")).to_contain_text("Algo tapa la boca y la nariz")
        screen.look(f"face-refused-{attempt}")
        if attempt == 1:
            expect(keep).to_have_count(0)
            page.get_by_role("link", name="Tomarla otra vez").click()
    keep.click()
    page.wait_for_url("**/capture/signature")


def test_a_program_is_told_whether_the_photo_may_be_used(place: Stand) -> None:
    browser = place.browser()
    bring_to(place, browser, "live_photo")
    place.show_photo("two_people")
    for may_accept in (False, True):
        said = browser.call("/capture/live-photo/shoot")
        assert said["codes"] == ["face.several"]
        assert (said["good"], said["may_accept"]) == (False, may_accept)
        if not may_accept:
            assert browser.call("/capture/live-photo/accept")["status"] == 409
    assert browser.call("/capture/live-photo/accept")["step"] == "signature"
