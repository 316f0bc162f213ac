"""What a new station shows, what a label holds, and what a disk brings back."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.api import EnrolAnswer
from wire.claim import CentreCard, Claim, Voucher, build_card, parse_card, parse_voucher, redeem
from wire.enrolment import SignedAnswer, sign_answer, verify_answer
from wire.errors import ClaimError, IdentityError
from wire.identity import MAX_IDENTITY_BYTES, PREFIX, Identity, build_identity, parse_identity
from wire.keys import FixedKeyRing, SoftwareSigner, verifying_key

SIGNER = SoftwareSigner.generate()
IDENTITY = Identity(SIGNER.public_pem, "n" * 21 + "A", "10000000abcdef01", "pi5", "0.1.0")
CODE = "2345-6789-ABCD-EFGH-JKMN"


class TestIdentity:
    def test_comes_back_as_it_was_shown_and_fits_a_screen(self) -> None:
        text = build_identity(IDENTITY, SIGNER)
        assert parse_identity(text) == IDENTITY
        assert text.startswith(PREFIX)
        assert len(text) < 600

    def test_survives_the_lines_of_a_mail_or_a_scanner(self) -> None:
        text = build_identity(IDENTITY, SIGNER)
        broken = "\r\n".join(text[i : i + 60] for i in range(0, len(text), 60))
        assert parse_identity(f"\n {broken} \n") == IDENTITY

    def test_is_compared_in_groups_of_four(self) -> None:
        assert re.fullmatch(r"([0-9a-f]{4} ){15}[0-9a-f]{4}", IDENTITY.fingerprint)

    def test_in_the_name_of_another_key_is_refused(self) -> None:
        stranger = SoftwareSigner.generate()
        with pytest.raises(IdentityError):
            parse_identity(build_identity(IDENTITY, stranger))

    def test_with_another_serial_than_was_signed_is_refused(self) -> None:
        header, claims, signature = build_identity(IDENTITY, SIGNER).split(".")
        said = urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
        changed = said.replace(b"abcdef01", b"abcdef02")
        forged = urlsafe_b64encode(changed).rstrip(b"=").decode()
        with pytest.raises(IdentityError):
            parse_identity(f"{header}.{forged}.{signature}")

    @given(st.text(max_size=200))
    def test_anything_else_is_no_request(self, text: str) -> None:
        for said in (text, PREFIX + text, PREFIX + "a" * MAX_IDENTITY_BYTES):
            with pytest.raises(IdentityError):
                parse_identity(said)


class TestVoucher:
    @pytest.mark.parametrize(
        "typed",
        [
            f"ACOPIO-VALE:E1:{CODE}",
            f"acopio-vale:e1:{CODE.lower()}",
            f"E1:{CODE.replace('-', ' ')}",
            f" E1 : {CODE.replace('-', '')}\n",
        ],
    )
    def test_is_read_however_it_is_typed(self, typed: str) -> None:
        assert parse_voucher(typed) == Voucher("E1", CODE)

    @pytest.mark.parametrize("typed", ["", "E1", f"{CODE}", f"E1:{CODE}-2222", "E1:1111-0000"])
    def test_that_is_none_is_refused(self, typed: str) -> None:
        with pytest.raises(ClaimError) as caught:
            parse_voucher(typed)
        assert caught.value.code == "claim.voucher"

    def test_does_not_show_its_code_by_accident(self) -> None:
        assert CODE not in repr(Voucher("E1", CODE))

    def test_and_the_centres_card_are_a_claim(self) -> None:
        key = verifying_key(SIGNER.public_pem, ("policy",))
        card = CentreCard("https://centro.example", (key,), "pem")
        assert parse_card(build_card(card)) == card
        assert redeem(card, Voucher("E1", CODE)) == Claim(
            "https://centro.example", "E1", CODE, (key,), "pem"
        )

    def test_a_card_without_an_authority_for_https_is_refused(self) -> None:
        key = verifying_key(SIGNER.public_pem, ("policy",))
        with pytest.raises(ClaimError):
            parse_card(build_card(CentreCard("https://centro.example", (key,))))


class TestAnswer:
    ANSWER = SignedAnswer(
        SIGNER.kid, "n" * 21 + "A", EnrolAnswer("E1", "0" * 32, "x" * 32, "policy"), 5
    )

    def test_of_the_centre_is_read(self) -> None:
        centre = SoftwareSigner.generate()
        ring = FixedKeyRing((verifying_key(centre.public_pem, ("policy",)),))
        assert verify_answer(sign_answer(self.ANSWER, centre) + "\n", ring) == self.ANSWER

    def test_of_anybody_else_is_refused(self) -> None:
        centre = SoftwareSigner.generate()
        ring = FixedKeyRing((verifying_key(centre.public_pem, ("receipt",)),))
        for signer, code in ((SIGNER, "answer.unknown_key"), (centre, "answer.role")):
            with pytest.raises(ClaimError) as caught:
                verify_answer(sign_answer(self.ANSWER, signer), ring)
            assert caught.value.code == code
