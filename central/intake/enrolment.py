"""Stations join once with a claim, say hello, and are told how the centre sees their chain."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import ConflictError, StationRefusedError
from central.intake import releases
from central.intake.certificates import CertificateOffice
from central.intake.chain import missing_ranges
from central.intake.nonces import NonceBook
from central.intake.policy import PolicyOffice
from central.models import (
    Packet,
    Process,
    Record,
    Station,
    StationClaim,
    StationEpoch,
    StationKey,
    StationState,
    UsedProof,
)
from central.models.database import Database, insert_or_ignore
from domain.clock import Clock
from domain.folio import FolioRegistro
from wire.api import EnrolAnswer, EnrolRequest, ErrorCode, HelloAnswer, HelloRequest
from wire.keys import Signer, thumbprint
from wire.policy import TimeToken, sign_time
from wire.shape import encode

_log = logging.getLogger(__name__)

# Records that a lost station may have given after its last hello, with room to spare.
_REGISTRO_MARGIN = 10_000


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
) -> NewClaim:
    """Let a station enrol, a new one or a known one anew; an older unused claim ends.

    Raises:
        ConflictError: The station belongs to another process, or was retired.
    """
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
    elif station.state in (StationState.RETIRED, StationState.REVOKED):
        raise ConflictError("the station was retired or revoked", code="station.retired")
    session.execute(
        update(StationClaim)
        .where(StationClaim.station_id == station.id, StationClaim.used_at.is_(None))
        .values(expires_at=now)
    )
    claim = NewClaim(secrets.token_urlsafe(32), now + timedelta(hours=ttl_h))
    session.add(
        StationClaim(
            station_id=station.id,
            code_sha256=_code_digest(claim.code),
            expires_at=claim.expires_at,
            created_at=now,
        )
    )
    trail.write(
        session,
        at=now,
        actor=made_by,
        action="station.claimed",
        subject_kind="station",
        subject=id_dispositivo,
    )
    return claim


class Enrolment:
    """What a station asks before it delivers."""

    def __init__(
        self,
        database: Database,
        policies: PolicyOffice,
        nonces: NonceBook,
        time_signer: Signer,
        certificates: CertificateOffice,
        clock: Clock,
        pace: releases.Pace,
    ) -> None:
        self._database = database
        self._policies = policies
        self._nonces = nonces
        self._time_signer = time_signer
        self._certificates = certificates
        self._clock = clock
        self._pace = pace

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Take a station in; the same claim, station and key get the same answer again.

        Raises:
            StationRefusedError: The code is unknown, used with another key, or expired.
        """
        now = self._clock.now()
        kid = thumbprint(request.public_key_pem)
        with self._database.write() as session:
            claim, station = _find_claim(session, request, kid, now)
            if claim.used_at is None:
                _take_in(session, claim, station, request, kid, now)
                station.certificate_pem = self._certificates.issue(
                    station.id_dispositivo, request.public_key_pem, now
                )
            epoch = session.execute(
                select(StationEpoch).where(
                    StationEpoch.station_id == station.id, StationEpoch.epoch == station.epoch
                )
            ).scalar_one()
            first = _first_registro(session, station, epoch)
            process_id = station.process_id
            certificate = station.certificate_pem or ""
        _version, policy = self._policies.current(process_id)
        _log.info("station.enrolled station=%s", request.station)
        return EnrolAnswer(
            station=request.station,
            epoch=epoch.epoch,
            nonce=epoch.nonce,
            policy=policy,
            certificate_pem=certificate,
            first_registro=first,
        )

    def hello(self, request: HelloRequest, *, proof_id: str) -> HelloAnswer:
        """Note what a station says of itself, and tell it the time and what is missing.

        Raises:
            StationRefusedError: The proof was used before, or the epoch is not the station's.
        """
        now = self._clock.now()
        with self._database.write() as session:
            digest = hashlib.sha256(f"{request.station}/{proof_id}".encode("ascii")).digest()
            if not insert_or_ignore(session, UsedProof, {"jti_sha256": digest, "used_at": now}):
                raise StationRefusedError("the proof was used before", code="proof.replayed")
            station = session.execute(
                select(Station).where(Station.id_dispositivo == request.station).with_for_update()
            ).scalar_one()
            epoch = session.execute(
                select(StationEpoch).where(
                    StationEpoch.station_id == station.id, StationEpoch.epoch == request.epoch
                )
            ).scalar_one_or_none()
            if epoch is None:
                raise StationRefusedError(
                    "an epoch that the centre did not open", code="packet.epoch", status=409
                )
            _note(session, station, epoch, request, now)
            missing = missing_ranges(session, epoch)
            answer = HelloAnswer(
                time=self._time(request, now),
                head_seq=epoch.head_seq,
                head_link="" if epoch.head_link is None else epoch.head_link.hex(),
                missing=missing,
                is_revoked=station.state in (StationState.REVOKED, StationState.RETIRED),
                release=releases.greet(session, station, request.update, self._pace, now=now),
            )
            process_id = station.process_id
        version, _policy = self._policies.current(process_id)
        return replace(answer, policy_version=version)

    def _time(self, request: HelloRequest, now: datetime) -> str:
        token = TimeToken(
            id=self._nonces.anchor(request.station, now),
            station=request.station,
            time_ms=int(now.timestamp() * 1000),
            nonce=request.nonce,
        )
        return sign_time(token, self._time_signer)


