"""People who sign in on the web, what they may do, and their sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.models.base import Base, BigKey, Key


class AccountKind(StrEnum):
    """Tipo de cuenta, with the letters of the official file."""

    GOOGLE = "g"
    FACEBOOK = "f"


class User(Base):
    """A person of the portal or of the authority. Never deleted: deactivated."""

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_invitation_sha256", "invitation_sha256", unique=True),)

    id: Mapped[Key]
    # Lower case; it is how a person is invited, never how accounts are joined.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    # Argon2id; null for those who sign in with an OpenID Connect provider only.
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_changed_at: Mapped[datetime | None]
    # Sealed; null until somebody who needs a second factor signs in for the first time.
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    # The last accepted step, so that a code is good once; null until the first one was shown.
    totp_last_step: Mapped[int | None]
    must_change_password: Mapped[bool] = mapped_column(Boolean, server_default=false())
    active: Mapped[bool] = mapped_column(Boolean, server_default=true())
    # Access ends then; null: with the deactivation alone.
    expires_at: Mapped[datetime | None]
    # Tipo de cuenta that the authority registered, an `AccountKind`; null: any provider.
    account_kind: Mapped[str | None] = mapped_column(String(1))
    # SHA-256 of the one-time token in the letter with the access data, and until when it is good.
    invitation_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    invitation_expires_at: Mapped[datetime | None]
    wants_digest: Mapped[bool] = mapped_column(Boolean, server_default=true())
    failed_sign_ins: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]

    identities: Mapped[list[UserIdentity]] = relationship(back_populates="user")
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", foreign_keys="RoleGrant.user_id"
    )


class UserIdentity(Base):
    """One account of an OpenID Connect or OAuth 2 provider, known by (issuer, subject)."""

    __tablename__ = "user_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="identities")


class RoleGrant(Base):
    """A role of a person, bounded to one process or aspirante where the role is.

    `role` is a value of `central.accounts`' roles; the scope columns say over what.
    """

    __tablename__ = "role_grants"
    __table_args__ = (UniqueConstraint("user_id", "role", "process_id", "aspirante_id"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(32))
    process_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("processes.id", ondelete="CASCADE")
    )
    aspirante_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("aspirantes.id", ondelete="CASCADE"), index=True
    )
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("users.id", ondelete="SET NULL")
    )

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])


class UserSession(Base):
    """One signed-in browser. The cookie holds a token; here is only its SHA-256."""

    __tablename__ = "user_sessions"

    id: Mapped[Key]
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    # The one role the person acts in for as long as the session lasts.
    role: Mapped[str] = mapped_column(String(32), server_default="aspirante")
    # How the person proved who they are: `password+totp` or the issuer.
    method: Mapped[str] = mapped_column(String(255))
    user_agent: Mapped[str] = mapped_column(String(255), server_default="")
    # The last search of the session, of records or of the authority's aspirantes, sealed: names
    # searched for stay out of addresses.
    saved_filter: Mapped[bytes | None] = mapped_column(LargeBinary)

    user: Mapped[User] = relationship()
