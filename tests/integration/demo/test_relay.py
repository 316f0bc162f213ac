"""The wire that the demo cuts."""

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from demo.relay import Relay


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while received := self.request.recv(1024):
            self.request.sendall(received)


@pytest.fixture
def relay() -> Iterator[Relay]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        relay = Relay(("127.0.0.1", server.server_address[1]))
        yield relay
        relay.close()
        server.shutdown()


def _ask(relay: Relay, message: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", relay.port), timeout=5) as connection:
        connection.sendall(message)
        return connection.recv(1024)


def _answers(relay: Relay) -> bool:
    try:
        return _ask(relay, b"hola") == b"hola"
    except ConnectionError:
        return False


class TestRelay:
    def test_passes_bytes_both_ways(self, relay: Relay) -> None:
        assert _ask(relay, b"hola") == b"hola"

    def test_breaks_what_was_open_when_it_is_cut(self, relay: Relay) -> None:
        with socket.create_connection(("127.0.0.1", relay.port), timeout=5) as connection:
            connection.sendall(b"a")
            assert connection.recv(1) == b"a"
            relay.cut()
            with pytest.raises(ConnectionError):
                connection.recv(1)

    def test_refuses_while_it_is_cut_and_serves_again_when_mended(self, relay: Relay) -> None:
        relay.cut()
        assert not _answers(relay)
        assert relay.refused >= 1
        relay.mend()
        assert _answers(relay)
