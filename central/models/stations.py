"""Stations, the claims that enrol them, and their chains as the centre knows them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.models.base import Base, BigKey, Key, choice
from central.models.processes import Process
from central.models.releases import Ring, drawn_ring


class StationState(StrEnum):
    """A station may deliver in every state but `claimed`; evidence is never refused."""

    CLAIMED = "claimed"  # a claim file was made, no key is known yet
    ACTIVE = "active"
    QUARANTINED = "quarantined"  # it forked: what it delivers is kept aside
    REVOKED = "revoked"
    RETIRED = "retired"


# No station comes back from these.
ENDED = (StationState.RETIRED, StationState.REVOKED)
MOST_SITE = 120  # characters


class Duty(StrEnum):
    """What a station is for just now; it delivers in every one of them."""

    ACCEPTANCE = "acceptance"  # enrolled, not active: its readiness has not been accepted
    CAPTURE = "capture"
    DRAIN = "drain"  # it moves or ends: no new captures until all it has is here


class Station(Base):
    """One capture station, known by its id de dispositivo and by its public key."""

    __tablename__ = "stations"

    id: Mapped[Key]
    process_id: Mapped[int] = mapped_column(ForeignKey("processes.id", ondelete="RESTRICT"))
    id_dispositivo: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[StationState] = mapped_column(choice(StationState, 16))
    # RFC 7638 thumbprint of the ES256 key that signs its packets and requests.
    kid: Mapped[str | None] = mapped_column(String(64), unique=True)
    certificate_pem: Mapped[str | None] = mapped_column(Text)
    epoch: Mapped[str | None] = mapped_column(String(64))
    enrolled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_hello_at: Mapped[datetime | None]
    # What it last said of itself: version, disk, temperature, packets waiting.
    health: Mapped[dict[str, Any] | None]
    # Its clock minus ours at the last hello, ms: a hint for the operator.
    clock_offset_ms: Mapped[int | None] = mapped_column(BigKey)
    # When a release reaches it; drawn from its id, or set by a person.
    ring: Mapped[Ring] = mapped_column(
        choice(Ring, 8, is_checked=False),
        default=lambda context: drawn_ring(context.get_current_parameters()["id_dispositivo"]),
        server_default=Ring.GENERAL,
    )

    duty: Mapped[Duty] = mapped_column(
        choice(Duty, 16, is_checked=False), default=Duty.CAPTURE, server_default=Duty.CAPTURE
    )
    # Where it stands, in the words of whoever placed it.
    site: Mapped[str] = mapped_column(String(MOST_SITE), default="", server_default="")
    # Where it goes once it is drained.
    next_site: Mapped[str | None] = mapped_column(String(MOST_SITE))
    # Of the board that enrolled, as it said itself.
    serial: Mapped[str] = mapped_column(String(40), default="", server_default="")
    hardware: Mapped[str] = mapped_column(String(32), default="", server_default="")
    # From when on it is in other hands: what it sealed later is kept aside.
    lost_at: Mapped[datetime | None]
    # The report of its acceptance, as the station signed it.
    readiness_jws: Mapped[str | None] = mapped_column(Text)
    readiness_at: Mapped[datetime | None]

    process: Mapped[Process] = relationship()
    epochs: Mapped[list[StationEpoch]] = relationship(back_populates="station")


class StationKey(Base):
    """Every key a station ever had: old packets are checked with the key of their epoch."""

    __tablename__ = "station_keys"

    id: Mapped[Key]
    station_id: Mapped[int] = mapped_column(
        ForeignKey("stations.id", ondelete="RESTRICT"), index=True
    )
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    public_pem: Mapped[str] = mapped_column(Text)
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class StationClaim(Base):
    """A one-time permission to enrol; only the SHA-256 of its code is kept."""

    __tablename__ = "station_claims"

    id: Mapped[Key]
    station_id: Mapped[int] = mapped_column(
        ForeignKey("stations.id", ondelete="CASCADE"), index=True
    )
    code_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    # The answer to the first use: an enrolment whose reply was lost is answered alike.
    used_by_kid: Mapped[str | None] = mapped_column(String(64))
    # Of a request that was approved: only this key may enrol, and no code is known to anybody.
    bound_kid: Mapped[str | None] = mapped_column(String(64), index=True)
    public_pem: Mapped[str | None] = mapped_column(Text)
    request_nonce: Mapped[str | None] = mapped_column(String(32))
    # A board that is expected; empty: any.
    serial: Mapped[str] = mapped_column(String(40), default="", server_default="")
    hardware: Mapped[str] = mapped_column(String(32), default="", server_default="")


class StationEpoch(Base):
    """One chain of a station: `head_seq` and `head_link` are the end of what has no hole."""

    __tablename__ = "station_epochs"
    __table_args__ = (UniqueConstraint("station_id", "epoch"),)

    id: Mapped[Key]
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    epoch: Mapped[str] = mapped_column(String(64))
    # Public: with station and epoch it gives `prev` of the first packet (wire.packet.genesis).
    nonce: Mapped[str] = mapped_column(String(64))
    head_seq: Mapped[int] = mapped_column(BigKey, server_default="0")
    head_link: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # The highest number received, with or without holes before it.
    highest_seq: Mapped[int] = mapped_column(BigKey, server_default="0")
    # What the station itself named as its head at its last hello.
    claimed_seq: Mapped[int | None] = mapped_column(BigKey)
    claimed_link: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # Boots that said hello, oldest first: one that comes back after another is a second machine.
    boots: Mapped[list[str] | None]
    # The latest greeting's time since its boot, ms: a greeting that was late is told from a clone.
    boot_mono_ms: Mapped[int | None] = mapped_column(BigKey)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    station: Mapped[Station] = relationship(back_populates="epochs")


class UsedProof(Base):
    """A proof of possession that was used: a second use is a replay. Swept when stale."""

    __tablename__ = "used_proofs"

    jti_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(index=True)
