"""Reads rendered frames that no model was trained on, and prints what came of it.

`python -m bench.reading` renders frames into `var/bench/reading/` once, reads them in one process
on one core, and prints tables: by difficulty, by model and side, by field, and milliseconds of the
processor by stage. Shares are percent with their 95 % interval (Wilson). The same arguments give
the same frames.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import cv2

from bench.report import ROOT, circumstances, percentile, share, table
from bench.scoring import CONFIDENT, Score, score, truths
from device.inference.base import ModelError
from device.inference.images import read_image
from device.inference.reader import CardReader, load_reader
from device.inference.tflite import DEFAULT_MODELS
from domain.credential.fields import FIELD_NAMES

LEVELS = ("easy", "medium", "hard")
# Training draws its frames from seeds below a million.
SEED = 20_261_123
_DAY = date(2026, 11, 23)
_NAMES = ("nombres", "apellido_paterno", "apellido_materno")
_VARIANTS = {None: "auto", True: "int8", False: "float"}
_CODES = ("clave_elector", "curp", "cic", "numero_ocr")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; 1 when the models do not load."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        reader = load_reader(options.models, int8=options.int8, now_ns=time.thread_time_ns)
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    scores: list[Score] = []
    previews: list[float] = []
    for level in options.difficulty:
        folder = rendered(level, count=options.count, seed=options.seed)
        for truth in truths(folder):
            image = read_image(folder / truth["frame"])
            scores.append(score(truth, reader.read(image, today=_DAY)))
            previews.append(_preview_ms(reader, image))
    report = summary(scores, previews, seed=options.seed, variant=_VARIANTS[options.int8])
    if options.json:
        print(json.dumps(report | {"frames": [asdict(s) for s in scores]}, ensure_ascii=False))
    else:
        print(text(scores, previews, report))
    if options.mistakes:
        print(_mistakes(scores))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument("--count", type=int, default=112, help="frames per difficulty (112)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--difficulty", nargs="+", choices=LEVELS, default=list(LEVELS))
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS, help="models.toml")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--int8", dest="int8", action="store_const", const=True)
    kind.add_argument("--float", dest="int8", action="store_const", const=False)
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")
    parser.add_argument("--mistakes", action="store_true", help="list every wrong value")
    return parser


def rendered(level: str, *, count: int, seed: int) -> Path:
    """Return the folder of frames of one difficulty, rendered on first use."""
    from training.frames import write_frames

    folder = ROOT / "var" / "bench" / "reading" / f"{level}-{seed}-{count}"
    done = folder / "done"
    if not done.exists():
        negatives = max(1, count // 14)
        frames = write_frames(folder, count=count, seed=seed, difficulty=level, negatives=negatives)
        for number, _ in enumerate(frames, start=1):
            if number % 28 == 0:
                print(f"{level}: {number} of {count + negatives} frames", file=sys.stderr)
        done.touch()
    return folder


def _preview_ms(reader: CardReader, image: Any) -> float:
    """Time the preview on a frame of the preview's size."""
    small = cv2.resize(image, (800, round(800 * image.shape[0] / image.shape[1])))
    begun = time.thread_time_ns()
    reader.preview(small)
    return (time.thread_time_ns() - begun) / 1e6


def summary(
    scores: Sequence[Score], previews: Sequence[float], *, seed: int, variant: str
) -> dict[str, Any]:
    """Return the circumstances and the counts of a run."""
    cards = [s for s in scores if s.has_card]
    return circumstances() | {
        "seed": seed,
        "variant": variant,
        "frames": len(scores),
        "cards": len(cards),
        "ms": {
            stage: [percentile(values, 0.5), percentile(values, 0.95)]
            for stage, values in _timings(cards, previews).items()
        },
    }


def text(scores: Sequence[Score], previews: Sequence[float], report: dict[str, Any]) -> str:
    """Return the tables for people."""
    cards = [s for s in scores if s.has_card]
    levels = [level for level in LEVELS if any(s.difficulty == level for s in scores)]
    parts = [
        "# Reading of rendered frames\n",
        _circumstances(scores, report),
        "## By difficulty\n",
        _groups([(level, [s for s in scores if s.difficulty == level]) for level in levels]),
        "\n## By model and side\n",
        _groups(
            [
                (f"{model} {side}", [s for s in cards if (s.model, s.side) == (model, side)])
                for model in sorted({s.model for s in cards})
                for side in ("front", "back")
            ]
        ),
    ]
    for level in levels:
        parts += [f"\n## Fields, {level}\n", _fields([s for s in cards if s.difficulty == level])]
    parts += ["\n## Milliseconds of one core by stage\n", _times(cards, previews)]
    return "\n".join(parts)


