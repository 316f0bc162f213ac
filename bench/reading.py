"""Reads frames that no model was trained on, and holds the result beside targets and peers.

`python -m bench.reading` makes its frames in `var/bench/` once, reads them in one process on one
core, and prints tables: every figure to reach with its target, by model and side, by field, the
reliability of confidence, milliseconds by stage. `--set independent` takes the frames of the
renderer that training never saw; `--peers` lets other readers read the same frames afterwards, one
at a time and one thread each. Shares are per cent with their 95 % interval (Wilson). The same
arguments give the same frames.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import cv2

from bench import tables
from bench.calibration import expected_error, reliability
from bench.comparison import Column, comparison, levels_of, speed
from bench.frame_sets import LEVELS, SETS, folder_of
from bench.peers.client import PYTHON, PeerError
from bench.peers.run import PEERS, PeerRun, run_peer
from bench.report import circumstances, percentile
from bench.samples import read_samples
from bench.scoring import Score, score, truths
from bench.sheet import Failure, failure_of, write_sheet
from device.inference.base import ModelError
from device.inference.images import read_image
from device.inference.reader import CardReader, load_reader
from device.inference.tflite import DEFAULT_MODELS

# Training draws its frames from seeds below a million.
SEED = 20_261_123
_DAY = date(2026, 11, 23)
_VARIANTS = {None: "auto", True: "int8", False: "float"}


@dataclass(slots=True)
class Run:
    """Our own reading of all frames."""

    scores: list[Score] = field(default_factory=list)
    previews: list[float] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def cards(self) -> list[Score]:
        return [s for s in self.scores if s.has_card]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; 1 when the models do not load or the frames cannot be made."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        reader = load_reader(options.models, int8=options.int8, now_ns=time.thread_time_ns)
        folders = _folders(options)
    except (ModelError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.samples is not None:
        print(read_samples(reader, options.samples))
        return 0
    run = _read(reader, folders, keep_failures=options.sheet is not None)
    peers, silent = _peers(options, folders)
    report = summary(run, peers, options)
    print(json.dumps(report, ensure_ascii=False) if options.json else text(run, peers, report))
    for name, reason in silent.items():
        print(f"\n{name} was not measured: {reason}", file=sys.stderr if options.json else None)
    if options.mistakes:
        print(tables.mistakes(run.scores))
    if options.sheet is not None:
        written = write_sheet(options.sheet, run.failures)
        print(f"{written} of {len(run.failures)} failures in {options.sheet}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument("--set", choices=SETS, default="rendered", help="which renderer's frames")
    parser.add_argument("--count", type=int, default=112, help="frames per difficulty (112)")
    parser.add_argument("--negatives", type=int, help="frames without a card (a 14th of those)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--difficulty", nargs="+", choices=LEVELS, default=list(LEVELS))
    parser.add_argument(
        "--frames", type=Path, nargs="+", help="folders with truth.jsonl instead of a set"
    )
    parser.add_argument("--samples", type=Path, help="only read a folder of others' samples")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=[], help="read by these too")
    parser.add_argument("--peers-count", type=int, help="frames a difficulty for the peers (all)")
    parser.add_argument("--peers-python", type=Path, default=PYTHON, help="their interpreter")
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS, help="models.toml")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--int8", dest="int8", action="store_const", const=True)
    kind.add_argument("--float", dest="int8", action="store_const", const=False)
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")
    parser.add_argument("--mistakes", action="store_true", help="list every wrong value")
    parser.add_argument("--sheet", type=Path, help="write the failures as one picture (PNG)")
    return parser


def _folders(options: argparse.Namespace) -> list[Path]:
    if options.samples is not None:
        return []
    if options.frames:
        return list(options.frames)
    negatives = max(1, options.count // 14) if options.negatives is None else options.negatives
    return [
        folder_of(options.set, level, count=options.count, negatives=negatives, seed=options.seed)
        for level in options.difficulty
    ]


def _frames(folders: Sequence[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in folders:
        for truth in truths(folder):
            yield folder / truth["frame"], truth


def _read(reader: CardReader, folders: Sequence[Path], *, keep_failures: bool) -> Run:
    run = Run()
    for path, truth in _frames(folders):
        image = read_image(path)
        reading = reader.read(image, today=_DAY)
        scored = score(truth, reading)
        run.scores.append(scored)
        run.previews.append(_preview_ms(reader, image))
        failure = failure_of(path, truth, reading, scored) if keep_failures else None
        if failure is not None:
            run.failures.append(failure)
    return run


def _preview_ms(reader: CardReader, image: Any) -> float:
    """Time the preview on a frame of the preview's size."""
    small = cv2.resize(image, (800, round(800 * image.shape[0] / image.shape[1])))
    begun = time.thread_time_ns()
    reader.preview(small)
    return (time.thread_time_ns() - begun) / 1e6


