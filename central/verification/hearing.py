"""What a hearing has corrected, for the verification that follows it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import ObjectionOutcome, ObjectionRecord
from central.storage.citizens import CitizenSealer


def set_aside(session: Session, record_id: int) -> frozenset[str]:
    """Give the reasons that were contested and fell: a record is not rejected for them again."""
    found = session.scalars(
        select(ObjectionRecord.reasons).where(
            ObjectionRecord.record_id == record_id,
            ObjectionRecord.outcome == ObjectionOutcome.CORRECTED,
        )
    )
    return frozenset(code for reasons in found for code in reasons)


def corrected_claves(
    session: Session, record_ids: Sequence[int], citizens: CitizenSealer
) -> dict[int, str]:
    """Give the claves that people read from the images, by record; the last reading holds."""
    rows = session.scalars(
        select(ObjectionRecord)
        .where(
            ObjectionRecord.record_id.in_(record_ids),
            ObjectionRecord.correction.is_not(None),
        )
        .order_by(ObjectionRecord.decided_at)
    )
    return {
        row.record_id: citizens.open(
            row.record.aspirante_id, row.record_id, row.correction or b""
        ).clave_elector
        for row in rows
    }
