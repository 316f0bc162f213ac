"""Batches of rendered lines: similar widths together, with cheap changes at every repeat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.text_recogniser.crop import HEIGHT, WIDTH
from training.text_recogniser.shards import Shard, read

Generator = np.random.Generator

_WIDTHS = (96, 160, 224, 288, WIDTH)
"""A short line in a full-width batch wastes most of a step; these widths cost what they need."""

_FULL_WIDTH_SHARE = 0.25
"""Share of the batches at the width a station uses, so that the padding is known to the net."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines ready for the net."""

    images: NDArray[np.float32]
    """N×1×32×W in -1…1."""
    labels: NDArray[np.int64]
    """The labels of all lines, one after the other."""
    lengths: NDArray[np.int64]
    """Length of each label."""


class Source:
    """A folder of shards, read as they appear."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shards: dict[str, Shard] = {}
        self._members: dict[int, NDArray[np.int64]] = {}
        self._keys: list[str] = []
        self.refresh()

    def __len__(self) -> int:
        return sum(len(shard) for shard in self._shards.values())

    def refresh(self) -> None:
        """Take in the shards that were completed since the last look."""
        new = [p for p in sorted(self.folder.glob("*.npz")) if p.name not in self._shards]
        for path in new:
            self._shards[path.name] = read(path)
        if not new:
            return
        self._keys = list(self._shards)
        members: dict[int, list[NDArray[np.int64]]] = {width: [] for width in _WIDTHS}
        for number, key in enumerate(self._keys):
            widths = np.diff(self._shards[key].starts)
            bucket = np.searchsorted(_WIDTHS, widths)
            for position, width in enumerate(_WIDTHS):
                indices = np.flatnonzero(bucket == position)
                pairs = np.stack([np.full_like(indices, number), indices], axis=1)
                members[width].append(pairs)
        self._members = {width: np.concatenate(parts) for width, parts in members.items()}

    def draw(self, rng: Generator, width: int, count: int) -> list[tuple[Shard, int]]:
        """Lines at most as wide as a bucket: of that bucket, or for the full width of all."""
        if width == WIDTH:
            shares = np.array([len(self._members[w]) for w in _WIDTHS], np.float64)
            buckets = rng.choice(_WIDTHS, size=count, p=shares / shares.sum())
        else:
            buckets = np.full(count, width)
        drawn = []
        for bucket in buckets:
            members = self._members[int(bucket)]
            number, index = members[int(rng.integers(len(members)))]
            drawn.append((self._shards[self._keys[int(number)]], int(index)))
        return drawn

    def widths(self) -> dict[int, float]:
        """Columns to be read in each bucket: a bucket is drawn in proportion to its lines."""
        return {width: float(len(members)) for width, members in self._members.items()}


def batches(
    sources: Sequence[tuple[Source, float]], rng: Generator, *, lines_at_full_width: int = 64
) -> Iterator[Batch]:
    """Endless batches; every one costs about the same, whatever its width.

    Args:
        sources: Folders of shards and the share of the lines that each contributes.
        rng: Draws the lines and their changes.
        lines_at_full_width: Lines in a batch 384 wide; narrower batches hold more.
    """
    shares = np.array([share for _, share in sources])
    shares = shares / shares.sum()
    for step in range(1 << 62):
        if step % 200 == 0:
            for source, _ in sources:
                source.refresh()
        if rng.random() < _FULL_WIDTH_SHARE:
            width = WIDTH
        else:
            weights = np.array(
                [
                    sum(share * s.widths()[w] / max(1, len(s)) for (s, share) in sources) * w
                    for w in _WIDTHS
                ]
            )
            width = int(rng.choice(_WIDTHS, p=weights / weights.sum()))
        count = lines_at_full_width * WIDTH // width
        numbers = rng.multinomial(count, shares)
        drawn = [
            line
            for (source, _), number in zip(sources, numbers, strict=True)
            if source.widths()[width] or width == WIDTH
            for line in source.draw(rng, width, int(number))
        ]
        if len(drawn) >= 2:
            yield assemble(drawn, width, rng)


def assemble(lines: Sequence[tuple[Shard, int]], width: int, rng: Generator) -> Batch:
    """Pad lines to a width, shift and tint each a little."""
    canvas = np.empty((len(lines), HEIGHT, width), np.float32)
    labels = []
    for row, (shard, index) in enumerate(lines):
        image = shard.image(index)
        labels.append(shard.label(index))
        free = width - image.shape[1]
        left = int(rng.integers(0, min(free, 6) + 1)) if free and rng.random() < 0.3 else 0
        # What the station pads with is an estimate: the net should not lean on it.
        fill = float(np.median(image[:, -1])) + float(rng.normal(0, 6))
        target = canvas[row]
        target[:] = fill
        target[:, :left] = float(np.median(image[:, 0]))
        target[:, left : left + image.shape[1]] = image
        shift = int(rng.integers(-2, 3)) if rng.random() < 0.3 else 0
        if shift:
            moved = np.roll(target, shift, axis=0)
            if shift > 0:
                moved[:shift] = target[0]
            else:
                moved[shift:] = target[-1]
            canvas[row] = moved
    gain = rng.uniform(0.8, 1.2, (len(lines), 1, 1)).astype(np.float32)
    offset = rng.uniform(-20, 20, (len(lines), 1, 1)).astype(np.float32)
    canvas = (canvas - 128) * gain + 128 + offset
    if rng.random() < 0.5:
        canvas += rng.standard_normal(canvas.shape, np.float32) * float(rng.uniform(0, 4))
    np.clip(canvas, 0, 255, out=canvas)
    canvas = canvas / np.float32(127.5) - np.float32(1)
    return Batch(
        canvas[:, None],
        np.concatenate(labels).astype(np.int64),
        np.array([len(label) for label in labels], np.int64),
    )
