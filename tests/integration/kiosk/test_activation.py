"""An auxiliar activates at a station: the real pages, the real wire, a real centre on loopback."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from sqlalchemy import select
from werkzeug.serving import make_server

from central.models import Auxiliar, AuxiliarState
from device.bootstrap import Station, build_station
from device.clock import SystemClock
from device.config import CameraConfig, InferenceConfig
from device.queue.assembly import Versions, open_spool
from device.queue.enrol import enrol
from tests.centres import AUXILIAR, SOLICITUD, Centre, found_centre, run
from tests.kiosk_screen import LOW, open_screen
from tests.kiosks import Browser, ScriptedReader, Stand, write_scenes
from tests.stations import Centre as Keys
from tests.stations import station_config

PASSWORD = "tres burros en la azotea"
WRONG_CODE = "2222-2222-2222"
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass
class Line:
    """The line between station and centre, which a test cuts before or after an answer is made."""

    app: Wsgi
    is_cut: bool = False
    loses_answers: bool = False

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if self.is_cut:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return [b""]
        said: list[str] = []

        def noted(status: str, headers: Any, *error: Any) -> Any:
            said.append(status)
            return start(status, headers, *error)

        answer = self.app(environ, noted)
        if self.loses_answers and said[0].startswith("200"):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer


@dataclass
class World:
    """A centre at work, and what leads to it."""

    centre: Centre
    line: Line
    folder: Path

    def invite(self) -> str:
        """Make a new code, as the e-mail says it."""
        said = run(
            self.centre.folder, "auxiliar", "add", "--aspirante", SOLICITUD, "--id", AUXILIAR,
            "--nombres", "Prueba", "--paterno", "Inventada",
            "--email", f"{AUXILIAR}@ejemplo.mx", "--invite-again",
        )  # fmt: skip
        found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", said)
        assert found is not None
        return found[0]

    def change(self, **values: object) -> None:
        with self.centre.database.write() as session:
            row = session.scalars(select(Auxiliar).where(Auxiliar.id_auxiliar == AUXILIAR)).one()
            for name, value in values.items():
                setattr(row, name, value)

    def station(self, name: str) -> Stand:
        """Enrol a station over the line, and build all of it."""
        folder = self.folder / name
        config = replace(
            station_config(folder / "data"),
            camera=CameraConfig(driver="replay", folder=str(folder / "scenes" / "now")),
            inference=InferenceConfig(models=str(folder / "models")),
        )
        write_scenes(folder / "scenes")
        (folder / "models").mkdir()
        (folder / "models" / "models.toml").write_text(
            '[one]\nfile = "one.tflite"\nsha256 = "00"\n'
        )
        spool = open_spool(config)
        enrol(self.centre.claim(name), config, SystemClock(), Versions("0.1.0"), spool=spool)
        spool.close()
        reader = ScriptedReader()
        station: Station = build_station(config, "0.1.0-test", reader=reader)
        return Stand(station, reader, Keys(), config, folder / "scenes")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    folder = tmp_path / "centre"
    folder.mkdir()
    found_centre(folder, "sqlite:///acopio.db")
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    settings = folder / "central.toml"
    settings.write_text(
        settings.read_text().replace("https://centre.test", f"http://127.0.0.1:{port}")
    )
    centre = Centre.open(folder)
    centre.clock.at = SystemClock().now()
    line = Line(centre.app.wsgi_app)
    server = make_server("127.0.0.1", port, line, threaded=True, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield World(centre, line, tmp_path)
    server.shutdown()
    thread.join()
    server.server_close()
    listening.close()
    centre.close()


@pytest.fixture
def place(world: World) -> Iterator[Stand]:
    built = world.station("E1")
    yield built
    built.station.close()


def code_of(answer: dict[str, Any]) -> str:
    code: str = answer["error"]["code"]
    return code


def to_password(browser: Browser, code: str, name: str = AUXILIAR) -> None:
    """Lead an activation to where the password is chosen."""
    begun = browser.call("/activate", auxiliar=name, code=code)
    assert begun.get("at") == "data", begun
    assert browser.call("/activate/confirm")["at"] == "password"


def finish(browser: Browser, password: str = PASSWORD) -> dict[str, Any]:
    return browser.call("/activate/password", password=password, again=password)


class TestActivation:
    def test_leads_from_the_e_mail_to_work_and_later_sign_in_needs_no_network(
        self, world: World, place: Stand
    ) -> None:
        # The station does not know the code yet: it asks the centre.
        browser, code = place.browser(), world.invite()
        assert "Activar mi cuenta" in browser.text("/sign-in")
        typed = code.replace("-", " ").lower()
        assert browser.call("/activate", auxiliar=AUXILIAR.lower(), code=typed)["at"] == "data"
        page = browser.text("/activate")
        for shown in ("Prueba Inventada", AUXILIAR, "Persona Inventada", "Proceso inventado"):
            assert shown in page
        assert code not in page
        browser.call("/activate/confirm")
        assert finish(browser)["next"] == "/"
        assert "Prueba Inventada" in browser.text("/")
        world.line.is_cut = True
        browser.call("/sign-out")
        again = place.browser().call("/sign-in", auxiliar=AUXILIAR, password=PASSWORD)
        assert again["status"] == 200

    def test_tells_a_wrong_code_and_makes_who_guesses_wait(
        self, world: World, place: Stand
    ) -> None:
        browser, code = place.browser(), world.invite()
        for _ in range(5):
            answer = browser.call("/activate", auxiliar=AUXILIAR, code=WRONG_CODE)
            assert code_of(answer) == "activation.wrong"
        answer = browser.call("/activate", auxiliar=AUXILIAR, code=code)
        assert code_of(answer) == "sign_in.locked"
        assert re.search(r"(29|30) segundos", answer["error"]["message"])

    @pytest.mark.parametrize("typed", ["", "ABC", "1234-5678-90", "OOOO-IIII-LLLL"])
    def test_says_what_a_code_looks_like(self, place: Stand, typed: str) -> None:
        answer = place.browser().call("/activate", auxiliar=AUXILIAR, code=typed)
        assert code_of(answer) == "activation.malformed"

    def test_refuses_an_old_code(self, world: World, place: Stand) -> None:
        browser, code = place.browser(), world.invite()
        to_password(browser, code)
        world.centre.clock.advance(world.centre.config.stations.activation_ttl_h * 3600 + 60)
        assert code_of(finish(browser)) == "activation.expired"

    def test_refuses_the_second_station_with_the_same_code(
        self, world: World, place: Stand
    ) -> None:
        code = world.invite()
        other = world.station("E2")
        try:
            late = other.browser()
            to_password(late, code)
            browser = place.browser()
            to_password(browser, code)
            finish(browser)
            assert code_of(finish(late, "otra frase que nadie conoce")) == "activation.used"
            assert code_of(late.call("/activate", auxiliar=AUXILIAR, code=code)) == (
                "activation.used"
            )
        finally:
            other.station.close()

    def test_refuses_an_auxiliar_who_was_withdrawn(self, world: World, place: Stand) -> None:
        browser, code = place.browser(), world.invite()
        to_password(browser, code)
        world.change(state=AuxiliarState.DEACTIVATED)
        assert code_of(finish(browser)) == "activation.withdrawn"

    def test_tells_when_the_centre_had_enough_of_wrong_codes(
        self, world: World, place: Stand
    ) -> None:
        browser, code = place.browser(), world.invite()
        to_password(browser, code)
        world.change(activation_failures=world.centre.config.stations.activation_tries)
        assert code_of(finish(browser)) == "activation.locked"

    def test_without_a_network_nothing_is_lost(self, world: World, place: Stand) -> None:
        browser, code = place.browser(), world.invite()
        world.line.is_cut = True
        answer = browser.call("/activate", auxiliar=AUXILIAR, code=code)
        assert code_of(answer) == "activation.no_network"
        world.line.is_cut = False
        to_password(browser, code)
        world.line.is_cut = True
        assert code_of(finish(browser)) == "activation.no_network"
        world.line.is_cut = False
        assert finish(browser)["status"] == 200

    def test_a_lost_answer_is_made_good_by_trying_again(self, world: World, place: Stand) -> None:
        browser, code = place.browser(), world.invite()
        to_password(browser, code)
        world.line.loses_answers = True
        assert code_of(finish(browser)) == "activation.no_network"
        world.line.loses_answers = False
        assert code_of(finish(browser, "otra frase que nadie conoce")) == "activation.used"
        assert finish(browser)["status"] == 200

    def test_a_bad_password_may_be_chosen_again(self, world: World, place: Stand) -> None:
        browser, code = place.browser(), world.invite()
        to_password(browser, code)
        assert code_of(finish(browser, code)) == "password.is_code"
        answer = browser.call("/activate/password", password=PASSWORD, again="otra")
        assert code_of(answer) == "password.other"
        assert finish(browser)["status"] == 200

    def test_wrong_data_change_nothing_and_lead_to_the_help_desk(
        self, world: World, place: Stand
    ) -> None:
        browser, code = place.browser(), world.invite()
        browser.call("/activate", auxiliar=AUXILIAR, code=code)
        assert browser.post("/activate/not-mine").headers["Location"] == "/activate/wrong-data"
        assert "No se cambió nada" in browser.text("/activate/wrong-data")
        assert code_of(browser.call("/activate/confirm")) == "activation.not_begun"
        to_password(browser, code)
        assert finish(browser)["status"] == 200

    def test_belongs_to_the_browser_that_began_it(self, world: World, place: Stand) -> None:
        browser, code = place.browser(), world.invite()
        to_password(browser, code)
        assert code_of(finish(place.browser())) == "activation.not_begun"

    def test_neither_code_nor_password_reach_a_log(
        self, world: World, place: Stand, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        browser, code = place.browser(), world.invite()
        browser.call("/activate", auxiliar=AUXILIAR, code=WRONG_CODE)
        to_password(browser, code)
        finish(browser)
        for secret in (code, WRONG_CODE, PASSWORD, "$argon2id$"):
            assert secret not in caplog.text


def test_the_pages_of_an_activation_are_taken_by_touch(
    world: World, place: Stand, browser: Chromium
) -> None:
    code = world.invite()
    with open_screen(place, browser, LOW) as screen:
        page = screen.page
        screen.open()
        page.get_by_role("link", name="Activar mi cuenta").click()
        screen.look("activate")
        page.get_by_label("Su identificador").fill(AUXILIAR)
        page.get_by_label("Código del correo").fill(WRONG_CODE)
        screen.tap("Continuar")
        assert "no es correcto" in page.get_by_role("alert").inner_text()
        page.get_by_label("Su identificador").fill(AUXILIAR)
        page.get_by_label("Código del correo").fill(code)
        screen.tap("Continuar")
        screen.look_every_way("/activate", "activate-data")
        screen.open("/activate")
        screen.tap("Sí, son mis datos")
        screen.look_every_way("/activate", "activate-password")
        screen.open("/activate")
        password = page.get_by_label("Contraseña nueva")
        password.fill("tres")
        assert page.locator("#strength").inner_text() == "Caracteres que faltan: 6"
        password.fill(PASSWORD)
        assert page.locator("#strength").inner_text() == "Fuerte."
        screen.tap("Mostrar")
        assert password.get_attribute("type") == "text"
        screen.look("activate-password-shown")
        page.get_by_label("La misma contraseña otra vez").fill(PASSWORD)
        screen.tap("Guardar y entrar")
        page.get_by_role("button", name="Nuevo apoyo").wait_for()
    assert screen.complaints == []
