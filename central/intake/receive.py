"""From the bytes of a station to a signed receipt.

Order: the bytes are durable in every place, then one transaction makes the packet, its record and
its receipt known together, then the station is told. A crash anywhere means that the station asks
again, and gets the same receipt. Nothing here can open a part.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.audit import log as receipt_log
from central.errors import ConflictError, PacketHeldError
from central.intake.chain import Contradiction, advance, find_contradiction
from central.intake.checks import Belongings, check_policy
from central.intake.lifecycle import is_aside, quarantine
from central.intake.nonces import NonceBook
from central.models import (
    ForkEvidence,
    Outcome,
    Packet,
    Process,
    Receipt,
    Record,
    Station,
    StationEpoch,
    WorkState,
)
from central.models.database import Database, insert_or_ignore
from central.models.keyring import StationKeyRing
from central.models.partition import move, receive, reconsider_duplicates
from central.storage.base import BlobStore
from domain.apoyo import State
from domain.clock import Clock
from wire.api import ErrorCode
from wire.errors import PacketRefusedError
from wire.keys import Signer
from wire.packet import MAX_PACKET_BYTES, ClockClass, Header, Kind, parse_packet
from wire.packet import Packet as WirePacket
from wire.receipt import Receipt as WireReceipt
from wire.receipt import sign_receipt

_log = logging.getLogger(__name__)

_BELIEVED = (ClockClass.ANCHORED, ClockClass.RTC)


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a packet is here; `receipt` once all of it is kept."""

    offset: int
    length: int
    receipt: str | None = None


