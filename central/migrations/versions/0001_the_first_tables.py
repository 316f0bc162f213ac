"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite counts rows in INTEGER PRIMARY KEY only.
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Rows of these tables are evidence: they are added, never changed and never deleted.
_APPEND_ONLY = ("audit_entries", "receipts", "state_changes")

# The causes of removal named in public sources; the list is data, an operator may add to it.
_MOTIVOS = (
    "Cancelación de trámite",
    "Datos irregulares",
    "Defunción",
    "Domicilio irregular",
    "Duplicado",
    "Migración",
    "Pérdida de nacionalidad",
    "Pérdida de vigencia",
    "Suspensión de derechos políticos",
    "Usurpación de identidad",
    "Resolución judicial",
    "Defunción por aviso de familiar",
)


def upgrade() -> None:
    """Make all tables, the rows they begin with, and the triggers that keep evidence."""
    _create_audit_seals()
    _create_log_checkpoints()
    _create_log_head()
    _create_log_tiles()
    _create_motivos_baja()
    _create_processes()
    _create_register_versions()
    _create_rollup_auxiliares()
    _create_rollup_days()
    _create_rollup_deltas()
    _create_rollup_entidades()
    _create_rollup_secciones()
    _create_used_proofs()
    _create_users()
    _create_audit_entries()
    _create_offices()
    _create_opening_keys()
    _create_policy_versions()
    _create_register_entries()
    _create_register_sections()
    _create_stations()
    _create_thresholds()
    _create_user_identities()
    _create_user_sessions()
    _create_aspirantes()
    _create_fork_evidence()
    _create_outcomes()
    _create_packets()
    _create_receipts()
    _create_station_claims()
    _create_station_epochs()
    _create_station_keys()
    _create_threshold_units()
    _create_auxiliares()
    _create_role_grants()
    _create_records()
    _create_citizen_words()
    _create_citizens()
    _create_state_changes()
    _protect()
    _fill()


def downgrade() -> None:
    """Remove everything."""
    if op.get_bind().dialect.name == "postgresql":
        for table in _APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute("DROP FUNCTION acopio_append_only")
    for table in reversed(_TABLES):
        op.drop_table(table)


def _fill() -> None:
    motivos = sa.table("motivos_baja", sa.column("label", sa.String))
    op.bulk_insert(motivos, [{"label": label} for label in _MOTIVOS])
    head = sa.table("log_head", sa.column("id", sa.Integer), sa.column("size", sa.BigInteger))
    op.bulk_insert(head, [{"id": 1, "size": 0}])


def _protect() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _protect_postgresql()
        return
    for table in _APPEND_ONLY:
        # An entry of the audit trail is sealed once, and nothing else of it changes.
        seal = "OLD.seal_id IS NULL" if table == "audit_entries" else "0"
        others = [column for column in _COLUMNS[table] if column != "seal_id"]
        same = " AND ".join(f"OLD.{column} IS NEW.{column}" for column in others)
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"WHEN NOT ({seal} AND {same}) "
            "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        )


def _protect_postgresql() -> None:
    op.execute(
        """
        CREATE FUNCTION acopio_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_entries' THEN
                IF (to_jsonb(OLD) ->> 'seal_id') IS NULL
                   AND to_jsonb(OLD) - 'seal_id' = to_jsonb(NEW) - 'seal_id' THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
        END $$
        """
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION acopio_append_only()"
        )


def _create_audit_seals() -> None:
    op.create_table(
        "audit_seals",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seals")),
    )


def _create_log_checkpoints() -> None:
    op.create_table(
        "log_checkpoints",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("size", _BIG, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_checkpoints")),
        sa.UniqueConstraint("size", name=op.f("uq_log_checkpoints_size")),
    )


def _create_log_head() -> None:
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )


def _create_log_tiles() -> None:
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", _BIG, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_log_tiles")),
    )


def _create_motivos_baja() -> None:
    op.create_table(
        "motivos_baja",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motivos_baja")),
        sa.UniqueConstraint("label", name=op.f("uq_motivos_baja_label")),
    )


