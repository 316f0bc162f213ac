"""The queue of letters: each leaves once, in its time, whatever the server or the worker does."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from central.mail.outbox import has_letters_due
from central.models import Auxiliar, AuxiliarState, Mail, MailKind, WorkState
from central.models.work import revive
from domain.apoyo import SituacionRegistral
from tests.mail_server import MailServer, running_mail_server
from tests.portal.office import ONE_ENGINE, Office, aspirante_of
from tests.portal.world import World

DETAILS = {"what": "count", "reached": True, "turn": 1}


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes everything."""
    with running_mail_server() as mail:
        yield mail


@pytest.fixture
def office(world: World, server: MailServer) -> Office:
    """The letters of the world."""
    return Office(world, server)


def invite_many(office: Office, count: int) -> None:
    """Register auxiliares and write an invitation to each."""
    now = office.now()
    with office.world.database.write() as session:
        own = aspirante_of(session)
        ids = session.scalars(
            insert(Auxiliar).returning(Auxiliar.id),
            [
                {
                    "process_id": own.process_id,
                    "aspirante_id": own.id,
                    "id_auxiliar": f"M{number:05d}",
                    "nombres": "ANA",
                    "email": f"m{number:05d}@acopio.example",
                    "state": AuxiliarState.REGISTERED,
                    "situacion_registral": SituacionRegistral.LISTA_NOMINAL.value,
                    "created_at": now,
                }
                for number in range(count)
            ],
        ).all()
        session.execute(
            insert(Mail),
            [
                {
                    "kind": MailKind.ACTIVATION,
                    "auxiliar_id": one,
                    "aspirante_id": own.id,
                    "details": {},
                    "created_at": now,
                    "next_try_at": now,
                }
                for one in ids
            ],
        )


