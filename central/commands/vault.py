"""`vault`: the only process with the opening key."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path
from typing import Any

from central.commands.context import command, opened
from central.commands.notify import notify
from central.logs import configure_logging
from central.secrets import read_private
from central.storage.opening import open_blobs
from central.vault.opening import Opener, read_identities
from central.vault.server import VaultServer, serve


def register(subparsers: Any) -> None:
    """Add the command."""
    command(subparsers, "vault", "abre un registro por petición; guarda la llave", _vault)


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
        server = VaultServer(path, opener, settings.clients, settings.hearing_clients)

        def stop(_number: int, _frame: object) -> None:
            # `shutdown` waits for the loop, which runs in this very thread.
            threading.Thread(target=server.shutdown).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        serve(server, on_ready=lambda: notify("READY=1"))
        path.unlink(missing_ok=True)
    return 0
