"""After a start: keeps the slot that is being tried if the station works in it, else returns.

Nothing has to happen for the old slot to come back: the try is spent when it begins, and only
`mark_good` makes the new slot the default. A station that hangs is restarted by its watchdog.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import TypeAlias

from device.update.base import Slots
from device.update.install import MOST_TRIES
from device.update.journal import Installed, Journal, Pending, Result, State, Step
from device.update.points import CrashHook, no_crash

_log = logging.getLogger(__name__)

# Given whether the centre answered before the update; gives the code of what does not work, or "".
Gate: TypeAlias = Callable[[bool], str]


class Verdict(StrEnum):
    """What became of the update under way."""

    NOTHING = "nothing"  # none is being tried
    KEPT = "kept"
    RETURNING = "returning"  # the old slot is being started
    RETURNED = "returned"  # this is the old slot, and the new one will not be tried again
    AGAIN = "again"  # the try was lost before it began; it is due once more


class Confirmation:
    """Judges the slot that was started; under the updating duty."""

    def __init__(
        self, journal: Journal, slots: Slots, gate: Gate, *, crash: CrashHook = no_crash
    ) -> None:
        self._journal = journal
        self._slots = slots
        self._gate = gate
        self._crash = crash

    def run(self, *, boot_id: str) -> Verdict:
        """Judge, and write down what came of it.

        Raises:
            UpdateError: The journal or the boot selector cannot be used.
        """
        state = self._journal.read()
        pending = state.pending
        if pending is None or pending.step is not Step.TRYING:
            return Verdict.NOTHING
        self._crash("confirm.begun")
        if self._slots.running() != pending.slot:
            return self._back_in_the_old(state, pending, boot_id)
        if self._slots.default() == pending.slot:
            return self._keep(state, pending)  # marked good, then cut
        code = self._gate(pending.had_contact)
        self._crash("confirm.examined")
        if not code:
            self._slots.mark_good(pending.slot)
            self._crash("confirm.marked")
            return self._keep(state, pending)
        _log.error("update.gate_failed slot=%s code=%s", pending.slot, code)
        self._return(state, pending, code)
        self._slots.restart()
        return Verdict.RETURNING

    def _keep(self, state: State, pending: Pending) -> Verdict:
        result = Result(pending.release.digest, "kept", number=pending.release.number)
        # A release of the system brings its own networks.
        self._journal.write(
            replace(state, pending=None, result=result, waiting="", models=Installed())
        )
        self._crash("confirm.kept")
        _log.info("update.kept slot=%s number=%d", pending.slot, pending.release.number)
        return Verdict.KEPT

    def _back_in_the_old(self, state: State, pending: Pending, boot_id: str) -> Verdict:
        # In the boot that wrote the try down it was not asked for: cut in between.
        is_unspent = pending.boot_id == boot_id
        if is_unspent or pending.tries < MOST_TRIES:
            tries = pending.tries - 1 if is_unspent else pending.tries
            due = replace(pending, step=Step.FILLED, tries=tries)
            self._journal.write(replace(state, pending=due))
            _log.warning("update.try_lost slot=%s try=%d", pending.slot, pending.tries)
            return Verdict.AGAIN
        self._return(state, pending, "update.no_start")
        return Verdict.RETURNED

    def _return(self, state: State, pending: Pending, code: str) -> None:
        """Forget the slot: what failed here is no release to fall back on."""
        system = {name: one for name, one in state.system.items() if name != pending.slot}
        result = Result(pending.release.digest, "returned", code, number=pending.release.number)
        self._journal.write(
            replace(
                state.with_failed(pending.release.digest),
                system=system,
                pending=None,
                result=result,
                waiting="",
            )
        )
        self._crash("confirm.returned")
        _log.error("update.returned slot=%s code=%s", pending.slot, code)
