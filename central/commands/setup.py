"""`init` and `migrate`: from an empty folder to a centre that can start. Both may be repeated."""

from __future__ import annotations

import argparse
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage
from sqlalchemy import select

from central.audit import trail
from central.clock import SystemClock
from central.commands.context import actor, command
from central.config import Config, read_config
from central.intake.certificates import make_authority, make_server_certificate
from central.migrations import steps
from central.models import OpeningKey
from central.models.database import Database
from central.secrets import AUTHORITIES, RANDOM_SECRETS, SIGNING_KEYS, read_private, write_private
from wire.keys import SoftwareSigner, recipient_kid

_AUTHORITY_DAYS = 3650
_SERVER_DAYS = 825
_TEMPLATE = """\
# Acopio: la sede central. Las rutas relativas cuentan desde la carpeta de este archivo.
# Cada ajuste, con su unidad y su valor por omisión: docs/operations.md

[database]
url = "{database}"

[stations]
# La dirección con la que las estaciones llegan a /api/v1.
url = "{stations_url}"

[server]
public_url = "{public_url}"
"""


def register(subparsers: Any) -> None:
    """Add the commands."""
    init = command(
        subparsers, "init", "prepara llaves, certificados, configuración y base de datos", _init
    )
    init.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NOMBRE",
        help="nombre o dirección del certificado TLS; se puede repetir",
    )
    init.add_argument("--database", default="sqlite:///acopio.db", help="dirección SQLAlchemy")
    init.add_argument("--stations-url", default="https://127.0.0.1:8443")
    init.add_argument("--public-url", default="http://127.0.0.1:8080")
    command(subparsers, "migrate", "lleva la base de datos a esta versión", _migrate)


def _init(arguments: argparse.Namespace) -> int:
    path = Path(arguments.config).resolve()
    now = SystemClock().now()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _TEMPLATE.format(
        database=arguments.database,
        stations_url=arguments.stations_url,
        public_url=arguments.public_url,
    )
    _say("configuración", path, write_private(path, text.encode("utf-8"), mode=0o640))
    config = read_config(path)
    keys = Path(config.keys.folder)
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    _make_secrets(keys)
    _make_authorities(keys, now)
    _make_tls(keys, arguments.host or ["127.0.0.1", "localhost"], now)
    opening = _identity(Path(config.vault.identity))
    recovery_path = Path(config.vault.identity).with_name("recovery.age")
    recovery = _recovery(recovery_path, keys / "recovery.recipient")
    database = Database(config.database.url)
    try:
        steps.upgrade(database)
        print(f"  base de datos en el paso {steps.current(database)}")
        _know_recipients(database, {"opening": opening, "recovery": recovery}, now)
    finally:
        database.close()
    print("Listo.")
    if recovery_path.exists():
        print(
            "Guarde la llave de recuperación fuera de esta máquina y bórrela de aquí:\n"
            f"  {recovery_path}"
        )
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    config: Config = read_config(Path(arguments.config))
    database = Database(config.database.url)
    try:
        database.require()
        before = steps.current(database)
        steps.upgrade(database)
        after = steps.current(database)
    finally:
        database.close()
    if before == after:
        print(f"La base de datos ya estaba en el paso {after}.")
    else:
        print(f"La base de datos pasó de {before or 'vacía'} a {after}.")
    return 0


def _make_secrets(keys: Path) -> None:
    for name in RANDOM_SECRETS:
        path = keys / f"{name}.secret"
        _say("secreto", path, write_private(path, os.urandom(32).hex().encode("ascii") + b"\n"))
    for name in SIGNING_KEYS:
        path = keys / f"{name}.pem"
        _say("llave", path, write_private(path, SoftwareSigner.generate().to_pem()))
        public = SoftwareSigner.from_pem(read_private(path)).public_pem.encode("ascii")
        write_private(keys / f"{name}.pub.pem", public, mode=0o644)


def _make_authorities(keys: Path, now: datetime) -> None:
    for name in AUTHORITIES:
        if (keys / f"{name}.crt").exists():
            continue
        key, certificate = make_authority(f"Acopio {name}", now, _AUTHORITY_DAYS)
        # Without its certificate an earlier key is from an interrupted run: it signed nothing.
        (keys / f"{name}.pem").unlink(missing_ok=True)
        write_private(keys / f"{name}.pem", key)
        _say("autoridad", keys / f"{name}.crt", _public(keys / f"{name}.crt", certificate))


def _make_tls(keys: Path, hosts: list[str], now: datetime) -> None:
    if (keys / "tls.crt").exists():
        return
    key, chain = make_server_certificate(
        hosts,
        read_private(keys / "tls-authority.pem"),
        (keys / "tls-authority.crt").read_bytes(),
        now,
        _SERVER_DAYS,
    )
    (keys / "tls.pem").unlink(missing_ok=True)
    write_private(keys / "tls.pem", key)
    _say("certificado TLS", keys / "tls.crt", _public(keys / "tls.crt", chain))


def _identity(path: Path) -> str:
    """Make the vault's age identity once; give its recipient."""
    identity = pyrage.x25519.Identity.generate()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _say("llave de la bóveda", path, write_private(path, f"{identity}\n".encode("ascii")))
    kept = pyrage.x25519.Identity.from_str(read_private(path).decode("ascii").split()[0])
    return str(kept.to_public())


def _recovery(path: Path, recipient_path: Path) -> str:
    """Make the recovery identity once; later only its recipient is here, the key is offline."""
    if recipient_path.exists():
        return recipient_path.read_text("ascii").strip()
    recipient = _identity(path)
    _public(recipient_path, recipient.encode("ascii") + b"\n")
    return recipient


def _know_recipients(database: Database, recipients: dict[str, str], now: datetime) -> None:
    with database.write() as session:
        for purpose, recipient in recipients.items():
            kid = recipient_kid(recipient)
            known = session.execute(select(OpeningKey.id).where(OpeningKey.kid == kid)).first()
            if known is not None:
                continue
            session.add(
                OpeningKey(
                    process_id=None, kid=kid, recipient=recipient, purpose=purpose, created_at=now
                )
            )
            trail.write(
                session,
                at=now,
                actor=actor(),
                action="key.added",
                subject_kind="key",
                subject=kid,
                details={"purpose": purpose},
            )


def _public(path: Path, content: bytes) -> bool:
    return write_private(path, content, mode=0o644)


def _say(what: str, path: Path, is_new: bool) -> None:
    print(f"  {what}: {path}" + ("" if is_new else " (ya existía)"))
