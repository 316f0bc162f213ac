"""Every page in every language, contrast, size of text and size of screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.kiosk_screen import LOW, SIZES, Screen, open_screen
from tests.kiosks import NOTICE, Stand, bring_to, stand

# The step that a page belongs to, and its address; more pages are added here.
PAGES = (
    ("consent", "/capture/consent"),
    ("front", "/capture/front"),
    ("back", "/capture/back"),
    ("confirm", "/capture/confirm"),
    ("live_photo", "/capture/live-photo"),
    ("signature", "/capture/signature"),
    ("signature", "/capture/signature/unable"),
    ("summary", "/capture/summary"),
    ("sealed", "/capture/done"),
    ("sealed", "/queue"),
    ("sealed", "/"),
)
# Where the button of a step must be in sight although the page itself is longer.
_PRIMARY_IN_SIGHT = """() => [...document.querySelectorAll("main .primary, .dock .primary")]
  .filter((e) => e.checkVisibility())
  .map((e) => e.getBoundingClientRect())
  .some((b) => b.top >= 0 && b.bottom <= innerHeight + 1 && b.left >= 0 && b.right <= innerWidth)"""
_OVERFLOW_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_BAR_PX = "document.querySelector('header').getBoundingClientRect().height"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path, typed_data_allowed=True) as built:
        yield built


@pytest.fixture
def screen(place: Stand, browser: Browser) -> Iterator[Screen]:
    with open_screen(place, browser, LOW) as opened:
        yield opened
    assert opened.complaints == []


@pytest.mark.parametrize(("step", "path"), PAGES, ids=[path for _, path in PAGES])
class TestEveryPage:
    def test_has_nothing_to_mind_in_any_language_or_contrast(
        self, place: Stand, screen: Screen, step: str, path: str
    ) -> None:
        bring_to(place, screen, step)
        screen.look_every_way(path, path.strip("/").replace("/", "-") or "start")

    @pytest.mark.parametrize("text", ["normal", "large"])
    def test_fits_every_screen_with_its_button_in_sight(
        self, place: Stand, screen: Screen, step: str, path: str, text: str
    ) -> None:
        bring_to(place, screen, step)
        screen.prefer(text=text)
        for width, height in SIZES:
            screen.page.set_viewport_size({"width": width, "height": height})
            screen.open(path)
            screen.settle()
            name = path.strip("/").replace("/", "-") or "start"
            screen.photograph(f"{name}-{text}")
            assert screen.page.evaluate(_OVERFLOW_PX) <= 0, (width, height)
            if path.startswith("/capture") and "unable" not in path:
                assert screen.page.evaluate(_PRIMARY_IN_SIGHT), (width, height)
            if (width, height) == LOW and text == "normal":
                assert screen.page.evaluate(_BAR_PX) <= 84


class TestSignInPages:
    def test_have_nothing_to_mind_before_anybody_signed_in(self, screen: Screen) -> None:
        screen.open()
        screen.look_every_way("/sign-in", "sign-in")
        screen.open("/no-such-page")
        screen.complaints.clear()  # Chromium notes every page whose status is an error
        screen.look("problem")

    def test_offer_the_choices_to_a_keyboard(self, screen: Screen) -> None:
        page = screen.page
        screen.open()
        page.get_by_role("button", name="Idioma y pantalla").focus()
        page.keyboard.press("Enter")
        screen.look("preferences")
        page.keyboard.press("Escape")
        assert not page.get_by_role("dialog").is_visible()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="English").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Sign in").wait_for()


class TestALongNotice:
    @pytest.fixture
    def place(self, tmp_path: Path) -> Iterator[Stand]:
        with stand(tmp_path, notice_text="\n\n".join([NOTICE] * 20)) as built:
            yield built

    def test_is_shown_to_its_end_before_anybody_agrees(self, place: Stand, screen: Screen) -> None:
        page = screen.page
        bring_to(place, screen, "consent")
        screen.open("/capture/consent")
        agree = page.get_by_role("button", name="La persona está de acuerdo")
        assert not agree.is_visible()
        screen.look("consent-long")
        page.keyboard.press("Tab")  # the notice itself, which the arrows scroll
        page.keyboard.press("Tab")
        for _ in range(20):
            if agree.is_visible():
                break
            page.keyboard.press("Enter")
            screen.next_frame()
        assert agree.is_visible()
        assert page.evaluate("document.activeElement.textContent") == "La persona está de acuerdo"

    def test_may_be_declined_and_nothing_is_kept(self, place: Stand, screen: Screen) -> None:
        bring_to(place, screen, "consent")
        screen.open("/capture/consent")
        screen.tap("No está de acuerdo")
        assert screen.page.get_by_role("status").first.inner_text().startswith("No se guardó nada")
        assert place.station.kiosk.desk.case is None
