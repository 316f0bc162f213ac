from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from device.inference.base import TextBox, TextLine
from device.inference.identifiers import Identifier, read_identifiers
from device.inference.labels import fragments
from device.inference.scripted import ScriptedText, ScriptedTextRecogniser
from tests.unit.device.inference.specimen import CLAVE, CURP, Doubts, at

TODAY = date(2026, 11, 23)


def read(*texts: ScriptedText) -> tuple[Identifier | None, Identifier | None]:
    def look(boxes: Sequence[TextBox]) -> list[TextLine]:
        return ScriptedTextRecogniser(texts).read(np.zeros((810, 1284), np.uint8), boxes)

    return read_identifiers(fragments(look([text.box for text in texts])), look, today=TODAY)


def clave(text: str = CLAVE, doubts: Doubts | None = None) -> ScriptedText:
    return at(100, 100, text, doubts=doubts)


def curp(text: str = CURP, doubts: Doubts | None = None) -> ScriptedText:
    return at(100, 200, text, doubts=doubts)


class TestDecide:
    def test_reads_what_is_clear(self) -> None:
        found_clave, found_curp = read(clave(), curp())
        assert found_clave is not None
        assert found_curp is not None
        assert (found_clave.text, found_curp.text) == (CLAVE, CURP)
        assert min(found_clave.confidence, found_curp.confidence) > 0.95

    def test_reads_letters_where_a_digit_was_seen_and_the_reverse(self) -> None:
        seen = CURP.replace("EEPL90", "EEPL9O")
        _, found = read(curp(seen, {5: ("0", 0.02)}))
        assert found is not None
        assert found.text == CURP

    def test_lets_the_check_digit_choose_between_rivals(self) -> None:
        wrong = CURP.replace("9001", "9007")
        _, found = read(curp(wrong, {7: ("1", 0.3)}))
        assert found is not None
        assert found.text == CURP

    def test_lets_the_curp_settle_a_doubt_of_the_clave(self) -> None:
        found, _ = read(clave(CLAVE.replace("9001", "9007"), {9: ("1", 0.3)}), curp())
        assert found is not None
        assert found.text == CLAVE

    def test_abstains_where_digits_without_witness_are_in_doubt(self) -> None:
        found, _ = read(clave(doubts={16: ("8", 0.45)}), curp())
        assert found is None or found.confidence < 0.7

    def test_tells_the_look_alikes_of_the_homoclave_by_the_age_of_who_votes(self) -> None:
        # O and 0 give the same check digit: 2090 is no year of birth, 1990 is.
        _, found = read(curp(CURP.replace("RS02", "RSO2"), {16: ("0", 0.3)}))
        assert found is not None
        assert found.text == CURP

    def test_never_adds_a_character_that_nobody_saw(self) -> None:
        _, found = read(curp(CURP[:-1] + "7"))
        assert found is None

    def test_keeps_both_when_they_clearly_disagree(self) -> None:
        other = "EJPRLS91020209M000"
        found_clave, found_curp = read(clave(other), curp())
        assert found_clave is not None
        assert found_curp is not None
        assert (found_clave.text, found_curp.text) == (other, CURP)

    def test_finds_the_value_behind_its_label_on_one_line(self) -> None:
        found, _ = read(at(100, 100, f"CLAVE DE ELECTOR {CLAVE}"))
        assert found is not None
        assert found.text == CLAVE

    @pytest.mark.parametrize("text", ["C MUNICIPIO LIBRE 1234567", "0123456789012345"])
    def test_sees_none_in_other_texts(self, text: str) -> None:
        assert read(at(100, 100, text)) == (None, None)
