"""A real station and a real centre: what one seals, the other receipts, once."""

import dataclasses

from sqlalchemy import func, select

from central.models import Packet, Record
from device.clock import to_ms
from device.queue.assembly import open_delivery
from device.queue.delivery import Round
from device.queue.schema import State
from device.queue.verify import verify_spool
from tests.centres import Centre
from tests.integration.central.pairs import seal
from tests.stations import VERSIONS, Station, draft
from wire.packet import Kind


def deliver(station: Station) -> Round:
    delivery = open_delivery(station.config, station.clock, VERSIONS, spool=station.spool)
    try:
        return delivery.run_once()
    finally:
        delivery.close()


def counted(centre: Centre, model: type) -> int:
    with centre.database.read() as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


class TestAStationAndItsCentre:
    def test_bring_every_apoyo_across_once(self, centre: Centre, station: Station) -> None:
        sealed = seal(station, 3)
        station.sealer.note(
            Kind.SESSION_CLOSE, process=station.store.policy().processes[0].id, session="s"
        )
        done = deliver(station)
        assert done.error is None
        assert (done.delivered, done.held, done.waiting) == (4, 0, 0)
        assert deliver(station).delivered == 0
        assert (counted(centre, Packet), counted(centre, Record)) == (4, 3)
        with centre.database.read() as session:
            folios = set(session.execute(select(Record.folio_registro)).scalars())
        assert folios == {one.folio for one in sealed}
        assert verify_spool(station.spool, station.store).findings == ()

    def test_agree_on_the_time_and_the_head(self, centre: Centre, station: Station) -> None:
        seal(station, 2)
        deliver(station)
        anchor = station.store.anchor()
        assert anchor is not None
        assert anchor.time_ms == to_ms(centre.clock.now())
        deliver(station)
        assert station.store.get("server_seq") == "2"

    def test_hold_a_packet_of_an_unknown_auxiliar_and_bring_the_rest(
        self, centre: Centre, station: Station
    ) -> None:
        policy = station.store.policy()
        station.sealer.seal(
            dataclasses.replace(
                draft(), process=policy.processes[0].id, solicitud="S9", auxiliar="NADIE"
            )
        )
        seal(station, 1)
        done = deliver(station)
        assert (done.delivered, done.held) == (1, 1)
        assert station.spool.counts()[State.HELD] == 1
