"""Registro and Consulta de auxiliares as people use them, in Chromium, on each screen."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.inspection import Inspector


def test_somebody_is_registered_found_deactivated_and_brought_back(
    own_page: Page, site: Site
) -> None:
    page, inspector = own_page, Inspector(own_page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site.url)
    page.locator(".menu-narrow summary").click()
    page.get_by_role("navigation", name="Menú").get_by_role(
        "link", name="Registro", exact=True
    ).click()
    page.get_by_text("Ver detalle").click()
    expect(page.get_by_text("60,000 apoyos")).to_be_visible()
    assert inspector.check() == []

    # Mistakes stand beside their fields, and what was typed is still there.
    page.get_by_label("Nombre(s)").fill("Itzel 2")
    page.get_by_label("Correo electrónico").fill("itzel.prueba@gmial.com")
    page.get_by_role("button", name="Registrar").click()
    expect(page.locator("#nombres-error")).to_contain_text("solo lleva letras")
    expect(page.locator("#account_kind-error")).to_be_visible()
    expect(page.get_by_label("Correo electrónico")).to_have_value("itzel.prueba@gmial.com")
    assert inspector.check() == []

    # By the keyboard alone: the choice, the names, the three parts of the date.
    page.get_by_label("Google").focus()
    page.keyboard.press("Space")
    page.get_by_label("Nombre(s)").fill("Itzel")
    page.get_by_label("Apellido Paterno").fill("Zúñiga")
    page.get_by_label("Día").focus()
    for text in ("1", "Tab", "2", "Tab", "1991"):
        if text == "Tab":
            page.keyboard.press("Tab")
        else:
            page.keyboard.type(text)
    page.get_by_label("Clave de elector").fill("xngxtz910201 09m321")
    page.get_by_role("button", name="Registrar").click()
    expect(page.locator("#email-error")).to_contain_text("error de dedo")
    assert inspector.check() == []
    page.get_by_role("button", name="Está bien: registrar").click()
    expect(page.get_by_role("status")).to_contain_text("El auxiliar quedó registrado")
    expect(page.get_by_role("heading", name="Itzel Zúñiga")).to_be_visible()
    assert inspector.check() == []
    one = page.url

    # The list finds the person without the name in the address, and sorts.
    page.goto(f"{site.url}/auxiliares")
    page.locator(".filters summary").click()
    page.get_by_label("Nombre, id o correo").fill("zuniga")
    page.get_by_role("button", name="Consultar").click()
    expect(page.locator(".people tbody tr")).to_have_count(1)
    assert "uniga" not in page.url
    page.get_by_role("link", name=re.compile("^Apoyos")).click()
    expect(page.locator(".orders [aria-current]")).to_contain_text("Apoyos")
    expect(page.locator(".people tbody tr")).to_have_count(1)
    assert inspector.check() == []
    page.get_by_role("link", name="Limpiar filtros").click()
    expect(page.locator(".people tbody tr")).not_to_have_count(1)
    assert inspector.check() == []

    # What is done is asked about first, and can be taken back.
    page.goto(one)
    page.get_by_role("link", name="Dar de baja").click()
    expect(page.get_by_role("heading", name="¿Dar de baja a este auxiliar?")).to_be_visible()
    assert inspector.check() == []
    page.get_by_role("button", name="Dar de baja").click()
    expect(page.locator("h1 + p .badge")).to_have_text("Dado de baja")
    assert inspector.check() == []
    page.get_by_role("link", name="Reactivar").click()
    page.get_by_role("button", name="Reactivar").click()
    expect(page.locator("h1 + p .badge")).to_have_text("Registrado")
    page.get_by_role("link", name="Corregir los datos").click()
    expect(page.get_by_label("Apellido Paterno")).to_have_value("Zúñiga")
    expect(page.get_by_label("Clave de elector")).to_have_value("")
    assert inspector.check() == []


def test_one_who_captured_passes_inspection(own_page: Page, site: Site) -> None:
    inspector = Inspector(own_page)
    own_page.goto(f"{site.url}/auxiliares/AUX01")
    expect(own_page.get_by_role("heading", name="En qué estado están los apoyos")).to_be_visible()
    expect(own_page.get_by_role("heading", name="Historia de la cuenta")).to_be_visible()
    assert inspector.check() == []
