"""The machine is restarted for a failing kiosk, seldom, and never for what a person must mend."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.guards.tree import ROOT

NOW = 1_800_000_000.0
HOUR = 3600.0


@pytest.fixture(scope="module")
def last_resort() -> Any:
    path = ROOT / "systemd" / "station" / "last_resort.py"
    spec = importlib.util.spec_from_file_location("last_resort", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["last_resort"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("uptime_s", "status", "restarts_s", "is_restarted"),
    [
        pytest.param(HOUR, 1, (), True, id="a kiosk that fails"),
        pytest.param(HOUR, 0, (), True, id="one that systemd's watchdog ended"),
        pytest.param(HOUR, 4, (), False, id="not enrolled, a wrong setting, a key"),
        pytest.param(60.0, 1, (), False, id="just started: a restart did not help"),
        pytest.param(HOUR, 1, (NOW - 20 * HOUR,), True, id="a second time in a day"),
        pytest.param(HOUR, 1, (NOW - 20 * HOUR, NOW - HOUR), False, id="not a third time"),
        pytest.param(HOUR, 1, (NOW - 30 * HOUR, NOW - HOUR), True, id="the next day again"),
        pytest.param(HOUR, 1, (NOW + HOUR, NOW + HOUR), False, id="a clock that went back"),
    ],
)
def test_decides(
    last_resort: Any,
    uptime_s: float,
    status: int,
    restarts_s: tuple[float, ...],
    is_restarted: bool,
) -> None:
    situation = last_resort.Situation(NOW, uptime_s, status, restarts_s)
    assert last_resort.should_restart(situation) is is_restarted


def test_remembers_its_restarts_whatever_becomes_of_the_file(
    last_resort: Any, tmp_path: Path
) -> None:
    path = tmp_path / "restarts"
    assert last_resort.read_restarts(path) == ()
    last_resort.write_restarts(path, (NOW - 2, NOW - 1, NOW))
    assert last_resort.read_restarts(path) == (NOW - 1, NOW)
    path.write_bytes(b"\x00\xff garbage\n")  # as a power cut may leave it: counted as of now
    assert len(last_resort.read_restarts(path)) == last_resort.MOST_RESTARTS


def test_a_restart_that_cannot_be_written_down_is_not_made(
    last_resort: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[tuple[str, ...]] = []

    def systemctl(*words: str) -> int:
        orders.append(words)
        return 0

    monkeypatch.setattr(last_resort, "_systemctl", systemctl)
    monkeypatch.setattr(last_resort, "_exit_status", lambda: 1)
    monkeypatch.setattr(last_resort, "SHORTEST_UPTIME_S", 0.0)
    monkeypatch.setattr(last_resort.time, "sleep", lambda _: None)
    monkeypatch.setattr(last_resort, "RESTARTS", tmp_path / "restarts")
    last_resort.main()
    assert orders == [("reboot",)]
    orders.clear()
    monkeypatch.setattr(last_resort, "RESTARTS", tmp_path / "not mounted" / "restarts")
    last_resort.main()
    assert ("reboot",) not in orders
    assert orders[-1][0] == "start"
