"""The life of an auxiliar: asked of the register, invited, active, deactivated and back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.errors import ConflictError, NotFoundError, RegisterUnavailableError
from central.models import Auxiliar, AuxiliarState, Mail, Record, Stage, WorkState
from central.register.base import Answer, Question
from central.roster import life
from central.roster.auxiliares import renew_activation
from central.roster.life import Step
from central.roster.situation import SituationDesk
from domain.apoyo import SituacionRegistral
from tests.centres import IN_LISTA, IN_PADRON, NOW, OTHER_SOLICITUD, REMOVED, UNKNOWN, Centre
from tests.integration.central.test_policy import policy_of
from tests.integration.central.test_registration import (
    SEALER,
    SECRET,
    aspirante,
    candidate,
    register,
)
from tests.statements import counted


class Book:
    """A register that answers from a table, and counts what it was asked."""

    def __init__(self, *, unavailable: bool = False) -> None:
        self.unavailable = unavailable
        self.asked: list[str] = []
        self.situaciones: dict[str, SituacionRegistral] = {
            IN_PADRON: SituacionRegistral.PADRON,
            REMOVED: SituacionRegistral.BAJAS,
            UNKNOWN: SituacionRegistral.DATOS_NO_ENCONTRADOS,
        }

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        if self.unavailable:
            raise RegisterUnavailableError("closed")
        claves = [question.clave_elector for question in questions]
        self.asked += claves
        listed = SituacionRegistral.LISTA_NOMINAL
        return [Answer(self.situaciones.get(clave, listed), None, None, 1) for clave in claves]


def desk(centre: Centre, book: Book) -> SituationDesk:
    """Give a worker's hands."""
    return SituationDesk(centre.database, book, SEALER, centre.clock, "test")


def enter(centre: Centre, *claves: str) -> list[str]:
    """Register somebody for each clave; give the ids."""
    people = [candidate(number, clave_elector=clave) for number, clave in enumerate(claves)]
    with centre.database.write() as session:
        added = register(session, people).added
    return [added[number] for number in range(len(claves))]


def find(session: Session, code: str) -> Auxiliar:
    """Give the row of an id."""
    return session.scalars(select(Auxiliar).where(Auxiliar.id_auxiliar == code)).one()


def letters(session: Session, code: str) -> list[Mail]:
    """Give the letters to an auxiliar."""
    return list(session.scalars(select(Mail).where(Mail.auxiliar_id == find(session, code).id)))


def activated(centre: Centre, code: str) -> str:
    """Let somebody activate; give the verifier of the password."""
    with centre.database.write() as session:
        auxiliar = find(session, code)
        auxiliar.situacion_registral, auxiliar.clave_sealed = "Lista Nominal", None
        auxiliar.state, auxiliar.verifier = AuxiliarState.ACTIVE, f"$argon2id$of-{code}"
        auxiliar.activated_at = NOW
        return auxiliar.verifier


