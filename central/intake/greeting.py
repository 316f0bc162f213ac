"""What a station says of itself at every hello, compared with what it said and delivered before.

A disk that was copied, or put back to an earlier day, still has the station's key. It is known by
what it cannot have: a chain that got shorter, another packet at a number that is taken, or a boot
that comes back after another one.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.errors import InvalidInputError
from central.intake.lifecycle import finish_drain, quarantine, take_readiness
from central.models import Packet, Station, StationEpoch
from wire.api import HelloRequest
from wire.shape import encode

_log = logging.getLogger(__name__)

# Boots that are remembered; a clone that waits longer is still known by its chain.
_BOOTS = 16
_ROLLBACK = "rollback"


def note(
    session: Session,
    station: Station,
    epoch: StationEpoch,
    request: HelloRequest,
    now: datetime,
) -> bool | None:
    """Keep what a station says of itself; what contradicts it puts the station in quarantine.

    Says whether it was rolled back: `None` for a hello that a newer one overtook on its way, which
    says nothing of how the station is now.
    """
    boots = list(epoch.boots or [])
    if _is_late(epoch, boots, request):
        return None
    station.last_hello_at = now
    station.clock_offset_ms = request.wall_ms - int(now.timestamp() * 1000)
    station.health = {
        **encode(request.health),
        "software": request.software,
        "models": request.models,
        "clock": request.clock.value,
        "policy_version": request.policy_version,
    }
    contradiction = _contradiction(session, epoch, boots, request)
    if request.boot_id in boots:
        boots.remove(request.boot_id)
    epoch.boots, epoch.boot_mono_ms = [*boots, request.boot_id][-_BOOTS:], request.mono_ms
    if contradiction is not None:
        _quarantine(session, station, epoch, request, contradiction, now)
        return contradiction == _ROLLBACK
    epoch.claimed_seq = request.head_seq
    epoch.claimed_link = bytes.fromhex(request.head_link)
    finish_drain(session, station, epoch, request, now)
    _take_readiness(session, station, request, now)
    return False


def _take_readiness(
    session: Session, station: Station, request: HelloRequest, now: datetime
) -> None:
    if request.readiness is None:
        return
    try:
        take_readiness(
            session, request.readiness, now=now, made_by=f"station:{station.id_dispositivo}"
        )
    except InvalidInputError as error:
        # The greeting stands without it; the station goes on waiting to be accepted.
        _log.warning("readiness.refused station=%s reason=%s", station.id_dispositivo, error)


def _is_late(epoch: StationEpoch, boots: list[str], request: HelloRequest) -> bool:
    return (
        bool(boots)
        and boots[-1] == request.boot_id
        and request.head_seq <= (epoch.claimed_seq or 0)
        and request.mono_ms < (epoch.boot_mono_ms or 0)
    )


def _contradiction(
    session: Session, epoch: StationEpoch, boots: list[str], request: HelloRequest
) -> str | None:
    claimed, link = epoch.claimed_seq or 0, bytes.fromhex(request.head_link)
    if request.head_seq < claimed:
        return _ROLLBACK
    if request.head_seq == claimed and epoch.claimed_link not in (None, link):
        return "head"
    kept = session.scalar(
        select(Packet.link).where(
            Packet.station_id == epoch.station_id,
            Packet.epoch == epoch.epoch,
            Packet.seq == request.head_seq,
        )
    )
    if kept not in (None, link):
        return "head"
    # A kernel draws its boot's name anew each time: one that returns is another machine's.
    if request.boot_id in boots[:-1]:
        return "two_machines"
    return None


def _quarantine(
    session: Session,
    station: Station,
    epoch: StationEpoch,
    request: HelloRequest,
    contradiction: str,
    now: datetime,
) -> None:
    quarantine(
        session,
        station,
        "station.rolled_back" if contradiction == _ROLLBACK else "station.cloned",
        now,
        contradiction=contradiction,
        before=epoch.claimed_seq,
        after=request.head_seq,
    )
    _log.warning(
        "station.cloned station=%s contradiction=%s", station.id_dispositivo, contradiction
    )
