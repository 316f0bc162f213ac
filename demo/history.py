"""What happened in two months of an invented process: who captured what, where, and what of it.

Everything is drawn from one generator, so the same seed tells the same story: busy and idle
auxiliares, one who photographs photocopies, quiet Sundays, a register that answers late, entidades
that are full and some that are not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.random import Generator

from domain.apoyo import State

T = TypeVar("T")

DAYS = 60
# The entidad with a campaign of its own.
CITY = 9
DAYS_LEFT = 45
# How often each weekday is used, Monday first; people sign on Saturdays in the market.
_WEEKDAYS = (0.9, 1.0, 1.0, 1.05, 1.2, 1.5, 0.35)
# What becomes of an apoyo of an ordinary auxiliar, and of the one who photographs photocopies.
_ORDINARY = {
    State.LISTA_NOMINAL: 0.822,
    State.DUPLICADO: 0.034,
    State.PADRON: 0.021,
    State.BAJA: 0.013,
    State.NO_ENCONTRADO: 0.009,
    State.INCONSISTENCIA: 0.046,
    State.EN_MESA_DE_CONTROL: 0.055,
}
_ODD = {
    State.LISTA_NOMINAL: 0.31,
    State.DUPLICADO: 0.14,
    State.PADRON: 0.02,
    State.BAJA: 0.03,
    State.NO_ENCONTRADO: 0.02,
    State.INCONSISTENCIA: 0.39,
    State.EN_MESA_DE_CONTROL: 0.09,
}
_OUTSIDE_SHARE = 0.06
# So many of those that count were looked at by the mesa de control first.
_REVIEWED_SHARE = 0.2
# Of the last hours much is still open.
_OPEN_HOURS = 30.0
_REASONS: dict[State, tuple[tuple[tuple[str, ...], float], ...]] = {
    State.DUPLICADO: (
        (("duplicate.same_aspirante",), 0.68),
        (("duplicate.other_aspirante",), 0.32),
    ),
    State.FUERA_DE_AMBITO: ((("scope.outside",), 1.0),),
    State.INCONSISTENCIA: (
        (("foto_no_valida",), 0.36),
        (("fotocopia",), 0.22),
        (("credencial_no_valida",), 0.18),
        (("firma_no_valida",), 0.12),
        (("sin_firma",), 0.04),
        (("simulacion",), 0.03),
        (("otra",), 0.05),
    ),
    State.EN_MESA_DE_CONTROL: (
        (("review.sample",), 0.5),
        (("attack.score",), 0.25),
        (("check.curp.check_digit",), 0.25),
    ),
}
_MOTIVOS = (
    ("Defunción", 0.34),
    ("Pérdida de vigencia", 0.41),
    ("Suspensión de derechos políticos", 0.13),
    ("Duplicado", 0.07),
    ("Cancelación de trámite", 0.05),
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One aspirante: how much support, by how many, and the office with its scope."""

    folio: str
    name: str
    office: str
    apoyos: int
    auxiliares: int
    stations: int
    entidad: int | None = None
    distrito: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A sección of the invented register."""

    entidad: int
    distrito: int
    municipio: int
    seccion: int
    lista_nominal: int


@dataclass(frozen=True, slots=True)
class Event:
    """One apoyo: by which auxiliar at which station (numbers from 0), when, whence, what of it."""

    auxiliar: int
    station: int
    captured_at: dt.datetime
    received_at: dt.datetime
    section: Section
    state: State
    reasons: tuple[str, ...]
    motivo: str | None
    # When the register and the review had said what they say; None: they have not.
    decided_at: dt.datetime | None
    # Whether people looked at the images before that.
    was_reviewed: bool


def sections(rng: Generator) -> list[Section]:
    """Invent a dozen secciones for each entidad and 80 for the ninth, in four distritos each."""
    found = []
    for entidad in range(1, 33):
        size = rng.uniform(2_000, 9_000)
        count, crowd = (80, 0.4) if entidad == CITY else (12, 1.0)
        for number in range(count):
            found.append(
                Section(
                    entidad=entidad,
                    distrito=number % 4 + 1,
                    municipio=number % 6 + 1,
                    seccion=entidad * 100 + number + 1,
                    lista_nominal=int(size * crowd * rng.uniform(0.7, 1.3)),
                )
            )
    return found


def events(
    rng: Generator, campaign: Campaign, places: Sequence[Section], now: dt.datetime
) -> Iterator[Event]:
    """Tell what the auxiliares of one aspirante did, in the order of reception."""
    own = [place for place in places if _is_inside(campaign, place)]
    outside = [place for place in places if not _is_inside(campaign, place)]
    busy = _shares(rng, campaign.auxiliares)
    days = _days(rng, campaign.apoyos, now)
    weights = _place_weights(rng, own)
    told = []
    for day, count in days:
        for _ in range(count):
            auxiliar = int(rng.choice(campaign.auxiliares, p=busy))
            captured = day + dt.timedelta(seconds=float(rng.triangular(8.5, 13, 20) * 3600))
            received = captured + dt.timedelta(hours=float(rng.exponential(2.5)))
            if received > now:
                continue
            is_outside = bool(outside) and rng.random() < _OUTSIDE_SHARE
            place = (
                outside[int(rng.integers(len(outside)))]
                if is_outside
                else own[int(rng.choice(len(own), p=weights))]
            )
            told.append(_event(rng, auxiliar, campaign, captured, received, place, now, is_outside))
    return iter(sorted(told, key=lambda event: event.received_at))


def _event(
    rng: Generator,
    auxiliar: int,
    campaign: Campaign,
    captured: dt.datetime,
    received: dt.datetime,
    place: Section,
    now: dt.datetime,
    is_outside: bool,
) -> Event:
    # The third of each large campaign has found a photocopier.
    chances = _ODD if auxiliar == 2 and campaign.auxiliares > 20 else _ORDINARY
    age_h = (now - received).total_seconds() / 3600
    state = State.FUERA_DE_AMBITO if is_outside else _draw(rng, tuple(chances.items()))
    if age_h < _OPEN_HOURS and rng.random() < 0.75 * (1 - age_h / _OPEN_HOURS):
        state = State.EN_PROCESAMIENTO
    elif state is State.INCONSISTENCIA and age_h < 72 and rng.random() < 0.5:
        state = State.EN_MESA_DE_CONTROL
    is_open = state is State.EN_PROCESAMIENTO
    decided = received + dt.timedelta(minutes=float(rng.exponential(4)))
    was_reviewed = state is State.INCONSISTENCIA or (
        state is State.LISTA_NOMINAL and age_h > 72 and rng.random() < _REVIEWED_SHARE
    )
    if was_reviewed:
        decided += dt.timedelta(hours=float(rng.uniform(4, 60)))
    return Event(
        auxiliar=auxiliar,
        station=(auxiliar + int(rng.random() < 0.15)) % campaign.stations,
        captured_at=captured,
        received_at=received,
        section=place,
        state=state,
        reasons=_draw(rng, _REASONS[state]) if state in _REASONS else (),
        motivo=_draw(rng, _MOTIVOS) if state is State.BAJA else None,
        decided_at=None if is_open else min(decided, now),
        was_reviewed=was_reviewed,
    )


def _is_inside(campaign: Campaign, place: Section) -> bool:
    return campaign.entidad in (None, place.entidad) and campaign.distrito in (
        None,
        place.distrito,
    )


def _shares(rng: Generator, count: int) -> np.ndarray:
    """Give each auxiliar's share: seven in ten have never captured anything."""
    active = max(2, int(count * 0.3))
    shares = np.zeros(count)
    shares[:active] = rng.lognormal(0, 0.9, active)
    if count > 20:
        shares[2] = shares.sum() * 0.08
    return np.asarray(shares / shares.sum())


