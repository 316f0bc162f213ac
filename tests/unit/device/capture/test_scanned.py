"""Codes of the scanner in a visit."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.capture.errors import WrongStepError
from device.capture.scanned import MOST_CODES, ScannedCode, with_code, with_numbers
from device.capture.session import Confirming
from domain.credential.cic import with_check_digit
from domain.credential.fields import Side
from tests.unit.device.capture.fakes import Workplace
from wire.record import Field, Source

CIC = with_check_digit("123456789")


def read(**values: str) -> dict[str, Field]:
    return {name: Field(value, Source.TEXT, 0.99) for name, value in values.items()}


def offered(fields: dict[str, Field], payload: bytes) -> dict[str, Field]:
    found = with_numbers(fields, (), [ScannedCode(payload)])
    return {name: value for name, value in found.items() if name not in fields}


class TestANumber:
    def test_of_ten_digits_that_check_is_the_cic(self) -> None:
        given_ = offered({}, CIC.encode())
        assert given_ == {"cic": Field("123456789", Source.SCANNER, 0.9)}

    def test_of_thirteen_digits_is_the_ocr_number_when_the_seccion_agrees(self) -> None:
        fields = read(seccion="0001")
        assert offered(fields, b"0001000000001")["numero_ocr"].value == "0001000000001"
        assert offered(fields, b"7501000000001") == {}

    def test_without_a_witness_is_marked_as_doubtful(self) -> None:
        assert offered({}, b"123456789")["cic"].confidence == 0.5
        assert offered({}, b"7501000000001")["numero_ocr"].confidence == 0.5

    def test_never_takes_the_place_of_what_was_read(self) -> None:
        assert offered(read(cic="999999999"), CIC.encode()) == {}

    def test_whose_check_digit_is_wrong_is_none(self) -> None:
        wrong = CIC[:9] + str((int(CIC[9]) + 1) % 10)
        assert offered({}, wrong.encode()) == {}

    @given(st.binary(max_size=40))
    def test_comes_from_digits_alone(self, payload: bytes) -> None:
        if not (payload.isascii() and payload.isdigit() and len(payload) in (9, 10, 13)):
            assert offered({}, payload) == {}


class TestTheCodesOfAVisit:
    def test_are_kept_once_each_and_the_latest_of_many(self) -> None:
        codes: tuple[ScannedCode, ...] = ()
        for payload in (b"a", b"b", b"a", b"c", b"d", b"e"):
            codes = with_code(codes, ScannedCode(payload))
        assert [code.payload for code in codes] == [b"a", b"c", b"d", b"e"]
        assert len(codes) == MOST_CODES

    def test_are_sealed_as_evidence_byte_for_byte(self) -> None:
        place = Workplace()
        desk = place.to_step("back")
        raw = bytes(range(256))
        desk.scan(ScannedCode(raw))
        place.finish()
        (code, *_) = place.sealer.drafts[0].capture.barcodes
        assert code["format"] == "scanner"
        assert base64.b64decode(code["base64"]) == raw
        assert code["sha256"] == hashlib.sha256(raw).hexdigest()

    @pytest.mark.parametrize("side", list(Side))
    def test_stay_when_a_side_is_photographed_again(self, side: Side) -> None:
        place = Workplace()
        desk = place.to_step("confirm")
        desk.scan(ScannedCode(b"evidence"))
        desk.retake(side)
        place.finish()
        assert len(place.sealer.drafts[0].capture.barcodes) == 1

    @pytest.mark.parametrize("step", ["consent", "front", "live_photo", "summary", "sealed"])
    def test_are_taken_only_at_the_back_and_the_fields(self, step: str) -> None:
        desk = Workplace().to_step(step)
        with pytest.raises(WrongStepError):
            desk.scan(ScannedCode(b"code"))

    def test_hide_themselves(self) -> None:
        desk = Workplace().to_step("confirm")
        desk.scan(ScannedCode(b"0001000000001"))
        assert isinstance(desk.case, Confirming)
        assert "0001000000001" not in repr(desk.case.scans) + repr(desk.case)
