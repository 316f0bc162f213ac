"""Aspirantes and the auxiliares who capture for them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, UniqueConstraint, true
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.models.accounts import AccountKind
from central.models.base import Base, BigKey, Key, choice
from central.models.processes import Office, Process, ThresholdRow
from domain.apoyo import SituacionRegistral
from domain.credential.text import fold

_LONGEST_FOLDED = 320


class Aspirante(Base):
    """Who asks for support in a process; known by the folio de la solicitud."""

    __tablename__ = "aspirantes"

    id: Mapped[Key]
    process_id: Mapped[int] = mapped_column(
        ForeignKey("processes.id", ondelete="RESTRICT"), index=True
    )
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id", ondelete="RESTRICT"))
    threshold_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("thresholds.id", ondelete="RESTRICT")
    )
    # Part of every folio de registro: A-Z and 0-9, at most 20.
    folio_solicitud: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    # The scope of the office for this aspirante, in the register's numbers.
    scope_entidad: Mapped[int | None]
    scope_distrito: Mapped[int | None]
    scope_municipio: Mapped[int | None]
    # Dates of this aspirante where they differ from those of the process.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(Boolean, server_default=true())
    created_at: Mapped[datetime]

    process: Mapped[Process] = relationship()
    office: Mapped[Office] = relationship()
    threshold: Mapped[ThresholdRow | None] = relationship()


class AuxiliarState(StrEnum):
    """The life of an auxiliar; only `active`, `invited` and `suspended` are sent to stations."""

    REGISTERED = "registered"  # entered in the portal; `situacion_registral` says how far it is
    INVITED = "invited"  # the activation code was sent
    ACTIVE = "active"
    SUSPENDED = "suspended"  # blocked by the authority
    DEACTIVATED = "deactivated"  # by the aspirante


class Stage(StrEnum):
    """How far an auxiliar has come, as the aspirante sees it."""

    REGISTERED = "registered"
    CHECKED = "checked"  # the register has them in the Lista Nominal
    NOT_LISTED = "not_listed"  # it has them elsewhere or not at all: they are not invited
    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DEACTIVATED = "deactivated"


class Auxiliar(Base):
    """Who captures, and answers for it. Never deleted: records name their auxiliar."""

    __tablename__ = "auxiliares"
    __table_args__ = (
        UniqueConstraint("aspirante_id", "email"),
        # One person captures for one aspirante of a process.
        Index("uq_auxiliares_process_id_email", "process_id", "email", unique=True),
        Index("uq_auxiliares_process_id_clave_key", "process_id", "clave_key", unique=True),
        # Keyset pages of Consulta de auxiliares, and the queue of those the register is asked for.
        Index("ix_auxiliares_aspirante_id_id_auxiliar", "aspirante_id", "id_auxiliar"),
        Index("ix_auxiliares_aspirante_id_name", "aspirante_id", "name_folded", "id"),
        Index("ix_auxiliares_state_id", "state", "id"),
    )

    id: Mapped[Key]
    # The process of the aspirante, here so that the database can promise one person, one place;
    # null where two places were taken before it did.
    process_id: Mapped[int | None] = mapped_column(BigKey)
    aspirante_id: Mapped[int] = mapped_column(
        ForeignKey("aspirantes.id", ondelete="RESTRICT"), index=True
    )
    # The file they came in: an `AuxiliarBatch`.
    batch_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    # Part of every folio de registro, unique at the centre: A-Z and 0-9, at most 20.
    id_auxiliar: Mapped[str] = mapped_column(String(20), unique=True)
    nombres: Mapped[str] = mapped_column(String(100))
    apellido_paterno: Mapped[str] = mapped_column(String(100), server_default="")
    apellido_materno: Mapped[str] = mapped_column(String(100), server_default="")
    # Surnames and names without case and accents: what a list is sorted and searched by.
    name_folded: Mapped[str] = mapped_column(
        String(_LONGEST_FOLDED), default=lambda context: _folded(context), server_default=""
    )
    born_on: Mapped[date | None]
    telefono_movil: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254), index=True)
    account_kind: Mapped[AccountKind | None] = mapped_column(choice(AccountKind, 1))
    # HMAC of the clave de elector: one person may not capture for several aspirantes.
    clave_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    # The clave itself, sealed until the register has answered and null from then on.
    clave_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    # What the register answered; null until it was asked. Only Lista Nominal is invited.
    situacion_registral: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[AuxiliarState] = mapped_column(choice(AuxiliarState, 16))
    # Argon2id of the one-time code from the e-mail, and of the password once it is set.
    activation_verifier: Mapped[str | None] = mapped_column(String(255))
    verifier: Mapped[str | None] = mapped_column(String(255))
    # Wrong codes since the code was made.
    activation_failures: Mapped[int] = mapped_column(server_default="0")
    must_change_password: Mapped[bool] = mapped_column(Boolean, server_default=true())
    invited_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    aspirante: Mapped[Aspirante] = relationship()

    @property
    def stage(self) -> Stage:
        """Say how far they have come."""
        if self.state is not AuxiliarState.REGISTERED or self.situacion_registral is None:
            return Stage(self.state.value)
        listed = self.situacion_registral == SituacionRegistral.LISTA_NOMINAL.value
        return Stage.CHECKED if listed else Stage.NOT_LISTED


def folded_name(nombres: str, apellido_paterno: str, apellido_materno: str) -> str:
    """Give what `Auxiliar.name_folded` holds."""
    return fold(f"{apellido_paterno} {apellido_materno} {nombres}")[:_LONGEST_FOLDED]


def _folded(context: DefaultExecutionContext) -> str:
    row: dict[str, str | None] = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types there
    names = ("nombres", "apellido_paterno", "apellido_materno")
    return folded_name(*(row.get(name) or "" for name in names))


class BatchState(StrEnum):
    """What became of a file of auxiliares."""

    CHECKED = "checked"  # read and shown; nothing was imported
    IMPORTED = "imported"
    UNDONE = "undone"


class AuxiliarBatch(Base):
    """One file of auxiliares, from its dry run to its import and, maybe, its undoing."""

    __tablename__ = "auxiliar_batches"

    id: Mapped[Key]
    # Names it in addresses: random, so that numbers of others cannot be counted.
    token: Mapped[str] = mapped_column(String(36), unique=True)
    aspirante_id: Mapped[int] = mapped_column(
        ForeignKey("aspirantes.id", ondelete="RESTRICT"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    state: Mapped[BatchState] = mapped_column(choice(BatchState, 16))
    # The rows as read, sealed, until they are imported or dropped.
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    rows: Mapped[int]
    good: Mapped[int]
    created_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
