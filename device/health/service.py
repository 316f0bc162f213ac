"""What the health service leaves: the gauges for the delivery, and the same for Prometheus."""

from __future__ import annotations

from pathlib import Path

from device.health.notes import GAUGES, METRICS, SCREENS, NoteBoard
from device.health.sensors import read_gauges
from wire.exposition import Metric, Sample, expose
from wire.gauges import Gauge

# A counter of Prometheus only grows until its program starts anew.
_COUNTERS = frozenset({Gauge.CAMERA_RESTARTS, Gauge.DISK_ERRORS})


def measure(board: NoteBoard, root: Path, data: Path) -> dict[str, int]:
    """Read all sensors and what the screens said last."""
    found: dict[str, int] = {name.value: value for name, value in read_gauges(root, data).items()}
    screens = board.read(SCREENS)
    if screens is not None:
        # However old: that the screens are silent is what their age is to say.
        found |= board.fresh(SCREENS)
        found[Gauge.KIOSK_AGE_S.value] = screens[1]
    return found


def leave(board: NoteBoard, gauges: dict[str, int]) -> None:
    """Leave the gauges for the delivery and the screens, and for node_exporter's text collector."""
    board.write(GAUGES, gauges)
    board.write_text(METRICS, exposition(gauges))


def exposition(gauges: dict[str, int]) -> str:
    """Write gauges as metrics `acopio_station_…`, one each."""
    return expose(
        Metric(
            f"acopio_station_{name}{'_total' if name in _COUNTERS else ''}",
            "See docs/fleet.md.",
            (Sample(value),),
            "counter" if name in _COUNTERS else "gauge",
        )
        for name, value in sorted(gauges.items())
    )
