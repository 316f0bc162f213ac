"""The pictures through which libcamera's virtual camera turns, and which of them lies before it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.station_vm.guest import virtual_camera
from bench.station_vm.machine import Machine
from demo import scenes
from demo.cast import Visit
from demo.scenes import SHOTS, Shot

# Photographs of one shot: the second is for a station that did not take the first.
_ATTEMPTS = 2


def lay_out(machine: Machine, frames: Path, visits: Sequence[Visit]) -> None:
    """Put the pictures of these visits into the station; its camera reads them when it opens."""
    machine.run("find", str(virtual_camera.FOLDER), "-type", "f", "-delete")
    pictures = {"table": scenes.table(frames) / "0.jpg"}
    for visit in visits:
        for shot in SHOTS:
            for attempt in range(_ATTEMPTS):
                folder = scenes.scene(frames, visit, shot, attempt)
                pictures[name(visit, shot, attempt)] = folder / "0.jpg"
    for number, (title, path) in enumerate(pictures.items()):
        machine.put(f"{virtual_camera.FOLDER}/{number:02d}.{title}.jpg", path.read_bytes())
    show(machine, "table")


def name(visit: Visit, shot: Shot, attempt: int) -> str:
    """Name a picture as the virtual camera knows it."""
    return f"{visit.number:02d}-{shot}-{attempt % _ATTEMPTS}"


def show(machine: Machine, title: str) -> None:
    """Put a scene before the camera."""
    machine.put(str(virtual_camera.WANTED), title.encode())
