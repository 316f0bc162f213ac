"""The electoral register as imported: a keyed digest of each clave, its answer, its place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    ForeignKey,
    LargeBinary,
    ScalarSelect,
    SmallInteger,
    String,
    false,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from central.models.base import Base, BigKey, Key


class RegisterVersion(Base):
    """One import of the list. Answers name the version they came from."""

    __tablename__ = "register_versions"

    id: Mapped[Key]
    label: Mapped[str] = mapped_column(String(80))
    source_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    entries: Mapped[int] = mapped_column(BigKey, server_default="0")
    # An import is seen only when complete; the newest complete one answers.
    complete: Mapped[bool] = mapped_column(Boolean, server_default=false())
    imported_at: Mapped[datetime]


def newest_version() -> ScalarSelect[int | None]:
    """Give the id of the import that answers, to stand in a statement; null before the first."""
    return select(func.max(RegisterVersion.id)).where(RegisterVersion.complete).scalar_subquery()


class RegisterEntry(Base):
    """One citizen of the register. The key needs a secret that the database does not hold."""

    __tablename__ = "register_entries"
    __table_args__ = ({"sqlite_with_rowid": False},)

    version_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("register_versions.id", ondelete="CASCADE"), primary_key=True
    )
    # The first 16 bytes of HMAC-SHA256(secret, clave de elector).
    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    # `L` Lista Nominal, `P` padrón, `B` baja.
    situacion: Mapped[str] = mapped_column(String(1))
    motivo_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("motivos_baja.id", ondelete="RESTRICT")
    )
    entidad: Mapped[int] = mapped_column(SmallInteger)
    distrito: Mapped[int] = mapped_column(SmallInteger)
    municipio: Mapped[int] = mapped_column(SmallInteger)
    seccion: Mapped[int] = mapped_column(SmallInteger)


class RegisterSection(Base):
    """How many citizens a sección has, and where it lies: the base of the thresholds."""

    __tablename__ = "register_sections"

    version_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("register_versions.id", ondelete="CASCADE"), primary_key=True
    )
    entidad: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seccion: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    distrito: Mapped[int] = mapped_column(SmallInteger)
    municipio: Mapped[int] = mapped_column(SmallInteger)
    lista_nominal: Mapped[int]
    padron: Mapped[int]


class MotivoBaja(Base):
    """The official list of causes of removal, as data: it has changed before."""

    __tablename__ = "motivos_baja"

    id: Mapped[Key]
    label: Mapped[str] = mapped_column(String(80), unique=True)
