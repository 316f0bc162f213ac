"""The live photo in a visit: a bad one is taken again, and after the attempts may be kept."""

from __future__ import annotations

import pytest

from device.capture.desk import Desk
from device.capture.errors import WrongStepError
from device.capture.session import AwaitingLivePhoto
from tests.kiosks import STROKES
from tests.live_photos import photo_of
from tests.unit.device.capture.fakes import Workplace
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
