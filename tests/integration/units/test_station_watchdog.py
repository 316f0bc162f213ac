"""Kiosk and delivery under a service manager: ready, alive by real work, silent when it hangs."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.integration.kiosk.test_process import ROOT, Place
from tests.integration.units.supervisor import Supervisor, supervised

# A look every 0.3 s: the tests wait for a few of them.
WATCHDOG_S = 0.9


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    text = made.settings.read_text()
    made.settings.write_text(text.replace("[queue]\n", "[queue]\nbusy_timeout_s = 0.1\n"))
    yield made
    for process in made.processes:
        process.end()


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    with supervised(tmp_path, monkeypatch, watchdog_s=WATCHDOG_S) as supervisor:
        yield supervisor


def is_ping(line: str) -> bool:
    return line == "WATCHDOG=1"


def hold_the_database(data: Path) -> sqlite3.Connection:
    """Keep every writer out, as a disk that does not answer would."""
    connection = sqlite3.connect(data / "spool" / "spool.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


class TestTheKiosk:
    def test_is_ready_when_it_serves_and_alive_while_it_works(
        self, place: Place, systemd: Supervisor
    ) -> None:
        process = place.start()
        systemd.wait_for(lambda line: line == "READY=1")
        assert requests.get(f"{process.address}/health", timeout=5).ok
        status = systemd.wait_for(lambda line: line.startswith("STATUS=cámara en marcha"))
        assert "almacén en orden" in status
        assert systemd.listen(3 * WATCHDOG_S).count("WATCHDOG=1") >= 5

        blocker = hold_the_database(Path(place.config.station.data))
        systemd.wait_for(lambda line: line.startswith("STATUS=") and "[spool.io]" in line)
        assert not any(map(is_ping, systemd.listen(2 * WATCHDOG_S)))
        blocker.close()
        systemd.wait_for(is_ping)

        assert process.stop() == 0
        systemd.wait_for(lambda line: line == "STOPPING=1")

    def test_without_a_camera_says_so_and_lives(self, place: Place, systemd: Supervisor) -> None:
        (place.folder / "scenes" / "now").unlink()
        place.start()
        systemd.wait_for(lambda line: line.startswith("STATUS=sin cámara [camera"))
        systemd.wait_for(is_ping)

    def test_that_cannot_be_built_never_says_that_it_is_ready(
        self, place: Place, systemd: Supervisor
    ) -> None:
        (Path(place.config.station.data) / "keys" / "station.pem").chmod(0o644)
        assert place.start().wait() == 4
        assert "READY=1" not in systemd.listen(0.3)


class TestTheDelivery:
    def test_lives_while_it_waits_for_a_centre_that_is_away(
        self, place: Place, systemd: Supervisor
    ) -> None:
        with (place.folder / "deliver.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "device", "deliver", "--config", str(place.settings)],
                cwd=ROOT, stdout=log, stderr=log, env=dict(os.environ),
            )  # fmt: skip
        try:
            systemd.wait_for(lambda line: line == "READY=1")
            # It backs off for seconds between its tries, and is alive all the same.
            assert systemd.listen(3 * WATCHDOG_S).count("WATCHDOG=1") >= 5
            blocker = hold_the_database(Path(place.config.station.data))
            systemd.wait_for(lambda line: line.startswith("STATUS=") and "[spool.io]" in line)
            assert not any(map(is_ping, systemd.listen(2 * WATCHDOG_S)))
            blocker.close()
            systemd.wait_for(is_ping)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
            systemd.wait_for(lambda line: line == "STOPPING=1")
        finally:
            process.kill()
            process.wait()