def _peers(
    options: argparse.Namespace, folders: Sequence[Path]
) -> tuple[list[PeerRun], dict[str, str]]:
    """Return the runs of the peers, helped and not, and why a peer was not measured."""
    frames: list[tuple[Path, dict[str, Any]]] = []
    for folder in folders:
        frames += list(_frames([folder]))[: options.peers_count]
    runs, silent = [], {}
    for name in options.peers:
        try:
            for helped in (True, False):
                print(f"{name}{', true corners' if helped else ''}", file=sys.stderr)
                runs.append(run_peer(name, frames, helped=helped, python=options.peers_python))
        except PeerError as error:
            silent[name] = str(error)
    return runs, silent


def summary(run: Run, peers: Sequence[PeerRun], options: argparse.Namespace) -> dict[str, Any]:
    """Return circumstances, figures and every score of a run."""
    given = [g for s in run.cards for g in s.given]
    return circumstances() | {
        "set": "folders" if options.frames else options.set,
        "seed": options.seed,
        "variant": _VARIANTS[options.int8],
        "frames": len(run.scores),
        "cards": len(run.cards),
        "calibration_error": expected_error(given),
        "ms": {
            stage: [percentile(values, 0.5), percentile(values, 0.95)]
            for stage, values in tables.stages(run.cards, run.previews).items()
        },
        "peers": {p.title: {"version": p.version, "failures": p.failures} for p in peers},
        "scores": [asdict(s) for s in run.scores],
        "peer_scores": {p.title: [asdict(s) for s in p.scores] for p in peers},
    }


def text(run: Run, peers: Sequence[PeerRun], report: dict[str, Any]) -> str:
    """Return the tables for people."""
    columns = [Column("ours, raw frame", run.scores, ours=True)]
    columns += [Column(p.title, p.scores, helped=p.helped) for p in peers]
    parts = [
        "# Reading of frames never trained on\n",
        _circumstances(report),
        comparison(columns),
        "## Milliseconds\n",
        speed(columns),
        "\n## By difficulty\n",
        tables.by_difficulty(run.scores),
        "\n## By model and side\n",
        tables.by_model(run.scores),
    ]
    for level in levels_of(run.scores):
        cards = [s for s in run.cards if s.difficulty == level]
        parts += [f"\n## Fields, {level}\n", tables.by_field(cards)]
    parts += [
        "\n## Reliability of confidence\n",
        reliability([g for s in run.cards for g in s.given]),
        "\n## Milliseconds of one core by stage\n",
        tables.by_stage(run.cards, run.previews),
    ]
    return "\n".join(parts)


def _circumstances(report: dict[str, Any]) -> str:
    line = (
        f"{report['date']}, commit {report['commit']}, {report['machine']}, Python "
        f"{report['python']}, {report['variant']} models, one core, {report['set']} frames, seed "
        f"{report['seed']}: {report['cards']} frames with a credential, "
        f"{report['frames'] - report['cards']} without.\n"
    )
    for title, peer in report["peers"].items():
        line += f"{title}: {peer['version']}; failed on {peer['failures']} frames.\n"
    return line


if __name__ == "__main__":
    sys.exit(main())
