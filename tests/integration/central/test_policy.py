"""What the centre tells its stations in the signed policy."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from central.intake.scopes import ranges
from central.models import Aspirante, Auxiliar, AuxiliarState, Process, RegisterSection
from tests.centres import NOW, SOLICITUD, Centre, Station
from tests.statements import counted
from wire import api
from wire.policy import Policy, verify_policy

TEXTS = {
    "citizen_page": "https://apoyo.example.mx/c",
    "help_mail": "ayuda@example.mx",
    "help_phone": "800 000 0000",
}


def _policy(centre: Centre) -> Policy:
    return policy_of(centre.station())


def policy_of(station: Station) -> Policy:
    """Let a station fetch the policy in force."""
    answer = station.call("GET", "/policy")
    return verify_policy(api.from_json(api.PolicyAnswer, answer.data).policy, station.keys)


class TestTexts:
    def test_the_contacts_of_the_help_desk_and_the_citizen_page_reach_stations(
        self, centre: Centre
    ) -> None:
        with centre.database.write() as session:
            process = session.scalars(select(Process)).one()
            process.settings = {**process.settings, "capture": TEXTS}
        assert _policy(centre).texts == TEXTS

    def test_what_is_not_set_is_not_said(self, centre: Centre) -> None:
        assert _policy(centre).texts == {}


class TestScope:
    def test_an_entidad_is_told_as_ranges_of_its_secciones(self, centre: Centre) -> None:
        with centre.database.write() as session:
            _aspirante = select(Aspirante).where(Aspirante.folio_solicitud == SOLICITUD)
            session.scalars(_aspirante).one().scope_entidad = 9
            nine = select(RegisterSection.seccion).where(RegisterSection.entidad == 9)
            secciones = set(session.scalars(nine))
        policy = _policy(centre)
        (scope,) = policy.scopes
        mine, other = policy.auxiliares
        assert (mine.scope, other.scope) == (scope.id, "")
        assert scope.entidad == 9
        assert all(scope.holds(seccion) for seccion in secciones)
        assert not scope.holds(min(secciones) - 1)
        assert len(scope.secciones) == 1

    @given(st.dictionaries(st.integers(1, 60), st.booleans()))
    def test_ranges_hold_every_seccion_inside_and_none_outside(
        self, places: dict[int, bool]
    ) -> None:
        found = list(ranges(sorted(places.items())))
        for seccion, is_inside in places.items():
            assert any(first <= seccion <= last for first, last in found) == is_inside
        assert len(found) <= sum(places.values())


class TestPeriod:
    def test_dates_of_the_aspirante_go_with_their_auxiliares(self, centre: Centre) -> None:
        with centre.database.write() as session:
            row = session.scalars(
                select(Aspirante).where(Aspirante.folio_solicitud == SOLICITUD)
            ).one()
            row.ends_at = NOW + timedelta(days=2)
        mine, other = _policy(centre).auxiliares
        assert mine.ends_ms == int((NOW + timedelta(days=2)).timestamp() * 1000)
        assert (mine.starts_ms, other.ends_ms) == (0, 0)


class TestMany:
    def test_five_thousand_auxiliares_cost_no_statement_more_than_one(self, centre: Centre) -> None:
        station = centre.station()

        def statements() -> int:
            with counted(centre.app.extensions["acopio"].database) as found:
                station.call("GET", "/policy")
            return len(found)

        with centre.database.write() as session:
            mine = session.scalars(
                select(Aspirante).where(Aspirante.folio_solicitud == SOLICITUD)
            ).one()
            mine.scope_entidad = 9
        statements()
        with_two = statements()
        with centre.database.write() as session:
            rows = [
                {
                    "process_id": mine.process_id,
                    "aspirante_id": mine.id,
                    "id_auxiliar": f"MANY{number:04d}",
                    "nombres": "Luisa",
                    "email": f"many{number}@ejemplo.mx",
                    "state": AuxiliarState.INVITED,
                    "created_at": NOW,
                }
                for number in range(4_998)
            ]
            session.execute(insert(Auxiliar), rows)
        statements()
        assert statements() == with_two
