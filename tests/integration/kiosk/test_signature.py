"""The signature: by finger, by stylus, by keyboard, and the way on for who cannot sign."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from device.queue.enrolment import EnrolmentStore
from tests.kiosk_screen import LOW, NARROW, Screen, open_screen
from tests.kiosks import Stand, bring_to, stand
from wire.packet import parse_packet
from wire.record import Images, Record


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        yield built


@pytest.fixture
def pad(place: Stand, browser: Browser) -> Iterator[Screen]:
    with open_screen(place, browser, LOW) as screen:
        bring_to(place, screen, "signature")
        screen.open("/capture")
        yield screen
    assert screen.complaints == []


def sealed(place: Stand, link: str) -> tuple[Record, Images]:
    spool = place.station.spool
    ring = EnrolmentStore(spool.database).current().own_ring()
    return place.centre.open(parse_packet(spool.path_of(link).read_bytes(), ring))


def ink(page: Page) -> int:
    """Count the pixels of the pad that have ink."""
    count: int = page.evaluate(
        """() => { const pad = document.querySelector("canvas");
                   const c = new OffscreenCanvas(pad.width, pad.height).getContext("2d");
                   c.drawImage(pad, 0, 0);
                   const d = c.getImageData(0, 0, pad.width, pad.height).data;
                   let n = 0;
                   for (let i = 3; i < d.length; i += 4) { n += d[i] > 0; }
                   return n; }"""
    )
    return count


def pointer(page: Page, kind: str, **more: Any) -> None:
    """Send one event of a pointer to the pad; `x` and `y` are parts of it."""
    page.evaluate(
        """([kind, more]) => {
             const c = document.querySelector("canvas"), b = c.getBoundingClientRect();
             c.setPointerCapture = () => {};
             c.dispatchEvent(new PointerEvent(kind, { bubbles: true, button: 0, ...more,
               clientX: b.left + more.x * b.width, clientY: b.top + more.y * b.height })); }""",
        [kind, more],
    )


class TestThePad:
    def test_is_drawn_on_with_the_arrow_keys(self, place: Stand, pad: Screen) -> None:
        page, keys = pad.page, pad.page.keyboard
        page.locator("canvas").focus()
        keys.press("ArrowRight")
        assert ink(page) == 0
        keys.press("Space")
        for key, count in (("ArrowRight", 12), ("ArrowUp", 5), ("ArrowRight", 8)):
            for _ in range(count):
                keys.press(key)
        keys.press("Space")
        keys.press("ArrowDown")
        page.get_by_text("La firma está completa").wait_for()
        pad.look("signature-keys")
        keys.press("Tab")
        keys.press("Enter")
        page.get_by_role("heading", name="Listo para guardar").wait_for()

    def test_takes_back_one_stroke_after_another(self, pad: Screen) -> None:
        pad.draw_signature()
        pointer(pad.page, "pointerdown", pointerId=5, x=0.1, y=0.9)
        pointer(pad.page, "pointermove", pointerId=5, x=0.9, y=0.9)
        pointer(pad.page, "pointerup", pointerId=5, x=0.9, y=0.9)
        both = ink(pad.page)
        pad.tap("Deshacer")
        assert 0 < ink(pad.page) < both
        pad.tap("Deshacer")
        assert ink(pad.page) == 0

    def test_ignores_a_second_finger_and_a_palm_after_the_stylus(self, pad: Screen) -> None:
        page = pad.page
        pointer(page, "pointerdown", pointerId=1, pointerType="pen", x=0.2, y=0.2)
        pointer(page, "pointermove", pointerId=1, pointerType="pen", x=0.4, y=0.4)
        drawn = ink(page)
        pointer(page, "pointerdown", pointerId=2, pointerType="touch", x=0.8, y=0.2)
        pointer(page, "pointermove", pointerId=2, pointerType="touch", x=0.8, y=0.9)
        assert ink(page) == drawn
        pointer(page, "pointerup", pointerId=1, pointerType="pen", x=0.4, y=0.4)
        pointer(page, "pointerdown", pointerId=3, pointerType="touch", x=0.8, y=0.2)
        pointer(page, "pointermove", pointerId=3, pointerType="touch", x=0.8, y=0.9)
        assert ink(page) == drawn

    def test_keeps_the_strokes_when_the_screen_turns(self, pad: Screen) -> None:
        page = pad.page
        pad.draw_signature()
        width, height = NARROW
        page.set_viewport_size({"width": width, "height": height})
        pad.next_frame()
        assert ink(page) > 0
        pad.look("signature-turned")
        pad.tap("Usar esta firma")
        page.get_by_role("heading", name="Listo para guardar").wait_for()


class TestWhoCannotSign:
    def test_is_captured_with_the_reason_and_no_signature(self, place: Stand, pad: Screen) -> None:
        page = pad.page
        pad.follow("La persona no puede firmar")
        pad.look("unsigned")
        pad.tap("No sabe escribir")
        page.get_by_text("Sin firma").wait_for()
        pad.look("summary-unsigned")
        record, images = sealed(place, pad.call("/capture/seal")["link"])
        assert {"signature.cannot_sign", "signature.does_not_write"} <= set(record.capture.flags)
        assert "signature.ink" not in record.capture.qualities
        assert images.signature is None

    def test_may_sign_after_all(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "signature")
        assert browser.call("/capture/signature/unable", reason="injury")["step"] == "summary"
        assert browser.get("/capture/photo/signature").status_code == 404
        assert browser.call("/capture/signature/again")["step"] == "signature"

    @pytest.mark.parametrize("reason", ["", "lazy", json.dumps(["other"])])
    def test_gives_one_of_the_reasons(self, place: Stand, reason: str) -> None:
        browser = place.browser()
        bring_to(place, browser, "signature")
        answer = browser.call("/capture/signature/unable", reason=reason)
        assert (answer["status"], answer["error"]["code"]) == (422, "signature.no_reason")
        assert answer["step"] == "signature"

    def test_is_turned_away_where_the_process_asks_for_a_signature(self, tmp_path: Path) -> None:
        with stand(tmp_path, unsigned_allowed=False) as place:
            browser = place.browser()
            bring_to(place, browser, "signature")
            assert "sin ella no se puede guardar" in browser.text("/capture/signature/unable")
            answer = browser.call("/capture/signature/unable", reason="other")
            assert (answer["status"], answer["error"]["code"]) == (422, "signature.required")
