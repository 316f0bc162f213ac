"""Looks at the station's work for its heartbeat: camera, spool, disk."""

from __future__ import annotations

from collections.abc import Callable

from device.camera.service import CameraState, Failed, Running, Stalled
from device.errors import DiskFullError, StationError
from device.heartbeat import Pulse
from device.queue import files
from device.queue.spool import Spool

_GB = 1_000_000_000


def kiosk_pulse(spool: Spool, camera: Callable[[], CameraState]) -> Pulse:
    """Look at the camera's frames, write and read a row, and measure the space.

    A camera that is absent or fails is opened again by its own service, and the screen says so; one
    whose driver does not come back holds a thread that only a new process is rid of.
    """
    state = camera()
    is_alive, stored = _spool_pulse(spool, "kiosk")
    return Pulse(
        is_alive and not isinstance(state, Stalled),
        f"{_camera_words(state)}; {stored}",
    )


def spool_pulse(spool: Spool, duty: str) -> Pulse:
    """Write and read a row: for a duty whose own loop calls this, or that has no other work."""
    return Pulse(*_spool_pulse(spool, duty))


def _spool_pulse(spool: Spool, duty: str) -> tuple[bool, str]:
    try:
        spool.beat(duty)
        free_bytes = files.free_bytes(spool.folder)
        waiting = spool.waiting_count()
    except DiskFullError:
        return True, "disco lleno: no se toman capturas"
    except StationError as error:
        return False, f"el almacén no responde [{error.code}]"
    return True, f"almacén en orden; {free_bytes / _GB:.1f} GB libres; {waiting} por entregar"


def _camera_words(state: CameraState) -> str:
    match state:
        case Running():
            return "cámara en marcha"
        case Failed(code=code):
            return f"sin cámara [{code}]"
        case Stalled(silent_ms=silent_ms):
            return f"la cámara no responde desde hace {silent_ms // 1000} s"
        case _:
            return "la cámara inicia"
