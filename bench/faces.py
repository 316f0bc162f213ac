"""How the gate of the live photo judges invented people, and what it costs on one core.

Each kind of photograph has one fault; a row says how often the gate named that fault, how often it
named nothing, and what else it named. Everything is rendered: the figures say that the gate does
what it was built for, not how it treats real people (docs/live-photo.md).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.random import Generator

from bench.report import circumstances, percentile, share, table
from device.camera.base import Image
from device.capture.live_photo import assess, best_of, guide
from device.inference.blaze_face import BlazeFaceFinder
from device.inference.tflite import DEFAULT_MODELS, list_models
from training.backgrounds import background
from training.camera import photograph
from training.clutter import clutter
from training.live_photos import KINDS, Kind, live_photo
from training.negatives import render_negative
from training.render.portrait import Face, invent_face

_PREVIEW = (640, 480)
_FAULTS: dict[Kind, str] = {
    "empty_room": "face.absent",
    "two_people": "face.several",
    "far": "face.small",
    "cut": "face.cut",
    "turned": "face.turned",
    "leaning": "face.turned",
    "sunglasses": "face.eyes_hidden",
    "closed_eyes": "face.eyes_hidden",
    "hair_over_eyes": "face.eyes_hidden",
    "mask": "face.covered",
    "blurred": "face.blurred",
    "dark": "face.dark",
    "bright": "face.bright",
    "side_light": "face.uneven",
    "screen": "face.screen",
    "print": "face.screen",
    "grey_print": "face.screen",
}


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=60, help="invented people per kind (60)")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    finder = BlazeFaceFinder(list_models(DEFAULT_MODELS))
    for name, value in circumstances().items():
        print(f"{name}: {value}")
    print(f"{options.people} people per kind, seed {options.seed}\n")
    print(kinds_table(finder, options.people, options.seed), "\n")
    print(reach_table(finder, options.people, options.seed), "\n")
    print(nobody_table(finder, options.people, options.seed), "\n")
    print(cost_table(finder, options.people, options.seed))


def people(count: int, seed: int, kind: Kind) -> Iterator[tuple[Face, Generator]]:
    """Invent people of both sexes and every age, the same for the same seed."""
    for number in range(count):
        rng = np.random.default_rng([seed, KINDS.index(kind), number])
        age = float(rng.uniform(18, 85))
        yield invent_face(int(rng.integers(1 << 30)), "HM"[number % 2], age), rng


def kinds_table(finder: BlazeFaceFinder, count: int, seed: int) -> str:
    """Return one row for each kind of photograph."""
    rows = [["photograph", "fault", "named", "nothing named", "also named"]]
    for kind in KINDS:
        wanted = _FAULTS.get(kind)
        named: Counter[str] = Counter()
        nothing = 0
        for face, rng in people(count, seed, kind):
            codes = assess(live_photo(kind, face, rng), finder).codes
            named.update(codes)
            nothing += not codes
        others = ", ".join(f"{code[5:]} {n}" for code, n in sorted(named.items()) if code != wanted)
        right = share(named[wanted], count) if wanted else "–"
        rows.append([kind, wanted or "none", right, share(nothing, count), others or "–"])
    return table(rows)


def reach_table(finder: BlazeFaceFinder, count: int, seed: int) -> str:
    """Return how often a face is found in the preview as it gets smaller, blurred and dark."""
    spoils: dict[str, Callable[[Image], Image]] = {
        **{f"face {round(45 * s)} % of the height": _smaller(s) for s in (1.0, 0.5, 0.35, 0.2)},
        **{f"blurred by {sigma} px": _blurred(sigma) for sigma in (2, 4, 6)},
        **{f"light × {gain}": _darker(gain) for gain in (0.3, 0.1, 0.05)},
    }
    rows = [["preview of 640×480", "face found"]]
    for name, spoil in spoils.items():
        found = sum(
            bool(finder.find(spoil(_preview(live_photo("good", face, rng)))))
            for face, rng in people(count, seed, "good")
        )
        rows.append([name, share(found, count)])
    return table(rows)


def nobody_table(finder: BlazeFaceFinder, count: int, seed: int) -> str:
    """Return how often a face is found where nobody is."""
    rng = np.random.default_rng([seed, 99])
    makers: dict[str, Callable[[], Image]] = {
        "empty backgrounds": lambda: background(rng, 960, 1280),
        "backgrounds with things": lambda: _cluttered(rng),
        "cards and papers on a table (some show a portrait)": lambda: (
            photograph(*render_negative(rng), rng).image
        ),
    }
    rows = [["scene", "face found"]]
    for name, make in makers.items():
        found = sum(bool(finder.find(_preview(make()))) for _ in range(count))
        rows.append([name, share(found, count)])
    return table(rows)


def cost_table(finder: BlazeFaceFinder, count: int, seed: int) -> str:
    """Return the processor's milliseconds of one core."""
    images = [live_photo("good", face, rng) for face, rng in people(min(count, 20), seed, "good")]
    previews = [_preview(image) for image in images]
    work: dict[str, Callable[[int], object]] = {
        "find, preview of 640×480": lambda n: finder.find(previews[n]),
        "guidance of one preview frame": lambda n: guide(previews[n], finder),
        "one photo of 1280×960, with its JPEG": lambda n: assess(images[n], finder),
        "burst of three": lambda n: best_of([images[n]] * 3, finder),
    }
    rows = [["milliseconds of one core", "median", "p95"]]
    for name, act in work.items():
        act(0)
        spent = [_cpu_ms(act, number) for number in range(len(images))]
        rows.append([name, f"{percentile(spent, 0.5):.1f}", f"{percentile(spent, 0.95):.1f}"])
    return table(rows)


def _cpu_ms(act: Callable[[int], object], number: int) -> float:
    begun = time.process_time_ns()
    act(number)
    return (time.process_time_ns() - begun) / 1e6


def _preview(image: Image) -> Image:
    return np.asarray(cv2.resize(image, _PREVIEW, interpolation=cv2.INTER_AREA), np.uint8)


def _smaller(scale: float) -> Callable[[Image], Image]:
    def spoil(image: Image) -> Image:
        height, width = image.shape[:2]
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
        whole = np.full_like(image, 110)
        whole[top : top + small.shape[0], left : left + small.shape[1]] = small
        return whole

    return spoil


def _blurred(sigma: float) -> Callable[[Image], Image]:
    return lambda image: np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def _darker(gain: float) -> Callable[[Image], Image]:
    return lambda image: np.asarray(image * gain, np.uint8)


def _cluttered(rng: Generator) -> Image:
    image = background(rng, 960, 1280)
    clutter(image, rng)
    return image


if __name__ == "__main__":
    main()
