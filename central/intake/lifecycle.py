"""The life of a station after its enrolment: accepted, moved, replaced, retired, lost.

Each step is one act of a person in the audit trail; the station hears of it with its next hello. No
step deletes anything, and what a station delivers is taken in every one of them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.audit import trail
from central.audit.trail import Detail
from central.errors import ConflictError, InvalidInputError, NotFoundError
from central.models import Duty, Process, Station, StationEpoch, StationState
from central.models.keyring import StationKeyRing
from central.models.settings import read_settings
from central.models.stations import ENDED, MOST_SITE
from wire import jws
from wire.api import HelloRequest, Standing
from wire.errors import StatementError, TokenError
from wire.statement import Readiness, verify_statement

# What a report has to speak of; peripherals are examined where the station has them.
REQUIRED = frozenset(
    {"camera", "models", "disk", "queue", "enrolment", "card_1", "card_2", "card_3", "power_cut"}
)


def standing_of(station: Station) -> Standing | None:
    """Say what a station is told of itself; None where it captures as ever."""
    if station.state is StationState.QUARANTINED:
        return Standing.QUARANTINED
    return {Duty.ACCEPTANCE: Standing.ACCEPTANCE, Duty.DRAIN: Standing.DRAIN}.get(station.duty)


def duty_after_enrolment(session: Session, station: Station) -> Duty:
    """Say what a station is for that has just enrolled: its process may ask for its acceptance."""
    process = session.get_one(Process, station.process_id)
    required = read_settings(process.settings).stations.acceptance_required
    return Duty.ACCEPTANCE if required else Duty.CAPTURE


def find_station(session: Session, id_dispositivo: str, *, lock: bool = False) -> Station:
    """Give a station by its name.

    Raises:
        NotFoundError: There is none.
    """
    query = select(Station).where(Station.id_dispositivo == id_dispositivo)
    if lock:
        query = query.with_for_update()
    station = session.execute(query).scalar_one_or_none()
    if station is None:
        raise NotFoundError(f"no station {id_dispositivo}", code="station.unknown")
    return station


def waiting(session: Session, station: Station) -> int:
    """Count the packets that a station has named in its present epoch and that are not here."""
    epoch = session.execute(
        select(StationEpoch).where(
            StationEpoch.station_id == station.id, StationEpoch.epoch == station.epoch
        )
    ).scalar_one_or_none()
    return 0 if epoch is None else max(0, (epoch.claimed_seq or 0) - epoch.head_seq)


def release(session: Session, name: str, *, now: datetime, made_by: str) -> None:
    """End the quarantine of a station.

    Raises:
        InvalidInputError: It is not in quarantine.
    """
    station = find_station(session, name, lock=True)
    if station.state is not StationState.QUARANTINED:
        raise InvalidInputError("the station is not in quarantine", field="id")
    station.state = StationState.ACTIVE
    _note(session, station, "station.released", now, made_by)


def activate(session: Session, name: str, *, now: datetime, made_by: str) -> None:
    """Let a station capture although its report was not all green, or none came.

    Raises:
        ConflictError: It does not wait for its acceptance.
    """
    station = find_station(session, name, lock=True)
    if station.duty is not Duty.ACCEPTANCE or station.kid is None:
        raise ConflictError("the station does not wait to be accepted", code="station.not_waiting")
    station.duty = Duty.CAPTURE
    _note(session, station, "station.activated", now, made_by, automatic=False)


def take_readiness(session: Session, token: str, *, now: datetime, made_by: str) -> str:
    """Keep a station's signed report; all green, a station that waits for it may capture.

    Gives the station's name.

    Raises:
        InvalidInputError: Not a report that the present key of a station signed.
    """
    try:
        statement = verify_statement(token.strip(), Readiness, StationKeyRing(session))
        kid = jws.read_kid(token.strip())
    except (StatementError, TokenError) as error:
        raise InvalidInputError(f"not a report: {error}", field="report") from error
    station = find_station(session, statement.station, lock=True)
    if station.kid != kid:
        raise InvalidInputError("the report is of an earlier enrolment", field="report")
    if station.readiness_jws == token.strip():
        return statement.station
    station.readiness_jws, station.readiness_at = token.strip(), now
    wrong = sorted(
        name
        for name in {*REQUIRED, *statement.findings}
        if not is_fine(statement.findings.get(name, "missing"))
    )
    _note(session, station, "station.readiness", now, made_by, wrong=wrong)
    if not wrong and station.duty is Duty.ACCEPTANCE:
        station.duty = Duty.CAPTURE
        _note(session, station, "station.activated", now, made_by, automatic=True)
    return statement.station


def is_fine(code: str) -> bool:
    """Say whether a finding keeps no station from its work: an unsure clock is marked instead."""
    return code == "ok" or code.startswith("clock.")


def quarantine(
    session: Session, station: Station, action: str, now: datetime, **details: Detail
) -> None:
    """Keep aside from now on what a station delivers: it contradicts what is known of it."""
    if station.state is StationState.ACTIVE:
        station.state = StationState.QUARANTINED
    _note(session, station, action, now, f"station:{station.id_dispositivo}", **details)


def move(session: Session, name: str, site: str, *, now: datetime, made_by: str) -> None:
    """Send a station to another site: it captures again once all it has is here.

    Raises:
        ConflictError: It has ended, or waits for its acceptance.
        InvalidInputError: The site is empty or too long.
    """
    site = checked_site(site)
    station = find_station(session, name, lock=True)
    _require_living(station)
    if station.kid is None or station.duty is Duty.ACCEPTANCE:
        # It has captured nothing yet: there is nothing to drain.
        station.site = site
        _note(session, station, "station.moved", now, made_by)
        return
    station.next_site, station.duty = site, Duty.DRAIN
    _note(session, station, "station.drain_asked", now, made_by)


def finish_drain(
    session: Session,
    station: Station,
    epoch: StationEpoch,
    request: HelloRequest,
    now: datetime,
) -> None:
    """Move a station whose hello says that nothing is left, all of which is here."""
    if station.duty is not Duty.DRAIN or station.next_site is None:
        return
    left = sum(request.health.states.get(state, 0) for state in ("reserved", "sealed", "sending"))
    if left or request.head_seq > epoch.head_seq:
        return
    station.site, station.next_site, station.duty = station.next_site, None, Duty.CAPTURE
    _note(session, station, "station.moved", now, f"station:{station.id_dispositivo}")


def retire(
    session: Session, name: str, *, now: datetime, made_by: str, although_waiting: bool = False
) -> int:
    """End a station that goes home; give how many packets are left there, for it stays then.

    Raises:
        ConflictError: It has ended already.
    """
    station = find_station(session, name, lock=True)
    _require_living(station)
    left = waiting(session, station)
    if left and not although_waiting:
        station.next_site, station.duty = None, Duty.DRAIN
        _note(session, station, "station.drain_asked", now, made_by, waiting=left)
        return left
    station.state = StationState.RETIRED
    _note(session, station, "station.retired", now, made_by, waiting=left)
    return 0


def lose(
    session: Session, name: str, *, since: datetime | None, now: datetime, made_by: str
) -> None:
    """End a station that is in other hands; what it sealed before that moment still counts.

    Without a moment all that it delivers from now on is kept aside.

    Raises:
        ConflictError: It was retired.
        InvalidInputError: The moment has not come yet.
    """
    station = find_station(session, name, lock=True)
    if station.state is StationState.RETIRED:
        raise ConflictError("the station was retired", code="station.retired")
    if since is not None and since > now:
        raise InvalidInputError("the moment has not come yet", field="since")
    station.state, station.lost_at = StationState.REVOKED, since
    since_text = None if since is None else since.isoformat()
    _note(session, station, "station.revoked", now, made_by, since=since_text)


def replace_by(session: Session, name: str, successor: str, *, now: datetime, made_by: str) -> None:
    """Let another station of the process take over the site; the old one drains.

    Raises:
        ConflictError: They are of two processes, or the successor has ended.
    """
    old, new = find_station(session, name, lock=True), find_station(session, successor, lock=True)
    if old.id == new.id or old.process_id != new.process_id:
        raise ConflictError("not two stations of one process", code="station.process")
    _require_living(new)
    new.site = old.site
    if old.state not in ENDED:
        old.duty, old.next_site = Duty.DRAIN, None
    _note(session, old, "station.replaced", now, made_by, successor=successor)
    _note(session, new, "station.moved", now, made_by, predecessor=name)


def is_aside(station: Station, is_apoyo: bool, earliest: datetime | None) -> bool:
    """Say whether a packet of a station is kept aside for a person to decide.

    `earliest` is the earliest moment at which it can have been sealed, None where nothing says.
    """
    match station.state:
        case StationState.ACTIVE:
            return is_apoyo and station.duty is Duty.ACCEPTANCE
        case StationState.REVOKED if station.lost_at is not None:
            return earliest is None or earliest > station.lost_at
        case _:
            return True


def checked_site(text: str) -> str:
    """Give the name of a site without needless blanks.

    Raises:
        InvalidInputError: It is empty, too long, or has a character that cannot be kept.
    """
    site = " ".join(text.split())
    if not site or len(site) > MOST_SITE or not site.isprintable():
        raise InvalidInputError(f"a site has 1 to {MOST_SITE} characters", field="site")
    return site


def _require_living(station: Station) -> None:
    if station.state in ENDED:
        raise ConflictError("the station was retired or revoked", code="station.retired")


def _note(
    session: Session,
    station: Station,
    action: str,
    now: datetime,
    made_by: str,
    **details: Detail,
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
