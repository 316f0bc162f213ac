"""Releases for stations, how far each may go, and what became of it at every station."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from central.models.base import Base, BigKey, Key, choice


class Ring(StrEnum):
    """Which stations get a release first, in this order; later ones get it when it held there."""

    LAB = "lab"  # never drawn: stations of the authority's own workshop
    CANARY = "canary"
    EARLY = "early"
    GENERAL = "general"

    @property
    def reached(self) -> tuple[Ring, ...]:
        """Every ring that has a release which got as far as this one."""
        rings = tuple(Ring)
        return rings[: rings.index(self) + 1]

    @property
    def following(self) -> Ring | None:
        """The ring after this one."""
        rings = tuple(Ring)
        place = rings.index(self) + 1
        return rings[place] if place < len(rings) else None


# Of a hundred stations.
DRAWN = {Ring.CANARY: 5, Ring.EARLY: 10}


def drawn_ring(id_dispositivo: str) -> Ring:
    """Draw a station's ring from its id: the same at every time, and spread over every office."""
    place = int.from_bytes(hashlib.sha256(id_dispositivo.encode("ascii")).digest()[:4], "big") % 100
    if place < DRAWN[Ring.CANARY]:
        return Ring.CANARY
    return Ring.EARLY if place < sum(DRAWN.values()) else Ring.GENERAL


class ReleaseState(StrEnum):
    """Whether stations are told of a release."""

    OFFERED = "offered"
    HALTED = "halted"  # by a person, or because stations returned from it


class Release(Base):
    """One signed bundle; only how far it may go ever changes."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("kind", "compatible", "number"),)

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(8))  # `system` or `models`
    version: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(BigKey)  # grows; a station never takes a lower one
    compatible: Mapped[str] = mapped_column(String(64))
    is_critical: Mapped[bool]
    # Names the file of the bundle, and the address stations fetch it at.
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigKey)
    # As it was signed offline; the centre cannot make another.
    manifest: Mapped[str] = mapped_column(Text)
    state: Mapped[ReleaseState] = mapped_column(choice(ReleaseState, 8))
    # Why it was halted: `person`, or `returned` with the number of stations in the audit trail.
    halted_by: Mapped[str | None] = mapped_column(String(16))
    ring: Mapped[Ring] = mapped_column(choice(Ring, 8))
    # When it came into `ring`: the next one opens a minimum age later.
    reached_at: Mapped[datetime]
    added_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class StationUpdate(Base):
    """What a station last said of one release: where it stands, and why it returned from it."""

    __tablename__ = "station_updates"
    __table_args__ = (UniqueConstraint("release_id", "station_id"),)

    id: Mapped[Key]
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
    station_id: Mapped[int] = mapped_column(
        ForeignKey("stations.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(16))  # a word of `wire.bundle.UpdateState`
    code: Mapped[str] = mapped_column(String(64), server_default="")
    ring: Mapped[Ring] = mapped_column(choice(Ring, 8))  # the station's, at that time
    changed_at: Mapped[datetime]
