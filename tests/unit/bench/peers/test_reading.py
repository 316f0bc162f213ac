"""What is made of a peer's lines: the card of an invented person, as RapidOCR returns it."""

import math

import pytest

from bench.peers.reading import read_lines
from bench.peers.text import PeerLine

FRONT = (
    ("MEXICO", 197, 19, 344, 58),
    ("INSTITUTO NACIONALELECTORAL", 201, 67, 933, 106),
    ("NOMBRE:", 379, 180, 514, 212),
    ("FECHA DE NACIMIENTO", 926, 182, 1249, 210),
    ("ESTRADA", 382, 211, 552, 245),
    ("24/06/1998", 926, 209, 1161, 249),
    ("CERVANTES", 381, 256, 599, 294),
    ("SEXOH", 919, 250, 1050, 296),
    ("JOSE GUSTAVO", 378, 303, 653, 343),
    ("DOMICILIO", 380, 353, 531, 384),
    ("CALZ LAZARO CARDENAS MZ 30", 382, 383, 1244, 420),
    ("FRACC SAN JUAN DE ARAGON 02591", 381, 429, 1135, 470),
    ("TAXCO DE ALARCON,GRO.", 380, 478, 931, 516),
    ("CLAVEELECTORESCRGS98062412H935", 380, 529, 1104, 571),
    ("CURPEACG980624HGRSRS12", 380, 585, 847, 624),
    ("ANO DEREGISTR0 2016 00", 888, 586, 1249, 625),
    ("ESTADO 12", 377, 633, 564, 682),
    ("MPIO.129", 776, 636, 952, 679),
    ("LOCALIDAD:0275", 377, 690, 667, 733),
    ("SECCI0N:5916", 692, 689, 947, 731),
    ("EMISION:2018", 378, 744, 625, 786),
    ("VIGENCIA HASTA 2028", 655, 745, 1011, 787),
)
VALUES = {
    "apellido_paterno": "ESTRADA",
    "apellido_materno": "CERVANTES",
    "nombres": "JOSE GUSTAVO",
    "domicilio": (
        "CALZ LAZARO CARDENAS MZ 30",
        "FRACC SAN JUAN DE ARAGON 02591",
        "TAXCO DE ALARCON, GRO.",
    ),
    "fecha_nacimiento": "24/06/1998",
    "sexo": "H",
    "clave_elector": "ESCRGS98062412H935",
    "curp": "EACG980624HGRSRS12",
    "anio_registro": "2016 00",
    "estado": "12",
    "municipio": "129",
    "localidad": "0275",
    "seccion": "5916",
    "emision": "2018",
    "vigencia": "2028",
}


def lines(
    boxes: tuple[tuple[str, int, int, int, int], ...], turned_deg: float = 0.0
) -> list[PeerLine]:
    """The lines of a card turned in the frame, as a detector of sideways text gives its quads."""
    cos, sin = math.cos(math.radians(turned_deg)), math.sin(math.radians(turned_deg))

    def corner(x: float, y: float) -> tuple[float, float]:
        return x * cos - y * sin, x * sin + y * cos

    return [
        PeerLine(text, 1.0, (corner(a, b), corner(c, b), corner(c, d), corner(a, d)))
        for text, a, b, c, d in boxes
    ]


def replaced(old: str, new: str) -> tuple[tuple[str, int, int, int, int], ...]:
    return tuple((text.replace(old, new), *box) for text, *box in FRONT)  # type: ignore[misc]


