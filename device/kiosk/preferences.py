"""How the screen speaks and looks: language, voice, size of the text, contrast.

Chosen between visits they are the auxiliar's and last until sign-out. In a visit language and
voice are the person's: they end with the visit, and the next person meets the auxiliar's, or else
the station's. Size and contrast answer the sun and the screen, which the next person meets too:
they last until sign-out also when they were chosen in a visit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from device.kiosk import answers
from device.kiosk.services import kiosk

bp = Blueprint("preferences", __name__)

CHOICES: Mapping[str, tuple[str, ...]] = {
    "language": ("es_MX", "en"),
    "speech": ("off", "on"),
    "text": ("normal", "large"),
    "contrast": ("normal", "white", "black"),
}
_OF_THE_PERSON = frozenset({"language", "speech"})
# Where the cookie of the session holds them.
_KEPT, _OF_VISIT = "preferences", "preferences_of_visit"


def current() -> dict[str, str]:
    """Return the choice in force for each preference."""
    defaults = {name: choices[0] for name, choices in CHOICES.items()}
    defaults["language"] = kiosk().language
    return {**defaults, **session.get(_KEPT, {}), **_of_this_visit()}


def keep_through_sign_in() -> None:
    """Empty the cookie for a new session, save what was chosen on the page before it."""
    kept = session.get(_KEPT)
    session.clear()
    if kept is not None:
        session[_KEPT] = kept


@bp.post("/preferences")
def choose() -> ResponseReturnValue:
    """Take one choice or several, and show the page again."""
    chosen = {name: request.form[name] for name in CHOICES if name in request.form}
    if not chosen or any(choice not in CHOICES[name] for name, choice in chosen.items()):
        abort(400)
    visit = _visit()
    person = {name: choice for name, choice in chosen.items() if name in _OF_THE_PERSON}
    if visit is None or not person:
        session[_KEPT] = session.get(_KEPT, {}) | chosen
    else:
        lasting = {name: choice for name, choice in chosen.items() if name not in person}
        session[_KEPT] = session.get(_KEPT, {}) | lasting
        session[_OF_VISIT] = {"visit": visit, "chosen": _of_this_visit() | person}
    if answers.wants_json():
        return answers.go_on(**current())
    return redirect(_page_to_show_again(request.form.get("back", "")), 303)


def register(app: Flask) -> None:
    """Give every page the choices in force, and what else there is."""

    @app.context_processor
    def look() -> dict[str, Any]:
        in_force = current()
        tag = in_force["language"].replace("_", "-")
        return {
            "preferences": {**in_force, "tag": tag},
            "preference_choices": CHOICES,
            "has_voice": kiosk().voice is not None,
        }


def _of_this_visit() -> dict[str, str]:
    of_visit = session.get(_OF_VISIT)
    if of_visit is None or of_visit["visit"] != _visit():
        return {}
    chosen: dict[str, str] = of_visit["chosen"]
    return chosen


def _visit() -> str | None:
    """Return what tells this visit from any other, practised ones too."""
    desk = kiosk().desk
    here, visit = desk.signed_in, desk.visit
    return None if here is None or visit is None else f"{here.session}/{visit}"


def _page_to_show_again(path: str) -> str:
    """Return a page of this kiosk: the one named, or else where the visit stands."""
    split = urlsplit(path)
    if not split.scheme and not split.netloc and path.startswith("/"):
        try:
            current_app.url_map.bind("").match(split.path, method="GET")
        except HTTPException:
            pass
        else:
            return split.path
    return answers.page_of(kiosk().desk.case)
