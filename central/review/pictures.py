"""The images of a contested record, for the aspirante, while the authority has them open.

The vault decides again whether it may be: what is here only asks. Nothing is kept: the picture goes
from the vault to the browser, with its watermark, and each look is in the audit trail before.
"""

import tarfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select

from central.audit import trail
from central.errors import (
    NotFoundError,
    PictureError,
    VaultRefusedError,
    VaultUnavailableError,
)
from central.models import ObjectionRecord, ObjectionState, Packet, Record
from central.models.database import Database
from central.review.objections import own_objection
from central.review.watermark import NoPictureError, watermark
from domain.clock import Clock
from wire.record import IMAGE_FILES

PICTURES = tuple(IMAGE_FILES)

# As the watermark writes them.
_WORDS = {"front": "anverso", "back": "reverso", "face": "fotografía viva", "signature": "firma"}


class ImageVault(Protocol):
    """What opens the images of one packet for one person."""

    def open_for_hearing(self, link: bytes, *, actor: str) -> bytes:
        """Give the plaintext of the `images` part."""

    def close(self) -> None:
        """Hang up."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, as the watermark names them."""

    user_id: int
    name: str
    aspirante_ids: Sequence[int]


class PictureDesk:
    """Shows one picture a request; it holds nothing between two."""

    def __init__(self, database: Database, clock: Clock, connect: Callable[[], ImageVault]) -> None:
        self._database = database
        self._clock = clock
        self._connect = connect

    def show(self, viewer: Viewer, folio: str, folio_registro: str, name: str) -> bytes:
        """Give one picture as JPEG with its watermark.

        Raises:
            NotFoundError: There is no such inconformidad, record or picture for who asks.
            PictureError: It cannot be shown; `code` says why.
        """
        now = self._clock.now()
        if name not in PICTURES:
            raise NotFoundError("no such picture")
        link, solicitud, zone = self._find(viewer, folio, folio_registro, now)
        content = _member(self._open(link, viewer.user_id), name)
        moment = now.astimezone(ZoneInfo(zone))
        lines = (
            f"{viewer.name} - {solicitud} - {folio}",
            f"{folio_registro} - {moment:%Y-%m-%d %H:%M:%S} - {_WORDS[name]}",
        )
        try:
            marked = watermark(content, lines)
        except NoPictureError as error:
            raise PictureError("it is no picture", code="picture.unreadable") from error
        self._write_down(viewer, folio, folio_registro, name, now)
        return marked

    def _find(
        self, viewer: Viewer, folio: str, folio_registro: str, now: datetime
    ) -> tuple[bytes, str, str]:
        with self._database.read() as session:
            objection = own_objection(session, viewer.aspirante_ids, folio)
            link = session.scalar(
                select(Packet.link)
                .join(Record, Record.packet_id == Packet.id)
                .join(ObjectionRecord, ObjectionRecord.record_id == Record.id)
                .where(
                    ObjectionRecord.objection_id == objection.id,
                    Record.folio_registro == folio_registro,
                )
            )
            if link is None:
                raise NotFoundError("no such record in it")
            is_closed = objection.images_until is None or objection.images_until <= now
            if is_closed or objection.state is ObjectionState.WITHDRAWN:
                raise PictureError("the images are not open", code="picture.closed")
            aspirante = objection.aspirante
            return link, aspirante.folio_solicitud, aspirante.process.time_zone

    def _open(self, link: bytes, user_id: int) -> bytes:
        try:
            with closing(self._connect()) as vault:
                return vault.open_for_hearing(link, actor=f"user:{user_id}")
        except VaultUnavailableError as error:
            raise PictureError(
                "the vault does not answer", code="picture.unavailable", status=503
            ) from error
        except VaultRefusedError as error:
            if error.code == "vault.quota":
                raise PictureError(
                    "enough for an hour", code="picture.quota", status=429
                ) from error
            if error.code == "vault.hearing":
                raise PictureError("the images are not open", code="picture.closed") from error
            raise PictureError("the vault will not open it", code="picture.unreadable") from error

    def _write_down(
        self, viewer: Viewer, folio: str, folio_registro: str, name: str, now: datetime
    ) -> None:
        with self._database.write() as session:
            trail.write(
                session,
                at=now,
                actor=f"user:{viewer.user_id}",
                action="picture.shown",
                subject_kind="record",
                subject=folio_registro,
                details={"objection": folio, "picture": name},
            )


def _member(archive: bytes, name: str) -> bytes:
    """Take one picture out of the images that the vault has checked."""
    try:
        with tarfile.open(fileobj=BytesIO(archive), mode="r:") as tar:
            file = tar.extractfile(IMAGE_FILES[name])
            content = b"" if file is None else file.read()
    except KeyError as error:
        raise PictureError("the record has no such picture", code="picture.none") from error
    except tarfile.TarError as error:
        raise PictureError("the images cannot be read", code="picture.unreadable") from error
    return content
