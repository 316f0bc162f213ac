"""The screens in Chromium: a whole visit by touch, with nothing that axe or the console minds."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.kiosks import PASSWORD, Stand, stand
from tests.stations import AUXILIAR

AXE = Path(__file__).resolve().parents[2] / "vendor" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SIZES = ((1280, 800), (800, 480))


class Screen:
    """A page of the kiosk under the eye of axe."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", lambda m: self._note(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._note(str(error)))

    def look(self) -> None:
        """Hold the page against WCAG 2.2 AA and the size of a thumb."""
        self.page.wait_for_load_state("load")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(f"axe.run(document, {json.dumps(RULES)})")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
        small = self.page.evaluate(
            """() => [...document.querySelectorAll("button, a, input:not([type=hidden]), summary")]
                 .filter((e) => e.checkVisibility() && !e.classList.contains("skip"))
                 .filter((e) => { const b = e.getBoundingClientRect();
                                  return b.height < 44 || b.width < 44; })
                 .map((e) => e.outerHTML)"""
        )
        assert small == []
        wide = self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, self.page.url

    def tap(self, name: str) -> None:
        """Tap the button with this name."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state("load")

    def _note(self, text: str) -> None:
        self.complaints.append(f"{self.page.url}: {text}")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("screens"), typed_data_allowed=True) as built:
        yield built


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def screen(place: Stand, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Screen]:
    server = make_server("127.0.0.1", 0, place.station.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    width, height = request.param
    page = browser.new_page(viewport={"width": width, "height": height}, has_touch=True)
    # A busy machine is no fault of the page.
    page.set_default_timeout(120_000)
    yield Screen(page, f"http://127.0.0.1:{server.server_port}")
    page.close()
    server.shutdown()
    thread.join()


def test_a_visit_by_touch_has_nothing_to_mind_on_any_screen(place: Stand, screen: Screen) -> None:
    page = screen.page
    place.show("table")
    page.goto(screen.address)
    screen.look()
    page.get_by_label("Auxiliar").fill(AUXILIAR)
    page.get_by_label("Contraseña").fill(PASSWORD)
    screen.tap("Entrar")
    screen.look()
    screen.tap("Nuevo apoyo")
    screen.look()
    screen.tap("La persona está de acuerdo")
    page.locator(".hint", has_text="Coloque la credencial").wait_for()
    screen.look()
    screen.tap("Tomar la foto")
    screen.look()
    place.show("front")
    page.locator("polygon[points*=',']").wait_for(state="attached")
    screen.tap("Intentar de nuevo")
    place.show("back")
    screen.tap("Tomar la foto")
    screen.look()
    page.get_by_label("Nombre(s)").fill("luisa maría")
    screen.tap("Los datos son correctos")
    place.show("face")
    screen.look()
    screen.tap("Tomar la foto")
    screen.look()
    screen.tap("Usar esta foto")
    screen.look()
    _sign(page)
    screen.tap("Usar esta firma")
    screen.look()
    screen.tap("Guardar el apoyo")
    assert page.get_by_role("heading", name="Guardado").is_visible()
    screen.look()
    page.get_by_role("link", name="Enviados y pendientes").click()
    screen.look()
    screen.tap("Salir")
    assert screen.complaints == []


@pytest.mark.parametrize("screen", SIZES[:1], indirect=True)
def test_the_pad_is_erased_and_an_empty_one_is_not_taken(place: Stand, screen: Screen) -> None:
    page = screen.page
    place.show("front")
    page.goto(screen.address)
    page.get_by_label("Auxiliar").fill(AUXILIAR)
    page.get_by_label("Contraseña").fill(PASSWORD)
    screen.tap("Entrar")
    screen.tap("Nuevo apoyo")
    screen.tap("La persona está de acuerdo")
    screen.tap("Tomar la foto")
    place.show("back")
    screen.tap("Tomar la foto")
    screen.tap("Los datos son correctos")
    screen.tap("Tomar la foto")
    screen.tap("Usar esta foto")
    _sign(page)
    screen.tap("Borrar")
    screen.tap("Usar esta firma")
    assert page.get_by_role("alert").inner_text().startswith("Firme completo")
    page.once("dialog", lambda dialog: dialog.accept())
    screen.tap("Cancelar captura")
    assert page.get_by_role("button", name="Nuevo apoyo").is_visible()
    screen.tap("Salir")
    assert screen.complaints == []


def _sign(page: Page) -> None:
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    for step in range(40):
        across, up = 0.2 + step * 0.015, 0.5 + 0.3 * math.sin(step / 3)
        page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * up)
    page.mouse.up()
