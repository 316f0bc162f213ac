"""Why an apoyo does not count, or waits: one plain sentence and the legal ground of each code.

Codes are those that intake, verification and the review write into a record. What the register
answers is said by the state itself; an inconformidad writes a code for it. A code that this release
does not know is shown as it is: a reason is never withheld. Whatever rejects has its ground; what
only makes a record wait needs none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from domain.apoyo import State


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reason as people read it; `ground` is empty where no article is known to say it."""

    code: str
    sentence: LazyString | str
    ground: LazyString | str = ""


_LGIPE_369 = _("LGIPE, article 369")
_LGIPE_385 = _("LGIPE, article 385")
_IMAGE = _("LGIPE, article 385, and Lineamientos INE/CG387/2017, numeral 40")

_STATES: dict[State, Explanation] = {
    State.PADRON: Explanation(
        "register.padron",
        _("The citizen is in the Padrón Electoral but not in the Lista Nominal."),
        _LGIPE_385,
    ),
    State.BAJA: Explanation(
        "register.baja", _("The register removed this citizen; the cause is shown."), _LGIPE_385
    ),
    State.NO_ENCONTRADO: Explanation(
        "register.not_found",
        _("The register has nobody with the clave de elector that was captured."),
        _LGIPE_385,
    ),
}

_CODES: dict[str, tuple[LazyString, LazyString | str]] = {
    "duplicate.same_aspirante": (
        _("This citizen gave support to the same aspirante more than once: one apoyo counts."),
        _LGIPE_385,
    ),
    "duplicate.other_aspirante": (
        _(
            "This citizen gave support to another aspirante for the same office first; "
            "only the first one presented counts."
        ),
        _LGIPE_385,
    ),
    "scope.outside": (
        _("The register places this citizen outside the territory of the office."),
        _LGIPE_385,
    ),
    "period.before_start": (_("It was captured before the process began."), _LGIPE_369),
    "period.after_end": (_("It was captured after the process ended."), _LGIPE_369),
    "period.delivered_late": (
        _("It reached the centre after the last moment for sending."),
        _LGIPE_369,
    ),
    "void.station": (
        _("The station withdrew this record after it was captured."),
        _("the withdrawal that the station signed in its own chain"),
    ),
    "credencial_no_valida": (
        _("The mesa de control found that the images do not show a valid credential."),
        _IMAGE,
    ),
    "foto_no_valida": (
        _("The mesa de control found that the live photo does not show the person present."),
        _IMAGE,
    ),
    "firma_no_valida": (
        _("The mesa de control found that the signature is not that of the citizen."),
        _IMAGE,
    ),
    "sin_firma": (_("The mesa de control found no signature."), _IMAGE),
    "fotocopia": (
        _("The mesa de control found a photocopy instead of the original credential."),
        _IMAGE,
    ),
    "simulacion": (
        _("The mesa de control found a simulated credential: data laid over a template."),
        _IMAGE,
    ),
    "otra": (_("The mesa de control found another inconsistency in the images."), _IMAGE),
    "period.unsure": (
        _("The clock of the station does not prove that it was captured within the process."),
        "",
    ),
    "station.quarantined": (
        _("The chain of the station contradicts itself; a person must look at what it sent."),
        "",
    ),
    "attack.score": (_("The credential may not be an original; a person looks at the images."), ""),
    "review.all": (_("In this process people look at the images of every record."), ""),
    "review.sample": (_("This record belongs to the sample whose images people look at."), ""),
    "record.no_clave": (
        _("The clave de elector could not be read; a person reads it from the image."),
        "",
    ),
    "envelope.padding": (_("What is sealed in the packet is not a sound record."), _LGIPE_385),
}

_FAMILIES: tuple[tuple[str, LazyString, LazyString | str], ...] = (
    ("check.", _("Data of the credential disagree with each other; a person looks at them."), ""),
    ("flag.", _("The station marked this capture; a person looks at it."), ""),
    ("record.", _("What is sealed in the packet is not a sound record."), _LGIPE_385),
)

# What a reason may be chosen by, in a list: each code but those of the register, and the families.
CHOICES: tuple[str, ...] = (*_CODES, *(prefix for prefix, _sentence, _ground in _FAMILIES))


def explain(state: State, codes: Iterable[str]) -> tuple[Explanation, ...]:
    """Give the reasons of a record: what its state says by itself, then each code."""
    of_state = (_STATES[state],) if state in _STATES else ()
    return of_state + tuple(explain_code(code) for code in codes)


def explain_code(code: str) -> Explanation:
    """Give one reason; those of the register have codes in an inconformidad."""
    for known in _STATES.values():
        if known.code == code:
            return known
    if code in _CODES:
        return Explanation(code, *_CODES[code])
    for prefix, sentence, ground in _FAMILIES:
        if code.startswith(prefix):
            return Explanation(code, sentence, ground)
    return Explanation(code, _("The centre gave this code as the reason."))
