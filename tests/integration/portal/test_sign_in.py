"""Signing in through the whole protocol, every refusal, and the life of a session."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from central.accounts.local_provider import Account
from central.models import AuditEntry, User, UserIdentity, UserSession
from tests.portal.people import OWN_EMAIL
from tests.portal.provider import (
    DEACTIVATED,
    OTHER,
    OWN,
    OWN_SECOND,
    STAFF,
    STRANGER,
    UNVERIFIED,
)
from tests.portal.visitor import Visitor
from tests.portal.world import World


class TestSigningIn:
    def test_the_start_page_offers_only_what_is_configured(self, stranger: Visitor) -> None:
        page = stranger.get("/sign-in").text
        assert "Ingresar con una cuenta local" in page
        assert "Google" not in page
        assert "Facebook" not in page

    def test_a_registered_aspirante_comes_to_inicio(self, stranger: Visitor) -> None:
        answer = stranger.sign_in(OWN)
        assert (answer.status_code, answer.location) == (303, "/")
        page = stranger.get("/").text
        assert "Aurora Ejemplo Prueba" in page
        assert "Reporte de avance" in page
        assert "Consulta de registros" in page

    def test_leads_back_to_the_page_that_was_asked_for(self, stranger: Visitor) -> None:
        asked = stranger.get("/reports/advance?solicitud=GOB001")
        assert (asked.status_code, asked.location) == (303, "/sign-in")
        assert stranger.sign_in(OWN).location == "/reports/advance?solicitud=GOB001"

    def test_the_first_sign_in_joins_the_account_and_notes_it(
        self, world: World, aspirante: Visitor
    ) -> None:
        with world.database.read() as session:
            user = session.scalars(select(User).where(User.email == OWN_EMAIL)).one()
            assert [identity.subject for identity in user.identities] == [OWN.subject]
            assert user.last_sign_in_at == world.clock.now()
            acts = session.scalars(select(AuditEntry.action)).all()
        assert acts == ["session.opened"]

    def test_signing_in_again_keeps_one_account(self, world: World, aspirante: Visitor) -> None:
        assert Visitor(world.app).sign_in(OWN).location == "/"
        with world.database.read() as session:
            assert len(session.scalars(select(UserIdentity)).all()) == 1
            assert len(session.scalars(select(UserSession)).all()) == 2

    def test_the_database_holds_no_token_of_a_session(
        self, world: World, aspirante: Visitor
    ) -> None:
        with aspirante.client.session_transaction() as cookie:
            token = cookie["_user_id"]
        with world.database.read() as session:
            row = session.scalars(select(UserSession)).one()
        assert token.encode() not in row.token_sha256
        assert len(row.token_sha256) == 32


class TestRefusals:
    @pytest.mark.parametrize(
        ("account", "sentence"),
        [
            (STRANGER, "Esta cuenta no está registrada"),
            (UNVERIFIED, "El correo de esta cuenta no está verificado"),
            (DEACTIVATED, "Tu acceso está desactivado"),
            (STAFF, "Esta cuenta no tiene solicitudes aquí"),
        ],
    )
    def test_says_why_and_lets_nobody_in(
        self, world: World, stranger: Visitor, account: Account, sentence: str
    ) -> None:
        answer = stranger.sign_in(account)
        assert answer.status_code == 403
        assert sentence in answer.text
        assert stranger.get("/").status_code == 303
        with world.database.read() as session:
            assert session.scalars(select(UserSession)).all() == []
            assert session.scalars(select(UserIdentity)).all() == []

    def test_refuses_another_account_with_the_same_address(
        self, world: World, aspirante: Visitor
    ) -> None:
        answer = Visitor(world.app).sign_in(OWN_SECOND)
        assert answer.status_code == 403
        assert "Antes ingresaste con otra cuenta" in answer.text

    def test_cancelling_leads_back_with_a_word(self, stranger: Visitor) -> None:
        answer = stranger.get(stranger.choose(stranger.leave_for_provider(), cancel="1"))
        assert answer.location == "/sign-in"
        assert "Cancelaste el ingreso" in stranger.get("/sign-in").text

    def test_a_state_of_another_browser_is_refused(self, world: World, stranger: Visitor) -> None:
        path = stranger.choose(stranger.leave_for_provider(), account=OWN.subject)
        answer = Visitor(world.app).get(path)
        assert answer.status_code == 400
        assert "El ingreso tardó demasiado" in answer.text

    def test_a_code_works_once(self, stranger: Visitor) -> None:
        path = stranger.choose(stranger.leave_for_provider(), account=OWN.subject)
        assert stranger.get(path).status_code == 303
        assert stranger.get(path).status_code == 400

    def test_a_forged_code_is_refused(self, stranger: Visitor) -> None:
        path = stranger.choose(stranger.leave_for_provider(), account=OWN.subject)
        forged = path.replace("code=", "code=x")
        answer = stranger.get(forged)
        assert answer.status_code == 502
        assert "El ingreso no se pudo comprobar" in answer.text

    def test_an_unknown_provider_is_not_found(self, stranger: Visitor) -> None:
        assert stranger.get("/sign-in/google").status_code == 404


class TestSessions:
    def test_many_attempts_do_not_outgrow_the_cookie(self, stranger: Visitor) -> None:
        for _ in range(30):
            address = stranger.leave_for_provider()
        assert len(stranger.cookie() or "") < 2_500
        path = stranger.choose(address, account=OWN.subject)
        assert stranger.get(path).status_code == 303

    def test_sessions_long_gone_are_deleted(self, world: World, aspirante: Visitor) -> None:
        world.clock.time += timedelta(days=40)
        Visitor(world.app).sign_in(OWN)
        with world.database.read() as session:
            assert len(session.scalars(select(UserSession)).all()) == 1

    def test_a_planted_cookie_is_worth_nothing_after_the_sign_in(self, stranger: Visitor) -> None:
        stranger.get("/sign-in")
        before = stranger.cookie()
        stranger.sign_in(OWN)
        after = stranger.cookie()
        assert before != after
        with stranger.client.session_transaction() as cookie:
            assert not [key for key in cookie if key.startswith("_state_")]

    def test_signing_out_ends_the_session_in_the_database(
        self, world: World, aspirante: Visitor
    ) -> None:
        aspirante.get("/")
        kept = aspirante.cookie()
        assert aspirante.post("/sign-in/leave").location == "/sign-in"
        assert "Has salido" in aspirante.get("/sign-in").text
        thief = Visitor(world.app)
        thief.client.set_cookie("acopio", kept or "")
        assert thief.get("/").location == "/sign-in"

    def test_ends_when_idle(self, world: World, aspirante: Visitor) -> None:
        world.clock.time += timedelta(minutes=29)
        assert aspirante.get("/").status_code == 200
        world.clock.time += timedelta(minutes=29)
        assert aspirante.get("/").status_code == 200
        world.clock.time += timedelta(minutes=30)
        assert aspirante.get("/").location == "/sign-in"
        assert "Tu sesión terminó" in aspirante.get("/sign-in").text

    def test_ends_at_its_age_however_busy(self, world: World, aspirante: Visitor) -> None:
        for _ in range(19):
            world.clock.time += timedelta(minutes=25)
            assert aspirante.get("/").status_code == 200
        world.clock.time += timedelta(minutes=25)
        assert aspirante.get("/").location == "/sign-in"

    def test_ends_at_once_when_the_person_is_deactivated(
        self, world: World, aspirante: Visitor
    ) -> None:
        with world.database.write() as session:
            session.execute(update(User).where(User.email == OWN_EMAIL).values(active=False))
        assert aspirante.get("/").location == "/sign-in"

    def test_signing_in_as_somebody_else_ends_the_session_before(
        self, world: World, aspirante: Visitor
    ) -> None:
        aspirante.sign_in(OTHER)
        assert "Otro Ejemplo" in aspirante.get("/").text
        with world.database.read() as session:
            ended = [row.revoked_at is not None for row in session.scalars(select(UserSession))]
        assert sorted(ended) == [False, True]

    def test_a_form_without_its_token_changes_nothing(self, aspirante: Visitor) -> None:
        answer = aspirante.client.post("/sign-in/leave")
        assert answer.status_code == 400
        assert "El formulario ya no es vigente" in answer.text
        assert aspirante.get("/").status_code == 200

    def test_the_destination_never_leads_to_another_host(self, aspirante: Visitor) -> None:
        aspirante.get("/")
        for back in ("https://evil.example/x", "//evil.example", "/\\evil.example", "javascript:1"):
            assert aspirante.post("/language", language="en", back=back).location == "/"
