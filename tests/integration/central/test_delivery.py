"""From a station's bytes to a signed receipt, over the real API on both databases."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from central.models import (
    ForkEvidence,
    LogHead,
    Packet,
    Record,
    Station,
    StationEpoch,
    StationState,
)
from domain.apoyo import State
from tests.centres import IN_LISTA, OTHER_AUXILIAR, Centre
from tests.centres import Station as WireStation
from wire.api import LENGTH_HEADER, MAX_CHUNK_BYTES, OFFSET_HEADER, ErrorAnswer, from_json
from wire.claim import Claim
from wire.packet import Kind
from wire.policy import verify_policy, verify_time
from wire.receipt import require_receipt_of, verify_receipt


def count(centre: Centre, model: type) -> int:
    with centre.database.read() as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


class TestEnrolment:
    def test_a_claim_gives_a_station_its_epoch_policy_and_certificate(self, centre: Centre) -> None:
        station = centre.station("E1")
        answer = station.enrol()
        policy = verify_policy(answer.policy, station.keys)
        assert policy.processes[0].id == "PEF2027"
        assert [auxiliar.id for auxiliar in policy.auxiliares] == ["AUX01", "AUX02"]
        assert answer.certificate_pem.startswith("-----BEGIN CERTIFICATE-----")
        assert answer.first_registro == 1

    def test_the_same_claim_and_key_get_the_same_answer_again(self, centre: Centre) -> None:
        station = centre.station("E1")
        assert station.enrol() == station.enrol()

    def test_a_used_claim_does_not_enrol_another_key(self, centre: Centre) -> None:
        station = centre.station("E1")
        thief = type(station)(centre.app.test_client(), station.claim, centre.clock)
        with pytest.raises(AssertionError, match=r"enrol\.claim"):
            thief.enrol()

    def test_an_expired_claim_enrols_nobody(self, centre: Centre) -> None:
        claim = centre.claim("E1")
        centre.clock.advance(timedelta(days=30).total_seconds())
        late = centre_station(centre, claim)
        with pytest.raises(AssertionError, match=r"enrol\.claim"):
            late.enrol()

    def test_a_station_enrolled_anew_counts_records_beyond_all_it_gave(
        self, centre: Centre
    ) -> None:
        first = centre.station("E1")
        first.receipt(first.apoyo())
        again = centre.station("E1")
        assert again.enrol().first_registro > 1
        assert again.epoch != first.epoch
        # What the old storage still holds is taken with the key of its time.
        assert verify_receipt(first.receipt(first.apoyo(IN_LISTA[1])), first.keys).seq == 2


class TestProof:
    def test_an_unknown_key_is_answered_with_its_code_and_a_nonce(self, centre: Centre) -> None:
        stranger = centre_station(centre, centre.claim("E1"))
        response = stranger.hello(epoch="0" * 32, head_link="0" * 64)
        assert response.status_code == 401
        assert from_json(ErrorAnswer, response.data).code == "proof.unknown_key"

    def test_a_proof_of_another_body_is_refused(self, centre: Centre) -> None:
        station = centre.station("E1")
        proof = station.proof("POST", "/hello", b"{}")
        response = centre.app.test_client().post(
            "/api/v1/hello", data=b'{"a":1}', headers={"Acopio-Proof": proof}
        )
        assert response.status_code == 401
        assert from_json(ErrorAnswer, response.data).code == "proof.request"

    def test_a_stale_nonce_is_replaced(self, centre: Centre) -> None:
        station = centre.station("E1")
        centre.clock.advance(3600)
        assert station.hello().status_code == 200

    def test_a_hello_cannot_be_replayed(self, centre: Centre) -> None:
        station = centre.station("E1")
        station.greeted()
        station._uuid = lambda: "01890000-0000-7000-8000-000000000000"  # type: ignore[method-assign]
        assert station.hello().status_code == 200
        response = station.hello()
        assert from_json(ErrorAnswer, response.data).code == "proof.replayed"


class TestHello:
    def test_it_answers_signed_time_and_what_is_missing(self, centre: Centre) -> None:
        station = centre.station("E1")
        first, second, third = (station.other(Kind.SESSION_OPEN) for _ in range(3))
        station.receipt(second)
        answer = station.greeted()
        time = verify_time(answer.time, station.keys, station="E1", nonce="station-nonce")
        assert time.time_ms == int(centre.clock.now().timestamp() * 1000)
        assert (answer.head_seq, answer.missing) == (0, ((1, 1), (3, 3)))
        station.receipt(first)
        station.receipt(third)
        answer = station.greeted()
        assert (answer.head_seq, answer.head_link, answer.missing) == (3, third.link, ())

    def test_a_shorter_chain_than_before_is_written_down(self, centre: Centre) -> None:
        station = centre.station("E1")
        station.greeted(head_seq=5)
        station.greeted(head_seq=2)
        with centre.database.read() as session:
            assert session.execute(select(StationEpoch.claimed_seq)).scalar_one() == 5

    def test_a_revoked_station_is_told_and_its_packets_are_kept_aside(self, centre: Centre) -> None:
        station = centre.station("E1")
        with centre.database.write() as session:
            session.execute(select(Station)).scalar_one().state = StationState.REVOKED
        assert station.greeted().is_revoked
        receipt = verify_receipt(station.receipt(station.apoyo()), station.keys)
        assert receipt.quarantined


class TestUpload:
    def test_a_whole_packet_gets_a_receipt_that_speaks_of_it(self, centre: Centre) -> None:
        station = centre.station("E1")
        packet = station.apoyo()
        receipt = verify_receipt(station.receipt(packet), station.keys)
        require_receipt_of(
            receipt,
            link=packet.link,
            station="E1",
            epoch=station.epoch,
            seq=1,
            size=packet.size,
            sha256=packet.sha256,
        )
        assert (receipt.log_index, receipt.log_size, receipt.quarantined) == (0, 1, False)

    def test_the_same_packet_again_gets_the_same_bytes_and_is_kept_once(
        self, centre: Centre
    ) -> None:
        station = centre.station("E1")
        packet = station.apoyo()
        assert station.receipt(packet) == station.receipt(packet)
        assert (count(centre, Packet), count(centre, Record), count(centre, LogHead)) == (1, 1, 1)

    def test_it_goes_on_where_it_was_cut(self, centre: Centre) -> None:
        station = centre.station("E1")
        packet = station.apoyo()
        data = packet.to_bytes()
        assert station.head(packet.link).status_code == 404
        response = station.put(packet.link, data[:10_000], 0, len(data))
        assert (response.status_code, response.headers[OFFSET_HEADER]) == (204, "10000")
        response = station.head(packet.link)
        assert response.headers[OFFSET_HEADER] == "10000"
        assert response.headers[LENGTH_HEADER] == str(len(data))
        response = station.put(packet.link, data[10_000:], 10_000, len(data))
        assert response.status_code == 200
        assert station.head(packet.link).headers[OFFSET_HEADER] == str(len(data))

    def test_nothing_more_asks_for_the_receipt_again(self, centre: Centre) -> None:
        station = centre.station("E1")
        packet = station.apoyo()
        receipt = station.receipt(packet)
        response = station.put(packet.link, b"", packet.size, packet.size)
        assert receipt.encode() in response.data

    def test_a_hole_is_answered_with_the_offset_to_go_on_from(self, centre: Centre) -> None:
        station = centre.station("E1")
        packet = station.apoyo()
        response = station.put(packet.link, b"x" * 10, 20, packet.size)
        assert (response.status_code, response.headers[OFFSET_HEADER]) == (409, "0")
        assert from_json(ErrorAnswer, response.data).code == "upload.offset"

    def test_another_length_than_before_is_refused(self, centre: Centre) -> None:
        station = centre.station("E1")
        packet = station.apoyo()
        station.put(packet.link, b"x" * 10, 0, packet.size)
        response = station.put(packet.link, b"x" * 10, 10, packet.size + 1)
        assert from_json(ErrorAnswer, response.data).code == "upload.length"

    def test_a_chunk_over_one_mebibyte_is_refused(self, centre: Centre) -> None:
        station = centre.station("E1")
        response = station.put("0" * 64, b"x" * (MAX_CHUNK_BYTES + 1), 0, 2 << 20)
        assert response.status_code == 413

    def test_a_damaged_packet_is_refused_and_a_sound_copy_then_accepted(
        self, centre: Centre
    ) -> None:
        station = centre.station("E1")
        packet = station.apoyo()
        data = bytearray(packet.to_bytes())
        data[-1] ^= 1
        response = station.put(packet.link, bytes(data), 0, len(data))
        assert response.status_code == 422
        assert from_json(ErrorAnswer, response.data).code == "packet.hash"
        assert station.deliver(packet).status_code == 200

    def test_bytes_under_the_name_of_another_packet_are_refused(self, centre: Centre) -> None:
        station = centre.station("E1")
        first, second = station.apoyo(), station.apoyo(IN_LISTA[1])
        response = station.put(first.link, second.to_bytes(), 0, second.size)
        assert from_json(ErrorAnswer, response.data).code == "upload.link"

    def test_an_auxiliar_of_another_solicitud_is_held(self, centre: Centre) -> None:
        station = centre.station("E1")
        response = station.deliver(station.apoyo(auxiliar=OTHER_AUXILIAR))
        assert response.status_code == 422
        assert from_json(ErrorAnswer, response.data).code == "policy.auxiliar"

    def test_another_process_is_held(self, centre: Centre) -> None:
        station = centre.station("E1")
        response = station.deliver(station.apoyo(process="OTRO"))
        assert from_json(ErrorAnswer, response.data).code == "policy.process"

    def test_the_feed_gives_every_receipt_after_a_cursor(self, centre: Centre) -> None:
        station = centre.station("E1")
        receipts = [station.receipt(station.apoyo(clave)) for clave in IN_LISTA[:3]]
        first = station.outcomes()
        assert [item.receipt for item in first.items] == receipts
        rest = station.outcomes(first.items[0].cursor)
        assert [item.receipt for item in rest.items] == receipts[1:]
        assert station.outcomes(rest.after).items == ()

    def test_another_station_sees_nothing_of_it(self, centre: Centre) -> None:
        station, other = centre.station("E1"), centre.station("E2")
        packet = station.apoyo()
        data = packet.to_bytes()
        station.put(packet.link, data[:100], 0, len(data))
        assert other.head(packet.link).status_code == 404
        response = other.deliver(packet)
        assert from_json(ErrorAnswer, response.data).code == "packet.station"
        assert other.outcomes().items == ()


class TestChain:
    def test_two_packets_of_one_place_are_both_kept_and_quarantine_the_station(
        self, centre: Centre
    ) -> None:
        station = centre.station("E1")
        prev = station.prev
        first = station.apoyo()
        station.seq, station.prev = 0, prev
        second = station.apoyo(IN_LISTA[1])
        assert not verify_receipt(station.receipt(first), station.keys).quarantined
        forked = verify_receipt(station.receipt(second), station.keys)
        assert (forked.quarantined, forked.log_index) == (True, 1)
        assert station.receipt(second) == station.receipt(second)
        with centre.database.read() as session:
            evidence = session.execute(select(ForkEvidence)).scalar_one()
            assert evidence.contradiction == "seq"
            assert evidence.against == bytes.fromhex(first.link)
            assert session.execute(select(Station.state)).scalar_one() is StationState.QUARANTINED
        assert count(centre, Record) == 1
        # Evidence is never refused: what follows is taken, and marked.
        follows = station.apoyo(IN_LISTA[2], prev=first.link)
        assert verify_receipt(station.receipt(follows), station.keys).quarantined

    def test_a_chain_that_does_not_begin_at_its_genesis_is_a_fork(self, centre: Centre) -> None:
        station = centre.station("E1")
        packet = station.other(Kind.EVENT, reason="test", prev="0" * 64)
        assert verify_receipt(station.receipt(packet), station.keys).quarantined

    def test_a_packet_that_names_another_predecessor_is_a_fork(self, centre: Centre) -> None:
        station = centre.station("E1")
        station.receipt(station.apoyo())
        packet = station.apoyo(IN_LISTA[1], prev="1" * 64)
        assert verify_receipt(station.receipt(packet), station.keys).quarantined

    def test_an_epoch_that_was_never_opened_is_held(self, centre: Centre) -> None:
        station = centre.station("E1")
        response = station.deliver(station.apoyo(epoch="f" * 32))
        assert from_json(ErrorAnswer, response.data).code == "packet.epoch"

    def test_packets_may_arrive_in_any_order(self, centre: Centre) -> None:
        station = centre.station("E1")
        packets = [station.apoyo(clave) for clave in IN_LISTA[:4]]
        for packet in reversed(packets):
            assert not verify_receipt(station.receipt(packet), station.keys).quarantined
        assert station.greeted().head_seq == 4

    def test_a_void_withdraws_an_apoyo_whichever_comes_first(self, centre: Centre) -> None:
        station = centre.station("E1")
        first, second = station.apoyo(), station.apoyo(IN_LISTA[1])
        voids = [
            station.other(Kind.VOID, reason="operator.error", target=packet.link)
            for packet in (first, second)
        ]
        for packet in (first, voids[0], voids[1], second):
            station.receipt(packet)
        with centre.database.read() as session:
            rows = session.execute(select(Record.state, Record.reasons, Record.valid)).all()
        assert [tuple(row) for row in rows] == [(State.INCONSISTENCIA, ["void.station"], False)] * 2


def test_the_bytes_that_lie_in_storage_are_those_of_the_receipt(centre: Centre) -> None:
    station = centre.station("E1")
    packet = station.apoyo()
    receipt = verify_receipt(station.receipt(packet), station.keys)
    files = list(centre.folder.glob("packets/??/??/*.acp"))
    assert [file.stem for file in files] == [packet.link]
    assert hashlib.sha256(files[0].read_bytes()).hexdigest() == receipt.sha256
    assert not list(centre.folder.glob("packets/uploads/*/*"))


def centre_station(centre: Centre, claim: Claim) -> WireStation:
    return WireStation(centre.app.test_client(), claim, centre.clock)
