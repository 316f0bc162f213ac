"""What a verified packet must satisfy of the process's policy before it is kept.

The signature, lengths and hashes are `wire.packet`'s; here is what needs the database. A packet
that fails is held by its station until a person has decided: nothing is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.errors import PacketHeldError
from central.models import Aspirante, Auxiliar, OpeningKey, Process, Station
from domain.errors import FolioError
from domain.folio import FolioRegistro
from wire.packet import Header, Kind


@dataclass(frozen=True, slots=True)
class Belongings:
    """Whose an apoyo is; both are None for the other kinds of packet."""

    aspirante: Aspirante | None = None
    auxiliar: Auxiliar | None = None


def check_policy(session: Session, header: Header, station: Station) -> Belongings:
    """Check process, recipients, and for an apoyo its folio and who captured it.

    Raises:
        PacketHeldError: `code` says which of them does not hold.
    """
    process = session.get_one(Process, station.process_id)
    if header.process != process.code:
        raise PacketHeldError("the packet is of another process", code="policy.process")
    if header.parts:
        _check_recipients(session, header, process)
    if header.kind is not Kind.APOYO:
        return Belongings()
    return _check_folio(session, header, process)


def _check_recipients(session: Session, header: Header, process: Process) -> None:
    keys = session.execute(
        select(OpeningKey.kid, OpeningKey.purpose).where(
            (OpeningKey.process_id == process.id) | OpeningKey.process_id.is_(None)
        )
    )
    purposes = dict(iter(keys))
    found = sorted(purposes.get(kid, "unknown") for kid in header.recipients)
    # A key that was rotated away still opens what was sealed before the station knew.
    if found != ["opening", "recovery"]:
        raise PacketHeldError(
            "not sealed to an opening and a recovery key of the process", code="policy.recipients"
        )


def _check_folio(session: Session, header: Header, process: Process) -> Belongings:
    try:
        folio = FolioRegistro.parse(header.folio or "")
    except FolioError as error:
        raise PacketHeldError(f"folio: {error}", code="policy.folio") from error
    if folio.dispositivo != header.station or folio.auxiliar != header.auxiliar:
        raise PacketHeldError("the folio is not of this station", code="policy.folio")
    row = session.execute(
        select(Aspirante, Auxiliar)
        .join(Auxiliar, Auxiliar.aspirante_id == Aspirante.id)
        .where(
            Aspirante.folio_solicitud == folio.solicitud,
            Aspirante.process_id == process.id,
            Auxiliar.id_auxiliar == folio.auxiliar,
        )
    ).one_or_none()
    if row is None:
        raise PacketHeldError(
            "no such auxiliar of that solicitud in the process", code="policy.auxiliar"
        )
    return Belongings(row[0], row[1])
