"""Stations join once with a claim, say hello, and are told how the centre sees their chain."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import ConflictError, StationRefusedError
from central.intake import orders, releases
from central.intake.certificates import CertificateOffice
from central.intake.chain import missing_ranges
from central.intake.claims import find_claim
from central.intake.greeting import note
from central.intake.health import note_condition, note_health
from central.intake.lifecycle import duty_after_enrolment, standing_of
from central.intake.nonces import NonceBook
from central.intake.policy import PolicyOffice
from central.models import (
    Packet,
    Record,
    Station,
    StationClaim,
    StationEpoch,
    StationKey,
    StationState,
    UsedProof,
)
from central.models.database import Database, insert_or_ignore
from central.models.stations import ENDED
from domain.clock import Clock
from domain.folio import FolioRegistro
from domain.station_condition import Limits
from wire.api import UNNAMED, EnrolAnswer, EnrolRequest, ErrorCode, HelloAnswer, HelloRequest
from wire.enrolment import SignedAnswer
from wire.keys import Signer, thumbprint
from wire.policy import TimeToken, sign_time

_log = logging.getLogger(__name__)

# Records that a lost station may have given after its last hello, with room to spare.
_REGISTRO_MARGIN = 10_000


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
        limits: Limits | None = None,
        minimum_software: str = "",
        order_signer: Signer | None = None,
    ) -> None:
        """Set up; limits and software say from where on a station is in trouble."""
        self._order_signer = order_signer
        self._limits = limits or Limits()
        self._minimum_software = minimum_software
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
            StationRefusedError: The code is unknown, used with another key, or expired; or nobody
                has approved the key.
        """
        now = self._clock.now()
        kid = thumbprint(request.public_key_pem)
        with self._database.write() as session:
            claim, station = find_claim(session, request, kid, now)
            taken = self._taken_in(session, claim, station, request, kid, now)
        return self._with_policy(taken, station.process_id)

    def answer_file(self, claim_id: int, *, now: datetime, expires_at: datetime) -> str:
        """Give the signed answer to a request that was approved, for a removable disk.

        The station is taken in by it, as if it had asked; the same request gets the same epoch.

        Raises:
            ConflictError: The claim is no approval, or its station has enrolled anew since.
            StationRefusedError: The approval has expired.
        """
        with self._database.write() as session:
            claim = session.get_one(StationClaim, claim_id, with_for_update=True)
            if claim.public_pem is None or claim.bound_kid is None or claim.request_nonce is None:
                raise ConflictError("no request was approved", code="station.no_request")
            request = EnrolRequest(
                UNNAMED, "", claim.public_pem, "file", hardware=claim.hardware or None
            )
            kid, nonce = claim.bound_kid, claim.request_nonce
            claim, station = find_claim(session, request, kid, now)
            taken = self._taken_in(session, claim, station, request, kid, now)
        answer = self._with_policy(taken, station.process_id)
        return self._policies.sign_answer(
            SignedAnswer(kid, nonce, answer, int(expires_at.timestamp() * 1000))
        )

    def _taken_in(
        self,
        session: Session,
        claim: StationClaim,
        station: Station,
        request: EnrolRequest,
        kid: str,
        now: datetime,
    ) -> EnrolAnswer:
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
        return EnrolAnswer(
            station=station.id_dispositivo,
            epoch=epoch.epoch,
            nonce=epoch.nonce,
            policy="",
            certificate_pem=station.certificate_pem or "",
            first_registro=_first_registro(session, station, epoch),
            standing=standing_of(station),
        )

    def _with_policy(self, taken: EnrolAnswer, process_id: int) -> EnrolAnswer:
        _version, policy = self._policies.current(process_id)
        _log.info("station.enrolled station=%s", taken.station)
        return replace(taken, policy=policy)

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
            rolled_back = note(session, station, epoch, request, now)
            note_health(session, station, request.health, now=now)
            note_condition(
                session,
                station,
                now=now,
                limits=self._limits,
                minimum_software=self._minimum_software,
                rolled_back=rolled_back,
            )
            missing = missing_ranges(session, epoch)
            answer = HelloAnswer(
                time=self._time(request, now),
                head_seq=epoch.head_seq,
                head_link="" if epoch.head_link is None else epoch.head_link.hex(),
                missing=missing,
                is_revoked=station.state in ENDED,
                release=releases.greet(session, station, request.update, self._pace, now=now),
                standing=standing_of(station),
                orders=self._exchange_orders(session, station, request, now),
            )
            process_id = station.process_id
        version, _policy = self._policies.current(process_id)
        return replace(answer, policy_version=version)

    def _exchange_orders(
        self, session: Session, station: Station, request: HelloRequest, now: datetime
    ) -> tuple[str, ...] | None:
        """Take a station's answers and tell it what is open; None for one that knows no orders."""
        if request.orders is None or self._order_signer is None:
            return None
        orders.take_answers(session, station, request.orders, now=now)
        return orders.open_orders(session, station, self._order_signer, now=now)

    def _time(self, request: HelloRequest, now: datetime) -> str:
        token = TimeToken(
            id=self._nonces.anchor(request.station, now),
            station=request.station,
            time_ms=int(now.timestamp() * 1000),
            nonce=request.nonce,
        )
        return sign_time(token, self._time_signer)


def _take_in(
    session: Session,
    claim: StationClaim,
    station: Station,
    request: EnrolRequest,
    kid: str,
    now: datetime,
) -> None:
    enrolled = session.execute(select(StationKey.id).where(StationKey.kid == kid)).first()
    if enrolled is not None:
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
    station.state, station.lost_at = StationState.ACTIVE, None
    station.serial, station.hardware = request.serial or claim.serial, request.hardware or ""
    station.duty = duty_after_enrolment(session, station)
    station.readiness_jws = station.readiness_at = None
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
