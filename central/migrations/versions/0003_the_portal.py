"""The aspirante's portal: letters, reports, files of auxiliares, inconformidades.

Columns and indexes are added in place: SQLite would copy a table to change one, and nothing that
refers to it may be touched meanwhile.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from domain.credential.text import fold

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite counts rows in INTEGER PRIMARY KEY only.
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what the portal keeps; every auxiliar learns the process of their aspirante."""
    _create_auxiliar_batches()
    _create_exports()
    _create_objections()
    _create_mails()
    _extend_users()
    _extend_auxiliares()
    _index_records()


def downgrade() -> None:
    """Forget all of it."""
    for columns in ("motivo_baja_id", "station_id_id", "auxiliar_id_id"):
        op.drop_index(f"ix_records_aspirante_id_{columns}", "records")
    op.drop_index("ix_records_aspirante_id_folio_registro", "records")
    op.drop_index("ix_records_aspirante_id_captured_at_id", "records")
    op.drop_index("uq_auxiliares_process_id_clave_key", "auxiliares")
    op.drop_index("uq_auxiliares_process_id_email", "auxiliares")
    op.drop_index("ix_auxiliares_state_id", "auxiliares")
    op.drop_index("ix_auxiliares_batch_id", "auxiliares")
    op.drop_index("ix_auxiliares_aspirante_id_name", "auxiliares")
    op.drop_index("ix_auxiliares_aspirante_id_id_auxiliar", "auxiliares")
    for column in ("name_folded", "clave_sealed", "batch_id", "process_id"):
        op.drop_column("auxiliares", column)
    op.drop_column("user_sessions", "role")
    op.drop_index("uq_users_invitation_sha256", "users")
    for column in (
        "wants_digest",
        "invitation_expires_at",
        "invitation_sha256",
        "account_kind",
        "expires_at",
    ):
        op.drop_column("users", column)
    for table in (
        "mails",
        "objection_records",
        "objection_attachments",
        "objections",
        "exports",
        "auxiliar_batches",
    ):
        op.drop_table(table)


def _index_records() -> None:
    """Let every order of Consulta de registros walk an index of the aspirante's own records."""
    for columns in (
        ("captured_at", "id"),
        ("folio_registro",),
        ("auxiliar_id", "id"),
        ("station_id", "id"),
    ):
        name = "_".join(columns)
        op.create_index(f"ix_records_aspirante_id_{name}", "records", ["aspirante_id", *columns])
    removed = sa.text("motivo_baja IS NOT NULL")
    op.create_index(
        "ix_records_aspirante_id_motivo_baja_id",
        "records",
        ["aspirante_id", "motivo_baja", "id"],
        sqlite_where=removed,
        postgresql_where=removed,
    )


