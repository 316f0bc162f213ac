"""The pages beside the visit, in every language, contrast and size of text: nothing to mind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from device.capture.technician import Technician
from device.commands.technician import write_verifier
from tests.kiosk_screen import LARGE, LOW, NARROW, open_screen
from tests.kiosks import Stand, bring_to, stand

WORD = "una palabra del técnico"
# Each language in each contrast, on screens and in sizes that take turns.
LOOKS = (
    ("es_MX", "normal", "normal", LOW),
    ("es_MX", "white", "large", NARROW),
    ("es_MX", "black", "normal", LARGE),
    ("en", "normal", "large", LARGE),
    ("en", "white", "normal", NARROW),
    ("en", "black", "normal", LOW),
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        write_verifier(tmp_path / "verifier", WORD)
        kiosk = built.station.kiosk
        technician = Technician(tmp_path / "verifier", kiosk.clock)
        built.station.app.extensions["kiosk"] = replace(kiosk, technician=technician)
        yield built


@pytest.mark.parametrize(
    ("language", "contrast", "text", "size"), LOOKS, ids=lambda value: str(value)
)
def test_the_pages_beside_the_visit(
    place: Stand,
    browser: Chromium,
    language: str,
    contrast: str,
    text: str,
    size: tuple[int, int],
) -> None:
    with open_screen(place, browser, size) as screen:

        def look(path: str) -> None:
            screen.open(path)
            screen.look(f"{language}-{contrast}-{text}{path.replace('/', '-')}")

        screen.open()
        screen.call("/preferences", language=language, contrast=contrast, text=text)
        for path in ("/sign-in", "/activate", "/technician/sign-in"):
            look(path)
        bring_to(place, screen, "sealed")
        screen.call("/capture/clear")
        for path in ("/", "/queue", "/close", "/help"):
            look(path)
        screen.call("/lock")
        look("/locked")
        screen.call("/practice/begin")
        look("/")
        screen.call("/practice/end")
        screen.page.goto(f"{screen.address}/technician/sign-in")
        screen.page.locator("#password").fill(WORD)
        screen.page.locator("form.fields .primary").click()
        screen.page.wait_for_url("**/technician")
        for name in ("", "/camera", "/peripherals", "/network", "/passport"):
            look(f"/technician{name}")
        screen.sign_in()
        screen.call("/close")
        look("/close/slip")
        assert screen.complaints == []
