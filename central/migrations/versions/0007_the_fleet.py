"""How stations stand and were, and what they are ordered to do.

The previous release notes no health meanwhile; the worker judges every station within a minute.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# SQLite counts rows in INTEGER PRIMARY KEY only.
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_KINDS = ("message", "incident")
_STATES = ("open", "done", "refused", "cancelled", "expired")
_MEASURED = (
    ("temperature_mc", sa.Integer()),
    ("undervoltage", sa.SmallInteger()),
    ("throttled", sa.SmallInteger()),
    ("battery_percent", sa.SmallInteger()),
    ("load_percent", sa.Integer()),
    ("memory_available_percent", sa.SmallInteger()),
    ("previews_per_10s", sa.Integer()),
    ("camera_restarts", sa.Integer()),
)


def upgrade() -> None:
    """Make the tables; they fill from the next hello on."""
    op.create_table(
        "station_conditions",
        sa.Column("station_id", _BIG, autoincrement=False, nullable=False),
        _text("condition", 16),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("troubles", sa.JSON(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("rolled_back", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("station_id", name="pk_station_conditions"),
        _of("station_conditions", "station_id", "stations"),
    )
    op.create_index("ix_station_conditions_rank", "station_conditions", ["rank"])
    op.create_table(
        "station_health",
        sa.Column("station_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("span_s", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begins_s", _BIG, autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("waiting", "oldest_waiting_s", "disk_free_mib")
        ),
        *(sa.Column(name, kind, nullable=True) for name, kind in _MEASURED),
        sa.PrimaryKeyConstraint("station_id", "span_s", "begins_s", name="pk_station_health"),
        _of("station_health", "station_id", "stations"),
    )
    op.create_table(
        "station_orders",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        _text("token", 32),
        _text("batch", 32),
        sa.Column("kind", _choice("orderkind", *_KINDS), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("state", _choice("orderstate", *_STATES), nullable=False),
        sa.Column("code", sa.String(64), server_default="", nullable=False),
        _text("issued_by", 64),
        sa.Column("issued_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("told_at", _INSTANT, nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_station_orders"),
        _of("station_orders", "station_id", "stations"),
        sa.UniqueConstraint("token", name="uq_station_orders_token"),
    )
    for column in ("station_id", "batch", "state"):
        op.create_index(f"ix_station_orders_{column}", "station_orders", [column])
    op.create_table(
        "station_incidents",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("order_id", _BIG, nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_station_incidents"),
        _of("station_incidents", "station_id", "stations"),
        _of("station_incidents", "order_id", "station_orders"),
        sa.UniqueConstraint("order_id", name="uq_station_incidents_order_id"),
    )
    op.create_index("ix_station_incidents_station_id", "station_incidents", ["station_id"])


def downgrade() -> None:
    """Forget the fleet."""
    for table in (
        "station_incidents",
        "station_orders",
        "station_health",
        "station_conditions",
    ):
        op.drop_table(table)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", ondelete="CASCADE"
    )


def _choice(name: str, *cases: str) -> sa.Enum:
    return sa.Enum(
        *cases, native_enum=False, length=16, create_constraint=True, name=f"{name}_case"
    )
