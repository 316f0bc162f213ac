"""Reports that people ask for, made by the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.models.accounts import User
from central.models.aspirantes import Aspirante
from central.models.work import WorkRow, open_work


class Export(WorkRow):
    """One report as it was asked for, and the signed file it became.

    The bytes lie sealed in `storage.documents` under the token; they go when `expires_at` is past,
    the row stays.
    """

    __tablename__ = "exports"
    __table_args__ = (open_work("exports"),)

    # Names it in addresses: random, so that numbers of others cannot be counted.
    token: Mapped[str] = mapped_column(String(36), unique=True)
    aspirante_id: Mapped[int] = mapped_column(
        ForeignKey("aspirantes.id", ondelete="RESTRICT"), index=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    # What it lists, and how: known by `central.reports`.
    kind: Mapped[str] = mapped_column(String(32))
    format: Mapped[str] = mapped_column(String(8))
    # Filters and grouping; what may name a person is sealed beside them.
    parameters: Mapped[dict[str, Any]]
    parameters_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    done_permille: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    rows: Mapped[int | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # Signed over the hash of the bytes: whoever has the file and the public key can check it.
    jws: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    # When the bytes were deleted; who has a copy can still check it against this row.
    removed_at: Mapped[datetime | None]

    aspirante: Mapped[Aspirante] = relationship()
    user: Mapped[User] = relationship()
