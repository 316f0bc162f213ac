"""Sign-in of the authority's people, and what each sets up: second factor and password."""

import logging
from datetime import timedelta
from typing import cast

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from central.accounts import second_factor, staff
from central.accounts.attempts import Attempts
from central.accounts.passwords import LONGEST, SHORTEST
from central.accounts.permissions import Permission, Role, requires
from central.accounts.staff import Lock, PasswordMistake, Proof
from central.config import PortalConfig
from central.models import User
from central.portal import entering
from central.portal.visitor import NOTICE, principal, staff_home
from central.services import services
from central.storage.sealing import Sealer

_log = logging.getLogger(__name__)

bp = Blueprint("staff_sign_in", __name__, url_prefix="/staff")

_ATTEMPTS = "acopio_attempts"
_SENTENCES = {
    PasswordMistake.WRONG: lazy_gettext("That is not your present password."),
    PasswordMistake.LENGTH: lazy_gettext(
        "The new password needs %(least)d to %(most)d characters. Four words are easy to remember.",
        least=SHORTEST,
        most=LONGEST,
    ),
    PasswordMistake.SAME: lazy_gettext("Choose another one than the present password."),
    PasswordMistake.DIFFERENT: lazy_gettext("The two new passwords differ. Write them again."),
}


def install(app: Flask, settings: PortalConfig) -> None:
    """Give the views the count of tries of this process."""
    app.extensions[_ATTEMPTS] = Attempts(settings.staff_attempts_per_minute, timedelta(minutes=1))


@bp.get("/sign-in")
def start() -> ResponseReturnValue:
    """Show the form."""
    if current_user.is_authenticated and principal().role is not Role.ASPIRANTE:
        return redirect(staff_home(principal()), 303)
    return render_template("portal/staff_sign_in.html", notice=session.pop(NOTICE, None), email="")


@bp.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Let a person of the authority in; whatever is wrong, the answer is the same."""
    _count_try()
    parts = services()
    now = parts.clock.now()
    email = request.form.get("email", "")
    entrance = staff.sign_in(
        parts.database,
        _sealer(),
        _lock(parts.config.portal),
        email=email,
        password=request.form.get("password", ""),
        code=request.form.get("code", ""),
        now=now,
    )
    if entrance is None:
        _log.warning("staff_sign_in.refused")
        page = render_template("portal/staff_sign_in.html", notice="refused", email=email)
        return page, 403
    # The session of this request: the one this browser had before is found, and ended, in it.
    user = parts.session.get_one(User, entrance.user_id)
    person = entering.open_session(
        parts.session, user, entrance.role, method=entrance.proof.value, now=now
    )
    parts.session.commit()
    if person is None:
        abort(403)
    return redirect(entering.go_in(person, staff_home(person)), 303)


@bp.get("/access")
@requires(Permission.SET_UP_OWN_SIGN_IN)
def set_up() -> ResponseReturnValue:
    """Show what is still missing of one's own sign-in, or the way to change the password."""
    return _set_up_page(services().session.get_one(User, principal().user_id))


@bp.post("/access/second-factor")
@requires(Permission.SET_UP_OWN_SIGN_IN)
def confirm() -> ResponseReturnValue:
    """Take the first code of the second factor; the session becomes a whole one."""
    parts = services()
    now = parts.clock.now()
    user = parts.session.get_one(User, principal().user_id)
    if second_factor.is_enrolled(user):
        return redirect(url_for(".set_up"), 303)
    code = request.form.get("code", "")
    if not staff.confirm_second_factor(parts.session, user, code, _sealer(), now=now):
        return _set_up_page(user, {"code": _("That is not the present code. Wait for the next.")})
    role, method = principal().role, Proof.PASSWORD_AND_CODE.value
    person = entering.open_session(parts.session, user, role, method=method, now=now)
    parts.session.commit()
    if person is None:
        abort(403)
    entering.go_in(person, "")
    return redirect(url_for(".set_up") if user.must_change_password else staff_home(person), 303)


@bp.post("/access/password")
@requires(Permission.SET_UP_OWN_SIGN_IN)
def change_password() -> ResponseReturnValue:
    """Change one's own password; other browsers of the person have to sign in again."""
    _count_try()
    parts = services()
    user = parts.session.get_one(User, principal().user_id)
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    mistakes = staff.change_password(
        parts.session,
        user,
        session_id=principal().session_id,
        old=old,
        new=new,
        again=again,
        now=parts.clock.now(),
    )
    if mistakes:
        return _set_up_page(user, {name: str(_SENTENCES[kind]) for name, kind in mistakes.items()})
    parts.session.commit()
    flash(_("Your password has been changed. Your other browsers have to sign in again."))
    return redirect(staff_home(principal()), 303)


def _set_up_page(user: User, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    secret = address = None
    if not second_factor.is_enrolled(user):
        secret = second_factor.secret_of(user, _sealer())
        address = None if secret is None else second_factor.address_of(user, secret)
    page = render_template(
        "portal/staff_access.html",
        secret=secret,
        address=address,
        picture=None if address is None else second_factor.picture_of(address),
        must_change=user.must_change_password,
        shortest=SHORTEST,
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _count_try() -> None:
    attempts = cast(Attempts, current_app.extensions[_ATTEMPTS])
    if attempts.is_over(request.remote_addr or "", now=services().clock.now()):
        _log.warning("staff_sign_in.throttled")
        abort(429)


def _lock(settings: PortalConfig) -> Lock:
    return Lock(settings.staff_tries, timedelta(minutes=settings.staff_lock_minutes))


def _sealer() -> Sealer:
    return services().sealer(second_factor.SEALED_FOR)
