"""A process: its dates, offices, thresholds and settings, all of them data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.models.base import Base, BigKey, Key


class Process(Base):
    """One proceso: candidatura independiente, consulta popular, iniciativa de ley, …"""

    __tablename__ = "processes"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="period"),)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    # Label of the official list of process types, e.g. "Candidatura Independiente".
    kind: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # What was captured in the period may still be delivered until then.
    deliver_until: Mapped[datetime]
    # IANA zone in which the days of the reports begin.
    time_zone: Mapped[str] = mapped_column(String(64), server_default="America/Mexico_City")
    # Read by `central.models.settings.ProcessSettings`, which knows each key.
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    offices: Mapped[list[Office]] = relationship(back_populates="process")


class Office(Base):
    """What an aspirante asks support for; a citizen counts once per office of a process."""

    __tablename__ = "offices"
    __table_args__ = (UniqueConstraint("process_id", "code"),)

    id: Mapped[Key]
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id", ondelete="RESTRICT"))
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    # Where its citizens live: `nacional`, `entidad`, `distrito` or `municipio`.
    scope: Mapped[str] = mapped_column(String(16), server_default="nacional")

    process: Mapped[Process] = relationship(back_populates="offices")


class ThresholdRow(Base):
    """A `domain.threshold.Threshold` as data; shares are exact fractions in decimal text."""

    __tablename__ = "thresholds"

    id: Mapped[Key]
    process_id: Mapped[int] = mapped_column(
        ForeignKey("processes.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str] = mapped_column(String(200))
    base: Mapped[str] = mapped_column(String(16))  # `lista_nominal` or `padron`
    # "1/100": Fraction's own text, for one apoyo decides.
    percentage: Mapped[str] = mapped_column(String(40))
    # Citizens of the base list in the aspirante's scope at the cut.
    base_total: Mapped[int]
    cut_on: Mapped[date | None]
    unit: Mapped[str | None] = mapped_column(String(16))  # entidad, distrito, municipio, seccion
    minimum_units: Mapped[int | None]
    minimum_share: Mapped[str | None] = mapped_column(String(40))
    unit_percentage: Mapped[str | None] = mapped_column(String(40))

    units: Mapped[list[ThresholdUnit]] = relationship(back_populates="threshold")


class ThresholdUnit(Base):
    """The base list of one unit of a dispersion, e.g. `09` or `09-05`."""

    __tablename__ = "threshold_units"

    threshold_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("thresholds.id", ondelete="CASCADE"), primary_key=True
    )
    unit_code: Mapped[str] = mapped_column(String(16), primary_key=True)
    base_total: Mapped[int]

    threshold: Mapped[ThresholdRow] = relationship(back_populates="units")


class OpeningKey(Base):
    """A public age key of a process, to which stations seal. The opening half is the vault's."""

    __tablename__ = "opening_keys"

    id: Mapped[Key]
    process_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("processes.id", ondelete="RESTRICT"), index=True
    )
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    recipient: Mapped[str] = mapped_column(String(255))
    # `opening` is used daily; `recovery` is kept offline.
    purpose: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class PolicyVersion(Base):
    """A policy as it was signed for the stations, kept so that the same bytes are served again."""

    __tablename__ = "policy_versions"

    id: Mapped[Key]
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id", ondelete="RESTRICT"))
    version: Mapped[int]
    # SHA-256 of the content without its version: the same content is the same policy.
    content_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    jws: Mapped[str] = mapped_column(String())
    signed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("process_id", "version"),)
