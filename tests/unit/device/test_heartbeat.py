"""A heartbeat says what was seen, and falls silent when the work does not go on."""

import errno
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from device.camera.service import CameraState, Failed, Running, Stalled, Starting
from device.errors import DiskFullError
from device.heartbeat import Heartbeat, Pulse, unheard, watchdog_s
from device.pulse import kiosk_pulse
from device.queue.spool import Spool
from tests.integration.units.supervisor import Supervisor, supervised


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    with supervised(tmp_path, monkeypatch, watchdog_s=6) as supervisor:
        yield supervisor


class Hand:
    """A clock that the test moves."""

    s = 100.0

    def __call__(self) -> float:
        return self.s


class TestHeartbeat:
    def test_beats_three_times_as_often_as_it_must(self, systemd: Supervisor) -> None:
        now = Hand()
        heartbeat = Heartbeat(lambda: Pulse(True, "en orden"), now)
        for now.s in (100.0, 101.0, 101.9, 102.0, 103.0, 104.1):
            heartbeat.beat()
        assert systemd.listen(0.05) == ["STATUS=en orden", "WATCHDOG=1"] * 3

    def test_says_what_is_wrong_and_does_not_beat(self, systemd: Supervisor) -> None:
        Heartbeat(lambda: Pulse(False, "nada se mueve")).beat()
        assert systemd.listen(0.05) == ["STATUS=nada se mueve"]

    def test_survives_a_look_that_fails_and_does_not_beat(self, systemd: Supervisor) -> None:
        def look() -> Pulse:
            raise ZeroDivisionError

        Heartbeat(look).beat()
        assert systemd.listen(0.05) == []

    def test_beats_while_it_waits_and_wakes_when_told(self, systemd: Supervisor) -> None:
        heartbeat = Heartbeat(lambda: Pulse(True, "en orden"))
        heartbeat.every_s = 0.05
        stop = threading.Event()
        assert not heartbeat.wait(stop, 0.2)
        assert systemd.listen(0.05).count("WATCHDOG=1") >= 3
        threading.Timer(0.05, stop.set).start()
        assert heartbeat.wait(stop, 30)

    def test_without_systemd_looks_at_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
        monkeypatch.setenv("WATCHDOG_USEC", "3000000")
        assert watchdog_s() == 0
        Heartbeat(lambda: pytest.fail("it looked")).ready()

    def test_others_may_be_kept_from_speaking(self, systemd: Supervisor) -> None:
        heartbeat = Heartbeat(lambda: Pulse(True, "en orden"))
        with unheard():
            heartbeat.ready()
        assert systemd.listen(0.05) == []
        heartbeat.ready()
        assert systemd.listen(0.05)[0] == "READY=1"


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class TestThePulseOfTheKiosk:
    @pytest.fixture
    def spool(self, tmp_path: Path) -> Iterator[Spool]:
        spool = Spool(tmp_path / "spool")
        yield spool
        spool.close()

    @pytest.mark.parametrize(
        ("state", "is_alive", "said"),
        [
            (Running(NOON), True, "cámara en marcha"),
            (Starting(), True, "la cámara inicia"),
            (Failed("camera.absent", 9, 30.0), True, "sin cámara [camera.absent]"),
            (Stalled(16_200), False, "la cámara no responde desde hace 16 s"),
        ],
    )
    def test_follows_the_camera(
        self, spool: Spool, state: CameraState, is_alive: bool, said: str
    ) -> None:
        pulse = kiosk_pulse(spool, lambda: state)
        assert (pulse.is_alive, pulse.status.split(";")[0]) == (is_alive, said)

    def test_counts_space_and_what_waits(self, spool: Spool) -> None:
        assert kiosk_pulse(spool, Starting).status.endswith("GB libres; 0 por entregar")

    def test_bears_a_full_disk_which_no_restart_empties(
        self, spool: Spool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(duty: str) -> None:
            raise DiskFullError(f"{duty}: {errno.ENOSPC}")

        monkeypatch.setattr(spool, "beat", full)
        pulse = kiosk_pulse(spool, Starting)
        assert pulse == Pulse(True, "la cámara inicia; disco lleno: no se toman capturas")
