"""What the camera sees and what to do about it, as one long answer for the page that looks.

Each message is a picture together with what is said of that very picture, so that the outline
never lags behind (docs/decisions/0020-pictures-and-guidance-in-one-stream.md):

    4 bytes  length of the text      big-endian
    4 bytes  length of the picture   big-endian, 0 when there is none
    JSON     state, and by state:
               live      gate, hint {code, text}, points [[x, y], …] 0…1 or null, progress 0…1;
                         the gate is null while nothing was looked for in this picture
               waiting   hint: why no picture comes
               leave     next: the page where the visit stands; the last message
               replaced  another page looks now; the last message
    JPEG

A message comes each second at least: its absence tells the page that the station is away, and
sending it tells the station that the page is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from device.camera.base import Frame
from device.camera.service import Failed, Running, Stalled
from device.capture.pictures import to_jpeg
from device.capture.session import Step
from device.kiosk import texts
from device.kiosk.answers import is_signed_in, page_of, signed_in
from device.kiosk.services import kiosk

bp = Blueprint("stream", __name__, url_prefix="/stream")

# As wide as the picture is on the largest screen; a sharper one costs more than it shows.
PICTURE_PX = 640
PICTURE_QUALITY = 70
HEARTBEAT_S = 1.0
# A page that takes nothing for as long is gone, though its connection still stands.
SEND_TIMEOUT_S = 5.0

STEPS = {"front": Step.FRONT, "back": Step.BACK, "face": Step.LIVE_PHOTO}


@bp.get("/<any(front, back, face):subject>")
@signed_in
def stream(subject: str) -> ResponseReturnValue:
    """Show what the camera sees until the page is left or the visit goes on elsewhere."""
    _limit_sending()
    messages = stream_with_context(_messages(STEPS[subject]))
    response = Response(messages, mimetype="application/octet-stream")
    # The thread is free again when this is over, not when the browser thinks so.
    response.headers["Connection"] = "close"
    return response


def _messages(step: Step) -> Iterator[bytes]:
    with kiosk().seat.taken() as is_held:
        frame: Frame | None = None
        while True:
            newer = kiosk().camera.newer_than(frame, timeout_s=HEARTBEAT_S)
            if not is_held():
                yield _message({"state": "replaced"})
                return
            case = kiosk().desk.case
            if not is_signed_in() or case is None or case.step is not step:
                yield _message({"state": "leave", "next": page_of(case)})
                return
            if newer is None:
                yield _message({"state": "waiting", "hint": _hint(_waiting_code())})
                continue
            frame = newer
            yield _message(*_look(step, frame))


def _look(step: Step, frame: Frame) -> tuple[dict[str, Any], bytes]:
    stands = kiosk().guide.look(kiosk().desk, step, frame.image)
    said: dict[str, Any] = {"state": "live", "gate": None}
    if stands is not None:
        points = stands.seen.points
        said |= {
            "gate": stands.gate.value,
            "hint": _hint(stands.hint),
            "points": points and [[round(x, 4), round(y, 4)] for x, y in points],
            "progress": round(stands.progress, 2),
        }
    return said, to_jpeg(frame.image, longest_px=PICTURE_PX, quality=PICTURE_QUALITY)


def _waiting_code() -> str:
    """Return why the camera gives no picture."""
    match kiosk().camera.state:
        case Running():
            return "camera.busy"  # a burst takes longer than a heartbeat
        case Failed(code=code):
            return code
        case Stalled():
            return "camera.stalled"
        case _:
            return "camera.starting"


def _hint(code: str) -> dict[str, str]:
    return {"code": code, "text": str(texts.hint(code))}


def _message(said: dict[str, Any], picture: bytes = b"") -> bytes:
    text = json.dumps(said, ensure_ascii=False).encode()
    return len(text).to_bytes(4) + len(picture).to_bytes(4) + text + picture


def _limit_sending() -> None:
    """Give sending a limit: a page that hangs would hold a thread of the server for ever."""
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    limit: Callable[[float], None] | None = getattr(connection, "settimeout", None)
    if limit is not None:
        limit(SEND_TIMEOUT_S)
