"""What a visit asks of whoever keeps what was captured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from device.errors import CaptureRefusedError
from device.queue.seal import ApoyoDraft, Sealed
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
        numbers: Mapping[str, int] | None = None,
    ) -> Sealed: ...
    def refusal(self) -> CaptureRefusedError | None: ...
    def was_captured(self, solicitud: str, clave_elector: str) -> bool: ...
