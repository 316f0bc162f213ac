"""Inconformidades: what an aspirante says against the rejection of records, and the answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.models.accounts import User
from central.models.aspirantes import Aspirante
from central.models.base import Base, BigKey, Key, choice
from central.models.records import Record


class ObjectionState(StrEnum):
    """Where an inconformidad stands; it is resolved once each of its records is."""

    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class ObjectionOutcome(StrEnum):
    """What was decided about one record of an inconformidad."""

    PENDING = "pending"
    CORRECTED = "corrected"  # subsanado: the rejection falls
    CONFIRMED = "confirmed"  # the rejection stands
    WITHDRAWN = "withdrawn"


# It waits for the authority.
OPEN_OBJECTIONS = (ObjectionState.SUBMITTED, ObjectionState.IN_REVIEW)


class Objection(Base):
    """One inconformidad about one or many records of one aspirante. Its statement never changes."""

    __tablename__ = "objections"

    id: Mapped[Key]
    # Its public number, in addresses and letters: random, so that others cannot be counted.
    folio: Mapped[str] = mapped_column(String(24), unique=True)
    aspirante_id: Mapped[int] = mapped_column(
        ForeignKey("aspirantes.id", ondelete="RESTRICT"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    # What the aspirante says may name people: sealed.
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[ObjectionState] = mapped_column(choice(ObjectionState, 16))
    submitted_at: Mapped[datetime]
    review_began_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    # Until then the authority lets the aspirante look at the images of its records.
    images_until: Mapped[datetime | None]

    aspirante: Mapped[Aspirante] = relationship()
    user: Mapped[User] = relationship()
    records: Mapped[list[ObjectionRecord]] = relationship(back_populates="objection")
    attachments: Mapped[list[ObjectionAttachment]] = relationship(
        back_populates="objection", order_by="ObjectionAttachment.id"
    )


class ObjectionRecord(Base):
    """One record of an inconformidad, and what was decided about it."""

    __tablename__ = "objection_records"
    __table_args__ = (
        # A record is in one open inconformidad at a time.
        Index(
            "uq_objection_records_open",
            "record_id",
            unique=True,
            sqlite_where=text("outcome = 'pending'"),
            postgresql_where=text("outcome = 'pending'"),
        ),
    )

    objection_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("objections.id", ondelete="RESTRICT"), primary_key=True
    )
    record_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("records.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    outcome: Mapped[ObjectionOutcome] = mapped_column(choice(ObjectionOutcome, 16))
    # The reasons of the rejection as they were when it was contested, its state's own among them.
    reasons: Mapped[list[str]]
    # Why it was decided so, in the words of the authority.
    ground: Mapped[str | None] = mapped_column(String(1000))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    # The clave de elector as a person read it from the image, sealed by `central.storage.citizens`
    # for the record: with it the register is asked again.
    correction: Mapped[bytes | None] = mapped_column(LargeBinary)

    objection: Mapped[Objection] = relationship(back_populates="records")
    record: Mapped[Record] = relationship()


class ObjectionAttachment(Base):
    """A file beside the statement. The bytes lie sealed in `storage.documents` under the token."""

    __tablename__ = "objection_attachments"

    id: Mapped[Key]
    objection_id: Mapped[int] = mapped_column(
        ForeignKey("objections.id", ondelete="RESTRICT"), index=True
    )
    token: Mapped[str] = mapped_column(String(36), unique=True)
    # The name that the person gave it, sealed: it may name people.
    name: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(80))
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))

    objection: Mapped[Objection] = relationship(back_populates="attachments")
