"""`serve`: portal, and API of stations, under gunicorn."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from central.commands.context import command, configured, opened


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = command(subparsers, "serve", "atiende el portal y a las estaciones", _serve)
    parser.add_argument("--bind", default="127.0.0.1:8080", metavar="DIRECCIÓN:PUERTO")
    parser.add_argument("--tls", action="store_true", help="con el certificado de init")
    parser.add_argument("--workers", type=int, default=None, help="procesos")


def _serve(arguments: argparse.Namespace) -> int:
    # Only here: the pages and gunicorn are slow to load, and no other command needs them.
    from central.app import check_production
    from central.commands.gunicorn import run

    config = configured(arguments)
    check_production(config)
    with opened(arguments):
        pass  # a database of another release must be found before anybody is answered
    options: dict[str, Any] = {
        "bind": arguments.bind,
        "workers": arguments.workers or config.server.workers,
        "threads": config.server.threads,
        "worker_class": "gthread",
        # A chunk of 1 MiB on a slow link, when no proxy buffers in front.
        "timeout": 120,
        "graceful_timeout": 20,
        "keepalive": 30,
        "proc_name": "acopio-central",
        "control_socket_disable": True,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "logger_class": "gunicorn.glogging.Logger",
        # Nobody's headers are believed here; where a proxy stands in front, `app` says how many.
        "forwarded_allow_ips": "",
    }
    if arguments.tls:
        keys = Path(config.keys.folder)
        options["certfile"], options["keyfile"] = str(keys / "tls.crt"), str(keys / "tls.pem")
    print(f"acopio-central: {'https' if arguments.tls else 'http'}://{arguments.bind}", flush=True)
    run(config, options)
    return 0
