"""The stations' desk in Chromium: a file with errors, labels, an approval, one station."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from central.accounts.permissions import Role
from tests.browser.conftest import Site, served_site
from tests.browser.inspection import Inspector
from tests.portal.visitor import Visitor
from wire.identity import Identity, build_identity
from wire.keys import SoftwareSigner


@pytest.fixture
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Page, Site]]:
    """A technician's browser, without script: the desk needs none."""
    with served_site(tmp_path_factory.mktemp("stations")) as site:
        visitor = Visitor(site.world.app).enter(site.world, Role.TECHNICIAN)
        cookie = visitor.client.get_cookie("acopio")
        assert cookie is not None
        with browser.new_context(locale="es-MX") as context:
            context.add_cookies([{"name": "acopio", "value": cookie.value, "url": site.url}])
            yield context.new_page(), site


def test_every_page_of_the_desk_passes_inspection(page: tuple[Page, Site]) -> None:
    browser, site = page
    inspector = Inspector(browser)
    browser.goto(f"{site.url}/staff/stations")
    expect(browser.get_by_role("heading", name="Todas las estaciones")).to_be_visible()
    assert inspector.check() == []
    browser.get_by_role("link", name="E7").click()
    assert inspector.check() == []

    browser.goto(f"{site.url}/staff/stations/file")
    rows = "Id,Sede,Proceso\r\nF01,Módulo 1,PEL-2027\r\nF-2,Módulo 2,PEL-2027\r\n"
    browser.get_by_label("Archivo CSV").set_input_files(
        {"name": "estaciones.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    browser.get_by_role("button", name="Revisar el archivo").click()
    expect(browser.get_by_role("rowheader", name="3")).to_be_visible()
    assert inspector.check() == []
    browser.get_by_role("button", name="Registrar 1 estación").click()
    expect(browser.get_by_role("button", name="Imprimir las etiquetas (PDF)")).to_be_visible()
    assert inspector.check() == []

    signer = SoftwareSigner.generate()
    identity = Identity(signer.public_pem, "n" * 21 + "A", "10000000abcdef01", "pi5")
    browser.goto(f"{site.url}/staff/stations/approve")
    assert inspector.check() == []
    browser.get_by_label("Texto del código QR").fill(build_identity(identity, signer))
    browser.get_by_role("button", name="Mostrar la huella").click()
    expect(browser.get_by_text(identity.fingerprint[:4], exact=True).first).to_be_visible()
    assert inspector.check() == []
