"""The citizen's slip: printed beside the work, and what the last page says about it."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from device.capture.errors import WrongStepError
from device.capture.session import Sealed
from device.clock import from_ms
from device.kiosk import answers, texts
from device.kiosk.answers import signed_in
from device.kiosk.services import is_practising, kiosk, policy_texts
from device.peripherals.base import Unused
from device.peripherals.printing import NotPrinted, Printed, PrintState
from device.peripherals.slips import CitizenSlip

bp = Blueprint("slip", __name__, url_prefix="/capture")

# Nothing else is put into a QR code that a person's telephone opens.
_ADDRESS = "https://"
_HELP = ("help_phone", "help_mail")


@bp.get("/slip")
@signed_in
def state() -> ResponseReturnValue:
    """Say how the slip of the visit goes."""
    return jsonify(described(_sealed()))


@bp.post("/slip")
@signed_in
def print_again() -> ResponseReturnValue:
    """Print the slip once more."""
    sealed = _sealed()
    begin(sealed)
    return answers.go_on(slip=described(sealed))


def begin_once(sealed: Sealed) -> None:
    """Print the slip of a visit, unless it was begun before: a second tap prints no second slip."""
    if kiosk().peripherals.printing.state(sealed.link) is None:
        begin(sealed)


def begin(sealed: Sealed) -> None:
    """Print the slip of a visit, where there is a printer; practice takes no paper."""
    peripherals = kiosk().peripherals
    if is_practising() or isinstance(peripherals.printer.state, Unused):
        return
    peripherals.printing.begin(sealed.link, _slip(sealed).compose(_))


def described(sealed: Sealed) -> dict[str, str | bool]:
    """Return the state of the slip: a word, a sentence for the person, and whether to try again."""
    code = _code(kiosk().peripherals.printing.state(sealed.link))
    return {"state": code, "text": str(texts.message(code)), "again": code in texts.SLIP_AGAIN}


def _code(state: PrintState | None) -> str:
    match state:
        case None:
            return "slip.none"
        case NotPrinted(code=code):
            return code
        case Printed():
            return "slip.printed"
        case _:
            return "slip.printing"


def _sealed() -> Sealed:
    case = kiosk().desk.case
    if not isinstance(case, Sealed):
        raise WrongStepError("the visit is not sealed")
    return case


def _slip(sealed: Sealed) -> CitizenSlip:
    here = kiosk().desk.signed_in
    said = policy_texts()
    address = said.get("citizen_page", "")
    return CitizenSlip(
        folio=sealed.folio,
        code=sealed.code,
        saved_at=format_datetime(from_ms(sealed.sealed_ms), "medium"),
        process=here.process.name if here is not None else "",
        aspirante=here.auxiliar.aspirante if here is not None else "",
        help_desk=", ".join(said[name] for name in _HELP if said.get(name)),
        address=address if address.startswith(_ADDRESS) else "",
    )
