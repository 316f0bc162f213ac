"""The lamps follow a visit, at the other end of a pseudo-terminal."""

from __future__ import annotations

from pathlib import Path

from device.clock import SystemClock
from device.config import PeripheralsConfig
from device.peripherals.base import Light, Ready, Status
from device.peripherals.lamp import COLOURS
from device.peripherals.simulated.lamp import Shown, SimulatedLamps
from tests.kiosks import STROKES, bring_to, stand
from tests.unit.device.peripherals.bench import eventually


def look(light: Light) -> Shown:
    colour, pattern = COLOURS[light.status]
    return Shown(light.left, light.right, colour, pattern)


def test_the_lamps_say_where_the_visit_stands(tmp_path: Path) -> None:
    port = tmp_path / "lamps"
    twin = SimulatedLamps(port, SystemClock())
    settings = PeripheralsConfig(lamps=str(port), lamps_brightness=90)
    with stand(tmp_path, peripherals=settings) as place:
        eventually(lambda: isinstance(place.station.kiosk.peripherals.lamps.state, Ready))
        browser = place.browser()
        browser.sign_in()
        eventually(lambda: twin.shown == look(Light(status=Status.READY)))
        bring_to(place, browser, "front")
        eventually(lambda: twin.shown == look(Light(90, 90, Status.READING)))
        browser.call("/capture/front/shoot")  # of an empty table
        eventually(lambda: twin.shown == look(Light(90, 90, Status.ASK)))
        for scene, path in (
            ("front", "/capture/front/shoot"),
            ("back", "/capture/back/shoot"),
            ("table", "/capture/confirm"),
            ("face", "/capture/live-photo/shoot"),
            ("face", "/capture/live-photo/accept"),
        ):
            place.show(scene)
            browser.call(path)
        eventually(lambda: twin.shown == look(Light(status=Status.ASK)))
        browser.call("/capture/signature", strokes=STROKES)
        browser.call("/capture/seal")
        eventually(lambda: twin.shown == look(Light(status=Status.SAVED)))
        browser.call("/capture/clear")
        eventually(lambda: twin.shown == look(Light(status=Status.READY)))
        place.station.camera.stop()
        browser.get("/")
        eventually(lambda: twin.shown == look(Light(status=Status.FAULT)))
    twin.close()
