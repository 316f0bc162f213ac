"""Write frames of the independent set: `python -m bench.independent --out DIR --seed S`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2

from bench.independent.frames import write_frames
from bench.independent.press import ChromiumMissingError, running_press
from bench.independent.tiers import TIERS
from bench.independent.typefaces import TypefaceMissingError, require_installed


def main(arguments: Sequence[str] | None = None) -> int:
    """Write frames as the command line asks; 1 when Chromium or a typeface is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.independent", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=56, help="frames with a credential")
    parser.add_argument("--negatives", type=int, default=0, help="further frames without one")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--difficulty", choices=list(TIERS), default="medium")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        require_installed()
        with running_press() as press:
            written = sum(
                1
                for _ in write_frames(
                    press,
                    options.out,
                    count=options.count,
                    negatives=options.negatives,
                    seed=options.seed,
                    difficulty=options.difficulty,
                )
            )
    except (ChromiumMissingError, TypefaceMissingError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{written} frames in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
