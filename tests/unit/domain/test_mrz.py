"""The machine-readable zone, by the published examples and by properties."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credential.mrz import (
    ALPHABET,
    LINE_LENGTH,
    Mrz,
    build_mrz,
    check_digit,
    failed_checks,
    is_calendar_date,
    name_line,
    parse_mrz,
    transliterate,
)
from domain.errors import MrzError

FIELDS = st.text(alphabet=ALPHABET, max_size=20)

# Invented, all digits valid; no person's.
SPECIMEN = (
    "IDMEX1234567897<<0001000000001",
    "9001011M3412318MEX<01<<00001<6",
    "EJEMPLO<PRUEBA<<LUISA<<<<<<<<<",
)
LUISA = Mrz(
    cic="123456789",
    numero_ocr="0001000000001",
    born="900101",
    sex="M",
    expires="341231",
    numero_emision="01",
    optional="00001",
    surnames="EJEMPLO PRUEBA",
    given_names="LUISA",
)

DATES = st.dates().map(lambda day: f"{day:%y%m%d}")
WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=6)
NAMES = st.lists(WORDS, min_size=1, max_size=2)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


ZONES = st.builds(
    Mrz,
    cic=digits(9),
    numero_ocr=digits(13),
    born=DATES,
    sex=st.sampled_from("HMX"),
    expires=DATES,
    numero_emision=digits(2),
    optional=digits(5),
    surnames=NAMES.map(" ".join),
    given_names=NAMES.map(" ".join),
)


class TestCheckDigit:
    @pytest.mark.parametrize(("field", "digit"), [("520727", 3), ("AB2134<<<", 5)])
    def test_agrees_with_the_examples_of_doc_9303(self, field: str, digit: int) -> None:
        assert check_digit(field) == digit

    @given(FIELDS, st.integers(0, 9), st.integers(0, 9))
    def test_notices_any_single_wrong_digit(self, field: str, printed: int, read: int) -> None:
        same = check_digit(f"{field}{printed}") == check_digit(f"{field}{read}")
        assert same == (printed == read)

    @pytest.mark.parametrize("field", ["", "12 3", "Ñ", "abc", "٣"])
    def test_refuses_what_is_not_of_the_zone(self, field: str) -> None:
        with pytest.raises(MrzError):
            check_digit(field)

    def test_names_the_position_and_not_the_value(self) -> None:
        with pytest.raises(MrzError, match="position 3 ") as caught:
            check_digit("ABCñ")
        assert "ñ" not in str(caught.value)


class TestBuildMrz:
    def test_prints_the_specimen(self) -> None:
        assert build_mrz(LUISA) == SPECIMEN

    @given(ZONES)
    def test_is_what_parse_reads(self, zone: Mrz) -> None:
        lines = build_mrz(zone)
        assert all(len(line) == LINE_LENGTH for line in lines)
        assert failed_checks(lines) == ()
        assert parse_mrz(lines) == zone

    @pytest.mark.parametrize(
        "change",
        [
            {"cic": "12345678"},
            {"born": "9001"},
            {"sex": "F"},
            {"numero_emision": "1"},
            {"optional": ""},
            {"numero_ocr": "000100000000A"},
            {"surnames": "", "given_names": ""},
        ],
    )
    def test_refuses_a_value_that_does_not_fit(self, change: dict[str, str]) -> None:
        with pytest.raises(MrzError):
            build_mrz(replace(LUISA, **change))

    def test_cuts_long_names_at_thirty(self) -> None:
        zone = replace(LUISA, surnames="De la Garza Villaseñor", given_names="María Guadalupe")
        lines = build_mrz(zone)
        assert lines[2] == "DE<LA<GARZA<VILLASENOR<<MARIA<"
        assert parse_mrz(lines).given_names == "MARIA"


class TestParseMrz:
    def test_reads_the_specimen(self) -> None:
        zone = parse_mrz(SPECIMEN)
        assert zone == LUISA
        assert (zone.seccion, zone.identificador) == ("0001", "000000001")

    def test_reads_a_man_as_h_and_a_woman_as_m(self) -> None:
        man = (SPECIMEN[0], SPECIMEN[1].replace("M3412", "H3412"), SPECIMEN[2])
        assert parse_mrz(man).sex == "H"
        assert parse_mrz(SPECIMEN).sex == "M"

    def test_reads_the_filler_as_not_stated(self) -> None:
        unstated = (SPECIMEN[0], SPECIMEN[1].replace("M3412", "<3412"), SPECIMEN[2])
        assert parse_mrz(unstated).sex == "X"

    @given(ZONES, st.integers(0, 1), st.integers(0, 29), st.sampled_from("0123456789"))
    def test_never_takes_a_wrong_digit(self, zone: Mrz, line: int, column: int, digit: str) -> None:
        lines = list(build_mrz(zone))
        before = lines[line][column]
        lines[line] = lines[line][:column] + digit + lines[line][column + 1 :]
        if digit == before:
            assert parse_mrz(lines) == zone
        else:
            with pytest.raises(MrzError):
                parse_mrz(lines)

    @given(st.lists(st.text(max_size=32), max_size=4))
    def test_raises_its_own_error_for_any_text(self, lines: list[str]) -> None:
        with pytest.raises(MrzError):
            parse_mrz(lines)


class TestFailedChecks:
    @pytest.mark.parametrize(
        ("line", "column", "digit", "failed"),
        [
            (0, 14, "0", ("cic", "composite")),
            (1, 6, "2", ("birth", "composite")),
            (1, 14, "7", ("composite", "expiry")),
            (1, 29, "0", ("composite",)),
            (0, 2, "U", ("structure",)),
        ],
    )
    def test_names_what_does_not_check(
        self, line: int, column: int, digit: str, failed: tuple[str, ...]
    ) -> None:
        lines = list(SPECIMEN)
        lines[line] = lines[line][:column] + digit + lines[line][column + 1 :]
        assert failed_checks(lines) == failed

    def test_calls_short_lines_a_matter_of_structure(self) -> None:
        assert failed_checks(SPECIMEN[:2]) == ("structure",)
        assert failed_checks((SPECIMEN[0][:-1], *SPECIMEN[1:])) == ("structure",)

    def test_refuses_a_day_that_does_not_exist(self) -> None:
        impossible = build_mrz(replace(LUISA, born="900230"))
        assert failed_checks(impossible) == ("structure",)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "printed"),
        [
            ("Muñoz", "MUNOZ"),
            ("de la O", "DE<LA<O"),
            ("D'Angelo", "DANGELO"),
            ("García-Güemes", "GARCIA<GUEMES"),
            ("", ""),
        ],
    )
    def test_are_printed_without_accents(self, name: str, printed: str) -> None:
        assert transliterate(name) == printed

    @given(st.text(max_size=40), st.text(max_size=40))
    def test_always_fill_one_line(self, surnames: str, given_names: str) -> None:
        line = name_line(surnames, given_names)
        assert len(line) == LINE_LENGTH
        assert set(line) <= set(ALPHABET)


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day: object) -> None:
    assert is_calendar_date(f"{day:%y%m%d}")


@pytest.mark.parametrize("text", ["", "901301", "900100", "900132", "010229", "９00101", "90010a"])
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert not is_calendar_date(text)
