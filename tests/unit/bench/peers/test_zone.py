"""The zone in a peer's lines: repaired by form and check digits, never invented."""

import pytest

from bench.peers import zone

FIRST = "IDMEX1481461009<<1693599186984"
SECOND = "8009238M2812313MEX<04<<73790<0"
THIRD = "RIVERA<PENA<<MARTHA<<<<<<<<<<<"


class TestFindZone:
    def test_finds_three_clean_lines_below_other_print(self) -> None:
        texts = ["CREDENCIALPARAVOTAR", "148146100", FIRST, SECOND, THIRD]
        assert zone.proven(zone.find_zone(texts)) == (FIRST, SECOND, THIRD)

    def test_spaces_and_french_quotes_are_fillers_and_nothing(self) -> None:
        texts = [
            "IDMEX1481461009«1693599186984",
            "8009238M2812313MEX<04«73790<0",
            "RIVERA<PENA«MARTHA «««««",
        ]
        assert zone.proven(zone.find_zone(texts)) == (FIRST, SECOND, THIRD)

    def test_letters_among_digits_become_the_digit_they_look_like(self) -> None:
        texts = ["1DMEXI48I46IOO9<<I693599I86984", "8OO9238M28I23I3MEX<O4<<7379O<0", THIRD]
        assert zone.proven(zone.find_zone(texts)) == (FIRST, SECOND, THIRD)

    def test_a_lost_filler_of_the_second_line_is_put_back(self) -> None:
        texts = [FIRST, "8009238M2812313MEX<04<73790<0", THIRD]
        assert zone.proven(zone.find_zone(texts)) == (FIRST, SECOND, THIRD)

    def test_a_digit_no_look_alike_explains_is_withheld(self) -> None:
        texts = [FIRST.replace("148146", "148246"), SECOND, THIRD]
        assert zone.proven(zone.find_zone(texts)) is None

    def test_a_front_has_no_zone(self) -> None:
        texts = ["NOMBRE", "RIVERA", "CURP RIPM800923MHGVXR21", "SECCION 1693"]
        assert zone.find_zone(texts) == (None, None, None)


class TestNameLine:
    @pytest.mark.parametrize(
        "read",
        [
            "ESTRADA<CERVANTES<<JOSE<GUSTAV",
            "ESTRADAKCERVANTESK<JOSE<GUSTAV",
            "ESTRADAKCERVANTESKKJOSE<GUSTAV",
            "ESTRADA<CERVANTES<KJOSE<GUSTAV",
            "ESTRADA<CERVANTES<<JOSEKGUSTAV",
        ],
    )
    def test_sees_fillers_read_as_k(self, read: str) -> None:
        assert zone.name_line(read) == "ESTRADA<CERVANTES<<JOSE<GUSTAV"

    def test_keeps_the_k_of_a_name(self) -> None:
        assert zone.name_line("KU<EK<<ERIKA<KARLA<<<<<") == "KU<EK<<ERIKA<KARLA".ljust(30, "<")

    def test_fills_to_thirty_characters_whatever_the_end_was_read_as(self) -> None:
        assert zone.name_line("RIVERA<PENA<<MARTHA<K<<KK<") == THIRD
        assert zone.name_line("RIVERA<PENA<<MARTHA") == THIRD
