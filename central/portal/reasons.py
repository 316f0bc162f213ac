"""Why an apoyo does not count, or waits: one plain sentence and the legal ground of each code.

Codes are those that verification and the review write into a record. What the register answers is
said by the state itself, without a code. A code that this release does not know is shown as it is:
a reason is never withheld.
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


_LGIPE_385 = _("LGIPE, article 385")

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
    "period.before_start": (_("It was captured before the process began."), ""),
    "period.after_end": (_("It was captured after the process ended."), ""),
    "period.delivered_late": (_("It reached the centre after the last moment for sending."), ""),
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
    "envelope.padding": (_("What is sealed in the packet is not a sound record."), ""),
}

_FAMILIES: tuple[tuple[str, LazyString], ...] = (
    ("check.", _("Data of the credential disagree with each other; a person looks at them.")),
    ("flag.", _("The station marked this capture; a person looks at it.")),
    ("record.", _("What is sealed in the packet is not a sound record.")),
)


def explain(state: State, codes: Iterable[str]) -> tuple[Explanation, ...]:
    """Give the reasons of a record: what its state says by itself, then each code."""
    of_state = (_STATES[state],) if state in _STATES else ()
    return of_state + tuple(explain_code(code) for code in codes)


def explain_code(code: str) -> Explanation:
    """Give one reason by its code."""
    if code in _CODES:
        return Explanation(code, *_CODES[code])
    for prefix, sentence in _FAMILIES:
        if code.startswith(prefix):
            return Explanation(code, sentence)
    return Explanation(code, _("The centre gave this code as the reason."))
