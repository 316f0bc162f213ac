"""How a step is answered: a redirect for the screen, JSON for whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from device.camera.service import Running
from device.capture.session import Case, Open, Step
from device.kiosk import texts
from device.kiosk.services import is_practising, kiosk

P = ParamSpec("P")

PAGES: dict[Step, str] = {
    Step.CONSENT: "consent.page",
    Step.FRONT: "sides.front",
    Step.BACK: "sides.back",
    Step.CONFIRM: "confirm.page",
    Step.LIVE_PHOTO: "live_photo.page",
    Step.SIGNATURE: "signature.page",
    Step.SUMMARY: "summary.page",
    Step.SEALED: "summary.done",
    Step.CANCELLED: "start.page",
    Step.REFUSED: "refused.page",
}
# The steps a person sees, in their order.
SHOWN_STEPS = tuple(PAGES)[:7]


def wants_json() -> bool:
    """Say whether the answer is for a program."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == (
        "application/json"
    )


def is_signed_in() -> bool:
    """Say whether this browser is where the auxiliar of the station signed in, or practises."""
    if is_practising():
        return True
    here = kiosk().desk.signed_in
    return here is not None and session.get("auxiliar_session") == here.session


def is_locked() -> bool:
    """Say whether the session of this browser waits behind the lock."""
    waiting = kiosk().desk.locked_out
    return waiting is not None and session.get("auxiliar_session") == waiting.session


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let only the auxiliar of the station in; others are led to the form."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if is_signed_in():
            return view(*args, **kwargs)
        locked = is_locked()
        if wants_json():
            return problem("sign_in.unlock" if locked else "sign_in.required", 401)
        return redirect(url_for("lock.page" if locked else "start.sign_in_form"), 303)

    return checked


def at_step(
    *steps: Step,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Show a page only while the visit stands there; otherwise lead to where it stands."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @signed_in
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            case = kiosk().desk.case
            if case is not None and case.step in steps:
                return view(*args, **kwargs)
            return redirect(page_of(case), 303)

        return checked

    return decorate


def page_of(case: Case | None) -> str:
    """Return the address of the page where a visit stands."""
    return url_for(PAGES[case.step] if case is not None else "start.page")


def go_on(**more: Any) -> ResponseReturnValue:
    """Answer a step that was taken."""
    case = kiosk().desk.case
    if wants_json():
        step = case.step.value if case is not None else None
        return jsonify({"step": step, "next": page_of(case), **more})
    return redirect(page_of(case), 303)


def problem(code: str, status: int, sentence: str = "") -> ResponseReturnValue:
    """Answer a step that was not taken, for a program; the sentence is the code's own if empty."""
    case = kiosk().desk.case
    answer = {
        "error": {"code": code, "message": sentence or str(texts.message(code))},
        "step": case.step.value if case is not None else None,
        "next": page_of(case),
    }
    return jsonify(answer), status


def register(app: Flask) -> None:
    """Give every page what its frame shows."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        parts = kiosk()
        here = parts.desk.signed_in if is_signed_in() else None
        case = parts.desk.case if here is not None else None
        return {
            "station": parts.station,
            "here": here,
            "practising": is_practising(),
            "left_s": round(parts.desk.left_s()) if here is not None else None,
            "case": case,
            "is_open": isinstance(case, Open),
            "shown_steps": SHOWN_STEPS,
            "camera_runs": isinstance(parts.camera.state, Running),
            "texts": texts,
        }
