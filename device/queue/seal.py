"""From a finished visit to a sealed apoyo: encrypted in memory, chained, durable, acknowledged."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from device.errors import CaptureRefusedError, SealError, SpoolError
from device.queue.chain import ChainWriter, Intent, Sealed
from device.queue.overview import Counts, Overview
from device.queue.recovery import FAILURE, Recovered, recover, settle
from device.queue.schema import State
from domain.errors import DomainError
from wire.api import Standing
from wire.envelope import Recipient, seal_part
from wire.errors import ShapeError
from wire.packet import MAX_PACKET_BYTES, Header, Kind, Part
from wire.policy import Process
from wire.record import (
    Capture,
    Detail,
    Images,
    Record,
    build_detail,
    build_images,
    build_record,
    identifying,
    list_images,
)
from wire.shape import decode, encode
from wire.statement import CloseOut, sign_statement

__all__ = ["ApoyoDraft", "ClosedSession", "Sealed", "Sealer"]

_MAX_IMAGES_BYTES = MAX_PACKET_BYTES - 512 * 1024  # the rest is for record, header and padding


@dataclass(frozen=True, slots=True)
class ApoyoDraft:
    """One finished visit, in memory only: what was captured, and who answers for it."""

    process: str
    solicitud: str
    auxiliar: str
    session: str
    capture: Capture = field(repr=False)
    images: Images = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClosedSession:
    """The end of a session in an epoch: its counts, what the station states, and that signed."""

    epoch: str
    counts: Counts
    close_out: CloseOut
    token: str


class Sealer:
    """Seals what the station captures and cannot open again.

    `start` must have returned before the first `seal`. All methods may be called from any thread.
    """

    def __init__(self, writer: ChainWriter, hint_key: bytes) -> None:
        self._writer = writer
        self._hint_key = hint_key

    def start(self) -> Recovered:
        """Settle what a crash left behind; the kiosk tells the operator of what was adopted.

        Raises:
            QueueError: The spool cannot be brought in order now.
        """
        return recover(self._writer)

    def close(self) -> None:
        """Give the sealing duty back."""
        self._writer.close()

    def seal(self, draft: ApoyoDraft) -> Sealed:
        """Seal one apoyo; when this returns it is durable, and not before.

        Raises:
            DiskFullError: No space; nothing of this apoyo was kept.
            SealError: A value is out of its limits; nothing of this apoyo was kept.
            CaptureRefusedError: The process is not in the policy, or the disk is an old copy.
            SpoolError: The disk failed.
        """
        process = self._process(draft.process)
        _check(draft)
        recipients = (process.opening, process.recovery)
        intent = Intent(
            Kind.APOYO,
            draft.process,
            solicitud=draft.solicitud,
            auxiliar=draft.auxiliar,
            session=draft.session,
            notice=draft.capture.consent.notice,
            recipients=recipients,
            hints=self._hints(draft.solicitud, identifying(draft.capture.fields)),
            compose=lambda header: _compose(header, draft, recipients),
        )
        return self._append(intent)

    def note(
        self,
        kind: Kind,
        *,
        process: str,
        reason: str | None = None,
        auxiliar: str | None = None,
        session: str | None = None,
        target: str | None = None,
        numbers: Mapping[str, int] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> Sealed:
        """Seal a packet that is no apoyo: a session's begin or end, an event, a void.

        `numbers` and `texts` travel encrypted; `reason` is a code anyone may read. A void names the
        link of its apoyo in `target`.

        Raises:
            DiskFullError, SealError, CaptureRefusedError, SpoolError: As `seal`.
        """
        known = self._process(process)
        has_detail = bool(numbers or texts)
        recipients = (known.opening, known.recovery) if has_detail else ()
        intent = Intent(
            kind,
            process,
            auxiliar=auxiliar,
            session=session,
            reason=reason,
            target=target,
            recipients=recipients,
            compose=lambda header: _compose_detail(
                header, reason or kind.value, numbers or {}, texts or {}, recipients
            ),
        )
        sealed = self._append(intent)
        if kind is Kind.VOID and target is not None:
            voided = self._writer.spool.find(target)
            if voided is not None:
                self._writer.spool.note_outcome(voided, "void", reason)
        return sealed

    def session_counts(self, opened: Sealed) -> Counts:
        """Count what was sealed since a session was opened; it is the last one."""
        overview = Overview(self._writer.spool, self._writer.store)
        return overview.session(opened.epoch, opened.seq)

    def close_session(
        self, opened: Sealed, *, process: str, auxiliar: str, session: str
    ) -> ClosedSession:
        """Seal a session's close with its counts, and sign its close-out.

        Raises:
            DiskFullError, SealError, CaptureRefusedError, SpoolError: As `seal`.
        """
        with self._writer.lock:
            counts = self.session_counts(opened)
            closed = self.note(
                Kind.SESSION_CLOSE,
                process=process,
                auxiliar=auxiliar,
                session=session,
                numbers=counts.as_numbers(),
            )
            now_ms = self._writer.now_ms()
            close_out = CloseOut(
                station=self._writer.store.current().station,
                first_seq=opened.seq if opened.epoch == closed.epoch else 1,
                last_seq=closed.seq,
                link=closed.link,
                apoyos=counts.apoyos,
                voids=counts.voids,
                wall_s=now_ms // 1000,
            )
            token = sign_statement(close_out, self._writer.signer)
            return ClosedSession(closed.epoch, counts, close_out, token)

    def refusal(self) -> CaptureRefusedError | None:
        """Tell why no new visit should begin now, or nothing."""
        store, spool = self._writer.store, self._writer.spool
        if store.get("is_revoked") == "1":
            return CaptureRefusedError("the centre revoked this station", code="capture.revoked")
        if store.get("standing") == Standing.ACCEPTANCE:
            return CaptureRefusedError("the station is not accepted yet", code="capture.acceptance")
        if store.get("standing") == Standing.DRAIN:
            return CaptureRefusedError("the station moves or ends", code="capture.drain")
        if spool.is_low():
            return CaptureRefusedError("too little space is left", code="capture.disk_low")
        if not store.policy().settings.capture_allowed:
            return CaptureRefusedError("the centre paused captures", code="capture.policy")
        return None

    def captured(self, solicitud: str, identifiers: Mapping[str, str]) -> set[State]:
        """Return where apoyos of this credential for this solicitud are: a hint.

        Of this station and epoch alone; any identifier that was read tells the credential.
        """
        hints = self._hints(solicitud, identifiers)
        return self._writer.spool.captured(hints) if hints else set()

    def _append(self, intent: Intent) -> Sealed:
        with self._writer.lock:
            settle(self._writer)
            try:
                return self._writer.append(intent)
            except DomainError as error:
                raise SealError(f"folio cannot be composed: {error}", code="seal.folio") from error
            except (SealError, SpoolError):
                # A failed commit leaves a complete packet, which is adopted here and now; anything
                # that failed earlier left only a reservation, which becomes a gap.
                settled = settle(self._writer, reason=FAILURE)
                if not settled.adopted:
                    raise
                return settled.adopted[0]

    def _process(self, process_id: str) -> Process:
        process = self._writer.store.policy().process(process_id)
        if process is None:
            raise CaptureRefusedError("the process is not in the policy", code="capture.policy")
        return process

    def _hints(self, solicitud: str, identifiers: Mapping[str, str]) -> tuple[bytes, ...]:
        epoch = self._writer.store.current().epoch
        epoch_key = hmac.digest(self._hint_key, f"acopio/hint/1|{epoch}".encode(), sha256)
        # The clave stands alone, as in the first release: what was captured then is still known.
        said = [
            f"{solicitud}|{value}" if name == "clave_elector" else f"{solicitud}|{name}|{value}"
            for name, value in identifiers.items()
        ]
        return tuple(hmac.digest(epoch_key, text.encode(), sha256) for text in said)


def _check(draft: ApoyoDraft) -> None:
    """Refuse before a seq is taken, so that a faulty draft does not leave a gap in the chain."""
    try:
        decode(Capture, encode(draft.capture))
    except ShapeError as error:
        raise SealError(f"capture: {error}", code="seal.capture") from error
    if sum(map(len, draft.images.named().values())) > _MAX_IMAGES_BYTES:
        raise SealError("the images are too large for a packet", code="seal.too_large")


def _compose(
    header: Header, draft: ApoyoDraft, recipients: Sequence[Recipient]
) -> tuple[Part, ...]:
    record = Record(
        station=header.station,
        epoch=header.epoch,
        seq=header.seq,
        packet_id=header.packet_id,
        process=header.process,
        solicitud=draft.solicitud,
        auxiliar=draft.auxiliar,
        folio=header.folio or "",
        capture=draft.capture,
        images=list_images(draft.images),
    )
    return (
        Part("record", seal_part(build_record(record), recipients)),
        Part("images", seal_part(build_images(draft.images), recipients)),
    )


def _compose_detail(
    header: Header,
    code: str,
    numbers: Mapping[str, int],
    texts: Mapping[str, str],
    recipients: Sequence[Recipient],
) -> tuple[Part, ...]:
    if not recipients:
        return ()
    detail = Detail(
        header.station, header.epoch, header.seq, header.packet_id, code, numbers, texts
    )
    return (Part("detail", seal_part(build_detail(detail), recipients)),)
