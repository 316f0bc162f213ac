"""Which stations get a release first."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

from central.models import Ring, Station


def set_ring(session: Session, station_ids: Collection[int], ring: Ring) -> int:
    """Put stations into a ring, whatever their id drew; give how many there were."""
    changed = session.execute(update(Station).where(Station.id.in_(station_ids)).values(ring=ring))
    return int(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
