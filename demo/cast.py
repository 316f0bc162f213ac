"""Who comes to the station in the demo: invented citizens, and what is odd about some of them."""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from domain.apoyo import State
from training.people import MODELS, Person, invent_person


class Circumstance(Enum):
    """What is odd about a visit, with the words that the table shows."""

    ORDINARY = ""
    PHOTOCOPY = "fotocopia gris"
    DUPLICATE = "repite su apoyo"
    NOT_REGISTERED = "no está en el registro"
    PADRON = "en padrón, no en lista"
    BAJA = "dado de baja"


# What the register and the rules must answer; a photocopy depends on what the station notices.
EXPECTED_STATES: dict[Circumstance, frozenset[State]] = {
    Circumstance.ORDINARY: frozenset({State.LISTA_NOMINAL, State.EN_MESA_DE_CONTROL}),
    Circumstance.PHOTOCOPY: frozenset({State.LISTA_NOMINAL, State.EN_MESA_DE_CONTROL}),
    Circumstance.DUPLICATE: frozenset({State.DUPLICADO, State.EN_MESA_DE_CONTROL}),
    Circumstance.NOT_REGISTERED: frozenset({State.NO_ENCONTRADO}),
    Circumstance.PADRON: frozenset({State.PADRON}),
    Circumstance.BAJA: frozenset({State.BAJA}),
}

# One each of all models between the odd ones, three times: 21 ordinary citizens of 26 visits.
_ODD_AT = {
    5: Circumstance.NOT_REGISTERED,
    10: Circumstance.PHOTOCOPY,
    16: Circumstance.DUPLICATE,
    20: Circumstance.PADRON,
    24: Circumstance.BAJA,
}
VISITS = 26
DUPLICATED_VISIT = 3
# The wire is cut before the first of these visits and mended before the second.
CUT_FROM, CUT_TO = 8, 13
# Killed in the middle of a visit: nothing of it remains and the person begins again.
KIOSK_KILLED_AT = 14
# Killed while it seals: the record is safe or is not there, and the station knows which.
SEAL_KILLED_AT = 19
# Other processes that are killed when a visit begins.
KILLED_AT = {17: "entrega", 21: "verificador", 22: "bóveda", 23: "servidor de estaciones"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One citizen before the station; `number` counts from 1. `seed` fixes their frames."""

    number: int
    seed: int
    person: Person
    circumstance: Circumstance

    @property
    def model(self) -> str:
        """The model of the credential they bring."""
        return self.person.model


def invent_visits(seed: int, count: int = VISITS) -> list[Visit]:
    """Invent the visits of a demo: the same seed brings the same people."""
    visits: list[Visit] = []
    ordinary = 0
    for number in range(1, count + 1):
        circumstance = _ODD_AT.get(number, Circumstance.ORDINARY)
        visit_seed = seed * 1000 + number
        if circumstance is Circumstance.DUPLICATE:
            person = visits[DUPLICATED_VISIT - 1].person
        else:
            rng = np.random.default_rng([seed, number])
            person = invent_person(rng, model=MODELS[ordinary % len(MODELS)])
            ordinary += 1
        visits.append(Visit(number, visit_seed, person, circumstance))
    return visits
