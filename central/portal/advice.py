"""What to do about rejections: a sentence of advice for each cause, and where to look further."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from central.models.partition import MOTIVO
from central.portal.reasons import explain
from central.reports.rejection_sources import Cause
from domain.apoyo import State

# A cause below this share of the rejections is told in the table alone.
_MATTERS_PERCENT = 5
_MOST = 3


@dataclass(frozen=True, slots=True)
class Advice:
    """One cause of rejections: what it is, how often, what helps, and the records behind it."""

    records: int
    cause: LazyString | str
    helps: LazyString | str
    address: str
    matters: bool


_CODES = {
    "duplicate.same_aspirante": _(
        "Ask each person first whether they have given you their support already; the station "
        "warns of a credential that it captured before."
    ),
    "duplicate.other_aspirante": _(
        "Only the first apoyo presented for an office counts: send what is captured on the same "
        "day."
    ),
    "scope.outside": _(
        "Ask where the person is registered before capturing, and heed the warning of the station "
        "about the sección."
    ),
    "period.before_start": _("Capture only within the dates of your request."),
    "period.after_end": _("Capture only within the dates of your request."),
    "period.delivered_late": _("Send at the end of each day; do not leave it for the last one."),
    "void.station": _("The auxiliar withdrew it at the station; nothing needs to be done."),
    f"{MOTIVO}perdida_de_vigencia": _(
        "Look at the year of vigencia on the credential before capturing."
    ),
    "foto_no_valida": _(
        "Take the live photo from the front, the face whole and lit, without hat or mask, and "
        "never of another photo."
    ),
    "firma_no_valida": _("Let the person sign as on their credential, without haste."),
    "sin_firma": _("Let the person sign before saving; who cannot sign is captured with a reason."),
    "fotocopia": _("Capture the original credential only, never a copy or a screen."),
    "fotocopia_de_credencial_para_votar": _(
        "Capture the original credential only, never a copy or a screen."
    ),
    "credencial_no_valida": _(
        "Photograph both sides of the same credential, whole and without glare."
    ),
    "simulacion": _(
        "Speak with whoever captured them: a simulated credential may be a crime, and the auxiliar "
        "answers for it."
    ),
}
_STATES = {
    State.DUPLICADO: _CODES["duplicate.same_aspirante"],
    State.PADRON: _(
        "Ask whether the credential is the last one that was collected; the citizen can put it in "
        "order at a module of the INE."
    ),
    State.BAJA: _(
        "Nothing can be done at the station. If the register is wrong, contest the record."
    ),
    State.NO_ENCONTRADO: _(
        "Let the station read the back of the credential, and compare the clave de elector with "
        "the person before saving."
    ),
    State.FUERA_DE_AMBITO: _CODES["scope.outside"],
    State.INCONSISTENCIA: _("Look at the records: each one shows its reason."),
}


def advise(causes: tuple[Cause, ...], *, folio: str) -> tuple[Advice, ...]:
    """Put causes into words, in their order; `folio` is the request's."""
    rejected = sum(cause.records for cause in causes)
    return tuple(
        Advice(
            records=cause.records,
            cause=_cause(cause),
            helps=_CODES.get(_plain(cause.code)) or _STATES[cause.state],
            address=_address(cause, folio),
            matters=place < _MOST and cause.records * 100 >= _MATTERS_PERCENT * rejected,
        )
        for place, cause in enumerate(causes)
    )


def _cause(cause: Cause) -> LazyString | str:
    if cause.code.startswith(MOTIVO):
        return _(
            "The register removed the citizen: %(motivo)s.",
            motivo=cause.code.removeprefix(MOTIVO),
        )
    explained = explain(cause.state, [cause.code] if cause.code else [])
    if explained:
        return explained[-1].sentence
    return _("The record shows no reason beyond its state.")


def _address(cause: Cause, folio: str) -> str:
    wanted: dict[str, Any] = {"folio_solicitud": folio, "state": cause.state.value}
    if cause.code.startswith(MOTIVO):
        wanted["motivo_baja"] = cause.code.removeprefix(MOTIVO)
    elif cause.code:
        wanted["reason"] = cause.code
    return url_for("records.show", **wanted)


def _plain(code: str) -> str:
    """Write an official label as the keys above: `Foto no válida` is `foto_no_valida`."""
    letters = unicodedata.normalize("NFD", code.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)).replace(" ", "_")