def _extend_users() -> None:
    op.add_column("users", sa.Column("expires_at", _INSTANT, nullable=True))
    op.add_column("users", sa.Column("account_kind", sa.String(1), nullable=True))
    op.add_column("users", sa.Column("invitation_sha256", sa.LargeBinary(32), nullable=True))
    op.add_column("users", sa.Column("invitation_expires_at", _INSTANT, nullable=True))
    op.add_column(
        "users",
        sa.Column("wants_digest", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.create_index("uq_users_invitation_sha256", "users", ["invitation_sha256"], unique=True)
    op.add_column(
        "user_sessions",
        sa.Column("role", sa.String(32), server_default="aspirante", nullable=False),
    )


def _extend_auxiliares() -> None:
    # The previous release adds auxiliares without naming their process.
    op.add_column("auxiliares", sa.Column("process_id", _BIG, nullable=True))
    op.add_column("auxiliares", sa.Column("batch_id", _BIG, nullable=True))
    op.add_column("auxiliares", sa.Column("clave_sealed", sa.LargeBinary(), nullable=True))
    op.execute(
        "UPDATE auxiliares SET process_id = "
        "(SELECT process_id FROM aspirantes WHERE aspirantes.id = auxiliares.aspirante_id)"
    )
    # Whoever is there twice already keeps both places; the promise holds from now on.
    for column in ("email", "clave_key"):
        _release_second_places(column)
        op.create_index(
            f"uq_auxiliares_process_id_{column}", "auxiliares", ["process_id", column], unique=True
        )
    op.create_index(
        "ix_auxiliares_aspirante_id_id_auxiliar", "auxiliares", ["aspirante_id", "id_auxiliar"]
    )
    op.add_column(
        "auxiliares", sa.Column("name_folded", sa.String(320), server_default="", nullable=False)
    )
    _fold_names()
    op.create_index(
        "ix_auxiliares_aspirante_id_name", "auxiliares", ["aspirante_id", "name_folded", "id"]
    )
    op.create_index("ix_auxiliares_batch_id", "auxiliares", ["batch_id"])
    op.create_index("ix_auxiliares_state_id", "auxiliares", ["state", "id"])


def _fold_names() -> None:
    columns = ("id", "apellido_paterno", "apellido_materno", "nombres", "name_folded")
    auxiliares = sa.table("auxiliares", *(sa.column(name) for name in columns))
    connection = op.get_bind()
    people = connection.execute(sa.select(*(auxiliares.c[name] for name in columns[:4]))).all()
    rows = [{"key": person[0], "folded": fold(" ".join(person[1:]))[:320]} for person in people]
    if rows:
        connection.execute(
            auxiliares.update()
            .where(auxiliares.c.id == sa.bindparam("key"))
            .values(name_folded=sa.bindparam("folded")),
            rows,
        )


def _release_second_places(column: str) -> None:
    auxiliares = sa.table("auxiliares", sa.column("id"), sa.column("process_id"), sa.column(column))
    one = auxiliares.alias("one")
    first = sa.exists().where(
        one.c[column] == auxiliares.c[column],
        one.c.process_id == auxiliares.c.process_id,
        one.c.id < auxiliares.c.id,
    )
    op.execute(auxiliares.update().where(first).values(process_id=None))


def _create_auxiliar_batches() -> None:
    op.create_table(
        "auxiliar_batches",
        _key(),
        sa.Column("token", sa.String(36), nullable=False),
        sa.Column("aspirante_id", _BIG, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        _choice("state", "batchstate_case", "checked", "imported", "undone"),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("file_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("imported_at", _INSTANT, nullable=True),
        sa.Column("undone_at", _INSTANT, nullable=True),
        _foreign("auxiliar_batches", "aspirante_id", "aspirantes", "RESTRICT"),
        _foreign("auxiliar_batches", "user_id", "users", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_auxiliar_batches"),
        sa.UniqueConstraint("token", name="uq_auxiliar_batches_token"),
    )
    op.create_index("ix_auxiliar_batches_aspirante_id", "auxiliar_batches", ["aspirante_id"])


def _create_exports() -> None:
    op.create_table(
        "exports",
        *_work(),
        sa.Column("token", sa.String(36), nullable=False),
        sa.Column("aspirante_id", _BIG, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("format", sa.String(8), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("parameters_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("done_permille", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(32), nullable=True),
        sa.Column("jws", sa.Text(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=True),
        sa.Column("expires_at", _INSTANT, nullable=True),
        sa.Column("removed_at", _INSTANT, nullable=True),
        _foreign("exports", "aspirante_id", "aspirantes", "RESTRICT"),
        _foreign("exports", "user_id", "users", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        sa.UniqueConstraint("token", name="uq_exports_token"),
    )
    op.create_index("ix_exports_aspirante_id", "exports", ["aspirante_id"])
    op.create_index("ix_exports_user_id", "exports", ["user_id"])
    _index_work("exports")


def _create_objections() -> None:
    op.create_table(
        "objections",
        _key(),
        sa.Column("folio", sa.String(24), nullable=False),
        sa.Column("aspirante_id", _BIG, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        _choice("state", "objectionstate_case", "submitted", "in_review", "resolved", "withdrawn"),
        sa.Column("submitted_at", _INSTANT, nullable=False),
        sa.Column("review_began_at", _INSTANT, nullable=True),
        sa.Column("resolved_at", _INSTANT, nullable=True),
        sa.Column("images_until", _INSTANT, nullable=True),
        _foreign("objections", "aspirante_id", "aspirantes", "RESTRICT"),
        _foreign("objections", "user_id", "users", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_objections"),
        sa.UniqueConstraint("folio", name="uq_objections_folio"),
    )
    op.create_index("ix_objections_aspirante_id", "objections", ["aspirante_id"])
    op.create_table(
        "objection_attachments",
        _key(),
        sa.Column("objection_id", _BIG, nullable=False),
        sa.Column("token", sa.String(36), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        _foreign("objection_attachments", "objection_id", "objections", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_objection_attachments"),
        sa.UniqueConstraint("token", name="uq_objection_attachments_token"),
    )
    op.create_index(
        "ix_objection_attachments_objection_id", "objection_attachments", ["objection_id"]
    )
    op.create_table(
        "objection_records",
        sa.Column("objection_id", _BIG, nullable=False),
        sa.Column("record_id", _BIG, nullable=False),
        _choice(
            "outcome", "objectionoutcome_case", "pending", "corrected", "confirmed", "withdrawn"
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("ground", sa.String(1000), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("correction", sa.LargeBinary(), nullable=True),
        _foreign("objection_records", "objection_id", "objections", "RESTRICT"),
        _foreign("objection_records", "record_id", "records", "RESTRICT"),
        sa.PrimaryKeyConstraint("objection_id", "record_id", name="pk_objection_records"),
    )
    op.create_index("ix_objection_records_record_id", "objection_records", ["record_id"])
    pending = sa.text("outcome = 'pending'")
    op.create_index(
        "uq_objection_records_open",
        "objection_records",
        ["record_id"],
        unique=True,
        sqlite_where=pending,
        postgresql_where=pending,
    )


def _create_mails() -> None:
    op.create_table(
        "mails",
        *_work(),
        _choice(
            "kind",
            "mailkind_case",
            "access",
            "activation",
            "digest",
            "threshold",
            "rejection",
            "deadline",
            "objection",
            "export",
        ),
        sa.Column("user_id", _BIG, nullable=True),
        sa.Column("auxiliar_id", _BIG, nullable=True),
        sa.Column("aspirante_id", _BIG, nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("once", sa.String(120), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("sent_at", _INSTANT, nullable=True),
        _foreign("mails", "user_id", "users", "CASCADE"),
        _foreign("mails", "auxiliar_id", "auxiliares", "CASCADE"),
        _foreign("mails", "aspirante_id", "aspirantes", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.UniqueConstraint("once", name="uq_mails_once"),
    )
    for column in ("user_id", "auxiliar_id", "sent_at"):
        op.create_index(f"ix_mails_{column}", "mails", [column])
    op.create_index("ix_mails_aspirante_id_kind_id", "mails", ["aspirante_id", "kind", "id"])
    _index_work("mails")


def _key() -> sa.Column[int]:
    return sa.Column("id", _BIG, autoincrement=True, nullable=False)


def _choice(name: str, constraint: str, *cases: str) -> sa.Column[str]:
    kind = sa.Enum(*cases, name=constraint, native_enum=False, create_constraint=True, length=16)
    return sa.Column(name, kind, nullable=False)


def _work() -> list[sa.Column[Any]]:
    """The columns of a row that is work, as `central.models.work` has them."""
    state = sa.Enum(
        "waiting",
        "leased",
        "done",
        "dead",
        name="workstate_case",
        native_enum=False,
        create_constraint=True,
        length=16,
    )
    return [
        _key(),
        sa.Column("work_state", state, server_default="waiting", nullable=False),
        sa.Column("lease_owner", sa.String(64), nullable=True),
        sa.Column("lease_until", _INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", _INSTANT, nullable=False),
        sa.Column("last_error", sa.String(64), nullable=True),
    ]


def _index_work(table: str) -> None:
    unfinished = sa.text("work_state IN ('waiting', 'leased')")
    op.create_index(
        f"ix_{table}_work",
        table,
        ["next_try_at", "id"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )


def _foreign(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete
    )
