"""The station as a process: it is killed, stopped, started again, and cannot start."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from device.config import Config
from tests.kiosks import PASSWORD, STROKES, enrolled_config
from tests.stations import AUXILIAR, Centre
from tests.unit.device.peripherals.bench import eventually

ROOT = Path(__file__).resolve().parents[3]


class Process:
    """One run of the station, and a browser that drives it."""

    def __init__(self, settings: Path, port: int, module: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.output = settings.with_suffix(".log")
        with self.output.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, "run", "--config", str(settings),
                 "--port", str(port)],
                cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.session = requests.Session()

    def wait_until_ready(self) -> dict[str, Any]:
        for _ in range(600):
            if self._process.poll() is not None:
                raise AssertionError(self.output.read_text())
            try:
                health: dict[str, Any] = self.session.get(f"{self.address}/health").json()
            except (requests.RequestException, ValueError):
                health = {}
            if health.get("ok"):
                return health
            time.sleep(0.05)
        raise AssertionError(self.output.read_text())

    def has_peripherals(self) -> bool:
        health = self.session.get(f"{self.address}/health").json()
        return set(health["peripherals"].values()) == {"ready"}

    def call(self, path: str, **fields: str) -> dict[str, Any]:
        page = self.session.get(f"{self.address}/sign-in").text
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        headers = {"Accept": "application/json", "X-CSRFToken": found[1]}
        answer = self.session.post(f"{self.address}{path}", data=fields, headers=headers)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=30)

    def wait(self) -> int:
        return self._process.wait(timeout=60)

    def end(self) -> None:
        if self._process.poll() is None:
            self.kill()


class Place:
    """The disk of a station, which outlives its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config: Config = enrolled_config(folder, Centre())
        self.settings = folder / "station.toml"
        self.settings.write_text(
            f'[station]\ndata = "{self.config.station.data}"\nenvironment = "demo"\n'
            f'[camera]\ndriver = "replay"\nfolder = "{self.config.camera.folder}"\n'
            f'[inference]\nmodels = "{self.config.inference.models}"\n'
            "[queue]\nminimum_free_bytes = 0\nballast_bytes = 0\n"
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.processes: list[Process] = []

    def start(self, module: str = "tests.integration.kiosk.station_process") -> Process:
        self.processes.append(Process(self.settings, self.port, module))
        return self.processes[-1]

    def show(self, scene: str) -> None:
        fresh = self.folder / "scenes" / "next"
        fresh.symlink_to(self.folder / "scenes" / scene)
        fresh.replace(self.folder / "scenes" / "now")

    def capture(self, process: Process, *, until: str = "/capture/seal") -> dict[str, Any]:
        steps: tuple[tuple[str, str | None, dict[str, str]], ...] = (
            ("/capture/start", None, {}),
            ("/capture/consent", None, {"agree": "1"}),
            ("/capture/front/shoot", "front", {}),
            ("/capture/back/shoot", "back", {}),
            ("/capture/confirm", None, {}),
            ("/capture/live-photo/shoot", "face", {}),
            ("/capture/live-photo/accept", None, {}),
            ("/capture/signature", None, {"strokes": STROKES}),
            ("/capture/seal", None, {}),
        )
        answer: dict[str, Any] = {}
        for path, scene, fields in steps:
            if scene is not None:
                self.show(scene)
            answer = process.call(path, **fields)
            if path == until:
                break
        return answer


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    built = Place(tmp_path)
    yield built
    for process in built.processes:
        process.end()


def test_a_killed_station_starts_again_and_has_every_sealed_record(place: Place) -> None:
    first = place.start()
    first.wait_until_ready()
    first.call("/sign-in", auxiliar=AUXILIAR, password=PASSWORD)
    folios = [place.capture(first)["folio"] for _ in range(2)]
    place.capture(first, until="/capture/signature")
    first.kill()

    second = place.start()
    health = second.wait_until_ready()
    assert health["queue"]["sealed"] == 3  # the session and two apoyos
    assert health["step"] is None
    assert health["signed_in"] is False
    second.call("/sign-in", auxiliar=AUXILIAR, password=PASSWORD)
    queue = second.session.get(f"{second.address}/queue").text
    assert all(folio in queue for folio in folios)
    assert place.capture(second)["folio"] == "S001-A0001-EST01-00000003"


def holds(file: Path, text: str) -> bool:
    return file.exists() and text in file.read_text()


def test_a_killed_station_finds_its_simulated_peripherals_again(place: Place) -> None:
    with place.settings.open("a") as settings:
        names = ("scanner", "printer", "lamps")
        settings.write("[peripherals]\n" + "".join(f"{n} = 'simulated'\n" for n in names))
    for number in (1, 2):
        process = place.start()
        process.wait_until_ready()
        eventually(process.has_peripherals)
        process.call("/sign-in", auxiliar=AUXILIAR, password=PASSWORD)
        place.capture(process)
        slip = place.folder / "data" / "simulated" / f"slip-{number:04}.txt"
        eventually(partial(holds, slip, f"S001-A0001-EST01-{number:08}"))
        process.kill()


def test_a_stopped_station_closes_the_session_and_ends_in_order(place: Place) -> None:
    process = place.start()
    process.wait_until_ready()
    process.call("/sign-in", auxiliar=AUXILIAR, password=PASSWORD)
    assert process.stop() == 0
    again = place.start()
    assert again.wait_until_ready()["queue"]["sealed"] == 2  # opened and closed
    assert again.stop() == 0


def test_pages_that_look_leave_threads_to_the_others_and_to_the_end(place: Place) -> None:
    process = place.start()
    process.wait_until_ready()
    process.call("/sign-in", auxiliar=AUXILIAR, password=PASSWORD)
    place.capture(process, until="/capture/consent")
    # More than the server has threads; nobody reads them and nobody closes them.
    looking = [
        process.session.get(f"{process.address}/stream/front", stream=True) for _ in range(6)
    ]
    assert process.session.get(f"{process.address}/health", timeout=60).json()["signed_in"]
    assert {answer.status_code for answer in looking} == {200}
    # The newest one goes on until the server stops, and does not keep it from stopping.
    assert process.stop() == 0


def test_two_stations_on_one_disk_do_not_both_seal(place: Place) -> None:
    first = place.start()
    first.wait_until_ready()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place.port = int(free.getsockname()[1])
    second = place.start()
    assert second.wait() != 0
    assert "[spool.busy]" in second.output.read_text()


def test_a_station_without_its_models_says_so_and_does_not_start(place: Place) -> None:
    process = place.start("device")
    assert process.wait() == 4
    assert "No se pueden cargar los modelos de lectura [model]" in process.output.read_text()


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    settings = tmp_path / "station.toml"
    settings.write_text("[camera]\ndriver = 'none'\n")
    for command, status in (("run", 4), ("doctor", 1)):
        done = subprocess.run(
            [sys.executable, "-m", "device", command, "--config", str(settings)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == status
        assert "camera.driver" in done.stderr
        assert "Traceback" not in done.stderr


class TestDoctor:
    def run(self, place: Place, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tests.integration.kiosk.station_process", "doctor",
             "--config", str(place.settings), *more],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def test_finds_a_good_station_ready_and_writes_its_page(self, place: Place) -> None:
        report = place.folder / "report.html"
        done = self.run(place, "--report", str(report))
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("✓") == 10
        assert "Lista para capturar" in report.read_text()

    def test_says_what_is_missing_and_looks_at_the_rest(self, place: Place) -> None:
        (place.folder / "scenes" / "now").unlink()
        report = place.folder / "report.html"
        done = self.run(place, "--report", str(report))
        assert done.returncode == 1
        assert "✗ cámara" in done.stdout
        assert done.stdout.count("✓") == 9
        assert "No está lista" in report.read_text()

    def test_opens_each_peripheral_that_the_settings_name(self, place: Place) -> None:
        text = place.settings.read_text()
        place.settings.write_text(
            text + "\n[peripherals]\nprinter = 'simulated'\nlamps = 'simulated'\n"
            "scanner = '/dev/serial/by-id/usb-not-there-*'\n"
        )
        done = self.run(place)
        assert done.returncode == 1
        assert "✓ impresora" in done.stdout
        assert "✓ lámpara" in done.stdout
        assert "✗ lector       [scanner.absent]" in done.stdout
