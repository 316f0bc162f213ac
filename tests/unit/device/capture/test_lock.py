"""The lock of a station that is left alone: what it wipes, what it keeps, who opens it."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from device.camera.base import Frame
from device.capture.errors import SignInError, WrongStepError
from device.capture.session import Read, Shooting
from tests.kiosks import PASSWORD
from tests.stations import AUXILIAR
from tests.unit.device.capture.fakes import SCENES, Workplace
from wire.packet import Kind

STEPS = ("front", "back", "confirm", "live_photo", "signature", "summary")


class TestTheLock:
    def test_comes_after_a_while_and_keeps_the_session(self) -> None:
        place = Workplace()
        place.signed_in()
        place.clock.advance(901)
        assert place.desk.signed_in is None
        assert place.desk.locked_out is not None
        assert place.desk.locked_out.auxiliar.id == AUXILIAR
        assert place.sealer.notes == [(Kind.SESSION_OPEN, "session-1")]

    def test_wipes_the_visit_and_lets_nobody_begin_one(self) -> None:
        place = Workplace()
        place.to_step("summary")
        place.desk.lock()
        assert place.desk.case is None
        with pytest.raises(WrongStepError):
            place.desk.start()
        assert place.sealer.drafts == []

    def test_opens_with_the_password_and_the_session_goes_on(self) -> None:
        place = Workplace()
        place.signed_in()
        place.desk.lock()
        with pytest.raises(SignInError) as refused:
            place.desk.unlock("another word")
        assert refused.value.code == "sign_in.wrong"
        assert place.desk.unlock(PASSWORD).session == "session-1"
        place.desk.start()
        assert [kind for kind, _ in place.sealer.notes] == [Kind.SESSION_OPEN]

    def test_does_not_open_for_an_account_that_was_withdrawn_meanwhile(self) -> None:
        place = Workplace()
        place.signed_in()
        place.desk.lock()
        place.change_auxiliar(is_active=False)
        with pytest.raises(SignInError) as refused:
            place.desk.unlock(PASSWORD)
        assert refused.value.code == "sign_in.inactive"

    def test_counts_wrong_words_as_the_sign_in_does(self) -> None:
        place = Workplace()
        place.signed_in()
        place.desk.lock()
        codes = []
        for _ in range(7):
            with pytest.raises(SignInError) as refused:
                place.desk.unlock("another word")
            codes.append(refused.value.code)
        assert codes[0] == "sign_in.wrong"
        assert codes[-1] == "sign_in.locked"

    def test_gives_way_to_another_sign_in_which_closes_the_session(self) -> None:
        place = Workplace()
        place.signed_in()
        place.desk.lock()
        place.desk.sign_in(AUXILIAR, PASSWORD)
        assert [kind for kind, _ in place.sealer.notes] == [
            Kind.SESSION_OPEN, Kind.SESSION_CLOSE, Kind.SESSION_OPEN
        ]  # fmt: skip

    def test_ends_in_the_close_of_the_session_when_nobody_comes_back(self) -> None:
        place = Workplace()
        place.signed_in()
        place.clock.advance(901)
        assert place.desk.signed_in is None
        place.clock.advance(14_400)
        assert place.desk.locked_out is None
        assert place.sealer.notes[-1] == (Kind.SESSION_CLOSE, "session-1")

    def test_waits_for_whoever_says_that_they_are_there(self) -> None:
        place = Workplace()
        place.signed_in()
        place.clock.advance(890)
        assert place.desk.left_s() == 10
        place.desk.stay()
        assert place.desk.left_s() == 900
        place.clock.advance(890)
        assert place.desk.signed_in is not None

    def test_is_told_of_the_visit_first(self) -> None:
        place = Workplace()
        place.to_step("front")
        assert place.desk.left_s() == 300


class TestNothingOfAVisitStays:
    """Frames, shots and fields are gone with the visit, not only out of sight."""

    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("end", ["cancel", "lock", "sign_out", "left", "idle", "seal"])
    def test_in_memory(self, step: str, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
        place = Workplace()
        seen: list[weakref.ref[Any]] = []

        def burst(count: int, *, timeout_s: float | None = None) -> list[Frame]:
            image = SCENES[place.camera.sees].copy()
            seen.append(weakref.ref(image))
            return [Frame(image, taken_at=place.clock.now())]

        monkeypatch.setattr(place.camera, "burst", burst)
        desk = place.to_step("sealed" if end == "seal" else step)
        if isinstance(desk.case, Read):
            seen += [weakref.ref(desk.case.front), weakref.ref(desk.case.back)]
        if isinstance(desk.case, Shooting):
            seen.append(weakref.ref(desk.case))
        assert seen
        if end in ("left", "idle"):
            place.clock.advance(301 if end == "left" else 901)
            assert desk.case is None or desk.case.step.value == "cancelled"
        elif end != "seal":
            getattr(desk, end)()
        place.sealer.drafts.clear()  # the list is the test's own; the real sealer keeps ciphertext
        gc.collect()
        assert [ref() for ref in seen if ref() is not None] == []
