"""CIC, OCR number, folio, entities and text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import entidades
from domain.credential.cic import parse_cic, with_check_digit
from domain.credential.numero_ocr import identificador, parse_numero_ocr, seccion
from domain.credential.text import fold, normalise_printed
from domain.errors import CicError, DomainError, FolioError, NumeroOcrError
from domain.folio import FolioRegistro

PARTS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=12)


class TestCic:
    @pytest.mark.parametrize("text", ["123456789", "1234567897", "IDMEX1234567897"])
    def test_is_nine_digits_however_it_is_printed(self, text: str) -> None:
        assert parse_cic(text) == "123456789"

    @pytest.mark.parametrize("text", ["", "12345678", "1234567890", "12345678A", "１23456789"])
    def test_refuses_another_form(self, text: str) -> None:
        with pytest.raises(CicError):
            parse_cic(text)

    @given(st.text("0123456789", min_size=9, max_size=9))
    def test_checks_its_own_tenth_digit(self, cic: str) -> None:
        assert parse_cic(with_check_digit(cic)) == cic


class TestNumeroOcr:
    def test_holds_seccion_and_identificador(self) -> None:
        assert (seccion("0001000000002"), identificador("0001000000002")) == ("0001", "000000002")
        assert parse_numero_ocr("0001000000002").text == "0001000000002"

    @pytest.mark.parametrize("text", ["", "123456789012", "12345678901234", "000100000000A"])
    def test_refuses_another_form(self, text: str) -> None:
        with pytest.raises(NumeroOcrError):
            parse_numero_ocr(text)


class TestFolio:
    def test_joins_its_four_parts(self) -> None:
        assert str(FolioRegistro("CI2026", "A001", "E7", 42)) == "CI2026-A001-E7-00000042"

    @given(PARTS, PARTS, PARTS, st.integers(1, 99_999_999))
    def test_is_taken_apart_as_it_was_joined(
        self, solicitud: str, auxiliar: str, dispositivo: str, registro: int
    ) -> None:
        folio = FolioRegistro(solicitud, auxiliar, dispositivo, registro)
        assert FolioRegistro.parse(folio.compose()) == folio

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "A-B-C",
            "A-B-C-1",
            "A-B-C-D-00000001",
            "a-B-C-00000001",
            "A--C-00000001",
            "A-B-C-00000000",
            "A-B-C-0000000x",
            "Ñ-B-C-00000001",
        ],
    )
    def test_refuses_another_form(self, text: str) -> None:
        with pytest.raises(FolioError):
            FolioRegistro.parse(text)


class TestEntidades:
    def test_are_thirty_two_and_two_abroad(self) -> None:
        numbers = [entidad.number for entidad in entidades.ENTIDADES]
        assert numbers == [f"{n:02d}" for n in range(1, 33)] + ["87", "88"]
        assert len(entidades.LETTERS) == 33

    def test_match_number_and_letters(self) -> None:
        assert entidades.same_entidad("09", "DF")
        assert entidades.same_entidad("87", "NE")
        assert entidades.same_entidad("88", "NE")
        assert not entidades.same_entidad("06", "CL")
        assert entidades.by_number("99") is None
        assert entidades.by_letters("ZZ") == ()


class TestText:
    def test_fold_removes_accents_and_the_tilde(self) -> None:
        assert fold("  María  Ñúñez\nGÜEMES ") == "MARIA NUNEZ GUEMES"

    def test_printed_text_keeps_them(self) -> None:
        assert normalise_printed(" n\u0303u\u0301n\u0303ez ") == "ÑÚÑEZ"

    @given(st.text(max_size=30))
    def test_folding_twice_changes_nothing(self, text: str) -> None:
        assert fold(fold(text)) == fold(text)


def test_every_error_has_a_code_of_its_own() -> None:
    leaves = DomainError.__subclasses__()
    assert len(leaves) >= 8
    assert len({leaf.code for leaf in leaves}) == len(leaves)
