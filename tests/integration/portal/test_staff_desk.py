"""The authority's desk: register, find, change, stop and give back; all of it on record."""

import re

import pytest
from sqlalchemy import select

from central.accounts.permissions import Role
from central.models import (
    Aspirante,
    AuditEntry,
    Mail,
    MailKind,
    RoleGrant,
    User,
    UserIdentity,
)
from tests.portal.people import OTHER_EMAIL, OWN_EMAIL, role_email
from tests.portal.provider import OWN
from tests.portal.visitor import Visitor
from tests.portal.world import World

FORM = {
    "office": "PEL-2027:GOB",
    "folio_solicitud": "nueva1",
    "name": "Nueva Ejemplo Inventada",
    "account_kind": "g",
    "email": "Nueva@Acopio.example",
    "scope_entidad": "9",
    "access_until": "2027-01-31",
    "starts_at": "2026-11-20T00:00",
    "ends_at": "2026-12-01T23:59",
    "letter": "yes",
}


@pytest.fixture
def authority(world: World) -> Visitor:
    """Somebody of the authority at their desk."""
    return Visitor(world.app).enter(world, Role.AUTHORITY)


def _letters(world: World) -> list[str]:
    with world.database.read() as session:
        rows = session.execute(
            select(User.email).join(Mail).where(Mail.kind == MailKind.ACCESS).order_by(Mail.id)
        )
        return [email for (email,) in rows]


def _acts(world: World, folio: str) -> list[tuple[str, str]]:
    with world.database.read() as session:
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.subject == folio).order_by(AuditEntry.id)
        )
        return [(row.action, row.actor.partition(":")[0]) for row in rows]


class TestRegistering:
    def test_adds_request_access_and_letter_in_one_step(
        self, world: World, authority: Visitor
    ) -> None:
        authority.get("/staff/aspirantes/new")
        answer = authority.post("/staff/aspirantes/new", **FORM)
        assert answer.location == "/staff/aspirantes/NUEVA1"
        page = authority.get(answer.location).text
        for text in ("Nueva Ejemplo Inventada", "Google", "31 de enero de 2027", "espera salir"):
            assert text in page
        with world.database.read() as session:
            user = session.scalars(select(User).where(User.email == "nueva@acopio.example")).one()
            assert (user.account_kind, user.active) == ("g", True)
            assert f"{user.expires_at:%Y-%m-%dT%H:%M:%S}" == "2027-02-01T05:59:59"
            aspirante = session.scalars(
                select(Aspirante).where(Aspirante.folio_solicitud == "NUEVA1")
            ).one()
            assert aspirante.scope_entidad == 9
            assert f"{aspirante.starts_at:%Y-%m-%dT%H:%M}" == "2026-11-20T06:00"
        assert _letters(world) == ["nueva@acopio.example"]
        assert _acts(world, "NUEVA1") == [
            ("aspirante.added", "user"),
            ("letter.requested", "user"),
        ]

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("office", "PEL-2027:NADA", "Elige una de las opciones"),
            ("office", "", "Elige una de las opciones"),
            ("folio_solicitud", "con espacios", "no está bien escrito"),
            ("folio_solicitud", "GOB001", "Este folio ya está registrado"),
            ("name", " ", "Este dato hace falta"),
            ("name", "x" * 201, "no está bien escrito"),
            ("account_kind", "z", "Elige una de las opciones"),
            ("email", "sin arroba", "no está bien escrito"),
            ("email", role_email(Role.ADMIN), "es de alguien de la autoridad"),
            ("scope_entidad", "", "Este dato hace falta"),
            ("scope_entidad", "33", "Ese número no existe"),
            ("scope_distrito", "-1", "Ese número no existe"),
            ("scope_municipio", "99999999999999999999", "Ese número no existe"),
            ("threshold", "presidencia", "El registro no tiene a nadie en este ámbito"),
            ("threshold", "otro", "Elige una de las opciones"),
            ("starts_at", "2026-12-02T00:00", "El fin queda antes del inicio"),
            ("ends_at", "mañana", "no está bien escrito"),
            ("access_until", "2026-11-01", "Este día ya pasó"),
            ("access_until", "9999-12-31", "no está bien escrito"),
        ],
    )
    @pytest.mark.parametrize("world", ["sqlite"], indirect=True)
    def test_a_mistake_is_told_beside_its_field_and_nothing_is_kept(
        self, world: World, authority: Visitor, field: str, value: str, sentence: str
    ) -> None:
        authority.get("/staff/aspirantes/new")
        answer = authority.post("/staff/aspirantes/new", **(FORM | {field: value}))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "No se guardó nada" in answer.text
        assert _letters(world) == []
        with world.database.read() as session:
            folios = session.scalars(select(Aspirante.folio_solicitud)).all()
        assert sorted(folios) == ["GOB001", "GOB002"]


