"""The end of an auxiliar's day: what was captured, and the slip that proves it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext

from device.capture.attendance import Closed
from device.capture.errors import WrongStepError
from device.capture.session import Open
from device.clock import from_ms
from device.kiosk import answers, texts
from device.kiosk.answers import signed_in
from device.kiosk.qr import qr_png
from device.kiosk.services import is_practising, kiosk
from device.peripherals.base import Unused
from device.peripherals.printing import PrintState
from device.peripherals.slips import CloseOutSlip

bp = Blueprint("closing", __name__, url_prefix="/close")

_COOKIE = "closed_session"


@bp.get("")
@signed_in
def page() -> ResponseReturnValue:
    """Show what was captured in this session."""
    return render_template("close.html", counts=kiosk().desk.session_counts().as_numbers())


@bp.post("")
@signed_in
def close() -> ResponseReturnValue:
    """End the session, sign the auxiliar out, and lead to the slip; an open visit comes first."""
    desk = kiosk().desk
    here = desk.signed_in
    if isinstance(desk.case, Open) or here is None:
        raise WrongStepError("a visit goes on")
    if is_practising():
        raise WrongStepError("practice has no session to close")
    desk.sign_out(reason="closed")
    session.clear()
    session[_COOKIE] = here.session
    closed = _closed()
    if closed is None:
        return answers.go_on()
    _print(closed)
    if answers.wants_json():
        return answers.go_on(close_out=closed.session.token)
    return redirect(url_for(".slip"), 303)


@bp.get("/slip")
def slip() -> ResponseReturnValue:
    """Show the slip to whoever closed the session, until the next one begins."""
    closed = _closed()
    if closed is None:
        return redirect(url_for("start.sign_in_form"), 303)
    return render_template(
        "slip.html",
        slip=_slip(closed),
        printing=_print_state(closed),
        has_printer=not isinstance(kiosk().peripherals.printer.state, Unused),
    )


@bp.post("/slip/print")
def print_again() -> ResponseReturnValue:
    """Print the slip once more."""
    closed = _closed()
    if closed is None:
        return redirect(url_for("start.sign_in_form"), 303)
    _print(closed)
    return redirect(url_for(".slip"), 303)


@bp.get("/slip/qr.png")
def qr() -> ResponseReturnValue:
    """Show the signed close-out as a QR code."""
    closed = _closed()
    if closed is None:
        return redirect(url_for("start.sign_in_form"), 303)
    return qr_png(closed.session.token)


def _closed() -> Closed | None:
    closed = kiosk().desk.closed
    if closed is None or session.get(_COOKIE) != closed.here.session:
        return None
    return closed


def _slip(closed: Closed) -> CloseOutSlip:
    said = closed.session.close_out
    counts = closed.session.counts.as_numbers()
    return CloseOutSlip(
        station=said.station,
        epoch=closed.session.epoch[:8],
        first_seq=said.first_seq,
        last_seq=said.last_seq,
        head=said.link,
        closed_at=format_datetime(from_ms(said.wall_s * 1000), "short"),
        counts={str(texts.COUNTS[name]): number for name, number in counts.items()},
        auxiliar=closed.here.auxiliar.alias,
        process=closed.here.process.name,
        verification=closed.session.token,
    )


def _print(closed: Closed) -> None:
    peripherals = kiosk().peripherals
    if not isinstance(peripherals.printer.state, Unused):
        peripherals.printing.begin(_key(closed), _slip(closed).compose(gettext))


def _print_state(closed: Closed) -> PrintState | None:
    return kiosk().peripherals.printing.state(_key(closed))


def _key(closed: Closed) -> str:
    return f"close-{closed.session.close_out.last_seq}"
