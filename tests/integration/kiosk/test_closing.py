"""The close of the day: counts, the chain's close, and a slip that proves where it stood."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import Browser as Chromium

from device.queue.enrolment import EnrolmentStore
from tests.kiosk_screen import LARGE, LOW, open_screen
from tests.kiosks import Stand, bring_to, stand
from wire.envelope import open_part
from wire.packet import Kind, Packet, parse_packet
from wire.record import parse_detail
from wire.statement import CloseOut, verify_statement


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        yield built


def packets(place: Stand) -> list[Packet]:
    """Read the chain of the station, oldest first."""
    spool = place.station.spool
    current = EnrolmentStore(spool.database).current()
    return [
        parse_packet(spool.path_of(row.link or "").read_bytes(), current.own_ring())
        for row in spool.chain(current.epoch)
    ]


def read_qr(png: bytes) -> str:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    (code,) = zxingcpp.read_barcodes(picture)
    return str(code.text)


def test_the_page_counts_this_session_alone(place: Stand) -> None:
    first = place.browser()
    bring_to(place, first, "sealed")
    first.call("/close")
    browser = place.browser()
    bring_to(place, browser, "sealed")
    browser.call("/capture/clear")
    page = browser.text("/close")
    assert "Apoyos guardados</dt><dd>1" in page
    assert "Pendientes</dt><dd>1" in page


def test_the_code_of_the_slip_is_signed_and_bounds_the_session(place: Stand) -> None:
    browser = place.browser()
    bring_to(place, browser, "sealed")
    answer = browser.call("/close")
    assert "/sign-in" in browser.get("/queue").headers["Location"]
    token = read_qr(browser.get("/close/slip/qr.png").get_data())
    assert token == answer["close_out"]
    ring = EnrolmentStore(place.station.spool.database).current().own_ring()
    said = verify_statement(token, CloseOut, ring)
    chain = packets(place)
    assert [packet.header.kind for packet in chain] == [
        Kind.SESSION_OPEN, Kind.APOYO, Kind.SESSION_CLOSE
    ]  # fmt: skip
    assert (said.first_seq, said.last_seq, said.link) == (1, 3, chain[-1].link)
    assert (said.apoyos, said.voids) == (1, 0)
    page = browser.text("/close/slip")
    assert chain[-1].link[:16] in page
    assert "Auxiliar Inventada" in page


def test_the_close_of_the_chain_carries_the_counts_for_the_authority(place: Stand) -> None:
    browser = place.browser()
    bring_to(place, browser, "sealed")
    browser.call("/close")
    last = packets(place)[-1]
    (part,) = last.parts
    detail = parse_detail(open_part(part.ciphertext, [str(place.centre.opening)]), last.header)
    assert detail.numbers == {
        "apoyos": 1, "sent": 0, "pending": 1, "attention": 0, "voids": 0
    }  # fmt: skip


def test_an_open_visit_comes_first(place: Stand) -> None:
    browser = place.browser()
    bring_to(place, browser, "front")
    answer = browser.call("/close")
    assert (answer["status"], answer["step"]) == (409, "front")


def test_the_slip_is_for_whoever_closed_and_gone_with_the_next_session(place: Stand) -> None:
    browser, other = place.browser(), place.browser()
    browser.sign_in()
    browser.call("/close")
    assert other.get("/close/slip").headers["Location"] == "/sign-in"
    assert browser.get("/close/slip").status_code == 200
    other.sign_in()
    for path in ("/close/slip", "/close/slip/qr.png"):
        assert browser.get(path).headers["Location"] == "/sign-in"


@pytest.mark.parametrize("size", [LARGE, LOW])
def test_the_close_on_the_screen(place: Stand, browser: Chromium, size: tuple[int, int]) -> None:
    with open_screen(place, browser, size) as screen:
        screen.sign_in()
        screen.page.get_by_role("link", name="Cerrar jornada").click()
        screen.look("close")
        screen.tap("Cerrar jornada y salir")
        screen.page.get_by_alt_text("Código QR del cierre").wait_for()
        screen.look("close-slip")
        screen.page.get_by_role("link", name="Listo").click()
        screen.page.get_by_label("Contraseña").wait_for()
        assert screen.complaints == []
