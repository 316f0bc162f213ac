"""The names of the last search of a session, sealed in its row: no address ever has them.

The address of a page has a mark in their place. It opens the names in the session that sought them
and nowhere else: whoever gets such a link is told to write the names again.
"""

import json
import secrets

from sqlalchemy import select, update

from central.errors import SecretError
from central.models import UserSession
from central.reports.record_filter import NAME_FIELDS, RecordFilter
from central.secrets import Secrets
from central.services import Services
from central.storage.sealing import Sealer

_MARK_BYTES = 6


def write(parts: Services, session_id: int, wanted: RecordFilter) -> str:
    """Keep the names of a search in place of those before; give their mark, empty for none.

    The caller commits.
    """
    sealed, mark = None, ""
    if wanted.names_somebody:
        mark = secrets.token_hex(_MARK_BYTES)
        sealed = seal(parts.secrets, session_id, mark, wanted)
    parts.session.execute(
        update(UserSession).where(UserSession.id == session_id).values(saved_filter=sealed)
    )
    return mark


def read(parts: Services, session_id: int, mark: str) -> RecordFilter | None:
    """Give a filter of the names under a mark; None when this session does not have them."""
    sealed = parts.session.scalar(
        select(UserSession.saved_filter).where(UserSession.id == session_id)
    )
    return None if sealed is None else unseal(parts.secrets, session_id, mark, sealed)


def seal(secrets: Secrets, session_id: int, mark: str, wanted: RecordFilter) -> bytes:
    """Encrypt the names of a filter; the session's number and the mark are bound in."""
    names = {name: getattr(wanted, name) for name in NAME_FIELDS}
    return _sealer(secrets).seal(json.dumps(names).encode(), f"{session_id}/{mark}")


def unseal(secrets: Secrets, session_id: int, mark: str, sealed: bytes) -> RecordFilter | None:
    """Decrypt names; None when they were sealed under another mark, or with another secret."""
    try:
        names = json.loads(_sealer(secrets).open(sealed, f"{session_id}/{mark}"))
    except SecretError:
        return None
    return RecordFilter(**names)


def _sealer(secrets: Secrets) -> Sealer:
    return Sealer(secrets.random("web"), "portal/saved-filter")
