"""The last search of a session, sealed in its row: a copy of the database shows no name in it."""

import dataclasses
import json
from datetime import date
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select, update

from central.models import UserSession
from central.reports.records import RecordFilter
from central.secrets import Secrets
from central.services import Services
from domain.apoyo import SituacionRegistral

_NONCE_BYTES = 12


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
    """Encrypt a filter (AES-256-GCM); the session's number is bound in."""
    nonce = urandom(_NONCE_BYTES)
    values = dataclasses.asdict(wanted)
    for name in ("received_from", "received_to"):
        values[name] = None if values[name] is None else values[name].isoformat()
    plain = json.dumps(values).encode()
    return nonce + AESGCM(_key(secrets)).encrypt(nonce, plain, _context(session_id))


def unseal(secrets: Secrets, session_id: int, sealed: bytes) -> RecordFilter:
    """Decrypt a filter; an empty one when it was sealed with a secret that was replaced since."""
    nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        values = json.loads(AESGCM(_key(secrets)).decrypt(nonce, body, _context(session_id)))
    except InvalidTag:
        return RecordFilter()
    for name in ("received_from", "received_to"):
        values[name] = None if values[name] is None else date.fromisoformat(values[name])
    if values["situacion"] is not None:
        values["situacion"] = SituacionRegistral(values["situacion"])
    return RecordFilter(**values)


def _key(secrets: Secrets) -> bytes:
    context = b"acopio/portal/saved-filter"
    return HKDF(hashes.SHA256(), 32, salt=None, info=context).derive(secrets.random("web"))


def _context(session_id: int) -> bytes:
    return str(session_id).encode("ascii")
