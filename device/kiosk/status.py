"""What goes on beside the visit: preview, guidance, health."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from device.camera.service import Failed, Running
from device.capture.pictures import to_jpeg
from device.capture.session import AwaitingLivePhoto, Shooting
from device.kiosk import texts
from device.kiosk.answers import signed_in
from device.kiosk.services import kiosk
from device.kiosk.stream import camera_code

bp = Blueprint("status", __name__)

PREVIEW_PX = 960
PREVIEW_QUALITY = 70


@bp.get("/preview.jpg")
@signed_in
def preview() -> ResponseReturnValue:
    """Show the newest preview frame."""
    frame = kiosk().camera.latest()
    if frame is None:
        return Response(status=503)
    jpeg = to_jpeg(frame.image, longest_px=PREVIEW_PX, quality=PREVIEW_QUALITY)
    return Response(jpeg, mimetype="image/jpeg")


@bp.get("/guidance")
@signed_in
def guidance() -> ResponseReturnValue:
    """Say where the card is in the newest preview and what could be better."""
    frame = kiosk().camera.latest()
    if frame is None:
        return jsonify({"corners": None, "hints": [_hint(camera_code())]})
    found = kiosk().desk.guide(frame.image)
    if found is None:
        return jsonify({"corners": None, "hints": []})
    height, width = frame.image.shape[:2]
    corners = found.quad and [
        [round(x / width, 4), round(y / height, 4)] for x, y in found.quad.corners
    ]
    return jsonify({"corners": corners, "hints": [_hint(code) for code in found.reasons]})


@bp.get("/health")
def health() -> ResponseReturnValue:
    """Say how the station is; nothing here is about a person."""
    parts = kiosk()
    case = parts.desk.case
    answer = {
        "station": parts.station,
        "software": parts.software,
        "camera": _camera(),
        "peripherals": {
            name: getattr(state, "code", type(state).__name__.lower())
            for name, state in parts.peripherals.states().items()
        },
        "signed_in": parts.desk.signed_in is not None,
        "step": case.step.value if case is not None else None,
        "attempts": case.attempts if isinstance(case, Shooting | AwaitingLivePhoto) else 0,
        "queue": {state.value: count for state, count in parts.queue.states().items()},
        **parts.health(),
    }
    answer["warnings"] = [warning.code for warning in parts.desk.warnings()]
    refusal = parts.desk.refusal()
    answer["refusal"] = refusal.code if refusal is not None else None
    answer["ok"] = refusal is None and isinstance(parts.camera.state, Running)
    return jsonify(answer)


def _camera() -> dict[str, object]:
    state = kiosk().camera.state
    described: dict[str, object] = {"state": type(state).__name__.lower()}
    if isinstance(state, Failed):
        described |= {"code": state.code, "failures": state.failures}
    return described


def _hint(code: str) -> dict[str, str]:
    return {"code": code, "text": str(texts.message(code))}
