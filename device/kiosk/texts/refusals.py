"""Why a visit ends with its credential: the reason, the legal ground, and what the person can do.

The grounds are those of the law on elections (LGIPE, article 385: an apoyo without a valid
credential does not count) and of the guidelines of 2017 (number 40: the picture is that of the
person's own valid credential). A process words its own in the policy.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

_VALID = _l(
    "LGIPE, article 385: an apoyo does not count without a copy of the valid credencial para votar."
)
_OWN = _l(
    "LGIPE, article 385, and guideline 40 of 2017: the picture must be that of the person's own "
    "valid credential."
)


@dataclass(frozen=True)
class Refusal:
    """One reason as the screen tells it."""

    title: LazyString
    reason: LazyString
    ground: LazyString
    advice: LazyString


REFUSALS: dict[str, Refusal] = {
    "credential.expired": Refusal(
        _l("This credential has expired"),
        _l("Its validity ended on 31 December of the year that is printed on it."),
        _VALID,
        _l("If the person has a newer credential, begin again with that one."),
    ),
    "credential.none": Refusal(
        _l("This is no credencial para votar"),
        _l("None of the pictures showed a credencial para votar."),
        _OWN,
        _l("Ask for the original credential, and begin again with it."),
    ),
    "credential.other_model": Refusal(
        _l("This model of credential is not accepted"),
        _l(
            "The rules of this process name the models that it accepts; this one is not among them."
        ),
        _VALID,
        _l("If the person has a newer credential, begin again with that one."),
    ),
}
