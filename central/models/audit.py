"""Who did what to which record, when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from central.models.base import Base, BigKey, Key


class AuditEntry(Base):
    """One act. Append-only: the database refuses to change or delete it."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject_kind", "subject"),)

    id: Mapped[Key]
    at: Mapped[datetime]
    # `user:12`, `station:E1`, `worker:…` or `cli:root`.
    actor: Mapped[str] = mapped_column(String(80))
    # `subject.past`, as in the log: `record.opened`, `station.quarantined`.
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(80))
    # Codes and numbers; never a name, key or image of a person.
    details: Mapped[dict[str, Any]]


class AuditSeal(Base):
    """A signed root over a run of entries; each names the one before it."""

    __tablename__ = "audit_seals"

    id: Mapped[Key]
    first_id: Mapped[int] = mapped_column(BigKey)
    last_id: Mapped[int] = mapped_column(BigKey, unique=True)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    jws: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime]
