"""The letters that open a door, as they arrive: access of an aspirante, code of an auxiliar."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select

from central.mail.outbox import post_access, post_activation
from central.models import AuditEntry, AuxiliarState, MailKind, WorkState
from tests.mail_server import MailServer, running_mail_server
from tests.portal.office import (
    ONE_ENGINE,
    Office,
    aspirante_of,
    auxiliar_of,
    code_in,
    links_in,
    user_of,
)
from tests.portal.people import OWN_EMAIL
from tests.portal.visitor import Visitor
from tests.portal.world import World


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes everything."""
    with running_mail_server() as mail:
        yield mail


@pytest.fixture
def office(world: World, server: MailServer) -> Office:
    """The letters of the world."""
    return Office(world, server)


def _fits(verifier: str | None, code: str) -> bool:
    try:
        return PasswordHasher().verify(verifier or "", code)
    except VerificationError:
        return False


class TestAccess:
    def test_the_link_is_in_the_letter_alone_and_its_hash_in_the_database(
        self, office: Office
    ) -> None:
        with office.world.database.write() as session:
            user = user_of(session, OWN_EMAIL)
            user.account_kind = "g"
            post_access(
                session, user_id=user.id, aspirante_id=aspirante_of(session).id, now=office.now()
            )
        assert office.postman().run_once() == 1
        (letter,) = office.server.received
        (link,) = [link for link in links_in(letter.text) if "/welcome/" in link]
        token = link.rpartition("/")[2]
        assert link in letter.html
        assert len(token) >= 43
        with office.world.database.read() as session:
            user = user_of(session, OWN_EMAIL)
            assert user.invitation_sha256 == sha256(token.encode("ascii")).digest()
            assert user.invitation_expires_at == office.now() + timedelta(days=7)
        for part in (" ".join(letter.text.split()), letter.html):
            assert "Portal captación" in part
            assert "Cuenta de Google" in part
            assert OWN_EMAIL in part
            assert "lunes 30 de noviembre de 2026, 12:00" in part

    def test_the_link_opens_the_page_that_lets_the_person_in(
        self, office: Office, stranger: Visitor
    ) -> None:
        for _ in range(2):
            office.post(MailKind.ACCESS)
        office.postman().run_once()
        older, newer = (
            stranger.get(urlsplit(links_in(letter.text)[0]).path)
            for letter in office.server.received
        )
        assert newer.status_code == 200
        assert 'action="/welcome/' in newer.text
        assert 'action="/welcome/' not in older.text

    def test_a_second_letter_ends_the_link_of_the_first(self, office: Office) -> None:
        for _ in range(2):
            office.post(MailKind.ACCESS)
        office.postman().run_once()
        first, second = (links_in(letter.text)[0] for letter in office.server.received)
        assert first != second
        with office.world.database.read() as session:
            kept = user_of(session, OWN_EMAIL).invitation_sha256
        assert kept == sha256(second.rpartition("/")[2].encode()).digest()
        # No program for mail may hide the newer one as a copy of the older.
        ids = {letter.message["Message-ID"] for letter in office.server.received}
        assert len(ids) == 2

    @pytest.mark.parametrize("change", ["active", "expires_at", "aspirante"])
    def test_who_has_lost_access_meanwhile_gets_no_letter(
        self, office: Office, change: str
    ) -> None:
        number = office.post(MailKind.ACCESS)
        with office.world.database.write() as session:
            user = user_of(session, OWN_EMAIL)
            if change == "active":
                user.active = False
            elif change == "expires_at":
                user.expires_at = office.now()
            else:
                aspirante_of(session).active = False
        office.postman().run_once()
        mail = office.mail(number)
        assert (mail.work_state, mail.sent_at) == (WorkState.DONE, None)
        assert office.server.received == []


