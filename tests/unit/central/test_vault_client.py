"""How those who ask the vault live through its death."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from central.errors import VaultUnavailableError
from central.vault.client import VaultClient
from central.vault.protocol import OpenAnswer, OpenRequest, receive, send

LINK = bytes(32)


def _serve_once(path: Path) -> Callable[[], None]:
    """Answer one request and die; what is given waits for the death."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()

    def answer() -> None:
        connection, _ = listener.accept()
        with connection, cast(BinaryIO, connection.makefile("rwb")) as stream:
            receive(stream, OpenRequest)
            send(stream, OpenAnswer(size=4), b"open")
        listener.close()
        path.unlink()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return thread.join


class TestVaultClient:
    def test_asks_a_vault_that_was_started_again(self, tmp_path: Path) -> None:
        path = tmp_path / "vault.sock"
        client = VaultClient(path, timeout_s=5)
        for _ in range(3):
            wait_for_death = _serve_once(path)
            assert client.open_record(LINK, actor="worker:test") == b"open"
            wait_for_death()
        client.close()

    def test_says_so_every_time_while_the_vault_is_dead(self, tmp_path: Path) -> None:
        path = tmp_path / "vault.sock"
        client = VaultClient(path, timeout_s=5)
        wait_for_death = _serve_once(path)
        client.open_record(LINK, actor="worker:test")
        wait_for_death()
        for _ in range(3):
            with pytest.raises(VaultUnavailableError):
                client.open_record(LINK, actor="worker:test")
        client.close()
