"""The kiosk in Chromium: served on loopback, and held against what every screen must keep."""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page
from werkzeug.serving import make_server

from tests.kiosks import PASSWORD, Stand
from tests.stations import AUXILIAR

_AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LEAST_TARGET_PX = 44
# The official 7-inch display, two common ones, and the first and the second stood on end.
LOW, MIDDLE, LARGE = (800, 480), (1024, 600), (1280, 800)
TALL, NARROW = (600, 1024), (480, 800)
SIZES = (LOW, MIDDLE, LARGE, TALL, NARROW)
# Both languages and every contrast, each of them also with large text.
LOOKS = (
    {"language": "es_MX", "text": "normal", "contrast": "normal"},
    {"language": "en", "text": "large", "contrast": "normal"},
    {"language": "es_MX", "text": "large", "contrast": "white"},
    {"language": "en", "text": "normal", "contrast": "white"},
    {"language": "es_MX", "text": "large", "contrast": "black"},
    {"language": "en", "text": "normal", "contrast": "black"},
)
# A busy machine is no fault of the page.
PATIENCE_MS = 120_000
# Where the pictures of the screens go, for whoever wants to look at them.
PICTURES = os.environ.get("ACOPIO_TEST_PICTURES")

_SMALL_TARGETS = """least => [...document.querySelectorAll(
    "button, a, input:not([type=hidden]), select, textarea, summary")]
  .filter((e) => e.checkVisibility() && !e.classList.contains("skip"))
  .filter((e) => { const b = e.getBoundingClientRect();
                   return b.height < least - .5 || b.width < least - .5; })
  .map((e) => e.outerHTML)"""
_OVERFLOW_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Screen:
    """One page of the kiosk; `look` says nothing where there is nothing to mind."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note(str(error)))

    def open(self, path: str = "/") -> None:
        """Go to a page of the kiosk."""
        self.page.goto(self.address + path)

    def look(self, name: str = "") -> None:
        """Hold the page against WCAG 2.2 AA, the size of a thumb and the width of the screen."""
        page = self.page
        self.settle()
        # Through the debugger: the page's own policy would refuse a script.
        page.evaluate(_AXE.read_text(encoding="utf-8"))
        found = page.evaluate(f"axe.run(document, {json.dumps(_RULES)})")
        problems = [f"{v['id']}: {v['nodes'][0]['html']}" for v in found["violations"]]
        problems += [f"small: {html}" for html in page.evaluate(_SMALL_TARGETS, LEAST_TARGET_PX)]
        if (overflow := page.evaluate(_OVERFLOW_PX)) > 0:
            problems.append(f"{overflow} px stick out")
        assert not problems, f"{page.url} {page.viewport_size} {problems}"
        if name:
            self.photograph(name)

    def photograph(self, name: str) -> None:
        """Keep a picture of what the screen shows, where somebody asked for pictures."""
        if PICTURES and (size := self.page.viewport_size):
            file = f"{name}-{size['width']}x{size['height']}.png"
            self.page.screenshot(path=Path(PICTURES) / file)

    def tap(self, name: str) -> None:
        """Tap the button with this name, and wait for the page it leads to."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self.settle()

    def follow(self, name: str) -> None:
        """Tap the link with this name, and wait for its page."""
        self.page.get_by_role("link", name=name, exact=True).click()
        self.settle()

    def next_frame(self) -> None:
        """Return when the page has drawn itself anew: what was resized or scrolled has settled."""
        self.page.evaluate(
            "new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))"
        )

    def settle(self) -> None:
        """Return once no page is under way: until then the old one says that it works."""
        # By a selector: what is evaluated while waiting, the page's policy would refuse.
        self.page.locator("body:not(.is-busy)").wait_for(state="attached")
        self.page.wait_for_load_state("load")

    def sign_in_by_form(self) -> None:
        """Sign in as a person does."""
        self.page.get_by_label("Auxiliar").fill(AUXILIAR)
        self.page.get_by_label("Contraseña").fill(PASSWORD)
        self.tap("Entrar")

    def draw_signature(self) -> None:
        """Sign on the pad with a mouse."""
        box = self.page.locator("canvas").bounding_box()
        assert box is not None
        mouse = self.page.mouse
        for step in range(41):
            across, down = 0.2 + step * 0.015, 0.5 + 0.3 * math.sin(step / 3)
            mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
            if step == 0:
                mouse.down()
        mouse.up()

    def prefer(self, **choices: str) -> None:
        """Choose how the screen speaks and looks."""
        assert self.call("/preferences", **choices)["status"] == 200

    def look_every_way(self, path: str, name: str = "") -> None:
        """Hold one page against everything, in both languages and all contrasts."""
        for look in LOOKS:
            self.prefer(**look)
            self.open(path)
            self.look(f"{name}-{'-'.join(look.values())}" if name else "")
        self.prefer(**LOOKS[0])

    # The two calls of `tests.kiosks.Caller`: `bring_to` leads a visit of this very browser.

    def call(self, path: str, **fields: str) -> dict[str, Any]:
        """Send a form as a program would, with the cookies of this browser."""
        if not self.page.url.startswith(self.address):
            self.open()
        token = self.page.locator("meta[name=csrf-token]").get_attribute("content")
        answer = self.page.request.post(
            self.address + path,
            form={name.replace("__", "."): value for name, value in fields.items()},
            headers={"Accept": "application/json", "X-CSRFToken": token or ""},
        )
        return {"status": answer.status, **answer.json()}

    def sign_in(self) -> dict[str, Any]:
        """Sign in, and take the token of the session that begins."""
        answer = self.call("/sign-in", auxiliar=AUXILIAR, password=PASSWORD)
        self.open()
        return answer

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(message.text)

    def _note(self, text: str) -> None:
        self.complaints.append(f"{self.page.url}: {text}")


@contextmanager
def serving(place: Stand) -> Iterator[str]:
    """Serve the kiosk of a station; gives its address."""
    server = make_server("127.0.0.1", 0, place.station.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@contextmanager
def open_screen(place: Stand, browser: Browser, size: tuple[int, int] = LARGE) -> Iterator[Screen]:
    """Open the kiosk of a station in a fresh profile on a screen of this size, with touch."""
    width, height = size
    with (
        serving(place) as address,
        browser.new_context(viewport={"width": width, "height": height}, has_touch=True) as context,
    ):
        yield Screen(context.new_page(), address)
