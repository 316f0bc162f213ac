import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.inference import lexicon


class TestWeight:
    @pytest.mark.parametrize(
        ("right", "misread"),
        [("MUÑOZ", "MUNOZ"), ("GUADALUPE", "GUADALUPF"), ("DE LA CRUZ", "DE IA CRUZ")],
    )
    def test_prefers_the_words_that_names_are_made_of(self, right: str, misread: str) -> None:
        assert lexicon.weight(right) > lexicon.weight(misread)

    @pytest.mark.parametrize("name", ["LOPEZ", "PEREZ GARCIA", "ARGUELLO"])
    def test_takes_a_name_with_and_without_accents_for_as_likely(self, name: str) -> None:
        accented = {"LOPEZ": "LÓPEZ", "PEREZ GARCIA": "PÉREZ GARCÍA", "ARGUELLO": "ARGÜELLO"}[name]
        assert lexicon.weight(accented) == lexicon.weight(name)

    @given(st.text(alphabet="ABCDEFGHIJKLMNÑOPQRSTUVWXYZ ", max_size=30))
    def test_leaves_every_name_possible(self, name: str) -> None:
        assert 0 < lexicon.weight(name) <= 1


class TestZoneWeight:
    def test_knows_names_as_the_zone_prints_them(self) -> None:
        assert lexicon.zone_weight("MUNOZ<PENA<<LUISA<<<<<<<<<<<<<") == 1

    def test_asks_no_word_of_the_line_s_end(self) -> None:
        cut = "DE<LA<CRUZ<HERNANDEZ<<GUADALUP"
        assert lexicon.zone_weight(cut) == 1

    def test_holds_a_filler_read_as_a_letter_for_unlikely(self) -> None:
        assert lexicon.zone_weight("GARCIAKLOPEZ<<ANA<<<<<<<<<<<<<") < lexicon.zone_weight(
            "GARCIA<LOPEZ<<ANA<<<<<<<<<<<<<"
        )
