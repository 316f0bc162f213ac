"""How often copies pass for credentials, and credentials for copies, as ISO/IEC 30107-3 counts it.

`python -m bench.attacks` renders frames into `var/bench/attacks/` once and judges them in one
process on one core. APCER is the share of an instrument's presentations that are taken for true
cards, BPCER the share of true cards that are suspected, both at the shipped threshold, in percent
with their 95 % interval (Wilson). Frames where no credential is found get no score: they are no
response, told apart. The frames are simulated; see docs/attacks.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.attack_frames import (
    ATTACKS,
    INDEPENDENT,
    Presented,
    other_cameras_originals,
    other_renderers_frames,
    own_frames,
)
from bench.report import circumstances, percentile, share, table
from device.inference import attack
from device.inference.attack_judge import TfliteAttackJudge
from device.inference.base import Image, ModelError, Quad
from device.inference.classify import TfliteCardClassifier
from device.inference.detect import TfliteCardDetector
from device.inference.images import read_image
from device.inference.reader import CardReader
from device.inference.reading import Attack
from device.inference.tflite import DEFAULT_MODELS, list_models
from training.presentation_attack.figures import equal_error

LEVELS = ("easy", "medium", "hard")
# Training draws its frames from seeds below a million.
SEED = 20_261_127
_THRESHOLD = 0.5
_BPCER_POINTS = (0.10, 0.05, 0.02, 0.01)


@dataclass(frozen=True, slots=True)
class Judged:
    """One frame: its score and kind, None where no credential was found; the older judge's too."""

    presentation: str
    difficulty: str
    score: float | None
    kind: str | None
    earlier: float | None
    ms: float | None


class _Judges:
    """Hands the reader the network's opinion, and keeps that of colour and raster beside it."""

    def __init__(self, network: TfliteAttackJudge) -> None:
        self._network = network
        self.earlier: float | None = None
        self.ms: float | None = None

    def suspect(self, frame: Image, card: Image, quad: Quad) -> Attack:
        begun = time.thread_time_ns()
        found = self._network.score(frame, card, quad)
        self.ms = (time.thread_time_ns() - begun) / 1e6
        self.earlier = attack.score(frame, card, quad).score
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; 1 when the models do not load."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        models = list_models(options.models, int8=not options.float)
        if "presentation_attack" not in models:
            raise ModelError(f"{options.models} lists no presentation_attack to measure")
        judges = _Judges(TfliteAttackJudge(models["presentation_attack"]))
        reader = CardReader(
            TfliteCardDetector(models["card_detector"]),
            TfliteCardClassifier(models["card_classifier"]),
            None,
            None,
            suspect=judges.suspect,
        )
    except (ModelError, KeyError) as error:
        print(error, file=sys.stderr)
        return 1
    sets: dict[str, list[Judged]] = {}
    for level in options.difficulty:
        for name, frames in _sets(level, options):
            sets.setdefault(name, []).extend(judged(reader, judges, frames))
    if options.json:
        print(json.dumps({name: [asdict(one) for one in found] for name, found in sets.items()}))
        return 0
    for key, value in circumstances().items():
        print(f"{key}: {value}")
    print(f"seed {options.seed}, {'float' if options.float else 'int8'}")
    for name, found in sets.items():
        print(f"\n## {name}\n\n{text(found)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.attacks", description=__doc__)
    parser.add_argument("--count", type=int, default=28, help="cards per difficulty (28)")
    parser.add_argument("--others", type=int, default=0, help="cards of the other renderer (0)")
    parser.add_argument("--independent", type=Path, default=INDEPENDENT, help="its own frames")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--difficulty", nargs="+", choices=LEVELS, default=list(LEVELS))
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS, help="models.toml")
    parser.add_argument("--float", action="store_true", help="the float file instead of int8")
    parser.add_argument("--json", action="store_true", help="every frame as one JSON object")
    return parser


