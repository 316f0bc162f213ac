"""When something is said about a request: each rule with its dates, and each letter as it reads."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from central.models import (
    Aspirante,
    Mail,
    MailKind,
    RollupDelta,
    RollupStation,
    Station,
    StationEpoch,
    User,
)
from central.notices.herald import Herald
from domain.apoyo import State
from tests.mail_server import MailServer, running_mail_server
from tests.portal.office import ONE_ENGINE, Office, aspirante_of, auxiliar_of, user_of
from tests.portal.people import OTHER_EMAIL, OWN_EMAIL
from tests.portal.world import NOW, World

ZONE = ZoneInfo("America/Mexico_City")


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes everything."""
    with running_mail_server() as mail:
        yield mail


@pytest.fixture
def office(world: World, server: MailServer) -> Office:
    """The letters of the world."""
    return Office(world, server)


def at(office: Office, day: int, hour: int, month: int = 11) -> None:
    """Make it that hour in Mexico City."""
    office.world.clock.time = datetime(2026, month, day, hour, 5, tzinfo=ZONE).astimezone(UTC)


def decide(office: Office) -> list[Mail]:
    """Let a worker go through all requests; give the letters it wrote down."""
    with office.world.database.read() as session:
        last = session.scalars(select(Mail.id).order_by(Mail.id.desc()).limit(1)).first() or 0
    herald = Herald(office.world.database, office.world.clock, digest_hour=8)
    while herald.run_once():
        pass
    with office.world.database.read() as session:
        return list(session.scalars(select(Mail).where(Mail.id > last).order_by(Mail.id)))


def kinds(mails: list[Mail]) -> list[str]:
    return [mail.kind.value for mail in mails]


def add(office: Office, state: State, count: int, on: date, folio: str = "GOB001") -> None:
    """Let apoyos come in on a day, or go where the count is negative."""
    with office.world.database.write() as session:
        own = aspirante_of(session, folio)
        auxiliar = auxiliar_of(session, "AUX01" if folio == "GOB001" else "AUX09")
        session.add(
            RollupDelta(
                aspirante_id=own.id,
                auxiliar_id=auxiliar.id,
                day=on,
                entidad=21,
                seccion=1,
                state=state.value,
                change=count,
            )
        )


def arrived(office: Office, kind: MailKind) -> str:
    """Send what is due; give the text of the last letter of a kind, on one line."""
    office.postman().run_once()
    letters = [
        letter
        for letter in office.server.received
        if str(letter.message["Message-ID"]).startswith(f"<{kind.value}.")
    ]
    return f"{letters[-1].message['Subject']}: {' '.join(letters[-1].text.split())}"


