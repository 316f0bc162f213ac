"""Labels of the recogniser, to and from text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.text_recogniser.alphabet import (
    ALPHABET,
    BLANK,
    CLASSES,
    collapse,
    decode,
    encode,
    is_readable,
)

TEXTS = st.text(alphabet=ALPHABET, max_size=40)


class TestAlphabet:
    def test_has_every_character_once_and_the_blank_last(self) -> None:
        assert len(set(ALPHABET)) == len(ALPHABET)
        assert CLASSES - 1 == BLANK == len(ALPHABET)

    @pytest.mark.parametrize(
        "printed",
        [
            "IDMEX1234567897<<0001000000001",
            "EEPL900101MDFJRS02",
            "MUÑOZ",
            "GÜEMES",
            "AÑO DE REGISTRO",
            "C. 5 DE MAYO #12-A, INT. 3",
            "01/01/1990",
            "NOMBRE(S):",
            "O'HIGGINS & ÁVILA",
        ],
    )
    def test_covers_what_credentials_print(self, printed: str) -> None:
        assert is_readable(printed)

    def test_refuses_small_letters_and_foreign_signs(self) -> None:
        assert not is_readable("curp")
        assert not is_readable("Ö")


class TestLabels:
    @settings(deadline=None)
    @given(TEXTS)
    def test_decoding_gives_back_what_was_encoded(self, text: str) -> None:
        assert decode(encode(text)) == text

    def test_names_the_character_that_is_not_in_the_alphabet(self) -> None:
        with pytest.raises(ValueError, match="'ß'"):
            encode("STRAßE")

    @settings(deadline=None)
    @given(TEXTS)
    def test_a_path_with_blanks_between_letters_reads_as_the_text(self, text: str) -> None:
        path = [BLANK]
        for label in encode(text):
            path += [int(label), int(label), BLANK]
        assert collapse(path) == text

    def test_merges_repeats_unless_a_blank_lies_between(self) -> None:
        letter = int(encode("L")[0])
        assert collapse([letter, letter, letter]) == "L"
        assert collapse([letter, BLANK, letter]) == "LL"