class TestFront:
    def test_every_field_is_found_by_label_form_and_place(self) -> None:
        assert dict(read_lines(lines(FRONT), is_card=True).values) == VALUES

    @pytest.mark.parametrize("angle", [7.0, 90.0, 180.0, 263.0])
    def test_a_card_turned_in_the_frame_reads_the_same(self, angle: float) -> None:
        assert dict(read_lines(lines(FRONT, angle), is_card=False).values) == VALUES

    def test_the_curp_is_witness_of_the_clave(self) -> None:
        read = read_lines(lines(replaced("ESCRGS980624", "ESCRG59B0G24")), is_card=True)
        assert read.values["clave_elector"] == "ESCRGS98062412H935"

    def test_a_look_alike_in_the_curp_is_set_right_by_its_digit(self) -> None:
        read = read_lines(lines(replaced("EACG980624HGR", "EACG98O6Z4HGR")), is_card=True)
        assert read.values["curp"] == "EACG980624HGRSRS12"

    def test_a_curp_that_cannot_be_proven_is_withheld(self) -> None:
        read = read_lines(lines(replaced("HGRSRS12", "HGRSRS14")), is_card=True)
        assert "curp" not in read.values

    def test_a_digit_misread_in_the_curp_is_set_right_by_digit_and_clave(self) -> None:
        read = read_lines(lines(replaced("EACG980624", "EACG930624")), is_card=True)
        assert read.values["curp"] == "EACG980624HGRSRS12"

    def test_a_value_whose_label_was_lost_is_not_guessed(self) -> None:
        read = read_lines(lines(replaced("SECCI0N:", "")), is_card=True)
        assert "seccion" not in read.values

    @pytest.mark.parametrize("label", ["NOMBRE(S) Y APELLIDOS", "NOMBREDELTITULAR", "NOMBRES"])
    def test_a_longer_label_of_the_names_is_no_name(self, label: str) -> None:
        read = read_lines(lines(replaced("NOMBRE:", label)), is_card=True)
        assert read.values["apellido_paterno"] == "ESTRADA"

    def test_names_with_a_label_each_are_told_apart(self) -> None:
        front = (
            ("APELLIDO PATERNO", 380, 180, 600, 205), ("ESTRADA", 382, 211, 552, 245),
            ("APELLIDO MATERNO", 380, 256, 600, 280), ("CERVANTES", 381, 286, 599, 320),
            ("NOMBRE(S)", 380, 330, 520, 355), ("JOSE GUSTAVO", 378, 361, 653, 395),
            ("SECCION 5916", 692, 689, 947, 731),
        )  # fmt: skip
        values = read_lines(lines(front), is_card=True).values
        assert values["apellido_materno"] == "CERVANTES"
        assert values["nombres"] == "JOSE GUSTAVO"

    def test_the_digits_of_a_value_are_no_part_of_its_label(self) -> None:
        read = read_lines(lines(replaced("VIGENCIA HASTA 2028", "VIGENCIA2028")), is_card=True)
        assert read.values["vigencia"] == "2028"


class TestBack:
    def test_the_zone_gives_cic_and_ocr_number(self) -> None:
        zone = (
            ("IDMEX1481461009<<1693599186984", 107, 564, 1230, 605),
            ("8009238M2812313MEX<04<<73790<0", 108, 633, 1229, 669),
            ("RIVERA<PENA<<MARTHA<<<<<<<<<<<", 107, 700, 1232, 738),
        )
        read = read_lines(lines(zone), is_card=True)
        assert read.is_back
        assert read.mrz == tuple(text for text, *_ in zone)
        assert read.values == {"cic": "148146100", "numero_ocr": "1693599186984"}

    def test_an_old_back_has_its_number_alone(self) -> None:
        back = (
            ("ELECCIONESFEDERALES", 36, 251, 250, 278),
            ("6412515819881", 99, 725, 689, 772),
        )
        read = read_lines(lines(back), is_card=True)
        assert read.values == {"numero_ocr": "6412515819881"}


class TestNothing:
    def test_other_print_is_no_credential(self) -> None:
        other = (("CLUB DE LECTORES", 10, 10, 300, 40), ("SOCIO 2291", 10, 60, 200, 90))
        read = read_lines(lines(other), is_card=False)
        assert read.found == 0
        assert not read.as_reading(cpu_ms=1.0).found
