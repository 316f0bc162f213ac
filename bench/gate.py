"""How well the quality gate tells pictures that can be read from those that cannot.

`python -m bench.gate` photographs invented cards with each fault from none of it to far too much
(`gate_frames`), says for each frame what can be read of it (`gate_truth`), and prints how many of
either kind the gate refuses: after reading a still, and before, in the preview that opens the
shutter. A cause is named where the code of the fault that was simulated is among those given.
`--frames` judges folders of `bench.independent` instead. Shares are percent with their 95 %
interval (Wilson). The limits were set on frames of seed 11.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import get_args

import cv2
import numpy as np

from bench.gate_frames import FAULTS, faulty_frame
from bench.gate_truth import Printed, Truth, of_faulty, of_line, truth_of
from bench.report import circumstances, percentile, share, table
from device.inference.base import Image, Quad, TextRecogniser
from device.inference.images import grey_of, read_image
from device.inference.quality import measure
from device.inference.reader import CardReader, load_reader
from device.inference.recognise import TfliteTextRecogniser
from device.inference.rectify import rectify
from device.inference.sharpness import HEIGHT_PX, WIDTH_PX
from device.inference.tflite import DEFAULT_MODELS, list_models

_DAY = date(2026, 11, 27)
_STILL_SCALE = 2.0  # previews of 640 pixels, stills of 1280
_CAUSES: dict[str, frozenset[str]] = {
    "defocus": frozenset({"quality.blurred"}),
    "motion": frozenset({"quality.motion"}),
    "dark": frozenset({"quality.dark"}),
    "bright": frozenset({"quality.bright"}),
    "glare": frozenset({"quality.glare"}),
    "finger": frozenset({"card.covered"}),
    "cut": frozenset({"card.cut"}),
    "small": frozenset({"card.too_small"}),
    "tilt": frozenset({"card.tilted"}),
}


@dataclass(frozen=True)
class Judged:
    """One frame: what is so, and what the gate said of the still and of the preview."""

    name: str
    kind: str
    faults: frozenset[str]
    truth: Truth
    still: tuple[str, ...]
    preview: tuple[str, ...]
    preview_ms: float

    @property
    def is_named(self) -> bool:
        """Say whether one of the faults that were simulated is among the codes."""
        return any(_CAUSES[fault] & set(self.still) for fault in self.faults)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the tables."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    reader = load_reader(still_scale=_STILL_SCALE)
    helped = TfliteTextRecogniser(list_models(DEFAULT_MODELS, int8=False)["text_recogniser"])
    source = _folders(options.frames) if options.frames else _faulty(options.seed, options.count)
    judged = []
    for frame in source:
        judged.append(_judged(reader, helped, *frame))
        if len(judged) % 28 == 0:
            print(f"{len(judged)} frames, {judged[-1].name}", file=sys.stderr, flush=True)
    for name, value in circumstances().items():
        print(f"{name}: {value}")
    print(f"seed {options.seed}\n" if not options.frames else "")
    print(text(judged))
    print("\n## Milliseconds of one core\n\n" + _costs(judged))
    if options.mistakes:
        print("\n".join(_mistakes(judged)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.gate", description=__doc__)
    parser.add_argument("--count", type=int, default=56, help="frames per fault (56)")
    parser.add_argument("--seed", type=int, default=29)
    parser.add_argument("--frames", type=Path, nargs="+", help="folders with truth.jsonl")
    parser.add_argument("--mistakes", action="store_true", help="list every frame judged wrong")
    return parser


Source = tuple[str, str, frozenset[str], Image, Callable[[], Printed]]


def _faulty(seed: int, count: int) -> Iterator[Source]:
    for fault in FAULTS:
        total = 2 * count if fault == "mixed" else count
        for number in range(total):
            frame = faulty_frame(seed, fault, number, count=total)
            faults = frozenset(name for name, amount in frame.faults.items() if amount > 0.1)
            yield f"{fault}-{number:03d}", fault, faults, frame.image, partial(of_faulty, frame)


def _folders(folders: Sequence[Path]) -> Iterator[Source]:
    for folder in folders:
        for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
            truth = json.loads(line)
            if truth["found"] and truth.get("presentation", "original") == "original":
                image = read_image(folder / truth["frame"])
                yield (
                    f"{folder.name}/{truth['frame']}",
                    truth["difficulty"],
                    frozenset(),
                    image,
                    partial(of_line, truth),
                )


def _judged(
    reader: CardReader,
    helped: TextRecogniser,
    name: str,
    kind: str,
    faults: frozenset[str],
    image: Image,
    printed: Callable[[], Printed],
) -> Judged:
    reading = reader.read(image, today=_DAY)
    truth = truth_of(printed(), image, reading, helped)
    width = round(image.shape[1] / _STILL_SCALE)
    size = (width, round(image.shape[0] / _STILL_SCALE))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    begun = time.thread_time_ns()
    preview = reader.preview(small)
    ms = (time.thread_time_ns() - begun) / 1e6
    return Judged(name, kind, faults, truth, reading.reasons, preview.reasons, ms)


def text(judged: Sequence[Judged]) -> str:
    """Return the table: one row for each fault, and one for all."""
    kinds = list(dict.fromkeys(j.kind for j in judged))
    rows = [
        ["fault", "readable", "refused", "in preview", "unreadable", "rejected", "in preview",
         "cut", "rejected", "doubtful", "rejected", "cause named"]
    ]  # fmt: skip
    groups = [(kind, [j for j in judged if j.kind == kind]) for kind in kinds]
    for kind, group in [*groups, ("all", list(judged))]:
        of = {truth: [j for j in group if j.truth == truth] for truth in get_args(Truth)}
        row = [kind]
        for truth in ("readable", "unreadable"):
            frames = of[truth]
            row += [
                str(len(frames)),
                share(sum(bool(j.still) for j in frames), len(frames)),
                share(sum(bool(j.preview) for j in frames), len(frames)),
            ]
        for truth in ("cut", "doubtful"):
            frames = of[truth]
            row += [str(len(frames)), share(sum(bool(j.still) for j in frames), len(frames))]
        rejected = [j for j in group if j.truth != "readable" and j.still and j.faults]
        rows.append([*row, share(sum(j.is_named for j in rejected), len(rejected))])
    return table(rows)


def _costs(judged: Sequence[Judged]) -> str:
    rng = np.random.default_rng(3)
    card = rng.integers(0, 255, (HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    quad = Quad(((60, 60), (540, 60), (540, 363), (60, 363)))
    frame = rng.integers(0, 255, (480, 640, 3), np.uint8)
    work: dict[str, Callable[[], object]] = {
        "the gate's measures of one preview": lambda: measure(
            card, grey_of(card), quad, (480, 640), {}
        ),
        "the card of a preview, flat": lambda: rectify(
            frame, quad, width=WIDTH_PX, height=HEIGHT_PX
        ),
    }
    rows = [["", "median", "p95"]]
    for name, act in work.items():
        spent = [_cpu_ms(act) for _ in range(60)]
        rows.append([name, f"{percentile(spent, 0.5):.2f}", f"{percentile(spent, 0.95):.2f}"])
    whole = [j.preview_ms for j in judged]
    rows.append(
        ["a whole preview step", f"{percentile(whole, 0.5):.2f}", f"{percentile(whole, 0.95):.2f}"]
    )
    return table(rows)


def _cpu_ms(act: Callable[[], object]) -> float:
    begun = time.thread_time_ns()
    act()
    return (time.thread_time_ns() - begun) / 1e6


def _mistakes(judged: Sequence[Judged]) -> Iterator[str]:
    for one in judged:
        if one.truth == "readable" and (one.still or one.preview):
            yield f"{one.name}: readable; still {one.still}, preview {one.preview}"
        if one.truth in ("unreadable", "cut") and not one.still:
            yield f"{one.name}: {one.truth}, taken"


if __name__ == "__main__":
    sys.exit(main())
