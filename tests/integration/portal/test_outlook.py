"""What the report leads to: open apoyos that will count, the day of the threshold, what to do."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from central.models import (
    Aspirante,
    Auxiliar,
    AuxiliarState,
    ProcessMedian,
    RollupAuxiliar,
    RollupCause,
    RollupDay,
    RollupDelta,
    RollupEntidad,
    RollupStation,
    RollupStep,
)
from central.reports.advance import Advance, advance
from central.reports.outlook import outlook
from central.reports.rejection_sources import Cause, rejection_sources
from central.reports.rollups import fold
from domain.apoyo import State
from domain.expectation import WaysOut, expected_valid, spread_of_days
from domain.forecast import Outlook
from tests.portal.provider import OWN
from tests.portal.visitor import Visitor
from tests.portal.world import NOW, World
from tests.statements import counted


def _report(world: World) -> Advance:
    with world.database.read() as session:
        own = session.scalars(
            select(Aspirante.id).where(Aspirante.folio_solicitud == "GOB001")
        ).one()
        return advance(session, own)


def _step(own: int, before: str, after: str) -> RollupDelta:
    return RollupDelta(
        aspirante_id=own, auxiliar_id=1, day=NOW.date(), entidad=0, seccion=0,
        state=after, change=1, station_id=1, causes=["fotocopia"], before=before,
    )  # fmt: skip


class TestExpectedValid:
    def test_rests_on_what_left_each_open_state(self, world: World) -> None:
        report = _report(world)
        with world.database.read() as session:
            found = outlook(session, report, now=NOW)
        assert found.expected == expected_valid(
            892,
            3_840,
            left_processing=WaysOut(50_000, 803 + 279 + 73 + 19 + 1_000, to_mesa=18_323),
            left_mesa=WaysOut(7_121, 7_362),
            spread=spread_of_days((day.sent - day.open, day.lista_nominal) for day in report.days),
        )
        # Nearly half of the mesa's, and nearly all of those being processed.
        assert 2_500 < found.expected.likely < 2_800
        assert (found.decided_in_processing, found.decided_at_mesa) == (70_497, 14_483)

    def test_steps_of_the_tail_are_among_them_before_and_after_the_fold(self, world: World) -> None:
        report = _report(world)
        with world.database.write() as session:
            session.add_all(
                _step(report.solicitud.aspirante_id, "en_mesa_de_control", "inconsistencia")
                for _ in range(3)
            )
        with world.database.read() as session:
            before = outlook(session, report, now=NOW)
        with world.database.write() as session:
            fold(session)
        with world.database.read() as session:
            assert outlook(session, report, now=NOW) == before
        assert before.decided_at_mesa == 14_486


class TestForecast:
    def test_judges_the_last_complete_weeks(self, world: World) -> None:
        report = _report(world)
        with world.database.read() as session:
            found = outlook(session, report, now=NOW)
        assert found.pace is not None
        assert found.pace.days == 14
        assert found.forecast is not None
        assert found.forecast.outlook is Outlook.IN_TIME
        assert found.forecast.on is not None
        assert NOW.date() <= found.forecast.on <= (NOW + timedelta(days=10)).date()

    def test_the_curve_ends_with_the_last_day_of_the_period(self, world: World) -> None:
        report = _report(world)
        last_day = report.solicitud.ends_at.astimezone(ZoneInfo(report.solicitud.time_zone)).date()
        for days in (0, 3, 9):
            with world.database.read() as session:
                found = outlook(session, report, now=NOW + timedelta(days=days))
            ahead = max(0, len(found.course) - 1)
            assert found.today + timedelta(days=ahead) == last_day

    def test_silence_since_is_part_of_the_pace(self, world: World) -> None:
        report = _report(world)
        with world.database.read() as session:
            busy = outlook(session, report, now=NOW).pace
            silent = outlook(session, report, now=NOW + timedelta(days=8)).pace
        assert busy is not None
        assert silent is not None
        assert silent.per_day < busy.per_day


class TestRejectionSources:
    def test_each_cause_is_told_and_what_a_state_says_by_itself(self, world: World) -> None:
        with world.database.read() as session:
            found = rejection_sources(session, _report(world))
        assert found.rejected == 9_536
        assert found.causes[:4] == (
            Cause(State.INCONSISTENCIA, "foto_no_valida", 5_000),
            Cause(State.INCONSISTENCIA, "fotocopia", 2_362),
            Cause(State.INCONSISTENCIA, "period.delivered_late", 1_000),
            Cause(State.DUPLICADO, "duplicate.same_aspirante", 700),
        )
        assert Cause(State.PADRON, "", 279) in found.causes
        assert sum(cause.records for cause in found.causes) == found.rejected

    def test_causes_of_the_tail_are_told_too(self, world: World) -> None:
        report = _report(world)
        with world.database.write() as session:
            session.add(
                _step(report.solicitud.aspirante_id, "en_mesa_de_control", "inconsistencia")
            )
        with world.database.read() as session:
            found = rejection_sources(session, report)
        assert Cause(State.INCONSISTENCIA, "fotocopia", 2_363) in found.causes

    def test_who_is_far_beyond_the_median_stands_out(self, world: World) -> None:
        with world.database.read() as session:
            found = rejection_sources(session, _report(world))
        (auxiliar,), (station,) = found.auxiliares, found.stations
        assert (auxiliar.name, auxiliar.decided, auxiliar.rejected) == ("AUX01", 66_657, 9_536)
        # 9,536 less 6.0 % of 66,657; the median of the process stands in the world.
        assert auxiliar.beyond == 5_536
        assert station.name == "E7"
        assert (found.auxiliar_usual_permille, found.station_usual_permille) == (60, 70)

    def test_millions_of_one_station_are_counted_too(self, world: World) -> None:
        with world.database.write() as session:
            session.execute(
                update(RollupStation)
                .where(RollupStation.state == "padron")
                .values(records=9 * 10**6)
            )
        with world.database.read() as session:
            (station,) = rejection_sources(session, _report(world)).stations
        assert station.rejected > 9 * 10**6

    def test_without_a_median_one_s_own_share_is_the_measure(self, world: World) -> None:
        with world.database.write() as session:
            session.execute(delete(ProcessMedian))
        with world.database.read() as session:
            found = rejection_sources(session, _report(world))
        assert found.own_permille == 143
        assert (found.auxiliares, found.auxiliar_usual_permille) == ((), None)


class TestThePage:
    def test_says_how_many_will_count_and_what_to_do(self, aspirante: Visitor) -> None:
        page = re.sub(r"\s+", " ", aspirante.get("/reports/advance").text)
        assert "De los 4,732 pendientes se espera que cuenten cerca de 2," in page
        assert "A este ritmo el umbral se alcanza el" in page
        assert "A Puebla le faltan 1,000." in page
        assert "de 66,657 resueltos no cuentan 9,536 (14.3%)" in page
        assert "La mediana del proceso es 6.0%." in page
        for wanted in ("reason=foto_no_valida", "id_auxiliar=AUX01", "id_dispositivo=E7"):
            assert wanted in page
        link = re.search(r'href="(/records\?[^"]*reason=foto_no_valida[^"]*)"', page)
        assert link is not None
        assert aspirante.get(link[1].replace("&amp;", "&")).status_code == 200

    @pytest.mark.parametrize(
        ("after", "says"),
        [
            (timedelta(days=10, hours=1), "El periodo ya terminó; solo puede sumarse"),
            (timedelta(days=9, hours=23), "cuando el periodo ya terminó"),
        ],
    )
    def test_says_so_when_time_runs_out(self, world: World, after: timedelta, says: str) -> None:
        with world.database.write() as session:
            # Much more is rejected than in the world, so that what is open does not suffice.
            session.execute(
                update(RollupStep)
                .where(RollupStep.after == State.INCONSISTENCIA)
                .values(records=200_000)
            )
        world.clock.time = NOW + after
        visitor = Visitor(world.app)
        visitor.sign_in(OWN)
        assert says in visitor.get("/reports/advance").text

    def test_says_so_when_it_is_too_early(self, world: World, aspirante: Visitor) -> None:
        with world.database.write() as session:
            session.execute(delete(RollupDay).where(RollupDay.day < NOW.date()))
        assert "Es pronto para decir cuándo" in aspirante.get("/reports/advance").text

    def test_asks_as_little_of_the_database_however_much_there_is(
        self, world: World, aspirante: Visitor
    ) -> None:
        with counted(world.database) as few:
            aspirante.get("/reports/advance")
        own = _report(world).solicitud
        with world.database.write() as session:
            for n in range(400):
                auxiliar = Auxiliar(
                    process_id=own.process_id, aspirante_id=own.aspirante_id,
                    id_auxiliar=f"MANY{n}", nombres="ANA", apellido_paterno="EJEMPLO",
                    email=f"many{n}@acopio.example", state=AuxiliarState.ACTIVE, created_at=NOW,
                )  # fmt: skip
                session.add(auxiliar)
                session.flush()
                key = {"aspirante_id": own.aspirante_id, "state": "padron", "records": 40}
                session.add(RollupAuxiliar(auxiliar_id=auxiliar.id, **key))
                session.add(RollupStation(station_id=1_000 + n, **key))
                session.add(RollupCause(cause=f"otra {n}", **key))
                session.add(RollupDay(day=NOW.date() - timedelta(days=21 + n), **key))
            session.add_all(
                RollupEntidad(
                    aspirante_id=own.aspirante_id, entidad=n, state="lista_nominal", records=5
                )
                for n in range(1, 33)
                if n not in (9, 15, 21, 29)
            )
        with counted(world.database) as many:
            page = aspirante.get("/reports/advance").text
        assert "MANY" in page
        assert len(many) <= len(few) <= 24
        # Nothing reads the records or their history, of which there may be 13 million.
        tables = r"\b(records|state_changes|packets|receipts|citizens)\b(?!\.| AS)"
        reads = [one for one in many if re.search(rf"(?:FROM|JOIN) {tables}", one)]
        assert reads == []


class TestInicio:
    def test_says_where_the_request_stands_and_what_waits(self, aspirante: Visitor) -> None:
        page = re.sub(r"\s+", " ", aspirante.get("/").text)
        assert "Faltan 10 días" in page
        assert "57,121</strong> de 60,000 requeridos" in page
        assert "Se alcanzan 2; se requieren 3." in page
        assert "aún no se activa" in page

    def test_asks_as_little_whatever_waits(self, world: World, aspirante: Visitor) -> None:
        with counted(world.database) as asked:
            aspirante.get("/")
        assert len(asked) <= 24
        assert not [one for one in asked if re.search(r"FROM records\b", one)]
