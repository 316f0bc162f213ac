"""Consulta de registros: every official filter, pages, one's own records and nobody else's."""

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from central.models import Aspirante, UserSession
from central.reports.records import RecordFilter, search
from domain.apoyo import State
from tests.portal.visitor import Visitor
from tests.portal.world import World

_FOLIO = re.compile(r'href="/records/([A-Z0-9-]+)"')


def _search(visitor: Visitor, filters: Mapping[str, str]) -> list[str]:
    visitor.get("/records")
    answer = visitor.post("/records", **filters)
    assert (answer.status_code, answer.location) == (303, "/records")
    return _FOLIO.findall(visitor.get("/records").text)


class TestFilters:
    def test_without_a_filter_all_own_records_are_there_newest_first(
        self, world: World, aspirante: Visitor
    ) -> None:
        assert _FOLIO.findall(aspirante.get("/records").text) == list(reversed(world.own))

    @pytest.mark.parametrize(
        ("filters", "states"),
        [
            ({"situacion": "Bajas"}, [State.BAJA]),
            ({"situacion": "Padrón"}, [State.PADRON]),
            ({"situacion": "Datos no encontrados"}, [State.NO_ENCONTRADO]),
            ({"situacion": "Sin respuesta situación"}, [State.EN_PROCESAMIENTO]),
            ({"motivo_baja": "Defunción"}, [State.BAJA]),
            ({"valid": "yes"}, [State.LISTA_NOMINAL]),
            ({"situacion": "Lista Nominal", "valid": "yes"}, [State.LISTA_NOMINAL]),
            ({"situacion": "Bajas", "motivo_baja": "Migración"}, []),
        ],
    )
    def test_answers_of_the_register_choose_records(
        self,
        world: World,
        aspirante: Visitor,
        filters: dict[str, str],
        states: list[State],
    ) -> None:
        expected = {folio for state in states for folio in world.by_state[state]}
        assert set(_search(aspirante, filters)) == expected

    def test_valid_no_leaves_out_what_is_still_open(self, world: World, aspirante: Visitor) -> None:
        found = set(_search(aspirante, {"valid": "no"}))
        still_open = (State.EN_PROCESAMIENTO, State.EN_MESA_DE_CONTROL)
        expected = set(world.own)
        for state in (*still_open, State.LISTA_NOMINAL):
            expected -= set(world.by_state[state])
        assert found == expected

    @pytest.mark.parametrize(
        ("filters", "parts"),
        [
            ({"id_auxiliar": "aux02"}, "AUX02"),
            ({"folio_registro": "gob001-aux01"}, "AUX01"),
            ({"folio_registro": "gob001-aux01-e7-00000002"}, "AUX01-E7-00000002"),
        ],
    )
    def test_codes_are_found_in_any_case(
        self, world: World, aspirante: Visitor, filters: dict[str, str], parts: str
    ) -> None:
        expected = {folio for folio in world.own if parts in folio}
        assert set(_search(aspirante, filters)) == expected
        assert expected

    @pytest.mark.parametrize(
        ("filters", "count"),
        [
            ({"id_dispositivo": "E7"}, 32),
            ({"id_dispositivo": "E8"}, 0),
            ({"folio_solicitud": "GOB001"}, 32),
            ({"folio_solicitud": "GOB002"}, 0),
            ({"process_kind": "Candidatura Independiente"}, 32),
            ({"process_kind": "Consulta Popular"}, 0),
            ({"received_from": "2026-11-23"}, 3),
            ({"received_to": "2026-11-15"}, 3),
            ({"received_from": "2026-11-15", "received_to": "2026-11-23"}, 32),
        ],
    )
    def test_dates_and_places_choose_records(
        self, aspirante: Visitor, filters: dict[str, str], count: int
    ) -> None:
        assert len(_search(aspirante, filters)) == count

    @pytest.mark.parametrize(
        "typed", ["MUÑOZ", "muñoz", "Munoz", " muñoz  "], ids=["as-is", "lower", "plain", "spaces"]
    )
    def test_names_are_found_without_accents_or_case(self, aspirante: Visitor, typed: str) -> None:
        assert len(_search(aspirante, {"apellido_paterno": typed})) == 4

    def test_each_word_of_a_name_must_be_there(self, aspirante: Visitor) -> None:
        assert _search(aspirante, {"nombres": "maría josé"})
        assert _search(aspirante, {"nombres": "josé"})
        assert _search(aspirante, {"nombres": "maría pedro"}) == []

    def test_a_name_is_sought_in_its_own_field_alone(self, aspirante: Visitor) -> None:
        assert _search(aspirante, {"apellido_materno": "muñoz"}) == []

    def test_filters_combine(self, world: World, aspirante: Visitor) -> None:
        found = _search(
            aspirante, {"apellido_paterno": "muñoz", "valid": "yes", "id_auxiliar": "AUX01"}
        )
        assert found
        assert set(found) < set(world.by_state[State.LISTA_NOMINAL])

    def test_clearing_shows_everything_again(self, aspirante: Visitor) -> None:
        _search(aspirante, {"situacion": "Bajas"})
        aspirante.post("/records/clear")
        assert len(_FOLIO.findall(aspirante.get("/records").text)) == 32

    def test_a_mistake_is_named_beside_its_field(self, aspirante: Visitor) -> None:
        aspirante.get("/records")
        answer = aspirante.post("/records", received_from="23/11/2026", nombres="Ana")
        assert answer.status_code == 422
        assert 'id="received_from-error"' in answer.text
        assert 'value="Ana"' in answer.text
        assert _FOLIO.findall(answer.text) == []


