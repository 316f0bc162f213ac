"""A wire between station and centre that the demo can cut: bytes pass unread, TLS and all."""

import contextlib
import selectors
import socket
import struct
import threading

_CHUNK_BYTES = 64 * 1024
# Closing with a linger of 0 seconds resets the connection, as a pulled plug looks to the peer.
_RESET = struct.pack("ii", 1, 0)


class Relay:
    """Listens on loopback and passes every connection on to `target`, unless it is cut."""

    def __init__(self, target: tuple[str, int], port: int = 0) -> None:
        """Listen at once; `port` 0 takes any free one."""
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self.refused = 0
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    @property
    def is_cut(self) -> bool:
        """Whether nothing passes at present."""
        return self._is_cut

    def cut(self) -> None:
        """Break every connection, and refuse new ones until `mend`."""
        with self._lock:
            self._is_cut = True
            broken, self._open = self._open, set()
        # All of them first: closing one wakes the thread that passes bytes, which closes the other.
        for end in broken:
            _pull(end)
        for end in broken:
            _close(end)

    def mend(self) -> None:
        """Let connections pass again; those that were broken stay broken."""
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        """Stop for good."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            if self._is_cut:
                self.refused += 1
                _reset(near)
                continue
            threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target, timeout=10)
        except OSError:
            _reset(near)
            return
        with self._lock:
            if self._is_cut:
                _reset(near)
                _reset(far)
                return
            self._open |= {near, far}
        try:
            _pump(near, far)
        finally:
            with self._lock:
                self._open -= {near, far}
            for end in (near, far):
                _close(end)


def _pump(near: socket.socket, far: socket.socket) -> None:
    """Copy both ways until one side ends, or the connection breaks."""
    far.settimeout(None)
    with selectors.DefaultSelector() as selector, contextlib.suppress(OSError, ValueError):
        selector.register(near, selectors.EVENT_READ, far)
        selector.register(far, selectors.EVENT_READ, near)
        while True:
            # A socket closed by `cut` never becomes readable: look up now and then.
            for key, _ in selector.select(timeout=0.5):
                received = key.fileobj.recv(_CHUNK_BYTES)  # type: ignore[union-attr]  # a socket
                if not received:
                    return
                key.data.sendall(received)
            if near.fileno() < 0 or far.fileno() < 0:
                return


def _reset(end: socket.socket) -> None:
    _pull(end)
    _close(end)


def _pull(end: socket.socket) -> None:
    """Let the coming close look like a pulled plug, whoever closes."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.close()
