"""Manuales and Mesa de ayuda in Chromium: for fingers, for ears, on paper."""

import pytest
from playwright.sync_api import Page, expect

from central.manuals.source import SLUGS
from tests.browser.conftest import Site
from tests.browser.inspection import Inspector


@pytest.mark.parametrize("path", ["/manuals", *(f"/manuals/{slug}" for slug in SLUGS), "/help"])
def test_passes_inspection(page: Page, site: Site, path: str) -> None:
    inspector = Inspector(page)
    page.goto(site.url + path)
    for picture in page.locator("article img").all():
        picture.scroll_into_view_if_needed()
    broken = page.evaluate(
        "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
    )
    assert broken == []
    assert inspector.check() == []


def test_the_menu_leads_from_the_aspirante_to_a_section_of_a_manual(
    own_page: Page, site: Site
) -> None:
    inspector = Inspector(own_page)
    own_page.set_viewport_size({"width": 390, "height": 844})
    own_page.goto(site.url)
    own_page.locator(".menu-narrow summary").click()
    menu = own_page.get_by_role("navigation", name="Menú")
    menu.get_by_role("link", name="Manuales").click()
    own_page.get_by_role("link", name="Leer Manual para auxiliares").click()
    contents = own_page.get_by_role("navigation", name="Contenido")
    contents.get_by_role("link", name="Cerrar la jornada").click()
    expect(own_page.get_by_role("heading", name="Cerrar la jornada")).to_be_in_viewport()
    assert inspector.check() == []


def test_a_question_opens_by_keyboard(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/help")
    question = page.get_by_text("Se perdió o robaron una estación.")
    question.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("la autoridad la da de baja")).to_be_visible()
