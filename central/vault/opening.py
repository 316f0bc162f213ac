"""Opens parts. The only code of the centre that holds an opening key."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.accounts.permissions import Role
from central.audit import trail
from central.errors import BlobMissingError, VaultError, VaultRefusedError
from central.models.accounts import RoleGrant
from central.models.audit import AuditEntry
from central.models.database import Database
from central.models.keyring import StationKeyRing
from central.models.objections import Objection, ObjectionRecord, ObjectionState
from central.models.packets import Packet
from central.models.records import Record
from central.storage.base import BlobStore
from central.vault.protocol import OpenRequest, PartName, Purpose
from domain.clock import Clock
from wire.envelope import open_part
from wire.errors import WireError
from wire.packet import Packet as WirePacket
from wire.packet import parse_packet
from wire.record import Record as WireRecord
from wire.record import parse_images, parse_record

_log = logging.getLogger(__name__)
_HOUR = timedelta(hours=1)


class Opener:
    """Checks a request, opens the part, and writes the act down before it hands anything out."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        identities: Sequence[str],
        clock: Clock,
        *,
        images_per_hour: int,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._identities = identities
        self._clock = clock
        self._images_per_hour = images_per_hour

    def open(self, request: OpenRequest) -> bytes:
        """Give the plaintext of one part, padded as it was sealed.

        The packet's own signature, its hashes and its place among the stored packets are checked
        again here: whoever asks is not believed.

        Raises:
            VaultRefusedError: `code` says why; asking again does not help.
            BlobMissingError: The bytes are not where they were stored.
        """
        if request.purpose is Purpose.HEARING:
            self._check_hearing(request)
        if request.part is PartName.IMAGES:
            self._check_quota(request)
        folio, content = "", b""
        code = ""
        try:
            packet = self._packet(request.link)
            folio = packet.header.folio or ""
            content = self._content(packet, request.part)
        except (VaultRefusedError, BlobMissingError) as error:
            code = error.code
            raise
        finally:
            self._write_down(request, folio, code)
        return content

    def _packet(self, link: str) -> WirePacket:
        with self._database.read() as session:
            known = session.execute(
                select(Packet.sha256).where(Packet.link == bytes.fromhex(link))
            ).scalar_one_or_none()
            if known is None:
                raise VaultRefusedError("no such packet", code="vault.unknown_packet")
            data = self._blobs.read(bytes.fromhex(link))
            try:
                packet = parse_packet(data, StationKeyRing(session))
            except WireError as error:
                raise VaultRefusedError(str(error), code=error.code) from error
        if packet.link != link or packet.sha256 != known.hex():
            raise VaultRefusedError("the stored bytes were changed", code="vault.changed")
        return packet

    def _content(self, packet: WirePacket, name: PartName) -> bytes:
        try:
            padded = open_part(packet.part("record"), self._identities)
            record: WireRecord = parse_record(padded, packet.header)
            if name is PartName.RECORD:
                return padded
            images = open_part(packet.part("images"), self._identities)
            parse_images(images, record)
        except KeyError as error:
            raise VaultRefusedError("the packet is no apoyo", code="vault.kind") from error
        except WireError as error:
            raise VaultRefusedError(str(error), code=error.code) from error
        return images

    def _check_hearing(self, request: OpenRequest) -> None:
        """Let an aspirante see images of their own record while the authority has them open."""
        user = request.actor.removeprefix("user:")
        if request.part is not PartName.IMAGES or not user.isdecimal():
            raise VaultRefusedError("a hearing shows images to a person", code="vault.purpose")
        with self._database.read() as session:
            is_open = session.execute(
                select(Objection.id)
                .join(ObjectionRecord, ObjectionRecord.objection_id == Objection.id)
                .join(Record, Record.id == ObjectionRecord.record_id)
                .join(Packet, Packet.id == Record.packet_id)
                .join(RoleGrant, RoleGrant.aspirante_id == Record.aspirante_id)
                .where(
                    Packet.link == bytes.fromhex(request.link),
                    Objection.images_until > self._clock.now(),
                    Objection.state != ObjectionState.WITHDRAWN,
                    RoleGrant.user_id == int(user),
                    RoleGrant.role == Role.ASPIRANTE.value,
                )
                .limit(1)
            ).first()
        if is_open is None:
            raise VaultRefusedError("no hearing has it open", code="vault.hearing")

    def _check_quota(self, request: OpenRequest) -> None:
        if request.purpose is Purpose.VERIFICATION or not request.actor.startswith("user:"):
            raise VaultRefusedError("images are opened for a reviewer only", code="vault.purpose")
        since = self._clock.now() - _HOUR
        with self._database.read() as session:
            opened = session.execute(
                select(func.count())
                .select_from(AuditEntry)
                .where(
                    AuditEntry.actor == request.actor,
                    AuditEntry.action == "images.opened",
                    AuditEntry.at > since,
                )
            ).scalar_one()
        if opened >= self._images_per_hour:
            raise VaultRefusedError("too many images in an hour", code="vault.quota")

    def _write_down(self, request: OpenRequest, folio: str, code: str) -> None:
        verb = "refused" if code else "opened"
        with self._database.write() as session:
            self._add(session, request, folio, verb, code)
        if code:
            _log.warning(
                "%s.refused link=%s actor=%s code=%s",
                request.part,
                request.link,
                request.actor,
                code,
            )
            return
        _log.info("%s.opened folio=%s actor=%s", request.part, folio, request.actor)

    def _add(
        self, session: Session, request: OpenRequest, folio: str, verb: str, code: str
    ) -> None:
        trail.write(
            session,
            at=self._clock.now(),
            actor=request.actor,
            action=f"{request.part.value}.{verb}",
            subject_kind="record",
            subject=folio or request.link[:16],
            details={"link": request.link, "purpose": request.purpose.value, "code": code},
        )


def read_identities(text: bytes) -> tuple[str, ...]:
    """Read age secret keys, one a line; `#` begins a comment, as in Debian's `age-keygen`.

    Raises:
        VaultError: There is none.
    """
    lines = (line.strip() for line in text.decode("ascii", "replace").splitlines())
    found = tuple(line for line in lines if line.startswith("AGE-SECRET-KEY-1"))
    if not found:
        raise VaultError("no age secret key in the identity file", code="vault.identity")
    return found
