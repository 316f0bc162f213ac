"""What is asked of the register, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from domain.apoyo import SituacionRegistral


@dataclass(frozen=True, slots=True)
class Question:
    """One citizen, by the clave de elector as captured."""

    clave_elector: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the register has a citizen, in its own numbers."""

    entidad: int
    distrito: int
    municipio: int
    seccion: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The situación registral, and where the citizen is registered if found."""

    situacion: SituacionRegistral
    place: Place | None
    motivo_baja: str | None
    version_id: int | None


class Register(Protocol):
    """The electoral register, or what stands for it."""

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer in the order asked.

        Raises:
            RegisterUnavailableError: It does not answer now; later it may.
        """
        ...
