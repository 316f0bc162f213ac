"""How often copies pass for credentials and credentials for copies, as ISO/IEC 30107-3 counts it.

`python -m bench.attacks` renders frames into `var/bench/attacks/` once and judges them in one
process on one core, by the listed network and by colour and raster, which judge where no network
is listed. APCER is the share of an instrument's presentations that are taken for true cards, BPCER
the share of true cards that are suspected, both at the threshold that a station obeys, in percent
with their 95 % interval (Wilson). Frames where no credential is found get no score: they are no
response, told apart. The frames are simulated; see docs/attacks.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from device.inference.tflite import DEFAULT_MODELS, ModelFile, list_models
from training.presentation_attack.figures import equal_error

LEVELS = ("easy", "medium", "hard")
# Training draws its frames from seeds below a million.
SEED = 20_261_127
NETWORK, COLOUR_AND_RASTER = "network", "colour and raster"
Suspect = Callable[[Image, Image, Quad], Attack]
_THRESHOLD = 0.5
# What a judge calls an instrument, where it is not the instrument's own name.
_NAMED = {"photocopy_grey": "photocopy", "photocopy_colour": "photocopy", "paper_print": "print"}
_BPCER_POINTS = (0.10, 0.05, 0.02, 0.01)


@dataclass(frozen=True, slots=True)
class Judged:
    """One frame and what each judge says of it; no scores where no credential was found."""

    presentation: str
    difficulty: str
    scores: dict[str, float]
    kinds: dict[str, str | None]
    ms: dict[str, float]


class Judges:
    """Asks every judge about the same card; the reader is told what the first one says."""

    def __init__(self, judges: Mapping[str, Suspect]) -> None:
        self._judges = judges
        self.found: dict[str, Attack] = {}
        self.ms: dict[str, float] = {}

    def suspect(self, frame: Image, card: Image, quad: Quad) -> Attack:
        for name, judge in self._judges.items():
            begun = time.thread_time_ns()
            self.found[name] = judge(frame, card, quad)
            self.ms[name] = (time.thread_time_ns() - begun) / 1e6
        return next(iter(self.found.values()))

    def forget(self) -> None:
        """Make ready for another frame."""
        self.found, self.ms = {}, {}


def judges_of(models: Mapping[str, ModelFile]) -> dict[str, Suspect]:
    """Return the network, where the list has one, and what judges without it."""
    judges: dict[str, Suspect] = {}
    if "presentation_attack" in models:
        judges[NETWORK] = TfliteAttackJudge(models["presentation_attack"]).score
    judges[COLOUR_AND_RASTER] = attack.score
    return judges


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; 1 when the models do not load."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        models = list_models(options.models, int8=not options.float)
        judges = Judges(judges_of(models))
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


def judged(reader: CardReader, judges: Judges, frames: Iterable[Presented]) -> list[Judged]:
    """Return what each judge says of each frame in which the reader finds a credential."""
    found = []
    for frame in frames:
        judges.forget()
        reader.read(read_image(frame.path), today=None)
        found.append(
            Judged(
                frame.presentation,
                frame.difficulty,
                {name: said.score for name, said in judges.found.items()},
                {name: said.kind for name, said in judges.found.items()},
                dict(judges.ms),
            )
        )
    return found


def text(found: Sequence[Judged]) -> str:
    """Return the tables of one set of frames, a part for each judge."""
    if not found:
        return "no frames"
    parts = []
    for judge in (NETWORK, COLOUR_AND_RASTER):
        own = [one for one in found if judge in one.scores]
        if not own:
            continue
        parts += [f"### {judge}", _rates(found, judge)]
        if len(_scores(own, judge, attacks=False)) and len(_scores(own, judge, attacks=True)):
            parts.append(_det(own, judge))
        spent = [one.ms[judge] for one in own]
        parts.append(
            f"median {percentile(spent, 0.5):.1f} ms, p95 {percentile(spent, 0.95):.1f} ms "
            "of one core"
        )
    return "\n\n".join(parts) or "no credential found in any frame"


def _rates(found: Sequence[Judged], judge: str) -> str:
    levels = [level for level in LEVELS if any(one.difficulty == level for one in found)]
    rows = [["error, %", *levels, "all", "named right", "no response"]]
    for name in ("original", *ATTACKS):
        own = [one for one in found if one.presentation == name]
        if not own:
            continue
        label = "BPCER" if name == "original" else f"APCER {name}"
        cells = [_share([one for one in own if one.difficulty == level], judge) for level in levels]
        suspected = [one for one in own if one.scores.get(judge, 0) >= _THRESHOLD]
        named = sum(one.kinds[judge] == _NAMED.get(name, name) for one in suspected)
        silent = sum(not one.scores for one in own)
        right = "" if name == "original" else f"{named} of {len(suspected)}"
        rows.append([label, *cells, _share(own, judge), right, f"{silent} of {len(own)}"])
    return table(rows)


def _share(own: Sequence[Judged], judge: str) -> str:
    answered = [one for one in own if judge in one.scores]
    wrong = sum(_is_wrong(one.presentation, one.scores[judge]) for one in answered)
    return share(wrong, len(answered))


def _is_wrong(presentation: str, score: float) -> bool:
    return (score >= _THRESHOLD) == (presentation == "original")


def _scores(found: Sequence[Judged], judge: str, *, attacks: bool) -> np.ndarray:
    chosen = [
        one.scores[judge]
        for one in found
        if judge in one.scores and (one.presentation != "original") == attacks
    ]
    return np.array(chosen, np.float32)


def _det(found: Sequence[Judged], judge: str) -> str:
    """Return the equal error rate, and what passes where the threshold is moved."""
    originals = np.sort(_scores(found, judge, attacks=False))
    attacks = np.sort(_scores(found, judge, attacks=True))
    rows = [["BPCER, %", "APCER of all, %", "worst kind", "its APCER, %"]]
    for point in _BPCER_POINTS:
        cut = float(np.quantile(originals, 1 - point))
        passed = int((attacks <= cut).sum())
        worst, of, count = max(
            (
                (name, sum(s <= cut for s in own), len(own))
                for name in ATTACKS
                if (own := _kind_scores(found, judge, name))
            ),
            key=lambda row: row[1] / row[2],
        )
        rows.append([f"{100 * point:.0f}", share(passed, len(attacks)), worst, share(of, count)])
    return f"EER {100 * equal_error(originals, attacks):.1f} %\n\n{table(rows)}"


def _kind_scores(found: Sequence[Judged], judge: str, name: str) -> list[float]:
    return [one.scores[judge] for one in found if one.presentation == name and judge in one.scores]


if __name__ == "__main__":
    sys.exit(main())
