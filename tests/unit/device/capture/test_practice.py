"""Practice: the whole visit, and nothing behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device.capture.desk import DeskSettings
from device.capture.errors import WrongStepError
from device.capture.photographer import Photographer
from device.capture.practice import PRACTICA, Practice, PracticeSealer
from device.capture.session import Sealed
from device.errors import NotEnrolledError
from domain.credential.fields import Side
from tests.kiosks import STROKES, ScriptedReader, kiosk_policy
from tests.stations import Centre, FakeClock
from tests.unit.device.capture.fakes import FakeCamera
from wire.policy import Policy


class PracticePlace:
    """A practice desk with a camera in reach."""

    def __init__(self, policy: Policy | None) -> None:
        self.clock = FakeClock()
        self.camera = FakeCamera(self.clock)
        self.policy = policy
        photographer = Photographer(self.camera, ScriptedReader(), burst=1)
        self.practice = Practice(photographer, self._policy, self.clock, DeskSettings())

    def practise_to_the_end(self) -> Sealed:
        self.practice.begin()
        desk = self.practice.desk
        desk.start()
        desk.agree()
        for side in Side:
            self.camera.sees = side.value
            desk.shoot(side)
        desk.confirm({})
        self.camera.sees = "face"
        desk.shoot_face()
        desk.accept_face()
        desk.sign(STROKES)
        return desk.seal()

    def _policy(self) -> Policy:
        if self.policy is None:
            raise NotEnrolledError("no policy")
        return self.policy


def test_a_visit_ends_with_a_folio_that_nobody_takes_for_a_real_one() -> None:
    sealed = PracticePlace(kiosk_policy(Centre())).practise_to_the_end()
    assert isinstance(sealed, Sealed)
    assert (sealed.folio, sealed.link) == (PRACTICA, "")


def test_the_practice_sealer_has_nothing_to_keep_anything_in() -> None:
    sealer = PracticeSealer()
    assert vars(sealer) == {}
    assert "__init__" not in vars(PracticeSealer)


@pytest.mark.parametrize("policy", [None, "over", "paused"])
def test_needs_neither_policy_nor_period_nor_permission(policy: str | None) -> None:
    known = kiosk_policy(Centre(), starts_ms=1, ends_ms=2)
    if policy == "paused":
        known = replace(known, settings=replace(known.settings, capture_allowed=False))
    place = PracticePlace(None if policy is None else known)
    assert place.practise_to_the_end().folio == PRACTICA


def test_the_rules_practised_are_those_in_force_and_its_keys_are_not_there() -> None:
    place = PracticePlace(kiosk_policy(Centre(), typed_data_allowed=True))
    process = place.practice.begin().process
    assert process.typed_data_allowed
    assert process.notice == "aviso-1"
    assert (process.id, process.opening.recipient, process.recovery.recipient) == (PRACTICA, "", "")


def test_leaving_wipes_what_was_practised() -> None:
    place = PracticePlace(None)
    place.practise_to_the_end()
    place.practice.desk.start()
    place.practice.end()
    assert place.practice.desk.case is None
    assert place.practice.desk.signed_in is None
    with pytest.raises(WrongStepError):
        place.practice.desk.start()
