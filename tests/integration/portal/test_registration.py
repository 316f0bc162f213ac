"""Registro on each database: mistakes beside their fields, doubts asked about, people let in."""

import re

import pytest
from sqlalchemy import select

from central.models import AuditEntry, Auxiliar, AuxiliarState, Mail, Process, Stage
from central.roster.registration import CLAVE_PURPOSE
from central.services import Services
from tests.portal.samples import PERSON
from tests.portal.visitor import Visitor
from tests.portal.world import World

FORM = "/auxiliares/new"


def _person(world: World, email: str = PERSON["email"]) -> Auxiliar:
    with world.database.read() as session:
        return session.scalars(select(Auxiliar).where(Auxiliar.email == email)).one()


def _register_check(world: World, *, on: bool) -> None:
    with world.database.write() as session:
        process = session.scalars(select(Process)).one()
        process.settings = {**process.settings, "auxiliares": {"register_check": on}}


def _field(page: str, name: str) -> str:
    """Give what a field holds, as the page shows it."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, name
    return found.group(1)


class TestForm:
    def test_lets_somebody_in_and_shows_the_person(self, world: World, aspirante: Visitor) -> None:
        aspirante.get(FORM)
        answer = aspirante.post(FORM, **PERSON)
        assert answer.status_code == 303
        person = _person(world)
        assert answer.location == f"/auxiliares/{person.id_auxiliar}"
        shown = aspirante.get(answer.location).text
        assert "El auxiliar quedó registrado." in shown
        assert "Luisa Ejemplo Prueba" in shown
        assert person.stage is Stage.REGISTERED
        parts: Services = world.app.extensions["acopio"]
        sealed = person.clave_sealed or b""
        opened = parts.sealer(CLAVE_PURPOSE).open(sealed, person.id_auxiliar)
        assert opened == b"EJPRLS90010109M000"
        with world.database.read() as session:
            (entry,) = session.scalars(
                select(AuditEntry).where(AuditEntry.subject == person.id_auxiliar)
            )
            assert entry.actor.startswith("user:")
            assert session.scalars(select(Mail)).all() == []

    def test_shows_the_request_under_ver_detalle(self, aspirante: Visitor) -> None:
        page = aspirante.get(FORM).text
        for text in ("Ver detalle", "GOB001", "Candidatura Independiente", "Gubernatura",
                     "Todo el país", "60,000 apoyos"):  # fmt: skip
            assert text in page

    def test_tells_every_mistake_beside_its_field_and_loses_nothing(
        self, world: World, aspirante: Visitor
    ) -> None:
        typed = PERSON | {
            "account_kind": "",
            "nombres": "Lu1sa",
            "apellido_paterno": "",
            "apellido_materno": "",
            "born_day": "31",
            "born_month": "2",
            "telefono_movil": "123",
            "email": "luisa ejemplo",
            "clave_elector": "ABC",
        }
        aspirante.get(FORM)
        answer = aspirante.post(FORM, **typed)
        assert answer.status_code == 422
        page = answer.text
        assert "Hay que cambiar 7 campos" in page
        for name in ("account_kind", "nombres", "apellido_paterno", "born_on", "telefono_movil",
                     "email", "clave_elector"):  # fmt: skip
            assert f'id="{name}-error"' in page
        for name in ("nombres", "born_day", "born_month", "born_year", "telefono_movil", "email",
                     "clave_elector"):  # fmt: skip
            assert _field(page, name) == typed[name]
        with world.database.read() as session:
            assert len(session.scalars(select(Auxiliar)).all()) == 3

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"email": "aux01@acopio.example"}, "Ya tienes un auxiliar con este correo"),
            ({"email": "aux09@acopio.example"}, "Quien tiene este correo ya es auxiliar de otra"),
        ],
    )
    def test_one_person_captures_for_one_request_and_it_is_not_said_for_which(
        self, aspirante: Visitor, changed: dict[str, str], sentence: str
    ) -> None:
        aspirante.get(FORM)
        answer = aspirante.post(FORM, **(PERSON | changed))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "GOB002" not in answer.text
        assert "Otro Ejemplo" not in answer.text

    def test_the_same_clave_is_the_same_person(self, aspirante: Visitor) -> None:
        aspirante.get(FORM)
        assert aspirante.post(FORM, **PERSON).status_code == 303
        aspirante.get(FORM)
        answer = aspirante.post(FORM, **(PERSON | {"email": "otro.correo@gmail.com"}))
        assert answer.status_code == 422
        assert "Ya tienes un auxiliar con esta clave" in answer.text

    def test_a_doubt_is_asked_about_once_and_each_new_one_again(
        self, world: World, aspirante: Visitor
    ) -> None:
        typed = PERSON | {"email": "luisa.ejemplo@gmial.com"}
        aspirante.get(FORM)
        first = aspirante.post(FORM, **typed)
        assert first.status_code == 422
        assert "¿Está bien el correo?" in first.text
        mark = _field(first.text, "confirmed")
        typed |= {"born_day": "2", "confirmed": mark}
        second = aspirante.post(FORM, **typed)
        assert second.status_code == 422
        assert "La clave lleva otra fecha de nacimiento" in second.text
        typed |= {"confirmed": _field(second.text, "confirmed")}
        assert aspirante.post(FORM, **typed).status_code == 303
        assert _person(world, "luisa.ejemplo@gmial.com").stage is Stage.REGISTERED

    def test_where_the_register_is_not_asked_there_is_no_clave_and_the_letter_goes_at_once(
        self, world: World, aspirante: Visitor
    ) -> None:
        _register_check(world, on=False)
        page = aspirante.get(FORM).text
        assert 'name="clave_elector"' not in page
        typed = {name: text for name, text in PERSON.items() if name != "clave_elector"}
        assert aspirante.post(FORM, **typed).status_code == 303
        with world.database.read() as session:
            (letter,) = session.scalars(select(Mail))
            assert letter.auxiliar_id == _person(world).id

    @pytest.mark.parametrize("folio", ["GOB002", "GOB999"])
    def test_nobody_is_registered_for_a_request_of_another(
        self, world: World, aspirante: Visitor, folio: str
    ) -> None:
        aspirante.get(FORM)
        assert aspirante.post(f"{FORM}?solicitud={folio}", **PERSON).status_code == 404
        with world.database.read() as session:
            assert len(session.scalars(select(Auxiliar)).all()) == 3


class TestCorrection:
    def test_shows_what_was_entered_but_never_the_clave(
        self, world: World, aspirante: Visitor
    ) -> None:
        aspirante.get(FORM)
        aspirante.post(FORM, **PERSON)
        page = aspirante.get(f"/auxiliares/{_person(world).id_auxiliar}/correct").text
        assert _field(page, "nombres") == "Luisa"
        assert _field(page, "telefono_movil") == "5512345678"
        assert [_field(page, f"born_{part}") for part in ("day", "month", "year")] == [
            "1", "1", "1990"
        ]  # fmt: skip
        assert _field(page, "clave_elector") == ""
        assert "EJPRLS" not in page

    def test_another_name_asks_for_the_clave_again(self, world: World, aspirante: Visitor) -> None:
        aspirante.get(FORM)
        aspirante.post(FORM, **PERSON)
        path = f"/auxiliares/{_person(world).id_auxiliar}/correct"
        aspirante.get(path)
        answer = aspirante.post(path, **(PERSON | {"nombres": "Lucía", "clave_elector": ""}))
        assert answer.status_code == 422
        assert "escribe otra vez la clave de elector" in answer.text
        assert _field(answer.text, "nombres") == "Lucía"
        changed = {"nombres": "Lucía", "clave_elector": "EJPRLC90010109M000"}
        aspirante.post(path, **(PERSON | changed))
        assert _person(world).nombres == "Lucía"

    def test_an_address_alone_is_changed_without_the_clave(
        self, world: World, aspirante: Visitor
    ) -> None:
        aspirante.get(FORM)
        aspirante.post(FORM, **PERSON)
        path = f"/auxiliares/{_person(world).id_auxiliar}/correct"
        aspirante.get(path)
        changed = PERSON | {"email": "correo.nuevo@gmail.com", "clave_elector": ""}
        answer = aspirante.post(path, **changed)
        assert answer.status_code == 303
        assert "La corrección quedó guardada." in aspirante.get(answer.location).text
        person = _person(world, "correo.nuevo@gmail.com")
        assert person.clave_sealed is not None

    def test_who_is_active_is_not_corrected(self, world: World, aspirante: Visitor) -> None:
        page = aspirante.get("/auxiliares/AUX01").text
        assert "Corregir los datos" not in page
        path = "/auxiliares/AUX01/correct"
        for ask in (aspirante.get, lambda path: aspirante.post(path, **PERSON)):
            answer = ask(path)
            assert answer.status_code == 303
            assert "la cuenta avanzó mientras tanto" in aspirante.get(answer.location).text
        with world.database.read() as session:
            row = session.scalars(select(Auxiliar).where(Auxiliar.id_auxiliar == "AUX01")).one()
            assert (row.nombres, row.state) == ("ANA", AuxiliarState.ACTIVE)
