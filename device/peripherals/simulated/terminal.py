"""A pseudo-terminal with a device at its far end, which may be pulled out and plugged in again."""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Callable
from pathlib import Path

_CHUNK_BYTES = 4096
_POLL_S = 0.1


class Terminal:
    """The far end of a serial line.

    `path` is a link to the device file, as udev makes one under `/dev/serial/by-id`: it is there
    only while the device is plugged in.
    """

    def __init__(
        self,
        path: Path,
        received: Callable[[bytes], None],
    ) -> None:
        self.path = path
        self._received = received
        self._lock = threading.RLock()
        self._ends: tuple[int, int] | None = None
        self._stopping = threading.Event()
        self._paused = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"simulated-{path.name}", daemon=True
        )
        self.plug()
        self._thread.start()

    def plug(self) -> None:
        """Plug the device in."""
        with self._lock:
            if self._ends is not None:
                return
            near, far = os.openpty()
            tty.setraw(far)
            os.set_blocking(near, False)
            # The far end stays open here: a driver that closes it must not hang up the line.
            self._ends = (near, far)
            fresh = self.path.with_name(f".{self.path.name}")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(os.ttyname(far))
            fresh.replace(self.path)

    def unplug(self) -> None:
        """Pull the device out: the line hangs up."""
        with self._lock:
            if self._ends is None:
                return
            self.path.unlink(missing_ok=True)
            for end in self._ends:
                os.close(end)
            self._ends = None

    def pause(self) -> None:
        """Take no more bytes, as a device that hangs."""
        self._paused.set()

    def resume(self) -> None:
        """Take bytes again."""
        self._paused.clear()

    def send(self, content: bytes) -> None:
        """Send bytes to whoever has opened the line; what an unplugged device sends is lost."""
        rest = memoryview(content)
        while rest and not self._stopping.is_set():
            with self._lock:
                if self._ends is None:
                    return
                try:
                    rest = rest[os.write(self._ends[0], rest) :]
                    continue
                except BlockingIOError:
                    pass
            # Nobody reads just now; the lock is free meanwhile, so that it can be unplugged.
            self._wait_for(writable=True)

    def close(self) -> None:
        """Unplug the device for good."""
        self._stopping.set()
        self._thread.join()
        self.unplug()

    def _run(self) -> None:
        while not self._stopping.is_set():
            chunk = b""
            with self._lock:
                if self._ends is not None and not self._paused.is_set():
                    chunk = _read(self._ends[0])
            if chunk:
                self._received(chunk)
                continue
            self._wait_for(writable=False)

    def _wait_for(self, *, writable: bool) -> None:
        with self._lock:
            near = [self._ends[0]] if self._ends is not None else []
        if not near or (self._paused.is_set() and not writable):
            self._stopping.wait(_POLL_S)
            return
        try:
            select.select([] if writable else near, near if writable else [], [], _POLL_S)
        except (OSError, ValueError):
            return  # it was unplugged meanwhile


def _read(near: int) -> bytes:
    try:
        return os.read(near, _CHUNK_BYTES)
    except OSError:
        return b""  # nothing there
