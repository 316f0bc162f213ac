"""How the station is, for whoever watches it."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from device.camera.service import Failed, Running
from device.capture.session import AwaitingLivePhoto, Shooting
from device.kiosk.services import kiosk

bp = Blueprint("status", __name__)


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
