"""From the reason of a rejection to the decision about it, in Chromium."""

import re
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from central.models import Objection, ObjectionOutcome
from central.review import hearing
from central.review.hearing import Resolution
from domain.apoyo import State
from tests.browser.conftest import Site
from tests.browser.inspection import Inspector

GROUND = "La entrega quedó acreditada con el acuse de la estación."


def _pdf(folder: Path) -> Path:
    path = folder / "acta.pdf"
    Image.new("RGB", (200, 280), "#ffffff").save(path, "PDF")
    return path


def _decide(site: Site, objection: str, folio: str, outcome: ObjectionOutcome) -> None:
    with site.world.database.write() as session:
        hearing.decide(
            session, objection, folio, Resolution(outcome, GROUND), decided_by=None,
            actor="cli:test", citizens=site.world.citizens, now=site.world.clock.now(),
        )  # fmt: skip


def test_two_records_are_contested_seen_and_decided(
    own_page: Page, site: Site, tmp_path: Path
) -> None:
    page, inspector = own_page, Inspector(own_page)
    first, second = site.world.by_state[State.INCONSISTENCIA][1:3]
    page.goto(f"{site.url}/records/{first}")
    expect(page.get_by_text("Llegó al centro después del último momento")).to_be_visible()
    expect(page.get_by_text("LGIPE, artículo 369")).to_be_visible()
    assert inspector.check() == []

    page.goto(f"{site.url}/records?state=inconsistencia")
    for folio in (first, second):
        page.get_by_label(f"Inconformarse con {folio}").check()
    assert inspector.check() == []
    page.get_by_role("button", name="Inconformarse con los elegidos").click()
    expect(page.get_by_role("heading", name="Inconformarse con 2 registros")).to_be_visible()
    page.get_by_label("Tu escrito").fill("La estación estuvo sin red.\nEl acuse lo muestra.")
    page.get_by_label("Documentos").set_input_files(
        {"name": "acta.exe", "mimeType": "application/pdf", "buffer": b"MZ no es un PDF"}
    )
    page.get_by_role("button", name="Inconformarse con 2 registros").click()
    expect(page.locator("#files-error")).to_contain_text("no es un PDF, JPG o PNG completo")
    expect(page.get_by_label("Tu escrito")).to_have_value(re.compile("sin red"))
    assert inspector.check() == []
    page.get_by_label("Documentos").set_input_files(_pdf(tmp_path))
    page.get_by_role("button", name="Inconformarse con 2 registros").click()
    expect(page.get_by_role("heading", name="Se recibió tu inconformidad")).to_be_visible()
    assert inspector.check() == []
    objection = page.locator(".big").inner_text()

    page.get_by_role("link", name="Ver la inconformidad").click()
    expect(page.get_by_text("La autoridad todavía no empieza")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="acta.pdf").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    with site.world.database.write() as session:
        now = site.world.clock.now()
        hearing.open_images(
            session, objection, until=now + timedelta(hours=8), actor="cli:test", now=now
        )
    page.reload()
    page.get_by_role("link", name=first).click()
    page.get_by_role("link", name="Anverso de la credencial").click()
    shown = page.get_by_role("img", name="Anverso de la credencial")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 1016)
    assert inspector.check() == []
    page.reload()
    expect(page.get_by_text("Quién las ha visto")).to_be_visible()
    expect(page.get_by_text("(Aurora Ejemplo Prueba)").first).to_be_visible()

    _decide(site, objection, first, ObjectionOutcome.CORRECTED)
    _decide(site, objection, second, ObjectionOutcome.CONFIRMED)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("navigation", name="Menú").get_by_role("link", name="Inconformidades").click()
    expect(page.get_by_role("row", name=objection)).to_contain_text("1 confirmado")
    assert inspector.check() == []
    page.get_by_role("link", name=objection).click()
    expect(page.get_by_role("row", name=first)).to_contain_text("Subsanado")
    expect(page.get_by_role("row", name=first)).to_contain_text("En procesamiento")
    expect(page.get_by_role("row", name=second)).to_contain_text(GROUND)
    assert inspector.check() == []


def test_all_that_pass_a_filter_are_counted_first_and_one_takes_it_back(
    own_page: Page, site: Site
) -> None:
    page, inspector = own_page, Inspector(own_page)
    page.goto(f"{site.url}/records?state=duplicado")
    page.get_by_role("link", name="Inconformarse con todos").click()
    expect(page.get_by_role("heading", name="Inconformarse con 3 registros")).to_be_visible()
    page.get_by_label("Tu escrito").fill("Son personas distintas.")
    page.get_by_role("button", name="Inconformarse con 3 registros").click()
    page.get_by_role("link", name="Ver la inconformidad").click()
    page.get_by_text("Retirarla", exact=True).click()
    assert inspector.check() == []
    page.get_by_role("button", name="Sí, retirarla").click()
    expect(page.locator(".title .badge")).to_have_text("Retirada")
    with site.world.database.read() as session:
        states = session.scalars(select(Objection.state)).all()
    assert "withdrawn" in states
