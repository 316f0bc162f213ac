"""`python -m central.accounts.local_provider --bind 127.0.0.1:9400 --redirect-uri …`."""

import argparse
import logging
import socket
import sys
import tomllib
from pathlib import Path

from werkzeug.serving import make_server

from central.accounts.local_provider.accounts import DEFAULT_ACCOUNTS, AccountsError, read_accounts
from central.accounts.local_provider.grants import Client
from central.accounts.local_provider.provider import (
    LOOPBACK_HOSTS,
    NotLoopbackError,
    create_provider,
)

_log = logging.getLogger("central.accounts.local_provider")


class ProductionError(ValueError):
    """The configuration beside the provider is a production one."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; 2 when refused, with one line on standard error that says why."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    try:
        host, port = _loopback_address(options.bind)
        if options.config is not None:
            _refuse_production(options.config)
        accounts = read_accounts(options.accounts) if options.accounts else DEFAULT_ACCOUNTS
        secret = options.client_secret_file
        client = Client(
            client_id=options.client_id,
            redirect_uris=tuple(options.redirect_uri),
            client_secret=secret.read_text(encoding="ascii").strip() if secret else None,
        )
        app = create_provider(options.issuer or f"http://{options.bind}", client, accounts)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
    except (AccountsError, NotLoopbackError, OSError, ProductionError) as error:
        sys.stderr.write(f"local_provider.refused reason={error}\n")
        return 2
    server = make_server(host, port, app, threaded=True, fd=listener.fileno())
    _log.info("local_provider.started bind=%s:%d accounts=%d", host, port, len(accounts))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        _log.info("local_provider.stopped")
    finally:
        server.server_close()
        listener.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="central.accounts.local_provider", description=__doc__)
    parser.add_argument("--bind", default="127.0.0.1:9400", help="loopback HOST:PORT")
    parser.add_argument("--issuer", help="default: http:// and the bind address")
    parser.add_argument("--client-id", default="acopio-portal")
    parser.add_argument("--client-secret-file", type=Path, help="without it: PKCE alone")
    parser.add_argument("--redirect-uri", action="append", required=True)
    parser.add_argument("--accounts", type=Path, help="TOML file with [[account]] tables")
    parser.add_argument("--config", type=Path, help="central.toml; a production one is refused")
    return parser


def _loopback_address(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if host.strip("[]") not in LOOPBACK_HOSTS or not port.isdecimal():
        raise NotLoopbackError(f"--bind must be a loopback HOST:PORT, not {bind}")
    return host.strip("[]"), int(port)


def _refuse_production(path: Path) -> None:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ProductionError(f"{path} is not TOML: {error}") from error
    if settings.get("production", False):
        raise ProductionError(f"{path} is a production configuration")


if __name__ == "__main__":
    sys.exit(main())
