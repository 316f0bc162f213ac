"""The life of a station: moved, replaced, retired, lost from a moment on; nothing is lost by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from central.intake import lifecycle
from central.models import AuditEntry, Duty, Packet, StationState
from central.models import Station as StationRow
from tests.centres import Centre, Station, run
from wire.api import Health, Standing
from wire.packet import ClockClass
from wire.policy import verify_time

pytestmark = pytest.mark.parametrize("centre_folder", ["sqlite"], indirect=True)


def row(centre: Centre, name: str = "E1") -> StationRow:
    with centre.database.read() as session:
        return session.scalars(select(StationRow).where(StationRow.id_dispositivo == name)).one()


def aside(centre: Centre) -> list[bool]:
    with centre.database.read() as session:
        return list(session.scalars(select(Packet.quarantined).order_by(Packet.seq)))


def acts(centre: Centre) -> list[str]:
    with centre.database.read() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def health(sealed: int) -> Health:
    return Health(states={"sealed": sealed, "stored": 3})


class TestAMove:
    def test_waits_until_all_that_the_station_has_is_here(self, centre: Centre) -> None:
        station = centre.station()
        left = station.apoyo()
        run(centre.folder, "station", "move", "--id", "E1", "--site", "Oficina 12")
        assert station.greeted(health=health(1)).standing is Standing.DRAIN
        assert row(centre).site == ""
        station.receipt(left)
        assert station.greeted(health=health(0)).standing is None
        assert (row(centre).site, row(centre).duty) == ("Oficina 12", Duty.CAPTURE)
        assert acts(centre)[-2:] == ["station.drain_asked", "station.moved"]


class TestAReplacement:
    def test_takes_the_site_over_and_leaves_the_old_one_to_drain(self, centre: Centre) -> None:
        old = centre.station("E1")
        new = centre.station("E2")
        with centre.database.write() as session:
            lifecycle.find_station(session, "E1").site = "Oficina 9"
        run(centre.folder, "station", "replace", "--id", "E1", "--by", "E2")
        assert row(centre, "E2").site == "Oficina 9"
        assert old.greeted().standing is Standing.DRAIN
        assert new.greeted().standing is None
        old.receipt(old.apoyo())
        assert aside(centre) == [False]


class TestRetiring:
    def test_asks_first_for_what_is_left(self, centre: Centre) -> None:
        station = centre.station()
        left = station.apoyo()
        station.greeted()
        with centre.database.write() as session:
            assert lifecycle.retire(session, "E1", now=centre.clock.now(), made_by="t") == 1
        assert station.greeted().standing is Standing.DRAIN
        station.receipt(left)
        run(centre.folder, "station", "retire", "--id", "E1")
        assert row(centre).state is StationState.RETIRED
        assert station.greeted().is_revoked


class TestALoss:
    def lose(self, centre: Centre, hours_ago: float) -> None:
        now = centre.clock.now()
        with centre.database.write() as session:
            lifecycle.lose(
                session, "E1", since=now - timedelta(hours=hours_ago), now=now, made_by="t"
            )

    def test_leaves_what_was_sealed_before_it_and_keeps_later_packets_aside(
        self, centre: Centre
    ) -> None:
        station = centre.station()
        station.greeted()
        before = station.apoyo()
        centre.clock.advance(3600 * 4)
        station.greeted()
        after = station.apoyo()
        centre.clock.advance(3600)
        self.lose(centre, hours_ago=2)
        station.receipt(before)
        station.receipt(after)
        assert aside(centre) == [False, True]

    def test_is_not_talked_out_of_it_by_a_clock_set_back(self, centre: Centre) -> None:
        station = centre.station()
        centre.clock.advance(3600 * 4)
        heard = verify_time(
            station.greeted().time, station.keys, station="E1", nonce="station-nonce"
        )
        station.anchor = heard.id
        back = int((centre.clock.now() - timedelta(days=2)).timestamp() * 1000)
        packet = station.apoyo(wall_ms=back, clock=ClockClass.RTC)
        centre.clock.advance(3600)
        self.lose(centre, hours_ago=2)
        station.receipt(packet)
        assert aside(centre) == [True]

    def test_without_a_moment_keeps_all_of_it_aside(self, centre: Centre) -> None:
        station: Station = centre.station()
        packet = station.apoyo()
        run(centre.folder, "station", "revoke", "--id", "E1")
        station.receipt(packet)
        assert aside(centre) == [True]
