"""The technician's pages: camera, peripherals, network, readiness and passport of the station.

They ask for a sign-in of their own and lead to no visit; a person's data are never shown here, not
even of a test: of a card that is read, names and confidences alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext
from flask_babel import gettext as _

from device.camera.service import Running
from device.capture.pictures import to_jpeg
from device.clock import from_ms
from device.errors import StationError
from device.inference.base import InferenceError
from device.kiosk import answers, texts
from device.kiosk.qr import qr_png
from device.kiosk.services import Kiosk, whole_station
from device.peripherals.base import Light, Ready, Status, Unused
from device.peripherals.slips import SampleSlip
from device.queue.schema import State
from device.queue.standing import is_ready
from wire.errors import WireError

bp = Blueprint("technician", __name__, url_prefix="/technician")

P = ParamSpec("P")

COOKIE = "technician_session"
PREVIEW_PX = 640
_FLASH_S = 3.0
_FRAME_S = 1.0


def technician_only(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Let only the technician in."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if whole_station().technician.is_here(session.get(COOKIE)):
            return view(*args, **kwargs)
        if answers.wants_json():
            return answers.problem("sign_in.technician", 401)
        return redirect(url_for("technician.sign_in_form"), 303)

    return checked


@bp.get("/sign-in")
def sign_in_form() -> ResponseReturnValue:
    """Show the form."""
    return render_template("technician/sign_in.html")


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Let the technician in; an auxiliar's visit is locked away."""
    station = whole_station()
    try:
        opened = station.technician.sign_in(request.form.get("password", ""))
    except StationError as error:
        if answers.wants_json():
            raise
        flash(texts.message(error.code), "error")
        return redirect(url_for(".sign_in_form"), 303)
    station.desk.lock()
    session[COOKIE] = opened
    return redirect(url_for(".page"), 303)


@bp.post("/sign-out")
@technician_only
def sign_out() -> ResponseReturnValue:
    """Leave."""
    whole_station().technician.sign_out()
    session.pop(COOKIE, None)
    return redirect(url_for("start.page"), 303)


@bp.get("")
@technician_only
def page() -> ResponseReturnValue:
    """Show the readiness of the running station, each part with its state."""
    findings = _findings(whole_station())
    return render_template(
        "technician/readiness.html", findings=findings, is_ready=is_ready(findings)
    )


@bp.get("/readiness.json")
@technician_only
def readiness() -> ResponseReturnValue:
    """Give the findings as the station signs them."""
    station = whole_station()
    token = station.standing.readiness(_findings(station))
    return Response(token, mimetype="application/jose")


@bp.get("/camera")
@technician_only
def camera() -> ResponseReturnValue:
    """Show picture and figures of the camera."""
    return render_template("technician/camera.html", **_camera_figures(), reading=None)


@bp.get("/camera.json")
@technician_only
def camera_figures() -> ResponseReturnValue:
    """Give state and figures of the camera as they are now."""
    camera = whole_station().camera
    name = type(camera.state).__name__.lower()
    return jsonify(
        {
            "state": str(texts.CAMERA_STATES[name]),
            "rate": f"{camera.rate():.1f}",
            "restarts": str(camera.restarts),
        }
    )


@bp.post("/camera/read")
@technician_only
def read_card() -> ResponseReturnValue:
    """Read the card before the camera once, and tell how well, not what."""
    station = whole_station()
    reading = station.photographer.read_once(today=station.desk.today())
    return render_template("technician/camera.html", **_camera_figures(), reading=reading)


@bp.get("/preview.jpg")
@technician_only
def preview() -> ResponseReturnValue:
    """Show the next picture: whoever asks again at once sees how fast the camera is."""
    frame = whole_station().camera.newer_than(None, timeout_s=_FRAME_S)
    if frame is None:
        return Response(status=503)
    return Response(to_jpeg(frame.image, longest_px=PREVIEW_PX, quality=70), mimetype="image/jpeg")


@bp.get("/peripherals")
@technician_only
def peripherals() -> ResponseReturnValue:
    """Show how each peripheral is."""
    parts = whole_station().peripherals
    states = {
        name: (type(state).__name__.lower(), getattr(state, "code", None))
        for name, state in parts.states().items()
    }
    return render_template("technician/peripherals.html", states=states)


@bp.post("/peripherals/<any(printer, lamps):device>/test")
@technician_only
def try_peripheral(device: str) -> ResponseReturnValue:
    """Print a sample, or light the lamps for a moment."""
    station = whole_station()
    if device == "lamps":
        station.peripherals.lamps.flash(Light(255, 255, Status.SAVED), seconds=_FLASH_S)
        flash(_("The lamps are lit for three seconds."), "info")
    else:
        now = format_datetime(station.clock.now(), "short")
        sample = SampleSlip(station.station, now).compose(gettext)
        station.peripherals.printing.begin("technician", sample)
        flash(_("A sample is being printed."), "info")
    return redirect(url_for(".peripherals"), 303)


@bp.get("/network")
@technician_only
def network() -> ResponseReturnValue:
    """Show when the centre was last heard."""
    return _network(probe=None)


@bp.post("/network/try")
@technician_only
def try_network() -> ResponseReturnValue:
    """Speak to the centre now."""
    return _network(probe=whole_station().standing.probe())


@bp.get("/passport")
@technician_only
def passport() -> ResponseReturnValue:
    """Show what runs here, as text and as a signed code."""
    said, _token = whole_station().standing.passport()
    return render_template("technician/passport.html", passport=said)


@bp.get("/passport.png")
@technician_only
def passport_code() -> ResponseReturnValue:
    """Show the signed passport as a QR code."""
    return qr_png(whole_station().standing.passport()[1])


def _network(*, probe: object) -> ResponseReturnValue:
    station = whole_station()
    at_ms = station.queue.last_contact_ms()
    return render_template(
        "technician/network.html",
        probe=probe,
        contact=None if at_ms is None else format_datetime(from_ms(at_ms), "short"),
        offset_ms=station.standing.clock_offset_ms(),
        policy=station.health().get("policy"),
    )


def _camera_figures() -> dict[str, object]:
    camera = whole_station().camera
    frame = camera.latest()
    return {
        "state": type(camera.state).__name__.lower(),
        "rate": camera.rate(),
        "restarts": camera.restarts,
        "frame": frame,
        "size": None if frame is None else f"{frame.image.shape[1]}×{frame.image.shape[0]}",
    }


def _findings(station: Kiosk) -> dict[str, str]:
    """Examine the running station: `ok` or a code for each part; nothing is opened twice."""
    camera = station.camera.state
    findings = {
        "camera": "ok" if isinstance(camera, Running) else getattr(camera, "code", "camera.error")
    }
    try:
        refusal = station.desk.refusal()
        findings["capture"] = "ok" if refusal is None else refusal.code
        corrupt = station.queue.states()[State.CORRUPT]
        findings["queue"] = "spool.corrupt" if corrupt else "ok"
        station.standing.passport()
        findings["key"] = "ok"
        clock = station.health()["clock"]
        findings["clock"] = "ok" if clock == "anchored" else f"clock.{clock}"
    except (StationError, InferenceError, WireError) as error:
        findings["station"] = error.code
    for name, state in station.peripherals.states().items():
        if not isinstance(state, Unused):
            findings[name] = "ok" if isinstance(state, Ready) else state.code
    return findings