class TestDigest:
    def test_it_comes_once_a_day_from_its_hour_on_and_only_when_something_happened(
        self, office: Office
    ) -> None:
        at(office, 23, 7)
        assert decide(office) == []
        at(office, 23, 8)
        (mail,) = decide(office)
        assert (mail.kind, mail.details["day"]) == (MailKind.DIGEST, "2026-11-22")
        at(office, 23, 20)
        assert decide(office) == []
        at(office, 24, 9)
        assert kinds(decide(office)) == ["digest"]  # of the 23rd
        at(office, 25, 9)
        assert decide(office) == []

    def test_it_counts_what_changed_since_the_last_one(self, office: Office) -> None:
        at(office, 23, 9)
        decide(office)
        first = arrived(office, MailKind.DIGEST)
        assert "apoyos el domingo 22 de noviembre de 2026" in first
        assert "Enviados en total: 71,389" in first
        assert "En Lista Nominal: 57,121 Por resolver: 4,732" in first
        assert "Avance hacia el umbral: 57,121 de 60,000 (95.2%)" in first
        assert "Entidades que alcanzan su porcentaje: 2 de 3" in first
        add(office, State.EN_MESA_DE_CONTROL, -40, date(2026, 11, 20))
        add(office, State.LISTA_NOMINAL, 40, date(2026, 11, 20))
        at(office, 24, 9)
        decide(office)
        assert "57,161 (+40 desde la carta anterior)" in arrived(office, MailKind.DIGEST)

    def test_a_change_alone_is_news_too(self, office: Office) -> None:
        for day in (23, 24):
            at(office, day, 9)
            decide(office)
        add(office, State.DUPLICADO, 1, date(2026, 11, 10))
        add(office, State.LISTA_NOMINAL, -1, date(2026, 11, 10))
        at(office, 25, 9)
        assert kinds(decide(office)) == ["digest"]
        assert "57,120 (−1 desde la carta anterior)" in arrived(office, MailKind.DIGEST)

    def test_who_does_not_want_it_or_may_not_enter_gets_none(self, office: Office) -> None:
        with office.world.database.write() as session:
            user_of(session, OWN_EMAIL).wants_digest = False
        at(office, 23, 9)
        assert decide(office) == []
        with office.world.database.write() as session:
            user = user_of(session, OWN_EMAIL)
            user.wants_digest, user.active = True, False
        assert decide(office) == []

    def test_two_workers_say_it_once_to_each_reader(self, office: Office) -> None:
        at(office, 23, 9)
        begin = threading.Barrier(2)

        def work() -> None:
            herald = Herald(office.world.database, office.world.clock, digest_hour=8)
            begin.wait()
            while herald.run_once():
                pass

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with office.world.database.read() as session:
            assert kinds(list(session.scalars(select(Mail)))) == ["digest"]


@ONE_ENGINE
class TestThreshold:
    def test_one_apoyo_decides(self, office: Office) -> None:
        today = date(2026, 11, 23)
        at(office, 23, 6)
        add(office, State.LISTA_NOMINAL, 2_878, today)
        (mail,) = decide(office)
        assert (mail.details["what"], mail.details["reached"]) == ("units", True)
        add(office, State.LISTA_NOMINAL, 1, today)
        (mail,) = decide(office)
        assert (mail.details["what"], mail.details["reached"]) == ("count", True)
        assert decide(office) == []
        text = arrived(office, MailKind.THRESHOLD)
        assert "60,000 de 60,000 (100.0%)" in text
        assert "Entidades que alcanzan su porcentaje: 3 de 3" in text

    def test_what_holds_no_longer_is_said_when_it_has_stayed_so_for_a_while(
        self, office: Office
    ) -> None:
        today = date(2026, 11, 23)
        at(office, 23, 1)
        add(office, State.LISTA_NOMINAL, 3_000, today)
        assert [mail.details["what"] for mail in decide(office)] == ["count", "units"]
        assert "60,121 de 60,000" in arrived(office, MailKind.THRESHOLD)
        # One is taken away again: nobody is told at once, for it may come back.
        add(office, State.LISTA_NOMINAL, -500, today)
        at(office, 23, 7)
        assert decide(office) == []
        at(office, 23, 14)
        later = [mail for mail in decide(office) if mail.kind is MailKind.THRESHOLD]
        assert [(m.details["what"], m.details["reached"]) for m in later] == [("count", False)]
        assert arrived(office, MailKind.THRESHOLD).startswith("Ya no se alcanza el número")
        add(office, State.LISTA_NOMINAL, 500, today)
        at(office, 24, 7)
        again = [mail for mail in decide(office) if mail.kind is MailKind.THRESHOLD]
        assert [(m.details["reached"], m.details["turn"]) for m in again] == [(True, 3)]