class TestAskingTheRegister:
    def test_whoever_is_in_the_lista_nominal_gets_a_letter_and_nobody_else(
        self, centre: Centre
    ) -> None:
        codes = enter(centre, IN_LISTA[0], IN_PADRON, REMOVED, UNKNOWN)
        assert desk(centre, Book()).run_once() == 4
        with centre.database.read() as session:
            stages = [find(session, code).stage for code in codes]
            assert stages == [Stage.CHECKED, *[Stage.NOT_LISTED] * 3]
            assert [len(letters(session, code)) for code in codes] == [1, 0, 0, 0]
            assert all(find(session, code).clave_sealed is None for code in codes)
            situaciones = [find(session, code).situacion_registral for code in codes]
            assert situaciones[1:] == ["Padrón", "Bajas", "Datos no encontrados"]

    def test_an_answer_that_does_not_come_loses_nothing(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        book = Book(unavailable=True)
        assert desk(centre, book).run_once() == 0
        with centre.database.read() as session:
            assert find(session, code).stage is Stage.REGISTERED
            assert find(session, code).clave_sealed is not None
        book.unavailable = False
        assert desk(centre, book).run_once() == 1
        assert book.asked == [IN_LISTA[0]]

    def test_two_workers_at_once_send_one_letter(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])

        class Slow(Book):
            def ask(self, questions: Sequence[Question]) -> list[Answer]:
                # The other one asks and writes while this answer is on its way.
                desk(centre, Book()).run_once()
                return super().ask(questions)

        assert desk(centre, Slow()).run_once() == 0
        with centre.database.read() as session:
            assert len(letters(session, code)) == 1

    def test_an_answer_to_a_clave_that_was_corrected_meanwhile_is_not_taken(
        self, centre: Centre
    ) -> None:
        (code,) = enter(centre, IN_PADRON)

        class Slow(Book):
            def ask(self, questions: Sequence[Question]) -> list[Answer]:
                answers = super().ask(questions)
                if len(self.asked) == 1:
                    _correct(centre, code, clave_elector=IN_LISTA[0])
                return answers

        book = Slow()
        assert desk(centre, book).run_once() == 0
        assert desk(centre, book).run_once() == 1
        assert book.asked == [IN_PADRON, IN_LISTA[0]]
        with centre.database.read() as session:
            assert find(session, code).stage is Stage.CHECKED

    def test_a_clave_that_does_not_open_holds_nobody_up_and_is_kept(
        self, centre: Centre, caplog: pytest.LogCaptureFixture
    ) -> None:
        stuck, free = enter(centre, IN_LISTA[0], IN_LISTA[1])
        with centre.database.write() as session:
            find(session, stuck).clave_sealed = b"sealed with another secret"
        worker = desk(centre, Book())
        assert [worker.run_once(), worker.run_once()] == [1, 0]
        assert caplog.text.count(f"auxiliar.clave_unreadable auxiliar={stuck}") == 1
        with centre.database.read() as session:
            assert find(session, free).stage is Stage.CHECKED
            assert find(session, stuck).clave_sealed is not None

    def test_five_thousand_are_answered_with_few_statements(self, centre: Centre) -> None:
        with centre.database.write() as session:
            register(session, [candidate(number) for number in range(5_000)])
        worker = desk(centre, Book())
        with counted(centre.database) as statements:
            turns = 0
            while worker.run_once():
                turns += 1
        assert turns == 25
        assert len(statements) <= 8 * turns + 2
        with centre.database.read() as session:
            assert len(session.scalars(select(Mail.id)).all()) == 5_000


