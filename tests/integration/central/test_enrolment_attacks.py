"""A real centre and real stations: who gets in, by which way, and who does not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from central.intake import claims
from central.models import AuditEntry, StationCondition, StationState
from central.models import Station as StationRow
from central.roster.processes import find_process
from device.board import Board
from device.errors import ServerRefusedError
from device.queue.assembly import open_delivery, open_spool
from device.queue.delivery import Round
from device.queue.enrol import Enroller
from device.queue.spool import Spool
from tests.centres import PROCESS, URL, Centre, run
from tests.integration.central.pairs import seal
from tests.stations import VERSIONS, FakeClock, Station, open_station, station_config
from wire.claim import CentreCard, Voucher, parse_card, redeem
from wire.errors import ClaimError
from wire.identity import Identity, parse_identity

pytestmark = pytest.mark.parametrize("centre_folder", ["sqlite"], indirect=True)


@dataclass
class Machine:
    """A station's disk, and what it enrols with."""

    folder: Path
    serial: str
    clock: FakeClock

    def spool(self) -> Spool:
        return open_spool(station_config(self.folder))

    def does(self, act: Callable[[Enroller], object]) -> object:
        spool = self.spool()
        board = Board(self.serial, "pi5")
        try:
            config = station_config(self.folder)
            return act(Enroller(config, self.clock, VERSIONS, board, spool=spool))
        finally:
            spool.close()

    def shows(self) -> Identity:
        pending = self.does(lambda enroller: enroller.identify().text)
        return parse_identity(str(pending))

    def opens(self) -> Station:
        station = open_station(station_config(self.folder, chunk_bytes=16_384), clock=self.clock)
        station.sealer.start()
        return station


@pytest.fixture
def card(centre: Centre) -> CentreCard:
    """The card that an image holds."""
    run(centre.folder, "station", "card", "--out", str(centre.folder / "card.json"))
    return parse_card((centre.folder / "card.json").read_bytes())


@pytest.fixture
def new(_wired: None, centre: Centre, tmp_path: Path) -> Callable[[str], Machine]:
    """Give an empty machine by its serial number."""
    return lambda serial: Machine(tmp_path / serial, serial, FakeClock(centre.clock.now()))


def approve(centre: Centre, identity: Identity, station: str = "E1") -> int:
    with centre.database.write() as session:
        return claims.approve(
            session, identity, id_dispositivo=station, process=find_process(session, PROCESS),
            ttl_h=24, now=centre.clock.now(), made_by="user:1", site="Oficina 9",
        ).id  # fmt: skip


def voucher(centre: Centre, station: str = "E1", serial: str = "") -> Voucher:
    with centre.database.write() as session:
        claim = claims.open_claim(
            session, id_dispositivo=station, process=find_process(session, PROCESS), ttl_h=24,
            now=centre.clock.now(), made_by="user:1", serial=serial,
        )  # fmt: skip
    return Voucher(station, claim.code)


def answer_file(centre: Centre, claim: int, hours: int = 24) -> str:
    now = centre.clock.now()
    enrolment = centre.app.extensions["acopio"].enrolment
    return str(enrolment.answer_file(claim, now=now, expires_at=now + timedelta(hours=hours)))


def state(centre: Centre, station: str = "E1") -> StationState:
    with centre.database.read() as session:
        found = select(StationRow.state).where(StationRow.id_dispositivo == station)
        return session.execute(found).scalar_one()


def acts(centre: Centre) -> list[str]:
    with centre.database.read() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises((ServerRefusedError, ClaimError)) as caught:
        act()
    assert isinstance(caught.value, ServerRefusedError | ClaimError)
    return caught.value.code


def deliver(station: Station) -> Round:
    delivery = open_delivery(station.config, station.clock, VERSIONS, spool=station.spool)
    try:
        return delivery.run_once()
    finally:
        delivery.close()


