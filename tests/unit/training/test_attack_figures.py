"""Thresholds and error rates mean what ISO/IEC 30107-3 calls by their names."""

import numpy as np
import pytest

from training.presentation_attack.figures import equal_error, error_rates, share_of, threshold_for

NAMES = {0: "original", 1: "photocopy", 2: "screen"}


class TestThresholdFor:
    def test_the_asked_share_of_true_cards_reaches_it(self) -> None:
        originals = np.arange(1000, dtype=np.float32)
        assert (originals >= threshold_for(originals, 0.02)).mean() == pytest.approx(0.02)


class TestErrorRates:
    def test_a_true_card_errs_above_the_threshold_and_a_copy_below(self) -> None:
        told = np.array([0, 0, 0, 9, 9, 1, 9], np.float32)
        kinds = np.array([0, 0, 0, 0, 1, 2, 2])
        rows = error_rates(told, kinds, NAMES, 5.0)
        assert {name: row["wrong"] for name, row in rows.items()} == {
            "original": 25.0,
            "photocopy": 0.0,
            "screen": 50.0,
        }

    def test_few_frames_leave_a_wide_interval(self) -> None:
        # Wilson's interval of 2 in 50, from the tables.
        row = share_of(2, 50)
        assert row["from"] == pytest.approx(1.1, abs=0.05)
        assert row["to"] == pytest.approx(13.5, abs=0.05)
        assert share_of(0, 50)["from"] == 0

    def test_a_kind_that_was_not_shown_has_no_rate(self) -> None:
        rows = error_rates(np.zeros(2, np.float32), np.array([0, 1]), NAMES, 1.0)
        assert "screen" not in rows


class TestEqualError:
    def test_is_nothing_where_a_threshold_parts_them(self) -> None:
        assert equal_error(np.zeros(9, np.float32), np.ones(9, np.float32)) == 0

    def test_is_a_half_where_they_are_alike(self) -> None:
        alike = np.linspace(0, 1, 1000, dtype=np.float32)
        assert equal_error(alike, alike) == pytest.approx(0.5, abs=0.01)