def _sets(level: str, options: argparse.Namespace) -> Iterable[tuple[str, list[Presented]]]:
    yield "Our renderer, our camera", own_frames(level, count=options.count, seed=options.seed)
    if options.others:
        yield (
            "Independent renderer, our camera",
            other_renderers_frames(level, count=options.others, seed=options.seed),
        )
    yield (
        "Independent renderer and camera, true cards only",
        other_cameras_originals(options.independent, level),
    )


def judged(reader: CardReader, judges: _Judges, frames: Iterable[Presented]) -> list[Judged]:
    """Return what the reader says of each frame."""
    found = []
    for frame in frames:
        judges.ms = judges.earlier = None
        suspected = reader.read(read_image(frame.path), today=None).attack
        found.append(
            Judged(
                frame.presentation,
                frame.difficulty,
                suspected.score if suspected is not None else None,
                suspected.kind if suspected is not None else None,
                judges.earlier,
                judges.ms,
            )
        )
    return found


def text(found: Sequence[Judged]) -> str:
    """Return the tables of one set of frames."""
    if not found:
        return "no frames"
    parts = [_rates(found)]
    originals, attacks = _scores(found, attacks=False), _scores(found, attacks=True)
    if len(originals) and len(attacks):
        parts.append(_det(found))
    spent = [one.ms for one in found if one.ms is not None]
    parts.append(
        f"judge: median {percentile(spent, 0.5):.1f} ms, p95 {percentile(spent, 0.95):.1f} ms "
        "of one core"
    )
    return "\n\n".join(parts)


def _rates(found: Sequence[Judged]) -> str:
    levels = [level for level in LEVELS if any(one.difficulty == level for one in found)]
    rows = [["error, %", *levels, "all", "colour and raster", "no response"]]
    for name in ("original", *ATTACKS):
        own = [one for one in found if one.presentation == name]
        if not own:
            continue
        label = "BPCER" if name == "original" else f"APCER {name}"
        cells = [_share([one for one in own if one.difficulty == level]) for level in levels]
        earlier = [one for one in own if one.earlier is not None]
        wrong = sum(_is_wrong(name, one.earlier) for one in earlier)
        silent = sum(one.score is None for one in own)
        rows.append(
            [label, *cells, _share(own), share(wrong, len(earlier)), f"{silent} of {len(own)}"]
        )
    return table(rows)


def _share(own: Sequence[Judged]) -> str:
    answered = [one for one in own if one.score is not None]
    return share(sum(_is_wrong(one.presentation, one.score) for one in answered), len(answered))


def _is_wrong(presentation: str, score: float | None) -> bool:
    assert score is not None
    return (score >= _THRESHOLD) == (presentation == "original")


def _scores(found: Sequence[Judged], *, attacks: bool) -> np.ndarray:
    chosen = [
        one.score
        for one in found
        if one.score is not None and (one.presentation != "original") == attacks
    ]
    return np.array(chosen, np.float32)


def _det(found: Sequence[Judged]) -> str:
    """Return the equal error rate, and what passes where the threshold is moved."""
    originals = np.sort(_scores(found, attacks=False))
    attacks = np.sort(_scores(found, attacks=True))
    rows = [["BPCER, %", "APCER of all, %", "worst kind", "its APCER, %"]]
    for point in _BPCER_POINTS:
        cut = float(np.quantile(originals, 1 - point))
        passed = int((attacks <= cut).sum())
        worst, of, count = max(
            (
                (name, sum(s <= cut for s in own), len(own))
                for name in ATTACKS
                if (own := _kind_scores(found, name))
            ),
            key=lambda row: row[1] / row[2],
        )
        rows.append([f"{100 * point:.0f}", share(passed, len(attacks)), worst, share(of, count)])
    return f"EER {100 * equal_error(originals, attacks):.1f} %\n\n{table(rows)}"


def _kind_scores(found: Sequence[Judged], name: str) -> list[float]:
    return [one.score for one in found if one.presentation == name and one.score is not None]


if __name__ == "__main__":
    sys.exit(main())