class TestAnApprovedKey:
    def test_waits_until_somebody_approves_it_and_then_delivers(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        machine = new("A1")
        identity = machine.shows()

        def asks() -> object:
            return machine.does(lambda enroller: enroller.enrol_approved(card))

        assert refusal(asks) == "enrol.waiting"
        approve(centre, identity)
        asks()
        station = machine.opens()
        seal(station, 1)
        assert deliver(station).delivered == 1
        with centre.database.read() as session:
            row = session.execute(select(StationRow)).scalar_one()
            assert (row.site, row.serial, row.hardware) == ("Oficina 9", "A1", "pi5")

    def test_is_the_same_until_it_is_enrolled_and_another_afterwards(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        machine = new("A1")
        first = machine.shows()
        assert machine.shows() == first
        approve(centre, first)
        machine.does(lambda enroller: enroller.enrol_approved(card))
        assert machine.shows().kid != first.kid

    def test_is_of_no_use_to_another_station(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        approve(centre, new("A1").shows())
        swapped = new("B2")
        swapped.shows()
        assert refusal(lambda: swapped.does(lambda e: e.enrol_approved(card))) == "enrol.waiting"
        assert state(centre) is StationState.CLAIMED

    def test_is_forgotten_when_it_was_not_used_in_time(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        machine = new("A1")
        approve(centre, machine.shows())
        centre.clock.advance(25 * 3600)
        assert refusal(lambda: machine.does(lambda e: e.enrol_approved(card))) == "enrol.claim"

    def test_cannot_be_two_stations(self, centre: Centre, new: Callable[[str], Machine]) -> None:
        identity = new("A1").shows()
        approve(centre, identity, "E1")
        with pytest.raises(Exception, match="another station") as caught:
            approve(centre, identity, "E2")
        assert getattr(caught.value, "code", "") == "station.key_used"


class TestAVoucher:
    def test_enrols_the_one_machine_that_uses_it_first(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        claim = redeem(card, voucher(centre))
        new("A1").does(lambda enroller: enroller.enrol(claim))
        assert refusal(lambda: new("B2").does(lambda e: e.enrol(claim))) == "enrol.claim"
        assert state(centre) is StationState.ACTIVE

    def test_replayed_by_the_same_machine_changes_nothing(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        claim, machine = redeem(card, voucher(centre)), new("A1")
        first = machine.does(lambda enroller: enroller.enrol(claim))
        assert machine.does(lambda enroller: enroller.enrol(claim)) == first

    def test_replayed_after_a_newer_one_is_refused(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        machine, old = new("A1"), redeem(card, voucher(centre))
        machine.does(lambda enroller: enroller.enrol(old))
        machine.does(lambda enroller: enroller.enrol(redeem(card, voucher(centre))))
        assert refusal(lambda: machine.does(lambda e: e.enrol(old))) == "enrol.claim"

    def test_of_one_board_enrols_no_other(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        claim = redeem(card, voucher(centre, serial="A1"))
        assert refusal(lambda: new("B2").does(lambda e: e.enrol(claim))) == "enrol.other_board"
        new("A1").does(lambda enroller: enroller.enrol(claim))

    def test_that_has_expired_or_names_another_station_is_refused(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        mine, machine = voucher(centre), new("A1")
        other = redeem(card, replace(mine, station="E2"))
        assert refusal(lambda: machine.does(lambda e: e.enrol(other))) == "enrol.claim"
        centre.clock.advance(25 * 3600)
        assert refusal(lambda: machine.does(lambda e: e.enrol(redeem(card, mine)))) == "enrol.claim"


class TestAnAnswerOnADisk:
    def test_enrols_a_station_that_has_no_network(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        machine = new("A1")
        token = answer_file(centre, approve(centre, machine.shows()))
        first = machine.does(lambda enroller: enroller.enrol_by_file(token, card))
        assert machine.does(lambda enroller: enroller.enrol_by_file(token, card)) == first
        station = machine.opens()
        seal(station, 2)
        assert deliver(station).delivered == 2

    def test_for_another_station_is_refused(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        token = answer_file(centre, approve(centre, new("A1").shows()))
        other = new("B2")
        other.shows()
        assert refusal(lambda: other.does(lambda e: e.enrol_by_file(token, card))) == (
            "answer.other_key"
        )

    def test_replayed_after_a_newer_enrolment_is_refused(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        machine = new("A1")
        token = answer_file(centre, approve(centre, machine.shows()))
        machine.does(lambda enroller: enroller.enrol_by_file(token, card))
        newer = answer_file(centre, approve(centre, machine.shows()))
        machine.does(lambda enroller: enroller.enrol_by_file(newer, card))
        assert refusal(lambda: machine.does(lambda e: e.enrol_by_file(token, card))) == (
            "answer.used"
        )

    def test_of_another_centre_is_refused(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        machine = new("A1")
        token = answer_file(centre, approve(centre, machine.shows()))
        stranger = replace(card, keys=card.keys[:0])
        assert refusal(lambda: machine.does(lambda e: e.enrol_by_file(token, stranger))) == (
            "answer.unknown_key"
        )

    def test_of_a_second_time_has_the_same_epoch(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> None:
        machine = new("A1")
        claim = approve(centre, machine.shows())
        answer_file(centre, claim)
        machine.does(lambda e: e.enrol_by_file(answer_file(centre, claim), card))
        assert deliver(machine.opens()).error is None


class TestAClonedDisk:
    @pytest.fixture
    def pair(
        self, centre: Centre, card: CentreCard, new: Callable[[str], Machine]
    ) -> tuple[Machine, Machine]:
        """A machine that has captured once, and another with a copy of its disk."""
        machine = new("A1")
        machine.does(lambda enroller: enroller.enrol(redeem(card, voucher(centre))))
        station = machine.opens()
        seal(station, 1)
        deliver(station)
        station.close()
        clone = new("B2")
        shutil.copytree(machine.folder, clone.folder)
        return machine, clone

    def test_that_captures_is_a_fork_and_both_are_told(
        self, centre: Centre, pair: tuple[Machine, Machine]
    ) -> None:
        for machine in pair:
            station = machine.opens()
            seal(station, 1)
            deliver(station)
            station.close()
        assert state(centre) is StationState.QUARANTINED
        for machine in pair:
            station = machine.opens()
            deliver(station)
            assert station.store.get("standing") == "quarantined"
            station.close()
        assert "station.quarantined" in acts(centre) or "station.cloned" in acts(centre)

    def test_that_is_behind_is_seen_at_its_first_hello(
        self, centre: Centre, pair: tuple[Machine, Machine]
    ) -> None:
        machine, clone = pair
        station = machine.opens()
        seal(station, 2)
        deliver(station)
        station.close()
        clone.clock.advance(60)
        behind = clone.opens()
        deliver(behind)
        assert state(centre) is StationState.QUARANTINED
        assert acts(centre)[-1] == "station.rolled_back"
        assert behind.store.get("standing") == "quarantined"

    def test_that_only_says_hello_in_turns_is_seen_by_its_boots(self, centre: Centre) -> None:
        station = centre.station()
        for boot in ("a" * 32, "b" * 32):
            assert station.greeted(boot_id=boot).standing is None
        assert station.greeted(boot_id="a" * 32).standing == "quarantined"
        assert "station.cloned" in acts(centre)

    def test_a_greeting_that_was_overtaken_is_no_clone(self, centre: Centre) -> None:
        station = centre.station()
        station.receipt(station.apoyo())
        station.greeted(mono_ms=2_000)
        assert station.greeted(mono_ms=1_000, head_seq=0).standing is None
        assert state(centre) is StationState.ACTIVE
        with centre.database.read() as session:
            judged = session.scalars(select(StationCondition)).one()
            assert not judged.rolled_back
            assert "rolled_back" not in judged.troubles


def test_the_command_line_approves_and_answers(
    centre: Centre, card: CentreCard, new: Callable[[str], Machine]
) -> None:
    machine, folder = new("A1"), centre.folder
    request, answer = folder / "request.txt", folder / "answer.txt"
    request.write_text(str(machine.does(lambda enroller: enroller.identify().text)))
    said = run(
        folder, "station", "approve", "--process", PROCESS, "--id", "E1", "--site", "Oficina 9",
        "--request", str(request), "--out", str(answer),
    )  # fmt: skip
    assert machine.shows().fingerprint in said
    machine.does(lambda enroller: enroller.enrol_by_file(answer.read_text(), card))
    assert "E1  active  capture" in run(folder, "station", "list")
    assert URL in card.server
