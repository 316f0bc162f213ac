"""Inicio and the Reporte de avance as people use them: on both screens, by keyboard, on paper."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import delete, select

from central.models import Aspirante, RollupSeccion, ThresholdRow
from central.reports.thresholds import threshold_row
from domain.threshold import PUBLISHED
from tests.browser.conftest import Site, sign_in
from tests.browser.inspection import Inspector
from tests.portal.provider import OTHER, OWN


@pytest.fixture
def sections(site: Site) -> Iterator[None]:
    """The other aspirante asks for half of 230 secciones; 40 have their share, 60 are near it."""
    with site.world.database.write() as session:
        other = session.scalars(
            select(Aspirante).where(Aspirante.folio_solicitud == "GOB002")
        ).one()
        bases = {f"09-{n:04d}": 1_300 for n in range(1, 231)}
        other.threshold = threshold_row(
            other.process_id, "diputacion_federal", PUBLISHED["diputacion_federal"],
            date(2026, 8, 31), 299_000, bases,
        )  # fmt: skip
        session.add_all(
            RollupSeccion(
                aspirante_id=other.id, entidad=9, seccion=n, state="lista_nominal",
                records=13 if n <= 40 else 11,
            )
            for n in range(1, 101)
        )  # fmt: skip
    yield
    with site.world.database.write() as session:
        other = session.scalars(
            select(Aspirante).where(Aspirante.folio_solicitud == "GOB002")
        ).one()
        row, other.threshold = other.threshold, None
        session.flush()
        assert isinstance(row, ThresholdRow)
        for unit in list(row.units):
            session.delete(unit)
        session.delete(row)
        session.execute(delete(RollupSeccion).where(RollupSeccion.aspirante_id == other.id))


class TestInicio:
    def test_leads_to_every_page_of_the_menu(self, own_page: Page, site: Site) -> None:
        own_page.goto(site.url)
        menu = own_page.locator(".menu-wide a").evaluate_all("all => all.map(a => a.pathname)")
        tiles = own_page.locator("nav.tiles a").evaluate_all("all => all.map(a => a.pathname)")
        assert set(menu) - {"/"} == set(tiles)
        for path in tiles:
            answer = own_page.goto(site.url + path)
            assert answer is not None
            assert answer.status == 200, path

    def test_passes_inspection_in_english(self, page: Page, site: Site) -> None:
        inspector = Inspector(page)
        sign_in(page, site, OWN)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_text("10 days left")).to_be_visible()
        assert inspector.check() == []


class TestAdvance:
    def test_secciones_are_a_grid_that_fits_each_screen(
        self, page: Page, site: Site, sections: None
    ) -> None:
        inspector = Inspector(page)
        sign_in(page, site, OTHER)
        page.goto(f"{site.url}/reports/advance")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            tiles = page.locator("svg.tiles-map:visible")
            expect(tiles).to_have_count(1)
            expect(tiles.locator("g.tone-reached")).to_have_count(40)
            expect(tiles.locator("g.tone-near")).to_have_count(60)
        first = page.locator("tr[data-unit]").first
        expect(first).to_contain_text("Sección 0041")
        assert inspector.check() == []

    def test_what_lies_behind_opens_by_keyboard(self, own_page: Page, site: Site) -> None:
        inspector = Inspector(own_page)
        own_page.goto(f"{site.url}/reports/advance")
        for name in ("Cómo se estima", "Todas las causas"):
            summary = own_page.locator("summary", has_text=name)
            summary.focus()
            own_page.keyboard.press("Enter")
            expect(own_page.locator("details[open]", has=summary)).to_be_visible()
        expect(own_page.get_by_text("nueve de cada diez desenlaces")).to_be_visible()
        assert inspector.check() == []

    def test_from_a_cause_to_its_records(self, own_page: Page, site: Site) -> None:
        own_page.goto(f"{site.url}/reports/advance")
        next_steps = own_page.locator("section[aria-labelledby=next]")
        next_steps.get_by_role("link", name="Ver estos registros").first.click()
        expect(own_page.get_by_role("heading", name="Consulta de registros")).to_be_visible()
        assert "reason=foto_no_valida" in own_page.url

    @pytest.mark.parametrize("paper", ["Letter", "A4"])
    def test_the_core_is_on_the_first_sheet(self, own_page: Page, site: Site, paper: str) -> None:
        own_page.goto(f"{site.url}/reports/advance")
        sheets = PdfReader(BytesIO(own_page.pdf(format=paper, print_background=True))).pages
        first = " ".join(sheets[0].extract_text().split())
        for wanted in ("71,389", "57,121", "de 60,000 requeridos", "A este ritmo",
                       "Suma de los nueve estados", "Aurora Ejemplo Prueba", "GOB001"):  # fmt: skip
            assert wanted in first
        assert len(sheets) <= 4
