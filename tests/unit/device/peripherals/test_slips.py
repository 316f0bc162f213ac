"""What a slip says, and the bytes a printer gets for it."""

from __future__ import annotations

import re

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from device.peripherals import escpos
from device.peripherals.slips import (
    CitizenSlip,
    CloseOutSlip,
    Line,
    Qr,
    SampleSlip,
    Slip,
    Style,
)

CITIZEN = CitizenSlip(
    folio="S001-A0001-EST01-00000001",
    code="23456ABCDE",
    saved_at="26/11/2026 14:05",
    process="Proceso inventado",
    aspirante="Aspirante Inventado",
    help_desk="800 000 0000",
    address="https://apoyo.example.mx/c",
)
CLOSE_OUT = CloseOutSlip(
    station="EST01",
    epoch="0123abcd",
    first_seq=3,
    last_seq=9,
    head="f" * 64,
    closed_at="26/11/2026 20:00",
    counts={"Apoyos": 5, "Avisos": 2},
    verification="EST01/3-9",
)
# A printer acts on these wherever they stand, in text and in pictures.
REALTIME = re.compile(rb"\x10[\x04\x05\x14]")


def same(text: str) -> str:
    return text


class TestACitizensSlip:
    def test_says_folio_code_process_and_help(self) -> None:
        text = CITIZEN.compose(same).to_text(32)
        for said in (CITIZEN.folio, "23456-ABCDE", CITIZEN.process, CITIZEN.aspirante,
                     CITIZEN.saved_at, "800 000 0000"):  # fmt: skip
            assert said in text

    def test_leads_to_the_page_without_telling_its_server_the_code(self) -> None:
        (code,) = [b for b in CITIZEN.compose(same).blocks if isinstance(b, Qr)]
        path, fragment = code.content.split("#")
        assert path == CITIZEN.address
        assert fragment == f"{CITIZEN.folio}.{CITIZEN.code}"

    def test_has_no_qr_code_where_there_is_no_page(self) -> None:
        slip = CitizenSlip("F", "23456ABCDE", "hoy", "P", "A").compose(same)
        assert not any(isinstance(block, Qr) for block in slip.blocks)

    @pytest.mark.parametrize("columns", [24, 32, 48])
    def test_fits_the_paper(self, columns: int) -> None:
        lines = CITIZEN.compose(same).to_text(columns).splitlines()
        assert max(map(len, lines)) <= max(columns, len(CITIZEN.folio))


class TestACloseOutSlip:
    def test_says_where_the_chain_stands(self) -> None:
        text = CLOSE_OUT.compose(same).to_text(32)
        for said in ("EST01", "0123abcd", "Packets: 3 to 9", "Apoyos: 5", "f" * 16):
            assert said in text
        assert "f" * 17 not in text


class TestTheBytes:
    def test_begin_with_a_reset_and_end_with_a_cut(self) -> None:
        content = escpos.encode(CITIZEN.compose(same), 32)
        assert content.startswith(b"\x1b@\x1bt\x02")
        assert content.endswith(b"\x1dVB\x00")

    def test_have_the_letters_of_spanish(self) -> None:
        content = escpos.encode(SampleSlip("EST01", "hoy").compose(same), 32)
        assert "áéíóúüñ ÁÉÍÓÚÜÑ ¿? ¡!".encode("cp850") in content

    @given(st.text(max_size=60))
    def test_never_carry_a_command_that_came_in_a_text(self, text: str) -> None:
        plain = escpos.encode(Slip((Line("x"),)), 32)
        content = escpos.encode(Slip((Line(text),)), 32)
        controls = {b for b in content if b < 0x20}
        assert controls <= {b for b in plain if b < 0x20}
        assert content.count(b"\x1b") == plain.count(b"\x1b")

    @given(st.text(max_size=60))
    def test_show_something_for_every_letter(self, text: str) -> None:
        escpos.printable(text).encode("cp850")

    @given(st.text(alphabet="ABCDEFGHJKMNPQRSTVWXYZ0123456789-.#/:", min_size=1, max_size=120))
    def test_of_a_qr_code_are_a_picture_that_no_printer_takes_for_commands(self, text: str) -> None:
        modules = escpos.qr_modules(text)
        content = escpos.raster(modules, 32)
        assert set(content[8:]) <= {0x00, 0x0F, 0xF0, 0xFF}
        assert REALTIME.search(content) is None
        picture = np.where(np.kron(modules, np.ones((4, 4), bool)), 0, 255).astype(np.uint8)
        (read,) = zxingcpp.read_barcodes(picture)
        assert read.text == text

    @pytest.mark.parametrize(("length", "size"), [(60, 3), (500, 0)])
    def test_of_a_qr_code_fit_the_narrow_paper(self, length: int, size: int) -> None:
        content = escpos.raster(escpos.qr_modules("x" * length), 32)
        assert content[3] == size
        assert (content[4] + 256 * content[5]) * 8 * (2 if size else 1) <= 384

    def test_set_a_code_twice_as_large(self) -> None:
        content = escpos.encode(Slip((Line("23456", Style.LARGE),)), 32)
        assert b"\x1d!\x1123456\n\x1d!\x00" in content
