"""The table at the end of the demo, and the totals that must add up."""

from collections.abc import Mapping, Sequence
from statistics import median

from demo.cast import Visit
from demo.kiosk import Guarded
from demo.processes import Supervisor
from demo.results import STATE_NAMES, Arrived, Centre
from demo.terminal import Terminal, table
from demo.tour import Tour, describe

# Columns of milliseconds, and the stages of the reading that each of them adds up.
_STAGES: Mapping[str, tuple[str, ...]] = {
    "detectar": ("detect", "classify", "rectify"),
    "leer": ("text_boxes", "recognise", "mrz", "fields"),
    "códigos": ("barcodes",),
    "calidad": ("quality", "attack", "checks"),
}
_HEADINGS = (
    "folio", "modelo", "caso", "bien", "sin leer", "mal", *(f"{name} ms" for name in _STAGES),
    "sellar ms", "sellado", "acuse", "estado",
)  # fmt: skip


def report(
    terminal: Terminal,
    tour: Tour,
    centre: Centre,
    supervisor: Supervisor,
    faults: Sequence[str],
    elapsed_s: float,
) -> None:
    """Write table, totals and verdict."""
    by_folio = {one.folio: one for one in centre.arrived}
    told = {one.folio for one in tour.guarded}
    rows = [_row(one, by_folio.get(one.folio)) for one in tour.guarded]
    silent = [one for one in centre.arrived if one.folio not in told]
    rows += [_row_untold(visit, one) for visit, one in zip(tour.untold, silent, strict=False)]
    terminal.say(table(_HEADINGS, sorted(rows)))
    _totals(terminal, tour, centre, supervisor, elapsed_s)
    terminal.say()
    for fault in faults:
        terminal.say(f"✗ {fault}")
    if not faults:
        terminal.say(
            "✓ Cada captura aceptada está en el servidor exactamente una vez, con su acuse; "
            "los estados suman los enviados."
        )


def _row(one: Guarded, arrived: Arrived | None) -> tuple[str, ...]:
    read = one.score
    return (
        one.folio,
        one.visit.model,
        describe(one.visit),
        str(read.correct),
        str(read.abstained),
        str(read.wrong),
        *_milliseconds(arrived),
        str(one.seal_ms),
        "sí",
        *_outcome(arrived),
    )


def _row_untold(visit: Visit, arrived: Arrived) -> tuple[str, ...]:
    unseen = ("—", "—", "—")
    milliseconds = _milliseconds(arrived)
    return (
        arrived.folio, visit.model, "quiosco muerto al sellar", *unseen, *milliseconds, "—", "sí",
        *_outcome(arrived),
    )  # fmt: skip


def _milliseconds(arrived: Arrived | None) -> tuple[str, ...]:
    if arrived is None:
        return ("—",) * len(_STAGES)
    return tuple(
        str(sum(arrived.stages_ms.get(stage, 0) for stage in stages)) for stages in _STAGES.values()
    )


def _outcome(arrived: Arrived | None) -> tuple[str, str]:
    if arrived is None:
        return "—", "no llegó"
    return "sí" if arrived.receipts == 1 else str(arrived.receipts), STATE_NAMES[arrived.state]


def _totals(
    terminal: Terminal, tour: Tour, centre: Centre, supervisor: Supervisor, elapsed_s: float
) -> None:
    scores = [one.score for one in tour.guarded]
    fields = sum(sum((s.correct, s.abstained, s.wrong)) for s in scores)
    terminal.say(
        f"\nCampos: {_share(sum(s.correct for s in scores), fields)} leídos como están impresos, "
        f"{_share(sum(s.abstained for s in scores), fields)} sin leer, "
        f"{_share(sum(s.wrong for s in scores), fields)} mal; "
        f"{sum(len(one.typed) for one in tour.guarded)} corregidos por el auxiliar. "
        f"Una visita: {median(one.visit_ms for one in tour.guarded) / 1000:.1f} s de máquina."
    )
    counted = [
        f"{centre.partition[state]} {STATE_NAMES[state]}" for state in centre.partition.counts
    ]
    terminal.say(f"Enviados: {centre.partition.enviados} = {' + '.join(counted)}")
    terminal.say(
        f"Guardados en la estación: {len(tour.guarded) + len(tour.untold)} · "
        f"en el servidor: {len(centre.arrived)} · paquetes: {centre.packets} · "
        f"acuses: {centre.receipts} · procesos que volvieron a arrancar: "
        f"{sum(supervisor.restarts.values())} · {elapsed_s:.0f} s"
    )


def _share(count: int, total: int) -> str:
    return f"{count} ({100 * count / total:.1f} %)" if total else "0"
