"""A pool of rendered cards on disk: rendered once, used by every detector's training.

python -m training.pool --count 2000 --seed 1 --out training/work/pool
"""

import argparse
import json
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.people import invent_person
from training.render import render_card

MODELS = ("C", "D", "E", "F", "G", "H", "new")
# Models seen in the field today weigh more than those that have expired.
WEIGHTS = np.array([0.10, 0.12, 0.18, 0.10, 0.22, 0.12, 0.16])
SIDES = ("front", "back")


@dataclass(frozen=True)
class PooledCard:
    """One rendered card: image in R, G, B, and the boxes of every printed segment in its pixels."""

    image: NDArray[np.uint8]
    model: str
    side: str
    boxes: NDArray[np.float32]  # N×4: left, top, right, bottom
    texts: tuple[str, ...]


def _render(task: tuple[Path, int, int]) -> None:
    folder, seed, index = task
    rng = np.random.default_rng([seed, index])
    model = str(rng.choice(MODELS, p=WEIGHTS))
    side = SIDES[index % 2]
    card = render_card(invent_person(rng, model=model), side, model, rng)
    stem = folder / f"{index:05d}"
    cv2.imwrite(
        str(stem.with_suffix(".jpg")), card.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 96]
    )
    truth = {
        "model": model,
        "side": side,
        "segments": [[segment.text, *map(float, segment.box)] for segment in card.segments],
    }
    stem.with_suffix(".json").write_text(json.dumps(truth))


def write_pool(folder: Path, *, count: int, seed: int, processes: int = 2) -> None:
    """Render `count` cards, fronts and backs in turn; the same seed writes the same pool."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [
        (folder, seed, index)
        for index in range(count)
        if not (folder / f"{index:05d}.json").exists()
    ]
    with multiprocessing.Pool(processes) as workers:
        for done, _ in enumerate(workers.imap_unordered(_render, tasks, chunksize=8), start=1):
            if done % 200 == 0:
                print(f"{done}/{len(tasks)} cards", flush=True)


def read_pool(folder: Path, *, scale: float = 1.0) -> Iterator[PooledCard]:
    """Read the cards of a pool in order, each scaled (area-averaged) by `scale`."""
    for path in sorted(folder.glob("*.json")):
        yield read_card(path, scale=scale)


def read_card(path: Path, *, scale: float = 1.0) -> PooledCard:
    """Read the card whose truth is at `path`, scaled (area-averaged) by `scale`.

    Raises:
        FileNotFoundError: The picture beside it is missing.
    """
    truth = json.loads(path.read_text())
    image = cv2.imread(str(path.with_suffix(".jpg")))
    if image is None:
        raise FileNotFoundError(f"{path.with_suffix('.jpg')} is missing: write the pool again")
    image = image[..., ::-1]
    if scale != 1.0:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    segments = truth["segments"]
    return PooledCard(
        np.ascontiguousarray(image, dtype=np.uint8),
        truth["model"],
        truth["side"],
        np.array([segment[1:] for segment in segments], np.float32).reshape(-1, 4) * scale,
        tuple(segment[0] for segment in segments),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("training/work/pool"))
    options = parser.parse_args()
    write_pool(options.out, count=options.count, seed=options.seed)
