"""A receipt printer on a serial line: a slip is known to be printed, or its code says why not.

A thread asks for the printer's condition now and then. While a slip is printed its condition is
asked for again and again: a printer that stops says so, and one that hangs runs into a timeout.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

from device.peripherals import escpos
from device.peripherals.base import Failed, LinkError, PeripheralState, PrinterError, Ready
from device.peripherals.serial_link import LinkSettings, SerialLink

_PIECE_BYTES = 256
# Answers to GS r 1: bits 0 and 1 paper low, 2 and 3 paper out, each pair set or not.
_SETTLED = frozenset({0x00, 0x03, 0x0C, 0x0F})


@dataclass(frozen=True)
class Condition:
    """What a printer says about itself."""

    is_offline: bool = False
    is_cover_open: bool = False
    has_error: bool = False
    is_paper_low: bool = False
    is_paper_out: bool = False

    @classmethod
    def of(cls, printer: int, offline: int, paper: int) -> Condition:
        """Read the bytes answered to DLE EOT 1, 2 and 4."""
        return cls(
            is_offline=bool(printer & 0x08),
            is_cover_open=bool(offline & 0x04),
            has_error=bool(offline & 0x40),
            is_paper_low=bool(paper & 0x0C),
            is_paper_out=bool(paper & 0x60 or offline & 0x20),
        )

    @property
    def code(self) -> str:
        """Return why it cannot print, empty when it can."""
        if self.is_cover_open:
            return "printer.cover_open"
        if self.is_paper_out:
            return "printer.paper_out"
        return "printer.failed" if self.has_error or self.is_offline else ""


@dataclass(frozen=True)
class Patience:
    """How long a printer is waited for; all in seconds.

    Its condition is asked for every `look_every_s` and answered within `answer_s`. A slip is out
    within `print_s` of its last byte: paper moves at 50 mm/s at least, and none has half a metre.
    """

    answer_s: float = 1.5
    print_s: float = 12.0
    look_every_s: float = 2.0


class SerialPrinter:
    """An ESC/POS printer on a serial line."""

    def __init__(self, settings: LinkSettings, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._printing = threading.Lock()
        self._heard = threading.Condition()
        self._is_open = False
        self._answer: int | None = None
        self._settled: int | None = None
        self._condition: Condition | None = None
        self._garbage = 0
        self._closing = threading.Event()
        self._look_now = threading.Event()
        self._link = SerialLink("printer", settings, self)
        self._watch = threading.Thread(target=self._look, name="printer-watch", daemon=True)
        self._link.start()
        self._watch.start()

    @property
    def state(self) -> PeripheralState:
        state = self._link.state
        if not isinstance(state, Ready):
            return state
        with self._heard:
            condition, garbage = self._condition, self._garbage
        if condition is None:
            return Failed("printer.silent")
        if condition.code:
            return Failed(condition.code)
        remarks = ("printer.paper_low",) if condition.is_paper_low else ()
        return replace(state, remarks=remarks, garbage=garbage)

    def print_slip(self, content: bytes) -> None:
        with self._printing:
            try:
                self._require(self._ask())
                self._send(content)
                self._wait_until_settled()
            except LinkError as error:
                raise PrinterError(str(error), code=error.code) from error

    def close(self) -> None:
        self._closing.set()
        self._look_now.set()
        self._link.close()
        self._watch.join(self._patience.answer_s)

    def opened(self) -> None:
        with self._heard:
            self._is_open = True
        self._look_now.set()

    def received(self, chunk: bytes) -> None:
        with self._heard:
            for byte in chunk:
                if byte & 0x93 == 0x12:  # DLE EOT: bits 0 and 7 are 0, 1 and 4 are 1
                    self._answer = byte
                elif byte in _SETTLED:
                    self._settled = byte
                else:
                    self._garbage += 1
            self._heard.notify_all()

    def idle(self) -> None:
        """Do nothing: the watch asks."""

    def lost(self) -> None:
        with self._heard:
            self._is_open, self._condition = False, None
            self._heard.notify_all()

    def _send(self, content: bytes) -> None:
        """Hand the slip over piece by piece: a printer that stops says so after one of them."""
        try:
            for start in range(0, len(content), _PIECE_BYTES):
                self._link.write(content[start : start + _PIECE_BYTES])
            with self._heard:
                self._settled = None
            self._link.write(escpos.PAPER_STATUS)
        except LinkError:
            if self._is_open:
                self._require(self._ask())
            raise

    def _wait_until_settled(self) -> None:
        """Return when the printer has worked off the slip; ask for its condition meanwhile."""
        until = time.monotonic() + self._patience.print_s
        while time.monotonic() < until:
            with self._heard:
                self._heard.wait_for(lambda: self._settled is not None or not self._is_open, 0.25)
                settled = self._settled
            if settled is not None:
                if settled & 0x0C:  # the paper ended: nobody knows whether the last lines are out
                    raise PrinterError("the paper ended", code="printer.paper_out")
                return
            self._require(self._ask())
        raise PrinterError(f"not printed within {self._patience.print_s} s", code="printer.failed")

    def _look(self) -> None:
        while not self._closing.is_set():
            self._look_now.wait(self._patience.look_every_s)
            self._look_now.clear()
            if self._closing.is_set() or not self._is_open:
                continue
            with self._printing:
                try:
                    self._ask()
                except (LinkError, PrinterError):
                    continue  # the state says it

    def _ask(self) -> Condition:
        """Ask for the condition.

        Raises:
            LinkError: The line is gone.
            PrinterError: No answer.
        """
        try:
            condition = Condition.of(self._status(1), self._status(2), self._status(4))
        except (LinkError, PrinterError):
            with self._heard:
                self._condition = None
            raise
        with self._heard:
            self._condition = condition
        return condition

    def _status(self, n: int) -> int:
        self._forget_answer()
        self._link.write(escpos.realtime_status(n))
        with self._heard:
            self._heard.wait_for(
                lambda: self._answer is not None or not self._is_open, self._patience.answer_s
            )
            answer, is_open = self._answer, self._is_open
        if not is_open:
            raise PrinterError("the printer is gone", code="printer.absent")
        if answer is None:
            raise PrinterError("the printer does not answer", code="printer.silent")
        return answer

    def _forget_answer(self) -> None:
        with self._heard:
            self._answer = None

    def _require(self, condition: Condition) -> None:
        if condition.code:
            raise PrinterError("the printer stopped", code=condition.code)
