"""Wrong activation codes are counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count from none; the previous release adds auxiliares without naming the column."""
    op.add_column(
        "auxiliares",
        sa.Column("activation_failures", sa.Integer(), server_default="0", nullable=False),
    )


def downgrade() -> None:
    """Forget the count."""
    with op.batch_alter_table("auxiliares") as table:
        table.drop_column("activation_failures")
