"""The rules of verification: facts about one record in, its place in the partition out.

The order is that of the public report: what the register does not list in Lista Nominal is
decided by its answer; then scope, period and duplicates; what is left goes to the mesa de control
or counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from central.models.records import ReviewState
from central.models.settings import ReviewSelection, ReviewSettings
from central.register.base import Answer, Place
from domain.apoyo import SituacionRegistral, State
from wire.packet import ClockClass

_TRUSTED_CLOCKS = frozenset({ClockClass.ANCHORED.value, ClockClass.RTC.value})

_OF_SITUACION = {
    SituacionRegistral.PADRON: State.PADRON,
    SituacionRegistral.BAJAS: State.BAJA,
    SituacionRegistral.DATOS_NO_ENCONTRADOS: State.NO_ENCONTRADO,
}


class PeriodVerdict(StrEnum):
    """Whether a record was captured and delivered in time."""

    INSIDE = "inside"
    BEFORE_START = "period.before_start"
    AFTER_END = "period.after_end"
    DELIVERED_LATE = "period.delivered_late"
    UNSURE = "period.unsure"


@dataclass(frozen=True, slots=True)
class Period:
    """The dates that bind one aspirante."""

    starts_at: datetime
    ends_at: datetime
    deliver_until: datetime


@dataclass(frozen=True, slots=True)
class Bracket:
    """When a record was captured: not before `after`, not after `received_at`.

    `claimed_at` is the station's clock, believed only where its class says so and within the
    bracket.
    """

    after: datetime | None
    received_at: datetime
    claimed_at: datetime
    clock_class: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Where citizens must be registered for their apoyo to count; None: anywhere."""

    entidad: int | None = None
    distrito: int | None = None
    municipio: int | None = None

    def holds(self, place: Place) -> bool:
        """Say whether a place lies in the scope."""
        pairs = (
            (self.entidad, place.entidad),
            (self.distrito, place.distrito),
            (self.municipio, place.municipio),
        )
        return all(wanted is None or wanted == found for wanted, found in pairs)


@dataclass(frozen=True, slots=True)
class Risk:
    """What the capture itself gives cause to look at."""

    attack_permille: int | None = None
    checks: Sequence[str] = ()
    flags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that decides about a record which is sound and names a citizen."""

    link: bytes
    answer: Answer
    scope: Scope
    period: Period
    bracket: Bracket
    risk: Risk
    # How the record that counts in its place relates to it, if there is one.
    duplicate: str | None = None
    review_state: ReviewState = ReviewState.NOT_ASKED
    review_labels: Sequence[str] = ()
    is_quarantined: bool = False
    # Reasons that a hearing found wrong.
    set_aside: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A place in the partition, whether the apoyo is *válido*, and why."""

    state: State
    valid: bool | None
    reasons: tuple[str, ...] = ()
    review_state: ReviewState = ReviewState.NOT_ASKED


def decide(facts: Facts, review: ReviewSettings) -> Decision:
    """Find the one state of a record."""
    situacion = facts.answer.situacion
    if situacion in _OF_SITUACION:
        return Decision(_OF_SITUACION[situacion], False, (), facts.review_state)
    if facts.review_state is ReviewState.REJECTED:
        reasons = tuple(facts.review_labels)
        return Decision(State.INCONSISTENCIA, False, reasons, ReviewState.REJECTED)
    place = facts.answer.place
    if place is None or not facts.scope.holds(place):
        return Decision(State.FUERA_DE_AMBITO, False, ("scope.outside",), facts.review_state)
    verdict = judge_period(facts.period, facts.bracket)
    if verdict.value in facts.set_aside:
        verdict = PeriodVerdict.INSIDE
    if verdict not in (PeriodVerdict.INSIDE, PeriodVerdict.UNSURE):
        return Decision(State.INCONSISTENCIA, False, (verdict.value,), facts.review_state)
    if facts.duplicate is not None:
        return Decision(State.DUPLICADO, False, (facts.duplicate,), facts.review_state)
    if facts.review_state is ReviewState.APPROVED:
        return Decision(State.LISTA_NOMINAL, True, (), ReviewState.APPROVED)
    reasons = review_reasons(facts, review, verdict)
    if reasons:
        return Decision(State.EN_MESA_DE_CONTROL, None, reasons, ReviewState.PENDING)
    # The register has said yes and nobody has looked: it counts as válido only if the process
    # has decided that its sample speaks for the rest.
    return Decision(State.LISTA_NOMINAL, True if review.unselected_is_valid else None)


def judge_period(period: Period, bracket: Bracket) -> PeriodVerdict:
    """Compare the bracket of a capture with the dates, and its delivery with the grace.

    Source: what was captured in the period may be delivered until some time after it.
    """
    if bracket.received_at > period.deliver_until:
        return PeriodVerdict.DELIVERED_LATE
    if bracket.received_at < period.starts_at:
        return PeriodVerdict.BEFORE_START
    if bracket.after is not None and bracket.after > period.ends_at:
        return PeriodVerdict.AFTER_END
    after_start = bracket.after is not None and bracket.after >= period.starts_at
    before_end = bracket.received_at <= period.ends_at
    if after_start and before_end:
        return PeriodVerdict.INSIDE
    claimed = bracket.claimed_at
    is_possible = claimed <= bracket.received_at and (
        bracket.after is None or claimed >= bracket.after
    )
    if bracket.clock_class not in _TRUSTED_CLOCKS or not is_possible:
        return PeriodVerdict.UNSURE
    if claimed < period.starts_at:
        return PeriodVerdict.BEFORE_START
    if claimed > period.ends_at:
        return PeriodVerdict.AFTER_END
    return PeriodVerdict.INSIDE


def review_reasons(facts: Facts, review: ReviewSettings, verdict: PeriodVerdict) -> tuple[str, ...]:
    """Say why people must look at the images; empty when they need not."""
    reasons: list[str] = []
    if facts.is_quarantined:
        reasons.append("station.quarantined")
    if verdict is PeriodVerdict.UNSURE:
        reasons.append(verdict.value)
    attack = facts.risk.attack_permille
    if attack is not None and attack >= review.attack_permille:
        reasons.append("attack.score")
    reasons += [f"check.{code}" for code in facts.risk.checks if _named(code, review.checks)]
    reasons += [f"flag.{code}" for code in facts.risk.flags if _named(code, review.flags)]
    if reasons:
        return tuple(reasons)
    if review.select is ReviewSelection.ALL:
        return ("review.all",)
    if in_sample(facts.link, review.sample_permille):
        return ("review.sample",)
    return ()


def in_sample(link: bytes, permille: int) -> bool:
    """Say whether a record belongs to the sample: the same answer whenever it is asked.

    The link is a digest that the station cannot choose freely and does not know before it seals.
    """
    digest = hashlib.sha256(b"acopio/review-sample/" + link).digest()
    return int.from_bytes(digest[:8], "big") % 1000 < permille


def _named(code: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(code, pattern) for pattern in patterns)
