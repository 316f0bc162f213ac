"""A whole visit without touching the screen: by keyboard, and by two switches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.kiosk_screen import LOW, Screen, open_screen
from tests.kiosks import PASSWORD, Stand, stand
from tests.stations import AUXILIAR

# More steps than any page has: a focus that went around did not find its button.
MOST_STEPS = 40
_FOCUSED = """() => { const e = document.activeElement;
  const name = e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent;
  return name.trim(); }"""
# The ring around what has the focus, and whether something lies over its middle.
_IS_SEEN = """() => { const e = document.activeElement, b = e.getBoundingClientRect();
  const over = document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2);
  return parseFloat(getComputedStyle(e).outlineWidth) >= 3 && (e === over || e.contains(over)); }"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        yield built


@pytest.fixture
def screen(place: Stand, browser: Browser) -> Iterator[Screen]:
    with open_screen(place, browser, LOW) as opened:
        yield opened
    assert opened.complaints == []


def reach(screen: Screen, name: str) -> int:
    """Step on until the focus is on the element with this name; return how many steps it took."""
    for step in range(MOST_STEPS):
        if screen.page.evaluate(_FOCUSED) == name:
            assert screen.page.evaluate(_IS_SEEN), name
            return step
        screen.page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached on {screen.page.url}")


def press(screen: Screen, name: str, *, within: int = MOST_STEPS) -> None:
    """Step on to a button and activate it."""
    assert reach(screen, name) <= within
    screen.page.keyboard.press("Enter")
    screen.settle()


def sign_in(screen: Screen) -> None:
    screen.open()
    for name, text in (("Auxiliar", AUXILIAR), ("Contraseña", PASSWORD)):
        reach(screen, name)
        screen.page.keyboard.type(text)
    press(screen, "Entrar")


def lead_to_signature(place: Stand, screen: Screen) -> None:
    """Take every step before the signature; the button of each is among the first reached."""
    place.show("table")
    press(screen, "Nuevo apoyo", within=2)
    press(screen, "La persona está de acuerdo", within=3)
    place.show("front")
    press(screen, "Tomar la foto", within=2)
    place.show("back")
    press(screen, "Tomar la foto", within=2)
    place.show("face")
    press(screen, "Los datos son correctos")
    press(screen, "Tomar la foto", within=2)
    press(screen, "Usar esta foto", within=2)


def draw(screen: Screen) -> None:
    """Sign with the arrows."""
    reach(screen, "Espacio para la firma")
    keys = screen.page.keyboard
    keys.press("Space")
    for key in ["ArrowRight"] * 12 + ["ArrowUp"] * 5 + ["ArrowRight"] * 8:
        keys.press(key)
    keys.press("Space")
    press(screen, "Usar esta firma", within=2)


def go_without(screen: Screen) -> None:
    """Say why there is no signature."""
    press(screen, "La persona no puede firmar")
    press(screen, "Una lesión o discapacidad", within=3)


@pytest.mark.parametrize("sign", [draw, go_without], ids=["keyboard", "two switches"])
def test_a_visit_is_led_to_guardado(
    place: Stand, screen: Screen, sign: Callable[[Screen], None]
) -> None:
    sign_in(screen)
    lead_to_signature(place, screen)
    sign(screen)
    press(screen, "Guardar el apoyo", within=2)
    assert screen.page.get_by_role("heading", name="Guardado").is_visible()
    press(screen, "Siguiente persona")
    assert screen.page.url.endswith("/capture/consent")


def test_escape_asks_before_it_cancels(place: Stand, screen: Screen) -> None:
    page = screen.page
    sign_in(screen)
    press(screen, "Nuevo apoyo")
    page.keyboard.press("Escape")
    question = page.get_by_role("dialog", name="¿Cancelar esta captura?")
    assert question.is_visible()
    assert page.evaluate(_FOCUSED) == "Seguir con la captura"
    page.keyboard.press("Escape")
    assert not question.is_visible()
    assert page.url.endswith("/capture/consent")
    page.keyboard.press("Escape")
    press(screen, "Sí, cancelar", within=2)
    assert place.station.kiosk.desk.case is None


def test_each_page_is_read_from_its_heading(place: Stand, screen: Screen) -> None:
    sign_in(screen)
    press(screen, "Nuevo apoyo")
    assert screen.page.evaluate(_FOCUSED) == "Aviso de privacidad"
    press(screen, "La persona está de acuerdo")
    assert screen.page.evaluate(_FOCUSED) == "Anverso de la credencial"


def test_a_second_tap_counts_for_nothing(place: Stand, screen: Screen) -> None:
    page = screen.page
    sign_in(screen)
    sent = page.evaluate(
        """() => { let sent = 0;
                   addEventListener("submit", (e) => { sent += !e.defaultPrevented; });
                   const button = document.querySelector("main .primary");
                   button.click(); button.click();
                   return `${button.textContent} ${sent}`; }"""
    )
    assert sent == "Un momento… 1"
    screen.settle()
    assert page.url.endswith("/capture/consent")
