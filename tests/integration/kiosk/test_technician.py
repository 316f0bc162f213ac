"""The technician's pages: behind a password of their own, apart from every visit."""

from __future__ import annotations

import io
import json
import stat
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import Browser as Chromium

from device.__main__ import main
from device.capture.technician import IDLE_S, Technician
from device.commands.technician import write_verifier
from device.queue.enrolment import EnrolmentStore
from device.queue.standing import digest
from tests.kiosk_screen import LARGE, LOW, open_screen
from tests.kiosks import Browser, Stand, bring_to, stand
from tests.stations import FakeClock
from wire.keys import FixedKeyRing
from wire.statement import Passport, Readiness, verify_statement

WORD = "una palabra del técnico"
PAGES = ("", "/camera", "/peripherals", "/network", "/passport")
PRINTED = ("LUISA", "EJPRLS90010109M000", "EEPL900101MDFJRS02")


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("technician") / "verifier"
    write_verifier(path, WORD)
    return path


@pytest.fixture
def place(tmp_path: Path, verifier: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        kiosk = built.station.kiosk
        technician = Technician(verifier, kiosk.clock)
        built.station.app.extensions["kiosk"] = replace(kiosk, technician=technician)
        yield built


def technician(place: Stand) -> Browser:
    browser = place.browser()
    browser.post("/technician/sign-in", password=WORD)
    return browser


def ring(place: Stand) -> FixedKeyRing:
    return EnrolmentStore(place.station.spool.database).current().own_ring()


class TestTheDoor:
    def test_opens_for_the_technicians_password_alone(self, place: Stand) -> None:
        browser = place.browser()
        for path in PAGES:
            assert browser.get(f"/technician{path}").headers["Location"] == "/technician/sign-in"
        answer = browser.call("/technician/sign-in", password="x")
        assert (answer["status"], answer["error"]["code"]) == (401, "sign_in.wrong")
        browser.post("/technician/sign-in", password=WORD)
        for path in PAGES:
            assert browser.get(f"/technician{path}").status_code == 200, path

    def test_makes_a_guesser_wait(self, place: Stand) -> None:
        browser = place.browser()
        codes = [
            browser.call("/technician/sign-in", password="x")["error"]["code"] for _ in range(6)
        ]
        assert codes[0] == "sign_in.wrong"
        assert codes[-1] == "sign_in.locked"
        assert browser.call("/technician/sign-in", password=WORD)["status"] == 401

    def test_stays_shut_where_no_password_was_set(self, tmp_path: Path) -> None:
        with stand(tmp_path) as bare:
            answer = bare.browser().call("/technician/sign-in", password=WORD)
            assert answer["error"]["code"] == "sign_in.no_technician"

    def test_gives_an_auxiliar_no_settings_and_a_technician_no_visit(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "summary")
        assert browser.get("/technician").headers["Location"] == "/technician/sign-in"
        browser.post("/technician/sign-in", password=WORD)
        assert place.station.kiosk.desk.case is None
        assert browser.get("/capture/summary").headers["Location"] == "/locked"
        assert browser.get("/queue").headers["Location"] == "/locked"

    def test_shuts_after_a_while_and_at_the_sign_out(self, place: Stand, verifier: Path) -> None:
        clock = FakeClock()
        alone = Technician(verifier, clock)
        session = alone.sign_in(WORD)
        clock.advance(IDLE_S - 1)
        assert alone.is_here(session)
        clock.advance(IDLE_S + 1)
        assert not alone.is_here(session)
        browser = technician(place)
        browser.post("/technician/sign-out")
        assert browser.get("/technician").headers["Location"] == "/technician/sign-in"


class TestThePages:
    def test_sign_a_passport_that_the_code_on_the_screen_carries(self, place: Stand) -> None:
        browser = technician(place)
        png = browser.get("/technician/passport.png").get_data()
        picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
        (code,) = zxingcpp.read_barcodes(picture)
        assert len(code.text) <= 1200
        passport = verify_statement(code.text, Passport, ring(place))
        head = place.station.spool.head(passport.epoch)
        assert (passport.head_seq, passport.head_link) == (head.seq, head.link)
        assert passport.software == "0.1.0-test"
        assert passport.config_sha256 == digest(place.config)
        assert passport.config_sha256[:16] in browser.text("/technician/passport")

    def test_sign_the_readiness_of_the_running_station(self, place: Stand) -> None:
        browser = technician(place)
        token = browser.get("/technician/readiness.json").get_data(as_text=True)
        said = verify_statement(token, Readiness, ring(place))
        assert said.findings["camera"] == "ok"
        assert said.findings["key"] == "ok"
        claims = token.split(".")[1]
        assert json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["v"] == 1

    def test_tell_how_well_a_card_is_read_and_not_what(self, place: Stand) -> None:
        browser = technician(place)
        place.show("front")
        page = browser.post("/technician/camera/read").get_data(as_text=True)
        assert "Clave de elector 99 %" in page
        for word in PRINTED:
            assert word not in page

    def test_say_why_the_authority_does_not_answer(self, place: Stand) -> None:
        browser = technician(place)
        page = browser.post("/technician/network/try").get_data(as_text=True)
        assert "(server" in page
        assert place.station.spool.reservation() is None


class TestTheCommand:
    def test_writes_a_verifier_that_opens_the_door(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path, settings = tmp_path / "verifier", tmp_path / "station.toml"
        settings.write_text(f'[kiosk]\ntechnician_verifier_file = "{path}"\n')
        monkeypatch.setattr("sys.stdin", io.StringIO(WORD + "\n"))
        assert main(["technician-password", "--config", str(settings)]) == 0
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert WORD not in path.read_text()
        assert Technician(path, FakeClock()).sign_in(WORD)

    @pytest.mark.parametrize(("word", "line"), [("short\n", True), (WORD, False)])
    def test_refuses_a_short_password_and_a_station_without_a_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, line: bool
    ) -> None:
        settings = tmp_path / "station.toml"
        place = f'technician_verifier_file = "{tmp_path / "verifier"}"' if line else ""
        settings.write_text(f"[kiosk]\n{place}\n")
        monkeypatch.setattr("sys.stdin", io.StringIO(word))
        assert main(["technician-password", "--config", str(settings)]) == 1
        assert not (tmp_path / "verifier").exists()


@pytest.mark.parametrize("size", [LARGE, LOW])
def test_the_settings_on_the_screen(place: Stand, browser: Chromium, size: tuple[int, int]) -> None:
    with open_screen(place, browser, size) as screen:
        screen.open("/help")
        screen.page.get_by_role("link", name="Para técnicos").click()
        screen.look("technician-sign-in")
        screen.page.get_by_label("Contraseña del técnico").fill(WORD)
        screen.tap("Entrar")
        for name in ("Diagnóstico", "Cámara", "Periféricos", "Red", "Pasaporte"):
            screen.page.get_by_role("link", name=name, exact=True).click()
            screen.look(f"technician-{name}")
        screen.tap("Salir de los ajustes")
        screen.page.get_by_label("Contraseña").wait_for()
        assert screen.complaints == []