@ONE_ENGINE
class TestActivation:
    def test_the_code_of_the_letter_is_the_one_that_is_good(self, office: Office) -> None:
        with office.world.database.write() as session:
            auxiliar = auxiliar_of(session, "AUX02")
            auxiliar.state, auxiliar.activation_failures = AuxiliarState.REGISTERED, 3
            auxiliar.situacion_registral = "Lista Nominal"
            auxiliar.nombres = "ÍÑIGO"
            post_activation(
                session,
                auxiliar_id=auxiliar.id,
                aspirante_id=auxiliar.aspirante_id,
                now=office.now(),
            )
        office.postman().run_once()
        (letter,) = office.server.to("aux02@acopio.example")
        code = code_in(letter.text)
        assert code in letter.html
        assert "Buen día, ÍÑIGO:" in letter.text
        assert "Ya había recibido" not in letter.text
        assert "lunes 7 de diciembre de 2026, 12:00" in letter.text
        with office.world.database.read() as session:
            auxiliar = auxiliar_of(session, "AUX02")
            assert _fits(auxiliar.activation_verifier, code)
            assert auxiliar.state is AuxiliarState.INVITED
            assert (auxiliar.invited_at, auxiliar.activation_failures) == (office.now(), 0)
            acts = session.scalars(
                select(AuditEntry.action).where(AuditEntry.subject == "AUX02")
            ).all()
        assert acts == ["auxiliar.invited"]

    def test_a_repeated_letter_has_a_new_code_and_says_so(self, office: Office) -> None:
        for _ in range(2):
            office.invite()
            office.postman().run_once()
            office.world.clock.time += timedelta(minutes=5)
        first, second = office.server.received
        assert "Sólo sirve el de esta carta" in " ".join(second.text.split())
        with office.world.database.read() as session:
            kept = auxiliar_of(session, "AUX02").activation_verifier
        assert not _fits(kept, code_in(first.text))
        assert _fits(kept, code_in(second.text))

    @pytest.mark.parametrize(
        "state", [AuxiliarState.ACTIVE, AuxiliarState.DEACTIVATED, AuxiliarState.SUSPENDED]
    )
    def test_who_needs_no_code_any_more_gets_no_letter_and_keeps_what_they_have(
        self, office: Office, state: AuxiliarState
    ) -> None:
        number = office.invite()
        with office.world.database.write() as session:
            auxiliar_of(session, "AUX02").state = state
        office.postman().run_once()
        with office.world.database.read() as session:
            auxiliar = auxiliar_of(session, "AUX02")
            assert (auxiliar.state, auxiliar.activation_verifier) == (state, None)
        assert office.server.received == []
        assert office.mail(number).last_error == "mail.not_needed"

    @pytest.mark.parametrize("situacion", [None, "Padrón", "Datos no encontrados"])
    def test_whom_the_register_does_not_list_gets_no_letter(
        self, office: Office, situacion: str | None
    ) -> None:
        number = office.invite()
        with office.world.database.write() as session:
            auxiliar = auxiliar_of(session, "AUX02")
            auxiliar.state = AuxiliarState.REGISTERED
            auxiliar.situacion_registral = situacion
        office.postman().run_once()
        assert office.server.received == []
        assert office.mail(number).last_error == "mail.not_needed"

    def test_a_reset_leaves_the_password_until_the_code_is_used(self, office: Office) -> None:
        with office.world.database.write() as session:
            auxiliar = auxiliar_of(session, "AUX01")
            auxiliar.verifier = "$argon2id$the-password"
            post_activation(
                session,
                auxiliar_id=auxiliar.id,
                aspirante_id=auxiliar.aspirante_id,
                now=office.now(),
                is_reset=True,
            )
        office.postman().run_once()
        (letter,) = office.server.to("aux01@acopio.example")
        with office.world.database.read() as session:
            auxiliar = auxiliar_of(session, "AUX01")
            assert _fits(auxiliar.activation_verifier, code_in(letter.text))
            assert auxiliar.verifier == "$argon2id$the-password"
            assert auxiliar.state is AuxiliarState.ACTIVE

    def test_an_address_that_nobody_can_write_to_changes_nothing(self, office: Office) -> None:
        number = office.invite()
        with office.world.database.write() as session:
            auxiliar_of(session, "AUX02").email = "dos@sitios@acopio.example"
        office.postman().run_once()
        mail = office.mail(number)
        assert (mail.work_state, mail.last_error) == (WorkState.DEAD, "mail.address")
        with office.world.database.read() as session:
            assert auxiliar_of(session, "AUX02").activation_verifier is None

    def test_while_the_server_is_away_the_code_that_somebody_has_stays_good(
        self, office: Office
    ) -> None:
        office.invite()
        office.postman().run_once()
        code = code_in(office.server.received[0].text)
        office.invite()
        away = Office(office.world, office.server, port=1)
        away.postman().run_once()
        with office.world.database.read() as session:
            assert _fits(auxiliar_of(session, "AUX02").activation_verifier, code)
