"""Where rejections come from: counts by station, cause, step and activity, and the medians.

The previous release goes on writing deltas meanwhile: they name no station and no cause, so
`acopio-central recount --repair` puts the new counts right once it has stopped.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite counts rows in INTEGER PRIMARY KEY only.
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Count what is there by station, cause and step; what comes is counted by its deltas."""
    op.create_table(
        "process_medians",
        sa.Column("process_id", _BIG, autoincrement=False, nullable=False),
        _text("measure", 32),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("behind", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("process_id", "measure", name="pk_process_medians"),
    )
    op.add_column(
        "rollup_deltas", sa.Column("station_id", _BIG, server_default="0", nullable=False)
    )
    op.add_column(
        "rollup_deltas", sa.Column("causes", sa.JSON(), server_default="[]", nullable=False)
    )
    op.add_column("rollup_deltas", sa.Column("before", sa.String(24), nullable=True))
    _create_rollup("stations", sa.Column("station_id", _BIG, nullable=False), _text("state", 24))
    _create_rollup("causes", _text("state", 24), _text("cause", 120))
    _create_rollup("steps", _text("before", 24), _text("after", 24))
    _create_rollup(
        "activity",
        sa.Column("auxiliar_id", _BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
    )
    _fold_what_names_no_station()
    op.execute(
        "INSERT INTO rollup_stations (aspirante_id, station_id, state, records)"
        " SELECT aspirante_id, station_id, state, count(*) FROM records GROUP BY 1, 2, 3"
    )
    op.execute(
        "INSERT INTO rollup_activity (aspirante_id, auxiliar_id, day, station_id, records)"
        " SELECT aspirante_id, auxiliar_id, received_on, station_id, count(*) FROM records"
        " GROUP BY 1, 2, 3, 4"
    )
    each = "json_each" if op.get_bind().dialect.name == "sqlite" else "json_array_elements_text"
    op.execute(
        "INSERT INTO rollup_causes (aspirante_id, state, cause, records)"  # noqa: S608
        " SELECT aspirante_id, state, cause, count(*) FROM ("
        " SELECT r.aspirante_id, r.state, substr(reason.value, 1, 120) AS cause"
        f" FROM records r JOIN {each}(r.reasons) AS reason ON true"
        " UNION ALL SELECT aspirante_id, state, substr('motivo.' || motivo_baja, 1, 120)"
        " FROM records WHERE state = 'baja' AND motivo_baja IS NOT NULL"
        ") AS found GROUP BY 1, 2, 3"
    )
    op.execute(
        "INSERT INTO rollup_steps (aspirante_id, before, after, records)"
        " SELECT r.aspirante_id, c.before, c.after, count(*) FROM state_changes c"
        " JOIN records r ON r.id = c.record_id WHERE c.before <> c.after GROUP BY 1, 2, 3"
    )


def downgrade() -> None:
    """Forget these counts."""
    for table in ("activity", "steps", "causes", "stations"):
        op.drop_table(f"rollup_{table}")
    op.drop_table("process_medians")
    for column in ("before", "causes", "station_id"):
        op.drop_column("rollup_deltas", column)


def _create_rollup(name: str, *keys: sa.Column[Any]) -> None:
    op.create_table(
        f"rollup_{name}",
        sa.Column("aspirante_id", _BIG, autoincrement=False, nullable=False),
        *keys,
        sa.Column("records", _BIG, nullable=False),
        sa.PrimaryKeyConstraint(
            "aspirante_id", *(key.name for key in keys), name=f"pk_rollup_{name}"
        ),
    )


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _fold_what_names_no_station() -> None:
    for table, keys in (
        ("rollup_days", "aspirante_id, day, state"),
        ("rollup_auxiliares", "aspirante_id, auxiliar_id, state"),
        ("rollup_entidades", "aspirante_id, entidad, state"),
        ("rollup_secciones", "aspirante_id, entidad, seccion, state"),
    ):
        op.execute(
            f"INSERT INTO {table} ({keys}, records) SELECT {keys}, sum(change)"  # noqa: S608
            f" FROM rollup_deltas WHERE true GROUP BY {keys}"
            f" ON CONFLICT ({keys}) DO UPDATE SET records = {table}.records + excluded.records"
        )
    op.execute("DELETE FROM rollup_deltas")
