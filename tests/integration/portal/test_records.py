"""Consulta de registros: every official filter, pages, one's own records and nobody else's."""

import html
import re
from collections.abc import Mapping
from functools import partial

import pytest
from sqlalchemy import select

from central.accounts.permissions import Role
from central.models import Aspirante, Record, UserSession
from central.reports.record_filter import RecordFilter
from central.reports.record_order import Order, OrderBy
from central.reports.records import search
from domain.apoyo import State
from tests.portal.visitor import Visitor
from tests.portal.world import World

_FOLIO = re.compile(r'href="/records/([A-Z0-9-]+)"')
_CHIP = re.compile(r'class="chip-off" href="([^"]+)"')


def _search(visitor: Visitor, filters: Mapping[str, str]) -> list[str]:
    visitor.get("/records")
    answer = visitor.post("/records", **filters)
    assert answer.status_code == 303
    return _FOLIO.findall(visitor.get(answer.location).text)


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
            ({"state": "duplicado"}, [State.DUPLICADO]),
            ({"state": "en_mesa_de_control"}, [State.EN_MESA_DE_CONTROL]),
            ({"reason": "duplicate.same_aspirante"}, [State.DUPLICADO]),
            ({"reason": "period.delivered_late"}, [State.INCONSISTENCIA]),
            ({"reason": "check."}, [State.EN_MESA_DE_CONTROL]),
            ({"reason": "review.sample"}, [State.EN_MESA_DE_CONTROL]),
            ({"reason": "flag."}, []),
            ({"reason": "duplicate.same_aspirante", "state": "baja"}, []),
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

    def test_what_nobody_can_type_is_a_mistake_beside_its_field(self, aspirante: Visitor) -> None:
        assert aspirante.get("/records?id_auxiliar=a%1Bb").status_code == 422

    def test_a_mistake_is_named_beside_its_field(self, aspirante: Visitor) -> None:
        aspirante.get("/records")
        answer = aspirante.post("/records", received_from="23/11/2026", nombres="Ana")
        assert answer.status_code == 422
        assert 'id="received_from-error"' in answer.text
        assert 'value="Ana"' in answer.text
        assert _FOLIO.findall(answer.text) == []


class TestLinks:
    def test_the_address_of_a_search_gives_the_same_records_to_another_session(
        self, world: World, aspirante: Visitor
    ) -> None:
        aspirante.get("/records")
        link = aspirante.post("/records", situacion="Bajas", id_auxiliar="aux01").location
        found = _FOLIO.findall(aspirante.get(link).text)
        elsewhere = Visitor(world.app).enter(world, Role.ASPIRANTE)
        assert found
        assert _FOLIO.findall(elsewhere.get(link).text) == found

    def test_a_link_of_a_search_with_a_name_asks_for_the_name_again(
        self, world: World, aspirante: Visitor
    ) -> None:
        aspirante.get("/records")
        link = aspirante.post("/records", apellido_paterno="Zúñiga", valid="yes").location
        assert "valid=yes" in link
        assert "iga" not in link
        elsewhere = Visitor(world.app).enter(world, Role.ASPIRANTE)
        page = elsewhere.get(link).text
        assert "Un enlace no lleva nombres" in page
        assert _FOLIO.findall(page) == []

    def test_a_name_in_an_address_is_not_searched_for(self, aspirante: Visitor) -> None:
        assert len(_FOLIO.findall(aspirante.get("/records?nombres=XIMENA").text)) == 32

    def test_each_filter_is_taken_away_by_its_own_link(self, aspirante: Visitor) -> None:
        page = aspirante.get("/records?situacion=Bajas&id_auxiliar=AUX01&order=folio").text
        links = [html.unescape(link) for link in _CHIP.findall(page)]
        assert sorted(links) == [
            "/records?id_auxiliar=AUX01&order=folio",
            "/records?situacion=Bajas&order=folio",
        ]

    def test_a_mistake_in_an_address_is_told(self, aspirante: Visitor) -> None:
        answer = aspirante.get("/records?received_from=ayer")
        assert answer.status_code == 422
        assert 'id="received_from-error"' in answer.text

    def test_from_a_record_one_comes_back_to_the_search(
        self, world: World, aspirante: Visitor
    ) -> None:
        folio = world.by_state[State.BAJA][0]
        search_page = "http://localhost/records?situacion=Bajas"
        record = f"/records/{folio}"
        page = aspirante.client.get(record, headers={"Referer": search_page}).text
        assert 'href="http://localhost/records?situacion=Bajas"' in page
        foreign = aspirante.client.get(record, headers={"Referer": "http://evil.example/records"})
        assert "evil" not in foreign.text

    def test_nothing_found_says_what_to_do(self, aspirante: Visitor) -> None:
        page = aspirante.get("/records?situacion=Bajas&motivo_baja=Migración").text
        assert "Ningún registro cumple estos filtros" in page
        assert "Quita uno de los filtros" in page


