"""How well the station finds the credential: corners, side, turn, model, and what is none.

`make bench-finding` renders its frames once (`bench/finding_scenes.py`) and prints shares with
their 95 % intervals. A card is found where the quad covers it with an intersection over union of
0.9 or more; at 0.97 its print can be read. `--frames DIR` measures a folder of frames with their
truth instead.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from bench.finding_scenes import SCENES, frames
from bench.report import circumstances, percentile, share, table
from bench.scoring import truths
from device.inference.images import read_image
from device.inference.reader import CardReader, load_reader
from device.inference.reading import Reading
from device.inference.tflite import DEFAULT_MODELS

SEED = 550_127  # of no training and of no threshold
LEAST_IOU, EXACT_IOU = 0.9, 0.97
_DAY = date(2026, 11, 23)
Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame's truth and what the reader made of it."""

    truth: dict[str, Any]
    found: bool
    reasons: tuple[str, ...]
    iou: float
    error: float  # of the worst corner, in per cent of the card's diagonal
    turned: int  # quarters by which the corners' order is off
    side: str | None
    model: str | None
    accepted: bool
    ms: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    reader = load_reader(options.models, now_ns=time.thread_time_ns)
    groups: dict[str, list[Seen]] = {}
    for folder in options.frames:
        pictures = ((truth, read_image(folder / truth["frame"])) for truth in truths(folder))
        groups[folder.name] = list(_seen(reader, pictures))
    for scene in () if options.frames else options.scenes:
        count = options.count * 2 if scene == "none" else options.count
        groups[scene] = list(_seen(reader, frames(scene, seed=options.seed, count=count)))
    facts = circumstances()
    print("# Finding the card\n")
    print(", ".join(f"{name} {value}" for name, value in facts.items()), f"seed {options.seed}\n")
    print(_scenes(groups))
    for title, rows in _details([s for group in groups.values() for s in group]):
        print(f"\n## {title}\n")
        print(rows)
    if options.mistakes:
        print("\n".join(_mistakes(groups)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.finding", description=__doc__)
    parser.add_argument("--count", type=int, default=112, help="frames a scene (112)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scenes", nargs="+", choices=[*SCENES, "none"], default=[*SCENES, "none"])
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS, help="models.toml")
    parser.add_argument("--frames", nargs="+", type=Path, default=[], help="folders of frames")
    parser.add_argument("--mistakes", action="store_true", help="list every frame that fails")
    return parser


def _seen(reader: CardReader, pictures: Iterable[tuple[dict[str, Any], Image]]) -> Iterator[Seen]:
    for truth, image in pictures:
        yield judge(truth, reader.read(image, today=_DAY))


def judge(truth: dict[str, Any], reading: Reading) -> Seen:
    """Hold what the reader said of a frame against its truth."""
    ms = sum(reading.ms.get(stage, 0.0) for stage in ("detect", "classify"))
    side = reading.side.value if reading.side is not None else None
    model = reading.model.value if reading.model is not None else None
    overlap, worst, turned = 0.0, float("nan"), 0
    if truth["found"] and reading.quad is not None:
        printed = np.asarray(truth["corners"], np.float64)
        quad = reading.quad.array()
        overlap = iou(printed, quad)
        distances = [
            np.linalg.norm(np.roll(quad, turn, axis=0) - printed, axis=1).max() for turn in range(4)
        ]
        turned = int(np.argmin(distances))
        worst = 100 * float(min(distances)) / float(np.linalg.norm(printed[2] - printed[0]))
    return Seen(
        truth, reading.found, reading.reasons, overlap, worst, turned, side, model,
        reading.accepted, ms,
    )  # fmt: skip


def iou(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    """Return intersection over union of two convex quads."""
    a, b = first.astype(np.float32), second.astype(np.float32)
    common, _ = cv2.intersectConvexConvex(a, b)
    return float(common) / (cv2.contourArea(a) + cv2.contourArea(b) - float(common))


def is_told(truth: dict[str, Any]) -> bool:
    """Say whether anything printed on the side tells its model from all others.

    Backs of D to F, and of G and H, differ in a line with the authority's name that many do not
    print, and in the years; fronts of G and of 2026's model of that year in nothing.
    """
    if "header" not in truth:
        return False
    model = truth["model"]
    if model == "C":
        return True
    issued = 2000 + int(str(truth["vigencia"])[-2:]) - 10
    if truth["side"] == "front":
        return not (model in ("G", "new") and issued == 2026)
    by_year = {"D": issued == 2013, "E": issued == 2015}
    return bool(truth["header"]) or model == "new" or by_year.get(model, False)


def _is_placed(seen: Seen) -> bool:
    return seen.found and seen.iou >= LEAST_IOU


def _is_exact(seen: Seen) -> bool:
    return seen.found and seen.iou >= EXACT_IOU


def _is_side(seen: Seen) -> bool:
    return _is_placed(seen) and seen.side == seen.truth["side"]


def _is_model(seen: Seen) -> bool:
    return _is_side(seen) and seen.model == seen.truth["model"]


def _is_turn(seen: Seen) -> bool:
    return _is_placed(seen) and seen.turned == 0


def _share(group: Sequence[Seen], good: Callable[[Seen], bool]) -> str:
    return share(sum(map(good, group)), len(group))


def _scenes(groups: dict[str, list[Seen]]) -> str:
    rows = [["scene", "cards", "IoU ≥ 0.9", "IoU ≥ 0.97", "corner %", "p95", "own way up", "side",
             "model", "model, if told", "taken for one", "ms"]]  # fmt: skip
    for name, group in groups.items():
        cards = [s for s in group if s.truth["found"]]
        others = [s for s in group if not s.truth["found"]]
        errors = [s.error for s in cards if _is_placed(s)]
        rows.append(
            [
                name,
                str(len(cards)),
                _share(cards, _is_placed),
                _share(cards, _is_exact),
                f"{percentile(errors, 0.5):.2f}",
                f"{percentile(errors, 0.95):.2f}",
                _share(cards, _is_turn),
                _share(cards, _is_side),
                _share(cards, _is_model),
                _share([s for s in cards if is_told(s.truth)], _is_model),
                f"{sum(s.found for s in others)}/{len(others)}" if others else "–",
                f"{percentile([s.ms for s in group], 0.5):.1f}",
            ]
        )
    return table(rows)


def _details(seen: Sequence[Seen]) -> Iterator[tuple[str, str]]:
    cards = [s for s in seen if s.truth["found"]]
    if any("turn_deg" in s.truth for s in cards):
        yield "By turn of the card", _by("degrees", cards, _octant, _is_placed, _is_turn)
    if cards:
        yield "By model and side", _by("model", cards, _kind, _is_placed, _is_side, _is_model)
        yield "Taken for another model", _confused(cards)
    others = [s for s in seen if not s.truth["found"] and "kind" in s.truth]
    if others:
        yield "What is no credential", _by("kind", others, _what, _taken, _passed)


def _taken(seen: Seen) -> bool:
    return seen.found


def _passed(seen: Seen) -> bool:
    return seen.accepted


def _what(seen: Seen) -> str:
    return str(seen.truth["kind"])


def _kind(seen: Seen) -> str:
    return f"{seen.truth['model']} {seen.truth['side']}"


def _octant(seen: Seen) -> str:
    angle = round(float(seen.truth.get("turn_deg", 0)) / 45) * 45 % 360
    return f"{angle:3d} ± 22"


def _by(
    title: str,
    seen: Sequence[Seen],
    key: Callable[[Seen], str],
    *questions: Callable[[Seen], bool],
) -> str:
    rows = [[title, "frames", *(_NAMES[question] for question in questions)]]
    for value in sorted({key(s) for s in seen}):
        group = [s for s in seen if key(s) == value]
        rows.append([value, str(len(group)), *(_share(group, question) for question in questions)])
    return table(rows)


_NAMES: dict[Callable[[Seen], bool], str] = {
    _is_placed: "IoU ≥ 0.9",
    _is_turn: "own way up",
    _is_side: "side",
    _is_model: "model",
    _taken: "taken for one",
    _passed: "and passed the gate",
}


def _confused(cards: Sequence[Seen]) -> str:
    counts = Counter(
        (f"{s.truth['side']} {s.truth['model']}", str(s.model))
        for s in cards
        if _is_side(s) and not _is_model(s)
    )
    rows = [["printed", "said", "frames"]]
    rows += [[printed, said, str(count)] for (printed, said), count in counts.most_common(12)]
    return table(rows)


def _mistakes(groups: dict[str, list[Seen]]) -> Iterator[str]:
    for name, group in groups.items():
        for s in group:
            if not s.truth["found"]:
                if s.found:
                    yield f"{name} {s.truth['frame']}: {s.truth.get('kind')} taken for {s.side}"
            elif not _is_model(s) or not _is_turn(s):
                yield (
                    f"{name} {s.truth['frame']}: {_kind(s)} iou {s.iou:.3f} error {s.error:.1f} "
                    f"turn {s.turned} said {s.side} {s.model} {' '.join(s.reasons)}"
                )


if __name__ == "__main__":
    sys.exit(main())
