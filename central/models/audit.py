"""Who did what to which record, when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from central.models.base import Base, BigKey, Key


class AuditEntry(Base):
    """One act. Append-only: the database refuses to change or delete it, but for its seal."""

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
    seal_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("audit_seals.id", ondelete="RESTRICT"), index=True
    )


class AuditSeal(Base):
    """A signed Merkle root over the entries that name it, in the order of their ids.

    `root` covers the previous seal's root as its first leaf: taking one away shows.
    """

    __tablename__ = "audit_seals"

    id: Mapped[Key]
    entries: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    jws: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime]
