"""The committed files read committed lines: a bad export or a wrong alphabet fails here.

`tests/vectors/text_lines.npz` holds 96 crops of invented credentials that no training saw,
photographed at easy difficulty by `training.camera`, with their texts.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.export import run_file, sha256, shapes
from training.model_card import MODELS_TOML
from training.text_recogniser.alphabet import ALPHABET, CLASSES, collapse
from training.text_recogniser.crop import HEIGHT, STEPS, WIDTH, to_input
from training.text_recogniser.evaluate import summary
from training.text_recogniser.lines import Line
from training.text_recogniser.shards import read

VECTORS = Path(__file__).resolve().parents[3] / "vectors" / "text_lines.npz"


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    tables = tomllib.loads(MODELS_TOML.read_text("utf-8"))
    found: dict[str, Any] = tables["text_recogniser"]
    return found


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    shard = read(VECTORS)
    return [shard.line(index) for index in range(len(shard))]


def test_the_listed_alphabet_is_the_one_it_was_trained_on(table: dict[str, Any]) -> None:
    assert table["alphabet"] == ALPHABET


@pytest.mark.parametrize("variant", ["float", "int8"])
class TestReleasedModel:
    def path(self, table: dict[str, Any], variant: str) -> tuple[Path, str]:
        chosen = table["int8"] if variant == "int8" else table
        return MODELS_TOML.parent / chosen["file"], chosen["sha256"]

    def test_is_the_listed_file_and_fits_in_git(self, table: dict[str, Any], variant: str) -> None:
        path, listed = self.path(table, variant)
        assert sha256(path) == listed
        assert path.stat().st_size <= 2_500_000

    def test_takes_and_gives_the_listed_shapes(self, table: dict[str, Any], variant: str) -> None:
        found = shapes(self.path(table, variant)[0])
        assert found == ([1, HEIGHT, WIDTH, 1], [[1, STEPS, CLASSES]])
        assert table["input"] == found[0]
        assert list(table["outputs"].values()) == found[1]

    def test_reads_nineteen_of_twenty_unseen_lines_without_an_error(
        self, table: dict[str, Any], variant: str, lines: list[Line]
    ) -> None:
        outputs = run_file(self.path(table, variant)[0], (to_input([x.pixels]) for x in lines))
        report = summary(lines, [collapse(np.argmax(out[0][0], axis=1)) for out in outputs])
        assert report.exact >= 0.95
        assert report.cer <= 0.01
