"""Synthetic crops: repeatable, in the form of the net, packed without loss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.text_recogniser.crop import HEIGHT, WIDTH, normalise, pad, to_input
from training.text_recogniser.lines import draw_line
from training.text_recogniser.phrases import KINDS
from training.text_recogniser.shards import pack, read, write


class TestDrawLine:
    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_the_same_seed_gives_the_same_pixels(self, kind: str) -> None:
        one = draw_line(np.random.default_rng([3, 1]), kind=kind)
        other = draw_line(np.random.default_rng([3, 1]), kind=kind)
        assert one.text == other.text
        assert np.array_equal(one.pixels, other.pixels)

    def test_is_32_rows_high_at_most_384_wide_and_shows_something(self) -> None:
        rng = np.random.default_rng(4)
        for _ in range(60):
            pixels = draw_line(rng).pixels
            assert pixels.dtype == np.uint8
            assert pixels.shape[0] == HEIGHT
            assert pixels.shape[1] <= WIDTH
            assert pixels.max() > pixels.min()


class TestCrop:
    def test_keeps_the_proportion_of_a_short_line(self) -> None:
        assert normalise(np.zeros((64, 200), np.uint8)).shape == (HEIGHT, 100)

    def test_squeezes_a_line_that_is_too_long(self) -> None:
        assert normalise(np.zeros((20, 900), np.uint8)).shape == (HEIGHT, WIDTH)

    def test_fills_on_the_right_with_the_median_of_the_last_column(self) -> None:
        line = np.full((HEIGHT, 10), 50, np.uint8)
        line[:, -1] = np.array([200] * 20 + [10] * 12, np.uint8)
        padded = pad(line)
        assert padded.shape == (HEIGHT, WIDTH)
        assert np.array_equal(padded[:, :10], line)
        assert (padded[:, 10:] == 200).all()

    def test_scales_gray_levels_to_one_around_zero(self) -> None:
        batch = to_input([np.zeros((HEIGHT, 4), np.uint8), np.full((HEIGHT, 4), 255, np.uint8)])
        assert batch.shape == (2, HEIGHT, WIDTH, 1)
        assert batch.dtype == np.float32
        assert (batch.min(), batch.max()) == (-1.0, 1.0)


class TestShard:
    def test_gives_back_every_line_that_was_packed(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(5)
        lines = [draw_line(rng) for _ in range(12)]
        write(tmp_path / "0000.npz", pack(lines))
        shard = read(tmp_path / "0000.npz")
        assert len(shard) == len(lines)
        for index, line in enumerate(lines):
            found = shard.line(index)
            assert (found.text, found.kind) == (line.text, line.kind)
            assert np.array_equal(found.pixels, line.pixels)

    def test_leaves_nothing_else_in_the_folder(self, tmp_path: Path) -> None:
        write(tmp_path / "0000.npz", pack([draw_line(np.random.default_rng(6))]))
        assert [path.name for path in tmp_path.iterdir()] == ["0000.npz"]
