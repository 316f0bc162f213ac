"""The language of the pages: Spanish of Mexico, or English for who chooses it."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale

bp = Blueprint("language", __name__, url_prefix="/language")

CHOICE = "language"
DEFAULT = "es_MX"
LANGUAGES = {"es_MX": "Español", "en": "English"}


def register(app: Flask) -> None:
    """Translate the pages of an application."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).parent / "translations")
    Babel(app, locale_selector=chosen)

    @app.context_processor
    def languages() -> dict[str, object]:
        locale = get_locale()
        return {
            "languages": LANGUAGES,
            "language": str(locale),
            "language_tag": str(locale).replace("_", "-"),
        }


def chosen() -> str:
    """Give the language somebody chose, else Spanish."""
    choice = session.get(CHOICE)
    return choice if choice in LANGUAGES else DEFAULT


@bp.post("")
def choose() -> ResponseReturnValue:
    """Keep the choice and go back to the page it was made on."""
    choice = request.form.get("language", "")
    if choice not in LANGUAGES:
        abort(400)
    session[CHOICE] = choice
    back = urlsplit(request.form.get("back", ""))
    safe = not back.netloc and not back.scheme and back.path.startswith("/")
    target = back.path + (f"?{back.query}" if back.query else "") if safe else url_for("home.show")
    # "//host" and "/\host" lead elsewhere in a browser.
    if target[1:2] in ("/", "\\"):
        target = url_for("home.show")
    return redirect(target, 303)
