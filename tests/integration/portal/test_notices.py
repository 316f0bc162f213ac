"""The page Avisos: the choice about the daily letter, and what became of the last letters."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from central.models import AuditEntry, MailKind
from central.notices.addresses import Addresses
from tests.mail_server import MailServer, running_mail_server
from tests.portal.office import Office, user_of
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


class TestNotices:
    def test_the_daily_letter_is_turned_off_and_on_and_the_act_is_kept(
        self, world: World, aspirante: Visitor
    ) -> None:
        assert "Recibes el resumen diario." in aspirante.get("/notices").text
        for digest, said in (("no", "No recibes"), ("yes", "Recibes")):
            answer = aspirante.post("/notices", digest=digest)
            assert (answer.status_code, answer.location) == (303, "/notices")
            page = aspirante.get("/notices").text
            assert said in page
            assert "Se guardó su elección." in page
        with world.database.read() as session:
            assert user_of(session, OWN_EMAIL).wants_digest
            acts = session.scalars(
                select(AuditEntry.details).where(AuditEntry.action == "user.digest_chosen")
            ).all()
        assert acts == [{"wanted": False}, {"wanted": True}]

    def test_the_last_letters_are_shown_with_what_became_of_them_and_no_contents(
        self, office: Office, aspirante: Visitor, other_aspirante: Visitor
    ) -> None:
        office.post(MailKind.ACCESS)
        office.postman().run_once()
        office.server.on_recipient = lambda _to: "450 4.2.0 later"
        office.post(MailKind.THRESHOLD, details={"what": "count", "reached": True, "turn": 1})
        office.postman().run_once()
        page = aspirante.get("/notices").text
        for said in ("Acceso al portal", "Enviada", "Umbral", "Aplazada por el otro servidor"):
            assert said in page
        assert "/welcome/" not in page
        assert "Acceso al portal" not in other_aspirante.get("/notices").text

    def test_invitations_that_did_not_arrive_are_named_until_one_is_sent_again(
        self, office: Office, aspirante: Visitor, other_aspirante: Visitor
    ) -> None:
        office.server.on_recipient = lambda to: f"550 5.1.1 <{to}> unknown"
        office.invite()
        office.postman().run_once()
        page = aspirante.get("/notices").text
        assert "Invitaciones que no llegaron" in page
        assert "AUX02" in page
        assert "No existe esa dirección: puede estar mal escrita." in page
        assert "AUX02" not in other_aspirante.get("/notices").text
        office.server.on_recipient = lambda _to: None
        office.invite()
        office.world.clock.time += timedelta(seconds=1)
        assert "Invitaciones que no llegaron" not in aspirante.get("/notices").text

    def test_each_page_has_the_way_to_it(self, aspirante: Visitor) -> None:
        assert 'href="/notices"' in aspirante.get("/").text


def test_the_links_of_letters_lead_to_pages_of_the_portal(world: World) -> None:
    addresses = Addresses("http://127.0.0.1:8080")
    urls = world.app.url_map.bind("127.0.0.1:8080")
    for link, endpoint in (
        (addresses.welcome("a-token"), "welcome.show"),
        (addresses.advance("GOB001"), "advance.show"),
        (addresses.objection("INC-1"), "objections.detail"),
        (addresses.exports(), "exports.show"),
        (addresses.notices(), "notices.show"),
    ):
        path = link.removeprefix(addresses.root).partition("?")[0]
        assert urls.match(path, method="GET")[0] == endpoint
