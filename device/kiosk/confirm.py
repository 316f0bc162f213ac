"""The fields beside their print: the person and the auxiliar compare, choose, and may type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from device.capture.gathered import checks
from device.capture.offers import proven_zone
from device.capture.pictures import crop
from device.capture.session import (
    AwaitingBack,
    AwaitingFront,
    AwaitingLivePhoto,
    Read,
    Reviewing,
    Step,
)
from device.capture.signature import Signature
from device.capture.typed import slips, typed_value
from device.capture.witnesses import Disagreement, disagreement, sides_differ
from device.inference.model_of_card import of_both
from device.kiosk import answers, texts
from device.kiosk.answers import at_step, signed_in
from device.kiosk.comparison import card_of, compare
from device.kiosk.services import kiosk
from domain.credential.fields import Side

bp = Blueprint("confirm", __name__, url_prefix="/capture")

_PREFIX = "field."


@bp.get("/confirm")
@at_step(Step.CONFIRM)
def page() -> ResponseReturnValue:
    """Show every field with its print, the doubtful ones first."""
    return _page(_reading())


@bp.post("/confirm")
@signed_in
def confirm() -> ResponseReturnValue:
    """Go on with the fields as shown, as chosen or as typed; a slip is asked about once."""
    typed = {
        name.removeprefix(_PREFIX): text
        for name, text in request.form.items()
        if name.startswith(_PREFIX)
    }
    case = kiosk().desk.case
    if isinstance(case, Read) and case.process.typed_data_allowed and not request.form.get("sure"):
        values = {name: typed_value(name, text) for name, text in typed.items()}
        if found := slips(values, case.fields):
            if answers.wants_json():
                return answers.problem("confirm.slips", 422)
            return make_response(_page(case, typed, found), 422)
    kiosk().desk.confirm(typed)
    return answers.go_on()


@bp.post("/retake")
@signed_in
def retake() -> ResponseReturnValue:
    """Photograph one side again."""
    side = request.form.get("side", "")
    if side not in set(Side):
        abort(400)
    kiosk().desk.retake(Side(side))
    return answers.go_on()


@bp.get("/crop/<field>")
@signed_in
def crop_of(field: str) -> ResponseReturnValue:
    """Show one field as printed."""
    case = _reading()
    value = case.fields.get(field)
    card = card_of(case, value)
    if value is None or value.box is None or card is None:
        abort(404)
    return Response(crop(card, value.box), mimetype="image/jpeg")


@bp.get("/photo/<any(front, back, face, signature):name>")
@signed_in
def photo(name: str) -> ResponseReturnValue:
    """Show a picture of the visit."""
    content = _picture(name)
    if content is None:
        abort(404)
    mimetype = "image/png" if name == "signature" else "image/jpeg"
    return Response(content, mimetype=mimetype)


def _picture(name: str) -> bytes | None:
    case = kiosk().desk.case
    match case, name:
        case Read(), "front" | "back":
            shot = case.front if name == "front" else case.back
            return shot.card or shot.photo
        case (AwaitingFront(last=last), "front") | (AwaitingBack(last=last), "back"):
            return None if last is None else last.photo
        case AwaitingLivePhoto(), "face":
            return None if case.photo is None else case.photo.jpeg
        case Reviewing(), "face":
            return None if case.face is None else case.face.jpeg
        case Reviewing(signature=Signature(png=png)), "signature":
            return png
        case _:
            return None


def _reading() -> Read:
    case = kiosk().desk.case
    if not isinstance(case, Read):
        abort(404)
    return case


def _page(case: Read, typed: Mapping[str, str] | None = None, found: tuple[str, ...] = ()) -> str:
    today = kiosk().desk.today()
    zone = proven_zone(case.front.reading, case.back.reading)
    mrz = case.back.reading.mrz or case.front.reading.mrz or ()
    codes = checks(case.fields, mrz, today=today)
    pairs: defaultdict[str, list[Disagreement]] = defaultdict(list)
    unpaired = []
    for code in codes:
        pair = disagreement(code, case.fields, zone, today=today)
        if pair is None:
            unpaired.append(texts.check(code))
        else:
            pairs[pair.about].append(pair)
    shown: dict[str, Any] = {
        "rows": compare(case, typed or {}, slips=found, doubted=pairs, today=today),
        "typing": case.process.typed_data_allowed,
        "sentences": unpaired,
        "explained": {name: texts.explained(about) for name, about in pairs.items()},
        "differ": sides_differ(codes),
        "copies": [shot for shot in (case.front, case.back) if shot.is_suspected],
        "warnings": kiosk().desk.person_warnings(),
        "model": of_both(case.front.reading.model, case.back.reading.model),
        "slips": found,
    }
    return render_template("confirm.html", **shown)