class TestPrivacy:
    def test_no_address_holds_the_name_that_was_sought(self, aspirante: Visitor) -> None:
        aspirante.get("/records")
        link = aspirante.post("/records", apellido_paterno="Zúñiga").location
        page = aspirante.get(link)
        assert 'value="Zúñiga"' in page.text
        assert not [
            link for link in re.findall(r'(?:href|action)="([^"]*)"', page.text) if "iga" in link
        ]

    def test_the_names_are_sealed(self, world: World, aspirante: Visitor) -> None:
        _search(aspirante, {"apellido_paterno": "ZUNIGA"})
        with world.database.read() as session:
            saved = session.scalars(select(UserSession.saved_filter)).one()
        assert saved is not None
        assert b"ZUNIGA" not in saved

    def test_signing_out_forgets_the_names(self, world: World, aspirante: Visitor) -> None:
        _search(aspirante, {"nombres": "Ximena"})
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
        assert aspirante.get(f"/records?after={world.foreign[0]}").status_code == 404

    def test_each_sees_only_their_own(self, world: World, other_aspirante: Visitor) -> None:
        found = _FOLIO.findall(other_aspirante.get("/records").text)
        assert found == list(reversed(world.foreign))


class TestPages:
    def test_walking_on_and_back_meets_every_record_once_in_every_order(self, world: World) -> None:
        with world.database.read() as session:
            own = session.scalars(
                select(Aspirante.id).where(Aspirante.folio_solicitud == "GOB001")
            ).all()
            for order in (Order(by, descending) for by in OrderBy for descending in (True, False)):
                sought = partial(
                    search, session, own, RecordFilter(), world.citizens, order=order, limit=7
                )
                pages = [sought()]
                while pages[-1].after is not None:
                    pages.append(sought(after=pages[-1].after))
                back = sought(before=pages[2].before)
                walked = [row.folio_registro for page in pages for row in page.rows]
                assert sorted(walked) == sorted(world.own)
                assert [page.before is None for page in pages] == [True] + [False] * 4
                assert back == pages[1]

    def test_orders_sort_by_what_they_say(self, world: World, aspirante: Visitor) -> None:
        folios = _FOLIO.findall(aspirante.get("/records?order=folio").text)
        assert folios == sorted(world.own)
        states = [
            next(state for state in State if folio in world.by_state[state])
            for folio in _FOLIO.findall(aspirante.get("/records?order=-state").text)
        ]
        assert states == sorted(states, reverse=True)
        by_auxiliar = _FOLIO.findall(aspirante.get("/records?order=auxiliar").text)
        codes = [folio.split("-")[1] for folio in by_auxiliar]
        assert codes == sorted(codes)

    def test_a_record_that_goes_on_to_another_state_moves_no_page(
        self, world: World, aspirante: Visitor
    ) -> None:
        with world.database.write() as session:
            own = session.scalars(
                select(Aspirante.id).where(Aspirante.folio_solicitud == "GOB001")
            ).all()
            sought = partial(
                search, session, own, RecordFilter(), world.citizens,
                order=Order(OrderBy.STATE, descending=False), limit=9,
            )  # fmt: skip
            first = sought()
            rest = [row.folio_registro for row in sought(after=first.after, limit=100).rows]
            last = session.scalars(
                select(Record).where(Record.folio_registro == first.rows[-1].folio_registro)
            ).one()
            last.state = State.PADRON
            session.flush()
            now = [row.folio_registro for row in sought(after=first.after, limit=100).rows]
        assert [folio for folio in now if folio != last.folio_registro] == rest

    def test_an_order_that_is_none_is_the_usual_one_and_a_page_begins_at_a_record(
        self, world: World, aspirante: Visitor
    ) -> None:
        for order in ("sideways", "", "--state"):
            found = _FOLIO.findall(aspirante.get(f"/records?order={order}").text)
            assert found == list(reversed(world.own))
        for mark in ("nothing", "baja.GOB001", "lost.GOB001-AUX01-E7-00000002"):
            assert aspirante.get(f"/records?order=state&after={mark}").status_code == 404

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

    def test_gives_the_signed_receipt_as_a_file(self, world: World, aspirante: Visitor) -> None:
        folio = world.own[0]
        answer = aspirante.get(f"/records/{folio}/receipt")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="acuse-{folio}.jws"'
        assert answer.mimetype == "application/jose"
        assert aspirante.get(f"/records/{world.foreign[0]}/receipt").status_code == 404

    @pytest.mark.parametrize("state", [State.DUPLICADO, State.BAJA, State.INCONSISTENCIA])
    def test_every_rejection_leads_to_the_inconformidad(
        self, world: World, aspirante: Visitor, state: State
    ) -> None:
        folio = world.by_state[state][0]
        assert f'href="/objections/new?folio={folio}"' in aspirante.get(f"/records/{folio}").text

    @pytest.mark.parametrize("state", [State.LISTA_NOMINAL, State.EN_MESA_DE_CONTROL])
    def test_what_is_not_rejected_does_not(
        self, world: World, aspirante: Visitor, state: State
    ) -> None:
        page = aspirante.get(f"/records/{world.by_state[state][0]}").text
        assert "/objections/new" not in page
