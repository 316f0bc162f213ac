"""The tables of attacks say how often each judge is wrong, and which of them judges a station."""

from dataclasses import replace

import numpy as np

from bench.attacks import COLOUR_AND_RASTER, NETWORK, Judged, Judges, judges_of, text
from device.inference.base import Image, Quad
from device.inference.reading import Attack
from device.inference.tflite import DEFAULT_MODELS, list_models


def judged(presentation: str, score: float, kind: str | None = None) -> Judged:
    """One frame, of which colour and raster notice nothing."""
    return Judged(
        presentation,
        "easy",
        {NETWORK: score, COLOUR_AND_RASTER: 0.1},
        {NETWORK: kind, COLOUR_AND_RASTER: None},
        {NETWORK: 8.0, COLOUR_AND_RASTER: 11.0},
    )


def row(tables: str, judge: str, label: str) -> str:
    part = tables.split(f"### {judge}")[1]
    return next(line for line in part.splitlines() if line.startswith(f"| {label} "))


FOUND = [
    *(judged("original", 0.1) for _ in range(9)),
    judged("original", 0.7, "print"),
    *(judged("screen", 0.9, "screen") for _ in range(3)),
    judged("screen", 0.2),
    judged("paper_print", 0.8, "print"),
]


class TestText:
    def test_true_cards_err_above_the_threshold_and_instruments_below(self) -> None:
        tables = text(FOUND)
        assert "10.0" in row(tables, NETWORK, "BPCER")
        assert "25.0" in row(tables, NETWORK, "APCER screen")

    def test_both_judges_stand_side_by_side(self) -> None:
        tables = text(FOUND)
        assert "0.0" in row(tables, COLOUR_AND_RASTER, "BPCER")
        assert "100.0" in row(tables, COLOUR_AND_RASTER, "APCER screen")

    def test_a_kind_counts_as_named_by_the_instrument_that_it_is(self) -> None:
        assert "1 of 1" in row(text(FOUND), NETWORK, "APCER paper_print")

    def test_frames_without_a_credential_are_told_apart(self) -> None:
        silent = replace(FOUND[10], scores={}, kinds={}, ms={})
        assert "1 of 5" in row(text([*FOUND, silent]), NETWORK, "APCER screen")

    def test_without_a_network_what_judges_then_is_measured(self) -> None:
        alone = [
            replace(one, scores={COLOUR_AND_RASTER: one.scores[COLOUR_AND_RASTER]}) for one in FOUND
        ]
        tables = text(alone)
        assert f"### {NETWORK}" not in tables
        assert "100.0" in row(tables, COLOUR_AND_RASTER, "APCER screen")


class TestJudges:
    def test_a_list_without_the_network_leaves_colour_and_raster(self) -> None:
        models = dict(list_models(DEFAULT_MODELS, int8=False))
        models.pop("presentation_attack", None)
        assert list(judges_of(models)) == [COLOUR_AND_RASTER]

    def test_the_reader_is_told_what_the_first_judge_says(self) -> None:
        def says(score: float) -> Attack:
            return Attack(score >= 0.5, score, None)

        def first(frame: Image, card: Image, quad: Quad) -> Attack:
            return says(0.9)

        def second(frame: Image, card: Image, quad: Quad) -> Attack:
            return says(0.2)

        judges = Judges({NETWORK: first, COLOUR_AND_RASTER: second})
        frame = np.zeros((8, 8, 3), np.uint8)
        told = judges.suspect(frame, frame, Quad(((0, 0), (7, 0), (7, 7), (0, 7))))
        assert told.score == 0.9
        assert judges.found[COLOUR_AND_RASTER].score == 0.2
