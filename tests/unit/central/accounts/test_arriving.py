"""Codes of the second factor, tries within a window, and tokens of letters."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.accounts import invitations, second_factor
from central.accounts.attempts import Attempts
from central.models import User
from central.storage.sealing import Sealer

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
SEALER = Sealer(bytes(32), second_factor.SEALED_FOR)
# RFC 6238, appendix B: the ASCII secret "12345678901234567890", in base 32.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def _person(secret: str = RFC_SECRET) -> User:
    user = User(id=7, email="autoridad@acopio.example", name="Persona inventada")
    user.totp_sealed = SEALER.seal(secret.encode(), "user:7")
    return user


class TestSecondFactor:
    # Appendix B of RFC 6238 for SHA-1 has eight digits; the last six are the code of six.
    @pytest.mark.parametrize(
        ("seconds", "code"),
        [
            (59, "287082"),
            (1111111109, "081804"),
            (1111111111, "050471"),
            (1234567890, "005924"),
            (2000000000, "279037"),
        ],
    )
    def test_agrees_with_the_examples_of_the_rfc(self, seconds: int, code: str) -> None:
        now = datetime.fromtimestamp(seconds, UTC)
        assert second_factor.step_of(_person(), code, SEALER, now=now) == seconds // 30

    def test_a_step_that_was_used_is_not_taken_again(self) -> None:
        user = _person()
        now = datetime.fromtimestamp(1111111109, UTC)
        user.totp_last_step = second_factor.step_of(user, "081804", SEALER, now=now)
        assert second_factor.is_enrolled(user)
        assert second_factor.step_of(user, "081804", SEALER, now=now) is None
        # The code of the step before is no better.
        user.totp_last_step = 1111111111 // 30
        assert second_factor.step_of(user, "081804", SEALER, now=now) is None

    @settings(max_examples=50)
    @given(st.text(max_size=12))
    def test_no_other_text_is_a_code(self, text: str) -> None:
        now = datetime.fromtimestamp(1111111109, UTC)
        user = _person()
        found = second_factor.step_of(user, text, SEALER, now=now)
        present = {"081804", "050471", "731029"}
        assert found is None or "".join(text.split()) in present

    def test_the_address_for_an_authenticator_names_person_and_service(self) -> None:
        address = second_factor.address_of(_person(), RFC_SECRET)
        assert address.startswith("otpauth://totp/Acopio:autoridad%40acopio.example?secret=")
        assert "issuer=Acopio" in address


class TestAttempts:
    def test_takes_as_many_as_it_may_in_each_window(self) -> None:
        attempts = Attempts(3, timedelta(minutes=1))
        assert [attempts.is_over("a", now=NOW) for _ in range(5)] == [False] * 3 + [True] * 2
        assert not attempts.is_over("b", now=NOW)
        assert not attempts.is_over("a", now=NOW + timedelta(minutes=1))

    @given(st.lists(st.integers(0, 5), max_size=40))
    def test_never_takes_more_within_any_window(self, pauses: list[int]) -> None:
        attempts = Attempts(4, timedelta(seconds=10))
        at, taken = NOW, []
        for pause in pauses:
            at += timedelta(seconds=pause)
            if not attempts.is_over("a", now=at):
                taken.append(at)
        for first in taken:
            within = [one for one in taken if timedelta(0) <= one - first < timedelta(seconds=10)]
            assert len(within) <= 4


class TestInvitations:
    def test_a_token_is_kept_as_its_digest_alone_and_is_never_the_same(self) -> None:
        user = _person()
        tokens = {invitations.invite(user, lifetime=timedelta(days=7), now=NOW) for _ in range(20)}
        assert len(tokens) == 20
        assert all(len(token) == 43 for token in tokens)
        assert user.invitation_sha256 in {invitations.digest(token) for token in tokens}
        assert user.invitation_expires_at == NOW + timedelta(days=7)

    def test_spending_ends_it_and_never_lengthens_it(self) -> None:
        user = _person()
        invitations.invite(user, lifetime=timedelta(days=7), now=NOW)
        invitations.spend(user, now=NOW + timedelta(days=1))
        assert user.invitation_expires_at == NOW + timedelta(days=1)
        invitations.spend(user, now=NOW + timedelta(days=3))
        assert user.invitation_expires_at == NOW + timedelta(days=1)
