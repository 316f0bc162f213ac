"""Which credentials a visit ends with: expired, of another model, or none at all.

One doubtful reading refuses nobody. An expiry is believed when both sides tell of it, a model when
a second picture says the same, and what is no credential after all the attempts there are.
"""

from __future__ import annotations

from datetime import date

from device.capture.offers import proven_zone
from device.capture.session import (
    AwaitingBack,
    AwaitingFront,
    Case,
    Confirming,
    Refused,
)
from domain.credential.vigencia import is_over, last_year
from wire.policy import Acceptance

EXPIRED = "credential.expired"
OTHER_MODEL = "credential.other_model"
NO_CREDENTIAL = "credential.none"
CODES = (EXPIRED, NO_CREDENTIAL, OTHER_MODEL)

# Pictures, good in all else, that must agree on the model.
_MODEL_ATTEMPTS = 2
# How sure a year must be that only one side tells.
_SURE = 0.95


def accepted(case: Case, *, today: date) -> Case:
    """Return the case, or what it ends with when the credential is not one to go on with."""
    if not isinstance(case, AwaitingFront | AwaitingBack | Confirming):
        return case
    reason = _reason(case, today)
    if reason is None:
        return case
    grounds = (case.process.acceptance or Acceptance()).grounds
    return Refused(at=case.step, reason=reason, ground=grounds.get(reason.split(".")[1], ""))


def _reason(case: AwaitingFront | AwaitingBack | Confirming, today: date) -> str | None:
    if isinstance(case, Confirming):
        return EXPIRED if _is_expired(case, today) else None
    return _of_attempts(case)


def _of_attempts(case: AwaitingFront | AwaitingBack) -> str | None:
    reasons = set(case.last.reasons) if case.last is not None else set()
    has_tried = case.attempts >= case.process.attempts_before_fallback
    if "card.not_a_credential" in reasons and has_tried:
        return NO_CREDENTIAL
    if "model.not_accepted" not in reasons:
        return None
    if isinstance(case, AwaitingBack) and case.front.is_accepted:
        return None  # the front, which tells models apart better, was one that is accepted
    is_certain = reasons == {"model.not_accepted"} and case.attempts >= _MODEL_ATTEMPTS
    return OTHER_MODEL if is_certain or has_tried else None


def _is_expired(case: Confirming, today: date) -> bool:
    rules = case.process.acceptance or Acceptance()
    printed = case.fields.get("vigencia")
    if not rules.refuse_expired or printed is None or not isinstance(printed.value, str):
        return False
    year = last_year(printed.value)
    if year is None or not is_over(year, today, extended_from=rules.extended_from):
        return False
    zone = proven_zone(case.front.reading, case.back.reading)
    if zone is None:
        return printed.confidence >= _SURE
    return zone.expires[:2] == f"{year % 100:02d}"