def _days(rng: Generator, apoyos: int, now: dt.datetime) -> list[tuple[dt.datetime, int]]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - dt.timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    growth = 1 / (1 + np.exp(-(np.arange(DAYS) - 14) / 6)) + 0.1
    weights = growth * [_WEEKDAYS[day.weekday()] for day in days] * rng.uniform(0.8, 1.2, DAYS)
    counts = rng.multinomial(apoyos, weights / weights.sum())
    return [(day, int(count)) for day, count in zip(days, counts, strict=True)]


def _place_weights(rng: Generator, own: Sequence[Section]) -> np.ndarray:
    """Where an aspirante is known: strong in some entidades, hardly there in others."""
    entidades = sorted({place.entidad for place in own})
    liking = dict(zip(entidades, rng.lognormal(0, 0.75, len(entidades)), strict=True))
    distritos = {(place.entidad, place.distrito) for place in own}
    local = {key: rng.uniform(0.5, 1.5) for key in sorted(distritos)}
    weights = np.array(
        [
            place.lista_nominal
            * liking[place.entidad]
            * local[place.entidad, place.distrito]
            * rng.uniform(0.4, 1.6)
            for place in own
        ]
    )
    return np.asarray(weights / weights.sum())


def _draw(rng: Generator, chances: Sequence[tuple[T, float]]) -> T:
    at = rng.random() * sum(chance for _, chance in chances)
    for value, chance in chances:
        at -= chance
        if at <= 0:
            return value
    return chances[-1][0]
