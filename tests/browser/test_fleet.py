"""The stations' pages in Chromium with a thousand simulated stations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from central.accounts.permissions import Role
from central.models import Station, StationCondition
from tests.browser.conftest import Site, served_site
from tests.browser.inspection import Inspector
from tests.portal.fleet import add_fleet, add_history
from tests.portal.visitor import Visitor

STATIONS = 1000


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served portal with a thousand stations."""
    with served_site(tmp_path_factory.mktemp("fleet")) as site:
        with site.world.database.write() as session:
            add_fleet(session, STATIONS, now=site.world.clock.now())
        with site.world.database.write() as session:
            add_history(session, in_trouble(site, "silent"), now=site.world.clock.now())
        yield site


@pytest.fixture
def technician(browser: Browser, fleet: Site) -> Iterator[Page]:
    """A page of a technician, signed in."""
    visitor = Visitor(fleet.world.app).enter(fleet.world, Role.TECHNICIAN)
    with browser.new_context(locale="es-MX") as context:
        context.add_cookies([{"name": "acopio", "value": visitor.cookie() or "", "url": fleet.url}])
        yield context.new_page()


def in_trouble(site: Site, condition: str) -> str:
    with site.world.database.read() as session:
        return str(
            session.scalars(
                select(Station.id_dispositivo)
                .join(StationCondition, StationCondition.station_id == Station.id)
                .where(StationCondition.condition == condition)
                .order_by(Station.id_dispositivo)
            ).first()
        )


class TestTheStations:
    def test_says_first_how_many_need_somebody_and_what_to_do(
        self, technician: Page, fleet: Site
    ) -> None:
        technician.goto(f"{fleet.url}/fleet")
        assert "72 estaciones necesitan a alguien" in technician.locator(".verdict").inner_text()
        first = technician.locator(".fleet li").first
        assert "Copiada" in first.inner_text()
        assert "guarde" in first.inner_text()

    def test_passes_inspection_with_a_thousand_stations(
        self, technician: Page, fleet: Site, tmp_path: Path
    ) -> None:
        problems = {}
        name = in_trouble(fleet, "silent")
        for path in ("/fleet", f"/fleet/{name}", "/fleet/orders/new?condition=silent"):
            inspector = Inspector(technician)
            technician.goto(fleet.url + path)
            for details in technician.locator("details").all():
                details.evaluate("element => { element.open = true }")
            if found := inspector.check():
                problems[path] = found
        assert problems == {}
