"""A whole visit with a credential of each model, as a person with one finger meets it.

The station has no network: its server is a port where nobody listens. Sign-in, reading, seal and
*guardado* go on without it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from device.queue.enrolment import EnrolmentStore
from domain.credential.fields import MODELS_WITH_MRZ, Model
from tests.kiosk_screen import PATIENCE_MS, Screen, open_screen
from tests.kiosks import ZONE, Stand, stand
from wire.packet import parse_packet

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("models"), automatic=True) as built:
        yield built


@pytest.fixture
def screen(place: Stand, browser: Browser) -> Iterator[Screen]:
    with open_screen(place, browser) as opened:
        yield opened
    assert opened.complaints == []


@pytest.mark.parametrize("model", Model, ids=lambda model: model.value)
def test_a_visit_takes_its_own_pictures_and_is_saved_without_a_network(
    place: Stand, screen: Screen, model: Model
) -> None:
    _bring(place, model)
    page = screen.page
    place.show("table")
    screen.open()
    screen.sign_in_by_form()
    screen.tap("Nuevo apoyo")
    screen.tap("La persona está de acuerdo")
    place.show("front")
    page.wait_for_url("**/capture/back")
    place.show("back")
    page.wait_for_url("**/capture/confirm")
    expect(page.get_by_text(f"modelo {model.value}")).to_be_visible()
    expect(page.get_by_role("group", name="CIC", exact=True)).to_have_count(
        1 if model in MODELS_WITH_MRZ else 0
    )
    screen.tap("Los datos son correctos")
    place.show("face")
    screen.tap("Tomar la foto")
    screen.tap("Usar esta foto")
    screen.draw_signature()
    screen.tap("Usar esta firma")
    screen.tap("Guardar el apoyo")
    expect(page.get_by_role("heading", name="Guardado")).to_be_visible()
    folio = page.locator(".folio").first.inner_text()
    screen.tap("Ir al inicio")
    screen.tap("Salir")
    assert _sealed_model(place, folio) == model.value


def _bring(place: Stand, model: Model) -> None:
    """Let the reader see a credential of this model."""
    has_zone = model in MODELS_WITH_MRZ
    place.reader.model = model
    place.reader.zone = ZONE if has_zone else None
    place.reader.back = {"numero_ocr": "0001000000001"} | (
        {"cic": "123456789", "sexo": "M"} if has_zone else {}
    )


def _sealed_model(place: Stand, folio: str) -> str:
    """Open the record of a folio as the authority does."""
    spool = place.station.spool
    current = EnrolmentStore(spool.database).current()
    links = [row.link for row in spool.chain(current.epoch) if row.folio == folio]
    packet = parse_packet(spool.path_of(links[0] or "").read_bytes(), current.own_ring())
    return place.centre.open(packet)[0].capture.model
