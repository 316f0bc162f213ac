"""Printing beside the work: a slip is begun and asked after, and nobody waits for the paper."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from device.peripherals import escpos
from device.peripherals.base import Printer, PrinterError
from device.peripherals.slips import Slip

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Printing:
    """The slip is on its way."""


@dataclass(frozen=True)
class Printed:
    """The printer said that the slip is out."""


@dataclass(frozen=True)
class NotPrinted:
    """The slip is not known to be out; `code` says why."""

    code: str


PrintState = Printing | Printed | NotPrinted


class PrintDesk:
    """Prints one slip after the other and remembers how the latest went."""

    def __init__(self, printer: Printer, *, columns: int) -> None:
        self._printer = printer
        self._columns = columns
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="print")
        self._latest: tuple[str, Future[PrintState]] | None = None

    def begin(self, key: str, slip: Slip) -> PrintState:
        """Begin to print a slip, unless the one of this key is on its way already."""
        with self._lock:
            if self._latest is not None and self._latest[0] == key and not self._latest[1].done():
                return Printing()
            content = escpos.encode(slip, self._columns)
            self._latest = (key, self._worker.submit(self._print, content))
        return Printing()

    def state(self, key: str) -> PrintState | None:
        """Return how the slip of this key goes, None when it is not the latest."""
        with self._lock:
            if self._latest is None or self._latest[0] != key:
                return None
            job = self._latest[1]
        return job.result() if job.done() else Printing()

    def close(self) -> None:
        """Take no more slips; the one that is being printed ends within its own time."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _print(self, content: bytes) -> PrintState:
        try:
            self._printer.print_slip(content)
        except PrinterError as error:
            log.warning("slip.not_printed code=%s", error.code)
            return NotPrinted(error.code)
        except Exception:  # a driver's fault must not leave a slip "on its way" for ever
            log.exception("slip.not_printed code=%s", PrinterError.code)
            return NotPrinted(PrinterError.code)
        log.info("slip.printed size_bytes=%d", len(content))
        return Printed()
