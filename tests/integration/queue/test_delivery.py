"""Delivery over real sockets: resumed, receipted, and never blocked by one bad packet."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from device.config import Config
from device.queue.assembly import open_delivery
from device.queue.chain import Sealed
from device.queue.delivery import Delivery, Round
from device.queue.overview import Entry, Overview, Which
from device.queue.schema import State
from tests.fake_centre import Answer, FakeCentre, Fault, Request, refuse, serve
from tests.stations import (
    AUXILIAR,
    VERSIONS,
    Centre,
    Station,
    draft,
    enrol_directly,
    open_station,
    station_config,
)
from wire import api
from wire.keys import SoftwareSigner
from wire.packet import ClockClass, Kind
from wire.receipt import Receipt, sign_receipt, verify_receipt

CENTRE = Centre()
CHUNK = 16_384


@dataclass
class World:
    """One station, one centre, and the wire between them."""

    station: Station
    fake: FakeCentre
    config: Config

    def seal(self, count: int = 1) -> list[Sealed]:
        """Seal some apoyos."""
        return [self.station.sealer.seal(draft()) for _ in range(count)]

    def deliver(self, *, times: int = 1) -> Round:
        """Run rounds of a fresh delivery, as a restarted process would."""
        delivery = self.delivery()
        try:
            for _ in range(times):
                done = delivery.run_once()
        finally:
            delivery.close()
        return done

    def delivery(self) -> Delivery:
        return open_delivery(self.config, self.station.clock, VERSIONS, spool=self.station.spool)

    def state(self, sealed: Sealed) -> State:
        row = self.station.spool.find(sealed.link)
        assert row is not None
        return row.state

    def again(self) -> list[Entry]:
        overview = Overview(self.station.spool, self.station.store)
        return overview.page(AUXILIAR, Which.AGAIN)

    def file(self, sealed: Sealed) -> Path:
        return self.station.spool.path_of(sealed.link)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    fake = FakeCentre(CENTRE)
    with serve(fake) as url:
        config = station_config(tmp_path, chunk_bytes=CHUNK, backoff_first_s=1.0)
        enrolment = enrol_directly(config, CENTRE, server=url)
        fake.trust(enrolment.public_pem)
        station = open_station(config)
        station.sealer.start()
        yield World(station, fake, config)
        station.close()


def puts(request: Request) -> bool:
    return request.method == "PUT"


def once(fault: Callable[[Request], Answer | None]) -> Fault:
    """A fault that strikes a single time."""
    struck = threading.Event()

    def strike(request: Request) -> Answer | None:
        if struck.is_set():
            return None
        given = fault(request)
        if given is not None:
            struck.set()
        return given

    return strike


class TestDelivery:
    def test_brings_everything_oldest_first_and_purges_under_receipt(self, world: World) -> None:
        sealed = world.seal(3)
        done = world.deliver()
        assert done.error is None
        assert (done.delivered, done.purged, done.waiting) == (3, 3, 0)
        assert world.fake.arrivals == [one.link for one in sealed]
        assert [world.state(one) for one in sealed] == [State.PURGED] * 3
        assert not any(world.file(one).exists() for one in sealed)
        for one in sealed:
            token = world.station.spool.receipt(one.link)
            assert verify_receipt(token or "", CENTRE.ring).link == one.link
            record, _ = CENTRE.open(world.fake.packet(one.link))
            assert record.folio == one.folio

    def test_brings_packets_of_every_kind(self, world: World) -> None:
        note = world.station.sealer.note(Kind.SESSION_CLOSE, process="P2026", session="s")
        assert world.deliver().delivered == 1
        assert world.fake.packet(note.link).header.kind is Kind.SESSION_CLOSE

    def test_keeps_the_file_as_long_as_the_policy_says(self, world: World) -> None:
        world.fake.current_policy = CENTRE.policy(version=2, purge_after_s=3600)
        (sealed,) = world.seal()
        world.deliver()
        assert (world.state(sealed), world.file(sealed).exists()) == (State.STORED, True)
        world.station.clock.advance(3601)
        world.deliver()
        assert (world.state(sealed), world.file(sealed).exists()) == (State.PURGED, False)

    def test_sends_chunks_and_goes_on_where_the_server_is(self, world: World) -> None:
        (sealed,) = world.seal()
        count = 0

        def cut_third_chunk(request: Request) -> Answer | None:
            nonlocal count
            count += puts(request)
            return Answer(0) if puts(request) and count == 3 else None

        world.fake.faults.append(cut_third_chunk)
        first = world.deliver()
        assert first.error is None or first.error.code == "server.unreachable"
        assert world.state(sealed) is State.SEALED
        world.fake.faults.clear()
        world.fake.log.clear()
        assert world.deliver().delivered == 1
        sent = [len(request.body) for request in world.fake.log if puts(request)]
        assert sum(sent) == len(world.fake.packets[sealed.link]) - 2 * CHUNK

    def test_takes_the_offset_that_a_conflict_names(self, world: World) -> None:
        (sealed,) = world.seal()
        data = world.file(sealed).read_bytes()

        def grow_behind_its_back(request: Request) -> Answer | None:
            if puts(request) and not world.fake.uploads:
                world.fake.uploads[sealed.link] = bytearray(data[:CHUNK])
            return None

        world.fake.faults.append(grow_behind_its_back)
        assert world.deliver().delivered == 1
        assert world.fake.packets[sealed.link] == data

    def test_gives_up_on_a_server_that_goes_back_and_forth(self, world: World) -> None:
        (sealed,) = world.seal()
        data = world.file(sealed).read_bytes()

        def go_back(request: Request) -> Answer | None:
            if puts(request):
                world.fake.uploads[sealed.link] = bytearray(data[:CHUNK])
            return None

        world.fake.faults.append(go_back)
        assert world.deliver().failed == 1

    def test_gets_the_same_receipt_when_the_first_was_lost(self, world: World) -> None:
        (sealed,) = world.seal()

        def lose_the_last_answer(request: Request) -> Answer | None:
            world.fake.faults.clear()
            answer = world.fake._route(request) if puts(request) else None
            if answer is None or answer.status != 200:
                world.fake.faults.append(lose_the_last_answer)
                return answer
            return Answer(0)

        world.fake.nonce = ""  # so that the fault above may skip the door
        world.fake.faults.append(lose_the_last_answer)
        world.deliver()
        assert world.state(sealed) is State.SEALED
        assert world.deliver().delivered == 1
        assert world.fake.arrivals == [sealed.link]
        assert world.station.spool.receipt(sealed.link) == world.fake.tokens[sealed.link]

    def test_asks_again_with_the_nonce_it_was_given(self, world: World) -> None:
        world.seal()
        assert world.deliver().delivered == 1
        world.fake.nonce = "nonce-2"
        world.seal()
        assert world.deliver().delivered == 1

    def test_gets_in_with_a_clock_years_wrong(self, world: World) -> None:
        world.station.clock.at -= timedelta(days=3650)
        world.seal()
        assert world.deliver().delivered == 1


class TestOneBadPacket:
    @pytest.mark.parametrize(
        ("status", "code"),
        [(422, "packet.signature"), (409, "packet.policy"), (413, "packet.too_large")],
    )
    def test_refused_by_the_server_is_held_and_the_rest_goes_on(
        self, world: World, status: int, code: str
    ) -> None:
        bad, good = world.seal(2)
        world.fake.faults.append(
            lambda r: refuse(status, code) if puts(r) and bad.link in r.path else None
        )
        done = world.deliver()
        assert (done.delivered, done.held, done.error) == (1, 1, None)
        assert (world.state(bad), world.state(good)) == (State.HELD, State.PURGED)
        assert world.file(bad).exists()
        row = world.station.spool.find(bad.link)
        assert row is not None
        assert row.code == code

    def test_damaged_on_the_disk_is_kept_and_the_rest_goes_on(self, world: World) -> None:
        bad, good = world.seal(2)
        world.file(bad).write_bytes(world.file(bad).read_bytes()[:-1] + b"x")
        done = world.deliver()
        assert (done.delivered, done.failed) == (1, 1)
        assert (world.state(bad), world.state(good)) == (State.CORRUPT, State.PURGED)
        assert world.file(bad).exists()

    def test_that_always_breaks_the_connection_does_not_block_the_rest(self, world: World) -> None:
        bad, *good = world.seal(3)
        world.fake.faults.append(lambda r: Answer(0) if puts(r) and bad.link in r.path else None)
        world.deliver(times=2)
        assert [world.state(one) for one in good] == [State.PURGED] * 2
        assert world.state(bad) is State.SEALED

    def test_that_the_server_fails_on_does_not_block_the_rest(self, world: World) -> None:
        bad, *good = world.seal(3)
        world.fake.faults.append(
            lambda r: refuse(500, "crash") if puts(r) and bad.link in r.path else None
        )
        world.deliver()
        assert [world.state(one) for one in good] == [State.PURGED] * 2


class TestAFalseReceipt:
    def forge(self, world: World, sealed: Sealed, receipt: str) -> Round:
        world.fake.faults.append(
            lambda r: Answer(200, api.to_json(api.UploadAnswer(receipt))) if puts(r) else None
        )
        done = world.deliver()
        assert world.state(sealed) is State.SEALED
        assert world.file(sealed).exists()
        assert world.station.spool.receipt(sealed.link) is None
        return done

    def receipt(self, sealed: Sealed, **changes: object) -> Receipt:
        values = {
            "link": sealed.link,
            "station": "EST01",
            "epoch": sealed.epoch,
            "seq": sealed.seq,
            "size": 1,
            "sha256": "0" * 64,
            "received_ms": 1,
            "log_index": 0,
            "log_size": 1,
        }
        return Receipt(**{**values, **changes})  # type: ignore[arg-type]  # the fields above

    def test_signed_by_another_key_deletes_nothing(self, world: World) -> None:
        (sealed,) = world.seal()
        self.forge(world, sealed, sign_receipt(self.receipt(sealed), SoftwareSigner.generate()))

    def test_of_another_content_deletes_nothing(self, world: World) -> None:
        (sealed,) = world.seal()
        self.forge(world, sealed, sign_receipt(self.receipt(sealed), CENTRE.signer))

    def test_of_another_packet_deletes_nothing(self, world: World) -> None:
        (first,) = world.seal()
        world.deliver()
        (second,) = world.seal()
        self.forge(world, second, world.fake.tokens[first.link])

    def test_that_is_none_deletes_nothing(self, world: World) -> None:
        (sealed,) = world.seal()
        self.forge(world, sealed, "nothing")

    def test_planted_in_the_database_deletes_nothing(self, world: World) -> None:
        world.fake.current_policy = CENTRE.policy(version=2, purge_after_s=3600)
        (sealed,) = world.seal()
        row = world.station.spool.find(sealed.link)
        assert row is not None
        world.station.spool.store(row, "planted", received_ms=1, stored_ms=1)
        world.station.clock.advance(7200)
        done = world.deliver()
        assert done.purged == 0
        assert world.file(sealed).exists()


class TestAServerInTrouble:
    def test_that_is_dead_is_one_clear_error_and_loses_nothing(self, world: World) -> None:
        (sealed,) = world.seal()
        world.fake.faults.append(lambda _: Answer(0))
        done = world.deliver()
        assert done.error is not None
        assert done.error.code == "server.unreachable"
        assert 0 <= done.wait_s <= 1.0
        assert (done.waiting, world.state(sealed)) == (1, State.SEALED)
        world.fake.faults.clear()
        assert world.deliver().delivered == 1

    def test_is_given_the_time_it_asked_for(self, world: World) -> None:
        world.seal()
        world.fake.faults.append(lambda _: refuse(503, "busy", Retry_After="120"))
        done = world.deliver()
        assert done.error is not None
        assert done.error.code == "server.busy"
        assert 120 <= done.wait_s <= 121

    def test_is_waited_for_longer_after_every_failure(self, world: World) -> None:
        world.fake.faults.append(lambda _: Answer(0))
        delivery = world.delivery()
        waits = [delivery.run_once().wait_s for _ in range(6)]
        delivery.close()
        assert all(wait <= 2**n for n, wait in enumerate(waits))

    def test_that_is_another_server_is_not_believed(self, world: World) -> None:
        (sealed,) = world.seal()
        world.fake.faults.append(lambda _: Answer(200, b"<html>Bienvenido</html>"))
        done = world.deliver()
        assert done.error is not None
        assert done.error.code == "server.answer"
        assert world.state(sealed) is State.SEALED

    def test_that_is_a_proxy_saying_not_found_holds_nothing(self, world: World) -> None:
        (sealed,) = world.seal()
        world.fake.faults.append(lambda r: Answer(404, b"nginx") if puts(r) else None)
        done = world.deliver()
        assert done.error is not None
        assert done.error.code == "http.404"
        assert world.state(sealed) is State.SEALED

    def test_that_does_not_know_the_stations_key_says_so(self, world: World) -> None:
        (sealed,) = world.seal()
        world.fake.trust(SoftwareSigner.generate().public_pem)
        done = world.deliver()
        assert done.error is not None
        assert done.error.code == "proof.unknown_key"
        assert world.state(sealed) is State.SEALED

    def test_whose_offset_never_moves_is_left_for_later(self, world: World) -> None:
        (sealed,) = world.seal()
        world.fake.faults.append(
            lambda r: Answer(204, b"", {api.OFFSET_HEADER: "0"}) if puts(r) else None
        )
        assert world.deliver().failed == 1
        assert world.state(sealed) is State.SEALED


class TestOutcomes:
    def item(self, cursor: int, sealed: Sealed, outcome: api.Outcome, **more: str) -> None:
        self.world.fake.items.append(api.ReceiptItem(cursor, sealed.link, outcome, **more))

    @pytest.fixture(autouse=True)
    def _world(self, world: World) -> None:
        self.world = world
        world.fake.current_policy = CENTRE.policy(version=2, purge_after_s=3600)

    def test_may_ask_for_a_packet_again(self) -> None:
        (sealed,) = self.world.seal()
        self.world.deliver()
        self.world.fake.packets.clear()
        self.world.fake.tokens.clear()
        self.world.fake.uploads.clear()
        self.item(1, sealed, api.Outcome.RESEND)
        self.world.deliver()
        assert self.world.fake.arrivals == [sealed.link] * 2
        assert self.world.state(sealed) is State.STORED

    def test_may_release_a_held_packet(self) -> None:
        (sealed,) = self.world.seal()
        self.world.fake.faults.append(once(lambda r: refuse(409, "held") if puts(r) else None))
        self.world.deliver()
        assert self.world.state(sealed) is State.HELD
        self.item(1, sealed, api.Outcome.RESEND)
        self.world.deliver()
        assert self.world.state(sealed) is State.STORED

    def test_may_ask_to_take_a_person_again(self) -> None:
        (sealed,) = self.world.seal()
        self.world.deliver()
        self.item(1, sealed, api.Outcome.RECAPTURE, reason="front.unreadable")
        self.world.deliver()
        (entry,) = self.world.again()
        assert (entry.folio, entry.code) == (sealed.folio, "front.unreadable")
        assert not self.world.station.sealer.captured(
            "S001", {"clave_elector": "GMVLMR80010501M100"}
        )

    def test_bring_receipts_of_packets_that_went_another_way(self) -> None:
        (sealed,) = self.world.seal()
        row = self.world.station.spool.find(sealed.link)
        assert row is not None
        receipt = Receipt(
            sealed.link, "EST01", sealed.epoch, 1, row.size or 0, row.sha256 or "", 1, 0, 1
        )
        token = sign_receipt(receipt, CENTRE.signer)
        self.item(1, sealed, api.Outcome.STORED, receipt=token)
        self.world.deliver()
        assert self.world.state(sealed) is State.STORED
        assert not any(puts(request) for request in self.world.fake.log)

    def test_are_read_page_by_page_and_once(self) -> None:
        sealed = self.world.seal(5)
        self.world.deliver()
        for cursor, one in enumerate(sealed, start=1):
            self.item(cursor, one, api.Outcome.RECAPTURE, reason="blurred")
        self.world.deliver()
        assert len(self.world.again()) == 5
        assert self.world.station.store.get("receipts_after") == "5"

    def test_of_unknown_packets_are_passed_over(self) -> None:
        self.world.fake.items.append(api.ReceiptItem(1, "f" * 64, api.Outcome.RESEND))
        assert self.world.deliver().error is None


class TestTheGreeting:
    def test_tells_head_clock_and_health(self, world: World) -> None:
        sealed = world.seal(2)
        world.deliver()
        hello = world.fake.hellos[0]
        assert (hello.head_seq, hello.head_link) == (2, sealed[-1].link)
        assert hello.health.states == {"sealed": 2}

    def test_anchors_the_clock_of_later_packets(self, world: World) -> None:
        world.deliver()
        header = world.station.packet(world.seal()[0].link).header
        assert (header.anchor, header.clock) == ("anchor-1", ClockClass.ANCHORED)

    def test_brings_a_newer_policy(self, world: World) -> None:
        world.fake.current_policy = CENTRE.policy(version=7, capture_allowed=False)
        world.deliver()
        assert world.station.store.policy().version == 7
        refusal = world.station.sealer.refusal()
        assert refusal is not None
        assert refusal.code == "capture.policy"

    def test_does_not_take_an_older_policy(self, world: World) -> None:
        world.fake.current_policy = CENTRE.policy(version=7)
        world.deliver()
        world.fake.current_policy = CENTRE.policy(version=6)
        done = world.deliver()
        assert done.error is not None
        assert done.error.code == "policy.older"
        assert world.station.store.policy().version == 7

    def test_sends_again_what_the_centre_lost(self, world: World) -> None:
        world.fake.current_policy = CENTRE.policy(version=2, purge_after_s=3600)
        (sealed,) = world.seal()
        world.deliver()
        world.fake.missing = ((1, 1),)
        world.fake.tokens.clear()
        world.fake.packets.clear()
        world.fake.uploads.clear()
        world.deliver()
        assert world.fake.arrivals == [sealed.link] * 2

    def test_of_a_revoked_station_stops_captures_and_not_delivery(self, world: World) -> None:
        (sealed,) = world.seal()
        world.fake.is_revoked = True
        assert world.deliver().delivered == 1
        assert world.state(sealed) is State.PURGED
        assert world.station.sealer.refusal() is not None

    def test_of_an_old_disk_stops_sealing(self, world: World) -> None:
        world.fake.head_seq = 9
        world.deliver()
        with pytest.raises(Exception, match="old copy") as caught:
            world.seal()
        assert getattr(caught.value, "code", "") == "capture.behind"


def test_a_delivery_stops_when_it_is_told(world: World) -> None:
    world.seal(2)
    stop = threading.Event()
    delivery = world.delivery()

    def wait(seconds: float) -> bool:
        assert seconds >= 0
        stop.set()
        return stop.is_set()

    delivery.run_forever(wait)
    delivery.close()
    assert len(world.fake.arrivals) == 2
