"""Packets, resumable by offset, and what became of them."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from central.api.authentication import proven_station
from central.api.stations import json_answer
from central.errors import InvalidInputError, NotFoundError
from central.intake.receive import Progress
from central.services import services
from wire.api import LENGTH_HEADER, MAX_CHUNK_BYTES, OFFSET_HEADER, UploadAnswer
from wire.packet import HEX_64

bp = Blueprint("api_packets", __name__)

_LINK = re.compile(HEX_64)
_NUMBER = re.compile(r"[0-9]{1,15}")


@bp.route("/packets/<link>", methods=["HEAD"])
def progress(link: str) -> ResponseReturnValue:
    """Say how much of a packet is here."""
    station = proven_station(b"").station
    found = services().intake.progress(station, _checked(link))
    if found is None:
        raise NotFoundError("nothing of this packet is here")
    return _with_progress(Response(status=200), found)


@bp.put("/packets/<link>")
def add_chunk(link: str) -> ResponseReturnValue:
    """Take a chunk; the last one is answered with the receipt."""
    request.max_content_length = MAX_CHUNK_BYTES
    chunk = request.get_data(cache=False)
    station = proven_station(chunk).station
    found = services().intake.add_chunk(
        station,
        _checked(link),
        offset=_number(request.headers.get(OFFSET_HEADER)),
        length=_number(request.headers.get(LENGTH_HEADER)),
        chunk=chunk,
    )
    if found.receipt is None:
        return _with_progress(Response(status=204), found)
    return _with_progress(json_answer(UploadAnswer(found.receipt)), found)


@bp.get("/receipts")
def receipts() -> ResponseReturnValue:
    """Give receipts and outcomes after a cursor."""
    station = proven_station(b"").station
    return json_answer(services().feed.outcomes(station, _number(request.args.get("after", "0"))))


def _with_progress(answer: Response, found: Progress) -> Response:
    answer.headers[OFFSET_HEADER] = str(found.offset)
    answer.headers[LENGTH_HEADER] = str(found.length)
    return answer


def _checked(link: str) -> str:
    if _LINK.fullmatch(link) is None:
        raise NotFoundError("not a link")
    return link


def _number(text: str | None) -> int:
    if text is None or _NUMBER.fullmatch(text) is None:
        raise InvalidInputError("not a whole number", code="upload.header")
    return int(text)