class TestRejection:
    def test_a_bad_day_is_told_once_with_causes_and_auxiliares_by_id_alone(
        self, office: Office
    ) -> None:
        today = date(2026, 11, 23)
        at(office, 23, 6)
        assert decide(office) == []
        add(office, State.INCONSISTENCIA, 9_000, today)
        (mail,) = decide(office)
        assert (mail.kind, mail.details["day"]) == (MailKind.REJECTION, "2026-11-23")
        assert decide(office) == []
        text = arrived(office, MailKind.REJECTION)
        assert text.startswith("Rechazo inusual el lunes 23 de noviembre de 2026")
        assert "Su proporción en las cuatro semanas previas: 14." in text
        assert "– Con inconsistencias: 1" in text
        assert "Auxiliares con más rechazos: AUX0" in text
        assert "EJEMPLO" not in text

    def test_a_usual_day_is_not_told(self, office: Office) -> None:
        at(office, 23, 6)
        add(office, State.INCONSISTENCIA, 150, date(2026, 11, 23))
        add(office, State.LISTA_NOMINAL, 900, date(2026, 11, 23))
        assert decide(office) == []


@ONE_ENGINE
class TestDeadline:
    def test_seven_three_and_one_day_before_the_last_each_once(self, office: Office) -> None:
        with office.world.database.write() as session:
            for user in session.scalars(select(User)):
                user.wants_digest = False
        said = []
        at(office, 23, 9)
        while office.now() < NOW + timedelta(days=10):
            said += [office.now().astimezone(ZONE).day for _ in decide(office)]
            office.world.clock.time += timedelta(days=1)
        # Two requests, one reader each; the last day is the 3rd of December.
        assert said == [26, 26, 30, 30, 2, 2]

    def test_the_letter_counts_the_days_when_it_leaves(self, office: Office) -> None:
        at(office, 26, 9)
        decide(office)
        assert arrived(office, MailKind.DEADLINE).startswith("Quedan 7 días para captar")
        at(office, 30, 9)
        decide(office)
        at(office, 2, 9, month=12)
        assert arrived(office, MailKind.DEADLINE).startswith("Queda 1 día para captar")

    def test_a_period_that_is_extended_is_announced_anew(self, office: Office) -> None:
        at(office, 26, 9)
        assert kinds(decide(office)).count("deadline") == 2
        with office.world.database.write() as session:
            own = session.scalars(
                select(Aspirante).where(Aspirante.folio_solicitud == "GOB001")
            ).one()
            own.ends_at = NOW + timedelta(days=9)
        assert kinds(decide(office)).count("deadline") == 1

    def test_after_the_end_it_says_what_is_still_on_the_stations(self, office: Office) -> None:
        with office.world.database.write() as session:
            station = session.scalars(select(Station)).one()
            station.epoch = "e1"
            other = select(Aspirante.id).where(Aspirante.folio_solicitud == "GOB002")
            session.add(
                RollupStation(
                    aspirante_id=session.scalars(other).one(),
                    station_id=station.id,
                    state=State.LISTA_NOMINAL.value,
                    records=2,
                )
            )
            session.add(
                StationEpoch(
                    station_id=station.id,
                    epoch="e1",
                    nonce="n",
                    head_seq=40,
                    highest_seq=502,
                    claimed_seq=600,
                    opened_at=NOW,
                )
            )
        office.world.clock.time = NOW + timedelta(days=10, hours=1)
        assert kinds(decide(office)).count("deadline") == 2
        text = arrived(office, MailKind.DEADLINE)
        assert text.startswith("Envía lo que sigue en las estaciones")
        # 41 to 600, without the two that came out of order.
        assert "Estaciones (paquetes): E7 (558)" in text
        assert "viernes 4 de diciembre de 2026, 12:00" in text
        assert kinds(decide(office)).count("deadline") == 0

    def test_nobody_is_written_to_when_it_is_too_late(self, office: Office) -> None:
        office.world.clock.time = NOW + timedelta(days=10, hours=1)
        decide(office)
        office.world.clock.time = NOW + timedelta(days=12)
        office.postman().run_once()
        assert [one for one in office.server.received if "Envía" in one.message["Subject"]] == []


def test_the_other_request_is_told_nothing_of_this_one(office: Office) -> None:
    add(office, State.LISTA_NOMINAL, 3_000, date(2026, 11, 23))
    decide(office)
    office.postman().run_once()
    assert office.server.to(OWN_EMAIL)
    assert office.server.to(OTHER_EMAIL) == []
