"""Where the time of a reading goes: stages, networks, memory, and the start.

`python -m bench.speed` reads rendered frames on one core and prints milliseconds of the processor
by stage, the arithmetic of each network beside what a core could do at most, and, of a fresh
process, the resident memory and the seconds from its start to its first reading.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import cv2

from bench.arithmetic import Timed, float_peak, int8_factor, timed
from bench.frame_sets import LEVELS, rendered
from bench.reading import SEED
from bench.report import ROOT, circumstances, percentile, table
from bench.scoring import truths
from device.inference.images import read_image
from device.inference.reader import CardReader, load_reader
from device.inference.tflite import DEFAULT_MODELS, list_models

_DAY = date(2026, 11, 23)
_FRESH = """
import resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
begun = time.clock_gettime(time.CLOCK_MONOTONIC)
import cv2
cv2.setNumThreads(1)
from device.inference.images import read_image
from device.inference.reader import load_reader
def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
bare = resident()
reader = load_reader()
loaded_s = time.clock_gettime(time.CLOCK_MONOTONIC) - begun
frames = sys.argv[1:]
reader.read(read_image(Path(frames[0])), today=datetime.now(UTC).date())
first_s = time.clock_gettime(time.CLOCK_MONOTONIC) - begun
first_cpu_s = time.process_time()
for frame in frames:
    reader.read(read_image(Path(frame)), today=datetime.now(UTC).date())
status = Path("/proc/self/status").read_text()
# Not ru_maxrss: it counts what the parent held before this process began.
peak = int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6
print(bare, resident(), peak, loaded_s, first_s, first_cpu_s)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--count", type=int, default=28, help="frames per difficulty (28)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--difficulty", nargs="+", choices=LEVELS, default=["easy", "medium"])
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    told = circumstances()
    print("# Speed of the reading\n")
    print(f"{told['date']}, {told['commit']}, {told['machine']}, Python {told['python']}\n")
    folders = [
        rendered(level, count=options.count, negatives=1, seed=options.seed)
        for level in LEVELS
        if level in options.difficulty
    ]
    frames = [
        (folder / truth["frame"], truth["side"])
        for folder in folders
        for truth in truths(folder)
        if truth["found"]
    ]
    print(_stages(load_reader(now_ns=time.thread_time_ns), frames), "\n")
    print(_networks(), "\n")
    print(_fresh([path for path, _ in frames[:12]]))
    return 0


def _stages(reader: CardReader, frames: Iterable[tuple[object, str]]) -> str:
    times: dict[str, dict[str, list[float]]] = {
        "front": defaultdict(list),
        "back": defaultdict(list),
    }
    previews = []
    for path, side in frames:
        image = read_image(path)  # type: ignore[arg-type]  # a path
        for stage, ms in reader.read(image, today=_DAY).ms.items():
            times[side][stage].append(ms)
        small = cv2.resize(image, (800, round(800 * image.shape[0] / image.shape[1])))
        begun = time.thread_time_ns()
        reader.preview(small)
        previews.append((time.thread_time_ns() - begun) / 1e6)
    names = dict.fromkeys([*times["front"], *times["back"]])
    order = [name for name in names if name != "total"] + ["total"]
    rows = [["stage, ms of one core", "front", "p95", "back", "p95"]]
    for name in order:
        cells = [
            f"{percentile(times[side][name], part):.1f}" if times[side][name] else "–"
            for side in ("front", "back")
            for part in (0.5, 0.95)
        ]
        rows.append([name, *cells])
    middle, late = percentile(previews, 0.5), percentile(previews, 0.95)
    return f"{table(rows)}\n\npreview: median {middle:.1f} ms, p95 {late:.1f} ms"


def _networks() -> str:
    peak = float_peak()
    results: list[Timed] = []
    for int8 in (False, True):
        models = list_models(DEFAULT_MODELS, int8=int8)
        plain = list_models(DEFAULT_MODELS)
        for name, model in models.items():
            if "face" in name or (int8 and plain[name].path == model.path):
                continue
            results.append(timed(model, int8=int8, threads=(1, 2)))
    rows = [
        [
            "network",
            "bits",
            "kB",
            "million multiply-adds",
            "ms",
            "ms, 2 threads",
            "G/s",
            "share of peak",
        ]
    ]
    for one in results:
        most = peak * (int8_factor() if one.int8 else 1)
        rows.append(
            [
                one.name,
                "8" if one.int8 else "32",
                f"{one.kilobytes:.0f}",
                f"{one.operations / 1e6:.0f}",
                f"{one.ms[1]:.2f}",
                f"{one.ms[2]:.2f}",
                f"{one.rate:.0f}",
                f"{100 * one.rate / most:.0f} %",
            ]
        )
    told = (
        f"Peak of one core: {peak:.0f} thousand million multiply-adds a second in float32 (a "
        f"product of matrices, measured), {int8_factor()} times as many with bytes (by its "
        "instructions)."
    )
    return f"{table(rows)}\n\n{told}"


def _fresh(frames: Sequence[object]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _FRESH, *map(str, frames)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    bare, resident, peak, loaded_s, first_s, cpu_s = map(float, done.stdout.split())
    return (
        f"A fresh process: {loaded_s:.2f} s until the networks are loaded, {first_s:.2f} s until "
        f"the first side is read ({cpu_s:.2f} s of the processor). Resident: {bare:.0f} MB with "
        f"the libraries, {resident:.0f} MB after {len(frames) + 1} sides, {peak:.0f} MB at most."
    )


if __name__ == "__main__":
    sys.exit(main())
