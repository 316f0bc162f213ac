"""What Alembic runs: every step in one transaction, on the connection it is given."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from central.models import Base
from central.models.base import Instant


def run(connection: Connection) -> None:
    """Bring the database of a connection to the wanted step."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite changes a table by copying it; batch mode writes both from one text.
        render_as_batch=True,
        render_item=_render,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _render(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


run(context.config.attributes["connection"])