class TestPrivacy:
    def test_no_address_holds_the_name_that_was_sought(self, aspirante: Visitor) -> None:
        _search(aspirante, {"apellido_paterno": "Zúñiga"})
        page = aspirante.get("/records")
        assert not [
            link for link in re.findall(r'(?:href|action)="([^"]*)"', page.text) if "iga" in link
        ]

    def test_the_saved_filter_is_sealed(self, world: World, aspirante: Visitor) -> None:
        _search(aspirante, {"apellido_paterno": "ZUNIGA"})
        with world.database.read() as session:
            saved = session.scalars(select(UserSession.saved_filter)).one()
        assert saved is not None
        assert b"ZUNIGA" not in saved

    def test_the_filter_of_one_session_is_not_seen_in_another(
        self, world: World, aspirante: Visitor, other_aspirante: Visitor
    ) -> None:
        _search(aspirante, {"apellido_paterno": "Zúñiga"})
        assert "Zúñiga" not in other_aspirante.get("/records").text

    def test_signing_out_forgets_the_filter(self, world: World, aspirante: Visitor) -> None:
        _search(aspirante, {"situacion": "Bajas"})
        aspirante.post("/sign-in/leave")
        with world.database.read() as session:
            assert session.scalars(select(UserSession.saved_filter)).one() is None


class TestOwnRecords:
    def test_a_foreign_record_answers_as_one_that_does_not_exist(
        self, world: World, aspirante: Visitor
    ) -> None:
        foreign = aspirante.get(f"/records/{world.foreign[0]}")
        absent = aspirante.get("/records/GOB001-AUX01-E7-99999999")
        assert (foreign.status_code, absent.status_code) == (404, 404)
        hide = re.compile(r"GOB00\d-AUX0\d-E7-\d{8}|csrf_token\" value=\"[^\"]+")
        assert hide.sub("", foreign.text) == hide.sub("", absent.text)

    def test_a_page_cannot_start_at_a_foreign_record(
        self, world: World, aspirante: Visitor
    ) -> None:
        assert aspirante.get(f"/records?older_than={world.foreign[0]}").status_code == 404

    def test_each_sees_only_their_own(self, world: World, other_aspirante: Visitor) -> None:
        found = _FOLIO.findall(other_aspirante.get("/records").text)
        assert found == list(reversed(world.foreign))


class TestPages:
    def test_walking_older_and_back_meets_every_record_once(self, world: World) -> None:
        with world.database.read() as session:
            own = session.scalars(
                select(Aspirante.id).where(Aspirante.folio_solicitud == "GOB001")
            ).all()
            walked: list[str] = []
            pages: list[list[str]] = []
            older: str | None = None
            while True:
                page = search(
                    session, own, RecordFilter(), world.citizens, older_than=older, limit=7
                )
                folios = [row.folio_registro for row in page.rows]
                pages.append(folios)
                walked += folios
                assert (page.newer_than is None) == (older is None)
                if page.older_than is None:
                    break
                older = page.older_than
            assert walked == list(reversed(world.own))
            back = search(
                session, own, RecordFilter(), world.citizens, newer_than=pages[2][0], limit=7
            )
        assert [row.folio_registro for row in back.rows] == pages[1]

    def test_names_hide_themselves_in_a_log(self, world: World) -> None:
        with world.database.read() as session:
            own = session.scalars(select(Aspirante.id)).all()
            page = search(session, own, RecordFilter(nombres="XIMENA"), world.citizens)
        assert page.rows
        assert "XIMENA" not in repr(page)
        assert "XIMENA" not in repr(RecordFilter(nombres="XIMENA"))


class TestDetail:
    @pytest.mark.parametrize(
        ("state", "sentences"),
        [
            (State.DUPLICADO, ["más de una vez al mismo aspirante", "LGIPE, artículo 385"]),
            (State.PADRON, ["no en la Lista Nominal", "LGIPE, artículo 385"]),
            (State.BAJA, ["dio de baja a esta persona", "Defunción"]),
            (State.FUERA_DE_AMBITO, ["fuera del territorio del cargo"]),
            (State.INCONSISTENCIA, ["después del último momento para enviar"]),
            (State.EN_PROCESAMIENTO, ["Verificación pendiente", "aún sin abrir"]),
            (State.EN_MESA_DE_CONTROL, ["Por qué está pendiente", "check.curp.check_digit"]),
        ],
    )
    def test_says_why_in_plain_spanish(
        self, world: World, aspirante: Visitor, state: State, sentences: list[str]
    ) -> None:
        page = aspirante.get(f"/records/{world.by_state[state][0]}").text
        for sentence in sentences:
            assert sentence in page

    def test_tells_the_history_in_order_and_gives_the_receipt(
        self, world: World, aspirante: Visitor
    ) -> None:
        page = aspirante.get(f"/records/{world.by_state[State.LISTA_NOMINAL][0]}").text
        places = [
            page.index(words)
            for words in ("Captado", "Recibido por el centro", "Verificado: En Lista Nominal")
        ]
        assert places == sorted(places)
        assert re.search(r"[0-9a-f]{64}", page)
        assert "Por qué" not in page
