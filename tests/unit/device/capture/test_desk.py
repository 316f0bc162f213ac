"""One station, one auxiliar, one visit at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from device.camera.base import CameraTimeoutError, Frame
from device.capture.errors import (
    SignatureError,
    SignInError,
    TypingRefusedError,
    WrongStepError,
)
from device.capture.session import AwaitingFront, Cancelled, Confirming, Sealed, Shooting, Step
from device.errors import CaptureRefusedError, DiskFullError
from domain.citizen_code import parse_citizen_code
from domain.credential.fields import Model, Side
from tests.kiosks import PASSWORD, STROKES
from tests.stations import AUXILIAR
from tests.unit.device.capture.fakes import SCENES, Workplace
from wire.packet import Kind
from wire.record import Source

STEPS = ["consent", "front", "back", "confirm", "live_photo", "signature", "summary"]


def step_of(place: Workplace) -> str | None:
    case = place.desk.case
    return None if case is None else case.step.value


class TestAVisit:
    def test_goes_from_consent_to_the_seal(self) -> None:
        place = Workplace()
        place.to_step("sealed")
        case = place.desk.case
        assert isinstance(case, Sealed)
        assert (case.folio, case.link) == ("S001-A0001-EST01-00000001", f"{1:064x}")

    def test_seals_what_was_captured(self) -> None:
        place = Workplace()
        place.to_step("sealed")
        draft = place.sealer.drafts[0]
        assert (draft.process, draft.solicitud, draft.auxiliar) == ("P2026", "S001", AUXILIAR)
        assert draft.session == "session-1"
        capture = draft.capture
        assert capture.model == "G"
        assert capture.fields["clave_elector"].value == "EJPRLS90010109M000"
        assert capture.fields["numero_ocr"].source is Source.MRZ
        assert capture.consent.notice == "aviso-1"
        assert capture.mrz[0].startswith("IDMEX")
        assert capture.checks == ()
        assert capture.qualities["front.focus"] == 0.8
        assert capture.timings_ms["back.total"] == 80
        assert capture.flags == ("face.not_checked",)
        assert draft.images.front.startswith(b"\xff\xd8")
        assert draft.images.signature is not None
        assert draft.images.signature.startswith(b"\x89PNG")

    @pytest.mark.parametrize("step", STEPS)
    def test_is_cancelled_from_anywhere_and_leaves_nothing(self, step: str) -> None:
        place = Workplace()
        desk = place.to_step(step)
        desk.cancel()
        assert desk.case == Cancelled(at=Step(step), reason="cancelled")
        assert place.sealer.drafts == []
        desk.start()

    @pytest.mark.parametrize("step", STEPS)
    def test_takes_no_step_out_of_order(self, step: str) -> None:
        place = Workplace()
        desk = place.to_step(step)
        actions: dict[str, Callable[[], object]] = {
            "consent": desk.agree,
            "front": lambda: desk.shoot(Side.FRONT),
            "back": lambda: desk.shoot(Side.BACK),
            "confirm": lambda: desk.confirm({}),
            "live_photo": desk.shoot_face,
            "signature": lambda: desk.sign(STROKES),
            "summary": desk.seal,
        }
        for name, act in actions.items():
            if name != step:
                with pytest.raises(WrongStepError):
                    act()
        assert step_of(place) == step

    def test_ends_when_the_person_leaves(self) -> None:
        place = Workplace()
        desk = place.to_step("confirm")
        place.clock.advance(299)
        assert step_of(place) == "confirm"
        place.clock.advance(2)
        assert desk.case == Cancelled(at=Step.CONFIRM, reason="left")
        assert desk.signed_in is not None

    def test_begins_only_one_at_a_time(self) -> None:
        desk = Workplace().to_step("front")
        with pytest.raises(WrongStepError):
            desk.start()

    def test_follows_the_settings_the_process_has_when_it_begins(self) -> None:
        place = Workplace()
        desk = place.signed_in()
        place.change_process(notice="aviso-2", live_photo_required=False)
        desk.start()
        desk.agree()
        case = desk.case
        assert isinstance(case, AwaitingFront)
        assert case.consent.notice == "aviso-2"

    def test_does_not_begin_when_the_station_may_not_capture(self) -> None:
        place = Workplace()
        desk = place.signed_in()
        place.sealer.refuses = CaptureRefusedError("full", code="capture.disk_low")
        with pytest.raises(CaptureRefusedError) as caught:
            desk.start()
        assert caught.value.code == "capture.disk_low"

    def test_hides_what_it_holds_from_a_log(self) -> None:
        place = Workplace()
        desk = place.to_step("summary")
        assert "EJPRLS" not in repr(desk.case)
        assert "LUISA" not in repr(desk.case)


class TestASide:
    def test_is_not_taken_when_nothing_is_there(self) -> None:
        place = Workplace()
        desk = place.to_step("front")
        shot = desk.shoot(Side.FRONT)
        assert (shot.is_accepted, shot.reasons, shot.attempt) == (False, ("card.not_found",), 1)
        assert step_of(place) == "front"

    def test_is_not_taken_for_the_other(self) -> None:
        place = Workplace()
        desk = place.to_step("front")
        place.camera.sees = "back"
        assert desk.shoot(Side.FRONT).reasons == ("side.other",)

    def test_is_not_taken_of_a_model_the_process_does_not_accept(self) -> None:
        place = Workplace(models=("E", "F"))
        desk = place.to_step("front")
        place.camera.sees = "front"
        assert desk.shoot(Side.FRONT).reasons == ("model.not_accepted",)

    def test_may_be_kept_after_as_many_attempts_as_the_process_asks(self) -> None:
        place = Workplace(attempts_before_fallback=2)
        desk = place.to_step("front")
        for may_keep in (False, True):
            with pytest.raises(WrongStepError):
                desk.keep(Side.FRONT)
            desk.shoot(Side.FRONT)
            case = desk.case
            assert isinstance(case, Shooting)
            assert case.may_keep is may_keep
        desk.keep(Side.FRONT)
        assert step_of(place) == "back"

    def test_that_was_kept_is_marked(self) -> None:
        place = Workplace(attempts_before_fallback=1)
        desk = place.to_step("front")
        desk.shoot(Side.FRONT)
        desk.keep(Side.FRONT)
        place.camera.sees = "back"
        desk.shoot(Side.BACK)
        desk.confirm({})
        place._face()
        desk.sign(STROKES)
        desk.seal()
        flags = place.sealer.drafts[0].capture.flags
        assert {"front.card.not_found", "front.kept_unaccepted"} <= set(flags)

    def test_needs_no_reader_to_be_framed_by_hand(self) -> None:
        place = Workplace(reader=False, typed_data_allowed=True)
        desk = place.to_step("front")
        place.camera.sees = "front"
        assert desk.shoot(Side.FRONT).reasons == ("reader.unavailable",)
        desk.keep(Side.FRONT)
        desk.shoot(Side.BACK)
        desk.keep(Side.BACK)
        desk.confirm({"clave_elector": "EJPRLS90010109M000"})
        assert step_of(place) == "live_photo"

    def test_stays_when_the_camera_fails(self) -> None:
        place = Workplace()
        desk = place.to_step("front")
        place.camera.works = False
        with pytest.raises(CameraTimeoutError):
            desk.shoot(Side.FRONT)
        assert step_of(place) == "front"

    @pytest.mark.parametrize("side", list(Side))
    def test_can_be_taken_again_and_the_other_stays(self, side: Side) -> None:
        place = Workplace()
        desk = place.to_step("confirm")
        desk.retake(side)
        assert step_of(place) == side.value
        place.camera.sees = side.value
        desk.shoot(side)
        assert step_of(place) == "confirm"

    def test_of_an_unknown_model_is_sealed_as_the_newest_and_says_so(self) -> None:
        place = Workplace(models=("G", "new"))
        place.reader.model = Model.NEW
        place.to_step("sealed")
        assert place.sealer.drafts[0].capture.model == "new"


class TestPhotographing:
    @pytest.mark.parametrize(("checks", "frames"), [((), 1), (("mrz_names",), 2)])
    def test_reads_further_frames_only_while_something_is_open(
        self, checks: tuple[str, ...], frames: int
    ) -> None:
        place = Workplace()
        desk = place.to_step("front")
        place.camera.sees = "front"
        place.reader.checks = checks
        desk.shoot(Side.FRONT)
        assert place.reader.reads == frames

    def test_keeps_nobody_waiting_who_asks_where_the_visit_stands(self) -> None:
        place = Workplace()
        desk = place.to_step("front")
        seen: list[str | None] = []

        def look() -> None:
            seen.append(step_of(place))

        def burst(count: int, *, timeout_s: float | None = None) -> list[Frame]:
            asking = threading.Thread(target=look)
            asking.start()
            asking.join(10)
            return [Frame(SCENES["front"], taken_at=place.clock.now())] * count

        place.camera.burst = burst  # type: ignore[method-assign]  # it looks on
        desk.shoot(Side.FRONT)
        assert seen == ["front"]

    @pytest.mark.parametrize("step", ["front", "live_photo"])
    def test_of_a_visit_that_was_cancelled_meanwhile_keeps_nothing(self, step: str) -> None:
        place = Workplace()
        desk = place.to_step(step)

        def burst(count: int, *, timeout_s: float | None = None) -> list[Frame]:
            desk.cancel()
            return [Frame(SCENES["front"], taken_at=place.clock.now())] * count

        place.camera.burst = burst  # type: ignore[method-assign]  # somebody taps cancel
        with pytest.raises(WrongStepError):
            desk.shoot(Side.FRONT) if step == "front" else desk.shoot_face()
        assert isinstance(desk.case, Cancelled)


class TestTypedFields:
    def test_are_refused_where_the_process_allows_none(self) -> None:
        place = Workplace(typed_data_allowed=False)
        desk = place.to_step("confirm")
        with pytest.raises(TypingRefusedError):
            desk.confirm({"nombres": "LUIS"})
        assert step_of(place) == "confirm"

    def test_are_recorded_with_the_value_they_replace(self) -> None:
        place = Workplace(typed_data_allowed=True)
        desk = place.to_step("confirm")
        place.clock.advance(12)
        typed = {
            "nombres": " luis  ángel ",
            "domicilio": "C OTRA 2\n\nCOL NUEVA",
            "estado": "9",
            "sexo": "",
            "seccion": "0001",
            "apellido_paterno": "EJEMPLO",
            "other": "x",
        }
        desk.confirm(typed)
        place._face()
        desk.sign(STROKES)
        desk.seal()
        capture = place.sealer.drafts[0].capture
        changed = {edit.name: (edit.before, edit.after) for edit in capture.edits}
        assert changed == {
            "nombres": ("LUISA", "LUIS ÁNGEL"),
            "domicilio": (("C INVENTADA 1", "COL NINGUNA 00000"), ("C OTRA 2", "COL NUEVA")),
            "estado": (None, "9"),
            "sexo": ("M", None),
        }
        assert {edit.at_ms for edit in capture.edits} == {12_000}
        assert capture.fields["nombres"].source is Source.TYPED
        assert capture.fields["nombres"].confidence == 0
        assert capture.fields["seccion"].source is Source.TEXT
        assert "sexo" not in capture.fields
        assert "fields.typed" in capture.flags
        assert "mrz_names" in capture.checks


class TestTheSeal:
    def test_happens_once_for_two_taps(self) -> None:
        place = Workplace()
        desk = place.to_step("sealed")
        assert desk.seal() == desk.case
        assert len(place.sealer.drafts) == 1

    def test_that_fails_leaves_the_visit_where_it_was(self) -> None:
        place = Workplace()
        desk = place.to_step("summary")
        place.sealer.is_full = True
        with pytest.raises(DiskFullError):
            desk.seal()
        assert step_of(place) == "summary"
        place.sealer.is_full = False
        assert desk.seal().folio

    def test_keeps_nothing_of_the_person(self) -> None:
        desk = Workplace().to_step("sealed")
        assert set(vars(desk.case)) == {"folio", "link", "code", "sealed_ms", "step"}

    def test_seals_the_code_that_the_person_is_told_and_hides_it_in_logs(self) -> None:
        place = Workplace()
        case = place.to_step("sealed").case
        assert isinstance(case, Sealed)
        assert parse_citizen_code(case.code) == place.sealer.drafts[0].capture.code
        assert case.code not in repr(case) + repr(place.sealer.drafts[0].capture)

    def test_does_not_need_a_photo_where_the_process_needs_none(self) -> None:
        place = Workplace(live_photo_required=False)
        desk = place.to_step("live_photo")
        desk.accept_face()
        desk.sign(STROKES)
        desk.seal()
        assert place.sealer.drafts[0].images.face is None
        assert "face.none" in place.sealer.drafts[0].capture.flags

    def test_needs_a_photo_where_the_process_needs_one(self) -> None:
        desk = Workplace().to_step("live_photo")
        with pytest.raises(WrongStepError):
            desk.accept_face()

    def test_needs_a_signature(self) -> None:
        desk = Workplace().to_step("signature")
        with pytest.raises(SignatureError):
            desk.sign("[]")
        desk.sign(STROKES)
        desk.sign_again()
        assert desk.case is not None
        assert desk.case.step is Step.SIGNATURE

    def test_warns_of_a_person_who_was_here_before(self) -> None:
        place = Workplace()
        desk = place.to_step("confirm")
        assert isinstance(desk.case, Confirming)
        assert desk.person_warnings() == ()
        place.sealer.known.add(("S001", "EJPRLS90010109M000"))
        assert [warning.code for warning in desk.person_warnings()] == ["warned.duplicate_here"]

    def test_the_record_says_what_was_warned_of(self) -> None:
        place = Workplace()
        place.to_step("confirm")
        # The clave was not read; another number of the credential is enough.
        place.sealer.known.add(("S001", "123456789"))
        place.finish()
        assert "warned.duplicate_here" in place.sealer.drafts[0].capture.flags


class TestSignIn:
    def test_opens_and_closes_a_session_in_the_chain(self) -> None:
        place = Workplace()
        place.signed_in().sign_out()
        assert place.sealer.notes == [
            (Kind.SESSION_OPEN, "session-1"),
            (Kind.SESSION_CLOSE, "session-1"),
        ]

    @pytest.mark.parametrize("name", [AUXILIAR, AUXILIAR.lower(), " auxiliar inventada "])
    def test_takes_the_identifier_or_the_alias(self, name: str) -> None:
        assert Workplace().desk.sign_in(name, PASSWORD).auxiliar.id == AUXILIAR

    @pytest.mark.parametrize(
        ("name", "password"), [(AUXILIAR, "wrong"), ("nobody", PASSWORD), ("", ""), (AUXILIAR, "")]
    )
    def test_refuses_in_the_same_words_whatever_was_wrong(self, name: str, password: str) -> None:
        with pytest.raises(SignInError) as caught:
            Workplace().desk.sign_in(name, password)
        assert caught.value.code == "sign_in.wrong"

    def test_makes_a_guesser_wait_longer_each_time(self) -> None:
        place = Workplace()
        for _ in range(5):
            with pytest.raises(SignInError):
                place.desk.sign_in(AUXILIAR, "wrong")
        with pytest.raises(SignInError) as caught:
            place.desk.sign_in(AUXILIAR, PASSWORD)
        assert caught.value.code == "sign_in.locked"
        place.clock.advance(31)
        with pytest.raises(SignInError):
            place.desk.sign_in(AUXILIAR, "wrong")
        place.clock.advance(31)
        with pytest.raises(SignInError):
            place.desk.sign_in(AUXILIAR, PASSWORD)
        place.clock.advance(31)
        place.desk.sign_in(AUXILIAR, PASSWORD)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"is_active": False}, "sign_in.inactive"),
            ({"expires_ms": 1}, "sign_in.expired"),
            ({"verifier": ""}, "sign_in.not_activated"),
            ({"process": "OTHER"}, "sign_in.inactive"),
        ],
    )
    def test_follows_the_newest_policy(self, change: dict[str, object], code: str) -> None:
        place = Workplace()
        place.change_auxiliar(**change)
        with pytest.raises(SignInError) as caught:
            place.desk.sign_in(AUXILIAR, PASSWORD)
        assert caught.value.code == code

    def test_ends_after_a_long_absence(self) -> None:
        place = Workplace()
        desk = place.signed_in()
        place.clock.advance(901)
        assert desk.signed_in is None
        with pytest.raises(WrongStepError):
            desk.start()

    def test_of_another_auxiliar_ends_the_visit_of_the_first(self) -> None:
        place = Workplace()
        desk = place.to_step("front")
        other = replace(place.policy.auxiliares[0], id="A0002", alias="Otra Inventada")
        place.policy = replace(place.policy, auxiliares=(*place.policy.auxiliares, other))
        assert desk.sign_in("A0002", PASSWORD).session == "session-2"
        assert desk.case is None

    def test_survives_a_disk_that_cannot_note_it(self) -> None:
        place = Workplace()
        desk = place.signed_in()

        def fail(*_: object, **__: object) -> None:
            raise DiskFullError("no space")

        place.sealer.note = fail  # type: ignore[method-assign,assignment]  # one bad moment
        desk.sign_out()
        assert desk.signed_in is None
