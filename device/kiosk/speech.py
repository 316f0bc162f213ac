"""Spoken prompts: the instruction of each step, for who cannot read it.

Only the sentences of `texts.SPOKEN` are spoken; nothing that a person entered ever is.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from device.kiosk import texts
from device.kiosk.answers import signed_in
from device.kiosk.services import kiosk

bp = Blueprint("speech", __name__, url_prefix="/speech")


@bp.get("/<code>.<any(es_MX, en):language>.wav")
@signed_in
def prompt(code: str, language: str) -> ResponseReturnValue:
    """Speak the instruction of a step."""
    voice = kiosk().voice
    sentence = texts.SPOKEN.get(code)
    if voice is None or sentence is None:
        abort(404)
    with force_locale(language):
        text = str(sentence)
    return Response(voice.say(text, language), mimetype="audio/wav")
