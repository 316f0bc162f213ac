"""The page behind the button of the letter: who follows it has proved the address it went to."""

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from central.accounts import invitations
from central.accounts.invitations import LinkState
from central.models import AccountKind
from central.portal.access_labels import ACCOUNT_KINDS
from central.portal.sign_in import LETTER, refusal_page
from central.services import services

bp = Blueprint("welcome", __name__, url_prefix="/welcome")

_REASONS = {
    LinkState.USED: "link_used",
    LinkState.EXPIRED: "link_expired",
    LinkState.UNKNOWN: "link_unknown",
}


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show how to go on; the link is followed by the button, for mail programs open links too."""
    parts = services()
    link = invitations.follow(parts.session, token, now=parts.clock.now())
    if link.user is None:
        return refusal_page(_REASONS[link.state]), 410
    kind = link.user.account_kind
    return render_template(
        "portal/welcome.html",
        token=token,
        kind=None if kind is None else ACCOUNT_KINDS[AccountKind(kind)],
    )


@bp.post("/<token>")
def follow(token: str) -> ResponseReturnValue:
    """Remember in this browser that the letter was read, and go on to the sign-in."""
    parts = services()
    link = invitations.follow(parts.session, token, now=parts.clock.now())
    if link.user is None:
        return refusal_page(_REASONS[link.state]), 410
    session[LETTER] = token
    return redirect(url_for("sign_in.start"), 303)
