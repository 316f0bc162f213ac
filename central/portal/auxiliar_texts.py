"""The words for how far an auxiliar is, what is done with one, and what happened to the account."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from central.models import Stage
from central.portal.labels import StateLabel
from central.reports.auxiliar_detail import By
from central.roster.life import Step

STAGES = {
    Stage.REGISTERED: StateLabel(
        _("Registered"), _("Entered; the register has not answered yet."), "info"
    ),
    Stage.CHECKED: StateLabel(
        _("Checked"), _("In the Lista Nominal; the letter with the code is on its way."), "info"
    ),
    Stage.NOT_LISTED: StateLabel(
        _("Not in the Lista Nominal"),
        _("The register does not have this clave in the Lista Nominal: no code is sent."),
        "bad",
    ),
    Stage.INVITED: StateLabel(
        _("Invited"), _("The code was sent; nobody has activated with it yet."), "info"
    ),
    Stage.ACTIVE: StateLabel(_("Active"), _("Has a password and may capture."), "ok"),
    Stage.SUSPENDED: StateLabel(
        _("Blocked"),
        _("The authority has blocked the account: only it can lift the block."),
        "warn",
    ),
    Stage.DEACTIVATED: StateLabel(
        _("Deactivated"), _("Captures no more; what was captured stays."), "bad"
    ),
}


@dataclass(frozen=True, slots=True)
class StepLabel:
    """What a button says, and what follows from pressing it."""

    name: LazyString
    question: LazyString
    consequence: LazyString


STEPS: Mapping[Step, StepLabel] = {
    Step.INVITE: StepLabel(
        _("Send a new code"),
        _("Send a new activation code?"),
        _(
            "A letter with a new code goes to the correo electrónico of the auxiliar, and any code "
            "sent before stops working. Whoever has a password keeps it until the new code is used."
        ),
    ),
    Step.DEACTIVATE: StepLabel(
        _("Deactivate"),
        _("Deactivate this auxiliar?"),
        _(
            "Stations refuse the auxiliar from their next connection with the centre on. What was "
            "captured stays and goes on counting. You can reactivate the account later."
        ),
    ),
    Step.REACTIVATE: StepLabel(
        _("Reactivate"),
        _("Reactivate this auxiliar?"),
        _(
            "The auxiliar can capture again with the password used before, from the next "
            "connection of each station with the centre on. Whoever had not activated yet goes on "
            "from there."
        ),
    ),
}

STEP_DONE: Mapping[Step, LazyString] = {
    Step.INVITE: _("A letter with a new code is on its way."),
    Step.DEACTIVATE: _(
        "The auxiliar is deactivated. Stations know with their next connection with the centre."
    ),
    Step.REACTIVATE: _(
        "The auxiliar is active in the system again. Stations know with their next connection."
    ),
}

_REFUSALS: Mapping[str, LazyString] = {
    "auxiliar.letter_waits": _(
        "A letter is on its way already. Wait until it arrives, and look into the spam folder."
    ),
    "auxiliar.letter_just_left": _(
        "A letter left a few minutes ago. Look into the spam folder, and try again in ten minutes."
    ),
}

EVENTS: Mapping[str, LazyString] = {
    "auxiliar.added": _("Registered"),
    "auxiliar.changed": _("Changed by the authority"),
    "auxiliar.corrected": _("Data corrected"),
    "auxiliar.checked": _("The register answered"),
    "auxiliar.invited": _("A code was sent"),
    "auxiliar.invited_again": _("A new code was asked for"),
    "auxiliar.activated": _("Activated with a password of their own"),
    "auxiliar.activation_locked": _("Too many wrong codes: a new one is needed"),
    "auxiliar.deactivated": _("Deactivated"),
    "auxiliar.reactivated": _("Reactivated"),
}

ACTORS: Mapping[By, LazyString] = {
    By.ASPIRANTE: _("on this portal"),
    By.STATION: _("at a station"),
    By.SYSTEM: _("by the system"),
    By.AUTHORITY: _("by the authority"),
}


def step_sentence(code: str) -> str:
    """Say why a step was not taken."""
    gone_on = _("Nothing was changed: the account has gone on meanwhile. This is how it is now.")
    return str(_REFUSALS.get(code, gone_on))
