"""Acts of people and programs, written in the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from central.models.audit import AuditEntry

# Nothing of a person may be written here; these are the types that may.
Detail = str | int | bool | None | list[str]


def write(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject_kind: str,
    subject: str,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Add one act to the caller's transaction: the two are kept together or not at all.

    Args:
        session: A session that writes.
        at: When it happened.
        actor: `user:12`, `station:E1`, `worker:…`, `cli:root`.
        action: `subject.past`, listed in docs/log-events.md.
        subject_kind: The kind of thing acted on: `record`, `station`, `user`, …
        subject: Its public identifier: a folio, an id de dispositivo, a number.
        details: Codes and numbers, never a name, key or image of a person.
    """
    session.add(
        AuditEntry(
            at=at,
            actor=actor,
            action=action,
            subject_kind=subject_kind,
            subject=subject,
            details=dict(details or {}),
        )
    )


def write_all(
    session: Session,
    subjects: Sequence[str],
    *,
    at: datetime,
    actor: str,
    action: str,
    subject_kind: str,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Add the same act on many subjects, an entry each, in one statement."""
    rows = [
        {
            "at": at,
            "actor": actor,
            "action": action,
            "subject_kind": subject_kind,
            "subject": subject,
            "details": dict(details or {}),
        }
        for subject in subjects
    ]
    if rows:
        session.execute(insert(AuditEntry), rows)
