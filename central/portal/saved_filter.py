"""The last search of a session, sealed in its row: a copy of the database shows no name in it."""

import dataclasses
import json
from datetime import date

from sqlalchemy import select, update

from central.errors import SecretError
from central.models import UserSession
from central.reports.records import RecordFilter
from central.secrets import Secrets
from central.services import Services
from central.storage.sealing import Sealer
from domain.apoyo import SituacionRegistral


def write(parts: Services, session_id: int, wanted: RecordFilter) -> None:
    """Keep a filter with a session, in place of the one before; the caller commits."""
    sealed = None if wanted == RecordFilter() else seal(parts.secrets, session_id, wanted)
    parts.session.execute(
        update(UserSession).where(UserSession.id == session_id).values(saved_filter=sealed)
    )


def read(parts: Services, session_id: int) -> RecordFilter:
    """Give the filter kept with a session; an empty one when there is none."""
    sealed = parts.session.scalar(
        select(UserSession.saved_filter).where(UserSession.id == session_id)
    )
    return RecordFilter() if sealed is None else unseal(parts.secrets, session_id, sealed)


def seal(secrets: Secrets, session_id: int, wanted: RecordFilter) -> bytes:
    """Encrypt a filter; the session's number is bound in."""
    values = dataclasses.asdict(wanted)
    for name in ("received_from", "received_to"):
        values[name] = None if values[name] is None else values[name].isoformat()
    return _sealer(secrets).seal(json.dumps(values).encode(), str(session_id))


def unseal(secrets: Secrets, session_id: int, sealed: bytes) -> RecordFilter:
    """Decrypt a filter; an empty one when it was sealed with a secret that was replaced since."""
    try:
        values = json.loads(_sealer(secrets).open(sealed, str(session_id)))
    except SecretError:
        return RecordFilter()
    for name in ("received_from", "received_to"):
        values[name] = None if values[name] is None else date.fromisoformat(values[name])
    if values["situacion"] is not None:
        values["situacion"] = SituacionRegistral(values["situacion"])
    return RecordFilter(**values)


def _sealer(secrets: Secrets) -> Sealer:
    return Sealer(secrets.random("web"), "portal/saved-filter")