def _create_processes() -> None:
    op.create_table(
        "processes",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deliver_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "time_zone", sa.String(length=64), server_default="America/Mexico_City", nullable=False
        ),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_processes_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
        sa.UniqueConstraint("code", name=op.f("uq_processes_code")),
    )


def _create_register_versions() -> None:
    op.create_table(
        "register_versions",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("source_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("entries", _BIG, server_default="0", nullable=False),
        sa.Column("complete", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_versions")),
        sa.UniqueConstraint("source_sha256", name=op.f("uq_register_versions_source_sha256")),
    )


def _create_rollup_auxiliares() -> None:
    op.create_table(
        "rollup_auxiliares",
        sa.Column("aspirante_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("auxiliar_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("records", _BIG, nullable=False),
        sa.PrimaryKeyConstraint(
            "aspirante_id", "auxiliar_id", "state", name=op.f("pk_rollup_auxiliares")
        ),
    )


def _create_rollup_days() -> None:
    op.create_table(
        "rollup_days",
        sa.Column("aspirante_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("records", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("aspirante_id", "day", "state", name=op.f("pk_rollup_days")),
    )


def _create_rollup_deltas() -> None:
    op.create_table(
        "rollup_deltas",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("aspirante_id", _BIG, nullable=False),
        sa.Column("auxiliar_id", _BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entidad", sa.SmallInteger(), nullable=False),
        sa.Column("seccion", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("change", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_deltas")),
    )


def _create_rollup_entidades() -> None:
    op.create_table(
        "rollup_entidades",
        sa.Column("aspirante_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("entidad", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("records", _BIG, nullable=False),
        sa.PrimaryKeyConstraint(
            "aspirante_id", "entidad", "state", name=op.f("pk_rollup_entidades")
        ),
    )


def _create_rollup_secciones() -> None:
    op.create_table(
        "rollup_secciones",
        sa.Column("aspirante_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("entidad", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seccion", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("records", _BIG, nullable=False),
        sa.PrimaryKeyConstraint(
            "aspirante_id", "entidad", "seccion", "state", name=op.f("pk_rollup_secciones")
        ),
    )


def _create_used_proofs() -> None:
    op.create_table(
        "used_proofs",
        sa.Column("jti_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti_sha256", name=op.f("pk_used_proofs")),
    )
    op.create_index(op.f("ix_used_proofs_used_at"), "used_proofs", ["used_at"], unique=False)


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )


def _create_audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("seal_id", _BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["seal_id"],
            ["audit_seals.id"],
            name=op.f("fk_audit_entries_seal_id_audit_seals"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_seal_id"), "audit_entries", ["seal_id"], unique=False)
    op.create_index(
        "ix_audit_entries_subject", "audit_entries", ["subject_kind", "subject"], unique=False
    )


def _create_offices() -> None:
    op.create_table(
        "offices",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("process_id", _BIG, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=16), server_default="nacional", nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_offices_process_id_processes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
        sa.UniqueConstraint("process_id", "code", name=op.f("uq_offices_process_id_code")),
    )


def _create_opening_keys() -> None:
    op.create_table(
        "opening_keys",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("process_id", _BIG, nullable=True),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=255), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_opening_keys_process_id_processes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_keys")),
        sa.UniqueConstraint("kid", name=op.f("uq_opening_keys_kid")),
    )
    op.create_index(
        op.f("ix_opening_keys_process_id"), "opening_keys", ["process_id"], unique=False
    )


def _create_policy_versions() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("process_id", _BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("jws", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_policy_versions_process_id_processes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint(
            "process_id", "version", name=op.f("uq_policy_versions_process_id_version")
        ),
    )


def _create_register_entries() -> None:
    op.create_table(
        "register_entries",
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("situacion", sa.String(length=1), nullable=False),
        sa.Column("motivo_id", _BIG, nullable=True),
        sa.Column("entidad", sa.SmallInteger(), nullable=False),
        sa.Column("distrito", sa.SmallInteger(), nullable=False),
        sa.Column("municipio", sa.SmallInteger(), nullable=False),
        sa.Column("seccion", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["motivo_id"],
            ["motivos_baja.id"],
            name=op.f("fk_register_entries_motivo_id_motivos_baja"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["register_versions.id"],
            name=op.f("fk_register_entries_version_id_register_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "key", name=op.f("pk_register_entries")),
        sqlite_with_rowid=False,
    )


def _create_register_sections() -> None:
    op.create_table(
        "register_sections",
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("entidad", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seccion", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("distrito", sa.SmallInteger(), nullable=False),
        sa.Column("municipio", sa.SmallInteger(), nullable=False),
        sa.Column("lista_nominal", sa.Integer(), nullable=False),
        sa.Column("padron", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["register_versions.id"],
            name=op.f("fk_register_sections_version_id_register_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "entidad", "seccion", name=op.f("pk_register_sections")
        ),
    )


def _create_stations() -> None:
    op.create_table(
        "stations",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("process_id", _BIG, nullable=False),
        sa.Column("id_dispositivo", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "claimed",
                "active",
                "quarantined",
                "revoked",
                "retired",
                name="stationstate_case",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("kid", sa.String(length=64), nullable=True),
        sa.Column("certificate_pem", sa.Text(), nullable=True),
        sa.Column("epoch", sa.String(length=64), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_hello_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("health", sa.JSON(), nullable=True),
        sa.Column("clock_offset_ms", _BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_stations_process_id_processes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stations")),
        sa.UniqueConstraint("id_dispositivo", name=op.f("uq_stations_id_dispositivo")),
        sa.UniqueConstraint("kid", name=op.f("uq_stations_kid")),
    )


def _create_thresholds() -> None:
    op.create_table(
        "thresholds",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("process_id", _BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("base", sa.String(length=16), nullable=False),
        sa.Column("percentage", sa.String(length=40), nullable=False),
        sa.Column("base_total", sa.Integer(), nullable=False),
        sa.Column("cut_on", sa.Date(), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=True),
        sa.Column("minimum_units", sa.Integer(), nullable=True),
        sa.Column("minimum_share", sa.String(length=40), nullable=True),
        sa.Column("unit_percentage", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_thresholds_process_id_processes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thresholds")),
    )
    op.create_index(op.f("ix_thresholds_process_id"), "thresholds", ["process_id"], unique=False)


def _create_user_identities() -> None:
    op.create_table(
        "user_identities",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_user_identities_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_user_identities_issuer_subject")),
    )
    op.create_index(
        op.f("ix_user_identities_user_id"), "user_identities", ["user_id"], unique=False
    )


def _create_user_sessions() -> None:
    op.create_table(
        "user_sessions",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("method", sa.String(length=255), nullable=False),
        sa.Column("user_agent", sa.String(length=255), server_default="", nullable=False),
        sa.Column("saved_filter", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_user_sessions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_user_sessions_token_sha256")),
    )
    op.create_index(
        op.f("ix_user_sessions_expires_at"), "user_sessions", ["expires_at"], unique=False
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"], unique=False)


def _create_aspirantes() -> None:
    op.create_table(
        "aspirantes",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("process_id", _BIG, nullable=False),
        sa.Column("office_id", _BIG, nullable=False),
        sa.Column("threshold_id", _BIG, nullable=True),
        sa.Column("folio_solicitud", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("scope_entidad", sa.Integer(), nullable=True),
        sa.Column("scope_distrito", sa.Integer(), nullable=True),
        sa.Column("scope_municipio", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
            name=op.f("fk_aspirantes_office_id_offices"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_aspirantes_process_id_processes"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["threshold_id"],
            ["thresholds.id"],
            name=op.f("fk_aspirantes_threshold_id_thresholds"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aspirantes")),
        sa.UniqueConstraint("folio_solicitud", name=op.f("uq_aspirantes_folio_solicitud")),
    )
    op.create_index(op.f("ix_aspirantes_process_id"), "aspirantes", ["process_id"], unique=False)


def _create_fork_evidence() -> None:
    op.create_table(
        "fork_evidence",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column("header_jws", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("against", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contradiction", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name=op.f("fk_fork_evidence_station_id_stations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fork_evidence")),
        sa.UniqueConstraint("link", name=op.f("uq_fork_evidence_link")),
    )
    op.create_index(
        op.f("ix_fork_evidence_station_id"), "fork_evidence", ["station_id"], unique=False
    )


def _create_outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name=op.f("fk_outcomes_station_id_stations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("link", "kind", name=op.f("uq_outcomes_link_kind")),
    )
    op.create_index("ix_outcomes_station_id_id", "outcomes", ["station_id", "id"], unique=False)


def _create_packets() -> None:
    op.create_table(
        "packets",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column("prev", sa.LargeBinary(length=32), nullable=True),
        sa.Column("packet_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target", sa.LargeBinary(length=32), nullable=True),
        sa.Column("header_jws", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("quarantined", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name=op.f("fk_packets_station_id_stations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packets")),
        sa.UniqueConstraint("link", name=op.f("uq_packets_link")),
        sa.UniqueConstraint("packet_id", name=op.f("uq_packets_packet_id")),
        sa.UniqueConstraint(
            "station_id", "epoch", "seq", name=op.f("uq_packets_station_id_epoch_seq")
        ),
    )
    op.create_index(op.f("ix_packets_target"), "packets", ["target"], unique=False)


def _create_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("log_index", _BIG, autoincrement=False, nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name=op.f("fk_receipts_station_id_stations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_receipts")),
        sa.UniqueConstraint("link", name=op.f("uq_receipts_link")),
    )


def _create_station_claims() -> None:
    op.create_table(
        "station_claims",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by_kid", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name=op.f("fk_station_claims_station_id_stations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_claims")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_station_claims_code_sha256")),
    )
    op.create_index(
        op.f("ix_station_claims_station_id"), "station_claims", ["station_id"], unique=False
    )


def _create_station_epochs() -> None:
    op.create_table(
        "station_epochs",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("head_seq", _BIG, server_default="0", nullable=False),
        sa.Column("head_link", sa.LargeBinary(length=32), nullable=True),
        sa.Column("highest_seq", _BIG, server_default="0", nullable=False),
        sa.Column("claimed_seq", _BIG, nullable=True),
        sa.Column("claimed_link", sa.LargeBinary(length=32), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name=op.f("fk_station_epochs_station_id_stations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_epochs")),
        sa.UniqueConstraint("station_id", "epoch", name=op.f("uq_station_epochs_station_id_epoch")),
    )


def _create_station_keys() -> None:
    op.create_table(
        "station_keys",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("public_pem", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name=op.f("fk_station_keys_station_id_stations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_keys")),
        sa.UniqueConstraint("kid", name=op.f("uq_station_keys_kid")),
    )
    op.create_index(
        op.f("ix_station_keys_station_id"), "station_keys", ["station_id"], unique=False
    )


def _create_threshold_units() -> None:
    op.create_table(
        "threshold_units",
        sa.Column("threshold_id", _BIG, nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("base_total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["threshold_id"],
            ["thresholds.id"],
            name=op.f("fk_threshold_units_threshold_id_thresholds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("threshold_id", "unit_code", name=op.f("pk_threshold_units")),
    )


def _create_auxiliares() -> None:
    op.create_table(
        "auxiliares",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("aspirante_id", _BIG, nullable=False),
        sa.Column("id_auxiliar", sa.String(length=20), nullable=False),
        sa.Column("nombres", sa.String(length=100), nullable=False),
        sa.Column("apellido_paterno", sa.String(length=100), server_default="", nullable=False),
        sa.Column("apellido_materno", sa.String(length=100), server_default="", nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("telefono_movil", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "account_kind",
            sa.Enum("g", "f", name="accountkind_case", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("clave_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("situacion_registral", sa.String(length=40), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "registered",
                "invited",
                "active",
                "suspended",
                "deactivated",
                name="auxiliarstate_case",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("activation_verifier", sa.String(length=255), nullable=True),
        sa.Column("verifier", sa.String(length=255), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["aspirante_id"],
            ["aspirantes.id"],
            name=op.f("fk_auxiliares_aspirante_id_aspirantes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auxiliares")),
        sa.UniqueConstraint("aspirante_id", "email", name=op.f("uq_auxiliares_aspirante_id_email")),
        sa.UniqueConstraint("id_auxiliar", name=op.f("uq_auxiliares_id_auxiliar")),
    )
    op.create_index(
        op.f("ix_auxiliares_aspirante_id"), "auxiliares", ["aspirante_id"], unique=False
    )
    op.create_index(op.f("ix_auxiliares_clave_key"), "auxiliares", ["clave_key"], unique=False)
    op.create_index(op.f("ix_auxiliares_email"), "auxiliares", ["email"], unique=False)


def _create_role_grants() -> None:
    op.create_table(
        "role_grants",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("process_id", _BIG, nullable=True),
        sa.Column("aspirante_id", _BIG, nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", _BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["aspirante_id"],
            ["aspirantes.id"],
            name=op.f("fk_role_grants_aspirante_id_aspirantes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"],
            ["users.id"],
            name=op.f("fk_role_grants_granted_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["processes.id"],
            name=op.f("fk_role_grants_process_id_processes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_role_grants_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "process_id",
            "aspirante_id",
            name=op.f("uq_role_grants_user_id_role_process_id_aspirante_id"),
        ),
    )
    op.create_index(
        op.f("ix_role_grants_aspirante_id"), "role_grants", ["aspirante_id"], unique=False
    )
    op.create_index(op.f("ix_role_grants_user_id"), "role_grants", ["user_id"], unique=False)


def _create_records() -> None:
    op.create_table(
        "records",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("packet_id", _BIG, nullable=False),
        sa.Column("folio_registro", sa.String(length=64), nullable=False),
        sa.Column("aspirante_id", _BIG, nullable=False),
        sa.Column("office_id", _BIG, nullable=False),
        sa.Column("auxiliar_id", _BIG, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_class", sa.String(length=16), nullable=False),
        sa.Column("captured_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "lista_nominal",
                "duplicado",
                "padron",
                "baja",
                "no_encontrado",
                "fuera_de_ambito",
                "inconsistencia",
                "en_procesamiento",
                "en_mesa_de_control",
                name="state_case",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "review_state",
            sa.Enum(
                "not_asked",
                "pending",
                "approved",
                "rejected",
                name="reviewstate_case",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            server_default="not_asked",
            nullable=False,
        ),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "situacion_registral",
            sa.Enum(
                "Lista Nominal",
                "Padrón",
                "Bajas",
                "Datos no encontrados",
                "Sin respuesta situación",
                name="situacionregistral_case",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="Sin respuesta situación",
            nullable=False,
        ),
        sa.Column("motivo_baja", sa.String(length=80), nullable=True),
        sa.Column("entidad", sa.SmallInteger(), nullable=True),
        sa.Column("distrito", sa.SmallInteger(), nullable=True),
        sa.Column("municipio", sa.SmallInteger(), nullable=True),
        sa.Column("seccion", sa.SmallInteger(), nullable=True),
        sa.Column("register_version_id", _BIG, nullable=True),
        sa.Column("citizen_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("duplicate_of_id", _BIG, nullable=True),
        sa.Column("attack_permille", sa.SmallInteger(), nullable=True),
        sa.Column(
            "work_state",
            sa.Enum(
                "waiting",
                "leased",
                "done",
                "dead",
                name="workstate_case",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            server_default="waiting",
            nullable=False,
        ),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["aspirante_id"],
            ["aspirantes.id"],
            name=op.f("fk_records_aspirante_id_aspirantes"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["auxiliar_id"],
            ["auxiliares.id"],
            name=op.f("fk_records_auxiliar_id_auxiliares"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"],
            ["records.id"],
            name=op.f("fk_records_duplicate_of_id_records"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
            name=op.f("fk_records_office_id_offices"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["packet_id"],
            ["packets.id"],
            name=op.f("fk_records_packet_id_packets"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["register_version_id"],
            ["register_versions.id"],
            name=op.f("fk_records_register_version_id_register_versions"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.id"],
            name=op.f("fk_records_station_id_stations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("folio_registro", name=op.f("uq_records_folio_registro")),
        sa.UniqueConstraint("packet_id", name=op.f("uq_records_packet_id")),
    )
    op.create_index("ix_records_aspirante_id_id", "records", ["aspirante_id", "id"], unique=False)
    op.create_index(
        "ix_records_aspirante_id_state_id", "records", ["aspirante_id", "state", "id"], unique=False
    )
    op.create_index("ix_records_auxiliar_id_id", "records", ["auxiliar_id", "id"], unique=False)
    op.create_index(
        "ix_records_duplicate_of_id",
        "records",
        ["duplicate_of_id"],
        unique=False,
        sqlite_where=sa.text("duplicate_of_id IS NOT NULL"),
        postgresql_where=sa.text("duplicate_of_id IS NOT NULL"),
    )
    op.create_index(
        "ix_records_office_id_citizen_key", "records", ["office_id", "citizen_key"], unique=False
    )
    op.create_index(
        "ix_records_work",
        "records",
        ["next_try_at", "id"],
        unique=False,
        sqlite_where=sa.text("work_state IN ('waiting', 'leased')"),
        postgresql_where=sa.text("work_state IN ('waiting', 'leased')"),
    )


def _create_citizen_words() -> None:
    op.create_table(
        "citizen_words",
        sa.Column("aspirante_id", _BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["aspirante_id"],
            ["aspirantes.id"],
            name=op.f("fk_citizen_words_aspirante_id_aspirantes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["records.id"],
            name=op.f("fk_citizen_words_record_id_records"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "aspirante_id", "digest", "record_id", name=op.f("pk_citizen_words")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_citizen_words_record_id", "citizen_words", ["record_id"], unique=False)


def _create_citizens() -> None:
    op.create_table(
        "citizens",
        sa.Column("record_id", _BIG, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["records.id"],
            name=op.f("fk_citizens_record_id_records"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_citizens")),
    )


def _create_state_changes() -> None:
    op.create_table(
        "state_changes",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("record_id", _BIG, nullable=False),
        sa.Column("before", sa.String(length=24), nullable=True),
        sa.Column("after", sa.String(length=24), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["records.id"],
            name=op.f("fk_state_changes_record_id_records"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_changes")),
    )
    op.create_index(
        op.f("ix_state_changes_record_id"), "state_changes", ["record_id"], unique=False
    )


_TABLES = (
    "audit_seals",
    "log_checkpoints",
    "log_head",
    "log_tiles",
    "motivos_baja",
    "processes",
    "register_versions",
    "rollup_auxiliares",
    "rollup_days",
    "rollup_deltas",
    "rollup_entidades",
    "rollup_secciones",
    "used_proofs",
    "users",
    "audit_entries",
    "offices",
    "opening_keys",
    "policy_versions",
    "register_entries",
    "register_sections",
    "stations",
    "thresholds",
    "user_identities",
    "user_sessions",
    "aspirantes",
    "fork_evidence",
    "outcomes",
    "packets",
    "receipts",
    "station_claims",
    "station_epochs",
    "station_keys",
    "threshold_units",
    "auxiliares",
    "role_grants",
    "records",
    "citizen_words",
    "citizens",
    "state_changes",
)
_COLUMNS = {
    "audit_entries": (
        "id",
        "at",
        "actor",
        "action",
        "subject_kind",
        "subject",
        "details",
        "seal_id",
    ),
    "receipts": ("log_index", "link", "station_id", "jws", "leaf_hash", "issued_at"),
    "state_changes": ("id", "record_id", "before", "after", "reasons", "made_by", "made_at"),
}
