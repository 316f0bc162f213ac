"""The page of the releases, as a technician sees it on a desktop and on a telephone."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from central.accounts.permissions import Role
from tests.browser.conftest import Site
from tests.browser.inspection import SIZES, Inspector
from tests.portal.visitor import Visitor


def test_says_where_each_release_stands_and_what_stations_made_of_it(
    browser: Browser, site: Site
) -> None:
    technician = Visitor(site.world.app).enter(site.world, Role.TECHNICIAN)
    cookie = {"name": "acopio", "value": technician.cookie() or "", "url": site.url}
    with browser.new_context(locale="es-MX") as context:
        context.add_cookies([cookie])  # type: ignore[list-item]  # a cookie as Playwright takes it
        page = context.new_page()
        inspector = Inspector(page)
        page.goto(f"{site.url}/staff")
        page.get_by_role("link", name="Versiones").first.click()
        assert urlsplit(page.url).path == "/staff/releases"
        offered = page.get_by_role("region", name="Sistema 1.1")
        expect(offered.get_by_text("Ofrecida")).to_be_visible()
        expect(offered.get_by_role("button", name="Ofrecerla al anillo siguiente")).to_be_visible()
        halted = page.get_by_role("region", name="Sistema 1.2")
        expect(halted.get_by_text("Hubo estaciones que regresaron de ella.")).to_be_visible()
        expect(halted.get_by_text("gate.camera")).to_be_visible()
        assert page.get_by_role("link", name="Aspirantes").count() == 0
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert inspector.check() == []
