"""Apoyos: one row per sealed record, its place in the partition, and every change of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.models.aspirantes import Aspirante, Auxiliar
from central.models.base import Base, BigKey, Key, choice
from central.models.packets import Packet
from central.models.stations import Station
from central.models.work import WorkRow, open_work
from domain.apoyo import SituacionRegistral, State


class ReviewState(StrEnum):
    """What the mesa de control has said of the images."""

    NOT_ASKED = "not_asked"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Record(WorkRow):
    """One apoyo as its station sealed it, and what verification found.

    What came in the packet never changes. `state` is one of the nine of the partition, and every
    change of it is a `StateChange` and a pair of deltas written in the same transaction.
    `valid` is true only when the register and the review have both said so, false once the
    record is decided against, null while undecided.
    """

    __tablename__ = "records"
    __table_args__ = (
        # Keyset pages of Consulta de registros, newest first, with and without a state.
        Index("ix_records_aspirante_id_id", "aspirante_id", "id"),
        Index("ix_records_aspirante_id_state_id", "aspirante_id", "state", "id"),
        Index("ix_records_auxiliar_id_id", "auxiliar_id", "id"),
        # The other orders of the same pages.
        Index("ix_records_aspirante_id_captured_at_id", "aspirante_id", "captured_at", "id"),
        Index("ix_records_aspirante_id_folio_registro", "aspirante_id", "folio_registro"),
        Index("ix_records_aspirante_id_auxiliar_id_id", "aspirante_id", "auxiliar_id", "id"),
        Index("ix_records_aspirante_id_station_id_id", "aspirante_id", "station_id", "id"),
        # What few records have: they are found without a walk over the others.
        Index(
            "ix_records_aspirante_id_motivo_baja_id",
            "aspirante_id",
            "motivo_baja",
            "id",
            sqlite_where=text("motivo_baja IS NOT NULL"),
            postgresql_where=text("motivo_baja IS NOT NULL"),
        ),
        # Duplicates: one citizen within one office.
        Index("ix_records_office_id_citizen_key", "office_id", "citizen_key"),
        Index(
            "ix_records_duplicate_of_id",
            "duplicate_of_id",
            sqlite_where=text("duplicate_of_id IS NOT NULL"),
            postgresql_where=text("duplicate_of_id IS NOT NULL"),
        ),
        open_work("records"),
    )

    packet_id: Mapped[int] = mapped_column(
        ForeignKey("packets.id", ondelete="RESTRICT"), unique=True
    )
    folio_registro: Mapped[str] = mapped_column(String(64), unique=True)
    aspirante_id: Mapped[int] = mapped_column(ForeignKey("aspirantes.id", ondelete="RESTRICT"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id", ondelete="RESTRICT"))
    auxiliar_id: Mapped[int] = mapped_column(ForeignKey("auxiliares.id", ondelete="RESTRICT"))
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    # By the station's clock: a hint, never a proof.
    captured_at: Mapped[datetime]
    # How far that clock is to be believed: a value of `wire.packet.ClockClass`.
    clock_class: Mapped[str] = mapped_column(String(16))
    # The bracket that is a proof: not before the anchor in the chain, not after the reception.
    captured_after: Mapped[datetime | None]
    received_at: Mapped[datetime]
    # Day of reception in the zone of the process: the day of the reports.
    received_on: Mapped[date] = mapped_column(Date)

    state: Mapped[State] = mapped_column(choice(State, 24))
    review_state: Mapped[ReviewState] = mapped_column(
        choice(ReviewState, 16), server_default=ReviewState.NOT_ASKED.value
    )
    valid: Mapped[bool | None] = mapped_column(Boolean)
    # Stable codes, e.g. `duplicate.same_aspirante`; the portal translates them.
    reasons: Mapped[list[str]]
    verified_at: Mapped[datetime | None]
    situacion_registral: Mapped[SituacionRegistral] = mapped_column(
        choice(SituacionRegistral, 32), server_default=SituacionRegistral.SIN_RESPUESTA.value
    )
    motivo_baja: Mapped[str | None] = mapped_column(String(80))
    # The register's geography, never the card's; null until it answered.
    entidad: Mapped[int | None] = mapped_column(SmallInteger)
    distrito: Mapped[int | None] = mapped_column(SmallInteger)
    municipio: Mapped[int | None] = mapped_column(SmallInteger)
    seccion: Mapped[int | None] = mapped_column(SmallInteger)
    register_version_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("register_versions.id", ondelete="RESTRICT")
    )
    # HMAC of the clave de elector: equal for one citizen, says nothing else.
    citizen_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # The record that counts in this one's place, when this one is a duplicate.
    duplicate_of_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("records.id", ondelete="RESTRICT")
    )
    # Highest presentation-attack score of the images, thousandths; null when none was taken.
    attack_permille: Mapped[int | None] = mapped_column(SmallInteger)

    packet: Mapped[Packet] = relationship()
    aspirante: Mapped[Aspirante] = relationship()
    auxiliar: Mapped[Auxiliar] = relationship()
    station: Mapped[Station] = relationship()


class StateChange(Base):
    """One step of a record through the partition. Append-only."""

    __tablename__ = "state_changes"

    id: Mapped[Key]
    record_id: Mapped[int] = mapped_column(
        ForeignKey("records.id", ondelete="RESTRICT"), index=True
    )
    # Null for the first, when the record was received.
    before: Mapped[str | None] = mapped_column(String(24))
    after: Mapped[str] = mapped_column(String(24))
    reasons: Mapped[list[str]]
    # `intake`, `verification`, or the user of the review desk.
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


class Citizen(Base):
    """Who gave one apoyo: sealed, one row per record, apart from everything else.

    `sealed` is opened by `central.storage.citizens` with the key of the record's aspirante; a
    copy of the database alone shows nobody's name.
    """

    __tablename__ = "citizens"

    record_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class CitizenWord(Base):
    """A word of a citizen's name as a keyed digest, so that a search needs no plain name."""

    __tablename__ = "citizen_words"
    __table_args__ = (
        Index("ix_citizen_words_record_id", "record_id"),
        {"sqlite_with_rowid": False},
    )

    aspirante_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("aspirantes.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    record_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True
    )
