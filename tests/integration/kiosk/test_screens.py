"""The screens in Chromium: a whole visit by touch, with nothing that axe or the console minds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.kiosk_screen import LARGE, LOW, Screen, open_screen
from tests.kiosks import Stand, bring_to, stand


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("screens"), typed_data_allowed=True) as built:
        yield built


@pytest.fixture(params=(LARGE, LOW), ids=lambda size: f"{size[0]}x{size[1]}")
def screen(place: Stand, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Screen]:
    with open_screen(place, browser, request.param) as opened:
        yield opened
    assert opened.complaints == []


def test_a_visit_by_touch_has_nothing_to_mind_on_any_screen(place: Stand, screen: Screen) -> None:
    page = screen.page
    place.show("table")
    screen.open()
    screen.look("sign-in")
    screen.sign_in_by_form()
    screen.look("start")
    screen.tap("Nuevo apoyo")
    screen.look("consent")
    screen.tap("La persona está de acuerdo")
    page.locator(".hint", has_text="Coloque la credencial").wait_for()
    screen.look("front")
    screen.tap("Tomar la foto")
    screen.look("front-again")
    place.show("front")
    page.locator("polygon[points*=',']").wait_for(state="attached")
    screen.tap("Intentar de nuevo")
    place.show("back")
    screen.tap("Tomar la foto")
    screen.look("confirm")
    page.get_by_role("textbox", name="Nombre(s)").fill("luisa maría")
    screen.tap("Los datos son correctos")
    place.show("face")
    screen.look("live-photo")
    screen.tap("Tomar la foto")
    screen.look("live-photo-taken")
    screen.tap("Usar esta foto")
    screen.look("signature")
    screen.draw_signature()
    screen.tap("Usar esta firma")
    screen.look("summary")
    screen.tap("Guardar el apoyo")
    assert page.get_by_role("heading", name="Guardado").is_visible()
    screen.look("done")
    screen.follow("Enviados y pendientes")
    screen.look("queue")
    screen.tap("Salir")


@pytest.mark.parametrize("screen", [LOW], indirect=True)
def test_the_pad_is_erased_and_an_empty_one_is_not_taken(place: Stand, screen: Screen) -> None:
    page = screen.page
    bring_to(place, screen, "signature")
    screen.open("/capture")
    screen.draw_signature()
    page.get_by_text("La firma está completa").wait_for()
    screen.tap("Borrar")
    screen.tap("Usar esta firma")
    page.get_by_text("Falta: firme completo").wait_for()
    assert page.url.endswith("/capture/signature")
    screen.look("signature-missing")
    screen.tap("Cancelar captura")
    screen.look("cancel")
    screen.tap("Sí, cancelar")
    assert page.get_by_role("button", name="Nuevo apoyo").is_visible()
    screen.tap("Salir")
