"""What the training lines say."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.text_recogniser.alphabet import ALPHABET, is_readable
from training.text_recogniser.phrases import KINDS, phrase

SEEDS = st.integers(0, 2**32 - 1)


class TestPhrase:
    @settings(deadline=None)
    @given(SEEDS)
    def test_is_readable_and_has_no_space_at_its_ends(self, seed: int) -> None:
        _, text = phrase(np.random.default_rng(seed))
        assert is_readable(text)
        assert text == text.strip() != ""

    @settings(deadline=None)
    @given(SEEDS, st.sampled_from(sorted(KINDS)))
    def test_the_same_seed_gives_the_same_text(self, seed: int, kind: str) -> None:
        first = phrase(np.random.default_rng(seed), kind)
        assert first == phrase(np.random.default_rng(seed), kind)
        assert first[0] == kind

    @pytest.mark.parametrize(
        ("kind", "form"),
        [
            ("curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{2}[A-Z]{3}[0-9A-Z]\d"),
            ("clave_elector", r"[A-Z]{6}\d{6}(0[1-9]|[12]\d|3[0-2]|8[78])[HM]\d{3}"),
            ("mrz", r"[A-Z0-9<]{30}"),
        ],
    )
    def test_fields_of_fixed_form_keep_it(self, kind: str, form: str) -> None:
        rng = np.random.default_rng(1)
        for _ in range(300):
            assert re.fullmatch(form, phrase(rng, kind)[1])

    def test_a_few_thousand_lines_show_every_character_often(self) -> None:
        rng = np.random.default_rng(2)
        text = "".join(phrase(rng)[1] for _ in range(5000))
        assert min(text.count(character) for character in ALPHABET) >= 20
