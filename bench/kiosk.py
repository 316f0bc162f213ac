"""How long a citizen waits for the station, and whether it stays as it is through a long day.

`python -m bench.kiosk` starts a centre and a station as their own processes, as `make kiosk` does,
and brings citizens through the screens' own routes without a person's pauses: what is left is the
station's own time. It prints

- the visit from the first frame of the front to *guardado*, and the seal within it, each by its
  median and 95th percentile;
- from SIGKILL in the middle of a visit to the start page again, the pause of whoever starts it
  included;
- the frames per second that the preview reaches on the page of the front;
- the resident memory of the kiosk's processes along the captures. Flat is what it must be.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.report import ROOT, circumstances, percentile
from demo import centre, scenes, stand
from demo.cast import Visit, invent_visits
from demo.kiosk import Guarded, Hooks, Kiosk, bring
from demo.places import Places
from demo.processes import Supervisor
from demo.scenes import Shot
from demo.score import printed_fields
from demo.station import PROGRAM

# Each model twice: later captures repeat these people, whose frames are there already.
_PEOPLE = 14
_MEMORY_AT = 20
_PREVIEW_S = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=500)
    options = parser.parse_args(arguments)
    places = Places(ROOT / "var" / "bench" / "kiosk")
    visits = invent_visits(1, _PEOPLE)
    frames = scenes.frames_folder(ROOT / "var" / "demo" / "frames", 1)
    scenes.take_all(frames, visits, lambda *_: None)
    supervisor = Supervisor(ROOT, lambda text: print(text, file=sys.stderr))
    try:
        ports = stand.start(places, supervisor, frames, visits)
        kiosk = Kiosk(f"http://127.0.0.1:{ports.kiosk}", centre.AUXILIAR, centre.AUXILIAR_PASSWORD)
        kiosk.sign_in()
        process = supervisor.process_id(PROGRAM)
        rate, kilobytes = preview(kiosk, places, frames)
        guarded, memory = [], [(0, resident_mib(process))]
        for number in range(1, options.captures + 1):
            guarded.append(_capture(kiosk, places, frames, visits[number % _PEOPLE]))
            if number % _MEMORY_AT == 0 or number == options.captures:
                memory.append((number, resident_mib(process)))
        restart_s = restart(kiosk, supervisor)
    finally:
        supervisor.stop()
    _report(guarded, memory)
    print(f"preview: {rate:.1f} pictures/s of {kilobytes:.0f} kB, with guidance")
    print(f"from SIGKILL to the start page: {restart_s:.1f} s (to reach: at most 5)")
    return 0


def restart(kiosk: Kiosk, supervisor: Supervisor) -> float:
    """Kill the kiosk in the middle of a visit; give the seconds until it takes the next one."""
    kiosk.page("/")
    kiosk.post("/capture/start")
    began = time.monotonic()
    supervisor.kill(PROGRAM)
    supervisor.wait_until_ready(PROGRAM)
    return time.monotonic() - began


def resident_mib(process: int) -> float:
    """Give the memory that a process and its children hold, shared pages counted once, in MiB."""
    total = 0
    for one in (process, *_children(process)):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def _children(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            yield int(child)


def preview(kiosk: Kiosk, places: Places, frames: Path) -> tuple[float, float]:
    """Give the pictures per second that the page of the front gets, and the kilobytes of one."""
    kiosk.page("/")
    kiosk.post("/capture/start")
    kiosk.page("/capture/consent")
    kiosk.post("/capture/consent", agree="1")
    # A frame nobody's shutter takes: a table with nothing on it costs the detector as much.
    places.show(scenes.table(frames))
    pictures = size = 0
    began = time.monotonic()
    for picture in kiosk.pictures("/stream/front"):
        if not pictures:
            began = time.monotonic()  # what went before was the camera waking up
        pictures, size = pictures + 1, size + len(picture)
        if time.monotonic() - began > _PREVIEW_S:
            break
    kiosk.post("/capture/cancel")
    return (pictures - 1) / (time.monotonic() - began), size / pictures / 1000


def _capture(kiosk: Kiosk, places: Places, frames: Path, visit: Visit) -> Guarded:
    def show(_visit: Visit, shot: Shot, attempt: int) -> None:
        places.show(scenes.scene(frames, visit, shot, attempt))

    printed = printed_fields(scenes.truth(frames, visit))
    return bring(kiosk, visit, Hooks(show=show), printed)


def _report(guarded: Sequence[Guarded], memory: Sequence[tuple[int, float]]) -> None:
    for name, value in circumstances().items():
        print(f"{name}: {value}")
    print(f"{len(guarded)} captures, milliseconds: median, 95th percentile")
    for name, values in (
        ("visit, first frame to guardado", [float(one.visit_ms) for one in guarded]),
        ("seal", [float(one.seal_ms) for one in guarded]),
    ):
        print(f"  {name:32} {percentile(values, 0.5):8.0f} {percentile(values, 0.95):8.0f}")
    print("memory of the kiosk, MiB (proportional set size)")
    for number, mib in memory:
        print(f"  after {number:4d} captures {mib:8.1f}")


if __name__ == "__main__":
    sys.exit(main())