class Intake:
    """Takes packets for the station API, and for whoever brings them otherwise."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        signer: Signer,
        nonces: NonceBook,
        clock: Clock,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._signer = signer
        self._nonces = nonces
        self._clock = clock

    def progress(self, station: str, link: str) -> Progress | None:
        """Say how much of a packet is here; None when nothing is."""
        name = bytes.fromhex(link)
        with self._database.read() as session:
            kept = _kept(session, name)
        if kept is not None:
            return kept
        upload = self._blobs.upload(station, name)
        return None if upload is None else Progress(upload.size, upload.length)

    def add_chunk(
        self, station: str, link: str, *, offset: int, length: int, chunk: bytes
    ) -> Progress:
        """Go on with an upload; when it is complete, keep the packet and give its receipt.

        Raises:
            PacketHeldError: The whole is not a packet we may keep; `code` says why.
            OffsetError: The chunk does not begin where the bytes received so far end.
            ConflictError: The upload was begun with another length.
            StorageError: The bytes cannot be kept now.
        """
        name = bytes.fromhex(link)
        with self._database.read() as session:
            kept = _kept(session, name)
        if kept is not None:
            self._blobs.discard_upload(station, name)
            return kept
        if not 0 < length <= MAX_PACKET_BYTES:
            raise PacketHeldError("over 8 MiB", code="packet.too_large", status=413)
        if offset + len(chunk) > length:
            raise ConflictError("more bytes than announced", code=ErrorCode.LENGTH)
        size = self._blobs.append(station, name, length=length, offset=offset, chunk=chunk)
        if size < length:
            return Progress(size, length)
        data = self._blobs.read_upload(station, name)
        try:
            receipt = self.accept(data, link=link, delivered_by=station)
        except PacketHeldError:
            # What is refused begins anew: a damaged copy must not block the sound one.
            self._blobs.discard_upload(station, name)
            raise
        self._blobs.discard_upload(station, name)
        return Progress(length, length, receipt)

    def accept(self, data: bytes, *, link: str, delivered_by: str) -> str:
        """Check a whole packet, keep it, and give its receipt: the same for the same link.

        Raises:
            PacketHeldError: It is not kept; `code` says why.
            StorageError: The bytes cannot be kept now.
        """
        with self._database.read() as session:
            packet = _parse(data, StationKeyRing(session))
        if packet.link != link:
            raise PacketHeldError("the bytes are another packet", code=ErrorCode.LINK)
        if packet.header.station != delivered_by:
            raise PacketHeldError("the packet is another station's", code="packet.station")
        with self._database.read() as session:
            station = _station(session, packet.header.station)
            check_policy(session, packet.header, station)
            _epoch(session, station, packet.header)
        self._blobs.put(bytes.fromhex(link), data)
        after_commit: list[Callable[[], None]] = []
        with self._database.write() as session:
            receipt = self._keep(session, packet, after_commit)
        for report in after_commit:
            report()
        return receipt

    def _keep(
        self, session: Session, packet: WirePacket, after_commit: list[Callable[[], None]]
    ) -> str:
        header, name = packet.header, bytes.fromhex(packet.link)
        # Everything a station delivers is put in order by this lock.
        station = _station(session, header.station, lock=True)
        known = _receipt(session, name)
        if known is not None:
            return known
        belongings = check_policy(session, header, station)
        epoch = _epoch(session, station, header)
        now = self._clock.now()
        contradiction = find_contradiction(session, header, name, station, epoch)
        if contradiction is None and self._insert(session, packet, station, now):
            advance(session, epoch, header.seq)
            contradiction = self._follow(session, packet, station, belongings, now)
            quarantined = self._is_aside(header, station)
        else:
            contradiction = contradiction or Contradiction("packet_id", None)
            _keep_evidence(session, packet, station, contradiction, now)
            quarantined = True
        receipt = self._receipt(session, packet, station, now, quarantined=quarantined)
        after_commit.append(lambda: _report(packet, contradiction))
        return receipt

    def _insert(
        self, session: Session, packet: WirePacket, station: Station, now: datetime
    ) -> bool:
        header = packet.header
        return insert_or_ignore(
            session,
            Packet,
            {
                "link": bytes.fromhex(packet.link),
                "station_id": station.id,
                "epoch": header.epoch,
                "seq": header.seq,
                "prev": bytes.fromhex(header.prev),
                "packet_id": header.packet_id,
                "kind": header.kind.value,
                "target": None if header.target is None else bytes.fromhex(header.target),
                "header_jws": packet.jws,
                "size_bytes": packet.size,
                "sha256": bytes.fromhex(packet.sha256),
                "quarantined": self._is_aside(header, station),
                "received_at": now,
            },
        )

    def _is_aside(self, header: Header, station: Station) -> bool:
        # The signed time that the station heard last, and its own clock beside it; alone, a clock
        # that cannot be believed says nothing.
        anchored = self._nonces.anchored_at(header.station, header.anchor or "")
        moments = [] if anchored is None else [anchored]
        if moments or header.clock in _BELIEVED:
            moments.append(_moment(header.wall_ms))
        earliest = max(moments, default=None)
        return is_aside(station, header.kind is Kind.APOYO, earliest)

    def _follow(
        self,
        session: Session,
        packet: WirePacket,
        station: Station,
        belongings: Belongings,
        now: datetime,
    ) -> Contradiction | None:
        """Do what the kind of a packet asks for; the packet itself is kept in any case."""
        header = packet.header
        if header.kind is Kind.VOID:
            self._withdraw(session, bytes.fromhex(header.target or ""), station, now)
        if header.kind is not Kind.APOYO:
            return None
        row = session.execute(
            select(Packet.id).where(Packet.link == bytes.fromhex(packet.link))
        ).scalar_one()
        taken = session.execute(
            select(Packet.link)
            .join(Record, Record.packet_id == Packet.id)
            .where(Record.folio_registro == header.folio)
        ).scalar_one_or_none()
        if taken is not None:
            # One folio for two apoyos: the station must never do that.
            contradiction = Contradiction("folio", taken)
            session.execute(update(Packet).where(Packet.id == row).values(quarantined=True))
            _quarantine(session, station, packet, contradiction, now)
            return contradiction
        record = self._record(session, header, row, station, belongings, now)
        receive(session, record, made_by="intake")
        voided = session.execute(
            select(Packet.id).where(
                Packet.target == bytes.fromhex(packet.link), Packet.station_id == station.id
            )
        ).first()
        if voided is not None:
            _void(session, record, now)
        return None

    def _record(
        self,
        session: Session,
        header: Header,
        packet_row: int,
        station: Station,
        belongings: Belongings,
        now: datetime,
    ) -> Record:
        if belongings.aspirante is None or belongings.auxiliar is None:
            raise PacketHeldError("an apoyo without its auxiliar", code="policy.auxiliar")
        process = session.get_one(Process, station.process_id)
        anchor = header.anchor or ""
        return Record(
            packet_id=packet_row,
            folio_registro=header.folio,
            aspirante_id=belongings.aspirante.id,
            office_id=belongings.aspirante.office_id,
            auxiliar_id=belongings.auxiliar.id,
            station_id=station.id,
            captured_at=_moment(header.wall_ms),
            clock_class=header.clock.value,
            captured_after=self._nonces.anchored_at(header.station, anchor),
            received_at=now,
            received_on=now.astimezone(ZoneInfo(process.time_zone)).date(),
            state=State.EN_PROCESAMIENTO,
            reasons=[],
            next_try_at=now,
        )

    def _withdraw(self, session: Session, target: bytes, station: Station, now: datetime) -> None:
        record = session.execute(
            select(Record)
            .join(Packet, Packet.id == Record.packet_id)
            .where(Packet.link == target, Packet.station_id == station.id)
            .with_for_update(of=Record)
        ).scalar_one_or_none()
        if record is not None:
            _void(session, record, now)

    def _receipt(
        self,
        session: Session,
        packet: WirePacket,
        station: Station,
        now: datetime,
        *,
        quarantined: bool,
    ) -> str:
        header, name = packet.header, bytes.fromhex(packet.link)
        session.add(
            Outcome(station_id=station.id, link=name, kind="stored", reason=None, created_at=now)
        )
        session.flush()
        index = receipt_log.next_index(session)  # last: its row is everybody's
        token = sign_receipt(
            WireReceipt(
                link=packet.link,
                station=header.station,
                epoch=header.epoch,
                seq=header.seq,
                size=packet.size,
                sha256=packet.sha256,
                received_ms=int(now.timestamp() * 1000),
                log_index=index,
                log_size=index + 1,
                quarantined=quarantined,
            ),
            self._signer,
        )
        receipt_log.add_leaf(
            session,
            Receipt(log_index=index, link=name, station_id=station.id, jws=token, issued_at=now),
        )
        return token


def _parse(data: bytes, keys: StationKeyRing) -> WirePacket:
    try:
        return parse_packet(BytesIO(data), keys)
    except PacketRefusedError as error:
        raise PacketHeldError(str(error), code=error.code) from error


def _kept(session: Session, link: bytes) -> Progress | None:
    row = session.execute(select(Receipt.jws).where(Receipt.link == link)).scalar_one_or_none()
    if row is None:
        return None
    size = session.execute(
        select(Packet.size_bytes).where(Packet.link == link)
    ).scalar_one_or_none()
    if size is None:
        size = session.execute(
            select(ForkEvidence.size_bytes).where(ForkEvidence.link == link)
        ).scalar_one()
    return Progress(size, size, row)


def _receipt(session: Session, link: bytes) -> str | None:
    return session.execute(select(Receipt.jws).where(Receipt.link == link)).scalar_one_or_none()


def _station(session: Session, id_dispositivo: str, *, lock: bool = False) -> Station:
    query = select(Station).where(Station.id_dispositivo == id_dispositivo)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    station = session.execute(query).scalar_one_or_none()
    if station is None:
        raise PacketHeldError("no such station", code="packet.station")
    return station


def _epoch(session: Session, station: Station, header: Header) -> StationEpoch:
    epoch = session.execute(
        select(StationEpoch).where(
            StationEpoch.station_id == station.id, StationEpoch.epoch == header.epoch
        )
    ).scalar_one_or_none()
    if epoch is None:
        raise PacketHeldError("an epoch that the centre did not open", code="packet.epoch")
    return epoch


def _keep_evidence(
    session: Session,
    packet: WirePacket,
    station: Station,
    contradiction: Contradiction,
    now: datetime,
) -> None:
    header = packet.header
    session.add(
        ForkEvidence(
            station_id=station.id,
            link=bytes.fromhex(packet.link),
            epoch=header.epoch,
            seq=header.seq,
            header_jws=packet.jws,
            size_bytes=packet.size,
            sha256=bytes.fromhex(packet.sha256),
            against=contradiction.against,
            contradiction=contradiction.how,
            received_at=now,
        )
    )
    _quarantine(session, station, packet, contradiction, now)


def _quarantine(
    session: Session,
    station: Station,
    packet: WirePacket,
    contradiction: Contradiction,
    now: datetime,
) -> None:
    quarantine(
        session,
        station,
        "station.quarantined",
        now,
        contradiction=contradiction.how,
        epoch=packet.header.epoch,
        seq=packet.header.seq,
        link=packet.link,
        against=None if contradiction.against is None else contradiction.against.hex(),
    )


def _void(session: Session, record: Record, now: datetime) -> None:
    if record.state is State.INCONSISTENCIA and record.reasons == ["void.station"]:
        return
    move(
        session,
        record,
        State.INCONSISTENCIA,
        reasons=["void.station"],
        made_by="intake",
        made_at=now,
    )
    record.valid = False
    record.work_state = WorkState.DONE
    record.lease_owner = None
    reconsider_duplicates(session, record, now=now)


def _moment(wall_ms: int) -> datetime:
    # A station whose clock is far out may say anything up to 2^53 ms; the column ends in 9999.
    return datetime.fromtimestamp(min(wall_ms, 253_402_300_799_000) / 1000, UTC)


def _report(packet: WirePacket, contradiction: Contradiction | None) -> None:
    header = packet.header
    if contradiction is not None:
        _log.warning(
            "packet.forked station=%s seq=%d link=%s contradiction=%s",
            header.station,
            header.seq,
            packet.link,
            contradiction.how,
        )
        return
    _log.info(
        "packet.stored station=%s seq=%d kind=%s link=%s size_bytes=%d",
        header.station,
        header.seq,
        header.kind.value,
        packet.link,
        packet.size,
    )
