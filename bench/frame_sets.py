"""The folders of frames that the reader is measured on, made on first use and kept.

*rendered* comes from the renderer and camera that also made training data, with other seeds;
*independent* from a second renderer and camera that training never saw.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.report import ROOT

LEVELS = ("easy", "medium", "hard")
SETS = ("rendered", "independent")
_WORK = ROOT / "var" / "bench"


def folder_of(name: str, level: str, *, count: int, negatives: int, seed: int) -> Path:
    """Return the folder of one set and difficulty.

    Raises:
        subprocess.CalledProcessError: The frames could not be made; why is on standard error.
    """
    if name == "rendered":
        return rendered(level, count=count, negatives=negatives, seed=seed)
    return independent(level, count=count, negatives=negatives, seed=seed)


def rendered(level: str, *, count: int, negatives: int, seed: int) -> Path:
    """Return the folder of frames by training's renderer."""
    from training.frames import write_frames

    folder = _WORK / "reading" / f"{level}-{seed}-{count}-{negatives}"
    done = folder / "done"
    if not done.exists():
        frames = write_frames(folder, count=count, seed=seed, difficulty=level, negatives=negatives)
        for number, _ in enumerate(frames, start=1):
            if number % 28 == 0:
                print(f"{level}: {number} of {count + negatives} frames", file=sys.stderr)
        done.touch()
    return folder


def independent(level: str, *, count: int, negatives: int, seed: int) -> Path:
    """Return the folder of frames by the renderer that is kept for evaluation."""
    folder = _WORK / "independent" / f"{level}-{seed}-{count}-{negatives}"
    done = folder / "done"
    if not done.exists():
        command = [sys.executable, "-m", "bench.independent", "--out", str(folder)]
        command += ["--count", str(count), "--negatives", str(negatives)]
        command += ["--seed", str(seed), "--difficulty", level]
        subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
        done.touch()
    return folder