def _circumstances(scores: Sequence[Score], report: dict[str, Any]) -> str:
    cards = report["cards"]
    models = report["variant"]
    return (
        f"{report['date']}, commit {report['commit']}, {report['machine']}, Python "
        f"{report['python']}, {models} models, one core, seed {report['seed']}: {cards} frames "
        f"with a credential, {len(scores) - cards} without.\n"
    )


def _groups(groups: Iterable[tuple[str, Sequence[Score]]]) -> str:
    rows = [
        ["", "cards", "found", "false finds", "corner error %", "p95", "side", "model", "mrz exact",
         "codes exact", "names exact", "barcodes", "wrong", "confident", "passing"]
    ]  # fmt: skip
    for name, group in groups:
        cards = [s for s in group if s.has_card]
        found = [s for s in cards if s.found]
        others = [s for s in group if not s.has_card]
        errors = [100 * s.corner_error for s in found if s.corner_error is not None]
        given = sum(o != "abstained" for s in cards for o in s.outcomes.values())
        wrong = [m for s in cards for m in s.mistakes]
        rows.append(
            [
                name,
                str(len(cards)),
                share(len(found), len(cards)),
                f"{sum(s.found for s in others)}/{len(others)}",
                f"{percentile(errors, 0.5):.2f}",
                f"{percentile(errors, 0.95):.2f}",
                share(sum(s.side_right for s in cards), len(cards)),
                share(sum(s.model_right for s in cards), len(cards)),
                _exact(cards, ("mrz",)),
                _exact(cards, _CODES),
                _exact(cards, _NAMES),
                share(sum(s.barcodes_read for s in cards), sum(s.barcodes_printed for s in cards)),
                share(len(wrong), given),
                str(sum(m.confidence >= CONFIDENT for m in wrong)),
                str(sum(m.passes_checks for m in wrong)),
            ]
        )
    return table(rows)


def _exact(cards: Sequence[Score], names: Sequence[str]) -> str:
    outcomes = [s.outcomes[name] for s in cards for name in names if name in s.outcomes]
    return share(outcomes.count("exact"), len(outcomes))


def _fields(cards: Sequence[Score]) -> str:
    rows = [["field", "printed", "exact", "abstained", "wrong", "wrong and confident"]]
    for name in (*FIELD_NAMES, "mrz"):
        counts = Counter(s.outcomes[name] for s in cards if name in s.outcomes)
        total = sum(counts.values())
        if not total:
            continue
        confident = sum(
            m.field == name and m.confidence >= CONFIDENT for s in cards for m in s.mistakes
        )
        rows.append(
            [
                name,
                str(total),
                share(counts["exact"], total),
                f"{100 * counts['abstained'] / total:.1f}",
                share(counts["wrong"], total),
                str(confident),
            ]
        )
    return table(rows)


def _timings(cards: Sequence[Score], previews: Sequence[float]) -> dict[str, list[float]]:
    stages: dict[str, list[float]] = {}
    for one in cards:
        for stage, value in one.ms.items():
            name = f"total {one.side}" if stage == "total" else stage
            stages.setdefault(name, []).append(value)
    return stages | {"preview": list(previews)}


def _times(cards: Sequence[Score], previews: Sequence[float]) -> str:
    rows = [["stage", "median", "p95"]]
    for stage, values in _timings(cards, previews).items():
        rows.append([stage, f"{percentile(values, 0.5):.1f}", f"{percentile(values, 0.95):.1f}"])
    return table(rows)


def _mistakes(scores: Sequence[Score]) -> str:
    return "\n".join(
        f"{s.frame} {s.difficulty} {m.field}: printed {m.printed!r}, read {m.read!r}, "
        f"confidence {m.confidence:.3f}{', passes its checks' if m.passes_checks else ''}"
        for s in scores
        for m in s.mistakes
    )


if __name__ == "__main__":
    sys.exit(main())
