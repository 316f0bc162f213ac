"""A file of auxiliares as people give it: read, corrected, imported, followed, taken back."""

from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import update

from central.models import Auxiliar, AuxiliarState
from tests.browser.conftest import Site
from tests.browser.inspection import Inspector
from tests.portal.files import people, person, text


def _give(page: Page, file: Path) -> None:
    page.get_by_label("Archivo de Excel (.xlsx) o CSV").set_input_files(file)
    page.get_by_role("button", name="Revisar el archivo").click()


def test_from_a_file_with_errors_to_its_people_and_back(
    own_page: Page, site: Site, tmp_path: Path
) -> None:
    page, inspector = own_page, Inspector(own_page)
    rows = [*people(30, first=800), person(900, born="31/02/1990"), person(901, phone="12")]
    given = tmp_path / "mis auxiliares.csv"
    given.write_bytes(text(rows, separator=";").encode("cp1252"))

    page.goto(f"{site.url}/auxiliares/new")
    page.get_by_role("link", name="Registrar a varios con un archivo").click()
    page.get_by_text("Qué lleva cada columna").click()
    assert inspector.check() == []
    _give(page, given)
    expect(page.get_by_role("heading", name="Renglón 32")).to_be_visible()
    expect(page.get_by_text("Ese día no existe en el calendario")).to_be_visible()
    assert inspector.check() == []
    page.get_by_role("link", name="Buenos (30)").click()
    page.get_by_role("link", name="Siguientes renglones").click()
    expect(page.locator(".compact tbody tr")).to_have_count(5)
    assert inspector.check() == []

    with page.expect_download() as download:
        page.get_by_role("link", name="Archivo corregido en CSV").click()
    mended = tmp_path / "corregido.csv"
    download.value.save_as(mended)
    page.get_by_role("button", name="Descartar este archivo").click()
    content = mended.read_text("utf-8-sig").replace("31/02/1990", "28/02/1990")
    mended.write_text(content.replace(",12,", ",5512345678,"), "utf-8")
    _give(page, mended)
    expect(page.get_by_role("link", name="Buenos (32)")).to_be_visible()
    expect(page.get_by_role("link", name="Por corregir")).to_have_count(0)
    page.get_by_role("button", name="Importar los 32 renglones buenos").click()
    expect(page.get_by_role("heading", name="Se registró a 32 personas")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Activadas en una estación")).to_be_visible()
    assert inspector.check() == []
    _activate(site, 800)
    # The page renews itself.
    expect(page.get_by_text("1 de 32").first).to_be_visible(timeout=20_000)

    page.get_by_role("link", name="Deshacer todo el archivo").click()
    expect(page.get_by_text("31 personas que nunca se activaron")).to_be_visible()
    assert inspector.check() == []
    page.get_by_role("button", name="Sí, deshacerlo").click()
    expect(page.get_by_text("1 persona de este archivo sigue en la lista")).to_be_visible()
    assert inspector.check() == []


def test_a_file_that_is_none_or_too_large_is_told_beside_the_form(
    own_page: Page, site: Site, tmp_path: Path
) -> None:
    page, inspector = own_page, Inspector(own_page)
    page.goto(f"{site.url}/auxiliares/files")
    (tmp_path / "lista.pdf").write_bytes(b"%PDF-1.7")
    _give(page, tmp_path / "lista.pdf")
    expect(page.get_by_role("alert").filter(has_text="Es un PDF")).to_be_visible()
    assert inspector.check() == []
    (tmp_path / "grande.csv").write_bytes(b"a,b\n" * 2_000_000)
    _give(page, tmp_path / "grande.csv")
    expect(page.get_by_role("alert").filter(has_text="pesa más de 5 MB")).to_be_visible()
    assert inspector.check() == []
    # Without the script the server says it, before it has read the file.
    page.evaluate("document.getElementById('file').setCustomValidity('')")
    page.get_by_role("button", name="Revisar el archivo").click()
    expect(page.get_by_role("heading", name="El archivo es demasiado grande")).to_be_visible()
    assert inspector.check() == []
    page.get_by_role("link", name="Elegir otro archivo").click()
    expect(page.get_by_role("heading", name="Importar un archivo de auxiliares")).to_be_visible()


def _activate(site: Site, number: int) -> None:
    with site.world.database.write() as session:
        session.execute(
            update(Auxiliar)
            .where(Auxiliar.email == person(number)[5])
            .values(state=AuxiliarState.ACTIVE, activated_at=site.world.clock.now())
        )