def _find_claim(
    session: Session, request: EnrolRequest, kid: str, now: datetime
) -> tuple[StationClaim, Station]:
    row = session.execute(
        select(StationClaim, Station)
        .join(Station, Station.id == StationClaim.station_id)
        .where(
            StationClaim.code_sha256 == _code_digest(request.code),
            Station.id_dispositivo == request.station,
        )
        .with_for_update()
    ).one_or_none()
    if row is not None:
        claim, station = row
        first_time = claim.used_at is None and now < claim.expires_at
        again = claim.used_by_kid == kid and station.kid == kid
        if first_time or again:
            return claim, station
    raise StationRefusedError(
        "the claim is unknown, used or expired", code=ErrorCode.CLAIM, status=403
    )


def _take_in(
    session: Session,
    claim: StationClaim,
    station: Station,
    request: EnrolRequest,
    kid: str,
    now: datetime,
) -> None:
    taken = session.execute(select(StationKey.id).where(StationKey.kid == kid)).first()
    if taken is not None:
        raise StationRefusedError("the key was enrolled before", code=ErrorCode.CLAIM, status=403)
    claim.used_at, claim.used_by_kid = now, kid
    session.execute(
        update(StationEpoch)
        .where(StationEpoch.station_id == station.id, StationEpoch.closed_at.is_(None))
        .values(closed_at=now)
    )
    epoch = StationEpoch(
        station_id=station.id,
        epoch=secrets.token_hex(16),
        nonce=secrets.token_urlsafe(24),
        head_seq=0,
        highest_seq=0,
        opened_at=now,
    )
    key = StationKey(
        station_id=station.id, kid=kid, public_pem=request.public_key_pem, enrolled_at=now
    )
    session.add_all([epoch, key])
    station.kid, station.epoch, station.enrolled_at = kid, epoch.epoch, now
    station.state = StationState.ACTIVE
    session.flush()
    trail.write(
        session,
        at=now,
        actor=f"station:{station.id_dispositivo}",
        action="station.enrolled",
        subject_kind="station",
        subject=station.id_dispositivo,
        details={"kid": kid, "epoch": epoch.epoch, "software": request.software},
    )


def _first_registro(session: Session, station: Station, epoch: StationEpoch) -> int:
    """Give a number beyond all that the station gave in its earlier epochs."""
    earlier = session.execute(
        select(func.count(), func.coalesce(func.max(StationEpoch.claimed_seq), 0)).where(
            StationEpoch.station_id == station.id, StationEpoch.id < epoch.id
        )
    ).one()
    if earlier[0] == 0:
        return 1
    last = session.execute(
        select(Record.folio_registro)
        .join(Packet, Packet.id == Record.packet_id)
        .where(Record.station_id == station.id, Packet.epoch != epoch.epoch)
        .order_by(func.substr(Record.folio_registro, -8).desc())
        .limit(1)
    ).scalar_one_or_none()
    known = 0 if last is None else FolioRegistro.parse(last).registro
    # Rounded, so that the answer repeated after a late delivery is still the same.
    return (max(known, int(earlier[1] or 0)) // _REGISTRO_MARGIN + 2) * _REGISTRO_MARGIN


def _note(
    session: Session,
    station: Station,
    epoch: StationEpoch,
    request: HelloRequest,
    now: datetime,
) -> None:
    station.last_hello_at = now
    station.clock_offset_ms = request.wall_ms - int(now.timestamp() * 1000)
    station.health = {
        **encode(request.health),
        "software": request.software,
        "models": request.models,
        "clock": request.clock.value,
        "policy_version": request.policy_version,
    }
    if request.head_seq < (epoch.claimed_seq or 0):
        # The chain of a station never gets shorter: its storage was rolled back.
        trail.write(
            session,
            at=now,
            actor=f"station:{station.id_dispositivo}",
            action="station.rolled_back",
            subject_kind="station",
            subject=station.id_dispositivo,
            details={"before": epoch.claimed_seq, "after": request.head_seq},
        )
        _log.warning("station.rolled_back station=%s", station.id_dispositivo)
        return
    epoch.claimed_seq = request.head_seq
    epoch.claimed_link = bytes.fromhex(request.head_link)


def _code_digest(code: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(code.encode("ascii")).digest()
