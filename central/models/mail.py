"""Letters to people, written down in the transaction of their cause and sent by the worker."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.models.accounts import User
from central.models.aspirantes import Aspirante, Auxiliar
from central.models.base import BigKey, choice
from central.models.work import WorkRow, open_work


class MailKind(StrEnum):
    """What a letter says."""

    ACCESS = "access"  # to the aspirante: the portal is open, with the button «Portal captación»
    ACTIVATION = "activation"  # to an auxiliar: the code to activate with at a station
    DIGEST = "digest"  # what came in yesterday
    THRESHOLD = "threshold"  # the threshold or its dispersion is reached, or no longer
    REJECTION = "rejection"  # more is rejected than is usual
    DEADLINE = "deadline"  # the period ends, or the time to deliver does
    OBJECTION = "objection"  # something happened to an inconformidad
    EXPORT = "export"  # a report that was asked for is ready


class Mail(WorkRow):
    """One letter. It holds neither text nor address: both are made when it is sent.

    A one-time code or token is made at that moment too, so that it is stored nowhere.
    """

    __tablename__ = "mails"
    __table_args__ = (
        # The last letter of a kind about a request: what was said before.
        Index("ix_mails_aspirante_id_kind_id", "aspirante_id", "kind", "id"),
        open_work("mails"),
    )

    kind: Mapped[MailKind] = mapped_column(choice(MailKind, 16))
    # To whom: one of the two.
    user_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    auxiliar_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("auxiliares.id", ondelete="CASCADE"), index=True
    )
    # Whose request it is about.
    aspirante_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("aspirantes.id", ondelete="CASCADE")
    )
    # Counts, codes and days; never a name, an address or a key of a person.
    details: Mapped[dict[str, Any]]
    # What must not be said twice, e.g. `threshold:12:reached`; the database keeps it once.
    once: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)

    user: Mapped[User | None] = relationship()
    auxiliar: Mapped[Auxiliar | None] = relationship()
    aspirante: Mapped[Aspirante | None] = relationship()
