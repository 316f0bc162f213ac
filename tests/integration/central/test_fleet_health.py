"""What stations say of their health: kept, judged, thinned, and missed when it does not come."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from central.intake.health import is_older, note_health, rejudge, thin
from central.models import Station, StationCondition, StationHealth
from device.health.notes import GAUGES, NoteBoard
from device.queue.assembly import open_delivery
from domain.station_condition import Limits
from tests.centres import Centre
from tests.centres import Station as WireStation
from tests.integration.central.pairs import seal
from tests.stations import VERSIONS
from tests.stations import Station as WholeStation
from wire.api import Health
from wire.packet import ClockClass

GAUGES_OF_A_DAY = {"temperature_mc": 55_000, "undervoltage": 0, "signed_in": 1, "camera_running": 1}


def condition(centre: Centre, name: str = "E1") -> StationCondition:
    with centre.database.read() as session:
        return session.scalars(
            select(StationCondition)
            .join(Station, Station.id == StationCondition.station_id)
            .where(Station.id_dispositivo == name)
        ).one()


def history(centre: Centre) -> list[StationHealth]:
    with centre.database.read() as session:
        return list(session.scalars(select(StationHealth).order_by(StationHealth.begins_s)))


def say(station: WireStation, **gauges: int) -> None:
    station.greeted(health=Health(gauges={**GAUGES_OF_A_DAY, **gauges}, disk_free_bytes=9 << 30))


class TestARealStation:
    def test_sends_what_its_health_service_measured_and_the_centre_keeps_unknown_names(
        self, centre: Centre, station: WholeStation
    ) -> None:
        run = station.config.run_folder
        run.mkdir()
        gauges = GAUGES_OF_A_DAY | {"a_gauge_of_the_future": 7, "undervoltage": 1}
        NoteBoard(run, station.clock).write(GAUGES, gauges)
        seal(station, 2)
        delivery = open_delivery(
            station.config,
            station.clock,
            VERSIONS,
            spool=station.spool,
            gauges=lambda: NoteBoard(run, station.clock).fresh(GAUGES),
        )
        try:
            assert delivery.run_once().error is None
        finally:
            delivery.close()
        with centre.database.read() as session:
            found = session.scalars(select(Station)).one()
        assert found.health is not None
        assert found.health["gauges"] == gauges
        assert condition(centre, found.id_dispositivo).troubles[0] == "supply"


class TestAHello:
    def test_is_judged_at_once_and_again_when_it_is_better(self, centre: Centre) -> None:
        station = centre.station()
        say(station, temperature_mc=85_000)
        assert condition(centre).troubles == ["hot"]
        centre.clock.advance(60)
        say(station)
        assert condition(centre).condition == "working"
        assert condition(centre).since == centre.clock.now()

    def test_is_kept_as_the_worst_of_five_minutes(self, centre: Centre) -> None:
        station = centre.station()
        say(station, temperature_mc=70_000, battery_percent=50)
        centre.clock.advance(30)
        say(station, temperature_mc=60_000, battery_percent=60, undervoltage=1)
        centre.clock.advance(300)
        say(station)
        first, second = history(centre)
        assert (first.temperature_mc, first.battery_percent, first.undervoltage) == (70_000, 50, 1)
        assert (second.temperature_mc, second.battery_percent) == (55_000, None)
        assert first.disk_free_mib == 9 << 10

    def test_with_a_number_beyond_all_reason_is_taken(self, centre: Centre) -> None:
        say(centre.station(), temperature_mc=2**60, load_percent=-(2**60))
        assert history(centre)[0].temperature_mc == 2**31 - 1

    def test_of_a_shorter_chain_is_remembered_until_it_is_as_long_again(
        self, centre: Centre
    ) -> None:
        station = centre.station()
        for _ in range(3):
            station.receipt(station.apoyo())
        station.greeted()
        station.greeted(head_seq=1)
        assert condition(centre).condition == "rolled_back"
        with centre.database.write() as session:
            rejudge(session, now=centre.clock.now(), limits=Limits())
        assert condition(centre).condition == "rolled_back"
        station.greeted()
        assert condition(centre).troubles == ["forked"]  # until a person has judged

    def test_by_an_unsure_clock_is_said(self, centre: Centre) -> None:
        centre.station().greeted(clock=ClockClass.UNKNOWN)
        assert condition(centre).troubles == ["clock"]


class TestSilence:
    def test_is_marked_by_the_worker_once_and_ends_with_a_hello(
        self, centre: Centre, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        station = centre.station()
        say(station)
        centre.clock.advance(31 * 60)
        for _ in range(2):
            with centre.database.write() as session:
                rejudge(session, now=centre.clock.now(), limits=Limits())
        assert condition(centre).troubles == ["silent"]
        marks = [one for one in caplog.records if "condition_changed" in one.message]
        assert [one.message.split("after=")[1] for one in marks] == ["working", "silent"]
        say(station)
        assert condition(centre).condition == "working"

    def test_of_a_station_left_for_the_night_is_rest(self, centre: Centre) -> None:
        say(centre.station(), signed_in=0)
        centre.clock.advance(9 * 3600)
        with centre.database.write() as session:
            rejudge(session, now=centre.clock.now(), limits=Limits())
        assert condition(centre).condition == "resting"


class TestTheHistory:
    def test_gets_thinner_as_it_gets_older_and_keeps_the_worst(self, centre: Centre) -> None:
        station = centre.station()
        with centre.database.read() as session:
            row = session.scalars(select(Station)).one()
        began = datetime(2026, 9, 1, tzinfo=UTC)
        with centre.database.write() as session:
            for step in range(3 * 288):
                hot = 90_000 if step == 100 else 50_000
                health = Health(gauges={"temperature_mc": hot, "battery_percent": 100 - step % 12})
                note_health(session, row, health, now=began + timedelta(minutes=5 * step))
        with centre.database.write() as session:
            thin(session, now=began + timedelta(days=3))
        spans = [one.span_s for one in history(centre)]
        assert (spans.count(300), spans.count(3600)) == (288, 48)
        hours = [one for one in history(centre) if one.span_s == 3600]
        assert [one.temperature_mc for one in hours].count(90_000) == 1
        assert {one.battery_percent for one in hours} == {89}
        with centre.database.write() as session:
            thin(session, now=began + timedelta(days=40))
            assert thin(session, now=began + timedelta(days=40)) == 0
        spans = [one.span_s for one in history(centre)]
        assert spans == [86_400] * 3
        assert history(centre)[0].temperature_mc == 90_000
        assert station.name == "E1"


@pytest.mark.parametrize(
    ("software", "minimum", "older"),
    [("0.1.0", "0.2", True), ("0.10.0", "0.9.9", False), ("0.2.0+source", "0.2.0", False),
     ("0+source", "", False), ("nightly", "1.0", False)],
)  # fmt: skip
def test_versions_are_compared_by_their_numbers(software: str, minimum: str, older: bool) -> None:
    assert is_older(software, minimum) is older
