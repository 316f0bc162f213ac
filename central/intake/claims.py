"""Permissions to enrol: a code for whoever holds it, or the approval of one key and of no other."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import ConflictError, InvalidInputError, StationRefusedError
from central.models import Process, Station, StationClaim, StationKey, StationState
from central.models.stations import ENDED
from domain.citizen_code import ALPHABET
from wire.api import UNNAMED, EnrolRequest, ErrorCode
from wire.claim import VOUCHER_GROUP, VOUCHER_GROUPS, Voucher
from wire.identity import Identity


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A fresh permission to enrol; `code` is shown once and never stored."""

    code: str
    expires_at: datetime


def open_claim(
    session: Session,
    *,
    id_dispositivo: str,
    process: Process,
    ttl_h: int,
    now: datetime,
    made_by: str,
    serial: str = "",
    site: str | None = None,
) -> NewClaim:
    """Let a station enrol, a new one or a known one anew; an older unused claim ends.

    Args:
        session: Writes.
        id_dispositivo: The station's name.
        process: The one it captures for.
        ttl_h: How long the claim holds.
        now: The moment.
        made_by: Who does it.
        serial: Of the one board that may use it; empty for any.
        site: Where it will stand; None leaves what is known.

    Raises:
        ConflictError: The station belongs to another process, or was retired.
    """
    station = _claimable(session, id_dispositivo, process, now)
    if site is not None:
        station.site = site
    code = new_code()
    claim = _add(session, station, _digest(code), now + timedelta(hours=ttl_h), now)
    claim.serial = serial
    _note(session, "station.claimed", station, now, made_by)
    return NewClaim(code, claim.expires_at)


def register(
    session: Session,
    *,
    id_dispositivo: str,
    process: Process,
    site: str,
    serial: str,
    now: datetime,
    made_by: str,
) -> None:
    """Add a station that nobody may enrol yet; one that is there stays as it is."""
    known = session.scalar(select(Station.id).where(Station.id_dispositivo == id_dispositivo))
    if known is None:
        station = _claimable(session, id_dispositivo, process, now)
        station.site, station.serial = site, serial
        _note(session, "station.registered", station, now, made_by)


def labelled(
    session: Session, *, names: Collection[str], ttl_h: int, now: datetime, made_by: str
) -> list[tuple[Station, Voucher]]:
    """Make a voucher for each of these stations that waits for one; older ones end.

    A station that is enrolled, or whose key has been approved, needs none and gets none.
    """
    approved = select(StationClaim.station_id).where(
        StationClaim.bound_kid.is_not(None), StationClaim.expires_at > now
    )
    stations = session.scalars(
        select(Station)
        .where(
            Station.id_dispositivo.in_(names),
            Station.state == StationState.CLAIMED,
            Station.id.not_in(approved),
        )
        .order_by(Station.id_dispositivo)
    ).all()
    made = []
    for station in stations:
        name = station.id_dispositivo
        claim = open_claim(
            session, id_dispositivo=name, process=station.process, ttl_h=ttl_h, now=now,
            made_by=made_by, serial=station.serial,
        )  # fmt: skip
        made.append((station, Voucher(name, claim.code)))
    return made


def approve(
    session: Session,
    identity: Identity,
    *,
    id_dispositivo: str,
    process: Process,
    ttl_h: int,
    now: datetime,
    made_by: str,
    site: str | None = None,
) -> StationClaim:
    """Let the one key of a request enrol as this station; approved again, it is the same approval.

    Raises:
        ConflictError: As `open_claim`, or the key was enrolled or approved for another station.
    """
    station = _claimable(session, id_dispositivo, process, now)
    if session.scalar(select(StationKey.id).where(StationKey.kid == identity.kid)) is not None:
        raise ConflictError("the key was enrolled before", code="station.key_used")
    for claim in session.scalars(
        select(StationClaim).where(
            StationClaim.bound_kid == identity.kid,
            StationClaim.used_at.is_(None),
            StationClaim.expires_at > now,
        )
    ):
        if claim.station_id != station.id:
            raise ConflictError("the key is approved for another station", code="station.key_used")
    if site is not None:
        station.site = site
    # Nobody knows this code: the key alone opens the claim.
    digest = _digest(secrets.token_urlsafe(32))
    claim = _add(session, station, digest, now + timedelta(hours=ttl_h), now)
    claim.bound_kid, claim.public_pem = identity.kid, identity.public_pem
    claim.request_nonce = identity.nonce
    claim.serial, claim.hardware = identity.serial, identity.hardware
    _note(session, "station.approved", station, now, made_by, kid=identity.kid)
    session.flush()
    return claim


