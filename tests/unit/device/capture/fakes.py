"""Parts of a station around the desk, written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from device.camera.base import CameraTimeoutError, Frame
from device.capture.desk import Desk, DeskSettings
from device.capture.photographer import Photographer
from device.errors import CaptureRefusedError, DiskFullError
from device.queue.overview import Counts
from device.queue.schema import State
from device.queue.seal import ApoyoDraft, ClosedSession, Sealed
from domain.credential.fields import Side
from tests.kiosks import (
    BACK_COLOUR,
    FRONT_COLOUR,
    PASSWORD,
    STROKES,
    ScriptedReader,
    draw_scene,
    kiosk_policy,
)
from tests.live_photos import finder, photo_of
from tests.stations import AUXILIAR, Centre, FakeClock
from wire.packet import Kind
from wire.policy import Policy

SCENES = {
    "front": draw_scene(FRONT_COLOUR, (640, 400)),
    "back": draw_scene(BACK_COLOUR, (640, 400)),
    "face": photo_of("good"),
    "sunglasses": photo_of("sunglasses"),
    "screen": photo_of("screen"),
    "table": draw_scene((52, 58, 66), (640, 400)),
}


class FakeCamera:
    """Sees what is put before it."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.sees = "table"
        self.works = True

    def burst(self, count: int, *, timeout_s: float | None = None) -> list[Frame]:
        if not self.works:
            raise CameraTimeoutError("no frame")
        return [Frame(SCENES[self.sees], taken_at=self.clock.now()) for _ in range(count)]


class FakeSealer:
    """Keeps what it sealed in a list, or refuses."""

    def __init__(self) -> None:
        self.drafts: list[ApoyoDraft] = []
        self.notes: list[tuple[Kind, str | None]] = []
        self.is_full = False
        self.refuses: CaptureRefusedError | None = None
        self.known: set[tuple[str, str]] = set()

    def seal(self, draft: ApoyoDraft) -> Sealed:
        if self.is_full:
            raise DiskFullError("no space")
        self.drafts.append(draft)
        folio = f"S001-A0001-EST01-{len(self.drafts):08d}"
        return Sealed(folio, f"{len(self.drafts):064x}", len(self.drafts), "e", "p", Kind.APOYO)

    def note(
        self,
        kind: Kind,
        *,
        process: str,
        auxiliar: str | None = None,
        session: str | None = None,
    ) -> Sealed:
        self.notes.append((kind, session))
        return Sealed(None, "0" * 64, 1, "e", "p", kind)

    def session_counts(self, opened: Sealed) -> Counts:
        return Counts(apoyos=len(self.drafts), pending=len(self.drafts))

    def close_session(
        self, opened: Sealed, *, process: str, auxiliar: str, session: str
    ) -> ClosedSession | None:
        self.notes.append((Kind.SESSION_CLOSE, session))
        return None

    def refusal(self) -> CaptureRefusedError | None:
        return self.refuses

    def captured(self, solicitud: str, identifiers: Mapping[str, str]) -> set[State]:
        known = any((solicitud, value) in self.known for value in identifiers.values())
        return {State.SEALED} if known else set()


class Workplace:
    """A desk with everything around it in reach."""

    def __init__(self, *, reader: bool = True, faces: bool = False, **process: Any) -> None:
        self.clock = FakeClock()
        self.camera = FakeCamera(self.clock)
        self.reader = ScriptedReader()
        self.sealer = FakeSealer()
        self.policy: Policy = kiosk_policy(Centre(), **process)
        self.sessions = 0
        self.desk = Desk(
            photographer=Photographer(
                self.camera,
                self.reader if reader else None,
                finder() if faces else None,
                burst=2,
            ),
            sealer=self.sealer,
            policy=lambda: self.policy,
            clock=self.clock,
            new_session=self._new_session,
            versions={"software": "test"},
            settings=DeskSettings(idle_s=900, visit_timeout_s=300),
        )

    def signed_in(self) -> Desk:
        """Return the desk after sign-in."""
        self.desk.sign_in(AUXILIAR, PASSWORD)
        return self.desk

    def change_process(self, **changes: Any) -> None:
        """Let the centre send another policy."""
        process = replace(self.policy.processes[0], **changes)
        self.policy = replace(self.policy, version=2, processes=(process,))

    def change_auxiliar(self, **changes: Any) -> None:
        """Let the centre change the account."""
        auxiliar = replace(self.policy.auxiliares[0], **changes)
        self.policy = replace(self.policy, version=2, auxiliares=(auxiliar,))

    def to_step(self, step: str) -> Desk:
        """Bring a visit to a step by doing what comes before."""
        desk = self.signed_in()
        desk.start()
        actions: Mapping[str, Any] = {
            "front": desk.agree,
            "back": lambda: self._shoot("front"),
            "confirm": lambda: self._shoot("back"),
            "live_photo": lambda: desk.confirm({}),
            "signature": self._face,
            "summary": lambda: desk.sign(STROKES),
            "sealed": desk.seal,
        }
        for name, act in actions.items():
            if desk.case is not None and desk.case.step.value == step:
                return desk
            act()
            assert desk.case is not None
            assert desk.case.step.value == name
        return desk

    def finish(self) -> None:
        """Bring a visit from the side that it stands at to the seal."""
        desk = self.desk
        while desk.case is not None and desk.case.step.value in set(Side):
            self._shoot(desk.case.step.value)
        desk.confirm({})
        self._face()
        desk.sign(STROKES)
        desk.seal()

    def _shoot(self, side: str) -> None:
        self.camera.sees = side
        self.desk.shoot(Side(side))

    def _face(self) -> None:
        self.camera.sees = "face"
        self.desk.shoot_face()
        self.desk.accept_face()

    def _new_session(self) -> str:
        self.sessions += 1
        return f"session-{self.sessions}"
