"""Letters about an inconformidad and about a report, as they arrive."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from central.mail.outbox import post_export, post_objection
from central.models import (
    Export,
    Mail,
    Objection,
    ObjectionOutcome,
    ObjectionRecord,
    ObjectionState,
    Record,
    WorkState,
)
from tests.mail_server import MailServer, running_mail_server
from tests.portal.office import ONE_ENGINE, Office, aspirante_of, links_in, user_of
from tests.portal.people import OWN_EMAIL
from tests.portal.world import World

FOLIO = "PRUEBA-7F3K"


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes everything."""
    with running_mail_server() as mail:
        yield mail


@pytest.fixture
def office(world: World, server: MailServer) -> Office:
    """The letters of the world."""
    return Office(world, server)


def contest(office: Office) -> int:
    """Submit an inconformidad about three records of which two were decided."""
    with office.world.database.write() as session:
        own = aspirante_of(session)
        objection = Objection(
            folio=FOLIO,
            aspirante_id=own.id,
            user_id=user_of(session, OWN_EMAIL).id,
            statement=b"sealed",
            state=ObjectionState.SUBMITTED,
            submitted_at=office.now(),
            images_until=office.now() + timedelta(days=3),
        )
        session.add(objection)
        session.flush()
        outcomes = (
            ObjectionOutcome.CORRECTED,
            ObjectionOutcome.CORRECTED,
            ObjectionOutcome.CONFIRMED,
        )
        records = session.scalars(select(Record).where(Record.aspirante_id == own.id).limit(3))
        for record, outcome in zip(records, outcomes, strict=True):
            session.add(
                ObjectionRecord(
                    objection_id=objection.id, record_id=record.id, outcome=outcome, reasons=[]
                )
            )
        return objection.id


def tell(office: Office, objection_id: int, step: str) -> None:
    with office.world.database.write() as session:
        post_objection(session, session.get_one(Objection, objection_id), step, now=office.now())


@ONE_ENGINE
class TestObjection:
    @pytest.mark.parametrize(
        ("step", "subject", "said"),
        [
            ("submitted", "Se recibió tu inconformidad", "responderá con sus razones"),
            ("images", "Ya puedes consultar las imágenes", "jueves 26 de noviembre de 2026, 12:00"),
            ("resolved", "Su inconformidad se resolvió", "Subsanados: 2 Confirmados: 1"),
            ("withdrawn", "Se retiró tu inconformidad", "quedan como estaban"),
        ],
    )
    def test_each_step_has_its_letter_and_is_told_once(
        self, office: Office, step: str, subject: str, said: str
    ) -> None:
        number = contest(office)
        for _ in range(2):
            tell(office, number, step)
        office.postman().run_once()
        (letter,) = office.server.received
        text = " ".join(letter.text.split())
        assert letter.message["Subject"].startswith(subject)
        assert said in text
        assert "Registros: 3" in text
        assert f"http://127.0.0.1:8080/objections/{FOLIO}" in links_in(letter.text)
        assert "sealed" not in text

    def test_images_that_are_closed_again_are_not_announced(self, office: Office) -> None:
        tell(office, contest(office), "images")
        office.world.clock.time += timedelta(days=4)
        office.postman().run_once()
        assert office.server.received == []


@ONE_ENGINE
class TestExport:
    def make(self, office: Office) -> None:
        with office.world.database.write() as session:
            export = Export(
                token="un-token",
                aspirante_id=aspirante_of(session).id,
                user_id=user_of(session, OWN_EMAIL).id,
                kind="detailed",
                format="xlsx",
                parameters={},
                rows=12_345,
                work_state=WorkState.DONE,
                created_at=office.now(),
                next_try_at=office.now(),
                expires_at=office.now() + timedelta(days=7),
            )
            session.add(export)
            session.flush()
            post_export(session, export, now=office.now())

    def test_a_report_is_announced_and_never_attached(self, office: Office) -> None:
        self.make(office)
        office.postman().run_once()
        (letter,) = office.server.received
        text = " ".join(letter.text.split())
        assert letter.message["Subject"] == "Su reporte está listo"
        assert "Formato: XLSX Renglones: 12,345" in text
        assert "lunes 30 de noviembre de 2026, 12:00" in text
        assert "http://127.0.0.1:8080/reports/files" in links_in(letter.text)
        assert "un-token" not in text
        assert list(letter.message.iter_attachments()) == []

    def test_a_report_that_is_gone_again_is_not_announced(self, office: Office) -> None:
        self.make(office)
        office.world.clock.time += timedelta(days=8)
        office.postman().run_once()
        assert office.server.received == []
        with office.world.database.read() as session:
            assert session.scalars(select(Mail.last_error)).one() == "mail.not_needed"
