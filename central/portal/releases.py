"""Releases for stations: how far each may go, what became of it, and the button that stops it."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from central.accounts.permissions import Permission, requires
from central.intake import releases
from central.models import Ring
from central.portal.visitor import principal
from central.services import services

bp = Blueprint("releases", __name__, url_prefix="/staff/releases")

RINGS = {
    Ring.LAB: _l("Laboratory"),
    Ring.CANARY: _l("Canaries (5 of 100 stations)"),
    Ring.EARLY: _l("Early ones (10 of 100 stations)"),
    Ring.GENERAL: _l("All the others"),
}
KINDS = {"system": _l("System"), "models": _l("Reading models")}
# In this order; a word that a newer program brings is not counted here.
OUTCOMES = {
    "fetching": _l("Fetching"),
    "waiting": _l("Waiting for a quiet moment"),
    "trying": _l("Being tried"),
    "kept": _l("Kept"),
    "returned": _l("Returned to the one before"),
    "refused": _l("Refused"),
}


@bp.get("")
@requires(Permission.MANAGE_RELEASES)
def show() -> ResponseReturnValue:
    """List the releases, the newest first."""
    parts = services()
    now = parts.clock.now()
    return render_template(
        "portal/releases.html",
        standings=releases.overview(parts.session, _pace(), now=now),
        stations=releases.stations_by_ring(parts.session),
        pace=_pace(),
        now=now,
        RINGS=RINGS,
        KINDS=KINDS,
        OUTCOMES=OUTCOMES,
    )


@bp.post("/<int:release>/advance")
@requires(Permission.MANAGE_RELEASES)
def advance(release: int) -> ResponseReturnValue:
    """Let a release on to its next ring."""
    said = _("The release is offered to the next ring.")
    return _change(release, partial(releases.advance, pace=_pace()), said)


@bp.post("/<int:release>/halt")
@requires(Permission.MANAGE_RELEASES)
def halt(release: int) -> ResponseReturnValue:
    """Stop offering a release."""
    return _change(
        release, releases.halt, _("The release is halted: no further station is offered it.")
    )


@bp.post("/<int:release>/resume")
@requires(Permission.MANAGE_RELEASES)
def resume(release: int) -> ResponseReturnValue:
    """Offer a release again."""
    return _change(release, releases.resume, _("The release is offered again."))


def _change(release: int, change: Callable[..., object], said: str) -> ResponseReturnValue:
    parts = services()
    found = releases.find(parts.session, release)
    change(parts.session, found, now=parts.clock.now(), made_by=_actor())
    parts.session.commit()
    flash(said)
    return redirect(url_for(".show"), 303)


def _pace() -> releases.Pace:
    settings = services().config.releases
    return releases.Pace(settings.ring_h, settings.halt_after)


def _actor() -> str:
    return f"user:{principal().user_id}"