@ONE_ENGINE
class TestOtherSide:
    def test_a_greylisted_letter_is_sent_when_its_time_has_come(self, office: Office) -> None:
        office.server.on_recipient = lambda _to: "450 4.2.0 come back later"
        number = office.post(MailKind.THRESHOLD, details=DETAILS)
        postman = office.postman()
        postman.run_once()
        mail = office.mail(number)
        assert (mail.work_state, mail.tries, mail.last_error) == (
            WorkState.WAITING,
            1,
            "smtp.450 4.2.0",
        )
        assert mail.next_try_at == office.now() + timedelta(seconds=60)
        office.server.on_recipient = lambda _to: None
        assert postman.run_once() == 0
        office.world.clock.time += timedelta(seconds=61)
        postman.run_once()
        assert len(office.server.received) == 1
        assert office.mail(number).sent_at == office.now()

    def test_a_refused_letter_is_set_aside_at_once_and_can_be_tried_again(
        self, office: Office
    ) -> None:
        office.server.on_recipient = lambda _to: "550 5.1.1 no such user"
        number = office.post(MailKind.THRESHOLD, details=DETAILS)
        office.postman().run_once()
        mail = office.mail(number)
        assert (mail.work_state, mail.last_error) == (WorkState.DEAD, "smtp.550 5.1.1")
        office.server.on_recipient = lambda _to: None
        with office.world.database.write() as session:
            assert revive(session, Mail, now=office.now()) == 1
        office.postman().run_once()
        assert office.mail(number).sent_at is not None

    def test_a_letter_that_is_always_postponed_is_given_up(self, office: Office) -> None:
        office = Office(office.world, office.server, tries=3)
        office.server.on_recipient = lambda _to: "451 4.7.1 never quite"
        number = office.post(MailKind.THRESHOLD, details=DETAILS)
        postman = office.postman()
        waits = []
        for _ in range(3):
            postman.run_once()
            waits.append((office.mail(number).next_try_at - office.now()).total_seconds())
            office.world.clock.time += timedelta(hours=5)
        assert office.mail(number).work_state is WorkState.DEAD
        assert waits == [60, 120, 240]

    def test_a_cut_in_the_middle_of_one_letter_does_not_stop_the_others(
        self, office: Office
    ) -> None:
        office.server.cuts = 1
        numbers = [office.post(MailKind.THRESHOLD, details=DETAILS) for _ in range(3)]
        postman = office.postman()
        postman.run_once()
        assert [office.mail(n).last_error for n in numbers] == ["mail.cut", None, None]
        office.world.clock.time += timedelta(minutes=2)
        postman.run_once()
        assert all(office.mail(n).sent_at for n in numbers)

    def test_an_hour_without_a_server_costs_no_letter_a_try(self, office: Office) -> None:
        away = Office(office.world, office.server, port=1).postman()
        number = office.post(MailKind.THRESHOLD, details=DETAILS)
        looks = 0
        for _ in range(3600 // 10):
            looks += 1 if away._silent_until is None or office.now() >= away._silent_until else 0
            away.run_once()
            office.world.clock.time += timedelta(seconds=10)
        mail = office.mail(number)
        assert (mail.work_state, mail.tries, mail.last_error) == (
            WorkState.WAITING,
            0,
            "mail.unreachable",
        )
        assert looks < 15
        with office.world.database.read() as session:
            assert not has_letters_due(session, now=mail.next_try_at - timedelta(seconds=1))
        office.world.clock.time = mail.next_try_at
        office.postman().run_once()
        assert len(office.server.received) == 1

    def test_a_letter_that_cannot_be_written_does_not_stop_the_others(self, office: Office) -> None:
        broken = office.post(MailKind.DIGEST, details={"day": "2026-11-22"})
        sound = office.post(MailKind.THRESHOLD, details=DETAILS)
        office.postman().run_once()
        assert office.mail(sound).sent_at is not None
        mail = office.mail(broken)
        assert (mail.work_state, mail.last_error) == (WorkState.WAITING, "mail.failed")

    def test_a_letter_that_takes_its_workers_with_it_is_set_aside(self, office: Office) -> None:
        number = office.invite()
        with office.world.database.write() as session:
            session.get_one(Mail, number).tries = 3 * 24
        office.postman().run_once()
        mail = office.mail(number)
        assert (mail.work_state, mail.last_error) == (WorkState.DEAD, "mail.never_ends")
        assert office.server.received == []

    def test_the_log_names_nobody(self, office: Office, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        office.server.on_recipient = lambda to: f"550 5.1.1 <{to}> no such user here"
        office.post(MailKind.ACCESS)
        office.invite()
        office.postman().run_once()
        # The server of the test speaks in the same log.
        ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("central"))
        assert ours.count("mail.refused") == 2
        assert "@" not in ours


class TestManyHands:
    def test_two_workers_send_each_letter_once(self, office: Office) -> None:
        for _ in range(12):
            office.post(MailKind.THRESHOLD, details=DETAILS)
        office = Office(office.world, office.server, batch=2)
        begin = threading.Barrier(2)

        def work(owner: str) -> None:
            postman = office.postman(owner)
            begin.wait()
            while postman.run_once():
                pass

        threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ids = Counter(letter.message["Message-ID"] for letter in office.server.received)
        assert (len(ids), set(ids.values())) == (12, {1})

    def test_a_worker_that_is_gone_leaves_its_letters_to_the_next(self, office: Office) -> None:
        number = office.post(MailKind.THRESHOLD, details=DETAILS)
        office.postman("gone")._claim()
        assert office.postman().run_once() == 0
        office.world.clock.time += timedelta(seconds=601)
        assert office.postman().run_once() == 1
        assert office.mail(number).sent_at is not None


@ONE_ENGINE
class TestPace:
    def test_five_thousand_invitations_leave_by_the_minute_and_hold_nobody_up(
        self, office: Office
    ) -> None:
        invite_many(office, 5_000)
        office = Office(office.world, office.server, per_minute=8, batch=5)
        postman = office.postman()
        assert [postman.run_once() for _ in range(4)] == [5, 3, 0, 0]
        asked_for = office.post(MailKind.THRESHOLD, details=DETAILS)
        assert postman.run_once() == 0
        office.world.clock.time += timedelta(seconds=61)
        assert [postman.run_once() for _ in range(3)] == [5, 3, 0]
        assert office.mail(asked_for).sent_at == office.now()
        with office.world.database.read() as session:
            sent = select(func.count()).where(Mail.sent_at.is_not(None))
            assert session.scalars(sent).one() == 16

    def test_what_was_not_taken_counts_for_the_minute_too(self, office: Office) -> None:
        invite_many(office, 10)
        office = Office(office.world, office.server, per_minute=4)
        office.server.on_recipient = lambda _to: "450 4.2.0 later"
        postman = office.postman()
        assert [postman.run_once(), postman.run_once()] == [4, 0]
