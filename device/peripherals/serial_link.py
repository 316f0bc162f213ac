"""One thread that owns one serial line: it opens it, reads it, and opens it again when it is gone.

A line is named by a device file or by a pattern (`/dev/serial/by-id/usb-…*`), which still finds
the device in another socket. Nothing is kept here: bytes go on to the listener as they come.
"""

from __future__ import annotations

import errno
import logging
import termios
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import serial

from device.peripherals.base import Absent, Failed, LinkError, PeripheralState, Ready

log = logging.getLogger(__name__)

_CHUNK_BYTES = 4096
_NOT_THERE = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO})
_CAUSES = {
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EAGAIN: "busy",  # another program has locked it
    errno.EBUSY: "busy",
}
# What pyserial lets through when a device is pulled out.
_GONE = (serial.SerialException, OSError, termios.error)


class Listener(Protocol):
    """Who works with the bytes; every method is called by the thread of the line, and returns."""

    def opened(self) -> None:
        """The line is open and empty."""
        ...

    def received(self, chunk: bytes) -> None:
        """Bytes came."""
        ...

    def idle(self) -> None:
        """No byte came for a moment."""
        ...

    def lost(self) -> None:
        """The line is gone; what was half received will never be whole."""
        ...


@dataclass(frozen=True)
class LinkSettings:
    """How a line is used; all in seconds.

    `idle_s` is the longest wait for a byte before the listener hears that none came. Whoever takes
    no bytes for `write_s` has stopped; both are fixed, since changing them sets a line up anew. A
    try after a failure comes after `retry_s`, doubled up to `most_retry_s`.
    """

    port: str
    baud: int
    idle_s: float = 0.05
    write_s: float = 2.5
    retry_s: float = 0.25
    most_retry_s: float = 2.0


class SerialLink:
    """A serial line that may come and go."""

    def __init__(self, name: str, settings: LinkSettings, listener: Listener) -> None:
        self._name = name
        self._settings = settings
        self._listener = listener
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._state: PeripheralState = Absent(f"{name}.absent")
        self._line: serial.Serial | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to look for the device."""
        self._thread.start()

    def close(self, *, timeout_s: float = 5.0) -> None:
        """Close the line and end the thread."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def state(self) -> PeripheralState:
        """Return whether the line is open: `Absent`, `Ready` or `Failed`."""
        with self._lock:
            return self._state

    def write(self, content: bytes) -> None:
        """Hand all bytes to the line.

        Raises:
            LinkError: The line is not there, or did not take them in time.
        """
        with self._writing:
            if self._line is None:
                raise LinkError("the line is not open", code=f"{self._name}.absent")
            try:
                self._line.write(content)
            except serial.SerialTimeoutException as error:
                raise LinkError("the line takes nothing", code=f"{self._name}.silent") from error
            except _GONE as error:
                raise LinkError("the line is gone", code=f"{self._name}.absent") from error

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                line = self._open()
            except _GONE as error:
                failures += 1
                self._note(self._failure(error, otherwise=errno.EINVAL))
            else:
                failures = 0
                self._serve(line)
            settings = self._settings
            wait_s = min(settings.retry_s * 2.0 ** min(failures, 16), settings.most_retry_s)
            self._stopping.wait(wait_s)

    def _open(self) -> serial.Serial:
        settings, port = self._settings, Path(self._settings.port)
        # In the last part alone: a device file has no other that varies.
        path = min(port.parent.glob(port.name), default=None)
        if path is None:
            raise FileNotFoundError(errno.ENOENT, "no such device file")
        # Exclusive: another program that reads along would take half of the bytes.
        line = serial.Serial(
            str(path),
            settings.baud,
            timeout=settings.idle_s,
            write_timeout=settings.write_s,
            exclusive=True,
        )
        line.reset_input_buffer()
        return line

    def _serve(self, line: serial.Serial) -> None:
        """Pass bytes on until the device is gone or the link is closed."""
        with self._writing:
            self._line = line
        self._note(Ready(str(line.port)))
        try:
            self._listener.opened()
            while not self._stopping.is_set():
                chunk = line.read(max(1, min(line.in_waiting, _CHUNK_BYTES)))
                if chunk:
                    self._listener.received(chunk)
                else:
                    self._listener.idle()
        except (*_GONE, LinkError) as error:
            self._note(self._failure(error, otherwise=errno.ENODEV))
        except Exception:  # a fault of a driver: the line starts anew, the station goes on
            log.exception("peripheral.crashed name=%s", self._name)
            self._note(Failed(f"{self._name}.failed"))
        finally:
            with self._writing:
                self._line = None
            self._listener.lost()
            _close(line)

    def _failure(self, error: BaseException, *, otherwise: int) -> PeripheralState:
        """Return the state for an error; `otherwise` is the number of one that carries none."""
        number = getattr(error, "errno", None) or otherwise
        if number in _NOT_THERE:
            return Absent(f"{self._name}.absent")
        return Failed(f"{self._name}.{_CAUSES.get(number, 'failed')}")

    def _note(self, state: PeripheralState) -> None:
        with self._lock:
            changed, self._state = self._state != state, state
        if not changed:
            return
        match state:
            case Ready():
                log.info("peripheral.opened name=%s port=%s", self._name, state.port)
            case Absent() | Failed():
                log.warning("peripheral.lost name=%s code=%s", self._name, state.code)


def _close(line: serial.Serial) -> None:
    try:
        line.close()
    except _GONE:
        log.debug("the line was gone before it was closed")
