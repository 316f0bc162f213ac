"""The vault's Unix socket: one thread a connection, peers known by the kernel, never by a claim."""

from __future__ import annotations

import logging
import os
import socket
import socketserver
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from central.errors import CentralError, VaultError, VaultUnavailableError
from central.vault.opening import Opener
from central.vault.protocol import OpenAnswer, OpenRequest, Purpose, receive, send
from wire.errors import ShapeError

_log = logging.getLogger(__name__)
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: struct ucred of Linux
_IDLE_TIMEOUT_S = 300


class VaultServer(socketserver.ThreadingUnixStreamServer):
    """Listens until `shutdown`; refuses to take the place of a vault that answers."""

    daemon_threads = True

    def __init__(
        self,
        path: Path,
        opener: Opener,
        clients: tuple[int, ...],
        hearing_clients: tuple[int, ...] = (),
    ) -> None:
        self.opener = opener
        self.allowed = {os.geteuid(), *clients}
        # These may show an aspirante what a hearing has opened, and nothing else.
        self.hearing_only = set(hearing_clients) - self.allowed
        _remove_stale(path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        before = os.umask(0o177)  # nobody else may connect, also not before the chmod
        try:
            super().__init__(str(path), _Connection)
        except OSError as error:
            raise VaultError(f"{path}: cannot listen: {error.strerror}") from error
        finally:
            os.umask(before)
        # Where other users may ask, the kernel says who they are: see `_Connection`.
        path.chmod(0o666 if clients or hearing_clients else 0o600)


class _Connection(socketserver.StreamRequestHandler):
    """One client's requests, one after the other."""

    server: VaultServer
    timeout = _IDLE_TIMEOUT_S

    def handle(self) -> None:
        raw = self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        _pid, uid, _gid = _CREDENTIALS.unpack(raw)
        self._hearing_only = uid in self.server.hearing_only
        if uid not in self.server.allowed and not self._hearing_only:
            _log.warning("vault.peer_refused uid=%d", uid)
            self._send(OpenAnswer(code="vault.peer", message="this user may not ask"))
            return
        while self._answer_one():
            pass

    def _answer_one(self) -> bool:
        try:
            request = receive(cast(BinaryIO, self.rfile), OpenRequest)
        except (ShapeError, VaultUnavailableError, OSError):
            return False  # it does not speak our protocol, or has gone
        if request is None:
            return False
        if self._hearing_only and request.purpose is not Purpose.HEARING:
            _log.warning("vault.purpose_refused purpose=%s", request.purpose)
            return self._send(OpenAnswer(code="vault.peer", message="hearings only"))
        try:
            content = self.server.opener.open(request)
        except CentralError as error:
            return self._send(OpenAnswer(code=error.code, message=str(error)[:500]))
        except Exception:  # noqa: BLE001  (one bad request must not end the vault)
            _log.exception("vault.failed link=%s", request.link)
            return self._send(OpenAnswer(code="vault.unavailable", message="failed, see the log"))
        return self._send(OpenAnswer(size=len(content)), content)

    def _send(self, answer: OpenAnswer, body: bytes = b"") -> bool:
        try:
            send(cast(BinaryIO, self.wfile), answer, body)
        except OSError:
            return False
        return True


def serve(server: VaultServer, on_ready: Callable[[], None]) -> None:
    """Answer until another thread calls `server.shutdown()`."""
    _log.info("vault.started")
    on_ready()
    with server:
        server.serve_forever(poll_interval=0.2)
    _log.info("vault.stopped")


def _remove_stale(path: Path) -> None:
    """Remove the socket that a killed vault left behind; one that answers stays."""
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise VaultError(f"{path}: a vault is running already", code="vault.running")
