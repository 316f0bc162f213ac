"""The scanner: a badge fills in a name, a code of the credential goes with the visit.

The pages learn that something was scanned, and only a badge's name in clear: what a credential's
code says goes from the scanner to the visit without passing through the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from device.capture.errors import WrongStepError
from device.capture.gathered import shown_value
from device.capture.scanned import ScannedCode
from device.capture.session import Case, Confirming
from device.kiosk import answers
from device.kiosk.answers import is_signed_in, signed_in
from device.kiosk.services import kiosk
from device.peripherals.base import Scan, ScanKind, Unused
from device.peripherals.scanner import badge_name
from wire.record import Field

bp = Blueprint("scan", __name__)

_FORGET = frozenset(
    {"start.start", "start.cancel", "start.clear", "start.sign_out", "summary.seal"}
)


@bp.app_context_processor
def scanner() -> dict[str, Any]:
    """Give every page the number of the latest scan, None where there is no scanner."""
    device = kiosk().peripherals.scanner
    return {"scanned": None if isinstance(device.state, Unused) else device.count}


@bp.get("/scan")
def scans() -> ResponseReturnValue:
    """Say what was scanned after a number; whoever is not signed in hears of badges alone."""
    after = request.args.get("after", type=int)
    if after is None:
        abort(400)
    kinds = set(ScanKind) if is_signed_in() else {ScanKind.BADGE}
    found = [scan for scan in kiosk().peripherals.scanner.since(after) if scan.kind in kinds]
    return jsonify({"scans": [_described(scan) for scan in found]})


@bp.post("/capture/scan")
@signed_in
def take() -> ResponseReturnValue:
    """Take a code of the credential into the visit; the answer has the numbers it gave."""
    number = request.form.get("number", type=int)
    if number is None:
        abort(400)
    desk = kiosk().desk
    before = _fields(desk.case)
    desk.scan(ScannedCode(_field_scan(number).raw))
    return answers.go_on(
        fields={
            name: shown_value(value.value)
            for name, value in _fields(desk.case).items()
            if name not in before
        }
    )


@bp.after_app_request
def forget(response: Response) -> Response:
    """Drop what was scanned when a visit begins or is over: it is nobody else's."""
    if request.endpoint in _FORGET:
        kiosk().peripherals.scanner.forget()
    return response


def _fields(case: Case | None) -> Mapping[str, Field]:
    return case.fields if isinstance(case, Confirming) else {}


def _field_scan(number: int) -> Scan:
    for scan in kiosk().peripherals.scanner.since(number - 1):
        if scan.number == number and scan.kind is ScanKind.FIELD:
            return scan
    raise WrongStepError("this code is gone")


def _described(scan: Scan) -> dict[str, object]:
    described: dict[str, object] = {"number": scan.number, "kind": scan.kind.value}
    if scan.kind is ScanKind.BADGE:
        described["name"] = badge_name(scan.text)
    return described
