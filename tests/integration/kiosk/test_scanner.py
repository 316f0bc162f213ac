"""The scanner on the screens, at the other end of a pseudo-terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from device.config import PeripheralsConfig
from device.peripherals.base import Ready
from device.peripherals.simulated.scanner import SimulatedScanner
from tests.kiosks import Browser, Stand, bring_to, stand
from tests.unit.device.peripherals.bench import eventually

BADGE = b"ACOPIO-BADGE:A0001"


@dataclass
class Place:
    stand: Stand
    browser: Browser
    twin: SimulatedScanner

    def scan(self, code: bytes) -> int:
        """Scan a code; return its number once the station has it."""
        scanner = self.stand.station.kiosk.peripherals.scanner
        before = scanner.count
        self.twin.scan(code)
        eventually(lambda: scanner.count > before)
        return scanner.count

    def heard(self, after: int = 0) -> list[dict[str, Any]]:
        return list(self.browser.get(f"/scan?after={after}").get_json()["scans"])


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    path = tmp_path / "scanner"
    twin = SimulatedScanner(path)
    with stand(tmp_path, peripherals=PeripheralsConfig(scanner=str(path))) as built:
        eventually(lambda: isinstance(built.station.kiosk.peripherals.scanner.state, Ready))
        yield Place(built, built.browser(), twin)
    twin.close()


class TestABadge:
    def test_is_told_to_the_form_of_the_sign_in_with_its_name(self, place: Place) -> None:
        assert 'data-scan="/scan"' in place.browser.text("/sign-in")
        number = place.scan(BADGE)
        assert place.heard() == [{"number": number, "kind": "badge", "name": "A0001"}]
        assert place.heard(after=number) == []

    def test_signs_nobody_in(self, place: Place) -> None:
        place.scan(BADGE)
        assert place.stand.station.kiosk.desk.signed_in is None

    def test_is_all_that_a_stranger_hears_of(self, place: Place) -> None:
        place.scan(b"0001000000001")
        assert place.heard() == []

    def test_is_no_code_of_a_credential(self, place: Place) -> None:
        bring_to(place.stand, place.browser, "confirm")
        answer = place.browser.call("/capture/scan", number=str(place.scan(BADGE)))
        assert (answer["status"], answer["error"]["code"]) == (409, "capture.wrong_step")


class TestACodeOfTheCredential:
    def test_is_announced_without_what_it_says(self, place: Place) -> None:
        bring_to(place.stand, place.browser, "confirm")
        number = place.scan(b"0001000000001")
        assert place.heard() == [{"number": number, "kind": "field"}]

    def test_goes_into_the_record(self, place: Place) -> None:
        bring_to(place.stand, place.browser, "confirm")
        page = place.browser.text("/capture/confirm")
        assert 'data-take="/capture/scan"' in page
        number = place.scan(bytes(range(128, 256)))
        answer = place.browser.call("/capture/scan", number=str(number))
        assert (answer["status"], answer["fields"]) == (200, {})
        case = place.stand.station.kiosk.desk.case
        assert [code.payload for code in case.scans] == [bytes(range(128, 256))]  # type: ignore[union-attr]  # it is being confirmed

    def test_gives_the_number_that_was_not_read(self, place: Place) -> None:
        place.stand.reader.back = {"sexo": "M"}
        bring_to(place.stand, place.browser, "confirm")
        answer = place.browser.call("/capture/scan", number=str(place.scan(b"0001000000001")))
        assert answer["fields"] == {"numero_ocr": "0001000000001"}
        assert "lector" in place.browser.text("/capture/confirm")

    def test_is_taken_once_it_was_scanned_and_not_by_a_guess(self, place: Place) -> None:
        bring_to(place.stand, place.browser, "confirm")
        number = place.scan(b"0001000000001")
        for guess in (number + 1, number - 1, 0):
            assert place.browser.call("/capture/scan", number=str(guess))["status"] == 409
        assert place.browser.call("/capture/scan", number="x")["status"] == 400

    def test_is_forgotten_with_the_visit(self, place: Place) -> None:
        bring_to(place.stand, place.browser, "confirm")
        place.scan(b"0001000000001")
        place.browser.call("/capture/cancel")
        assert place.heard() == []


def test_without_a_scanner_no_page_listens(tmp_path: Path) -> None:
    with stand(tmp_path) as place:
        assert "scan.js" not in place.browser().text("/sign-in")
