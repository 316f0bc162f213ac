"""What the auxiliar should know before a visit, and before the person has left.

Values in, codes out: `warn` asks for attention, `stop` is for what the process itself forbids.
Nobody is turned away by a guess of the station: the register decides, later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wire.packet import ClockClass
from wire.policy import Auxiliar, Process, Scope

# What was sealed should reach the authority within a day; three days without a word from it make
# passwords, periods and the notice old.
_OLD_S = 24 * 3600
_SILENT_S = 3 * 24 * 3600
_LITTLE_ROOM = 100
# The firmware slows the processor down from 80 °C on, and a slow camera is what people notice.
_HOT_MC = 80_000
_SURE = (ClockClass.ANCHORED, ClockClass.RTC)


class Severity(StrEnum):
    """How much a warning asks for."""

    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to know; `number` goes into its sentence."""

    code: str
    severity: Severity = Severity.WARN
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """How the station is. `room` counts apoyos until captures stop; None is not known."""

    now_ms: int
    clock: ClockClass
    oldest_waiting_s: int = 0
    room: int | None = None
    silent_s: int | None = None
    temperature_mc: int | None = None
    is_undervoltage: bool = False


class Captured(StrEnum):
    """Where an earlier apoyo of the same credential is."""

    HERE = "duplicate_here"
    SENT = "duplicate_sent"


def about_station(condition: Condition) -> tuple[Caution, ...]:
    """Return what holds for every process."""
    return tuple(_about_station(condition))


def about_period(
    condition: Condition, process: Process, auxiliar: Auxiliar | None = None
) -> tuple[Caution, ...]:
    """Return whether captures are in time; only a clock that is to be believed stops them.

    The aspirante's own dates, where they have any, go before those of the process.
    """
    starts_ms, ends_ms = process.starts_ms, process.ends_ms
    if auxiliar is not None:
        starts_ms, ends_ms = auxiliar.starts_ms or starts_ms, auxiliar.ends_ms or ends_ms
    code = None
    if condition.now_ms < starts_ms:
        code = "capture.not_begun"
    elif ends_ms and condition.now_ms > ends_ms:
        code = "capture.over"
    if code is None:
        return ()
    if condition.clock in _SURE:
        return (Caution(code, Severity.STOP),)
    return (Caution("period.unsure"),)


def about_person(
    values: Mapping[str, str], *, captured: Captured | None, scope: Scope | None
) -> tuple[Caution, ...]:
    """Return what the auxiliar should tell the person while they are there.

    Args:
        values: Fields of the credential as they will be sealed.
        captured: Where an earlier apoyo of theirs for this aspirante is.
        scope: Where citizens must be registered, None for anywhere.
    """
    found = [Caution(f"warned.{captured.value}")] if captured is not None else []
    if scope is not None and _is_outside(values, scope):
        found.append(Caution("warned.outside_scope"))
    return tuple(found)


def _about_station(condition: Condition) -> Iterator[Caution]:
    if condition.clock not in _SURE:
        yield Caution("clock.unsure")
    if condition.room is not None and condition.room < _LITTLE_ROOM:
        yield Caution("disk.room", number=max(condition.room, 0))
    if condition.oldest_waiting_s >= _OLD_S:
        yield Caution("queue.old", number=condition.oldest_waiting_s // 3600)
    if condition.silent_s is not None and condition.silent_s >= _SILENT_S:
        yield Caution("centre.silent", number=condition.silent_s // 86_400)
    if condition.is_undervoltage:
        yield Caution("supply.weak")
    if condition.temperature_mc is not None and condition.temperature_mc >= _HOT_MC:
        yield Caution("station.hot", number=condition.temperature_mc // 1000)


def _is_outside(values: Mapping[str, str], scope: Scope) -> bool:
    """Compare entidad and sección where the card prints them.

    The clave's two digits of a place are those of birth, which say nothing of where one is
    registered.
    """
    estado = _number(values.get("estado"))
    if estado is not None and estado != scope.entidad:
        return True
    seccion = _number(values.get("seccion"))
    return seccion is not None and not scope.holds(seccion)


def _number(text: str | None) -> int | None:
    found = re.fullmatch(r"\s*0*([1-9][0-9]{0,3})\s*", text or "")
    return None if found is None else int(found[1])
