"""Packets as they were delivered, their receipts, and evidence of forked chains."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.models.base import Base, BigKey, Key
from central.models.stations import Station


class Packet(Base):
    """One sealed packet, whole and checked. Never edited; its bytes lie in `storage`."""

    __tablename__ = "packets"
    # The database, not the code, promises that a link and a place in a chain are taken once.
    __table_args__ = (UniqueConstraint("station_id", "epoch", "seq"),)

    id: Mapped[Key]
    # SHA-256 of the header's signing input: a packet sent twice is recognised and kept once.
    link: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    epoch: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(BigKey)
    prev: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    packet_id: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    # Of a `void`: the link of the apoyo it withdraws, which may arrive later.
    target: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    # The header as it came: evidence for ever, and enough to check the chain without the parts.
    header_jws: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int]
    # SHA-256 of all the bytes stored, parts included.
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    quarantined: Mapped[bool] = mapped_column(Boolean, server_default=false())
    received_at: Mapped[datetime]

    station: Mapped[Station] = relationship()


class Receipt(Base):
    """What the centre signed for one link, byte for byte: the aspirante's proof.

    It is leaf `log_index` of the Merkle log of receipts; the leaf is the JWS itself. The packet
    of a fork has a receipt too, which says `quarantined`.
    """

    __tablename__ = "receipts"

    # Counted by `LogHead` in the transaction of the receipt, so the log has no holes.
    log_index: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    link: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    jws: Mapped[str] = mapped_column(Text)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    issued_at: Mapped[datetime]


class LogHead(Base):
    """The one row whose lock orders the log: how many leaves it has."""

    __tablename__ = "log_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigKey)


class Outcome(Base):
    """What became of a packet, in the order a station is told: `stored`, `resend`, `recapture`.

    Written while the station's row is locked: a cursor over `id` then never skips one that
    commits late.
    """

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("link", "kind"),
        Index("ix_outcomes_station_id_id", "station_id", "id"),
    )

    id: Mapped[Key]
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]


class ForkEvidence(Base):
    """A packet that contradicts another of the same chain; both are kept for people to judge."""

    __tablename__ = "fork_evidence"

    id: Mapped[Key]
    station_id: Mapped[int] = mapped_column(
        ForeignKey("stations.id", ondelete="RESTRICT"), index=True
    )
    link: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    epoch: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(BigKey)
    header_jws: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    # Link of the packet it contradicts, and how: `seq`, `genesis`, `prev`,
    # `next`, `packet_id` or `folio`.
    against: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    contradiction: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime]


class LogCheckpoint(Base):
    """A signed head of the Merkle log of receipts (RFC 6962 tree)."""

    __tablename__ = "log_checkpoints"

    id: Mapped[Key]
    size: Mapped[int] = mapped_column(BigKey, unique=True)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    jws: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime]


class LogTile(Base):
    """Hash of a full subtree of 256^level leaves, so that a proof never reads the whole log."""

    __tablename__ = "log_tiles"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
