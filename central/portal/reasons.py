"""Why an apoyo does not count, or waits: one plain sentence and the legal ground of each code.

Codes are those that verification and the review write into a record. A code that this release does
not know is shown as it is: a reason is never withheld.
"""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reason as people read it; `ground` is empty where no article is known to say it."""

    code: str
    sentence: LazyString | str
    ground: LazyString | str


_LGIPE_385 = _("LGIPE, article 385")

_EXPLANATIONS: dict[str, tuple[LazyString, LazyString | str]] = {
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
    "register.padron": (
        _("The citizen is in the Padrón Electoral but not in the Lista Nominal."),
        _LGIPE_385,
    ),
    "register.baja": (_("The register removed this citizen; the cause is shown."), _LGIPE_385),
    "register.not_found": (
        _("The register has nobody with the clave de elector that was captured."),
        _LGIPE_385,
    ),
}


def explain(code: str) -> Explanation:
    """Give the sentence and the ground of a code, or the code itself when it is unknown."""
    known = _EXPLANATIONS.get(code)
    if known is None:
        return Explanation(code, _("The centre gave this code as the reason."), "")
    return Explanation(code, *known)