def find_claim(
    session: Session, request: EnrolRequest, kid: str, now: datetime
) -> tuple[StationClaim, Station]:
    """Give the claim that a request is under, locked, and its station.

    Raises:
        StationRefusedError: There is none, it is used with another key, it has expired, or it is
            another key's or another board's.
    """
    query = (
        select(StationClaim, Station)
        .join(Station, Station.id == StationClaim.station_id)
        .with_for_update()
    )
    if request.code:
        query = query.where(
            StationClaim.code_sha256 == _digest(request.code),
            Station.id_dispositivo == request.station,
        )
    else:
        query = query.where(StationClaim.bound_kid == kid).order_by(StationClaim.id.desc()).limit(1)
    row = session.execute(query).one_or_none()
    if row is None and not request.code:
        raise StationRefusedError(
            "nobody has approved this key yet", code=ErrorCode.WAITING, status=403
        )
    if row is not None:
        claim, station = row
        if claim.bound_kid not in (None, kid):
            raise _refused("the claim is another key's", ErrorCode.OTHER_KEY)
        if claim.serial and request.serial and claim.serial != request.serial:
            raise _refused("the claim is another board's", ErrorCode.OTHER_BOARD)
        first_time = claim.used_at is None and now < claim.expires_at
        again = claim.used_by_kid == kid and station.kid == kid
        if first_time or again:
            return claim, station
    raise _refused("the claim is unknown, used or expired", ErrorCode.CLAIM)


def new_code() -> str:
    """Draw a code that a label can hold and a person can type."""
    letters = [secrets.choice(ALPHABET) for _ in range(VOUCHER_GROUPS * VOUCHER_GROUP)]
    return "-".join(
        "".join(letters[i : i + VOUCHER_GROUP]) for i in range(0, len(letters), VOUCHER_GROUP)
    )


def _claimable(session: Session, id_dispositivo: str, process: Process, now: datetime) -> Station:
    if id_dispositivo == UNNAMED:
        raise InvalidInputError("no station may have this name", field="id")
    station = session.execute(
        select(Station).where(Station.id_dispositivo == id_dispositivo).with_for_update()
    ).scalar_one_or_none()
    if station is None:
        station = Station(
            process_id=process.id,
            id_dispositivo=id_dispositivo,
            state=StationState.CLAIMED,
            created_at=now,
        )
        session.add(station)
        session.flush()
    elif station.process_id != process.id:
        raise ConflictError("the station belongs to another process", code="station.process")
    elif station.state in ENDED:
        raise ConflictError("the station was retired or revoked", code="station.retired")
    return station


def _add(
    session: Session, station: Station, digest: bytes, expires_at: datetime, now: datetime
) -> StationClaim:
    """Add a claim; an older unused one of the same station ends."""
    session.execute(
        update(StationClaim)
        .where(
            StationClaim.station_id == station.id,
            StationClaim.used_at.is_(None),
            StationClaim.expires_at > now,
        )
        .values(expires_at=now)
    )
    claim = StationClaim(
        station_id=station.id, code_sha256=digest, expires_at=expires_at, created_at=now
    )
    session.add(claim)
    return claim


def _note(
    session: Session, action: str, station: Station, now: datetime, made_by: str, **details: str
) -> None:
    trail.write(
        session,
        at=now,
        actor=made_by,
        action=action,
        subject_kind="station",
        subject=station.id_dispositivo,
        details=details,
    )


def _refused(message: str, code: str) -> StationRefusedError:
    return StationRefusedError(message, code=code, status=403)


def _digest(code: str) -> bytes:
    # Some hundred random bits need no slow hash.
    return hashlib.sha256(code.encode("ascii")).digest()
