"""`vault`: the only process with the opening key."""

from __future__ import annotations

import argparse
import logging
import pwd
import signal
import threading
from pathlib import Path
from typing import Any

from central.commands.context import command, opened
from central.commands.notify import notify, watchdog_s
from central.errors import DatabaseNotReadyError, VaultRefusedError, VaultUnavailableError
from central.logs import configure_logging
from central.models.database import Database
from central.secrets import read_private
from central.storage.opening import open_blobs
from central.vault.client import VaultClient
from central.vault.opening import Opener, read_identities
from central.vault.server import VaultServer, serve

_log = logging.getLogger(__name__)
_NO_PACKET = bytes(32)


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = command(subparsers, "vault", "abre un registro por petición; guarda la llave", _vault)
    parser.add_argument(
        "--client",
        action="append",
        default=[],
        type=_uid,
        metavar="USUARIO",
        help="quien puede pedir, además de [vault] clients; se puede repetir",
    )
    parser.add_argument(
        "--hearing-client",
        action="append",
        default=[],
        type=_uid,
        metavar="USUARIO",
        help="quien puede mostrar lo que una audiencia abrió, y nada más",
    )


def _vault(arguments: argparse.Namespace) -> int:
    configure_logging()
    with opened(arguments) as context:
        settings = context.config.vault
        opener = Opener(
            context.database,
            open_blobs(context.config),
            read_identities(read_private(Path(settings.identity))),
            context.clock,
            images_per_hour=settings.images_per_hour,
        )
        path = Path(settings.socket)
        server = VaultServer(
            path,
            opener,
            (*settings.clients, *arguments.client),
            (*settings.hearing_clients, *arguments.hearing_client),
        )
        stopping = threading.Event()

        def stop(_number: int, _frame: object) -> None:
            notify("STOPPING=1")
            stopping.set()
            # `shutdown` waits for the loop, which runs in this very thread.
            threading.Thread(target=server.shutdown).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        asker = threading.Thread(
            target=_ask_oneself, args=(path, context.database, stopping), daemon=True
        )
        serve(server, on_ready=asker.start)
        stopping.set()
        path.unlink(missing_ok=True)
    return 0


def _ask_oneself(path: Path, database: Database, stopping: threading.Event) -> None:
    """Say that the vault is ready, and alive, as long as it answers on its own socket.

    The question is one that it must refuse before it looks at any packet: nothing is opened for it
    and nothing written down.
    """
    every_s = watchdog_s() / 3
    client = VaultClient(path, timeout_s=max(every_s, 1.0))
    is_ready = False
    while not stopping.is_set():
        try:
            client.open_for_hearing(_NO_PACKET, actor="worker:heartbeat")
        except VaultRefusedError as refusal:
            is_answering = refusal.code == "vault.purpose"
        except VaultUnavailableError as error:
            _log.error("heartbeat.missed reason=%s", error)
            is_answering = False
        else:
            is_answering = False  # it opened what it must not
        try:
            database.require()
        except DatabaseNotReadyError:
            # The database's own trouble, which no restart of the vault helps.
            status = "la base de datos no responde"
        else:
            status = "responde"
        if is_answering:
            notify(*([] if is_ready else ["READY=1"]), f"STATUS={status}", "WATCHDOG=1")
            is_ready = True
        if not every_s and is_ready:
            break
        stopping.wait(every_s or 1.0)
    client.close()


def _uid(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError as error:
        raise argparse.ArgumentTypeError(f"no hay usuario {name}") from error
