"""Bundles, in ranges of up to 1 MiB (RFC 9110 §14): a cut download goes on where it was."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from central.api.authentication import proven_station
from central.errors import InvalidInputError, NotFoundError
from central.services import services
from wire.api import CONTENT_TYPE_CHUNK
from wire.packet import HEX_64

bp = Blueprint("api_releases", __name__)

_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{1,15})")


@bp.get("/releases/<sha256>")
def piece(sha256: str) -> ResponseReturnValue:
    """Give one range of a bundle to a station of ours."""
    proven_station(b"")
    if re.fullmatch(HEX_64, sha256) is None:
        raise NotFoundError("not a bundle")
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None:
        raise InvalidInputError("one range of bytes is needed", code="release.range")
    first, last = int(found[1]), int(found[2])
    content, size = services().releases.read(bytes.fromhex(sha256), first, last)
    answer = Response(content, status=206, content_type=CONTENT_TYPE_CHUNK)
    answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return answer
