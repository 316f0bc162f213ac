"""Scanner and printer as a person at the screen meets them: Chromium, and pseudo-terminals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from device.config import PeripheralsConfig
from device.peripherals.base import Ready
from device.peripherals.simulated.printer import SimulatedPrinter
from device.peripherals.simulated.scanner import SimulatedScanner
from tests.kiosk_screen import LOW, NARROW, PATIENCE_MS, Screen, open_screen
from tests.kiosks import Stand, bring_to, stand
from tests.stations import AUXILIAR
from tests.unit.device.peripherals.bench import eventually

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Bench:
    place: Stand
    scanner: SimulatedScanner
    printer: SimulatedPrinter


@pytest.fixture(params=(True, False), ids=("typing", "no typing"))
def bench(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    scanner = SimulatedScanner(tmp_path / "scanner")
    printer = SimulatedPrinter(tmp_path / "printer")
    settings = PeripheralsConfig(
        scanner=str(tmp_path / "scanner"), printer=str(tmp_path / "printer")
    )
    with stand(tmp_path, peripherals=settings, typed_data_allowed=request.param) as place:
        states = place.station.kiosk.peripherals.states
        eventually(lambda: sum(isinstance(state, Ready) for state in states().values()) == 2)
        yield Bench(place, scanner, printer)
    scanner.close()
    printer.close()


@pytest.fixture(params=(LOW, NARROW), ids=lambda size: f"{size[0]}x{size[1]}")
def screen(bench: Bench, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Screen]:
    with open_screen(bench.place, browser, request.param) as opened:
        yield opened
    assert opened.complaints == []


@pytest.mark.parametrize("bench", [False], indirect=True)
def test_a_badge_fills_in_the_name_and_leaves_the_password_to_its_holder(
    bench: Bench, screen: Screen
) -> None:
    screen.open("/sign-in")
    bench.scanner.scan(f"ACOPIO-BADGE:{AUXILIAR}".encode())
    page = screen.page
    expect(page.get_by_label("Auxiliar")).to_have_value(AUXILIAR)
    expect(page.get_by_label("Contraseña")).to_be_focused()
    expect(page.get_by_label("Contraseña")).to_have_value("")
    screen.look("badge")


@pytest.mark.parametrize("screen", [LOW], indirect=True)
def test_a_scanned_number_stands_where_none_was_read(bench: Bench, screen: Screen) -> None:
    bench.place.reader.back = {"sexo": "M"}
    bring_to(bench.place, screen, "confirm")
    screen.open("/capture")
    bench.scanner.scan(b"0001000000001")
    page = screen.page
    typed = page.locator("#field-numero_ocr")
    if bench.place.station.kiosk.desk.case.process.typed_data_allowed:  # type: ignore[union-attr]  # it is open
        expect(typed).to_have_value("0001000000001")
        expect(page.get_by_text("Código leído. Se guardará con el registro.")).to_be_visible()
    else:
        expect(page.get_by_text("0001000000001")).to_be_visible()
    screen.look("scanned")


@pytest.mark.parametrize("bench", [False], indirect=True)
def test_a_slip_without_paper_is_printed_again_after_a_new_roll(
    bench: Bench, screen: Screen
) -> None:
    bench.printer.load(millimetres=25)
    bring_to(bench.place, screen, "summary")
    screen.open("/capture")
    screen.call("/capture/seal")
    screen.open("/capture")
    page = screen.page
    expect(page.get_by_text("Ponga un rollo de papel nuevo y vuelva a imprimir.")).to_be_visible()
    screen.look("slip-no-paper")
    bench.printer.load()
    screen.tap("Imprimir otra vez")
    expect(page.get_by_text("El comprobante ya salió. Entréguelo a la persona.")).to_be_visible()
    screen.look("slip-printed")