class TestChanging:
    def test_shows_what_is_registered_and_keeps_it(self, world: World, authority: Visitor) -> None:
        page = authority.get("/staff/aspirantes/GOB001/change").text
        assert f'value="{OWN_EMAIL}"' in page
        answer = authority.post(
            "/staff/aspirantes/GOB001/change",
            office="PEL-2027:GOB",
            name="Aurora Ejemplo Prueba",
            email=OWN_EMAIL,
            scope_entidad="9",
        )
        assert answer.location == "/staff/aspirantes/GOB001"
        assert _letters(world) == []
        with world.database.read() as session:
            aspirante = session.scalars(
                select(Aspirante).where(Aspirante.folio_solicitud == "GOB001")
            ).one()
            assert aspirante.threshold is not None

    def test_another_address_is_another_person_with_a_letter(
        self, world: World, authority: Visitor, aspirante: Visitor
    ) -> None:
        assert aspirante.get("/").status_code == 200
        authority.get("/staff/aspirantes/GOB001/change")
        authority.post(
            "/staff/aspirantes/GOB001/change",
            office="PEL-2027:GOB",
            name="Aurora Ejemplo Prueba",
            email="aurora.nueva@acopio.example",
            scope_entidad="9",
        )
        assert _letters(world) == ["aurora.nueva@acopio.example"]
        assert aspirante.get("/").location == "/sign-in"

    def test_another_type_of_account_releases_the_one_before(
        self, world: World, authority: Visitor, aspirante: Visitor
    ) -> None:
        authority.get("/staff/aspirantes/GOB001/change")
        authority.post(
            "/staff/aspirantes/GOB001/change",
            office="PEL-2027:GOB",
            name="Aurora Ejemplo Prueba",
            email=OWN_EMAIL,
            account_kind="f",
            scope_entidad="9",
        )
        assert aspirante.get("/").location == "/sign-in"
        with world.database.read() as session:
            assert session.scalars(select(UserIdentity)).all() == []


class TestAccess:
    def test_is_taken_away_at_once_and_given_back(
        self, world: World, authority: Visitor, aspirante: Visitor
    ) -> None:
        authority.get("/staff/aspirantes/GOB001")
        authority.post("/staff/aspirantes/GOB001/access", active="no")
        assert aspirante.get("/").location == "/sign-in"
        page = authority.get("/staff/aspirantes/GOB001").text
        assert "Acceso desactivado" in page
        assert "Desactivó el acceso" in page
        assert "Persona authority" in page
        authority.post("/staff/aspirantes/GOB001/access", active="yes")
        assert Visitor(world.app).sign_in(OWN).location == "/"

    def test_of_somebody_of_the_authority_is_not_taken_here(
        self, world: World, authority: Visitor
    ) -> None:
        with world.database.write() as session:
            user = session.scalars(select(User).where(User.email == OWN_EMAIL)).one()
            session.add(RoleGrant(user=user, role="admin", granted_at=world.clock.now()))
        authority.get("/staff/aspirantes/GOB001")
        answer = authority.post("/staff/aspirantes/GOB001/access", active="no")
        assert answer.status_code == 409

    def test_a_request_is_stopped_for_portal_and_stations(
        self, world: World, authority: Visitor, aspirante: Visitor
    ) -> None:
        authority.get("/staff/aspirantes/GOB001")
        authority.post("/staff/aspirantes/GOB001/request", active="no")
        assert "Ninguna solicitud activa" in aspirante.get("/").text
        authority.post("/staff/aspirantes/GOB001/request", active="yes")
        assert "GOB001" in aspirante.get("/").text

    def test_a_letter_is_sent_again_and_an_account_released(
        self, world: World, authority: Visitor, aspirante: Visitor
    ) -> None:
        authority.get("/staff/aspirantes/GOB001")
        authority.post("/staff/aspirantes/GOB001/letter")
        assert aspirante.get("/").status_code == 200
        authority.post("/staff/aspirantes/GOB001/account")
        assert aspirante.get("/").location == "/sign-in"
        assert _letters(world) == [OWN_EMAIL, OWN_EMAIL]
        assert [action for action, _who in _acts(world, "GOB001")] == [
            "letter.requested",
            "account.released",
            "letter.requested",
        ]


class TestList:
    def test_finds_by_folio_name_and_address_whatever_the_accents(self, authority: Visitor) -> None:
        for text in ("gob002", "ÓTRO EJÉMPLO", OTHER_EMAIL.upper(), "ficticio"):
            authority.get("/staff/aspirantes")
            assert authority.post("/staff/aspirantes/search", text=text).status_code == 303
            page = authority.get("/staff/aspirantes").text
            assert "GOB002" in page, text
            assert "GOB001" not in page, text

    def test_a_search_is_in_no_address_and_readable_in_no_table(
        self, world: World, authority: Visitor
    ) -> None:
        authority.get("/staff/aspirantes")
        answer = authority.post("/staff/aspirantes/search", text="Ficticio")
        assert answer.location == "/staff/aspirantes"
        with world.database.engine.connect() as connection:
            saved = connection.exec_driver_sql("SELECT saved_filter FROM user_sessions").scalars()
            assert all(b"icticio" not in bytes(value or b"") for value in saved)

    def test_pages_follow_each_other_without_a_gap(self, world: World, authority: Visitor) -> None:
        with world.database.write() as session:
            first = session.scalars(select(Aspirante)).first()
            assert first is not None
            for number in range(120):
                session.add(
                    Aspirante(
                        process_id=first.process_id,
                        office_id=first.office_id,
                        folio_solicitud=f"MAS{number:03d}",
                        name="Inventada",
                        email=f"mas{number}@acopio.example",
                        created_at=world.clock.now(),
                    )
                )
        seen: list[str] = []
        after = ""
        for _ in range(3):
            page = authority.get(f"/staff/aspirantes?after={after}").text
            folios = [part.partition("<")[0] for part in page.split('">MAS')[1:]]
            seen += folios
            following = re.search(r'rel="next" href="[^"]*after=(\w+)"', page)
            after = following[1] if following else ""
        assert seen == [f"{number:03d}" for number in range(120)]
        assert after == ""
