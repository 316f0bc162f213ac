"""Commands of the recogniser's training. Each takes seeds and leaves its result on disk.

    python -m training.text_recogniser all --seed 1          everything below, in order
    python -m training.text_recogniser lines --seed 1        render synthetic lines
    python -m training.text_recogniser crops --seed 1        cut lines from the pool of cards
    python -m training.text_recogniser photographs --seed 1  cut lines from photographs of them
    python -m training.text_recogniser train --seed 1 --minutes 100   on all three
    python -m training.text_recogniser release               export, measure, register
    python -m training.text_recogniser evaluate              figures of the checkpoint

The pool of cards comes from `python -m training.pool`. Work files lie under `training/work/`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from training.pool import write_pool
from training.text_recogniser import held_out
from training.text_recogniser.batches import Source
from training.text_recogniser.cards import CardLines
from training.text_recogniser.evaluate import by_kind, read_lines
from training.text_recogniser.lines import Line
from training.text_recogniser.net import TextRecogniser
from training.text_recogniser.photographs import PhotographedLines
from training.text_recogniser.release import release
from training.text_recogniser.shards import render
from training.text_recogniser.train import Settings, load, train
from training.text_recogniser.typefaces import missing

WORK = Path("training/work")
LINES_PER_SHARD = 4000
# The folders of shards and their shares of the lines that a training run sees.
_SHARES = {"synthetic": 0.4, "cards": 0.2, "photographs": 0.4}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.text_recogniser",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30, help="wall clock of one training run")
    parser.add_argument("--shards", type=int, default=45, help="files of 4,000 lines")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--pool", type=Path, default=WORK / "pool")
    parser.add_argument("--cards", type=int, default=2000, help="cards in the pool")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rate", type=float, default=None, help="first learning rate")
    parser.add_argument("--threads", type=int, default=2, help="of one training run")
    parser.add_argument("--checkpoint", type=Path, default=WORK / "text_recogniser" / "net.pt")
    parser.add_argument("--start-from", type=Path, default=None, help="a checkpoint to go on from")
    parser.add_argument(
        "--described",
        default=f"python -m training.text_recogniser {' '.join(arguments)}",
        help="the commands that led to the checkpoint, for its card",
    )
    options = parser.parse_args(arguments)
    COMMANDS[options.command](options)
    return 0


def _lines(options: argparse.Namespace) -> None:
    if missing():
        print(f"typefaces not installed: {', '.join(missing())}", file=sys.stderr)
    render(
        WORK / "lines" / "synthetic",
        range(options.first, options.first + options.shards),
        seed=options.seed,
        lines_per_shard=LINES_PER_SHARD,
        processes=options.processes,
    )


def _crops(options: argparse.Namespace) -> None:
    pool = options.pool
    write_pool(pool, count=options.cards, seed=1, processes=options.processes)
    count = len(list(pool.glob("*.json")))
    render(
        WORK / "lines" / "cards",
        range(options.first, options.first + options.shards),
        seed=options.seed,
        lines_per_shard=LINES_PER_SHARD,
        draw=CardLines(pool, 0, count - held_out.POOL_CARDS),
        processes=options.processes,
    )


def _photographs(options: argparse.Namespace) -> None:
    pool = options.pool
    count = len(list(pool.glob("*.json")))
    render(
        WORK / "lines" / "photographs",
        range(options.first, options.first + options.shards),
        seed=options.seed,
        lines_per_shard=LINES_PER_SHARD,
        draw=PhotographedLines(pool, 0, count - held_out.POOL_CARDS),
        processes=options.processes,
    )


def _train(options: argparse.Namespace) -> None:
    train(
        [(Source(WORK / "lines" / name), share) for name, share in _SHARES.items()],
        Settings(
            options.seed,
            options.minutes,
            learning_rate=options.rate or 2e-3,
            threads=options.threads,
        ),
        options.checkpoint,
        _held_out("hard")[::3],
        start_from=options.start_from,
    )


def _release(options: argparse.Namespace) -> None:
    metrics = release(
        options.checkpoint,
        held_out.load(WORK / "lines" / "held_out", WORK / "pool"),
        command=options.described,
        today=datetime.now(UTC).date(),
    )
    for name, value in metrics.items():
        print(name, value.get("all", value) if isinstance(value, dict) else value)


def _evaluate(options: argparse.Namespace) -> None:
    network = TextRecogniser()
    load(options.checkpoint, network)
    for name, lines in held_out.load(WORK / "lines" / "held_out", WORK / "pool").items():
        texts = read_lines(network, lines)
        for kind, report in by_kind(lines, texts).items():
            print(f"{name:10} {kind:14} {report.lines:5} {report.cer:.4f} {report.exact:.4f}")
        wrong = [(line.text, text) for line, text in zip(lines, texts, strict=True)]
        for true, text in [pair for pair in wrong if pair[0] != pair[1]][:20]:
            print(f"    {true!r} read as {text!r}")


def _all(options: argparse.Namespace) -> None:
    for step in (_lines, _crops, _photographs, _train, _release):
        step(options)


def _held_out(name: str) -> list[Line]:
    return held_out.load(WORK / "lines" / "held_out", WORK / "pool")[name]


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "all": _all,
    "crops": _crops,
    "evaluate": _evaluate,
    "lines": _lines,
    "photographs": _photographs,
    "release": _release,
    "train": _train,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
