"""A real station and a real centre: what one seals, the other receipts, once."""

import dataclasses
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import func, select

from central.models import Packet, Record
from device.clock import to_ms
from device.queue.assembly import open_delivery, open_spool
from device.queue.chain import Sealed
from device.queue.delivery import Round
from device.queue.enrol import enrol
from device.queue.schema import State
from device.queue.verify import verify_spool
from tests.centres import URL, Centre
from tests.stations import VERSIONS, FakeClock, Station, draft, open_station, station_config
from wire.packet import Kind

NAME = "E7"


@pytest.fixture
def _wired(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead the station's requests to the centre's application, without a socket."""
    client = centre.app.test_client()

    def send(
        _adapter: HTTPAdapter, request: requests.PreparedRequest, **_: object
    ) -> requests.Response:
        answer = client.open(
            request.path_url,
            base_url=URL,
            method=request.method,
            headers=dict(request.headers),
            data=request.body,
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response._content = answer.get_data()
        response.headers.update(dict(answer.headers))
        response.request = request
        return response

    monkeypatch.setattr(HTTPAdapter, "send", send)


@pytest.fixture
def station(_wired: None, centre: Centre, tmp_path: Path) -> Station:
    """A station that this centre enrolled."""
    config = station_config(tmp_path / "station", chunk_bytes=16_384)
    clock = FakeClock()
    spool = open_spool(config)
    enrol(centre.claim(NAME), config, clock, VERSIONS, spool=spool)
    spool.close()
    opened = open_station(config, clock=clock)
    opened.sealer.start()
    return opened


def seal(station: Station, count: int) -> list[Sealed]:
    policy = station.store.policy()
    auxiliar = policy.auxiliares[0]
    return [
        station.sealer.seal(
            dataclasses.replace(
                draft(),
                process=policy.processes[0].id,
                solicitud=auxiliar.solicitud,
                auxiliar=auxiliar.id,
            )
        )
        for _ in range(count)
    ]


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
