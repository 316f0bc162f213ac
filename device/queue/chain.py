"""The five steps that add one packet to the chain, in the order that loses nothing.

(1) reserve `seq`, commit · (2) build, encrypt, sign · (3) write under `tmp`, sync · (4) rename,
sync the folder · (5) row and chain head, commit. Only then is anybody told. Plaintext stays in
memory.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from device.clock import classify, has_rtc, to_ms
from device.errors import CaptureRefusedError, DiskFullError, SealError
from device.queue import files
from device.queue.enrolment import Enrolment, EnrolmentStore
from device.queue.points import CrashHook, no_crash
from device.queue.spool import Row, Spool
from domain.clock import Clock
from domain.folio import FolioRegistro
from wire.envelope import Recipient
from wire.errors import WireError
from wire.keys import Signer
from wire.packet import Header, Kind, Packet, Part, build_packet
from wire.uuid7 import uuid7

T = TypeVar("T")
Compose = Callable[[Header], Sequence[Part]]


@dataclass(frozen=True, slots=True)
class Origin:
    """What made a packet: program, set of models, and the boot it ran in."""

    software: str
    models: str
    boot_id: str
    boot_n: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A packet that is durable: it may be called *guardado*."""

    folio: str | None
    link: str
    seq: int
    epoch: str
    packet_id: str
    kind: Kind
    is_recovered: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """A packet to be: `compose` gives its parts once seq, packet_id and folio are known."""

    kind: Kind
    process: str
    solicitud: str | None = None
    auxiliar: str | None = None
    session: str | None = None
    notice: str | None = None
    reason: str | None = None
    target: str | None = None
    recipients: tuple[Recipient, ...] = ()
    hints: tuple[bytes, ...] = field(default=(), repr=False)
    compose: Compose = field(default=lambda _header: (), repr=False)


class ChainWriter:
    """The only writer of a station's chain; holds the lock that makes it so."""

    def __init__(
        self,
        spool: Spool,
        store: EnrolmentStore,
        signer: Signer,
        clock: Clock,
        origin: Origin,
        *,
        entropy: Callable[[int], bytes],
        crash: CrashHook = no_crash,
    ) -> None:
        """Take the sealing duty.

        Raises:
            SpoolBusyError: Another process has it.
        """
        self.spool = spool
        self.store = store
        self.crash = crash
        self.lock = threading.RLock()
        self.signer = signer
        self._clock = clock
        self._origin = origin
        self._entropy = entropy
        self._duty = files.DutyLock(spool.folder / "seal.lock")

    def close(self) -> None:
        """Give the sealing duty back."""
        self._duty.release()

    def append(self, intent: Intent) -> Sealed:
        """Run the five steps.

        Raises:
            CaptureRefusedError: The centre knows a later head of this chain: the disk is an old
                one.
            DiskFullError: No space, not even that set aside.
            SealError: The packet could not be built; its seq will become a gap.
            SpoolError: The disk or the database failed.
        """
        with self.lock:
            self.crash("seal.begun")
            enrolment = self.store.current()
            self._require_newest(enrolment)
            row = self._with_room(lambda: self._reserve(intent, enrolment))
            self.crash("seal.reserved")
            return self.complete(row, intent)

    def complete(self, row: Row, intent: Intent) -> Sealed:
        """Run steps 2 to 5 for a reservation.

        Raises:
            DiskFullError, SealError, SpoolError: As `append`; up to step 4 nothing is left behind.
        """
        try:
            packet = self._build(row, intent)
        except WireError as error:
            raise SealError(f"packet could not be built: {error}", code=error.code) from error
        self.crash("seal.signed")
        self._with_room(lambda: self._publish(row, packet))
        # From here on the packet is complete: a failure leaves it for recovery to adopt.
        self._with_room(
            lambda: self.spool.commit_sealed(row, packet, sealed_ms=to_ms(self._clock.now()))
        )
        self.crash("seal.committed")
        return sealed_of(row, packet)

    def now_ms(self) -> int:
        """Return the wall clock, milliseconds since 1970."""
        return to_ms(self._clock.now())

    def _require_newest(self, enrolment: Enrolment) -> None:
        server_seq = int(self.store.get("server_seq") or "0")
        if self.spool.head(enrolment.epoch).seq < server_seq:
            raise CaptureRefusedError(
                "the centre has later packets of this chain: this disk is an old copy",
                code="capture.behind",
            )

    def _reserve(self, intent: Intent, enrolment: Enrolment) -> Row:
        now_ms = self.now_ms()
        return self.spool.reserve(
            epoch=enrolment.epoch,
            kind=intent.kind,
            packet_id=str(uuid7(now_ms, self._entropy(10))),
            process=intent.process,
            auxiliar=intent.auxiliar,
            reserved_ms=now_ms,
            hints=intent.hints,
            folio_of=_folio_of(intent, enrolment),
            first_registro=enrolment.first_registro,
        )

    def _build(self, row: Row, intent: Intent) -> Packet:
        wall_ms, mono_ms = self.now_ms(), self._clock.monotonic_ms()
        anchor = self.store.anchor()
        header = Header(
            kind=intent.kind,
            station=self.store.current().station,
            process=intent.process,
            epoch=row.epoch,
            seq=row.seq,
            prev=self.spool.head(row.epoch).link,
            packet_id=row.packet_id,
            software=self._origin.software,
            models=self._origin.models,
            boot_id=self._origin.boot_id,
            boot_n=self._origin.boot_n,
            mono_ms=mono_ms,
            wall_ms=wall_ms,
            clock=classify(
                wall_ms=wall_ms,
                mono_ms=mono_ms,
                boot_id=self._origin.boot_id,
                anchor=anchor,
                rtc=has_rtc(),
            ),
            folio=row.folio,
            auxiliar=intent.auxiliar,
            session=intent.session,
            anchor=None if anchor is None else anchor.id,
            notice=intent.notice,
            reason=intent.reason,
            target=intent.target,
            recipients=tuple(recipient.kid for recipient in intent.recipients),
        )
        return build_packet(header, intent.compose(header), self.signer)

    def _publish(self, row: Row, packet: Packet) -> None:
        """Steps 3 and 4; on failure the file is gone again."""
        temporary = self.spool.temporary / f"{row.packet_id}.acp"
        final = self.spool.path_of(packet.link)
        try:
            files.write_synced(temporary, packet.to_bytes(), self.crash)
            self.crash("seal.file_synced")
            with files.translated("rename the packet"):
                temporary.rename(final)
            self.crash("seal.renamed")
            files.sync_folder(self.spool.packets)
            self.crash("seal.folder_synced")
        except Exception:
            with files.translated("remove an unfinished packet"):
                temporary.unlink(missing_ok=True)
                final.unlink(missing_ok=True)
            raise

    def _with_room(self, action: Callable[[], T]) -> T:
        """Run one write; on a full disk give up the ballast and run it once more."""
        try:
            return action()
        except DiskFullError:
            if not self.spool.drop_ballast():
                raise
            return action()


def sealed_of(row: Row, packet: Packet, *, is_recovered: bool = False) -> Sealed:
    """Say what a sealed packet is called."""
    return Sealed(row.folio, packet.link, row.seq, row.epoch, row.packet_id, row.kind, is_recovered)


def _folio_of(intent: Intent, enrolment: Enrolment) -> Callable[[int], str] | None:
    if intent.kind is not Kind.APOYO or intent.solicitud is None or intent.auxiliar is None:
        return None
    solicitud, auxiliar = intent.solicitud, intent.auxiliar
    return lambda registro: FolioRegistro(
        solicitud, auxiliar, enrolment.station, registro
    ).compose()
