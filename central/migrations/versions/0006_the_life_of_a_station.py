"""Claims bound to a key, and what a station is for, where it stands and whether it is lost.

Stations that are enrolled go on capturing. The previous release goes on enrolling meanwhile: what
it takes in captures at once, as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite counts rows in INTEGER PRIMARY KEY only.
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what is known of no station yet."""
    for column in (
        sa.Column("duty", sa.String(16), server_default="capture", nullable=False),
        sa.Column("site", sa.String(120), server_default="", nullable=False),
        sa.Column("next_site", sa.String(120), nullable=True),
        sa.Column("serial", sa.String(40), server_default="", nullable=False),
        sa.Column("hardware", sa.String(32), server_default="", nullable=False),
        sa.Column("lost_at", _INSTANT, nullable=True),
        sa.Column("readiness_jws", sa.Text(), nullable=True),
        sa.Column("readiness_at", _INSTANT, nullable=True),
    ):
        op.add_column("stations", column)
    for column in (
        sa.Column("bound_kid", sa.String(64), nullable=True),
        sa.Column("public_pem", sa.Text(), nullable=True),
        sa.Column("request_nonce", sa.String(32), nullable=True),
        sa.Column("serial", sa.String(40), server_default="", nullable=False),
        sa.Column("hardware", sa.String(32), server_default="", nullable=False),
    ):
        op.add_column("station_claims", column)
    op.create_index("ix_station_claims_bound_kid", "station_claims", ["bound_kid"])
    op.add_column("station_epochs", sa.Column("boots", sa.JSON(), nullable=True))
    op.add_column("station_epochs", sa.Column("boot_mono_ms", _BIG, nullable=True))


def downgrade() -> None:
    """Forget it."""
    for column in ("boot_mono_ms", "boots"):
        op.drop_column("station_epochs", column)
    op.drop_index("ix_station_claims_bound_kid", "station_claims")
    for column in ("hardware", "serial", "request_nonce", "public_pem", "bound_kid"):
        op.drop_column("station_claims", column)
    for column in (
        "readiness_at", "readiness_jws", "lost_at", "hardware", "serial", "next_site", "site",
        "duty",
    ):  # fmt: skip
        op.drop_column("stations", column)
