"""What a station states about itself: its close-outs, its passport, its readiness."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.errors import StatementError
from wire.keys import FixedKeyRing, SoftwareSigner, verifying_key
from wire.statement import (
    CloseOut,
    Passport,
    Readiness,
    sign_statement,
    verify_statement,
)

SIGNER = SoftwareSigner.generate()
RING = FixedKeyRing((verifying_key(SIGNER.public_pem, ("packet", "proof"), "EST01"),))
CLOSE_OUT = CloseOut("EST01", 3, 17, "ab" * 32, apoyos=12, voids=1, wall_s=1_795_000_000)
PASSPORT = Passport(
    "EST01", "0123456789abcdef" * 2, "1.2.3", "f" * 32, "0" * 64, 17, "ab" * 32, 4, 9, 1_795_000
)
READINESS = Readiness("EST01", "1.2.3", is_ready=False, wall_ms=5, findings={"camera": "ok"})
IDS = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=1, max_size=20)


class TestAStatement:
    @pytest.mark.parametrize("statement", [CLOSE_OUT, PASSPORT, READINESS])
    def test_is_read_as_it_was_signed(self, statement: CloseOut | Passport | Readiness) -> None:
        token = sign_statement(statement, SIGNER)
        assert verify_statement(token, type(statement), RING) == statement

    def test_is_not_taken_for_another(self) -> None:
        with pytest.raises(StatementError) as refused:
            verify_statement(sign_statement(PASSPORT, SIGNER), CloseOut, RING)
        assert refused.value.code == "statement.type"

    def test_of_another_station_is_refused(self) -> None:
        token = sign_statement(replace(CLOSE_OUT, station="EST02"), SIGNER)
        with pytest.raises(StatementError) as refused:
            verify_statement(token, CloseOut, RING)
        assert refused.value.code == "statement.station"

    def test_of_an_unknown_key_is_refused(self) -> None:
        with pytest.raises(StatementError) as refused:
            verify_statement(sign_statement(CLOSE_OUT, SoftwareSigner.generate()), CloseOut, RING)
        assert refused.value.code == "statement.unknown_key"

    @given(position=st.integers(0, 10_000), letter=st.sampled_from("AZaz09-_."))
    def test_that_was_altered_is_refused(self, position: int, letter: str) -> None:
        token = sign_statement(CLOSE_OUT, SIGNER)
        position %= len(token)
        altered = token[:position] + letter + token[position + 1 :]
        if altered != token:
            with pytest.raises(StatementError):
                verify_statement(altered, CloseOut, RING)

    @given(station=IDS, last=st.integers(1, 10**7), apoyos=st.integers(0, 10**6))
    def test_of_a_close_fits_across_the_narrowest_paper(
        self, station: str, last: int, apoyos: int
    ) -> None:
        close_out = replace(CLOSE_OUT, station=station, first_seq=last, last_seq=last,
                            apoyos=apoyos, voids=apoyos)  # fmt: skip
        assert len(sign_statement(close_out, SIGNER)) <= 504
