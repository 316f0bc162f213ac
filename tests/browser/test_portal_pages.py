"""Every page of the portal in Chromium: reachable, accessible, silent, fit for a finger."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from central.accounts.local_provider import Account
from domain.apoyo import State
from tests.browser.conftest import Site, sign_in
from tests.browser.inspection import Inspector
from tests.portal.objections import OWN_OBJECTION
from tests.portal.provider import DEACTIVATED, OWN, STRANGER


def _record(state: State) -> Callable[[Site], str]:
    return lambda site: f"/records/{site.world.by_state[state][0]}"


PAGES: dict[str, str | Callable[[Site], str]] = {
    "inicio": "/",
    "advance": "/reports/advance",
    "records": "/records",
    "record that counts": _record(State.LISTA_NOMINAL),
    "record that does not count": _record(State.BAJA),
    "record at the mesa de control": _record(State.EN_MESA_DE_CONTROL),
    "record being processed": _record(State.EN_PROCESAMIENTO),
    "auxiliares": "/auxiliares",
    "a search that finds nothing": "/records?situacion=Bajas&motivo_baja=Migración",
    "a search whose name is elsewhere": "/records?valid=no&names=0123456789ab",
    "inconformidades": "/objections",
    "nothing to contest": "/objections/new",
    "inconformidad": f"/objections/{OWN_OBJECTION}",
    "a record of it": lambda site: f"/objections/{OWN_OBJECTION}/records/{site.world.contested[0]}",
    "design": "/design",
    "not found": "/records/GOB001-AUX01-E7-99999999",
}


class TestPages:
    @pytest.mark.parametrize("name", PAGES)
    def test_passes_inspection(self, own_page: Page, site: Site, name: str) -> None:
        path = PAGES[name]
        inspector = Inspector(own_page)
        own_page.goto(site.url + (path if isinstance(path, str) else path(site)))
        assert inspector.check() == []

    def test_passes_inspection_in_english(self, page: Page, site: Site) -> None:
        inspector = Inspector(page)
        sign_in(page, site, OWN)
        page.goto(f"{site.url}/reports/advance")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page).to_have_url(f"{site.url}/reports/advance")
        assert inspector.check() == []

    def test_pages_before_the_sign_in_pass_inspection(self, page: Page, site: Site) -> None:
        inspector = Inspector(page)
        page.goto(f"{site.url}/sign-in")
        assert inspector.check() == []
        page.get_by_role("link", name="Ingresar con").click()
        expect(page.get_by_role("heading", name="Elige una cuenta")).to_be_visible()
        assert inspector.check() == []
        page.get_by_role("button", name="Cancelar").click()
        expect(page.get_by_role("status")).to_contain_text("Cancelaste el ingreso")
        assert inspector.check() == []

    @pytest.mark.parametrize(
        ("account", "heading"),
        [
            (STRANGER, "Esta cuenta no está registrada"),
            (DEACTIVATED, "Tu acceso está desactivado"),
        ],
        ids=["stranger", "deactivated"],
    )
    def test_a_refusal_is_a_clear_page_with_a_way_back(
        self, page: Page, site: Site, account: Account, heading: str
    ) -> None:
        inspector = Inspector(page)
        sign_in(page, site, account)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert inspector.check() == []
        page.get_by_role("link", name="Volver a la página de inicio").click()
        expect(page).to_have_url(f"{site.url}/sign-in")


class TestJourneys:
    def test_from_the_menu_to_the_reason_of_one_record(self, own_page: Page, site: Site) -> None:
        page = own_page
        inspector = Inspector(page)
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(site.url)
        page.locator(".menu-narrow summary").click()
        menu = page.get_by_role("navigation", name="Menú")
        menu.get_by_role("link", name="Consulta de registros").click()
        page.get_by_label("Respuesta de Situación Registral").select_option("Bajas")
        page.get_by_label("Apellido Materno").fill("ávila")
        page.get_by_role("button", name="Consultar").click()
        expect(page).to_have_url(re.compile(r"/records\?situacion=Bajas&names=[0-9a-f]+$"))
        expect(page.locator(".rows tbody tr")).to_have_count(1)
        assert inspector.check() == []
        page.locator(".rows tbody a").click()
        expect(page.get_by_role("heading", name="Por qué no cuenta")).to_be_visible()
        expect(page.get_by_text("LGIPE, artículo 385")).to_be_visible()
        page.go_back()
        page.get_by_role("link", name="Limpiar filtros").click()
        expect(page.locator(".rows tbody tr")).to_have_count(32)

    def test_the_advance_report_adds_up_before_the_eyes(self, own_page: Page, site: Site) -> None:
        own_page.goto(f"{site.url}/reports/advance")
        cells = own_page.locator("section[aria-labelledby=parts] tbody tr td:nth-child(2)")
        counts = [int(re.sub(r"\D", "", text)) for text in cells.all_inner_texts()]
        assert len(counts) == 9
        assert sum(counts) == int(own_page.locator("[data-sum]").get_attribute("data-sum") or "0")
        for width in (1280, 390):
            own_page.set_viewport_size({"width": width, "height": 800})
            expect(own_page.locator("svg.chart:visible")).to_have_count(1)

    def test_a_mistake_in_the_form_is_told_beside_the_field(
        self, own_page: Page, site: Site
    ) -> None:
        inspector = Inspector(own_page)
        own_page.goto(f"{site.url}/records")
        own_page.get_by_label("Fecha de inicio").fill("2026-11-20")
        own_page.get_by_label("Fecha límite").fill("2026-11-10")
        own_page.get_by_role("button", name="Consultar").click()
        expect(own_page.locator("#received_to-error")).to_be_visible()
        assert inspector.check() == []

    def test_signing_out_leaves_nothing_behind_the_back_button(
        self, page: Page, site: Site
    ) -> None:
        sign_in(page, site, OWN)
        page.goto(f"{site.url}/reports/advance")
        page.get_by_role("button", name="Salir").click()
        expect(page.get_by_role("status")).to_contain_text("Has salido")
        page.go_back()
        expect(page).to_have_url(f"{site.url}/sign-in")

    def test_works_with_the_keyboard_from_the_first_key(self, own_page: Page, site: Site) -> None:
        own_page.goto(site.url)
        own_page.keyboard.press("Tab")
        expect(own_page.get_by_role("link", name="Ir al contenido")).to_be_focused()
        own_page.keyboard.press("Enter")
        expect(own_page.locator("main")).to_be_focused()
