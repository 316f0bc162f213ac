"""Seals over the audit trail: a signed root each minute, so that a removed entry shows."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.models.audit import AuditEntry, AuditSeal
from central.models.database import lock_for_transaction
from wire import jws
from wire.canonical import dumps
from wire.keys import Signer
from wire.merkle import EMPTY_ROOT, leaf_hash, root

TYP_SEAL = "acopio-audit-seal+jws"
_MOST = 10_000


def seal_entries(session: Session, signer: Signer, now: datetime) -> int:
    """Seal the entries that no seal covers yet, at most 10,000; give how many."""
    lock_for_transaction(session, b"acopio/audit-seal")
    entries = list(
        session.execute(
            select(AuditEntry)
            .where(AuditEntry.seal_id.is_(None))
            .order_by(AuditEntry.id)
            .limit(_MOST)
        ).scalars()
    )
    if not entries:
        return 0
    value = root([_previous_root(session, before=None), *map(entry_hash, entries)])
    claims: dict[str, int | str] = {
        "v": 1,
        "entries": len(entries),
        "root": value.hex(),
        "time_ms": _ms(now),
    }
    seal = AuditSeal(
        entries=len(entries),
        root=value,
        jws=jws.sign(claims, typ=TYP_SEAL, signer=signer),
        sealed_at=now,
    )
    session.add(seal)
    session.flush()
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.id.in_([entry.id for entry in entries]))
        .values(seal_id=seal.id)
    )
    return len(entries)


def broken_seals(session: Session) -> list[int]:
    """Compute every root again; give the seals that do not hold, oldest first."""
    broken = []
    for seal in session.execute(select(AuditSeal).order_by(AuditSeal.id)).scalars():
        entries = list(
            session.execute(
                select(AuditEntry).where(AuditEntry.seal_id == seal.id).order_by(AuditEntry.id)
            ).scalars()
        )
        expected = root([_previous_root(session, before=seal.id), *map(entry_hash, entries)])
        if expected != seal.root or len(entries) != seal.entries:
            broken.append(seal.id)
    return broken


def entry_hash(entry: AuditEntry) -> bytes:
    """Hash one entry in canonical JSON, as a leaf."""
    return leaf_hash(
        dumps(
            {
                "id": entry.id,
                "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "actor": entry.actor,
                "action": entry.action,
                "subject_kind": entry.subject_kind,
                "subject": entry.subject,
                "details": entry.details,
            }
        )
    )


def _previous_root(session: Session, before: int | None) -> bytes:
    query = select(AuditSeal.root).order_by(AuditSeal.id.desc()).limit(1)
    if before is not None:
        query = query.where(AuditSeal.id < before)
    found = session.execute(query).scalar_one_or_none()
    return EMPTY_ROOT if found is None else found


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
