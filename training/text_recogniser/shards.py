"""Lines rendered ahead of training, in files of a few thousand, read back as uint8 arrays.

Rendering costs more than a training step, so lines are rendered once and repeated with cheap
changes. A shard appears under its name only when it is complete: training may start while later
shards are still being rendered.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.text_recogniser.alphabet import decode, encode
from training.text_recogniser.crop import HEIGHT, Pixels
from training.text_recogniser.lines import Line, draw_line


@dataclass(frozen=True, slots=True)
class Shard:
    """Many lines side by side: columns `starts[i]:starts[i + 1]` of `pixels` are line i."""

    pixels: Pixels
    starts: NDArray[np.int64]
    labels: NDArray[np.uint8]
    label_starts: NDArray[np.int64]
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def image(self, index: int) -> Pixels:
        """Line `index`, 32 rows high."""
        return self.pixels[:, self.starts[index] : self.starts[index + 1]]

    def label(self, index: int) -> NDArray[np.uint8]:
        """Classes of line `index`."""
        return self.labels[self.label_starts[index] : self.label_starts[index + 1]]

    def line(self, index: int) -> Line:
        """Line `index` as it was rendered."""
        return Line(decode(self.label(index)), self.kinds[index], self.image(index))


def pack(lines: Iterable[Line]) -> Shard:
    """Put lines into one shard."""
    kept = list(lines)
    labels = [encode(line.text) for line in kept]
    return Shard(
        np.concatenate([line.pixels for line in kept], axis=1),
        np.cumsum([0, *(line.pixels.shape[1] for line in kept)], dtype=np.int64),
        np.concatenate(labels),
        np.cumsum([0, *(len(label) for label in labels)], dtype=np.int64),
        tuple(line.kind for line in kept),
    )


def write(path: Path, shard: Shard) -> None:
    """Write a shard; it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.part")
    with temporary.open("wb") as file:
        np.savez(
            file,
            pixels=shard.pixels,
            starts=shard.starts,
            labels=shard.labels,
            label_starts=shard.label_starts,
            kinds=np.array(shard.kinds),
        )
    temporary.replace(path)


def read(path: Path) -> Shard:
    """Read a shard.

    Raises:
        ValueError: The lines of the file are not as high as the net takes them.
    """
    with np.load(path) as file:
        shard = Shard(
            file["pixels"],
            file["starts"],
            file["labels"],
            file["label_starts"],
            tuple(file["kinds"].tolist()),
        )
    if shard.pixels.shape[0] != HEIGHT:
        raise ValueError(f"{path.name} holds lines {shard.pixels.shape[0]} pixels high")
    return shard


def synthetic_lines(seed: int, index: int, count: int) -> list[Line]:
    """The lines of synthetic shard `index`, in typefaces of the training split."""
    rng = np.random.default_rng([seed, index])
    return [draw_line(rng) for _ in range(count)]


def render(
    folder: Path,
    shards: Iterable[int],
    *,
    seed: int,
    lines_per_shard: int,
    draw: Callable[[int, int, int], list[Line]] = synthetic_lines,
    processes: int = 2,
) -> None:
    """Render shards into a folder; those already there are kept.

    Args:
        folder: Where the shards go, as `NNNN.npz`.
        shards: Numbers of the shards.
        seed: Seed of all of them; each draws from its own stream.
        lines_per_shard: Lines asked of `draw` for each shard.
        draw: From seed, number and count to lines.
        processes: How many to run at once.
    """
    tasks = [
        (folder / f"{index:04d}.npz", draw, seed, index, lines_per_shard)
        for index in shards
        if not (folder / f"{index:04d}.npz").exists()
    ]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for path in pool.imap_unordered(_render_one, tasks):
            print(f"shard {path.name}", flush=True)


def _render_one(task: tuple[Path, Callable[[int, int, int], list[Line]], int, int, int]) -> Path:
    import cv2

    cv2.setNumThreads(1)
    path, draw, seed, index, count = task
    write(path, pack(draw(seed, index, count)))
    return path
