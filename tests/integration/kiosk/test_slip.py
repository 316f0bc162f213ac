"""The citizen's slip, from the seal to the last page, with a printer on a pseudo-terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp

from device.config import PeripheralsConfig
from device.peripherals.base import Ready
from device.peripherals.simulated.printer import SimulatedPrinter
from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from domain.citizen_code import grouped
from tests.kiosks import POLICY_TEXTS, STROKES, Browser, Stand, bring_to, stand
from tests.unit.device.peripherals.bench import eventually
from wire.packet import parse_packet

FOLIO = "S001-A0001-EST01-00000001"


@dataclass
class Place:
    stand: Stand
    browser: Browser
    printer: SimulatedPrinter

    def slip(self) -> dict[str, object]:
        answer = self.browser.get("/capture/slip", headers={"Accept": "application/json"})
        return dict(answer.get_json())

    def ends(self, state: str) -> Callable[[], bool]:
        return lambda: self.slip()["state"] == state

    def sealed_code(self, link: str) -> str:
        spool = self.stand.station.spool
        ring = EnrolmentStore(spool.database).current().own_ring()
        record, _ = self.stand.centre.open(parse_packet(spool.path_of(link).read_bytes(), ring))
        return record.capture.code


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    path = tmp_path / "printer"
    printer = SimulatedPrinter(path)
    with stand(tmp_path, peripherals=PeripheralsConfig(printer=str(path))) as built:
        eventually(lambda: isinstance(built.station.kiosk.peripherals.printer.state, Ready))
        yield Place(built, built.browser(), printer)
    printer.close()


class TestTheSlip:
    def test_is_printed_after_the_seal_with_folio_and_the_sealed_code(self, place: Place) -> None:
        answer = bring_to(place.stand, place.browser, "sealed")
        eventually(place.ends("slip.printed"))
        code = place.sealed_code(answer["link"])
        (strip,) = place.printer.strips
        for said in (FOLIO, grouped(code), "Aspirante Inventado", "800 000 0000"):
            assert said in strip.text
        (qr,) = zxingcpp.read_barcodes(strip.picture())
        assert qr.text == f"{POLICY_TEXTS['citizen_page']}#{FOLIO}.{code}"

    def test_says_nothing_about_the_person(self, place: Place) -> None:
        bring_to(place.stand, place.browser, "sealed")
        eventually(place.ends("slip.printed"))
        text = place.printer.strips[0].text
        for secret in ("LUISA", "EJEMPLO", "PRUEBA", "EEPL", "EJPRLS", "123456789"):
            assert secret not in text

    def test_is_said_on_the_last_page_beside_folio_and_code(self, place: Place) -> None:
        answer = bring_to(place.stand, place.browser, "sealed")
        eventually(place.ends("slip.printed"))
        page = place.browser.text("/capture/done")
        assert "El comprobante ya salió. Entréguelo a la persona." in page
        assert grouped(place.sealed_code(answer["link"])) in page

    def test_that_ran_out_of_paper_says_what_to_do_and_is_printed_again(self, place: Place) -> None:
        place.printer.load(millimetres=25)
        answer = bring_to(place.stand, place.browser, "sealed")
        eventually(place.ends("printer.paper_out"))
        assert "Ponga un rollo de papel nuevo" in place.browser.text("/capture/done")
        assert place.stand.station.spool.counts()[State.SEALED] == 2  # session and apoyo
        place.printer.load()
        again = place.browser.call("/capture/slip")
        assert (again["status"], again["slip"]["state"]) == (200, "slip.printing")
        eventually(place.ends("slip.printed"))
        assert grouped(place.sealed_code(answer["link"])) in place.printer.strips[-1].text

    def test_of_an_unplugged_printer_leaves_the_code_on_the_screen(self, place: Place) -> None:
        place.printer.terminal.unplug()
        answer = bring_to(place.stand, place.browser, "sealed")
        eventually(place.ends("printer.absent"))
        page = place.browser.text("/capture/done")
        assert "La impresora no está conectada." in page
        assert grouped(place.sealed_code(answer["link"])) in page

    def test_comes_out_once_however_often_the_seal_is_tapped(self, place: Place) -> None:
        bring_to(place.stand, place.browser, "sealed")
        place.browser.call("/capture/seal")
        eventually(place.ends("slip.printed"))
        place.browser.call("/capture/seal")
        assert len(place.printer.strips) == 1

    def test_is_gone_when_the_last_page_is_left(self, place: Place) -> None:
        bring_to(place.stand, place.browser, "sealed")
        eventually(place.ends("slip.printed"))
        place.browser.call("/capture/clear")
        refused = place.browser.call("/capture/slip")
        assert (refused["status"], refused["error"]["code"]) == (409, "capture.wrong_step")
        assert place.browser.get("/capture/done").status_code == 303

    def test_is_not_printed_in_practice(self, place: Place) -> None:
        browser = place.browser
        browser.post("/practice/begin")
        browser.call("/capture/start")
        browser.call("/capture/consent", agree="1")
        for side in ("front", "back"):
            place.stand.show(side)
            browser.call(f"/capture/{side}/shoot")
        browser.call("/capture/confirm")
        place.stand.show("face")
        browser.call("/capture/live-photo/shoot")
        browser.call("/capture/live-photo/accept")
        browser.call("/capture/signature", strokes=STROKES)
        sealed = browser.call("/capture/seal")
        assert sealed["next"] == "/capture/done"
        assert "/capture/slip" not in browser.text("/capture/done")
        assert place.printer.strips == []


def test_without_a_printer_the_last_page_asks_to_copy_the_code(tmp_path: Path) -> None:
    with stand(tmp_path) as place:
        browser = place.browser()
        bring_to(place, browser, "sealed")
        page = browser.text("/capture/done")
        assert "Anote el folio y el código, o tómeles una foto." in page
        assert browser.get("/capture/slip").get_json()["state"] == "slip.none"
