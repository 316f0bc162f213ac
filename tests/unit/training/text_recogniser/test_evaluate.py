"""Figures of a recogniser: errors, confidences and their calibration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.text_recogniser.alphabet import ALPHABET, BLANK, CLASSES, encode
from training.text_recogniser.evaluate import (
    Logits,
    calibration_error,
    confidences,
    edit_distance,
    fit_temperature,
    summary,
)
from training.text_recogniser.lines import Line

TEXTS = st.text(alphabet=ALPHABET, max_size=12)


def path(text: str, certainty: float) -> Logits:
    """Logits that spell a text, each letter `certainty` above the other classes."""
    steps = []
    for label in encode(text):
        for winner in (int(label), BLANK):
            step = np.zeros(CLASSES, np.float32)
            step[winner] = certainty
            steps.append(step)
    return np.stack(steps)


class TestEditDistance:
    @pytest.mark.parametrize(
        ("read", "true", "edits"),
        [("", "", 0), ("MUNOZ", "MUÑOZ", 1), ("PEREZ", "PÉREZ Y", 3), ("<<<", "<<<<", 1)],
    )
    def test_counts_letters_put_in_left_out_and_mistaken(
        self, read: str, true: str, edits: int
    ) -> None:
        assert edit_distance(read, true) == edits

    @settings(deadline=None)
    @given(TEXTS, TEXTS)
    def test_is_the_same_both_ways_and_zero_only_for_equals(self, one: str, other: str) -> None:
        assert edit_distance(one, other) == edit_distance(other, one)
        assert (edit_distance(one, other) == 0) == (one == other)


class TestSummary:
    def test_weighs_characters_over_all_lines_and_lines_alike(self) -> None:
        blank = np.zeros((32, 8), np.uint8)
        lines = [Line("AAAA", "name", blank), Line("BBBBBB", "name", blank)]
        report = summary(lines, ["AAAA", "BBBBBC"])
        assert (report.lines, report.cer, report.exact) == (2, 0.1, 0.5)


class TestConfidences:
    def test_falls_with_every_doubtful_letter(self) -> None:
        sure, unsure = confidences([path("CURP", 20), path("CURP", 5)], ["CURP", "CURP"])
        (longer,) = confidences([path("CURPCURP", 5)], ["CURPCURP"])
        assert sure > 0.999
        assert longer < unsure < sure

    def test_sums_over_every_alignment_of_the_text(self) -> None:
        # Two steps, all classes alike: A, A-blank and blank-A spell "A".
        flat = np.zeros((2, CLASSES), np.float32)
        assert confidences([flat], ["A"])[0] == pytest.approx(3 / CLASSES**2)
        assert confidences([flat], [""])[0] == pytest.approx(1 / CLASSES**2)
        assert confidences([flat], ["AA"])[0] == 0.0

    def test_nothing_read_is_no_reason_to_doubt(self) -> None:
        empty = np.zeros((4, CLASSES), np.float32)
        empty[:, BLANK] = 20
        assert confidences([empty], [""])[0] == pytest.approx(1.0)

    def test_a_higher_temperature_doubts_more(self) -> None:
        logits = [path("CLAVE", 8)]
        assert confidences(logits, ["CLAVE"], 2.0) < confidences(logits, ["CLAVE"], 1.0)


class TestCalibration:
    def test_finds_a_temperature_above_one_for_a_net_too_sure_of_itself(self) -> None:
        rng = np.random.default_rng(1)
        logits = [path("AB", 9) for _ in range(200)]
        right = (rng.random(200) < 0.7).tolist()
        assert fit_temperature(logits, ["AB"] * 200, right) > 1.2

    def test_is_zero_when_confidence_and_exactness_agree(self) -> None:
        assert calibration_error([1.0] * 5, [True] * 5) == 0.0
        assert calibration_error([1.0] * 4, [True, False] * 2) == pytest.approx(0.5)
