"""The live photo in a visit: a bad one is taken again, and after the attempts may be kept."""

from __future__ import annotations

import pytest

from device.capture.desk import Desk
from device.capture.errors import WrongStepError
from device.capture.guidance import Guide
from device.capture.session import AwaitingLivePhoto, Step
from device.capture.shutter import Gate
from tests.kiosks import STROKES
from tests.live_photos import photo_of
from tests.unit.device.capture.fakes import Workplace
from training.live_photos import Kind
from wire.record import Capture


def waiting(desk: Desk) -> AwaitingLivePhoto:
    case = desk.case
    assert isinstance(case, AwaitingLivePhoto)
    return case


def sealed(place: Workplace) -> Capture:
    place.desk.sign(STROKES)
    place.desk.seal()
    return place.sealer.drafts[0].capture


class TestAGoodPhoto:
    def test_is_used_at_once_and_leaves_no_flag(self) -> None:
        place = Workplace(faces=True)
        desk = place.to_step("live_photo")
        place.camera.sees = "face"
        assert desk.shoot_face().codes == ()
        desk.accept_face()
        capture = sealed(place)
        assert capture.flags == ()
        assert capture.qualities["face.height"] > 0.3
        (attack,) = (attack for attack in capture.attacks if attack.image == "face")
        assert (attack.kind, attack.detected) == ("screen", False)


class TestABadPhoto:
    def test_is_taken_again_before_it_may_be_used(self) -> None:
        place = Workplace(faces=True, attempts_before_fallback=2)
        desk = place.to_step("live_photo")
        place.camera.sees = "sunglasses"
        for may_go_on in (False, True):
            assert desk.shoot_face().codes == ("face.eyes_hidden",)
            assert waiting(desk).may_go_on is may_go_on
            if not may_go_on:
                with pytest.raises(WrongStepError):
                    desk.accept_face()
        desk.accept_face()
        capture = sealed(place)
        assert {"face.eyes_hidden", "face.kept_unaccepted"} <= set(capture.flags)

    def test_is_forgotten_when_the_next_one_is_good(self) -> None:
        place = Workplace(faces=True, attempts_before_fallback=3)
        desk = place.to_step("live_photo")
        place.camera.sees = "sunglasses"
        desk.shoot_face()
        place.camera.sees = "face"
        desk.shoot_face()
        desk.accept_face()
        assert sealed(place).flags == ()

    def test_of_a_screen_is_told_to_the_reviewers(self) -> None:
        place = Workplace(faces=True, attempts_before_fallback=1)
        desk = place.to_step("live_photo")
        place.camera.sees = "screen"
        desk.shoot_face()
        desk.accept_face()
        (attack,) = (one for one in sealed(place).attacks if one.image == "face")
        assert attack.detected
        assert attack.score >= 0.5

    def test_is_asked_for_again_even_where_none_is_needed(self) -> None:
        place = Workplace(faces=True, live_photo_required=False)
        desk = place.to_step("live_photo")
        place.camera.sees = "table"
        assert "face.absent" in desk.shoot_face().codes
        assert not waiting(desk).may_go_on


class TestThePreview:
    def test_is_looked_at_where_the_station_finds_faces(self) -> None:
        desk = Workplace(faces=True).desk
        seen = desk.guide_face(photo_of("good"))
        assert seen is not None
        assert seen.codes == ()
        hidden = desk.guide_face(photo_of("sunglasses"))
        assert hidden is not None
        assert hidden.codes == ("face.eyes_hidden",)

    def test_is_not_looked_at_where_it_finds_none(self) -> None:
        assert Workplace().desk.guide_face(photo_of("good")) is None


class TestTheShutter:
    def test_opens_for_a_face_and_again_for_the_same_face_when_another_photo_is_wanted(
        self,
    ) -> None:
        place = Workplace(faces=True)
        desk = place.to_step("live_photo")
        guide = Guide(place.clock)
        for _ in range(2):
            gates = [self._gate_after(guide, place, "good") for _ in range(12)]
            assert gates.count(Gate.FIRE) == 1
            place.camera.sees = "sunglasses"
            desk.shoot_face()

    def test_stays_closed_for_a_face_that_cannot_be_seen(self) -> None:
        place = Workplace(faces=True)
        place.to_step("live_photo")
        guide = Guide(place.clock)
        gates = {self._gate_after(guide, place, "sunglasses") for _ in range(12)}
        assert gates == {Gate.ADJUSTING}

    def _gate_after(self, guide: Guide, place: Workplace, kind: Kind) -> Gate:
        place.clock.advance(0.1)
        stands = guide.look(place.desk, Step.LIVE_PHOTO, photo_of(kind))
        assert stands is not None
        return stands.gate