class TestInvitingAgain:
    def test_waits_for_the_letter_that_is_on_its_way_and_for_a_pause(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        desk(centre, Book()).run_once()
        assert _refusal(centre, code, Step.INVITE) == "auxiliar.letter_waits"
        with centre.database.write() as session:
            session.execute(update(Mail).values(work_state=WorkState.DONE, sent_at=NOW))
        assert _refusal(centre, code, Step.INVITE) == "auxiliar.letter_just_left"
        centre.clock.advance(601)
        assert _refusal(centre, code, Step.INVITE) is None
        with centre.database.read() as session:
            assert len(letters(session, code)) == 2

    def test_somebody_the_register_does_not_list_is_never_invited(self, centre: Centre) -> None:
        codes = enter(centre, IN_LISTA[0], IN_PADRON)
        assert _refusal(centre, codes[0], Step.INVITE) == "auxiliar.no_invite"
        desk(centre, Book()).run_once()
        assert _refusal(centre, codes[1], Step.INVITE) == "auxiliar.no_invite"


class TestDeactivating:
    def test_the_next_policy_drops_them_and_brings_them_back_with_their_password(
        self, centre: Centre
    ) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        verifier = activated(centre, code)
        station = centre.station()
        before = policy_of(station)
        assert {one.id: one.verifier for one in before.auxiliares}[code] == verifier
        assert _refusal(centre, code, Step.DEACTIVATE) is None
        without = policy_of(station)
        assert code not in {one.id for one in without.auxiliares}
        assert without.version == before.version + 1
        assert _refusal(centre, code, Step.REACTIVATE) is None
        back = {one.id: one for one in policy_of(station).auxiliares}[code]
        assert (back.verifier, back.is_active) == (verifier, True)

    def test_a_letter_that_has_not_left_leaves_no_more(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        desk(centre, Book()).run_once()
        assert _refusal(centre, code, Step.DEACTIVATE) is None
        with centre.database.read() as session:
            assert letters(session, code) == []
        assert _refusal(centre, code, Step.REACTIVATE) is None
        with centre.database.read() as session:
            assert find(session, code).stage is Stage.CHECKED
            assert len(letters(session, code)) == 1

    def test_who_was_not_asked_for_yet_is_asked_for_after_coming_back(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        assert _refusal(centre, code, Step.DEACTIVATE) is None
        book = Book()
        assert desk(centre, book).run_once() == 0
        assert _refusal(centre, code, Step.REACTIVATE) is None
        assert desk(centre, book).run_once() == 1

    def test_who_was_invited_comes_back_with_the_same_code(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        with centre.database.write() as session:
            renew_activation(find(session, code), now=NOW)
        assert _refusal(centre, code, Step.DEACTIVATE) is None
        assert _refusal(centre, code, Step.REACTIVATE) is None
        with centre.database.read() as session:
            assert find(session, code).stage is Stage.INVITED

    def test_a_block_of_the_authority_cannot_be_gone_around(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        activated(centre, code)
        with centre.database.write() as session:
            find(session, code).state = AuxiliarState.SUSPENDED
        for step in Step:
            assert _refusal(centre, code, step) == f"auxiliar.no_{step}"

    def test_twice_is_refused_and_somebody_elses_is_not_there(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        assert _refusal(centre, code, Step.DEACTIVATE) is None
        assert _refusal(centre, code, Step.DEACTIVATE) == "auxiliar.no_deactivate"
        with centre.database.write() as session:
            other = aspirante(session, OTHER_SOLICITUD).id
            for wanted in (code, "NOBODY"):
                with pytest.raises(NotFoundError):
                    life.find_own(session, [other], wanted)

    def test_what_they_captured_stays(self, centre: Centre) -> None:
        station = centre.station()
        assert station.deliver(station.apoyo(IN_LISTA[0])).status_code == 200
        with centre.database.write() as session:
            mine = session.scalars(select(Record)).one().auxiliar.id_auxiliar
        assert _refusal(centre, mine, Step.DEACTIVATE) is None
        with centre.database.read() as session:
            assert session.scalars(select(Record)).one().auxiliar.id_auxiliar == mine


class TestCorrecting:
    def test_a_new_clave_is_asked_of_the_register_again(self, centre: Centre) -> None:
        (code,) = enter(centre, UNKNOWN)
        book = Book()
        desk(centre, book).run_once()
        assert _correct(centre, code, clave_elector=IN_LISTA[3]) == {}
        with centre.database.read() as session:
            assert find(session, code).stage is Stage.REGISTERED
        desk(centre, book).run_once()
        assert book.asked == [UNKNOWN, IN_LISTA[3]]
        with centre.database.read() as session:
            assert find(session, code).stage is Stage.CHECKED

    def test_another_name_asks_for_the_clave_again(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        desk(centre, Book()).run_once()
        found = _correct(centre, code, nombres="Miguel", clave_elector=None)
        assert found == {"clave_elector": "clave_elector.again"}
        with centre.database.read() as session:
            assert find(session, code).nombres == "Luisa"

    def test_another_address_voids_the_code_and_gets_a_new_letter(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        desk(centre, Book()).run_once()
        with centre.database.write() as session:
            renew_activation(find(session, code), now=NOW)
            session.execute(update(Mail).values(work_state=WorkState.DONE, sent_at=NOW))
        assert _correct(centre, code, email="nuevo.correo@gmail.com", clave_elector=None) == {}
        with centre.database.read() as session:
            row = find(session, code)
            assert (row.email, row.stage) == ("nuevo.correo@gmail.com", Stage.CHECKED)
            assert row.activation_verifier is None
            assert [mail.work_state for mail in letters(session, code)] == ["done", "waiting"]

    def test_nobody_becomes_somebody_who_is_there_already(self, centre: Centre) -> None:
        code, _other = enter(centre, IN_LISTA[0], IN_LISTA[1])
        found = _correct(centre, code, email="persona00001@gmail.com", clave_elector=IN_LISTA[1])
        assert found == {"email": "email.own", "clave_elector": "clave_elector.own"}

    def test_who_has_activated_is_not_changed_any_more(self, centre: Centre) -> None:
        (code,) = enter(centre, IN_LISTA[0])
        activated(centre, code)
        with pytest.raises(ConflictError):
            _correct(centre, code, nombres="Miguel")


def _refusal(centre: Centre, code: str, step: Step) -> str | None:
    """Take a step as its aspirante; give the code of the refusal."""
    if step is Step.CORRECT:
        with pytest.raises(ConflictError) as refusal:
            _correct(centre, code)
        return refusal.value.code
    with centre.database.write() as session:
        auxiliar = life.find_own(session, [aspirante(session).id], code, locked=True)
        return life.take(session, auxiliar, step, now=centre.clock.now(), made_by="user:1")


def _correct(centre: Centre, code: str, **changed: str | None) -> dict[str, str]:
    with centre.database.write() as session:
        auxiliar = life.find_own(session, [aspirante(session).id], code, locked=True)
        as_it_is = candidate(
            0,
            nombres=auxiliar.nombres,
            email=auxiliar.email,
            clave_elector=None,
        )
        return life.correct(
            session,
            auxiliar,
            replace(as_it_is, **changed),  # type: ignore[arg-type]  # texts of its fields
            now=centre.clock.now() + timedelta(minutes=30),
            made_by="user:1",
            sealer=SEALER,
            register_secret=SECRET,
        )
