"""The states of an apoyo, and the promise that they add up.

Source: the public cuts of the advance. Every apoyo sent is in exactly one state; for offices
below the presidency a ninth state counts citizens of another geographic scope.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from domain.errors import PartitionError


class State(StrEnum):
    """Where one apoyo stands; the order is that of the public report."""

    LISTA_NOMINAL = "lista_nominal"
    DUPLICADO = "duplicado"
    PADRON = "padron"
    BAJA = "baja"
    NO_ENCONTRADO = "no_encontrado"
    FUERA_DE_AMBITO = "fuera_de_ambito"
    INCONSISTENCIA = "inconsistencia"
    EN_PROCESAMIENTO = "en_procesamiento"
    EN_MESA_DE_CONTROL = "en_mesa_de_control"


# An apoyo in any other state has been decided, until a hearing says otherwise.
OPEN_STATES: frozenset[State] = frozenset({State.EN_PROCESAMIENTO, State.EN_MESA_DE_CONTROL})


class SituacionRegistral(StrEnum):
    """The register's answer, with the official labels as values."""

    LISTA_NOMINAL = "Lista Nominal"
    PADRON = "Padrón"
    BAJAS = "Bajas"
    DATOS_NO_ENCONTRADOS = "Datos no encontrados"
    SIN_RESPUESTA = "Sin respuesta situación"


@dataclass(frozen=True)
class Partition:
    """How many apoyos are in each state, and how many were sent.

    A state that is not named counts 0.

    Raises:
        PartitionError: A count is negative, or the counts do not add up to `enviados`.
    """

    counts: Mapping[State, int]
    enviados: int

    def __post_init__(self) -> None:
        whole = {state: self.counts.get(state, 0) for state in State}
        negative = [state for state, count in whole.items() if count < 0]
        if negative:
            raise PartitionError(f"negative count: {', '.join(negative)}")
        total = sum(whole.values())
        if total != self.enviados:
            raise PartitionError(f"states add up to {total}, sent are {self.enviados}")
        object.__setattr__(self, "counts", MappingProxyType(whole))

    def __getitem__(self, state: State) -> int:
        return self.counts[state]

    @property
    def decided(self) -> int:
        """How many are no longer in processing or at the review desk."""
        return self.enviados - sum(self.counts[state] for state in OPEN_STATES)

    @classmethod
    def of(cls, states: Iterable[State]) -> Partition:
        """Count the states of apoyos, one each."""
        counts = Counter(states)
        return cls(counts, sum(counts.values()))
