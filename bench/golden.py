"""The same frames in two runtimes: does the second lock set read what the first one does?

`python -m bench.golden write` renders frames into `var/bench/golden/` and reads them with the
runtime at hand; `python -m bench.golden compare`, run by another environment, reads the same files
and compares value by value. `make test-tflite-runtime` does both.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import cv2

from bench.report import ROOT, circumstances, percentile
from device.inference.images import read_image
from device.inference.reader import load_reader

FOLDER = ROOT / "var" / "bench" / "golden"
SEED = 20_261_127
_DAY = date(2026, 11, 27)
_LEAST_ALIKE = 0.98


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or compare; 1 when fewer values agree than must."""
    parser = argparse.ArgumentParser(prog="python -m bench.golden", description=__doc__)
    parser.add_argument("action", choices=["write", "compare"])
    parser.add_argument("--count", type=int, default=14, help="frames of one difficulty (14)")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    if options.action == "write":
        frames = _rendered(options.count)
        told = _read(frames, int8=False)
        (FOLDER / "read.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        print(_summary(told))
        return 0
    expected = json.loads((FOLDER / "read.json").read_text(encoding="utf-8"))
    told = _read([FOLDER / name for name in expected["frames"]], int8=False)
    print(_summary(expected), _summary(told), sep="\n")
    alike, differing, values = _compared(expected["frames"], told["frames"])
    print(f"{alike} of {values} values alike; differing: {', '.join(differing) or 'none'}")
    return 0 if values and alike >= _LEAST_ALIKE * values else 1


def _rendered(count: int) -> list[Path]:
    from training.frames import write_frames

    frames = []
    for level in ("easy", "medium"):
        truths = write_frames(FOLDER / level, count=count, seed=SEED, difficulty=level)
        frames += [FOLDER / level / truth["frame"] for truth in truths]
    return frames


def _read(frames: Sequence[Path], *, int8: bool) -> dict[str, Any]:
    reader = load_reader(int8=int8)
    told, times = {}, []
    for path in frames:
        begun = time.thread_time_ns()
        reading = reader.read(read_image(path), today=_DAY)
        times.append((time.thread_time_ns() - begun) / 1e6)
        line = reading.to_json(frame=path.name)
        kept = {"found", "side", "model", "fields", "mrz", "barcodes"}
        told[path.relative_to(FOLDER).as_posix()] = {k: v for k, v in line.items() if k in kept}
    return {"versions": _versions(), "ms": percentile(times, 0.5), "frames": told}


def _versions() -> dict[str, str]:
    found = {"python": circumstances()["python"]}
    for name in ("ai-edge-litert", "tflite-runtime", "numpy", "opencv-python-headless"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _summary(told: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    return f"{versions}: {len(told['frames'])} frames, median {told['ms']:.0f} ms a side"


def _compared(
    expected: dict[str, dict[str, Any]], told: dict[str, dict[str, Any]]
) -> tuple[int, list[str], int]:
    alike, values, differing = 0, 0, []
    for frame, first in expected.items():
        one, other = _flat(first), _flat(told[frame])
        for name in sorted(one.keys() | other.keys()):
            values += 1
            if one.get(name) == other.get(name):
                alike += 1
            else:
                differing.append(f"{frame} {name}")
    return alike, differing, values


def _flat(reading: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = reading["fields"]
    return {name: value for name, value in reading.items() if name != "fields"} | fields


if __name__ == "__main__":
    sys.exit(main())
