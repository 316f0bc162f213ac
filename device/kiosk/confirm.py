"""The fields beside their print: the person and the auxiliar compare."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from device.capture.gathered import checks, shown_value
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
from device.kiosk import answers
from device.kiosk.answers import at_step, signed_in
from device.kiosk.services import kiosk
from domain.credential.fields import FIELD_NAMES, Side
from wire.record import Field

bp = Blueprint("confirm", __name__, url_prefix="/capture")

# What the person compares first; the rest folds away.
FIRST = (
    "nombres",
    "apellido_paterno",
    "apellido_materno",
    "clave_elector",
    "curp",
    "cic",
    "numero_ocr",
    "seccion",
    "vigencia",
)


@dataclass(frozen=True)
class Line:
    """One field as the page shows it; `confidence` is in percent."""

    name: str
    value: str
    confidence: int
    source: str
    has_crop: bool


@bp.get("/confirm")
@at_step(Step.CONFIRM)
def page() -> ResponseReturnValue:
    """Show every field with its print, confidence and source."""
    case = _reading()
    shown = [*FIRST, *(name for name in FIELD_NAMES if name not in FIRST)]
    lines = [_line(case, name, case.fields.get(name)) for name in shown]
    mrz = case.back.reading.mrz or case.front.reading.mrz or ()
    return render_template(
        "confirm.html",
        first=[line for line in lines if line.name in FIRST],
        # A model prints only some of the others: what is not there is not asked for.
        others=[
            line
            for line in lines
            if line.name not in FIRST and (line.value or case.process.typed_data_allowed)
        ],
        typing=case.process.typed_data_allowed,
        checks=checks(case.fields, mrz, today=kiosk().desk.today()),
        repeats=kiosk().desk.repeats(),
        model=case.front.reading.model or case.back.reading.model,
    )


@bp.post("/confirm")
@signed_in
def confirm() -> ResponseReturnValue:
    """Go on with the fields as shown, or as typed."""
    prefix = "field."
    typed = {
        name.removeprefix(prefix): text
        for name, text in request.form.items()
        if name.startswith(prefix)
    }
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
    card = _card_of(case, value)
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


def _card_of(case: Read, value: Field | None) -> bytes | None:
    if value is None or value.side is None:
        return None
    return (case.front if value.side == Side.FRONT else case.back).card


def _line(case: Read, name: str, value: Field | None) -> Line:
    if value is None:
        return Line(name, "", 0, "", has_crop=False)
    return Line(
        name=name,
        value=shown_value(value.value),
        confidence=round(value.confidence * 100),
        source=value.source.value,
        has_crop=value.box is not None and _card_of(case, value) is not None,
    )
