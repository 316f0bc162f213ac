"""The lamps follow the visit: after each answer they are told where it stands, and nobody waits."""

from __future__ import annotations

from flask import Flask, Response, request

from device.camera.service import Running
from device.capture.session import Open, Sealed, Shooting, Step
from device.errors import StationError
from device.kiosk.services import kiosk
from device.peripherals.base import Light, Status

_READING = frozenset({Step.FRONT, Step.BACK, Step.LIVE_PHOTO})


def register(app: Flask) -> None:
    """Tell the lamps after every answer but those of files."""

    @app.after_request
    def tell(response: Response) -> Response:
        if request.endpoint != "static":
            kiosk().peripherals.lamps.show(current_light())
        return response


def current_light() -> Light:
    """Return what the lamps shall show now."""
    parts = kiosk()
    if not isinstance(parts.camera.state, Running):
        return Light(status=Status.FAULT)
    match parts.desk.case:
        case Shooting() as case:
            brightness = parts.peripherals.brightness
            return Light(brightness, brightness, Status.ASK if case.last else Status.READING)
        case Open(step=step):
            return Light(status=Status.READING if step in _READING else Status.ASK)
        case Sealed():
            return Light(status=Status.SAVED)
        case _:
            return Light(status=Status.FAULT if _is_refused() else Status.READY)


def _is_refused() -> bool:
    try:
        return kiosk().desk.refusal() is not None
    except StationError:
        return True
