"""Releases for stations, and the ring in which each station gets one.

The previous release goes on adding stations meanwhile: they are of the last ring.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central.models.releases import drawn_ring

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# SQLite counts rows in INTEGER PRIMARY KEY only.
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_RINGS = ("lab", "canary", "early", "general")


def upgrade() -> None:
    """Give every station the ring that its id draws."""
    op.add_column(
        "stations", sa.Column("ring", sa.String(8), server_default="general", nullable=False)
    )
    connection = op.get_bind()
    for station, name in connection.execute(sa.text("SELECT id, id_dispositivo FROM stations")):
        connection.execute(
            sa.text("UPDATE stations SET ring = :ring WHERE id = :id"),
            {"ring": drawn_ring(name).value, "id": station},
        )
    op.create_table(
        "releases",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("number", _BIG, nullable=False),
        sa.Column("compatible", sa.String(64), nullable=False),
        sa.Column("is_critical", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("size_bytes", _BIG, nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("state", _choice("releasestate", "offered", "halted"), nullable=False),
        sa.Column("halted_by", sa.String(16), nullable=True),
        sa.Column("ring", _choice("ring", *_RINGS), nullable=False),
        sa.Column("reached_at", _INSTANT, nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
        sa.UniqueConstraint("sha256", name="uq_releases_sha256"),
        sa.UniqueConstraint(
            "kind", "compatible", "number", name="uq_releases_kind_compatible_number"
        ),
    )
    op.create_table(
        "station_updates",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("release_id", _BIG, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("code", sa.String(64), server_default="", nullable=False),
        sa.Column("ring", _choice("ring", *_RINGS), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_station_updates"),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name="fk_station_updates_release_id_releases",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name="fk_station_updates_station_id_stations",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "release_id", "station_id", name="uq_station_updates_release_id_station_id"
        ),
    )
    op.create_index("ix_station_updates_station_id", "station_updates", ["station_id"])


def downgrade() -> None:
    """Forget releases and rings."""
    op.drop_table("station_updates")
    op.drop_table("releases")
    op.drop_column("stations", "ring")


def _choice(name: str, *cases: str) -> sa.Enum:
    return sa.Enum(*cases, native_enum=False, length=8, create_constraint=True, name=f"{name}_case")
