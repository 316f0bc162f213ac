"""The visits one after the other, with the cuts and kills that happen on the way."""

import threading
import time
from pathlib import Path

from demo import scenes, station
from demo.cast import (
    CUT_FROM,
    CUT_TO,
    KILLED_AT,
    KIOSK_KILLED_AT,
    SEAL_KILLED_AT,
    Circumstance,
    Visit,
)
from demo.journal import Journal
from demo.kiosk import Guarded, Hooks, Kiosk, KioskGoneError, bring
from demo.places import Places
from demo.processes import Supervisor
from demo.relay import Relay
from demo.scenes import Shot
from demo.score import printed_fields
from demo.terminal import Terminal

_MOST_STARTS = 4
# Late enough for the seal to have begun, early enough for it not to have answered.
_KILL_DELAY_S = 0.012


class Tour:
    """Brings the visits through the kiosk; `untold` were sealed but never told so."""

    def __init__(
        self,
        places: Places,
        frames: Path,
        kiosk: Kiosk,
        supervisor: Supervisor,
        relay: Relay,
        terminal: Terminal,
        journal: Journal,
    ) -> None:
        self._places = places
        self._frames = frames
        self._kiosk = kiosk
        self._supervisor = supervisor
        self._relay = relay
        self._terminal = terminal
        self._journal = journal
        self._done: set[str] = set()
        self.guarded: list[Guarded] = []
        self.untold: list[Visit] = []

    def bring_all(self, visits: list[Visit]) -> None:
        """Bring every visit to *guardado*, through whatever happens.

        Those that an earlier run of the same demo brought are not brought again.
        """
        self.guarded = self._journal.guarded(visits)
        self.untold = self._journal.untold(visits)
        known = {one.visit.number for one in self.guarded} | {one.number for one in self.untold}
        left = [visit for visit in visits if visit.number not in known]
        self._kiosk.sign_in()
        if left and self._was_sealed():
            # It was killed after the seal and before it wrote so.
            self._keep_untold(left.pop(0))
        for visit in left:
            self._happens_before(visit)
            odd = visit.circumstance.value
            self._terminal.bar(
                f"modelo {visit.model}{f' · {odd}' if odd else ''}", visit.number - 1, len(visits)
            )
            self._bring(visit)
        self._terminal.bar("apoyos guardados", len(visits), len(visits))
        self._terminal.end_bar()

    def _bring(self, visit: Visit) -> None:
        printed = printed_fields(scenes.truth(self._frames, visit))
        hooks = Hooks(show=self._show, before=self._happens_within)
        for _ in range(_MOST_STARTS):
            try:
                guarded = bring(self._kiosk, visit, hooks, printed)
            except KioskGoneError:
                self._supervisor.wait_until_ready(station.PROGRAM)
                self._kiosk.sign_in()
                if self._was_sealed():
                    self._keep_untold(visit)
                    return
                self._terminal.note("no quedó nada de la captura a medias: se repite")
            else:
                self.guarded.append(guarded)
                self._journal.note(guarded)
                return
        raise KioskGoneError(f"visita {visit.number}: {_MOST_STARTS} veces sin terminar")

    def _keep_untold(self, visit: Visit) -> None:
        self._terminal.note("el sello estaba completo: la estación lo conservó")
        self.untold.append(visit)
        self._journal.note_untold(visit)

    def _was_sealed(self) -> bool:
        """Say whether the station has a record more than it told us of."""
        known = len(self.guarded) + len(self.untold)
        return len(station.sealed_folios(self._places)) > known

    def _show(self, visit: Visit, shot: Shot, attempt: int) -> None:
        self._places.show(scenes.scene(self._frames, visit, shot, attempt))

    def _happens_before(self, visit: Visit) -> None:
        if visit.number == CUT_FROM:
            self._relay.cut()
            self._terminal.note("se corta la red entre la estación y la sede central")
        if visit.number == CUT_TO:
            waiting = len(self._kiosk.queue_folios())
            self._relay.mend()
            self._terminal.note(f"vuelve la red; esperaban {waiting} apoyos en la estación")
        if victim := KILLED_AT.get(visit.number):
            self._kill(victim)

    def _happens_within(self, visit: Visit, moment: str) -> None:
        if (visit.number, moment) == (KIOSK_KILLED_AT, "confirm") and self._once(moment):
            self._kill(station.PROGRAM)
        if (visit.number, moment) == (SEAL_KILLED_AT, "seal") and self._once(moment):
            threading.Thread(target=self._kill_soon, daemon=True).start()

    def _once(self, moment: str) -> bool:
        first = moment not in self._done
        self._done.add(moment)
        return first

    def _kill_soon(self) -> None:
        time.sleep(_KILL_DELAY_S)
        self._kill(station.PROGRAM)

    def _kill(self, name: str) -> None:
        self._terminal.note(f"se mata el proceso «{name}» (kill -9)")
        self._supervisor.kill(name)


def describe(visit: Visit) -> str:
    """Give what the table says of a visit."""
    if visit.circumstance is Circumstance.ORDINARY:
        return "—"
    return str(visit.circumstance.value)
