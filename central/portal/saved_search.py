"""What somebody of the authority searched for, sealed in the row of their session.

A search may be a name: no address, history or log of a proxy ever holds it.
"""

from sqlalchemy import select, update

from central.errors import SecretError
from central.models import UserSession
from central.services import Services
from central.storage.sealing import Sealer


def write(parts: Services, session_id: int, text: str) -> None:
    """Keep a search with a session, in place of the one before; the caller commits."""
    sealed = _sealer(parts).seal(text.encode(), str(session_id)) if text else None
    parts.session.execute(
        update(UserSession).where(UserSession.id == session_id).values(saved_filter=sealed)
    )


def read(parts: Services, session_id: int) -> str:
    """Give the search kept with a session; empty when there is none, or the secret was replaced."""
    sealed = parts.session.scalar(
        select(UserSession.saved_filter).where(UserSession.id == session_id)
    )
    if sealed is None:
        return ""
    try:
        return _sealer(parts).open(sealed, str(session_id)).decode()
    except SecretError:
        return ""


def _sealer(parts: Services) -> Sealer:
    return Sealer(parts.secrets.random("web"), "portal/staff-search")
