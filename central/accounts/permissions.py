"""What a signed-in person may do: permissions, the roles that hold them, and the mark on a route.

Every route states its permission with `@requires`, or is named in `PUBLIC_ENDPOINTS`; a guard test
walks all routes. Roles are those of the design; stations and citizens are apart from them.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, current_app
from flask_login import current_user

P = ParamSpec("P")
R = TypeVar("R")


class Role(StrEnum):
    """A duty; a person may be granted several, and acts in one of them at a time."""

    ADMIN = "admin"
    AUTHORITY = "authority"
    REVIEWER = "reviewer"
    ADJUDICATOR = "adjudicator"
    AUDITOR = "auditor"
    TECHNICIAN = "technician"
    ASPIRANTE = "aspirante"
    OBSERVER = "observer"


class Permission(StrEnum):
    """One thing a person may do. What it reaches (own data, all data) is the query's scope."""

    USE_PORTAL = "use_portal"
    SEE_OWN_ADVANCE = "see_own_advance"
    SEE_OWN_RECORDS = "see_own_records"
    SEE_OWN_AUXILIARES = "see_own_auxiliares"
    EDIT_OWN_AUXILIARES = "edit_own_auxiliares"
    MAKE_OWN_REPORTS = "make_own_reports"
    OBJECT_TO_REJECTIONS = "object_to_rejections"
    USE_STAFF_PAGES = "use_staff_pages"
    SET_UP_OWN_SIGN_IN = "set_up_own_sign_in"
    END_OWN_SESSIONS = "end_own_sessions"
    ADMIT_ASPIRANTES = "admit_aspirantes"
    MANAGE_RELEASES = "manage_releases"
    SEE_FLEET = "see_fleet"
    ORDER_FLEET = "order_fleet"
    MANAGE_STATIONS = "manage_stations"


_NOTHING: frozenset[Permission] = frozenset()

# All that somebody of the authority may do before the second factor and the own password are set.
SETTING_UP = frozenset({Permission.SET_UP_OWN_SIGN_IN})

_SEES_STATIONS = SETTING_UP | {
    Permission.USE_STAFF_PAGES,
    Permission.END_OWN_SESSIONS,
    Permission.SEE_FLEET,
    Permission.ORDER_FLEET,
    Permission.MANAGE_STATIONS,
}
_ADMITS = _SEES_STATIONS | {Permission.ADMIT_ASPIRANTES}

_TENDS_STATIONS = _SEES_STATIONS | {Permission.MANAGE_RELEASES}

# Staff work on the authority's pages and sign in there; the aspirante's portal gives them nothing.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: _ADMITS | _TENDS_STATIONS,
    Role.AUTHORITY: _ADMITS,
    Role.REVIEWER: _NOTHING,
    Role.ADJUDICATOR: _NOTHING,
    Role.AUDITOR: _NOTHING,
    Role.TECHNICIAN: _TENDS_STATIONS,
    Role.ASPIRANTE: frozenset(
        {
            Permission.USE_PORTAL,
            Permission.END_OWN_SESSIONS,
            Permission.SEE_OWN_ADVANCE,
            Permission.SEE_OWN_RECORDS,
            Permission.SEE_OWN_AUXILIARES,
            Permission.EDIT_OWN_AUXILIARES,
            Permission.MAKE_OWN_REPORTS,
            Permission.OBJECT_TO_REJECTIONS,
        }
    ),
    Role.OBSERVER: _NOTHING,
}

# Open to anybody, each for a reason: nothing in their answers belongs to a person.
PUBLIC_ENDPOINTS: Mapping[str, str] = {
    "portal.static": "style sheet and pictures of the pages",
    "health.live": "load balancer and supervisor: answers that the process is up",
    "health.ready": "load balancer and supervisor: answers that the database is there",
    "design.show": "the parts of the pages, for those who make pages: nobody's data",
    "manuals.show": "the list of the manuals, for people who have no account as well",
    "manuals.read": "a manual: invented people only",
    "manuals.download": "the same manual as PDF",
    "manuals.picture": "the pictures of the manuals: invented people only",
    "help_desk.show": "whom to call when somebody cannot sign in",
    "language.choose": "the language of the pages, chosen before signing in as well",
    "exports.public_key": "public keys of the centre: whoever has a report may check it",
    "sign_in.start": "the page with the buttons to sign in",
    "sign_in.leave_for_provider": "sends the browser to the provider of accounts",
    "sign_in.come_back": "the provider sends the browser here",
    "sign_in.forget_facebook": "what Facebook asks of every application: how data are deleted",
    "welcome.show": "the page behind the button of the letter; a token of 256 bits opens it",
    "welcome.follow": "the same, confirmed by the button",
    "staff_sign_in.start": "the form with which people of the authority sign in",
    "staff_sign_in.enter": "the same form, sent",
    "sign_in.leave": "ends the session of the browser, whatever its role, if it has one",
}


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view run for those who hold the permission.

    Without a session the visitor is sent to the sign-in page, and with one that is not set up yet
    to what is missing; with a session that lacks the permission the answer is 403.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined,no-any-return]
            if permission not in current_user.permissions:
                if current_user.is_setting_up and permission in PERMISSIONS[current_user.role]:
                    return current_app.login_manager.unauthorized()  # type: ignore[attr-defined,no-any-return]
                abort(403)
            return view(*args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return mark


def required_permission(view: Callable[..., object]) -> Permission | None:
    """Give the permission a view was marked with, or None."""
    return getattr(view, "required_permission", None)
