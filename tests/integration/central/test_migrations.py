"""The steps of the database with rows before and after."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, text

from central.intake.health import rejudge
from central.intake.rings import set_ring
from central.migrations import steps
from central.models import Duty, Ring, RollupStation, Station, StationCondition
from central.models.database import Database
from central.models.releases import drawn_ring
from central.reports.recount import recount
from central.reports.rollups import fold
from domain.station_condition import Limits
from tests.centres import AUXILIAR, IN_LISTA, OTHER_SOLICITUD, REMOVED, SOLICITUD, Centre


@pytest.fixture
def database(centre: Centre) -> Iterator[Database]:
    opened = Database(centre.config.database.url)
    yield opened
    opened.close()


class TestTheStepOfThePortal:
    def test_gives_each_person_one_place_in_a_process_and_takes_none_away(
        self, centre: Centre, database: Database
    ) -> None:
        steps.downgrade(database, "0002")
        with database.write() as session:
            session.execute(
                text(
                    "INSERT INTO auxiliares (aspirante_id, id_auxiliar, nombres, email, state,"
                    " created_at) SELECT (SELECT id FROM aspirantes WHERE folio_solicitud=:other),"
                    " 'TWICE', nombres, email, state, created_at FROM auxiliares"
                    " WHERE id_auxiliar = :known"
                ),
                {"known": AUXILIAR, "other": OTHER_SOLICITUD},
            )
        steps.upgrade(database)
        with database.read() as session:
            places = {
                name: bool(has_one)
                for name, has_one in session.execute(
                    text("SELECT id_auxiliar, process_id IS NOT NULL FROM auxiliares")
                )
            }
            of_the_first = session.execute(
                text(
                    "SELECT a.process_id = s.process_id FROM auxiliares a JOIN aspirantes s"
                    " ON s.id = a.aspirante_id WHERE s.folio_solicitud = :folio"
                ),
                {"folio": SOLICITUD},
            ).scalars()
            assert all(of_the_first)
            folded = session.execute(text("SELECT name_folded FROM auxiliares")).scalars()
            assert set(folded) == {"INVENTADA PRUEBA", "PRUEBA"}
        assert {places[AUXILIAR], places["TWICE"]} == {True, False}
        steps.downgrade(database, "0002")
        steps.upgrade(database)

    def test_counts_by_station_cause_and_step_what_was_there_before(
        self, centre: Centre, database: Database
    ) -> None:
        centre.start_vault()
        station = centre.station()
        for clave in (IN_LISTA[0], IN_LISTA[0], REMOVED):
            station.receipt(station.apoyo(clave))
        centre.verifier().run_once()
        with database.write() as session:
            fold(session)
        station.receipt(station.apoyo(IN_LISTA[1]))
        steps.downgrade(database, "0002")
        steps.upgrade(database)
        with database.read() as session:
            assert recount(session) == []
            assert session.scalars(select(func.sum(RollupStation.records))).one() == 4


class TestTheStepOfTheReleases:
    def test_gives_each_station_the_ring_of_its_id_and_the_previous_release_adds_more(
        self, centre: Centre, database: Database
    ) -> None:
        name = centre.station().name
        steps.downgrade(database, "0004")
        steps.upgrade(database)
        assert steps.differences(database) == []
        with database.write() as session:
            session.execute(
                text(
                    "INSERT INTO stations (process_id, id_dispositivo, state, created_at)"
                    " SELECT process_id, 'ADDED', 'claimed', created_at FROM stations"
                )
            )
            rows = session.execute(select(Station.id_dispositivo, Station.ring))
            rings = {row.id_dispositivo: row.ring for row in rows}
            assert rings == {name: drawn_ring(name), "ADDED": Ring.GENERAL}
            ids = list(session.scalars(select(Station.id)))
            assert set_ring(session, ids, Ring.LAB) == 2
            assert set(session.scalars(select(Station.ring))) == {Ring.LAB}


class TestTheStepOfTheFleet:
    def test_leaves_the_stations_as_they_were_and_judges_them_anew(
        self, centre: Centre, database: Database
    ) -> None:
        station = centre.station()
        station.greeted()
        steps.downgrade(database, "0006")
        steps.upgrade(database)
        assert steps.differences(database) == []
        with database.write() as session:
            assert rejudge(session, now=centre.clock.now(), limits=Limits()) == 1
            assert session.scalars(select(StationCondition.condition)).all() == ["working"]


class TestTheStepOfAStationsLife:
    def test_leaves_stations_that_are_enrolled_capturing(
        self, centre: Centre, database: Database
    ) -> None:
        station = centre.station()
        packet = station.apoyo()
        steps.downgrade(database, "0005")
        steps.upgrade(database)
        with database.read() as session:
            one = session.scalars(select(Station)).one()
            assert (one.duty, one.site, one.lost_at) == (Duty.CAPTURE, "", None)
        station.receipt(packet)
        assert station.greeted().standing is None
