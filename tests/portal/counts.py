"""The published cut of an advance in the rollups, and what led to it."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy.orm import Session

from central.models import (
    Aspirante,
    Auxiliar,
    ProcessMedian,
    RollupActivity,
    RollupAuxiliar,
    RollupCause,
    RollupDay,
    RollupDelta,
    RollupEntidad,
    RollupStation,
    RollupStep,
    Station,
)
from domain.apoyo import State

# The published cut that adds up: 71,389 sent.
PUBLISHED_CUT = {
    State.LISTA_NOMINAL: 57_121,
    State.DUPLICADO: 803,
    State.PADRON: 279,
    State.BAJA: 73,
    State.NO_ENCONTRADO: 19,
    State.FUERA_DE_AMBITO: 0,
    State.INCONSISTENCIA: 8_362,
    State.EN_PROCESAMIENTO: 892,
    State.EN_MESA_DE_CONTROL: 3_840,
}

_CAUSES = {
    (State.DUPLICADO, "duplicate.same_aspirante"): 700,
    (State.DUPLICADO, "duplicate.other_aspirante"): 103,
    (State.BAJA, "motivo.Defunción"): 40,
    (State.BAJA, "motivo.Pérdida de vigencia"): 33,
    (State.INCONSISTENCIA, "foto_no_valida"): 5_000,
    (State.INCONSISTENCIA, "fotocopia"): 2_362,
    (State.INCONSISTENCIA, "period.delivered_late"): 1_000,
}
_STEPS = {
    (State.EN_PROCESAMIENTO, State.LISTA_NOMINAL): 50_000,
    (State.EN_PROCESAMIENTO, State.EN_MESA_DE_CONTROL): 18_323,
    (State.EN_PROCESAMIENTO, State.DUPLICADO): 803,
    (State.EN_PROCESAMIENTO, State.PADRON): 279,
    (State.EN_PROCESAMIENTO, State.BAJA): 73,
    (State.EN_PROCESAMIENTO, State.NO_ENCONTRADO): 19,
    (State.EN_PROCESAMIENTO, State.INCONSISTENCIA): 1_000,
    (State.EN_MESA_DE_CONTROL, State.LISTA_NOMINAL): 7_121,
    (State.EN_MESA_DE_CONTROL, State.INCONSISTENCIA): 7_362,
}


def write_counts(session: Session, own: Aspirante, auxiliar: Auxiliar, station: Station) -> None:
    """Write the cut by day, auxiliar, entidad and station, its causes, and the usual shares."""
    _cut(session, own, auxiliar, station)
    for (state, cause), records in _CAUSES.items():
        session.add(
            RollupCause(aspirante_id=own.id, state=state.value, cause=cause, records=records)
        )
    for (before, after), records in _STEPS.items():
        session.add(
            RollupStep(aspirante_id=own.id, before=before.value, after=after.value, records=records)
        )
    for state, records in PUBLISHED_CUT.items():
        session.add(
            RollupStation(
                aspirante_id=own.id, station_id=station.id, state=state.value, records=records
            )
        )
    for measure, value in (("auxiliar.rejected_permille", 60), ("station.rejected_permille", 70)):
        session.add(
            ProcessMedian(
                process_id=own.process_id,
                measure=measure,
                value=value,
                behind=7,
                computed_at=own.created_at,
            )
        )


def _cut(session: Session, own: Aspirante, auxiliar: Auxiliar, station: Station) -> None:
    """Write the published cut into the rollups, the last part of it as a tail of deltas."""
    first = date(2026, 11, 4)
    days: Counter[tuple[date, State]] = Counter()
    for state, total in PUBLISHED_CUT.items():
        weights = [1 + n % 5 + (6 if n > 15 else 0) for n in range(20)]
        left = total
        for n, weight in enumerate(weights):
            share = left if n == 19 else total * weight // sum(weights)
            days[(first + timedelta(days=n), state)] += share
            left -= share
    tail = (first + timedelta(days=19), State.EN_PROCESAMIENTO)
    days[tail] -= 2
    for (day, state), count in days.items():
        if count:
            session.add(RollupDay(aspirante_id=own.id, day=day, state=state.value, records=count))
    received: Counter[date] = Counter()
    for (day, _state), count in days.items():
        received[day] += count
    for day, count in received.items():
        session.add(
            RollupActivity(
                aspirante_id=own.id,
                auxiliar_id=auxiliar.id,
                day=day,
                station_id=station.id,
                records=count,
            )
        )
    for state, total in PUBLISHED_CUT.items():
        session.add(
            RollupAuxiliar(
                aspirante_id=own.id, auxiliar_id=auxiliar.id, state=state.value, records=total
            )
        )
    for entidad, count in ((9, 31_000), (15, 15_000), (21, 9_000), (29, 2_121)):
        session.add(
            RollupEntidad(
                aspirante_id=own.id, entidad=entidad, state="lista_nominal", records=count
            )
        )
    for state, change in ((State.EN_PROCESAMIENTO, 1), (State.EN_PROCESAMIENTO, 1)):
        session.add(
            RollupDelta(
                aspirante_id=own.id,
                auxiliar_id=auxiliar.id,
                day=tail[0],
                entidad=0,
                seccion=0,
                state=state.value,
                change=change,
                station_id=station.id,
            )
        )
