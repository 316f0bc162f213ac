"""The letters about figures: the day, the threshold, unusual rejection."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from central.mail.language import change, day, ngettext, number, percent
from central.mail.language import gettext as _
from central.mail.letter import Block, Button, Facts, Note, Paragraph
from central.models import Aspirante, Mail
from central.notices.addresses import Addresses
from central.notices.draft import Draft
from central.reports.rejections import REJECTED
from domain.apoyo import OPEN_STATES, State


def digest(
    session: Session, mail: Mail, aspirante: Aspirante, addresses: Addresses, now: datetime
) -> Draft:
    """What came in on one day, and where everything stands."""
    del session, now
    told = mail.details
    on = day(date.fromisoformat(told["day"]))
    total = sum(int(told[state.value]) for state in State)
    rejected = sum(int(told[state.value]) for state in REJECTED)
    open_ones = sum(int(told[state.value]) for state in OPEN_STATES)
    valid = int(told[State.LISTA_NOMINAL.value])
    rows = [
        (_("Sent that day"), number(told["sent"])),
        (_("of them in Lista Nominal"), number(told["sent_valid"])),
        (_("Sent in all"), number(total)),
        (_("In Lista Nominal"), _with_change(valid, told["more_valid"])),
        (_("Still open"), number(open_ones)),
        (_("Rejected"), f"{number(rejected)} ({percent(rejected, total)})"),
        *_causes(told),
    ]  # fmt: skip
    return Draft(
        subject=ngettext(
            "%(num)s apoyo on %(day)s", "%(num)s apoyos on %(day)s", int(told["sent"]), day=on
        ),
        summary=_("Request %(folio)s: %(valid)s in Lista Nominal",
                  folio=aspirante.folio_solicitud, valid=number(valid)),
        blocks=(
            about(aspirante),
            Facts(tuple(rows)),
            *standing(told),
            Button(_("See the advance report"), addresses.advance(aspirante.folio_solicitud)),
            Paragraph(_("Figures are preliminary until the authority validates them.")),
        ),
    )  # fmt: skip


def threshold(
    session: Session, mail: Mail, aspirante: Aspirante, addresses: Addresses, now: datetime
) -> Draft:
    """The count or the dispersion is reached, or no longer."""
    del session, now
    told = mail.details
    subjects = {
        ("count", True): _("The number of apoyos required is reached"),
        ("count", False): _("The number of apoyos required is no longer reached"),
        ("units", True): _("The territorial dispersion required is reached"),
        ("units", False): _("The territorial dispersion required is no longer reached"),
    }
    subject = subjects[str(told["what"]), bool(told["reached"])]
    if told["reached"]:
        advice = _(
            "Go on capturing: figures are preliminary, and some apoyos may still be found to be "
            "duplicates or without a right to count."
        )
    else:
        advice = _(
            "Apoyos that were counted were decided otherwise since. The report shows which, why, "
            "and what you may contest."
        )
    return Draft(
        subject=subject,
        summary=_("Request %(folio)s", folio=aspirante.folio_solicitud),
        blocks=(
            about(aspirante),
            *standing(told),
            Note(advice),
            Button(_("See the advance report"), addresses.advance(aspirante.folio_solicitud)),
        ),
    )


def rejection(
    session: Session, mail: Mail, aspirante: Aspirante, addresses: Addresses, now: datetime
) -> Draft:
    """More was rejected on one day than is usual: by which cause, and under which auxiliares."""
    del session, now
    told = mail.details
    on = day(date.fromisoformat(told["day"]))
    rejected, decided = int(told["rejected"]), int(told["decided"])
    rows = [
        (_("Rejected of those decided"), f"{number(rejected)} / {number(decided)}"),
        (_("Share of that day"), percent(rejected, decided)),
    ]
    if told["own_permille"] is not None:
        rows.append((_("Your share in the four weeks before"), percent(told["own_permille"], 1000)))
    if told["usual_permille"] is not None:
        rows.append((_("Median of the process on that day"), percent(told["usual_permille"], 1000)))
    rows += _causes(told)
    if told["auxiliares"]:
        rows.append((_("Auxiliares with the most"), str(told["auxiliares"])))
    return Draft(
        subject=_("Unusual rejection on %(day)s", day=on),
        summary=_("%(share)s of the apoyos decided", share=percent(rejected, decided)),
        blocks=(
            about(aspirante),
            Paragraph(
                _(
                    "Of the apoyos received on %(day)s more were rejected than is usual. It may "
                    "have a simple reason: a misunderstanding, an area, a worn-out station.",
                    day=on,
                )
            ),
            Facts(tuple(rows)),
            Paragraph(
                _(
                    "Speak with these auxiliares soon: what is mended today does not cost you "
                    "apoyos tomorrow. The notice accuses nobody."
                )
            ),
            Button(_("See the advance report"), addresses.advance(aspirante.folio_solicitud)),
        ),
    )


def standing(told: dict[str, object]) -> tuple[Block, ...]:
    """Say how far the threshold is, where the request has one."""
    if told.get("required") is None:
        return ()
    valid, required = int(str(told["valid"])), int(str(told["required"]))
    rows = [
        (
            _("Towards the threshold"),
            _("%(valid)s of %(required)s (%(share)s)", valid=number(valid),
              required=number(required), share=percent(valid, required)),
        )
    ]  # fmt: skip
    if told["units_required"]:
        units = {
            "entidad": _("Entidades that reach their share"),
            "distrito": _("Distritos that reach their share"),
            "municipio": _("Municipios that reach their share"),
            "seccion": _("Secciones that reach their share"),
        }
        reached, wanted = int(str(told["units_reached"])), int(str(told["units_required"]))
        rows.append(
            (
                units[str(told["unit"])],
                _("%(reached)s of %(required)s", reached=number(reached), required=number(wanted)),
            )
        )
    return (Facts(tuple(rows)),)


def about(aspirante: Aspirante) -> Paragraph:
    """Say which request it is."""
    return Paragraph(
        f"{aspirante.folio_solicitud} · {aspirante.office.name} · {aspirante.process.name}"
    )


def _causes(told: dict[str, object]) -> list[tuple[str, str]]:
    names = {
        State.DUPLICADO: _("Duplicate"),
        State.PADRON: _("In Padrón, not in Lista Nominal"),
        State.BAJA: _("Removed from the register"),
        State.NO_ENCONTRADO: _("Data not found"),
        State.FUERA_DE_AMBITO: _("Outside the geographic scope"),
        State.INCONSISTENCIA: _("With inconsistencies"),
    }
    counts = {state: int(str(told.get(state.value) or 0)) for state in REJECTED}
    most = sorted(counts, key=lambda state: -counts[state])
    return [(f"– {names[state]}", number(counts[state])) for state in most if counts[state]]


def _with_change(count: int, more: int | None) -> str:
    if more is None:
        return number(count)
    return _(
        "%(count)s (%(change)s since the last letter)", count=number(count), change=change(more)
    )
