"""Which credentials end a visit, and which only make the auxiliar look again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device.capture.acceptance import EXPIRED, NO_CREDENTIAL, OTHER_MODEL
from device.capture.session import AwaitingFront, Confirming, Refused, Shooting, Step
from device.inference.base import Model
from domain.credential.fields import Side
from domain.credential.mrz import build_mrz, parse_mrz
from tests.kiosks import ZONE
from tests.unit.device.capture.fakes import Workplace
from wire.policy import Acceptance

EXPIRED_ZONE = build_mrz(replace(parse_mrz(ZONE), expires="191231"))


def shoot(place: Workplace, side: str) -> None:
    place.camera.sees = side
    place.desk.shoot(Side(side))


def is_at_the_front(place: Workplace) -> bool:
    return isinstance(place.desk.case, AwaitingFront)


def expired(place: Workplace) -> Workplace:
    place.reader.vigencia, place.reader.zone = "2009-2019", EXPIRED_ZONE
    return place


class TestAnExpiredCredential:
    def test_ends_the_visit_once_both_sides_tell_of_it(self) -> None:
        place = expired(Workplace())
        desk = place.to_step("back")
        shoot(place, "back")
        assert desk.case == Refused(at=Step.CONFIRM, reason=EXPIRED)
        assert desk.start().step is Step.CONSENT

    def test_is_cited_the_ground_that_the_process_words(self) -> None:
        place = expired(Workplace(acceptance=Acceptance(grounds={"expired": "Artículo 1."})))
        place.to_step("back")
        shoot(place, "back")
        case = place.desk.case
        assert isinstance(case, Refused)
        assert case.ground == "Artículo 1."

    @pytest.mark.parametrize(
        "acceptance", [Acceptance(refuse_expired=False), Acceptance(extended_from=2019)]
    )
    def test_goes_on_where_the_process_says_so(self, acceptance: Acceptance) -> None:
        place = expired(Workplace(acceptance=acceptance))
        place.to_step("back")
        shoot(place, "back")
        assert isinstance(place.desk.case, Confirming)

    def test_is_not_believed_while_the_code_lines_say_another_year(self) -> None:
        place = Workplace()
        place.reader.vigencia = "2009-2019"
        place.to_step("back")
        shoot(place, "back")
        assert isinstance(place.desk.case, Confirming)

    def test_is_believed_of_a_model_without_code_lines(self) -> None:
        place = Workplace()
        place.reader.vigencia, place.reader.zone = "2018", None
        place.reader.model = Model.C
        place.to_step("back")
        shoot(place, "back")
        assert isinstance(place.desk.case, Refused)


class TestAnotherModel:
    def test_ends_the_visit_when_a_second_picture_says_the_same(self) -> None:
        place = Workplace(models=("G",))
        place.reader.model = Model.C
        place.to_step("front")
        shoot(place, "front")
        assert is_at_the_front(place)
        shoot(place, "front")
        assert place.desk.case == Refused(at=Step.FRONT, reason=OTHER_MODEL)

    def test_cannot_be_kept_though_the_picture_was_bad_each_time(self) -> None:
        place = Workplace(models=("G",), attempts_before_fallback=3)
        place.reader.model, place.reader.reasons = Model.C, ("quality.glare",)
        place.to_step("front")
        for _ in range(3):
            assert isinstance(place.desk.case, Shooting)
            shoot(place, "front")
        assert isinstance(place.desk.case, Refused)

    def test_of_the_back_alone_is_left_to_the_reviewers(self) -> None:
        place = Workplace(models=("G",), attempts_before_fallback=2)
        place.to_step("back")
        place.reader.model = Model.C
        for _ in range(2):
            shoot(place, "back")
        case = place.desk.case
        assert isinstance(case, Shooting)
        assert case.may_keep


class TestNoCredential:
    def test_ends_the_visit_after_the_attempts_that_there_are(self) -> None:
        place = Workplace(attempts_before_fallback=2)
        place.reader.reasons = ("card.not_a_credential",)
        place.to_step("front")
        shoot(place, "front")
        assert is_at_the_front(place)
        shoot(place, "front")
        assert place.desk.case == Refused(at=Step.FRONT, reason=NO_CREDENTIAL)

    def test_is_another_thing_than_nothing_in_the_picture(self) -> None:
        place = Workplace(attempts_before_fallback=2)
        place.to_step("front")
        for _ in range(3):
            place.desk.shoot(Side.FRONT)
        assert isinstance(place.desk.case, Shooting)
