"""What a visit asks of whoever keeps what was captured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from device.errors import CaptureRefusedError
from device.queue.overview import Counts
from device.queue.schema import State
from device.queue.seal import ApoyoDraft, ClosedSession, Sealed
from wire.packet import Kind


class Seals(Protocol):
    """Seals what was captured, and says why it would not."""

    def seal(self, draft: ApoyoDraft) -> Sealed: ...
    def note(
        self,
        kind: Kind,
        *,
        process: str,
        auxiliar: str | None = None,
        session: str | None = None,
    ) -> Sealed: ...
    def session_counts(self, opened: Sealed) -> Counts: ...
    def close_session(
        self, opened: Sealed, *, process: str, auxiliar: str, session: str
    ) -> ClosedSession | None:
        """Seal the end of a session; None where nothing is kept."""
        ...

    def refusal(self) -> CaptureRefusedError | None: ...
    def captured(self, solicitud: str, identifiers: Mapping[str, str]) -> set[State]: ...
